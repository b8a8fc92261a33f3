// Plans: what must change so that accounts match a roster.

import { inspect } from "node:util";
import * as native from "../native.js";
import { type Account, Accounts, type PasswordOptions, account } from "./accounts.js";
import { promised, sync } from "./errors.js";
import { flag, options as known, place, texts, wrong } from "./input.js";
import { Roster } from "./roster.js";
import { type Password, PasswordPolicy } from "./values.js";

/** What refuses a plan that is probably an accident. */
export type Guard =
  | "empty-roster"
  | "school-mismatch"
  | "source-ids-changed"
  | "source-ids-reused"
  | "usernames-changed"
  | "too-many-leavers";

/** How a plan is made. */
export interface PlanOptions extends PasswordOptions {
  /** How many of the active accounts may leave at once, as a part of 1; 0.1 by default, and 5 always may. */
  maxLeavers?: number;
  /** Years whose leavers are expected, such as `["Year 6"]`, from July to September. */
  leavingYears?: Iterable<string>;
  /** Students erased at a parent's request, by source id, UPN or username: they are never made again. */
  erased?: Iterable<string>;
  /** Guards to pass; the plan records which of them would have refused it. */
  despite?: Iterable<Guard>;
}

/** The fields of an account that may change. */
export type ChangedField =
  | "full_name"
  | "username"
  | "year_group"
  | "class_name"
  | "gender"
  | "pupil_premium"
  | "ethnicity"
  | "send"
  | "eal"
  | "source_id"
  | "upn";

interface Changed {
  /** The username the account has now. */
  readonly username: string;
  /** The account as it will be. */
  readonly account: Account;
  /** What changes of it: the old and the new value. */
  readonly fields: Readonly<Partial<Record<ChangedField, readonly [old: string, now: string]>>>;
}

/** A new account. */
export interface Join extends Changed {
  readonly kind: "join";
  readonly password: Password | null;
}

/** An account that is deactivated, and kept. */
export interface Leave extends Changed {
  readonly kind: "leave";
}

/** A leaver's account that is activated again. */
export interface Return extends Changed {
  readonly kind: "return";
}

/** An account that is linked to a new source id; the student is the same. */
export interface Relink extends Changed {
  readonly kind: "relink";
}

/** An account that is given a new username, because `usernames-changed` was passed. */
export interface Rename extends Changed {
  readonly kind: "rename";
}

/** A student who changes class or year group. */
export interface Move extends Changed {
  readonly kind: "move";
}

/** An account of which only other fields change. */
export interface Update extends Changed {
  readonly kind: "update";
}

/** One account that changes; `kind` tells which. */
export type Change = Join | Leave | Return | Relink | Rename | Move | Update;

/** Accounts and students that could not be told apart with certainty. They stay as they are. */
export interface Conflict {
  readonly reason:
    | "name-shared"
    | "source-id-changed"
    | "source-id-reused"
    | "username-reused"
    | "username-taken"
    | "years-apart";
  readonly usernames: readonly string[];
  readonly students: readonly {
    readonly fullName: string;
    readonly username: string;
    readonly yearGroup: string;
    readonly className: string;
  }[];
}

/** A plan as JSON. What is in it is for `Plan.fromJSON`, and may grow. */
export type PlanJson = { readonly [field: string]: unknown };

interface Told {
  unchanged: number;
  held: number;
  erased: number;
  passed: Guard[];
  conflicts: Conflict[];
  keptUsernames: { kept: string; listed: string }[];
}

const HIDDEN = { value: (): string => "Change <hidden>", enumerable: false };
const LISTED = { value: (): string => "Student <hidden>", enumerable: false };
const KEPT = { value: (): string => "KeptUsername <hidden>", enumerable: false };
const CONFLICT = {
  value(this: Conflict): string {
    return `Conflict <${this.reason}, ${this.usernames.length} accounts, ${this.students.length} students>`;
  },
  enumerable: false,
};

/** What must change so that accounts match a roster: changes by kind and then by username. Nothing is changed before `apply`. */
export class Plan implements Iterable<Change> {
  readonly #native: native.Plan;
  #told: Told | undefined;

  private constructor(made: native.Plan) {
    this.#native = made;
  }

  /** @internal */
  static of(made: native.Plan): Plan {
    return new Plan(made);
  }

  /** A plan from what `toJSON` gave, as a text or parsed. Throws PlanError, also if it was edited or damaged. */
  static fromJSON(json: string | PlanJson): Plan {
    const kept = typeof json === "string" ? json : JSON.stringify(json);
    return Plan.of(sync(() => native.planFromJson(kept)));
  }

