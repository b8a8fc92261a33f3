// Checks that nothing that a run can log contains the run's passwords, tokens, secrets or names.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, before, test } from "node:test";
import { format, inspect } from "node:util";
import * as onroll from "onroll";
import { mylogin, wonde } from "onroll";
import { MYLOGIN, SCHOOL, TOKEN, rejected, start, thrown } from "./fake.mjs";
import { csv } from "./school.mjs";

const CANARIES = ["Kestrelname", "kestrel.user", "KestrelYear", "KestrelClass", "KestrelGender", "KestrelFlag", "KestrelEth"];
const REDIRECT = "http://127.0.0.1:5000/callback";
const row = (n) => `Kestrelname ${n},kestrel.user ${n},KestrelYear,KestrelClass,Female,No,WBRI,No,No`;
const BAD = "Kestrelname  X,kestrel.user,KestrelYear,KestrelClass,KestrelGender,KestrelFlag,KestrelEth,KestrelFlag,KestrelFlag";

let server;
before(async () => (server = await start()));
after(() => server.end());

/** Returns every text that a log can show of a value, without asking for hidden values. */
function shown(thing) {
  const texts = [inspect(thing, { depth: 9, showHidden: true, getters: true }), format("%o", thing)];
  const isSecret = thing instanceof onroll.Password || thing instanceof wonde.Token;
  const words = () => [`${thing}`, format("%s", thing)];
  if (isSecret) assert.throws(words, (error) => texts.push(error.message) > 0);
  else texts.push(...words());
  texts.push(inspect({ x: [thing] }, { depth: 9 }));
  if (thing instanceof Error) texts.push(JSON.stringify(thing), JSON.stringify({ ...thing }));
  if (thing instanceof Error) texts.push(...["message", "code", "cause", "name"].map((part) => inspect(thing[part], { depth: 9 })));
  return texts;
}

function search(things, ...secrets) {
  const texts = things.flatMap(shown);
  // The JSON of students may contain their names, but no JSON may contain a secret.
  const jsons = things.map((thing) => String(JSON.stringify(thing)));
  for (const secret of [TOKEN, MYLOGIN.clientSecret, ...secrets]) {
    assert.deepEqual(jsons.filter((text) => text.includes(secret)), [], secret);
  }
  for (const secret of [...CANARIES, TOKEN, MYLOGIN.clientSecret, ...secrets]) {
    assert.deepEqual(texts.filter((text) => text.includes(secret)), [], secret);
  }
}

test("rosters, accounts and plans show no names or passwords in logs", async () => {
  const report = await onroll.checkCsv(csv(BAD, row(1), row(1)));
  assert.ok(report.text().includes("Kestrelname") && report.text().includes("KestrelFlag"), "people are told");
  const reports = [report, report.problems, report.problems[0], await rejected(onroll.readCsv(csv(BAD))).then((error) => error.report)];
  for (const canary of CANARIES) assert.ok(!JSON.stringify(reports).includes(canary), canary);
  const roster = await onroll.readCsv(csv(...[0, 1, 2].map(row)));
  const accounts = await onroll.createAccounts(roster);
  const later = await onroll.plan(accounts, await onroll.readCsv(csv(...[1, 2, 3, 4].map(row))));
  const secrets = [...accounts, ...later.joiners.map((joiner) => joiner.account)].map((account) => account.password.expose());
  assert.equal(secrets.length, 5);
  const things = [report, ...report.problems, roster, ...roster, accounts, ...accounts, later, ...later, accounts.at(0).password];
  things.push(onroll.PasswordPolicy.words(2), new onroll.Attempts());
  things.push(await rejected(onroll.readCsv(csv(BAD))));
  things.push(await rejected(onroll.readCsv("/no/such/folder/roster.csv")));
  for (const run of [
    () => onroll.readCsvSync(csv(BAD)),
    () => accounts.resetPassword("Kestrelname 9"),
    () => accounts.edit("kestrel.user 1", { gender: "KestrelGender" }),
    () => accounts.edit("kestrel.user 9", { gender: "Female" }),
    () => accounts.setPassword("kestrel.user 1", "Kestrelname pass\u0007"),
    () => onroll.Accounts.fromJSON(accounts.toJSON({ passwords: true }).replace("true", '"KestrelFlag"')),
    () => onroll.Plan.fromJSON(later.toJSON({ passwords: true }).slice(0, -9)),
    () => onroll.Accounts.fromRows([{ fullName: "Kestrelname", username: true }]),
    () => onroll.Accounts.fromRows([{ fullName: "Kestrelname" }]),
    () => new onroll.Attempts().signIn(accounts, "Kestrelname", "KestrelYear"),
  ]) {
    things.push(thrown(run));
  }
  const held = onroll.Roster.fromRows([{ fullName: "Kestrelname", username: "kestrel.user", yearGroup: "", className: "", gender: "" }], {
    optionalColumns: true,
    hold: true,
  });
  assert.equal(held.held[0].fullName, "Kestrelname");
  const shared = ["Kestrelname,a", "Kestrelname,b"].map((names) => `${names},KestrelYear,KestrelClass,Female,No,WBRI,No,No`);
  const namesakes = await onroll.createAccounts(await onroll.readCsv(csv(...shared)));
  const unclear = await onroll.plan(namesakes, await onroll.readCsv(csv(shared[0].replace(",a,", ",c,"))), { maxLeavers: 1 });
  assert.ok(unclear.conflicts[0].accounts[0].username === "a" && unclear.conflicts[0].students[0].fullName === "Kestrelname");
  const decided = onroll.Decision.same(unclear.conflicts[0].accounts[0], "kestrel.user 9");
  const bea = (name) => csv(`${name} Kestrelname,${name},KestrelYear,KestrelClass,Female,No,WBRI,No,No`);
  const near = await onroll.plan(await onroll.createAccounts(await onroll.readCsv(bea("Bea"))), await onroll.readCsv(bea("Beatrice")), {
    decisions: [decided],
    overrideGuards: ["school-mismatch"],
    schoolId: "KestrelClass",
  });
  assert.ok(near.near.length === 1 && near.decisions[0].outcome === "not-found");
  things.push(decided, decided.same, near, near.near, ...near.near, near.near[0].student, near.decisions, ...near.decisions);
  things.push(thrown(() => onroll.planSync(accounts, roster, { decisions: [{ same: { account: "Kestrelname", student: decided.same.student } }] })));
  things.push(held, held.held, ...held.held, unclear, unclear.conflicts, ...unclear.conflicts, ...unclear.conflicts[0].students);
  search([...things, later.summary(), accounts.fingerprint(), report.toJSON(), JSON.stringify(report.toJSON())], ...secrets);
});

