// The two steps for a school's own export: a person confirms the columns, and then the values. `texts.ts` has their
// texts. `steps.ts` has all other steps.

import type { Detected } from "../detected.js";
import type { ColumnSource, DetectedColumn, DetectedValue, MappingJson, Target } from "../shared/detection.js";
import { type Child, button, h, shorten, value } from "./dom.js";
import { COLUMNS } from "./model.js";
import { title } from "./steps.js";
import type { Texts } from "./texts.js";

/** The nine columns in template order, and the other targets that may be in a file. */
const NINE: readonly Target[] = ["fullName", "username", "yearGroup", "className", "gender", "pupilPremium", "ethnicity", "send", "eal"];
const BESIDE: readonly Target[] = ["upn", "sourceId", "email"];
const NEEDED: readonly Target[] = ["fullName", "yearGroup", "className", "gender"];
const YES_NO = ["Yes", "No"];
const CHOICES: Readonly<Partial<Record<Target, readonly string[]>>> = { gender: ["Male", "Female", "Non-Binary"], pupilPremium: YES_NO, send: YES_NO, eal: YES_NO };

/** A person's choice of headings for each target. A target can have no headings. */
export type Chosen = ReadonlyMap<Target, readonly string[]>;

/** Returns the choice that a person sees first: the detected columns, including guesses. */
export function detectedColumns(detected: Detected): Chosen {
  return new Map(detected.columns.filter(({ certainty }) => certainty !== "unknown").map(({ target, sources }) => [target, sources]));
}

/** Returns whether a file has exactly the template's headings, so that it needs no mapping. */
export function isTemplate(detected: Detected): boolean {
  return NINE.every((target, index) => {
    const column = detected.columns.find((each) => each.target === target);
    return column?.sources.length === 1 && column.sources[0] === COLUMNS[index];
  });
}

/**
 * Returns the mapping for a person's choice. If the person did not change the headings of a detected target, the
 * mapping keeps the detected details of that target.
 */
export function mappingOf(detected: Detected, chosen: Chosen): MappingJson {
  const found = detected.mapping.toJSON();
  const columns: Partial<Record<Target, ColumnSource>> = {};
  for (const [target, sources] of chosen) {
    const before = detected.columns.find((column) => column.target === target);
    const isSame = before !== undefined && before.sources.join("\n") === sources.join("\n");
    const source = isSame ? found.columns[target] : undefined;
    if (source !== undefined) columns[target] = source;
    else if (sources.length === 1) columns[target] = sources[0]!;
    else if (sources.length > 1) columns[target] = [...sources];
  }
  // Drops the values of targets that are no longer read.
  const values = Object.fromEntries(Object.entries(found.values ?? {}).filter(([target]) => target in columns));
  return { ...found, columns, values };
}

/**
 * Returns the mapping with the meanings that a person chose for values. A guess that the person did not change counts
 * as chosen.
 */
export function withValues(json: MappingJson, detected: Detected, decided: ReadonlyMap<string, string>): MappingJson {
  const values = structuredClone(json.values ?? {}) as Record<string, Record<string, string>>;
  for (const { target, values: unsure } of unsureValues(detected)) {
    for (const { value: from, readAs } of unsure) {
      const to = decided.get(JSON.stringify([target, from])) ?? readAs;
      if (to !== null) (values[target] ??= {})[from] = to;
    }
  }
  return { ...json, values };
}

/** Returns the values that a person must check. */
export function unsureValues(detected: Detected): readonly { target: Target; values: readonly DetectedValue[] }[] {
  const unsure = detected.values.map(({ target, values }) => ({ target, values: values.filter(({ certainty }) => certainty === "guess" || certainty === "unknown") }));
  return unsure.filter(({ values }) => values.length > 0);
}

function headings(detected: Detected): readonly string[] {
  const all = [...detected.columns.flatMap(({ sources }) => sources), ...detected.ignored.map(({ heading }) => heading)];
  return [...new Set(all)].filter((heading) => heading.trim() !== "");
}

interface ColumnsDoes {
  choose(target: Target, sources: readonly string[]): void;
  go(): void;
  back(): void;
}

function chip(texts: Texts, target: Target, column: DetectedColumn | undefined, sources: readonly string[]): Child {
  if (sources.length === 0) {
    if (target === "username") return h("span", { class: "chip sure" }, texts.sure);
    return NEEDED.includes(target) ? h("span", { class: "chip none" }, texts.needed) : h("span", { class: "chip quiet" }, texts.notInFile);
  }
  const isDetected = column !== undefined && column.sources.join("\n") === sources.join("\n");
  if (!isDetected) return h("span", { class: "chip sure" }, texts.chosen);
  return column.certainty === "guess" ? h("span", { class: "chip ask" }, texts.pleaseCheck) : h("span", { class: "chip sure" }, texts.sure);
}

