// The options of `plan.without`, which leaves changes out of a plan.

import native = require("../../native.js");
import { options as known, outside, quoted, texts } from "../input.js";
import type { Change } from "./change.js";

/** The changes to leave out of a plan. */
export interface WithoutOptions {
  /** The kinds of change to leave out. */
  kinds?: Iterable<Change["kind"]>;
  /**
   * The usernames of the accounts whose changes are left out. Use the current username; for a joiner, use the username
   * of the new account.
   */
  usernames?: Iterable<string>;
}

/** A change that was left out of a plan. `util.inspect` shows none of its data. */
export interface LeftOut {
  /** The kind of change. */
  readonly kind: Change["kind"];
  /** The username. */
  readonly username: string;
}

/** @internal Checks the options of `without`, and returns the kinds and the usernames to leave out. */
export function leavingOut(options: WithoutOptions): [kinds: string[], usernames: string[]] {
  const { kinds = [], usernames = [] } = known("without", options, ["kinds", "usernames"]);
  const [out, names] = [texts("kinds", kinds), texts("usernames", usernames)];
  const all = native.changeKinds();
  for (const kind of out) {
    if (!all.includes(kind)) throw outside(`kinds must name kinds of changes (${all.join(", ")}), not ${quoted(kind)}`);
  }
  return [out, names];
}
