// Converts names of fields between snake_case, in the core's JSON, and camelCase, in JavaScript. Also reads JSON that
// you stored.

import { wrong } from "./argument.js";

// JSON escapes a quote inside a string, so these patterns match only names of fields, and no text inside a string.
const SNAKE = /"([a-z]+(?:_[a-z]+)+)":/g;
const CAMEL = /"([a-z]+(?:[A-Z][a-z]*)+)"(?=\s*:)/g;

/** Caches the converted names, because JSON repeats a few names many times. */
const [camels, snakes] = [new Map<string, string>(), new Map<string, string>()];

function kept(names: Map<string, string>, name: string, make: () => string): string {
  let found = names.get(name);
  // A host's JSON may have any names, so the cache is limited.
  if (found === undefined && names.size < 1000) names.set(name, (found = make()));
  return found ?? make();
}

/** @internal Returns a name in camelCase. */
export function camel(name: string): string {
  return kept(camels, name, () => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()));
}

/** @internal Returns a name in snake_case. */
export function snake(name: string): string {
  return kept(snakes, name, () => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}

/** @internal Parses JSON from the core, with names in camelCase. */
export function parsed<T>(json: string): T {
  return JSON.parse(json.replace(SNAKE, (_, name: string) => `"${camel(name)}":`)) as T;
}

/**
 * @internal Returns a host's stored JSON in the form that the core takes. Throws an error if the value is missing,
 * instead of returning an empty state.
 */
export function stored(json: unknown): string {
  if (typeof json !== "string" && (typeof json !== "object" || json === null)) throw wrong("json", "a string or an object", json);
  return sent(json);
}

/**
 * @internal Returns JSON for the core from a value or a JSON text. The text may also have the names in snake_case, as
 * Rust and Python write them.
 */
export function sent(value: unknown): string {
  const json = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return json.replace(CAMEL, (_, name: string) => `"${snake(name)}"`);
}
