// The client for MyLogin, Wonde's single sign-on, and its options. `sign-in.ts` has `Identity`, and finds the account.

import { inspect } from "node:util";
import native = require("../native.js");
import { IdentityError, MyLoginError, sync } from "./errors.js";
import { Exchange, type ExchangeOptions } from "./exchange.js";
import { abortable, flag, instant, options as known, text, whole } from "./input.js";
import { Identity } from "./sign-in.js";

export type { Request, Response, Send } from "./exchange.js";
export { Identity, IdentityError, MyLoginError };

/** The settings for MyLogin. */
export interface ClientOptions extends ExchangeOptions {
  /** The id that MyLogin gave your application. */
  clientId: string;
  /** The secret of your application. It is sent only to MyLogin. */
  clientSecret: string;
  /** The redirect URI, exactly as it is registered. MyLogin sends browsers only to this address. */
  redirectUri: string;
  /**
   * A MyLogin domain. The default is `app.mylogin.com`. For tests, use a local address such as `127.0.0.1:8080`, which
   * needs no TLS.
   */
  domain?: string;
  /** Confirms that you trust `domain`. The client secret is sent to this domain. */
  anyDomain?: boolean;
  /** Confirms that MyLogin's email addresses are right. MyLogin does not say whether it verified them. */
  vouchForEmail?: boolean;
  /**
   * Whether to accept callbacks without a state, for sign-ins that began on MyLogin's own pages. A stranger's link can
   * then also sign a browser in.
   */
  allowUnsolicited?: boolean;
  /** The time limit for one exchange, in milliseconds. The default is 30,000. */
  timeout?: number;
}

const NAMES = ["clientId", "clientSecret", "redirectUri", "domain", "anyDomain", "vouchForEmail", "allowUnsolicited", "timeout", "send", "wait"];

/**
 * A client for MyLogin, for one registered application. The constructor throws MyLoginError for a blank id or secret, a
 * redirect URI that is not allowed, or a domain that does not belong to MyLogin.
 *
 * @example
 * const fake = FakeWonde.start({ students: 60 });
 * const client = fake.mylogin({ redirectUri: "http://127.0.0.1/callback" });
 * const verifier = (await client.allowsPkce()) ? mylogin.newVerifier() : undefined;
 * const state = mylogin.newState(); // store both in the browser's session
 * const address = client.authorizeUrl(state, verifier ? { verifier } : {});
 * client.callback(`code=c0de&state=${state}`, state); // => "c0de"
 * const identity = (code) => client.identity(code, { verifier });
 * client.logoutUrl().startsWith("http://127.0.0.1:"); // => true
 * fake.close();
 */
export class Client {
  readonly #native: native.MyLoginClient;
  readonly #exchange: Exchange;

  constructor(options: ClientOptions) {
    const given = known("mylogin.Client", options, NAMES);
    const told = {
      clientId: text("clientId", given.clientId),
      clientSecret: text("clientSecret", given.clientSecret),
      redirectUri: text("redirectUri", given.redirectUri),
      domain: text("domain", given.domain ?? "app.mylogin.com"),
      anyDomain: flag("anyDomain", given.anyDomain ?? false),
      vouchForEmail: flag("vouchForEmail", given.vouchForEmail ?? false),
      allowUnsolicited: flag("allowUnsolicited", given.allowUnsolicited ?? false),
      timeout: Math.max(1, whole("timeout", given.timeout ?? 30_000)),
    };
    this.#exchange = new Exchange(given);
    this.#native = sync(() => native.myloginClient(JSON.stringify(told)));
  }

  /**
   * Returns the address to which you send the browser. Pass a state from `newState()` that you keep in the browser's
   * session. `organisation` is the slug or id of the organisation. If you pass it, the student does not have to search
   * for the school. `verifier` is a PKCE verifier from `newVerifier()`; pass it only if `allowsPkce()` returns true.
   * Throws MyLoginError.
   */
  authorizeUrl(state: string, options?: { organisation?: string; verifier?: string }): string {
    const { organisation, verifier } = known("authorizeUrl", options, ["organisation", "verifier"]);
    const more = [organisation, verifier].map((value, n) => value === undefined ? value : text(["organisation", "verifier"][n]!, value));
    return sync(() => this.#native.authorizeUrl(text("state", state), more[0], more[1]));
  }

  /**
   * Returns the code that a browser brings back. `callback` is the callback's query, its path with the query
   * (`request.originalUrl`), or its whole address. `state` is the state from the browser's session. Remove it from the
   * session first, so that it is used only once. Throws MyLoginError: `unsolicited` (send the browser to
   * `authorizeUrl`), `state-unknown`, `state-mismatch`, `denied`, `no-code`, …
   */
  callback(callback: string, state: string | null | undefined): string {
    const brought = query(text("callback", callback));
    const kept = state == null ? undefined : text("state", state);
    return sync(() => this.#native.callback(brought, kept));
  }

  /** Exchanges a code for the identity of the person who signed in. Rejects with MyLoginError. */
  async identity(code: string, options?: { verifier?: string; now?: Date; signal?: AbortSignal }): Promise<Identity> {
    const { verifier, now = new Date(), signal } = known("identity", options, ["verifier", "now", "signal"]);
    const given = verifier === undefined ? undefined : text("verifier", verifier);
    const ending = abortable(signal);
    const [brought, at] = [text("code", code), instant("now", now)];
    const call = sync(() => this.#native.identity(brought, given, at));
    await this.#exchange.run(call, { signal: ending });
    return Identity.of(call.takeIdentity()!);
  }

  /** Returns whether MyLogin supports PKCE, according to its configuration. Call this method at most once a day. */
  async allowsPkce(): Promise<boolean> {
    return (await this.#exchange.run(this.#native.allowsPkce())) as boolean;
  }

  /** Returns the address that ends the browser's session at MyLogin. Send the browser there. */
  logoutUrl(): string {
    return this.#native.logoutUrl();
  }

  [inspect.custom](): string {
    return "mylogin.Client <hidden>";
  }
}

/** Returns the query of a path, and any other text unchanged. */
function query(callback: string): string {
  if (!callback.startsWith("/")) return callback;
  const [, found = ""] = /\?([^#]*)/.exec(callback) ?? [];
  return found;
}

/**
 * Returns a random state for one sign-in in one browser. Keep it in the session until the callback.
 *
 * @example
 * mylogin.newState() !== mylogin.newState(); // => true
 */
export function newState(): string {
  return sync(() => native.myloginRandom());
}

/**
 * Returns a PKCE verifier. Store it in the session with the state.
 *
 * @example
 * mylogin.newVerifier().length >= 43; // => true
 */
export function newVerifier(): string {
  return sync(() => native.myloginRandom());
}
