// The data of the events that the element sends to its page (`Accepted`, `DetectedDetail`), and the questions that it
// asks the page. `browser/lib/element.ts` sends the events.

import type { Detected } from "../detected.js";
import type { Mapping } from "../mapping.js";
import type { Report } from "../report.js";

/**
 * The detail of `onroll-detected`, which is sent when the columns of a file are detected, before the person gets
 * questions.
 */
export interface DetectedDetail {
  /** The result of detection: the columns, how certain each is, and the questions. */
  readonly detected: Detected;
}

/**
 * The detail of `onroll-checked`, which is sent after each check of the file, including the check after each
 * correction.
 */
export interface Checked {
  /** All problems in the file, in file order. */
  readonly report: Report;
}

/** The detail of `onroll-accepted`, which is sent when a person has pressed Import. */
export interface Accepted {
  /** The clean roster in the format of the template. Send this CSV to your server, and check it there again. */
  readonly csv: Blob;
  /**
   * The mapping with which the file was read. Store the mapping for the school's next file. The value is `null` if the
   * file already had the nine columns.
   */
  readonly mapping: Mapping | null;
  /** The report, with the fixes that were made and the remaining warnings. */
  readonly report: Report;
}

/** Returns which of the given usernames are already in use. */
export type CheckUsernames = (usernames: readonly string[], asked: { readonly signal: AbortSignal }) => Promise<readonly string[]>;
