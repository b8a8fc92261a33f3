// Ethnicities, passwords and password policies, the keys of usernames, and the template. The core decides all of them.

import { inspect } from "node:util";
import native = require("../native.js");
import { promised, sync } from "./errors.js";
import { flag, options as known, outside, text, texts, unmade, whole, wrong } from "./input.js";
import { ethnicitiesOf } from "./shared/choices.js";
import type { EthnicityEntry } from "./shared/reading.js";
import { uncloneable } from "./uncloneable.js";

/**
 * An ethnicity code with its description. The code is from the Department for Education (school census), or your own.
 */
export interface Ethnicity {
  /** Four characters, such as `WENG`. */
  readonly code: string;
  /** The description of the code. */
  readonly description: string;
  /** The main code that this code belongs to. For a main code, it is the code itself. */
  readonly mainCode: string;
  /** The ethnic group: `White`, `Mixed`, `Asian`, `Black`, `Chinese`, `Other` or `Not known`. */
  readonly group: string;
}

/**
 * All 103 codes: 18 main codes, 83 extended codes, and two status codes (`REFU`, `NOBT`).
 *
 * @example
 * ETHNICITIES.filter((ethnicity) => ethnicity.code === ethnicity.mainCode).length; // => 20
 */
export const ETHNICITIES: readonly Ethnicity[] = listed(native.ethnicities());

function listed(parts: string[][]): readonly Ethnicity[] {
  return Object.freeze(parts.map(([code = "", description = "", mainCode = "", group = ""]) => Object.freeze({ code, description, mainCode, group })));
}

/**
 * Returns the ethnicity with exactly this code; `undefined` if it is unknown. To find your own codes too, pass the same
 * `ethnicities` as to `readCsv`.
 *
 * @example
 * ethnicity("BNGN").mainCode; // => "BAFR"
 */
export function ethnicity(code: string, ethnicities?: readonly EthnicityEntry[]): Ethnicity | undefined {
  const wanted = text("code", code);
  const all = ethnicities === undefined ? ETHNICITIES : listed(sync(() => native.ethnicities(ownEthnicities(ethnicities))));
  return all.find((each) => each.code === wanted);
}

/** @internal Returns the host's own codes as JSON. */
export function ownEthnicities(ethnicities: unknown): string {
  return JSON.stringify(ethnicitiesOf(ethnicities));
}

/** Returns the pepper from the options, if there is one. */
function pepper(options?: { pepper?: string }): string | undefined {
  const { pepper } = known("the hash", options, ["pepper"]);
  return pepper === undefined ? undefined : text("pepper", pepper);
}

/** The options for a key. */
export interface KeyOptions {
  /** Whether to return the loose key, which is only for sign-in. The default is false. */
  loose?: boolean;
}

/**
 * Returns the key by which onroll compares usernames. Use the key for a unique index. The key is in NFC, with Unicode's
 * full case folding. Each run of white space becomes one space, and white space at the ends is removed. Eleven
 * characters that people type as an apostrophe become `'`. Eight characters that people type as a hyphen become `-`. In
 * an email address, only the case is folded.
 *
 * With `loose`, returns the loose key, which has only letters and digits, without accents. Use it only for sign-in.
 * Open an account by its loose key only if exactly one account at the school has that key, as `Attempts` does.
 *
 * @example
 * [usernameKey("Zoë  O’Dell"), usernameKey("Zoë O’Dell", { loose: true })]; // => ["zoë o'dell", "zoeodell"]
 */
export function usernameKey(username: string, options?: KeyOptions): string {
  const { loose = false } = known("usernameKey", options, ["loose"]);
  return native.usernameKey(text("username", username), flag("loose", loose));
}

/**
 * Returns the canonical form of a typed password. onroll hashes and compares passwords in this form. It is in upper
 * case, without spaces, hyphens, dots and underscores. S becomes 5, Z becomes 2, and B becomes 8. If you store only
 * hashes, hash and verify this text. Keep it out of logs.
 *
 * @example
 * canonicalPassword(" cxs7"); // => "CX57"
 */
