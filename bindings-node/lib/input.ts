// What users give, checked and named in a TypeError where it is something else; and where results are written.

import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";

/** A file to read: its path, its bytes, or a stream of them. */
export type Source = string | URL | Uint8Array | ArrayBuffer | Readable | AsyncIterable<Uint8Array>;
/** A file to read at once: its path or its bytes. */
export type SyncSource = string | URL | Uint8Array | ArrayBuffer;
/** Where to write: a path, or a stream, which is left open. */
export type Destination = string | URL | Writable;

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

/** A path or bytes. */
export function given(value: unknown): Given | undefined {
  if (typeof value === "string") return { path: value };
  if (value instanceof URL) return { path: fileURLToPath(value) };
  if (value instanceof Uint8Array) return { bytes: value };
  if (value instanceof ArrayBuffer) return { bytes: new Uint8Array(value) };
  return undefined;
}

export function givenSync(name: string, value: unknown): Given {
  const found = given(value);
  if (found === undefined) throw wrong(name, "a path, a URL, a Buffer or a Uint8Array", value);
  return found;
}

/** A path or bytes, those of a stream gathered. */
export async function gathered(name: string, value: unknown, most: number, signal?: AbortSignal): Promise<Given> {
  const found = given(value);
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

/** The rows of an iterable of objects, each as `of` takes it with its name. */
export function rows<T, R>(value: Iterable<T>, of: (row: T, name: string) => R): R[] {
  if (typeof value === "string" || typeof (value as Iterable<T> | null)?.[Symbol.iterator] !== "function") {
    throw wrong("rows", "an iterable of objects", value);
  }
  return Array.from(value, (row, number) => {
    const name = `rows[${number}]`;
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

/** Whether what is written is to be read by its owner alone. */
export type Mode = "open" | "private";

function destination(value: unknown): string | Writable {
  if (typeof value === "string") return value;
  if (value instanceof URL) return fileURLToPath(value);
  if (typeof (value as Writable | null)?.write === "function") return value as Writable;
  throw wrong("dest", "a path, a URL or a Writable", value);
}

/** Beside the file, so that it can be renamed to it: there is the old file or the new one, and never half. */
function beside(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(6).toString("hex")}`);
}

/** The file that is replaced, a link followed; none where a pipe or a terminal is written to, which no file may replace. */
function replaced(to: string): string | undefined {
  const about = fs.statSync(to, { throwIfNoEntry: false });
  if (about === undefined) return to;
  return about.isFile() || about.isDirectory() ? fs.realpathSync(to) : undefined;
}

export async function write(dest: unknown, bytes: Uint8Array, mode: Mode): Promise<void> {
  const to = destination(dest);
  if (typeof to !== "string") {
    await new Promise<void>((done, failed) => {
      to.write(bytes, (error) => (error ? failed(error) : done()));
    });
    return;
  }
  const kept = replaced(to);
  if (kept === undefined) return fs.promises.writeFile(to, bytes);
  const temporary = beside(kept);
  try {
    await fs.promises.writeFile(temporary, bytes, { mode: mode === "private" ? 0o600 : 0o666, flag: "wx", flush: true });
    await fs.promises.rename(temporary, kept);
  } catch (error) {
    await fs.promises.rm(temporary, { force: true });
    throw error;
  }
}

export function writeSync(dest: unknown, bytes: Uint8Array, mode: Mode): void {
  const to = destination(dest);
  if (typeof to !== "string") throw wrong("dest", "a path or a URL", dest);
  const kept = replaced(to);
  if (kept === undefined) return fs.writeFileSync(to, bytes);
  const temporary = beside(kept);
  try {
    fs.writeFileSync(temporary, bytes, { mode: mode === "private" ? 0o600 : 0o666, flag: "wx", flush: true });
    fs.renameSync(temporary, kept);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}
