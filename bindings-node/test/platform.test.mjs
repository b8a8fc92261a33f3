// Tests platforms without a binary, and processes that end while the binary works.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { OAKFIELD, folder, school } from "./school.mjs";

const native = fileURLToPath(new URL("../native.js", import.meta.url));
const onroll = createRequire(import.meta.url).resolve("onroll");

/** Returns the error that loading the package throws on another platform. */
function refusal(platform, arch, libc) {
  const directory = folder();
  copyFileSync(native, join(directory, "native.js"));
  const program = `
    Object.defineProperty(process, "platform", { value: "${platform}" });
    Object.defineProperty(process, "arch", { value: "${arch}" });
    process.report.getReport = () => ({ header: ${libc === "glibc" ? '{ glibcVersionRuntime: "2.36" }' : "{}"} });
    try {
      require("./native.js");
    } catch ({ code, message, cause }) {
      console.log(JSON.stringify({ code, message, cause: cause?.code }));
    }`;
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", program], { cwd: directory, encoding: "utf8" });
  assert.equal(stderr, "");
  return JSON.parse(stdout);
}

const ALL = "There are binaries for linux-x64-gnu, linux-x64-musl, linux-arm64-gnu, darwin-x64, darwin-arm64, win32-x64-msvc.";

test("the error on a platform without a binary names the platform and the remedy", () => {
  const build = "build it from source with cargo and `npm run build` in bindings-node";
  const cases = [
    ["linux", "arm64", "musl", `onroll has no binary for linux-arm64-musl. Use an image with glibc, such as node:lts-slim; or ${build}. ${ALL}`],
    ["win32", "arm64", "", `onroll has no binary for win32-arm64-msvc. Use Node for x64, which Windows on Arm runs; or ${build}. ${ALL}`],
    ["freebsd", "x64", "", `onroll has no binary for freebsd-x64. To run it there, ${build}. ${ALL}`],
  ];
  for (const [platform, arch, libc, message] of cases) {
    const refused = refusal(platform, arch, libc);
    assert.deepEqual([refused.code, refused.message], ["ERR_ONROLL_BINARY", message]);
    assert.doesNotMatch(refused.message, /npm has|bug/);
  }
});

test("the error for a binary that is not installed names its package and the remedy", () => {
  for (const [platform, arch, libc, name] of [["linux", "x64", "glibc", "linux-x64-gnu"], ["linux", "x64", "musl", "linux-x64-musl"], ["darwin", "arm64", "", "darwin-arm64"]]) {
    const refused = refusal(platform, arch, libc);
    const told = `onroll-${name}, the binary of onroll for this computer, is not installed. Install onroll on this computer (${name}) with optional dependencies, without --omit=optional. Do not copy node_modules from another system.`;
    assert.deepEqual(refused, { code: "ERR_ONROLL_BINARY", message: told, cause: "MODULE_NOT_FOUND" });
  }
});

test("the error for a binary that does not load contains the reason", { skip: process.platform !== "linux" || process.arch !== "x64" }, () => {
  const directory = folder();
  copyFileSync(native, join(directory, "native.js"));
  mkdirSync(join(directory, "node_modules/onroll-linux-x64-gnu"), { recursive: true });
  writeFileSync(join(directory, "node_modules/onroll-linux-x64-gnu/index.js"), "throw new Error('GLIBC_2.99 not found')");
  const { stderr } = spawnSync(process.execPath, ["-e", 'require("./native.js")'], { cwd: directory, encoding: "utf8" });
  assert.match(stderr, /onroll cannot load its binary for linux-x64-gnu: GLIBC_2\.99 not found/);
});

