// The function `fixCsv`, which applies every safe fix to a school's file.

import native = require("../../native.js");
import { sync } from "../errors.js";
import { type Source, type SyncSource, givenSync, options as known } from "../input.js";
import { type Destination, destinationSync, writeSync } from "../output.js";
import { Report } from "../report.js";
import type { Abortable } from "../shared/reading.js";
import { MADE, NOT_MADE, written } from "./new-file.js";
import { type CheckOptions, choices } from "./options.js";
import { watched } from "./watch.js";

/** A corrected file that is not written yet. */
export interface FixedCsv {
  /** The report, with the fixes that were made and the remaining problems. */
  readonly report: Report;
  /** The corrected file; `null` if the rows cannot be separated with certainty. `report.correctable` is then false. */
  readonly bytes: Buffer | null;
}

/**
 * Applies every safe fix, and leaves other values unchanged.
 *
 * With `dest`, writes the corrected file, which only its owner can read (mode 600), and returns the report. The report
 * has the fixes that were made and the remaining problems. If the rows cannot be separated with certainty, nothing is
 * written, and `report.correctable` is false. `dest` can be the path of the source. Without `dest`, returns the report
 * and the bytes. To pass options without `dest`, pass `undefined` as `dest`.
 *
 * @example
 * const csv = templateCsv() + "Amy Lee,Amy Lee,Year 5,5A,F,No,WBRI,No,No";
 * const { report, bytes } = await fixCsv(Buffer.from(csv));
 * [report.fixed[0].message, bytes.toString().includes("Female")]; // => ["row 2, Gender: 'F' should be 'Female'", true]
 * await fixCsv(Buffer.from(csv), "fixed.csv");
 */
export async function fixCsv(source: Source, dest?: undefined, options?: CheckOptions & Abortable): Promise<FixedCsv>;
/** Applies every safe fix, writes the corrected file, and returns the report. */
export async function fixCsv(source: Source, dest: Destination, options?: CheckOptions & Abortable): Promise<Report>;
export async function fixCsv(source: Source, dest?: Destination, options?: CheckOptions & Abortable): Promise<FixedCsv | Report> {
  const make = async (): Promise<FixedCsv> => {
    const fixed = await watched<native.Fixed>("fixCsv", source, options, NOT_MADE, native.fixCsv);
    return { report: Report.of(fixed.report()), bytes: fixed.takeBytes() };
  };
  return dest === undefined ? make() : written(dest, make);
}

/**
 * Does the same as `fixCsv`, synchronously.
 *
 * @example
 * const csv = templateCsv() + "Amy Lee,Amy Lee,Year 5,5A,F,No,WBRI,No,No";
 * fixCsvSync(Buffer.from(csv)).report.fixed.length; // => 1
 */
export function fixCsvSync(source: SyncSource, dest?: undefined, options?: CheckOptions): FixedCsv;
/** Does the same as `fixCsv` with a path, synchronously. */
export function fixCsvSync(source: SyncSource, dest: string | URL, options?: CheckOptions): Report;
export function fixCsvSync(source: SyncSource, dest?: string | URL, options?: CheckOptions): FixedCsv | Report {
  const { json } = choices(known("fixCsvSync", options, MADE));
  const { path, bytes: given } = givenSync("source", source);
  const to = dest === undefined ? undefined : destinationSync(dest);
  const fixed = sync(() => native.fixCsvSync(path, given, json), { path });
  const [bytes, report] = [fixed.takeBytes(), Report.of(fixed.report())];
  if (to === undefined) return { report, bytes };
  if (bytes) writeSync(to, bytes);
  return report;
}
