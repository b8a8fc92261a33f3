// The function `createAccounts`, which creates accounts for the students in a roster.

import native = require("../../native.js");
import { promised, sync } from "../errors.js";
import { Roster } from "../roster/roster.js";
import { Accounts } from "./accounts.js";
import { type PasswordOptions, policy } from "./passwords.js";

/**
 * Creates an active account with a new password for every student in a roster. Students from an MIS who sign in with
 * SSO get no password.
 *
 * @example
 * const accounts = await createAccounts(await readCsv("students.csv"), { passwords: PasswordPolicy.words(3) });
 * accounts.get("Zoë Ahmed").password.expose().split(" ").length; // => 3
 */
export async function createAccounts(roster: Roster, options?: PasswordOptions): Promise<Accounts> {
  const [students, made] = [Roster.native(roster), policy("createAccounts", options)];
  return Accounts.of(await promised<native.Accounts>(() => native.createAccounts(students, made) as Promise<unknown>));
}

/**
 * Does the same as `createAccounts`, synchronously.
 *
 * @example
 * createAccountsSync(readCsvSync("students.csv")).length; // => 240
 */
export function createAccountsSync(roster: Roster, options?: PasswordOptions): Accounts {
  const [students, made] = [Roster.native(roster), policy("createAccountsSync", options)];
  return Accounts.of(sync(() => native.createAccountsSync(students, made)));
}
