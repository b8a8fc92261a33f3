// Accounts: create, edit, reset, export.

import { inspect } from "node:util";
import * as native from "../native.js";
import { promised, sync } from "./errors.js";
import {
  type SyncSource,
  rows as each,
  flag,
  flagOf,
  givenSync,
  options as known,
  place,
  signIn,
  text,
  texts,
  unmade,
  wordOf,
  wrong,
} from "./input.js";
import { parsed, stored } from "./json.js";
import { type Destination, destinationSync, write, writeSync } from "./output.js";
import { readFileSync } from "node:fs";
import { type Columns, Roster, columns } from "./roster.js";
import { uncloneable } from "./uncloneable.js";
import { type Gender, Password, PasswordPolicy, type SignIn } from "./values.js";

/** One account, as it was when it was asked for. `util.inspect` shows nothing of it, and no JSON its password. */
export interface Account {
  /** The id that you gave the account, such as the primary key of its row. */
  readonly hostId: string | null;
  /** The id that the school's MIS, or Wonde, gives the student. */
  readonly sourceId: string | null;
  /** The unique pupil number. */
  readonly upn: string | null;
  /** The student's full name. */
  readonly fullName: string;
  /** The name to sign in with; with SSO, an email address. */
  readonly username: string;
  /** The year group as the school writes it, such as `Year 5`. */
  readonly yearGroup: string;
  /** The class, such as `5A`. */
  readonly className: string;
  /** The gender; `null` where it is not known, or the host keeps none. */
  readonly gender: Gender | null;
  /** Whether the school gets pupil premium for the student. */
  readonly pupilPremium: boolean;
  /** The code; `ethnicity(code)` knows what it stands for. */
  readonly ethnicity: string;
  /** Whether the student has special educational needs or a disability. */
  readonly send: boolean;
  /** Whether English is an additional language. */
  readonly eal: boolean;
  /** Whether the student may sign in; leavers may not. */
  readonly active: boolean;
  /** Where there is one and the host keeps it. */
  readonly password: Password | null;
}

/** A text as a database keeps one: whole numbers are their decimal text. */
type Text = string | number | bigint;
/** A flag as a database keeps one: `true`, 1 and `"Yes"`, or `false`, 0 and `"No"`. */
type Flag = boolean | string | number | bigint | null | undefined;

/**
 * One account as a row of the host's database. What the host does not keep may be left out. An object of a class fits, too, and may have
 * more fields.
 */
export interface AccountRow {
  /** The id that you give the account, such as the primary key of its row. Every change of a plan carries it. */
  readonly hostId?: Text | null | undefined;
  /** The id that the school's MIS, or Wonde, gives the student. */
  readonly sourceId?: Text | null | undefined;
  /** The unique pupil number. */
  readonly upn?: Text | null | undefined;
  /** The student's full name. */
  readonly fullName: Text;
  /** The name to sign in with; with SSO, an email address. */
  readonly username: Text;
  /** The year group as the school writes it, such as `Year 5`. If no row has one, plans leave it as it is. */
  readonly yearGroup?: Text | null | undefined;
  /** The class, such as `5A`. If no row has one, plans leave it as it is. */
  readonly className?: Text | null | undefined;
  /** The gender. If no row has one, plans leave it as it is. */
  readonly gender?: string | null | undefined;
  /** Whether the school gets pupil premium for the student. */
  readonly pupilPremium?: Flag;
  /** The ethnicity code of the Department for Education. */
  readonly ethnicity?: string | null | undefined;
  /** Whether the student has special educational needs or a disability. */
  readonly send?: Flag;
  /** Whether English is an additional language. */
  readonly eal?: Flag;
  /** Whether the student may sign in; true by default. */
  readonly active?: Flag;
  /** The password, where the host keeps one; a hash is none. */
  readonly password?: string | Password | null | undefined;
}

/** What is to be changed of an account. */
export interface Changes {
  /** The student's full name. */
  fullName?: Text;
  /** The name to sign in with; with SSO, an email address. */
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
  /** Whether English is an additional language. */
  eal?: boolean | "Yes" | "No" | 0 | 1;
  /** Whether the student may sign in. */
  active?: boolean | "Yes" | "No" | 0 | 1;
}

