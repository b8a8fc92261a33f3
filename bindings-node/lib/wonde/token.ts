// The class `Token`: a school's own token, which only `expose()` shows. `core/src/wonde/client.rs` decides which tokens
// are valid.

import { inspect } from "node:util";
import { unmade } from "../input.js";

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
