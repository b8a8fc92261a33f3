// The type `School`: a school in Wonde's lists.

import { inspect } from "node:util";

/** A school in Wonde's list. */
export interface School {
  /** The school's id at Wonde. */
  readonly id: string;
  /** The school's name. */
  readonly name: string;
  /** The school's unique reference number (URN). Only schools in England have one. */
  readonly urn: string | null;
  /** The code of the school's local authority. */
  readonly laCode: string | null;
  /** The school's number within the local authority. */
  readonly establishmentNumber: string | null;
  /** The school's phase of education, in Wonde's words. */
  readonly phase: string | null;
  /** The school's management information system. */
  readonly mis: string | null;
  /** The domain of the school's region. */
  readonly domain: string | null;
}

/**
 * @internal Returns the schools. `util.inspect` shows only their ids. People typed the other values, which may contain
 * personal data.
 */
export function listed(schools: unknown): readonly School[] {
  const shown = {
    value(this: School): string {
      return `School <${this.id}>`;
    },
    enumerable: false,
  };
  return (schools as School[]).map((school) => Object.defineProperty(school, inspect.custom, shown));
}
