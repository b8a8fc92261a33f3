// The rows of a file as a person sees and corrects them in the element (`Sheet`), and the functions that read a file
// with edits.

import type { Abortable, ReadOptions } from "./shared/reading.js";
import { ask } from "./client.js";
import { type Edit, type Mapped, type Source, abortable, choices, source as given } from "./options.js";
import type { Made } from "./protocol.js";
import { RosterError } from "./refused.js";
import { Report } from "./report.js";
import { Roster } from "./roster.js";

export { prepare } from "./client.js";
export type { Edit } from "./options.js";

/** The options for reading a file, with the edits of a person. */
export type EditedOptions = ReadOptions & Mapped & Abortable & { readonly edits?: readonly Edit[] };

const decoder = new TextDecoder();
const CELLS = 9;

/** The rows of a file, with fixes and edits applied. The text of a cell is made when you ask for it. */
export class Sheet {
  readonly #made: Made["sheet"];
  #byNumber: Map<number, number> | undefined;

  constructor(made: Made["sheet"]) {
    this.#made = made;
  }

  /** The number of rows. */
  get length(): number {
    return this.#made.numbers.length;
  }

  /** Returns the number, as in a spreadsheet, of the row at an index. */
  number(index: number): number {
    return this.#made.numbers[index] ?? 0;
  }

  /** Returns whether each cell of a row is under its heading. */
  isWhole(index: number): boolean {
    return this.#made.whole[index] === 1;
  }

  /** Returns the index of a row with this number; `undefined` if there is none. */
  indexOf(number: number): number | undefined {
    this.#byNumber ??= new Map(Array.from(this.#made.numbers, (row, index) => [row, index]));
    return this.#byNumber.get(number);
  }

  /** Returns the text of a cell, by the indexes of its row and its column. */
  cell(index: number, column: number): string {
    const { ends, text } = this.#made;
    const at = index * CELLS + column;
    return decoder.decode(text.subarray(ends[at], ends[at + 1]));
  }
}

/** Reads the report on a file, and its rows. */
export async function openSheet(source: Source, options: EditedOptions): Promise<{ report: Report; sheet: Sheet }> {
  const made = await ask("sheet", given(source), choices("openSheet", options, []), abortable(options));
  return { report: new Report(made.report), sheet: new Sheet(made) };
}

/** Returns the file with fixes and edits; `null` if the rows cannot be separated with certainty. */
export async function corrected(source: Source, options: EditedOptions): Promise<Uint8Array | null> {
  return (await ask("fix", given(source), choices("corrected", options, []), abortable(options))).bytes;
}

/** Returns the school's own file as a marked workbook, with the edits of a person. */
export async function marked(source: Source, options: EditedOptions): Promise<Uint8Array> {
  return (await ask("mark", given(source), choices("marked", options, []), abortable(options))).bytes;
}

/** Returns the roster of a file, with the edits of a person. */
export async function accepted(source: Source, options: EditedOptions): Promise<Roster> {
  const { columns, signIn, unrecorded, csv, report, message } = await ask("read", given(source), choices("accepted", options, []), abortable(options));
  if (columns && signIn && unrecorded && csv) return new Roster({ columns, signIn, unrecorded, csv, report });
  throw new RosterError(message ?? "the roster was refused", new Report(report));
}
