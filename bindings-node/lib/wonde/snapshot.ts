// The class `Snapshot`: Wonde's data about one school's students at one time, with its warnings. `roster-options.ts`
// has the options of `roster`.

import native = require("../../native.js");
import { OnrollError, sync } from "../errors.js";
import { invalid, unmade } from "../input.js";
import { Roster } from "../roster/roster.js";
import type { Include } from "./include.js";
import { type RosterOptions, rosterChoices } from "./roster-options.js";

/** A warning about a snapshot. The snapshot is still complete. */
export interface SnapshotWarning {
  /** The subject of the warning. */
  readonly code: "count-differs" | "include-refused";
  /** The warning as a sentence, without personal data. */
  readonly message: string;
}

/**
 * Wonde's data about one school's students at one time. A snapshot is always complete; otherwise, reading it fails.
 *
 * @example
 * const fake = FakeWonde.start({ students: 60 });
 * const snapshot = await fake.client().snapshot(FakeWonde.schoolId);
 * fake.close();
 * [snapshot.schoolId, snapshot.length, snapshot.since, snapshot.pages]; // => ["A1329183376", 60, null, 1]
 * [snapshot.count, snapshot.counted, snapshot.duplicates, snapshot.left]; // => [60, true, 0, 0]
 * [snapshot.includes[0], snapshot.warnings]; // => ["education_details", []]
 * snapshot.roster({ signIn: "password" }).length; // => 60
 */
export class Snapshot {
  readonly #native: native.WondeSnapshot;
  /** The school's id. */
  readonly schoolId: string;
  /** The number of students. */
  readonly length: number;
  /** The time since which changes were requested; `null` for a full snapshot. */
  readonly since: Date | null;
  /** The number of rows that were left out because the same student was also on another page. */
  readonly duplicates: number;
  /** The number of pages that were read. */
  readonly pages: number;
  /** Whether Wonde's own count is known and equals the number of students. */
  readonly counted: boolean;
  /** Wonde's own count of students; `null` if it was not requested, as for a delta, or if Wonde did not give it. */
  readonly count: number | null;
  /**
   * Wonde's names for the parts of the records that were read, such as `groups`. Parts that the token may not read are
   * left out.
   */
  readonly includes: readonly Include[];
  /** Warnings: a count that differs, or a part of the records that the token may not read. */
  readonly warnings: readonly SnapshotWarning[];
  /** The number of students who, according to a delta, were deleted or have left. */
  readonly left: number;

  private constructor(made: native.WondeSnapshot) {
    if (!(made instanceof native.WondeSnapshot)) throw unmade("Snapshot", "client.snapshot(schoolId)");
    this.#native = made;
    const told = JSON.parse(made.told()) as Omit<Snapshot, "since" | "roster"> & { since: number | null };
    this.schoolId = told.schoolId;
    this.length = told.length;
    this.since = told.since === null ? null : new Date(told.since);
    this.duplicates = told.duplicates;
    this.pages = told.pages;
    this.counted = told.counted;
    this.count = told.count;
    this.includes = told.includes;
    this.warnings = told.warnings;
    this.left = told.left;
  }

  /** @internal */
  static of(made: native.WondeSnapshot): Snapshot {
    return new Snapshot(made);
  }

  /**
   * Returns the students as a roster. Students whose record has an error are in the roster's `held`, with the reasons.
   * Throws a TypeError if the options contain a domain, a field or a value that is not valid.
   */
  roster(options?: RosterOptions): Roster {
    const told = rosterChoices(options);
    try {
      return Roster.of(sync(() => this.#native.roster(told)));
    } catch (error) {
      throw error instanceof OnrollError ? invalid(error.message) : error;
    }
  }
}
