// The functions of `onroll/browser`, such as `checkCsv` and `detect`. The core checks a school's roster in the page, as
// WebAssembly in a worker. The file stays in the browser.

import type { Abortable, CheckOptions, ReadOptions } from "./shared/reading.js";
import { ask } from "./client.js";
import { Detected } from "./detected.js";
import { NOT_DETECTED } from "./shared/choices.js";
import { type Mapped, type Source, abortable, choices, source as given } from "./options.js";
import { RosterError } from "./refused.js";
import { Report } from "./report.js";
import { Roster } from "./roster.js";

export type { Column, FieldName, Problem, ProblemCode, ProblemJson, ReportJson, ReportJsonOptions, ValueGroup } from "./shared/problem.js";
export type { Abortable, CheckOptions, EthnicityEntry, Limits, ReadOptions, Student } from "./shared/reading.js";
export type { BrowserErrorCode } from "./failure.js";
export { OnrollError } from "./failure.js";
export { RosterError } from "./refused.js";
export type {
  Certainty,
  ColumnSource,
  DetectedColumn,
  DetectedJson,
  DetectedValue,
  DetectedValues,
  IgnoredColumn,
  MappingColumns,
  MappingJson,
  MappingOptions,
  MappingValues,
  Question,
  QuestionKind,
  SourcePart,
  Target,
} from "./shared/detection.js";
export type { Mapped, Source } from "./options.js";
export type { Columns } from "./shared/students.js";
export { Detected } from "./detected.js";
export { Mapping } from "./mapping.js";
export { Report } from "./report.js";
export { Roster } from "./roster.js";
export { DictionaryColumn, TextColumn } from "./shared/students.js";

/**
 * Checks a school's CSV or workbook, and returns the report. The promise does not reject if the data is wrong. The
 * options are the same as in the Node package, with these exceptions. A file can have at most 256 MiB unless you set
 * `limits.fileBytes`. The option `threads` has no effect. There is no option `pupilPremium`. There is an option
 * `namesFrom`, and `mapping` can also be JSON or `null`.
 *
 * Rejects with a `DOMException` if the file cannot be read, and with OnrollError (`ERR_NOT_STARTED`) if the worker does
 * not start.
 */
export async function checkCsv(source: Source, options?: ReadOptions & Mapped & Abortable): Promise<Report> {
  const made = await ask("check", given(source), choices("checkCsv", options), abortable(options));
  return new Report(made.report);
}

/**
 * Reads a school's CSV or workbook into a Roster. Rejects with RosterError, which has the report, if the file has
 * errors. Can also reject with the same errors as `checkCsv`.
 */
export async function readCsv(source: Source, options?: ReadOptions & Mapped & Abortable): Promise<Roster> {
  const made = await ask("read", given(source), choices("readCsv", options), abortable(options));
  const { columns, signIn, unrecorded, csv, report, message } = made;
  if (columns && signIn && unrecorded && csv) return new Roster({ columns, signIn, unrecorded, csv, report });
  throw new RosterError(message ?? "the roster was refused", new Report(report));
}

/** A corrected file, and the report on the original file. */
export interface FixedCsv {
  /** The report, with the fixes that were made and the remaining problems. */
  readonly report: Report;
  /** The corrected file; `null` if the rows cannot be separated with certainty. `report.correctable` is then false. */
  readonly bytes: Uint8Array | null;
}

/** Applies every safe fix, and leaves other values unchanged. Rejects with the same errors as `checkCsv`. */
export async function fixCsv(source: Source, options?: CheckOptions & Mapped & Abortable): Promise<FixedCsv> {
  const made = await ask("fix", given(source), choices("fixCsv", options, ["fix", "threads", "edits"]), abortable(options));
  return { report: new Report(made.report), bytes: made.bytes };
}

/** A marked workbook. */
export interface MarkedWorkbook {
  /** The report, with the fixes that were made and the remaining problems. */
  readonly report: Report;
  /** The workbook. */
  readonly bytes: Uint8Array;
}

/**
 * Makes an Excel workbook of the school's own CSV or workbook, for the person who must correct it. Each problem is a
 * note on its cell. Safe fixes are applied and coloured. Coded columns get drop-downs, and a sheet lists all problems
 * with links. All columns of the school's file are kept, but not the file's formats and formulas. Rejects with the same
 * errors as `checkCsv`.
 */
export async function markCsv(source: Source, options?: CheckOptions & Mapped & Abortable): Promise<MarkedWorkbook> {
  const made = await ask("mark", given(source), choices("markCsv", options, ["fix", "threads", "edits"]), abortable(options));
  return { report: new Report(made.report), bytes: made.bytes };
}

/**
 * Detects which column of a school's own export holds which field. With a stored `mapping`, the result says whether the
 * mapping fits, and what differs. If several sheets of a workbook may hold the students, the only question is
 * `which-sheet`. Answer it with the option `sheet`.
 *
 * Rejects with RosterError if the file contains no table. Can also reject with the same errors as `checkCsv`.
 */
export async function detect(source: Source, options?: DetectOptions & Abortable): Promise<Detected> {
  const made = await ask("detect", given(source), choices("detect", options, [...NOT_DETECTED, "edits"]), abortable(options));
  if (made.json !== undefined && made.text !== undefined) return new Detected(made.json, made.text);
  throw new RosterError(made.message ?? "the file was refused", new Report(made.report!));
}

/** The options of `detect`. */
export type DetectOptions = Pick<ReadOptions, "signIn" | "sheet" | "vocabulary" | "ethnicities" | "limits"> & Mapped;

/** Returns the template that a school fills in: the nine headings as a CSV line that ends with CR LF. */
export async function templateCsv(): Promise<string> {
  return (await ask("template", new Uint8Array(), choices("templateCsv", undefined), {})).text;
}
