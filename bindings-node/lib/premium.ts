// The class `PupilPremium`: for each UPN, whether the pupil gets pupil premium. `core/src/reader/premium.rs` reads it
// from the Department for Education's file.

import { inspect } from "node:util";
import native = require("../native.js");
import { sync } from "./errors.js";
import { type Given, type Source, type SyncSource, gathered, givenSync, invalid, unmade, wrong } from "./input.js";

/** For each UPN, whether the pupil gets pupil premium. */
export type PupilPremiumJson = Readonly<Record<string, boolean>>;

const LARGEST = 2 ** 30;
const MADE = Symbol("made");

/**
 * A list of pupils by UPN that says who gets pupil premium. Schools get this list from the Department for Education
 * ("Get information about pupils"). Pass it as `pupilPremium` to functions that read a file with a mapping.
 *
 * @example
 * const premium = await PupilPremium.read(Buffer.from("UPN,Pupil Premium\nH801200001001,Yes\n"));
 * premium.length; // => 1
 * PupilPremium.fromJSON(JSON.stringify(premium)).length; // => 1
 * PupilPremium.readSync(Buffer.from("UPN,Pupil Premium\nH801200001001,No\n")).length; // => 1
 */
export class PupilPremium {
  readonly #listed: PupilPremiumJson;

  /** @internal */
  constructor(made: typeof MADE, listed: PupilPremiumJson) {
    if (made !== MADE) throw unmade("PupilPremium", "PupilPremium.read");
    this.#listed = listed;
  }

  /**
   * Reads the list from a file with a UPN column and one or more pupil premium columns. A pupil gets the premium if any
   * of these columns contains a yes or a number over 0.
   *
   * Rejects with RosterError if the columns cannot be found with certainty, or if a row cannot be read. Rejects with
   * the system's error if the file cannot be read.
   */
  static async read(source: Source): Promise<PupilPremium> {
    return listed(await gathered("source", source, LARGEST));
  }

  /** Does the same as `read`, synchronously. */
  static readSync(source: SyncSource): PupilPremium {
    return listed(givenSync("source", source));
  }

  /** Reads the list that `toJSON` returned, as a text or an object. Throws a TypeError if `json` is not such a list. */
  static fromJSON(json: string | PupilPremiumJson): PupilPremium {
    if (typeof json !== "string" && (typeof json !== "object" || json === null)) throw wrong("json", "a string or an object", json);
    const checked = native.checkedPupilPremium(typeof json === "string" ? json : JSON.stringify(json));
    if (checked === null) throw invalid("json must be an object of UPNs, each with true or false");
    return new PupilPremium(MADE, JSON.parse(checked) as PupilPremiumJson);
  }

  /** The number of pupils in the list. */
  get length(): number {
    return Object.keys(this.#listed).length;
  }

  /** Returns the list as an object that you can store. It is personal data. */
  toJSON(): PupilPremiumJson {
    return this.#listed;
  }

  [inspect.custom](): string {
    return `PupilPremium <${this.length} pupils>`;
  }
}

function listed({ path, bytes }: Given): PupilPremium {
  const json = sync(() => native.readPupilPremium(path, bytes), { path });
  return new PupilPremium(MADE, JSON.parse(json) as PupilPremiumJson);
}
