// Tests decisions, the uncertain matches that people decide about, and the school's id.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { inspect } from "node:util";
import * as onroll from "onroll";
import { Decision } from "onroll";
import native from "../native.js";
import { csv, folder } from "./school.mjs";

const base = { yearGroup: "Year 4", className: "4A", gender: "Female", ethnicity: "WBRI" };
const row = (username, more) => ({ ...base, fullName: username, username, ...more });
const accounts = (...rows) => onroll.Accounts.fromRows(rows);
const roster = (...usernames) => onroll.readCsvSync(csv(...usernames.map((name) => `${name},${name},Year 4,4A,Female,No,WBRI,No,No`)));

test("the TypeScript types contain every guard and every decision outcome", () => {
  const listed = (file, name) => {
    const types = readFileSync(new URL(`../dist/${file}.d.ts`, import.meta.url), "utf8");
    return new RegExp(`type ${name} =([^;]+);`).exec(types)[1].match(/[a-z-]+/g).sort();
  };
  assert.deepEqual(listed("guard", "Guard"), native.guards().sort());
  assert.deepEqual(listed("decision", "DecisionOutcome"), native.decisionOutcomes().sort());
});

test("a decision identifies a person by source id, UPN or username, in that order", () => {
  const stored = accounts(row("a", { sourceId: "S1", upn: "X801200000001" }), row("b", { upn: "L801200000002" }), row("c"), row("d", { sourceId: " ", upn: "" }));
  const records = [row("a", { sourceId: "S1", upn: "X801200000001" }), row("b", { upn: "L801200000002" }), row("c")];
  const students = onroll.Roster.fromRows(records, { optionalColumns: true });
  const refs = [{ sourceId: "S1" }, { upn: "L801200000002" }, { username: "c", fullName: stored.at(2).fullName }];
  refs.forEach((ref, n) => {
    assert.deepEqual(Decision.same(stored.at(n), students.at(n)), { same: { account: ref, student: ref } });
    assert.deepEqual(Decision.different(ref, stored.at(n).username), { different: { account: ref, student: { username: "abc"[n] } } });
    assert.deepEqual(Decision.rename(students.at(n), "x"), { rename: { account: ref, username: "x" } });
  });
  assert.deepEqual(Decision.rename(stored.at(3), "x").rename.account, { username: "d", fullName: stored.at(3).fullName });
  assert.deepEqual(Decision.rename({ username: "e", upn: "TBC" }, "x").rename.account, { username: "e" });
  assert.deepEqual(Decision.rename({ username: "e", sourceId: null }, "x").rename.account, { username: "e" });
});

test("a decision is plain data that inspect shows without names", () => {
  const made = [Decision.same("Kestrel", { sourceId: "Kestrel" }), Decision.different("Kestrel", "Kestrel"), Decision.rename("Kestrel", "Kestrel")];
  const expected = [
    '{"same":{"account":{"username":"Kestrel"},"student":{"sourceId":"Kestrel"}}}',
    '{"different":{"account":{"username":"Kestrel"},"student":{"username":"Kestrel"}}}',
    '{"rename":{"account":{"username":"Kestrel"},"username":"Kestrel"}}',
  ];
  assert.deepEqual(made.map((decision) => JSON.stringify(decision)), expected);
  assert.deepEqual(structuredClone(made), made);
  for (const thing of [...made, ...made.flatMap((decision) => Object.values(decision)), made[0].same.student]) {
    assert.ok(!inspect(thing, { showHidden: true, depth: 9 }).includes("Kestrel"));
  }
  assert.equal(inspect(made[0]), "Decision <same>");
});

