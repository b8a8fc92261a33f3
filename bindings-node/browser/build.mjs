// Builds the browser part of the package into dist/browser: the core as WebAssembly, and the JavaScript around it. You
// need cargo and rustup. If the target for WebAssembly is missing, this program adds it.

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
/** Returns the folder into which cargo builds. */
const targetOf = (manifest) => JSON.parse(run("cargo", ["metadata", "--format-version=1", "--no-deps", "--manifest-path", manifest])).target_directory;

if (!run("rustup", ["target", "list", "--installed"]).split("\n").includes(TARGET)) run("rustup", ["target", "add", TARGET]);

const manifest = join(here, "Cargo.toml");
// Keeps the paths of this computer out of the build.
const cargo = process.env.CARGO_HOME ?? join(homedir(), ".cargo");
const remapped = [`--remap-path-prefix=${cargo}=/cargo`, `--remap-path-prefix=${root}=/onroll`].join(" ");
const env = { ...process.env, CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS: remapped };
// CI sets these variables for other packages, whose size does not matter.
delete env.CARGO_PROFILE_RELEASE_LTO;
delete env.CARGO_PROFILE_RELEASE_CODEGEN_UNITS;
// The tool `bindgen` has its own lock file, so it is built in its own folder.
const tool = join(here, "bindgen/Cargo.toml");
const tools = join(targetOf(manifest), "bindgen");
run("cargo", ["build", "--quiet", "--locked", "--manifest-path", tool, "--target-dir", tools]);
const worker = join(out, "worker");
rmSync(out, { recursive: true, force: true });
mkdirSync(worker, { recursive: true });

// Each build contains everything in the previous build. A page loads the first build, and later builds only if needed.
const PARTS = { csv: [], workbook: ["--features", "workbook"], mark: ["--features", "mark"] };
const plain = join(tools, "plain");
const typescript = resolve(here, "../node_modules/typescript/bin/tsc");
const compile = (...args) => run(process.execPath, [typescript, ...args]);
const ESM = ["--ignoreConfig", "--target", "es2022", "--module", "es2022", "--moduleResolution", "bundler", "--types", ""];
for (const [part, features] of Object.entries(PARTS)) {
  run("cargo", ["build", "--quiet", "--locked", "--profile", "browser", "--target", TARGET, "--manifest-path", manifest, ...features], { env });
  run(join(tools, "debug/onroll-bindgen"), [join(targetOf(manifest), TARGET, "browser/onroll_browser.wasm"), worker, `${part}_core`]);
  // Removes the comments, so that pages load smaller files.
  compile(...ESM, join(worker, `${part}_core.js`), "--allowJs", "--removeComments", "--outDir", plain);
  copyFileSync(join(plain, `${part}_core.js`), join(worker, `${part}_core.js`));
}

// The package is CommonJS, but this folder has ES modules.
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
