// Students as your own rows: the fields of `StudentRow`, with their types, and how `Roster.fromRows` checks them.

import { flagOf, invalid, wordOf, wrong } from "../input.js";

/** A text from a database. A whole number becomes its decimal text; `null`, `undefined` and NaN are blank. */
type Text = string | number | bigint | null | undefined;
/** A yes or no from a database. */
type Flag = boolean | string | number | bigint | null | undefined;

/**
 * A student as one of your own rows. Its keys are field names or the template's headings. You can also pass a
 * `Student`, or an instance of your own class with these fields.
 */
export interface StudentRow {
  /** The student's full name. */
  readonly fullName?: Text;
  /** The username. With SSO, it is an email address. */
  readonly username?: Text;
  /** The year group as the school writes it, such as `Year 5`. */
  readonly yearGroup?: Text;
  /** The class, such as `5A`. */
  readonly className?: Text;
  /** The gender. */
  readonly gender?: Text;
  /** Whether the school gets pupil premium for the student. */
  readonly pupilPremium?: Flag;
  /** The ethnicity code of the Department for Education. */
  readonly ethnicity?: Text;
  /** Whether the student has special educational needs or a disability. */
  readonly send?: Flag;
  /** Whether English is an additional language for the student. */
  readonly eal?: Flag;
  /** The student's id in the school's MIS or in Wonde. */
  readonly sourceId?: Text;
  /** The unique pupil number. */
  readonly upn?: Text;
  /** Wonde's id for the person. This id stays the same when a student enrols again with a different source id. */
  readonly upi?: Text;
  /** The same as `fullName`, but the key is the template's heading. */
  readonly "Student Full Name"?: Text;
  /** The same as `username`, but the key is the template's heading. */
  readonly Username?: Text;
  /** The same as `yearGroup`, but the key is the template's heading. */
  readonly "Year Group"?: Text;
  /** The same as `className`, but the key is the template's heading. */
  readonly Class?: Text;
  /** The same as `gender`, but the key is the template's heading. */
  readonly Gender?: Text;
  /** The same as `pupilPremium`, but the key is the template's heading. */
  readonly "Pupil Premium"?: Flag;
  /** The same as `ethnicity`, but the key is the template's heading. */
  readonly Ethnicity?: Text;
  /** The same as `send`, but the key is the template's heading. */
  readonly SEND?: Flag;
  /** The same as `eal`, but the key is the template's heading. */
  readonly EAL?: Flag;
}

const FIELDS = [
  ["fullName", "Student Full Name"],
  ["username", "Username"],
  ["yearGroup", "Year Group"],
  ["className", "Class"],
  ["gender", "Gender"],
  ["pupilPremium", "Pupil Premium"],
  ["ethnicity", "Ethnicity"],
  ["send", "SEND"],
  ["eal", "EAL"],
] as const;
/** The indexes of Pupil Premium, Ethnicity, SEND and EAL in `FIELDS`. */
const OPTIONAL = [5, 6, 7, 8];
const FLAGS: readonly string[] = ["pupilPremium", "send", "eal"];

/**
 * Returns a row's value as the text that a CSV would have; `undefined` if the row has no such field. A getter of a
 * class works like a field.
 */
function cell(row: object, field: string, heading: string, name: string): string | undefined {
  const found = field in row ? field : heading;
  if (!(found in row)) return undefined;
  const value = (row as Record<string, unknown>)[found];
  if (!FLAGS.includes(field)) return wordOf(`${name}.${found}`, value);
  const said = flagOf(value);
  if (said !== undefined) return said ? "Yes" : "No";
  if (typeof value === "string") return value;
  if (value === null || value === undefined || Number.isNaN(value)) return "";
  throw wrong(`${name}.${found}`, "a boolean, 'Yes' or 'No'", value);
}

/**
 * @internal Returns a row in the form that Rust takes. An absent column is an error, except an optional column if
 * `optionalColumns` is true.
 */
export function sent(row: StudentRow, name: string, optionalColumns: boolean | undefined): object {
  const absent: number[] = [];
  const cells = FIELDS.map(([field, heading], column) => {
    const found = cell(row, field, heading, name);
    if (found === undefined && optionalColumns && OPTIONAL.includes(column)) {
      absent.push(column);
      return "";
    }
    if (found === undefined) throw invalid(`${name} has no '${field}' and no '${heading}'`);
    return found;
  });
  return { cells, absent, source_id: cell(row, "sourceId", "sourceId", name), upn: cell(row, "upn", "upn", name), upi: cell(row, "upi", "upi", name) };
}
