// The class `Accounts`, with all its methods. Other files of this folder check most of their options.

import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import native = require("../../native.js");
import { columns } from "../columns.js";
import { promised, sync } from "../errors.js";
import { type SyncSource, rows as each, day, givenSync, options as known, indexIn, signIn, text, texts, unmade, wrong } from "../input.js";
import { type Destination, destinationSync, write, writeSync } from "../output.js";
import { parsed, stored } from "../shared/json.js";
import type { EthnicityEntry, SignIn } from "../shared/reading.js";
import type { Columns } from "../shared/students.js";
import { uncloneable } from "../uncloneable.js";
import { PasswordPolicy, ownEthnicities } from "../values.js";
import { type Account, account } from "./account.js";
import { type AccountRow, sent } from "./account-row.js";
import { type Changes, edited } from "./changes.js";
import { type CredentialsOptions, type CredentialsRead, chosen } from "./credentials.js";
import { type PasswordOptions, type ResetClassOptions, policy, withPasswords } from "./passwords.js";
import { type CardsOptions, type ClassListOptions, type LettersOptions, printing } from "./printing.js";
import { usernameOf } from "./usernames.js";

/** Accounts as JSON, which `Accounts.fromJSON` reads. Later versions of onroll may add fields. */
export type AccountsJson = Readonly<Record<string, unknown>>;

/**
 * The accounts of one school. Usernames are unique. The password of an account can be unknown.
 *
 * From Node 22.10, `structuredClone` and `postMessage` refuse accounts. Earlier versions of Node turn accounts into an
 * empty object. Send `accounts.toJSON()` instead, and read it with `Accounts.fromJSON`.
 *
 * @example
 * const accounts = await createAccounts((await readCsv("students.csv")).withSchoolId("oak"));
 * [accounts.length, accounts.signIn, accounts.schoolId, accounts.lastPromotion]; // => [240, "password", "oak", null]
 * [accounts.get("zoë ahmed").fullName, accounts.at(0).className, accounts.sharingAKey]; // => ["Zoë Ahmed", "Acorns", []]
 * accounts.edit("Zoë Ahmed", { className: "Oaks" }).className; // => "Oaks"
 * accounts.resetPassword("Zoë Ahmed");
 * accounts.resetPasswords(["Zoë Ahmed", "Seán Brown"]);
 * accounts.setPassword("Zoë Ahmed", "frog7");
 * accounts.resetClass("Oaks").length; // => 1
 * accounts.fillPasswords(); // => 0
 * await accounts.writeCredentials("credentials.csv"); // or accounts.writeCredentialsSync("credentials.csv")
 * accounts.readCredentials("credentials.csv").set; // => 240
 * const bytes = await accounts.credentials({ usernames: ["Zoë Ahmed"] }); // or accounts.credentialsSync()
 * Accounts.fromJSON(JSON.stringify(accounts.toJSON({ passwords: true }))).fingerprint() === accounts.fingerprint(); // => true
 * Accounts.fromRows(accounts.toJSON().accounts, { signIn: "password" }).length; // => 240
 * accounts.toColumns().className.at(1); // => "Acorns"
 * const elm = Accounts.fromRows([], { signIn: "password", schoolId: "elm" });
 * accounts.transfer("Zoë Ahmed", elm);
 * [accounts.length, elm.length]; // => [239, 1]
 *
 * @example Printing, as a file or as bytes.
 * const accounts = await createAccounts(await readCsv("students.csv"));
 * await accounts.writeCards("cards.html", { usernames: ["Zoë Ahmed"] }); // or accounts.writeCardsSync("cards.html")
 * await accounts.writeLetters("letters.html", { className: "Acorns" }); // or accounts.writeLettersSync("letters.html")
 * await accounts.writeClassList("class-list.html"); // or accounts.writeClassListSync("class-list.html")
 * const cards = await accounts.cards({ layout: "large" }); // or accounts.cardsSync()
 * const letters = await accounts.letters(); // or accounts.lettersSync()
 * const list = await accounts.classList(); // or accounts.classListSync()
 *
 * @example
 * const rows = ["Tom Lee", "Thomas Lee"].map((name) => ({ fullName: name, username: name }));
 * const accounts = Accounts.fromRows(rows, { signIn: "password" });
 * const gone = accounts.merge("Tom Lee", "Thomas Lee"); // now move the child's work, and delete the row of `gone`
 * [gone.username, accounts.length]; // => ["Thomas Lee", 1]
 */
export class Accounts implements Iterable<Account> {
  readonly #native: native.Accounts;

