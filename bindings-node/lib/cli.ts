#!/usr/bin/env node
// The command: onroll check|fix|accounts|plan|template. It says what the command of the Python package says.
//
// Exits with 0 if all is well, 1 if the roster or the plan is refused, 2 if it could not be tried.

import { readFileSync, statSync } from "node:fs";
import * as path from "node:path";
import { type ParseArgsConfig, parseArgs } from "node:util";
import {
  Accounts,
  OnrollError,
  PasswordPolicy,
  PlanRefused,
  type Report,
  RosterError,
  checkCsv,
  createAccounts,
  fixCsv,
  plan,
  readCsv,
  templateCsv,
  version,
} from "./index.js";
import { bar } from "./bar.js";
import type { Guard } from "./guard.js";
import type { Source } from "./input.js";
import { saveFile } from "./output.js";

const [OK, REFUSED, FAILED] = [0, 1, 2];

/** The stream for messages. */
let words: NodeJS.WriteStream = process.stdout;

const READING = {
  sso: "students sign in with SSO: usernames are email addresses",
  "any-order": "take the columns in any order",
  "optional-columns": "take a file without the optional columns",
  "main-codes-only": "take only the main ethnicity codes",
};
const FIXING = { fix: "make every safe fix while reading" };
const OUTPUT = { json: "print JSON", values: "with --json, show what is in the cells: personal data" };
const PASSWORDS = {
  "characters=N": "passwords of so many characters; 4",
  "pin=N": "passwords of so many digits",
  "words=N": "passwords of so many words",
};

interface Command {
  text: string;
  arguments: string[];
  /** By name, with what is given after `=`; a name that ends in `…` may be given more than once. */
  options: Record<string, string>;
  run: (options: Options, files: string[]) => Promise<number>;
}

const COMMANDS: Record<string, Command> = {
  check: {
    text: "say everything that is wrong with a file",
    arguments: ["ROSTER"],
    options: { ...READING, ...FIXING, ...OUTPUT },
    run: check,
  },
  fix: {
    text: "write the file with every safe fix made",
    arguments: ["ROSTER", "OUT"],
    options: { ...READING, ...OUTPUT },
    run: fix,
  },
  accounts: {
    text: "make accounts and credentials",
    arguments: ["ROSTER"],
    options: {
      ...READING,
      ...FIXING,
      ...PASSWORDS,
      "credentials=FILE": "the credentials CSV, or - for standard output; beside the roster by default",
      "cards=FILE": "login cards to print, as HTML",
      "sign-in-url=URL": "an https address for the cards",
      "out=FILE": "the accounts as JSON, for a later plan; passwords are in it",
      overwrite: "replace files that exist: the passwords in them are lost",
      ...OUTPUT,
    },
    run: accounts,
  },
  plan: {
    text: "say who joins, leaves and moves",
    arguments: ["ROSTER"],
    options: {
      "accounts=FILE": "the accounts as JSON, from --out or --apply; needed",
      ...READING,
      ...FIXING,
      ...PASSWORDS,
      "apply=FILE": "write the accounts as the plan makes them; passwords are in it",
      "max-leavers=PART": "how many may leave; 0.1",
      "leaving=YEAR…": "a year that leaves in summer",
      "erased=ID…": "a student never to make again",
      "override=GUARD…": "a guard to override",
      ...OUTPUT,
    },
    run: planned,
  },
  template: {
    text: "print the template that a school fills in",
    arguments: [],
    options: { "out=FILE": "write it to a file instead" },
    run: template,
  },
};

/** What was asked for: flags, texts, and lists. */
class Options {
  readonly #given: Record<string, unknown>;

  constructor(given: Record<string, unknown>) {
    this.#given = given;
  }

  flag(name: string): boolean {
    return this.#given[name] === true;
  }

  text(name: string): string | undefined {
    return this.#given[name] as string | undefined;
  }

