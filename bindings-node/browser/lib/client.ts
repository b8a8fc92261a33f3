// Sends tasks to a worker, one at a time, and chooses the build of the core for each. To cancel a task, this module
// ends the worker, because a busy worker cannot receive messages. Has the messages about a worker that does not start.

import { invalid } from "./shared/argument.js";
import type { Abortable } from "./shared/reading.js";
import { OnrollError } from "./failure.js";
import type { Choices } from "./options.js";
import type { Asked, Failed, Kind, Made, Said } from "./protocol.js";

/**
 * The largest memory of a worker that is kept. A worker with more memory is ended, because WebAssembly memory never
 * shrinks.
 */
const KEPT_BYTES = 64 * 2 ** 20;

interface Task {
  readonly asked: Asked;
  readonly told: ((done: number, of: number) => unknown) | undefined;
  readonly done: (made: Made[Kind]) => void;
  readonly failed: (error: unknown) => void;
}

/** The builds of the core. Each contains everything in the previous build, and is loaded when it is needed. */
type Part = "csv" | "workbook" | "mark";

// Bundlers look for exactly this form of code, and webpack names files after `name`.
const WORKERS: Readonly<Record<Part, () => Worker>> = {
  csv: () => new Worker(new URL("./worker/csv.js", import.meta.url), { type: "module", name: "onroll-csv" }),
  workbook: () => new Worker(new URL("./worker/workbook.js", import.meta.url), { type: "module", name: "onroll-workbook" }),
  mark: () => new Worker(new URL("./worker/mark.js", import.meta.url), { type: "module", name: "onroll-mark" }),
};

const workers: { [part in Part]?: Worker } = {};
let active: Task | undefined;
/** The build that the active task uses. */
let busy: Part = "csv";
let ids = 0;
const waiting: Task[] = [];

function ended(): void {
  workers[busy]?.terminate();
  delete workers[busy];
}

function started(part: Part): Worker {
  const kept = workers[part];
  if (kept !== undefined) return kept;
  const made = WORKERS[part]();
  made.onmessage = ({ data }: MessageEvent<Said>) => hear(data);
  // If a script cannot be loaded, the browser gives no reason.
  made.onerror = (event) => {
    event.preventDefault();
    if (workers[part] !== made) return;
    delete workers[part];
    if (busy === part) fail({ code: "not-started", message: "its script could not be loaded" });
  };
  return (workers[part] = made);
}

/** Starts the worker for CSV files in advance, so that the first file does not wait for the worker. */
export function prepare(): void {
  started("csv");
}

function fail(failed: Failed): void {
  const task = active;
  active = undefined;
  ended();
  task?.failed(errorOf(failed));
  next();
}

function errorOf({ code, message, name }: Failed): Error {
  if (code === "unreadable") return new DOMException(`the file could not be read: ${message}`, name ?? "NotReadableError");
  if (code === "ethnicities") return invalid(message);
  if (code === "protocol") return new OnrollError(message, "ERR_PROTOCOL");
  if (code === "panic") return new OnrollError("onroll reached an impossible state, or ran out of memory; please report this", "ERR_PANIC");
  const remedy =
    "serve onroll's folder `worker` from the page's own origin, and allow 'wasm-unsafe-eval' in script-src of a Content-Security-Policy";
  return new OnrollError(`the worker of onroll did not start (${message}): ${remedy}`, "ERR_NOT_STARTED");
}

/** Failures after which the worker can continue. */
const HARMLESS: readonly Failed["code"][] = ["protocol", "ethnicities", "unreadable"];

function hear(said: Said): void {
  const task = active;
  // Ignores the answer to a cancelled task.
  if (task === undefined || said.id !== task.asked.id) return;
  if ("progress" in said) {
    void tell(task, ...said.progress);
    return;
  }
  if ("isWorkbook" in said) return give(task, "workbook");
  if ("failed" in said && !HARMLESS.includes(said.failed.code)) return fail(said.failed);
  active = undefined;
  if ("failed" in said) task.failed(errorOf(said.failed));
  else {
    if (said.memory > KEPT_BYTES) ended();
    task.done(said.made);
  }
  next();
}

/** Reports the progress of a reading. If the listener throws, the reading ends. */
async function tell(task: Task, done: number, of: number): Promise<void> {
  try {
    if (of > 0) await task.told?.(done, of);
  } catch (error) {
    drop(task, error);
  }
}

function next(): void {
  if (active !== undefined) return;
  active = waiting.shift();
  if (active !== undefined) give(active, active.asked.kind === "mark" ? "mark" : "csv");
}

/**
 * Gives a task to a build. If the CSV build reports that the file is a workbook, the task goes to the workbook build.
 */
function give(task: Task, part: Part): void {
  busy = part;
  started(part).postMessage(task.asked);
}

function drop(task: Task, reason: unknown): void {
  task.failed(reason);
  const index = waiting.indexOf(task);
  if (index >= 0) waiting.splice(index, 1);
  if (active !== task) return;
  active = undefined;
  ended();
  next();
}

/** Asks the worker for the result of one task on a file. */
export function ask<K extends Kind>(kind: K, source: Blob | Uint8Array, choices: Choices, watch: Abortable): Promise<Made[K]> {
  const { signal, onProgress } = watch;
  return new Promise<Made[K]>((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason);
    const asked: Asked = { ...choices, id: ++ids, kind, source, watched: onProgress !== undefined };
    const end = () => drop(task, signal?.reason);
    const over = () => signal?.removeEventListener("abort", end);
    const task: Task = {
      asked,
      told: onProgress,
      done: (made) => {
        over();
        const size = source instanceof Blob ? source.size : source.length;
        // At the end, the number of bytes read equals the total.
        void Promise.resolve(size > 0 ? onProgress?.(size, size) : undefined).then(() => resolve(made as Made[K]), reject);
      },
      failed: (error) => {
        over();
        reject(error);
      },
    };
    signal?.addEventListener("abort", end);
    waiting.push(task);
    next();
  });
}
