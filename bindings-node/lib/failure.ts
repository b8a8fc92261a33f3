// An error of Rust without a report: a failure of the system, which stays Node's own, a panic, or an end by a signal.

import { getSystemErrorName, types } from "node:util";
import type { ErrorCode } from "./codes.js";

/** The name of each class is on its prototype: the same for every copy of the package and in every realm. */
const FAMILY = Symbol.for("onroll.error");

/** @internal Makes `instanceof` know the errors of these classes that another copy of the package made. */
export function family(classes: Record<string, abstract new (...given: never[]) => OnrollError>): void {
  for (const [name, { prototype }] of Object.entries(classes)) Object.defineProperty(prototype, FAMILY, { value: name });
}

function named(prototype: object): unknown {
  return Object.hasOwn(prototype, FAMILY) ? (prototype as { [FAMILY]: string })[FAMILY] : undefined;
}

/**
 * The base class of all errors of onroll. `code` begins with `ERR_`, and the message shows no values from a file.
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
  /** The cause, if your own code threw an error. */
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

/** The text of an error of Rust. */
export interface Told {
  code: string;
  message: string;
  errno?: number;
  report?: object;
  guard?: string;
  numbers?: Record<string, number>;
  text?: string;
  field?: string;
  year?: string;
  usernames?: string[];
  reason?: string;
  list?: string;
  page?: number;
  retryAfter?: number;
}

/** The text of an error of Rust, if it is one. */
export function told(error: unknown): Told | undefined {
  // In Jest the global Error is another than that of the module in Rust, so that `instanceof` does not know its errors.
  if (!types.isNativeError(error) || !error.message.startsWith("{")) return undefined;
  try {
    return JSON.parse(error.message) as Told;
  } catch {
    return undefined;
  }
}

/** The `code` of an error that Rust names so. */
export function coded<C extends ErrorCode>(found: Told): C {
  return `ERR_${found.code.replaceAll("-", "_").toUpperCase()}` as C;
}

/** The context of a failed call: the file, whether the call wrote it, and the signal that may have ended it. */
export interface Doing {
  path?: string | undefined;
  writes?: boolean;
  signal?: AbortSignal | undefined;
}

/** The error for one that crossed from Rust, if it is a failure that any call may have. */
export function failed(error: unknown, found: Told | undefined, doing: Doing = {}): unknown {
  const { path, signal } = doing;
  if (found === undefined) {
    if (types.isNativeError(error) && "code" in error && error.code === "GenericFailure") {
      // A panic that was caught. Its text may hold anything, so that it is not passed on.
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

/** The error with which a promise rejects that a signal ended. */
export function aborted(signal?: AbortSignal): unknown {
  return signal?.reason ?? new DOMException("This operation was aborted", "AbortError");
}

/** Failures that come after a file is open; all others come when it is opened. */
const OF_DATA = ["EISDIR", "EIO", "ENOSPC", "EDQUOT", "EFBIG"];

/** An error as Node's `fs` throws one. */
function system({ message, errno }: Told, { path, writes = false }: Doing): Error {
  const code = errno === undefined ? "EIO" : systemName(errno);
  const text = message.replace(/ \(os error \d+\)$/, "");
  const syscall = !OF_DATA.includes(code) ? "open" : writes ? "write" : "read";
  const error = new Error(`${code}: ${text}, ${syscall}${path === undefined ? "" : ` '${path}'`}`);
  return Object.assign(error, { ...(errno !== undefined && { errno: -errno }), code, syscall, ...(path !== undefined && { path }) });
}

function systemName(errno: number): string {
  try {
    return getSystemErrorName(-errno);
  } catch {
    return "EIO";
  }
}
