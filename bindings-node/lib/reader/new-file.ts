// The steps that `fixCsv` and `markCsv` share: the options that are not allowed, and writing the new file.

import { type Destination, write } from "../output.js";
import type { Report } from "../report.js";
import { CHECKS } from "./options.js";

/** @internal The checking options that are not allowed when a new file is made. */
export const NOT_MADE = ["fix", "threads"];
/** @internal The checking options that are also allowed when a new file is made. */
export const MADE = CHECKS.filter((name) => !NOT_MADE.includes(name));

/**
 * @internal Calls `make`, writes the returned bytes to a file, and returns the report. Writes no file if `make` returns
 * no bytes.
 */
export async function written(dest: Destination, make: () => Promise<{ report: Report; bytes: Buffer | null }>): Promise<Report> {
  let report: Report | undefined;
  await write(dest, async () => {
    const made = await make();
    report = made.report;
    return made.bytes;
  });
  return report!;
}
