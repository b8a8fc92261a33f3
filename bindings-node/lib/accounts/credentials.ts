// The options for credentials files, and the result of reading one. `core/src/account/credentials.rs` decides their
// columns.

import { flag, options as known, texts } from "../input.js";

/** The options for credentials. */
export interface CredentialsOptions {
  /** The usernames to include. They are written in this order. The default is all active accounts. */
  usernames?: Iterable<string>;
  /** Whether to write an Excel workbook, in which every cell is text. The default is false. */
  workbook?: boolean;
}

/** The result of reading a credentials file. */
export interface CredentialsRead {
  /** The number of passwords that were set. */
  readonly set: number;
  /** The number of rows whose username is not in the accounts. */
  readonly unknown: number;
  /** The number of rows without a password. */
  readonly blank: number;
}

/** @internal Checks the options, and returns the usernames and whether to write a workbook. */
export function chosen(name: string, options: CredentialsOptions | undefined): [string[] | undefined, boolean] {
  const { usernames, workbook = false } = known(name, options, ["usernames", "workbook"]);
  return [usernames === undefined ? undefined : texts("usernames", usernames), flag("workbook", workbook)];
}
