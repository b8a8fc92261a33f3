// The list of the parts of a student's record that Wonde can send (`Include`). `core/src/wonde/includes.rs` has the
// same list.

import { texts } from "../input.js";

/** Wonde's name for a part of a student's record. */
export type Include =
  | "education_details"
  | "extended_details"
  | "contact_details"
  | "classes"
  | "groups"
  | "year"
  | "registration";

/** @internal Checks the names of parts, and returns them; `undefined` if there are none. */
export function includesOf(includes: unknown): string[] | undefined {
  return includes === undefined ? undefined : texts("includes", includes);
}
