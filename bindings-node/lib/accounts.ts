// Accounts: create, edit, reset, export.

import { inspect } from "node:util";
import * as native from "../native.js";
import { promised, sync } from "./errors.js";
import { type SyncSource, flag, givenSync, options as known, place, rows as each, signIn, text, texts, wrong } from "./input.js";
import { parsed, sent as core } from "./json.js";
import { type Destination, destination, destinationSync, write, writeSync } from "./output.js";
import { readFileSync } from "node:fs";
import { type Columns, Roster, columns } from "./roster.js";
import { type Gender, Password, PasswordPolicy, type SignIn } from "./values.js";

/** One account, as it was when it was asked for. `util.inspect` shows nothing of it, and no JSON its password. */
export interface Account {
  /** The id that the school's MIS, or Wonde, gives the student. */
  readonly sourceId: string | null;
  /** The unique pupil number. */
  readonly upn: string | null;
  readonly fullName: string;
  readonly username: string;
  readonly yearGroup: string;
  readonly className: string;
  readonly gender: Gender;
  readonly pupilPremium: boolean;
  /** The code; `ethnicity(code)` knows what it stands for. */
  readonly ethnicity: string;
  readonly send: boolean;
  readonly eal: boolean;
  /** Whether the student may sign in; leavers may not. */
  readonly active: boolean;
  /** Where there is one and the host keeps it. */
  readonly password: Password | null;
}

/** One account as a row of the host's database. What the host does not keep may be left out. */
export interface AccountRow {
  sourceId?: string | null;
  upn?: string | null;
  fullName: string;
  username: string;
  yearGroup: string;
  className: string;
  gender: string;
  pupilPremium?: boolean | "Yes" | "No" | 0 | 1 | null;
  ethnicity?: string | null;
  send?: boolean | "Yes" | "No" | 0 | 1 | null;
  eal?: boolean | "Yes" | "No" | 0 | 1 | null;
  active?: boolean | null;
  password?: string | Password | null;
}

/** What is to be changed of an account. */
export interface Changes {
  fullName?: string;
  username?: string;
  yearGroup?: string;
  className?: string;
  gender?: string;
  pupilPremium?: boolean | "Yes" | "No";
  ethnicity?: string;
  send?: boolean | "Yes" | "No";
  eal?: boolean | "Yes" | "No";
  active?: boolean;
}

