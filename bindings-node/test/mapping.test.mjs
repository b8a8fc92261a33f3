// Detects every export in `core/tests/vectors/detect`, and tests mappings.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { inspect } from "node:util";
import * as onroll from "onroll";
import { Mapping, MappingError, PupilPremium, RosterError, checkCsv, detect, fixCsv, readCsv, readCsvSync } from "onroll";

const folder = new URL("../../core/tests/vectors/detect/", import.meta.url);
const cases = JSON.parse(readFileSync(new URL("exports.json", folder), "utf8"));
const fields = ["fullName", "username", "yearGroup", "className", "gender", "pupilPremium", "ethnicity", "send", "eal"];
const shown = (value) => (value === true ? "Yes" : value === false ? "No" : value);

for (const { name, file, options = {}, columns, questions = [], students, messages, groups } of cases) {
  test(name, async () => {
    const bytes = readFileSync(new URL(file, folder));
    const { sign_in: signIn = "password", names_from: namesFrom, pupil_premium: list } = options;
    const detected = await detect(bytes, { signIn, ...(namesFrom && { namesFrom }) });
    assert.deepEqual(detected.mapping.columns, columns);
    assert.deepEqual(
      detected.questions.map(({ kind, target }) => [kind, target]),
      questions,
    );
    assert.equal(detected.certain, questions.length === 0);
    const mapping = Mapping.fromJSON(JSON.stringify(detected.mapping));
    assert.deepEqual(mapping.toJSON(), detected.mapping.toJSON());
    const pupilPremium = list && (await PupilPremium.read(readFileSync(new URL(list, folder))));
    const reading = { mapping, signIn, ...(pupilPremium && { pupilPremium }) };
    const report = await checkCsv(bytes, { ...reading, fix: true });
    if (messages) {
      assert.deepEqual(
        report.problems.map(({ message }) => message),
        messages,
      );
    }
    if (groups) {
      assert.deepEqual(
        report.byValue.map(({ message }) => message),
        groups,
      );
    }
    if (students === null) {
      await assert.rejects(readCsv(bytes, { ...reading, fix: true }), RosterError);
      assert.equal(report.ok, false);
      return;
    }
    const roster = await readCsv(bytes, { ...reading, fix: true });
    assert.deepEqual(
      [...roster].map((student) => fields.map((field) => shown(student[field]))),
      students,
    );
    const fixed = await fixCsv(bytes, undefined, reading);
    assert.equal(readCsvSync(fixed.bytes, { optionalColumns: true, signIn }).length, students.length);
  });
}

test("readCsv reads a file with a mapping of its columns and values", () => {
  const mapping = new Mapping(
    { fullName: ["Forename", "Surname"], className: "Reg", yearGroup: "Year", gender: "Sex", username: { sameAs: "upn" }, upn: "UPN" },
    { values: { gender: { U: "Non-Binary" } } },
  );
  assert.deepEqual(mapping.columns.username, { sameAs: "upn" });
  assert.deepEqual([mapping.values, mapping.headings, mapping.sheet], [{ gender: { U: "Non-Binary" } }, [], null]);
  // The fingerprint of a mapping without headings. The browser package has this fingerprint as a constant.
  assert.equal(mapping.fingerprint, "2d06800538d394c2");
  assert.match(inspect(mapping), /^Mapping <fullName/);
  const roster = readCsvSync(Buffer.from("UPN,Sex,Year,Reg,Surname,Forename\nH801200001001,u,Year 5,5A,Okafor,Amara\n"), { mapping });
  assert.deepEqual([roster.at(0).username, roster.at(0).gender], ["H801200001001", "Non-Binary"]);
});

