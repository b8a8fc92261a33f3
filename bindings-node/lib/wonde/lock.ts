// Locks that prevent two syncs of one school at the same time.

import native = require("../../native.js");
import { sync } from "../errors.js";
import { text, wrong } from "../input.js";

/**
 * A lock that prevents two syncs of one school at the same time, across all of your processes. If you have only one
 * process, use `Locks`.
 */
export interface Lock {
  /** Takes the lock of a school without waiting. Returns false if another sync holds the lock. */
  tryLock(schoolId: string): boolean | Promise<boolean>;
  /** Releases the lock. */
  unlock(schoolId: string): void | Promise<void>;
}

/**
 * Locks for a single process.
 *
 * @example
 * const locks = new wonde.Locks();
 * [locks.tryLock("A1329183376"), locks.tryLock("A1329183376")]; // => [true, false]
 * locks.unlock("A1329183376");
 */
export class Locks implements Lock {
  readonly #native = native.wondeLocks();

  /** Takes the lock of a school. Returns false if the lock is already taken. */
  tryLock(schoolId: string): boolean {
    return this.#native.tryLock(text("schoolId", schoolId));
  }

  /** Releases the lock of a school. */
  unlock(schoolId: string): void {
    this.#native.unlock(text("schoolId", schoolId));
  }
}

/**
 * Runs `work` while it holds the school's lock. Do the whole sync in `work`, until the plan is applied. Rejects with
 * WondeError (`busy`) if another sync holds the lock.
 *
 * @example
 * const locks = new wonde.Locks();
 * await wonde.exclusive(locks, "A1329183376", async () => locks.tryLock("A1329183376")); // => false
 */
export async function exclusive<T>(lock: Lock, schoolId: string, work: () => Promise<T>): Promise<T> {
  if (typeof lock?.tryLock !== "function" || typeof lock.unlock !== "function") throw wrong("lock", "a Lock", lock);
  const id = text("schoolId", schoolId);
  if (typeof work !== "function") throw wrong("work", "a function", work);
  if (!(await lock.tryLock(id))) sync(() => native.wondeBusy());
  try {
    return await work();
  } finally {
    await lock.unlock(id);
  }
}
