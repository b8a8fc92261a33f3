// What an error of Rust's is where no report is: a failure of the system, which stays Node's own, a panic, an end by a signal.

import { getSystemErrorName, types } from "node:util";

/** What all errors of onroll are: `code` begins with `ERR_`, and the message shows no cell of a file. */
export class OnrollError extends Error {
  override readonly name: string = "OnrollError";
  readonly code: string;

  constructor(message: string, code: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What an error of Rust's says. */
export interface Told {
  code: string;
  message: string;
  errno?: number;
  report?: object;
  guard?: string;
  numbers?: Record<string, number>;
  reason?: string;
  list?: string;
  page?: number;
  retryAfter?: number;
}

/** What an error of Rust's says, if it is one. */
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
export function coded(found: Told): string {
  return `ERR_${found.code.replaceAll("-", "_").toUpperCase()}`;
}

/** The error for one that crossed from Rust, if it is a failure that any call may have. */
export function failed(error: unknown, found: Told | undefined, path?: string, signal?: AbortSignal): unknown {
  if (found === undefined) {
    if (types.isNativeError(error) && "code" in error && error.code === "GenericFailure") {
      // A panic that was caught. Its text may hold anything, so that it is not passed on.
      return new OnrollError("onroll met a state it thought impossible; please report this", "ERR_PANIC");
    }
    return error;
  }
  if (found.code === "aborted") {
    return signal?.reason ?? new DOMException("This operation was aborted", "AbortError");
  }
  if (found.code === "io") return system(found, path);
  if (found.code === "not-a-regular-file" && path !== undefined) {
    return Object.assign(new OnrollError(`${found.message}, '${path}'`, coded(found)), { path });
  }
  return undefined;
}

/** An error as Node's `fs` throws one. */
function system({ message, errno }: Told, path?: string): Error {
  const name = errno === undefined ? "EIO" : systemName(errno);
  const text = message.replace(/ \(os error \d+\)$/, "");
  const error = new Error(`${name}: ${text}${path === undefined ? "" : `, '${path}'`}`);
  return Object.assign(error, { code: name, ...(errno !== undefined && { errno: -errno }), ...(path !== undefined && { path }) });
}

function systemName(errno: number): string {
  try {
    return getSystemErrorName(-errno);
  } catch {
    return "EIO";
  }
}
