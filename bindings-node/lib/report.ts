// Reports and their problems.

import { inspect } from "node:util";
import { Report as NativeReport } from "../native.js";
import { flag, options as known, outside, quoted, text, unmade } from "./input.js";
import { parsed } from "./json.js";
import { type Destination, write, writeSync } from "./output.js";
import { uncloneable } from "./uncloneable.js";

/** What is wrong, in kebab-case. */
export type ProblemCode =
  | "blank"
  | "empty-file"
  | "encoding"
  | "ethnicity-description"
  | "ethnicity-extended"
  | "ethnicity-unknown"
  | "excel-mangled"
  | "excel-risk"
  | "file-too-large"
  | "forbidden-character"
  | "gender"
  | "heading-duplicate"
  | "heading-missing"
  | "heading-misspelt"
  | "heading-order"
  | "heading-unknown"
  | "mixed-script"
  | "name-reversed"
  | "upn-invalid"
  | "upn-duplicate"
  | "not-recorded"
  | "no-students"
  | "not-a-csv"
  | "not-nfc"
  | "quoted"
  | "row-duplicate"
  | "row-length"
  | "host-id-duplicate"
  | "source-id-duplicate"
  | "stray-space"
  | "too-long"
  | "too-many-problems"
  | "unclosed-quote"
  | "username-duplicate"
  | "username-not-email"
  | "username-not-name"
  | "wrong-delimiter"
  | "yes-no";

/** The columns by their headings. */
export type Column =
  | "Student Full Name"
  | "Username"
  | "Year Group"
  | "Class"
  | "Gender"
  | "Pupil Premium"
  | "Ethnicity"
  | "SEND"
  | "EAL";

/** One thing wrong as JSON: without values, `value` and `fix` are null and the message names none. */
export interface ProblemJson {
  /** What is wrong. */
  readonly code: ProblemCode;
  /** An error keeps the roster from being built; a warning does not. */
  readonly severity: "error" | "warning";
  /** The row as a spreadsheet numbers it, from 1; `null` where it is not of a row. */
  readonly row: number | null;
  /** The line of the file on which the row starts, from 1. */
  readonly line: number | null;
  /** The offset in the file, in bytes, of the cell or the row. */
  readonly byte: number | null;
  /** Which student given as data, from 0. */
  readonly record: number | null;
  /** The column, where it is of one. */
  readonly column: Column | null;
  /** What was found. */
  readonly value: string | null;
  /** What to write instead, if that is known. */
  readonly fix: string | null;
  /** Whether the fix is surely right, so that `fix` makes it. */
  readonly safe: boolean;
  /** All of it as a sentence for a person, with the value. */
  readonly message: string;
}

/** What JSON of a report shows. */
export interface ReportJsonOptions {
  /** Also what is in the cells, which is personal data; false by default. */
  values?: boolean;
}

/** One thing wrong: what, where, how bad, and what to write instead. */
export interface Problem extends ProblemJson {
  /** The problem for other programs: without what is in the cell, unless asked for. `JSON.stringify` leaves it out. */
  toJSON(options?: ReportJsonOptions | string): ProblemJson;
}

/** Whether values are asked for. `JSON.stringify` gives the key in the place of options. */
function withValues(options: ReportJsonOptions | string | undefined): boolean {
  if (typeof options === "string") return false;
  return flag("values", known("toJSON", options, ["values"]).values ?? false);
}

// A problem that is put into a log says what and where; its message is for the person who uploaded the file.
const HIDDEN = {
  value(this: Problem): string {
    const place = [this.row === null ? [] : `row ${this.row}`, this.column ?? []].flat().join(", ");
    return `Problem <${place === "" ? "" : `${place}: `}${this.code}>`;
  },
  enumerable: false,
};

interface Counts {
  correctable: boolean;
  fixedCount: number;
  fixableCount: number;
}

/** Everything that is wrong with an input, in file order, and the fixes made. Its `String` shows no value. */
export class Report {
  readonly #native: NativeReport;
  #json: ReportJson | undefined;
  #bare: ReportJson | undefined;
  #lists: { problems: readonly Problem[]; fixed: readonly Problem[] } | undefined;
  #counts: Counts | undefined;

  private constructor(made: NativeReport) {
    if (!(made instanceof NativeReport)) throw unmade("Report", "checkCsv");
    this.#native = made;
    uncloneable(this);
  }

