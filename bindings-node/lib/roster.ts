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
  signIn,
  text,
  unlessAborted,
  unmade,
  whole,
  wordOf,
  wrong,
} from "./input.js";
import { parsed, stored } from "./json.js";
import { type Destination, destinationSync, write, writeSync } from "./output.js";
import { Report } from "./report.js";
import { uncloneable } from "./uncloneable.js";
import type { Gender, SignIn } from "./values.js";

/** How much a file may hold. Reaching a limit is a problem in the report. */
export interface Limits {
  /** Bytes of the file; 1 GiB by default, and never more than 2 GiB. */
  fileBytes?: number;
  /** Rows that hold something; 20 million by default. */
  rows?: number;
  /** Cells in a row; 256 by default. */
  columns?: number;
  /** Bytes of one cell in UTF-8; 1,000 by default. */
  cellBytes?: number;
  /** Problems listed; 10,000 by default. All are counted. */
  problems?: number;
}

/** How a file is to be checked. */
export interface CheckOptions {
  /** `"password"` by default; with `"sso"` every username must be an email address. */
  signIn?: SignIn;
  /** The columns may stand in any order. */
  anyOrder?: boolean;
  /** Pupil Premium, Ethnicity, SEND and EAL may be absent: they are then No and NOBT, and a plan leaves the accounts what they have. */
  optionalColumns?: boolean;
  /** Only the main ethnicity codes are taken, to which an extended one rolls up. */
  mainCodesOnly?: boolean;
  /** How much the file may hold. */
  limits?: Limits;
  /**
   * How many threads may read a file side by side, each at least a megabyte of it; 0, the default, for as many as
   * there are processors. The result is the same for any number.
   */
  threads?: number;
}

/** How a file is to be read. */
export interface ReadOptions extends CheckOptions {
  /** Apply every safe fix while reading; `roster.report.fixed` lists what was done. */
  fix?: boolean;
}

/** What a reading away from the main thread takes besides. */
export interface Abortable {
  /** Ends the reading half-way, also of a stream that gives nothing. The promise is then rejected with the signal's reason. */
  signal?: AbortSignal;
  /**
   * Called now and then with the bytes read and the bytes there are, and at the end with both the same. It begins anew from 0 for a
   * file that turns out not to be UTF-8. If it throws, or a promise that it returns rejects, the reading ends and rejects with that.
   */
  onProgress?: (done: number, of: number) => unknown;
}

/** One valid row of a roster. */
export interface Student {
  /** The name as it is listed. */
  readonly fullName: string;
  /** The full name or a school id; with SSO, the school email. */
  readonly username: string;
  /** As the school lists it; `nationalYear` reads it. */
  readonly yearGroup: string;
  /** The class, such as `5A`. */
  readonly className: string;
  /** The gender; `null` where the MIS does not say. */
  readonly gender: Gender | null;
  /** Whether the school gets pupil premium for the student. */
  readonly pupilPremium: boolean;
  /** The code; `ethnicity(code)` knows what it stands for. */
  readonly ethnicity: string;
  /** Special educational needs or disability. */
  readonly send: boolean;
  /** English as an additional language. */
  readonly eal: boolean;
  /** The national year group, such as `Year 7`, where what is listed can be read as one. */
  readonly nationalYear: string | null;
  /** Such as `Key Stage 3`. */
  readonly keyStage: string | null;
  /** The id that the school's MIS, or Wonde, gives the student; `null` where it is unknown. A CSV has none. */
  readonly sourceId: string | null;
  /** The unique pupil number; `null` where it is unknown. A CSV has none. */
  readonly upn: string | null;
}

/** A student whose record has an error, and who is left alone until it is mended. */
export interface Held {
  /** Which of the records, from 0. */
  readonly record: number;
  /** The id that the school's MIS, or Wonde, gives the student. */
  readonly sourceId: string | null;
  /** The unique pupil number. */
  readonly upn: string | null;
  /** The student's full name. */
  readonly fullName: string;
  /** The name to sign in with; with SSO, an email address. */
  readonly username: string;
}

/** A text as a database keeps one: whole numbers are their decimal text; `null`, `undefined` and NaN are blank. */
type Text = string | number | bigint | null | undefined;
/** A flag as a database keeps one. */
type Flag = boolean | string | number | bigint | null | undefined;

/**
 * A row of the host's: a student by field names, or by the headings of the template. A `Student` is one, and so is an object of a class
 * that has these fields among others.
 */
