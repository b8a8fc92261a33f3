// Tests the package's behaviour in Node: inputs, errors, laziness, the event loop, aborting, memory, threads.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, createReadStream, lstatSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { Readable, Writable } from "node:stream";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { inspect } from "node:util";
import { deserialize, serialize } from "node:v8";
import { Worker } from "node:worker_threads";
import * as onroll from "onroll";
import native from "../native.js";
import { MESSY, OAKFIELD, ROW, SEPTEMBER, csv, folder, school } from "./school.mjs";

test("reads a file from every kind of source", async () => {
  const bytes = readFileSync(OAKFIELD);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const sources = [OAKFIELD.pathname, OAKFIELD, bytes, new Uint8Array(bytes), buffer];
  for (const source of sources) {
    assert.equal((await onroll.readCsv(source)).length, 240);
    assert.equal(onroll.readCsvSync(source).length, 240);
    assert.ok((await onroll.checkCsv(source)).ok && onroll.checkCsvSync(source).ok);
  }
  const streams = [createReadStream(OAKFIELD), Readable.from([bytes.subarray(0, 9), bytes.subarray(9)])];
  for (const stream of streams) assert.equal((await onroll.readCsv(stream)).length, 240);
});

test("CommonJS and ESM load the same package", () => {
  const required = createRequire(import.meta.url)("onroll");
  assert.equal(required.readCsv, onroll.readCsv);
  assert.equal(onroll.version, JSON.parse(readFileSync(new URL("../package.json", import.meta.url))).version);
});

test("an error for a wrong argument names the argument", async () => {
  const source = csv(ROW);
  const wrongs = [
    [() => onroll.readCsvSync(3), "source must be a path, a URL, a Buffer or a Uint8Array, not number"],
    [() => onroll.readCsvSync(source, { fix: "yes" }), "fix must be a boolean, not string"],
    [() => onroll.readCsvSync(source, { signIn: 3 }), "signIn must be 'password' or 'sso', not number"],
    [() => onroll.readCsvSync(source, { fxi: true }), "readCsvSync has no option 'fxi'"],
    [() => onroll.createAccountsSync({}), "roster must be a Roster, not Object"],
    [() => onroll.createAccountsSync(onroll.readCsvSync(source), { passwords: 4 }), "passwords must be a PasswordPolicy, not number"],
    [() => onroll.planSync([], null), "accounts must be Accounts, not Array"],
    [() => onroll.Accounts.fromRows([{ fullName: true }]), "rows[0].fullName must be a string, a whole number or null, not boolean"],
    [() => onroll.Roster.fromRows([{ fullName: "A" }]), "rows[0] has no 'username' and no 'Username'"],
    [() => onroll.PasswordPolicy.pin("6"), "digits must be a whole number of 0 or more, not string"],
  ];
  for (const [call, message] of wrongs) {
    assert.throws(call, (error) => error instanceof TypeError && error.message.startsWith(message), message);
  }
  await assert.rejects(onroll.readCsv(null), { name: "TypeError", message: /^source must be/ });
  await assert.rejects(onroll.readCsv(source, { signal: 3 }), { name: "TypeError", message: /^signal must be/ });
  await assert.rejects(onroll.readCsv(createReadStream(OAKFIELD, "utf8")), { name: "TypeError", message: /stream of bytes/ });
});

test("a failed file operation has the same error code as in Node's fs", async () => {
  const missing = join(folder(), "none.csv");
  await assert.rejects(onroll.readCsv(missing), { code: "ENOENT", path: missing, errno: -2 });
  assert.throws(() => onroll.readCsvSync(missing), { code: "ENOENT" });
  await assert.rejects(onroll.checkCsv(folder()), { code: "EISDIR" });
  await assert.rejects(onroll.fixCsv(OAKFIELD, join(folder(), "no folder", "fixed.csv")), { code: "ENOENT" });
  const roster = onroll.readCsvSync(OAKFIELD);
  await assert.rejects(roster.writeCsv(join(folder(), "no folder", "roster.csv")), { code: "ENOENT" });
});

