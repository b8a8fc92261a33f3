// Tests ethnicity codes that the host adds, and words that the host adds for known codes. Each part of the package must
// keep the code that was read.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as onroll from "onroll";

const own = [
  { code: "WSHE", description: "White - Shetlander", mainCode: "WBRI", aliases: ["Shetland"] },
  { code: "ZSEA", description: "Seafarer" },
  { code: "ZBAY", description: "Seafarer of the bay", mainCode: "ZSEA" },
  { code: "WEEU", aliases: ["Polish"] },
];
const codes = ["WSHE", "ZBAY", "WEEU", "WBRI"];
const names = ["Ada Reid", "Ben Hall", "Cleo Shaw", "Dan West"];
const file = (texts = ["shetland", "ZBAY", "Polish", "WBRI"]) =>
  Buffer.from(onroll.templateCsv() + names.map((name, at) => `${name},${name},Year 5,5A,Female,No,${texts[at]},No,No\n`).join(""));
const school = (texts) => onroll.readCsvSync(file(texts), { fix: true, ethnicities: own });
const listed = (students) => [...students].map(({ ethnicity }) => ethnicity);

test("readCsv accepts custom ethnicity codes and aliases", async () => {
  const roster = await onroll.readCsv(file(), { fix: true, ethnicities: own });
  assert.deepEqual(listed(roster), codes);
  const { codes: indices, values } = roster.toColumns().ethnicity;
  assert.deepEqual([...indices].map((index) => values[index]), codes);
  assert.deepEqual(listed(onroll.Roster.fromJSON(roster.toJSON())), codes);
  await assert.rejects(onroll.readCsv(file(), { fix: true }), onroll.RosterError);
  assert.deepEqual(listed(onroll.readCsvSync(file(), { fix: true, mainCodesOnly: true, ethnicities: own })), ["WBRI", "ZSEA", "WOTH", "WBRI"]);
});

test("ethnicity() returns custom ethnicity codes", () => {
  assert.deepEqual(onroll.ethnicity("ZBAY", own), { code: "ZBAY", description: "Seafarer of the bay", mainCode: "ZSEA", group: "Other" });
  assert.deepEqual(onroll.ethnicity("WBRI", own), onroll.ethnicity("WBRI"));
  assert.equal(onroll.ethnicity("WSHE"), undefined);
});

test("checking, fixing, detecting and reading rows accept custom ethnicity codes", async () => {
  const report = await onroll.checkCsv(file(), { ethnicities: own });
  assert.deepEqual(report.problems.map(({ code, fix }) => [code, fix]), [["ethnicity-description", "WSHE"], ["ethnicity-description", "WEEU"]]);
  const fixed = await onroll.fixCsv(file(), undefined, { ethnicities: own });
  assert.deepEqual(listed(onroll.readCsvSync(fixed.bytes, { ethnicities: own })), codes);
  const csv = Buffer.from("Forename,Surname,Reg,Year,Gender,Ethnicity\nZoe,Okafor,5A,5,F,Shetland\nNoah,Khan,5A,5,M,Polish\n");
  const { mapping, values } = await onroll.detect(csv, { ethnicities: own });
  assert.deepEqual(values.flatMap((column) => column.values).filter(({ value }) => value.length > 2).map(({ readAs }) => readAs).sort(), ["WEEU", "WSHE"]);
  assert.deepEqual(listed(await onroll.readCsv(csv, { mapping, fix: true, ethnicities: own })), ["WSHE", "WEEU"]);
  const { fullName, ...row } = { ...school().at(0), ethnicity: "Shetland" };
  assert.deepEqual(listed(onroll.Roster.fromRows([{ ...row, fullName }], { fix: true, ethnicities: own })), ["WSHE"]);
});

test("accounts and plans keep custom ethnicity codes", async () => {
  const accounts = await onroll.createAccounts(school());
  assert.equal(accounts.edit("Dan West", { ethnicity: "ZBAY" }).ethnicity, "ZBAY");
  assert.throws(() => accounts.edit("Dan West", { ethnicity: "ZZZZ" }), onroll.AccountError);
  const stored = onroll.Accounts.fromJSON(JSON.stringify(accounts));
  assert.deepEqual(listed(stored), ["WSHE", "ZBAY", "WEEU", "ZBAY"]);
  const plan = await onroll.plan(stored, school(["ZSEA", "ZBAY", "WEEU", "WSHE"]));
  const changed = Object.fromEntries([...plan].map(({ account, fields }) => [account.username, fields.ethnicity]));
  assert.deepEqual(changed, { "Ada Reid": ["WSHE", "ZSEA"], "Dan West": ["ZBAY", "WSHE"] });
  assert.deepEqual(listed(await onroll.Plan.fromJSON(plan.toJSON()).apply(stored)), ["ZSEA", "ZBAY", "WEEU", "WSHE"]);
  const row = { username: "Ada Reid", fullName: "Ada Reid", yearGroup: "Year 5", className: "5A", gender: "Female", ethnicity: "Shetland" };
  assert.deepEqual(listed(onroll.Accounts.fromRows([row], { ethnicities: own })), ["WSHE"]);
  assert.throws(() => onroll.Accounts.fromRows([row]), onroll.AccountError);
});

test("an error for an invalid custom ethnicity says what is wrong", async () => {
  for (const [ethnicities, message] of [
    [5, "ethnicities must be an iterable of objects, not number"],
    [["WSHE"], "ethnicities[0] must be an object, not string"],
    [[{ description: "Shetlander" }], "ethnicities[0].code must be a string, not undefined"],
    [[{ code: "WSHE", main_code: "WBRI" }], "has no option 'main_code'; it has code, description, mainCode, aliases"],
    [[{ code: "WBRI", aliases: "Brit" }], "ethnicities[0].aliases must be"],
    [[own[0], { code: "wshe" }], "ethnicities[1]: an ethnicity code must be four capital letters or digits"],
    [[{ code: "WSHE" }], "ethnicities[0]: a new ethnicity code must have a description"],
    [[{ code: "WBRI", description: "Other" }], "ethnicities[0]: the ethnicity code or its description is in use already"],
    [[{ code: "WSHE", description: "A", mainCode: "ZZZZ" }], "ethnicities[0]: the main code must be an existing code"],
    [[{ code: "WEEU", aliases: ["White - British"] }], "ethnicities[0]: the alias is a code, a description or an alias of another code already"],
  ]) {
    const isNamed = (error) => error instanceof TypeError && error.message.includes(message);
    assert.throws(() => onroll.checkCsvSync(file(), { ethnicities }), isNamed, message);
    await assert.rejects(onroll.readCsv(file(), { ethnicities }), isNamed, message);
    assert.throws(() => onroll.Accounts.fromRows([], { ethnicities }), isNamed, message);
    assert.throws(() => onroll.ethnicity("WSHE", ethnicities), isNamed, message);
  }
});
