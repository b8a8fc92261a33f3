// The class `Roster` of the browser. Each student object is made when you ask for it, by `shared/students.ts` of the
// Node package.

import type { Made } from "./protocol.js";
import { Report } from "./report.js";
import type { Student } from "./shared/reading.js";
import { type Columns, DictionaryColumn, TextColumn, student } from "./shared/students.js";

/**
 * Valid, unique students. Each student object is made when you ask for it, and is like a `Student` of the Node package.
 */
export class Roster implements Iterable<Student> {
  readonly #columns: Columns;
  /** The columns of the national year, the key stage, the source id and the UPN. */
  readonly #more: readonly { at(row: number): string | undefined }[];
  readonly #csv: Uint8Array;
  /** How students sign in. */
  readonly signIn: "password" | "sso";
  /** The report, with the warnings and the fixes that were made. */
  readonly report: Report;
  /** The headings of the optional columns in which no student has a value. */
  readonly unrecorded: readonly string[];

  /** @internal */
  constructor({ columns, csv, signIn, report, unrecorded }: Required<Omit<Made["read"], "message">>) {
    const texts = ({ bytes, offsets }: typeof columns.fullName) => new TextColumn(bytes, offsets);
    const coded = ({ codes, values }: typeof columns.gender) => new DictionaryColumn(codes, values);
    this.#columns = {
      length: columns.fullName.offsets.length - 1,
      fullName: texts(columns.fullName),
      username: texts(columns.username),
      yearGroup: coded(columns.yearGroup),
      className: coded(columns.className),
      gender: coded(columns.gender),
      ethnicity: coded(columns.ethnicity),
      pupilPremium: columns.pupilPremium,
      send: columns.send,
      eal: columns.eal,
    };
    this.#more = [coded(columns.nationalYear), coded(columns.keyStage), texts(columns.sourceId), texts(columns.upn)];
    this.#csv = csv;
    this.signIn = signIn;
    this.report = new Report(report);
    this.unrecorded = unrecorded;
  }

  /** The number of students. */
  get length(): number {
    return this.#columns.length;
  }

  /** Returns the student at an index; `undefined` if there is none. A negative index counts from the end. */
  at(index: number): Student | undefined {
    const at = index < 0 ? this.length + index : index;
    if (!Number.isInteger(at) || at < 0 || at >= this.length) return undefined;
    const { fullName, username, yearGroup, className, gender, ethnicity, pupilPremium, send, eal } = this.#columns;
    const flag = (flags: Uint8Array) => (flags[at] === 1 ? "Yes" : "No");
    const cells = [fullName.at(at), username.at(at), yearGroup.at(at), className.at(at), gender.at(at), flag(pupilPremium), ethnicity.at(at), flag(send), flag(eal)];
    return student([...cells, ...this.#more.map((column) => column.at(at))].map((cell) => cell ?? ""));
  }

  *[Symbol.iterator](): IterableIterator<Student> {
    for (let at = 0; at < this.length; at += 1) yield this.at(at)!;
  }

  /** Returns all students as typed arrays and dictionaries. */
  toColumns(): Columns {
    return { ...this.#columns };
  }

  /** Returns the roster as CSV in the template's format. Send the CSV to your server, and check it there again. */
  csv(): Uint8Array {
    return this.#csv.slice();
  }
}
