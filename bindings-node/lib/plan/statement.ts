// The type `Statement`: one statement of a plan for your database. `core/src/plan/statement.rs` decides their order.

import { inspect } from "node:util";
import { camel } from "../shared/json.js";
import { Password } from "../values.js";
import type { ChangedField, ChangedFields } from "./change.js";

/**
 * One statement for your database: a row to insert, or the fields to update in one row. `util.inspect` shows none of
 * its data.
 */
export interface Statement {
  /** The kind of statement. */
  readonly kind: "insert" | "update";
  /** Your own id for the account, to find its row; `null` for a row to insert, or if you passed no `hostId`. */
  readonly hostId: string | null;
  /** The username of the row when this statement runs. For a row to insert, it is the new username. */
  readonly username: string;
  /**
   * The values to set. For an insert, these are all values, except a missing `upi`. For an update, these are the
   * changed values.
   */
  readonly set: StatementValues;
  /** Whether the row gets a new password. If so, you must not keep the old password. */
  readonly newPassword: boolean;
  /** The new password, if there is one and the plan contains it. */
  readonly password: Password | null;
  /**
   * Whether this statement only frees a username or an id for another row. A later statement sets this row's own
   * username and ids.
   */
  readonly makesRoom: boolean;
}

/** The values of a statement by field, with the types of an `Account`. */
export type StatementValues = { readonly [F in ChangedField]?: NonNullable<ChangedFields[F]>[0] } & {
  /** Wonde's id for the person, in a row to insert. */
  readonly upi?: string;
};

const STATEMENT = { value: (): string => "Statement <hidden>", enumerable: false };

/** @internal Returns the statement from JSON that Rust sent. */
export function statementOf(json: string): Statement {
  const told = JSON.parse(json) as Omit<Statement, "set" | "password"> & { set: [string, unknown][]; password: string | null };
  const set = Object.fromEntries(told.set.map(([name, value]) => [camel(name), value])) as StatementValues;
  const password = told.password === null ? null : Password.of(told.password);
  return Object.freeze(Object.defineProperty({ ...told, set, password }, inspect.custom, STATEMENT));
}
