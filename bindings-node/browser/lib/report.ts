// The class `Report` of the browser, with `csv`. Its properties, such as `problems`, are in `shared/report-view.ts` of
// the Node package.

import type { SentReport } from "./protocol.js";
import { ReportView } from "./shared/report-view.js";

/**
 * All problems in a file, in file order, and the fixes that were made, as in the `Report` of the Node package.
 * `String(report)` shows no values.
 */
export class Report extends ReportView {
  readonly #csv: Uint8Array;

  /** @internal */
  constructor({ json, bare, counts, byValue, text, shown, csv }: SentReport) {
    super({ json: (values) => (values ? json : bare), counts: () => counts, byValue: () => byValue, text: () => text, shown: () => shown });
    this.#csv = csv;
  }

  /** Returns the listed problems as CSV for a spreadsheet. No value runs as a formula. */
  csv(): Uint8Array {
    return this.#csv.slice();
  }
}
