// Tests cards, letters and class lists: the options and the errors.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import onroll from "../dist/index.js";

const { Accounts, PasswordPolicy } = onroll;

const row = (fullName, className, more = {}) => ({ fullName, username: fullName, yearGroup: "Year 5", className, gender: "Female", password: "CX57", ...more });
const school = () => Accounts.fromRows([row("Zoë Lee", "5A"), row("Kai Ito", "5A"), row("Noah Khan", "5B", { password: null })]);
const count = (page, what) => page.toString().split(what).length - 1;

test("prints cards, letters and class lists for some accounts or one class", async () => {
  const accounts = school();
  const date = new Date(2026, 8, 7);
  const page = await accounts.cards({ layout: "large", letters: "both", className: "5a", date, wording: { secret: "Psst!" }, signInUrl: "https://oak.example/go" });
  assert.deepEqual(["<article>", "Psst!", "7 Sep 2026", "<span>cx57</span>"].map((what) => count(page, what)), [2, 2, 2, 2]);
  assert.deepEqual(page, accounts.cardsSync({ layout: "large", letters: "both", className: "5a", date, wording: { secret: "Psst!" }, signInUrl: "https://oak.example/go" }));
  assert.equal(count(accounts.cardsSync({ usernames: [accounts.get("Kai Ito"), "zoë lee"] }), "<article>"), 2);
  assert.match(accounts.cardsSync({ className: "5B" }).toString(), /Ask your teacher/);
  const letters = await accounts.letters({ usernames: ["Zoë Lee"], wording: { letter: "{name}: {password}" } });
  assert.match(letters.toString(), /<p>Zoë Lee: <b>CX57<\/b><\/p>/);
  assert.deepEqual([false, true].map((passwords) => count(accounts.classListSync({ passwords, className: "5A" }), "CX57")), [0, 2]);
});

test("resets the passwords of a class and prints only the cards of the class", () => {
  const accounts = school();
  const reset = accounts.resetClass("5a", { passwords: PasswordPolicy.pin(5) });
  assert.deepEqual(reset.map(({ username, password }) => [username, password.expose().length]), [["Zoë Lee", 5], ["Kai Ito", 5]]);
  assert.equal(count(accounts.cardsSync({ usernames: reset }), "<article>"), 2);
  assert.throws(() => accounts.resetClass("5A", { yearGroup: "Year 6" }), { code: "ERR_CLASS_NOT_FOUND" });
});

test("refuses invalid printing options and writes nothing", async () => {
  const accounts = school();
  const directory = mkdtempSync(join(tmpdir(), "onroll-"));
  const to = join(directory, "page.html");
  for (const [options, expected] of [
    [{ layout: "a4-34" }, { message: "layout must be 'a4-33', 'L7160', 'L7163' or 'large', not 'a4-34'" }],
    [{ className: "9Z" }, { code: "ERR_CLASS_NOT_FOUND" }],
    [{ usernames: ["Nobody"] }, { code: "ERR_ACCOUNT_NOT_FOUND" }],
    [{ signInUrl: `https://oak.example/${"x".repeat(300)}` }, { code: "ERR_SIGN_IN_URL_TOO_LONG" }],
    [{ wording: { secrt: "x" } }, { name: "TypeError" }],
    [{ date: "2026-09-07" }, { name: "TypeError" }],
    [{ date: new Date(NaN) }, { name: "TypeError" }],
  ]) {
    await assert.rejects(accounts.writeCards(to, options), expected, JSON.stringify(options));
    assert.throws(() => accounts.writeCardsSync(to, options), expected, JSON.stringify(options));
  }
  await assert.rejects(accounts.writeLetters(to, { wording: { letter: "Dear {parent}" } }), { code: "ERR_LETTER_PLACEHOLDER" });
  assert.throws(() => accounts.writeClassListSync(to, { className: "9Z" }), { code: "ERR_CLASS_NOT_FOUND" });
  assert.deepEqual(readdirSync(directory), []);
  await accounts.writeLetters(to, { className: "5B" });
  await accounts.writeClassList(join(directory, "list.html"));
  accounts.writeLettersSync(join(directory, "letters.html"));
  assert.match(readFileSync(to, "utf8"), /Noah Khan now has an account/);
  rmSync(directory, { recursive: true });
});

test("refuses an unsafe chosen password and gives the reason", () => {
  const accounts = school();
  for (const [chosen, reason] of Object.entries({ zoe2026: "name", pass1: "common", aaa7: "repeated", frog: "one-kind", sh1t7: "offensive" })) {
    assert.throws(
      () => accounts.setPassword("Zoë Lee", chosen),
      (error) => error instanceof onroll.PolicyError && error.code === "ERR_PASSWORD_NOT_ALLOWED" && error.reason === reason,
    );
  }
  assert.equal(accounts.setPassword("Zoë Lee", "frog7").password.expose(), "frog7");
});