test("the loader supports exactly the platforms that package.json lists", () => {
  const { napi } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url)));
  const named = { "x86_64-unknown-linux-gnu": "linux-x64-gnu", "aarch64-unknown-linux-gnu": "linux-arm64-gnu", "x86_64-unknown-linux-musl": "linux-x64-musl" };
  Object.assign(named, { "x86_64-apple-darwin": "darwin-x64", "aarch64-apple-darwin": "darwin-arm64", "x86_64-pc-windows-msvc": "win32-x64-msvc" });
  const text = readFileSync(native, "utf8");
  const loaded = [...text.matchAll(/load\("onroll-([^"]+)"\)/g)].map(([, name]) => name);
  assert.deepEqual(loaded.sort(), napi.targets.map((target) => named[target]).sort());
  const traced = [...text.matchAll(/join\(__dirname, "\.\.\/onroll-([^/]+)\/onroll\.\1\.node"\)/g)].map(([, name]) => name);
  assert.deepEqual(traced.sort(), loaded);
});

/** A program that runs every kind of asynchronous work, until the test ends it. */
const WORKING = `
  const onroll = require(${JSON.stringify(onroll)});
  const { readFileSync } = require("node:fs");
  const bytes = readFileSync(FILE);
  const accounts = onroll.createAccountsSync(onroll.readCsvSync(bytes));
  const next = onroll.readCsvSync(bytes);
  const all = () => [onroll.readCsv(FILE, { onProgress() {} }), onroll.checkCsv(bytes), onroll.fixCsv(bytes), onroll.createAccounts(next)];
  const work = [...all(), onroll.plan(accounts, next), accounts.credentials(), accounts.cards(), accounts.at(0).password.toPhcString()];
  work.forEach((promise) => promise.catch(() => {}));`;

test("a process can exit or throw while asynchronous work is running", () => {
  const file = join(folder(), "large.csv");
  writeFileSync(file, school(30_000));
  const program = `const FILE = ${JSON.stringify(file)};${WORKING}`;
  for (let after = 0; after < 60; after += 10) {
    const { status, signal, stderr } = spawnSync(process.execPath, ["-e", `${program} setTimeout(() => process.exit(7), ${after});`], { encoding: "utf8" });
    assert.deepEqual([status, signal, stderr], [7, null, ""], `after ${after} ms`);
  }
  const dies = spawnSync(process.execPath, ["-e", `${program} setTimeout(() => { throw new Error("own"); }, 5);`], { encoding: "utf8" });
  assert.deepEqual([dies.status, dies.signal], [1, null]);
  assert.match(dies.stderr, /Error: own/);
  const whole = spawnSync(process.execPath, ["-e", `${program} Promise.all(work).then((made) => console.log(made.length));`], { encoding: "utf8" });
  assert.deepEqual([whole.status, whole.stdout], [0, "8\n"]);
});

test("a worker thread can be terminated while asynchronous work is running", { timeout: 120_000 }, async () => {
  const file = join(folder(), "large.csv");
  writeFileSync(file, school(30_000));
  const code = `const FILE = ${JSON.stringify(file)};${WORKING} require("node:worker_threads").parentPort.postMessage("working");`;
  for (let turn = 0; turn < 6; turn += 1) {
    const worker = new Worker(code, { eval: true });
    await new Promise((done, failed) => worker.once("message", done).once("error", failed));
    assert.equal(await worker.terminate(), 1);
  }
  const done = new Worker(`${code} Promise.all(work).then((made) => process.exit(made.length));`, { eval: true });
  assert.equal(await new Promise((exit, failed) => done.once("exit", exit).once("error", failed)), 8);
});

test("errors have the right classes and codes in a worker thread", async () => {
  const code = `
    const { parentPort, workerData } = require("node:worker_threads");
    const onroll = require(workerData.onroll);
    onroll.readCsv(Buffer.from("no roster")).catch((error) => {
      parentPort.postMessage([error instanceof onroll.RosterError, error.code, onroll.readCsvSync(workerData.file).length]);
    });`;
  const worker = new Worker(code, { eval: true, workerData: { onroll, file: OAKFIELD.pathname } });
  assert.deepEqual(await new Promise((done, failed) => worker.once("message", done).once("error", failed)), [true, "ERR_ROSTER_REJECTED", 240]);
});
