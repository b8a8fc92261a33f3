// Tests the published files.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

const cwd = fileURLToPath(new URL("../", import.meta.url));

test("the package has the expected files and no others", () => {
  const [packed] = JSON.parse(execFileSync("npm", ["pack", "--dry-run", "--json"], { cwd, encoding: "utf8", shell: process.platform === "win32" }));
  const files = packed.files.map((file) => file.path);
  for (const wanted of ["package.json", "README.md", "LICENSE", "native.js", "dist/index.js", "dist/index.d.ts", "dist/cli.js"]) {
    assert.ok(files.includes(wanted), `${wanted} is missing`);
  }
  const stray = files.filter((file) => !/^(package\.json|README\.md|LICENSE|native\.js|dist\/(browser\/)?((accounts|element|plan|reader|roster|shared|wonde)\/)?[a-z-]+\.(js|d\.ts)|dist\/browser\/(worker\/[a-z_]+\.(js|d\.ts|wasm|wasm\.d\.ts)|package\.json)|examples\/[a-z-]+\.mjs)$/.test(file));
  assert.deepEqual(stray, []);
});

test("the lock files name no registry and have a hash for every package", () => {
  for (const folder of ["../", "../bundlers/", "../browser/test/", "../../benches/node/"]) {
    const read = (file) => JSON.parse(readFileSync(new URL(folder + file, import.meta.url)));
    const [own, lock] = [read("package.json"), read("package-lock.json")];
    const { "": root, ...packages } = lock.packages;
    for (const kind of ["dependencies", "devDependencies"]) assert.deepEqual(root[kind], own[kind], "run npm install");
    assert.ok(Object.keys(packages).length >= 2);
    for (const [name, locked] of Object.entries(packages)) {
      assert.equal(locked.resolved, undefined, name);
      assert.match(locked.integrity ?? "", /^sha512-/, name);
    }
  }
});

test("the package has no dependencies and no install scripts", () => {
  const own = JSON.parse(readFileSync(new URL("../package.json", import.meta.url)));
  assert.equal(own.dependencies, undefined);
  for (const script of ["preinstall", "install", "postinstall", "prepare"]) assert.equal(own.scripts[script], undefined);
});

test("loading the package does not load worker_threads", () => {
  const code = "require('onroll'); console.log(process.moduleLoadList.includes('NativeModule worker_threads'))";
  assert.equal(execFileSync(process.execPath, ["-e", code], { cwd, encoding: "utf8" }).trim(), "false");
});
