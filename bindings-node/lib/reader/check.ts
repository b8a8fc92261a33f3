// The function `checkCsv`, which checks a school's file. `options.ts` has its options.

import native = require("../../native.js");
import { sync } from "../errors.js";
import { type Source, type SyncSource, givenSync, options as known } from "../input.js";
import { Report } from "../report.js";
import type { Abortable } from "../shared/reading.js";
import { marks } from "./mark.js";
import { CHECKS, type ReadOptions, choices } from "./options.js";
import { watched } from "./watch.js";

/**
 * Checks a school's CSV, and returns the report. The promise does not reject if the data is wrong.
 *
 * @example
 * const report = await checkCsv("uploaded.csv");
 * report.ok; // => false
 * report.problems[0].message; // => "the file: the columns are separated by semicolons; save the file as 'CSV UTF-8 (Comma delimited)'"
 */
export async function checkCsv(source: Source, options?: ReadOptions & Abortable): Promise<Report> {
  return Report.of(await watched<native.Report>("checkCsv", source, options, [], native.checkCsv), marks(options));
}

/**
 * Does the same as `checkCsv`, synchronously.
 *
 * @example
 * checkCsvSync("students.csv").ok; // => true
 */
export function checkCsvSync(source: SyncSource, options?: ReadOptions): Report {
  const { json } = choices(known("checkCsvSync", options, CHECKS));
  const { path, bytes } = givenSync("source", source);
  return Report.of(sync(() => native.checkCsvSync(path, bytes, json), { path }), marks(options));
}
