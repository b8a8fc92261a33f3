// Plans: what must change so that accounts match a roster.

import { inspect } from "node:util";
import * as native from "../native.js";
import { type Account, Accounts, type PasswordOptions, account, withPasswords } from "./accounts.js";
import { type Decision, type RecordedDecision, decisions, hidden } from "./decision.js";
import { promised, sync } from "./errors.js";
import type { Guard } from "./guard.js";
import { abortable, outside, place, options as known, quoted, share, text, texts, unlessAborted, unmade, wrong } from "./input.js";
import { camel, parsed, sent, snake, stored } from "./json.js";
import { Roster } from "./roster.js";
import { uncloneable } from "./uncloneable.js";
import { type Gender, Password, PasswordPolicy } from "./values.js";

/** How a plan is made. */
export interface PlanOptions extends PasswordOptions {
  /** The largest share of active accounts that may leave in one plan, from 0 to 1; 0.1 by default, and 5 may always leave. */
  maxLeavers?: number;
  /** Years whose leavers are expected, such as `["Year 6"]`, from July to September. */
  leavingYears?: Iterable<string>;
  /**
   * Students erased at a parent's request, by source id, UPN or username: no account is made for them again. Where the roster has
   * an id for a student, only an id counts. Where it has none, the username counts, and `plan.erasedByUsername` lists the student.
   */
  erased?: Iterable<string>;
  /** Guards to override; `plan.passed` records which of them would have refused the plan. */
  overrideGuards?: Iterable<Guard>;
  /** What people decided about accounts and students of this school. `plan.decisions` records what became of each decision. */
  decisions?: Iterable<Decision>;
  /**
   * The school, by any id that you use for it. The plan carries it, and the guard `school-mismatch` refuses accounts of another
   * school. Without it, the plan has the school id of the roster, or of the accounts.
   */
  schoolId?: string | null;
}

/** What a plan that is made away from the main thread takes besides. */
export interface PlanAbortable {
  /** Ends the work half-way. The promise is then rejected with the signal's reason. */
  signal?: AbortSignal;
}

/** How a plan is applied. */
export interface ApplyOptions {
  /**
   * How to make the new passwords that the plan does not have, because it was stored without them. With `null`, those students get
   * none: for hosts that make passwords themselves. Without either, such a plan is refused.
   */
  passwords?: PasswordPolicy | null;
}

/** An old and a new value. */
type Pair<T> = readonly [old: T, now: T];

/** What changes of an account, by field: each old and new value, of the same type as in `Account`. */
export interface ChangedFields {
  /** The student's full name. */
  readonly fullName?: Pair<string>;
  /** The name to sign in with; with SSO, an email address. */
  readonly username?: Pair<string>;
  /** The year group as the school writes it, such as `Year 5`. */
  readonly yearGroup?: Pair<string>;
  /** The class, such as `5A`. */
  readonly className?: Pair<string>;
  /** The gender. */
  readonly gender?: Pair<Gender | null>;
  /** Whether the school gets pupil premium for the student. */
  readonly pupilPremium?: Pair<boolean>;
  /** The codes. */
  readonly ethnicity?: Pair<string>;
  /** Whether the student has special educational needs or a disability. */
  readonly send?: Pair<boolean>;
  /** Whether English is an additional language. */
  readonly eal?: Pair<boolean>;
  /** Whether the student may sign in. */
  readonly active?: Pair<boolean>;
  /** The id that the school's MIS, or Wonde, gives the student. */
  readonly sourceId?: Pair<string | null>;
  /** The unique pupil number. */
  readonly upn?: Pair<string | null>;
}

/** The fields of an account that may change. */
export type ChangedField = keyof ChangedFields;

interface Changed {
  /** The username the account has now. */
  readonly username: string;
  /** The id that you gave the account; `null` of a joiner, and where you gave none. */
  readonly hostId: string | null;
  /** The account as it will be. */
  readonly account: Account;
  /** What changes of it: the old and the new values. A new account has none, since all of it is new. */
  readonly fields: ChangedFields;
}

