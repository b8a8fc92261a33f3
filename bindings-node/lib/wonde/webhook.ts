// The class `Webhook`: what Wonde posts to you, and its kinds. Also compares the secret in its address (`sameSecret`).
// `core/src/wonde/webhook.rs` reads webhooks.

import { inspect } from "node:util";
import native = require("../../native.js");
import { sync } from "../errors.js";
import { bytesOf, text, unmade, wrong } from "../input.js";
import { Token } from "./token.js";

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
  /** The school's own token, which an approval includes; `null` if the webhook has none. */
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

  /** Shows neither the school's name nor the reason. People typed these texts, which may contain personal data. */
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
