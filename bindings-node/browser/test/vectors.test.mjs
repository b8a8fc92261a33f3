// Runs every test vector of the core in the browser, including the vectors for workbooks.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { launch } from "./chromium.mjs";
import { serve } from "./server.mjs";

const folder = new URL("../../../core/tests/vectors/read/", import.meta.url);
const vectors = readdirSync(folder)
  .filter((name) => name.endsWith(".json"))
  .flatMap((name) => JSON.parse(readFileSync(new URL(name, folder), "utf8")));

const camel = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
function named(value) {
  if (Array.isArray(value)) return value.map(named);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [camel(name), named(each)]));
}

let browser;
let server;
let page;
before(async () => {
  [browser, server] = [await launch(), await serve()];
  page = await browser.newPage();
  await page.goto(`${server.origin}/browser/test/pages/page.html`);
  await page.waitForFunction(() => window.ready);
});
after(async () => {
  await browser?.close();
  await server?.end();
});

/** Returns the browser's result for a vector. This function runs in the page. */
async function run({ file, options, corrected }) {
  const bytes = new Uint8Array(await (await fetch(`/vectors/${file}`)).arrayBuffer());
  const { onroll } = window;
  const { accept: wanted, ...rest } = options;
  if (wanted) {
    const before = await onroll.checkCsv(bytes, rest);
    rest.accept = before.problems.filter((p) => wanted.some(([row, column]) => row === p.row && column === p.column)).map((p) => p.id);
  }
  const yesNo = (flag) => (flag ? "Yes" : "No");
  const cells = (s) => [s.fullName, s.username, s.yearGroup, s.className, s.gender, yesNo(s.pupilPremium), s.ethnicity, yesNo(s.send), yesNo(s.eal)];
  let report;
  let students = null;
  let code;
  try {
    const roster = await onroll.readCsv(bytes, rest);
    report = roster.report;
    students = [...roster].map(cells);
  } catch (error) {
    if (!(error instanceof onroll.RosterError)) throw error;
    ({ code, report } = error);
  }
  const { fix, ...checking } = rest;
  const fixed = corrected === undefined ? null : (await onroll.fixCsv(bytes, checking)).bytes;
  return {
    report: report.toJSON({ values: true }),
    checked: (await onroll.checkCsv(new Blob([bytes]), rest)).toJSON({ values: true }),
    students,
    code,
    // The text is blank if no corrected file was made.
    corrected: new TextDecoder("utf-8", { ignoreBOM: true }).decode(fixed ?? new Uint8Array()),
  };
}

for (const vector of vectors) {
  test(`read: ${vector.name}`, async () => {
    const made = await page.evaluate(run, { file: vector.file, options: named(vector.options ?? {}), corrected: vector.corrected });
    const { problems = [], fixed = [], blank_rows = 0 } = vector;
    const told = (problem, expected) => {
      const keys = ["code", "row", "line", "column", "value", "fix", "safe", ...["byte", "cell"].filter((key) => key in expected)];
      return Object.fromEntries(keys.map((key) => [key, problem[key]]));
    };
    assert.deepEqual(made.report.problems.map((p, i) => told(p, problems[i] ?? {})), problems);
    assert.deepEqual(made.report.fixed.map((p, i) => told(p, fixed[i] ?? {})), fixed);
    assert.deepEqual(made.students, vector.students);
    if (vector.students === null) assert.equal(made.code, "ERR_ROSTER_REJECTED");
    assert.equal(made.report.blankRows, blank_rows);
    assert.deepEqual(made.checked, made.report);
    if ("corrected" in vector) assert.equal(made.corrected, vector.corrected);
  });
}

const exported = JSON.parse(readFileSync(new URL("../detect/exports.json", folder), "utf8"));

/** Returns the browser's result for a school's own export. This function runs in the page. */
async function runExport({ file, options }) {
  const bytes = new Uint8Array(await (await fetch(`/detected/${file}`)).arrayBuffer());
  const { onroll } = window;
  const { signIn = "password", namesFrom } = options;
  const asked = { signIn, ...(namesFrom && { namesFrom }) };
  const detected = await onroll.detect(bytes, asked);
  const yesNo = (flag) => (flag ? "Yes" : "No");
  const cells = (s) => [s.fullName, s.username, s.yearGroup, s.className, s.gender, yesNo(s.pupilPremium), s.ethnicity, yesNo(s.send), yesNo(s.eal)];
  const made = { columns: detected.toJSON().mapping.columns, questions: detected.questions.map(({ kind, target }) => [kind, target]), students: null };
  try {
    const roster = await onroll.readCsv(bytes, { ...asked, fix: true, mapping: detected.mapping });
    const stored = onroll.Mapping.fromJSON(JSON.stringify(detected.mapping));
    const again = await onroll.detect(bytes, { ...asked, mapping: stored });
    Object.assign(made, { students: [...roster].map(cells), ids: [...roster].map(({ sourceId, upn }) => [sourceId, upn]), again: again.certain });
  } catch (error) {
    if (!(error instanceof onroll.RosterError)) throw error;
  }
  return made;
}

// The browser has no list of pupil premium.
for (const vector of exported.filter(({ options }) => !options?.pupil_premium)) {
  test(`detect: ${vector.name}`, async () => {
    const made = await page.evaluate(runExport, { file: vector.file, options: named(vector.options ?? {}) });
    assert.deepEqual(made.columns, vector.columns);
    assert.deepEqual(made.questions, vector.questions ?? []);
    assert.deepEqual(made.students, vector.students);
    if (made.students) assert.equal(made.again, true);
    if (vector.ids) assert.deepEqual(made.ids, vector.ids);
  });
}

test("there are test vectors for CSV files, exports and workbooks", () => {
  const workbooks = vectors.filter(({ file }) => file.startsWith("workbooks/"));
  assert.ok(vectors.length > 120 && exported.length >= 20 && workbooks.length > 20);
});
