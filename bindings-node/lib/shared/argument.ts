// Checks arguments of simple types, and has the words of the TypeError that names a wrong one. Node and the browser
// share this file. `input.ts` reads files and dates.

/** Returns the type of a value as a word for an error. The word contains nothing of the value. */
function kind(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== "object") return typeof value;
  const { constructor } = value as { constructor?: unknown };
  return typeof constructor === "function" && constructor.name !== "" ? constructor.name : "an object";
}

/** Returns the TypeError for a value of the wrong type. */
export function wrong(name: string, what: string, value: unknown): TypeError {
  const found = kind(value);
  const copy = what.replace(/^an? /, "") === found ? `${found} of another copy of onroll` : found;
  return Object.assign(new TypeError(`${name} must be ${what}, not ${copy}`), { code: "ERR_INVALID_ARG_TYPE" });
}

/** Returns the TypeError for a value whose type is right, but which is not valid. */
export function invalid(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: "ERR_INVALID_ARG_VALUE" });
}

/** Returns the RangeError for a number out of range, or for an unknown name. */
export function outside(message: string): RangeError {
  return Object.assign(new RangeError(message), { code: "ERR_OUT_OF_RANGE" });
}

/** Returns an unknown name as an error shows it: quoted, cut to 40 characters, and with control characters escaped. */
export function quoted(value: string): string {
  const start = value.slice(0, 40).replace(/[\p{C}\p{Zl}\p{Zp}']/gu, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`);
  return `'${start}${value.length > 40 ? "…" : ""}'`;
}

/** Checks that a value is a string, and returns it. */
export function text(name: string, value: unknown): string {
  if (typeof value !== "string") throw wrong(name, "a string", value);
  return value;
}

/** Checks that a value is an iterable of strings, and returns the strings. */
export function texts(name: string, value: unknown): string[] {
  return elements(name, value, "an iterable of strings", (element, at) => text(at, element));
}

/** Calls `of` for each element of an iterable, with the element's name for error messages. Returns the results. */
export function elements<T, R>(name: string, value: unknown, what: string, of: (element: T, name: string) => R): R[] {
  if (typeof value === "string" || typeof (value as Iterable<T> | null)?.[Symbol.iterator] !== "function") {
    throw wrong(name, what, value);
  }
  return Array.from(value as Iterable<T>, (element, number) => of(element, `${name}[${number}]`));
}

/** Checks that a value is a boolean, and returns it. */
export function flag(name: string, value: unknown): boolean {
  if (typeof value !== "boolean") throw wrong(name, "a boolean", value);
  return value;
}

/** Checks that a value is a whole number of `least` or more, and returns it. */
export function whole(name: string, value: unknown, least = 0): number {
  const what = `a whole number of ${least} or more`;
  if (typeof value !== "number") throw wrong(name, what, value);
  if (!Number.isSafeInteger(value) || value < least) throw outside(`${name} must be ${what}, not ${value}`);
  return value;
}

/** Checks that a value is one of the choices, and returns it. */
export function choice<C extends string>(name: string, choices: readonly C[], value: unknown): C {
  const all = choices.map((each) => `'${each}'`);
  const what = [all.slice(0, -1).join(", "), all.at(-1)].filter(Boolean).join(" or ");
  if (typeof value !== "string") throw wrong(name, what, value);
  if (!choices.includes(value as C)) throw invalid(`${name} must be ${what}, not ${quoted(value)}`);
  return value as C;
}

/** Checks that a value is a way to sign in, and returns it. */
export function signIn(value: unknown): "password" | "sso" {
  return choice("signIn", ["password", "sso"], value);
}

/** Checks that the names of all options are in `known`, and returns the options. */
export function options<T extends object>(name: string, value: T | undefined, known: readonly string[]): Partial<T> {
  if (value === undefined) return {};
  if (typeof value !== "object" || value === null) throw wrong(`the options of ${name}`, "an object", value);
  for (const option of Object.keys(value)) {
    if (!known.includes(option)) throw invalid(`${name} has no option ${quoted(option)}; it has ${known.join(", ")}`);
  }
  return value;
}
