// Node's options `mapping` and `pupilPremium` for checking and reading a file, and the default size limit.
// `shared/choices.ts` checks the other options, and `shared/reading.ts` has their docs.

import { invalid, wrong } from "../input.js";
import { Mapping } from "../mapping.js";
import { PupilPremium } from "../premium.js";
import { CHECKS as SHARED_CHECKS, chosen } from "../shared/choices.js";
import type { MappingJson } from "../shared/detection.js";
import type { CheckOptions as PlainCheckOptions } from "../shared/reading.js";

/** The options for checking a file. */
export interface CheckOptions extends PlainCheckOptions {
  /** The mapping for a school's own export. Its columns become the template's columns. */
  mapping?: Mapping;
  /**
   * The list of pupils with pupil premium. It fills the Pupil Premium column by UPN. If the file has
   * another value, the report has a warning. Pass the list only with a mapping.
   */
  pupilPremium?: PupilPremium;
}

/** The options for reading a file. */
export interface ReadOptions extends CheckOptions {
  /** Whether to apply every safe fix while reading. `roster.report.fixed` lists the fixes. */
  fix?: boolean;
}

/** @internal The options for checking: the options that Node and the browser share, and `pupilPremium`. */
export const CHECKS = [...SHARED_CHECKS, "pupilPremium"];

/** @internal Checks the options of a reading, and returns them in the form that Rust takes. */
export function choices(options: Partial<ReadOptions> & { namesFrom?: "preferred" | "legal" }): { json: string; most: number } {
  const told = chosen(options, mappingJson);
  const pupilPremium = options.pupilPremium === undefined ? undefined : premiumOf(options.pupilPremium, options.mapping);
  return { json: JSON.stringify({ threads: 0, ...told, pupilPremium }), most: told.limits["fileBytes"] ?? 2 ** 30 };
}

function mappingJson(mapping: unknown): MappingJson {
  if (!(mapping instanceof Mapping)) throw wrong("mapping", "a Mapping", mapping);
  return mapping.toJSON();
}

function premiumOf(list: unknown, mapping: unknown): unknown {
  if (!(list instanceof PupilPremium)) throw wrong("pupilPremium", "a PupilPremium", list);
  if (mapping !== undefined) return list.toJSON();
  throw invalid("pupilPremium needs a mapping that names the column of UPNs; add mapping: (await detect(source)).mapping");
}
