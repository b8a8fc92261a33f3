// Tests Wonde over HTTP on loopback, with the fake Wonde of the core's tests.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { inspect, promisify } from "node:util";
import * as onroll from "onroll";
import { wonde } from "onroll";
import { SCHOOL, TOKEN, rejected, start } from "./fake.mjs";
import { folder } from "./school.mjs";

const BEFORE = new Date("2026-09-01T12:00:00Z");

let fake;
before(async () => {
  fake = await start();
});
after(() => fake.end());
beforeEach(() => fake.control({ reset: 450 }));

test("creates accounts from Wonde and plans the changes of the next term", async () => {
  const seen = [];
  const snapshot = await fake.client().snapshot(SCHOOL, { onProgress: (at) => seen.push(at) });
  assert.deepEqual([snapshot.length, snapshot.counted, snapshot.duplicates, snapshot.since], [450, true, 0, null]);
  assert.deepEqual(seen[1], { list: "students", page: 2, students: 200 });
  const roster = snapshot.roster();
  assert.deepEqual([roster.at(0).fullName, roster.at(0).className, roster.unrecorded], ["Amelia Smith", "1A", []]);
  const accounts = await onroll.createAccounts(roster);
  assert.equal(accounts.get("Amelia Smith").sourceId, "A1000000000");
  await fake.control({ change: "a term" });
  for (const since of [undefined, BEFORE]) {
    const later = await fake.client().snapshot(SCHOOL, since && { since });
    const plan = await onroll.plan(accounts, later.roster());
    assert.deepEqual([plan.joiners.length, plan.leavers.length, plan.conflicts], [10, 10, []]);
    assert.deepEqual([later.since, later.left], since ? [since, 10] : [null, 0]);
  }
});

for (const [kind, reason, passes] of [
  ["drop", "unreachable", true],
  ["stall", "timed-out", true],
  ["cut", "unreachable", true],
  ["429-after", "rate-limited", true],
  ["500", "server-error", true],
  ["401", "unauthorised", false],
  ["302", "redirected", false],
  ["huge", "too-large", false],
  ["shape", "wrong-shape", false],
  ["elsewhere", "next-elsewhere", false],
  ["no-next", "next-missing", false],
]) {
  test(`never returns an incomplete snapshot after a server fault: ${kind}`, async () => {
    // The huge response is not read to its end, but reading up to the limit of 32 MiB takes a moment.
    const own = fake.client(kind === "huge" ? { timeout: 10_000 } : {});
    await fake.fault(kind);
    if (passes) {
      assert.equal((await own.snapshot(SCHOOL)).length, 450);
      await fake.fault(kind, { times: 1000 });
    }
    const error = await rejected(own.snapshot(SCHOOL));
    assert.ok(error instanceof onroll.WondeError && error instanceof onroll.OnrollError, inspect(error));
    assert.deepEqual([error.code, error.reason, error.list, error.page], ["ERR_WONDE", reason, "students", 2]);
    assert.ok(!inspect(error).includes(TOKEN));
  });
}

test("a student with a broken record keeps the account unchanged", async () => {
  const accounts = await onroll.createAccounts((await fake.client().snapshot(SCHOOL)).roster());
  await fake.control({ change: "break a record" });
  const roster = (await fake.client().snapshot(SCHOOL)).roster();
  assert.deepEqual(roster.held.map((held) => held.sourceId), ["A1000000000"]);
  assert.equal((await onroll.plan(accounts, roster)).length, 0);
  await fake.control({ change: "mend a record" });
  assert.equal((await onroll.plan(accounts, (await fake.client().snapshot(SCHOOL)).roster())).length, 0);
});

test("a lost permission or an empty student list changes no accounts", async () => {
  const accounts = await onroll.createAccounts((await fake.client().snapshot(SCHOOL)).roster());
  await fake.control({ change: "hide everything" });
  const roster = (await fake.client().snapshot(SCHOOL)).roster();
  assert.deepEqual(roster.unrecorded, ["Pupil Premium", "Ethnicity", "SEND", "EAL"]);
  assert.equal((await onroll.plan(accounts, roster)).length, 0);
  await fake.control({ change: "lose everybody" });
  assert.equal((await rejected(fake.client().snapshot(SCHOOL))).reason, "no-students");
});

