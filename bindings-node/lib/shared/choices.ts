// The list of the options of a reading or a detection (`CHECKS`), and how each is checked and sent to the core. Node
// and the browser share this file. `reading.ts` has their docs, and `bindings-node/src/choices.rs` reads them.

import { choice, elements, flag, options as known, signIn, text, texts, whole, wrong } from "./argument.js";
import { type MappingJson, TARGETS } from "./detection.js";
import type { EthnicityEntry, Limits, ReadOptions } from "./reading.js";

const LIMITS = ["fileBytes", "rows", "columns", "cellBytes", "sheetBytes", "problems"] as const;
const FLAGS = ["fix", "anyOrder", "optionalColumns", "mainCodesOnly"] as const;
/** The options for checking a file. */
export const CHECKS = ["signIn", "fix", "anyOrder", "optionalColumns", "mainCodesOnly", "ethnicities", "extraColumns", "accept", "sheet", "mapping", "vocabulary", "limits", "threads"];
/** The checking options that detection does not allow. */
export const NOT_DETECTED = ["fix", "anyOrder", "optionalColumns", "mainCodesOnly", "extraColumns", "accept", "threads"];

/** The options that a host may pass to a reading. */
export type Choosable = Partial<ReadOptions> & { readonly mapping?: unknown; readonly namesFrom?: unknown };
/** The checked options in the form that the core takes. */
export type Chosen = Readonly<Record<string, unknown>> & { readonly limits: Record<string, number> };

function limitsOf(given: Limits | undefined): Record<string, number> {
  const limits: Record<string, number> = {};
  const chosen = known<Limits>("limits", given, LIMITS);
  for (const name of LIMITS) {
    const limit = chosen[name];
    if (limit !== undefined) limits[name] = whole(`limits.${name}`, limit);
  }
  return limits;
}

function vocabularyOf(vocabulary: unknown): Record<string, string> {
  if (typeof vocabulary !== "object" || vocabulary === null) throw wrong("vocabulary", "an object", vocabulary);
  return Object.fromEntries(Object.entries(vocabulary).map(([heading, target]) => [heading, choice(`vocabulary['${heading}']`, TARGETS, target)]));
}

/** @internal Returns the host's own ethnicity codes in the form that the core takes. The core checks their content. */
export function ethnicitiesOf(value: unknown): object[] {
  return elements("ethnicities", value as Iterable<EthnicityEntry>, "an iterable of objects", (entry, name) => {
    if (typeof entry !== "object" || entry === null) throw wrong(name, "an object", entry);
    const { code, description, mainCode, aliases } = known(name, entry as EthnicityEntry, ["code", "description", "mainCode", "aliases"]);
    return {
      code: text(`${name}.code`, code),
      ...(description != null && { description: text(`${name}.description`, description) }),
      ...(mainCode != null && { mainCode: text(`${name}.mainCode`, mainCode) }),
      ...(aliases != null && { aliases: texts(`${name}.aliases`, aliases) }),
    };
  });
}

/** Checks the options of a reading. `mappingOf` checks the mapping. */
export function chosen(options: Choosable, mappingOf: (mapping: unknown) => MappingJson | undefined): Chosen {
  const told: Record<string, unknown> = {};
  for (const name of FLAGS) if (options[name] !== undefined) told[name] = flag(name, options[name]);
  if (options.signIn !== undefined) told["signIn"] = signIn(options.signIn);
  if (options.threads !== undefined) told["threads"] = whole("threads", options.threads);
  if (options.mapping !== undefined) told["mapping"] = mappingOf(options.mapping);
  if (options.vocabulary !== undefined) told["vocabulary"] = vocabularyOf(options.vocabulary);
  if (options.ethnicities !== undefined) told["ethnicities"] = ethnicitiesOf(options.ethnicities);
  if (options.namesFrom !== undefined) told["namesFrom"] = choice("namesFrom", ["preferred", "legal"], options.namesFrom);
  if (options.extraColumns !== undefined) told["extraColumns"] = choice("extraColumns", ["refuse", "ignore"], options.extraColumns);
  if (options.accept !== undefined) told["accept"] = texts("accept", options.accept);
  if (options.sheet !== undefined) told["sheet"] = text("sheet", options.sheet);
  return { ...told, limits: limitsOf(options.limits) };
}