test("the error for a refused roster contains the report", () => {
  assert.throws(
    () => onroll.readCsvSync(MESSY),
    (error) => {
      assert.ok(error instanceof onroll.RosterError && error instanceof onroll.OnrollError);
      assert.equal(error.code, "ERR_ROSTER_REJECTED");
      assert.equal(error.report.text(), onroll.checkCsvSync(MESSY).text());
      assert.ok(error.report.errorCount > 5 && error.report.errors.length === error.report.errorCount);
      assert.equal(error.report.countOf("gender"), error.report.problems.filter((p) => p.code === "gender").length);
      assert.throws(() => error.report.countOf("gendr"), RangeError);
      return true;
    },
  );
});

test("the TypeScript types contain every problem code of the core", () => {
  const types = readFileSync(new URL("../dist/shared/problem.d.ts", import.meta.url), "utf8");
  const listed = /type ProblemCode =([^;]+);/.exec(types)[1].match(/[a-z0-9-]+/g);
  assert.deepEqual(listed.sort(), native.problemCodes().sort());
});

test("a roster returns students by index and by iteration", async () => {
  const roster = await onroll.readCsv(csv(ROW, "Al Bo,Al Bo,Nursery,N,Male,Yes,WBRI,Yes,No"));
  assert.equal(roster.at(0).fullName, "Zoë Okafor");
  assert.equal(roster.at(-1).nationalYear, "Nursery 2");
  assert.deepEqual([roster.at(2), roster.at(-3), roster.at(0.5)], [undefined, undefined, undefined]);
  assert.deepEqual([...roster].map((student) => student.username), ["Zoë Okafor", "Al Bo"]);
  assert.deepEqual([roster.at(0).keyStage, roster.at(0).eal, roster.at(1).pupilPremium], ["Key Stage 2", true, true]);
  assert.throws(() => {
    "use strict";
    roster.at(0).username = "x";
  }, TypeError);
  const kept = onroll.Roster.fromJSON(JSON.stringify(roster));
  assert.deepEqual([...kept], [...roster]);
});

test("toColumns returns the same values as the students have", () => {
  const roster = onroll.readCsvSync(OAKFIELD);
  const columns = roster.toColumns();
  assert.equal(columns.length, roster.length);
  [...roster].forEach((student, row) => {
    for (const field of ["fullName", "username", "yearGroup", "className", "gender", "ethnicity"]) {
      assert.equal(columns[field].at(row), student[field]);
    }
    for (const field of ["pupilPremium", "send", "eal"]) assert.equal(columns[field][row], Number(student[field]));
  });
  assert.ok(columns.gender.values.length <= 3 && columns.fullName.at(240) === undefined);
});

test("reading a million rows does not block the event loop", async () => {
  const file = join(folder(), "large.csv");
  writeFileSync(file, school(1_000_000));
  const delay = monitorEventLoopDelay({ resolution: 5 });
  let ticks = 0;
  const timer = setInterval(() => (ticks += 1), 1);
  delay.enable();
  const roster = await onroll.readCsv(file);
  delay.disable();
  clearInterval(timer);
  assert.equal(roster.length, 1_000_000);
  assert.ok(ticks > 10, `${ticks} ticks`);
});

test("200 imports can run at the same time", async () => {
  const bytes = readFileSync(OAKFIELD);
  const rosters = await Promise.all(Array.from({ length: 200 }, () => onroll.readCsv(bytes).then(onroll.createAccounts)));
  assert.ok(rosters.every((accounts) => accounts.length === 240));
});

test("aborting the signal ends a reading with the reason of the abort", async () => {
  const file = join(folder(), "large.csv");
  writeFileSync(file, school(2_000_000));
  const aborter = new AbortController();
  const read = onroll.readCsv(file, { signal: aborter.signal, threads: 1 });
  await sleep(60);
  aborter.abort();
  await assert.rejects(read, { name: "AbortError" });
  await assert.rejects(onroll.readCsv(file, { signal: AbortSignal.abort(new Error("enough")) }), { message: "enough" });
  const seen = [];
  await onroll.checkCsv(file, { threads: 1, onProgress: (done, of) => seen.push([done, of]) });
  assert.ok(seen.every(([done, of]) => done <= of) && seen.some(([done]) => done > 0));
});

