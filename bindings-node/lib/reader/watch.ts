// Runs a reading off the main thread, so that you can cancel it (`signal`) and follow its progress (`onProgress`).

import native = require("../../native.js");
import { promised } from "../errors.js";
import { aborted } from "../failure.js";
import { type Source, abortable, callable, gathered, options as known, unlessAborted } from "../input.js";
import type { Abortable } from "../shared/reading.js";
import { CHECKS, type ReadOptions, choices } from "./options.js";

/** @internal Runs a reading that `signal` can end, and reports its progress to `onProgress`. */
export async function watched<T>(
  name: string,
  source: Source,
  options: (ReadOptions & Abortable) | undefined,
  except: readonly string[],
  run: (path: string | undefined, bytes: Uint8Array | undefined, json: string, watch: native.Watch) => Promise<unknown>,
  besides: readonly string[] = [],
): Promise<T> {
  const allowed = [...CHECKS, "signal", "onProgress", ...besides].filter((option) => !except.includes(option));
  const { signal, onProgress, ...reading } = known(name, options, allowed);
  const outer = abortable(signal);
  callable("onProgress", onProgress);
  const { json, most } = choices(reading);

  // The signal, or an error in `onProgress`, aborts this controller.
  const ending = new AbortController();
  const watch = new native.Watch();
  ending.signal.addEventListener("abort", () => watch.end());
  const end = () => ending.abort(aborted(outer));
  outer?.addEventListener("abort", end);
  const tell = async (done: number, of: number): Promise<void> => {
    try {
      if (of > 0) await onProgress?.(done, of);
    } catch (error) {
      ending.abort(error);
    }
  };
  let timer: NodeJS.Timeout | undefined;
  try {
    const { path, bytes } = await gathered("source", source, most, ending.signal);
    timer = onProgress && setInterval(() => void tell(watch.done, watch.of), 100);
    const work = promised<T>(() => run(path, bytes, json, watch), { path, signal: ending.signal });
    let made: T;
    try {
      made = await unlessAborted(work, ending.signal);
    } finally {
      clearInterval(timer);
      // A refused roster was read to its end too, so report full progress.
      if (!ending.signal.aborted) await tell(watch.of, watch.of);
    }
    if (ending.signal.aborted) throw ending.signal.reason;
    return made;
  } finally {
    outer?.removeEventListener("abort", end);
  }
}
