// Runs every test vector of the core.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { Writable } from "node:stream";
import { test } from "node:test";
import * as onroll from "onroll";
import { csv } from "./school.mjs";

const folder = new URL("../../core/tests/vectors/", import.meta.url);

const cases = (name) => JSON.parse(readFileSync(new URL(name, folder), "utf8"));

function vectors(kind) {
  const files = readdirSync(new URL(`${kind}/`, folder)).filter((name) => name.endsWith(".json"));
  const found = files.flatMap((name) => cases(`${kind}/${name}`));
  assert.ok(found.length > 30, "there are vectors");
  return found;
}

const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());

/** Returns a value with names in camelCase, at any depth. */
function named(value) {
  if (Array.isArray(value)) return value.map(named);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [camel(name), named(each)]));
}

// The field of a student for each column, as all JSON names it.
const FIELD_OF = {
  "Student Full Name": "fullName",
  Username: "username",
  "Year Group": "yearGroup",
  Class: "className",
  Gender: "gender",
  "Pupil Premium": "pupilPremium",
  Ethnicity: "ethnicity",
  SEND: "send",
  EAL: "eal",
};

function told(problem, expected) {
  assert.equal(problem.field, problem.column === null ? null : FIELD_OF[problem.column]);
  assert.equal(problem.toJSON().field, problem.field);
  const keys = ["code", "row", "line", "column", "value", "fix", "safe", ...["byte", "cell"].filter((key) => key in expected)];
  return Object.fromEntries(keys.map((key) => [key, problem[key]]));
}

/** Returns a typed value of a change in the form that the vectors use. */
const cellOf = (value) => (typeof value === "boolean" ? yesNo(value) : (value ?? ""));

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
    const data = readFileSync(new URL(`read/${vector.file}`, folder));
    const options = named(vector.options ?? {});
    if (options.accept !== undefined) {
      // A vector gives the row and the column of each cell whose suggestion is accepted.
      const { accept: wanted, ...before } = options;
      const taken = (p) => wanted.some(([row, column]) => row === p.row && column === p.column);
      options.accept = onroll.checkCsvSync(data, before).problems.filter(taken).map((p) => p.id);
      assert.ok(options.accept.length >= wanted.length);
    }
    const { problems = [], fixed = [], blank_rows = 0 } = vector;
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
    assert.deepEqual(report.problems.map((p, i) => told(p, problems[i] ?? {})), problems);
    assert.deepEqual(report.fixed.map((p, i) => told(p, fixed[i] ?? {})), fixed);
    assert.deepEqual(students, vector.students);
    assert.equal(report.blankRows, blank_rows);
    assert.deepEqual(onroll.checkCsvSync(data, options).toJSON({ values: true }), report.toJSON({ values: true }));
    if ("corrected" in vector) {
      const { fix, ...checking } = options;
      assert.equal(await written((to) => onroll.fixCsv(data, to, checking)), vector.corrected);
    }
  });
}

const FIELDS = ["fullName", "username", "yearGroup", "className", "gender", "pupilPremium", "ethnicity", "send", "eal"];

/** Returns a row of the host: the fields in the vector, and base values for other fields. */
function account(row) {
  const base = { yearGroup: "Year 4", className: "4A", gender: "Female", ethnicity: "WBRI", active: true };
  const flags = { pupilPremium: false, send: false, eal: false };
  const { ownFields, ...rest } = named(row);
  return { ...base, ...flags, fullName: row.username, ...rest, ...(ownFields && { ownFields: ownFields.map(camel) }) };
}

function given(roster) {
  const signIn = roster.sign_in ?? "password";
  const row = ({ cells, ...ids }) => ({ ...Object.fromEntries(cells.map((cell, i) => [FIELDS[i], cell])), ...named(ids) });
  const read =
    "records" in roster
      ? onroll.Roster.fromRows(roster.records.map(row), { signIn, hold: true })
      : onroll.readCsvSync("rows" in roster ? csv(...roster.rows) : Buffer.from(roster.text), { signIn });
  return roster.partial ? read.asPartial() : read;
}

const usernames = (entries) => entries.map((entry) => entry.username);

function change({ kind, username, account, fields, newPassword, password }) {
  const old = Object.fromEntries(Object.keys(account).map((name) => [name, name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)]));
  assert.equal(newPassword ?? false, (password ?? null) !== null);
  assert.equal(newPassword === undefined, kind !== "join" && kind !== "return");
  return {
    kind,
    username,
    becomes: account.username,
    fields: Object.entries(fields).map(([name, values]) => [old[name], ...values.map(cellOf)]),
    ...(kind === "return" && newPassword && { new_password: true }),
  };
}

const codeOf = (name) => `ERR_${name.replaceAll("-", "_").toUpperCase()}`;

/** Returns the part of a plan that a vector describes. */
function part(plan, without) {
  try {
    const made = plan.without(without);
    assert.ok(onroll.Plan.fromJSON(made.toJSON({ passwords: true })).equals(made));
    return { summary: made.summary(), left_out: made.leftOut.map(({ kind, username }) => [kind, username]) };
  } catch (error) {
    assert.ok(error instanceof onroll.PlanError, error);
    return { error: error.code.slice(4).toLowerCase().replaceAll("_", "-") };
  }
}