test("snapshot.roster() applies its options and refuses unknown options", async () => {
  const snapshot = await fake.client().snapshot(SCHOOL);
  const choices = { signIn: "sso", classFrom: "main", namesFrom: "legal", emailFrom: "email", mainCodesOnly: true };
  assert.equal(snapshot.roster(choices).at(1).username, "pupil1@oakfield.example");
  for (const name of ["classFrom", "namesFrom", "emailFrom"]) {
    assert.throws(() => snapshot.roster({ [name]: "any" }), { name: "TypeError", message: new RegExp(`^${name} must be '\\w+'.* or '\\w+', not 'any'$`) });
  }
  assert.throws(() => snapshot.roster({ class: "any" }), /roster has no option 'class'/);
});

test("rejects with errors from the caller's send and onProgress functions", async () => {
  const broken = async () => {
    throw new Error("a mistake of the host's");
  };
  assert.match((await rejected(fake.client({ send: broken }).snapshot(SCHOOL))).message, /a mistake/);
  assert.match((await rejected(fake.client({ send: async () => undefined }).snapshot(SCHOOL))).message, /a status/);
  assert.match((await rejected(fake.client({ send: async () => ({ status: 200, body: 7 }) }).snapshot(SCHOOL))).message, /a body/);
  const onProgress = () => {
    throw new RangeError("enough");
  };
  assert.match((await rejected(fake.client().snapshot(SCHOOL, { onProgress }))).message, /enough/);
  assert.equal((await rejected(fake.client().snapshot(SCHOOL, { signal: AbortSignal.abort() }))).name, "AbortError");
  await fake.fault("429-after", { times: 1000 });
  const slow = new wonde.Client({ token: TOKEN, domain: fake.domain });
  assert.equal((await rejected(slow.snapshot(SCHOOL, { signal: AbortSignal.timeout(100) }))).name, "TimeoutError");
});

test("accepts responses whose body is text or bytes", async () => {
  const asked = [];
  const send = async (request) => {
    asked.push(request);
    if (request.url.includes("/counts")) return { status: 403 };
    const body = '{"data": [{"id": "A1", "forename": "Zoë", "surname": "Okafor"}]}';
    return { status: 200, headers: { date: "x" }, body: asked.length % 2 ? body : Buffer.from(body) };
  };
  const roster = (await new wonde.Client({ token: "token", send }).snapshot(SCHOOL)).roster();
  // If Wonde sends only the names of a student, they are enough for an account.
  const zoe = roster.at(0);
  assert.deepEqual([roster.length, zoe.fullName, zoe.gender, zoe.className], [1, "Zoë Okafor", null, ""]);
  assert.deepEqual(roster.unrecorded, ["Year Group", "Class", "Gender", "Pupil Premium", "Ethnicity", "SEND", "EAL"]);
  assert.ok(asked[0].url.startsWith(`https://api.wonde.com/v1.0/schools/${SCHOOL}/students?`));
  assert.deepEqual([asked[0].headers.authorization, asked[0].body, asked[0].method], ["Bearer token", null, "GET"]);
});

test("the access state follows Wonde's lists and webhooks", async () => {
  const own = fake.client();
  const access = new wonde.Access(SCHOOL);
  assert.equal(access.listed(await own.schools(), await own.pending()), "full-sync");
  assert.equal(access.fullySynced(), null);
  assert.equal(await own.requestAccess(SCHOOL, [{ firstName: "Office", emailAddress: "office@oakfield.example" }]), "pending");
  assert.deepEqual((await own.pending()).map((school) => school.name), ["Oakfield Primary School"]);
  assert.equal((await own.search({ postcode: "AB1 2CD" }))[0].laCode, "823");
  assert.equal(access.listed(await own.schools(), []), "stop-syncing");
  assert.equal(await own.revokeAccess(SCHOOL), "revoked");
  assert.deepEqual(wonde.Access.fromJSON(JSON.stringify(access)).toJSON(), access.toJSON());
  const approved = wonde.webhook(JSON.stringify({ payload_type: "schoolApproved", school_id: SCHOOL, school_token: "t0k3n" }));
  assert.equal(access.webhook(approved), "full-sync");
  assert.ok(access.needsFullSync && access.state === "approved" && approved.token.expose() === "t0k3n");
  assert.ok(!`${inspect(approved, { depth: 9, showHidden: true })} ${JSON.stringify(approved)}`.includes("t0k3n"));
  assert.throws(() => `${approved.token}`, { name: "TypeError", message: "a Token is not a string: use token.expose()" });
  for (const [body, code] of [
    ["{", "ERR_WEBHOOK_NOT_JSON"],
    ["[]", "ERR_WEBHOOK_WRONG_SHAPE"],
    ['{"payload_type": "writeback", "school_id": "A1"}', "ERR_WEBHOOK_UNKNOWN_TYPE"],
    ['{"payload_type": "accessRevoked"}', "ERR_WEBHOOK_NO_SCHOOL"],
  ]) {
    assert.throws(() => wonde.webhook(Buffer.from(body)), { name: "WebhookError", code });
  }
  assert.ok(wonde.sameSecret("s3cret", "s3cret") && !wonde.sameSecret("", ""));
});

