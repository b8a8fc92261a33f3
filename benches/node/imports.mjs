// Compares the time to load onroll with the time to load csv-parse and zod together. Each is loaded in fresh processes,
// which measure the time themselves, without the start of Node.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROUNDS = 15;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));

function milliseconds(program) {
  const timed = `const begun = performance.now(); ${program}; console.log(performance.now() - begun)`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-e", timed], { cwd: here("."), encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}

const programs = [`require(${JSON.stringify(here("../../bindings-node"))})`, 'require("csv-parse"); require("zod")'];
const taken = programs.map(() => []);
for (let round = 0; round < ROUNDS; round += 1) {
  programs.forEach((program, number) => taken[number].push(milliseconds(program)));
}
const [onroll, peers] = taken.map((times) => times.sort((a, b) => a - b)[ROUNDS >> 1]);
const version = (name) => JSON.parse(readFileSync(here(`node_modules/${name}/package.json`), "utf8")).version;
const name = `requiring the Node module / csv-parse ${version("csv-parse")} and zod ${version("zod")}`;
console.log(JSON.stringify({ [name]: onroll / peers }));
