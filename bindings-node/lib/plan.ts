// Plans the changes that make accounts match a roster.

import { inspect } from "node:util";
import * as native from "../native.js";
import { type Account, account } from "./accounts/account.js";
import { Accounts } from "./accounts/accounts.js";
import { type PasswordOptions, withPasswords } from "./accounts/passwords.js";
import { type Decision, type RecordedDecision, decisions, hidden } from "./decision.js";
import { promised, sync } from "./errors.js";
import type { Guard } from "./guard.js";
import { abortable, day, outside, place, options as known, quoted, share, text, texts, unlessAborted, unmade, wrong } from "./input.js";
import { camel, parsed, sent, snake, stored } from "./shared/json.js";
import { Roster } from "./roster/roster.js";
import { uncloneable } from "./uncloneable.js";
import { type Gender, Password, PasswordPolicy } from "./values.js";

/** The options for making a plan. */
export interface PlanOptions extends PasswordOptions {
  /**
   * The largest share of active accounts that may leave in one plan, from 0 to 1. The default is 0.1, and five
   * accounts may always leave.
   */
  maxLeavers?: number;
  /**
   * Years whose leavers are expected from July to September, such as `["Year 6"]`. Students who have just moved up to
   * such a year are not expected to leave.
   */
  leavingYears?: Iterable<string>;
  /**
   * Students who were erased at a parent's request, by source id, UPN or username. They never get an account again. If
   * the roster has an id for a student, only the ids in this list count for that student. Otherwise the usernames
   * count, and `plan.erasedByUsername` lists the student.
   */
  erased?: Iterable<string>;
  /** The guards to override. `plan.passed` records which of them would have refused the plan. */
  overrideGuards?: Iterable<Guard>;
  /** People's decisions about accounts and students at this school. `plan.decisions` records the outcome of each. */
  decisions?: Iterable<Decision>;
  /**
   * The school's id, which can be any id that you use. The plan carries it, and the guard `school-mismatch` refuses
   * accounts of another school. Without it, the plan takes the school's id from the roster or the accounts.
   */
  schoolId?: string | null;
  /** The day on which the plan is made, as `YYYY-MM-DD`. You must pass it if another option or an account has a day. */
  today?: string;
  /** The last day, as `YYYY-MM-DD`, on which leavers in `leavingYears` are expected. */
  leavingUntil?: string;
  /** The last day, as `YYYY-MM-DD`, on which leavers' accounts stay active, such as the day of exam results. */
  graceUntil?: string;
}

/** The changes to leave out of a plan. */
export interface WithoutOptions {
  /** Leaves out all changes of these kinds. */
  kinds?: Iterable<Change["kind"]>;
  /**
   * Leaves out the changes to these usernames. Use the account's current username; for a joiner, use the username of
   * the new account.
   */
  usernames?: Iterable<string>;
}

/** A change that was left out of a plan. `util.inspect` shows none of its data. */
export interface LeftOut {
  /** The kind of change. */
  readonly kind: Change["kind"];
  /** The username. */
  readonly username: string;
}