test("a decision with a wrong shape throws a TypeError that names the wrong part", () => {
  const own = accounts(row("a"));
  const good = Decision.rename("a", "b");
  const account = { username: "Kestrel" };
  for (const [decisions, message] of [
    [{}, "decisions must be an iterable of decisions, not Object"],
    ["same", "decisions must be an iterable of decisions, not string"],
    [[good, good, null], "decisions[2] must be an object with one of same, different, rename, not null"],
    [[good, "same"], "decisions[1] must be an object with one of same, different, rename, not string"],
    [[{}], "decisions[0] must be an object with one of same, different, rename, and nothing else"],
    [[{ smae: {} }], "decisions[0] must be an object with one of same, different, rename, and nothing else"],
    [[{ ...good, same: {} }], "decisions[0] must be an object with one of same, different, rename, and nothing else"],
    [[{ same: 3 }], "decisions[0].same must be an object with account and student, not number"],
    [[{ same: { account } }], "decisions[0].same.student must be an object with one of sourceId, upn, username, not undefined"],
    [[{ same: { account, student: account, why: "" } }], "decisions[0].same must be an object with account and student, and nothing else"],
    [[{ same: { account: "a", student: account } }], "decisions[0].same.account must be an object with one of sourceId, upn, username, not string"],
    [[{ same: { account, student: { id: "" } } }], "decisions[0].same.student must be an object with one of sourceId, upn, username, and nothing else"],
    [[{ different: { account, student: { upn: 3 } } }], "decisions[0].different.student.upn must be a string, not number"],
    [[{ rename: { account, student: account } }], "decisions[0].rename must be an object with account and username, and nothing else"],
    [[{ rename: { account, username: account } }], "decisions[0].rename.username must be a string, not Object"],
    [[{ rename: { account: { source_id: "S1" }, username: "b" } }], "decisions[0].rename.account must be an object with one of sourceId, upn, username, and nothing else"],
  ]) {
    const told = (error) => error instanceof TypeError && error.message === message && !inspect(error).includes("Kestrel");
    assert.throws(() => onroll.planSync(own, roster("a"), { decisions }), told, message);
  }
  const wanted = "must be a username, an Account, a Student, an entry of a plan or a PersonRef";
  for (const [build, message] of [
    [() => Decision.same(3, "a"), `account ${wanted}, not number`],
    [() => Decision.same("a"), `student ${wanted}, not undefined`],
    [() => Decision.different("a", { fullName: "Kestrel" }), `student ${wanted}, not Object`],
    [() => Decision.rename({ username: 3 }, "a"), "account.username must be a string, not number"],
    [() => Decision.rename("a", {}), "username must be a string, not Object"],
  ]) {
    assert.throws(build, { name: "TypeError", message });
  }
  for (const [options, message] of [
    [{ schoolId: 3 }, "schoolId must be a string, not number"],
    [{ despite: [] }, /^planSync has no option 'despite'; it has .*overrideGuards, decisions, schoolId/],
    [{ overrideGuards: "all" }, "overrideGuards must be an iterable of strings, not string"],
  ]) {
    assert.throws(() => onroll.planSync(own, roster("a"), options), { name: "TypeError", message });
  }
  const message = `overrideGuards must name guards (${native.guards().join(", ")}), not 'all'`;
  assert.throws(() => onroll.planSync(own, roster("a"), { overrideGuards: ["all"] }), { name: "RangeError", message });
});

test("uncertain matches can be listed, decided, stored and applied", async () => {
  const own = accounts(row("Amelia Smith", { upn: "X801200000001" }), row("Noah Khan"), row("Zoë Lee"));
  const next = onroll.readCsvSync(
    csv(
      "Amelia Smith-Jones,Amelia Smith-Jones,Year 4,4A,Female,No,WBRI,No,No",
      "Noah Khan,Noah Khan,Year 4,4B,Male,No,AIND,No,No",
      "Zoë Lee,Zoë Lee,Year 4,4A,Female,No,WBRI,No,No",
    ),
  );
  const open = await onroll.plan(own, next);
  const entry = { username: "Noah Khan", fullName: "Noah Khan", yearGroup: "Year 4", className: "4A" };
  assert.deepEqual(open.conflicts, [{ reason: "person-differs", accounts: [entry], students: [{ ...entry, className: "4B" }] }]);
  const amelia = { ...entry, username: "Amelia Smith", fullName: "Amelia Smith", upn: "X801200000001" };
  const joiner = { ...entry, username: "Amelia Smith-Jones", fullName: "Amelia Smith-Jones" };
  assert.deepEqual(open.near, [{ account: amelia, student: joiner }]);
  assert.ok(!inspect([open.near, open.conflicts, open.conflicts[0].accounts], { showHidden: true, depth: 9 }).includes("Smith"));

  const [near, conflict] = [open.near[0], open.conflicts[0]];
  const decisions = [
    Decision.same(near.account, near.student),
    Decision.same(conflict.accounts[0], conflict.students[0]),
    Decision.rename("Zoë Lee", "Zo Lee"),
    Decision.different("Zoë Lee", { sourceId: "S9" }),
  ];
  assert.deepEqual(decisions[0].same.account, { upn: "X801200000001" });
  const stored = JSON.parse(JSON.stringify(decisions));
  const plan = await onroll.plan(own, next, { decisions: stored });
  assert.deepEqual([plan.conflicts, plan.near], [[], []]);
  const outcomes = ["applied", "applied", "applied", "not-found"];
  assert.deepEqual(plan.decisions, decisions.map((decision, n) => ({ decision, outcome: outcomes[n] })));
  assert.ok(!inspect(plan.decisions, { showHidden: true, depth: 9 }).includes("Lee"));
  assert.deepEqual(onroll.Plan.fromJSON(JSON.stringify(plan)).decisions, plan.decisions);
  assert.deepEqual(JSON.parse(JSON.stringify(plan)).decisions, plan.decisions);
  const after = await plan.apply(own);
  assert.deepEqual([...after].map((account) => account.username), ["Amelia Smith", "Noah Khan", "Zo Lee"]);
  assert.equal(after.get("Amelia Smith").fullName, "Amelia Smith-Jones");
  // Decisions can be any iterable, and can come from an earlier plan.
  assert.equal(onroll.planSync(own, next, { decisions: new Set(plan.decisions.map(({ decision }) => decision)) }).summary(), plan.summary());
});

