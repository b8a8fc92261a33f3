// The guards of plans.

/**
 * What refuses a plan that is probably an accident:
 * - `empty-roster`: the roster is empty, and everyone would leave.
 * - `school-mismatch`: hardly any student has an account, or the accounts are of another school.
 * - `source-ids-changed`: most source ids are new while names or UPNs still match. Overridden, accounts get their new ids.
 * - `source-ids-reused`: a source id has another name and another UPN than before. Overridden, those accounts are conflicts.
 * - `names-changed`: most students who share a username or a name with an account seem to be other people. Overridden, those
 *   students are conflicts.
 * - `usernames-changed`: the same students come with usernames of another kind. Overridden, accounts get their new usernames.
 * - `mostly-held`: most students of a whole roster are held: the MIS withholds names or usernames, or its records have errors.
 * - `too-many-leavers`: more would leave than leave a school at a time.
 */
export type Guard =
  | "empty-roster"
  | "school-mismatch"
  | "source-ids-changed"
  | "source-ids-reused"
  | "names-changed"
  | "usernames-changed"
  | "mostly-held"
  | "too-many-leavers";