test("garbage-collected rosters free their memory", async () => {
  const bytes = school(100_000);
  const settle = async () => {
    for (let turn = 0; turn < 3; turn += 1) {
      gc();
      await sleep(10);
    }
  };
  for (let turn = 0; turn < 5; turn += 1) await onroll.readCsv(bytes);
  await settle();
  const before = process.memoryUsage().rss;
  for (let turn = 0; turn < 40; turn += 1) await onroll.readCsv(bytes);
  await settle();
  const grown = (process.memoryUsage().rss - before) / bytes.length;
  assert.ok(grown < 10, `40 rosters leave the memory of ${grown.toFixed(1)} behind`);
});

test("several worker threads can read at once", async () => {
  const code = `
    const { parentPort, workerData } = require("node:worker_threads");
    require(workerData.onroll).readCsv(workerData.file).then((roster) => parentPort.postMessage(roster.length));`;
  const workerData = { onroll: createRequire(import.meta.url).resolve("onroll"), file: OAKFIELD.pathname };
  const work = () =>
    new Promise((done, failed) => {
      new Worker(code, { eval: true, workerData }).once("message", done).once("error", failed);
    });
  assert.deepEqual(await Promise.all([work(), work(), work()]), [240, 240, 240]);
});

test("accounts can be created, edited, stored and given new passwords", async () => {
  const accounts = await onroll.createAccounts(onroll.readCsvSync(OAKFIELD), { passwords: onroll.PasswordPolicy.pin(6) });
  const [first, second] = accounts;
  assert.match(first.password.expose(), /^\d{6}$/);
  assert.ok(first.password.matches(first.password.expose()) && !first.password.matches("000000"));
  assert.equal(accounts.get(first.username.toUpperCase()).username, first.username);
  assert.equal(accounts.get("nobody at all"), undefined);

  const edited = accounts.edit(first.username, { className: "5B", pupilPremium: true, active: false });
  assert.deepEqual([edited.className, edited.pupilPremium, edited.active], ["5B", true, false]);
  assert.throws(() => accounts.edit(first, { gender: "F" }), (error) => {
    assert.ok(error instanceof onroll.AccountError);
    assert.deepEqual([error.code, error.report.problems[0].fix], ["ERR_ACCOUNT_REJECTED", "Female"]);
    return true;
  });
  assert.throws(() => accounts.edit("nobody at all", {}), (error) => {
    assert.ok(error instanceof onroll.AccountNotFound);
    assert.equal(error.code, "ERR_ACCOUNT_NOT_FOUND");
    return true;
  });
  const reset = accounts.resetPassword(second);
  assert.notEqual(reset.password.expose(), second.password.expose());
  assert.equal(accounts.setPassword(second, "tiger7").password.expose(), "tiger7");
  assert.throws(() => accounts.setPassword(second, ""), onroll.OnrollError);

  const kept = onroll.Accounts.fromJSON(JSON.stringify(accounts.toJSON({ passwords: true })));
  assert.equal(kept.fingerprint(), accounts.fingerprint());
  assert.equal(kept.get(second.username).password.expose(), "tiger7");
  assert.equal(onroll.Accounts.fromJSON(JSON.stringify(accounts)).get(second.username).password, null);
  // The JSON has no passwords, but says that each account has one. So fillPasswords gives no new passwords.
  const stored = onroll.Accounts.fromJSON(accounts.toJSON());
  assert.equal(stored.fillPasswords(), 0);
  assert.deepEqual([stored.at(0).password, stored.at(0).hasPassword], [null, true]);
  const rows = [...stored].map(({ fullName, username }, index) => ({ fullName, username, hasPassword: index > 0 ? 1 : null }));
  const own = onroll.Accounts.fromRows(rows);
  assert.deepEqual([own.fillPasswords(), own.at(0).hasPassword], [1, true]);
  assert.throws(() => onroll.Accounts.fromRows([{ ...rows[0], hasPassword: "perhaps" }]), /^TypeError.*rows\[0\]\.hasPassword must be/);
});

