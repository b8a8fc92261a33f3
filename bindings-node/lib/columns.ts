// Converts the columns of many students or accounts that Rust sends (`toColumns`). `shared/students.ts` has their
// types, and `bindings-node/src/columns.rs` sends them.

import type * as native from "../native.js";
import { type Columns, DictionaryColumn, TextColumn } from "./shared/students.js";

/** @internal Returns the columns as typed arrays and dictionaries. */
export function columns(made: native.Columns): Columns {
  const texts = (index: number) => new TextColumn(made.takeBytes(index)!, made.takeOffsets(index)!);
  const coded = (index: number) => new DictionaryColumn(made.takeCodes(index)!, made.takeValues(index)!);
  const flags = (index: number) => made.takeFlags(index)!;
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
