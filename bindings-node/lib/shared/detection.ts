// The properties and types of mappings and of the result of `detect`, with the list of targets (`TARGETS`). Node and
// the browser share this file.

import { options as known, text, texts, wrong } from "./argument.js";

/** Every target, in template order. */
export const TARGETS = [
  "fullName",
  "username",
  "yearGroup",
  "className",
  "gender",
  "pupilPremium",
  "ethnicity",
  "send",
  "eal",
  "upn",
  "sourceId",
  "email",
] as const;

/** A field that a column of an export can be read as. */
export type Target = (typeof TARGETS)[number];

/** How certain a decision is. A guess enters the mapping only when a person confirms it. */
export type Certainty = "exact" | "safe" | "guess" | "unknown";

/** The kind of question. */
export type QuestionKind =
  | "no-headings"
  | "missing-column"
  | "which-column"
  | "confirm-column"
  | "value"
  | "changed"
  | "which-sheet";

/** A heading, or a list of headings. From a list, the first column that has a value is read. */
export type SourcePart = string | readonly string[];

/**
 * The source of a target: a heading; a list of parts; an object with more details about columns; a constant; or another
 * target. Text parts are joined with a space. A flag is yes if any part is yes.
 */
export type ColumnSource = string | readonly SourcePart[] | ColumnParts | ConstantSource | SameSource;

/** Columns, and how their texts are joined. */
export interface ColumnParts {
  /** The columns, in the order in which they are joined. */
  readonly columns: readonly SourcePart[];
  /** The text between the parts. The default is a space. */
  readonly join?: string;
  /** Whether the text is written surname first, as in `Okafor, Zoë`. */
  readonly surnameFirst?: boolean;
}

/** One value for every student. */
export interface ConstantSource {
  /** The value. */
  readonly constant: string;
}

/** A source that is the same as the source of another target. */
export interface SameSource {
  /** The other target. */
  readonly sameAs: Target;
}

/** The source of each target. */
export type MappingColumns = { readonly [T in Target]?: ColumnSource };
/** The meanings of values in the file, for each target. */
export type MappingValues = { readonly [T in Target]?: Readonly<Record<string, string>> };

/** The other settings of a mapping. */
export interface MappingOptions {
  /** The meanings of values in the file, for each target. */
  values?: MappingValues;
  /** The sheet of a workbook. */
  sheet?: string;
  /**
   * The headings of the file that the mapping was confirmed for. If you pass the headings, a new heading that certainly
   * fits a target leads to a question.
   */
  headings?: readonly string[];
}

/** A mapping as JSON, which is the same in all languages. */
export interface MappingJson {
  /** The version of the format. */
  readonly format: number;
  /** The source of each target. */
  readonly columns: MappingColumns;
  /** The meanings of values in the file, for each target. */
  readonly values?: MappingValues;
  /** The sheet of a workbook. */
  readonly sheet?: string;
  /** The headings of the file in which the mapping was detected. */
  readonly headings?: readonly string[];
  /** A fingerprint of `headings`. */
  readonly fingerprint?: string;
}

/** A target, the columns from which it is read, and how certain this decision is. */
export interface DetectedColumn {
  /** The target. */
  readonly target: Target;
  /** The headings of the columns that the target is read from. */
  readonly sources: readonly string[];
  /** How certain the decision is. */
  readonly certainty: Certainty;
  /** The reason for the decision, as a text for a person. */
  readonly reason: string;
  /** Up to three example values, which are personal data. */
  readonly examples: readonly string[];
}

/** A column that is not read. */
export interface IgnoredColumn {
  /** The heading; `""` if the column has none. */
  readonly heading: string;
  /** The column's index in the row, from 0. */
  readonly index: number;
  /** The reason why the column is not read, as a text for a person. */
  readonly reason: string;
}

/** One distinct value in a column. */
export interface DetectedValue {
  /** The value in the file; `""` for a blank value. */
  readonly value: string;
  /** The number of rows with this value. */
  readonly count: number;
  /** The meaning of the value, if it is known or guessed. */
  readonly readAs: string | null;
  /** How certain the meaning is. */
  readonly certainty: Certainty;
}

