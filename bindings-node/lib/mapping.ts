// The classes `Mapping` and `Detected` of Node. Their properties are in `shared/detection.ts`, and `reader/detect.ts`
// has the function `detect`.

import { inspect } from "node:util";
import native = require("../native.js");
import { sync } from "./errors.js";
import { wrong } from "./input.js";
import { type DetectedJson, DetectedView, type MappingColumns, type MappingJson, type MappingOptions, MappingView, mappingOf } from "./shared/detection.js";
import { uncloneable } from "./uncloneable.js";

/** Returns JSON as a text. Throws a TypeError for other values. */
function textOf(json: unknown): string {
  if (typeof json !== "string" && (typeof json !== "object" || json === null)) throw wrong("json", "a string or an object", json);
  return typeof json === "string" ? json : JSON.stringify(json);
}

/**
 * A mapping from the columns of a school's own export to the nine columns. Show it to a person, correct it, and store
 * it for each school. The next file then needs no questions. The constructor throws MappingError if the mapping cannot
 * be used.
 *
 * @example
 * const mapping = new Mapping(
 *   { fullName: ["Forename", "Surname"], yearGroup: "Year", className: "Reg", gender: "Sex" },
 *   { values: { gender: { U: "Non-Binary" } } },
 * );
 * const csv = Buffer.from("Forename,Surname,Year,Reg,Sex\nAmy,Lee,Year 5,5A,U\n");
 * (await readCsv(csv, { mapping })).at(0).fullName; // => "Amy Lee"
 * Mapping.fromJSON(JSON.stringify(mapping)).fingerprint === mapping.fingerprint; // => true
 * [mapping.columns.yearGroup, mapping.values.gender, mapping.headings, mapping.sheet]; // => ["Year", { U: "Non-Binary" }, [], null]
 */
export class Mapping extends MappingView {
  constructor(columns: MappingColumns, options: MappingOptions = {}) {
    super(sync(() => native.checkedMapping(JSON.stringify(mappingOf(columns, options)))));
    uncloneable(this);
  }

  /**
   * Reads a mapping from the JSON that `toJSON` returned, as a text or an object. Also reads the JSON that onroll
   * writes in Rust and Python.
   */
  static fromJSON(json: string | MappingJson): Mapping {
    const given = textOf(json);
    const checked = sync(() => native.checkedMapping(given));
    const { columns, values, sheet, headings } = JSON.parse(checked) as MappingJson;
    return new Mapping(columns, {
      ...(values !== undefined && { values }),
      ...(sheet !== undefined && { sheet }),
      ...(headings !== undefined && { headings }),
    });
  }

  /**
   * A fingerprint of the headings of the file in which the mapping was detected. The order, case, spaces and
   * punctuation of the headings do not affect it. You can use it as a key to store several mappings for one school.
   */
  get fingerprint(): string {
    return sync(() => native.mappingFingerprint(JSON.stringify(this)));
  }

  [inspect.custom](): string {
    return `Mapping <${Object.keys(this.columns).join(", ")}>`;
  }
}

/**
 * The result of `detect` for a file: the mapping with the columns that are certain, the certainty of each decision, and
 * the questions for a person.
 *
 * @example
 * const detected = await detect("export.csv");
 * [detected.certain, detected.headingRow, detected.rows]; // => [true, 4, 240]
 * detected.questions.map((question) => question.text); // => []
 * [detected.columns[0].sources, detected.ignored.length > 0, detected.values.length > 3]; // => [["Preferred Forename", "Legal Forename", "Legal Surname"], true, true]
 * detected.text().split("\n")[0].startsWith("Column"); // => true
 * Detected.fromJSON(JSON.stringify(detected)).mapping.fingerprint === detected.mapping.fingerprint; // => true
 */
export class Detected extends DetectedView {
  readonly #native: native.Detected;

  /** @internal */
  constructor(made: native.Detected) {
    super(made.json());
    this.#native = made;
    uncloneable(this);
  }

  /** Reads a result from the JSON that `toJSON` returned, as a text or an object. Throws MappingError. */
  static fromJSON(json: string | DetectedJson): Detected {
    const given = textOf(json);
    return new Detected(sync(() => native.detectedFromJson(given)));
  }

  /** The mapping, which contains only certain decisions. */
  get mapping(): Mapping {
    return Mapping.fromJSON(this.toJSON().mapping);
  }

  /**
   * Returns the mapping as a text table that a person can check. It contains example values, which are personal data.
   */
  text(): string {
    return this.#native.text();
  }

  [inspect.custom](): string {
    return `Detected <certain: ${this.certain}>`;
  }
}
