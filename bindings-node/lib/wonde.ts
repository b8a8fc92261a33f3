// Reads schools through Wonde: students, access to schools, webhooks, and schedules for syncing.

import { inspect } from "node:util";
import * as native from "../native.js";
import { OnrollError, WebhookError, WondeError, sync } from "./errors.js";
import { Exchange, type ExchangeOptions } from "./exchange.js";
import {
  abortable,
  bytesOf,
  callable,
  choice as oneOf,
  flag,
  instant,
  invalid,
  options as known,
  rows,
  signIn,
  text,
  texts,
  unmade,
  whole,
  wrong,
} from "./input.js";
import { ethnicitiesOf } from "./shared/choices.js";
import { parsed, stored } from "./shared/json.js";
import type { EthnicityEntry } from "./shared/reading.js";
import { Roster } from "./roster.js";
import { uncloneable } from "./uncloneable.js";
import type { SignIn } from "./values.js";

export type { Request, Response, Send } from "./exchange.js";
export { WebhookError, WondeError };

/** The settings for Wonde. */
export interface ClientOptions extends ExchangeOptions {
  /** The vendor's token for all its schools, or the token for one school. */
  token: string;
  /**
   * A Wonde domain. The default is `api.wonde.com`. The right domain depends on the school's region: see
   * `School.domain`. `127.0.0.1:8080` and similar addresses work without TLS, for tests.
   */
  domain?: string;
  /** Confirms that you trust a `domain` outside Wonde. The token is sent to this domain. */
  anyDomain?: boolean;
  /** The time limit for one exchange, in milliseconds. The default is 60,000. */
  timeout?: number;
}

/** The progress of a reading. */
export interface Progress {
  /** The list that is being read: `students`, `deletions`, … */
  readonly list: string;
  /** The next page, counted from 1. */
  readonly page: number;
  /** The number of students read so far. */
  readonly students: number;
}

/** A part of a student's record, under Wonde's name for it. */
export type Include =
  | "education_details"
  | "extended_details"
  | "contact_details"
  | "classes"
  | "groups"
  | "year"
  | "registration";

