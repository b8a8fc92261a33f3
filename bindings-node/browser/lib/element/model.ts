// A person's work on a file, independent of the page (`Session`): decisions, the core's reports, and undo. Groups the
// problems by kind, and has the choices for coded values (`CHOICES`).

import type { Column, Problem, ProblemCode, ProblemJson } from "../shared/problem.js";
import type { ReadOptions } from "../shared/reading.js";
import type { MappingJson } from "../shared/detection.js";
import { type Edit, type Sheet, accepted, corrected, marked, openSheet } from "../sheet.js";
import type { Report } from "../report.js";
import type { Roster } from "../roster.js";

/** The nine columns, in template order. */
export const COLUMNS: readonly Column[] = ["Student Full Name", "Username", "Year Group", "Class", "Gender", "Pupil Premium", "Ethnicity", "SEND", "EAL"];

const YES_NO = ["Yes", "No"];
/** The values that a person can choose in each coded column. */
export const CHOICES: Readonly<Partial<Record<Column, readonly string[]>>> = {
  Gender: ["Male", "Female", "Non-Binary"],
  "Pupil Premium": YES_NO,
  SEND: YES_NO,
  EAL: YES_NO,
};

/** A person's decisions. This value is immutable, so a list of earlier values is enough for undo. */
interface Decided {
  readonly fix: boolean;
  readonly edits: ReadonlyMap<string, Edit>;
  readonly accept: readonly string[];
  /** The name of the last action, which the undo button shows. */
  readonly what: string;
}

const NOTHING: Decided = { fix: false, edits: new Map(), accept: [], what: "" };

/** The problems that one decision settles: the problems of one value in one column, or of one row. */
export interface Decision {
  readonly key: string;
  readonly code: ProblemCode;
  readonly column: Column | null;
  readonly value: string | null;
  readonly fix: string | null;
  readonly safe: boolean;
  /** The message about the problem, without its position. */
  readonly says: string;
  /** The number of rows with the problem. */
  readonly count: number;
  readonly problems: readonly Problem[];
}

/** Problems of one kind. */
export interface Group {
  readonly key: string;
  readonly label: string;
  readonly count: number;
  readonly hasErrors: boolean;
  readonly decisions: readonly Decision[];
  /** The numbers of the rows in the listed problems. */
  readonly rows: readonly number[];
}

/** A change of a value, for the list of all changes. */
export interface Change {
  readonly row: number | null;
  readonly column: Column | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly byPerson: boolean;
}

const NO_PROBLEMS: ReadonlyMap<Column | "", Problem> = new Map();
const OF_FILE: readonly ProblemCode[] = ["empty-file", "not-a-csv", "workbook-protected", "workbook-unreadable", "file-too-large", "no-students"];

/** Returns a problem's message without the position at its start. */
export function predicate(message: string): string {
  const at = message.indexOf(": ");
  return at < 0 ? message : message.slice(at + 2);
}

/** Returns the numbers of the rows with a problem. */
function rowsOf(problem: ProblemJson): number[] {
  if (problem.rows.length === 0) return problem.row === null || problem.row === 0 ? [] : [problem.row];
  return problem.rows.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, more) => first + more));
}

function isOfRow({ row, rows }: ProblemJson, wanted: number): boolean {
  return rows.length === 0 ? row === wanted : rows.some(([first, last]) => first <= wanted && wanted <= last);
}

/** The options for a file, and its mapping if the file does not have the template's columns. */
export type Reading = ReadOptions & { readonly mapping?: MappingJson };

/** A person's work on one file, until the file is a roster. */
export class Session {
  readonly file: File;
  readonly options: Reading;
  report!: Report;
  sheet!: Sheet;
  /** The decisions that the current report and sheet already include. */
  #decided: Decided = NOTHING;
  /** All decisions, including those whose check is not finished. */
  #wanted: Decided = NOTHING;
  #before: readonly Decided[] = [];
  #original: Sheet | undefined;
  #ending = new AbortController();
  /** The problems of the report in `#indexed`, by row and column. */
  #byRow = new Map<number, Map<Column | "", Problem>>();
  #indexed: Report | undefined;

