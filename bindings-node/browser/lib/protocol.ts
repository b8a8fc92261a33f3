// The types of the messages between the page and its worker: the tasks (`Kind`), their results and failures.
// `browser/src/lib.rs` makes the results.

import type { Choices } from "./options.js";

/** The tasks that the worker can do. */
export type Kind = "check" | "read" | "fix" | "mark" | "sheet" | "detect" | "template";

/** The request to the worker. */
export interface Asked extends Choices {
  readonly id: number;
  readonly kind: Kind;
  readonly source: Blob | Uint8Array;
  /** Whether the worker reports progress to the page. */
  readonly watched: boolean;
}

/** A report in all its forms, as the core makes it. */
export interface SentReport {
  readonly json: string;
  readonly bare: string;
  readonly counts: string;
  readonly byValue: string;
  readonly text: string;
  readonly shown: string;
  readonly csv: Uint8Array;
}

/** The texts of many rows: bytes in UTF-8, and the offset at which each text begins. */
export interface MadeText {
  readonly bytes: Uint8Array;
  readonly offsets: Uint32Array;
}

/** A few distinct texts, and for each row the index of its text. */
export interface MadeCodes {
  readonly codes: Uint32Array;
  readonly values: readonly string[];
}

/** The students of a roster. */
export interface MadeColumns {
  readonly fullName: MadeText;
  readonly username: MadeText;
  readonly sourceId: MadeText;
  readonly upn: MadeText;
  readonly yearGroup: MadeCodes;
  readonly className: MadeCodes;
  readonly gender: MadeCodes;
  readonly ethnicity: MadeCodes;
  readonly nationalYear: MadeCodes;
  readonly keyStage: MadeCodes;
  readonly pupilPremium: Uint8Array;
  readonly send: Uint8Array;
  readonly eal: Uint8Array;
}

/** The result of the core for each kind of task. */
export interface Made {
  check: { readonly report: SentReport };
  read: {
    readonly report: SentReport;
    readonly columns?: MadeColumns;
    readonly signIn?: "password" | "sso";
    readonly unrecorded?: readonly string[];
    readonly csv?: Uint8Array;
    readonly message?: string;
  };
  fix: { readonly report: SentReport; readonly bytes: Uint8Array | null };
  mark: { readonly report: SentReport; readonly bytes: Uint8Array };
  sheet: {
    readonly report: SentReport;
    readonly text: Uint8Array;
    readonly ends: Uint32Array;
    readonly numbers: Uint32Array;
    readonly whole: Uint8Array;
  };
  detect: { readonly json?: string; readonly text?: string; readonly report?: SentReport; readonly message?: string };
  template: { readonly text: string };
}

/**
 * The reason why a task has no result: an error from the core, wrong ethnicity codes from the page, a failure of the
 * browser, or a panic. After a panic, the worker cannot be used again.
 */
export interface Failed {
  readonly code: "not-started" | "protocol" | "ethnicities" | "panic" | "unreadable";
  readonly message: string;
  /** The name of the browser's error. */
  readonly name?: string;
}

/** The worker's answer. */
export type Said =
  | { readonly id: number; readonly isWorkbook: true }
  | { readonly id: number; readonly progress: readonly [number, number] }
  | { readonly id: number; readonly made: Made[Kind]; readonly memory: number }
  | { readonly id: number; readonly failed: Failed };
