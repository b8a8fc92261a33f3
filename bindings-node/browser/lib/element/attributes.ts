// The list of the element's attributes, such as `sign-in` and `any-order`, and how they become options for reading a
// file.

import type { EthnicityEntry, ReadOptions } from "../shared/reading.js";

const FLAGS = { "any-order": "anyOrder", "optional-columns": "optionalColumns", "main-codes-only": "mainCodesOnly" } as const;

/** Returns how students sign in. */
export function signInOf(element: HTMLElement): "password" | "sso" {
  return element.getAttribute("sign-in") === "sso" ? "sso" : "password";
}

/** Returns which names to use if a file has both kinds. */
export function namesFromOf(element: HTMLElement): "preferred" | "legal" {
  return element.getAttribute("names-from") === "legal" ? "legal" : "preferred";
}

/** Returns the options for checking a file. */
export function readingOf(element: HTMLElement, ethnicities: readonly EthnicityEntry[] | undefined): ReadOptions {
  const read: ReadOptions = { signIn: signInOf(element) };
  for (const [attribute, option] of Object.entries(FLAGS)) if (element.hasAttribute(attribute)) read[option] = true;
  if (element.getAttribute("extra-columns") === "ignore") read.extraColumns = "ignore";
  if (ethnicities !== undefined) read.ethnicities = ethnicities;
  return read;
}
