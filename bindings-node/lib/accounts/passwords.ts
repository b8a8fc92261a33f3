// The options for new passwords, and for passwords in JSON. `PasswordPolicy` is in `values.ts`.

import { flag, options as known } from "../input.js";
import { PasswordPolicy } from "../values.js";

/** The options for new passwords. */
export interface PasswordOptions {
  /** The policy for new passwords. The default is `PasswordPolicy.characters(4)`. */
  passwords?: PasswordPolicy;
}

/** The options for resetting the passwords of a class. */
export interface ResetClassOptions extends PasswordOptions {
  /** The year group of the class. By default, the classes with this name in all year groups are reset. */
  yearGroup?: string;
}

/** @internal Returns the policy in the options as JSON for Rust. */
export function policy(name: string, options: PasswordOptions | undefined): string {
  return PasswordPolicy.json(known(name, options, ["passwords"]).passwords);
}

/**
 * @internal Returns whether to include passwords in JSON. `JSON.stringify` calls `toJSON` with a key instead of
 * options.
 */
export function withPasswords(options: { passwords?: boolean } | string | undefined): boolean {
  if (typeof options === "string") return false;
  return flag("passwords", known("toJSON", options, ["passwords"]).passwords ?? false);
}
