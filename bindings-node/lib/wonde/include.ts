// The parts of a student's record that Wonde can send.

import { texts } from "../input.js";

/** A part of a student's record, under Wonde's name for it. */
export type Include =
  | "education_details"
  | "extended_details"
  | "contact_details"
  | "classes"
  | "groups"
  | "year"
  | "registration";

/** @internal Checks the names of parts; `undefined` if none are given. */
export function includesOf(includes: unknown): string[] | undefined {
  return includes === undefined ? undefined : texts("includes", includes);
}
