// Where results are written: to a path as the core saves a file, or to a stream.

import type { Writable } from "node:stream";
import * as native from "../native.js";
import { failed, told } from "./failure.js";
import { bytesOf, invalid, isText, pathOfUrl, wrong } from "./input.js";

/** Where to write: a path, or a stream, which is left open. */
export type Destination = string | URL | Writable;

function path(value: string): string {
  if (isText(value)) throw invalid("dest looks like text, not a path; give the path first, or a Writable");
  return value;
}

/** @internal A path or a stream, or a TypeError that shows nothing of it. */
export function destination(value: unknown): string | Writable {
  if (typeof value === "string") return path(value);
  const file = pathOfUrl("dest", value);
  if (file !== undefined) return path(file);
  if (typeof (value as Writable | null)?.write === "function") return value as Writable;
  throw wrong("dest", "a path, a URL or a Writable", value);
}

/** @internal A path, or a TypeError that shows nothing of it. */
export function destinationSync(value: unknown): string {
  const to = destination(value);
  if (typeof to !== "string") throw wrong("dest", "a path or a URL", value);
  return to;
}

/** @internal Writes what is made to a path for its owner alone, or to a stream; nothing if nothing is made. */
export async function write(dest: unknown, make: () => Promise<Uint8Array | null>): Promise<void> {
  const to = destination(dest);
  if (typeof to !== "string") return pour(to, make);
  const bytes = await make();
  try {
    if (bytes) await native.saveFile(to, bytes);
  } catch (error) {
    throw failed(error, told(error), { path: to, writes: true });
  }
}

/** Writes to a stream. Rejects if it fails, has ended, or closes before all is written. */
function pour(to: Writable, make: () => Promise<Uint8Array | null>): Promise<void> {
  return new Promise<void>((done, fail) => {
    const closed = () => fail(Object.assign(new Error("dest was closed before all was written"), { code: "ERR_STREAM_PREMATURE_CLOSE" }));
    // From the beginning, and after a failure: an error event that nobody hears ends the process.
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

/** @internal `write` to a path, at once. */
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
 * Writes a file as credentials are written: whole or not at all, for its owner alone to read (mode 600). For what else a
 * host keeps of accounts, such as their JSON with passwords. Bytes must not be changed before it is done.
 *
 * Rejects with `ERR_NOT_A_REGULAR_FILE` for a pipe, a device and the like, and with the system's error, as `fs` gives one.
 */
export async function saveFile(dest: string | URL, data: string | Uint8Array): Promise<void> {
  const [to, bytes] = [destinationSync(dest), content(data)];
  await write(to, async () => bytes);
}

/** `saveFile` at once. */
export function saveFileSync(dest: string | URL, data: string | Uint8Array): void {
  writeSync(dest, content(data));
}
