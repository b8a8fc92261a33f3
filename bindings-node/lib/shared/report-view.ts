// The class that `Report` extends in Node and in the browser: its problems, errors, warnings, counts and JSON.

import { flag, options as known } from "./argument.js";
import { camel, parsed } from "./json.js";
import type { FieldName, Problem, ProblemCode, ProblemJson, ReportJson, ReportJsonOptions, ValueGroup } from "./problem.js";

/** Parses a report from the core's JSON, with the names of fields in camelCase. */
function reportOf(json: string): ReportJson {
  const report = parsed<ReportJson>(json);
  const named = (problem: ProblemJson): ProblemJson =>
    problem.field === null
      ? { ...problem, cell: problem.cell ?? null }
      : { ...problem, cell: problem.cell ?? null, field: camel(problem.field) as FieldName };
  return { ...report, problems: report.problems.map(named), fixed: report.fixed.map(named) };
}

/** Returns whether the caller asks for values. `JSON.stringify` calls `toJSON` with a key instead of options. */
function withValues(options: ReportJsonOptions | string | undefined): boolean {
  if (typeof options === "string") return false;
  return flag("values", known("toJSON", options, ["values"]).values ?? false);
}

// In a log, a problem shows only its position and its code. Its message, which contains values, is for the person who
// uploaded the file.
const INSPECT = Symbol.for("nodejs.util.inspect.custom");
const HIDDEN = {
  value(this: Problem): string {
    const position = [this.row === null ? [] : `row ${this.row}`, this.column ?? []].flat().join(", ");
    return `Problem <${position === "" ? "" : `${position}: `}${this.code}>`;
  },
  enumerable: false,
};

/** The views that the core makes of a report. */
export interface MadeReport {
  /** Returns the whole report as JSON, with or without values. */
  json(values: boolean): string;
  /** Returns the counts that the report's JSON does not contain. */
  counts(): string;
  /** Returns the problems grouped by value. */
  byValue(): string;
  /** Returns the report for the person who chose the file. */
  text(): string;
  /** Returns the report for logs. */
  shown(): string;
}

interface Counts {
  correctable: boolean;
  fixedCount: number;
  fixableCount: number;
}

/** All problems in an input, in file order, and the fixes that were made. */
export abstract class ReportView {
  readonly #made: MadeReport;
  #json: ReportJson | undefined;
  #bare: ReportJson | undefined;
  #lists: { problems: readonly Problem[]; fixed: readonly Problem[] } | undefined;
  #counts: Counts | undefined;

  protected constructor(made: MadeReport) {
    this.#made = made;
  }

  get #whole(): ReportJson {
    return (this.#json ??= reportOf(this.#made.json(true)));
  }

  get #listed(): { problems: readonly Problem[]; fixed: readonly Problem[] } {
    const of = (list: "problems" | "fixed") =>
      this.#whole[list].map((problem, index) => {
        const json = (options?: ReportJsonOptions | string): ProblemJson => {
          if (withValues(options)) return { ...problem };
          this.#bare ??= reportOf(this.#made.json(false));
          return { ...this.#bare[list][index]! };
        };
        const more = { [INSPECT]: HIDDEN, toJSON: { value: json, enumerable: false } };
        return Object.defineProperties({ ...problem }, more) as Problem;
      });
    return (this.#lists ??= { problems: of("problems"), fixed: of("fixed") });
  }

  get #told(): Counts {
    return (this.#counts ??= JSON.parse(this.#made.counts()) as Counts);
  }

  /** The remaining problems that are listed. */
  get problems(): readonly Problem[] {
    return this.#listed.problems;
  }

  /** The problems that were fixed while reading. */
  get fixed(): readonly Problem[] {
    return this.#listed.fixed;
  }

  /** The listed errors. */
  get errors(): readonly Problem[] {
    return this.problems.filter((problem) => problem.severity === "error");
  }

  /** The listed warnings. */
  get warnings(): readonly Problem[] {
    return this.problems.filter((problem) => problem.severity === "warning");
  }

  /** Whether the input has no errors. If so, you can get a roster. */
  get ok(): boolean {
    return this.#whole.ok;
  }

  /** Whether the rows can be separated with certainty. Only then can a corrected file be written. */
  get correctable(): boolean {
    return this.#told.correctable;
  }

  /** The number of remaining errors, including those that are not listed. */
  get errorCount(): number {
    return this.#whole.errors;
  }

  /** The number of remaining warnings, including those that are not listed. */
  get warningCount(): number {
    return this.#whole.warnings;
  }

  /** The number of fixed problems, including those that are not listed. */
  get fixedCount(): number {
    return this.#told.fixedCount;
  }

  /** The number of remaining problems with a safe fix. */
  get fixableCount(): number {
    return this.#told.fixableCount;
  }

  /** The name of the sheet that was read; `null` if the file is not a workbook. The name can be personal data. */
  get sheet(): string | null {
    return this.#whole.sheet ?? null;
  }

  /** The number of rows with a student, with or without problems. */
  get rows(): number {
    return this.#whole.rows;
  }

  /** The number of blank rows, which were left out. */
  get blankRows(): number {
    return this.#whole.blankRows;
  }

  /**
   * The number of remaining problems for each code, including those that are not listed. Codes without problems are
   * left out.
   */
  get counts(): Readonly<Partial<Record<ProblemCode, number>>> {
    return this.#whole.counts;
  }

  /**
   * The listed problems grouped by value. Each value in a column appears once, however many rows have it. The groups
   * contain personal data.
   */
  get byValue(): readonly ValueGroup[] {
    const groups = JSON.parse(this.#made.byValue()) as ValueGroup[];
    return groups.map((group) => (group.field === null ? group : { ...group, field: camel(group.field) as FieldName }));
  }

  /** Returns the number of remaining problems with a code, including problems that are not listed. */
  countOf(code: ProblemCode): number {
    return this.counts[code] ?? 0;
  }

  /** Returns the report for the person who uploaded the file, with values. */
  text(): string {
    return this.#made.text();
  }

  /** Returns the report for logs, without values. */
  toString(): string {
    return this.#made.shown();
  }

  /**
   * Returns the report for other programs. It contains values only if you ask for them: `JSON.stringify(report)` leaves
   * them out, and `JSON.stringify(report.toJSON({ values: true }))` includes them.
   */
  toJSON(options?: ReportJsonOptions | string): ReportJson {
    return reportOf(this.#made.json(withValues(options)));
  }
}
