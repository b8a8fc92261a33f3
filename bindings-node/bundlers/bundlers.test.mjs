// Tests the package, as npm installs it, in test runners and bundlers.

import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { launch } from "../browser/test/chromium.mjs";
import { serve } from "../browser/test/server.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = join(here, "..");
const modules = join(here, "node_modules");
const out = join(modules, ".onroll");
const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", CI: "1", NO_COLOR: "1", NODE_OPTIONS: "" };
delete env.FORCE_COLOR;

/** Installs the package and the package of its binary, as they are published. */
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

/** Runs a program from a package, and returns its output. */
async function run(program, ...args) {
  const child = spawn(process.execPath, [join(modules, program), ...args], { cwd: here, env });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (said += data));
  const status = await new Promise((done) => child.on("close", done));
  assert.equal(status, 0, said);
  return said;
}

before(install);

test("the package works in Jest", async () => {
  const config = JSON.stringify({ rootDir: join(here, "jest"), testEnvironment: "node", haste: { enableSymlinks: false } });
  assert.match(await run("jest/bin/jest.js", "--config", config, "--ci"), /Tests: +7 passed, 7 total/);
});

for (const pool of ["vmThreads", "vmForks", "threads", "forks"]) {
  test(`the package works in vitest with the pool ${pool}`, async () => {
    const said = await run("vitest/vitest.mjs", "run", "--root", join(here, "vitest"), "--pool", pool, "--no-cache");
    assert.match(said, /Tests +6 passed \(6\)/);
  });
}

const SAID = "students: 1\nrefused: true\n";
const ran = (file) => execFileSync(process.execPath, [file], { cwd: here, encoding: "utf8" });

test("with esbuild, the package works as a part of a CommonJS bundle, and as an external package of an ES module bundle", async () => {
  const { build } = await import(pathToFileURL(join(modules, "esbuild/lib/main.js")));
  const common = { entryPoints: [join(here, "entry.mjs")], bundle: true, platform: "node", logLevel: "silent" };
  // A bundle in CommonJS needs no settings, because it finds the binary in node_modules at run time.
  const { warnings } = await build({ ...common, format: "cjs", outfile: join(out, "esbuild.cjs") });
  assert.deepEqual(warnings, []);
  assert.equal(ran(join(out, "esbuild.cjs")), SAID);
  // An ES module has no `require`, which the package needs, so the package stays outside the bundle.
  await build({ ...common, format: "esm", external: ["onroll"], outfile: join(out, "esbuild.mjs") });
  assert.equal(ran(join(out, "esbuild.mjs")), SAID);
});

