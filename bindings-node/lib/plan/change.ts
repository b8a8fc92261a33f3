// The types of the changes in a plan, by kind, and the list of fields that may change. `core/src/plan` decides the
// changes.

import { inspect } from "node:util";
import { type Account, account } from "../accounts/account.js";
import { camel } from "../shared/json.js";
import type { Gender } from "../shared/reading.js";
import type { Password } from "../values.js";

/** An old and a new value. */
type Pair<T> = readonly [old: T, now: T];

/** The changed fields of an account. Each field has its old and its new value, with the types of an `Account`. */
export interface ChangedFields {
  /** The student's full name. */
  readonly fullName?: Pair<string>;
  /** The username. With SSO, it is an email address. */
  readonly username?: Pair<string>;
  /** The year group as the school writes it, such as `Year 5`. */
  readonly yearGroup?: Pair<string>;
  /** The class, such as `5A`. */
  readonly className?: Pair<string>;
  /** The gender. */
  readonly gender?: Pair<Gender | null>;
  /** Whether the school gets pupil premium for the student. */
  readonly pupilPremium?: Pair<boolean>;
  /** The ethnicity code. */
  readonly ethnicity?: Pair<string>;
  /** Whether the student has special educational needs or a disability. */
  readonly send?: Pair<boolean>;
  /** Whether English is an additional language for the student. */
  readonly eal?: Pair<boolean>;
  /** Whether the student is on roll. */
  readonly active?: Pair<boolean>;
  /** The last day, as `YYYY-MM-DD`, on which a leaver may sign in. */
  readonly activeUntil?: Pair<string | null>;
  /** The student's id in the school's MIS or in Wonde. */
  readonly sourceId?: Pair<string | null>;
  /** The unique pupil number. */
  readonly upn?: Pair<string | null>;
}

/** The fields of an account that may change. */
export type ChangedField = keyof ChangedFields;

interface Changed {
  /** The username before the plan. */
  readonly username: string;
  /** Your own id for the account; `null` for a joiner, or if you passed no `hostId`. */
  readonly hostId: string | null;
  /** The account as it will be after the plan is applied. */
  readonly account: Account;
  /**
   * The changed fields, with the old and the new value. For a joiner, the object is empty, because the whole account is
   * new.
   */
  readonly fields: ChangedFields;
}

/** The fields of a change that are about the password. */
interface WithPassword {
  /**
   * Whether the account gets a new password. Joiners get a new password. A returning leaver who is matched only by name
   * or username also gets one, because the old password may belong to a different child. The value is false for
   * students who sign in without a password from onroll.
   */
  readonly newPassword: boolean;
  /** The new password; `null` if there is none, or if the plan was read from JSON without passwords. */
  readonly password: Password | null;
}

/** A new account. */
export interface Join extends Changed, WithPassword {
  /** The kind of change. */
  readonly kind: "join";
}

/**
 * A leaver's account, which is deactivated but not deleted. If there is a grace period, the account stays active, and
 * `activeUntil` becomes the last day of the period.
 */
export interface Leave extends Changed {
  /** The kind of change. */
  readonly kind: "leave";
}

/** A leaver's account that is activated again. */
export interface Return extends Changed, WithPassword {
  /** The kind of change. */
  readonly kind: "return";
}

/** An account that gets a new source id for the same student. */
export interface Relink extends Changed {
  /** The kind of change. */
  readonly kind: "relink";
}

/** An account that gets a new username, by a decision or because you override `usernames-changed`. */
export interface Rename extends Changed {
  /** The kind of change. */
  readonly kind: "rename";
}

/** A student who changes class or year group. */
export interface Move extends Changed {
  /** The kind of change. */
  readonly kind: "move";
}

/** An account in which only other fields change, such as the gender. */
export interface Update extends Changed {
  /** The kind of change. */
  readonly kind: "update";
}

/** All changes to one account. `kind` says what kind of change it is. */
export type Change = Join | Leave | Return | Relink | Rename | Move | Update;

const HIDDEN = { value: (): string => "Change <hidden>", enumerable: false };

/** @internal Returns the change for a text of JSON that Rust sent. */
export function changeOf(json: string): Change {
  const told = JSON.parse(json) as {
    kind: Change["kind"];
    username: string;
    hostId: string | null;
    account: string;
    fields: [string, unknown, unknown][];
    newPassword: boolean;
    password: string | null;
  };
  const made = account(told.account, told.password ?? undefined);
  const fields = Object.fromEntries(told.fields.map(([name, old, now]) => [camel(name), [old, now]]));
  const change = {
    kind: told.kind,
    username: told.username,
    hostId: told.hostId,
    account: made,
    fields,
    ...((told.kind === "join" || told.kind === "return") && { newPassword: told.newPassword, password: made.password }),
  };
  return Object.freeze(Object.defineProperty(change, inspect.custom, HIDDEN)) as Change;
}
