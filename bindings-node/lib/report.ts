// The parts of a report that exist only in Node: files, native calls and `inspect`. Its properties, such as
// `problems`, are in `shared/report-view.ts`.

import { inspect } from "node:util";
import { Report as NativeReport } from "../native.js";
import { type Source, invalid, options as known, outside, quoted, text, unmade } from "./input.js";
import { stored } from "./shared/json.js";
import { type Destination, write, writeSync } from "./output.js";
import type { ProblemCode, ReportJson } from "./shared/problem.js";
import { ReportView } from "./shared/report-view.js";
import { uncloneable } from "./uncloneable.js";

/** @internal Reads a file again with the same options, and returns its marked workbook. */
export type Marks = (source: Source) => Promise<{ report: NativeReport; bytes: Uint8Array | null }>;

/**
 * All problems in an input, in file order, and the fixes that were made. `String(report)` shows no values.
 *
 * @example
 * const report = await checkCsv("uploaded.csv");
 * [report.ok, report.correctable, report.rows, report.blankRows]; // => [false, false, 36, 1]
 * [report.errorCount > report.fixableCount, report.warningCount, report.fixedCount]; // => [true, 14, 0]
 * report.counts.gender === report.countOf("gender"); // => true
 * [report.problems.length === report.errors.length + report.warnings.length, report.fixed.length]; // => [true, 0]
 * report.byValue[0].count; // => 1
 * report.text().startsWith("The roster is refused"); // => true
 * report.sheet; // => null
 * Report.fromJSON(JSON.stringify(report.toJSON({ values: true }))).text() === report.text(); // => true
 * await report.writeCsv("problems.csv"); // or report.writeCsvSync("problems.csv")
 * await report.writeWorkbook("marked.xlsx", { source: "uploaded.csv" });
 */
export class Report extends ReportView {
  readonly #native: NativeReport;
  #marks: Marks | undefined;

  private constructor(made: NativeReport) {
    if (!(made instanceof NativeReport)) throw unmade("Report", "checkCsv");
    super(made);
    this.#native = made;
    uncloneable(this);
  }

  /** @internal */
  static of(made: NativeReport, marks?: Marks): Report {
    const report = new Report(made);
    report.#marks = marks;
    return report;
  }

  /** @internal */
  static markedBy(report: Report, marks: Marks): void {
    report.#marks = marks;
  }

  /**
   * Reads a report from the JSON that `toJSON` or another language's `to_json` returned, as a text or an object. The
   * report contains values only if the JSON does.
   */
  static fromJSON(json: string | ReportJson): Report {
    const kept = stored(json);
    let made: NativeReport;
    try {
      made = NativeReport.ofJson(kept);
    } catch (error) {
      throw invalid((error as Error).message);
    }
    return new Report(made);
  }

  /** Returns the number of remaining problems with a code, including problems that are not listed. */
  override countOf(code: ProblemCode): number {
    const count = this.#native.countOf(text("code", code));
    if (count === null) throw outside(`there is no problem code ${quoted(code)}`);
    return count;
  }

  /**
   * Writes the listed problems as CSV for a spreadsheet, to a file that only its owner can read (mode 600). No value
   * runs as a formula.
   */
  async writeCsv(dest: Destination): Promise<void> {
    await write(dest, async () => this.#native.csv());
  }

  /** Does the same as `writeCsv`, synchronously. */
  writeCsvSync(dest: string | URL): void {
    writeSync(dest, this.#native.csv());
  }

  /**
   * Writes the school's own file as an Excel workbook, with each problem marked on its cell. See `markCsv`. `source` is
   * the file that the report is about. It is read again with the same options.
   *
   * Rejects with `ERR_INVALID_ARG_VALUE` if `source` is a different file, or if the report did not come from reading a
   * file in this process. In both cases, use `markCsv`.
   */
  async writeWorkbook(dest: Destination, options: { source: Source }): Promise<void> {
    const { source } = known("writeWorkbook", options, ["source"]);
    const marks = this.#marks;
    if (marks === undefined) throw invalid("this report was not made by reading a file in this process; use markCsv(source, dest)");
    await write(dest, async () => {
      const { report, bytes } = await marks(source as Source);
      if (!this.#native.isOfSameFile(report)) throw invalid("source is not the file that the report is about");
      return bytes;
    });
  }

  [inspect.custom](): string {
    return `Report <${this.errorCount} errors, ${this.warningCount} warnings, ${this.fixedCount} fixed>`;
  }
}
