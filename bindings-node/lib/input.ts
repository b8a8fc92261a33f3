// Checks the arguments that only the Node package takes, such as files, streams and dates, and throws a TypeError that
// names a wrong argument. Values can come from another realm, as in Jest and vitest. `instanceof` does not recognise
// arrays or dates from another realm.

import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { types } from "node:util";
import { aborted } from "./failure.js";
import { elements, invalid, outside, quoted, wrong } from "./shared/argument.js";

export { choice, elements, flag, invalid, options, outside, quoted, signIn, text, texts, whole, wrong } from "./shared/argument.js";

/** A web stream, such as `file.stream()` or the body of a request. */
export interface ByteStream {
  /** Locks the stream for reading. */
  getReader(): {
    /** Reads the next bytes. */
    read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
    /** Cancels the stream. */
    cancel(reason?: unknown): Promise<void>;
  };
}

/** A Blob, or a File from a form. */
export interface Bytes {
  /** The number of bytes. */
  readonly size: number;
  /** Reads the bytes. */
  stream(): ByteStream;
}

/** A file to read: its path, its bytes, or a stream of its bytes. */
export type Source = string | URL | Uint8Array | ArrayBuffer | Bytes | Readable | ByteStream | AsyncIterable<Uint8Array>;
/** A file to read synchronously: its path or its bytes. */
export type SyncSource = string | URL | Uint8Array | ArrayBuffer;

/** @internal Returns the TypeError for a call of a constructor that only the package may call. */
export function unmade(name: string, instead: string): TypeError {
  const message = `new ${name}() is not allowed; use ${instead}`;
  return Object.assign(new TypeError(message), { code: "ERR_ILLEGAL_CONSTRUCTOR" });
}

export interface Given {
  path?: string;
  bytes?: Uint8Array;
}

/** The length of the longest path on any system. */
const MOST_PATH = 4096;

/**
 * Returns whether a string is the text of a file instead of a path. Callers do not use such a text as a path, because
 * the system error about the path would show the whole text.
 */
export function isText(value: string): boolean {
  return value.length > MOST_PATH || /[\r\n\0]/.test(value);
}

function path(name: string, value: string): string {
  if (isText(value)) throw invalid(`${name} looks like CSV text, not a path; pass a Buffer: Buffer.from(text)`);
  return value;
}

/** @internal Returns the path of a `file:` URL; `undefined` for values that are not URLs. */
export function pathOfUrl(name: string, value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { href, protocol } = value as { href?: unknown; protocol?: unknown };
  if (typeof href !== "string" || typeof protocol !== "string") return undefined;
  if (protocol !== "file:") throw invalid(`${name} must be a file: URL, not ${protocol}`);
  return fileURLToPath(href);
}

/** @internal Returns the bytes of a Buffer, a Uint8Array or an ArrayBuffer; `undefined` for other values. */
export function bytesOf(name: string, value: unknown): Uint8Array | undefined {
  const isBuffer = types.isAnyArrayBuffer(value);
  if (!isBuffer && !types.isUint8Array(value)) return undefined;
  const buffer = isBuffer ? value : value.buffer;
  try {
    const whole = new Uint8Array(buffer);
    return isBuffer ? whole : value;
  } catch {
    throw invalid(`${name} is a detached buffer: its bytes were moved to another thread`);
  }
}

/** Returns the path or the bytes that a value contains; `undefined` for other values. */
function given(name: string, value: unknown): Given | undefined {
  if (typeof value === "string") return { path: path(name, value) };
  const file = pathOfUrl(name, value);
  if (file !== undefined) return { path: path(name, file) };
  const bytes = bytesOf(name, value);
  return bytes && { bytes };
}

export function givenSync(name: string, value: unknown): Given {
  const found = given(name, value);
  if (found === undefined) throw wrong(name, "a path, a URL, a Buffer or a Uint8Array", value);
  return found;
}

/** Awaits work. If the signal is aborted first, rejects at once and drops the result of the work. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise<T>((done, fail) => {
    const end = () => fail(aborted(signal));
    signal.addEventListener("abort", end);
    void work.then(done, fail).finally(() => signal.removeEventListener("abort", end));
    if (signal.aborted) end();
  });
}

interface Chunks {
  next(): Promise<{ done?: boolean | undefined; value?: unknown }>;
  /** Ends a stream that is no longer needed. */
  end(): void;
}

/** Returns the chunks of a stream; `undefined` for other values. */
function chunks(name: string, value: unknown): Chunks | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { readableEnded, destroyed, locked } = value as Record<string, unknown>;
  if (readableEnded === true || destroyed === true) throw invalid(`${name} is a stream that has ended or was closed`);
  if (locked === true) throw invalid(`${name} is a stream that other code is reading`);
  if (typeof (value as Partial<ByteStream>).getReader === "function") {
    const reader = (value as ByteStream).getReader();
    return { next: () => reader.read(), end: () => void reader.cancel().catch(() => {}) };
  }
  if (typeof (value as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] !== "function") return undefined;
  const iterator = (value as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  const end = () => {
    // `return` waits for the chunk that is being read; `destroy` does not.
    (value as { destroy?: () => void }).destroy?.();
    void iterator.return?.().catch(() => {});
  };
  return { next: () => iterator.next(), end };
}

