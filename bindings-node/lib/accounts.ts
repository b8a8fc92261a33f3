// Creates, edits, resets and exports accounts.

import { inspect } from "node:util";
import * as native from "../native.js";
import { promised, sync } from "./errors.js";
import {
  type SyncSource,
  elements,
  rows as each,
  day,
  flag,
  flagOf,
  givenSync,
  invalid,
  options as known,
  place,
  quoted,
  signIn,
  text,
  texts,
  unmade,
  wordOf,
  wrong,
} from "./input.js";
import { camel, parsed, snake, stored } from "./shared/json.js";
import type { EthnicityEntry } from "./shared/reading.js";
import { type CardsOptions, type ClassListOptions, type LettersOptions, printing } from "./printing.js";
import type { FieldName } from "./report.js";
import { type Destination, destinationSync, write, writeSync } from "./output.js";
import { readFileSync } from "node:fs";
import { columns } from "./columns.js";
import { Roster } from "./roster/roster.js";
import type { Columns } from "./shared/students.js";
import { uncloneable } from "./uncloneable.js";
import { type Gender, Password, PasswordPolicy, type SignIn, ownEthnicities } from "./values.js";

/**
 * One account, as it was when you asked for it. It does not change later. `util.inspect` shows none of its data, and
 * JSON leaves out its password.
 */
export interface Account {
  /** Your own id for the account, such as its primary key. */
  readonly hostId: string | null;
  /** The student's id in the school's MIS or in Wonde. */
  readonly sourceId: string | null;
  /** The unique pupil number. */
  readonly upn: string | null;
  /** Wonde's id for the person. It stays the same when a student enrols again under another source id. */
  readonly upi: string | null;
  /** The student's full name. */
  readonly fullName: string;
  /** The username. With SSO, it is an email address. */
  readonly username: string;
  /** The year group as the school writes it, such as `Year 5`. */
  readonly yearGroup: string;
  /** The class, such as `5A`. */
  readonly className: string;
  /** The gender; `null` if it is unknown or you do not store it. */
  readonly gender: Gender | null;
  /** Whether the school gets pupil premium for the student. */
  readonly pupilPremium: boolean;
  /** The ethnicity code; `ethnicity(code)` returns its description. */
  readonly ethnicity: string;
  /** Whether the student has special educational needs or a disability. */
  readonly send: boolean;
  /** Whether English is an additional language for the student. */
  readonly eal: boolean;
  /** Whether the student is on roll. `maySignIn` also checks whether the account is blocked. */
  readonly active: boolean;
  /** Whether you or a teacher blocked the account. Plans never unblock it. */
  readonly blocked: boolean;
  /** Whether the account was made by hand and is not from the MIS. Plans never deactivate it. */
  readonly manual: boolean;
  /** The fields that you maintain yourself, so that plans do not change them. */
  readonly ownFields: readonly FieldName[];
  /**
   * The last day, as `YYYY-MM-DD`, on which a leaver may sign in. The first plan after that day deactivates the
   * account.
   */
  readonly activeUntil: string | null;
  /** Whether the student may sign in: the account is active and not blocked. */
  readonly maySignIn: boolean;
  /** Whether the account has a password, as text or as a hash that you store. */
  readonly hasPassword: boolean;
  /** The password, if the account has one and you store it as text; otherwise `null`. */
  readonly password: Password | null;
}

/** A text as databases store it. Whole numbers become their decimal text. */
type Text = string | number | bigint;
/** A flag as databases store it: `true`, 1 and `"Yes"`, or `false`, 0 and `"No"`. */
type Flag = boolean | string | number | bigint | null | undefined;

/**
 * One account as a row in your database. You may leave out fields that you do not store. An instance of your own class
 * works too, and may have more fields.
 */
