// Runs the examples in the guides in docs/ and in the README.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { templateCsv } from "onroll";
import { OAKFIELD, SEPTEMBER, folder } from "./school.mjs";

const read = (name) => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");
const names = ["README.md", "docs/check-an-upload.md", "docs/any-export.md", "docs/store-accounts.md", "docs/sync-nightly.md", "docs/sign-in.md"];
const blocks = (name) => [...read(name).matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code]) => code);

for (const name of names) {
  test(`${name} has examples for Node`, () => assert.ok(blocks(name).length > 0));
}

for (const [name, number, code] of names.flatMap((name) => blocks(name).map((code, number) => [name, number, code]))) {
  test(`runs example ${number} of ${name}`, () => {
    const directory = folder();
    copyFileSync(OAKFIELD, join(directory, "students.csv"));
    copyFileSync(SEPTEMBER, join(directory, "september.csv"));
    const starters = ["Ada Okonkwo,Ada Okonkwo,Reception,RA,Female,No,BAFR,No,No", "Bo Lindqvist,Bo Lindqvist,Reception,RA,Male,No,WBRI,No,No"];
    writeFileSync(join(directory, "starters.csv"), templateCsv() + starters.join("\r\n"));
    mkdirSync(join(directory, "node_modules"));
    symlinkSync(fileURLToPath(new URL("../", import.meta.url)), join(directory, "node_modules", "onroll"), "junction");
    writeFileSync(join(directory, "example.mjs"), code);
    execFileSync(process.execPath, ["example.mjs"], { cwd: directory, stdio: "pipe" });
  });
}