  private constructor(file: File, options: Reading) {
    this.file = file;
    this.options = options;
  }

  /** Checks a file. */
  static async open(file: File, options: Reading, signal: AbortSignal, onProgress: (done: number, of: number) => void): Promise<Session> {
    const session = new Session(file, options);
    await session.#check(NOTHING, signal, onProgress);
    session.#original = session.sheet;
    return session;
  }

  async #check(decided: Decided, signal: AbortSignal, onProgress?: (done: number, of: number) => void): Promise<void> {
    const watch = onProgress === undefined ? { signal } : { signal, onProgress };
    const { report, sheet } = await openSheet(this.file, { ...this.#reading(decided), ...watch });
    [this.report, this.sheet, this.#decided] = [report, sheet, decided];
  }

  #reading({ fix, edits, accept }: Decided = this.#decided): Reading & { edits: readonly Edit[] } {
    return { ...this.options, fix, accept, edits: [...edits.values()] };
  }

  /**
   * Checks the file with one more decision. A running check is aborted, because the new check includes the decision of
   * that check.
   */
  #decide(more: Partial<Decided>, what: string): Promise<void> {
    this.#before = [...this.#before, this.#wanted];
    this.#wanted = { ...this.#wanted, ...more, what };
    return this.#checkWanted();
  }

