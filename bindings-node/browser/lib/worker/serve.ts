// The code of every worker. It reads the file, recognises a workbook, and runs the core on one file at a time. It keeps
// no data between two files.

import type { Asked, Failed, Kind, Made, Said } from "../protocol.js";
import type * as core from "./core.js";

/** One of the builds of the core. */
export type Core = typeof core;

const scope = globalThis as unknown as {
  postMessage(said: Said, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<Asked>) => void) | null;
};
const say = (said: Said, transfer: Transferable[] = []) => scope.postMessage(said, transfer);

// The shortest time between two progress messages to a page, which does not draw its bar more often.
const EVERY_MS = 50;

/** Returns the buffers in a result, which are transferred to the page and not copied. */
function buffers(made: unknown, found: Transferable[] = []): Transferable[] {
  if (ArrayBuffer.isView(made)) found.push(made.buffer as ArrayBuffer);
  else if (typeof made === "object" && made !== null) for (const each of Object.values(made)) buffers(each, found);
  return found;
}

/**
 * Returns the bytes of a file, up to one byte over the limit. The extra byte shows the core that the file is too large.
 */
async function bytesOf({ source, most }: Asked): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source.length > most ? source.subarray(0, most + 1) : source;
  return new Uint8Array(await source.slice(0, most + 1).arrayBuffer());
}

/**
 * Returns whether a file begins like a workbook: a zip archive, a compound file, or a file of Excel 5. The core checks
 * the same bytes.
 */
function isWorkbook([first, second, third, fourth, , sixth]: Uint8Array): boolean {
  if (first === 0x50 && second === 0x4b) return (third === 3 && fourth === 4) || (third === 5 && fourth === 6);
  if (first === 0x09 && second === 0x08) return fourth === 0 && sixth === 0;
  return first === 0xd0 && second === 0xcf && third === 0x11 && fourth === 0xe0;
}

function failure(error: unknown, code: Failed["code"]): Failed {
  if (typeof error === "string") {
    const failed = JSON.parse(error) as Failed;
    return failed.code === "ethnicities" ? failed : { ...failed, code: "protocol" };
  }
  const { name, message } = error as Error;
  return { code, name, message };
}

function work(core: Core, asked: Asked, bytes: Uint8Array): Made[Kind] {
  let last = 0;
  const watch = (done: number, of: number) => {
    const now = performance.now();
    if (now - last < EVERY_MS) return;
    last = now;
    say({ id: asked.id, progress: [done, of] });
  };
  const { kind, json } = asked;
  if (kind === "template") return { text: core.template() };
  return core[kind](bytes, json, asked.watched ? watch : undefined) as Made[Kind];
}

/**
 * Answers the page's requests with a build of the core. A build that cannot read workbooks tells the page that the
 * file is a workbook.
 */
export function serve(core: Core, module: URL, readsWorkbooks: boolean): void {
  const started = core.default({ module_or_path: module });
  // Each answer reports the failure, so it is ignored here.
  started.catch(() => {});
  const answer = async (asked: Asked): Promise<void> => {
    const { id } = asked;
    let bytes: Uint8Array;
    try {
      bytes = await bytesOf(asked);
    } catch (error) {
      return say({ id, failed: failure(error, "unreadable") });
    }
    if (!readsWorkbooks && isWorkbook(bytes)) return say({ id, isWorkbook: true });
    try {
      await started;
    } catch (error) {
      return say({ id, failed: failure(error, "not-started") });
    }
    try {
      const made = work(core, asked, bytes);
      say({ id, made, memory: core.memory_bytes() }, buffers(made));
    } catch (error) {
      say({ id, failed: failure(error, "panic") });
    }
  };
  scope.onmessage = ({ data }) => void answer(data);
}
