// Rosters: reading, checking and fixing, and the students in them.

import { inspect } from "node:util";
import * as native from "../native.js";
import { promised, sync } from "./errors.js";
import { aborted } from "./failure.js";
import {
  type Source,
  type SyncSource,
  abortable,
  callable,
  rows as each,
  flag,
  flagOf,
  gathered,
  givenSync,
  invalid,
  options as known,
  place,
  text,
  unlessAborted,
  unmade,
  wordOf,
  wrong,
} from "./input.js";
import { parsed, stored } from "./shared/json.js";
import { Detected, Mapping, type MappingJson, type Target } from "./mapping.js";
import { type Destination, destinationSync, write, writeSync } from "./output.js";
import { CHECKS as SHARED_CHECKS, NOT_DETECTED, chosen } from "./shared/choices.js";
import type { Abortable, CheckOptions as PlainCheckOptions, EthnicityEntry, Limits, SignIn, Student } from "./shared/reading.js";
import { type Columns, DictionaryColumn, TextColumn, student } from "./shared/students.js";
import { PupilPremium } from "./premium.js";
import { type Marks, Report } from "./report.js";
import { uncloneable } from "./uncloneable.js";

export type { Abortable, EthnicityEntry, Limits, Student } from "./shared/reading.js";
export { type Columns, DictionaryColumn, TextColumn, student } from "./shared/students.js";

/** The options for checking a file. */
export interface CheckOptions extends PlainCheckOptions {
  /** The mapping for a school's own export. Its columns become the template's columns. */
  mapping?: Mapping;
  /** The list of pupils with pupil premium. It fills the Pupil Premium column by UPN. Pass it only with a mapping. */
  pupilPremium?: PupilPremium;
}

/** The options for reading a file. */
export interface ReadOptions extends CheckOptions {
  /** Applies every safe fix while reading. `roster.report.fixed` lists the fixes. */
  fix?: boolean;
}

/** A student whose record has an error. The account stays unchanged until the record is corrected. */
export interface Held {
  /** The index of the record, from 0. */
  readonly record: number;
  /** The student's id in the school's MIS or in Wonde. */
  readonly sourceId: string | null;
  /** The unique pupil number. */
  readonly upn: string | null;
  /** The student's full name. */
  readonly fullName: string;
  /** The username. With SSO, it is an email address. */
  readonly username: string;
  /** The year group in the record; `""` if blank. */
  readonly yearGroup: string;
  /** The class in the record; `""` if blank. */
  readonly className: string;
  /**
   * The reasons why the student is held, in sentences that a school's office can act on in the MIS. They contain no
   * personal data.
   */
  readonly reasons: readonly string[];
}

/** A text as databases store it. Whole numbers become their decimal text; `null`, `undefined` and NaN are blank. */
type Text = string | number | bigint | null | undefined;
/** A flag as databases store it. */
type Flag = boolean | string | number | bigint | null | undefined;

/**
 * A student as one of your own rows. Its keys are field names or the template's headings. A `Student` works, and so
 * does an instance of your own class with these fields.
 */
