// The options for making and applying a plan, and how they are checked. `core/src/plan/planner.rs`
// and `core/src/plan/apply.rs` have their meaning and defaults.

import native = require("../../native.js");
import type { PasswordOptions } from "../accounts/passwords.js";
import { type Decision, decisions } from "../decision.js";
import type { Guard } from "../guard.js";
import { day, elements, options as known, outside, quoted, share, text, texts } from "../input.js";
import { sent } from "../shared/json.js";
import { PasswordPolicy } from "../values.js";

/** The options for making a plan. */
export interface PlanOptions extends PasswordOptions {
  /**
   * The largest share of active accounts that may leave in one plan, from 0 to 1. The default is 0.1, and five
   * accounts may always leave. A whole class or year group of at least 10 students may leave only if the share is 1, or
   * if its students are expected to leave.
   */
  maxLeavers?: number;
  /**
   * Years whose leavers are expected from July to September, such as `["Year 6"]`. Students who have just moved up to
   * such a year are not expected to leave.
   */
  leavingYears?: Iterable<string>;
  /**
   * The students whose data was erased at a parent's request. These students never get an account again. Each is a
   * source id, a UPN or a username, or a list of all ids and the username that you know. If a student in the roster has
   * only the username of an erased student, `plan.erasedByUsername` lists the student. The student gets an account if
   * both source ids or both UPNs are known, and differ.
   */
  erased?: Iterable<string | Iterable<string | null | undefined>>;
  /** The guards to override. `plan.passed` lists those guards that would have refused the plan. */
  overrideGuards?: Iterable<Guard>;
  /** People's decisions about accounts and students at this school. `plan.decisions` records the outcome of each. */
  decisions?: Iterable<Decision>;
  /**
   * The school's id, which can be any id that you use. The plan contains this id, and the guard `school-mismatch`
   * refuses accounts of another school. Without this option, the plan takes the school's id from the roster or the
   * accounts.
   */
  schoolId?: string | null;
  /** The day on which the plan is made, as `YYYY-MM-DD`. You must pass it if another option or an account has a day. */
  today?: string;
  /** The last day, as `YYYY-MM-DD`, on which leavers in `leavingYears` are expected. */
  leavingUntil?: string;
  /** The last day, as `YYYY-MM-DD`, on which leavers' accounts stay active, such as the day of exam results. */
  graceUntil?: string;
}

/** More options for `plan`, which works off the main thread. */
export interface PlanAbortable {
  /** Cancels the work. The promise then rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** The options for applying a plan. */
export interface ApplyOptions {
  /**
   * The policy for new passwords if the plan was stored without them. With `null`, `apply` makes no passwords. Use
   * `null` if you make passwords yourself. Without this option, `apply` refuses a plan that was stored without
   * passwords.
   */
  passwords?: PasswordPolicy | null;
}

/** @internal Returns what `apply` does about new passwords that the plan does not contain. */
export function missing(name: string, options: ApplyOptions | undefined): string {
  const { passwords } = known(name, options, ["passwords"]);
  if (passwords === null) return "leave";
  return passwords === undefined ? "refuse" : PasswordPolicy.json(passwords);
}

/** Returns the texts of an erased student: one text, or a list in which an unknown id is missing. */
function erasedStudent(student: unknown, name: string): string[] {
  if (typeof student === "object" && student !== null) {
    return elements(name, student, "a string or an iterable of strings", (id, at) => (id == null ? "" : text(at, id)));
  }
  return [text(name, student)];
}

const DAYS = ["today", "leavingUntil", "graceUntil"] as const;
/** @internal The names of the options for making a plan. */
export const OPTIONS = ["maxLeavers", "leavingYears", "erased", "overrideGuards", "decisions", "schoolId", ...DAYS, "passwords"];

/** @internal Checks the options, and returns them and the policy for passwords as JSON for Rust. */
export function choices(name: string, options: PlanOptions | undefined): [choices: string, policy: string] {
  const given = known(name, options, OPTIONS);
  const { maxLeavers } = given;
  const leavingYears = texts("leavingYears", given.leavingYears ?? []);
  for (const year of leavingYears) {
    if (!native.isYearGroup(year)) throw outside(`leavingYears must be year groups, such as 'Year 6', not ${quoted(year)}`);
  }
  const overrideGuards = texts("overrideGuards", given.overrideGuards ?? []);
  const guards = native.guards();
  for (const guard of overrideGuards) {
    if (!guards.includes(guard)) throw outside(`overrideGuards must name guards (${guards.join(", ")}), not ${quoted(guard)}`);
  }
  const told = {
    maxLeavers: maxLeavers === undefined ? null : share("maxLeavers", maxLeavers),
    leavingYears,
    erased: elements("erased", given.erased ?? [], "an iterable of strings", erasedStudent),
    overrideGuards,
    decisions: decisions("decisions", given.decisions ?? []),
    schoolId: given.schoolId == null ? null : text("schoolId", given.schoolId),
    ...Object.fromEntries(DAYS.map((name) => [name, given[name] == null ? null : day(name, given[name])])),
  };
  return [sent(told), PasswordPolicy.json(given.passwords)];
}
