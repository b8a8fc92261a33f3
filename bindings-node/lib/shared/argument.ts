// Checks the arguments that users give, and names a wrong one in an error: the same in Node and in the browser.

/** A value in the words of an error: its type, and nothing of what it holds. */
function kind(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== "object") return typeof value;
  const { constructor } = value as { constructor?: unknown };
  return typeof constructor === "function" && constructor.name !== "" ? constructor.name : "an object";
}

/** The TypeError for a value of the wrong type. */
export function wrong(name: string, what: string, value: unknown): TypeError {
  const found = kind(value);
  const copy = what.replace(/^an? /, "") === found ? `${found} of another copy of onroll` : found;
  return Object.assign(new TypeError(`${name} must be ${what}, not ${copy}`), { code: "ERR_INVALID_ARG_TYPE" });
}

/** The TypeError for a value of the right type that means nothing. */
export function invalid(message: string): TypeError {
  return Object.assign(new TypeError(message), { code: "ERR_INVALID_ARG_VALUE" });
}

/** The RangeError for a number or a name outside those there are. */
export function outside(message: string): RangeError {
  return Object.assign(new RangeError(message), { code: "ERR_OUT_OF_RANGE" });
}

/** A name that should be one of a few, as an error shows it. */
export function quoted(value: string): string {
  const start = value.slice(0, 40).replace(/[\p{C}\p{Zl}\p{Zp}']/gu, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`);
  return `'${start}${value.length > 40 ? "…" : ""}'`;
}

/** A text. */
export function text(name: string, value: unknown): string {
  if (typeof value !== "string") throw wrong(name, "a string", value);
  return value;
}

/** Texts. */
export function texts(name: string, value: unknown): string[] {
  return elements(name, value, "an iterable of strings", (element, at) => text(at, element));
}

/** The elements of an iterable, each as `of` takes it with its name. */
export function elements<T, R>(name: string, value: unknown, what: string, of: (element: T, name: string) => R): R[] {
  if (typeof value === "string" || typeof (value as Iterable<T> | null)?.[Symbol.iterator] !== "function") {
    throw wrong(name, what, value);
  }
  return Array.from(value as Iterable<T>, (element, number) => of(element, `${name}[${number}]`));
}

/** True or false. */
export function flag(name: string, value: unknown): boolean {
  if (typeof value !== "boolean") throw wrong(name, "a boolean", value);
  return value;
}

/** A whole number. */
export function whole(name: string, value: unknown, least = 0): number {
  const what = `a whole number of ${least} or more`;
  if (typeof value !== "number") throw wrong(name, what, value);
  if (!Number.isSafeInteger(value) || value < least) throw outside(`${name} must be ${what}, not ${value}`);
  return value;
}

/** One of a few names. */
export function choice<C extends string>(name: string, choices: readonly C[], value: unknown): C {
  const all = choices.map((each) => `'${each}'`);
  const what = [all.slice(0, -1).join(", "), all.at(-1)].filter(Boolean).join(" or ");
  if (typeof value !== "string") throw wrong(name, what, value);
  if (!choices.includes(value as C)) throw invalid(`${name} must be ${what}, not ${quoted(value)}`);
  return value as C;
}

/** How students sign in. */
export function signIn(value: unknown): "password" | "sso" {
  return choice("signIn", ["password", "sso"], value);
}

/** The options, of which each must be known by name. */
export function options<T extends object>(name: string, value: T | undefined, known: readonly string[]): Partial<T> {
  if (value === undefined) return {};
  if (typeof value !== "object" || value === null) throw wrong(`the options of ${name}`, "an object", value);
  for (const option of Object.keys(value)) {
    if (!known.includes(option)) throw invalid(`${name} has no option ${quoted(option)}; it has ${known.join(", ")}`);
  }
  return value;
}
