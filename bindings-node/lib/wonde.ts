// Wonde: a school's students from its MIS, access, webhooks, and when to sync.

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
  options as known,
  rows,
  signIn,
  text,
  unmade,
  whole,
  wrong,
} from "./input.js";
import { parsed, stored } from "./json.js";
import { Roster } from "./roster.js";
import { uncloneable } from "./uncloneable.js";
import type { SignIn } from "./values.js";

export type { Request, Response, Send } from "./exchange.js";
export { WebhookError, WondeError };

/** How to reach Wonde. */
export interface ClientOptions extends ExchangeOptions {
  /** The vendor's token, for all its schools, or one school's. */
  token: string;
  /**
   * One of Wonde's; `api.wonde.com` by default, and a school's region says which. `127.0.0.1:8080` and the like are
   * spoken to without TLS, for tests.
   */
  domain?: string;
  /** The host vouches for the domain, though it is none of Wonde's: the token is sent there. */
  anyDomain?: boolean;
  /** The milliseconds that one exchange may take; 60,000 by default. */
  timeout?: number;
}

/** How far a reading is. */
export interface Progress {
  /** What is being read: `students`, `deletions`, … */
  readonly list: string;
  /** Which page of it comes next, counted from 1. */
  readonly page: number;
  /** How many students have come so far. */
  readonly students: number;
}

/** How a snapshot is read. */
export interface SnapshotOptions {
  /** What changed since then: the time at which the last sync began. */
  since?: Date;
  /** Called before each request. */
  onProgress?: (progress: Progress) => unknown;
  /** Ends the reading at once; the promise is then rejected with the signal's reason. */
  signal?: AbortSignal;
}

/** A school as Wonde lists one. */
export interface School {
  /** The id that Wonde gives the school. */
  readonly id: string;
  /** The name of the school. */
  readonly name: string;
  /** The unique reference number, in England. */
  readonly urn: string | null;
  /** The code of its local authority. */
  readonly laCode: string | null;
  /** Its number within the local authority. */
  readonly establishmentNumber: string | null;
  /** Its phase of education, as Wonde says it. */
  readonly phase: string | null;
  /** Its management information system. */
  readonly mis: string | null;
  /** The domain of its region. */
  readonly domain: string | null;
}

/** Schools of which `util.inspect` shows the id alone: the rest is what people typed. */
function listed(schools: unknown): readonly School[] {
  const shown = {
    value(this: School): string {
      return `School <${this.id}>`;
    },
    enumerable: false,
  };
  return (schools as School[]).map((school) => Object.defineProperty(school, inspect.custom, shown));
}

/** Somebody at the school who is told of a request for access. */
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

/** How a snapshot becomes a roster. */
export interface MappingOptions {
  /** `"password"` by default; with `"sso"` the username is the email address. */
  signIn?: SignIn;
  /** Which group is the class; where there is none of it, the others are tried. */
  classFrom?: "registration" | "main" | "first";
  /** Which names are taken; `"preferred"` by default. */
  namesFrom?: "preferred" | "legal";
  /** `"usual"`: the one without a label, or the primary one, or that of work; never the one at home. */
  emailFrom?: "usual" | "email" | "primary" | "work" | "home";
  /** Extended ethnicity codes are rolled up to the main ones. */
  mainCodesOnly?: boolean;
}

