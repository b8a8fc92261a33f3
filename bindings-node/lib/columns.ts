// Converts the columns of many rows that Rust sends.

import type * as native from "../native.js";
import { type Columns, DictionaryColumn, TextColumn } from "./shared/students.js";

/** @internal Returns the columns as typed arrays and dictionaries. */
export function columns(made: native.Columns): Columns {
  const texts = (place: number) => new TextColumn(made.takeBytes(place)!, made.takeOffsets(place)!);
  const coded = (place: number) => new DictionaryColumn(made.takeCodes(place)!, made.takeValues(place)!);
  const flags = (place: number) => made.takeFlags(place)!;
  const fullName = texts(0);
  return {
    length: fullName.length,
    fullName,
    username: texts(1),
    yearGroup: coded(0),
    className: coded(1),
    gender: coded(2),
    ethnicity: coded(3),
    pupilPremium: flags(0),
    send: flags(1),
    eal: flags(2),
  };
}
