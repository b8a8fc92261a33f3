// Accounts as rows in your database: the fields of `AccountRow`, with their types, and how each is checked.

import { day, text, wordOf, wrong } from "../input.js";
import type { FieldName } from "../shared/problem.js";
import type { Gender } from "../shared/reading.js";
import { Password } from "../values.js";
import type { Row } from "./account.js";
import { type Flag, type Text, ownFields, said } from "./fields.js";

/**
 * One account as a row in your database. Leave out fields that you do not store. You can also pass an instance of your
 * own class, which can have more fields.
 */
export interface AccountRow {
  /** Your own id for the account, such as its primary key. Each change to the account in a plan contains this id. */
  readonly hostId?: Text | null | undefined;
  /** The student's id in the school's MIS or in Wonde. */
  readonly sourceId?: Text | null | undefined;
  /** The unique pupil number. */
  readonly upn?: Text | null | undefined;
  /** Wonde's id for the person. This id stays the same when a student enrols again with a different source id. */
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
  /** Whether the account was made by hand. Plans never deactivate such an account. */
  readonly manual?: Flag;
  /**
   * The names of the fields that you maintain yourself. Plans do not change these fields. Pass a list of names, or one
   * string with commas between the names.
   */
  readonly ownFields?: Iterable<FieldName> | string | null | undefined;
  /** The last day, as `YYYY-MM-DD`, on which a leaver may sign in. */
  readonly activeUntil?: string | null | undefined;
  /**
   * Whether you keep a hash of the account's password. If so, `fillPasswords` does not give the account a new password.
   */
  readonly hasPassword?: Flag;
  /** The password, if you store it as text and not as a hash. */
  readonly password?: string | Password | null | undefined;
}

/** @internal Returns a row of the host's database in the form that Rust takes. */
export function sent(row: AccountRow, name: string): Partial<Row> {
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
