// Signing in: identities, whose account they may open, and how often a password may be guessed.

import { inspect } from "node:util";
import * as native from "../native.js";
import { type Account, Accounts, account } from "./accounts.js";
import { sync } from "./errors.js";
import { bytesOf, flag, instant, options as known, rows, text, texts, unmade, whole, wrong } from "./input.js";
import { parsed, stored } from "./json.js";
import { uncloneable } from "./uncloneable.js";
import { canonicalPassword } from "./values.js";

/** The longest password that is looked at. */
const LONGEST_TYPED = 1024;

function bytes(name: string, value: unknown): Uint8Array {
  if (typeof value === "string") return Buffer.from(value);
  const found = bytesOf(name, value);
  if (found === undefined) throw wrong(name, "a string or a Uint8Array", value);
  return found;
}

/**
 * Who an identity provider says that somebody is: from MyLogin, or from the claims of any OpenID Connect library. It is of this
 * moment, and not for storing; what is stored is a `Link`.
 */
export class Identity {
  readonly #native: native.Identity;
  /** `mylogin`, or the issuer of the claims. */
  readonly provider: string;
  /** The provider's own id of this person. */
  readonly subject: string;
  /** Whether the person is a student. */
  readonly kind: "student" | "staff" | "unknown";
  /** The school, as Wonde numbers them, if it is known. */
  readonly schoolId: string | null;
  /** The id that Wonde gives this person, if the school has matched them. */
  readonly sourceId: string | null;
  /** The email address, in the letter case of the provider. */
  readonly email: string | null;
  /** Whether the provider, or the host, vouches that the address is this person's. */
  readonly emailVouched: boolean;
  /** The organisation as the provider knows it: Google's `hd`, Microsoft's `tid`. */
  readonly tenant: string | null;

  private constructor(made: native.Identity) {
    if (!(made instanceof native.Identity)) throw unmade("Identity", "Identity.fromClaims, Identity.fromJSON or mylogin.Client");
    this.#native = made;
    const told = JSON.parse(made.told()) as Pick<
      Identity,
      "provider" | "subject" | "kind" | "schoolId" | "sourceId" | "email" | "emailVouched" | "tenant"
    >;
    this.provider = told.provider;
    this.subject = told.subject;
    this.kind = told.kind;
    this.schoolId = told.schoolId;
    this.sourceId = told.sourceId;
    this.email = told.email;
    this.emailVouched = told.emailVouched;
    this.tenant = told.tenant;
    Object.freeze(this);
  }

  /** @internal */
  static of(made: native.Identity): Identity {
    return new Identity(made);
  }

  /** @internal */
  static native(identity: unknown): native.Identity {
    if (!(identity instanceof Identity)) throw wrong("identity", "an Identity", identity);
    return identity.#native;
  }

  /**
   * Who MyLogin's user says that somebody is: the JSON of its user endpoint. `vouchForEmail`: at this school the address is this
   * person's and nobody else's; MyLogin does not say whether it is verified. Throws IdentityError.
   */
  static fromJSON(user: string | Uint8Array, options?: { vouchForEmail?: boolean; now?: Date }): Identity {
    const { vouchForEmail = false, now = new Date() } = known("fromJSON", options, ["vouchForEmail", "now"]);
    const identity = Identity.of(sync(() => native.identityOfMylogin(bytes("user", user), instant("now", now))));
    return flag("vouchForEmail", vouchForEmail) ? identity.vouchForEmail() : identity;
  }

  /**
   * Who verified claims say that somebody is: the payload of an ID token, as an object or as JSON, after an OpenID Connect library has
   * checked its signature and its nonce. Neither school nor kind is in it: see `ofSchool` and `asStudent`. Throws IdentityError.
   *
   * The address counts as vouched for where Google hosts the organisation (`hd`) and has verified it, where Microsoft says that the
   * organisation owns its domain (`xms_edov`), and where `email_verified` is true and the issuer is one of `trustedIssuers`, which you
   * know to verify addresses.
   */
  static fromClaims(claims: object | string, clientId: string, options?: { now?: Date; trustedIssuers?: Iterable<string> }): Identity {
    const { now = new Date(), trustedIssuers = [] } = known("fromClaims", options, ["now", "trustedIssuers"]);
    const trusted = texts("trustedIssuers", trustedIssuers);
    const isJson = typeof claims === "string" || bytesOf("claims", claims) !== undefined;
    if (!isJson && (typeof claims !== "object" || claims === null)) throw wrong("claims", "an object or JSON", claims);
    const json = bytes("claims", isJson ? claims : JSON.stringify(claims));
    const [id, at] = [text("clientId", clientId), instant("now", now)];
    return Identity.of(sync(() => native.identityOfClaims(json, id, trusted, at)));
  }

