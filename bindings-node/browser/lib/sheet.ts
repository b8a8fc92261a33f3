// A file as a person sees and corrects it: for the element.

import type { Abortable, ReadOptions } from "./shared/reading.js";
import { ask } from "./client.js";
import { type Edit, type Mapped, type Source, abortable, choices, source as given } from "./options.js";
import type { Made } from "./protocol.js";
import { RosterError } from "./refused.js";
import { Report } from "./report.js";
import { Roster } from "./roster.js";

export { prepare } from "./client.js";
export type { Edit } from "./options.js";

/** How a file is read, with what a person typed. */
export type EditedOptions = ReadOptions & Mapped & Abortable & { readonly edits?: readonly Edit[] };

const decoder = new TextDecoder();
const CELLS = 9;

/** The rows of a file as they stand; a cell is made when it is asked for. */
export class Sheet {
  readonly #made: Made["sheet"];
  #byNumber: Map<number, number> | undefined;

  constructor(made: Made["sheet"]) {
    this.#made = made;
  }

  /** How many rows there are. */
  get length(): number {
    return this.#made.numbers.length;
  }

  /** The row of a place as a spreadsheet numbers it. */
  number(place: number): number {
    return this.#made.numbers[place] ?? 0;
  }

  /** Whether each cell of a row stands under its heading. */
  isWhole(place: number): boolean {
    return this.#made.whole[place] === 1;
  }

  /** The place of a row, if it is there. */
  place(number: number): number | undefined {
    this.#byNumber ??= new Map(Array.from(this.#made.numbers, (row, place) => [row, place]));
    return this.#byNumber.get(number);
  }

  /** A cell, by the place of its row and of its column. */
  cell(place: number, column: number): string {
    const { ends, text } = this.#made;
    const at = place * CELLS + column;
    return decoder.decode(text.subarray(ends[at], ends[at + 1]));
  }
}

/** The report on a file, and its rows. */
export async function openSheet(source: Source, options: EditedOptions): Promise<{ report: Report; sheet: Sheet }> {
  const made = await ask("sheet", given(source), choices("openSheet", options, []), abortable(options));
  return { report: new Report(made.report), sheet: new Sheet(made) };
}

/** The corrected file as it stands, if there can be one. */
export async function corrected(source: Source, options: EditedOptions): Promise<Uint8Array | null> {
  return (await ask("fix", given(source), choices("corrected", options, []), abortable(options))).bytes;
}

/** The school's own file as a marked workbook, with what was typed. */
export async function marked(source: Source, options: EditedOptions): Promise<Uint8Array> {
  return (await ask("mark", given(source), choices("marked", options, []), abortable(options))).bytes;
}

/** The roster of a file with what was typed. */
export async function accepted(source: Source, options: EditedOptions): Promise<Roster> {
  const { columns, signIn, unrecorded, csv, report, message } = await ask("read", given(source), choices("accepted", options, []), abortable(options));
  if (columns && signIn && unrecorded && csv) return new Roster({ columns, signIn, unrecorded, csv, report });
  throw new RosterError(message ?? "the roster was refused", new Report(report));
}
