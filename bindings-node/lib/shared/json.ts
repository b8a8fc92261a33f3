// Names of fields: snake_case in JSON from the core, camelCase here.

import { wrong } from "./argument.js";

// JSON escapes a quote inside a string, so these match names of fields only, and nothing that a string holds.
const SNAKE = /"([a-z]+(?:_[a-z]+)+)":/g;
const CAMEL = /"([a-z]+(?:[A-Z][a-z]*)+)"(?=\s*:)/g;

/** The converted names, because JSON repeats the same few. */
const [camels, snakes] = [new Map<string, string>(), new Map<string, string>()];

function kept(names: Map<string, string>, name: string, make: () => string): string {
  let found = names.get(name);
  // JSON that a host hands in may have any names.
  if (found === undefined && names.size < 1000) names.set(name, (found = make()));
  return found ?? make();
}

/** @internal A name in camelCase. */
export function camel(name: string): string {
  return kept(camels, name, () => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()));
}

/** @internal A name in snake_case. */
export function snake(name: string): string {
  return kept(snakes, name, () => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}

/** @internal The value of JSON from the core. */
export function parsed<T>(json: string): T {
  return JSON.parse(json.replace(SNAKE, (_, name: string) => `"${camel(name)}":`)) as T;
}

/** @internal JSON for the core, of what a host stored. A value that was not loaded is an error, not an empty state. */
export function stored(json: unknown): string {
  if (typeof json !== "string" && (typeof json !== "object" || json === null)) throw wrong("json", "a string or an object", json);
  return sent(json);
}

/** @internal JSON for the core, from a value or a text. A text may also have the core's names, as Rust and Python write them. */
export function sent(value: unknown): string {
  const json = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return json.replace(CAMEL, (_, name: string) => `"${snake(name)}"`);
}
