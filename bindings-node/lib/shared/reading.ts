// The types and docs of the options for reading a file, the limits with their defaults, and the fields of a student.
// Node and the browser share this file. `choices.ts` checks the options.

import type { Target } from "./detection.js";

/** A student's gender. */
export type Gender = "Male" | "Female" | "Non-Binary";
/** How students sign in: with a username and a password, or with SSO, where the username is an email address. */
export type SignIn = "password" | "sso";

/** Limits for a file. If a file exceeds a size limit, the report contains a problem. */
export interface Limits {
  /** The largest file in bytes. The default is 1 GiB, and the maximum is 2 GiB. */
  fileBytes?: number;
  /** The largest number of rows with values. The default is 20 million. */
  rows?: number;
  /** The largest number of cells in a row. The default is 256. */
  columns?: number;
  /** The largest size of one cell in bytes of UTF-8. The default is 1,000. */
  cellBytes?: number;
  /** The largest size of a decompressed workbook and of its texts, in bytes. The default is 512 MiB. */
  sheetBytes?: number;
  /**
   * The largest number of problems listed in the report. The default is 10,000. Problems that are not listed are still
   * counted.
   */
  problems?: number;
}

/**
 * Your own code for `ethnicities`, or more words for a known code: `{ code: "WSHE", description: "White - Shetlander",
 * mainCode: "WBRI", aliases: ["Shetland"] }`.
 */
export interface EthnicityEntry {
  /** Four capital letters or digits. For a code of the Department for Education, pass only `aliases`. */
  readonly code: string;
  /** The description. It is required for a new code. */
  readonly description?: string;
  /** The main code that the code belongs to. Without it, a new code is a main code. */
  readonly mainCode?: string;
  /** Other words for the code in schools' files. Case and punctuation do not matter. */
  readonly aliases?: readonly string[];
}

/** The options for checking a file. */
export interface CheckOptions {
  /** How students sign in. The default is `"password"`. With `"sso"`, every username must be an email address. */
  signIn?: SignIn;
  /** Whether the columns can be in any order. */
  anyOrder?: boolean;
  /**
   * Whether Pupil Premium, Ethnicity, SEND and EAL can be absent. Students have No or NOBT in absent columns. Plans do
   * not change these fields in the accounts.
   */
  optionalColumns?: boolean;
  /** Whether to accept only the main ethnicity codes. The fix for an extended code is its main code. */
  mainCodesOnly?: boolean;
  /** More ethnicity codes and words, in addition to those of the Department for Education. */
  ethnicities?: readonly EthnicityEntry[];
  /**
   * Whether to `"refuse"` (the default) or `"ignore"` columns that are not in the template. UPN and Source ID are
   * always read.
   */
  extraColumns?: "refuse" | "ignore";
  /** The ids of problems whose suggestions a person accepted, from the report on the same file. */
  accept?: readonly string[];
  /**
   * The name of a workbook's sheet. By default, onroll reads the only visible sheet that has the headings of a student
   * table. If there are several such sheets, the report asks which one to read.
   */
  sheet?: string;
  /** Additional headings to recognise, each with its target. */
  vocabulary?: Readonly<Record<string, Target>>;
  /** Limits for the file. */
  limits?: Limits;
  /**
   * The largest number of threads that read a file. Each thread reads at least a megabyte. The default, 0, means one
   * thread for each processor. The result is the same for any number.
   */
  threads?: number;
}

/** The options for reading a file. */
export interface ReadOptions extends CheckOptions {
  /** Whether to apply every safe fix while reading. `roster.report.fixed` lists the fixes. */
  fix?: boolean;
}

/** More options for reading off the main thread. */
export interface Abortable {
  /** Cancels the reading, even if a stream sends no data. The promise then rejects with the signal's reason. */
  signal?: AbortSignal;
  /**
   * A function that is called from time to time with the number of bytes read and the total. At the end, the two
   * numbers are equal. If the file turns out not to be UTF-8, the count starts again from 0. If the function throws, or
   * returns a promise that rejects, the reading ends and rejects with that error.
   */
  onProgress?: (done: number, of: number) => unknown;
}

/** One valid student in a roster. */
export interface Student {
  /** The full name. */
  readonly fullName: string;
  /** The full name or a school id. With SSO, it is the school email address. */
  readonly username: string;
  /** The year group as the school writes it. See `nationalYear` for its meaning. */
  readonly yearGroup: string;
  /** The class, such as `5A`. */
  readonly className: string;
  /** The gender; `null` if the MIS does not say. */
  readonly gender: Gender | null;
  /** Whether the school gets pupil premium for the student. */
  readonly pupilPremium: boolean;
  /** The ethnicity code; `ethnicity(code)` returns its description. */
  readonly ethnicity: string;
  /** Whether the student has special educational needs or a disability. */
  readonly send: boolean;
  /** Whether English is an additional language for the student. */
  readonly eal: boolean;
  /** The national year group, such as `Year 7`; `null` if the school's text cannot be read as a year group. */
  readonly nationalYear: string | null;
  /** The key stage, such as `Key Stage 3`. */
  readonly keyStage: string | null;
  /** The student's id in the school's MIS or in Wonde; `null` if unknown. */
  readonly sourceId: string | null;
  /** The unique pupil number; `null` if unknown. */
  readonly upn: string | null;
  /**
   * Wonde's id for the person; `null` if unknown. This id stays the same when a student enrols again with a different
   * source id.
   */
  readonly upi: string | null;
}
