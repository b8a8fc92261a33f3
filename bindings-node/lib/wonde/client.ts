// The client for Wonde and its options: students, checks of access, lists of schools, and requests for access.

import { inspect } from "node:util";
import native = require("../../native.js");
import { sync } from "../errors.js";
import { Exchange, type ExchangeOptions } from "../exchange.js";
import { abortable, callable, flag, instant, options as known, rows, text, whole } from "../input.js";
import type { AccessCheck } from "./access-check.js";
import { type Contact, person } from "./contact.js";
import { type Include, includesOf } from "./include.js";
import { type School, listed } from "./school.js";
import { Snapshot } from "./snapshot.js";

/** The settings for Wonde. */
export interface ClientOptions extends ExchangeOptions {
  /** The vendor's token for all its schools, or the token for one school. */
  token: string;
  /**
   * A Wonde domain. The default is `api.wonde.com`. The right domain depends on the school's region: see
   * `School.domain`. For tests, use a local address such as `127.0.0.1:8080`, which needs no TLS.
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

/** The options for reading a snapshot. */
export interface SnapshotOptions {
  /**
   * The time since which changes are read: the time at which the last sync began. Without it, all students are read.
   */
  since?: Date;
  /**
   * The parts of a student's record to read. The default is all parts. Fields in a part that you leave out are
   * unrecorded.
   */
  includes?: Iterable<Include>;
  /**
   * Whether to reject, instead of giving a warning, if Wonde's own count differs from the number of students in its
   * list.
   */
  strictCount?: boolean;
  /** A function that is called before each request. */
  onProgress?: (progress: Progress) => unknown;
  /** Cancels the reading at once. The promise then rejects with the signal's reason. */
  signal?: AbortSignal;
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
 * const [waiting, seen] = [await client.pending(), await client.audited()]; // the state of each request for access
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
   * not complete. Also rejects with any error that `onProgress` throws, and with any error that `send` throws, except a
   * network failure. After a network failure, the client may retry the request.
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
