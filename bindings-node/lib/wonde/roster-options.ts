// The options of `snapshot.roster`, and how they are checked. `core/src/wonde/options.rs` has their meaning.

import native = require("../../native.js");
import { choice as oneOf, flag, invalid, options as known, signIn, text, texts, wrong } from "../input.js";
import { ethnicitiesOf } from "../shared/choices.js";
import type { EthnicityEntry, SignIn } from "../shared/reading.js";

/** A student's field whose values you can map. */
export type MappedField = "yearGroup" | "className" | "gender" | "pupilPremium" | "ethnicity" | "send" | "eal";

/** Your choices for turning a snapshot into a roster. */
export interface RosterOptions {
  /** How students sign in. The default is `"password"`. With `"sso"`, the username is the email address. */
  signIn?: SignIn;
  /**
   * The kind of group that becomes the class. If a student has no group of this kind, the other kinds are tried.
   * `"main"` is the class that Wonde marks as the main class. No published sample of Wonde data contains this mark.
   */
  classFrom?: "registration" | "main" | "first";
  /** Which names to use. The default is `"preferred"`. */
  namesFrom?: "preferred" | "legal";
  /**
   * Which email address to use. `"usual"` means the first of these that exists: the address without a label, the
   * primary address, the work address. It never means the home address.
   */
  emailFrom?: "usual" | "email" | "primary" | "work" | "home";
  /**
   * The school's own email domains. They are used only with `signIn: "sso"`. An address in another domain is never a
   * username.
   */
  emailDomains?: Iterable<string>;
  /** Whether to replace extended ethnicity codes with their main codes. */
  mainCodesOnly?: boolean;
  /** More ethnicity codes and words, in addition to those of the Department for Education. */
  ethnicities?: readonly EthnicityEntry[];
  /** Whether to read a missing year group from the class's name. The name must begin with a year. */
  yearFromClass?: boolean;
  /** Fields that the school withholds. For a delta, pass `roster.unrecorded` from the last full snapshot. */
  withheld?: Iterable<string>;
  /**
   * The meanings of texts in the school's MIS, by field: `{ send: { Monitoring: "No" } }`; `null` means "not
   * recorded".
   */
  values?: { readonly [Field in MappedField]?: { readonly [text: string]: string | boolean | null } };
  /**
   * Today's date, such as `2026-09-01`. A student has left if the leaving date is earlier. Without `today`, leaving
   * dates are ignored.
   */
  today?: string;
}

const ROSTER = [
  "signIn",
  "classFrom",
  "namesFrom",
  "emailFrom",
  "emailDomains",
  "mainCodesOnly",
  "ethnicities",
  "yearFromClass",
  "withheld",
  "values",
  "today",
] as const;
const MAPPED = ["yearGroup", "className", "gender", "pupilPremium", "ethnicity", "send", "eal"] as const;

/** Returns the field, the text and the meaning of each entry in `values`. */
function mapped(values: unknown): [string, string, string][] {
  const of = (name: string, value: unknown): [string, unknown][] => {
    if (value === undefined) return [];
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(name, "an object", value);
    return Object.entries(value);
  };
  return of("values", values).flatMap(([field, pairs]) => {
    oneOf("a field of values", MAPPED, field);
    const name = `values.${field}`;
    return of(name, pairs).map(([from, to]): [string, string, string] => {
      if (typeof to === "boolean") return [field, from, to ? "Yes" : "No"];
      if (to !== null && typeof to !== "string") throw wrong(`a value of ${name}`, "a string, a boolean or null", to);
      return [field, from, to ?? ""];
    });
  });
}

/** Checks that a value is a day, such as `2026-09-01`, and returns it. */
function day(value: unknown): string {
  const given = text("today", value);
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(given) && !Number.isNaN(Date.parse(given));
  if (!isDay || new Date(given).toISOString().slice(0, 10) !== given) {
    throw invalid(`today must be a date such as '2026-09-01', not '${given.slice(0, 40)}'`);
  }
  return given;
}

/** @internal Checks the options, and returns them as JSON for Rust. */
export function rosterChoices(options: RosterOptions | undefined): string {
  const given = known("roster", options, ROSTER);
  const choice = (name: "classFrom" | "namesFrom" | "emailFrom", usual: string): string => {
    return oneOf(name, native.wondeNames(name), given[name] ?? usual);
  };
  return JSON.stringify({
    signIn: signIn(given.signIn ?? "password"),
    classFrom: choice("classFrom", "registration"),
    namesFrom: choice("namesFrom", "preferred"),
    emailFrom: choice("emailFrom", "usual"),
    emailDomains: texts("emailDomains", given.emailDomains ?? []),
    mainCodesOnly: flag("mainCodesOnly", given.mainCodesOnly ?? false),
    ethnicities: given.ethnicities === undefined ? [] : ethnicitiesOf(given.ethnicities),
    yearFromClass: flag("yearFromClass", given.yearFromClass ?? false),
    withheld: texts("withheld", given.withheld ?? []),
    values: mapped(given.values),
    today: given.today === undefined ? null : day(given.today),
  });
}