  get #whole(): Told {
    if (this.#told === undefined) {
      this.#told = JSON.parse(this.#native.told()) as Told;
      for (const conflict of this.#told.conflicts) {
        Object.defineProperty(conflict, inspect.custom, CONFLICT);
        for (const student of conflict.students) Object.defineProperty(student, inspect.custom, LISTED);
      }
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
      account: string;
      fields: [ChangedField, string, string][];
      password: string | null;
    };
    const made = account(told.account, told.password ?? undefined);
    const fields = Object.fromEntries(told.fields.map(([name, old, now]) => [name, [old, now]]));
    const change = {
      kind: told.kind,
      username: told.username,
      account: made,
      fields,
      ...(told.kind === "join" && { password: made.password }),
    };
    return Object.freeze(Object.defineProperty(change, inspect.custom, HIDDEN)) as Change;
  }

  *[Symbol.iterator](): IterableIterator<Change> {
    for (let place = 0; place < this.length; place += 1) yield this.at(place)!;
  }

  #of<T extends Change>(kind: T["kind"]): readonly T[] {
    return this.#native.ofKind(kind).map((place) => this.at(place) as T);
  }

  get joiners(): readonly Join[] {
    return this.#of<Join>("join");
  }

  get leavers(): readonly Leave[] {
    return this.#of<Leave>("leave");
  }

  get returners(): readonly Return[] {
    return this.#of<Return>("return");
  }

  get relinks(): readonly Relink[] {
    return this.#of<Relink>("relink");
  }

  get renames(): readonly Rename[] {
    return this.#of<Rename>("rename");
  }

  get movers(): readonly Move[] {
    return this.#of<Move>("move");
  }

  get updates(): readonly Update[] {
    return this.#of<Update>("update");
  }

  /** What could not be told with certainty, and stays as it is. */
  get conflicts(): readonly Conflict[] {
    return this.#whole.conflicts;
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

  /** The guards that would have refused this plan, had the host not passed them. */
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
   * the plan was made for, or have changed since in anything but passwords.
   */
  async apply(accounts: Accounts): Promise<Accounts> {
    const given = Accounts.native(accounts);
    return Accounts.of(await promised<native.Accounts>(() => this.#native.apply(given) as Promise<unknown>));
  }

  /** `apply` at once. */
  applySync(accounts: Accounts): Accounts {
    const given = Accounts.native(accounts);
    return Accounts.of(sync(() => this.#native.applySync(given)));
  }

  /** The plan as an object to be stored and approved; the joiners' passwords are in it only if asked for. */
  toJSON(options?: { passwords?: boolean } | string): PlanJson {
    const passwords = typeof options === "object" ? flag("passwords", options.passwords ?? false) : false;
    return JSON.parse(this.#native.json(passwords)) as PlanJson;
  }

  /** Whether two plans are the same, passwords and all. */
  equals(other: Plan): boolean {
    if (!(other instanceof Plan)) throw wrong("other", "a Plan", other);
    return this.#native.equals(other.#native);
  }

  toString(): string {
    return this.summary();
  }

  [inspect.custom](): string {
    return `Plan <${this.summary()}>`;
  }
}

function choices(name: string, options: PlanOptions | undefined): [choices: string, policy: string] {
  const given = known(name, options, ["maxLeavers", "leavingYears", "erased", "despite", "passwords"]);
  const { maxLeavers } = given;
  if (maxLeavers !== undefined && typeof maxLeavers !== "number") throw wrong("maxLeavers", "a number", maxLeavers);
  const leavingYears = texts("leavingYears", given.leavingYears ?? []);
  for (const year of leavingYears) {
    if (!native.isYearGroup(year)) throw new RangeError("leavingYears must be year groups, such as 'Year 6'");
  }
  const despite = texts("despite", given.despite ?? []);
  const guards = native.guards();
  for (const guard of despite) {
    if (!guards.includes(guard)) throw new RangeError(`despite must name guards: ${guards.join(", ")}`);
  }
  const told = { maxLeavers: maxLeavers ?? null, leavingYears, erased: texts("erased", given.erased ?? []), despite };
  return [JSON.stringify(told), PasswordPolicy.json(given.passwords)];
}

/** What must change so that accounts match a roster. Rejects with PlanRefused, with the guard and its numbers. */
export async function plan(accounts: Accounts, roster: Roster, options?: PlanOptions): Promise<Plan> {
  const [own, students, [how, policy]] = [Accounts.native(accounts), Roster.native(roster), choices("plan", options)];
  return Plan.of(await promised<native.Plan>(() => native.makePlan(own, students, how, policy) as Promise<unknown>));
}

/** `plan` at once. */
export function planSync(accounts: Accounts, roster: Roster, options?: PlanOptions): Plan {
  const [own, students, [how, policy]] = [Accounts.native(accounts), Roster.native(roster), choices("planSync", options)];
  return Plan.of(sync(() => native.makePlanSync(own, students, how, policy)));
}