export interface AccountRow {
  /** Your own id for the account, such as its primary key. Every change in a plan carries it. */
  readonly hostId?: Text | null | undefined;
  /** The student's id in the school's MIS or in Wonde. */
  readonly sourceId?: Text | null | undefined;
  /** The unique pupil number. */
  readonly upn?: Text | null | undefined;
  /** Wonde's id for the person. It stays the same when a student enrols again under another source id. */
  readonly upi?: Text | null | undefined;
  /** The student's full name. */
  readonly fullName: Text;
  /** The username. With SSO, it is an email address. */
  readonly username: Text;
  /**
   * The year group as the school writes it, such as `Year 5`. If no row has a year group, plans do not change year
   * groups.
   */
  readonly yearGroup?: Text | null | undefined;
  /** The class, such as `5A`. If no row has a class, plans do not change classes. */
  readonly className?: Text | null | undefined;
  /** The gender. If no row has a gender, plans do not change genders. */
  readonly gender?: string | null | undefined;
  /** Whether the school gets pupil premium for the student. */
  readonly pupilPremium?: Flag;
  /** The ethnicity code of the Department for Education. */
  readonly ethnicity?: string | null | undefined;
  /** Whether the student has special educational needs or a disability. */
  readonly send?: Flag;
  /** Whether English is an additional language for the student. */
  readonly eal?: Flag;
  /** Whether the student is on roll. The default is true. */
  readonly active?: Flag;
  /** Whether you or a teacher blocked the account. */
  readonly blocked?: Flag;
  /** Whether the account was made by hand. Plans never deactivate it. */
  readonly manual?: Flag;
  /**
   * The fields that you maintain yourself, so that plans do not change them: a list of names, or one text with commas
   * between them.
   */
  readonly ownFields?: Iterable<FieldName> | string | null | undefined;
  /** The last day, as `YYYY-MM-DD`, on which a leaver may sign in. */
  readonly activeUntil?: string | null | undefined;
  /** Whether you keep a hash of the account's password. If so, `fillPasswords` does not give the account a new one. */
  readonly hasPassword?: Flag;
  /** The password, if you store it as text and not as a hash. */
  readonly password?: string | Password | null | undefined;
}

/** Changes to an account. */
export interface Changes {
  /** The student's full name. */
  fullName?: Text;
  /** The username. With SSO, it is an email address. */
  username?: Text;
  /** The year group as the school writes it, such as `Year 5`. */
  yearGroup?: Text;
  /** The class, such as `5A`. */
  className?: Text;
  /** The gender. */
  gender?: string;
  /** Whether the school gets pupil premium for the student. */
  pupilPremium?: boolean | "Yes" | "No" | 0 | 1;
  /** The ethnicity code of the Department for Education. */
  ethnicity?: string;
  /** Whether the student has special educational needs or a disability. */
  send?: boolean | "Yes" | "No" | 0 | 1;
  /** Whether English is an additional language for the student. */
  eal?: boolean | "Yes" | "No" | 0 | 1;
  /** Whether the student is on roll. */
  active?: boolean | "Yes" | "No" | 0 | 1;
  /**
   * Whether the account is blocked. The student of a blocked account cannot sign in, and plans keep the account
   * blocked.
   */
  blocked?: boolean | "Yes" | "No" | 0 | 1;
  /** Whether the account was made by hand. Plans never deactivate it. */
  manual?: boolean | "Yes" | "No" | 0 | 1;
  /**
   * The fields that you maintain yourself, so that plans do not change them. An empty list lets plans change all fields
   * again.
   */
  ownFields?: Iterable<FieldName>;
  /** The last day, as `YYYY-MM-DD`, on which a leaver may sign in. `null` removes the day. */
  activeUntil?: string | null;
}

/** How new passwords are made. The default is `PasswordPolicy.characters(4)`. */
export interface PasswordOptions {
  /** How new passwords are made. The default is `PasswordPolicy.characters(4)`. */
  passwords?: PasswordPolicy;
}

/** Which class to reset, and how its new passwords are made. */
export interface ResetClassOptions extends PasswordOptions {
  /** Resets only the class in this year group. By default, classes with the name are reset in every year group. */
  yearGroup?: string;
}