/** Returns the path or the bytes of a source. A stream is read into memory. */
export async function gathered(name: string, value: unknown, most: number, signal?: AbortSignal): Promise<Given> {
  const found = given(name, value);
  if (found !== undefined) return found;
  const blob = value as Partial<Bytes> | null;
  const isBlob = typeof blob?.stream === "function" && typeof blob.size === "number";
  const stream = chunks(name, isBlob ? blob.stream!() : value);
  if (stream === undefined) throw wrong(name, "a path, a URL, a Buffer, a Uint8Array, a Blob or a stream", value);
  const parts: Uint8Array[] = [];
  let length = 0;
  try {
    // Returns one byte more than the limit, so that the core refuses the file as too large.
    while (length <= most) {
      const { done, value: chunk } = await unlessAborted(stream.next(), signal);
      if (done === true) return { bytes: Buffer.concat(parts, length) };
      if (typeof chunk === "string") {
        throw new TypeError(`${name} must be a stream of bytes, not a stream of text; do not set the stream's encoding`);
      }
      const bytes = bytesOf(`a chunk of ${name}`, chunk);
      if (bytes === undefined) throw wrong(`a chunk of ${name}`, "a Buffer or a Uint8Array", chunk);
      parts.push(bytes);
      length += bytes.length;
    }
  } catch (error) {
    stream.end();
    throw error;
  }
  stream.end();
  return { bytes: Buffer.concat(parts, most + 1) };
}

/**
 * @internal Returns the text of a value that a database may store as a number. Whole numbers become their decimal text,
 * and NaN becomes blank.
 */
export function wordOf(name: string, value: unknown): string {
  if (typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value))) return String(value);
  if (value === null || value === undefined || Number.isNaN(value)) return "";
  if (typeof value !== "string") throw wrong(name, "a string, a whole number or null", value);
  return value;
}

/** @internal Returns the boolean for a flag as databases store it; `undefined` for other values. */
export function flagOf(value: unknown): boolean | undefined {
  if (value === true || value === 1 || value === 1n || value === "Yes") return true;
  return value === false || value === 0 || value === 0n || value === "No" ? false : undefined;
}

/** Calls `of` for each object in an iterable, with the row's name for error messages. Returns the results. */
export function rows<T, R>(value: Iterable<T>, of: (row: T, name: string) => R, name = "rows"): R[] {
  return elements(name, value, "an iterable of objects", (row: T, at) => {
    if (typeof row !== "object" || row === null) throw wrong(at, "an object", row);
    return of(row, at);
  });
}

/** Returns an index counted from the start; `undefined` if it is out of range. A negative index counts from the end. */
export function indexIn(index: number, length: number): number | undefined {
  if (typeof index !== "number") throw wrong("index", "a number", index);
  const found = index < 0 ? length + index : index;
  return Number.isInteger(found) && found >= 0 && found < length ? found : undefined;
}

/** Checks that a value is a number from 0 to 1, and returns it. */
export function share(name: string, value: unknown): number {
  if (typeof value !== "number") throw wrong(name, "a number from 0 to 1", value);
  if (!(value >= 0 && value <= 1)) throw outside(`${name} must be a number from 0 to 1, not ${value}`);
  return value;
}

/** Checks that a value is a Date, and returns its time in milliseconds. */
export function instant(name: string, value: unknown): number {
  if (!types.isDate(value)) throw wrong(name, "a Date", value);
  const milliseconds = value.getTime();
  // Allows any date within about 2,500 years of 1970.
  if (!(Math.abs(milliseconds) < 8e13)) throw outside(`${name} is out of range`);
  return milliseconds;
}

/**
 * Checks that a value is a day, written as `YYYY-MM-DD`, and returns it. A Date is refused, because its day depends on
 * the time zone.
 */
export function day(name: string, value: unknown): string {
  if (typeof value !== "string") throw wrong(name, "a day such as '2026-08-20'", value);
  const time = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== value) {
    throw invalid(`${name} must be a day such as '2026-08-20', not ${quoted(value)}`);
  }
  return value;
}

/** Checks an optional AbortSignal, and returns it. If the signal is already aborted, throws its reason. */
export function abortable(value: unknown): AbortSignal | undefined {
  if (value === undefined) return undefined;
  const { aborted: isAborted, addEventListener } = (typeof value === "object" && value !== null ? value : {}) as Partial<AbortSignal>;
  if (typeof isAborted !== "boolean" || typeof addEventListener !== "function") throw wrong("signal", "an AbortSignal", value);
  if (isAborted) throw aborted(value as AbortSignal);
  return value as AbortSignal;
}

/** Checks an optional function, and returns it. */
export function callable<F>(name: string, value: F | undefined): F | undefined {
  if (value !== undefined && typeof value !== "function") throw wrong(name, "a function", value);
  return value;
}

