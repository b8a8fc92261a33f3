// The class `Mapping` of the browser, which makes and reads the JSON of a mapping. Its properties are in `MappingView`,
// in `shared/detection.ts` of the Node package.

import { invalid } from "./shared/argument.js";
import { type MappingColumns, type MappingJson, type MappingOptions, MappingView, mappingOf } from "./shared/detection.js";

const FORMAT = 1;
/** The fingerprint that the core computes for a mapping without headings. */
const OF_NO_HEADINGS = "2d06800538d394c2";

/** The JSON of a stored mapping. If its format is newer than this version of onroll, the core refuses the mapping. */
class Stored {
  readonly json: string;

  constructor(json: string) {
    this.json = json;
  }
}

/**
 * A mapping from the columns of a file to the nine columns. Show it to a person, correct it, and store it for each
 * school. Use it again for the school's next file.
 */
export class Mapping extends MappingView {
  /** Creates a mapping with these columns. The core checks the mapping when it reads a file. */
  constructor(columns: MappingColumns, options?: MappingOptions);
  constructor(columns: MappingColumns | Stored, options: MappingOptions = {}) {
    super(columns instanceof Stored ? columns.json : JSON.stringify({ format: FORMAT, ...mappingOf(columns, options) }));
  }

  /**
   * Reads a mapping from the JSON that `toJSON` returned, as a text or an object. The core checks the mapping when it
   * is used.
   */
  static fromJSON(json: string | MappingJson): Mapping {
    const given = (typeof json === "string" ? JSON.parse(json) : json) as MappingJson;
    if (typeof given !== "object" || given === null || typeof given.columns !== "object") throw invalid("json must be JSON of a mapping");
    return new Mapping(new Stored(JSON.stringify(given)) as unknown as MappingColumns);
  }

  /**
   * A fingerprint of the headings of the file in which the mapping was detected. The order, case, spaces and
   * punctuation of the headings do not affect it. You can use it as a key to store several mappings for one school. If
   * you write a mapping by hand without headings, its fingerprint is the same as in Node.
   *
   * @throws If you gave `headings` by hand. Only the core can compute their fingerprint, and a page loads the core only
   * to read a file. Use the mapping from `detect`.
   */
  get fingerprint(): string {
    const { fingerprint } = this.toJSON();
    if (fingerprint === undefined && this.headings.length > 0) {
      throw invalid("a mapping with headings that you gave by hand has no fingerprint in a browser; use the mapping from `detect`");
    }
    return fingerprint ?? OF_NO_HEADINGS;
  }
}