/** The options for reading a snapshot. */
export interface SnapshotOptions {
  /** Reads only the changes since this time. Pass the time at which the last sync began. */
  since?: Date;
  /**
   * The parts of a student's record to read. The default is all parts. Fields in a part that you leave out are
   * unrecorded.
   */
  includes?: Iterable<Include>;
  /** Rejects, instead of giving a warning, if Wonde's own count differs from the number of students in its list. */
  strictCount?: boolean;
  /** Called before each request. */
  onProgress?: (progress: Progress) => unknown;
  /** Cancels the reading at once. The promise then rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** A school in Wonde's list. */
export interface School {
  /** The school's id at Wonde. */
  readonly id: string;
  /** The school's name. */
  readonly name: string;
  /** The school's unique reference number (URN). Only schools in England have one. */
  readonly urn: string | null;
  /** The code of the school's local authority. */
  readonly laCode: string | null;
  /** The school's number within the local authority. */
  readonly establishmentNumber: string | null;
  /** The school's phase of education, in Wonde's words. */
  readonly phase: string | null;
  /** The school's management information system. */
  readonly mis: string | null;
  /** The domain of the school's region. */
  readonly domain: string | null;
}

/** Returns the schools so that `util.inspect` shows only their ids, because people typed the other values. */
function listed(schools: unknown): readonly School[] {
  const shown = {
    value(this: School): string {
      return `School <${this.id}>`;
    },
    enumerable: false,
  };
  return (schools as School[]).map((school) => Object.defineProperty(school, inspect.custom, shown));
}

/** A person at the school who is informed about a request for access. */
export interface Contact {
  /** The first name. */
  firstName?: string;
  /** The last name. */
  lastName?: string;
  /** The phone number. */
  phoneNumber?: string;
  /** The email address. */
  emailAddress?: string;
  /** Notes for Wonde. */
  notes?: string;
}

const PERSON = ["firstName", "lastName", "phoneNumber", "emailAddress", "notes"];

function person(contact: Contact, name: string): Contact {
  const given = known<Contact>(name, contact, PERSON);
  for (const [field, value] of Object.entries(given)) text(`${name}.${field}`, value);
  return given as Contact;
}

/** A student's field whose values you can map. */
export type MappedField = "yearGroup" | "className" | "gender" | "pupilPremium" | "ethnicity" | "send" | "eal";

/** Your choices for turning a snapshot into a roster. */
export interface RosterOptions {
  /** How students sign in. The default is `"password"`. With `"sso"`, the username is the email address. */
  signIn?: SignIn;
  /**
   * The kind of group that becomes the class. If a student has no group of this kind, the other kinds are tried.
   * `"main"` is the class that Wonde marks as the main class. No published sample of Wonde data contains this mark.
   */
  classFrom?: "registration" | "main" | "first";
  /** Which names to use. The default is `"preferred"`. */
  namesFrom?: "preferred" | "legal";
  /**
   * Which email address to use. `"usual"` means the first of these that exists: the address without a label, the
   * primary address, the work address. It never means the home address.
   */
  emailFrom?: "usual" | "email" | "primary" | "work" | "home";
  /**
   * The school's own email domains. They are used only with `signIn: "sso"`. An address in another domain is never a
   * username.
   */
  emailDomains?: Iterable<string>;
  /** Replaces extended ethnicity codes with their main codes. */
  mainCodesOnly?: boolean;
  /** More ethnicity codes and words, in addition to those of the Department for Education. */
  ethnicities?: readonly EthnicityEntry[];
  /** Reads a missing year group from the class's name, if the name begins with a year. */
  yearFromClass?: boolean;
  /** Fields that the school withholds. For a delta, pass `roster.unrecorded` from the last full snapshot. */
  withheld?: Iterable<string>;
  /**
   * The meanings of texts in the school's MIS, by field: `{ send: { Monitoring: "No" } }`; `null` means "not
   * recorded".
   */
  values?: { readonly [Field in MappedField]?: { readonly [text: string]: string | boolean | null } };
  /**
   * Today's date, such as `2026-09-01`. A student has left if the leaving date is earlier. Without `today`, leaving
   * dates are ignored.
   */
  today?: string;
}

/** A warning about a snapshot. The snapshot is still complete. */
export interface SnapshotWarning {
  /** The subject of the warning. */
  readonly code: "count-differs" | "include-refused";
  /** The warning as a sentence, without personal data. */
  readonly message: string;
}

/** Whether one field can be read. */
export interface FieldCheck {
  /** The name of the field: a student's field, or `legalName`, `upn` or `email`. */
  readonly field: string;
  /** The state. `"empty"` means that the field is permitted, as far as is known, but has no values. */
  readonly state: "readable" | "empty" | "not-permitted";
  /** The number of students on the first page who have a value in this field. */
  readonly filled: number;
  /** The consequence of the state, in one sentence. */
  readonly consequence: string;
}

/**
 * The fields that a token may read at one school, according to the token's permissions and the first page of students.
 */
export interface AccessCheck {
  /** The school's id. */
  readonly schoolId: string;
  /** Whether Wonde is connected to the school's MIS; `null` if Wonde does not say. */
  readonly online: boolean | null;
  /** Whether the school has approved access; `null` if Wonde does not say. */
  readonly approved: boolean | null;
  /**
   * The time at which the newest record on the first page was changed. Wonde does not say when it last read the MIS,
   * but it was at this time or later.
   */
  readonly lastSynced: Date | null;
  /** The number of students on the first page, at most 200. */
  readonly students: number;
  /** Whether the token may read its own permissions. If not, a field that is not permitted looks empty. */
  readonly permissionsKnown: boolean;
  /** The parts of the records that the token may not read at all, by Wonde's names. */
  readonly refusedIncludes: readonly Include[];
  /** Every field, and whether the token can read it. */
  readonly fields: readonly FieldCheck[];
  /** The withheld fields, for `roster({ withheld })`. */
  readonly withheld: readonly string[];
  /** The result as a text for people, without personal data. */
  readonly text: string;
}

function includesOf(includes: unknown): string[] | undefined {
  return includes === undefined ? undefined : texts("includes", includes);
}

/**
 * A client for Wonde with one token. The constructor throws WondeError for a blank token or a domain that does not
 * belong to Wonde.
 *
 * @example
 * const fake = FakeWonde.start({ students: 60 });
 * const client = new wonde.Client({ token: FakeWonde.token, domain: fake.domain });
 * for (const school of await client.schools()) {
 *   const check = await client.checkAccess(school.id);
 *   check.fields.filter((field) => field.state !== "readable").map((field) => field.consequence); // => []
 *   const snapshot = await client.snapshot(school.id);
 *   snapshot.roster({ signIn: "password", classFrom: "registration" }).length; // => 60
 * }
 * const [waiting, seen] = [await client.pending(), await client.audited()]; // the outcomes of requests
 * const [refused, ended] = [await client.declined(), await client.revoked()];
 * const [found] = await client.search({ urn: "100000" });
 * await client.requestAccess(found.id, [{ firstName: "Amy", emailAddress: "office@oakfield.example" }]);
 * await client.revokeAccess(found.id);
 * fake.close();
 */
export class Client {
  readonly #native: native.WondeClient;
  readonly #exchange: Exchange;