/** The values in a coded column. */
export interface DetectedValues {
  /** The target. */
  readonly target: Target;
  /** The headings of the columns that the target is read from. */
  readonly sources: readonly string[];
  /** Each distinct value, the most frequent first. */
  readonly values: readonly DetectedValue[];
}

/** A question for a person. */
export interface Question {
  /** The kind of question. */
  readonly kind: QuestionKind;
  /** The target, if the question is about one. */
  readonly target: Target | null;
  /** Likely answers: headings or values. */
  readonly choices: readonly string[];
  /** The value, if the question is about one. */
  readonly value: string | null;
  /** The question in words. */
  readonly text: string;
}

/** The result of `detect` as JSON, which is personal data. */
export interface DetectedJson {
  /** The version of the format. */
  readonly format: number;
  /** Whether the file can be read with the mapping, without a question to a person. */
  readonly certain: boolean;
  /** The number of the heading row, as in a spreadsheet. */
  readonly headingRow: number | null;
  /** The number of rows below the headings, not counting blank rows. */
  readonly rows: number;
  /** The mapping, which contains only certain decisions. */
  readonly mapping: MappingJson;
  /** How each target is read. */
  readonly columns: readonly DetectedColumn[];
  /** The columns that are not read. */
  readonly ignored: readonly IgnoredColumn[];
  /** The distinct values of each coded column. */
  readonly values: readonly DetectedValues[];
  /** The questions for a person. */
  readonly questions: readonly Question[];
}

/** Returns the JSON of a mapping that is written by hand. */
export function mappingOf(columns: MappingColumns, options: MappingOptions): Omit<MappingJson, "format"> {
  if (typeof columns !== "object" || columns === null) throw wrong("columns", "an object", columns);
  const { values, sheet, headings } = known("Mapping", options, ["values", "sheet", "headings"]);
  return {
    columns,
    ...(values !== undefined && { values }),
    ...(sheet !== undefined && { sheet: text("sheet", sheet) }),
    ...(headings !== undefined && { headings: texts("headings", headings) }),
  };
}

/** A mapping from the columns of a school's own export to the nine columns, as data. */
export abstract class MappingView {
  readonly #json: string;

  protected constructor(json: string) {
    this.#json = json;
  }

  /** The source of each target. */
  get columns(): MappingColumns {
    return this.toJSON().columns;
  }

  /** The meanings of values in the file, for each target. */
  get values(): MappingValues {
    return this.toJSON().values ?? {};
  }

  /** The headings of the file in which the mapping was detected, or the headings that you passed; otherwise empty. */
  get headings(): readonly string[] {
    return this.toJSON().headings ?? [];
  }

  /** The name of the sheet to read, if one is set. */
  get sheet(): string | null {
    return this.toJSON().sheet ?? null;
  }

  /** Returns the mapping as an object that you can store. */
  toJSON(): MappingJson {
    return JSON.parse(this.#json) as MappingJson;
  }
}

/** The result of `detect` for a file, as data. */
export abstract class DetectedView {
  readonly #told: DetectedJson;

  protected constructor(json: string) {
    this.#told = JSON.parse(json) as DetectedJson;
  }

  /** Whether the file can be read with the mapping, without a question to a person. */
  get certain(): boolean {
    return this.#told.certain;
  }

  /** How each target is read, in template order, including guesses. */
  get columns(): readonly DetectedColumn[] {
    return this.#told.columns;
  }

  /** The columns that are not read, in file order, each with the reason. */
  get ignored(): readonly IgnoredColumn[] {
    return this.#told.ignored;
  }

  /** The distinct values in each coded column, each with its meaning and how certain the meaning is. */
  get values(): readonly DetectedValues[] {
    return this.#told.values;
  }

  /** The questions for a person, the most important first. */
  get questions(): readonly Question[] {
    return this.#told.questions;
  }

  /** The number of the heading row, as in a spreadsheet; `null` if the file has none. */
  get headingRow(): number | null {
    return this.#told.headingRow;
  }

  /** The number of rows below the headings, not counting blank rows. */
  get rows(): number {
    return this.#told.rows;
  }

  /** Returns the whole result with examples and values, which are personal data. */
  toJSON(): DetectedJson {
    return this.#told;
  }
}
