// Tests the states that a host or a teacher sets for accounts, and plans that are undone or applied in part.

import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import * as onroll from "onroll";
import { csv } from "./school.mjs";

const base = { yearGroup: "Year 4", className: "4A", gender: "Female", ethnicity: "WBRI" };
const row = (username, more) => ({ ...base, fullName: username, username, ...more });
const accounts = (...rows) => onroll.Accounts.fromRows(rows);
const roster = (...usernames) => onroll.readCsvSync(csv(...usernames.map((name) => `${name},${name},Year 4,4A,Female,No,WBRI,No,No`)));

test("rows, JSON and edits keep blocked, manual, ownFields and activeUntil", () => {
  const set = { blocked: 1, manual: "Yes", ownFields: new Set(["fullName", "className"]), activeUntil: "2026-08-20" };
  const own = accounts(row("Ada Reid", set), row("Kai Ito", { ownFields: "className, gender", activeUntil: "" }));
  const [ada, kai] = own;
  assert.deepEqual([ada.blocked, ada.manual, ada.ownFields, ada.activeUntil], [true, true, ["fullName", "className"], "2026-08-20"]);
  assert.deepEqual([kai.blocked, kai.manual, kai.ownFields, kai.activeUntil], [false, false, ["className", "gender"], null]);
  assert.deepEqual([ada.active, ada.maySignIn, kai.maySignIn], [true, false, true]);
  for (const read of [onroll.Accounts.fromJSON(own.toJSON()), onroll.Accounts.fromJSON(JSON.stringify(own)), onroll.Accounts.fromRows(own)]) {
    assert.deepEqual([...read], [...own]);
  }
  const edited = own.edit("Ada Reid", { blocked: false, ownFields: [], activeUntil: null });
  assert.deepEqual([edited.blocked, edited.manual, edited.ownFields, edited.activeUntil], [false, true, [], null]);
  assert.equal(own.edit(edited, { activeUntil: "2026-09-01" }).activeUntil, "2026-09-01");
});

test("an error for a wrong account state or day names the field", () => {
  const wrong = [
    [{ ownFields: ["shoeSize"] }, /^rows\[0\]\.ownFields must be names of fields \(fullName, .*\), not 'shoeSize'$/],
    [{ ownFields: 3 }, /^rows\[0\]\.ownFields must be an iterable of strings, not number$/],
    [{ activeUntil: "2026-02-30" }, /^rows\[0\]\.activeUntil must be a day such as '2026-08-20', not '2026-02-30'$/],
    [{ activeUntil: new Date(0) }, /^rows\[0\]\.activeUntil must be a day such as '2026-08-20', not Date$/],
    [{ blocked: "perhaps" }, /^rows\[0\]\.blocked must be a boolean, 'Yes' or 'No', 1 or 0, not string$/],
  ];
  for (const [more, message] of wrong) {
    assert.throws(() => accounts(row("Ada Reid", more)), (error) => error instanceof TypeError && message.test(error.message));
  }
  const options = [["today", 3], ["leavingUntil", "soon"], ["graceUntil", new Date(0)]];
  for (const [name, value] of options) {
    assert.throws(() => onroll.planSync(accounts(row("a")), roster("a"), { [name]: value }), new RegExp(`^TypeError.*: ${name} must be a day`));
  }
});

test("a plan with a grace period is refused without the option `today`", async () => {
  const own = accounts(row("Ada Reid"), row("Kai Ito"));
  const graceUntil = "2026-08-20";
  const needs = { name: "PlanError", code: "ERR_PLAN_NEEDS_TODAY" };
  assert.throws(() => onroll.planSync(own, roster("Kai Ito"), { graceUntil }), needs);
  const plan = await onroll.plan(own, roster("Kai Ito"), { graceUntil, today: "2026-07-01" });
  assert.deepEqual(plan.at(0).fields, { activeUntil: [null, graceUntil] });
  assert.deepEqual(plan.statements()[0].set, { activeUntil: graceUntil });
  assert.ok(onroll.Plan.fromJSON(plan.toJSON({ passwords: true })).equals(plan));
  const after = await plan.apply(own);
  assert.equal(onroll.planSync(after, roster("Kai Ito"), { today: "2026-08-20" }).inGrace, 1);
  assert.equal(onroll.planSync(after, roster("Kai Ito"), { today: "2026-08-21" }).summary(), "1 leave, 1 unchanged");
});