  constructor(options: ClientOptions) {
    const given = known("wonde.Client", options, ["token", "domain", "anyDomain", "send", "wait", "timeout"]);
    const { domain = "api.wonde.com", anyDomain = false, timeout = 60_000 } = given;
    const told = {
      token: text("token", given.token),
      domain: text("domain", domain),
      anyDomain: flag("anyDomain", anyDomain),
      timeout: Math.max(1, whole("timeout", timeout)),
    };
    this.#exchange = new Exchange(given);
    this.#native = sync(() => native.wondeClient(JSON.stringify(told)));
  }

  /**
   * Reads all students of a school, or only the changes if you pass `since`. Rejects with WondeError if the snapshot is
   * not complete. If `onProgress` throws, rejects with that error. If `send` throws, also rejects with that error,
   * unless it is a network failure. After a network failure, the request may be tried again.
   */
  async snapshot(schoolId: string, options?: SnapshotOptions): Promise<Snapshot> {
    const { since, includes, strictCount = false, onProgress, signal } = known("snapshot", options, [
      "since",
      "includes",
      "strictCount",
      "onProgress",
      "signal",
    ]);
    const after = since === undefined ? undefined : instant("since", since);
    const [id, ending, tell] = [text("schoolId", schoolId), abortable(signal), callable("onProgress", onProgress)];
    const [parts, strict] = [includesOf(includes), flag("strictCount", strictCount)];
    const call = sync(() => this.#native.snapshot(id, after, parts, strict));
    await this.#exchange.run(call, { signal: ending, onProgress: tell && (() => tell(JSON.parse(call.progress()) as Progress)) });
    return Snapshot.of(call.takeSnapshot()!);
  }

  /**
   * Checks what the token may read at a school, and what that means for each field. Call it before the first sync.
   * Rejects with WondeError if the token may not even read students.
   */
  async checkAccess(schoolId: string, options?: { includes?: Iterable<Include> }): Promise<AccessCheck> {
    const parts = includesOf(known("checkAccess", options, ["includes"]).includes);
    const id = text("schoolId", schoolId);
    const told = (await this.#exchange.run(sync(() => this.#native.checkAccess(id, parts)))) as AccessCheck & {
      lastSynced: number | null;
    };
    return { ...told, lastSynced: told.lastSynced === null ? null : new Date(told.lastSynced) };
  }

  /** Returns the schools that have approved access. */
  async schools(): Promise<readonly School[]> {
    return listed(await this.#exchange.run(this.#native.schools()));
  }

  /** Returns the schools that have not answered a request for access. */
  async pending(): Promise<readonly School[]> {
    return listed(await this.#exchange.run(this.#native.pending()));
  }

  /** Returns the schools that have agreed to a request that Wonde still checks. */
  async audited(): Promise<readonly School[]> {
    return listed(await this.#exchange.run(this.#native.listedAs("audited")));
  }

  /** Returns the schools that have declined a request for access. */
  async declined(): Promise<readonly School[]> {
    return listed(await this.#exchange.run(this.#native.listedAs("declined")));
  }

  /** Returns the schools that gave access and withdrew it. */
  async revoked(): Promise<readonly School[]> {
    return listed(await this.#exchange.run(this.#native.listedAs("revoked")));
  }

  /** Searches all schools that Wonde knows, whether they have approved access or not. */
  async search(terms: {
    postcode?: string;
    establishmentNumber?: string;
    laCode?: string;
    urn?: string;
  }): Promise<readonly School[]> {
    const given = known("search", terms, ["postcode", "establishmentNumber", "laCode", "urn"]);
    for (const [name, term] of Object.entries(given)) text(name, term);
    return listed(await this.#exchange.run(sync(() => this.#native.search(JSON.stringify(given)))));
  }

  /** Asks a school for access, and returns the school's new state at Wonde. */
  async requestAccess(schoolId: string, contacts: Iterable<Contact> = []): Promise<string | null> {
    const people = JSON.stringify(rows(contacts, person, "contacts"));
    return (await this.#exchange.run(sync(() => this.#native.requestAccess(text("schoolId", schoolId), people)))) as string | null;
  }

  /** Gives up access to a school, and returns the school's new state at Wonde. */
  async revokeAccess(schoolId: string): Promise<string | null> {
    return (await this.#exchange.run(sync(() => this.#native.revokeAccess(text("schoolId", schoolId))))) as string | null;
  }

  [inspect.custom](): string {
    return "wonde.Client <hidden>";
  }
}

/**
 * Wonde's data about one school's students at one time. A snapshot is always complete; otherwise, reading it fails.
 *
 * @example
 * const fake = FakeWonde.start({ students: 60 });
 * const snapshot = await fake.client().snapshot(FakeWonde.schoolId);
 * fake.close();
 * [snapshot.schoolId, snapshot.length, snapshot.since, snapshot.pages]; // => ["A1329183376", 60, null, 1]
 * [snapshot.count, snapshot.counted, snapshot.duplicates, snapshot.left]; // => [60, true, 0, 0]
 * [snapshot.includes[0], snapshot.warnings]; // => ["education_details", []]
 * snapshot.roster({ signIn: "password" }).length; // => 60
 */
export class Snapshot {
  readonly #native: native.WondeSnapshot;
  /** The school's id. */
  readonly schoolId: string;
  /** The number of students. */
  readonly length: number;
  /** The time since which changes were requested; `null` for a full snapshot. */
  readonly since: Date | null;
  /** The number of rows that were left out because the same student was also on another page. */
  readonly duplicates: number;
  /** The number of pages that were read. */
  readonly pages: number;
  /** Whether the token may read Wonde's own count, and the count equals the number of students. */
  readonly counted: boolean;
  /** Wonde's own count of students; `null` if it was not requested, as for a delta, or if Wonde did not give it. */
  readonly count: number | null;
  /**
   * Wonde's names of the parts of the records that were read, such as `groups`. Parts that the token may not read are
   * left out.
   */
  readonly includes: readonly Include[];
  /** Warnings: a count that differs, or a part of the records that the token may not read. */
  readonly warnings: readonly SnapshotWarning[];
  /** The number of students who, according to a delta, were deleted or have left. */
  readonly left: number;

  private constructor(made: native.WondeSnapshot) {
    if (!(made instanceof native.WondeSnapshot)) throw unmade("Snapshot", "client.snapshot(schoolId)");
    this.#native = made;
    const told = JSON.parse(made.told()) as Omit<Snapshot, "since" | "roster"> & { since: number | null };
    this.schoolId = told.schoolId;
    this.length = told.length;
    this.since = told.since === null ? null : new Date(told.since);
    this.duplicates = told.duplicates;
    this.pages = told.pages;
    this.counted = told.counted;
    this.count = told.count;
    this.includes = told.includes;
    this.warnings = told.warnings;
    this.left = told.left;
  }

  /** @internal */
  static of(made: native.WondeSnapshot): Snapshot {
    return new Snapshot(made);
  }

  /**
   * Returns the students as a roster. Students whose record has an error are in the roster's `held`, with the reasons.
   * Throws a TypeError if the options contain a domain, a field or a value that is not valid.
   */
  roster(options?: RosterOptions): Roster {
    const given = known("roster", options, ROSTER);
    const choice = (name: "classFrom" | "namesFrom" | "emailFrom", usual: string): string => {
      return oneOf(name, native.wondeNames(name), given[name] ?? usual);
    };
    const told = {
      signIn: signIn(given.signIn ?? "password"),
      classFrom: choice("classFrom", "registration"),
      namesFrom: choice("namesFrom", "preferred"),
      emailFrom: choice("emailFrom", "usual"),
      emailDomains: texts("emailDomains", given.emailDomains ?? []),
      mainCodesOnly: flag("mainCodesOnly", given.mainCodesOnly ?? false),
      ethnicities: given.ethnicities === undefined ? [] : ethnicitiesOf(given.ethnicities),
      yearFromClass: flag("yearFromClass", given.yearFromClass ?? false),
      withheld: texts("withheld", given.withheld ?? []),
      values: mapped(given.values),
      today: given.today === undefined ? null : day(given.today),
    };
    try {
      return Roster.of(sync(() => this.#native.roster(JSON.stringify(told))));
    } catch (error) {
      throw error instanceof OnrollError ? invalid(error.message) : error;
    }
  }
}

const ROSTER = [
  "signIn",
  "classFrom",
  "namesFrom",
  "emailFrom",
  "emailDomains",
  "mainCodesOnly",
  "ethnicities",
  "yearFromClass",
  "withheld",
  "values",
  "today",
] as const;
const MAPPED = ["yearGroup", "className", "gender", "pupilPremium", "ethnicity", "send", "eal"] as const;

/** Returns the field, the text and the meaning of each entry in `values`. */
function mapped(values: unknown): [string, string, string][] {
  const of = (name: string, value: unknown): [string, unknown][] => {
    if (value === undefined) return [];
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(name, "an object", value);
    return Object.entries(value);
  };
  return of("values", values).flatMap(([field, pairs]) => {
    oneOf("a field of values", MAPPED, field);
    const name = `values.${field}`;
    return of(name, pairs).map(([from, to]): [string, string, string] => {
      if (typeof to === "boolean") return [field, from, to ? "Yes" : "No"];
      if (to !== null && typeof to !== "string") throw wrong(`a value of ${name}`, "a string, a boolean or null", to);
      return [field, from, to ?? ""];
    });
  });
}

/** Checks that a value is a day, such as `2026-09-01`, and returns it. */
function day(value: unknown): string {
  const given = text("today", value);
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(given) && !Number.isNaN(Date.parse(given));
  if (!isDay || new Date(given).toISOString().slice(0, 10) !== given) {
    throw invalid(`today must be a date such as '2026-09-01', not '${given.slice(0, 40)}'`);
  }
  return given;
}

/** How far a school has got in granting access. */
export type AccessState = "none" | "pending" | "audited" | "approved" | "declined" | "revoked" | "unknown";
/** Your next task for a school. */
export type Task = "full-sync" | "stop-syncing" | "ask-wonde";

/** Wonde's lists of schools by the outcome of your requests for access. */
export interface OtherLists {
  /** The result of `audited()`. */
  audited?: readonly School[];
  /** The result of `declined()`. */
  declined?: readonly School[];
  /** The result of `revoked()`. */
  revoked?: readonly School[];
}

const OTHERS = ["audited", "declined", "revoked"] as const;

/**
 * The state of your access to one school, which you store. Its methods record events, and return your next task or
 * `null`.
 *
 * @example
 * const access = new wonde.Access("A1329183376");
 * [access.requested(), access.state]; // => [null, "pending"]
 * const posted = wonde.webhook('{"payload_type": "schoolApproved", "school_id": "A1329183376", "school_token": "token"}');
 * [access.webhook(posted), access.needsFullSync, access.migrating]; // => ["full-sync", true, false]
 * access.listed([], []); // => "stop-syncing"
 * [access.fullySynced(), access.givenUp(), access.schoolId, access.reason]; // => [null, null, "A1329183376", null]
 * wonde.Access.fromJSON(JSON.stringify(access)).state; // => "revoked"
 */
export class Access {
  #native: native.WondeAccess;

  constructor(schoolId: string) {
    this.#native = native.wondeAccess(text("schoolId", schoolId));
    uncloneable(this);
  }

  /** Reads the state from the JSON that `toJSON` returned, as a text or an object. Throws OnrollError. */
  static fromJSON(json: string | object): Access {
    const kept = stored(json);
    const access = new Access("");
    access.#native = sync(() => native.wondeAccessFromJson(kept));
    return access;
  }

  get #told(): { schoolId: string; state: AccessState; reason: string | null; needsFullSync: boolean; migrating: boolean } {
    return JSON.parse(this.#native.told());
  }

  /** The school's id. */
  get schoolId(): string {
    return this.#told.schoolId;
  }

  /** The state of the access. */
  get state(): AccessState {
    return this.#told.state;
  }

  /** Why access was declined or withdrawn, in the school's own words, if known. */
  get reason(): string | null {
    return this.#told.reason;
  }

  /** Whether the next sync must be a full one. */
  get needsFullSync(): boolean {
    return this.#told.needsFullSync;
  }

  /** Whether a change of MIS is announced but not done yet. */
  get migrating(): boolean {
    return this.#told.migrating;
  }

  /** Records that you asked for access. */
  requested(): Task | null {
    return this.#native.apply("requested") as Task | null;
  }

  /** Records that you gave up access. */
  givenUp(): Task | null {
    return this.#native.apply("given-up") as Task | null;
  }

  /** Records that a full sync is complete and its plan was applied. */
  fullySynced(): Task | null {
    return this.#native.apply("fully-synced") as Task | null;
  }

  /** Records a webhook from Wonde whose secret you have checked. */
  webhook(posted: Webhook): Task | null {
    return this.#native.webhook(Webhook.native(posted)) as Task | null;
  }

  /**
   * Records Wonde's lists: the results of `schools()` and `pending()`. The lists are reliable, even if webhooks were
   * lost or forged. If you also pass `others`, the outcome of a request is known. An approved school that is in no list
   * becomes `revoked`, or `unknown` if you passed `others`.
   */
  listed(approved: readonly School[], pending: readonly School[], others?: OtherLists): Task | null {
    const of = (name: string, schools: readonly School[]) =>
      JSON.stringify(rows(schools, (school, at) => ({ id: text(`${at}.id`, school.id) }), name));
    const [yes, waiting] = [of("approved", approved), of("pending", pending)];
    const given = known("listed", others, OTHERS);
    const rest = others === undefined ? undefined : OTHERS.map((name) => of(name, given[name] ?? []));
    return sync(() => this.#native.listed(yes, waiting, rest)) as Task | null;
  }

  /** Returns the state as a plain object that you can store. */
  toJSON(): { readonly [field: string]: unknown } {
    return parsed(sync(() => this.#native.json()));
  }

  [inspect.custom](): string {
    return `wonde.Access <${this.schoolId}, ${this.state}>`;
  }
}

/**
 * A token, which only `expose()` shows. `String(token)` throws, so that you do not store the text `<hidden>` instead of
 * the token.
 *
 * @example
 * const body = '{"payload_type": "schoolApproved", "school_id": "A1329183376", "school_token": "token"}';
 * wonde.webhook(body).token.expose(); // => "token"
 */
export class Token {
  readonly #text: string;

  /** @internal */
  constructor(token: string) {
    if (typeof token !== "string") throw unmade("Token", "webhook.token");
    this.#text = token;
  }

  /** Returns the token as text. Store it as a secret, and pass it to Client. */
  expose(): string {
    return this.#text;
  }

  /** Throws a TypeError. Use `expose()` instead. */
  toString(): never {
    throw Object.assign(new TypeError("a Token is not a string: use token.expose()"), { code: "ERR_INVALID_ARG_TYPE" });
  }

  /** Returns `"<hidden>"`. */
  toJSON(): string {
    return "<hidden>";
  }

  [inspect.custom](): string {
    return "Token <hidden>";
  }
}

/**
 * A webhook that Wonde posted: the school and the event.
 *
 * @example
 * const posted = wonde.webhook('{"payload_type": "accessRevoked", "school_id": "A1329183376", "revoke_reason": "Left the trust"}');
 * [posted.kind, posted.schoolId, posted.reason]; // => ["revoked", "A1329183376", "Left the trust"]
 * [posted.schoolName, posted.token, posted.migrated]; // => [null, null, false]
 */
export class Webhook {
  readonly #native: native.WondeWebhook;
  /** The event. */
  readonly kind: "approved" | "revoked" | "declined" | "migration";
  /** The school's id. */
  readonly schoolId: string;
  /** The school's name. */
  readonly schoolName: string | null;
  /** The school's own token, which an approval includes. */
  readonly token: Token | null;
  /** Why access was declined or withdrawn, in the school's own words, if known. */
  readonly reason: string | null;
  /** Whether a migration is complete, and not only announced. */
  readonly migrated: boolean;

  private constructor(made: native.WondeWebhook) {
    if (!(made instanceof native.WondeWebhook)) throw unmade("Webhook", "wonde.webhook(body)");
    this.#native = made;
    const told = JSON.parse(made.told()) as Pick<Webhook, "kind" | "schoolId" | "schoolName" | "reason" | "migrated">;
    const token = made.token();
    this.kind = told.kind;
    this.schoolId = told.schoolId;
    this.schoolName = told.schoolName;
    this.token = token === null ? null : new Token(token);
    this.reason = told.reason;
    this.migrated = told.migrated;
  }

  /** @internal */
  static of(made: native.WondeWebhook): Webhook {
    return new Webhook(made);
  }

  /** @internal */
  static native(webhook: unknown): native.WondeWebhook {
    if (!(webhook instanceof Webhook)) throw wrong("webhook", "a Webhook", webhook);
    return webhook.#native;
  }

  /** Shows neither the school's name nor the reason, because people typed them. */
  [inspect.custom](): string {
    return `Webhook <${this.kind}, ${this.schoolId}>`;
  }
}

/**
 * Reads the body of a webhook. Wonde does not sign webhooks, so compare the secret in the address with `sameSecret`,
 * and check the result of `schools()` before you act. Throws WebhookError.
 *
 * @example
 * wonde.webhook('{"payload_type": "schoolMigration", "school_id": "A1329183376"}').kind; // => "migration"
 */
export function webhook(body: string | Uint8Array): Webhook {
  const bytes = typeof body === "string" ? Buffer.from(body) : bytesOf("body", body);
  if (bytes === undefined) throw wrong("body", "a string or a Uint8Array", body);
  return Webhook.of(sync(() => native.wondeWebhook(bytes)));
}

/**
 * Returns whether two secrets are equal, in constant time. A blank secret never matches. A plus sign that the query of
 * an address has turned into a space still matches.
 *
 * @example
 * wonde.sameSecret("of the query", "of your settings"); // => false
 */
export function sameSecret(given: string, expected: string): boolean {
  return native.wondeSameSecret(text("given", given), text("expected", expected));
}

function range<T>(run: () => T): T {
  try {
    return sync(run);
  } catch (error) {
    throw error instanceof OnrollError ? Object.assign(new RangeError(error.message), { code: error.code }) : error;
  }
}

/**
 * The times at which a school is synced. Make a schedule with `daily`, and refine it with the other methods, each of
 * which returns a new schedule.
 *
 * @example
 * const schedule = wonde.Schedule.daily("02:30").fullOn("Sunday");
 * const monday = new Date("2026-09-07T12:00:00Z");
 * schedule.nextAfter(monday).toISOString(); // => "2026-09-08T01:30:00.000Z"
 * schedule.nextRun(monday).sync; // => "delta"
 * const ofSchool = schedule.spread(120).ofSchool("A1329183376"); // not all schools at once
 */
export class Schedule {
  readonly #native: native.WondeSchedule;

  private constructor(made: native.WondeSchedule) {
    if (!(made instanceof native.WondeSchedule)) throw unmade("Schedule", 'Schedule.daily("02:30")');
    this.#native = made;
  }

  /**
   * Creates a schedule for every day at a time in London, such as `02:30`, with a full sync each day. Throws a
   * RangeError if the time is not valid.
   */
  static daily(time: string): Schedule {
    return new Schedule(range(() => native.wondeDaily(text("time", time))));
  }

  /**
   * Returns a schedule whose sync is full only on this day of the week, such as `Sunday`. On other days, it is a delta.
   * Throws a RangeError if the day is not valid.
   */
  fullOn(day: string): Schedule {
    return new Schedule(range(() => this.#native.fullOn(text("day", day))));
  }

  /**
   * Returns a schedule that spreads schools over this number of minutes after its time. Throws a RangeError if the
   * number is over 720.
   */
  spread(minutes: number): Schedule {
    return new Schedule(range(() => this.#native.spread(Math.min(whole("minutes", minutes), 721))));
  }

  /** Returns the schedule of one school, with a fixed time within the spread. */
  ofSchool(schoolId: string): Schedule {
    return new Schedule(this.#native.ofSchool(text("schoolId", schoolId)));
  }

  /** Returns the time of the next sync after `after`. */
  nextAfter(after: Date): Date {
    return this.nextRun(after).at;
  }

  /** Returns the next sync after `after`: its time, and whether it is full or a delta. */
  nextRun(after: Date): { readonly at: Date; readonly sync: "full" | "delta" } {
    const run = JSON.parse(sync(() => this.#native.nextRun(instant("after", after)))) as { at: number; sync: "full" | "delta" };
    return { at: new Date(run.at), sync: run.sync };
  }

  [inspect.custom](): string {
    return `wonde.Schedule <${this.#native.show()}>`;
  }
}

/**
 * Prevents two syncs of one school at the same time, in all of your processes. If you have only one process, use
 * `Locks`.
 */
export interface Lock {
  /** Takes the lock of a school without waiting. Returns false if another sync holds it. */
  tryLock(schoolId: string): boolean | Promise<boolean>;
  /** Releases the lock. */
  unlock(schoolId: string): void | Promise<void>;
}

/**
 * Locks for a single process.
 *
 * @example
 * const locks = new wonde.Locks();
 * [locks.tryLock("A1329183376"), locks.tryLock("A1329183376")]; // => [true, false]
 * locks.unlock("A1329183376");
 */
export class Locks implements Lock {
  readonly #native = native.wondeLocks();

  /** Takes the lock of a school. Returns false if it is taken. */
  tryLock(schoolId: string): boolean {
    return this.#native.tryLock(text("schoolId", schoolId));
  }

  /** Releases the lock of a school. */
  unlock(schoolId: string): void {
    this.#native.unlock(text("schoolId", schoolId));
  }
}

/**
 * Runs `work` while it holds the school's lock. Do the whole sync in `work`, until the plan is applied. Rejects with
 * WondeError (`busy`) if another sync holds the lock.
 *
 * @example
 * const locks = new wonde.Locks();
 * await wonde.exclusive(locks, "A1329183376", async () => locks.tryLock("A1329183376")); // => false
 */
export async function exclusive<T>(lock: Lock, schoolId: string, work: () => Promise<T>): Promise<T> {
  if (typeof lock?.tryLock !== "function" || typeof lock.unlock !== "function") throw wrong("lock", "a Lock", lock);
  const id = text("schoolId", schoolId);
  if (typeof work !== "function") throw wrong("work", "a function", work);
  if (!(await lock.tryLock(id))) sync(() => native.wondeBusy());
  try {
    return await work();
  } finally {
    await lock.unlock(id);
  }
}
