// The job of a worker: it runs the core on one file at a time. It keeps nothing between two files.

import type { Asked, Failed, Kind, Made, Said } from "../protocol.js";
import type * as core from "./core.js";

/** A part of the core, as it is built. */
export type Core = typeof core;

const scope = globalThis as unknown as {
  postMessage(said: Said, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent<Asked>) => void) | null;
};
const say = (said: Said, transfer: Transferable[] = []) => scope.postMessage(said, transfer);

// The shortest time between two messages of progress to a page: a bar is not drawn more often.
const EVERY_MS = 50;

/** The memory of what is made, which is handed over and not copied. */
function buffers(made: unknown, found: Transferable[] = []): Transferable[] {
  if (ArrayBuffer.isView(made)) found.push(made.buffer as ArrayBuffer);
  else if (typeof made === "object" && made !== null) for (const each of Object.values(made)) buffers(each, found);
  return found;
}

/** The bytes of a file, one over the limit at most: enough to see that there are too many. */
async function bytesOf({ source, most }: Asked): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source.length > most ? source.subarray(0, most + 1) : source;
  return new Uint8Array(await source.slice(0, most + 1).arrayBuffer());
}

/** Whether a file begins as a workbook does: a zip archive, a compound file, or one of Excel 5. The core looks at the same bytes. */
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

/** Answers what the page asks, by a part of the core. A part that reads no workbooks gives those back. */
export function serve(core: Core, module: URL, readsWorkbooks: boolean): void {
  const started = core.default({ module_or_path: module });
  // Each answer reports it.
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
