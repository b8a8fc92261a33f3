// The type `Held`: a student whose record has an error. `core/src/problem/record.rs` has the reasons.

import { inspect } from "node:util";

/** A student whose record has an error. The account stays unchanged until the record is corrected. */
export interface Held {
  /** The index of the record, from 0. */
  readonly record: number;
  /** The student's id in the school's MIS or in Wonde. */
  readonly sourceId: string | null;
  /** The unique pupil number. */
  readonly upn: string | null;
  /** The student's full name. */
  readonly fullName: string;
  /** The username. With SSO, it is an email address. */
  readonly username: string;
  /** The year group in the record; `""` if blank. */
  readonly yearGroup: string;
  /** The class in the record; `""` if blank. */
  readonly className: string;
  /**
   * The reasons why the student is held, as sentences that a school's office can act on in the MIS. They contain no
   * personal data.
   */
  readonly reasons: readonly string[];
}

const HELD = {
  value(this: Held): string {
    return `Held <record ${this.record}>`;
  },
  enumerable: false,
};

/** @internal Returns the held students from JSON. `util.inspect` shows none of their data. */
export function heldStudents(json: string): readonly Held[] {
  const held = JSON.parse(json) as Held[];
  return held.map((each) => Object.defineProperty(each, inspect.custom, HELD));
}
