// Tests reading and writing workbooks.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import * as onroll from "onroll";
import { csv } from "./school.mjs";

const folder = new URL("../../core/tests/vectors/read/workbooks/", import.meta.url);
const TABLE = fileURLToPath(new URL("table.xlsx", folder));
const WRONG = csv("Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,Martian,No,No");

test("each problem in a workbook names its cell, for every kind of source", async () => {
  for (const source of [TABLE, readFileSync(TABLE), new Blob([readFileSync(TABLE)])]) {
    const report = await onroll.checkCsv(source);
    assert.equal(report.sheet, "Students");
    assert.deepEqual(report.problems.map((problem) => [problem.cell, problem.line]), [["H3", null], ["E4", null]]);
  }
  const roster = onroll.readCsvSync(TABLE, { fix: true });
  assert.deepEqual([...roster].map((student) => student.username), ["Zoë Okafor", "Noah Khan", "Ada Lee"]);
  assert.equal(onroll.checkCsvSync(WRONG).problems[0].cell, null);
});

test("refuses a workbook with two sheets of students until a sheet is chosen", async () => {
  const two = fileURLToPath(new URL("two-sheets.xlsx", folder));
  await assert.rejects(onroll.readCsv(two), (error) => {
    assert.deepEqual(error.report.counts, { "sheet-choice": 1 });
    assert.ok(error.report.text().includes("'Year 5', 'Year 6'") && !String(error.report).includes("Year 6"));
    return true;
  });
  assert.equal((await onroll.readCsv(two, { sheet: "Year 6" })).report.sheet, "Year 6");
  await assert.rejects(onroll.readCsv(two, { sheet: 6 }), { name: "TypeError", message: "sheet must be a string, not number" });
});

test("detect asks which sheet to read, and accepts the answer", async () => {
  const two = fileURLToPath(new URL("two-sheets.xlsx", folder));
  const asked = await onroll.detect(two);
  assert.equal(asked.certain, false);
  assert.deepEqual(asked.questions.map(({ kind, choices }) => [kind, choices]), [["which-sheet", ["Year 5", "Year 6"]]]);
  const detected = await onroll.detect(two, { sheet: "Year 6" });
  assert.deepEqual([detected.certain, detected.mapping.sheet], [true, "Year 6"]);
  assert.equal((await onroll.readCsv(two, { mapping: detected.mapping })).report.sheet, "Year 6");
});

test("the template workbook is valid and has no students", () => {
  const template = onroll.templateWorkbook();
  assert.deepEqual(onroll.checkCsvSync(template).counts, { "no-students": 1 });
});

test("a report writes a marked workbook only for its source file", async () => {
  const temporary = mkdtempSync(join(tmpdir(), "onroll-"));
  try {
    const [source, marked] = [join(temporary, "students.csv"), join(temporary, "marked.xlsx")];
    writeFileSync(source, WRONG);
    const error = await onroll.readCsv(source).then(assert.fail, (error) => error);
    await error.report.writeWorkbook(marked, { source });
    const again = onroll.checkCsvSync(marked, { sheet: "Students" });
    assert.deepEqual(again.problems.map((problem) => problem.cell), ["G2"]);
    const { report, bytes } = await onroll.markCsv(WRONG);
    assert.equal(report.fixedCount, 1);
    assert.deepEqual(bytes, readFileSync(marked));
    assert.deepEqual(onroll.markCsvSync(WRONG).bytes, bytes);
    const other = csv("Ada Lee,Ada Lee,Year 5,5A,X,No,WBRI,No,No");
    await assert.rejects(error.report.writeWorkbook(marked, { source: other }), { code: "ERR_INVALID_ARG_VALUE" });
  } finally {
    rmSync(temporary, { recursive: true });
  }
});

test("writes and reads credentials as a workbook", async () => {
  const accounts = await onroll.createAccounts(onroll.readCsvSync(TABLE, { fix: true }));
  const bytes = await accounts.credentials({ workbook: true });
  assert.deepEqual(bytes, accounts.credentialsSync({ workbook: true }));
  const others = await onroll.createAccounts(onroll.readCsvSync(TABLE, { fix: true }));
  assert.equal(others.readCredentials(bytes).set, 3);
  await assert.rejects(accounts.credentials({ workbook: true, usernames: ["nobody"] }), { code: "ERR_ACCOUNT_NOT_FOUND" });
});