  /** The same at this school, as Wonde numbers them: by the host's own table of which school has which tenant. */
  ofSchool(schoolId: string): Identity {
    return new Identity(this.#native.ofSchool(text("schoolId", schoolId)));
  }

  /** The same as a student: claims do not say it, and the host knows by a group or an organisational unit. */
  asStudent(): Identity {
    return new Identity(this.#native.asStudent());
  }

  /** The same with the host vouching for the address: at this school it is this person's and nobody else's. */
  vouchForEmail(): Identity {
    return new Identity(this.#native.vouchForEmail());
  }

  [inspect.custom](): string {
    return `Identity <${this.kind}>`;
  }
}

/** That a person of a provider's has an account at a school: a row of the host's, unique by provider, subject and school. */
export interface Link {
  /** `mylogin`, or the issuer of the claims. */
  readonly provider: string;
  /** The provider's id of the person. */
  readonly subject: string;
  /** The school, as Wonde numbers them. */
  readonly schoolId: string;
  /** The username of the account. Where a host changes a username, it changes this too. */
  readonly username: string;
}

/** The one account that is a person's. */
export interface MatchedAccount extends Account {
  /** By what it was found. */
  readonly matchedBy: "source-id" | "link" | "email";
  /** For the host to store, if it is not stored yet: later sign-ins of this person then need no email address. */
  readonly link: Link | null;
}

/** Where the account of a person is looked for. */
export interface MatchOptions {
  /** The school's id with Wonde, as you know it, never as a browser sends it. */
  schoolId: string;
  /** The links that you stored for this person, or for the school. */
  links?: Iterable<Link>;
}

/**
 * The account of a school that a person may open: by Wonde's id first, then by a link of an earlier sign-in, then, where the accounts
 * came from a CSV with the email address as username, by an address that the provider vouches for. `schoolId` is the school's id
 * with Wonde, as the host knows it, never as a browser sends it. Throws SignInRefused, with the reason.
 */
export function matchIdentity(
  identity: Identity,
  accounts: Accounts,
  options: MatchOptions,
): MatchedAccount {
  const { schoolId, links = [] } = known("matchIdentity", options, ["schoolId", "links"]);
  const each = (link: Link, name: string) => ({
    provider: text(`${name}.provider`, link.provider),
    subject: text(`${name}.subject`, link.subject),
    school_id: text(`${name}.schoolId`, link.schoolId),
    username: text(`${name}.username`, link.username),
  });
  const [who, whose] = [Identity.native(identity), Accounts.native(accounts)];
  const kept = JSON.stringify(rows(links, each, "links"));
  const told = sync(() => native.matchIdentity(who, whose, text("schoolId", schoolId), kept));
  const found = JSON.parse(told) as { row: string; by: MatchedAccount["matchedBy"]; link: Kept | null };
  return account(found.row, undefined, { matchedBy: found.by, link: found.link && hidden(found.link) });
}

type Kept = Omit<Link, "schoolId"> & { school_id: string };

/** The link, of which `util.inspect` shows nobody. */
function hidden({ provider, subject, school_id, username }: Kept): Link {
  const link = { provider, subject, schoolId: school_id, username };
  return Object.freeze(Object.defineProperty(link, inspect.custom, { value: () => "Link <hidden>", enumerable: false }));
}

/** How many wrong passwords there may be. */
export interface AttemptOptions {
  /** At which wrong password an account locks, until a teacher gives a new one: 10 by default, and 3 or more. */
  lockAfter?: number;
  /** How many wrong ones a right password takes back; 2 by default. */
  takenBack?: number;
  /** How many wrong ones a whole school may type in a day: 100 by default, and 10 or more; some one for every five students. */
  schoolADay?: number;
}

/**
 * The wrong passwords of one school: a state that the host stores with the school and changes by one sign-in at a time. It holds
 * hashes of usernames, and no password.
 */
export class Attempts {
  #native: native.Attempts;

  constructor(options?: AttemptOptions) {
    this.#native = sync(() => native.attempts(policy(options)));
    uncloneable(this);
  }

  /** What `toJSON` gave, as a text or parsed, with the policy anew. Throws OnrollError. */
  static fromJSON(json: string | object, options?: AttemptOptions): Attempts {
    // What was not loaded is not taken for none: that would unlock everybody.
    const kept = stored(json);
    const made = new Attempts(options);
    made.#native = sync(() => native.attempts(policy(options), kept));
    return made;
  }

  /**
   * The account of a username and password, if both are right; else what was tried is counted. An unknown username takes the work of a
   * known one and gets its answer. Throws SignInRefused: `not-recognised`, `too-soon`, `locked`, `school-paused`, or `inactive`. Store
   * the attempts in each case.
   */
  signIn(accounts: Accounts, username: string, password: string, options?: { now?: Date }): Account {
    const [name, typed] = [text("username", username), text("password", password)];
    return account(sync(() => this.#native.signIn(Accounts.native(accounts), name, typed, time(options))));
  }

  /**
   * `signIn` for a host that keeps only hashes: `verify` says whether what was typed is the password of the account, at once or as a
   * promise. Where there is no account it is asked with `undefined`: verify some hash all the same, so that it takes as long. Rejects
   * with SignInRefused as `signIn` throws it, or with what `verify` throws. Store the attempts before and after.
   *
   * @example
   * const account = await attempts.signInBy(accounts, username, password, (account, typed) =>
   *   Password.verify(account ? hashes.get(account.username) : nobodys, typed));
   */
  async signInBy(
    accounts: Accounts,
    username: string,
    password: string,
    verify: (account: Account | undefined, typed: string) => boolean | Promise<boolean>,
    options?: { now?: Date },
  ): Promise<Account> {
    const [name, typed] = [text("username", username), text("password", password)];
    if (typeof verify !== "function") throw wrong("verify", "a function", verify);
    const told = sync<string | null>(() => this.#native.beginSignIn(Accounts.native(accounts), name, time(options)));
    const found = told === null ? undefined : account(told);
    const right = await verify(found, typed.length > LONGEST_TYPED ? "" : typed);
    if (typeof right !== "boolean") throw wrong("what verify gives", "a boolean", right);
    const isRight = right && canonicalPassword(typed) !== "";
    return account(sync(() => this.#native.settle(Accounts.native(accounts), found?.username, isRight)));
  }

  /**
   * Counts a try, before it is known whether it is right: for hosts that keep hashes and compare for themselves. Throws SignInRefused:
   * `too-soon`, `locked`, `school-paused`. Then nothing may be compared.
   */
  begin(username: string, options?: { now?: Date }): void {
    sync(() => this.#native.begin(text("username", username), time(options)));
  }

  /** The try that `begin` counted was right. */
  succeeded(username: string): void {
    this.#native.succeeded(text("username", username));
  }

  /** Forgets the wrong passwords of an account: when a teacher has given it a new one, and not otherwise. */
  unlock(username: string): void {
    this.#native.unlock(text("username", username));
  }

  /** Whether an account is locked, for a teacher to see. */
  isLocked(username: string): boolean {
    return this.#native.isLocked(text("username", username));
  }

  /** The state as an object, to be stored. */
  toJSON(): { readonly [field: string]: unknown } {
    return parsed(sync(() => this.#native.json()));
  }

  [inspect.custom](): string {
    return "Attempts <hidden>";
  }
}

/** Fewer wrong passwords are mistakes of a child. */
const LEAST_LOCK = 3;
/** A class that types badly is no attack. */
const LEAST_SCHOOL = 10;

function policy(options: AttemptOptions | undefined): string {
  const { lockAfter = 10, takenBack = 2, schoolADay = 100 } = known("Attempts", options, ["lockAfter", "takenBack", "schoolADay"]);
  const most = (name: string, value: number, least = 0) => Math.min(whole(name, value, least), 2 ** 32 - 1);
  return JSON.stringify({
    lockAfter: most("lockAfter", lockAfter, LEAST_LOCK),
    takenBack: most("takenBack", takenBack),
    schoolADay: most("schoolADay", schoolADay, LEAST_SCHOOL),
  });
}

function time(options: { now?: Date } | undefined): number {
  return instant("now", known("options", options, ["now"]).now ?? new Date());
}
