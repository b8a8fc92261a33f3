// The error for a refused roster (`RosterError`).

import { OnrollError } from "./failure.js";
import type { Report } from "./report.js";

/** The roster was refused (`ERR_ROSTER_REJECTED`). The report lists the problems. */
export class RosterError extends OnrollError {
  /** The name of the class. */
  override readonly name = "RosterError";
  /** The kind of error. */
  declare readonly code: "ERR_ROSTER_REJECTED";
  readonly #report: Report;

  /** onroll creates these errors. Create one yourself only to test your own handlers. */
  constructor(message: string, report: Report) {
    super(message, "ERR_ROSTER_REJECTED");
    this.#report = report;
  }

  /** The report. It is a getter, so loggers that copy an error's own properties do not see it. */
  get report(): Report {
    return this.#report;
  }
}
