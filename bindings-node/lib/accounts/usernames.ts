// Reads arguments that name accounts, which can be usernames or accounts.

import { elements, text } from "../input.js";

/** @internal Returns the username from a string or an account. */
export function usernameOf(name: string, value: unknown): string {
  if (typeof value === "object" && value !== null && "username" in value) return text(`${name}.username`, value.username);
  return text(name, value);
}

/** @internal Returns the usernames in an iterable of usernames and accounts. */
export function named(value: unknown): string[] {
  return elements("usernames", value, "an iterable of usernames", (each, at) => usernameOf(at, each));
}