/** How new passwords are made; `PasswordPolicy.characters(4)` by default. */
export interface PasswordOptions {
  passwords?: PasswordPolicy;
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
export type AccountsJson = { readonly [field: string]: unknown };

interface Row {
  source_id?: string;
  upn?: string;
  full_name: string;
  username: string;
  year_group: string;
  class_name: string;
  gender: Gender;
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
    sourceId: row.source_id ?? null,
    upn: row.upn ?? null,
    fullName: row.full_name,
    username: row.username,
    yearGroup: row.year_group,
    className: row.class_name,
    gender: row.gender,
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

function yesNo(name: string, value: unknown): string {
  if (typeof value === "boolean") return value ? "Yes" : "No";
  if (typeof value === "string") return value;
  throw wrong(name, "a boolean, 'Yes' or 'No'", value);
}

/** A row of the host's as Rust takes one. */
function sent(row: AccountRow, name: string): Partial<Row> {
  const required = (field: "fullName" | "username" | "yearGroup" | "className" | "gender") => text(`${name}.${field}`, row[field]);
  const optional = (field: "sourceId" | "upn") => (row[field] == null ? undefined : text(`${name}.${field}`, row[field]));
  const flagged = (field: "pupilPremium" | "send" | "eal") => {
    const value = row[field] ?? false;
    if (value === "Yes" || value === 1) return true;
    if (value === "No" || value === 0) return false;
    if (typeof value !== "boolean") throw wrong(`${name}.${field}`, "a boolean, 'Yes' or 'No'", value);
    return value;
  };
  const { password } = row;
  const shown = password instanceof Password ? password.expose() : password == null ? undefined : text(`${name}.password`, password);
  return {
    ...(optional("sourceId") !== undefined && { source_id: optional("sourceId")! }),
    ...(optional("upn") !== undefined && { upn: optional("upn")! }),
    full_name: required("fullName"),
    username: required("username"),
    year_group: required("yearGroup"),
    class_name: required("className"),
    gender: required("gender") as Gender,
    pupil_premium: flagged("pupilPremium"),
    // Where it is not said, the core knows what is usual.
    ...(row.ethnicity != null && row.ethnicity !== "" && { ethnicity: text(`${name}.ethnicity`, row.ethnicity) }),
    send: flagged("send"),
    eal: flagged("eal"),
    active: row.active == null ? true : flag(`${name}.active`, row.active),
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

/** The accounts of one school, as the host keeps them: usernames unique, passwords known or not. */
export class Accounts implements Iterable<Account> {
  readonly #native: native.Accounts;

  private constructor(made: native.Accounts) {
    this.#native = made;
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
    return Accounts.of(sync(() => native.accountsFromJson(core(json))));
  }

  /** How many accounts there are, inactive ones too. */
  get length(): number {
    return this.#native.length;
  }

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
      return field === "pupilPremium" || field === "send" || field === "eal" ? yesNo(field, value) : text(field, value);
    });
    const active = asked.active === undefined ? undefined : flag("active", asked.active);
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
   * Writes usernames and passwords as CSV, for its owner alone to read (mode 600): all active accounts, or those of
   * `usernames`. Excel opens it as it is, and runs nothing in it.
   */
  async writeCredentials(dest: Destination, options?: { usernames?: Iterable<string> }): Promise<void> {
    const only = known("writeCredentials", options, ["usernames"]).usernames;
    const usernames = only === undefined ? undefined : texts("usernames", only);
    const to = destination(dest);
    await write(to, await promised<Uint8Array>(() => this.#native.credentials(usernames)));
  }

  /** `writeCredentials` at once. */
  writeCredentialsSync(dest: string | URL, options?: { usernames?: Iterable<string> }): void {
    const only = known("writeCredentialsSync", options, ["usernames"]).usernames;
    const usernames = only === undefined ? undefined : texts("usernames", only);
    const to = destinationSync(dest);
    writeSync(to, sync(() => this.#native.credentialsSync(usernames)));
  }

  /** Takes passwords back from a credentials file, given by its path or its bytes. */
  readCredentials(source: SyncSource): CredentialsRead {
    const { path, bytes } = givenSync("source", source);
    const file = bytes ?? readFileSync(path!);
    const [set = 0, unknown = 0, blank = 0] = sync(() => this.#native.readCredentials(file));
    return { set, unknown, blank };
  }

  /**
   * Writes login cards to print and cut out, as HTML, for its owner alone to read (mode 600). `signInUrl`, an https address,
   * is printed with a QR code. Rejects with `ERR_SIGN_IN_URL` if it has no host, and nothing is written.
   */
  async writeCards(dest: Destination, options?: { signInUrl?: string }): Promise<void> {
    const url = known("writeCards", options, ["signInUrl"]).signInUrl;
    const cards = () => this.#native.cards(url === undefined ? undefined : text("signInUrl", url));
    const to = destination(dest);
    await write(to, await promised<Uint8Array>(async () => cards()));
  }

  /** `writeCards` at once. */
  writeCardsSync(dest: string | URL, options?: { signInUrl?: string }): void {
    const url = known("writeCardsSync", options, ["signInUrl"]).signInUrl;
    const to = destinationSync(dest);
    writeSync(to, sync(() => this.#native.cardsSync(url === undefined ? undefined : text("signInUrl", url))));
  }

  /** The accounts as an object to be kept; `JSON.stringify` has no passwords in it, `{ passwords: true }` has. */
  toJSON(options?: { passwords?: boolean } | string): AccountsJson {
    const passwords = typeof options === "object" ? flag("passwords", options.passwords ?? false) : false;
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
