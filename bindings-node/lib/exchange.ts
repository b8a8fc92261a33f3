// Sends requests to Wonde or MyLogin, one at a time, with Node's own `fetch` or any async function (`Send`). The core
// decides which request comes next, and when to retry.

import { setTimeout as sleep } from "node:timers/promises";
import { inspect, types } from "node:util";
import type * as native from "../native.js";
import { OnrollError, sync } from "./errors.js";
import { aborted } from "./failure.js";
import { bytesOf, callable, unlessAborted } from "./input.js";

/** A complete request. `send` sends it unchanged, and does not follow redirects. */
export interface Request {
  /** The HTTP method. */
  readonly method: "GET" | "POST" | "DELETE";
  /** The absolute address, with its query. */
  readonly url: string;
  /** The headers. One of them contains a token, so do not log them. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body. */
  readonly body: string | null;
  /** The time limit for the exchange, in milliseconds. */
  readonly timeout: number;
  /** The largest size of the response body in bytes. */
  readonly maxBytes: number;
}

/** The parts of a response that onroll uses. You can return a `Response` from `fetch`. */
export interface Response {
  /** The HTTP status. */
  readonly status: number;
  /** The headers. */
  readonly headers?: Iterable<readonly [string, string]> | Readonly<Record<string, unknown>> | undefined;
  /** The body. */
  readonly body?: unknown;
  /** Reads the whole body. onroll calls this function only if `body` is absent. */
  arrayBuffer?(): Promise<ArrayBuffer>;
}

/**
 * A function that sends one request, such as `({ url, ...request }) => fetch(url, { ...request, redirect: "manual" })`.
 * `signal`, if given, cancels the request.
 */
export type Send = (request: Request, signal?: AbortSignal) => Promise<Response>;

/** The options for sending requests. */
export interface ExchangeOptions {
  /** A function that sends one request. The default is Node's own `fetch`. */
  send?: Send;
  /** A function that waits some milliseconds before a retry. The default is a timer. */
  wait?: (milliseconds: number) => Promise<unknown>;
}

type Next = { send: Request } | { wait: number } | { done: unknown };

/** @internal */
export class Exchange {
  readonly #send: Send;
  readonly #wait: ((milliseconds: number) => Promise<unknown>) | undefined;

  constructor({ send = byFetch, wait }: ExchangeOptions) {
    this.#send = callable("send", send)!;
    this.#wait = callable("wait", wait);
  }

  /**
   * Runs a call until it is done. Rejects with any error that `onProgress` throws. Rejects with any error that `send`
   * throws, except a network failure. The call handles a network failure, and may retry the request.
   */
  async run(call: native.Call, options: { onProgress?: (() => unknown) | undefined; signal?: AbortSignal | undefined } = {}): Promise<unknown> {
    const { onProgress, signal } = options;
    let failed: unknown;
    for (;;) {
      if (signal?.aborted) throw aborted(signal);
      const next = step(call, failed);
      if ("done" in next) return next.done;
      if ("wait" in next) {
        const wait = this.#wait ?? ((milliseconds) => sleep(milliseconds, undefined, signal && { signal }));
        await unlessAborted(Promise.resolve(wait(next.wait)), signal);
        continue;
      }
      await onProgress?.();
      const { maxBytes } = next.send;
      const exchange = async () => received(await this.#send(hidden(next.send), signal), maxBytes);
      try {
        const { status, headers, body } = await unlessAborted(exchange(), signal);
        sync(() => call.answer(status, headers, body));
        failed = undefined;
      } catch (error) {
        const failure = signal?.aborted ? undefined : network(error);
        if (failure === undefined) throw error;
        failed = error;
        sync(() => call.fail(failure));
      }
    }
  }
}

/** Returns the next step of a call. If the call throws an OnrollError instead, `cause` becomes the error's cause. */
function step(call: native.Call, cause: unknown): Next {
  try {
    return JSON.parse(sync(() => call.step())) as Next;
  } catch (error) {
    if (cause !== undefined && error instanceof OnrollError) {
      Object.defineProperty(error, "cause", { value: cause, configurable: true, writable: true });
    }
    throw error;
  }
}

/** Returns the request with its token, secret and code hidden from `util.inspect` and `JSON.stringify`. */
function hidden(request: Request): Request {
  const showing = (text: string) => ({ [inspect.custom]: () => text, toJSON: () => text });
  // `fetch` would send every own property of `headers` as a header. So the methods that hide the values are on the
  // prototype.
  const headers = Object.assign(Object.create(showing("<hidden>")) as Record<string, string>, request.headers);
  const shown = showing(`Request <${request.method} ${request.url.split("?")[0]}>`);
  return Object.assign(Object.create(shown) as object, { ...request, headers });
}

class TooLarge extends Error {}

async function byFetch({ url, method, headers, body, timeout }: Request, signal?: AbortSignal): Promise<Response> {
  const late = AbortSignal.timeout(timeout);
  return fetch(url, { method, headers, body, redirect: "manual", signal: signal ? AbortSignal.any([signal, late]) : late });
}

/** Returns the parts of a response that onroll uses. The body of a stream is read up to `most` bytes. */
async function received(response: Response, most: number): Promise<{ status: number; headers: string; body: Uint8Array }> {
  const lacking = (what: string) => new TypeError(`send must return a response with ${what}`);
  if (typeof response?.status !== "number") throw lacking("a status");
  const given = response.headers;
  const iterable = typeof (given as Iterable<unknown> | undefined)?.[Symbol.iterator] === "function";
  const pairs = iterable ? Array.from(given as Iterable<readonly [string, string]>) : Object.entries(given ?? {});
  const headers = JSON.stringify(pairs.map(([name, value]) => [name, String(value)]));
  const { status, body } = response;
  if (typeof body === "string") return { status, headers, body: Buffer.from(body) };
  const bytes = bytesOf("the body of a response", body);
  if (bytes !== undefined) return { status, headers, body: bytes };
  if (typeof (body as AsyncIterable<Uint8Array> | null | undefined)?.[Symbol.asyncIterator] === "function") {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > most) throw new TooLarge();
      chunks.push(chunk);
    }
    return { status, headers, body: Buffer.concat(chunks) };
  }
  if (body !== undefined && body !== null) throw lacking("a body of text, bytes or a stream");
  const whole = response.arrayBuffer ? new Uint8Array(await response.arrayBuffer()) : new Uint8Array();
  return { status, headers, body: whole };
}

/**
 * Returns the kind of network failure that `fetch` or another HTTP library threw; `undefined` for errors of the host's
 * own code.
 */
function network(error: unknown): "unreachable" | "timed-out" | "too-large" | undefined {
  if (error instanceof TooLarge) return "too-large";
  if (!types.isNativeError(error) && !(error instanceof Error)) return undefined;
  const cause = error.cause as { code?: unknown; name?: unknown } | undefined;
  const codes = [(error as { code?: unknown }).code, cause?.code].filter((code) => typeof code === "string");
  const names = [error.name, cause?.name, ...codes];
  if (names.some((name) => /timeout|timedout|^ECONNABORTED$/i.test(String(name)))) return "timed-out";
  const isSystem = codes.some((code) => /^(E(?!RR_)[A-Z]|UND_ERR_)/.test(code));
  return isSystem || /^(fetch failed|terminated)$/.test(error.message) ? "unreachable" : undefined;
}