  private constructor(made: native.Accounts) {
    if (!(made instanceof native.Accounts)) throw unmade("Accounts", "createAccounts, Accounts.fromRows or Accounts.fromJSON");
    this.#native = made;
    uncloneable(this);
  }

  /** @internal */
  static of(made: native.Accounts): Accounts {
    return new Accounts(made);
  }

  /** @internal */
  static native(accounts: unknown): native.Accounts {
    if (!(accounts instanceof Accounts)) throw wrong("accounts", "Accounts", accounts);
    return accounts.#native;
  }

  /**
   * Creates accounts from your own rows. If rows are wrong, throws AccountError with a report on all of them.
   * `schoolId` can be any id that you use for the school. If you pass it, a plan with another school's roster is
   * refused, even if there are no accounts yet. `lastPromotion` is the value of `accounts.lastPromotion` that you
   * stored. `ethnicities` adds ethnicity codes and words, as in `readCsv`.
   */
  static fromRows(
    rows: Iterable<AccountRow>,
    options?: { signIn?: SignIn; schoolId?: string | null; lastPromotion?: string | null; ethnicities?: readonly EthnicityEntry[] },
  ): Accounts {
    const { signIn: how, schoolId, lastPromotion, ethnicities } = known("Accounts.fromRows", options, ["signIn", "schoolId", "lastPromotion", "ethnicities"]);
    const all = each(rows, sent);
    const given = how === undefined ? "password" : signIn(how);
    const school = schoolId == null ? undefined : text("schoolId", schoolId);
    const promotion = lastPromotion == null ? undefined : day("lastPromotion", lastPromotion);
    const own = ethnicities === undefined ? undefined : ownEthnicities(ethnicities);
    return Accounts.of(sync(() => native.accountsFromRows(JSON.stringify(all), given, school, promotion, own)));
  }

  /**
   * Reads accounts from the JSON that `toJSON` returned, as a text or an object. Also reads the JSON that onroll writes
   * in Rust and Python.
   */
  static fromJSON(json: string | AccountsJson): Accounts {
    return Accounts.of(sync(() => native.accountsFromJson(stored(json))));
  }

  /** The number of accounts, active or not. */
  get length(): number {
    return this.#native.length;
  }

  /** How students sign in. */
  get signIn(): SignIn {
    return this.#native.signIn as SignIn;
  }

  /** The id of the school that the accounts belong to, if known. */
  get schoolId(): string | null {
    return this.#native.schoolId;
  }

  /**
   * Returns the accounts whose username has the same `usernameKey` as another account's username. Accounts from older
   * versions of onroll can share a key, because those versions did not fold apostrophes and hyphens. Two accounts that
   * share a key cannot sign in with a password until you rename one of them.
   */
  get sharingAKey(): readonly Account[] {
    return this.#native.sharingAKey().map((row) => account(row));
  }

  /** Returns a fingerprint of these accounts. It does not depend on passwords, and contains no personal data. */
  fingerprint(): string {
    return this.#native.fingerprint();
  }

  /** Returns the account whose username has the same `usernameKey` as `username`; `undefined` if there is none. */
  get(username: string): Account | undefined {
    const found = this.#native.get(text("username", username));
    return found === null ? undefined : account(found);
  }

  /** Returns the account at an index; `undefined` if there is none. A negative index counts from the end. */
  at(index: number): Account | undefined {
    const at = indexIn(index, this.length);
    const found = at === undefined ? null : this.#native.at(at);
    return found === null ? undefined : account(found);
  }

  *[Symbol.iterator](): IterableIterator<Account> {
    for (let index = 0; index < this.length; index += 1) {
      const found = this.at(index);
      if (found === undefined) return;
      yield found;
    }
  }