function row(texts: Texts, detected: Detected, target: Target, sources: readonly string[], does: ColumnsDoes): HTMLElement {
  const column = detected.columns.find((each) => each.target === target);
  const all = headings(detected);
  const none = target === "username" ? texts.madeFromName : NEEDED.includes(target) ? texts.chooseColumn : texts.notInFile;
  const list = (index: number, empty: string) => {
    const label = index === 0 ? texts.takenFrom(texts.targets[target]) : texts.andFrom(texts.targets[target]);
    const select = h(
      "select",
      {
        "aria-label": label,
        key: `column:${target}:${index}`,
        onchange: () => {
          const next = [...sources];
          if (select.value === "") next.splice(index);
          else next[index] = select.value;
          does.choose(target, next);
        },
      },
      h("option", { value: "", selected: sources[index] === undefined }, empty),
      all.map((heading) => h("option", { value: heading, selected: heading === sources[index] }, shorten(heading, 60))),
    );
    return select;
  };
  const lists = sources.map((_, index) => [index > 0 ? " + " : null, list(index, index === 0 ? none : texts.nothingMore)]);
  if (sources.length === 0) lists.push([null, list(0, none)]);
  else if (target === "fullName" && sources.length === 1) lists.push([" + ", list(1, texts.nothingMore)]);
  const isDetected = column !== undefined && column.sources.join("\n") === sources.join("\n");
  const examples = isDetected ? column.examples : [];
  const why = isDetected && column.certainty === "guess" ? h("span", { class: "why" }, shorten(column.reason, 300)) : null;
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, texts.targets[target]),
    h("td", {}, lists, why),
    h("td", { class: "soft" }, examples.map((example, index) => [index > 0 ? " · " : null, value(shorten(example, 40), texts.blank)])),
    h("td", {}, chip(texts, target, column, sources)),
  );
}

/** Returns the step that shows which column holds which field, with examples. */
export function columnsStep(texts: Texts, name: string, detected: Detected, chosen: Chosen, does: ColumnsDoes): HTMLElement {
  const targets = [...NINE, ...BESIDE.filter((target) => chosen.has(target) || detected.columns.some((column) => column.target === target))];
  const missing = NEEDED.filter((target) => (chosen.get(target) ?? []).length === 0).length;
  const unsure = detected.questions.filter(({ kind }) => kind !== "value").length;
  const used = new Set([...chosen.values()].flat());
  const ignored = headings(detected).filter((heading) => !used.has(heading));
  const head = [texts.weNeed, texts.takenFromHeading, texts.looksLike, texts.howSure];
  return h(
    "div",
    { class: "body" },
    title(texts.columnsTitle),
    h("p", { class: "lead" }, texts.columnsLead(shorten(name, 80), detected.headingRow ?? 1, unsure)),
    h("table", { class: "columns" }, h("thead", {}, h("tr", {}, head.map((text) => h("th", { scope: "col" }, text)))), h("tbody", {}, targets.map((target) => row(texts, detected, target, chosen.get(target) ?? [], does)))),
    ignored.length === 0 ? null : h("p", { class: "soft unused" }, `${texts.notUsed} `, ignored.slice(0, 20).map((heading, index) => [index > 0 ? ", " : null, h("bdi", {}, shorten(heading, 40))])),
    h(
      "div",
      { class: "row" },
      button(texts.again, { class: "quiet", key: "back", onclick: does.back }),
      button(missing > 0 ? texts.columnsMissing(missing) : texts.continue, { class: "main", part: "button main", key: "go", "aria-disabled": String(missing > 0), onclick: () => missing === 0 && does.go() }),
    ),
  );
}

interface ValuesDoes {
  choose(target: Target, from: string, to: string): void;
  go(): void;
  back(): void;
}

/** Returns the step that asks for the meaning of each uncertain value in a coded column. */
export function valuesStep(texts: Texts, detected: Detected, decided: ReadonlyMap<string, string>, does: ValuesDoes): HTMLElement {
  const item = (target: Target, { value: from, count, readAs }: DetectedValue) => {
    const key = JSON.stringify([target, from]);
    const choices = CHOICES[target];
    const shown = from.trim() === "" ? texts.blank : shorten(from, 60);
    const label = texts.chooseFor(shown, texts.targets[target]);
    const current = decided.get(key) ?? readAs ?? "";
    let input: HTMLSelectElement | HTMLInputElement;
    if (choices === undefined) {
      input = h("input", { type: "text", "aria-label": label, placeholder: target === "ethnicity" ? texts.codeSuchAs : undefined, key: `value:${key}`, autocomplete: "off", spellcheck: "false", size: 18 });
      input.value = current;
    } else {
      input = h("select", { "aria-label": label, key: `value:${key}` }, h("option", { value: "" }, texts.chooseValue), choices.map((choice) => h("option", { value: choice, selected: choice === current }, choice)));
    }
    input.addEventListener("change", () => does.choose(target, from, input.value.trim()));
    return h("li", { class: "decision" }, h("p", {}, h("span", { class: "was" }, value(from, texts.blank)), " ", h("span", { class: "times" }, texts.students(count)), h("span", { class: "arrow", "aria-label": texts.becomes, role: "img" }, "→")), h("div", { class: "act" }, input));
  };
  const unsure = unsureValues(detected);
  return h(
    "div",
    { class: "body" },
    title(texts.valuesTitle),
    h("p", { class: "lead" }, texts.valuesLead),
    unsure.map(({ target, values }) => h("section", { class: "values", "aria-label": texts.targets[target] }, h("h3", {}, texts.targets[target]), h("ul", {}, values.slice(0, 200).map((each) => item(target, each))))),
    h("div", { class: "row" }, button(texts.back, { class: "quiet", key: "back", onclick: does.back }), button(texts.continue, { class: "main", part: "button main", key: "go", onclick: does.go })),
  );
}
