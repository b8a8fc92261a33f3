// Every vector of the core, word for word.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { Writable } from "node:stream";
import { test } from "node:test";
import * as onroll from "onroll";

const folder = new URL("../../core/tests/vectors/", import.meta.url);

function vectors(kind) {
  const files = readdirSync(new URL(`${kind}/`, folder)).filter((name) => name.endsWith(".json"));
  const cases = files.flatMap((name) => JSON.parse(readFileSync(new URL(`${kind}/${name}`, folder), "utf8")));
  assert.ok(cases.length > 30, "there are vectors");
  return cases;
}

/** Options by their names in Node. */
function named(options = {}) {
  const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [camel(name), name === "limits" ? named(value) : value]),
  );
}

function told(problem, expected) {
  const keys = ["code", "row", "line", "column", "value", "fix", "safe", ...("byte" in expected ? ["byte"] : [])];
  return Object.fromEntries(keys.map((key) => [key, problem[key]]));
}

const yesNo = (flag) => (flag ? "Yes" : "No");

function cells(student) {
  const { fullName, username, yearGroup, className, gender, pupilPremium, ethnicity, send, eal } = student;
  return [fullName, username, yearGroup, className, gender, yesNo(pupilPremium), ethnicity, yesNo(send), yesNo(eal)];
}

function written(write) {
  const chunks = [];
  const to = new Writable({
    write(chunk, _, done) {
      chunks.push(chunk);
      done();
    },
  });
  return write(to).then(() => Buffer.concat(chunks).toString());
}

for (const vector of vectors("read")) {
  test(`read: ${vector.name}`, async () => {
    const data = Buffer.from(vector.text ?? vector.base64, "text" in vector ? "utf8" : "base64");
    const options = named(vector.options);
    let report;
    let students = null;
    try {
      const roster = await onroll.readCsv(data, options);
      report = roster.report;
      students = [...roster].map(cells);
    } catch (error) {
      assert.ok(error instanceof onroll.RosterError, error);
      assert.equal(error.code, "ERR_ROSTER_REJECTED");
      report = error.report;
    }
    assert.deepEqual(report.problems.map((p, i) => told(p, vector.problems[i] ?? {})), vector.problems);
    assert.deepEqual(report.fixed.map((p, i) => told(p, vector.fixed[i] ?? {})), vector.fixed);
    assert.deepEqual(students, vector.students);
    assert.equal(report.blankRows, vector.blank_rows);
    assert.deepEqual(onroll.checkCsvSync(data, options).toJSON({ values: true }), report.toJSON({ values: true }));
    if ("corrected" in vector) {
      const { fix, ...checking } = options;
      assert.equal(await written((to) => onroll.fixCsv(data, to, checking)), vector.corrected);
    }
  });
}

const FIELDS = ["fullName", "username", "yearGroup", "className", "gender", "pupilPremium", "ethnicity", "send", "eal"];

function given(roster) {
  const signIn = roster.sign_in ?? "password";
  const row = ({ cells, ...ids }) => ({ ...Object.fromEntries(cells.map((cell, i) => [FIELDS[i], cell])), ...named(ids) });
  const read =
    "text" in roster
      ? onroll.readCsvSync(Buffer.from(roster.text), { signIn })
      : onroll.Roster.fromRows(roster.records.map(row), { signIn, hold: true });
  return roster.partial ? read.asPartial() : read;
}

for (const vector of vectors("plan")) {
  test(`plan: ${vector.name}`, async () => {
    const accounts = onroll.Accounts.fromRows(vector.accounts.map(named), { signIn: vector.sign_in });
    let plan;
    try {
      plan = await onroll.plan(accounts, given(vector.roster), named(vector.options));
    } catch (error) {
      assert.ok(error instanceof onroll.PlanRefused, error);
      assert.equal(error.code, "ERR_PLAN_REFUSED");
      assert.deepEqual({ guard: error.guard, numbers: error.numbers }, vector.refused);
      return;
    }
    assert.equal(plan.summary(), vector.summary);
    const changes = [...plan].map(({ kind, username, account, fields }) => ({
      kind,
      username,
      becomes: account.username,
      fields: Object.entries(fields).map(([name, values]) => [name, ...values]),
    }));
    assert.deepEqual(changes, vector.changes);
    const conflicts = plan.conflicts.map(({ reason, usernames, students }) => ({
      reason,
      usernames,
      students: students.map((student) => student.username),
    }));
    assert.deepEqual(conflicts, vector.conflicts);
    assert.deepEqual(plan.keptUsernames.map(({ kept, listed }) => [kept, listed]), vector.kept_usernames);
    assert.deepEqual(plan.passed, vector.passed);
    const stored = onroll.Plan.fromJSON(JSON.stringify(plan.toJSON({ passwords: true })));
    assert.ok(stored.equals(plan));
    await stored.apply(accounts);
  });
}