  #checkWanted(): Promise<void> {
    this.#ending.abort();
    this.#ending = new AbortController();
    return this.#check(this.#wanted, this.#ending.signal);
  }

  /** The name of the last decision, if there is a decision to undo. */
  get undoable(): string | undefined {
    return this.#before.length > 0 ? this.#wanted.what : undefined;
  }

  /** Undoes the last decision. */
  async undo(): Promise<void> {
    const last = this.#before.at(-1);
    if (last === undefined) return;
    this.#before = this.#before.slice(0, -1);
    this.#wanted = last;
    await this.#checkWanted();
  }

  /** Applies every safe fix. */
  fixAll(what: string): Promise<void> {
    return this.#decide({ fix: true }, what);
  }

  /** Replaces the text of cells. */
  set(cells: Iterable<{ row: number; column: Column; text: string }>, what: string): Promise<void> {
    const edits = new Map(this.#wanted.edits);
    for (const { row, column, text } of cells) {
      const index = COLUMNS.indexOf(column);
      edits.set(`${row}:${index}`, { row, column: index, text });
    }
    return this.#decide({ edits }, what);
  }

  /** Leaves a row out. */
  leaveOut(row: number, what: string): Promise<void> {
    const edits = new Map(this.#wanted.edits);
    edits.set(`${row}`, { row });
    return this.#decide({ edits }, what);
  }

  /** Accepts the values that are shown for a row of the wrong length. */
  take(row: number, what: string): Promise<void> {
    const index = this.sheet.indexOf(row);
    if (index === undefined) return Promise.resolve();
    return this.set(COLUMNS.map((column, cell) => ({ row, column, text: this.sheet.cell(index, cell) })), what);
  }

  /** Accepts the suggestion for a heading. */
  accept(id: string, what: string): Promise<void> {
    return this.#decide({ accept: [...this.#wanted.accept, id] }, what);
  }

  /** Whether nothing in the file can be shown or corrected. */
  get isUnreadable(): boolean {
    return this.sheet.length === 0 && this.report.fixableCount === 0 && this.report.errors.every(({ code }) => OF_FILE.includes(code));
  }

  /**
   * Returns the remaining problems by kind. `label` returns the kind for a code; if it returns `""`, the kind is the
   * column's heading.
   */
  groups(label: (code: ProblemCode) => string): readonly Group[] {
    const groups = new Map<string, Problem[]>();
    for (const problem of this.report.problems) {
      const name = label(problem.code) || (problem.column ?? problem.code);
      const list = groups.get(name);
      if (list) list.push(problem);
      else groups.set(name, [problem]);
    }
    const made = Array.from(groups, ([name, problems]) => this.#group(name, problems));
    return made.sort((one, other) => Number(other.hasErrors) - Number(one.hasErrors));
  }

  /** Returns the problems of one row as a group. */
  rowGroup(row: number, label: string): Group {
    const problems = this.report.problems.filter((problem) => isOfRow(problem, row));
    return { ...this.#group(label, problems), key: `row:${row}`, rows: [row] };
  }

  #group(label: string, problems: readonly Problem[]): Group {
    const decisions = new Map<string, Problem[]>();
    for (const problem of problems) {
      const { code, column, value, fix } = problem;
      // One decision settles all rows with the same value in a column. Other problems need one decision for each row.
      const isOfValue = column !== null && value !== null && problem.row !== 1;
      const key = JSON.stringify(isOfValue ? [code, column, value, fix] : [code, column, problem.row, problem.message]);
      const list = decisions.get(key);
      if (list) list.push(problem);
      else decisions.set(key, [problem]);
    }
    const made = Array.from(decisions, ([key, list]): Decision => {
      const [{ code, column, value, fix, safe, message }] = list as [Problem];
      return { key, code, column, value, fix, safe, says: predicate(message), count: list.reduce((sum, each) => sum + each.count, 0), problems: list };
    });
    return {
      key: label,
      label,
      count: made.reduce((sum, decision) => sum + decision.problems.length, 0),
      hasErrors: problems.some(({ severity }) => severity === "error"),
      decisions: made.sort((one, other) => other.count - one.count),
      rows: [...new Set(problems.flatMap(rowsOf))].sort((one, other) => one - other),
    };
  }

  /** Returns the problems of a row by column. A problem of the row itself has the key `""`. */
  problemsOf(row: number): ReadonlyMap<Column | "", Problem> {
    if (this.#indexed !== this.report) {
      this.#indexed = this.report;
      this.#byRow = new Map();
      for (const problem of this.report.problems) for (const each of rowsOf(problem)) this.#note(each, problem);
    }
    return this.#byRow.get(row) ?? NO_PROBLEMS;
  }

  /** Keeps one problem for each cell. An error replaces a warning. */
  #note(row: number, problem: Problem): void {
    const columns = this.#byRow.get(row) ?? new Map<Column | "", Problem>();
    const column = problem.column ?? "";
    if (columns.get(column)?.severity !== "error") columns.set(column, problem);
    this.#byRow.set(row, columns);
  }

  /** The number of rows that a person left out. */
  get leftOut(): number {
    return [...this.#decided.edits.values()].filter((edit) => edit.column === undefined).length;
  }

  /** The number of cells that a person changed. */
  get edited(): number {
    return this.#decided.edits.size - this.leftOut;
  }

  /** Returns whether a person changed a cell. */
  isEdited(row: number, column: number): boolean {
    return this.#decided.edits.has(`${row}:${column}`);
  }

  /** Every change; the changes that a person made come first. */
  get changes(): readonly Change[] {
    const original = this.#original;
    const byPerson = Array.from(this.#decided.edits.values(), ({ row, column, text }): Change => {
      const index = original?.indexOf(row);
      const from = column === undefined || index === undefined ? null : (original?.cell(index, column) ?? null);
      return { row, column: column === undefined ? null : (COLUMNS[column] ?? null), from, to: text ?? null, byPerson: true };
    });
    const fixed = this.report.fixed.map(({ row, column, value, fix, message }): Change => {
      return { row, column, from: value ?? predicate(message), to: fix, byPerson: false };
    });
    return [...byPerson, ...fixed];
  }

  /** Returns the corrected file with the decisions so far; `null` if its rows cannot be separated with certainty. */
  corrected(): Promise<Uint8Array | null> {
    const { fix, ...reading } = this.#reading();
    return corrected(this.file, reading);
  }

  /** Returns the school's own file as a workbook, with each problem marked on its cell. */
  marked(): Promise<Uint8Array> {
    const { fix, ...reading } = this.#reading();
    return marked(this.file, reading);
  }

  /** Returns the roster. Call it when the report has no errors. */
  roster(): Promise<Roster> {
    return accepted(this.file, this.#reading());
  }
}