for (const vector of vectors("plan")) {
  test(`plan: ${vector.name}`, async () => {
    const { sign_in: signIn, school_id: schoolId, last_promotion: lastPromotion } = vector;
    const accounts = onroll.Accounts.fromRows(vector.accounts.map(account), { signIn, schoolId, lastPromotion });
    let plan;
    try {
      plan = await onroll.plan(accounts, given(vector.roster), named(vector.options));
    } catch (error) {
      if (error instanceof onroll.PlanError) return assert.equal(error.code, codeOf(vector.error));
      assert.ok(error instanceof onroll.PlanRefused, error);
      assert.equal(error.code, "ERR_PLAN_REFUSED");
      const { guard, numbers, field, year, className } = error;
      const snake = field?.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      const about = { ...(field && { field: snake }), ...(year && { year }), ...(className && { class_name: className }) };
      if (vector.refused.text) about.text = error.text;
      assert.deepEqual({ guard, numbers, ...about }, vector.refused);
      assert.ok(error.text !== "" && !vector.accounts.some(({ username }) => error.text.includes(username)));
      return;
    }
    const seen = {
      summary: plan.summary(),
      changes: [...plan].map(change),
      conflicts: plan.conflicts.map(({ reason, accounts, students }) => {
        return { reason, accounts: usernames(accounts), students: usernames(students) };
      }),
      near: plan.near.map(({ account, student }) => usernames([account, student])),
      decisions: plan.decisions.map(({ outcome }) => outcome),
      erased_by_username: usernames(plan.erasedByUsername),
      kept_usernames: plan.keptUsernames.map(({ kept, listed }) => [kept, listed]),
      passed: plan.passed,
      perhaps_staff: usernames(plan.perhapsStaff),
    };
    assert.deepEqual(seen, Object.fromEntries(Object.keys(seen).map((key) => [key, vector[key] ?? []])));
    assert.deepEqual(plan.decisions.map(({ decision }) => decision), named(vector.options?.decisions ?? []));
    const stored = onroll.Plan.fromJSON(JSON.stringify(plan.toJSON({ passwords: true })));
    assert.ok(stored.equals(plan));
    const after = await stored.apply(accounts);
    for (const [username, fields] of Object.entries(vector.after ?? {})) {
      const { ownFields, ...expected } = named(fields);
      for (const [name, value] of Object.entries(expected)) assert.equal(after.get(username)[name], value);
      if (ownFields) assert.deepEqual(after.get(username).ownFields, ownFields.map(camel));
    }
    for (const line of vector.diff ?? []) assert.ok(plan.diff().includes(line), line);
    const restored = await stored.reverse(after);
    assert.deepEqual(restored.toJSON({ passwords: true }), accounts.toJSON({ passwords: true }));
    if (plan.length > 0) assert.throws(() => stored.reverseSync(restored), { code: "ERR_PLAN_ALREADY_REVERSED" });
    if (vector.without) assert.deepEqual(part(plan, vector.without), vector.part);
  });
}

for (const { name, same, key, loose } of cases("keys.json")) {
  test(`keys: ${name}`, () => {
    for (const text of same) {
      assert.equal(onroll.usernameKey(text), key, text);
      assert.equal(onroll.usernameKey(text, { loose: false }), key, text);
      assert.equal(onroll.usernameKey(text, { loose: true }), loose, text);
      for (const other of cases("keys.json")) {
        for (const another of other.same) assert.equal(onroll.sameUsername(text, another), other.key === key, text);
      }
    }
  });
}

for (const { name, typed, canonical } of cases("passwords.json")) {
  test(`passwords: ${name}`, async () => {
    const row = (password) => account({ username: "Zoë Lee", password });
    const existing = (password) => onroll.Accounts.fromRows([row(password)]).at(0).password;
    for (const text of typed) {
      assert.equal(onroll.canonicalPassword(text), canonical);
      assert.equal(existing(text).canonical(), canonical);
      assert.equal(existing(canonical).matches(text), canonical !== "");
      const hashes = [() => existing(text).toPhcString(), async () => existing(text).toPhcStringSync()];
      for (const hash of hashes) {
        if (canonical !== "") assert.match(await hash(), /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
        else await assert.rejects(hash, (error) => error instanceof onroll.PolicyError && error.code === "ERR_PASSWORD_BLANK");
      }
    }
  });
}

for (const { name, accounts: rows, sharing_a_key = [], tries } of cases("sign_in.json")) {
  test(`sign-in: ${name}`, () => {
    const accounts = onroll.Accounts.fromRows(rows.map(account));
    assert.deepEqual(usernames(accounts.sharingAKey), sharing_a_key);
    const attempts = new onroll.Attempts();
    tries.forEach(({ username, password, ...expected }, number) => {
      // The tries are so far apart that no account has to wait.
      const now = new Date(Date.UTC(2026, 8, 7, 9, 2 * number));
      let seen;
      try {
        seen = { opens: attempts.signIn(accounts, username, password, { now }).username };
      } catch (error) {
        assert.ok(error instanceof onroll.SignInRefused, error);
        seen = { reason: error.reason };
      }
      assert.deepEqual(seen, expected, `try ${number}`);
    });
  });
}
