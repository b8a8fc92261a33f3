// The base class `OnrollError`. Converts errors from Rust that have no report: system errors, panics and aborted calls.
// `errors.ts` has all other classes.

import { getSystemErrorMap, getSystemErrorName, types } from "node:util";
import type { ErrorCode } from "./codes.js";

/**
 * The key under which the prototype of an error class has the name of the class. The key is the same in every copy of
 * the package and in every realm.
 */
const FAMILY = Symbol.for("onroll.error");

/** @internal Makes `instanceof` recognise errors of these classes from another copy of the package. */
export function family(classes: Record<string, abstract new (...given: never[]) => OnrollError>): void {
  for (const [name, { prototype }] of Object.entries(classes)) Object.defineProperty(prototype, FAMILY, { value: name });
}

function named(prototype: object): unknown {
  return Object.hasOwn(prototype, FAMILY) ? (prototype as { [FAMILY]: string })[FAMILY] : undefined;
}

/**
 * The base class of onroll's own errors. `code` begins with `ERR_`, and the message shows no values from a file.
 *
 * @example
 * try {
 *   Accounts.fromJSON("a page of HTML");
 * } catch (error) {
 *   [error instanceof OnrollError, error.code]; // => [true, "ERR_ACCOUNTS_NOT_JSON"]
 * }
 */
export class OnrollError extends Error {
  /** The name of the class. */
  override readonly name: string = "OnrollError";
  /** The kind of error. It stays the same even if the words of the message change. */
  readonly code: ErrorCode;
  /** The error that your own code threw, if it caused this error. */
  declare readonly cause?: unknown;

  /** onroll creates these errors. Create one yourself only to test your own handlers. */
  constructor(message: string, code: ErrorCode, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  /** Recognises errors from every copy of the package, such as those from another realm in Jest or vitest. */
  static [Symbol.hasInstance](value: unknown): boolean {
    const own = named(this.prototype as object);
    if (own === undefined) return Function.prototype[Symbol.hasInstance].call(this, value);
    for (let at = value; typeof at === "object" && at !== null; at = Object.getPrototypeOf(at)) {
      if (named(at) === own) return true;
    }
    return false;
  }
}
family({ OnrollError });

/** The data of an error from Rust. */
export interface Told {
  code: string;
  message: string;
  errno?: number;
  /** Node's name for an error of the system, such as `ENOENT`. */
  system?: string;
  report?: object;
  guard?: string;
  numbers?: Record<string, number>;
  text?: string;
  field?: string;
  year?: string;
  className?: string;
  usernames?: string[];
  reason?: string;
  list?: string;
  page?: number;
  retryAfter?: number;
}

/** Returns the data of an error from Rust; `undefined` for other errors. */
export function told(error: unknown): Told | undefined {
  // In Jest, the Rust module does not use the global `Error`, so `instanceof` does not recognise the module's errors.
  if (!types.isNativeError(error) || !error.message.startsWith("{")) return undefined;
  try {
    return JSON.parse(error.message) as Told;
  } catch {
    return undefined;
  }
}

/** Returns the `code` for the name that Rust gives an error. */
export function coded<C extends ErrorCode>(found: Told): C {
  return `ERR_${found.code.replaceAll("-", "_").toUpperCase()}` as C;
}

/**
 * The context of a failed call: the file, whether the call wrote the file, and the signal that may have ended the call.
 */
export interface Doing {
  path?: string | undefined;
  writes?: boolean;
  signal?: AbortSignal | undefined;
}

/**
 * Returns the error to throw for a failure that can happen in any call; `undefined` if `translate` must choose the
 * class.
 */
export function failed(error: unknown, found: Told | undefined, doing: Doing = {}): unknown {
  const { path, signal } = doing;
  if (found === undefined) {
    if (types.isNativeError(error) && "code" in error && error.code === "GenericFailure") {
      // This error is a caught panic. Its text can contain personal data, so the text is not passed on.
      return new OnrollError("onroll reached an impossible state; please report this", "ERR_PANIC");
    }
    return error;
  }
  if (found.code === "aborted") return aborted(signal);
  if (found.code === "io") return system(found, doing);
  if (found.code === "not-a-regular-file" && path !== undefined) {
    return Object.assign(new OnrollError(`${found.message}, '${path}'`, coded(found)), { path });
  }
  return undefined;
}

/** Returns the error with which a promise rejects after its signal was aborted. */
export function aborted(signal?: AbortSignal): unknown {
  return signal?.reason ?? new DOMException("This operation was aborted", "AbortError");
}

/** The failures that happen after a file is open. All other failures happen when the file is opened. */
const OF_DATA = ["EISDIR", "EIO", "ENOSPC", "EDQUOT", "EFBIG"];

/** Returns an error like the ones that `fs` throws. */
function system({ message, errno, system }: Told, { path, writes = false }: Doing): Error {
  const [code, number] = errno === undefined ? [system ?? "EIO", systemNumber(system)] : [systemName(errno), -errno];
  const text = message.replace(/ \(os error \d+\)$/, "");
  const syscall = !OF_DATA.includes(code) ? "open" : writes ? "write" : "read";
  const error = new Error(`${code}: ${text}, ${syscall}${path === undefined ? "" : ` '${path}'`}`);
  return Object.assign(error, { ...(number !== undefined && { errno: number }), code, syscall, ...(path !== undefined && { path }) });
}

function systemName(errno: number): string {
  try {
    return getSystemErrorName(-errno);
  } catch {
    return "EIO";
  }
}

/** Returns Node's number for the name of an error. Windows has other numbers than Linux and macOS. */
function systemNumber(name: string | undefined): number | undefined {
  return [...getSystemErrorMap()].find(([, [known]]) => known === name)?.[0];
}
