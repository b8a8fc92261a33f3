// The type `Account`: one account, as it was when you asked for it, with all its fields.

import { inspect } from "node:util";
import { camel } from "../shared/json.js";
import type { FieldName } from "../shared/problem.js";
import type { Gender } from "../shared/reading.js";
import { Password } from "../values.js";

/**
 * One account, as it was when you asked for it. The object stays the same when the account changes later.
 * `util.inspect` shows none of its data, and `JSON.stringify` hides its password.
 */
export interface Account {
  /** Your own id for the account, such as its primary key. */
  readonly hostId: string | null;
  /** The student's id in the school's MIS or in Wonde. */
  readonly sourceId: string | null;
  /** The unique pupil number. */
  readonly upn: string | null;
  /** Wonde's id for the person. This id stays the same when a student enrols again with a different source id. */
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
  /** Whether the account was made by hand and is not from the MIS. Plans never deactivate such an account. */
  readonly manual: boolean;
  /** The names of the fields that you maintain yourself. Plans do not change these fields. */
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

/** @internal An account in the form that Rust sends and takes. */
export interface Row {
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
/** @internal Returns the same account with the fields of `more` added. */
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
