// The class `Plan` with all its methods, and the function `plan`. `core/src/plan` decides the changes.

import { inspect } from "node:util";
import native = require("../../native.js");
import { Accounts } from "../accounts/accounts.js";
import { withPasswords } from "../accounts/passwords.js";
import type { RecordedDecision } from "../decision.js";
import { promised, sync } from "../errors.js";
import type { Guard } from "../guard.js";
import { abortable, options as known, indexIn, unlessAborted, unmade, wrong } from "../input.js";
import { Roster } from "../roster/roster.js";
import { camel, parsed, snake, stored } from "../shared/json.js";
import { uncloneable } from "../uncloneable.js";
import { type Change, type Join, type Leave, type Move, type Relink, type Rename, type Return, type Update, changeOf } from "./change.js";
import type { Conflict, NearPair } from "./conflict.js";
import type { PlanEntry } from "./entry.js";
import { type Findings, findingsOf } from "./findings.js";
import { type PlanJson, fields } from "./json.js";
import { type ApplyOptions, OPTIONS, type PlanAbortable, type PlanOptions, choices, missing } from "./options.js";
import { type Statement, statementOf } from "./statement.js";
import { type LeftOut, type WithoutOptions, leavingOut } from "./without.js";

/**
 * The changes that make accounts match a roster, sorted by kind and then by username. No account changes before
 * `apply`.
 *
 * @example
 * const accounts = await createAccounts(await readCsv("students.csv"));
 * const made = await plan(accounts, await readCsv("september.csv"), { leavingYears: ["Year 6"], schoolId: "oak" });
 * made.summary(); // => "31 join, 63 leave, 177 move"
 * made.summaryInWords(); // => "31 new students, 63 leavers, 177 change class or year"
 * [made.length, made.at(0).kind, made.joiners.length, made.leavers.length, made.movers.length]; // => [271, "join", 31, 63, 177]
 * [made.returners, made.relinks, made.renames, made.updates, made.conflicts, made.near, made.decisions]; // => [[], [], [], [], [], [], []]
 * [made.keptUsernames, made.perhapsStaff, made.passed, made.leftOut, made.erasedByUsername]; // => [[], [], [], [], []]
 * [made.unchanged, made.held, made.erased, made.inGrace, made.schoolId]; // => [0, 0, 0, 0, "oak"]
 * made.diff().length > 0; // for the person who approves it
 * made.without({ kinds: ["leave"] }).leftOut.length; // => 63
 * made.statements().length; // => 271
 * Plan.fromJSON(JSON.stringify(made.toJSON({ passwords: true }))).equals(made); // => true
 * const after = await made.apply(accounts); // or made.applySync(accounts)
 * (await made.reverse(after)).length; // => 240
 * made.reverseSync(after).fingerprint() === accounts.fingerprint(); // => true
 */
export class Plan implements Iterable<Change> {
  readonly #native: native.Plan;
  #findings: Findings | undefined;

  private constructor(made: native.Plan) {
    if (!(made instanceof native.Plan)) throw unmade("Plan", "plan(accounts, roster) or Plan.fromJSON");
    this.#native = made;
    uncloneable(this);
  }

  /** @internal */
  static of(made: native.Plan): Plan {
    return new Plan(made);
  }

  /**
   * Reads a plan from the JSON that `toJSON` returned, as a text or an object. Also reads the JSON that onroll writes
   * in Rust and Python. Throws PlanError if the JSON is not a plan, or if the plan was edited or damaged.
   */
  static fromJSON(json: string | PlanJson): Plan {
    return Plan.of(sync(() => native.planFromJson(fields(stored(json), snake))));
  }

  get #whole(): Findings {
    return (this.#findings ??= findingsOf(this.#native.told()));
  }

  /** The number of changes. */
  get length(): number {
    return this.#native.length;
  }

  /** Returns the change at an index; `undefined` if there is none. A negative index counts from the end. */
  at(index: number): Change | undefined {
    const at = indexIn(index, this.length);
    const found = at === undefined ? null : this.#native.at(at);
    return found === null ? undefined : changeOf(found);
  }

  *[Symbol.iterator](): IterableIterator<Change> {
    for (let index = 0; index < this.length; index += 1) yield this.at(index)!;
  }

  /**
   * Returns the plan as statements for your database, each of which inserts or updates one row. If you run the
   * statements in the returned order, they violate no unique indexes on username and source id. A row gives up a
   * username before another row takes it. If two rows swap usernames, one of them first gets a temporary username. Run
   * all statements in one transaction. Do not put a unique index on the UPN. Two students can have the same UPN by
   * mistake. A text that is not a UPN, such as `TBC`, can occur many times.
   */
  statements(): readonly Statement[] {
    return this.#native.statements().map(statementOf);
  }

