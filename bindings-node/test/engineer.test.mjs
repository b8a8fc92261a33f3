// Tests reports from JSON, web streams, cards for some students, and onroll/testing.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as onroll from "onroll";
import { FakeWonde } from "onroll/testing";
import { MESSY, OAKFIELD } from "./school.mjs";

test("a report is restored from its JSON", () => {
  const report = onroll.checkCsvSync(MESSY);
  const whole = onroll.Report.fromJSON(JSON.stringify(report.toJSON({ values: true })));
  assert.deepEqual(whole.toJSON({ values: true }), report.toJSON({ values: true }));
  assert.deepEqual([whole.text(), whole.byValue, whole.correctable], [report.text(), report.byValue, report.correctable]);
  const bare = onroll.Report.fromJSON(report.toJSON());
  assert.deepEqual([String(bare), bare.toJSON()], [String(report), report.toJSON()]);
  assert.ok(bare.problems.every((problem) => problem.value === null));
  for (const wrong of ["{}", "[", '{"format":9}']) {
    assert.throws(() => onroll.Report.fromJSON(wrong), { name: "TypeError", code: "ERR_INVALID_ARG_VALUE", message: /report/ });
  }
  assert.throws(() => onroll.Report.fromJSON(5), { code: "ERR_INVALID_ARG_TYPE" });
});

/** Returns a web stream that stores the written bytes. */
function sink() {
  const parts = [];
  const stream = new WritableStream({ write: (chunk) => void parts.push(Buffer.from(chunk)) });
  return { stream, text: () => Buffer.concat(parts).toString() };
}

test("reads files, blobs and web streams, and writes to web streams", async () => {
  const bytes = readFileSync(OAKFIELD);
  for (const source of [new Blob([bytes]), new File([bytes], "oakfield.csv"), new Blob([bytes]).stream(), new Response(bytes).body]) {
    assert.equal((await onroll.readCsv(source)).length, 240);
  }
  const roster = await onroll.readCsv(OAKFIELD);
  const accounts = await onroll.createAccounts(roster);
  const to = sink();
  await accounts.writeCredentials(to.stream);
  assert.equal(to.text().trim().split("\r\n").length, 241);
  assert.equal(to.stream.locked, false, "it is left open, and given back");
  await roster.writeCsv(to.stream);
  assert.ok(to.text().includes("Student Full Name"));

  const failing = new WritableStream({ write: () => Promise.reject(new Error("disk")) });
  await assert.rejects(accounts.writeCredentials(failing), /disk/);
  const closed = sink();
  await closed.stream.close();
  await assert.rejects(accounts.writeCredentials(closed.stream), Error);
  const taken = sink();
  taken.stream.getWriter();
  await assert.rejects(accounts.writeCredentials(taken.stream), { code: "ERR_INVALID_ARG_VALUE" });
});

test("prints cards for one class or for some usernames", async () => {
  const accounts = await onroll.createAccounts(await onroll.readCsv(OAKFIELD));
  const [first, second] = [accounts.at(0), accounts.at(1)];
  const some = Buffer.from(await accounts.cards({ usernames: [first, second.username] })).toString();
  assert.ok(some.includes(first.fullName) && some.includes(second.fullName));
  const { className } = first;
  const page = Buffer.from(await accounts.cards({ className })).toString();
  const [inside, outside] = [true, false].map((is) => [...accounts].filter((account) => (account.className === className) === is));
  assert.ok(page.includes(inside[0].fullName) && !page.includes(outside[0].fullName));
  await assert.rejects(accounts.cards({ className: "no such class" }), onroll.OnrollError);
});

test("FakeWonde simulates a school for tests of sync and sign-in", async () => {
  const fake = FakeWonde.start({ students: 60 });
  const client = fake.client();
  const read = async () => (await client.snapshot(FakeWonde.schoolId)).roster();
  const accounts = await onroll.createAccounts(await read());
  assert.equal(accounts.length, 60);
  fake.change("a term");
  const plan = await onroll.plan(accounts, await read(), { maxLeavers: 0.5 });
  assert.deepEqual([plan.joiners.length, plan.leavers.length], [10, 10]);
  fake.fault("drop", { page: 0, times: 99 });
  await assert.rejects(client.snapshot(FakeWonde.schoolId), onroll.WondeError);
  const { log, students } = fake.control();
  assert.ok(log.length > 3 && students === 60);

  const login = fake.mylogin({ redirectUri: "http://127.0.0.1:1/callback" });
  const state = onroll.mylogin.newState();
  fake.signIn(3);
  const back = await fetch(login.authorizeUrl(state), { redirect: "manual" });
  const identity = await login.identity(login.callback(back.headers.get("location"), state));
  assert.equal(onroll.matchIdentity(identity, accounts, { schoolId: FakeWonde.schoolId }).sourceId, "A1000000003");

  fake.close();
  fake.close();
  assert.throws(() => fake.control(), { code: "ERR_INVALID_ARG_VALUE" });
  assert.throws(() => FakeWonde.start({ students: -1 }), RangeError);
  assert.throws(() => FakeWonde.start({ pupils: 1 }), TypeError);
  assert.equal(createRequire(import.meta.url)("onroll/testing").FakeWonde, FakeWonde, "CommonJS has the same");
});
