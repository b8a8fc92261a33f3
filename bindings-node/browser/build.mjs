// Builds the browser part of the package into dist/browser: the core as WebAssembly, and what is around it.
// Needs cargo and rustup; it adds the target for WebAssembly if that is missing.

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = resolve(here, "../..");
const out = resolve(here, "../dist/browser");
const TARGET = "wasm32-unknown-unknown";

const run = (program, args, options = {}) => execFileSync(program, args, { stdio: ["ignore", "pipe", "inherit"], encoding: "utf8", ...options });
/** Where cargo puts what it builds. */
const targetOf = (manifest) => JSON.parse(run("cargo", ["metadata", "--format-version=1", "--no-deps", "--manifest-path", manifest])).target_directory;

if (!run("rustup", ["target", "list", "--installed"]).split("\n").includes(TARGET)) run("rustup", ["target", "add", TARGET]);

const manifest = join(here, "Cargo.toml");
// No path of this computer is in what is built.
const cargo = process.env.CARGO_HOME ?? join(homedir(), ".cargo");
const remapped = [`--remap-path-prefix=${cargo}=/cargo`, `--remap-path-prefix=${root}=/onroll`].join(" ");
const env = { ...process.env, CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS: remapped };
// CI does without these for other packages, where size does not matter.
delete env.CARGO_PROFILE_RELEASE_LTO;
delete env.CARGO_PROFILE_RELEASE_CODEGEN_UNITS;
// A folder of its own for the tool, whose lock is its own.
const tool = join(here, "bindgen/Cargo.toml");
const tools = join(targetOf(manifest), "bindgen");
run("cargo", ["build", "--quiet", "--locked", "--manifest-path", tool, "--target-dir", tools]);
const worker = join(out, "worker");
rmSync(out, { recursive: true, force: true });
mkdirSync(worker, { recursive: true });

// Each part is built with all of the part before: a page loads the first, and another where it needs one.
const PARTS = { csv: [], workbook: ["--features", "workbook"], mark: ["--features", "mark"] };
const plain = join(tools, "plain");
const typescript = resolve(here, "../node_modules/typescript/bin/tsc");
const compile = (...args) => run(process.execPath, [typescript, ...args]);
const ESM = ["--ignoreConfig", "--target", "es2022", "--module", "es2022", "--moduleResolution", "bundler", "--types", ""];
for (const [part, features] of Object.entries(PARTS)) {
  run("cargo", ["build", "--quiet", "--locked", "--profile", "browser", "--target", TARGET, "--manifest-path", manifest, ...features], { env });
  run(join(tools, "debug/onroll-bindgen"), [join(targetOf(manifest), TARGET, "browser/onroll_browser.wasm"), worker, `${part}_core`]);
  // Pages load these files, so they have no comments.
  compile(...ESM, join(worker, `${part}_core.js`), "--allowJs", "--removeComments", "--outDir", plain);
  copyFileSync(join(plain, `${part}_core.js`), join(worker, `${part}_core.js`));
}

// A package of CommonJS has ES modules here.
writeFileSync(join(out, "package.json"), '{ "type": "module" }\n');
// The modules that Node and the browser share, as ES modules.
const common = readdirSync(resolve(here, "../lib/shared")).map((name) => resolve(here, "../lib/shared", name));
const shared = [...ESM, ...common, "--strict", "--exactOptionalPropertyTypes", "--stripInternal", "--outDir", join(out, "shared")];
const project = resolve(here, "../tsconfig.browser.json");
compile(...shared, "--declaration");
compile("-p", project);
// The types keep their comments.
compile(...shared, "--removeComments");
compile("-p", project, "--removeComments", "--declaration", "false");
copyFileSync(join(root, "LICENSE"), resolve(here, "../LICENSE"));
