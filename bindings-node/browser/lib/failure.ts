// The base class and the codes of the browser package's errors. `client.ts` has most of their messages. The error for a
// refused roster is in `refused.ts`.

/** The `code` of an error of `onroll/browser`. */
export type BrowserErrorCode = "ERR_ROSTER_REJECTED" | "ERR_NOT_STARTED" | "ERR_PROTOCOL" | "ERR_PANIC";

/** The base class of onroll's own errors. `code` begins with `ERR_`, and the message shows no values from a file. */
export class OnrollError extends Error {
  /** The name of the class. */
  override readonly name: string = "OnrollError";
  /** The kind of error. It stays the same even if the words of the message change. */
  readonly code: BrowserErrorCode;

  /** onroll creates these errors. Create one yourself only to test your own handlers. */
  constructor(message: string, code: BrowserErrorCode) {
    super(message);
    this.code = code;
  }
}
