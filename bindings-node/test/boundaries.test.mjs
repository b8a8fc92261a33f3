// Tests of the package's boundary: types, streams, signals, errors and bytes.

import assert from "node:assert/strict";
import { closeSync, createReadStream, createWriteStream, openSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { PassThrough, Readable, Writable } from "node:stream";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import vm from "node:vm";
import * as threads from "node:worker_threads";
import * as onroll from "onroll";
import { MESSY, OAKFIELD, ROW, SEPTEMBER, csv, folder, school } from "./school.mjs";

const base = { yearGroup: "Year 4", className: "4A", gender: "Female", ethnicity: "WBRI" };
const row = (name, more) => ({ fullName: name, username: name, ...base, ...more });
const student = (name, more) => row(name, { pupilPremium: false, send: false, eal: false, ...more });

test("the fields of a change have camelCase names and typed values", () => {
  const own = onroll.Accounts.fromRows([
    row("Zoë Lee", { pupilPremium: true, ethnicity: "BAFR", sourceId: "S1" }),
    row("Noah Khan", { active: false }),
  ]);
  const next = onroll.Roster.fromRows([
    student("Zoë Lee", { className: "4B", send: true, upn: "X801200000001", sourceId: "S1" }),
    student("Noah Khan"),
  ]);
  const plan = onroll.planSync(own, next);
  assert.deepEqual(plan.movers[0].fields, {
    className: ["4A", "4B"],
    pupilPremium: [true, false],
    ethnicity: ["BAFR", "WBRI"],
    send: [false, true],
    upn: [null, "X801200000001"],
  });
  assert.deepEqual(plan.returners[0].fields, { active: [false, true] });
  const joined = onroll.planSync(own, onroll.Roster.fromRows([student("Zoë Lee", { sourceId: "S1" }), student("Noah Khan"), student("Al Bo")]));
  assert.deepEqual(joined.joiners[0].fields, {});
});

test("running the statements of a plan in order violates no unique index", () => {
  const own = onroll.Accounts.fromRows([
    row("Zoë Lee", { hostId: 11, username: "u1", sourceId: "S1" }),
    row("Al Bo", { hostId: 12n, username: "u2", sourceId: "S2" }),
    row("Noah Khan", { hostId: "13", sourceId: "S3", gender: null }),
  ]);
  assert.deepEqual([...own].map((account) => [account.hostId, account.gender]), [["11", "Female"], ["12", "Female"], ["13", null]]);
  const students = [student("Zoë Lee", { username: "u2", sourceId: "S1" }), student("Al Bo", { username: "u1", sourceId: "S2" })];
  const next = onroll.Roster.fromRows([...students, student("Bea Reid", { sourceId: "S4" })]);
  const decisions = ["u1", "u2"].map((username, at) => onroll.Decision.rename({ sourceId: `S${at + 1}` }, at === 0 ? "u2" : "u1"));
  const plan = onroll.planSync(own, next, { overrideGuards: ["usernames-changed"], decisions });
  const table = new Map([...own].map(({ hostId, ...account }) => [hostId, { ...account }]));
  let rooms = 0;
  for (const { kind, hostId, username, set, newPassword, password, makesRoom } of plan.statements()) {
    rooms += Number(makesRoom);
    if (kind === "insert") {
      assert.deepEqual([hostId, newPassword, password.expose().length, Object.keys(set).length], [null, true, 4, 12]);
      table.set(`new ${username}`, set);
    } else {
      assert.equal(table.get(hostId).username, username);
      table.set(hostId, { ...table.get(hostId), ...set });
    }
    for (const unique of ["username", "sourceId"]) {
      const values = [...table.values()].map((account) => account[unique]).filter((value) => value !== null);
      assert.equal(new Set(values).size, values.length, `${unique} after ${kind}`);
    }
  }
  assert.ok(rooms > 0, "a swap needs room");
  const after = plan.applySync(own);
  const rows = (accounts) => [...accounts].map(({ fullName, username, active }) => [fullName, username, active]).sort();
  assert.deepEqual(rows(table.values()), rows(after));
  assert.ok([...plan].every((change) => change.kind === "join" || change.hostId === own.get(change.username).hostId));
  assert.equal(inspect(plan.statements()[0]), "Statement <hidden>");
});

/** Loads the package again in another realm, as Jest and vitest do. */
function inAnotherRealm() {
  const context = vm.createContext({ process, Buffer, DOMException, setInterval, clearInterval, AbortController, console });
  const require = createRequire(import.meta.url);
  const cache = new Map();
  const load = (path) => {
    if (path.endsWith("native.js") || !path.startsWith("/")) return require(path);
    if (cache.has(path)) return cache.get(path).exports;
    const module = { exports: {} };
    cache.set(path, module);
    const own = createRequire(path);
    const run = vm.runInContext(`(function (module, exports, require) {${readFileSync(path, "utf8")}\n})`, context);
    run(module, module.exports, (name) => load(own.resolve(name)));
    return module.exports;
  };
  return { context, other: load(require.resolve("onroll")) };
}

test("recognises errors and values from another JavaScript realm", async () => {
  const { context, other } = inAnotherRealm();
  const error = await other.readCsv(MESSY.pathname).catch((refused) => refused);
  assert.ok(!(error instanceof Error), "it is of the other realm");
  assert.ok(error instanceof other.RosterError && error instanceof other.OnrollError);
  assert.ok(error instanceof onroll.RosterError && error instanceof onroll.OnrollError);
  assert.ok(!(error instanceof onroll.PlanRefused) && !(error instanceof onroll.AccountError));
  assert.equal(error.code, "ERR_ROSTER_REJECTED");
  for (const { value } of error.report.problems) assert.ok(!value || value.length < 6 || !error.message.includes(value), value);
  assert.ok(error.message.length < 700, error.message);
  const missing = () => onroll.createAccountsSync(onroll.readCsvSync(csv(ROW))).edit("nobody", {});
  assert.throws(missing, (own) => own instanceof other.AccountNotFound && own instanceof other.AccountError && !(own instanceof other.PolicyError));
  class Mine extends onroll.RosterError {}
  assert.ok(!(error instanceof Mine) && !({} instanceof onroll.OnrollError) && !(null instanceof onroll.OnrollError));

  const bytes = csv(ROW);
  const foreign = vm.runInContext("(text) => new Uint8Array(text)", context)([...bytes]);
  assert.ok(!(foreign instanceof Uint8Array));
  assert.equal((await onroll.readCsv(foreign)).length, 1);
  assert.equal(onroll.readCsvSync(foreign.buffer).length, 1);
  assert.equal((await other.readCsv(bytes)).length, 1);
  assert.equal((await other.readCsv(OAKFIELD, { signal: AbortSignal.timeout(60_000) })).length, 240);
  const date = vm.runInContext("new Date(1700000000000)", context);
  assert.ok(onroll.wonde.Schedule.daily("02:30").nextAfter(date) > date);
  assert.throws(() => onroll.createAccountsSync(other.readCsvSync(bytes)), { message: "roster must be a Roster, not Roster of another copy of onroll" });
});

test("an error in onProgress ends the reading with that error", async () => {
  const file = join(folder(), "large.csv");
  writeFileSync(file, school(400_000));
  const fails = () => {
    throw new Error("the page is gone");
  };
  for (const read of [onroll.readCsv, onroll.checkCsv, onroll.fixCsv]) {
    const given = (onProgress) => (read === onroll.fixCsv ? [undefined, { onProgress }] : [{ onProgress }]);
    await assert.rejects(read(file, ...given(fails)), { message: "the page is gone" });
    await assert.rejects(read(file, ...given(async () => fails())), { message: "the page is gone" });
  }
  const seen = [];
  await onroll.readCsv(file, { onProgress: (done, of) => seen.push([done, of]) });
  assert.equal(seen.at(-1)[0], seen.at(-1)[1], "it reaches the end");
  assert.equal(seen.at(-1)[1], readFileSync(file).length);
  const refused = [];
  await assert.rejects(onroll.readCsv(MESSY, { onProgress: (done, of) => refused.push([done, of]) }), onroll.RosterError);
  assert.ok(refused.length > 0 && refused.at(-1)[0] > 0 && refused.at(-1)[0] === refused.at(-1)[1]);
});

test("writing rejects if the destination stream fails or has ended", async () => {
  const roster = onroll.readCsvSync(OAKFIELD);
  const report = onroll.checkCsvSync(MESSY);
  const accounts = onroll.createAccountsSync(roster);
  const writers = {
    fixCsv: (to) => onroll.fixCsv(OAKFIELD, to),
    "roster.writeCsv": (to) => roster.writeCsv(to),
    "report.writeCsv": (to) => report.writeCsv(to),
    writeCredentials: (to) => accounts.writeCredentials(to),
    writeCards: (to) => accounts.writeCards(to),
  };
  const ended = () => new PassThrough().end();
  const destroyed = () => new PassThrough().destroy();
  const failing = () => new Writable({ write: (chunk, _, done) => done(Object.assign(new Error("disk"), { code: "EDISK" })) });
  const later = () => new Writable({ write: (chunk, _, done) => setTimeout(done, 5, Object.assign(new Error("disk"), { code: "EDISK" })) });
  const throwing = () => new Writable({ write: () => { throw Object.assign(new Error("disk"), { code: "EDISK" }); } });
  const closing = () => {
    const to = new Writable({ write: () => setTimeout(() => to.destroy(), 5) });
    return to;
  };
  const broken = () => createWriteStream(join(folder(), "no folder", "file"));
  const wrongs = [
    [ended, "ERR_STREAM_WRITE_AFTER_END"],
    [destroyed, /ERR_STREAM_(DESTROYED|PREMATURE_CLOSE)/],
    [failing, "EDISK"],
    [later, "EDISK"],
    [throwing, "EDISK"],
    [closing, /ERR_STREAM_(DESTROYED|PREMATURE_CLOSE)/],
    [broken, "ENOENT"],
  ];
  for (const [name, write] of Object.entries(writers)) {
    for (const [to, code] of wrongs) await assert.rejects(write(to()), { code }, `${name} ${to.name}`);
    const whole = new PassThrough();
    await write(whole.resume());
    assert.ok(!whole.writableEnded && whole.listenerCount("error") === 0 && whole.listenerCount("close") === 0, name);
  }
  await sleep(20); // an error event without a listener would end the process
});

test("aborting the signal ends the reading of an idle stream at once", { timeout: 20_000 }, async (t) => {
  const idle = {
    passThrough: () => new PassThrough().on("error", () => {}),
    web: () => new ReadableStream({ start: (to) => to.enqueue(csv(ROW)) }),
    generator: async function* () {
      yield csv(ROW);
      await sleep(60_000, undefined, { ref: false });
    },
  };
  for (const [name, make] of Object.entries(idle)) {
    const stream = make();
    if (name === "passThrough") stream.write(csv(ROW));
    const begun = Date.now();
    const aborter = new AbortController();
    setTimeout(() => aborter.abort(new Error("enough")), 100);
    await assert.rejects(onroll.readCsv(stream, { signal: aborter.signal }), { message: "enough" }, name);
    assert.ok(Date.now() - begun < 2000, name);
    if (name === "passThrough") assert.ok(stream.destroyed);
  }
  const alive = setInterval(() => {}, 1000);
  t.after(() => clearInterval(alive));
  const already = AbortSignal.abort(new Error("before"));
  await assert.rejects(onroll.readCsv(new PassThrough(), { signal: already }), { message: "before" });
  await assert.rejects(onroll.readCsv(new PassThrough(), { signal: AbortSignal.timeout(30) }), { name: "TimeoutError" });
});

test("aborting the signal ends planning and a request to Wonde", { timeout: 60_000 }, async (t) => {
  const accounts = await onroll.createAccounts(await onroll.readCsv(school(300_000)));
  const next = await onroll.readCsv(school(300_100));
  const aborter = new AbortController();
  const planned = onroll.plan(accounts, next, { signal: aborter.signal });
  setTimeout(() => aborter.abort(new Error("enough")), 5);
  await assert.rejects(planned, { message: "enough" });
  await assert.rejects(onroll.plan(accounts, next, { signal: AbortSignal.abort(new Error("before")) }), { message: "before" });
  await assert.rejects(onroll.plan(accounts, next, { signal: 3 }), { message: "signal must be an AbortSignal, not number" });
  assert.equal((await onroll.plan(accounts, next, { signal: new AbortController().signal })).length, 100);

  const alive = setInterval(() => {}, 1000);
  t.after(() => clearInterval(alive));
  const client = new onroll.wonde.Client({ token: "t", send: () => new Promise(() => {}) });
  await assert.rejects(client.snapshot("A1", { signal: AbortSignal.timeout(30) }), { name: "TimeoutError" });
});

test("accepts numbers, null and class instances in database rows", () => {
  const whole = { yearGroup: 4, className: 4, sourceId: 17, upn: null, username: 12n };
  const accounts = onroll.Accounts.fromRows([
    row("Zoë Lee", { ...whole, active: 1, send: 1, eal: 0n, pupilPremium: "No" }),
    row("Al Bo", { active: 0, sourceId: Number.NaN, ethnicity: null }),
  ]);
  const [zoe, al] = accounts;
  assert.deepEqual([zoe.yearGroup, zoe.className, zoe.sourceId, zoe.username, zoe.upn], ["4", "4", "17", "12", null]);
  assert.deepEqual([zoe.active, zoe.send, zoe.eal, zoe.pupilPremium, al.active, al.sourceId], [true, true, false, false, false, null]);
  const edited = accounts.edit("Al Bo", { send: 1, active: 1, className: 5 });
  assert.deepEqual([edited.send, edited.active, edited.className], [true, true, "5"]);
  const bad = (call, message) => assert.throws(call, { name: "TypeError", message });
  bad(() => onroll.Accounts.fromRows([row("A", { active: 2 })]), "rows[0].active must be a boolean, 'Yes' or 'No', 1 or 0, not number");
  bad(() => onroll.Accounts.fromRows([row("A", { className: true })]), "rows[0].className must be a string, a whole number or null, not boolean");
  bad(() => onroll.Accounts.fromRows([row("A", { className: 1.5 })]), "rows[0].className must be a string, a whole number or null, not number");
  bad(() => onroll.Roster.fromRows([student("A", { sourceId: true })]), "rows[0].sourceId must be a string, a whole number or null, not boolean");

  const roster = onroll.Roster.fromRows([student("Zoë Lee", { ...whole, username: "zl", send: 1, eal: 0 }), { ...student("Al Bo"), sourceId: Number.NaN }]);
  assert.deepEqual([roster.at(0).yearGroup, roster.at(0).className, roster.at(0).sourceId, roster.at(0).send, roster.at(0).eal], ["4", "4", "17", true, false]);
  assert.equal(roster.at(1).sourceId, null);
  const again = onroll.Roster.fromRows(roster);
  assert.deepEqual([...again], [...roster]);
  class Pupil {
    #name;
    constructor(name) {
      this.#name = name;
      Object.assign(this, base, { pupilPremium: false, send: false, eal: false });
    }
    get fullName() {
      return this.#name;
    }
    get username() {
      return this.#name;
    }
  }
  assert.equal(onroll.Roster.fromRows([new Pupil("Zoë Lee")]).at(0).fullName, "Zoë Lee");
  assert.equal(onroll.Accounts.fromRows([new Pupil("Zoë Lee")]).at(0).fullName, "Zoë Lee");
  const made = onroll.createAccountsSync(roster);
  assert.deepEqual(onroll.Accounts.fromRows(made).toJSON({ passwords: true }), made.toJSON({ passwords: true }));
});

test("an error for a wrong argument names the argument and the accepted values", async () => {
  const source = csv(ROW);
  const roster = onroll.readCsvSync(source);
  const accounts = onroll.createAccountsSync(roster);
  const client = new onroll.wonde.Client({ token: "t" });
  const login = new onroll.mylogin.Client({ clientId: "i", clientSecret: "s", redirectUri: "https://app.example/callback" });
  const identity = onroll.Identity.fromClaims(
    { iss: "https://idp.example", sub: "1", aud: "i", exp: 1_700_000_600, iat: 1_700_000_000 },
    "i",
    { now: new Date(1_700_000_000_000) },
  );
  const plan = (options) => () => onroll.planSync(accounts, roster, options);
  const { PasswordPolicy: Policy } = onroll;
  const wrongs = [
    [() => onroll.readCsvSync(source, { signIn: "ssso" }), "TypeError", "signIn must be 'password' or 'sso', not 'ssso'"],
    [() => onroll.readCsvSync(source, { signIn: "x".repeat(99) }), "TypeError", `signIn must be 'password' or 'sso', not '${"x".repeat(40)}…'`],
    [() => onroll.readCsvSync(source, { limits: { rows: -1 } }), "RangeError", "limits.rows must be a whole number of 0 or more, not -1"],
    [() => onroll.readCsvSync(source, { threads: Number.NaN }), "RangeError", "threads must be a whole number of 0 or more, not NaN"],
    [() => onroll.readCsvSync(source, { threads: 1.5 }), "RangeError", "threads must be a whole number of 0 or more, not 1.5"],
    [() => onroll.readCsvSync(source, 5), "TypeError", "the options of readCsvSync must be an object, not number"],
    [() => onroll.Roster.fromRows([], { hold: "x" }), "TypeError", "hold must be a boolean, not string"],
    [plan({ maxLeavers: 50 }), "RangeError", "maxLeavers must be a number from 0 to 1, not 50"],
    [plan({ maxLeavers: -1 }), "RangeError", "maxLeavers must be a number from 0 to 1, not -1"],
    [plan({ maxLeavers: Number.NaN }), "RangeError", "maxLeavers must be a number from 0 to 1, not NaN"],
    [plan({ maxLeavers: "x" }), "TypeError", "maxLeavers must be a number from 0 to 1, not string"],
    [plan({ leavingYears: ["Yeer 6"] }), "RangeError", "leavingYears must be year groups, such as 'Year 6', not 'Yeer 6'"],
    [plan({ overrideGuards: "names-changed" }), "TypeError", "overrideGuards must be an iterable of strings, not string"],
    [plan({ erased: [7] }), "TypeError", "erased[0] must be a string, not number"],
    [() => Policy.words("3"), "TypeError", "count must be a whole number of 0 or more, not string"],
    [() => Policy.words(-3), "RangeError", "count must be a whole number of 0 or more, not -3"],
    [() => Policy.characters(4, { without: "bad" }), "TypeError", "without must be an iterable of strings, not string"],
    [() => Policy.characters(4, { witout: [] }), "TypeError", "characters has no option 'witout'; it has without"],
    [() => Policy.pin(6).generate(-1), "RangeError", "count must be a whole number of 0 or more, not -1"],
    [() => Policy.pin(6).generate(2 ** 33), "RangeError", "count must be 10000000 or less, not 8589934592"],
    [() => accounts.writeCredentialsSync("x", { usernames: "x" }), "TypeError", "usernames must be an iterable of strings, not string"],
    [() => accounts.at("0"), "TypeError", "index must be a number, not string"],
    [() => onroll.sameUsername(1, 2), "TypeError", "left must be a string, not number"],
    [() => onroll.ethnicity(5), "TypeError", "code must be a string, not number"],
    [() => new onroll.Attempts({ lockAfter: "x" }), "TypeError", "lockAfter must be a whole number of 3 or more, not string"],
    [() => new onroll.Attempts({ lockAfter: 1 }), "RangeError", "lockAfter must be a whole number of 3 or more, not 1"],
    [() => new onroll.Attempts({ schoolADay: 1 }), "RangeError", "schoolADay must be a whole number of 10 or more, not 1"],
    [() => new onroll.Attempts().begin(5), "TypeError", "username must be a string, not number"],
    [() => onroll.matchIdentity(5, accounts, { schoolId: "A1" }), "TypeError", "identity must be an Identity, not number"],
    [() => onroll.matchIdentity(identity, accounts, { schoolId: "A1", links: [5] }), "TypeError", "links[0] must be an object, not number"],
    [() => roster.report.countOf("gendr"), "RangeError", "there is no problem code 'gendr'"],
    [() => login.callback(5, "s"), "TypeError", "callback must be a string, not number"],
    [() => onroll.wonde.webhook(5), "TypeError", "body must be a string or a Uint8Array, not number"],
    [() => new onroll.wonde.Access("A1").listed([{}], []), "TypeError", "approved[0].id must be a string, not undefined"],
    [() => client.snapshot(5), "TypeError", "schoolId must be a string, not number"],
    [() => client.snapshot("A1", { onProgress: 5 }), "TypeError", "onProgress must be a function, not number"],
    [() => client.snapshot("A1", { signal: {} }), "TypeError", "signal must be an AbortSignal, not Object"],
    [() => client.requestAccess("A1", [{ firstName: 5 }]), "TypeError", "contacts[0].firstName must be a string, not number"],
    [() => onroll.readCsv(new URL("https://a.example/x.csv")), "TypeError", "source must be a file: URL, not https:"],
    [() => onroll.saveFile("x", 5), "TypeError", "data must be a string or a Uint8Array, not number"],
    [() => onroll.Roster.fromJSON(undefined), "TypeError", "json must be a string or an object, not undefined"],
    [() => onroll.Accounts.fromJSON(null), "TypeError", "json must be a string or an object, not null"],
    [() => onroll.Plan.fromJSON(5), "TypeError", "json must be a string or an object, not number"],
    [() => onroll.wonde.Access.fromJSON(undefined), "TypeError", "json must be a string or an object, not undefined"],
    [() => accounts.toJSON({ password: true }), "TypeError", "toJSON has no option 'password'; it has passwords"],
    [() => plan()().toJSON({ passwords: 1 }), "TypeError", "passwords must be a boolean, not number"],
    [() => onroll.wonde.exclusive({}, "A1", async () => {}), "TypeError", "lock must be a Lock, not Object"],
    [() => onroll.wonde.exclusive(new onroll.wonde.Locks(), "A1"), "TypeError", "work must be a function, not undefined"],
    [() => plan({ passwords: {} })(), "TypeError", "passwords must be a PasswordPolicy, not Object"],
  ];
  for (const [call, name, message] of wrongs) {
    await assert.rejects(
      async () => call(),
      (error) => {
        assert.equal(error.message, message);
        assert.deepEqual([error.name, /^ERR_(INVALID_ARG_(TYPE|VALUE)|OUT_OF_RANGE)$/.test(error.code)], [name, true], `${message}: ${error.code}`);
        return true;
      },
    );
  }
});

test("a closed stream or a detached buffer is an error, not an empty file", async () => {
  const moved = new Uint8Array(csv(ROW));
  const { port1 } = new threads.MessageChannel();
  port1.postMessage(moved, [moved.buffer]);
  port1.close();
  assert.equal(moved.length, 0);
  const detached = { name: "TypeError", message: "source is a detached buffer: its bytes were moved to another thread" };
  for (const gone of [moved, moved.buffer]) {
    await assert.rejects(onroll.readCsv(gone), detached);
    assert.throws(() => onroll.checkCsvSync(gone), detached);
  }
  await assert.rejects(onroll.saveFile(join(folder(), "x"), moved), { name: "TypeError", message: /^data is a detached buffer/ });
  const read = createReadStream(OAKFIELD);
  assert.equal((await onroll.readCsv(read)).length, 240);
  const closed = { name: "TypeError", message: "source is a stream that has ended or was closed" };
  await assert.rejects(onroll.checkCsv(read), closed);
  await assert.rejects(onroll.checkCsv(new PassThrough().destroy()), closed);
  const web = new Blob([csv(ROW)]).stream();
  web.getReader();
  await assert.rejects(onroll.checkCsv(web), { name: "TypeError", message: "source is a stream that other code is reading" });
  const fd = openSync(OAKFIELD);
  closeSync(fd);
  await assert.rejects(onroll.checkCsv(createReadStream("", { fd })), { code: "EBADF" });
});

test("reads a Blob, a File and a web stream", async () => {
  const bytes = readFileSync(OAKFIELD);
  const blob = new Blob([bytes.subarray(0, 99), bytes.subarray(99)]);
  for (const source of [blob, new File([bytes], "students.csv"), blob.stream(), Readable.toWeb(createReadStream(OAKFIELD))]) {
    assert.equal((await onroll.readCsv(source)).length, 240);
  }
  const report = await onroll.checkCsv(blob, { limits: { fileBytes: 100 } });
  assert.equal(report.countOf("file-too-large"), 1);
});

test("credentials for an unknown username are an error, and nothing is written", async () => {
  const accounts = onroll.createAccountsSync(onroll.readCsvSync(csv(ROW)));
  const directory = folder();
  const usernames = ["Zoë Okafor", "Kestrel Nobody"];
  const unknown = (error) => error instanceof onroll.AccountNotFound && !error.message.includes("Kestrel");
  await assert.rejects(accounts.writeCredentials(join(directory, "c.csv"), { usernames }), unknown);
  await assert.rejects(accounts.credentials({ usernames }), unknown);
  assert.throws(() => accounts.writeCredentialsSync(join(directory, "c.csv"), { usernames }), unknown);
  assert.throws(() => accounts.credentialsSync({ usernames }), unknown);
  assert.deepEqual(readdirSync(directory), []);
});

test("the error for calling an internal constructor says what to use instead", () => {
  const ways = {
    Roster: "readCsv, Roster.fromRows or Roster.fromJSON",
    Accounts: "createAccounts, Accounts.fromRows or Accounts.fromJSON",
    Plan: "plan(accounts, roster) or Plan.fromJSON",
    Report: "checkCsv",
    Password: "account.password, or accounts.setPassword",
    PasswordPolicy: "PasswordPolicy.characters(4), .pin(6) or .words(3)",
    Identity: "Identity.fromClaims, Identity.fromJSON or mylogin.Client",
    Snapshot: "client.snapshot(schoolId)",
    Webhook: "wonde.webhook(body)",
    Schedule: 'Schedule.daily("02:30")',
    Token: "webhook.token",
  };
  for (const [name, use] of Object.entries(ways)) {
    const made = onroll[name] ?? onroll.wonde[name];
    const refused = { name: "TypeError", code: "ERR_ILLEGAL_CONSTRUCTOR", message: `new ${name}() is not allowed; use ${use}` };
    assert.throws(() => new made(), refused);
  }
  for (const name of ["Roster", "Accounts", "Plan", "Report"]) assert.throws(() => new onroll[name]({}), { code: "ERR_ILLEGAL_CONSTRUCTOR" });
});

test("structuredClone refuses rosters, accounts, plans and reports", { skip: !threads.markAsUncloneable && "before Node 22.10" }, async () => {
  const roster = onroll.readCsvSync(OAKFIELD);
  const accounts = onroll.createAccountsSync(roster);
  const plan = onroll.planSync(accounts, roster);
  const things = [roster, accounts, plan, roster.report, accounts.at(0).password, new onroll.Attempts(), new onroll.wonde.Access("A1"), { roster }];
  for (const thing of things) assert.throws(() => structuredClone(thing), { name: "DataCloneError" });
});

test("the error for CSV text given as a path names the remedy", async () => {
  await assert.rejects(onroll.readCsv(readFileSync(OAKFIELD, "utf8")), { name: "TypeError", message: /Buffer\.from\(text\)$/ });
});

test("a system error has the path and the failed system call", { skip: process.platform === "win32" }, async () => {
  const directory = folder();
  const missing = join(directory, "none.csv");
  const roster = onroll.readCsvSync(OAKFIELD);
  const accounts = onroll.createAccountsSync(roster);
  const gone = { code: "ENOENT", errno: -2, syscall: "open", path: missing, message: `ENOENT: No such file or directory, open '${missing}'` };
  await assert.rejects(onroll.readCsv(missing), gone);
  assert.throws(() => onroll.checkCsvSync(missing), gone);
  await assert.rejects(onroll.fixCsv(missing, join(directory, "x")), gone);
  assert.throws(() => accounts.readCredentials(missing), { ...gone, message: /^ENOENT/ });
  const to = join(directory, "no folder", "x.csv");
  const nowhere = { code: "ENOENT", errno: -2, syscall: "open", path: to };
  const writes = [
    () => roster.writeCsv(to),
    () => roster.writeCsvSync(to),
    () => onroll.fixCsv(OAKFIELD, to),
    () => accounts.writeCredentials(to),
    () => accounts.writeCardsSync(to),
    () => onroll.saveFile(to, "x"),
    () => onroll.checkCsvSync(MESSY).writeCsv(to),
  ];
  for (const write of writes) await assert.rejects(async () => write(), nowhere);
  await assert.rejects(onroll.readCsv(directory), { code: "EISDIR", errno: -21, syscall: "read", path: directory });
  await assert.rejects(onroll.saveFile(directory, "x"), { code: "EISDIR", syscall: "write", path: directory });
});

test("a WondeError or MyLoginError has the error from send as its cause", async () => {
  const refused = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  const send = async () => {
    throw refused;
  };
  const client = new onroll.wonde.Client({ token: "t", send, wait: async () => {} });
  const error = await client.snapshot("A1").catch((failed) => failed);
  assert.deepEqual([error instanceof onroll.WondeError, error.reason, error.cause], [true, "unreachable", refused]);
  assert.ok(!Object.keys(error).includes("cause"));
  const login = new onroll.mylogin.Client({ clientId: "i", clientSecret: "s", redirectUri: "https://app.example/callback", send, wait: async () => {} });
  const other = await login.identity("code").catch((failed) => failed);
  assert.deepEqual([other instanceof onroll.MyLoginError, other.cause], [true, refused]);
  const status = new onroll.wonde.Client({ token: "t", send: async () => ({ status: 401, body: "{}" }), wait: async () => {} });
  assert.equal((await status.snapshot("A1").catch((failed) => failed)).cause, undefined);
});

test("the sign-in callback can be a query, a path or a whole address", () => {
  const login = new onroll.mylogin.Client({ clientId: "i", clientSecret: "s", redirectUri: "https://app.example/callback" });
  const state = onroll.mylogin.newState();
  const query = `code=abc&state=${state}`;
  for (const callback of [query, `?${query}`, `/callback?${query}`, `/app/callback?${query}#x`, `https://app.example/callback?${query}`]) {
    assert.equal(login.callback(callback, state), "abc", callback);
  }
  const reason = (callback, expected) => assert.throws(() => login.callback(callback, state), { reason: expected }, callback);
  reason("/callback", "unsolicited");
  reason(`/callback#${query}`, "unsolicited");
  reason(`https://other.example/callback?${query}`, "callback-elsewhere");
});

test("apply refuses a plan stored without passwords unless the option passwords is set", async () => {
  const accounts = onroll.createAccountsSync(onroll.readCsvSync(OAKFIELD));
  const plan = onroll.planSync(accounts, onroll.readCsvSync(SEPTEMBER), { leavingYears: ["Year 6"] });
  const stored = onroll.Plan.fromJSON(JSON.parse(JSON.stringify(plan)));
  const refused = (error) => {
    assert.ok(error instanceof onroll.PlanError);
    assert.equal(error.code, "ERR_PLAN_WITHOUT_PASSWORDS");
    assert.match(error.message, /so 31 students would get none; store plan\.toJSON\(\{ passwords: true \}\), or pass passwords: PasswordPolicy\.characters\(4\) to plan\.apply/);
    return true;
  };
  await assert.rejects(stored.apply(accounts), refused);
  assert.throws(() => stored.applySync(accounts), refused);
  const joiners = plan.joiners.map((joiner) => joiner.username);
  const whole = (made) => [...made].filter((account) => account.password === null).map((account) => account.username);
  const passwords = onroll.PasswordPolicy.pin(6);
  const made = await stored.apply(accounts, { passwords });
  assert.deepEqual([whole(made), made.get(joiners[0]).password.expose().length, made.length], [[], 6, 271]);
  assert.equal(made.at(0).password.expose(), accounts.at(0).password.expose(), "others keep theirs");
  assert.deepEqual(whole(stored.applySync(accounts, { passwords: null })).sort(), joiners.sort());
  const kept = onroll.Plan.fromJSON(JSON.stringify(plan.toJSON({ passwords: true })));
  assert.deepEqual(whole(await kept.apply(accounts)), []);
  assert.throws(() => stored.applySync(accounts, { passwords: true }), { message: "passwords must be a PasswordPolicy, not boolean" });

  // The host stores only hashes: no account has a password as text, and only joiners get new passwords.
  const hashed = onroll.Accounts.fromJSON(accounts.toJSON());
  assert.equal(whole(stored.applySync(hashed, { passwords })).length, 240);
  const sso = onroll.Accounts.fromRows([row("a@b.example")], { signIn: "sso" });
  const none = onroll.planSync(sso, onroll.Roster.fromRows([student("a@b.example"), student("c@b.example")], { signIn: "sso" }));
  const without = none.joiners.every((joiner) => !joiner.newPassword);
  if (without) assert.equal(onroll.Plan.fromJSON(JSON.stringify(none)).applySync(sso).length, 2);
});

test("converting a password to a string throws", () => {
  const { password } = onroll.createAccountsSync(onroll.readCsvSync(csv(ROW))).at(0);
  for (const convert of [String, (given) => `${given}`, (given) => "" + given, (given) => given.toString(), (given) => ["x", given].join()]) {
    assert.throws(() => convert(password), { name: "TypeError", code: "ERR_INVALID_ARG_TYPE", message: /password\.expose\(\).*password\.canonical\(\)/ });
  }
  assert.deepEqual([JSON.stringify(password), inspect(password)], ['"<hidden>"', "Password <hidden>"]);
  assert.equal(password.canonical(), onroll.canonicalPassword(password.expose()));
});

test("fixCsv, credentials and cards can return bytes instead of writing a file", async () => {
  const directory = folder();
  const { report, bytes } = await onroll.fixCsv(OAKFIELD);
  assert.ok(report instanceof onroll.Report && Buffer.isBuffer(bytes));
  await onroll.fixCsv(OAKFIELD, join(directory, "fixed.csv"));
  assert.deepEqual(bytes, readFileSync(join(directory, "fixed.csv")));
  assert.deepEqual(onroll.fixCsvSync(OAKFIELD).bytes, bytes);
  const torn = csv(ROW, '"Zoë,Okafor');
  for (const fixed of [await onroll.fixCsv(torn), onroll.fixCsvSync(torn, undefined, { signIn: "password" })]) {
    assert.deepEqual([fixed.report.correctable, fixed.bytes], [false, null]);
  }
  const accounts = onroll.createAccountsSync(onroll.readCsvSync(OAKFIELD));
  const options = { usernames: [accounts.at(3).username] };
  accounts.writeCredentialsSync(join(directory, "c.csv"));
  accounts.writeCardsSync(join(directory, "c.html"), { signInUrl: "https://onroll.example/go" });
  const cards = { signInUrl: "https://onroll.example/go" };
  for (const made of [await accounts.credentials(), accounts.credentialsSync()]) assert.deepEqual(made, readFileSync(join(directory, "c.csv")));
  for (const made of [await accounts.cards(cards), accounts.cardsSync(cards)]) assert.deepEqual(made, readFileSync(join(directory, "c.html")));
  assert.equal((await accounts.credentials(options)).toString().split("\r\n").length, 3);
  const hashed = onroll.Accounts.fromJSON(JSON.stringify(accounts));
  assert.equal((await hashed.credentials()).toString().split("(not known: reset the password to print a new one)").length, 241);
  await assert.rejects(accounts.cards({ signInUrl: "http://a.example" }), { code: "ERR_SIGN_IN_URL" });
});