/** How new passwords are made; `PasswordPolicy.characters(4)` by default. */
export interface PasswordOptions {
  /** How new passwords are made; `PasswordPolicy.characters(4)` by default. */
  passwords?: PasswordPolicy;
}

/** Which accounts a credentials file lists. */
export interface CredentialsOptions {
  /** Only these, in their order; all active accounts by default. */
  usernames?: Iterable<string>;
}

/** What is on login cards. */
export interface CardsOptions {
  /** The https address of the sign-in page, printed with a QR code. */
  signInUrl?: string;
}

/** What a credentials file said. */
export interface CredentialsRead {
  /** How many passwords were set. */
  readonly set: number;
  /** How many usernames there is no account of. */
  readonly unknown: number;
  /** How many rows have no password. */
  readonly blank: number;
}

/** Accounts as JSON. What is in it is for `Accounts.fromJSON`, and may grow. */
export type AccountsJson = Readonly<Record<string, unknown>>;

interface Row {
  host_id?: string;
  source_id?: string;
  upn?: string;
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
  password?: string;
}

const HIDDEN = { value: () => "Account <hidden>", enumerable: false };

/** @internal The account of a row that crossed as JSON. */
export function account(json: string, password?: string): Account;
/** @internal The same with more. */
export function account<M extends object>(json: string, password: string | undefined, more: M): Account & M;
export function account(json: string, password?: string, more?: object): Account {
  const row = JSON.parse(json) as Row;
  const shown = password ?? row.password;
  const made = {
    hostId: row.host_id ?? null,
    sourceId: row.source_id ?? null,
    upn: row.upn ?? null,
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

/** A row of the host's as Rust takes one. */
function sent(row: AccountRow, name: string): Partial<Row> {
  const required = (field: "fullName" | "username") => {
    if (row[field] === undefined) throw wrong(`${name}.${field}`, "a string", undefined);
    return wordOf(`${name}.${field}`, row[field]);
  };
  const optional = (field: "hostId" | "sourceId" | "upn" | "ethnicity") => wordOf(`${name}.${field}`, row[field]) || undefined;
  const flagged = (field: "pupilPremium" | "send" | "eal" | "active", usual: boolean) =>
    row[field] == null ? usual : said(`${name}.${field}`, row[field]);
  const { password } = row;
  const shown = password instanceof Password ? password.expose() : password == null ? undefined : text(`${name}.password`, password);
  const [hostId, sourceId, upn, ethnicity] = [optional("hostId"), optional("sourceId"), optional("upn"), optional("ethnicity")];
  return {
    ...(hostId !== undefined && { host_id: hostId }),
    ...(sourceId !== undefined && { source_id: sourceId }),
    ...(upn !== undefined && { upn }),
    full_name: required("fullName"),
    username: required("username"),
    year_group: wordOf(`${name}.yearGroup`, row.yearGroup),
    class_name: wordOf(`${name}.className`, row.className),
    gender: wordOf(`${name}.gender`, row.gender) as Gender | "",
    pupil_premium: flagged("pupilPremium", false),
    // Where it is not said, the core knows what is usual.
    ...(ethnicity !== undefined && { ethnicity }),
    send: flagged("send", false),
    eal: flagged("eal", false),
    active: flagged("active", true),
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

/** @internal Whether JSON is asked for with passwords. `JSON.stringify` gives the key in the place of options. */
export function withPasswords(options: { passwords?: boolean } | string | undefined): boolean {
  if (typeof options === "string") return false;
  return flag("passwords", known("toJSON", options, ["passwords"]).passwords ?? false);
}

function chosen(name: string, options: CredentialsOptions | undefined): string[] | undefined {
  const only = known(name, options, ["usernames"]).usernames;
  return only === undefined ? undefined : texts("usernames", only);
}

function signInUrl(name: string, options: CardsOptions | undefined): string | undefined {
  const url = known(name, options, ["signInUrl"]).signInUrl;
  return url === undefined ? undefined : text("signInUrl", url);
}

/**
 * The accounts of one school, as the host keeps them: usernames unique, passwords known or not.
 *
 * `structuredClone` and `postMessage` refuse it from Node 22.10 on, and make an empty object of it before: send `accounts.toJSON()`, and
 * read it with `Accounts.fromJSON`.
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
   * Accounts from the host's rows. Throws AccountError with the report of every row that cannot be one. `schoolId` names the school,
   * by any id that you use for it: plans of another school are then refused, also the first import into accounts that are still empty.
   */
  static fromRows(rows: Iterable<AccountRow>, options?: { signIn?: SignIn; schoolId?: string | null }): Accounts {
    const { signIn: how, schoolId } = known("Accounts.fromRows", options, ["signIn", "schoolId"]);
    const all = each(rows, sent);
    const given = how === undefined ? "password" : signIn(how);
    const school = schoolId == null ? undefined : text("schoolId", schoolId);
    return Accounts.of(sync(() => native.accountsFromRows(JSON.stringify(all), given, school)));
  }

  /** Accounts from what `toJSON` gave, as a text or parsed; also from the JSON that Rust and Python write. */
  static fromJSON(json: string | AccountsJson): Accounts {
    return Accounts.of(sync(() => native.accountsFromJson(stored(json))));
  }

  /** How many accounts there are, inactive ones too. */
  get length(): number {
    return this.#native.length;
  }

  /** How students sign in. */
  get signIn(): SignIn {
    return this.#native.signIn as SignIn;
  }

  /** The id of the school whose accounts these are, if it is known. */
  get schoolId(): string | null {
    return this.#native.schoolId;
  }

  /**
   * The accounts whose username has the same `usernameKey` as another account's, as two can that were made before apostrophes and
   * hyphens were folded. Neither can sign in by password until one is renamed.
   */
  get sharingAKey(): readonly Account[] {
    return this.#native.sharingAKey().map((row) => account(row));
  }

  /** What tells these accounts from any others, passwords aside. No personal data is in it. */
  fingerprint(): string {
    return this.#native.fingerprint();
  }

  /** The account of a username, compared by its `usernameKey`. */
  get(username: string): Account | undefined {
    const found = this.#native.get(text("username", username));
    return found === null ? undefined : account(found);
  }

  /** The account at a place, from the end if it is negative; `undefined` outside. */
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
   * Changes an account by the checks of an import, and gives it as it is then. Throws AccountNotFound, or
   * AccountError with the report, and then nothing is changed.
   */
  edit(username: string | Account, changes: Changes): Account {
    if (typeof changes !== "object" || changes === null) throw wrong("changes", "an object", changes);
    const asked = known("edit", changes, [...CELLS, "active"]);
    const cells = CELLS.map((field) => {
      const value = asked[field];
      if (value === undefined) return undefined;
      const isFlag = field === "pupilPremium" || field === "send" || field === "eal";
      // A string is refused by the report, which shows the fix.
      if (!isFlag || typeof value === "string") return wordOf(field, value);
      return said(field, value) ? "Yes" : "No";
    });
    const active = asked.active === undefined ? undefined : said("active", asked.active);
    return account(sync(() => this.#native.edit(usernameOf("username", username), cells, active)));
  }

  /** Gives an account a new password, and gives the account. Throws AccountNotFound. */
  resetPassword(username: string | Account, options?: PasswordOptions): Account {
    const made = policy("resetPassword", options);
    return account(sync(() => this.#native.resetPassword(usernameOf("username", username), made)));
  }

  /** Gives all these accounts new passwords, or none of them. Throws AccountNotFound. */
  resetPasswords(usernames: Iterable<string>, options?: PasswordOptions): void {
    const made = policy("resetPasswords", options);
    sync(() => this.#native.resetPasswords(texts("usernames", usernames), made));
  }

  /** Sets a password that was chosen. Throws AccountNotFound, or PolicyError if it is not one to be typed. */
  setPassword(username: string | Account, chosen: string): Account {
    return account(sync(() => this.#native.setPassword(usernameOf("username", username), text("chosen", chosen))));
  }

  /** Gives a password to every active account that has none; how many. */
  fillPasswords(options?: PasswordOptions): number {
    const made = policy("fillPasswords", options);
    return sync(() => this.#native.fillPasswords(made));
  }

  /**
   * Returns usernames and passwords as CSV: of all active accounts, or of those of `usernames`. Excel opens it as it is, and runs nothing
   * in it. Rejects with AccountNotFound if a username is nobody's. Keep the bytes as you keep passwords.
   */
  async credentials(options?: CredentialsOptions): Promise<Buffer> {
    const usernames = chosen("credentials", options);
    return promised<Buffer>(() => this.#native.credentials(usernames));
  }

  /** `credentials` at once. */
  credentialsSync(options?: CredentialsOptions): Buffer {
    const usernames = chosen("credentialsSync", options);
    return sync(() => this.#native.credentialsSync(usernames));
  }

  /**
   * Writes usernames and passwords as CSV, for its owner alone to read (mode 600): all active accounts, or those of
   * `usernames`. Excel opens it as it is, and runs nothing in it. Rejects with AccountNotFound if a username is nobody's, and nothing is
   * written.
   */
  async writeCredentials(dest: Destination, options?: CredentialsOptions): Promise<void> {
    const usernames = chosen("writeCredentials", options);
    await write(dest, () => promised<Uint8Array>(() => this.#native.credentials(usernames)));
  }

  /** `writeCredentials` at once. */
  writeCredentialsSync(dest: string | URL, options?: CredentialsOptions): void {
    const usernames = chosen("writeCredentialsSync", options);
    const to = destinationSync(dest);
    writeSync(to, sync(() => this.#native.credentialsSync(usernames)));
  }

  /** Takes passwords back from a credentials file, given by its path or its bytes. */
  readCredentials(source: SyncSource): CredentialsRead {
    const { path, bytes } = givenSync("source", source);
    const file = bytes ?? readFileSync(path!); // fails as Node's own `fs` does
    const [set = 0, unknown = 0, blank = 0] = sync(() => this.#native.readCredentials(file));
    return { set, unknown, blank };
  }

  /**
   * Returns login cards to print and cut out, as HTML. `signInUrl`, an https address, is printed with a QR code. Rejects with
   * `ERR_SIGN_IN_URL` if it has no host. Keep the bytes as you keep passwords.
   */
  async cards(options?: CardsOptions): Promise<Buffer> {
    const url = signInUrl("cards", options);
    return promised<Buffer>(async () => this.#native.cards(url));
  }

  /** `cards` at once. */
  cardsSync(options?: CardsOptions): Buffer {
    const url = signInUrl("cardsSync", options);
    return sync(() => this.#native.cardsSync(url));
  }

  /**
   * Writes login cards to print and cut out, as HTML, for its owner alone to read (mode 600). `signInUrl`, an https address,
   * is printed with a QR code. Rejects with `ERR_SIGN_IN_URL` if it has no host, and nothing is written.
   */
  async writeCards(dest: Destination, options?: CardsOptions): Promise<void> {
    const url = signInUrl("writeCards", options);
    await write(dest, () => promised<Uint8Array>(async () => this.#native.cards(url)));
  }

  /** `writeCards` at once. */
  writeCardsSync(dest: string | URL, options?: CardsOptions): void {
    const url = signInUrl("writeCardsSync", options);
    const to = destinationSync(dest);
    writeSync(to, sync(() => this.#native.cardsSync(url)));
  }

  /** The accounts as an object to be kept; `JSON.stringify` has no passwords in it, `{ passwords: true }` has. */
  toJSON(options?: { passwords?: boolean } | string): AccountsJson {
    const passwords = withPasswords(options);
    return parsed<AccountsJson>(this.#native.json(passwords));
  }

  /** All students as typed arrays and dictionaries; passwords are not in them. */
  toColumns(): Columns {
    return columns(sync(() => this.#native.columns()));
  }

  [inspect.custom](): string {
    return `Accounts <${this.length} accounts, signIn: '${this.signIn}'>`;
  }
}

/**
 * An account for every student of a roster, active, with a new password (those who come from an MIS to sign in with
 * SSO have none).
 */
export async function createAccounts(roster: Roster, options?: PasswordOptions): Promise<Accounts> {
  const [students, made] = [Roster.native(roster), policy("createAccounts", options)];
  return Accounts.of(await promised<native.Accounts>(() => native.createAccounts(students, made) as Promise<unknown>));
}

/** `createAccounts` at once. */
export function createAccountsSync(roster: Roster, options?: PasswordOptions): Accounts {
  const [students, made] = [Roster.native(roster), policy("createAccountsSync", options)];
  return Accounts.of(sync(() => native.createAccountsSync(students, made)));
}
