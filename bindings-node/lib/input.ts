// What users give, checked and named in a TypeError where it is something else.

import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

/** A file to read: its path, its bytes, or a stream of them. */
export type Source = string | URL | Uint8Array | ArrayBuffer | Readable | AsyncIterable<Uint8Array>;
/** A file to read at once: its path or its bytes. */
export type SyncSource = string | URL | Uint8Array | ArrayBuffer;

/** A value in the words of an error: its type, and nothing of what it holds. */
function kind(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "object") return value.constructor?.name ?? "an object";
  return typeof value;
}

export function wrong(name: string, what: string, value: unknown): TypeError {
  return Object.assign(new TypeError(`${name} must be ${what}, not ${kind(value)}`), { code: "ERR_INVALID_ARG_TYPE" });
}

export interface Given {
  path?: string;
  bytes?: Uint8Array;
}

/** As many characters as the longest path has anywhere. */
const MOST_PATH = 4096;

/** Whether a string is a text that was given in the place of a path: an error of the system would show all of it. */
export function isText(value: string): boolean {
  return value.length > MOST_PATH || /[\r\n\0]/.test(value);
}

function path(name: string, value: string): string {
  if (!isText(value)) return value;
  const message = `${name} looks like CSV text, not a path; pass a Buffer: Buffer.from(text)`;
  throw Object.assign(new TypeError(message), { code: "ERR_INVALID_ARG_VALUE" });
}

/** A path or bytes. */
function given(name: string, value: unknown): Given | undefined {
  if (typeof value === "string") return { path: path(name, value) };
  if (value instanceof URL) return { path: path(name, fileURLToPath(value)) };
  if (value instanceof Uint8Array) return { bytes: value };
  if (value instanceof ArrayBuffer) return { bytes: new Uint8Array(value) };
  return undefined;
}

export function givenSync(name: string, value: unknown): Given {
  const found = given(name, value);
  if (found === undefined) throw wrong(name, "a path, a URL, a Buffer or a Uint8Array", value);
  return found;
}

/** A path or bytes, those of a stream gathered. */
export async function gathered(name: string, value: unknown, most: number, signal?: AbortSignal): Promise<Given> {
  const found = given(name, value);
  if (found !== undefined) return found;
  if (typeof (value as AsyncIterable<Uint8Array> | null)?.[Symbol.asyncIterator] !== "function") {
    throw wrong(name, "a path, a URL, a Buffer, a Uint8Array or a Readable", value);
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of value as AsyncIterable<unknown>) {
    signal?.throwIfAborted();
    if (typeof chunk === "string") {
      throw new TypeError(`${name} must be a stream of bytes: it is one of text; leave its encoding unset`);
    }
    if (!(chunk instanceof Uint8Array)) throw wrong(`a chunk of ${name}`, "a Buffer or a Uint8Array", chunk);
    chunks.push(chunk);
    length += chunk.length;
    // One byte over the limit is enough to see that there is too much.
    if (length > most) break;
  }
  return { bytes: Buffer.concat(chunks, Math.min(length, most + 1)) };
}

export function text(name: string, value: unknown): string {
  if (typeof value !== "string") throw wrong(name, "a string", value);
  return value;
}

export function texts(name: string, value: unknown): string[] {
  const what = "an iterable of strings";
  if (typeof value === "string" || typeof (value as Iterable<string> | null)?.[Symbol.iterator] !== "function") {
    throw wrong(name, what, value);
  }
  return Array.from(value as Iterable<unknown>, (each) => {
    if (typeof each !== "string") throw wrong(name, what, each);
    return each;
  });
}

/** The elements of an iterable, each as `of` takes it with its name. */
export function elements<T, R>(name: string, value: unknown, what: string, of: (element: T, name: string) => R): R[] {
  if (typeof value === "string" || typeof (value as Iterable<T> | null)?.[Symbol.iterator] !== "function") {
    throw wrong(name, what, value);
  }
  return Array.from(value as Iterable<T>, (element, number) => of(element, `${name}[${number}]`));
}

/** The rows of an iterable of objects, each as `of` takes it with its name. */
export function rows<T, R>(value: Iterable<T>, of: (row: T, name: string) => R): R[] {
  return elements("rows", value, "an iterable of objects", (row: T, name) => {
    if (typeof row !== "object" || row === null) throw wrong(name, "an object", row);
    return of(row, name);
  });
}

/** The place of an index, which counts from the end if it is negative; `undefined` outside. */
export function place(index: number, length: number): number | undefined {
  const found = index < 0 ? length + index : index;
  return Number.isInteger(found) && found >= 0 && found < length ? found : undefined;
}

export function flag(name: string, value: unknown): boolean {
  if (typeof value !== "boolean") throw wrong(name, "a boolean", value);
  return value;
}

export function whole(name: string, value: unknown): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw wrong(name, "a whole number of 0 or more", value);
  }
  return value;
}

/** A time in milliseconds. */
export function instant(name: string, value: unknown): number {
  if (!(value instanceof Date)) throw wrong(name, "a Date", value);
  const milliseconds = value.getTime();
  // As far as the calendar of people goes.
  if (!(Math.abs(milliseconds) < 8e13)) throw new RangeError(`${name} is out of range`);
  return milliseconds;
}

export function signIn(value: unknown): "password" | "sso" {
  if (value !== "password" && value !== "sso") throw wrong("signIn", "'password' or 'sso'", value);
  return value;
}

/** The options, of which each must be known by name. */
export function options<T extends object>(name: string, value: T | undefined, known: readonly string[]): Partial<T> {
  if (value === undefined) return {};
  if (typeof value !== "object" || value === null) throw wrong("options", "an object", value);
  for (const option of Object.keys(value)) {
    if (!known.includes(option)) throw new TypeError(`${name} has no option '${option}'; it has ${known.join(", ")}`);
  }
  return value;
}
