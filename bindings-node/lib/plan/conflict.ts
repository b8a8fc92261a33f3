// The types of uncertain matches: conflicts with their reasons, and pairs who may be the same student.

import type { PlanEntry } from "./entry.js";

/**
 * The reason why accounts and students are in conflict:
 * - `name-shared`: several accounts or students have this name, and nothing else tells them apart.
 * - `source-id-changed`: the student has the account's username or name, but a different source id.
 * - `source-id-reused`: the student has an id of the account, but a different name, and something contradicts the id.
 *   The UPNs differ, or nothing in the name agrees and the id is Wonde's for the person. Or several students have the
 *   id of one account, and the username and name of another.
 * - `username-reused`: the student has the account's username, but the names belong to different people.
 * - `username-taken`: another account keeps the student's username. The conflict names that account, but only the
 *   student's match is uncertain.
 * - `years-apart`: the student has the account's username or name, but the years are too far apart for one student.
 * - `person-differs`: the student has the account's username or name, but gender, ethnicity and class all differ.
 * - `upn-shared`: the student has no account, but has the name and the valid UPN of the account or of another student
 *   who gets an account. The student is probably a second record of the same child. Decide `same` or `different` as soon
 *   as the first record has an account. With `same`, the account keeps the id of the first record, and the second record
 *   gets no account while both are in the roster.
 */
export type ConflictReason =
  | "name-shared"
  | "source-id-changed"
  | "source-id-reused"
  | "username-reused"
  | "username-taken"
  | "years-apart"
  | "person-differs"
  | "upn-shared";

/**
 * Accounts and students that could not be matched with certainty. Until a person decides, the students get no account,
 * and the accounts stay unchanged, except with the reason `username-taken` or `upn-shared`.
 */
export interface Conflict {
  /** The reason for the conflict. */
  readonly reason: ConflictReason;
  /** The accounts in the conflict. */
  readonly accounts: readonly PlanEntry[];
  /** The students in the conflict. */
  readonly students: readonly PlanEntry[];
}

/**
 * A leaver (or an account made by hand) and a joiner who may be the same student. Their names are similar, or they have
 * one name in common and the same gender, ethnicity and class. The plan treats them as two people until a person
 * decides. At most three pairs are listed for each joiner.
 */
export interface NearPair {
  /** The leaver's account. */
  readonly account: PlanEntry;
  /** The joiner. */
  readonly student: PlanEntry;
}
