// The class `Roster`, with all its methods.

import { inspect } from "node:util";
import native = require("../../native.js");
import { columns } from "../columns.js";
import { promised, sync } from "../errors.js";
import { rows as each, flag, options as known, indexIn, text, unmade, wrong } from "../input.js";
import { type Destination, write, writeSync } from "../output.js";
import { type ReadOptions, choices } from "../reader/options.js";
import { Report } from "../report.js";
import { parsed, stored } from "../shared/json.js";
import type { SignIn, Student } from "../shared/reading.js";
import { type Columns, student } from "../shared/students.js";
import { uncloneable } from "../uncloneable.js";
import { type Held, heldStudents } from "./held.js";
import { type StudentRow, sent } from "./student-row.js";

/** A roster as JSON, which `Roster.fromJSON` reads. Later versions of onroll may add fields. */
export type RosterJson = Readonly<Record<string, unknown>>;

/**
 * Valid, unique students in one piece of memory. Each student object is made when you ask for it.
 *
 * From Node 22.10, `structuredClone` and `postMessage` refuse rosters. Earlier versions of Node turn rosters into an
 * empty object. Send `roster.toJSON()` instead, and read it with `Roster.fromJSON`.
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
   * `hold`, students with an error are in `held`. Without `hold`, throws RosterError if there is an error.
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
    const all = each(rows, (row, name) => sent(row, name, reading.optionalColumns));
    return Roster.of(sync(() => native.rosterFromRows(JSON.stringify(all), json, flag("hold", hold))));
  }

  /**
   * Reads a roster from the JSON that `toJSON` returned, as a text or an object. Also reads the JSON that onroll writes
   * in Rust and Python.
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

  /** Whether the roster lists only some of the school's students. If so, a missing student is not a leaver. */
  get partial(): boolean {
    return this.#native.partial;
  }

  /** Returns the same students as a partial roster, which lists only some of the school's students. */
  asPartial(): Roster {
    return Roster.of(sync(() => this.#native.asPartial()));
  }

  /** The school's id, if known. A roster from Wonde has Wonde's id. */
  get schoolId(): string | null {
    return this.#native.schoolId;
  }

  /**
   * Returns the same students with the school's id, which can be any id that you use. Accounts and plans that are made
   * from the roster have the same id.
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
   * The headings of the columns in which no student has a value. These columns are absent, not recorded or not
   * permitted. Students have No, NOBT or a blank value in these columns. Plans do not change these fields in the
   * accounts.
   */
  get unrecorded(): readonly string[] {
    return this.#native.unrecorded();
  }

  /** Students whose records have an error. */
  get held(): readonly Held[] {
    return heldStudents(this.#native.held());
  }

  /** Returns the student at an index; `undefined` if there is none. A negative index counts from the end. */
  at(index: number): Student | undefined {
    const at = indexIn(index, this.length);
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
   * Writes a CSV for the school's office that lists the students who were not imported: name, year group, class, reason
   * and source id.
   */
  async writeNotImported(dest: Destination): Promise<void> {
    await write(dest, async () => sync(() => this.#native.notImportedCsv()));
  }

  [inspect.custom](): string {
    return `Roster <${this.length} students, signIn: '${this.signIn}'>`;
  }
}