/** More options for `plan`, which works off the main thread. */
export interface PlanAbortable {
  /** Cancels the work. The promise then rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** The options for applying a plan. */
export interface ApplyOptions {
  /**
   * How to make new passwords for a plan that was stored without them. With `null`, those students get no password. Use
   * `null` if you make passwords yourself. Without this option, `apply` refuses such a plan.
   */
  passwords?: PasswordPolicy | null;
}

/** An old and a new value. */
type Pair<T> = readonly [old: T, now: T];

/** The changed fields of an account: the old and the new value of each, with the types of an `Account`. */
export interface ChangedFields {
  /** The student's full name. */
  readonly fullName?: Pair<string>;
  /** The username. With SSO, it is an email address. */
  readonly username?: Pair<string>;
  /** The year group as the school writes it, such as `Year 5`. */
  readonly yearGroup?: Pair<string>;
  /** The class, such as `5A`. */
  readonly className?: Pair<string>;
  /** The gender. */
  readonly gender?: Pair<Gender | null>;
  /** Whether the school gets pupil premium for the student. */
  readonly pupilPremium?: Pair<boolean>;
  /** The ethnicity code. */
  readonly ethnicity?: Pair<string>;
  /** Whether the student has special educational needs or a disability. */
  readonly send?: Pair<boolean>;
  /** Whether English is an additional language for the student. */
  readonly eal?: Pair<boolean>;
  /** Whether the student is on roll. */
  readonly active?: Pair<boolean>;
  /** The last day, as `YYYY-MM-DD`, on which a leaver may sign in. */
  readonly activeUntil?: Pair<string | null>;
  /** The student's id in the school's MIS or in Wonde. */
  readonly sourceId?: Pair<string | null>;
  /** The unique pupil number. */
  readonly upn?: Pair<string | null>;
}

/** The fields of an account that may change. */
export type ChangedField = keyof ChangedFields;

interface Changed {
  /** The username before the plan. */
  readonly username: string;
  /** Your own id for the account; `null` for a joiner, or if you passed no `hostId`. */
  readonly hostId: string | null;
  /** The account as it will be after the plan is applied. */
  readonly account: Account;
  /** The changed fields, with the old and the new value. A joiner has none, because the whole account is new. */
  readonly fields: ChangedFields;
}

/**
 * One statement for your database: a row to insert, or the fields to update in one row. `util.inspect` shows none of
 * its data.
 */
export interface Statement {
  /** The kind of statement. */
  readonly kind: "insert" | "update";
  /** Your own id for the account, to find its row; `null` for a row to insert, or if you passed no `hostId`. */
  readonly hostId: string | null;
  /** The username of the row when this statement runs. For a row to insert, it is the new username. */
  readonly username: string;
  /** The values to set: for a row to insert all of them, except a missing `upi`; for an update only the changed values. */
  readonly set: StatementValues;
  /** Whether the row gets a new password. If so, you must not keep the old password. */
  readonly newPassword: boolean;
  /** The new password, if there is one and the plan contains it. */
  readonly password: Password | null;
  /**
   * Whether this statement only frees a username or an id for another row. A later statement sets this row's own
   * username and ids.
   */
  readonly makesRoom: boolean;
}

/** The values of a statement by field, with the types of an `Account`. */
export type StatementValues = { readonly [F in ChangedField]?: NonNullable<ChangedFields[F]>[0] } & {
  /** Wonde's id for the person, in a row to insert. */
  readonly upi?: string;
};

/** The password part of a change. */
interface WithPassword {
  /**
   * Whether the account gets a new password. Joiners get one. A returning leaver who is matched by name or username
   * alone gets one too, because the old password may be another child's. False for students who sign in without a
   * password from onroll.
   */
  readonly newPassword: boolean;
  /** The new password; `null` if there is none, or if the plan was read from JSON without passwords. */
  readonly password: Password | null;
}

/** A new account. */
export interface Join extends Changed, WithPassword {
  /** The kind of change. */
  readonly kind: "join";
}

/** A leaver's account. It is deactivated but kept; if there is a grace period, it only gets its last day. */
export interface Leave extends Changed {
  /** The kind of change. */
  readonly kind: "leave";
}

/** A leaver's account that is activated again. */
export interface Return extends Changed, WithPassword {
  /** The kind of change. */
  readonly kind: "return";
}

/** An account that gets a new source id for the same student. */
export interface Relink extends Changed {
  /** The kind of change. */
  readonly kind: "relink";
}

/** An account that gets a new username, by a decision or because you override `usernames-changed`. */
export interface Rename extends Changed {
  /** The kind of change. */
  readonly kind: "rename";
}

/** A student who changes class or year group. */
export interface Move extends Changed {
  /** The kind of change. */
  readonly kind: "move";
}

/** An account that changes only in other fields, such as gender. */
export interface Update extends Changed {
  /** The kind of change. */
  readonly kind: "update";
}

/** All changes to one account. `kind` says what kind of change it is. */
export type Change = Join | Leave | Return | Relink | Rename | Move | Update;

/** An account or a student in a plan. `util.inspect` shows none of its data. */
export interface PlanEntry {
  /** The username. With SSO, it is an email address. */
  readonly username: string;
  /** The student's full name. */
  readonly fullName: string;
  /** The year group as the school writes it. */
  readonly yearGroup: string;
  /** The class as the school writes it. */
  readonly className: string;
  /** The student's id in the school's MIS or in Wonde, if known. */
  readonly sourceId?: string;
  /** The unique pupil number, if known. */
  readonly upn?: string;
}

/**
 * Why accounts and students are a conflict:
 * - `name-shared`: several accounts or students have this name, and nothing else tells them apart.
 * - `source-id-changed`: the student has the account's username or name, but another source id.
 * - `source-id-reused`: the student has the account's source id or Wonde's id for the person, but another name, and no
 *   UPN shows that it is the same student.
 * - `username-reused`: the student has the account's username, but the names belong to different people.
 * - `username-taken`: another account keeps the student's username. The conflict names that account, but only the
 *   student is in doubt.
 * - `years-apart`: the student has the account's username or name, but the years are too far apart for one student.
 * - `person-differs`: the student has the account's username or name, but gender, ethnicity and class all differ.
 */
export type ConflictReason =
  | "name-shared"
  | "source-id-changed"
  | "source-id-reused"
  | "username-reused"
  | "username-taken"
  | "years-apart"
  | "person-differs";

/** Accounts and students that could not be matched with certainty. They stay unchanged until a person decides. */
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

/**
 * Renames the changed fields in a plan's JSON with `named`. Each is the first of a list: `["className", "5A", "5B"]`.
 */
function fields(json: string, named: (name: string) => string): string {
  const field = /(\[\s*)"(full_?[nN]ame|year_?[gG]roup|class_?[nN]ame|pupil_?[pP]remium|source_?[iI]d|active_?[uU]ntil)"(?=\s*,)/g;
  return json.replace(field, (_, open: string, name: string) => `${open}"${named(name)}"`);
}

/** A plan as JSON. The content is for `Plan.fromJSON`, and later versions may add to it. */
export type PlanJson = Readonly<Record<string, unknown>>;

interface Told {
  unchanged: number;
  held: number;
  erased: number;
  erasedByUsername: PlanEntry[];
  inGrace: number;
  leftOut: LeftOut[];
  perhapsStaff: PlanEntry[];
  passed: Guard[];
  conflicts: Conflict[];
  near: NearPair[];
  decisions: RecordedDecision[];
  keptUsernames: { kept: string; listed: string }[];
}

const HIDDEN = { value: (): string => "Change <hidden>", enumerable: false };
const STATEMENT = { value: (): string => "Statement <hidden>", enumerable: false };
const ENTRY = { value: (): string => "PlanEntry <hidden>", enumerable: false };
const NEAR = { value: (): string => "NearPair <hidden>", enumerable: false };
const LEFT_OUT = { value: (): string => "LeftOut <hidden>", enumerable: false };
const KEPT = { value: (): string => "KeptUsername <hidden>", enumerable: false };
const CONFLICT = {
  value(this: Conflict): string {
    return `Conflict <${this.reason}, ${this.accounts.length} accounts, ${this.students.length} students>`;
  },
  enumerable: false,
};

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
  #told: Told | undefined;

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
   * Reads a plan from the JSON that `toJSON` returned, as a text or an object. Also reads the JSON of Rust and Python.
   * Throws PlanError, also if the plan was edited or damaged.
   */
  static fromJSON(json: string | PlanJson): Plan {
    return Plan.of(sync(() => native.planFromJson(fields(stored(json), snake))));
  }

  get #whole(): Told {
    if (this.#told === undefined) {
      this.#told = parsed<Told>(this.#native.told());
      const entries = [...this.#told.erasedByUsername, ...this.#told.perhapsStaff];
      for (const out of this.#told.leftOut) Object.defineProperty(out, inspect.custom, LEFT_OUT);
      for (const conflict of this.#told.conflicts) {
        Object.defineProperty(conflict, inspect.custom, CONFLICT);
        entries.push(...conflict.accounts, ...conflict.students);
      }
      for (const pair of this.#told.near) {
        Object.defineProperty(pair, inspect.custom, NEAR);
        entries.push(pair.account, pair.student);
      }
      for (const entry of entries) Object.defineProperty(entry, inspect.custom, ENTRY);
      for (const { decision } of this.#told.decisions) hidden(decision);
      for (const kept of this.#told.keptUsernames) Object.defineProperty(kept, inspect.custom, KEPT);
    }
    return this.#told;
  }

  /** The number of changes. */
  get length(): number {
    return this.#native.length;
  }

  /** Returns the change at an index; `undefined` if there is none. A negative index counts from the end. */
  at(index: number): Change | undefined {
    const at = place(index, this.length);
    const found = at === undefined ? null : this.#native.at(at);
    if (found === null) return undefined;
    const told = JSON.parse(found) as {
      kind: Change["kind"];
      username: string;
      hostId: string | null;
      account: string;
      fields: [string, unknown, unknown][];
      newPassword: boolean;
      password: string | null;
    };
    const made = account(told.account, told.password ?? undefined);
    const fields = Object.fromEntries(told.fields.map(([name, old, now]) => [camel(name), [old, now]]));
    const change = {
      kind: told.kind,
      username: told.username,
      hostId: told.hostId,
      account: made,
      fields,
      ...((told.kind === "join" || told.kind === "return") && { newPassword: told.newPassword, password: made.password }),
    };
    return Object.freeze(Object.defineProperty(change, inspect.custom, HIDDEN)) as Change;
  }

  *[Symbol.iterator](): IterableIterator<Change> {
    for (let place = 0; place < this.length; place += 1) yield this.at(place)!;
  }

  /**
   * Returns the plan as statements for your database, one for each row, in an order that unique indexes on username,
   * source id and UPN accept. A row gives up a username before another row takes it. If two rows swap usernames, one of
   * them first gets a temporary username. Run all statements in one transaction.
   */
  statements(): readonly Statement[] {
    return this.#native.statements().map((json) => {
      const told = JSON.parse(json) as Omit<Statement, "set" | "password"> & { set: [string, unknown][]; password: string | null };
      const set = Object.fromEntries(told.set.map(([name, value]) => [camel(name), value])) as StatementValues;
      const password = told.password === null ? null : Password.of(told.password);
      return Object.freeze(Object.defineProperty({ ...told, set, password }, inspect.custom, STATEMENT));
    });
  }

  #of<T extends Change>(kind: T["kind"]): readonly T[] {
    return this.#native.ofKind(kind).map((place) => this.at(place) as T);
  }

  /** New accounts. */
  get joiners(): readonly Join[] {
    return this.#of<Join>("join");
  }

  /** Leavers' accounts. They are deactivated; if there is a grace period, they only get their last day. */
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

  /** Accounts that change only in other fields, such as gender. */
  get updates(): readonly Update[] {
    return this.#of<Update>("update");
  }

  /** The uncertain matches. They stay unchanged until a person decides. */
  get conflicts(): readonly Conflict[] {
    return this.#whole.conflicts;
  }

  /** The leavers and joiners who may be the same student. */
  get near(): readonly NearPair[] {
    return this.#whole.near;
  }

  /** The decisions given to the plan, each with its outcome. */
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

  /** The number of active accounts that stay unchanged, not counting accounts in conflicts or of held students. */
  get unchanged(): number {
    return this.#whole.unchanged;
  }

  /** The number of accounts that stay unchanged because their student is held. */
  get held(): number {
    return this.#whole.held;
  }

  /** The number of students who were left out because they are in `erased`. */
  get erased(): number {
    return this.#whole.erased;
  }

  /**
   * The students who were left out only because their username is in `erased`. Check each one, because a child with the
   * same name may have joined later. That child gets an account if the roster has an id for the child, or if you remove
   * the username from `erased`.
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
   * the plan was made for other accounts, or if they have changed since in anything except passwords. Rejects with
   * `ERR_PLAN_WITHOUT_PASSWORDS` if the plan was stored without the new passwords and you do not pass `passwords`.
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
   * Returns a plan without the changes of the given kinds and without the changes to the given usernames. Its `leftOut`
   * lists these changes. Throws PlanError: `ERR_PLAN_NO_SUCH_CHANGE` if a username has no change in the plan;
   * `ERR_PLAN_PART_BREAKS`, with `usernames`, if remaining changes depend on changes that would be left out.
   */
  without(options: WithoutOptions): Plan {
    const { kinds = [], usernames = [] } = known("without", options, ["kinds", "usernames"]);
    const [out, names] = [texts("kinds", kinds), texts("usernames", usernames)];
    const all = native.changeKinds();
    for (const kind of out) {
      if (!all.includes(kind)) throw outside(`kinds must name kinds of changes (${all.join(", ")}), not ${quoted(kind)}`);
    }
    return Plan.of(sync(() => this.#native.without(out, names)));
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

/** Returns what `apply` does about new passwords that the plan does not contain. */
function missing(name: string, options: ApplyOptions | undefined): string {
  const { passwords } = known(name, options, ["passwords"]);
  if (passwords === null) return "leave";
  return passwords === undefined ? "refuse" : PasswordPolicy.json(passwords);
}

const DAYS = ["today", "leavingUntil", "graceUntil"] as const;
const OPTIONS = ["maxLeavers", "leavingYears", "erased", "overrideGuards", "decisions", "schoolId", ...DAYS, "passwords"];

function choices(name: string, options: PlanOptions | undefined): [choices: string, policy: string] {
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
    erased: texts("erased", given.erased ?? []),
    overrideGuards,
    decisions: decisions("decisions", given.decisions ?? []),
    schoolId: given.schoolId == null ? null : text("schoolId", given.schoolId),
    ...Object.fromEntries(DAYS.map((name) => [name, given[name] == null ? null : day(name, given[name])])),
  };
  return [sent(told), PasswordPolicy.json(given.passwords)];
}

/**
 * Plans the changes that make accounts match a roster. Rejects with PlanRefused, which has the guard and its numbers,
 * if a guard refuses the plan. If you abort `signal`, the promise rejects at once with the signal's reason.
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
