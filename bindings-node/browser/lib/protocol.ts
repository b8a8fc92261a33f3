// The messages between the page and its worker.

import type { Choices } from "./options.js";

/** The tasks that the worker can do. */
export type Kind = "check" | "read" | "fix" | "mark" | "sheet" | "detect" | "template";

/** The request to the worker. */
export interface Asked extends Choices {
  readonly id: number;
  readonly kind: Kind;
  readonly source: Blob | Uint8Array;
  /** Whether the page wants to know the progress. */
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

/** Texts of many rows: bytes in UTF-8, and where each begins. */
export interface MadeText {
  readonly bytes: Uint8Array;
  readonly offsets: Uint32Array;
}

/** Few texts, each for many rows. */
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

/** The result of the core for each kind. */
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

/** Why there is nothing: an error of the core's, codes of the page that cannot be used, a failure of the browser's, or a panic, after which the worker is of no use. */
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