/** One statement for your database: a row to insert, or the fields to set of one row. `util.inspect` shows nothing of it. */
export interface Statement {
  /** What it does. */
  readonly kind: "insert" | "update";
  /** The id that you gave the account, by which its row is found; `null` of a row to insert, and where you gave none. */
  readonly hostId: string | null;
  /** The username that the row has when this statement is run; of a row to insert, the one it will have. */
  readonly username: string;
  /** The values to set: all twelve of a row to insert, and of another those that change. */
  readonly set: StatementValues;
  /** Whether the row gets a new password, so that its old one must not be kept. */
  readonly newPassword: boolean;
  /** The new password, if there is one and the plan has it. */
  readonly password: Password | null;
  /** Whether this only makes room for another row. A later statement gives this row its own username and ids. */
  readonly makesRoom: boolean;
}

/** The values of a statement by field, of the same types as in `Account`. */
export type StatementValues = { readonly [F in ChangedField]?: NonNullable<ChangedFields[F]>[0] };

/** What a change says of passwords. */
interface WithPassword {
  /**
   * Whether the account gets a new password: as a joiner, or as a leaver who returns and is known by a name or username alone,
   * since the old password may be another child's. False for students who sign in without a password of ours.
   */
  readonly newPassword: boolean;
  /** The new password; `null` where there is none, and in a plan that was read from JSON without passwords. */
  readonly password: Password | null;
}

/** A new account. */
export interface Join extends Changed, WithPassword {
  /** Which kind of change it is. */
  readonly kind: "join";
}

/** An account that is deactivated, and kept. */
export interface Leave extends Changed {
  /** Which kind of change it is. */
  readonly kind: "leave";
}

/** A leaver's account that is activated again. */
export interface Return extends Changed, WithPassword {
  /** Which kind of change it is. */
  readonly kind: "return";
}

/** An account that is linked to a new source id; the student is the same. */
export interface Relink extends Changed {
  /** Which kind of change it is. */
  readonly kind: "relink";
}

/** An account that is given a new username: by a decision, or because `usernames-changed` was overridden. */
export interface Rename extends Changed {
  /** Which kind of change it is. */
  readonly kind: "rename";
}

/** A student who changes class or year group. */
export interface Move extends Changed {
  /** Which kind of change it is. */
  readonly kind: "move";
}

/** An account of which only other fields change. */
export interface Update extends Changed {
  /** Which kind of change it is. */
  readonly kind: "update";
}

/** One account that changes; `kind` tells which. */
export type Change = Join | Leave | Return | Relink | Rename | Move | Update;

/** An account, or a student of the roster, as a plan lists one. `util.inspect` shows nothing of it. */
export interface PlanEntry {
  /** The name to sign in with; with SSO, an email address. */
  readonly username: string;
  /** The student's full name. */
  readonly fullName: string;
  /** The year group as it is listed. */
  readonly yearGroup: string;
  /** The class as it is listed. */
  readonly className: string;
  /** The id that the school's MIS, or Wonde, gives the student, where it is known. */
  readonly sourceId?: string;
  /** The unique pupil number, where it is known. */
  readonly upn?: string;
}

/**
 * Why accounts and students are a conflict:
 * - `name-shared`: several accounts or students have this name, and nothing else tells them apart.
 * - `source-id-changed`: username or name are the account's, and the source id is another.
 * - `source-id-reused`: the source id is the account's, and name and UPN are others.
 * - `username-reused`: the username is the account's, and the names are not one person's.
 * - `username-taken`: another account keeps the username. That account is named, but only the student is in doubt.
 * - `years-apart`: username or name are the account's, and the years are too far apart for one student.
 * - `person-differs`: username or name are the account's, and gender, ethnicity and class all differ.
 */
export type ConflictReason =
  | "name-shared"
  | "source-id-changed"
  | "source-id-reused"
  | "username-reused"
  | "username-taken"
  | "years-apart"
  | "person-differs";

