// Decisions: what a person decided about an account and a student, as data that later plans take.

import { inspect } from "node:util";
import * as native from "../native.js";
import { elements, invalid, text, wrong } from "./input.js";
import { parsed } from "./json.js";

/**
 * An account or a student as a decision names one: by source id or valid UPN where there is one, otherwise by username and full
 * name, so that the decision does not bind the next child who gets the username. A username alone is whoever has it.
 */
export type PersonRef =
  | {
      /** The id that the school's MIS, or Wonde, gives the person. */
      readonly sourceId: string;
    }
  | {
      /** The unique pupil number. */
      readonly upn: string;
    }
  | {
      /** The username, if no id is known. */
      readonly username: string;
      /** The full name that belongs to the username. */
      readonly fullName?: string;
    };

/**
 * What a decision can be built from: a username, an `Account`, a `Student` of a roster, an entry of a plan's conflict or near pair,
 * or a `PersonRef`.
 */
export type Person =
  | string
  | PersonRef
  | {
      /** The username. */
      readonly username: string;
      /** The full name. */
      readonly fullName?: string | null;
      /** The id that the school's MIS, or Wonde, gives the person, if it is known. */
      readonly sourceId?: string | null;
      /** The unique pupil number, if it is known. */
      readonly upn?: string | null;
    };

/** The account is this student's. It keeps its username and password. */
export interface SameDecision {
  /** The account, and the student whose it is. */
  readonly same: { readonly account: PersonRef; readonly student: PersonRef };
}

/** The account is another person's than this student. The student gets an account of their own, if the username is free. */
export interface DifferentDecision {
  /** The account, and the student whose it is not. */
  readonly different: { readonly account: PersonRef; readonly student: PersonRef };
}

/**
 * The account gets this username, and is that of the student in the roster who has it, if there is one: for a child whose name
 * changed. The password stays.
 */
export interface RenameDecision {
  /** The account, and its new username. */
  readonly rename: { readonly account: PersonRef; readonly username: string };
}

/**
 * What a person decided about an account and a student. It is plain data: store it with the school as JSON, and pass all of a
 * school's decisions to every later plan. `plan.decisions` says what became of each, so that you can delete those that no longer
 * fit. `util.inspect` shows nobody.
 */
export type Decision = SameDecision | DifferentDecision | RenameDecision;

/**
 * What became of a decision in a plan:
 * - `applied`: the plan does as decided.
 * - `not-found`: no account, or no student, is the one that it names; or more than one is.
 * - `contradicted`: an earlier decision says otherwise of the same account or student.
 * - `username-taken`: another account keeps the new username.
 * - `username-refused`: the new username is blank, too long, or with SSO not an email address.
 */
export type DecisionOutcome = "applied" | "not-found" | "contradicted" | "username-taken" | "username-refused";

/** A decision that a plan was given, and what became of it. */
export interface RecordedDecision {
  /** The decision as you gave it. */
  readonly decision: Decision;
  /** What became of it. */
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

/** @internal The same decision, of which `util.inspect` shows nobody. */
export function hidden<D extends Decision>(decision: D): D {
  for (const said of Object.values(decision) as Record<string, unknown>[]) {
    for (const part of Object.values(said)) {
      if (typeof part === "object" && part !== null) Object.freeze(Object.defineProperty(part, inspect.custom, PERSON));
    }
    Object.freeze(Object.defineProperty(said, inspect.custom, SAID));
  }
  return Object.freeze(Object.defineProperty(decision, inspect.custom, HIDDEN));
}

/** How a decision names a person. */
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

/** The one name of an object, if it is one of these. */
function only<N extends string>(name: string, given: unknown, known: readonly N[]): [N, unknown] {
  const what = `an object with one of ${known.join(", ")}`;
  if (typeof given !== "object" || given === null) throw wrong(name, what, given);
  const names = Object.keys(given);
  if (names.length !== 1 || !known.includes(names[0] as N)) throw invalid(`${name} must be ${what}, and nothing else`);
  return [names[0] as N, (given as Record<string, unknown>)[names[0]!]];
}

/** How a stored decision names a person: by one of the ids, and a username perhaps with the full name. */
function reference(name: string, given: unknown): object {
  const { fullName, ...other } = (typeof given === "object" && given !== null ? given : {}) as Record<string, unknown>;
  const named = fullName !== undefined && other["username"] !== undefined;
  const [id, written] = only(name, named ? other : given, IDS);
  return { [id]: text(`${name}.${id}`, written), ...(named ? { fullName: text(`${name}.fullName`, fullName) } : {}) };
}

/** @internal Decisions as the core takes them. Throws a TypeError that names what has another shape. */
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

/** Builds decisions. Each names a person by source id, otherwise by UPN, otherwise by username. */
export const Decision = Object.freeze({
  /** Decides that an account is a student's. Throws TypeError if either is not a person. */
  same(account: Person, student: Person): SameDecision {
    return decided("same", account, "student", student);
  },

  /** Decides that an account is not a student's. Throws TypeError if either is not a person. */
  different(account: Person, student: Person): DifferentDecision {
    return decided("different", account, "student", student);
  },

  /** Decides that an account gets another username. Throws TypeError if the account is not a person or the username not a string. */
  rename(account: Person, username: string): RenameDecision {
    return decided("rename", account, "username", username);
  },
});