test("accounts, rosters and plans have the id of their school", () => {
  const own = onroll.Accounts.fromRows([row("a")], { schoolId: "oak" });
  assert.deepEqual([own.schoolId, accounts(row("a")).schoolId, onroll.Accounts.fromRows([], { schoolId: null }).schoolId], ["oak", null, null]);
  assert.equal(onroll.Accounts.fromJSON(JSON.stringify(own)).schoolId, "oak");
  const students = roster("a").withSchoolId("oak");
  assert.deepEqual([students.schoolId, roster("a").schoolId], ["oak", null]);
  assert.equal(onroll.Roster.fromJSON(JSON.stringify(students)).schoolId, "oak");
  assert.equal(onroll.createAccountsSync(students).schoolId, "oak");
  assert.deepEqual([onroll.planSync(own, students).schoolId, onroll.planSync(own, roster("a")).schoolId], ["oak", "oak"]);
  assert.equal(onroll.planSync(accounts(row("a")), roster("a")).schoolId, null);
  const named = onroll.planSync(accounts(row("a")), roster("a"), { schoolId: "oak" });
  assert.deepEqual([named.schoolId, onroll.Plan.fromJSON(JSON.stringify(named)).schoolId], ["oak", "oak"]);
  assert.equal(named.applySync(accounts(row("a"))).schoolId, "oak");
  for (const plan of [() => onroll.planSync(own, students, { schoolId: "elm" }), () => onroll.planSync(own, roster("a").withSchoolId("elm"))]) {
    assert.throws(plan, (error) => error instanceof onroll.PlanRefused && error.guard === "school-mismatch");
  }
  assert.throws(() => students.withSchoolId(3), /schoolId must be a string, not number/);
});

test("a plan lists a student who was left out because the option erased has the username", () => {
  const plan = onroll.planSync(accounts(row("a")), roster("a", "b"), { erased: ["B"] });
  assert.deepEqual([plan.erased, plan.erasedByUsername], [1, [{ ...base, username: "b", fullName: "b" }].map(({ gender, ethnicity, ...entry }) => entry)]);
  assert.equal(inspect(plan.erasedByUsername[0]), "PlanEntry <hidden>");
});

test("lists accounts whose usernames have the same comparison key", () => {
  const own = accounts(row("Siân O'Neill"), row("Zoë Lee"), row("Siân O’Neill"));
  assert.deepEqual(own.sharingAKey.map((account) => account.username), ["Siân O'Neill", "Siân O’Neill"]);
  assert.deepEqual(accounts(row("a")).sharingAKey, []);
});

test("a returning student gets no password from a plan stored without passwords", async () => {
  const own = accounts(row("Amelia Smith", { active: false, password: "CX57" }), row("Zoë Lee", { password: "2FHR" }));
  const plan = await onroll.plan(own, roster("Amelia Smith", "Zoë Lee", "Noah Khan"));
  const [back, joiner] = [plan.returners[0], plan.joiners[0]];
  assert.deepEqual([back.newPassword, joiner.newPassword], [true, true]);
  assert.ok(back.password.expose() !== "CX57" && back.password.expose() === back.account.password.expose());
  const kept = await onroll.Plan.fromJSON(JSON.stringify(plan.toJSON({ passwords: true }))).apply(own);
  assert.ok(kept.get("Amelia Smith").password.matches(back.password.expose()));

  const stored = onroll.Plan.fromJSON(JSON.stringify(plan));
  assert.deepEqual([stored.returners[0].newPassword, stored.returners[0].password], [true, null]);
  const after = await stored.apply(own, { passwords: null });
  for (const username of ["Amelia Smith", "Noah Khan"]) assert.equal(after.get(username).password, null);
  assert.equal(after.get("Zoë Lee").password.expose(), "2FHR");
  const signIn = (typed) => () => new onroll.Attempts().signIn(after, "Amelia Smith", typed);
  for (const typed of ["CX57", back.password.expose(), ""]) {
    assert.throws(signIn(typed), (error) => error instanceof onroll.SignInRefused && error.reason === "not-recognised");
  }
  assert.equal(after.fillPasswords(), 2);
  const given = after.get("Amelia Smith").password;
  assert.ok(given.expose().length === 4 && !given.matches("CX57"));
  assert.equal(signIn(given.expose())().username, "Amelia Smith");
});