test("errors show no values from the file if the global Error is replaced", () => {
  const script = `
    globalThis.Error = class Error extends globalThis.Error {};
    const onroll = require("onroll");
    onroll.readCsv(Buffer.from(process.argv[1])).catch((error) => {
      console.log(error instanceof onroll.RosterError, error instanceof Error, error.code, error.message, error.report.errorCount);
    });`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--eval", script, csv(BAD).toString()], { cwd: import.meta.dirname, encoding: "utf8" });
  assert.equal(stderr, "");
  assert.match(stdout, /^true true ERR_ROSTER_REJECTED .*\b[1-9]\d*\n$/);
  for (const canary of CANARIES) assert.ok(!stdout.includes(canary), canary);
});

test("Wonde and MyLogin objects show no names or secrets in logs", async () => {
  await server.control({ reset: 450 });
  const client = (options = {}) =>
    new mylogin.Client({ ...MYLOGIN, redirectUri: REDIRECT, domain: server.domain, wait: async () => {}, timeout: 500, ...options });
  const [reading, login] = [server.client(), client()];
  const snapshot = await reading.snapshot(SCHOOL);
  await server.control({ user: 7 });
  const [state, verifier] = [mylogin.newState(), mylogin.newVerifier()];
  const back = await fetch(login.authorizeUrl(state), { redirect: "manual" });
  const code = login.callback(back.headers.get("location"), state);
  const identity = await login.identity(code);
  const accounts = await onroll.createAccounts(snapshot.roster());
  const password = accounts.at(0).password.expose();
  const attempts = new onroll.Attempts();
  const found = onroll.matchIdentity(identity, accounts, { schoolId: SCHOOL });
  const things = [reading, login, snapshot, identity, attempts, accounts, found];
  things.push(thrown(() => attempts.signIn(accounts, "Kestrelname", "KestrelYear")), attempts);
  things.push(await rejected(login.identity(code)));
  things.push(thrown(() => login.callback(`${REDIRECT}?code=KestrelEth`, state)));
  things.push(thrown(() => login.callback(`${REDIRECT}?code=KestrelEth&state=KestrelYear`, state)));
  for (const kind of ["401", "500", "not-json", "cut"]) {
    await server.fault(kind, { page: 1, times: 100 });
    things.push(await rejected(reading.snapshot(SCHOOL)));
    await server.control({ fault: null });
  }
  const breaks = async (request) => {
    things.push(request);
    throw new Error("the network of the host");
  };
  things.push(await rejected(server.client({ send: breaks }).snapshot(SCHOOL)));
  things.push(await rejected(client({ send: breaks }).identity("KestrelEth")));
  const school = { payload_type: "accessDeclined", school_id: SCHOOL, school_name: "Kestrelname", decline_reason: "KestrelYear" };
  const declined = wonde.webhook(JSON.stringify(school));
  assert.deepEqual([declined.schoolName, declined.reason], ["Kestrelname", "KestrelYear"]);
  const access = new wonde.Access(SCHOOL);
  access.webhook(declined);
  assert.equal(access.reason, "KestrelYear");
  const claims = { iss: "https://login.example", sub: "KestrelClass", aud: "ours", exp: Date.now() / 1000 + 99, email: "kestrel.user@oak.example", name: "Kestrelname" };
  things.push(declined, access, onroll.Identity.fromClaims(claims, "ours"), ...(await reading.schools()));
  assert.equal(inspect(declined), `Webhook <declined, ${SCHOOL}>`);
  assert.ok(things.filter((thing) => thing instanceof Error).length > 9);
  search(things, code, state, verifier, password);
  for (const text of ["pupil7@oakfield.example", "Oakfield Primary School"]) {
    assert.ok(!things.flatMap(shown).some((line) => line.includes(text)), text);
  }
});