/** The options for credentials. */
export interface CredentialsOptions {
  /** The accounts to include, in this order. The default is all active accounts. */
  usernames?: Iterable<string>;
  /** Whether to write an Excel workbook, in which every cell is text. The default is false. */
  workbook?: boolean;
}

/** The result of reading a credentials file. */
export interface CredentialsRead {
  /** The number of passwords that were set. */
  readonly set: number;
  /** The number of rows whose username is not in the accounts. */
  readonly unknown: number;
  /** The number of rows without a password. */
  readonly blank: number;
}

/** Accounts as JSON. The content is for `Accounts.fromJSON`, and later versions may add to it. */
export type AccountsJson = Readonly<Record<string, unknown>>;

interface Row {
  host_id?: string;
  source_id?: string;
  upn?: string;
  upi?: string;
  full_name: string;
  username: string;
  year_group: string;
  class_name: string;
  gender: Gender | "";
  pupil_premium: boolean;
  ethnicity: string;
  send: boolean;
  eal: boolean;
  active: boolean;
  blocked?: boolean;
  manual?: boolean;
  own_fields?: string[];
  active_until?: string;
  has_password?: boolean;
  password?: string;
}

const HIDDEN = { value: () => "Account <hidden>", enumerable: false };

/** @internal Returns the account for a row that Rust sent as JSON. */
export function account(json: string, password?: string): Account;
/** @internal Does the same, and adds the fields of `more`. */
export function account<M extends object>(json: string, password: string | undefined, more: M): Account & M;
export function account(json: string, password?: string, more?: object): Account {
  const row = JSON.parse(json) as Row;
  const shown = password ?? row.password;
  const made = {
    hostId: row.host_id ?? null,
    sourceId: row.source_id ?? null,
    upn: row.upn ?? null,
    upi: row.upi ?? null,
    fullName: row.full_name,
    username: row.username,
    yearGroup: row.year_group,
    className: row.class_name,
    gender: row.gender || null,
    pupilPremium: row.pupil_premium,
    ethnicity: row.ethnicity,
    send: row.send,
    eal: row.eal,
    active: row.active,
    blocked: row.blocked ?? false,
    manual: row.manual ?? false,
    ownFields: Object.freeze((row.own_fields ?? []).map((field) => camel(field) as FieldName)),
    activeUntil: row.active_until ?? null,
    maySignIn: row.active && !(row.blocked ?? false),
    hasPassword: shown !== undefined || (row.has_password ?? false),
    password: shown === undefined ? null : Password.of(shown),
    ...more,
  };
  return Object.freeze(Object.defineProperty(made, inspect.custom, HIDDEN));
}

const CELLS = ["fullName", "username", "yearGroup", "className", "gender", "pupilPremium", "ethnicity", "send", "eal"] as const;

function said(name: string, value: unknown): boolean {
  const found = flagOf(value);
  if (found === undefined) throw wrong(name, "a boolean, 'Yes' or 'No', 1 or 0", value);
  return found;
}

/** Returns the field names in the spelling that Rust uses. */
function ownFields(name: string, value: unknown): string[] {
  const fields = typeof value === "string" ? value.split(",").map((field) => field.trim()).filter(Boolean) : texts(name, value);
  for (const field of fields) {
    if (!CELLS.some((known) => known === field)) {
      throw invalid(`${name} must be names of fields (${CELLS.join(", ")}), not ${quoted(field)}`);
    }
  }
  return fields.map(snake);
}