test("refuses invalid arguments before any request is sent", async () => {
  const send = async () => assert.fail("nothing is sent");
  for (const token of ["", "a b", "é"]) {
    assert.throws(() => new wonde.Client({ token }), { name: "WondeError", reason: "invalid-token" });
  }
  for (const domain of ["evil.example", "api.wonde.com/x", ""]) {
    assert.throws(() => new wonde.Client({ token: "token", domain }), { reason: "invalid-domain" });
  }
  assert.ok(new wonde.Client({ token: "token", domain: "proxy.trust.example", anyDomain: true }));
  assert.throws(() => new wonde.Client({}), /token must be a string, not undefined/);
  assert.throws(() => new wonde.Client({ token: "token", send: 7 }), /send must be a function/);
  const own = new wonde.Client({ token: "token", send });
  assert.equal((await rejected(own.snapshot("A1/students"))).reason, "invalid-school");
  assert.match((await rejected(own.snapshot(SCHOOL, { since: "2026-09-01" }))).message, /since must be a Date, not string/);
  assert.match((await rejected(own.snapshot(SCHOOL, { since: new Date(NaN) }))).message, /since is out of range/);
  assert.equal((await rejected(own.search({}))).reason, "invalid-search");
});

test("a daily schedule follows London time through clock changes", () => {
  const schedule = wonde.Schedule.daily("02:30");
  const london = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/London", hour: "2-digit", minute: "2-digit" });
  let at = new Date("2026-01-01T00:00:00Z");
  for (let night = 0; night < 800; night += 1) {
    at = schedule.nextAfter(at);
    assert.equal(london.format(at), "02:30");
  }
  const weekly = schedule.fullOn("Sunday").spread(60).ofSchool(SCHOOL);
  assert.deepEqual(weekly.nextRun(new Date("2026-11-24T12:00:00Z")), { at: new Date("2026-11-25T02:40:47Z"), sync: "delta" });
  for (const wrong of ["2:30", "24:00"]) assert.throws(() => wonde.Schedule.daily(wrong), { name: "RangeError" });
  assert.throws(() => schedule.fullOn("Someday"), /Sunday/);
  assert.throws(() => schedule.spread(100_000), /720 minutes/);
  assert.throws(() => schedule.nextAfter(new Date(8.64e15)), /out of range/);
});

test("the exclusive function allows one sync of a school at a time", async () => {
  const locks = new wonde.Locks();
  const first = wonde.exclusive(locks, SCHOOL, async () => {
    assert.equal((await rejected(wonde.exclusive(locks, SCHOOL, async () => 1))).reason, "busy");
    return wonde.exclusive(locks, "A2", async () => 2);
  });
  assert.equal(await first, 2);
  await rejected(wonde.exclusive(locks, SCHOOL, async () => assert.fail()));
  assert.equal(await wonde.exclusive(locks, SCHOOL, async () => 3), 3);
});

test("the nightly example creates and syncs accounts and survives a fault", async () => {
  const store = join(folder(), "accounts.json");
  const example = fileURLToPath(new URL("../examples/nightly.mjs", import.meta.url));
  const env = { ...process.env, WONDE_TOKEN: TOKEN, WONDE_DOMAIN: fake.domain };
  const night = () => promisify(execFile)(process.execPath, [example, SCHOOL, store], { env }).catch((error) => error);
  assert.equal((await night()).stdout, "450 join\n");
  await fake.control({ change: "a term" });
  assert.match((await night()).stdout, /^10 join, 10 leave, /);
  await fake.fault("422");
  const failed = await night();
  assert.ok(failed.code === 1 && failed.stderr.includes("page 2 of students"), inspect(failed));
  assert.match((await night()).stdout, /450 unchanged\n$/);
});

