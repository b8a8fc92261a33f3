// The function `detect` and the types of its options, which `shared/choices.ts` checks. `mapping.ts` and
// `shared/detection.ts` have its result, and `core/src/mapping` decides.

import native = require("../../native.js");
import type { Source } from "../input.js";
import { Detected, type Mapping } from "../mapping.js";
import { NOT_DETECTED } from "../shared/choices.js";
import type { Target } from "../shared/detection.js";
import type { Abortable, EthnicityEntry, Limits, SignIn } from "../shared/reading.js";
import { watched } from "./watch.js";

/** The options for detecting columns. */
export interface DetectOptions {
  /** How students sign in. The default is `"password"`. With `"sso"`, the username is the email address. */
  signIn?: SignIn;
  /** The name of a workbook's sheet. Pass it to answer the question `"which-sheet"`. */
  sheet?: string;
  /** A stored mapping. The result says whether the mapping fits the file, and what differs. */
  mapping?: Mapping;
  /** Which names to use if a file has preferred names and legal names. The default is `"preferred"`. */
  namesFrom?: "preferred" | "legal";
  /** Additional headings to recognise, each with its target. */
  vocabulary?: Readonly<Record<string, Target>>;
  /** More ethnicity codes and words, in addition to those of the Department for Education. */
  ethnicities?: readonly EthnicityEntry[];
  /** Limits for the file. */
  limits?: Limits;
}

/**
 * Detects which column of a school's own export holds which field, and how certain each decision is.
 *
 * Rejects with RosterError if the file is not text, and with the system's error if it cannot be read.
 *
 * @example
 * const detected = await detect("export.csv");
 * if (detected.certain) {
 *   const roster = await readCsv("export.csv", { mapping: detected.mapping, fix: true });
 *   roster.length; // => 240
 * }
 */
export async function detect(source: Source, options?: DetectOptions & Abortable): Promise<Detected> {
  return new Detected(await watched<native.Detected>("detect", source, options, [...NOT_DETECTED, "pupilPremium"], native.detect, ["namesFrom"]));
}
