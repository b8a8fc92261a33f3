// Where results are written: to a path as the core saves a file, or to a stream.

import type { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import * as native from "../native.js";
import { failed, told } from "./failure.js";
import { isText, wrong } from "./input.js";

/** Where to write: a path, or a stream, which is left open. */
export type Destination = string | URL | Writable;

function path(value: string): string {
  if (!isText(value)) return value;
  const message = "dest looks like text, not a path; give the path first, or a Writable";
  throw Object.assign(new TypeError(message), { code: "ERR_INVALID_ARG_VALUE" });
}

/** @internal A path or a stream, or a TypeError that shows nothing of it. */
export function destination(value: unknown): string | Writable {
  if (typeof value === "string") return path(value);
  if (value instanceof URL) return path(fileURLToPath(value));
  if (typeof (value as Writable | null)?.write === "function") return value as Writable;
  throw wrong("dest", "a path, a URL or a Writable", value);
}

/** @internal A path, or a TypeError that shows nothing of it. */
export function destinationSync(value: unknown): string {
  const to = destination(value);
  if (typeof to !== "string") throw wrong("dest", "a path or a URL", value);
  return to;
}

/** @internal Writes to a path for its owner alone, or to a stream. */
export async function write(dest: unknown, bytes: Uint8Array): Promise<void> {
  const to = destination(dest);
  if (typeof to === "string") {
    try {
      await native.saveFile(to, bytes);
    } catch (error) {
      throw failed(error, told(error), to);
    }
    return;
  }
  await new Promise<void>((done, fail) => {
    to.write(bytes, (error) => (error ? fail(error) : done()));
  });
}

/** @internal `write` to a path, at once. */
export function writeSync(dest: unknown, bytes: Uint8Array): void {
  const to = destinationSync(dest);
  try {
    native.saveFileSync(to, bytes);
  } catch (error) {
    throw failed(error, told(error), to);
  }
}

function content(data: unknown): Uint8Array {
  if (typeof data === "string") return Buffer.from(data);
  if (data instanceof Uint8Array) return data;
  throw wrong("data", "a string or a Uint8Array", data);
}

/**
 * Writes a file as credentials are written: whole or not at all, for its owner alone to read (mode 600). For what else a
 * host keeps of accounts, such as their JSON with passwords. Bytes must not be changed before it is done.
 *
 * Rejects with `ERR_NOT_A_REGULAR_FILE` for a pipe, a device and the like, and with the system's error, as `fs` gives one.
 */
export async function saveFile(dest: string | URL, data: string | Uint8Array): Promise<void> {
  await write(destinationSync(dest), content(data));
}

/** `saveFile` at once. */
export function saveFileSync(dest: string | URL, data: string | Uint8Array): void {
  writeSync(dest, content(data));
}