test("reads only the chosen parts of Wonde records and warns about refused parts", async () => {
  const few = await fake.client().snapshot(SCHOOL, { includes: ["year", "groups"] });
  assert.deepEqual([few.includes, few.warnings], [["groups", "year"], []]);
  assert.deepEqual(few.roster().unrecorded, ["Pupil Premium", "Ethnicity", "SEND", "EAL"]);
  await fake.control({ set: { forbidden: ["extended_details"] } });
  const snapshot = await fake.client().snapshot(SCHOOL);
  assert.deepEqual(snapshot.warnings.map((warning) => warning.code), ["include-refused"]);
  assert.match(snapshot.warnings[0].message, /extended_details/);
  assert.deepEqual(snapshot.roster().held, []);
  const refused = await rejected(fake.client().snapshot(SCHOOL, { includes: ["hobbies"] }));
  assert.equal(refused.reason, "invalid-include");
  assert.equal((await rejected(fake.client().snapshot(SCHOOL, { includes: "year" }))).code, "ERR_INVALID_ARG_TYPE");
});

test("a student count that differs is an error only with strictCount", async () => {
  await fake.control({ set: { count_off: 1 } });
  const snapshot = await fake.client().snapshot(SCHOOL);
  assert.deepEqual([snapshot.length, snapshot.counted, snapshot.count], [450, false, 451]);
  assert.deepEqual(snapshot.warnings.map((warning) => warning.code), ["count-differs"]);
  const refused = await rejected(fake.client().snapshot(SCHOOL, { strictCount: true }));
  assert.equal(refused.reason, "count-differs");
});

test("checkAccess says which fields can be read", async () => {
  await fake.control({ set: { hidden: ["gender", "premium"] } });
  const check = await fake.client().checkAccess(SCHOOL);
  assert.deepEqual([check.schoolId, check.online, check.approved, check.students], [SCHOOL, true, true, 200]);
  assert.deepEqual(check.lastSynced, new Date("2026-09-01T05:00:00Z"));
  const states = Object.fromEntries(check.fields.map((field) => [field.field, field.state]));
  assert.deepEqual([states.gender, states.className, states.legalName], ["not-permitted", "readable", "readable"]);
  assert.deepEqual([check.permissionsKnown, check.withheld], [true, ["gender", "pupilPremium"]]);
  assert.match(check.text, /gender: the school has not permitted it\. New accounts have no gender/);
  const delta = await fake.client().snapshot(SCHOOL, { since: BEFORE });
  assert.deepEqual(delta.roster({ withheld: check.withheld }).unrecorded, ["Gender", "Pupil Premium"]);
  assert.equal((await rejected(fake.client().checkAccess(SCHOOL, { include: [] }))).code, "ERR_INVALID_ARG_VALUE");
});

test("the values option sets the meanings of texts from the MIS", async () => {
  await fake.control({ reset: 1 });
  const fields = { sen: "Monitoring", ethnicity: "White - Polish", gender: "Other" };
  await fake.control({ set: { pupil: { 0: fields } } });
  const snapshot = await fake.client().snapshot(SCHOOL);
  const values = { send: { monitoring: true }, ethnicity: { "White - Polish": "WEEU" }, gender: { other: null } };
  const student = snapshot.roster({ values }).at(0);
  assert.deepEqual([student.send, student.ethnicity, student.gender], [true, "WEEU", null]);
  assert.equal(snapshot.roster().report.problems.length, 3);
  for (const [options, message] of [
    [{ values: { colour: { x: "y" } } }, /a field of values must be 'yearGroup'.* not 'colour'/],
    [{ values: { gender: { x: "male" } } }, /gender must be Male, Female or Non-Binary, not 'male'/],
    [{ values: { send: 1 } }, /values\.send must be an object/],
    [{ values: { send: { x: 1 } } }, /a string, a boolean or null/],
    [{ emailDomains: ["oak"] }, /an email domain/],
    [{ withheld: ["colour"] }, /'colour'/],
    [{ today: "2026-02-30" }, /today must be a date/],
    [{ today: "tomorrow" }, /today must be a date/],
  ]) {
    assert.throws(() => snapshot.roster(options), (error) => error instanceof TypeError && message.test(error.message));
  }
});

