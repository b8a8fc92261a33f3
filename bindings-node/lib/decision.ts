// A person's decisions about accounts and students, as data for later plans (`Decision`), and their outcomes.
// `core/src/plan/decided.rs` applies them.

import { inspect } from "node:util";
import native = require("../native.js");
import { elements, invalid, text, wrong } from "./input.js";
import { parsed } from "./shared/json.js";

/**
 * A reference to an account or a student: a source id or a valid UPN if known, otherwise a username and a full name.
 * With a full name, the decision does not apply to a different child who gets the username later. A username without a
 * full name means the person who has the username when the plan is made.
 */
export type PersonRef =
  | {
      /** The person's id in the school's MIS or in Wonde. */
      readonly sourceId: string;
    }
  | {
      /** The unique pupil number. */
      readonly upn: string;
    }
  | {
      /** The username, if no id is known. */
      readonly username: string;
      /** The full name of the person with this username. */
      readonly fullName?: string;
    };

/** A person in a decision: a username, an `Account`, a `Student`, a `PlanEntry` or a `PersonRef`. */
export type Person =
  | string
  | PersonRef
  | {
      /** The username. */
      readonly username: string;
      /** The full name. */
      readonly fullName?: string | null;
      /** The person's id in the school's MIS or in Wonde, if known. */
      readonly sourceId?: string | null;
      /** The unique pupil number, if known. */
      readonly upn?: string | null;
    };

/** A decision that the account belongs to this student. The account keeps its username and password. */
export interface SameDecision {
  /** The account, and the student to whom it belongs. */
  readonly same: { readonly account: PersonRef; readonly student: PersonRef };
}

/**
 * A decision that the account does not belong to this student. The student gets a separate account if the username is
 * free.
 */
export interface DifferentDecision {
  /** The account, and a student to whom it does not belong. */
  readonly different: { readonly account: PersonRef; readonly student: PersonRef };
}

/**
 * A decision that the account gets a new username. Use it for a child whose name changed. If a student in the roster
 * has the new username, the account belongs to that student. The password stays the same. Delete the decision when you
 * have applied its plan. Otherwise a later plan undoes another rename of the account.
 */
export interface RenameDecision {
  /** The account, and its new username. */
  readonly rename: { readonly account: PersonRef; readonly username: string };
}

/**
 * A person's decision about an account and a student, as plain data. Store it as JSON with the school's data, and pass
 * all of a school's decisions to every later plan. `plan.decisions` lists each decision with its outcome, so that you
 * can delete decisions that no longer apply. `util.inspect` shows no names.
 */
export type Decision = SameDecision | DifferentDecision | RenameDecision;

/**
 * The outcome of a decision in a plan:
 * - `applied`: the plan follows the decision.
 * - `not-found`: the account or the student in the decision no longer exists, or is not unique.
 * - `contradicted`: an earlier decision about the same account or student contradicts this decision.
 * - `username-taken`: another account keeps the new username.
 * - `username-refused`: the new username is blank or too long, or is not an email address with SSO.
 */
export type DecisionOutcome = "applied" | "not-found" | "contradicted" | "username-taken" | "username-refused";

/** A decision that you passed to a plan, and its outcome. */
export interface RecordedDecision {
  /** The decision as you passed it. */
  readonly decision: Decision;
  /** The outcome. */
  readonly outcome: DecisionOutcome;
}

const WANTED = "a username, an Account, a Student, an entry of a plan or a PersonRef";

type Kind = "same" | "different" | "rename";
const KINDS = ["same", "different", "rename"] as const;
const IDS = ["sourceId", "upn", "username"] as const;
const NAMES = [...IDS, "fullName"] as const;

const HIDDEN = {
  value(this: Decision): string {
    return `Decision <${Object.keys(this)[0]}>`;
  },
  enumerable: false,
};
const SAID = { value: (): string => "Decision <hidden>", enumerable: false };
const PERSON = { value: (): string => "PersonRef <hidden>", enumerable: false };

/** @internal Returns the same decision, frozen and with names hidden from `util.inspect`. */
export function hidden<D extends Decision>(decision: D): D {
  for (const said of Object.values(decision) as Record<string, unknown>[]) {
    for (const part of Object.values(said)) {
      if (typeof part === "object" && part !== null) Object.freeze(Object.defineProperty(part, inspect.custom, PERSON));
    }
    Object.freeze(Object.defineProperty(said, inspect.custom, SAID));
  }
  return Object.freeze(Object.defineProperty(decision, inspect.custom, HIDDEN));
}

