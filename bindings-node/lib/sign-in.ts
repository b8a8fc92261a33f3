// The classes `Identity` and `Attempts`, and the function `matchIdentity`. Has the defaults of the limits for wrong
// passwords; `core/src/identity/attempt_policy.rs` has the same.

import { inspect } from "node:util";
import native = require("../native.js");
import { type Account, account } from "./accounts/account.js";
import { Accounts } from "./accounts/accounts.js";
import { sync } from "./errors.js";
import { bytesOf, flag, instant, options as known, rows, text, texts, unmade, whole, wrong } from "./input.js";
import { parsed, stored } from "./shared/json.js";
import { uncloneable } from "./uncloneable.js";
import { canonicalPassword } from "./values.js";

/**
 * The length of the longest typed password that `verify` gets. Instead of a longer password, `verify` gets a blank
 * text.
 */
const LONGEST_TYPED = 1024;

function bytes(name: string, value: unknown): Uint8Array {
  if (typeof value === "string") return Buffer.from(value);
  const found = bytesOf(name, value);
  if (found === undefined) throw wrong(name, "a string or a Uint8Array", value);
  return found;
}

/**
 * A person's identity at a provider, from MyLogin or from the claims of any OpenID Connect library. It is valid only
 * during the sign-in, so do not store it. Store the link that `matchIdentity` returns.
 *
 * @example
 * const claims = { iss: "https://idp.example", sub: "17", aud: "our-app", exp: 1788777000, email: "amy@oak.example" };
 * const verified = Identity.fromClaims(claims, "our-app", { now: new Date("2026-09-07T09:00:00Z") });
 * [verified.provider, verified.subject, verified.email, verified.emailVouched]; // => ["https://idp.example", "17", "amy@oak.example", false]
 * [verified.tenant, verified.sourceId]; // => [null, null]
 * const identity = verified.ofSchool("A1329183376").asStudent().vouchForEmail();
 * [identity.schoolId, identity.kind, identity.emailVouched]; // => ["A1329183376", "student", true]
 *
 * @example The user of MyLogin.
 * const byWonde = { service_provider_id: "A77" };
 * const data = { id: "17", type: "student", email: null, service_providers: { wonde: byWonde }, organisation: { wonde_id: "A1329183376" } };
 * Identity.fromJSON(JSON.stringify({ data })).sourceId; // => "A77"
 */
export class Identity {
  readonly #native: native.Identity;
  /** `mylogin`, or the issuer of the claims. */
  readonly provider: string;
  /** The provider's own id for this person. */
  readonly subject: string;
  /** The person's role at the school. */
  readonly kind: "student" | "staff" | "unknown";
  /** The school's id at Wonde, if known. */
  readonly schoolId: string | null;
  /** Wonde's id for this person; `null` if the school has not matched the person in MyLogin yet. */
  readonly sourceId: string | null;
  /** The email address, in the provider's letter case. */
  readonly email: string | null;
  /** Whether the provider or you verified that the address belongs to this person. */
  readonly emailVouched: boolean;
  /** The organisation's id at the provider: Google's `hd` or Microsoft's `tid`. */
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
   * Reads the identity from the JSON of MyLogin's user endpoint. `vouchForEmail` confirms that at this school the
   * address belongs only to this person. MyLogin does not say whether it verified the address. Throws IdentityError.
   */
  static fromJSON(user: string | Uint8Array, options?: { vouchForEmail?: boolean; now?: Date }): Identity {
    const { vouchForEmail = false, now = new Date() } = known("fromJSON", options, ["vouchForEmail", "now"]);
    const identity = Identity.of(sync(() => native.identityOfMylogin(bytes("user", user), instant("now", now))));
    return flag("vouchForEmail", vouchForEmail) ? identity.vouchForEmail() : identity;
  }

