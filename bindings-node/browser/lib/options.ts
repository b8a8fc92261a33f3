// Checks a page's arguments, and throws a TypeError that names a wrong one. Has the options that only the browser has,
// and its default size limit (`MOST`). `shared/choices.ts` of the Node package checks all other options.

import { Mapping } from "./mapping.js";
import { options as known, wrong } from "./shared/argument.js";
import { CHECKS, type Choosable, chosen } from "./shared/choices.js";
import type { MappingJson } from "./shared/detection.js";
import type { Abortable } from "./shared/reading.js";

/** A file to read, such as a file that a person chose or dropped, or the bytes of a file. */
export type Source = Blob | Uint8Array | ArrayBuffer;

/** More options for a school's own export. */
export interface Mapped {
  /** How the file's columns become the nine columns: a mapping from `detect`, or one that you stored. */
  mapping?: Mapping | MappingJson | null;
  /** Which names to use if a file has preferred names and legal names. The default is `"preferred"`. */
  namesFrom?: "preferred" | "legal";
}

/** @internal An edit by a person: a new text for a cell. Without `column`, the person left out the row. */
export interface Edit {
  /** The row number, as in a spreadsheet, from 1. */
  readonly row: number;
  /** The index of the column in the template, from 0. */
  readonly column?: number;
  /** The typed text. */
  readonly text?: string;
}

/** @internal The message to the worker. */
export interface Choices {
  readonly json: string;
  readonly most: number;
}

const KNOWN: readonly string[] = [...CHECKS, "namesFrom", "signal", "onProgress", "edits"];
/** The default limit for a file in bytes, because a tab has little memory. A larger file is a problem in the report. */
const MOST = 256 * 2 ** 20;

function mappingJson(given: unknown): MappingJson | undefined {
  if (given === null) return undefined;
  if (typeof given !== "object") throw wrong("mapping", "a Mapping or its JSON", given);
  return (given instanceof Mapping ? given : Mapping.fromJSON(given as MappingJson)).toJSON();
}

/** @internal Returns the checked options of a reading in the form that the core takes. */
export function choices(call: string, options: object | undefined, except: readonly string[] = ["edits"]): Choices {
  const given: Choosable & { readonly edits?: readonly Edit[] } = known(call, options, KNOWN.filter((name) => !except.includes(name)));
  const told = chosen(given, mappingJson);
  const limits = { fileBytes: MOST, ...told.limits };
  return { json: JSON.stringify({ ...told, limits, edits: given.edits }), most: limits.fileBytes };
}

/** @internal Returns the checked `signal` and `onProgress`. */
export function abortable(options: Abortable | undefined): Abortable {
  const { signal, onProgress } = options ?? {};
  if (signal !== undefined && typeof signal?.addEventListener !== "function") throw wrong("signal", "an AbortSignal", signal);
  if (onProgress !== undefined && typeof onProgress !== "function") throw wrong("onProgress", "a function", onProgress);
  return { ...(signal && { signal }), ...(onProgress && { onProgress }) };
}

/** @internal Returns the source as a file or bytes. */
export function source(value: unknown): Blob | Uint8Array {
  if (value instanceof Blob || value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  throw wrong("source", "a File, a Blob or a Uint8Array", value);
}