  /**
   * Changes an account, and returns the changed account. The new values are checked as in an import. Throws
   * AccountNotFound, or AccountError with a report. If `edit` throws, the account stays unchanged.
   */
  edit(username: string | Account, changes: Changes): Account {
    const [cells, state] = edited(changes);
    return account(sync(() => this.#native.edit(usernameOf("username", username), cells, state)));
  }

  /** The day, as `YYYY-MM-DD`, of the last plan that moved the school up by a year; `null` if unknown. */
  get lastPromotion(): string | null {
    return this.#native.lastPromotion;
  }

  /**
   * Moves an account to the Accounts of another school. Use it for a student who moves between two of your schools. The
   * account keeps its username, password, `hostId` and UPN. It loses its source id, `activeUntil` and `ownFields`.
   * Throws AccountNotFound. Throws AccountError if both Accounts are of the same school, or if their students sign in differently. Also throws
   * AccountError if an account at the new school already has the same username, UPN or `hostId`.
   */
  transfer(username: string | Account, to: Accounts): void {
    if (!(to instanceof Accounts)) throw wrong("to", "Accounts", to);
    sync(() => this.#native.transfer(usernameOf("username", username), to.#native));
  }

  /**
   * Merges two accounts that belong to one child, and returns the removed account without its password. `keep` keeps
   * its username, password and `hostId`. Throws AccountNotFound. Throws AccountError if both are the same account, or
   * if the ids show that they belong to two students.
   */
  merge(keep: string | Account, gone: string | Account): Account {
    return account(sync(() => this.#native.merge(usernameOf("keep", keep), usernameOf("gone", gone))));
  }

  /** Gives an account a new password, and returns the account. Throws AccountNotFound. */
  resetPassword(username: string | Account, options?: PasswordOptions): Account {
    const made = policy("resetPassword", options);
    return account(sync(() => this.#native.resetPassword(usernameOf("username", username), made)));
  }

  /** Gives new passwords to all of these accounts, or to none of them if there is an error. Throws AccountNotFound. */
  resetPasswords(usernames: Iterable<string>, options?: PasswordOptions): void {
    const made = policy("resetPasswords", options);
    sync(() => this.#native.resetPasswords(texts("usernames", usernames), made));
  }

  /**
   * Gives new passwords to the active accounts in a class, and returns these accounts. You can then print only their
   * cards: `accounts.cards({ usernames: accounts.resetClass("5A") })`. With `yearGroup`, resets only the class in that
   * year group. Throws `ERR_CLASS_NOT_FOUND` if the class has no accounts.
   */
  resetClass(className: string, options?: ResetClassOptions): Account[] {
    const { yearGroup, passwords } = known("resetClass", options, ["yearGroup", "passwords"]);
    const year = yearGroup === undefined ? undefined : text("yearGroup", yearGroup);
    const rows = sync(() => this.#native.resetClass(text("className", className), year, PasswordPolicy.json(passwords)));
    return rows.map((row) => account(row));
  }

  /**
   * Sets a password that a teacher chose, and returns the account. Throws AccountNotFound, or PolicyError with a
   * `reason` if the password is too short or easy to guess for this student. The error's message is for the teacher.
   */
  setPassword(username: string | Account, chosen: string): Account {
    return account(sync(() => this.#native.setPassword(usernameOf("username", username), text("chosen", chosen))));
  }

  /**
   * Gives a password to every active account without one, and returns the number of new passwords. An account with
   * `hasPassword` keeps its password.
   */
  fillPasswords(options?: PasswordOptions): number {
    const made = policy("fillPasswords", options);
    return sync(() => this.#native.fillPasswords(made));
  }

  /**
   * Returns usernames and passwords as CSV for all active accounts, or for `usernames`. Excel opens the CSV directly,
   * and no value runs as a formula. With `workbook: true`, returns an Excel workbook. Rejects with AccountNotFound for
   * an unknown username. Protect the bytes as you protect passwords.
   */
  async credentials(options?: CredentialsOptions): Promise<Buffer> {
    const [usernames, workbook] = chosen("credentials", options);
    return promised<Buffer>(() => this.#native.credentials(usernames, workbook));
  }

  /** Does the same as `credentials`, synchronously. */
  credentialsSync(options?: CredentialsOptions): Buffer {
    const [usernames, workbook] = chosen("credentialsSync", options);
    return sync(() => this.#native.credentialsSync(usernames, workbook));
  }

  /**
   * Writes usernames and passwords as CSV for all active accounts, or for `usernames`. Only the owner can read the file
   * (mode 600). Excel opens the file directly, and no value runs as a formula. Rejects with AccountNotFound and writes
   * nothing if a username is unknown.
   */
  async writeCredentials(dest: Destination, options?: CredentialsOptions): Promise<void> {
    const [usernames, workbook] = chosen("writeCredentials", options);
    await write(dest, () => promised<Uint8Array>(() => this.#native.credentials(usernames, workbook)));
  }

  /** Does the same as `writeCredentials`, synchronously. */
  writeCredentialsSync(dest: string | URL, options?: CredentialsOptions): void {
    const [usernames, workbook] = chosen("writeCredentialsSync", options);
    const to = destinationSync(dest);
    writeSync(to, sync(() => this.#native.credentialsSync(usernames, workbook)));
  }

  /** Sets the passwords of accounts to those in a credentials file. Pass the file's path or its bytes. */
  readCredentials(source: SyncSource): CredentialsRead {
    const { path, bytes } = givenSync("source", source);
    const file = bytes ?? readFileSync(path!); // throws the same errors as `fs`
    const [set = 0, unknown = 0, blank = 0] = sync(() => this.#native.readCredentials(file));
    return { set, unknown, blank };
  }

  #print(asked: string): Promise<Buffer> {
    return promised<Buffer>(async () => this.#native.print(asked));
  }

  #printSync(asked: string): Buffer {
    return sync(() => this.#native.printSync(asked));
  }

  /**
   * Returns login cards as HTML, to print on A4 at 100%. Each class begins on a new sheet. If a password is unknown,
   * the card says so. Rejects with `ERR_SIGN_IN_URL` if `signInUrl` is not an https address with a host, or
   * `ERR_SIGN_IN_URL_TOO_LONG` if its QR code would be too dense. Also rejects with `ERR_ACCOUNT_NOT_FOUND` or
   * `ERR_CLASS_NOT_FOUND`. Protect the bytes as you protect passwords.
   */
  async cards(options?: CardsOptions): Promise<Buffer> {
    return this.#print(printing("cards", "cards", options));
  }

  /** Does the same as `cards`, synchronously. */
  cardsSync(options?: CardsOptions): Buffer {
    return this.#printSync(printing("cards", "cardsSync", options));
  }

  /**
   * Writes login cards, as `cards` makes them, to a file that only the owner can read (mode 600). If the promise
   * rejects, nothing is written.
   */
  async writeCards(dest: Destination, options?: CardsOptions): Promise<void> {
    const asked = printing("cards", "writeCards", options);
    await write(dest, () => this.#print(asked));
  }

  /** Does the same as `writeCards`, synchronously. */
  writeCardsSync(dest: string | URL, options?: CardsOptions): void {
    const asked = printing("cards", "writeCardsSync", options);
    const to = destinationSync(dest);
    writeSync(to, this.#printSync(asked));
  }

  /**
   * Returns letters to parents as HTML, with one sheet for each student. Word processors can open this HTML. Rejects
   * with `ERR_LETTER_PLACEHOLDER` if the wording has an unknown name in braces. Also rejects with the same errors as
   * `cards`. Protect the bytes as you protect passwords.
   */
  async letters(options?: LettersOptions): Promise<Buffer> {
    return this.#print(printing("letters", "letters", options));
  }

  /** Does the same as `letters`, synchronously. */
  lettersSync(options?: LettersOptions): Buffer {
    return this.#printSync(printing("letters", "lettersSync", options));
  }

  /**
   * Writes letters, as `letters` makes them, to a file that only the owner can read (mode 600). If the promise rejects,
   * nothing is written.
   */
  async writeLetters(dest: Destination, options?: LettersOptions): Promise<void> {
    const asked = printing("letters", "writeLetters", options);
    await write(dest, () => this.#print(asked));
  }

  /** Does the same as `writeLetters`, synchronously. */
  writeLettersSync(dest: string | URL, options?: LettersOptions): void {
    const asked = printing("letters", "writeLettersSync", options);
    const to = destinationSync(dest);
    writeSync(to, this.#printSync(asked));
  }

  /**
   * Returns a list for each class as HTML: names, usernames, a box to tick when the card is handed out, and room for
   * notes. Rejects with the same errors as `cards`. Protect the bytes as you protect passwords.
   */
  async classList(options?: ClassListOptions): Promise<Buffer> {
    return this.#print(printing("classList", "classList", options));
  }

  /** Does the same as `classList`, synchronously. */
  classListSync(options?: ClassListOptions): Buffer {
    return this.#printSync(printing("classList", "classListSync", options));
  }

  /**
   * Writes class lists, as `classList` makes them, to a file that only the owner can read (mode 600). If the promise
   * rejects, nothing is written.
   */
  async writeClassList(dest: Destination, options?: ClassListOptions): Promise<void> {
    const asked = printing("classList", "writeClassList", options);
    await write(dest, () => this.#print(asked));
  }

  /** Does the same as `writeClassList`, synchronously. */
  writeClassListSync(dest: string | URL, options?: ClassListOptions): void {
    const asked = printing("classList", "writeClassListSync", options);
    const to = destinationSync(dest);
    writeSync(to, this.#printSync(asked));
  }

  /**
   * Returns the accounts as a plain object. It contains passwords only with `{ passwords: true }`, so
   * `JSON.stringify(accounts)` leaves them out.
   */
  toJSON(options?: { passwords?: boolean } | string): AccountsJson {
    const passwords = withPasswords(options);
    return parsed<AccountsJson>(this.#native.json(passwords));
  }

  /** Returns all accounts as typed arrays and dictionaries, without passwords. */
  toColumns(): Columns {
    return columns(sync(() => this.#native.columns()));
  }

  [inspect.custom](): string {
    return `Accounts <${this.length} accounts, signIn: '${this.signIn}'>`;
  }
}
