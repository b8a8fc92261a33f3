// The types of problems and of a report's JSON, with the list of problem codes. Node and the browser share this file.
// `report-view.ts` has the properties of a report.

/** The kind of problem, as a code in kebab-case. */
export type ProblemCode =
  | "blank"
  | "columns-swapped"
  | "dialect"
  | "empty-file"
  | "encoding"
  | "ethnicity-description"
  | "ethnicity-extended"
  | "ethnicity-unknown"
  | "excel-mangled"
  | "excel-risk"
  | "file-too-large"
  | "forbidden-character"
  | "formula-without-value"
  | "gender"
  | "heading-duplicate"
  | "heading-missing"
  | "heading-misspelt"
  | "heading-order"
  | "heading-unknown"
  | "hidden-cells"
  | "host-id-duplicate"
  | "html-entity"
  | "leading-apostrophe"
  | "letter-lost"
  | "mixed-script"
  | "mojibake"
  | "name-reversed"
  | "name-unlikely"
  | "no-students"
  | "not-a-csv"
  | "not-a-student"
  | "not-accepted"
  | "not-nfc"
  | "not-recorded"
  | "placeholder"
  | "quoted"
  | "row-duplicate"
  | "row-length"
  | "same-student"
  | "sheet-choice"
  | "source-id-duplicate"
  | "source-id-invalid"
  | "spelling-varies"
  | "stray-quote"
  | "stray-space"
  | "too-long"
  | "too-many-problems"
  | "unclosed-quote"
  | "unusual-letters"
  | "upn-duplicate"
  | "upn-invalid"
  | "username-duplicate"
  | "username-not-email"
  | "username-not-name"
  | "workbook-protected"
  | "workbook-unreadable"
  | "wrong-delimiter"
  | "yes-no";

/** A column, named by its heading. */
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

/** The name of the student's field that a column fills. */
export type FieldName =
  | "fullName"
  | "username"
  | "yearGroup"
  | "className"
  | "gender"
  | "pupilPremium"
  | "ethnicity"
  | "send"
  | "eal";

/** One problem as JSON. If values are left out, `value` and `fix` are null, and the message contains no value. */
export interface ProblemJson {
  /**
   * The problem's id, which contains no value. The same file and options always give the same id. To accept the
   * problem's suggestion, pass the id to `readCsv` in `accept`.
   */
  readonly id: string;
  /** The code of the problem. */
  readonly code: ProblemCode;
  /** The severity. With an error, the roster is refused; with a warning, it is not. */
  readonly severity: "error" | "warning";
  /** The row number, as in a spreadsheet, from 1; `null` if the problem is not in a row. */
  readonly row: number | null;
  /** The line in the file on which the row starts, from 1. */
  readonly line: number | null;
  /** The offset of the cell or the row in the file, in bytes. */
  readonly byte: number | null;
  /**
   * The workbook's cell, as a spreadsheet names it (`C7`); `null` for other files, or if the problem is not in a
   * single cell.
   */
  readonly cell: string | null;
  /** The index of the student in the data, from 0. */
  readonly record: number | null;
  /** The heading of the column that the problem is in, for people; `null` if it is not in a column. */
  readonly column: Column | null;
  /**
   * The school's own heading, if the column was read with a mapping. If the value was read from several columns, this
   * has all their headings: `Forename + Surname`.
   */
  readonly heading?: string;
  /** The name of the student's field that the problem is in, for programs; `null` if the problem is not in a field. */
  readonly field: FieldName | null;
  /** The value that was found. */
  readonly value: string | null;
  /** The value to write instead of the wrong value, if there is one. */
  readonly fix: string | null;
  /** Whether the fix is the only right answer. The option `fix` applies only such fixes. */
  readonly safe: boolean;
  /** A sentence for a person, with the value. */
  readonly message: string;
  /** The number of rows with this problem: 1, unless one cause affects many rows. */
  readonly count: number;
  /** The rows as ranges (first and last), if one cause affects many rows. At most 100 ranges are kept. */
  readonly rows: readonly (readonly [number, number])[];
  /** Fields that only `Report.fromJSON` needs. */
  readonly detail?: string;
}

/**
 * All listed problems with one value in one column. One decision can correct all rows with this value. The group
 * contains personal data.
 */
export interface ValueGroup {
  /** The code of the problem. */
  readonly code: ProblemCode;
  /** The heading of the column that the problem is in; `null` if it is not in a column. */
  readonly column: Column | null;
  /** The name of the student's field that the problem is in; `null` if it is not in a field. */
  readonly field: FieldName | null;
  /** The value that was found. */
  readonly value: string | null;
  /** The value to write instead, if there is one. */
  readonly fix: string | null;
  /** Whether the fix is the only right answer, so that the option `fix` applies it. */
  readonly safe: boolean;
  /** The number of listed problems with this value. */
  readonly count: number;
  /** The rows as ranges (first and last). At most 100 ranges are kept. */
  readonly rows: readonly (readonly [number, number])[];
  /** A sentence for a person, with the value. */
  readonly message: string;
}

/** The options for a report's JSON. */
export interface ReportJsonOptions {
  /** Whether to include values, which are personal data. The default is false. */
  values?: boolean;
}

/** One problem: the position, the code, the severity, and the value to write instead. */
export interface Problem extends ProblemJson {
  /**
   * Returns the problem as a plain object for other programs. It contains values only if you ask for them, so
   * `JSON.stringify` leaves them out.
   */
  toJSON(options?: ReportJsonOptions | string): ProblemJson;
}

/** A report as JSON, which `Report.fromJSON` reads. */
export interface ReportJson {
  /** The version of the format. */
  format: number;
  /** Whether the input has no errors. If so, you can get a roster. */
  ok: boolean;
  /** The name of the sheet that was read, if the file is a workbook and values are included. */
  sheet?: string;
  /** The number of rows with a student, with or without problems. */
  rows: number;
  /** The number of blank rows, which were left out. */
  blankRows: number;
  /** The number of remaining errors, including those that are not listed. */
  errors: number;
  /** The number of remaining warnings, including those that are not listed. */
  warnings: number;
  /** The number of remaining problems for each code, including those that are not listed. */
  counts: Partial<Record<ProblemCode, number>>;
  /** The remaining problems, in file order. */
  problems: ProblemJson[];
  /** The problems that were fixed. */
  fixed: ProblemJson[];
  /** Fields that only `Report.fromJSON` needs. */
  kept: string;
}
