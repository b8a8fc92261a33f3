// The names of fields: snake_case in JSON from the core, camelCase here.

// A quote inside a string is escaped, so that these match only names, and never what a string holds.
const SNAKE = /"([a-z]+(?:_[a-z]+)+)":/g;
const CAMEL = /"([a-z]+(?:[A-Z][a-z]*)+)"(?=\s*:)/g;

/** @internal A name in camelCase. */
export function camel(name: string): string {
  return name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** @internal A name in snake_case. */
export function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** @internal The value of JSON from the core. */
export function parsed<T>(json: string): T {
  return JSON.parse(json.replace(SNAKE, (_, name: string) => `"${camel(name)}":`)) as T;
}

/** @internal JSON for the core, of a value or of a text. A text may have the core's own names too, as Rust and Python write them. */
export function sent(value: unknown): string {
  const json = typeof value === "string" ? value : JSON.stringify(value);
  return json.replace(CAMEL, (_, name: string) => `"${snake(name)}"`);
}
