// The function `readCsv`, which reads a school's file into a roster.

import native = require("../../native.js");
import { sync } from "../errors.js";
import { type Source, type SyncSource, givenSync, options as known } from "../input.js";
import { Report } from "../report.js";
import { Roster } from "../roster/roster.js";
import type { Abortable } from "../shared/reading.js";
import { marks } from "./mark.js";
import { CHECKS, type ReadOptions, choices } from "./options.js";
import { watched } from "./watch.js";

/** Returns the error for a refused file, with a report that can write a marked workbook. */
function marking(error: unknown, options: (ReadOptions & Abortable) | undefined): unknown {
  const report = (error as { report?: unknown } | null)?.report;
  if (report instanceof Report) Report.markedBy(report, marks(options));
  return error;
}

/**
 * Reads a school's CSV into a Roster, off the main thread. Do not change the bytes before the promise settles.
 *
 * Rejects with RosterError, which has the report, if the file has errors. Rejects with the system's error, as in `fs`,
 * if the file cannot be read.
 *
 * @example
 * const roster = await readCsv("students.csv");
 * roster.at(0).fullName; // => "Zoë Ahmed"
 * try {
 *   await readCsv("uploaded.csv");
 * } catch (error) {
 *   if (!(error instanceof RosterError)) throw error;
 *   error.report.text(); // for the person who uploaded it
 * }
 */
export async function readCsv(source: Source, options?: ReadOptions & Abortable): Promise<Roster> {
  try {
    return Roster.of(await watched<native.Roster>("readCsv", source, options, [], native.readCsv));
  } catch (error) {
    throw marking(error, options);
  }
}

/**
 * Does the same as `readCsv`, synchronously.
 *
 * @example
 * readCsvSync("students.csv").length; // => 240
 */
export function readCsvSync(source: SyncSource, options?: ReadOptions): Roster {
  const { json } = choices(known("readCsvSync", options, CHECKS));
  const { path, bytes } = givenSync("source", source);
  try {
    return Roster.of(sync(() => native.readCsvSync(path, bytes, json), { path }));
  } catch (error) {
    throw marking(error, options);
  }
}