test("accounts store the date of the last year-group promotion", () => {
  const names = [..."ABCDEFGH"].map((letter) => `Pupil ${letter}x`);
  const own = accounts(...names.map((name) => row(name)));
  const up = onroll.readCsvSync(csv(...names.map((name) => `${name},${name},Year 5,5A,Female,No,WBRI,No,No`)));
  const after = onroll.planSync(own, up, { today: "2026-09-03" }).applySync(own);
  assert.deepEqual([own.lastPromotion, after.lastPromotion], [null, "2026-09-03"]);
  const { lastPromotion } = after;
  for (const known of [after, onroll.Accounts.fromRows(after, { lastPromotion }), onroll.Accounts.fromJSON(after.toJSON())]) {
    const planned = () => onroll.planSync(known, roster(names[0]), { leavingYears: ["Year 5"], today: "2026-10-05" });
    assert.throws(planned, (error) => {
      assert.deepEqual([error.guard, error.year, error.field], ["too-many-leavers", "Year 5", null]);
      return error.text.includes("import it as a partial roster") && error.message.includes("to add students only");
    });
  }
});

test("a plan can be reversed, and changes can be left out", async () => {
  const own = accounts(row("Ada Reid"), row("Kai Ito"));
  const plan = await onroll.plan(own, roster("Kai Ito", "Mia Hall"));
  const after = await plan.apply(own);
  const restored = await onroll.Plan.fromJSON(plan.toJSON({ passwords: true })).reverse(after);
  assert.deepEqual([[...restored], after.length], [[...own], 3]);
  await assert.rejects(plan.reverse(restored), { name: "PlanError", code: "ERR_PLAN_ALREADY_REVERSED", usernames: [] });
  assert.throws(() => plan.reverseSync(accounts(row("Ada Reid"))), { code: "ERR_PLAN_CHANGED_SINCE" });
  const part = plan.without({ kinds: ["leave"] });
  assert.deepEqual([part.summary(), part.leftOut.map((out) => ({ ...out }))], ["1 join, 1 left out, 2 unchanged", [{ kind: "leave", username: "Ada Reid" }]]);
  assert.ok(!inspect(part.leftOut, { showHidden: true }).includes("Ada"));
  assert.equal(plan.without({ usernames: ["MIA hall"] }).summary(), "1 leave, 1 left out, 1 unchanged");
  assert.throws(() => plan.without({ kinds: ["leaves"] }), /kinds must name kinds of changes \(join, .*\), not 'leaves'/);
  assert.throws(() => plan.without({ kind: "leave" }), /without has no option 'kind'/);
  assert.equal(plan.summaryInWords(), "1 new student, 1 leaver, 1 unchanged");
  assert.ok(plan.diff().startsWith(plan.summaryInWords()));
});

test("the error for leaving out a needed change names the affected usernames", () => {
  const own = accounts(row("Ada Reid", { username: "u1", sourceId: "A1" }), row("Kai Ito", { username: "u2", sourceId: "A2" }));
  const swapped = [row("Ada Reid", { username: "u2", sourceId: "A1" }), row("Kai Ito", { username: "u1", sourceId: "A2" })];
  const students = onroll.Roster.fromRows(swapped, { optionalColumns: true });
  const plan = onroll.planSync(own, students, { overrideGuards: ["usernames-changed"] });
  assert.throws(() => plan.without({ usernames: ["u1"] }), { code: "ERR_PLAN_PART_BREAKS", usernames: ["u2"] });
});

test("accounts can be transferred to another school and merged", () => {
  const upn = "X801200000001";
  const school = (schoolId, ...rows) => onroll.Accounts.fromRows(rows, { schoolId });
  const oak = school("oak", row("Ada Reid", { upn, sourceId: "A1", password: "ABCD" }), row("Kai Ito"));
  const elm = school("elm", row("Mia Hall"));
  oak.transfer("ada reid", elm);
  const moved = elm.get("Ada Reid");
  assert.deepEqual([oak.length, moved.upn, moved.sourceId, moved.password.expose()], [1, upn, null, "ABCD"]);
  const refused = (to, code) => assert.throws(() => oak.transfer("Kai Ito", to), { name: "AccountError", code });
  refused(oak, "ERR_ACCOUNT_SAME_SCHOOL");
  refused(onroll.Accounts.fromRows([], { signIn: "sso" }), "ERR_ACCOUNT_OTHER_SIGN_IN");
  assert.throws(() => oak.transfer("Kai Ito", {}), /to must be Accounts, not Object/);
  const gone = elm.merge("Ada Reid", elm.get("Mia Hall"));
  assert.deepEqual([gone.username, gone.password, elm.length], ["Mia Hall", null, 1]);
  assert.throws(() => elm.merge("Ada Reid", "Ada Reid"), { name: "AccountError", code: "ERR_ACCOUNT_SAME" });
});
