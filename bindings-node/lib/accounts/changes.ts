// The fields that `accounts.edit` can change (`Changes`), and how they are checked.

import { day, options as known, wordOf, wrong } from "../input.js";
import type { FieldName } from "../shared/problem.js";
import { CELLS, type Text, ownFields, said } from "./fields.js";

/** Changes to an account. */
export interface Changes {
  /** The student's full name. */
  fullName?: Text;
  /** The username. With SSO, it is an email address. */
  username?: Text;
  /** The year group as the school writes it, such as `Year 5`. */
  yearGroup?: Text;
  /** The class, such as `5A`. */
  className?: Text;
  /** The gender. */
  gender?: string;
  /** Whether the school gets pupil premium for the student. */
  pupilPremium?: boolean | "Yes" | "No" | 0 | 1;
  /** The ethnicity code of the Department for Education. */
  ethnicity?: string;
  /** Whether the student has special educational needs or a disability. */
  send?: boolean | "Yes" | "No" | 0 | 1;
  /** Whether English is an additional language for the student. */
  eal?: boolean | "Yes" | "No" | 0 | 1;
  /** Whether the student is on roll. */
  active?: boolean | "Yes" | "No" | 0 | 1;
  /**
   * Whether the account is blocked. The student of a blocked account cannot sign in. Plans never unblock an account.
   */
  blocked?: boolean | "Yes" | "No" | 0 | 1;
  /** Whether the account was made by hand. Plans never deactivate such an account. */
  manual?: boolean | "Yes" | "No" | 0 | 1;
  /**
   * The names of the fields that you maintain yourself. Plans do not change these fields. If the list is empty, plans
   * can change all fields again.
   */
  ownFields?: Iterable<FieldName>;
  /** The last day, as `YYYY-MM-DD`, on which a leaver may sign in. `null` removes the day. */
  activeUntil?: string | null;
}

/** @internal Checks the changes. Returns the texts of the nine columns, and all other changes as JSON for Rust. */
export function edited(changes: Changes): [cells: (string | undefined)[], state: string] {
  if (typeof changes !== "object" || changes === null) throw wrong("changes", "an object", changes);
  const asked = known("edit", changes, [...CELLS, "active", "blocked", "manual", "ownFields", "activeUntil"]);
  const cells = CELLS.map((field) => {
    const value = asked[field];
    if (value === undefined) return undefined;
    const isFlag = field === "pupilPremium" || field === "send" || field === "eal";
    // The core refuses a wrong string, and its report shows the fix.
    if (!isFlag || typeof value === "string") return wordOf(field, value);
    return said(field, value) ? "Yes" : "No";
  });
  const flags = (["active", "blocked", "manual"] as const).filter((name) => asked[name] !== undefined);
  const state = {
    ...Object.fromEntries(flags.map((name) => [name, said(name, asked[name])])),
    ...(asked.ownFields !== undefined && { own_fields: ownFields("ownFields", asked.ownFields) }),
    // A blank text removes the day.
    ...(asked.activeUntil !== undefined && {
      active_until: asked.activeUntil === null ? "" : day("activeUntil", asked.activeUntil),
    }),
  };
  return [cells, JSON.stringify(state)];
}