/** Returns a row of the host's database in the form that Rust takes. */
function sent(row: AccountRow, name: string): Partial<Row> {
  const required = (field: "fullName" | "username") => {
    if (row[field] === undefined) throw wrong(`${name}.${field}`, "a string", undefined);
    return wordOf(`${name}.${field}`, row[field]);
  };
  const optional = (field: "hostId" | "sourceId" | "upn" | "upi" | "ethnicity") => wordOf(`${name}.${field}`, row[field]) || undefined;
  const flagged = (field: "pupilPremium" | "send" | "eal" | "active" | "blocked" | "manual" | "hasPassword", usual: boolean) =>
    row[field] == null ? usual : said(`${name}.${field}`, row[field]);
  const { password } = row;
  const shown = password instanceof Password ? password.expose() : password == null ? undefined : text(`${name}.password`, password);
  const [hostId, sourceId, upn, upi, ethnicity] = (["hostId", "sourceId", "upn", "upi", "ethnicity"] as const).map(optional);
  return {
    ...(hostId !== undefined && { host_id: hostId }),
    ...(sourceId !== undefined && { source_id: sourceId }),
    ...(upn !== undefined && { upn }),
    ...(upi !== undefined && { upi }),
    full_name: required("fullName"),
    username: required("username"),
    year_group: wordOf(`${name}.yearGroup`, row.yearGroup),
    class_name: wordOf(`${name}.className`, row.className),
    gender: wordOf(`${name}.gender`, row.gender) as Gender | "",
    pupil_premium: flagged("pupilPremium", false),
    // If the row has no ethnicity, the core sets the default.
    ...(ethnicity !== undefined && { ethnicity }),
    send: flagged("send", false),
    eal: flagged("eal", false),
    active: flagged("active", true),
    ...(flagged("blocked", false) && { blocked: true }),
    ...(flagged("manual", false) && { manual: true }),
    ...(flagged("hasPassword", false) && { has_password: true }),
    ...(row.ownFields != null && { own_fields: ownFields(`${name}.ownFields`, row.ownFields) }),
    ...(row.activeUntil != null && row.activeUntil !== "" && { active_until: day(`${name}.activeUntil`, row.activeUntil) }),
    ...(shown !== undefined && { password: shown }),
  };
}

function usernameOf(name: string, value: unknown): string {
  if (typeof value === "object" && value !== null && "username" in value) return text(`${name}.username`, value.username);
  return text(name, value);
}

function policy(name: string, options: PasswordOptions | undefined): string {
  return PasswordPolicy.json(known(name, options, ["passwords"]).passwords);
}

/** @internal Returns whether to include passwords in JSON. `JSON.stringify` passes a key instead of options. */
export function withPasswords(options: { passwords?: boolean } | string | undefined): boolean {
  if (typeof options === "string") return false;
  return flag("passwords", known("toJSON", options, ["passwords"]).passwords ?? false);
}

function chosen(name: string, options: CredentialsOptions | undefined): [string[] | undefined, boolean] {
  const { usernames, workbook = false } = known(name, options, ["usernames", "workbook"]);
  return [usernames === undefined ? undefined : texts("usernames", usernames), flag("workbook", workbook)];
}

/** Returns the usernames in an iterable of usernames and accounts. */
function named(value: unknown): string[] {
  return elements("usernames", value, "an iterable of usernames", (each, at) => usernameOf(at, each));
}

