// Checks arguments, and names a wrong one in a TypeError. Values may be of another realm, as in Jest and
// vitest, where `instanceof` knows neither arrays nor dates.

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
    /** The next bytes. */
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

/** A file to read: its path, its bytes, or a stream of them. */
export type Source = string | URL | Uint8Array | ArrayBuffer | Bytes | Readable | ByteStream | AsyncIterable<Uint8Array>;
/** A file to read synchronously: its path or its bytes. */
export type SyncSource = string | URL | Uint8Array | ArrayBuffer;

/** @internal The TypeError of a constructor that only the package may call. */
export function unmade(name: string, instead: string): TypeError {
  const message = `new ${name}() makes no ${name}: use ${instead}`;
  return Object.assign(new TypeError(message), { code: "ERR_ILLEGAL_CONSTRUCTOR" });
}

export interface Given {
  path?: string;
  bytes?: Uint8Array;
}

/** The length of the longest path on any system. */
const MOST_PATH = 4096;

/** Whether a string is a text that was given instead of a path: an error of the system would show all of it. */
export function isText(value: string): boolean {
  return value.length > MOST_PATH || /[\r\n\0]/.test(value);
}

function path(name: string, value: string): string {
  if (isText(value)) throw invalid(`${name} looks like CSV text, not a path; pass a Buffer: Buffer.from(text)`);
  return value;
}

/** @internal The path of a `file:` URL; `undefined` for other texts. */
export function pathOfUrl(name: string, value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { href, protocol } = value as { href?: unknown; protocol?: unknown };
  if (typeof href !== "string" || typeof protocol !== "string") return undefined;
  if (protocol !== "file:") throw invalid(`${name} must be a file: URL, not ${protocol}`);
  return fileURLToPath(href);
}

/** @internal The bytes of a Buffer, a Uint8Array or an ArrayBuffer; `undefined` for other values. */
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

/** A path or bytes. */
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

/** Awaits work until a signal is aborted: then it rejects at once, and the result of the work is dropped. */
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

/** The chunks of a stream, if it is one. */
function chunks(name: string, value: unknown): Chunks | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { readableEnded, destroyed, locked } = value as Record<string, unknown>;
  if (readableEnded === true || destroyed === true) throw invalid(`${name} is a stream that has ended or was closed`);
  if (locked === true) throw invalid(`${name} is a stream that is being read elsewhere`);
  if (typeof (value as Partial<ByteStream>).getReader === "function") {
    const reader = (value as ByteStream).getReader();
    return { next: () => reader.read(), end: () => void reader.cancel().catch(() => {}) };
  }
  if (typeof (value as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] !== "function") return undefined;
  const iterator = (value as AsyncIterable<unknown>)[Symbol.asyncIterator]();
  const end = () => {
    // While a chunk is awaited, `return` waits for it too; `destroy` does not.
    (value as { destroy?: () => void }).destroy?.();
    void iterator.return?.().catch(() => {});
  };
  return { next: () => iterator.next(), end };
}

/** A path or bytes, those of a stream gathered. */
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
    // One byte over the limit shows that there is too much.
    while (length <= most) {
      const { done, value: chunk } = await unlessAborted(stream.next(), signal);
      if (done === true) return { bytes: Buffer.concat(parts, length) };
      if (typeof chunk === "string") {
        throw new TypeError(`${name} must be a stream of bytes: it is one of text; leave its encoding unset`);
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

/** @internal A text that a database may keep as a number: whole numbers are their decimal text, and NaN is blank. */
export function wordOf(name: string, value: unknown): string {
  if (typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value))) return String(value);
  if (value === null || value === undefined || Number.isNaN(value)) return "";
  if (typeof value !== "string") throw wrong(name, "a string, a whole number or null", value);
  return value;
}

/** @internal A flag as databases store it; `undefined` for other values. */
export function flagOf(value: unknown): boolean | undefined {
  if (value === true || value === 1 || value === 1n || value === "Yes") return true;
  return value === false || value === 0 || value === 0n || value === "No" ? false : undefined;
}

/** The rows of an iterable of objects, each as `of` takes it with its name. */
export function rows<T, R>(value: Iterable<T>, of: (row: T, name: string) => R, name = "rows"): R[] {
  return elements(name, value, "an iterable of objects", (row: T, at) => {
    if (typeof row !== "object" || row === null) throw wrong(at, "an object", row);
    return of(row, at);
  });
}

/** The place of an index, which counts from the end if it is negative; `undefined` outside. */
export function place(index: number, length: number): number | undefined {
  if (typeof index !== "number") throw wrong("index", "a number", index);
  const found = index < 0 ? length + index : index;
  return Number.isInteger(found) && found >= 0 && found < length ? found : undefined;
}

/** A part of a whole. */
export function share(name: string, value: unknown): number {
  if (typeof value !== "number") throw wrong(name, "a number from 0 to 1", value);
  if (!(value >= 0 && value <= 1)) throw outside(`${name} must be a number from 0 to 1, not ${value}`);
  return value;
}

/** A time in milliseconds. */
export function instant(name: string, value: unknown): number {
  if (!types.isDate(value)) throw wrong(name, "a Date", value);
  const milliseconds = value.getTime();
  // The years of the usual calendar.
  if (!(Math.abs(milliseconds) < 8e13)) throw outside(`${name} is out of range`);
  return milliseconds;
}

/** A day as `YYYY-MM-DD`: a Date is an instant, which is another day elsewhere. */
export function day(name: string, value: unknown): string {
  if (typeof value !== "string") throw wrong(name, "a day such as '2026-08-20'", value);
  const time = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== value) {
    throw invalid(`${name} must be a day such as '2026-08-20', not ${quoted(value)}`);
  }
  return value;
}

/** A signal that may end work. */
export function abortable(value: unknown): AbortSignal | undefined {
  if (value === undefined) return undefined;
  const { aborted: isAborted, addEventListener } = (typeof value === "object" && value !== null ? value : {}) as Partial<AbortSignal>;
  if (typeof isAborted !== "boolean" || typeof addEventListener !== "function") throw wrong("signal", "an AbortSignal", value);
  if (isAborted) throw aborted(value as AbortSignal);
  return value as AbortSignal;
}

/** A function, if there is one. */
export function callable<F>(name: string, value: F | undefined): F | undefined {
  if (value !== undefined && typeof value !== "function") throw wrong(name, "a function", value);
  return value;
}

