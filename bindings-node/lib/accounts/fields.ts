// Reads the fields of accounts as databases store them: texts, flags, and the names of own fields. Has the list of a
// student's fields (`CELLS`).

import { flagOf, invalid, quoted, texts, wrong } from "../input.js";
import { snake } from "../shared/json.js";

/** A text from a database. A whole number becomes its decimal text. */
export type Text = string | number | bigint;
/** A yes or no from a database: `true`, 1 or `"Yes"`; and `false`, 0 or `"No"`. */
export type Flag = boolean | string | number | bigint | null | undefined;

/** @internal The names of the fields with a student's values. */
export const CELLS = ["fullName", "username", "yearGroup", "className", "gender", "pupilPremium", "ethnicity", "send", "eal"] as const;

/** @internal Returns the boolean for a flag. Throws a TypeError for other values. */
export function said(name: string, value: unknown): boolean {
  const found = flagOf(value);
  if (found === undefined) throw wrong(name, "a boolean, 'Yes' or 'No', 1 or 0", value);
  return found;
}

/** @internal Returns the field names in the spelling that Rust uses. */
export function ownFields(name: string, value: unknown): string[] {
  const fields = typeof value === "string" ? value.split(",").map((field) => field.trim()).filter(Boolean) : texts(name, value);
  for (const field of fields) {
    if (!CELLS.some((known) => known === field)) {
      throw invalid(`${name} must be names of fields (${CELLS.join(", ")}), not ${quoted(field)}`);
    }
  }
  return fields.map(snake);
}
