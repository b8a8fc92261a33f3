// Makes student objects (`student`), and has the columns that `toColumns` returns. Node and the browser share this
// file.

import type { Gender, Student } from "./reading.js";

/** The name of the method that Node calls to show a value. */
const INSPECT = Symbol.for("nodejs.util.inspect.custom");

let decoder: TextDecoder | undefined;

/** Decodes bytes in UTF-8. */
function decoded(bytes: Uint8Array): string {
  return (decoder ??= new TextDecoder("utf-8", { ignoreBOM: true })).decode(bytes);
}

/**
 * A column that holds the texts of many rows in one piece of memory.
 *
 * @example
 * const names = (await readCsv("students.csv")).toColumns().fullName;
 * [names.at(0), names.length, names.offsets.length, names.bytes instanceof Uint8Array]; // => ["Zoë Ahmed", 240, 241, true]
 */
export class TextColumn {
  /** The texts in UTF-8, one after another. */
  readonly bytes: Uint8Array;
  /** The offset at which each text begins in `bytes`, and then the offset at which the last text ends. */
  readonly offsets: Uint32Array;

  /** onroll creates columns. Do not create one yourself. */
  constructor(bytes: Uint8Array, offsets: Uint32Array) {
    this.bytes = bytes;
    this.offsets = offsets;
  }

  /** The number of rows. */
  get length(): number {
    return this.offsets.length - 1;
  }

  /** Returns the text of a row; `undefined` if there is no such row. The string is made when you ask for it. */
  at(row: number): string | undefined {
    const [from, to] = [this.offsets[row], this.offsets[row + 1]];
    return from === undefined || to === undefined ? undefined : decoded(this.bytes.subarray(from, to));
  }

  /** @internal */
  [INSPECT](): string {
    return `TextColumn <${this.length} texts>`;
  }
}

/**
 * A column in which many rows share a few distinct texts.
 *
 * @example
 * const years = (await readCsv("students.csv")).toColumns().yearGroup;
 * [years.at(0), years.length, years.values.length, years.codes[0]]; // => ["Reception", 240, 7, 0]
 */
export class DictionaryColumn {
  /** For each row, the index of its text in `values`. */
  readonly codes: Uint32Array;
  /** The distinct texts. */
  readonly values: readonly string[];

  /** onroll creates columns. Do not create one yourself. */
  constructor(codes: Uint32Array, values: readonly string[]) {
    this.codes = codes;
    this.values = values;
  }

  /** The number of rows. */
  get length(): number {
    return this.codes.length;
  }

  /** Returns the text of a row; `undefined` if there is no such row. */
  at(row: number): string | undefined {
    const code = this.codes[row];
    return code === undefined ? undefined : this.values[code];
  }

  /** @internal */
  [INSPECT](): string {
    return `DictionaryColumn <${this.length} rows, ${this.values.length} values>`;
  }
}

/** Many students as columns, without an object for each row. A flag is 1 or 0. */
export interface Columns {
  /** The number of rows. */
  readonly length: number;
  /** The student's full name. */
  readonly fullName: TextColumn;
  /** The username. With SSO, it is an email address. */
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
  /** Whether English is an additional language for the student. */
  readonly eal: Uint8Array;
}

const HIDDEN = { value: () => "Student <hidden>", enumerable: false };

/**
 * Makes a student from these texts, in order: the nine columns, national year, key stage, source id, UPN and UPI. An
 * unknown text is blank.
 */
export function student(cells: readonly string[]): Student {
  const [fullName = "", username = "", yearGroup = "", className = "", gender = "", premium, ethnicity = "", send, eal, year, stage, source, upn, upi] =
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
    upi: upi || null,
  };
  return Object.freeze(Object.defineProperty(made, INSPECT, HIDDEN));
}
