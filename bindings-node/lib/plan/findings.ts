// Reads from Rust the findings of a plan besides its changes: conflicts, counts, decisions and overridden guards. Hides
// their data from `util.inspect`.

import { inspect } from "node:util";
import { type RecordedDecision, hidden } from "../decision.js";
import type { Guard } from "../guard.js";
import { parsed } from "../shared/json.js";
import type { Conflict, NearPair } from "./conflict.js";
import type { PlanEntry } from "./entry.js";
import type { LeftOut } from "./without.js";

/** @internal The findings, as Rust sends them. */
export interface Findings {
  unchanged: number;
  held: number;
  erased: number;
  erasedByUsername: PlanEntry[];
  inGrace: number;
  leftOut: LeftOut[];
  perhapsStaff: PlanEntry[];
  passed: Guard[];
  conflicts: Conflict[];
  near: NearPair[];
  decisions: RecordedDecision[];
  keptUsernames: { kept: string; listed: string }[];
}

const ENTRY = { value: (): string => "PlanEntry <hidden>", enumerable: false };
const NEAR = { value: (): string => "NearPair <hidden>", enumerable: false };
const LEFT_OUT = { value: (): string => "LeftOut <hidden>", enumerable: false };
const KEPT = { value: (): string => "KeptUsername <hidden>", enumerable: false };
const CONFLICT = {
  value(this: Conflict): string {
    return `Conflict <${this.reason}, ${this.accounts.length} accounts, ${this.students.length} students>`;
  },
  enumerable: false,
};

/** @internal Returns the findings from JSON. `util.inspect` shows none of their data. */
export function findingsOf(json: string): Findings {
  const findings = parsed<Findings>(json);
  const entries = [...findings.erasedByUsername, ...findings.perhapsStaff];
  for (const out of findings.leftOut) Object.defineProperty(out, inspect.custom, LEFT_OUT);
  for (const conflict of findings.conflicts) {
    Object.defineProperty(conflict, inspect.custom, CONFLICT);
    entries.push(...conflict.accounts, ...conflict.students);
  }
  for (const pair of findings.near) {
    Object.defineProperty(pair, inspect.custom, NEAR);
    entries.push(pair.account, pair.student);
  }
  for (const entry of entries) Object.defineProperty(entry, inspect.custom, ENTRY);
  for (const { decision } of findings.decisions) hidden(decision);
  for (const kept of findings.keptUsernames) Object.defineProperty(kept, inspect.custom, KEPT);
  return findings;
}
