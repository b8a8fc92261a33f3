// MyLogin, Wonde's single sign-on: where the browser goes, what it brings back, and who that is.

import { inspect } from "node:util";
import * as native from "../native.js";
import { IdentityError, MyLoginError, sync } from "./errors.js";
import { Exchange, type ExchangeOptions } from "./exchange.js";
import { abortable, flag, instant, options as known, text, whole } from "./input.js";
import { Identity } from "./sign-in.js";

export type { Request, Response, Send } from "./exchange.js";
export { Identity, IdentityError, MyLoginError };

/** How to reach MyLogin. */
export interface ClientOptions extends ExchangeOptions {
  /** The id of your application, as MyLogin gave it. */
  clientId: string;
  /** The secret of your application. It is sent to MyLogin alone. */
  clientSecret: string;
  /** Exactly as it is registered: browsers come back there and nowhere else. */
  redirectUri: string;
  /** One of MyLogin's; `app.mylogin.com` by default. `127.0.0.1:8080` and the like are spoken to without TLS, for tests. */
  domain?: string;
  /** The host vouches for the domain: the client secret is sent there. */
  anyDomain?: boolean;
  /** The host vouches for MyLogin's email addresses; MyLogin does not say whether they were verified. */
  vouchForEmail?: boolean;
  /** Takes callbacks without a state, of sign-ins begun on MyLogin's own pages: a stranger's link then signs a browser in too. */
  allowUnsolicited?: boolean;
  /** The milliseconds that one exchange may take; 30,000 by default. */
  timeout?: number;
}

const NAMES = ["clientId", "clientSecret", "redirectUri", "domain", "anyDomain", "vouchForEmail", "allowUnsolicited", "timeout", "send", "wait"];

/**
 * MyLogin, for one application that is registered there. Throws MyLoginError for a blank id or secret, a redirect URI that a browser
 * may not be sent to, or a domain that is not MyLogin's.
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
   * Where to send the browser, with a state of `newState()` that is kept in its session. `organisation` is its slug or id, so that the
   * student need not look for the school; `verifier`, of `newVerifier()`, is for PKCE, where `allowsPkce()`. Throws MyLoginError.
   */
  authorizeUrl(state: string, options?: { organisation?: string; verifier?: string }): string {
    const { organisation, verifier } = known("authorizeUrl", options, ["organisation", "verifier"]);
    const more = [organisation, verifier].map((value, n) => value === undefined ? value : text(["organisation", "verifier"][n]!, value));
    return sync(() => this.#native.authorizeUrl(text("state", state), more[0], more[1]));
  }

  /**
   * The code that a browser brings back: from the callback's query, its path with the query (`request.originalUrl`), or its whole
   * address; with the state that is taken out of the browser's session, so that it is good once. Throws MyLoginError: `unsolicited` (send the browser to `authorizeUrl`),
   * `state-unknown`, `state-mismatch`, `denied`, `no-code`, …
   */
  callback(callback: string, state: string | null | undefined): string {
    const brought = query(text("callback", callback));
    const kept = state == null ? undefined : text("state", state);
    return sync(() => this.#native.callback(brought, kept));
  }

  /** Who brought the code. Rejects with MyLoginError. */
  async identity(code: string, options?: { verifier?: string; now?: Date; signal?: AbortSignal }): Promise<Identity> {
    const { verifier, now = new Date(), signal } = known("identity", options, ["verifier", "now", "signal"]);
    const given = verifier === undefined ? undefined : text("verifier", verifier);
    const ending = abortable(signal);
    const [brought, at] = [text("code", code), instant("now", now)];
    const call = sync(() => this.#native.identity(brought, given, at));
    await this.#exchange.run(call, { signal: ending });
    return Identity.of(call.takeIdentity()!);
  }

  /** Whether MyLogin takes PKCE, by its configuration. Once a day is often enough. */
  async allowsPkce(): Promise<boolean> {
    return (await this.#exchange.run(this.#native.allowsPkce())) as boolean;
  }

  /** Where to send the browser to end its session at MyLogin too. */
  logoutUrl(): string {
    return this.#native.logoutUrl();
  }

  [inspect.custom](): string {
    return "mylogin.Client <hidden>";
  }
}

/** The query of a path; all else as it is. */
function query(callback: string): string {
  if (!callback.startsWith("/")) return callback;
  const [, found = ""] = /\?([^#]*)/.exec(callback) ?? [];
  return found;
}

/** A state that nobody can guess, for one sign-in of one browser: kept in its session until the callback. */
export function newState(): string {
  return sync(() => native.myloginRandom());
}

/** A verifier of PKCE, kept in the session beside the state. */
export function newVerifier(): string {
  return sync(() => native.myloginRandom());
}