  texts(name: string): string[] {
    return (this.#given[name] as string[] | undefined) ?? [];
  }

  number(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const number = Number(text);
    if (text.trim() === "" || Number.isNaN(number)) throw new Usage(`--${name} must be a number`);
    return number;
  }
}

/** A command that was not typed as it should be. */
class Usage extends Error {}

/** A command that would do harm. */
class Refused extends Error {}

async function check(options: Options, [roster = ""]: string[]): Promise<number> {
  const report = await checkCsv(source(roster), { ...reading(options), fix: options.flag("fix") });
  print(options.flag("json") ? json(report, options) : report.text());
  return report.ok ? OK : REFUSED;
}

async function fix(options: Options, [roster = "", out = ""]: string[]): Promise<number> {
  const { report, bytes } = await fixCsv(source(roster), undefined, reading(options));
  const written = bytes !== null;
  if (bytes) await put(out, bytes);
  if (options.flag("json")) {
    print(JSON.stringify({ ...report.toJSON({ values: options.flag("values") }), correctable: report.correctable, written }));
  } else {
    print(report.text());
    print(written ? `Written: ${named(out)}` : `Nothing was written: ${problems(report.errorCount)} a person first.`);
  }
  return report.ok ? OK : REFUSED;
}

async function accounts(options: Options, [file = ""]: string[]): Promise<number> {
  const { dir, name } = path.parse(file);
  const written: Record<string, string> = {};
  if (isInput(file) && options.text("credentials") === undefined) {
    throw new Usage("with a roster from standard input, name the credentials: --credentials FILE");
  }
  const credentials = options.text("credentials") ?? path.join(dir, `${name}-credentials.csv`);
  const [cards, signInUrl, out] = [options.text("cards"), options.text("sign-in-url"), options.text("out")];
  const files = [credentials, cards, out].filter((to) => to !== undefined);
  if (files.filter(isOutput).length > 1) throw new Usage("only one file can go to standard output");
  const replaced = files.find((to) => !isOutput(to) && statSync(to, { throwIfNoEntry: false })?.isFile());
  if (replaced !== undefined && !options.flag("overwrite")) {
    throw new Refused(`${replaced} exists already: choose another name, or say --overwrite.`);
  }
  const roster = await readCsv(source(file), { ...reading(options), fix: options.flag("fix") });
  const made = await createAccounts(roster, { passwords: passwords(options) });
  // The cards come first, because a wrong address must stop the command before it writes a file.
  const page = cards === undefined && signInUrl === undefined ? null : await made.cards(signInUrl === undefined ? {} : { signInUrl });
  await put(credentials, await made.credentials());
  written["credentials"] = named(credentials);
  if (cards !== undefined) {
    await put(cards, page!);
    written["cards"] = named(cards);
  }
  if (out !== undefined) {
    await put(out, kept(made));
    written["accounts"] = named(out);
  }
  if (options.flag("json")) {
    const report = roster.report.toJSON({ values: options.flag("values") });
    print(JSON.stringify({ accounts: made.length, report, written }));
  } else {
    print(roster.report.text());
    const places = Object.entries(written).map(([what, where]) => `${what} in ${where}`);
    print(`${made.length} accounts: ${places.join(", ")}`);
  }
  return OK;
}

async function planned(options: Options, [file = ""]: string[]): Promise<number> {
  const stored = options.text("accounts");
  if (stored === undefined) throw new Usage("--accounts is needed");
  if (isInput(stored) && isInput(file)) throw new Usage("only one file can come from standard input");
  const own = Accounts.fromJSON(readFileSync(isInput(stored) ? 0 : stored, "utf8"));
  const roster = await readCsv(source(file), { ...reading(options), fix: options.flag("fix") });
  const maxLeavers = options.number("max-leavers");
  const made = await plan(own, roster, {
    ...(maxLeavers !== undefined && { maxLeavers }),
    leavingYears: options.texts("leaving"),
    erased: options.texts("erased"),
    overrideGuards: options.texts("override") as Guard[],
    passwords: passwords(options),
  });
  const apply = options.text("apply");
  if (apply !== undefined) await put(apply, kept(await made.apply(own)));
  print(options.flag("json") ? JSON.stringify(made) : made.diff());
  return OK;
}

async function template(options: Options): Promise<number> {
  const out = options.text("out");
  if (out !== undefined && !isOutput(out)) await saveFile(out, templateCsv());
  else process.stdout.write(templateCsv().replace("\r\n", "\n"));
  return OK;
}

function reading(options: Options) {
  return {
    signIn: options.flag("sso") ? ("sso" as const) : ("password" as const),
    anyOrder: options.flag("any-order"),
    optionalColumns: options.flag("optional-columns"),
    mainCodesOnly: options.flag("main-codes-only"),
    ...(process.stderr.isTTY && { onProgress: bar((text) => process.stderr.write(text)) }),
  };
}

function passwords(options: Options): PasswordPolicy {
  const [pin, words] = [options.number("pin"), options.number("words")];
  if (pin !== undefined) return PasswordPolicy.pin(pin);
  if (words !== undefined) return PasswordPolicy.words(words);
  return PasswordPolicy.characters(options.number("characters") ?? 4);
}

/** The accounts to be kept, with their passwords. */
function kept(made: Accounts): Uint8Array {
  return Buffer.from(JSON.stringify(made.toJSON({ passwords: true })));
}

function json(report: Report, options: Options): string {
  return JSON.stringify(report.toJSON({ values: options.flag("values") }));
}

/** How many problems there are, as the subject of a sentence. */
function problems(count: number): string {
  return count === 1 ? "1 problem needs" : `${count} problems need`;
}

function isInput(file: string): boolean {
  return file === "-" || file === "/dev/stdin";
}

/** Where a file comes from. */
function source(file: string): Source {
  return isInput(file) ? process.stdin : file;
}

function isOutput(file: string): boolean {
  return file === "-" || file === "/dev/stdout";
}

/** Writes a file. Once a file goes to standard output, messages go to standard error. */
async function put(file: string, bytes: Uint8Array): Promise<void> {
  if (!isOutput(file)) return saveFile(file, bytes);
  words = process.stderr;
  process.stdout.write(bytes);
}

/** A file in the words of a message. */
function named(file: string): string {
  return isOutput(file) ? "standard output" : shown(file);
}

/** A text in which nothing moves the cursor or hides: a file may be named anything. */
function shown(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`);
}

function print(text: string): void {
  words.write(`${text.replace(/\n+$/, "")}\n`);
}

/** The options of a command as `parseArgs` takes them. */
function parsed({ options }: Command): NonNullable<ParseArgsConfig["options"]> {
  const named = Object.keys(options).map((option) => {
    const [name = "", value] = option.split("=");
    return [name, { type: value === undefined ? "boolean" : "string", multiple: value?.endsWith("…") ?? false }];
  });
  return { ...Object.fromEntries(named), help: { type: "boolean", short: "h" } };
}

function usage(name?: string): string {
  const command = name === undefined ? undefined : COMMANDS[name];
  if (command === undefined) {
    const lines = Object.entries(COMMANDS).map(([each, { text }]) => `  ${each.padEnd(10)}${text}`);
    return [
      "usage: onroll check|fix|accounts|plan|template …",
      "",
      "From a UK school's roster to working student accounts.",
      "",
      ...lines,
      "",
      "onroll COMMAND --help says more; onroll --version tells the version.",
    ].join("\n");
  }
  const lines = Object.entries(command.options).map(([option, text]) => {
    return `  --${option.replace("=", " ").replace("…", "").padEnd(20)}${text}`;
  });
  return [`usage: onroll ${[name, ...command.arguments].join(" ")} …`, "", command.text, "", ...lines].join("\n");
}

async function main([name, ...rest]: string[]): Promise<number> {
  if (name === "--version") {
    print(`onroll ${version}`);
    return OK;
  }
  const command = name === undefined ? undefined : COMMANDS[name];
  if (command === undefined) {
    const asked = name === "--help" || name === "-h";
    (asked ? process.stdout : process.stderr).write(`${usage()}\n`);
    return asked ? OK : FAILED;
  }
  let options = new Options({});
  try {
    let given;
    try {
      given = parseArgs({ args: rest, options: parsed(command), allowPositionals: true });
    } catch (error) {
      throw new Usage((error as Error).message);
    }
    options = new Options(given.values);
    if (options.flag("help")) {
      print(usage(name));
      return OK;
    }
    if (given.positionals.length !== command.arguments.length) {
      throw new Usage(command.arguments.length === 0 ? "no file is wanted" : `${command.arguments.join(" and ")} is wanted`);
    }
    return await command.run(options, given.positionals);
  } catch (error) {
    return failed(error, options, name);
  }
}

function failed(error: unknown, options: Options, name: string | undefined): number {
  if (error instanceof RosterError) {
    print(options.flag("json") ? json(error.report, options) : error.report.text());
    return REFUSED;
  }
  if (error instanceof PlanRefused) {
    const { guard, numbers, message } = error;
    print(options.flag("json") ? JSON.stringify({ refused: guard, numbers }) : `${message}\nIf this is right, add: --override ${guard}`);
    return REFUSED;
  }
  const known = [Usage, Refused, OnrollError, RangeError].some((each) => error instanceof each);
  if (known || error instanceof TypeError || (error as NodeJS.ErrnoException).code !== undefined) {
    process.stderr.write(`onroll: ${shown(sentence(error as NodeJS.ErrnoException))}\n`);
    if (error instanceof Usage) process.stderr.write(`onroll ${name} --help says more\n`);
    return FAILED;
  }
  throw error;
}

/** The message of an error; of the system's, in the words of the Python command. */
function sentence({ message, path: file }: NodeJS.ErrnoException): string {
  const text = /^[A-Z]+: (.*?), \w+/.exec(message)?.[1];
  if (text === undefined) return message;
  return file === undefined ? text : `${file}: ${text}`;
}

let isOutputFailed = false;

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // A reader that goes away, as `head` does, has read enough.
  if (error.code === "EPIPE" || isOutputFailed) return;
  isOutputFailed = true;
  process.exitCode = FAILED;
  process.stderr.write(`onroll: standard output: ${sentence(error)}\n`);
});
process.stderr.on("error", () => {});
void main(process.argv.slice(2)).then((code) => {
  if (!isOutputFailed) process.exitCode = code;
});