test("a returning student who is matched by id keeps the password", async () => {
  const own = accounts(row("Amelia Smith", { sourceId: "S1", active: false, password: "CX57" }));
  const records = onroll.Roster.fromRows([row("Amelia Smith", { sourceId: "S1" })], { optionalColumns: true });
  const plan = await onroll.plan(own, records);
  assert.deepEqual([plan.returners[0].newPassword, plan.returners[0].password], [false, null]);
  assert.equal((await plan.apply(own)).at(0).password.expose(), "CX57");
});

const [ESC, BEL, RLO] = ["\u001b[31m", "\u0007", "\u202e"];

/** Checks that a text contains none of the control characters, and contains these lines. */
function shows(text, ...lines) {
  assert.doesNotMatch(text, /[\u001b\u0007\r\u202e]/);
  for (const line of lines) assert.ok(text.includes(line), `${JSON.stringify(line)} in ${JSON.stringify(text)}`);
}

const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const run = (...args) => spawnSync(process.execPath, [cli, ...args], { encoding: "utf8" });

test("shows control characters from a file as symbols", () => {
  const headings = onroll.templateCsv().trim();
  const cells = `"Al${ESC} Bo","al${BEL}bo",Year${RLO}5,"5\r\nA",Fem${ESC}ale,N${BEL}o,W${RLO}BRI,"N\r\no",Y${ESC}es`;
  const files = [`${headings}\r\n${cells}\r\n`, `"Us${ESC}er\r\n${BEL}",${RLO},${headings}\r\n`].map((text) => Buffer.from(text));
  const lines = ["Al␛[31m Bo", "al␇bo", "Year□5", "5␍⏎A", "N␍⏎o"];
  const report = onroll.checkCsvSync(files[0]);
  shows(report.text(), ...lines);
  shows(report.problems.map((problem) => problem.message).join("\n"), ...lines);
  for (const problem of report.problems) assert.ok(!problem.message.includes("\n"), problem.code);
  assert.equal(report.problems[0].value, `Al${ESC} Bo`);
  for (const bytes of files) {
    const found = onroll.checkCsvSync(bytes);
    for (const shown of [found.text(), ...found.problems.map((problem) => problem.message)]) shows(shown);
    const directory = folder();
    const file = join(directory, "roster.csv");
    writeFileSync(file, bytes);
    shows(run("check", file).stdout, ...(bytes === files[0] ? lines : []));
    for (const [name, ...more] of [["check", "--fix"], ["accounts"], ["fix", join(directory, "fixed.csv")]]) {
      const { stdout, stderr } = run(name, file, ...more);
      shows(stdout + stderr);
    }
  }
});

test("shows control characters from stored accounts as symbols in a plan", () => {
  const own = accounts(
    row(`Al${ESC} Bo`, { username: `al${BEL}bo`, className: "5\r\nA" }),
    row(`Zoë ${RLO}Lee`, { username: "Zoë\r\nLee" }),
    row("Noah Khan", { username: `Noah${BEL}Khan`, className: `4${RLO}B`, gender: "Male", ethnicity: "AIND" }),
    row("Bea Reid", { username: `bea${ESC}reid` }),
  );
  const next = onroll.readCsvSync(
    csv(...["Zoë Lee", "Noah Khan", "Beatrice Reid"].map((name) => `${name},${name},Year 4,4A,Female,No,WBRI,No,No`)),
  );
  const decisions = [Decision.same(`no${ESC}\r\nbody`, `no${RLO}body`)];
  const plan = onroll.planSync(own, next, { maxLeavers: 1, decisions });
  const lines = ["Al␛[31m Bo (al␇bo)", "5␍⏎A", "Zoë U+202ELee", "account 'Noah␇Khan'", "account 'bea␛[31mreid'", "'no␛[31m␍⏎body' and 'noU+202Ebody'"];
  shows(plan.diff(), ...lines);
  shows(plan.summary());
  const directory = folder();
  const [kept, file] = [join(directory, "accounts.json"), join(directory, "roster.csv")];
  writeFileSync(kept, JSON.stringify(own));
  next.writeCsvSync(file);
  const { status, stdout, stderr } = run("plan", file, "--accounts", kept, "--max-leavers", "1");
  assert.deepEqual([status, stderr], [0, ""]);
  shows(stdout, ...lines.slice(0, -1));
});

test("a column missing from the roster leaves the accounts unchanged", () => {
  const own = accounts(row("Zoë Lee", { pupilPremium: true, ethnicity: "BAFR", send: true, eal: true }));
  const { pupilPremium, ethnicity, send, eal, ...absent } = row("Zoë Lee");
  const next = onroll.Roster.fromRows([absent], { optionalColumns: true });
  assert.deepEqual(next.unrecorded, ["Pupil Premium", "Ethnicity", "SEND", "EAL"]);
  assert.equal(onroll.planSync(own, next).summary(), "nothing to do, 1 unchanged");
});
