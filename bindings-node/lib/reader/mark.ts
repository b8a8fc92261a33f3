// The function `markCsv`, which makes a workbook with each problem marked on its cell. `core/src/reader/marked.rs`
// makes the workbook.

import native = require("../../native.js");
import { sync } from "../errors.js";
import { type Source, type SyncSource, givenSync, options as known } from "../input.js";
import { type Destination, destinationSync, writeSync } from "../output.js";
import { type Marks, Report } from "../report.js";
import type { Abortable } from "../shared/reading.js";
import { MADE, NOT_MADE, written } from "./new-file.js";
import { type CheckOptions, type ReadOptions, choices } from "./options.js";
import { watched } from "./watch.js";

/** A marked workbook that is not written yet. */
export interface MarkedWorkbook {
  /** The report, with the fixes that were made and the remaining problems. */
  readonly report: Report;
  /** The workbook. */
  readonly bytes: Buffer;
}

/** @internal Returns a function that reads a file again with the same options, and marks its problems. */
export function marks(options: (ReadOptions & Abortable) | undefined): Marks {
  const { signal: _, onProgress: __, fix: ___, threads: ____, ...reading } = options ?? {};
  return async (source) => {
    const made = await watched<native.Fixed>("writeWorkbook", source, reading, NOT_MADE, native.markCsv);
    return { report: made.report(), bytes: made.takeBytes() };
  };
}

/**
 * Makes an Excel workbook of the school's own file, for the person who must correct it. Each problem is a note on its
 * cell. Safe fixes are applied and coloured. Coded columns get drop-downs, and a sheet lists all problems with links.
 * All columns of the school's file are kept, but not the file's formats and formulas.
 *
 * With `dest`, writes the workbook, which only its owner can read (mode 600), and returns the report. Without `dest`,
 * returns the report and the bytes. To pass options without `dest`, pass `undefined` as `dest`.
 *
 * @example
 * const report = await markCsv("uploaded.csv", "marked.xlsx"); // each problem on its cell
 * report.ok; // => false
 */
export async function markCsv(source: Source, dest?: undefined, options?: CheckOptions & Abortable): Promise<MarkedWorkbook>;
/** Makes a marked workbook, writes it, and returns the report. */
export async function markCsv(source: Source, dest: Destination, options?: CheckOptions & Abortable): Promise<Report>;
export async function markCsv(source: Source, dest?: Destination, options?: CheckOptions & Abortable): Promise<MarkedWorkbook | Report> {
  const make = async (): Promise<MarkedWorkbook> => {
    const marked = await watched<native.Fixed>("markCsv", source, options, NOT_MADE, native.markCsv);
    return { report: Report.of(marked.report(), marks(options)), bytes: marked.takeBytes()! };
  };
  return dest === undefined ? make() : written(dest, make);
}

/**
 * Does the same as `markCsv`, synchronously.
 *
 * @example
 * const { bytes } = markCsvSync("uploaded.csv");
 * bytes.subarray(0, 2).toString(); // => "PK"
 */
export function markCsvSync(source: SyncSource, dest?: undefined, options?: CheckOptions): MarkedWorkbook;
/** Does the same as `markCsv` with a path, synchronously. */
export function markCsvSync(source: SyncSource, dest: string | URL, options?: CheckOptions): Report;
export function markCsvSync(source: SyncSource, dest?: string | URL, options?: CheckOptions): MarkedWorkbook | Report {
  const { json } = choices(known("markCsvSync", options, MADE));
  const { path, bytes: given } = givenSync("source", source);
  const to = dest === undefined ? undefined : destinationSync(dest);
  const marked = sync(() => native.markCsvSync(path, given, json), { path });
  const [bytes, report] = [marked.takeBytes()!, Report.of(marked.report(), marks(options))];
  if (to === undefined) return { report, bytes };
  writeSync(to, bytes);
  return report;
}