  /** @internal */
  static of(made: NativeReport): Report {
    return new Report(made);
  }

  get #whole(): ReportJson {
    return (this.#json ??= parsed<ReportJson>(this.#native.json(true)));
  }

  get #made(): { problems: readonly Problem[]; fixed: readonly Problem[] } {
    const of = (list: "problems" | "fixed") =>
      this.#whole[list].map((problem, place) => {
        const json = (options?: ReportJsonOptions | string): ProblemJson => {
          if (withValues(options)) return { ...problem };
          this.#bare ??= parsed<ReportJson>(this.#native.json(false));
          return { ...this.#bare[list][place]! };
        };
        const more = { [inspect.custom]: HIDDEN, toJSON: { value: json, enumerable: false } };
        return Object.defineProperties({ ...problem }, more) as Problem;
      });
    return (this.#lists ??= { problems: of("problems"), fixed: of("fixed") });
  }

  get #told(): Counts {
    return (this.#counts ??= JSON.parse(this.#native.counts()) as Counts);
  }

  /** The problems that stand, as many as are listed. */
  get problems(): readonly Problem[] {
    return this.#made.problems;
  }

  /** The problems that were fixed while reading. */
  get fixed(): readonly Problem[] {
    return this.#made.fixed;
  }

  /** The problems that keep the roster from being built. */
  get errors(): readonly Problem[] {
    return this.problems.filter((problem) => problem.severity === "error");
  }

  /** The problems that do not. */
  get warnings(): readonly Problem[] {
    return this.problems.filter((problem) => problem.severity === "warning");
  }

  /** Whether a roster can be built: no error stands. */
  get ok(): boolean {
    return this.#whole.ok;
  }

  /** Whether the rows can be told apart with certainty, so that a corrected file is written. */
  get correctable(): boolean {
    return this.#told.correctable;
  }

  /** How many errors stand, listed or not. */
  get errorCount(): number {
    return this.#whole.errors;
  }

  /** How many warnings stand, listed or not. */
  get warningCount(): number {
    return this.#whole.warnings;
  }

  /** How many problems were fixed, listed or not. */
  get fixedCount(): number {
    return this.#told.fixedCount;
  }

  /** How many of the problems that stand have a safe fix. */
  get fixableCount(): number {
    return this.#told.fixableCount;
  }

  /** How many rows hold a student, right or wrong. */
  get rows(): number {
    return this.#whole.rows;
  }

  /** How many rows were blank and left out. */
  get blankRows(): number {
    return this.#whole.blankRows;
  }

  /** How many problems of a code stand, listed or not. */
  countOf(code: ProblemCode): number {
    const count = this.#native.countOf(text("code", code));
    if (count === null) throw outside(`there is no problem code ${quoted(code)}`);
    return count;
  }

  /** The report for the person who uploaded the file, with values. */
  text(): string {
    return this.#native.text();
  }

  /** The report for logs: no cell of the file is in it. */
  toString(): string {
    return this.#native.shown();
  }

  /**
   * The report for other programs: without what is in the cells, unless asked for. `JSON.stringify(report)` leaves it out;
   * `JSON.stringify(report.toJSON({ values: true }))` has it.
   */
  toJSON(options?: ReportJsonOptions | string): ReportJson {
    return parsed<ReportJson>(this.#native.json(withValues(options)));
  }

  /** Writes the listed problems as CSV, for a spreadsheet and its owner alone (mode 600); nothing in it is run. */
  async writeCsv(dest: Destination): Promise<void> {
    await write(dest, async () => this.#native.csv());
  }

  /** `writeCsv` at once. */
  writeCsvSync(dest: string | URL): void {
    writeSync(dest, this.#native.csv());
  }

  [inspect.custom](): string {
    return `Report <${this.errorCount} errors, ${this.warningCount} warnings, ${this.fixedCount} fixed>`;
  }
}

/** A report as JSON. */
export interface ReportJson {
  /** Whether a roster can be built: no error stands. */
  ok: boolean;
  /** How many rows hold a student, right or wrong. */
  rows: number;
  /** How many rows were blank and left out. */
  blankRows: number;
  /** How many errors stand, listed or not. */
  errors: number;
  /** How many warnings stand, listed or not. */
  warnings: number;
  /** The problems that stand, in file order. */
  problems: ProblemJson[];
  /** The problems that were fixed. */
  fixed: ProblemJson[];
}