export interface StudentRow {
  /** The student's full name. */
  readonly fullName?: Text;
  /** The username. With SSO, it is an email address. */
  readonly username?: Text;
  /** The year group as the school writes it, such as `Year 5`. */
  readonly yearGroup?: Text;
  /** The class, such as `5A`. */
  readonly className?: Text;
  /** The gender. */
  readonly gender?: Text;
  /** Whether the school gets pupil premium for the student. */
  readonly pupilPremium?: Flag;
  /** The ethnicity code of the Department for Education. */
  readonly ethnicity?: Text;
  /** Whether the student has special educational needs or a disability. */
  readonly send?: Flag;
  /** Whether English is an additional language for the student. */
  readonly eal?: Flag;
  /** The student's id in the school's MIS or in Wonde. */
  readonly sourceId?: Text;
  /** The unique pupil number. */
  readonly upn?: Text;
  /** Wonde's id for the person. It stays the same when a student enrols again under another source id. */
  readonly upi?: Text;
  /** The same as `fullName`, under its heading. */
  readonly "Student Full Name"?: Text;
  /** The same as `username`, under its heading. */
  readonly Username?: Text;
  /** The same as `yearGroup`, under its heading. */
  readonly "Year Group"?: Text;
  /** The same as `className`, under its heading. */
  readonly Class?: Text;
  /** The same as `gender`, under its heading. */
  readonly Gender?: Text;
  /** The same as `pupilPremium`, under its heading. */
  readonly "Pupil Premium"?: Flag;
  /** The same as `ethnicity`, under its heading. */
  readonly Ethnicity?: Text;
  /** The same as `send`, under its heading. */
  readonly SEND?: Flag;
  /** The same as `eal`, under its heading. */
  readonly EAL?: Flag;
}

/** @internal */
export function columns(made: native.Columns): Columns {
  const texts = (place: number) => new TextColumn(made.takeBytes(place)!, made.takeOffsets(place)!);
  const coded = (place: number) => new DictionaryColumn(made.takeCodes(place)!, made.takeValues(place)!);
  const flags = (place: number) => made.takeFlags(place)!;
  const fullName = texts(0);
  return {
    length: fullName.length,
    fullName,
    username: texts(1),
    yearGroup: coded(0),
    className: coded(1),
    gender: coded(2),
    ethnicity: coded(3),
    pupilPremium: flags(0),
    send: flags(1),
    eal: flags(2),
  };
}

const HELD = {
  value(this: Held): string {
    return `Held <record ${this.record}>`;
  },
  enumerable: false,
};

const FIELDS = [
  ["fullName", "Student Full Name"],
  ["username", "Username"],
  ["yearGroup", "Year Group"],
  ["className", "Class"],
  ["gender", "Gender"],
  ["pupilPremium", "Pupil Premium"],
  ["ethnicity", "Ethnicity"],
  ["send", "SEND"],
  ["eal", "EAL"],
] as const;
/** The indexes of Pupil Premium, Ethnicity, SEND and EAL in `FIELDS`. */
const OPTIONAL = [5, 6, 7, 8];
const FLAGS: readonly string[] = ["pupilPremium", "send", "eal"];

/**
 * Returns a row's value as the text that a CSV would have; `undefined` if the row has no such field. Getters of a class
 * count as fields.
 */
function cell(row: object, field: string, heading: string, name: string): string | undefined {
  const found = field in row ? field : heading;
  if (!(found in row)) return undefined;
  const value = (row as Record<string, unknown>)[found];
  if (!FLAGS.includes(field)) return wordOf(`${name}.${found}`, value);
  const said = flagOf(value);
  if (said !== undefined) return said ? "Yes" : "No";
  if (typeof value === "string") return value;
  if (value === null || value === undefined || Number.isNaN(value)) return "";
  throw wrong(`${name}.${found}`, "a boolean, 'Yes' or 'No'", value);
}

/**
 * Valid, unique students in one piece of memory. Each student object is made when you ask for it.
 *
 * From Node 22.10, `structuredClone` and `postMessage` refuse rosters. Earlier versions turn them into an empty object.
 * Send `roster.toJSON()`, and read it with `Roster.fromJSON`.
 *
 * @example
 * const roster = (await readCsv("students.csv")).withSchoolId("A1329183376");
 * [roster.length, roster.at(0).fullName, roster.signIn, roster.schoolId]; // => [240, "Zoë Ahmed", "password", "A1329183376"]
 * [...roster].filter((student) => student.yearGroup === "Year 6").length; // => 60
 * [roster.report.ok, roster.held, roster.unrecorded, roster.partial]; // => [true, [], [], false]
 * roster.asPartial().partial; // => true
 * await roster.writeCsv("roster.csv"); // or roster.writeCsvSync("roster.csv")
 * roster.toColumns().className.at(0); // => "Acorns"
 * Roster.fromJSON(JSON.stringify(roster)).length; // => 240
 * const rows = [{ fullName: "Amy Lee", username: "Amy Lee", yearGroup: "Year 5", className: "5A", gender: "Female",
 *   pupilPremium: false, ethnicity: "WBRI", send: false, eal: false }];
 * Roster.fromRows(rows).at(0).className; // => "5A"
 * roster.notImportedText(); // => ""
 * await roster.writeNotImported("not-imported.csv"); // for the office
 */
