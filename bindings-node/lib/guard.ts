// The names of the guards of plans (`Guard`), each with its description. `core/src/plan/refused.rs` has their texts, and
// `core/src/plan/builder` checks them.

/**
 * A guard, which refuses a plan that is probably a mistake:
 * - `empty-roster`: the roster is empty, so everyone would leave.
 * - `school-mismatch`: hardly any student has an account, or the accounts belong to a different school.
 * - `source-ids-changed`: most source ids are new, but names or UPNs still match. If you override this guard, accounts
 *   get their new ids.
 * - `source-ids-reused`: a source id, or Wonde's id for a person, now belongs to a student with a different name. No
 *   UPN shows that it is the same student. If you override this guard, the accounts with these ids become conflicts.
 * - `names-changed`: most students who share a username or a name with an account do not seem to be the account's own
 *   student. If you override this guard, those students become conflicts.
 * - `usernames-changed`: the same students have a different kind of username. If you override this guard, accounts get
 *   their new usernames.
 * - `mostly-held`: most students in a complete roster cannot be imported. The MIS withholds names or usernames, or its
 *   records have errors.
 * - `years-went-back`: most students are in a lower year than their accounts. The file is probably last year's.
 * - `too-many-changes`: one field changes for more students than is normal in a school. A column was probably filled
 *   down, or sorted without the other columns.
 * - `too-many-leavers`: more students would leave than is normal at one time, or a whole class or year group of at
 *   least 10 students would.
 * - `too-many-joiners`: the number of joiners, not counting a new intake, is more than half the number of active
 *   accounts. The file may combine two schools.
 */
export type Guard =
  | "empty-roster"
  | "school-mismatch"
  | "source-ids-changed"
  | "source-ids-reused"
  | "names-changed"
  | "usernames-changed"
  | "mostly-held"
  | "years-went-back"
  | "too-many-changes"
  | "too-many-leavers"
  | "too-many-joiners";