test("refuses an invalid mapping", () => {
  const code = (make) => {
    try {
      make();
    } catch (error) {
      assert.ok(error instanceof MappingError);
      return error.code;
    }
    return undefined;
  };
  assert.equal(code(() => new Mapping({ gender: "Sex" }, { values: { gender: { U: "Unknown" } } })), "ERR_MAPPING_VALUE");
  assert.equal(code(() => Mapping.fromJSON({ format: 99, columns: {} })), "ERR_MAPPING_VERSION");
  assert.equal(code(() => Mapping.fromJSON("{")), "ERR_MAPPING_NOT_JSON");
  assert.equal(code(() => new Mapping({ fullName: [] })), "ERR_MAPPING_NO_COLUMN");
  assert.throws(() => readCsvSync(Buffer.from(""), { mapping: {} }), TypeError);
});

test("detect recognises headings from a custom vocabulary", async () => {
  const csv = Buffer.from("Forename,Surname,Year,Stammgruppe,Sex\nAmara,Okafor,Year 5,5A,F\n");
  assert.equal((await detect(csv)).certain, false);
  const detected = await detect(csv, { vocabulary: { Stammgruppe: "className" } });
  assert.equal(detected.certain, true);
  assert.equal(detected.columns.find(({ target }) => target === "className").certainty, "safe");
  assert.ok(!inspect(detected).includes("Okafor") && detected.text().includes("Okafor"));
  await assert.rejects(detect(csv, { vocabulary: { A: "shoeSize" } }), TypeError);
});

test("takes pupil premium from a separate list matched by UPN", async () => {
  const dfe = Buffer.from("UPN,Surname,Forename,Sex,DOB,NCYear,Deprivation Pupil Premium\nH801200001001,Okafor,Zoe,F,01/02/2016,5,1\n");
  const source = Buffer.from("Forename,Surname,Year,Reg,Sex,UPN\nZoe,Okafor,5,5A,F,H801200001001\nNoah,Khan,5,5A,M,X801200001002\n");
  const pupilPremium = await onroll.PupilPremium.read(new Blob([dfe]));
  assert.equal(pupilPremium.length, 1);
  assert.equal(inspect(pupilPremium), "PupilPremium <1 pupils>");
  assert.equal(JSON.stringify(pupilPremium), '{"H801200001001":true}');
  assert.deepEqual(onroll.PupilPremium.fromJSON(JSON.stringify(pupilPremium)).toJSON(), onroll.PupilPremium.readSync(dfe).toJSON());
  const { mapping } = await onroll.detect(source);
  const roster = await onroll.readCsv(source, { mapping, pupilPremium, fix: true });
  assert.deepEqual([...roster].map((student) => student.pupilPremium), [true, false]);
  // A pupil who is not in the list keeps the file's value. This file has no value, and a warning says so.
  assert.deepEqual(roster.report.warnings.map(({ code, row }) => [code, row]), [["not-recorded", 3]]);
  await assert.rejects(onroll.readCsv(source, { pupilPremium }), { name: "TypeError", message: /^pupilPremium needs a mapping/ });
  await assert.rejects(onroll.readCsv(source, { mapping, pupilPremium: {} }), { name: "TypeError", message: /^pupilPremium must be a PupilPremium/ });
  await assert.rejects(onroll.PupilPremium.read(Buffer.from("Forename,Surname\nAnn,Lee\n")), onroll.RosterError);
  await assert.rejects(onroll.PupilPremium.read("/nowhere/at-all.csv"), { code: "ENOENT" });
  assert.throws(() => onroll.PupilPremium.fromJSON('{"TBC": true}'), TypeError);
  assert.throws(() => new onroll.PupilPremium(), TypeError);
});

test("the result of detect is restored from its JSON", async () => {
  const detected = await onroll.detect(Buffer.from("Forename,Surname,Reg,Year,Gender,FSM\nZoe,Okafor,5A,5,F,N\nNoah,Khan,5A,5,M,Y\n"));
  const again = onroll.Detected.fromJSON(JSON.stringify(detected));
  assert.deepEqual(again.toJSON(), detected.toJSON());
  assert.equal(again.text(), detected.text());
  for (const wrong of ["{}", "[", '{"format":9}']) assert.throws(() => onroll.Detected.fromJSON(wrong), onroll.MappingError);
  assert.throws(() => onroll.Detected.fromJSON(5), TypeError);
});