export class Roster implements Iterable<Student> {
  readonly #native: native.Roster;
  #report: Report | undefined;

  private constructor(made: native.Roster) {
    if (!(made instanceof native.Roster)) throw unmade("Roster", "readCsv, Roster.fromRows or Roster.fromJSON");
    this.#native = made;
    uncloneable(this);
  }

  /** @internal */
  static of(made: native.Roster): Roster {
    return new Roster(made);
  }

  /** @internal */
  static native(roster: unknown): native.Roster {
    if (!(roster instanceof Roster)) throw wrong("roster", "a Roster", roster);
    return roster.#native;
  }

  /**
   * Reads students from your own rows, with the same checks as for a file. Keys are field names or headings. With
   * `hold`, students with an error are in `held`. Without it, any error throws RosterError.
   */
  static fromRows(
    rows: Iterable<StudentRow>,
    options?: Omit<ReadOptions, "anyOrder" | "threads"> & { hold?: boolean },
  ): Roster {
    const { hold = false, ...reading } = known("Roster.fromRows", options, [
      "signIn",
      "fix",
      "optionalColumns",
      "mainCodesOnly",
      "ethnicities",
      "limits",
      "hold",
    ]);
    const { json } = choices(reading);
    const sent = each(rows, (row, name) => {
      const absent: number[] = [];
      const cells = FIELDS.map(([field, heading], column) => {
        const found = cell(row, field, heading, name);
        if (found === undefined && reading.optionalColumns && OPTIONAL.includes(column)) {
          absent.push(column);
          return "";
        }
        if (found === undefined) throw invalid(`${name} has no '${field}' and no '${heading}'`);
        return found;
      });
      return { cells, absent, source_id: cell(row, "sourceId", "sourceId", name), upn: cell(row, "upn", "upn", name), upi: cell(row, "upi", "upi", name) };
    });
    return Roster.of(sync(() => native.rosterFromRows(JSON.stringify(sent), json, flag("hold", hold))));
  }

  /**
   * Reads a roster from the JSON that `toJSON` returned, as a text or an object. Also reads the JSON of Rust and
   * Python.
   */
  static fromJSON(json: string | RosterJson): Roster {
    return Roster.of(sync(() => native.rosterFromJson(stored(json))));
  }

  /** The number of students. */
  get length(): number {
    return this.#native.length;
  }

  /** How students sign in. */
  get signIn(): SignIn {
    return this.#native.signIn as SignIn;
  }

  /** Whether the roster lists only some of the school's students, so that a missing student is not a leaver. */
  get partial(): boolean {
    return this.#native.partial;
  }

