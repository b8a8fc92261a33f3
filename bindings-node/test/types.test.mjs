// Checks that the unions in the types have the same members as the core's codes.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const core = (file) => readFileSync(new URL(`../../core/src/${file}`, import.meta.url), "utf8");
const types = readFileSync(new URL("../dist/codes.d.ts", import.meta.url), "utf8");

/** Returns the texts that a function of the core can return. */
function arms(file, name) {
  const body = new RegExp(`fn ${name}\\(&?self\\) -> &'static str \\{(.*?)\\n    \\}`, "s").exec(core(file))?.[1];
  assert.ok(body, `${file} has ${name}`);
  return [...body.matchAll(/"([a-z-]+)"/g)].map(([, arm]) => arm);
}

/** Returns the members of a union in the types, without those of the unions that it refers to. */
function listed(name) {
  const body = new RegExp(`type ${name} = ([^;]+);`).exec(types)?.[1];
  assert.ok(body, `there is a type ${name}`);
  return [...body.matchAll(/"([^"]+)"/g)].map(([, member]) => member).sort();
}

const code = (name) => `ERR_${name.replaceAll("-", "_").toUpperCase()}`;

test("the TypeScript types contain every error reason of the core", () => {
  assert.deepEqual(listed("Fault"), arms("adapter/mod.rs", "as_str").sort());
  assert.deepEqual(listed("IdentityCode"), arms("identity/error.rs", "code").sort());
  assert.deepEqual(listed("WondeReason"), arms("wonde/error.rs", "reason").sort());
  assert.deepEqual(listed("MyLoginReason"), arms("mylogin/error.rs", "reason").sort());
  assert.deepEqual(listed("ChosenReason"), arms("password/chosen.rs", "as_str").sort());
  assert.deepEqual(listed("RefusedReason"), arms("identity/refused.rs", "as_str").sort());
});

test("the TypeScript types contain every error code of the core", () => {
  assert.deepEqual(listed("WebhookCode"), arms("wonde/webhook.rs", "code").map(code).sort());
  assert.deepEqual(listed("PlanCode"), [...arms("plan/apply.rs", "code"), "plan-needs-today"].map(code).sort());
  assert.ok(arms("plan/planner.rs", "code").includes("plan-needs-today"));
  const accounts = [...arms("account/error.rs", "code"), ...arms("account/transfer.rs", "code")].filter((name) => name.startsWith("account"));
  assert.deepEqual(listed("AccountCode"), accounts.map(code).sort());
  const all = ["account/error.rs", "reader/error.rs", "plan/refused.rs", "wonde/error.rs", "mylogin/error.rs", "identity/refused.rs", "table/write.rs"];
  const known = ["AccountCode", "ErrorCode"].flatMap(listed);
  for (const name of [...all.flatMap((file) => arms(file, "code")), ...arms("wonde/schedule.rs", "code")]) {
    // A system failure is Node's own error, so `io` is not in the types.
    if (name !== "io") assert.ok(known.includes(code(name)), name);
  }
});

test("every public item has a documentation comment", () => {
  const dist = new URL("../dist/", import.meta.url);
  const all = readdirSync(dist, { recursive: true }).map((name) => name.replaceAll("\\", "/"));
  const files = all.filter((name) => /^(?!browser\/|cli|index|input|failure|shared\/(argument|choices|json)).*\.d\.ts$/.test(name));
  assert.ok(files.length > 30 && files.includes("wonde/client.d.ts"));
  let items = 0;
  for (const file of files) {
    const lines = readFileSync(new URL(file, dist), "utf8").split("\n");
    lines.forEach((line, at) => {
      const item = /^export (?:declare )?(?:class|interface|type|function|const) (?!\{)/.test(line);
      const member = /^    (?:static |get |readonly )*(?:\w+|"[\w ]+")\??[:(<]/.test(line) && !/^    (?:private|constructor)/.test(line);
      if (!item && !member) return;
      items += 1;
      assert.match(lines[at - 1], /\*\/$/, `${file}: ${line.trim()}`);
    });
  }
  assert.ok(items > 300, `${items} items`);
});
