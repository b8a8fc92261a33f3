// Values that stand alone: ethnicities, passwords, and how they are made.

import { inspect } from "node:util";
import * as native from "../native.js";
import { sync } from "./errors.js";
import { text, texts, whole, wrong } from "./input.js";

/** How students sign in: with a username and a password, or with SSO, where the username is an email address. */
export type SignIn = "password" | "sso";

/** A student's gender as a roster lists it. */
export type Gender = "Male" | "Female" | "Non-Binary";

/** A code of the Department for Education (school census), with what it stands for. */
export interface Ethnicity {
  /** Four characters, such as `WENG`. */
  readonly code: string;
  readonly description: string;
  /** The main code that it rolls up to; of a main code, the code itself. */
  readonly mainCode: string;
  /** `White`, `Mixed`, `Asian`, `Black`, `Chinese`, `Other` or `Not known`. */
  readonly group: string;
}

/** All 103 codes: 18 main, 83 extended, and the two of status (`REFU`, `NOBT`). */
export const ETHNICITIES: readonly Ethnicity[] = Object.freeze(
  native.ethnicities().map(([code = "", description = "", mainCode = "", group = ""]) =>
    Object.freeze({ code, description, mainCode, group }),
  ),
);

/** The ethnicity of a code, exactly as spelt; `undefined` if there is none such. */
export function ethnicity(code: string): Ethnicity | undefined {
  return ETHNICITIES.find((each) => each.code === code);
}

/** Whether two usernames are one: without regard to case, white space and how accents are composed. */
export function sameUsername(left: string, right: string): boolean {
  return native.sameUsername(text("left", left), text("right", right));
}

/** The template that a school fills in: the nine headings, as a CSV file with CR LF. */
export function templateCsv(): string {
  return native.templateCsv();
}

/** A password. `util.inspect`, `String` and `JSON.stringify` never show it. */
export class Password {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** @internal */
  static of(text: string): Password {
    return new Password(text);
  }

  /** The password as it is typed. */
  expose(): string {
    return this.#text;
  }

  /** Whether this is what was typed, whatever the case, in a time that tells nothing. */
  matches(typed: string): boolean {
    return native.passwordMatches(this.#text, text("typed", typed));
  }

  toString(): string {
    return "<hidden>";
  }

  toJSON(): string {
    return "<hidden>";
  }

  [inspect.custom](): string {
    return "Password <hidden>";
  }
}

/**
 * How passwords are made. Four characters, the default, hold out only where guessing is slow: see `advice`.
 */
export class PasswordPolicy {
  readonly #made: { kind: "characters" | "pin" | "words"; size: number; without: string[] };
  /** The strength in bits: the logarithm to base 2 of how many passwords there are, all equally likely. */
  readonly entropyBits: number;
  /** What the host must do for passwords of this strength. */
  readonly advice: string;

  private constructor(kind: "characters" | "pin" | "words", size: number, without: string[] = []) {
    this.#made = { kind, size, without };
    const json = JSON.stringify(this.#made);
    this.entropyBits = sync(() => native.policyEntropy(json));
    this.advice = native.policyAdvice(json);
  }

  /**
   * So many characters (4 to 20), none easily mistaken for another, spelling nothing that offends, nor any of the
   * words in `without`. Throws PolicyError outside these bounds.
   */
  static characters(length = 4, { without = [] }: { without?: Iterable<string> } = {}): PasswordPolicy {
    return new PasswordPolicy("characters", whole("length", length), texts("without", without));
  }

  /** A number of so many digits (5 to 11). Throws PolicyError outside these bounds. */
  static pin(digits: number): PasswordPolicy {
    return new PasswordPolicy("pin", whole("digits", digits));
  }

  /** So many short words (2 to 6) with hyphens between. Throws PolicyError outside these bounds. */
  static words(count: number): PasswordPolicy {
    return new PasswordPolicy("words", whole("count", count));
  }

  /** So many passwords as plain text, with randomness from the operating system. */
  generate(count: number): string[] {
    return sync(() => native.policyGenerate(JSON.stringify(this.#made), whole("count", count)));
  }

  /** @internal The policy given, or the default, as Rust is told it. */
  static json(policy: unknown): string {
    if (policy === undefined) return '{"kind":"characters","size":4}';
    if (!(policy instanceof PasswordPolicy)) throw wrong("passwords", "a PasswordPolicy", policy);
    return JSON.stringify(policy.#made);
  }
}
