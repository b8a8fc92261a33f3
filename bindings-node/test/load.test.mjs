// Tests many imports at once, and a process that is killed while it writes.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import * as onroll from "onroll";
import { folder, school } from "./school.mjs";

const PUPILS = 20_000;

test("200 imports at once do not affect each other", async () => {
  const one = async (number) => {
    const roster = await onroll.readCsv(school(200 + number));
    const accounts = await onroll.createAccounts(roster);
    const later = await onroll.plan(accounts, await onroll.readCsv(school(205 + number)));
    const applied = await later.apply(accounts);
    return [applied.length, later.summary(), new Set([...applied].map((account) => account.username)).size];
  };
  const done = await Promise.all(Array.from({ length: 200 }, (_, number) => one(number)));
  assert.deepEqual(done, Array.from({ length: 200 }, (_, number) => [205 + number, `5 join, ${200 + number} unchanged`, 205 + number]));
});

const WRITES = `
  import { join } from "node:path";
  import * as onroll from "onroll";
  const folder = process.argv[1];
  const both = [];
  for (const name of ["one.in", "two.in"]) {
    const path = join(folder, name);
    both.push([path, await onroll.createAccounts(await onroll.readCsv(path))]);
  }
  for (;;) {
    for (const [path, accounts] of both) {
      accounts.writeCredentialsSync(join(folder, "named.csv"), { usernames: [...accounts].map((account) => account.username) });
      await Promise.all([
        accounts.writeCredentials(join(folder, "credentials.csv")),
        accounts.writeCards(join(folder, "cards.html")),
        onroll.fixCsv(path, join(folder, "fixed.csv")),
      ]);
    }
  }
`;

test("a killed process leaves a complete old or new file", { skip: process.platform === "win32" }, async () => {
  let halfWay = 0;
  const parent = folder();
  for (let after = 0; after < 12; after++) {
    const own = join(parent, String(after));
    mkdirSync(own);
    writeFileSync(join(own, "one.in"), school(PUPILS));
    writeFileSync(join(own, "two.in"), school(PUPILS + 1));
    const program = ["--input-type=module", "--eval", WRITES, own];
    const child = spawn(process.execPath, program, { cwd: import.meta.dirname, stdio: "inherit" });
    const end = once(child, "exit");
    const begun = Date.now();
    try {
      const alive = () => assert.ok(child.exitCode === null && Date.now() - begun < 60_000);
      while (!["credentials.csv", "cards.html", "fixed.csv"].every((name) => existsSync(join(own, name)))) {
        alive();
        await sleep(1);
      }
      await sleep(7 * after);
      while (!readdirSync(own).some((name) => name.startsWith("."))) alive();
    } finally {
      child.kill("SIGKILL");
    }
    await end;
    const pupils = (text) => assert.ok([PUPILS, PUPILS + 1].includes(text), `${text} pupils`);
    for (const name of ["credentials.csv", "named.csv", "fixed.csv"]) {
      const text = readFileSync(join(own, name), "utf8");
      assert.ok(text.endsWith("\n"), name);
      pupils(text.split("\n").length - 2);
    }
    const cards = readFileSync(join(own, "cards.html"), "utf8");
    assert.ok(cards.trimEnd().endsWith("</html>"));
    pupils((cards.split(">Pupil Number").length - 1) / 2);
    halfWay += readdirSync(own).filter((name) => name.startsWith(".")).length;
  }
  assert.ok(halfWay > 0, "none was killed while it wrote");
});
