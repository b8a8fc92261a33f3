// The class `Access`: the state of your access to one school, and your next task for it. `core/src/wonde/access.rs`
// decides them.

import { inspect } from "node:util";
import native = require("../../native.js");
import { sync } from "../errors.js";
import { options as known, rows, text } from "../input.js";
import { parsed, stored } from "../shared/json.js";
import { uncloneable } from "../uncloneable.js";
import type { School } from "./school.js";
import { Webhook } from "./webhook.js";

/** The state of your access to a school. */
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

  /** Whether the next sync must be a full sync. */
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

  /** Records a webhook from Wonde. Check the secret in the webhook's address first. */
  webhook(posted: Webhook): Task | null {
    return this.#native.webhook(Webhook.native(posted)) as Task | null;
  }

  /**
   * Records Wonde's lists: the results of `schools()` and `pending()`. The lists are reliable, even if webhooks were
   * lost or forged. If you also pass `others`, the outcome of every request is known. If an approved school is in none
   * of the lists, its state becomes `revoked`, or `unknown` if you passed `others`.
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
