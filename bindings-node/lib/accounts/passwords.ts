// The options for new passwords, and for passwords in JSON.

import { flag, options as known } from "../input.js";
import { PasswordPolicy } from "../values.js";

/** How new passwords are made. The default is `PasswordPolicy.characters(4)`. */
export interface PasswordOptions {
  /** How new passwords are made. The default is `PasswordPolicy.characters(4)`. */
  passwords?: PasswordPolicy;
}

/** Which class to reset, and how its new passwords are made. */
export interface ResetClassOptions extends PasswordOptions {
  /** Resets only the class in this year group. By default, classes with the name are reset in every year group. */
  yearGroup?: string;
}

/** @internal Returns the policy in the options as JSON for Rust. */
export function policy(name: string, options: PasswordOptions | undefined): string {
  return PasswordPolicy.json(known(name, options, ["passwords"]).passwords);
}

/** @internal Returns whether to include passwords in JSON. `JSON.stringify` passes a key instead of options. */
export function withPasswords(options: { passwords?: boolean } | string | undefined): boolean {
  if (typeof options === "string") return false;
  return flag("passwords", known("toJSON", options, ["passwords"]).passwords ?? false);
}