/**
 * The accounts of one school. Usernames are unique, and passwords may be unknown.
 *
 * From Node 22.10, `structuredClone` and `postMessage` refuse accounts. Earlier versions turn them into an empty
 * object. Send `accounts.toJSON()`, and read it with `Accounts.fromJSON`.
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
 * const gone = accounts.merge("Tom Lee", "Thomas Lee"); // move the child's work to the kept account, and delete this row
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
   * Creates accounts from your own rows. Throws AccountError with a report on every wrong row. `schoolId` can be any id
   * that you use for the school. If you pass it, plans from another school are refused, even a first import into empty
   * accounts. `lastPromotion` is the day on which the school last moved up by a year, as `accounts.lastPromotion`
   * returned it. `ethnicities` adds codes and words, as in `readCsv`.
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
   * Reads accounts from the JSON that `toJSON` returned, as a text or an object. Also reads the JSON of Rust and
   * Python.
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
   * Returns the accounts whose username has the same `usernameKey` as another account's. Older versions did not fold
   * apostrophes and hyphens, so two of their accounts can have the same key. Neither can sign in with a password until
   * you rename one.
   */
  get sharingAKey(): readonly Account[] {
    return this.#native.sharingAKey().map((row) => account(row));
  }

  /** Returns a fingerprint of these accounts, without passwords. It contains no personal data. */
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
    const at = place(index, this.length);
    const found = at === undefined ? null : this.#native.at(at);
    return found === null ? undefined : account(found);
  }

  *[Symbol.iterator](): IterableIterator<Account> {
    for (let place = 0; place < this.length; place += 1) {
      const found = this.at(place);
      if (found === undefined) return;
      yield found;
    }
  }

  /**
   * Changes an account, and returns it. The new values are checked as in an import. Throws AccountNotFound, or
   * AccountError with a report. If it throws, nothing is changed.
   */
  edit(username: string | Account, changes: Changes): Account {
    if (typeof changes !== "object" || changes === null) throw wrong("changes", "an object", changes);
    const asked = known("edit", changes, [...CELLS, "active", "blocked", "manual", "ownFields", "activeUntil"]);
    const cells = CELLS.map((field) => {
      const value = asked[field];
      if (value === undefined) return undefined;
      const isFlag = field === "pupilPremium" || field === "send" || field === "eal";
      // A string is refused by the report, which shows the fix.
      if (!isFlag || typeof value === "string") return wordOf(field, value);
      return said(field, value) ? "Yes" : "No";
    });
    const flags = (["active", "blocked", "manual"] as const).filter((name) => asked[name] !== undefined);
    const state = {
      ...Object.fromEntries(flags.map((name) => [name, said(name, asked[name])])),
      ...(asked.ownFields !== undefined && { own_fields: ownFields("ownFields", asked.ownFields) }),
      // A blank text removes the day.
      ...(asked.activeUntil !== undefined && {
        active_until: asked.activeUntil === null ? "" : day("activeUntil", asked.activeUntil),
      }),
    };
    return account(sync(() => this.#native.edit(usernameOf("username", username), cells, JSON.stringify(state))));
  }

  /** The day, as `YYYY-MM-DD`, of the last plan that moved the school up by a year; `null` if unknown. */
  get lastPromotion(): string | null {
    return this.#native.lastPromotion;
  }

  /**
   * Moves an account to the Accounts of another school. Use it for a student who moves between two of your schools. The
   * account keeps its username, password, `hostId` and UPN, and loses its source id. Throws AccountNotFound. Throws
   * AccountError if both Accounts are of the same school, or if their students sign in differently. It also throws
   * AccountError if an account of the other school has the username, the UPN or the `hostId`.
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
   * Gives new passwords to the active accounts in a class, and returns these accounts, so that you can print only their
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
   * Gives a password to every active account without one, and returns their number. An account with `hasPassword` keeps
   * its password.
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

  /**
   * Returns login cards as HTML, to print on A4 at 100%. Each class begins on a new sheet. If a password is unknown,
   * the card says so. Rejects with `ERR_SIGN_IN_URL` if `signInUrl` is not an https address with a host,
   * `ERR_SIGN_IN_URL_TOO_LONG` if its QR code would be too dense, `ERR_ACCOUNT_NOT_FOUND` or `ERR_CLASS_NOT_FOUND`.
   * Protect the bytes as you protect passwords.
   */
  async cards(options?: CardsOptions): Promise<Buffer> {
    const asked = printing("cards", "cards", options, named);
    return promised<Buffer>(async () => this.#native.print(asked));
  }

  /** Does the same as `cards`, synchronously. */
  cardsSync(options?: CardsOptions): Buffer {
    const asked = printing("cards", "cardsSync", options, named);
    return sync(() => this.#native.printSync(asked));
  }

  /**
   * Writes login cards, as `cards` makes them, to a file that only the owner can read (mode 600). If it rejects,
   * nothing is written.
   */
  async writeCards(dest: Destination, options?: CardsOptions): Promise<void> {
    const asked = printing("cards", "writeCards", options, named);
    await write(dest, () => promised<Uint8Array>(async () => this.#native.print(asked)));
  }

  /** Does the same as `writeCards`, synchronously. */
  writeCardsSync(dest: string | URL, options?: CardsOptions): void {
    const asked = printing("cards", "writeCardsSync", options, named);
    const to = destinationSync(dest);
    writeSync(to, sync(() => this.#native.printSync(asked)));
  }

  /**
   * Returns letters to parents as HTML, with one sheet for each student. Word processors can open them. Rejects with
   * `ERR_LETTER_PLACEHOLDER` if the wording has an unknown name in braces, and with the same errors as `cards`. Protect
   * the bytes as you protect passwords.
   */
  async letters(options?: LettersOptions): Promise<Buffer> {
    const asked = printing("letters", "letters", options, named);
    return promised<Buffer>(async () => this.#native.print(asked));
  }

  /** Does the same as `letters`, synchronously. */
  lettersSync(options?: LettersOptions): Buffer {
    const asked = printing("letters", "lettersSync", options, named);
    return sync(() => this.#native.printSync(asked));
  }

  /**
   * Writes letters, as `letters` makes them, to a file that only the owner can read (mode 600). If it rejects, nothing
   * is written.
   */
  async writeLetters(dest: Destination, options?: LettersOptions): Promise<void> {
    const asked = printing("letters", "writeLetters", options, named);
    await write(dest, () => promised<Uint8Array>(async () => this.#native.print(asked)));
  }

  /** Does the same as `writeLetters`, synchronously. */
  writeLettersSync(dest: string | URL, options?: LettersOptions): void {
    const asked = printing("letters", "writeLettersSync", options, named);
    const to = destinationSync(dest);
    writeSync(to, sync(() => this.#native.printSync(asked)));
  }

  /**
   * Returns a list for each class as HTML: names, usernames, a box to tick when the card is handed out, and room for
   * notes. Rejects with the same errors as `cards`. Protect the bytes as you protect passwords.
   */
  async classList(options?: ClassListOptions): Promise<Buffer> {
    const asked = printing("classList", "classList", options, named);
    return promised<Buffer>(async () => this.#native.print(asked));
  }

  /** Does the same as `classList`, synchronously. */
  classListSync(options?: ClassListOptions): Buffer {
    const asked = printing("classList", "classListSync", options, named);
    return sync(() => this.#native.printSync(asked));
  }

  /**
   * Writes class lists, as `classList` makes them, to a file that only the owner can read (mode 600). If it rejects,
   * nothing is written.
   */
  async writeClassList(dest: Destination, options?: ClassListOptions): Promise<void> {
    const asked = printing("classList", "writeClassList", options, named);
    await write(dest, () => promised<Uint8Array>(async () => this.#native.print(asked)));
  }

  /** Does the same as `writeClassList`, synchronously. */
  writeClassListSync(dest: string | URL, options?: ClassListOptions): void {
    const asked = printing("classList", "writeClassListSync", options, named);
    const to = destinationSync(dest);
    writeSync(to, sync(() => this.#native.printSync(asked)));
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

/**
 * Creates an active account with a new password for every student in a roster. Students from an MIS who sign in with
 * SSO get no password.
 *
 * @example
 * const accounts = await createAccounts(await readCsv("students.csv"), { passwords: PasswordPolicy.words(3) });
 * accounts.get("Zoë Ahmed").password.expose().split(" ").length; // => 3
 */
export async function createAccounts(roster: Roster, options?: PasswordOptions): Promise<Accounts> {
  const [students, made] = [Roster.native(roster), policy("createAccounts", options)];
  return Accounts.of(await promised<native.Accounts>(() => native.createAccounts(students, made) as Promise<unknown>));
}

/**
 * Does the same as `createAccounts`, synchronously.
 *
 * @example
 * createAccountsSync(readCsvSync("students.csv")).length; // => 240
 */
export function createAccountsSync(roster: Roster, options?: PasswordOptions): Accounts {
  const [students, made] = [Roster.native(roster), policy("createAccountsSync", options)];
  return Accounts.of(sync(() => native.createAccountsSync(students, made)));
}