test("writes credentials and cards to files that only the owner can read", async () => {
  const accounts = onroll.createAccountsSync(onroll.readCsvSync(OAKFIELD));
  const directory = folder();
  await accounts.writeCredentials(join(directory, "a.csv"));
  accounts.writeCredentialsSync(join(directory, "b.csv"));
  await accounts.writeCards(join(directory, "c.html"), { signInUrl: "https://onroll.example/sign-in" });
  accounts.writeCardsSync(join(directory, "d.html"));
  assert.deepEqual(readdirSync(directory), ["a.csv", "b.csv", "c.html", "d.html"], "nothing temporary is left");
  for (const file of readdirSync(directory)) assert.equal(statSync(join(directory, file)).mode & 0o077, 0);
  assert.deepEqual(readFileSync(join(directory, "a.csv")), readFileSync(join(directory, "b.csv")));
  await assert.rejects(accounts.writeCards(join(directory, "e.html"), { signInUrl: "http://insecure.example" }), onroll.OnrollError);

  const without = onroll.Accounts.fromJSON(JSON.stringify(accounts));
  assert.deepEqual(without.readCredentials(join(directory, "a.csv")), { set: 240, unknown: 0, blank: 0 });
  assert.equal(without.at(7).password.expose(), accounts.at(7).password.expose());
});

/** Returns every function of the package that writes to a path. */
function writers() {
  const roster = onroll.readCsvSync(OAKFIELD);
  const report = onroll.checkCsvSync(MESSY);
  const accounts = onroll.createAccountsSync(roster);
  const usernames = [accounts.at(0).username];
  return {
    fixCsv: (to) => onroll.fixCsv(OAKFIELD, to),
    fixCsvSync: (to) => onroll.fixCsvSync(OAKFIELD, to),
    "roster.writeCsv": (to) => roster.writeCsv(to),
    "roster.writeCsvSync": (to) => roster.writeCsvSync(to),
    "report.writeCsv": (to) => report.writeCsv(to),
    "report.writeCsvSync": (to) => report.writeCsvSync(to),
    writeCredentials: (to) => accounts.writeCredentials(to),
    writeCredentialsSync: (to) => accounts.writeCredentialsSync(to, { usernames }),
    writeCards: (to) => accounts.writeCards(to),
    writeCardsSync: (to) => accounts.writeCardsSync(to, { signInUrl: "https://onroll.example/sign-in" }),
    saveFile: (to) => onroll.saveFile(to, "text"),
    saveFileSync: (to) => onroll.saveFileSync(to, Buffer.from("bytes")),
  };
}

const POSIX = { skip: process.platform === "win32" };

test("only the owner can read a written file", POSIX, async () => {
  for (const [name, write] of Object.entries(writers())) {
    const directory = folder();
    const [fresh, open, own] = ["fresh", "open", "own"].map((file) => join(directory, file));
    writeFileSync(open, "old");
    chmodSync(open, 0o644);
    writeFileSync(own, "old");
    chmodSync(own, 0o600);
    for (const to of [fresh, open, own]) {
      await write(to);
      assert.equal(statSync(to).mode & 0o777, 0o600, `${name} to ${to}`);
      assert.notEqual(readFileSync(to, "utf8"), "old");
    }
    await write(pathToFileURL(fresh));
    assert.deepEqual(readdirSync(directory), ["fresh", "open", "own"], "nothing temporary is left");
  }
});

test("writes to the target of a symbolic link and keeps the link", POSIX, async () => {
  const directory = folder();
  const [file, link] = [join(directory, "file"), join(directory, "link")];
  writeFileSync(file, "old");
  symlinkSync(file, link);
  await onroll.saveFile(link, "new");
  assert.ok(lstatSync(link).isSymbolicLink());
  assert.equal(readFileSync(file, "utf8"), "new");
});