/** Returns the reference by which a decision names the given person. */
function person(name: string, given: unknown): PersonRef {
  if (typeof given === "string") return parsed<PersonRef>(native.personRef(undefined, undefined, given, undefined));
  if (typeof given !== "object" || given === null) throw wrong(name, WANTED, given);
  const [sourceId, upn, username, fullName] = NAMES.map((id) => {
    const value = (given as Record<string, unknown>)[id];
    return value == null ? undefined : text(`${name}.${id}`, value);
  });
  if (username === undefined && sourceId === undefined && upn === undefined) throw wrong(name, WANTED, given);
  return parsed<PersonRef>(native.personRef(sourceId, upn, username ?? "", fullName));
}

/** Returns the only key of an object, with its value. Throws if there is no key, several keys or an unknown key. */
function only<N extends string>(name: string, given: unknown, known: readonly N[]): [N, unknown] {
  const what = `an object with one of ${known.join(", ")}`;
  if (typeof given !== "object" || given === null) throw wrong(name, what, given);
  const names = Object.keys(given);
  if (names.length !== 1 || !known.includes(names[0] as N)) throw invalid(`${name} must be ${what}, and nothing else`);
  return [names[0] as N, (given as Record<string, unknown>)[names[0]!]];
}

/**
 * Checks that a stored reference to a person has exactly one key of `IDS`. A full name is allowed beside a username.
 */
function reference(name: string, given: unknown): object {
  const { fullName, ...other } = (typeof given === "object" && given !== null ? given : {}) as Record<string, unknown>;
  const named = fullName !== undefined && other["username"] !== undefined;
  const [id, written] = only(name, named ? other : given, IDS);
  return { [id]: text(`${name}.${id}`, written), ...(named ? { fullName: text(`${name}.fullName`, fullName) } : {}) };
}

/**
 * @internal Returns decisions in the form that the core takes. If a decision has a wrong shape, throws a TypeError that
 * names the wrong value.
 */
export function decisions(name: string, given: unknown): object[] {
  return elements(name, given, "an iterable of decisions", (decision, at) => {
    const [kind, said] = only(at, decision, KINDS);
    const parts = kind === "rename" ? ["account", "username"] : ["account", "student"];
    if (typeof said !== "object" || said === null) throw wrong(`${at}.${kind}`, `an object with ${parts.join(" and ")}`, said);
    for (const part of Object.keys(said)) {
      if (!parts.includes(part)) throw invalid(`${at}.${kind} must be an object with ${parts.join(" and ")}, and nothing else`);
    }
    const each = parts.map((part) => {
      const value = (said as Record<string, unknown>)[part];
      const where = `${at}.${kind}.${part}`;
      if (kind === "rename" && part === "username") return [part, text(where, value)];
      return [part, reference(where, value)];
    });
    return { [kind]: Object.fromEntries(each) };
  });
}

function decided<D extends Decision>(kind: Kind, account: unknown, other: "student" | "username", value: unknown): D {
  const said = other === "student" ? person(other, value) : text(other, value);
  return hidden({ [kind]: { account: person("account", account), [other]: said } } as unknown as D);
}

/**
 * Functions that create decisions. A decision names each person by source id if known, otherwise by UPN, otherwise by
 * username.
 *
 * @example
 * const decision = Decision.same("Tom Lee", "Thomas Lee");
 * JSON.parse(JSON.stringify(decision)).same !== undefined; // store it with the school's data, for every later plan
 * [Decision.different("Tom Lee", "Thomas Lee"), Decision.rename("Tom Lee", "Tommy Lee")].length; // => 2
 */
export const Decision = Object.freeze({
  /** Decides that an account belongs to a student. Throws a TypeError if an argument does not name a person. */
  same(account: Person, student: Person): SameDecision {
    return decided("same", account, "student", student);
  },

  /** Decides that an account does not belong to a student. Throws a TypeError if an argument does not name a person. */
  different(account: Person, student: Person): DifferentDecision {
    return decided("different", account, "student", student);
  },

  /**
   * Decides that an account gets a new username. Throws a TypeError if `account` does not name a person or `username`
   * is not a string.
   */
  rename(account: Person, username: string): RenameDecision {
    return decided("rename", account, "username", username);
  },
});
