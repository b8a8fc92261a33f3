// The class `Schedule`: the times at which a school is synced. `core/src/wonde/schedule.rs` decides them.

import { inspect } from "node:util";
import native = require("../../native.js");
import { OnrollError, sync } from "../errors.js";
import { instant, text, unmade, whole } from "../input.js";

/** Runs a function, and turns an error from the core into a RangeError. */
function range<T>(run: () => T): T {
  try {
    return sync(run);
  } catch (error) {
    throw error instanceof OnrollError ? Object.assign(new RangeError(error.message), { code: error.code }) : error;
  }
}

/**
 * The times at which a school is synced. Make a schedule with `daily`, and refine it with the other methods, each of
 * which returns a new schedule.
 *
 * @example
 * const schedule = wonde.Schedule.daily("02:30").fullOn("Sunday");
 * const monday = new Date("2026-09-07T12:00:00Z");
 * schedule.nextAfter(monday).toISOString(); // => "2026-09-08T01:30:00.000Z"
 * schedule.nextRun(monday).sync; // => "delta"
 * const ofSchool = schedule.spread(120).ofSchool("A1329183376"); // not all schools at once
 */
export class Schedule {
  readonly #native: native.WondeSchedule;

  private constructor(made: native.WondeSchedule) {
    if (!(made instanceof native.WondeSchedule)) throw unmade("Schedule", 'Schedule.daily("02:30")');
    this.#native = made;
  }

  /**
   * Creates a schedule for every day at a time in London, such as `02:30`, with a full sync each day. Throws a
   * RangeError if the time is not valid.
   */
  static daily(time: string): Schedule {
    return new Schedule(range(() => native.wondeDaily(text("time", time))));
  }

  /**
   * Returns a schedule whose sync is full only on this day of the week, such as `Sunday`. On other days, the sync is a
   * delta. Throws a RangeError if the day is not valid.
   */
  fullOn(day: string): Schedule {
    return new Schedule(range(() => this.#native.fullOn(text("day", day))));
  }

  /**
   * Returns a schedule that spreads schools over this number of minutes after its time. Throws a RangeError if the
   * number is over 720.
   */
  spread(minutes: number): Schedule {
    return new Schedule(range(() => this.#native.spread(Math.min(whole("minutes", minutes), 721))));
  }

  /** Returns the schedule of one school, with a fixed time within the spread. */
  ofSchool(schoolId: string): Schedule {
    return new Schedule(this.#native.ofSchool(text("schoolId", schoolId)));
  }

  /** Returns the time of the next sync after `after`. */
  nextAfter(after: Date): Date {
    return this.nextRun(after).at;
  }

  /** Returns the next sync after `after`: its time, and whether it is full or a delta. */
  nextRun(after: Date): { readonly at: Date; readonly sync: "full" | "delta" } {
    const run = JSON.parse(sync(() => this.#native.nextRun(instant("after", after)))) as { at: number; sync: "full" | "delta" };
    return { at: new Date(run.at), sync: run.sync };
  }

  [inspect.custom](): string {
    return `wonde.Schedule <${this.#native.show()}>`;
  }
}