test("the package works in an ES module bundle of esbuild with a banner", async () => {
  const { build } = await import(pathToFileURL(join(modules, "esbuild/lib/main.js")));
  // esbuild does not replace `require` of Node's own modules, so the bundle must define `require`.
  const banner = { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' };
  const { warnings } = await build({ entryPoints: [join(here, "entry.mjs")], bundle: true, platform: "node", logLevel: "silent", format: "esm", banner, outfile: join(out, "esbuild-whole.mjs") });
  assert.deepEqual(warnings, []);
  assert.equal(ran(join(out, "esbuild-whole.mjs")), SAID);
});

/** Bundles with Rollup and its usual plugins, and checks that there are no warnings. */
async function rolled(input, options, output) {
  const load = (file) => import(pathToFileURL(join(modules, file)));
  const [{ rollup }, { nodeResolve }, { default: commonjs }] = await Promise.all(["rollup/dist/es/rollup.js", "@rollup/plugin-node-resolve/dist/es/index.js", "@rollup/plugin-commonjs/dist/es/index.js"].map(load));
  const warnings = [];
  const { resolve = {}, ...more } = options;
  const bundle = await rollup({ input, plugins: [nodeResolve(resolve), commonjs()], onwarn: ({ message }) => warnings.push(message), ...more });
  await bundle.write(output);
  await bundle.close();
  assert.deepEqual(warnings, []);
}

test("the package works inside and outside bundles of Rollup", async () => {
  // Makes bundles that contain the package, and bundles that leave it out.
  for (const external of [[], ["onroll"]]) {
    for (const [format, suffix] of [["cjs", "cjs"], ["es", "mjs"]]) {
      const file = join(out, `rollup-${external.length}.${suffix}`);
      await rolled(join(here, "entry.mjs"), { external, resolve: { exportConditions: ["node"], preferBuiltins: true } }, { file, format });
      assert.equal(readFileSync(file, "utf8").includes("class extends OnrollError"), external.length === 0);
      assert.equal(ran(file), SAID);
    }
  }
});

test("the package works inside and outside bundles of webpack", async () => {
  const { default: webpack } = await import(pathToFileURL(join(modules, "webpack/lib/index.js")));
  // Makes one bundle without settings, and one that leaves out the package.
  for (const [filename, externals] of [["webpack.cjs", {}], ["webpack-external.cjs", { onroll: "commonjs onroll" }]]) {
    const output = { path: out, filename };
    const compiler = webpack({ mode: "production", target: "node20", entry: join(here, "entry.mjs"), externals, output });
    const stats = await new Promise((done, failed) => compiler.run((error, made) => (error ? failed(error) : done(made))));
    assert.ok(!stats.hasErrors() && !stats.hasWarnings(), stats.toString());
    assert.equal(ran(join(out, filename)), SAID);
  }
});

test("Next.js builds an app with the package and includes the binary", async () => {
  const app = join(here, "app");
  rmSync(join(app, ".next"), { recursive: true, force: true });
  await run("next/dist/bin/next", "build", app);
  assert.match(readFileSync(join(app, ".next/server/app/index.html"), "utf8"), /accounts: 1/);
  // Next copies these files to a server. The binary must be one of them.
  const traced = JSON.parse(readFileSync(join(app, ".next/server/app/check/route.js.nft.json"), "utf8")).files;
  assert.ok(traced.some((file) => /onroll\..*\.node$/.test(file)), "the binary is traced");
  assert.ok(existsSync(join(app, ".next/server/app/check/route.js")));
});

// The browser part is bundled for a page, and runs in a page with a strict Content-Security-Policy.

const page = join(here, "browser/page.js");
let browser;
after(() => browser?.close());

/** Opens the page of a bundle, and checks the text that the page makes. */
async function said(bundle) {
  browser ??= await launch();
  const server = await serve({ bundle: join(out, bundle) });
  const opened = await browser.newPage();
  const wrong = [];
  opened.on("pageerror", (error) => wrong.push(error.message));
  let text;
  try {
    await opened.goto(`${server.origin}/bundle/index.html`);
    await opened.waitForFunction(() => globalThis.said, null, { timeout: 20_000 });
    text = await opened.evaluate(() => globalThis.said);
  } catch (error) {
    wrong.push(error.message);
  } finally {
    await opened.close();
    await server.end();
  }
  assert.deepEqual(wrong, []);
  assert.equal(text, "students: 1\nrefused: true\nmarked: true\nworkbook: 1\nelement: true");
}

const HTML = readFileSync(join(here, "browser/index.html"), "utf8");

test("the browser part works in a page bundled with Vite", async () => {
  const { build } = await import(pathToFileURL(join(modules, "vite/dist/node/index.js")));
  await build({ root: join(here, "browser"), base: "./", logLevel: "error", build: { outDir: join(out, "vite"), emptyOutDir: true, target: "es2022" } });
  await said("vite");
});

test("the browser part works in a page bundled with webpack", async () => {
  const { default: webpack } = await import(pathToFileURL(join(modules, "webpack/lib/index.js")));
  const folder = join(out, "webpack-page");
  const compiler = webpack({ mode: "production", target: "web", entry: page, output: { path: folder, filename: "page.js", publicPath: "auto" }, experiments: { topLevelAwait: true } });
  const stats = await new Promise((done, failed) => compiler.run((error, made) => (error ? failed(error) : done(made))));
  assert.ok(!stats.hasErrors(), stats.toString());
  writeFileSync(join(folder, "index.html"), HTML);
  await said("webpack-page");
});

test("the browser part works in a page bundled with esbuild", async () => {
  const { build } = await import(pathToFileURL(join(modules, "esbuild/lib/main.js")));
  const folder = join(out, "esbuild-page");
  await build({ entryPoints: [page], bundle: true, format: "esm", platform: "browser", target: "es2022", outdir: folder });
  cpSync(join(modules, "onroll/dist/browser/worker"), join(folder, "worker"), { recursive: true });
  writeFileSync(join(folder, "index.html"), HTML);
  await said("esbuild-page");
});

test("the browser part works in a page bundled with Rollup", async () => {
  const folder = join(out, "rollup-page");
  await rolled(page, { resolve: { browser: true } }, { file: join(folder, "page.js"), format: "es" });
  cpSync(join(modules, "onroll/dist/browser/worker"), join(folder, "worker"), { recursive: true });
  writeFileSync(join(folder, "index.html"), HTML);
  await said("rollup-page");
});

test("the browser part works in a page without a bundler", async () => {
  const folder = join(out, "plain");
  cpSync(join(modules, "onroll/dist/browser"), join(folder, "onroll"), { recursive: true });
  writeFileSync(join(folder, "page.js"), readFileSync(page, "utf8").replace('"onroll/browser"', '"./onroll/index.js"').replace('"onroll/element"', '"./onroll/element.js"'));
  writeFileSync(join(folder, "index.html"), HTML);
  await said("plain");
});

const packed = () => join(out, readdirSync(out).find((name) => name.endsWith(".tgz")));

test("publint finds no problems in the package", async () => {
  assert.match(await run("publint/src/cli.js", packed(), "--strict"), /All good!/);
});

test("every method of module resolution finds the right types", async () => {
  // Does not check module resolution as in Node before version 12, because that resolution does not support `exports`,
  // which the subpaths need. Ignores that `require` finds an ES module, because the browser part has no CommonJS.
  await run("@arethetypeswrong/cli/dist/index.js", packed(), "--profile", "node16", "--no-emoji", "--ignore-rules", "cjs-resolves-to-esm");
});