  /** Returns a roster of the same students that is marked as listing only some of the school's students. */
  asPartial(): Roster {
    return Roster.of(sync(() => this.#native.asPartial()));
  }

  /** The school's id, if known. A roster from Wonde has Wonde's id. */
  get schoolId(): string | null {
    return this.#native.schoolId;
  }

  /**
   * Returns the same students with the school's id, which can be any id that you use. Accounts and plans made from the
   * roster carry it.
   */
  withSchoolId(schoolId: string): Roster {
    const id = text("schoolId", schoolId);
    return Roster.of(sync(() => this.#native.withSchoolId(id)));
  }

  /** The report, with the warnings and the fixes that were made. */
  get report(): Report {
    return (this.#report ??= Report.of(this.#native.report()));
  }

  /**
   * The headings of the optional columns in which no student has a value. The columns are absent, not recorded or not
   * permitted. Students have No or NOBT in them, and a plan does not change these fields in the accounts.
   */
  get unrecorded(): readonly string[] {
    return this.#native.unrecorded();
  }

  /** Students whose records have an error. */
  get held(): readonly Held[] {
    const held = JSON.parse(this.#native.held()) as Held[];
    return held.map((each) => Object.defineProperty(each, inspect.custom, HELD));
  }

  /** Returns the student at an index; `undefined` if there is none. A negative index counts from the end. */
  at(index: number): Student | undefined {
    const at = place(index, this.length);
    const cells = at === undefined ? null : this.#native.at(at);
    return cells === null ? undefined : student(cells);
  }

  *[Symbol.iterator](): IterableIterator<Student> {
    for (let at = 0; at < this.length; at += 1) yield this.at(at)!;
  }

  /** Returns all students as typed arrays and dictionaries. */
  toColumns(): Columns {
    return columns(sync(() => this.#native.columns()));
  }

  /**
   * Returns the roster as a plain object, with all values and the whole report. Use it for small rosters, because each
   * row becomes an object.
   */
  toJSON(): RosterJson {
    return parsed<RosterJson>(this.#native.json());
  }

  /** Writes the roster as CSV in the template's format, to a file that only its owner can read (mode 600). */
  async writeCsv(dest: Destination): Promise<void> {
    await write(dest, () => promised<Uint8Array>(() => this.#native.csv()));
  }

  /** Does the same as `writeCsv`, synchronously. */
  writeCsvSync(dest: string | URL): void {
    writeSync(dest, sync(() => this.#native.csvSync()));
  }

  /**
   * Returns a text for the school's office about the students who were not imported: name, class, and what to correct
   * in the MIS. The text is `""` if everyone was imported. It contains names.
   */
  notImportedText(): string {
    return this.#native.notImportedText();
  }

  /**
   * Writes the students who were not imported as CSV for the school's office: name, year group, class, reason and
   * source id.
   */
  async writeNotImported(dest: Destination): Promise<void> {
    await write(dest, async () => sync(() => this.#native.notImportedCsv()));
  }

  [inspect.custom](): string {
    return `Roster <${this.length} students, signIn: '${this.signIn}'>`;
  }
}

/** A roster as JSON. The content is for `Roster.fromJSON`, and later versions may add to it. */
export type RosterJson = Readonly<Record<string, unknown>>;

/** The options of a check: the options that the browser has too, and `pupilPremium`. */
const CHECKS = [...SHARED_CHECKS, "pupilPremium"];

/** Checks the options of a reading, and returns them in the form that Rust takes. */
function choices(options: Partial<ReadOptions> & { namesFrom?: "preferred" | "legal" }): { json: string; most: number } {
  const told = chosen(options, mappingJson);
  const pupilPremium = options.pupilPremium === undefined ? undefined : premiumOf(options.pupilPremium, options.mapping);
  return { json: JSON.stringify({ threads: 0, ...told, pupilPremium }), most: told.limits["fileBytes"] ?? 2 ** 30 };
}

function mappingJson(mapping: unknown): MappingJson {
  if (!(mapping instanceof Mapping)) throw wrong("mapping", "a Mapping", mapping);
  return mapping.toJSON();
}

function premiumOf(list: unknown, mapping: unknown): unknown {
  if (!(list instanceof PupilPremium)) throw wrong("pupilPremium", "a PupilPremium", list);
  if (mapping !== undefined) return list.toJSON();
  throw invalid("pupilPremium needs a mapping that names the column of UPNs; add mapping: (await detect(source)).mapping");
}

/** Runs a reading that `signal` can end, and reports its progress to `onProgress`. */
async function watched<T>(
  name: string,
  source: Source,
  options: (ReadOptions & Abortable) | undefined,
  except: readonly string[],
  run: (path: string | undefined, bytes: Uint8Array | undefined, json: string, watch: native.Watch) => Promise<unknown>,
  besides: readonly string[] = [],
): Promise<T> {
  const allowed = [...CHECKS, "signal", "onProgress", ...besides].filter((option) => !except.includes(option));
  const { signal, onProgress, ...reading } = known(name, options, allowed);
  const outer = abortable(signal);
  callable("onProgress", onProgress);
  const { json, most } = choices(reading);

  // Aborted by the signal, or by an error in `onProgress`.
  const ending = new AbortController();
  const watch = new native.Watch();
  ending.signal.addEventListener("abort", () => watch.end());
  const end = () => ending.abort(aborted(outer));
  outer?.addEventListener("abort", end);
  const tell = async (done: number, of: number): Promise<void> => {
    try {
      if (of > 0) await onProgress?.(done, of);
    } catch (error) {
      ending.abort(error);
    }
  };
  let timer: NodeJS.Timeout | undefined;
  try {
    const { path, bytes } = await gathered("source", source, most, ending.signal);
    timer = onProgress && setInterval(() => void tell(watch.done, watch.of), 100);
    const work = promised<T>(() => run(path, bytes, json, watch), { path, signal: ending.signal });
    let made: T;
    try {
      made = await unlessAborted(work, ending.signal);
    } finally {
      clearInterval(timer);
      // A refused roster was read to its end too, so report full progress.
      if (!ending.signal.aborted) await tell(watch.of, watch.of);
    }
    if (ending.signal.aborted) throw ending.signal.reason;
    return made;
  } finally {
    outer?.removeEventListener("abort", end);
  }
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
  const run = native.readCsv as (...given: unknown[]) => Promise<unknown>;
  try {
    return Roster.of(await watched<native.Roster>("readCsv", source, options, [], run));
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

/**
 * Checks a school's CSV, and returns the report. Wrong data does not make it reject.
 *
 * @example
 * const report = await checkCsv("uploaded.csv");
 * report.ok; // => false
 * report.problems[0].message; // => "the file: the columns are separated by semicolons; save the file as 'CSV UTF-8 (Comma delimited)'"
 */
export async function checkCsv(source: Source, options?: ReadOptions & Abortable): Promise<Report> {
  const run = native.checkCsv as (...given: unknown[]) => Promise<unknown>;
  return Report.of(await watched<native.Report>("checkCsv", source, options, [], run), marks(options));
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
 * With `dest`, writes the corrected file so that only its owner can read it (mode 600), and returns a report with the
 * fixes made and the remaining problems. If the rows cannot be separated with certainty, nothing is written, and
 * `report.correctable` is false. `dest` may be the path of the source. Without `dest`, returns the report and the
 * bytes. To pass options without `dest`, pass `undefined` as `dest`.
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
  const run = native.fixCsv as (...given: unknown[]) => Promise<unknown>;
  const make = async (): Promise<FixedCsv> => {
    const fixed = await watched<native.Fixed>("fixCsv", source, options, ["fix", "threads"], run);
    return { report: Report.of(fixed.report()), bytes: fixed.takeBytes() };
  };
  if (dest === undefined) return make();
  let report: Report | undefined;
  await write(dest, async () => {
    const made = await make();
    report = made.report;
    return made.bytes;
  });
  return report!;
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
  const { json } = choices(known("fixCsvSync", options, CHECKS.filter((name) => name !== "fix" && name !== "threads")));
  const { path, bytes: given } = givenSync("source", source);
  const to = dest === undefined ? undefined : destinationSync(dest);
  const fixed = sync(() => native.fixCsvSync(path, given, json), { path });
  const [bytes, report] = [fixed.takeBytes(), Report.of(fixed.report())];
  if (to === undefined) return { report, bytes };
  if (bytes) writeSync(to, bytes);
  return report;
}

/** A marked workbook that is not written yet. */
export interface MarkedWorkbook {
  /** The report, with the fixes that were made and the remaining problems. */
  readonly report: Report;
  /** The workbook. */
  readonly bytes: Buffer;
}

/** Returns a function that reads a file again with the same options, and marks its problems. */
function marks(options: (ReadOptions & Abortable) | undefined): Marks {
  const { signal: _, onProgress: __, fix: ___, threads: ____, ...reading } = options ?? {};
  return async (source) => {
    const run = native.markCsv as (...given: unknown[]) => Promise<unknown>;
    const made = await watched<native.Fixed>("writeWorkbook", source, reading, ["fix", "threads"], run);
    return { report: made.report(), bytes: made.takeBytes() };
  };
}

/** Returns the error for a refused file, with a report that can write a marked workbook. */
function marking(error: unknown, options: (ReadOptions & Abortable) | undefined): unknown {
  const report = (error as { report?: unknown } | null)?.report;
  if (report instanceof Report) Report.markedBy(report, marks(options));
  return error;
}

/**
 * Makes an Excel workbook of the school's own file, for the person who must correct it. Each problem is a note on its
 * cell. Safe fixes are applied and coloured. Coded columns get drop-downs, and a sheet lists all problems with links.
 * All columns of the school's file are kept, but not the file's formats and formulas.
 *
 * With `dest`, writes the workbook so that only its owner can read it (mode 600), and returns the report. Without it,
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
  const run = native.markCsv as (...given: unknown[]) => Promise<unknown>;
  const make = async (): Promise<MarkedWorkbook> => {
    const marked = await watched<native.Fixed>("markCsv", source, options, ["fix", "threads"], run);
    return { report: Report.of(marked.report(), marks(options)), bytes: marked.takeBytes()! };
  };
  if (dest === undefined) return make();
  let report: Report | undefined;
  await write(dest, async () => {
    const made = await make();
    report = made.report;
    return made.bytes;
  });
  return report!;
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
  const { json } = choices(known("markCsvSync", options, CHECKS.filter((name) => name !== "fix" && name !== "threads")));
  const { path, bytes: given } = givenSync("source", source);
  const to = dest === undefined ? undefined : destinationSync(dest);
  const marked = sync(() => native.markCsvSync(path, given, json), { path });
  const [bytes, report] = [marked.takeBytes()!, Report.of(marked.report(), marks(options))];
  if (to === undefined) return { report, bytes };
  writeSync(to, bytes);
  return report;
}
/** The options for detecting columns. */
export interface DetectOptions {
  /** How students sign in. The default is `"password"`. With `"sso"`, the username is the email address. */
  signIn?: SignIn;
  /** The name of a workbook's sheet. Pass it to answer the question `"which-sheet"`. */
  sheet?: string;
  /** A stored mapping. The result says whether it fits the file, and what differs. */
  mapping?: Mapping;
  /** Which names to use if a file has both: `"preferred"` or `"legal"`. The default is `"preferred"`. */
  namesFrom?: "preferred" | "legal";
  /** Additional headings to recognise, each with its target. */
  vocabulary?: Readonly<Record<string, Target>>;
  /** More ethnicity codes and words, in addition to those of the Department for Education. */
  ethnicities?: readonly EthnicityEntry[];
  /** Limits for the file. */
  limits?: Limits;
}

/**
 * Detects which column of a school's own export holds which field, and how certain each decision is.
 *
 * Rejects with RosterError if the file is not text, and with the system's error if it cannot be read.
 *
 * @example
 * const detected = await detect("export.csv");
 * if (detected.certain) {
 *   const roster = await readCsv("export.csv", { mapping: detected.mapping, fix: true });
 *   roster.length; // => 240
 * }
 */
export async function detect(source: Source, options?: DetectOptions & Abortable): Promise<Detected> {
  const run = native.detect as (...given: unknown[]) => Promise<unknown>;
  return new Detected(await watched<native.Detected>("detect", source, options, [...NOT_DETECTED, "pupilPremium"], run, ["namesFrom"]));
}