test("refuses to write to pipes and devices", POSIX, async () => {
  const directory = folder();
  const [pipe, link, inner] = ["pipe", "link", "inner"].map((name) => join(directory, name));
  execFileSync("mkfifo", [pipe]);
  symlinkSync(pipe, link);
  mkdirSync(inner);
  for (const [name, write] of Object.entries(writers())) {
    const refused = (to, code) =>
      assert.rejects(
        async () => write(to),
        (error) => {
          assert.deepEqual([error.code, error.path], [code, to], name);
          return true;
        },
      );
    for (const to of ["/dev/null", pipe, link]) await refused(to, "ERR_NOT_A_REGULAR_FILE");
    await refused(inner, "EISDIR");
  }
  await assert.rejects(onroll.saveFile(pipe, ""), (error) => {
    assert.ok(error instanceof onroll.OnrollError);
    assert.match(error.message, /^the path must be a regular file or a new file, not a pipe or a device.*pipe'$/);
    return true;
  });
  assert.deepEqual(readdirSync(directory), ["inner", "link", "pipe"]);
  assert.deepEqual(readdirSync(inner), []);
});

test("the error for CSV text given as a path does not show the text", async () => {
  const text = csv(ROW).toString();
  const long = `Kestrelname ${"x".repeat(4100)}`;
  const texts = [text, "Kestrelname\r", "Kestrelname\n", "Kestrelname\0", long];
  const accounts = onroll.createAccountsSync(onroll.readCsvSync(OAKFIELD));
  const readers = {
    readCsv: onroll.readCsv,
    readCsvSync: onroll.readCsvSync,
    checkCsv: onroll.checkCsv,
    checkCsvSync: onroll.checkCsvSync,
    fixCsv: (source) => onroll.fixCsv(source, join(folder(), "fixed.csv")),
    fixCsvSync: (source) => onroll.fixCsvSync(source, join(folder(), "fixed.csv")),
    readCredentials: (source) => accounts.readCredentials(source),
  };
  const refuses = (name, call, message) =>
    assert.rejects(
      async () => call(),
      (error) => {
        assert.ok(error instanceof TypeError, `${name}: ${error.name}`);
        assert.equal(error.message, message);
        assert.equal(error.code, "ERR_INVALID_ARG_VALUE");
        assert.ok(!/Kestrel|Zo\u00eb|xxxx/.test(inspect(error, { showHidden: true, depth: 9 })), name);
        return true;
      },
    );
  for (const given of texts) {
    for (const [name, read] of Object.entries(readers)) {
      await refuses(name, () => read(given), "source looks like CSV text, not a path; pass a Buffer: Buffer.from(text)");
    }
    for (const [name, write] of Object.entries(writers())) {
      await refuses(name, () => write(given), "dest looks like text, not a path; give the path first, or a Writable");
    }
  }
  const lines = new URL("file:///tmp/Kestrelname%0Ax");
  await refuses("a URL", () => onroll.readCsv(lines), "source looks like CSV text, not a path; pass a Buffer: Buffer.from(text)");
  assert.equal((await onroll.readCsv(Buffer.from(text))).length, 1);
  await assert.rejects(onroll.readCsv("x".repeat(4000)), { code: "ENAMETOOLONG" });
});

test("the JSON of a report contains cell values only if the caller asks for them", async () => {
  const report = onroll.checkCsvSync(csv("Zoë Okafor ,Zoë Okafor,Year 5,5A,Kestrel,No,BAFR,No,Yes", "a,b"), { fix: true });
  const error = await onroll.readCsv(csv("Zoë Okafor,Zoë Okafor,Year 5,5A,Kestrel,No,BAFR,No,Yes")).catch((refused) => refused);
  assert.ok(report.fixed.length > 0);
  const jsons = [report, { report }, { values: report }, [report], { true: report }, error.report, report.problems, report.fixed];
  jsons.push({ ...report.problems }, report.toJSON(), report.toJSON("values"), report.toJSON({}), report.toJSON({ values: false }));
  jsons.push(report.problems[0].toJSON("values"), report.problems[0].toJSON());
  for (const json of jsons) assert.doesNotMatch(JSON.stringify(json), /Kestrel|Okafor/);
  for (const json of jsons) assert.match(JSON.stringify(json), /"message":"row 2/);
  const whole = report.toJSON({ values: true });
  assert.match(JSON.stringify(whole), /Okafor.*Kestrel|Kestrel.*Okafor/);
  assert.deepEqual(whole.problems, report.problems.map((problem) => problem.toJSON({ values: true })));
  assert.equal(report.problems[0].value, "Kestrel");
  assert.deepEqual(Object.keys(report.toJSON()), Object.keys(whole));
  assert.throws(() => report.toJSON({ values: "yes" }), { name: "TypeError", message: "values must be a boolean, not string" });
  assert.throws(() => report.toJSON({ value: true }), { name: "TypeError", message: /^toJSON has no option 'value'/ });
});

test("a structured clone of accounts or of a plan contains no password", async () => {
  const accounts = await onroll.createAccounts(onroll.readCsvSync(OAKFIELD), { passwords: onroll.PasswordPolicy.words(4) });
  const plan = await onroll.plan(accounts, onroll.readCsvSync(SEPTEMBER), { leavingYears: ["Year 6"] });
  const [account, joiner] = [accounts.at(0), plan.joiners[0]];
  const secrets = [account.password.expose(), joiner.password.expose()];
  for (const thing of [accounts, account, [...accounts], account.password, plan, joiner, joiner.account, [...plan], { account }]) {
    for (const clone of [() => structuredClone(thing), () => deserialize(serialize(thing))]) {
      let made;
      try {
        made = clone();
      } catch (error) {
        // From version 22.10, Node refuses to clone these objects.
        assert.equal(error.name, "DataCloneError");
        made = error;
      }
      const shown = inspect(made, { depth: 9, showHidden: true, maxArrayLength: null, maxStringLength: null });
      for (const secret of secrets) assert.ok(!shown.includes(secret) && !serialize(thing).includes(secret));
    }
  }
});

test("writes no cards if the sign-in address is invalid", async () => {
  const accounts = onroll.createAccountsSync(onroll.readCsvSync(OAKFIELD));
  const directory = folder();
  const wrongs = ["https://", "https:///go", "https://?a", "https://:443", "https://a@b.example", "http://", "ftp://a.example", "javascript:alert(1)", ""];
  for (const signInUrl of wrongs) {
    const named = { name: "OnrollError", code: "ERR_SIGN_IN_URL" };
    await assert.rejects(accounts.writeCards(join(directory, "cards.html"), { signInUrl }), named, signInUrl);
    assert.throws(() => accounts.writeCardsSync(join(directory, "cards.html"), { signInUrl }), named, signInUrl);
    const to = new Writable({ write: () => assert.fail("nothing is written") });
    await assert.rejects(accounts.writeCards(to, { signInUrl }), named);
  }
  assert.deepEqual(readdirSync(directory), []);
});

test("a plan can be made, stored, restored and applied", async () => {
  const accounts = await onroll.createAccounts(onroll.readCsvSync(OAKFIELD));
  const september = await onroll.readCsv(SEPTEMBER);
  await assert.rejects(onroll.plan(accounts, september), (error) => {
    assert.ok(error instanceof onroll.PlanRefused);
    assert.deepEqual([error.code, error.guard, error.numbers.leavers], ["ERR_PLAN_REFUSED", "too-many-leavers", 62]);
    return true;
  });
  const plan = await onroll.plan(accounts, september, { leavingYears: ["Year 6"] });
  assert.equal(plan.summary(), "31 join, 63 leave, 177 move");
  assert.deepEqual([plan.joiners.length, plan.leavers.length, plan.movers.length, plan.length], [31, 63, 177, 271]);
  assert.equal(plan.joiners[0].password.expose().length, 4);
  assert.deepEqual(Object.keys(plan.movers[0].fields).sort(), ["className", "yearGroup"]);
  const stored = onroll.Plan.fromJSON(JSON.stringify(plan.toJSON({ passwords: true })));
  const after = await stored.apply(accounts);
  assert.equal(onroll.planSync(after, september).length, 0);
  assert.equal(accounts.length, 240, "those given stay as they are");
  await assert.rejects(plan.apply(after), { code: "ERR_PLAN_OTHER_ACCOUNTS" });
  const edited = JSON.stringify(plan).replace("Reception", "Deception");
  assert.throws(() => onroll.Plan.fromJSON(edited), onroll.PlanError);
  await assert.rejects(onroll.plan(accounts, september, { overrideGuards: ["all"] }), RangeError);
  await assert.rejects(onroll.plan(accounts, september, { leavingYears: ["the last"] }), RangeError);
});

test("inspect and JSON show no passwords", async () => {
  const accounts = await onroll.createAccounts(onroll.readCsvSync(OAKFIELD), { passwords: onroll.PasswordPolicy.words(3) });
  const plan = await onroll.plan(accounts, onroll.readCsvSync(SEPTEMBER), { leavingYears: ["Year 6"] });
  const [account] = accounts;
  const [join] = plan.joiners;
  const passwords = [account.password.expose(), join.password.expose()];
  const shapes = [accounts, account, account.password, plan, join, join.account, [...plan], { ...account }];
  for (const shape of shapes) {
    const shown = [inspect(shape, { depth: 9, showHidden: true, getters: true }), JSON.stringify(shape)];
    if (!(shape instanceof onroll.Password)) shown.push(String(shape));
    for (const text of shown) for (const password of passwords) assert.ok(!text.includes(password));
  }
  for (const shape of [account, accounts.at(3), onroll.readCsvSync(OAKFIELD).at(0), plan.at(0)]) {
    assert.match(inspect(shape), /^(Account|Student|Change) <hidden>$/);
  }
});

test("a password policy has an entropy in bits and advice", () => {
  const policy = onroll.PasswordPolicy.characters(4);
  assert.ok(policy.entropyBits > 16 && policy.entropyBits < 17 && policy.advice.length > 20);
  assert.ok(policy.generate(30).every((password) => password.length === 4));
  assert.throws(() => onroll.PasswordPolicy.pin(3), (error) => error instanceof onroll.PolicyError && error.code === "ERR_POLICY_TOO_NARROW");
});

test("ETHNICITIES contains the codes of the Department for Education", () => {
  assert.equal(onroll.ETHNICITIES.length, 103);
  assert.deepEqual(onroll.ethnicity("WENG"), { code: "WENG", description: "White - English", mainCode: "WBRI", group: "White" });
  assert.equal(onroll.ethnicity("weng"), undefined);
  assert.ok(onroll.sameUsername("ZOË Smith", "zoe\u0308  smith"));
});

test("malformed bytes are refused with a report", async () => {
  const hostile = ["", "\0".repeat(1000), '"'.repeat(10_000), ",".repeat(100_000), "\n".repeat(5000)].map((text) => Buffer.from(text));
  hostile.push(Buffer.from(Array.from({ length: 9999 }, (_, i) => (i * 7) % 256)));
  for (const bytes of hostile) {
    assert.ok(!(await onroll.checkCsv(bytes)).ok);
    assert.throws(() => onroll.readCsvSync(bytes), onroll.RosterError);
  }
});

test("toJSON writes camelCase names, and fromJSON also reads snake_case names", async () => {
  const names = (value) => {
    if (typeof value !== "object" || value === null) return [];
    return [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(names)];
  };
  const snake = (json) => json.replace(/"([a-z]+(?:[A-Z][a-z]+)+)"(?=[:,])/g, (name) => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`));
  const rows = [{ fullName: 'Zoë "full_name": Lee', username: '["class_name",', yearGroup: "5", className: '{"school_id":1}', gender: "Female" }];
  const accounts = onroll.Accounts.fromRows(rows, { schoolId: "A1" });
  const roster = onroll.Roster.fromRows([{ ...rows[0], className: '"newPassword" :', sourceId: "S1" }, { ...rows[0], fullName: "b", username: "b" }], {
    optionalColumns: true,
    fix: true,
  }).withSchoolId("A1");
  const plan = await onroll.plan(accounts, roster, { decisions: [onroll.Decision.same(rows[0].username, { sourceId: "S1" })] });
  assert.equal(plan.summary(), "1 join, 1 move");
  const attempts = new onroll.Attempts();
  assert.throws(() => attempts.signIn(accounts, "a", "b"), onroll.SignInRefused);
  const access = new onroll.wonde.Access("A1");
  assert.equal(onroll.checkCsvSync(OAKFIELD).toJSON().blankRows, 4);
  for (const made of [accounts, roster, plan, attempts, access]) {
    const json = made.toJSON({ passwords: true });
    assert.deepEqual(names(json).filter((name) => name.includes("_")), []);
    for (const text of [JSON.stringify(json), JSON.stringify(json, null, 2), snake(JSON.stringify(json))]) {
      assert.deepEqual(made.constructor.fromJSON(text).toJSON({ passwords: true }), json, made.constructor.name);
    }
  }
  assert.equal(accounts.toJSON().accounts[0].className, '{"school_id":1}');
  assert.deepEqual(plan.toJSON().changes[1].fields.map(([name]) => name), ["className", "sourceId"]);
  assert.ok(onroll.Plan.fromJSON(JSON.stringify(plan.toJSON({ passwords: true }), null, 2)).equals(plan));
});