test("a student whose leaving date has passed becomes a leaver", async () => {
  const accounts = await onroll.createAccounts((await fake.client().snapshot(SCHOOL)).roster());
  await fake.control({ set: { pupil: { 4: { leaving_date: "2026-07-20" } } } });
  const snapshot = await fake.client().snapshot(SCHOOL);
  const leavers = async (options) => (await onroll.plan(accounts, snapshot.roster(options))).leavers.length;
  assert.deepEqual([await leavers(), await leavers({ today: "2026-07-20" }), await leavers({ today: "2026-07-21" })], [0, 0, 1]);
});

test("reads the year group from the class only with yearFromClass", async () => {
  await fake.control({ set: { hidden: ["year", "year_group"] } });
  const withheld = await fake.client().snapshot(SCHOOL);
  assert.deepEqual(
    [undefined, { yearFromClass: true }].map((options) => withheld.roster(options).at(0).yearGroup),
    ["", "Year 1"],
  );
});

test("a student who enrols again keeps the account with the same UPI", async () => {
  const accounts = await onroll.createAccounts((await fake.client().snapshot(SCHOOL)).roster());
  const old = [...accounts].find((account) => account.sourceId === "A1000000007");
  await fake.control({ set: { pupil: { 7: { id: "A1999999999", upn: null, class: "6X" } } } });
  const roster = (await fake.client().snapshot(SCHOOL)).roster();
  assert.equal([...roster].find((student) => student.sourceId === "A1999999999").upi, old.upi);
  for (const kept of [accounts, onroll.Accounts.fromRows([...accounts])]) {
    const plan = await onroll.plan(kept, roster);
    const changes = [...plan].map((change) => [change.kind, change.username, change.account.upi]);
    assert.deepEqual(changes, [["relink", old.username, old.upi]]);
  }
});

test("lists the students who were not imported and the reasons", async () => {
  const pupils = { 0: { class: "" }, 1: { email: null, home_email: "parent@home.example" }, 2: { email: "a@b.example" } };
  await fake.control({ set: { pupil: pupils } });
  const snapshot = await fake.client().snapshot(SCHOOL);
  const roster = snapshot.roster();
  const reason = "the MIS has no registration group or class for this pupil";
  const [held] = roster.held;
  assert.deepEqual([held.fullName, held.className, held.yearGroup, held.reasons], ["Amelia Smith", "", "Year 1", [reason]]);
  assert.equal(roster.notImportedText().split("\n")[1], `  Amelia Smith (no class): ${reason}`);
  const file = join(folder(), "not-imported.csv");
  await roster.writeNotImported(file);
  assert.match(readFileSync(file, "utf8"), /\nAmelia Smith,Year 1,,/);
  const sso = snapshot.roster({ signIn: "sso", emailDomains: ["oakfield.example"] });
  assert.match(sso.held[1].reasons[0], /which is a parent's/);
  assert.match(sso.held[2].reasons[0], /not at one of the school's domains/);
});

test("reads the outcome of an access request from audited, declined or revoked lists", async () => {
  const access = new wonde.Access(SCHOOL);
  access.requested();
  await fake.control({ set: { state: "audited" } });
  const client = fake.client();
  assert.equal(access.listed(await client.schools(), await client.pending()), "ask-wonde");
  assert.equal(access.state, "unknown");
  access.listed([], [], { audited: await client.audited() });
  assert.equal(access.state, "audited");
  for (const state of ["declined", "revoked"]) {
    await fake.control({ set: { state } });
    access.listed([], [], { declined: await client.declined(), revoked: await client.revoked() });
    assert.equal(access.state, state);
  }
  const approved = (token) =>
    wonde.webhook(JSON.stringify({ payload_type: "schoolApproved", school_id: SCHOOL, school_token: token }));
  assert.equal(access.webhook(approved("first")), "full-sync");
  access.fullySynced();
  assert.equal(access.webhook(approved("first")), null);
  assert.equal(wonde.Access.fromJSON(access.toJSON()).webhook(approved("second")), "full-sync");
  assert.ok(wonde.sameSecret("a b/c=", "a+b/c="));
});