  #of<T extends Change>(kind: T["kind"]): readonly T[] {
    return this.#native.ofKind(kind).map((index) => this.at(index) as T);
  }

  /** New accounts. */
  get joiners(): readonly Join[] {
    return this.#of<Join>("join");
  }

  /**
   * Leavers' accounts, which are deactivated. If there is a grace period, the accounts stay active, and their
   * `activeUntil` becomes the last day of the period.
   */
  get leavers(): readonly Leave[] {
    return this.#of<Leave>("leave");
  }

  /** Leavers' accounts that are activated again. */
  get returners(): readonly Return[] {
    return this.#of<Return>("return");
  }

  /** Accounts that get a new source id. */
  get relinks(): readonly Relink[] {
    return this.#of<Relink>("relink");
  }

  /** Accounts that get a new username. */
  get renames(): readonly Rename[] {
    return this.#of<Rename>("rename");
  }

  /** Students who change class or year group. */
  get movers(): readonly Move[] {
    return this.#of<Move>("move");
  }

  /** Accounts in which only other fields change, such as the gender. */
  get updates(): readonly Update[] {
    return this.#of<Update>("update");
  }

  /**
   * The uncertain matches. The plan does not change their accounts, except if the reason is `username-taken` or
   * `upn-shared`.
   */
  get conflicts(): readonly Conflict[] {
    return this.#whole.conflicts;
  }

  /** The leavers and joiners who may be the same student. */
  get near(): readonly NearPair[] {
    return this.#whole.near;
  }

  /** The decisions that you passed to the plan, each with its outcome. */
  get decisions(): readonly RecordedDecision[] {
    return this.#whole.decisions;
  }

  /** The school's id, from the option `schoolId`, the roster or the accounts; `null` if none of them has it. */
  get schoolId(): string | null {
    return this.#native.schoolId;
  }

  /** The usernames that accounts keep although the roster has a different one, each with the username in the roster. */
  get keptUsernames(): readonly { readonly kept: string; readonly listed: string }[] {
    return this.#whole.keptUsernames;
  }

  /**
   * The number of active accounts that stay unchanged, not counting the accounts in conflicts and the accounts of held
   * students.
   */
  get unchanged(): number {
    return this.#whole.unchanged;
  }

  /** The number of accounts that stay unchanged because the student's record has an error. */
  get held(): number {
    return this.#whole.held;
  }

  /** The number of students who were left out because they are in `erased`. */
  get erased(): number {
    return this.#whole.erased;
  }

  /**
   * The students who were left out only because their username is in `erased`. Check each one, because a child with the
   * same name may have joined later. That child gets an account if you add the erased student's id to the username in
   * `erased`, or if you remove the username.
   */
  get erasedByUsername(): readonly PlanEntry[] {
    return this.#whole.erasedByUsername;
  }

  /** The number of leavers' accounts that stay active because their last day has not passed. */
  get inGrace(): number {
    return this.#whole.inGrace;
  }

  /** The changes that `without` left out, by kind and then by username. */
  get leftOut(): readonly LeftOut[] {
    return this.#whole.leftOut;
  }

  /**
   * Joiners who may be staff: their name begins with a title, such as `Mr`, and their year group is not a school year.
   */
  get perhapsStaff(): readonly PlanEntry[] {
    return this.#whole.perhapsStaff;
  }

  /** The overridden guards that would have refused this plan. */
  get passed(): readonly Guard[] {
    return this.#whole.passed;
  }

  /** Returns the number of changes of each kind in one line, without names. */
  summary(): string {
    return this.#native.summary();
  }

  /**
   * Returns the number of changes of each kind in plain words, for the person who approves the plan. The text contains
   * no names.
   */
  summaryInWords(): string {
    return this.#native.summaryInWords();
  }

  /**
   * Returns the plan as a text for the person who approves it, with names, old values and new values. If three or more
   * students change in the same way, they share a line.
   */
  diff(): string {
    return this.#native.diff();
  }

  /**
   * Returns new Accounts with the plan applied. The Accounts that you pass stay unchanged. Rejects with PlanError if
   * the plan was made for different accounts, or if the accounts have changed since then in anything except passwords.
   * Rejects with `ERR_PLAN_WITHOUT_PASSWORDS` if the plan was stored without the new passwords and you do not pass
   * `passwords`.
   */
  async apply(accounts: Accounts, options?: ApplyOptions): Promise<Accounts> {
    const [given, how] = [Accounts.native(accounts), missing("apply", options)];
    return Accounts.of(await promised<native.Accounts>(() => this.#native.apply(given, how) as Promise<unknown>));
  }

  /** Does the same as `apply`, synchronously. */
  applySync(accounts: Accounts, options?: ApplyOptions): Accounts {
    const [given, how] = [Accounts.native(accounts), missing("applySync", options)];
    return Accounts.of(sync(() => this.#native.applySync(given, how)));
  }

  /**
   * Returns new Accounts as they were before the plan was applied, with their old passwords. The Accounts that you pass
   * stay unchanged. Joiners' accounts are removed again. Rejects with PlanError: `ERR_PLAN_ALREADY_REVERSED`,
   * `ERR_PLAN_CHANGED_SINCE`, or `ERR_PLAN_WITHOUT_PASSWORDS` if the plan was stored without the passwords that it
   * replaced.
   */
  async reverse(accounts: Accounts): Promise<Accounts> {
    const given = Accounts.native(accounts);
    return Accounts.of(await promised<native.Accounts>(() => this.#native.reverse(given) as Promise<unknown>));
  }

  /** Does the same as `reverse`, synchronously. */
  reverseSync(accounts: Accounts): Accounts {
    const given = Accounts.native(accounts);
    return Accounts.of(sync(() => this.#native.reverseSync(given)));
  }

  /**
   * Returns a plan without the changes of the given kinds and without the changes to the given usernames. The new
   * plan's `leftOut` lists the changes that were left out. Throws PlanError: `ERR_PLAN_NO_SUCH_CHANGE` if a username
   * has no change in the plan; `ERR_PLAN_PART_BREAKS`, with `usernames`, if remaining changes depend on changes that
   * would be left out.
   */
  without(options: WithoutOptions): Plan {
    const [kinds, usernames] = leavingOut(options);
    return Plan.of(sync(() => this.#native.without(kinds, usernames)));
  }

  /**
   * Returns the plan as a plain object, so that you can store it until it is approved. It contains new passwords only
   * with `{ passwords: true }`. Without them, you must pass `passwords` to `apply`.
   */
  toJSON(options?: { passwords?: boolean } | string): PlanJson {
    const passwords = withPasswords(options);
    return parsed<PlanJson>(fields(this.#native.json(passwords), camel));
  }

  /** Returns whether two plans are the same, including passwords. */
  equals(other: Plan): boolean {
    if (!(other instanceof Plan)) throw wrong("other", "a Plan", other);
    return this.#native.equals(other.#native);
  }

  /** Returns the summary, which contains no names. */
  toString(): string {
    return this.summary();
  }

  [inspect.custom](): string {
    return `Plan <${this.summary()}>`;
  }
}

/**
 * Plans the changes that make accounts match a roster. If a guard refuses the plan, rejects with PlanRefused, which has
 * the guard and its numbers. If you abort `signal`, the promise rejects at once with the signal's reason.
 *
 * @example
 * const accounts = await createAccounts(await readCsv("students.csv"));
 * (await plan(accounts, await readCsv("students.csv"))).summary(); // => "nothing to do, 240 unchanged"
 */
export async function plan(accounts: Accounts, roster: Roster, options?: PlanOptions & PlanAbortable): Promise<Plan> {
  const { signal, ...planning } = known("plan", options, [...OPTIONS, "signal"]);
  const [own, students, [how, policy]] = [Accounts.native(accounts), Roster.native(roster), choices("plan", planning)];
  const ending = abortable(signal);
  const watch = new native.Watch();
  const end = () => watch.end();
  ending?.addEventListener("abort", end);
  try {
    const made = promised<native.Plan>(() => native.makePlan(own, students, how, policy, watch), { signal: ending });
    return Plan.of(await unlessAborted(made, ending));
  } finally {
    ending?.removeEventListener("abort", end);
  }
}

/**
 * Does the same as `plan`, synchronously.
 *
 * @example
 * const roster = readCsvSync("students.csv");
 * planSync(createAccountsSync(roster), roster).summary(); // => "nothing to do, 240 unchanged"
 */
export function planSync(accounts: Accounts, roster: Roster, options?: PlanOptions): Plan {
  const [own, students, [how, policy]] = [Accounts.native(accounts), Roster.native(roster), choices("planSync", options)];
  return Plan.of(sync(() => native.makePlanSync(own, students, how, policy)));
}
