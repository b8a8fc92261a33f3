// The package as npm installs it, in the tools that load or bundle it.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = join(here, "..");
const modules = join(here, "node_modules");
const out = join(modules, ".onroll");
const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", CI: "1", NO_COLOR: "1", NODE_OPTIONS: "" };
delete env.FORCE_COLOR;

/** Installs the package and the one of its binary, as they are published. */
function install() {
  for (const name of readdirSync(modules)) if (name.startsWith("onroll")) rmSync(join(modules, name), { recursive: true });
  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(modules, "onroll"), { recursive: true });
  mkdirSync(out);
  const [packed] = JSON.parse(execFileSync("npm", ["pack", "--json", "--pack-destination", out], { cwd: root, encoding: "utf8" }));
  execFileSync("tar", ["-xzf", join(out, packed.filename), "--strip-components=1", "-C", join(modules, "onroll")]);
  const binary = readdirSync(root).find((name) => /^onroll\..*\.node$/.test(name));
  assert.ok(binary, "the binary is built");
  const name = `onroll-${binary.split(".")[1]}`;
  mkdirSync(join(modules, name));
  cpSync(join(root, binary), join(modules, name, binary));
  writeFileSync(join(modules, name, "package.json"), JSON.stringify({ name, version: "0.1.0", main: binary }));
}

/** Runs a program of a package to its end. */
async function run(program, ...args) {
  const child = spawn(process.execPath, [join(modules, program), ...args], { cwd: here, env });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (said += data));
  const status = await new Promise((done) => child.on("close", done));
  assert.equal(status, 0, said);
  return said;
}

before(install);

test("Jest", async () => {
  const config = JSON.stringify({ rootDir: join(here, "jest"), testEnvironment: "node", haste: { enableSymlinks: false } });
  assert.match(await run("jest/bin/jest.js", "--config", config, "--ci"), /Tests: +7 passed, 7 total/);
});

for (const pool of ["vmThreads", "vmForks", "threads", "forks"]) {
  test(`vitest, ${pool}`, async () => {
    const said = await run("vitest/vitest.mjs", "run", "--root", join(here, "vitest"), "--pool", pool, "--no-cache");
    assert.match(said, /Tests +6 passed \(6\)/);
  });
}

const SAID = "students: 1\nrefused: true\n";
const ran = (file) => execFileSync(process.execPath, [file], { cwd: here, encoding: "utf8" });

test("esbuild", async () => {
  const { build } = await import(pathToFileURL(join(modules, "esbuild/lib/main.js")));
  const common = { entryPoints: [join(here, "entry.mjs")], bundle: true, platform: "node", external: ["onroll"] };
  for (const [format, name] of [["esm", "esbuild.mjs"], ["cjs", "esbuild.cjs"]]) {
    await build({ ...common, format, outfile: join(out, name) });
    assert.equal(ran(join(out, name)), SAID);
  }
  // Or with the binary beside the bundle.
  const whole = { ...common, external: [], loader: { ".node": "copy" }, format: "cjs", outfile: join(out, "whole/esbuild.cjs") };
  await build(whole);
  assert.equal(ran(whole.outfile), SAID);
});

test("webpack", async () => {
  const { default: webpack } = await import(pathToFileURL(join(modules, "webpack/lib/index.js")));
  const externals = { onroll: "commonjs onroll" };
  const output = { path: out, filename: "webpack.cjs" };
  const compiler = webpack({ mode: "production", target: "node20", entry: join(here, "entry.mjs"), externals, output });
  const stats = await new Promise((done, failed) => compiler.run((error, made) => (error ? failed(error) : done(made))));
  assert.ok(!stats.hasErrors(), stats.toString());
  assert.equal(ran(join(out, "webpack.cjs")), SAID);
});

test("Next", async () => {
  const app = join(here, "app");
  rmSync(join(app, ".next"), { recursive: true, force: true });
  await run("next/dist/bin/next", "build", app);
  assert.match(readFileSync(join(app, ".next/server/app/index.html"), "utf8"), /accounts: 1/);
  // What Next copies to a server: the binary must be among it.
  const traced = JSON.parse(readFileSync(join(app, ".next/server/app/check/route.js.nft.json"), "utf8")).files;
  assert.ok(traced.some((file) => /onroll\..*\.node$/.test(file)), "the binary is traced");
  assert.ok(existsSync(join(app, ".next/server/app/check/route.js")));
});