/** Wonde with one token. Throws WondeError for a blank token or a domain that is not Wonde's. */
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
   * All students of a school; or, with `since`, what changed of them. Rejects with WondeError; there is never a part of
   * a snapshot. What `send` or `onProgress` throws comes through, failures of the network aside.
   */
  async snapshot(schoolId: string, options?: SnapshotOptions): Promise<Snapshot> {
    const { since, onProgress, signal } = known("snapshot", options, ["since", "onProgress", "signal"]);
    const after = since === undefined ? undefined : instant("since", since);
    const [id, ending, tell] = [text("schoolId", schoolId), abortable(signal), callable("onProgress", onProgress)];
    const call = sync(() => this.#native.snapshot(id, after));
    await this.#exchange.run(call, { signal: ending, onProgress: tell && (() => tell(JSON.parse(call.progress()) as Progress)) });
    return Snapshot.of(call.takeSnapshot()!);
  }

  /** The schools that have approved access. */
  async schools(): Promise<readonly School[]> {
    return listed(await this.#exchange.run(this.#native.schools()));
  }

  /** The schools that were asked for access and have not answered. */
  async pending(): Promise<readonly School[]> {
    return listed(await this.#exchange.run(this.#native.pending()));
  }

  /** Schools that Wonde knows, whether they have approved access or not. */
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

  /** Asks a school for access; gives the state that Wonde says it is in then. */
  async requestAccess(schoolId: string, contacts: Iterable<Contact> = []): Promise<string | null> {
    const people = JSON.stringify(rows(contacts, person, "contacts"));
    return (await this.#exchange.run(sync(() => this.#native.requestAccess(text("schoolId", schoolId), people)))) as string | null;
  }

  /** Gives up access to a school; gives the state that Wonde says it is in then. */
  async revokeAccess(schoolId: string): Promise<string | null> {
    return (await this.#exchange.run(sync(() => this.#native.revokeAccess(text("schoolId", schoolId))))) as string | null;
  }

  [inspect.custom](): string {
    return "wonde.Client <hidden>";
  }
}

/** Everything that Wonde says of one school's students at one time: complete, or there is none. */
export class Snapshot {
  readonly #native: native.WondeSnapshot;
  /** The id of the school. */
  readonly schoolId: string;
  /** How many students there are. */
  readonly length: number;
  /** The time since which changes were asked for; `null` for a full one. */
  readonly since: Date | null;
  /** How many rows were left out because the same student came on another page too. */
  readonly duplicates: number;
  /** How many pages were read. */
  readonly pages: number;
  /** Whether Wonde's own count was permitted, and agreed. */
  readonly counted: boolean;
  /** How many students a delta names as deleted or left. */
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
    this.left = told.left;
  }

  /** @internal */
  static of(made: native.WondeSnapshot): Snapshot {
    return new Snapshot(made);
  }

  /** The students as a roster. Who cannot be one, because the record has an error, is in its `held`, and its report says why. */
  roster(options?: MappingOptions): Roster {
    const given = known("roster", options, ["signIn", "classFrom", "namesFrom", "emailFrom", "mainCodesOnly"]);
    const choice = (name: "classFrom" | "namesFrom" | "emailFrom", usual: string): string => {
      return oneOf(name, native.wondeNames(name), given[name] ?? usual);
    };
    const told = {
      signIn: signIn(given.signIn ?? "password"),
      classFrom: choice("classFrom", "registration"),
      namesFrom: choice("namesFrom", "preferred"),
      emailFrom: choice("emailFrom", "usual"),
      mainCodesOnly: flag("mainCodesOnly", given.mainCodesOnly ?? false),
    };
    return Roster.of(sync(() => this.#native.roster(JSON.stringify(told))));
  }
}

/** Where the access to a school stands. */
export type AccessState = "none" | "pending" | "approved" | "declined" | "revoked";
/** What the host does next about a school. */
export type Task = "full-sync" | "stop-syncing" | "ask-wonde";

/** The access to one school, as a value that the host stores: events go in, and what is to be done comes out. */
export class Access {
  #native: native.WondeAccess;

  constructor(schoolId: string) {
    this.#native = native.wondeAccess(text("schoolId", schoolId));
    uncloneable(this);
  }

  /** What `toJSON` gave, as a text or parsed. Throws OnrollError. */
  static fromJSON(json: string | object): Access {
    const kept = stored(json);
    const access = new Access("");
    access.#native = sync(() => native.wondeAccessFromJson(kept));
    return access;
  }

  get #told(): { schoolId: string; state: AccessState; reason: string | null; needsFullSync: boolean; migrating: boolean } {
    return JSON.parse(this.#native.told());
  }

  /** The id of the school. */
  get schoolId(): string {
    return this.#told.schoolId;
  }

  /** Where the access stands. */
  get state(): AccessState {
    return this.#told.state;
  }

  /** Why it was declined or revoked, in the school's words, where it is known. */
  get reason(): string | null {
    return this.#told.reason;
  }

  /** Whether the next sync must be a full one. */
  get needsFullSync(): boolean {
    return this.#told.needsFullSync;
  }

  /** Whether a change of MIS is announced and not yet done. */
  get migrating(): boolean {
    return this.#told.migrating;
  }

  /** The host has asked for access. */
  requested(): Task | null {
    return this.#native.apply("requested") as Task | null;
  }

  /** The host has given it up. */
  givenUp(): Task | null {
    return this.#native.apply("given-up") as Task | null;
  }

  /** A full sync is done, its plan applied. */
  fullySynced(): Task | null {
    return this.#native.apply("fully-synced") as Task | null;
  }

  /** Wonde has posted this, and its secret was right. */
  webhook(posted: Webhook): Task | null {
    return this.#native.webhook(Webhook.native(posted)) as Task | null;
  }

  /** What Wonde lists: the results of `schools()` and `pending()`. This is what is true, whatever webhooks came. */
  listed(approved: readonly School[], pending: readonly School[]): Task | null {
    const of = (name: string, schools: readonly School[]) =>
      JSON.stringify(rows(schools, (school, at) => ({ id: text(`${at}.id`, school.id) }), name));
    const [yes, waiting] = [of("approved", approved), of("pending", pending)];
    return sync(() => this.#native.listed(yes, waiting)) as Task | null;
  }

  /** The state as an object, to be stored. */
  toJSON(): { readonly [field: string]: unknown } {
    return parsed(sync(() => this.#native.json()));
  }

  [inspect.custom](): string {
    return `wonde.Access <${this.schoolId}, ${this.state}>`;
  }
}

/** A token, which shows itself only when asked. `String(token)` throws, so that nothing hidden is stored in its place. */
export class Token {
  readonly #text: string;

  /** @internal */
  constructor(token: string) {
    if (typeof token !== "string") throw unmade("Token", "webhook.token");
    this.#text = token;
  }

  /** The token itself: to be stored as a secret, and given to Client. */
  expose(): string {
    return this.#text;
  }

  /** Throws a TypeError: use `expose()`. */
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

/** What Wonde posts to the host: which school, and what happened. */
export class Webhook {
  readonly #native: native.WondeWebhook;
  /** What happened. */
  readonly kind: "approved" | "revoked" | "declined" | "migration";
  /** The id of the school. */
  readonly schoolId: string;
  /** The name of the school. */
  readonly schoolName: string | null;
  /** The school's own token, which an approval brings. */
  readonly token: Token | null;
  /** Why access was declined or revoked, in the school's words, where it is said. */
  readonly reason: string | null;
  /** Whether a migration is done, and not only announced. */
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

  /** Shows neither the name nor the reason, which people typed. */
  [inspect.custom](): string {
    return `Webhook <${this.kind}, ${this.schoolId}>`;
  }
}

/**
 * What Wonde posted, from its body. Wonde signs nothing: compare the secret in the address with `sameSecret`, and ask
 * `schools()` before anything is done about it. Throws WebhookError.
 */
export function webhook(body: string | Uint8Array): Webhook {
  const bytes = typeof body === "string" ? Buffer.from(body) : bytesOf("body", body);
  if (bytes === undefined) throw wrong("body", "a string or a Uint8Array", body);
  return Webhook.of(sync(() => native.wondeWebhook(bytes)));
}

/** Whether two secrets are the same, in a time that does not tell how much of them is. A blank one is never the same. */
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

/** When a school is synced: made by `daily`, and refined by the other methods, each of which gives a new one. */
export class Schedule {
  readonly #native: native.WondeSchedule;

  private constructor(made: native.WondeSchedule) {
    if (!(made instanceof native.WondeSchedule)) throw unmade("Schedule", 'Schedule.daily("02:30")');
    this.#native = made;
  }

  /** Every day at a time in London, as `02:30`, whatever the clocks do; a full sync each day. Throws RangeError. */
  static daily(time: string): Schedule {
    return new Schedule(range(() => native.wondeDaily(text("time", time))));
  }

  /** A full sync on this day of the week alone, as `Sunday`, and deltas on the others. Throws RangeError. */
  fullOn(day: string): Schedule {
    return new Schedule(range(() => this.#native.fullOn(text("day", day))));
  }

  /** Spreads schools over so many minutes from the time on, at most 720. Throws RangeError. */
  spread(minutes: number): Schedule {
    return new Schedule(range(() => this.#native.spread(Math.min(whole("minutes", minutes), 721))));
  }

  /** The schedule of one school within the spread: always at the same time. */
  ofSchool(schoolId: string): Schedule {
    return new Schedule(this.#native.ofSchool(text("schoolId", schoolId)));
  }

  /** The next time after another. */
  nextAfter(after: Date): Date {
    return this.nextRun(after).at;
  }

  /** The next time after another, and what is read then. */
  nextRun(after: Date): { readonly at: Date; readonly sync: "full" | "delta" } {
    const run = JSON.parse(sync(() => this.#native.nextRun(instant("after", after)))) as { at: number; sync: "full" | "delta" };
    return { at: new Date(run.at), sync: run.sync };
  }

  [inspect.custom](): string {
    return `wonde.Schedule <${this.#native.show()}>`;
  }
}

/** What keeps two syncs of one school apart: the host's, over all its processes. Within one process, `Locks`. */
export interface Lock {
  /** Takes the lock of a school, at once; false if another has it. */
  tryLock(schoolId: string): boolean | Promise<boolean>;
  /** Gives it back. */
  unlock(schoolId: string): void | Promise<void>;
}

/** Locks within one process. */
export class Locks implements Lock {
  readonly #native = native.wondeLocks();

  /** Takes the lock of a school; false if it is taken. */
  tryLock(schoolId: string): boolean {
    return this.#native.tryLock(text("schoolId", schoolId));
  }

  /** Gives the lock of a school back. */
  unlock(schoolId: string): void {
    this.#native.unlock(text("schoolId", schoolId));
  }
}

/** Does a whole sync of a school with its lock, until the plan is applied. Rejects with WondeError (`busy`). */
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