/** Accounts and students that could not be matched with certainty. They stay as they are until a person decides. */
export interface Conflict {
  /** Why they are a conflict. */
  readonly reason: ConflictReason;
  /** The accounts in it. */
  readonly accounts: readonly PlanEntry[];
  /** The students of the roster in it. */
  readonly students: readonly PlanEntry[];
}

/**
 * A leaver and a joiner who are perhaps the same student: their names are near, or they share one name while gender, ethnicity and
 * class agree. They leave and join until a person decides. At most three are listed for a joiner.
 */
export interface NearPair {
  /** The leaver's account. */
  readonly account: PlanEntry;
  /** The joiner. */
  readonly student: PlanEntry;
}

/** JSON of a plan, in which the fields of changes, as `["className", "5A", "5B"]`, have other names. */
function fields(json: string, named: (name: string) => string): string {
  const field = /(\[\s*)"(full_?[nN]ame|year_?[gG]roup|class_?[nN]ame|pupil_?[pP]remium|source_?[iI]d)"(?=\s*,)/g;
  return json.replace(field, (_, open: string, name: string) => `${open}"${named(name)}"`);
}

/** A plan as JSON. What is in it is for `Plan.fromJSON`, and may grow. */
export type PlanJson = Readonly<Record<string, unknown>>;

interface Told {
  unchanged: number;
  held: number;
  erased: number;
  erasedByUsername: PlanEntry[];
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
const KEPT = { value: (): string => "KeptUsername <hidden>", enumerable: false };
const CONFLICT = {
  value(this: Conflict): string {
    return `Conflict <${this.reason}, ${this.accounts.length} accounts, ${this.students.length} students>`;
  },
  enumerable: false,
};

/** What must change so that accounts match a roster: changes by kind and then by username. Nothing is changed before `apply`. */
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
   * A plan from what `toJSON` gave, as a text or parsed; also from the JSON that Rust and Python write. Throws PlanError, also if it
   * was edited or damaged.
   */
  static fromJSON(json: string | PlanJson): Plan {
    return Plan.of(sync(() => native.planFromJson(fields(stored(json), snake))));
  }

  get #whole(): Told {
    if (this.#told === undefined) {
      this.#told = parsed<Told>(this.#native.told());
      const entries = [...this.#told.erasedByUsername];
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

  /** How many accounts change. */
  get length(): number {
    return this.#native.length;
  }

  /** The change at a place, from the end if it is negative; `undefined` outside. */
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
   * Returns the plan as statements for your database, one row each, in an order that unique indexes on username, source id and UPN
   * never reject: a row gives up a username before another takes it, and of two that swap theirs, one is first given a temporary one.
   * Run all of them in one transaction.
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

  /** Accounts that are deactivated. */
  get leavers(): readonly Leave[] {
    return this.#of<Leave>("leave");
  }

  /** Leavers' accounts that are activated again. */
  get returners(): readonly Return[] {
    return this.#of<Return>("return");
  }

  /** Accounts that are linked to a new source id. */
  get relinks(): readonly Relink[] {
    return this.#of<Relink>("relink");
  }

  /** Accounts that are given a new username. */
  get renames(): readonly Rename[] {
    return this.#of<Rename>("rename");
  }

  /** Students who change class or year group. */
  get movers(): readonly Move[] {
    return this.#of<Move>("move");
  }

  /** Accounts of which only other fields change. */
  get updates(): readonly Update[] {
    return this.#of<Update>("update");
  }

  /** What could not be matched with certainty. It stays as it is until a person decides. */
  get conflicts(): readonly Conflict[] {
    return this.#whole.conflicts;
  }

  /** The leavers and joiners who are perhaps the same student. */
  get near(): readonly NearPair[] {
    return this.#whole.near;
  }

  /** The decisions that the plan was given, each with what became of it. */
  get decisions(): readonly RecordedDecision[] {
    return this.#whole.decisions;
  }

  /** The id of the school whose plan this is, where you, the roster or the accounts name it. */
  get schoolId(): string | null {
    return this.#native.schoolId;
  }

  /** The usernames that are kept though the roster has another, each with the one listed. */
  get keptUsernames(): readonly { readonly kept: string; readonly listed: string }[] {
    return this.#whole.keptUsernames;
  }

  /** How many active accounts stay as they are, those in conflicts and of held students aside. */
  get unchanged(): number {
    return this.#whole.unchanged;
  }

  /** How many accounts stay as they are because their student is held. */
  get held(): number {
    return this.#whole.held;
  }

  /** How many students were left out because they are erased. */
  get erased(): number {
    return this.#whole.erased;
  }

  /**
   * The students who were left out because of an erased username alone. Look at each: a namesake who joins later is another child,
   * and gets an account when the roster has an id for them or the username is no longer among the erased.
   */
  get erasedByUsername(): readonly PlanEntry[] {
    return this.#whole.erasedByUsername;
  }

  /** The guards that would have refused this plan, and were overridden. */
  get passed(): readonly Guard[] {
    return this.#whole.passed;
  }

  /** One line with the counts; it names nobody. */
  summary(): string {
    return this.#native.summary();
  }

  /** The plan for the person who approves it, with names and with old and new values. */
  diff(): string {
    return this.#native.diff();
  }

  /**
   * New Accounts as the plan makes them; those given stay as they are. Rejects with PlanError if they are not those
   * the plan was made for, or have changed since in anything but passwords; and with `ERR_PLAN_WITHOUT_PASSWORDS` if the plan was
   * stored without the new passwords and `passwords` does not say what to do.
   */
  async apply(accounts: Accounts, options?: ApplyOptions): Promise<Accounts> {
    const [given, how] = [Accounts.native(accounts), missing("apply", options)];
    return Accounts.of(await promised<native.Accounts>(() => this.#native.apply(given, how) as Promise<unknown>));
  }

  /** `apply` at once. */
  applySync(accounts: Accounts, options?: ApplyOptions): Accounts {
    const [given, how] = [Accounts.native(accounts), missing("applySync", options)];
    return Accounts.of(sync(() => this.#native.applySync(given, how)));
  }

  /**
   * The plan as an object to be stored and approved. New passwords are in it only if you ask for them by `{ passwords: true }`.
   * A plan that is read back without them is applied only with `passwords` in the options of `apply`.
   */
  toJSON(options?: { passwords?: boolean } | string): PlanJson {
    const passwords = withPasswords(options);
    return parsed<PlanJson>(fields(this.#native.json(passwords), camel));
  }

  /** Whether two plans are the same, passwords and all. */
  equals(other: Plan): boolean {
    if (!(other instanceof Plan)) throw wrong("other", "a Plan", other);
    return this.#native.equals(other.#native);
  }

  /** Returns the summary, which names nobody. */
  toString(): string {
    return this.summary();
  }

  [inspect.custom](): string {
    return `Plan <${this.summary()}>`;
  }
}

/** What becomes of new passwords that a plan does not have. */
function missing(name: string, options: ApplyOptions | undefined): string {
  const { passwords } = known(name, options, ["passwords"]);
  if (passwords === null) return "leave";
  return passwords === undefined ? "refuse" : PasswordPolicy.json(passwords);
}

const OPTIONS = ["maxLeavers", "leavingYears", "erased", "overrideGuards", "decisions", "schoolId", "passwords"];

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
  };
  return [sent(told), PasswordPolicy.json(given.passwords)];
}

/**
 * What must change so that accounts match a roster. Rejects with PlanRefused, with the guard and its numbers; and with the reason of
 * `signal` as soon as it is aborted.
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

/** `plan` at once. */
export function planSync(accounts: Accounts, roster: Roster, options?: PlanOptions): Plan {
  const [own, students, [how, policy]] = [Accounts.native(accounts), Roster.native(roster), choices("planSync", options)];
  return Plan.of(sync(() => native.makePlanSync(own, students, how, policy)));
}
