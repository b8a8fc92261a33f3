// Values that stand alone: ethnicities, passwords, and how they are made.

import { inspect } from "node:util";
import * as native from "../native.js";
import { promised, sync } from "./errors.js";
import { flag, options as known, outside, text, texts, unmade, whole, wrong } from "./input.js";
import { uncloneable } from "./uncloneable.js";

/** How students sign in: with a username and a password, or with SSO, where the username is an email address. */
export type SignIn = "password" | "sso";

/** A student's gender as a roster lists it. */
export type Gender = "Male" | "Female" | "Non-Binary";

/** A code of the Department for Education (school census), with what it stands for. */
export interface Ethnicity {
  /** Four characters, such as `WENG`. */
  readonly code: string;
  /** What the code stands for. */
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
  const wanted = text("code", code);
  return ETHNICITIES.find((each) => each.code === wanted);
}

/** The pepper of a hash, if there is one. */
function pepper(options?: { pepper?: string }): string | undefined {
  const { pepper } = known("the hash", options, ["pepper"]);
  return pepper === undefined ? undefined : text("pepper", pepper);
}

/** Which key of a username is returned. */
export interface KeyOptions {
  /** Returns the loose key, for sign-in only; false by default. */
  loose?: boolean;
}

/**
 * Returns the key by which usernames are compared: the text to make a unique index on. It is in NFC, with every run of white space
 * as one space and none at the edges, in Unicode's full case folding. Eleven characters that people type for an apostrophe are `'`,
 * and eight that they type for a hyphen are `-`. In an email address only the case is folded.
 *
 * `loose` returns the loose key, for sign-in only: letters and digits, without accents. Open an account by it only if exactly one
 * account of the school has it, as `Attempts` does.
 */
export function usernameKey(username: string, options?: KeyOptions): string {
  const { loose = false } = known("usernameKey", options, ["loose"]);
  return native.usernameKey(text("username", username), flag("loose", loose));
}

/**
 * Returns what was typed in the one form that passwords are hashed and compared in: upper case, without spaces, hyphens, dots and
 * underscores, with S as 5, Z as 2 and B as 8. Hash and verify this text where you keep only hashes, and keep it out of logs.
 */
export function canonicalPassword(typed: string): string {
  return native.passwordCanonical(text("typed", typed));
}

/** Whether two usernames have the same `usernameKey`. */
export function sameUsername(left: string, right: string): boolean {
  return native.sameUsername(text("left", left), text("right", right));
}

/** The template that a school fills in: the nine headings, as a CSV file with CR LF. */
export function templateCsv(): string {
  return native.templateCsv();
}

/** A password. `util.inspect` and `JSON.stringify` hide it, and `String(password)` throws. */
export class Password {
  readonly #text: string;

  private constructor(text: string) {
    if (typeof text !== "string") throw unmade("Password", "account.password, or accounts.setPassword");
    this.#text = text;
    uncloneable(this);
  }

  /** @internal */
  static of(text: string): Password {
    return new Password(text);
  }

  /** The password as it is typed. */
  expose(): string {
    return this.#text;
  }

  /** Whether this is what was typed, both in canonical form, compared in constant time. A blank password never matches. */
  matches(typed: string): boolean {
    return native.passwordMatches(this.#text, text("typed", typed));
  }

  /** Returns this password in the form of `canonicalPassword`: the text to hash. Keep it out of logs. */
  canonical(): string {
    return native.passwordCanonical(this.#text);
  }

  /**
   * Returns the hash of the canonical form as an Argon2id PHC string with a salt of its own, for hosts that keep only hashes. Verify
   * `canonicalPassword(typed)` against it. Settings are OWASP's minimum (19 MiB, two passes): about 15 ms, away from the main
   * thread. No hash protects a password of four characters from an attacker who has the database; keep a pepper outside it.
   * Rejects with PolicyError (`ERR_PASSWORD_BLANK`) if the password is blank.
   */
  toPhcString(): Promise<string> {
    return promised<string>(() => native.passwordPhc(this.#text) as Promise<unknown>);
  }

  /**
   * Resolves with whether what was typed is the password of an Argon2 hash, compared in canonical form; with the pepper that the hash
   * was made with, if any. Away from the main thread. Rejects with PolicyError (`ERR_NOT_A_PASSWORD_HASH`) if it is no such hash.
   */
  static async verify(hash: string, typed: string, options?: { pepper?: string }): Promise<boolean> {
    const [phc, given] = [text("hash", hash), text("typed", typed)];
    return promised<boolean>(() => native.verifyPassword(phc, given, pepper(options)) as Promise<unknown>);
  }

  /**
   * Resolves with the hashes of many passwords, in their order, made on every core; `pepper` is a secret that goes into each, to be
   * kept outside the database. Rejects with PolicyError (`ERR_PASSWORD_BLANK`) if one is blank, and then there is no hash.
   */
  static async hashAll(passwords: Iterable<Password>, options?: { pepper?: string }): Promise<string[]> {
    const exposed = Array.from(passwords, (password, at) => {
      if (!(password instanceof Password)) throw wrong(`passwords[${at}]`, "a Password", password);
      return password.expose();
    });
    return promised<string[]>(() => native.hashPasswords(exposed, pepper(options)) as Promise<unknown>);
  }

  /** `toPhcString` at once. */
  toPhcStringSync(): string {
    return sync(() => native.passwordPhcSync(this.#text));
  }

  /** Throws a TypeError: a hidden password would be hashed or stored in the place of the real one. Use `expose()` or `canonical()`. */
  toString(): never {
    const message = "a Password is not a string: use password.expose() to show it, or password.canonical() to hash it";
    throw Object.assign(new TypeError(message), { code: "ERR_INVALID_ARG_TYPE" });
  }

  /** Returns `"<hidden>"`: no JSON has a password unless you ask for it. */
  toJSON(): string {
    return "<hidden>";
  }

  [inspect.custom](): string {
    return "Password <hidden>";
  }
}

/** More than there are pupils in the country. */
const MOST_PASSWORDS = 10_000_000;

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
    if (kind === undefined) throw unmade("PasswordPolicy", "PasswordPolicy.characters(4), .pin(6) or .words(3)");
    this.#made = { kind, size, without };
    const json = JSON.stringify(this.#made);
    this.entropyBits = sync(() => native.policyEntropy(json));
    this.advice = native.policyAdvice(json);
  }

  /**
   * So many characters (4 to 20), none easily mistaken for another, spelling nothing that offends, nor any of the
   * words in `without`. Throws PolicyError outside these bounds.
   */
  static characters(length = 4, options?: { without?: Iterable<string> }): PasswordPolicy {
    const { without = [] } = known("characters", options, ["without"]);
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
    const many = whole("count", count);
    if (many > MOST_PASSWORDS) throw outside(`count must be ${MOST_PASSWORDS} or less, not ${many}`);
    return sync(() => native.policyGenerate(JSON.stringify(this.#made), many));
  }

  /** @internal The policy given, or the default, as Rust is told it. */
  static json(policy: unknown): string {
    if (policy === undefined) return '{"kind":"characters","size":4}';
    if (!(policy instanceof PasswordPolicy)) throw wrong("passwords", "a PasswordPolicy", policy);
    return JSON.stringify(policy.#made);
  }
}
