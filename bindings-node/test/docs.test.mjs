// Checks that an example in the documentation shows every public class, function and member, and that every example is
// right.

import assert from "node:assert/strict";
import { copyFileSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as onroll from "onroll";
import { FakeWonde } from "onroll/testing";
import { MESSY, OAKFIELD, SEPTEMBER, folder } from "./school.mjs";

const dist = new URL("../dist/", import.meta.url);
// Public names without an example. Keep this list empty: write an example instead.
const NOT_SHOWN = [];
// Members that need no example, because every object or every error has them.
const LEFT_OUT = ["constructor", "toString", "toJSON", "name", "code", "cause"];

/** Returns the examples in a documentation comment. */
const examples = (comment) => {
  const text = comment.replace(/^ *\/\*\*| *\*\/ *$/gm, "").replace(/^ *\* ?/gm, "");
  // Leaves out the first line, which may have a title.
  return text.split(/^@example/m).slice(1).map((part) => part.replace(/^.*\n/, "").split(/^@(?!example)/m)[0]);
};

/** The files with declarations, except those of the browser part. */
const declarations = readdirSync(dist, { recursive: true })
  .map((name) => name.replaceAll("\\", "/"))
  .filter((name) => name.endsWith(".d.ts") && !name.startsWith("browser/"));

/** The exported classes, functions and constants of the declarations, each with its comment and its members. */
const items = declarations.flatMap((file) => {
  const text = readFileSync(new URL(file, dist), "utf8");
  const found = text.matchAll(/(\/\*\*(?:(?!\*\/)[^])*\*\/)?\n?export (?:declare )?(?:abstract )?(class|function|const) (\w+)((?:(?! \{)[^\n])*) ?(\{\n[^]*?\n\})?/g);
  return [...found].map(([, comment = "", kind, name, head, body = ""]) => {
    const members = [...body.matchAll(/(\/\*\*(?:(?!\*\/)[^])*\*\/)\n    (?:static |get |readonly |async )*(\w+)\??[(<:]/g)];
    return {
      // The file, or the folder that it is in.
      file: file.replace(".d.ts", "").split("/")[0],
      name,
      kind,
      base: /extends (\w+)/.exec(head)?.[1],
      examples: examples(comment),
      members: members.map(([, comment, name]) => ({ name, examples: examples(comment) })),
    };
  });
});

/** Returns whether a program can import an item. */
const isPublic = ({ file, name }) => {
  if (file === "wonde" || file === "mylogin") return name in onroll[file];
  return file === "testing" ? name === "FakeWonde" : name in onroll;
};
const published = items.filter(isPublic);

/** Returns a class and the classes that it extends. */
const family = (item) => [item, ...items.filter(({ name }) => name === item.base).flatMap(family)];

test("every public name appears in a documentation example", () => {
  const names = new Map();
  for (const item of published) {
    const path = ["wonde", "mylogin"].includes(item.file) ? `${item.file}.${item.name}` : item.name;
    // If a function has several overloads, only the first has the documentation.
    names.set(path, names.get(path) || item.examples.length > 0);
    if (item.kind !== "class") continue;
    const members = family(item).flatMap(({ members }) => members);
    const code = family(item).flatMap(({ examples }) => examples);
    for (const member of members.filter(({ name }) => !LEFT_OUT.includes(name))) {
      const isUsed = code.some((code) => new RegExp(`\\.${member.name}\\b`).test(code));
      names.set(`${path}.${member.name}`, isUsed || member.examples.length > 0);
    }
  }
  assert.ok(names.size > 200 && names.has("Roster.writeCsv") && names.has("wonde.Client.snapshot") && names.has("Report.text"), `${names.size}`);
  assert.deepEqual([...names].filter(([, isShown]) => !isShown).map(([name]) => name), NOT_SHOWN);
});

const home = process.cwd();
before(() => {
  const directory = folder();
  const mis = fileURLToPath(new URL("../../core/examples/oakfield-mis.csv", import.meta.url));
  const copies = { "students.csv": OAKFIELD, "september.csv": SEPTEMBER, "uploaded.csv": MESSY, "export.csv": mis };
  for (const [name, source] of Object.entries(copies)) copyFileSync(source, join(directory, name));
  process.chdir(directory);
});
after(() => process.chdir(home));

const Example = Object.getPrototypeOf(async () => {}).constructor;
const given = { ...onroll, FakeWonde };
// Some keys of the imported CommonJS module, such as `module.exports`, cannot be names of parameters.
const imported = Object.keys(given).filter((name) => /^\w+$/.test(name) && name !== "default");

for (const item of published) {
  const own = [...item.examples, ...item.members.flatMap((member) => member.examples)];
  for (const [number, code] of own.entries()) {
    test(`runs example ${number} of ${item.file}, ${item.name}`, async () => {
      let compared = 0;
      // `value; // => expected` compares the two.
      const checked = code.replace(/^( *)(.*); \/\/ => (.*)$/gm, "$1same($2, $3);");
      const same = (value, expected) => {
        compared += 1;
        assert.deepEqual(value, expected);
      };
      await new Example("same", ...imported, checked)(same, ...imported.map((name) => given[name]));
      assert.equal(compared, [...code.matchAll(/; \/\/ => /g)].length, "each line that says a value was run");
    });
  }
}
