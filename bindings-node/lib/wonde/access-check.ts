// The types of the result of `checkAccess`: the fields that a token may read at a school. `core/src/wonde/access_check/requests.rs`
// decides them.

import type { Include } from "./include.js";

/** The state of one field: whether the token can read it. */
export interface FieldCheck {
  /** The name of the field: a student's field, or `legalName`, `upn` or `email`. */
  readonly field: string;
  /** The state. `"empty"` means that the field is permitted, as far as is known, but has almost no values. */
  readonly state: "readable" | "empty" | "not-permitted";
  /** The number of students on the first page who have a value in this field. */
  readonly filled: number;
  /** The consequence of the state, in one sentence. */
  readonly consequence: string;
}

/**
 * The fields that a token may read at one school, according to the token's permissions and the first page of students.
 */
export interface AccessCheck {
  /** The school's id. */
  readonly schoolId: string;
  /** Whether Wonde is connected to the school's MIS; `null` if Wonde does not say. */
  readonly online: boolean | null;
  /** Whether the school has approved access; `null` if Wonde does not say. */
  readonly approved: boolean | null;
  /**
   * The time at which the newest record on the first page was changed. Wonde last read the MIS at this time or later.
   */
  readonly lastSynced: Date | null;
  /** The number of students on the first page, at most 200. */
  readonly students: number;
  /** Whether the token may read its own permissions. If not, a field that is not permitted looks empty. */
  readonly permissionsKnown: boolean;
  /** Wonde's names for the parts of the records that the token may not read at all. */
  readonly refusedIncludes: readonly Include[];
  /** Every field, and whether the token can read it. */
  readonly fields: readonly FieldCheck[];
  /** The fields that the school withholds. Pass them to `snapshot.roster` as `withheld`. */
  readonly withheld: readonly string[];
  /** The result as a text for people, without personal data. */
  readonly text: string;
}
