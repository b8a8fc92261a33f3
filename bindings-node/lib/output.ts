// Writes results to a path or to a stream, and saves your own files (`saveFile`).

import type { Writable } from "node:stream";
import native = require("../native.js");
import { failed, told } from "./failure.js";
import { bytesOf, invalid, isText, pathOfUrl, wrong } from "./input.js";

/** A web stream to write to, such as the writable side of a `TransformStream`. */
export interface ByteSink {
  /** Whether another writer has locked the stream. */
  readonly locked: boolean;
  /** Locks the stream for writing. */
  getWriter(): {
    /** Writes bytes. */
    write(chunk: Uint8Array): Promise<void>;
    /** Releases the stream. */
    releaseLock(): void;
  };
}

/** The destination: a path, or a Node or web stream, which stays open. */
export type Destination = string | URL | Writable | ByteSink;

function path(value: string): string {
  if (isText(value)) throw invalid("dest looks like text, not a path; give the path first, or a Writable");
  return value;
}

/** @internal Returns the path or the stream to write to. Throws a TypeError that does not show the value. */
export function destination(value: unknown): string | Writable | ByteSink {
  if (typeof value === "string") return path(value);
  const file = pathOfUrl("dest", value);
  if (file !== undefined) return path(file);
  if (typeof (value as Writable | null)?.write === "function") return value as Writable;
  if (typeof (value as ByteSink | null)?.getWriter === "function") {
    if ((value as ByteSink).locked) throw invalid("dest is a stream to which other code is writing");
    return value as ByteSink;
  }
  throw wrong("dest", "a path, a URL, a Writable or a WritableStream", value);
}

/** @internal Returns the path to write to. Throws a TypeError that does not show the value. */
export function destinationSync(value: unknown): string {
  const to = destination(value);
  if (typeof to !== "string") throw wrong("dest", "a path or a URL", value);
  return to;
}

/**
 * @internal Writes the bytes that `make` returns to a file that only the owner can read, or to a stream. If there are
 * no bytes, writes nothing.
 */
export async function write(dest: unknown, make: () => Promise<Uint8Array | null>): Promise<void> {
  const to = destination(dest);
  if (typeof to !== "string") return "getWriter" in to ? drain(to, make) : pour(to, make);
  const bytes = await make();
  try {
    if (bytes) await native.saveFile(to, bytes);
  } catch (error) {
    throw failed(error, told(error), { path: to, writes: true });
  }
}

/** Writes to a web stream, and releases its lock. Rejects if the stream fails or is closed. */
async function drain(to: ByteSink, make: () => Promise<Uint8Array | null>): Promise<void> {
  const writer = to.getWriter();
  try {
    const bytes = await make();
    if (bytes) await writer.write(bytes);
  } finally {
    writer.releaseLock();
  }
}

/** Writes to a Node stream. Rejects if the stream fails, has ended, or closes before everything is written. */
function pour(to: Writable, make: () => Promise<Uint8Array | null>): Promise<void> {
  return new Promise<void>((done, fail) => {
    const closed = () => fail(Object.assign(new Error("dest was closed before everything was written"), { code: "ERR_STREAM_PREMATURE_CLOSE" }));
    // Listens from the start, and still after a failure, because an error event without a listener ends the process.
    to.once?.("error", fail);
    to.once?.("close", closed);
    const end = (error?: unknown) => {
      to.off?.("close", closed);
      if (error) {
        fail(error);
        return;
      }
      to.off?.("error", fail);
      done();
    };
    const begin = (bytes: Uint8Array | null) => {
      if (to.destroyed) closed();
      else if (bytes) to.write(bytes, end);
      else end();
    };
    make().then(begin).catch(end);
  });
}

/** @internal Does the same as `write` to a path, synchronously. */
export function writeSync(dest: unknown, bytes: Uint8Array): void {
  const to = destinationSync(dest);
  try {
    native.saveFileSync(to, bytes);
  } catch (error) {
    throw failed(error, told(error), { path: to, writes: true });
  }
}

function content(data: unknown): Uint8Array {
  if (typeof data === "string") return Buffer.from(data);
  const bytes = bytesOf("data", data);
  if (bytes === undefined) throw wrong("data", "a string or a Uint8Array", data);
  return bytes;
}

/**
 * Writes a file completely or not at all, as onroll writes credentials. Only the owner can read the file (mode 600).
 * Use it for your own files about accounts, such as their JSON with passwords. Do not change the bytes before the
 * promise resolves.
 *
 * Rejects with `ERR_NOT_A_REGULAR_FILE` for a pipe, a device or similar. If the system refuses, rejects with the same
 * error as `fs`.
 *
 * @example
 * await saveFile("template.xlsx", templateWorkbook()); // completely or not at all
 */
export async function saveFile(dest: string | URL, data: string | Uint8Array): Promise<void> {
  const [to, bytes] = [destinationSync(dest), content(data)];
  await write(to, async () => bytes);
}

/**
 * Does the same as `saveFile`, synchronously.
 *
 * @example
 * saveFileSync("template.csv", templateCsv());
 */
export function saveFileSync(dest: string | URL, data: string | Uint8Array): void {
  writeSync(dest, content(data));
}