export function canonicalPassword(typed: string): string {
  return native.passwordCanonical(text("typed", typed));
}

/**
 * Returns whether two usernames have the same `usernameKey`.
 *
 * @example
 * sameUsername("SIÂN O’Neill", "siân  o'neill"); // => true
 */
export function sameUsername(left: string, right: string): boolean {
  return native.sameUsername(text("left", left), text("right", right));
}

/**
 * Returns the template that a school fills in: the nine headings as a CSV line that ends with CR LF.
 *
 * @example
 * templateCsv().startsWith("Student Full Name,Username,Year Group,Class,"); // => true
 */
export function templateCsv(): string {
  return native.templateCsv();
}

/**
 * Returns the template as an Excel workbook. The nine headings have notes and stay visible while scrolling. Coded
 * columns have drop-downs.
 *
 * @example
 * (await checkCsv(templateWorkbook())).ok; // => true
 */
export function templateWorkbook(): Buffer {
  return sync(() => native.templateWorkbook());
}

/**
 * A password. `util.inspect` and `JSON.stringify` hide it, and `String(password)` throws.
 *
 * @example
 * const accounts = await createAccounts(await readCsv("students.csv"));
 * const { password } = accounts.setPassword("Zoë Ahmed", "cx57");
 * [password.expose(), password.canonical(), password.matches(" cxs7")]; // => ["cx57", "CX57", true]
 * const hash = await password.toPhcString(); // or password.toPhcStringSync()
 * [await Password.verify(hash, "cx57"), await Password.verify(hash, "cx58")]; // => [true, false]
 * (await Password.hashAll([password], { pepper: "a secret" })).length; // => 1
 */
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

  /** Returns the password as text. */
  expose(): string {
    return this.#text;
  }

  /**
   * Returns whether a typed text is this password. The comparison uses the canonical form of both texts, and takes
   * constant time. A blank password never matches.
   */
  matches(typed: string): boolean {
    return native.passwordMatches(this.#text, text("typed", typed));
  }

  /**
   * Returns the canonical form of this password, as `canonicalPassword` makes it. Hash this text, and keep it out of
   * logs.
   */
  canonical(): string {
    return native.passwordCanonical(this.#text);
  }

  /**
   * Returns the Argon2id hash of the canonical form, as a PHC string with a new salt. Use it if you store only hashes.
   * Verify `canonicalPassword(typed)` against the hash. The hash uses OWASP's minimum settings (19 MiB, two passes).
   * Hashing takes about 15 ms, off the main thread. A hash alone does not protect a four-character password from an
   * attacker who has the database, so keep a pepper outside the database. Rejects with PolicyError
   * (`ERR_PASSWORD_BLANK`) if the password is blank.
   */
  toPhcString(): Promise<string> {
    return promised<string>(() => native.passwordPhc(this.#text) as Promise<unknown>);
  }

  /**
   * Resolves to whether a typed password, in canonical form, matches an Argon2 hash. The work is done off the main
   * thread. If the hash was made with a pepper, pass the same pepper. Rejects with PolicyError
   * (`ERR_NOT_A_PASSWORD_HASH`) if `hash` is not an Argon2 hash.
   */
  static async verify(hash: string, typed: string, options?: { pepper?: string }): Promise<boolean> {
    const [phc, given] = [text("hash", hash), text("typed", typed)];
    return promised<boolean>(() => native.verifyPassword(phc, given, pepper(options)) as Promise<unknown>);
  }

  /**
   * Resolves to the hashes of many passwords, in the order of the passwords. All cores share the work. `pepper` is a
   * secret that goes into each hash; store it outside the database. Rejects with PolicyError (`ERR_PASSWORD_BLANK`),
   * and makes no hashes, if a password is blank.
   */
  static async hashAll(passwords: Iterable<Password>, options?: { pepper?: string }): Promise<string[]> {
    const exposed = Array.from(passwords, (password, at) => {
      if (!(password instanceof Password)) throw wrong(`passwords[${at}]`, "a Password", password);
      return password.expose();
    });
    return promised<string[]>(() => native.hashPasswords(exposed, pepper(options)) as Promise<unknown>);
  }

  /** Does the same as `toPhcString`, synchronously. */
  toPhcStringSync(): string {
    return sync(() => native.passwordPhcSync(this.#text));
  }

  /**
   * Throws a TypeError, so that you do not hash or store the text `<hidden>` instead of the password. Use `expose()` or
   * `canonical()`.
   */
  toString(): never {
    const message = "a Password is not a string: use password.expose() to show it, or password.canonical() to hash it";
    throw Object.assign(new TypeError(message), { code: "ERR_INVALID_ARG_TYPE" });
  }

  /** Returns `"<hidden>"`. JSON contains passwords only if you ask for them. */
  toJSON(): string {
    return "<hidden>";
  }

  [inspect.custom](): string {
    return "Password <hidden>";
  }
}

/** The largest number of passwords in one call. It is more than the number of pupils in the country. */
const MOST_PASSWORDS = 10_000_000;

/**
 * A policy for making passwords. The default is four characters, which is enough only if guessing is slow: see
 * `advice`.
 *
 * @example
 * const policy = PasswordPolicy.characters(4);
 * [policy.entropyBits.toFixed(1), policy.generate(30).length, policy.advice.length > 0]; // => ["16.2", 30, true]
 * PasswordPolicy.pin(6).entropyBits < PasswordPolicy.words(3).entropyBits; // => true
 */
export class PasswordPolicy {
  readonly #made: { kind: "characters" | "pin" | "words"; size: number; without: string[] };
  /** The strength in bits: the base-2 logarithm of the number of possible passwords, which are all equally likely. */
  readonly entropyBits: number;
  /** A text about what you must do to protect passwords of this strength. */
  readonly advice: string;

  private constructor(kind: "characters" | "pin" | "words", size: number, without: string[] = []) {
    if (kind === undefined) throw unmade("PasswordPolicy", "PasswordPolicy.characters(4), .pin(6) or .words(3)");
    this.#made = { kind, size, without };
    const json = JSON.stringify(this.#made);
    this.entropyBits = sync(() => native.policyEntropy(json));
    this.advice = native.policyAdvice(json);
  }

  /**
   * Creates a policy for passwords with 4 to 20 characters, from an alphabet that children rarely confuse. The
   * passwords spell nothing offensive, and none of the words in `without`. Throws PolicyError for other lengths.
   */
  static characters(length = 4, options?: { without?: Iterable<string> }): PasswordPolicy {
    const { without = [] } = known("characters", options, ["without"]);
    return new PasswordPolicy("characters", whole("length", length), texts("without", without));
  }

  /**
   * Creates a policy for PINs with 5 to 11 digits, none of which is a date. `pin(5)` suits Reception, Key Stage 1 and
   * tablets: it is as strong as the default, and takes five taps on a number pad. Throws PolicyError for other lengths.
   */
  static pin(digits: number): PasswordPolicy {
    return new PasswordPolicy("pin", whole("digits", digits));
  }

  /**
   * Creates a policy for passwords of 2 to 6 different short words with spaces between them. Most seven-year-old
   * children can read the words. Throws PolicyError for other numbers.
   */
  static words(count: number): PasswordPolicy {
    return new PasswordPolicy("words", whole("count", count));
  }

  /** Generates this number of passwords as plain text, with random bytes from the operating system. */
  generate(count: number): string[] {
    const many = whole("count", count);
    if (many > MOST_PASSWORDS) throw outside(`count must be ${MOST_PASSWORDS} or less, not ${many}`);
    return sync(() => native.policyGenerate(JSON.stringify(this.#made), many));
  }

  /** @internal Returns the given policy, or the default, in the form that Rust takes. */
  static json(policy: unknown): string {
    if (policy === undefined) return '{"kind":"characters","size":4}';
    if (!(policy instanceof PasswordPolicy)) throw wrong("passwords", "a PasswordPolicy", policy);
    return JSON.stringify(policy.#made);
  }
}