export interface StudentRow {
  /** The student's full name. */
  readonly fullName?: Text;
  /** The name to sign in with; with SSO, an email address. */
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
  /** Whether English is an additional language. */
  readonly eal?: Flag;
  /** The id that the school's MIS, or Wonde, gives the student. */
  readonly sourceId?: Text;
  /** The unique pupil number. */
  readonly upn?: Text;
  /** `fullName` by its heading. */
  readonly "Student Full Name"?: Text;
  /** `username` by its heading. */
  readonly Username?: Text;
  /** `yearGroup` by its heading. */
  readonly "Year Group"?: Text;
  /** `className` by its heading. */
  readonly Class?: Text;
  /** `gender` by its heading. */
  readonly Gender?: Text;
  /** `pupilPremium` by its heading. */
  readonly "Pupil Premium"?: Flag;
  /** `ethnicity` by its heading. */
  readonly Ethnicity?: Text;
  /** `send` by its heading. */
  readonly SEND?: Flag;
  /** `eal` by its heading. */
  readonly EAL?: Flag;
}

/** Texts of many rows in one piece of memory. */
export class TextColumn {
  /** The texts one after another, in UTF-8. */
  readonly bytes: Uint8Array;
  /** Where each text begins in `bytes`, and the last ends: one more than there are rows. */
  readonly offsets: Uint32Array;

  /** @internal */
  constructor(bytes: Uint8Array, offsets: Uint32Array) {
    this.bytes = bytes;
    this.offsets = offsets;
  }

  /** How many rows there are. */
  get length(): number {
    return this.offsets.length - 1;
  }

  /** The text of a row, made when it is asked for. */
  at(row: number): string | undefined {
    const [from, to] = [this.offsets[row], this.offsets[row + 1]];
    if (from === undefined || to === undefined) return undefined;
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + from, to - from).toString("utf8");
  }

  [inspect.custom](): string {
    return `TextColumn <${this.length} texts>`;
  }
}

/** Few texts, each for many rows. */
export class DictionaryColumn {
  /** For each row, the place of its text in `values`. */
  readonly codes: Uint32Array;
  /** The texts. */
  readonly values: readonly string[];

  /** @internal */
  constructor(codes: Uint32Array, values: readonly string[]) {
    this.codes = codes;
    this.values = values;
  }

  /** How many rows there are. */
  get length(): number {
    return this.codes.length;
  }

  /** The text of a row; `undefined` outside. */
  at(row: number): string | undefined {
    const code = this.codes[row];
    return code === undefined ? undefined : this.values[code];
  }

  [inspect.custom](): string {
    return `DictionaryColumn <${this.length} rows, ${this.values.length} values>`;
  }
}

