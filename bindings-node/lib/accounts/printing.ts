// The options of login cards, letters to parents and class lists, with the lists of layouts, letter cases and texts.
// `core/src/account/cards` makes the pages.

import { choice, flag, invalid, options as known, text, wrong } from "../input.js";
import { named } from "./usernames.js";

/**
 * The layout of an A4 sheet: 33 cards to cut out, 21 labels (Avery L7160), 14 labels (Avery L7163), or 8 large cards
 * for Reception.
 */
export type CardLayout = "a4-33" | "L7160" | "L7163" | "large";

/** The letter case in which passwords are printed. */
export type CardLetters = "upper" | "lower" | "both";

/** The name of a text that you can replace on cards, letters and class lists. */
export type CardText = "username" | "password" | "ask" | "sso" | "secret" | "continued" | "letter" | "given" | "notes";

/** The options that cards, letters and class lists share. */
export interface PrintOptions {
  /**
   * The usernames or accounts to print, such as the accounts that `resetClass` returns. An unknown username is an
   * error. The default is all active accounts.
   */
  usernames?: Iterable<string | { readonly username: string }>;
  /** The class to print. If several year groups have a class with this name, all of these classes are printed. */
  className?: string;
  /** The year group to print. The default is all year groups. */
  yearGroup?: string;
  /** The letter case of passwords. The default is `"upper"`. */
  letters?: CardLetters;
  /** The date to print. The default is today. */
  date?: Date;
  /**
   * Your own texts, by the name of the text that each one replaces. `letter` is the letter to parents. In the letter, a
   * blank line ends a paragraph. If the value of a name in braces is unknown, the line with that name is left out.
   */
  wording?: { readonly [text in CardText]?: string };
}

/** The options of letters to parents. */
export interface LettersOptions extends PrintOptions {
  /** The https address of the sign-in page. */
  signInUrl?: string;
}

/** The options of login cards. */
export interface CardsOptions extends PrintOptions {
  /** The https address of the sign-in page, printed with a QR code. */
  signInUrl?: string;
  /** The layout of the cards on a sheet. The default is `"a4-33"`. */
  layout?: CardLayout;
}

/** The options of class lists. */
export interface ClassListOptions extends PrintOptions {
  /** Whether to list passwords too. The default is false, because lists are often left lying about. */
  passwords?: boolean;
}

const LAYOUTS = ["a4-33", "L7160", "L7163", "large"] as const;
const LETTERS = ["upper", "lower", "both"] as const;
const TEXTS = ["username", "password", "ask", "sso", "secret", "continued", "letter", "given", "notes"] as const;
const SHARED = ["usernames", "className", "yearGroup", "letters", "date", "wording"] as const;

/** Returns the checked options as JSON for Rust. */
export function printing(kind: "cards" | "letters" | "classList", name: string, given: (CardsOptions & ClassListOptions) | undefined): string {
  const own = { cards: ["signInUrl", "layout"], letters: ["signInUrl"], classList: ["passwords"] }[kind];
  const asked = known(name, given, [...own, ...SHARED]);
  return JSON.stringify({
    kind,
    signInUrl: asked.signInUrl === undefined ? undefined : text("signInUrl", asked.signInUrl),
    usernames: asked.usernames === undefined ? undefined : named(asked.usernames),
    className: asked.className === undefined ? undefined : text("className", asked.className),
    yearGroup: asked.yearGroup === undefined ? undefined : text("yearGroup", asked.yearGroup),
    layout: asked.layout === undefined ? undefined : choice("layout", LAYOUTS, asked.layout),
    letters: asked.letters === undefined ? undefined : choice("letters", LETTERS, asked.letters),
    date: day(asked.date),
    wording: words(asked.wording),
    passwords: flag("passwords", asked.passwords ?? false),
  });
}

/** Returns the day of a Date in the time zone of the process. */
function day(value: unknown): string {
  if (value !== undefined && Object.prototype.toString.call(value) !== "[object Date]") throw wrong("date", "a Date", value);
  const date = (value as Date | undefined) ?? new Date();
  const year = date.getFullYear();
  if (!(year >= 0 && year <= 9999)) throw invalid("date must be a day of the years 0 to 9999");
  const two = (number: number) => String(number).padStart(2, "0");
  return `${String(year).padStart(4, "0")}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function words(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (typeof value !== "object" || value === null) throw wrong("wording", "an object", value);
  const entries = Object.entries(value).filter(([, words]) => words !== undefined);
  return Object.fromEntries(entries.map(([name, words]) => [choice("wording", TEXTS, name), text(`wording.${name}`, words)]));
}
