// Checks the types and the sources of the browser part.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

test("TypeScript for a page compiles without the types of Node", () => {
  const compiler = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));
  const { stdout, status } = spawnSync(process.execPath, [compiler, "-p", fileURLToPath(new URL("tsconfig.json", import.meta.url))], { encoding: "utf8" });
  assert.deepEqual([stdout, status], ["", 0]);
});

test("the sources use no function that turns text into HTML or code", () => {
  const folder = new URL("../lib/", import.meta.url);
  const sources = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".ts"));
  assert.ok(sources.length > 15);
  for (const name of sources) assert.doesNotMatch(readFileSync(new URL(name, folder), "utf8"), /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|srcdoc/, name);
});

test("the version of wasm-bindgen is the same in the crate and in the tool", () => {
  const version = (file, name) => readFileSync(new URL(file, import.meta.url), "utf8").match(new RegExp(`^${name} = "=(.*)"$`, "m"))[1];
  assert.equal(version("../Cargo.toml", "wasm-bindgen"), version("../bindgen/Cargo.toml", "wasm-bindgen-cli-support"));
});