/** Many students as columns: no object a row. A flag is 1 or 0. */
export interface Columns {
  /** How many rows there are. */
  readonly length: number;
  /** The student's full name. */
  readonly fullName: TextColumn;
  /** The name to sign in with; with SSO, an email address. */
  readonly username: TextColumn;
  /** The year group as the school writes it, such as `Year 5`. */
  readonly yearGroup: DictionaryColumn;
  /** The class, such as `5A`. */
  readonly className: DictionaryColumn;
  /** The gender. */
  readonly gender: DictionaryColumn;
  /** The ethnicity code of the Department for Education. */
  readonly ethnicity: DictionaryColumn;
  /** Whether the school gets pupil premium for the student. */
  readonly pupilPremium: Uint8Array;
  /** Whether the student has special educational needs or a disability. */
  readonly send: Uint8Array;
  /** Whether English is an additional language. */
  readonly eal: Uint8Array;
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

const HIDDEN = { value: () => "Student <hidden>", enumerable: false };
const HELD = {
  value(this: Held): string {
    return `Held <record ${this.record}>`;
  },
  enumerable: false,
};

/** @internal */
export function student(cells: readonly string[]): Student {
  const [fullName = "", username = "", yearGroup = "", className = "", gender = "", premium, ethnicity = "", send, eal, year, stage, source, upn] =
    cells;
  const made = {
    fullName,
    username,
    yearGroup,
    className,
    gender: gender === "" ? null : (gender as Gender),
    pupilPremium: premium === "Yes",
    ethnicity,
    send: send === "Yes",
    eal: eal === "Yes",
    nationalYear: year || null,
    keyStage: stage || null,
    sourceId: source || null,
    upn: upn || null,
  };
  return Object.freeze(Object.defineProperty(made, inspect.custom, HIDDEN));
}

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
/** The places of Pupil Premium, Ethnicity, SEND and EAL. */
const OPTIONAL = [5, 6, 7, 8];
const FLAGS: readonly string[] = ["pupilPremium", "send", "eal"];

/** A cell of a row as a CSV would have it; `undefined` where the row has no such field. Getters of a class are fields too. */
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
 * Students who are valid and unique, in one piece of memory. Each student is made when asked for.
 *
 * `structuredClone` and `postMessage` refuse it from Node 22.10 on, and make an empty object of it before: send `roster.toJSON()`, and
 * read it with `Roster.fromJSON`.
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
   * Students given as data, by field names or headings, by the same checks as a file. With `hold`, those with an
   * error are held, in `held` and not among the students; else any error throws RosterError.
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
      return { cells, absent, source_id: cell(row, "sourceId", "sourceId", name), upn: cell(row, "upn", "upn", name) };
    });
    return Roster.of(sync(() => native.rosterFromRows(JSON.stringify(sent), json, flag("hold", hold))));
  }

  /** A roster from what `toJSON` gave, as a text or parsed; also from the JSON that Rust and Python write. */
  static fromJSON(json: string | RosterJson): Roster {
    return Roster.of(sync(() => native.rosterFromJson(stored(json))));
  }

  /** How many students there are. */
  get length(): number {
    return this.#native.length;
  }

  /** How students sign in. */
  get signIn(): SignIn {
    return this.#native.signIn as SignIn;
  }

  /** Whether it lists only some of the school's students, so that absence means nothing. */
  get partial(): boolean {
    return this.#native.partial;
  }

  /** The same students as a part of the school's. */
  asPartial(): Roster {
    return Roster.of(sync(() => this.#native.asPartial()));
  }

  /** The id of the school, if it is known: a roster from Wonde has Wonde's. */
  get schoolId(): string | null {
    return this.#native.schoolId;
  }

  /** Returns the same students as those of this school, by any id that you use for it. Accounts and plans made of the roster carry it. */
  withSchoolId(schoolId: string): Roster {
    const id = text("schoolId", schoolId);
    return Roster.of(sync(() => this.#native.withSchoolId(id)));
  }

  /** The warnings, and the fixes made. */
  get report(): Report {
    return (this.#report ??= Report.of(this.#native.report()));
  }

  /**
   * The headings of the optional columns of which nothing is said for anybody: absent, not recorded or not permitted.
   * They are No and NOBT here, and a plan leaves the accounts what they have.
   */
  get unrecorded(): readonly string[] {
    return this.#native.unrecorded();
  }

  /** Students whose records have an error. */
  get held(): readonly Held[] {
    const held = JSON.parse(this.#native.held()) as Held[];
    return held.map((each) => Object.defineProperty(each, inspect.custom, HELD));
  }

  /** The student at a place, from the end if it is negative; `undefined` outside. */
  at(index: number): Student | undefined {
    const at = place(index, this.length);
    const cells = at === undefined ? null : this.#native.at(at);
    return cells === null ? undefined : student(cells);
  }

  *[Symbol.iterator](): IterableIterator<Student> {
    for (let at = 0; at < this.length; at += 1) yield this.at(at)!;
  }

  /** All students as typed arrays and dictionaries. */
  toColumns(): Columns {
    return columns(sync(() => this.#native.columns()));
  }

  /** The roster as an object to be kept, with all its cells and its whole report; for small ones, as it is an object a row. */
  toJSON(): RosterJson {
    return parsed<RosterJson>(this.#native.json());
  }

  /** Writes the roster as CSV in the format of the template, for its owner alone to read (mode 600). */
  async writeCsv(dest: Destination): Promise<void> {
    await write(dest, () => promised<Uint8Array>(() => this.#native.csv()));
  }

  /** `writeCsv` at once. */
  writeCsvSync(dest: string | URL): void {
    writeSync(dest, sync(() => this.#native.csvSync()));
  }

  [inspect.custom](): string {
    return `Roster <${this.length} students, signIn: '${this.signIn}'>`;
  }
}

/** A roster as JSON. What is in it is for `Roster.fromJSON`, and may grow. */
export type RosterJson = Readonly<Record<string, unknown>>;

const LIMITS = ["fileBytes", "rows", "columns", "cellBytes", "problems"] as const;
const CHECKS = ["signIn", "fix", "anyOrder", "optionalColumns", "mainCodesOnly", "limits", "threads"];

/** The choices of a reading, checked, as Rust is told them. */
function choices(options: Partial<ReadOptions>): { json: string; most: number } {
  const limits: Record<string, number> = {};
  const given = known<Limits>("limits", options.limits, LIMITS);
  for (const name of LIMITS) {
    const limit = given[name];
    if (limit !== undefined) limits[name] = whole(`limits.${name}`, limit);
  }
  const told = {
    signIn: options.signIn === undefined ? "password" : signIn(options.signIn),
    threads: options.threads === undefined ? 0 : whole("threads", options.threads),
    limits,
    ...Object.fromEntries(
      (["fix", "anyOrder", "optionalColumns", "mainCodesOnly"] as const)
        .filter((name) => options[name] !== undefined)
        .map((name) => [name, flag(name, options[name])]),
    ),
  };
  return { json: JSON.stringify(told), most: limits["fileBytes"] ?? 2 ** 30 };
}

/** Reads with what ends it and tells of it. */
async function watched<T>(
  name: string,
  source: Source,
  options: (ReadOptions & Abortable) | undefined,
  except: readonly string[],
  run: (path: string | undefined, bytes: Uint8Array | undefined, json: string, watch: native.Watch) => Promise<unknown>,
): Promise<T> {
  const allowed = [...CHECKS, "signal", "onProgress"].filter((option) => !except.includes(option));
  const { signal, onProgress, ...reading } = known(name, options, allowed);
  const outer = abortable(signal);
  callable("onProgress", onProgress);
  const { json, most } = choices(reading);

  // Ended by the signal, or by an error of `onProgress`.
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
      // A roster that is refused was read to its end, too.
      if (!ending.signal.aborted) await tell(watch.of, watch.of);
    }
    if (ending.signal.aborted) throw ending.signal.reason;
    return made;
  } finally {
    outer?.removeEventListener("abort", end);
  }
}

/**
 * Reads a school's CSV to a Roster, away from the main thread. Bytes must not be changed before it is done.
 *
 * Rejects with RosterError, with the report, if an error stands; and with an error of the system, as `fs` gives one,
 * if the file cannot be read.
 */
export async function readCsv(source: Source, options?: ReadOptions & Abortable): Promise<Roster> {
  const run = native.readCsv as (...given: unknown[]) => Promise<unknown>;
  return Roster.of(await watched<native.Roster>("readCsv", source, options, [], run));
}

/** `readCsv` at once. */
export function readCsvSync(source: SyncSource, options?: ReadOptions): Roster {
  const { json } = choices(known("readCsvSync", options, CHECKS));
  const { path, bytes } = givenSync("source", source);
  return Roster.of(sync(() => native.readCsvSync(path, bytes, json), { path }));
}

/** The report on a school's CSV, whatever it holds: bad data is no error here. */
export async function checkCsv(source: Source, options?: ReadOptions & Abortable): Promise<Report> {
  const run = native.checkCsv as (...given: unknown[]) => Promise<unknown>;
  return Report.of(await watched<native.Report>("checkCsv", source, options, [], run));
}

/** `checkCsv` at once. */
export function checkCsvSync(source: SyncSource, options?: ReadOptions): Report {
  const { json } = choices(known("checkCsvSync", options, CHECKS));
  const { path, bytes } = givenSync("source", source);
  return Report.of(sync(() => native.checkCsvSync(path, bytes, json), { path }));
}

/** A corrected file that was not written yet. */
export interface FixedCsv {
  /** What was done, and what is left. */
  readonly report: Report;
  /** The corrected file; `null` where the rows cannot be told apart with certainty: `report.correctable` is then false. */
  readonly bytes: Buffer | null;
}

/**
 * Makes every safe fix, and leaves all else as it was.
 *
 * With `dest`, writes the corrected file for its owner alone to read (mode 600), and returns the report of what was done and what is
 * left. Nothing is written where the rows cannot be told apart with certainty: `report.correctable` is then false. `dest` may be the
 * path of the source. Without `dest`, returns the report and the bytes; for options, pass `undefined` in its place.
 */
export async function fixCsv(source: Source, dest?: undefined, options?: CheckOptions & Abortable): Promise<FixedCsv>;
/** Makes every safe fix, writes the corrected file, and returns the report. */
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

/** `fixCsv` at once. */
export function fixCsvSync(source: SyncSource, dest?: undefined, options?: CheckOptions): FixedCsv;
/** `fixCsv` to a path, at once. */
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