  /**
   * Returns the identity in verified claims. Pass the payload of an ID token, as an object or as JSON, after an OpenID
   * Connect library has checked its signature and its nonce. The claims name neither the school nor the person's role:
   * see `ofSchool` and `asStudent`. Throws IdentityError.
   *
   * The address counts as verified in three cases. First, Google hosts the organisation (`hd`) and has verified the
   * address. Second, Microsoft says that the organisation owns its domain (`xms_edov`). Third, `email_verified` is true
   * and you listed the issuer in `trustedIssuers`.
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

  /**
   * Returns the same identity at the school with this Wonde id. Look the id up in your own table of tenants and
   * schools.
   */
  ofSchool(schoolId: string): Identity {
    return new Identity(this.#native.ofSchool(text("schoolId", schoolId)));
  }

  /**
   * Returns the same identity with the role of a student. Claims do not contain the role, so decide by the person's
   * group or organisational unit.
   */
  asStudent(): Identity {
    return new Identity(this.#native.asStudent());
  }

  /** Returns the same identity, and confirms that at this school the email address belongs only to this person. */
  vouchForEmail(): Identity {
    return new Identity(this.#native.vouchForEmail());
  }

  [inspect.custom](): string {
    return `Identity <${this.kind}>`;
  }
}

/**
 * A link from a provider's user to an account at a school. Store it as a row that is unique by provider, subject and
 * school.
 */
export interface Link {
  /** `mylogin`, or the issuer of the claims. */
  readonly provider: string;
  /** The provider's id for the person. */
  readonly subject: string;
  /** The school's id at Wonde. */
  readonly schoolId: string;
  /** The account's username. If you rename the account, change the link too. */
  readonly username: string;
}

/** The account that belongs to a person. */
export interface MatchedAccount extends Account {
  /** The evidence for the match. */
  readonly matchedBy: "source-id" | "link" | "email";
  /**
   * A new link for you to store; `null` if it is among the links that you passed. Store it instead of this person's
   * earlier link. Later sign-ins then need no email address.
   */
  readonly link: Link | null;
}

/** The options for finding a person's account. */
export interface MatchOptions {
  /** The school's id at Wonde. Look it up yourself, and never take it from the browser. */
  schoolId: string;
  /** The links that you stored for this person, or for the school. */
  links?: Iterable<Link>;
}

/**
 * Returns the account that a person may sign in to at a school. Looks for the account by Wonde's id first, then by a
 * link from an earlier sign-in. If the accounts came from a CSV with email addresses as usernames, looks by a verified
 * email address last. Look up `schoolId` yourself, and never take it from the browser. Throws SignInRefused, which has
 * the reason.
 *
 * @example
 * const csv = templateCsv() + "Amy Lee,amy@oak.example,Year 5,5A,Female,No,WBRI,No,No";
 * const accounts = await createAccounts(await readCsv(Buffer.from(csv), { signIn: "sso" }));
 * const claims = { iss: "https://idp.example", sub: "17", aud: "our-app", exp: 1788777000, email: "amy@oak.example" };
 * const verified = Identity.fromClaims(claims, "our-app", { now: new Date("2026-09-07T09:00:00Z") });
 * const identity = verified.ofSchool("A1329183376").asStudent().vouchForEmail();
 * const account = matchIdentity(identity, accounts, { schoolId: "A1329183376" });
 * [account.fullName, account.matchedBy, account.link.subject]; // => ["Amy Lee", "email", "17"]
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

/** Returns the link, hidden from `util.inspect`. */
function hidden({ provider, subject, school_id, username }: Kept): Link {
  const link = { provider, subject, schoolId: school_id, username };
  return Object.freeze(Object.defineProperty(link, inspect.custom, { value: () => "Link <hidden>", enumerable: false }));
}

/** Limits for wrong passwords. */
export interface AttemptOptions {
  /**
   * The number of wrong passwords after which an account locks until a teacher gives the student a new password. The
   * default is 10, and the minimum is 3.
   */
  lockAfter?: number;
  /** The number of wrong passwords that a right password cancels. The default is 2. */
  takenBack?: number;
  /**
   * The number of wrong passwords that a whole school may type in a day. The default is 100, and the minimum is 10. For
   * a large school, set it to about one for every five students.
   */
  schoolADay?: number;
}

/**
 * The record of wrong passwords at one school. Store it with the school's data, and process only one sign-in of the
 * school at a time. It contains hashes of usernames, and no passwords.
 *
 * @example
 * const accounts = await createAccounts(await readCsv("students.csv"));
 * const typed = accounts.get("Zoë Ahmed").password.expose().toLowerCase();
 * const attempts = new Attempts();
 * attempts.signIn(accounts, "zoe ahmed", typed).fullName; // => "Zoë Ahmed"
 * attempts.begin("Zoë Ahmed"); // store the attempts, then compare a hash
 * attempts.succeeded("Zoë Ahmed");
 * attempts.isLocked("Zoë Ahmed"); // => false
 * attempts.unlock("Zoë Ahmed"); // a teacher gave a new password
 * Attempts.fromJSON(JSON.stringify(attempts)).isLocked("Zoë Ahmed"); // => false
 */
export class Attempts {
  #native: native.Attempts;

  constructor(options?: AttemptOptions) {
    this.#native = sync(() => native.attempts(policy(options)));
    uncloneable(this);
  }

  /**
   * Reads attempts from the JSON that `toJSON` returned, as a text or an object. You must pass the options again.
   * Throws OnrollError.
   */
  static fromJSON(json: string | object, options?: AttemptOptions): Attempts {
    // A missing state is an error: an empty one would unlock every account.
    const kept = stored(json);
    const made = new Attempts(options);
    made.#native = sync(() => native.attempts(policy(options), kept));
    return made;
  }

  /**
   * Returns the account if the username and the password are right. Otherwise, `signIn` counts the try. For an unknown
   * username, the work and the answer are the same as for a wrong password. Throws SignInRefused: `not-recognised`,
   * `too-soon`, `locked` or `school-paused`; with the right password also `inactive`, `blocked` or `ambiguous`. Store
   * the attempts after every call.
   */
  signIn(accounts: Accounts, username: string, password: string, options?: { now?: Date }): Account {
    const [name, typed] = [text("username", username), text("password", password)];
    return account(sync(() => this.#native.signIn(Accounts.native(accounts), name, typed, time(options))));
  }

  /**
   * Does the same as `signIn`. Use it if you store only hashes. `verify` returns whether the typed password belongs to
   * the account, or a promise of the answer. If the username matches no account, `verify` gets `undefined`. In that
   * case, verify any hash and return false, so that the answer takes as long as for a known username. Rejects with
   * SignInRefused for the same reasons as `signIn`, or with the error that `verify` throws. Store the attempts before
   * and after this call.
   *
   * @example
   * const accounts = await createAccounts(await readCsv("students.csv"));
   * const hashes = new Map([["Zoë Ahmed", await accounts.get("Zoë Ahmed").password.toPhcString()]]); // from your database
   * const nobodys = await accounts.at(1).password.toPhcString();
   * const typed = accounts.get("Zoë Ahmed").password.expose();
   * const account = await new Attempts().signInBy(accounts, "zoe ahmed", typed, (account, typed) =>
   *   Password.verify(account ? hashes.get(account.username) : nobodys, typed));
   * account.fullName; // => "Zoë Ahmed"
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
   * Counts a try. Call it before you compare a typed password with your stored hash. Throws SignInRefused: `too-soon`,
   * `locked`, `school-paused`. If it throws, do not compare the password.
   */
  begin(username: string, options?: { now?: Date }): void {
    sync(() => this.#native.begin(text("username", username), time(options)));
  }

  /** Records that the password was right in the try that `begin` counted. */
  succeeded(username: string): void {
    this.#native.succeeded(text("username", username));
  }

  /**
   * Forgets the wrong passwords for a username. Call it only at these times: when a teacher gives the account a new
   * password, when the account is created, and when its username changes.
   */
  unlock(username: string): void {
    this.#native.unlock(text("username", username));
  }

  /** Returns whether an account is locked, so that you can tell a teacher. */
  isLocked(username: string): boolean {
    return this.#native.isLocked(text("username", username));
  }

  /** Returns the attempts as a plain object that you can store. */
  toJSON(): { readonly [field: string]: unknown } {
    return parsed(sync(() => this.#native.json()));
  }

  [inspect.custom](): string {
    return "Attempts <hidden>";
  }
}

/** The minimum of `lockAfter`. Fewer wrong passwords can be a child's mistakes. */
const LEAST_LOCK = 3;
/** The minimum of `schoolADay`. One class that types badly must not pause the school. */
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
