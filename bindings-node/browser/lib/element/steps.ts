// Draws the content of each step, with the buttons for each kind of problem, and limits its lists (`LISTED`, `CHANGES`).
// The two steps for an export are in `columns.ts`. A step gets the data to show and the functions to call, and keeps no
// state.

import type { Problem } from "../shared/problem.js";
import { type Child, button, h, shorten, value } from "./dom.js";
import { CHOICES, type Change, type Decision, type Group, type Session } from "./model.js";
import type { Texts } from "./texts.js";

/**
 * The file types in the browser's file dialog. A person can still drop any file, because onroll recognises a file by
 * its content.
 */
const FILES = ".csv,.txt,.tsv,.xlsx,.xlsm,.xls,.ods,text/csv";
/** The largest number of decisions that are listed for a kind of problem. The table shows all problems. */
const LISTED = 60;
/** The largest number of taken usernames that are listed. The page says how many others there are. */
const TAKEN = 60;
/** The largest number of changes that are listed. The corrected file has all changes. */
const CHANGES = 500;

function svg(): SVGElement {
  const space = "http://www.w3.org/2000/svg";
  const made = document.createElementNS(space, "svg");
  const attributes = { width: "40", height: "40", viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": "1.5", "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" };
  for (const [name, text] of Object.entries(attributes)) made.setAttribute(name, text);
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", "M12 15V4m0 0L8 8m4-4l4 4M5 14v4a2 2 0 002 2h10a2 2 0 002-2v-4");
  made.append(path);
  return made;
}

/** Creates the heading of a step, which gets the focus. */
export function title(text: Child): HTMLElement {
  return h("h2", { tabindex: -1, part: "title", key: "title" }, text);
}

/** Creates the step in which a person drops or chooses a file. */
export function chooseStep(texts: Texts, did: { choose(file: File): void; template(): void }, note?: string): HTMLElement {
  const input = h("input", { type: "file", accept: FILES, tabindex: -1, "aria-hidden": "true", onchange: () => input.files?.[0] && did.choose(input.files[0]) });
  const choose = button(texts.choose, { class: "main", part: "button main", key: "choose", onclick: () => input.click() });
  const drop = h("div", { class: "drop", part: "drop" }, svg(), h("strong", {}, texts.drop), h("span", {}, texts.or), choose, input);
  const over = (is: boolean) => (event: DragEvent) => {
    event.preventDefault();
    drop.classList.toggle("over", is);
  };
  drop.addEventListener("dragenter", over(true));
  drop.addEventListener("dragover", over(true));
  drop.addEventListener("dragleave", over(false));
  drop.addEventListener("drop", (event) => {
    over(false)(event);
    const file = event.dataTransfer?.files[0];
    if (file) did.choose(file);
  });
  const template = button(texts.template, { class: "quiet", key: "template", onclick: did.template });
  return h(
    "div",
    { class: "body" },
    title(texts.title),
    h("p", { class: "lead" }, texts.lead),
    note === undefined ? null : h("p", { class: "note bad" }, note),
    drop,
    h("div", { class: "row" }, h("span", { class: "soft" }, texts.privacy), template),
  );
}

/** Creates the step in which a person chooses a sheet of a workbook. */
export function sheetStep(texts: Texts, name: string, sheets: readonly string[], did: { choose(sheet: string): void; back(): void }): HTMLElement {
  const choice = (sheet: string, index: number) => h("li", {}, button(h("bdi", {}, shorten(sheet, 80)), { key: `sheet:${index}`, onclick: () => did.choose(sheet) }));
  return h(
    "div",
    { class: "body" },
    title(texts.sheetTitle),
    h("p", { class: "lead" }, texts.sheetLead(shorten(name, 80), sheets.length)),
    h("ul", { class: "sheets", "aria-label": texts.sheetTitle }, sheets.map(choice)),
    h("div", { class: "row" }, button(texts.again, { class: "quiet", key: "back", onclick: did.back })),
  );
}

/** The functions that save a file. A person can call them at any time. */
export interface Saves {
  corrected(): void;
  marked(): void;
  list(): void;
}

function downloads(texts: Texts, { report }: Session, saves: Saves): HTMLElement {
  const has = report.problems.length + report.fixed.length > 0;
  return h(
    "div",
    { class: "downloads", part: "downloads", role: "group", "aria-label": texts.downloads },
    h("span", { class: "soft", "aria-hidden": "true" }, texts.downloads),
    report.correctable ? button(texts.downloadCorrected, { class: "quiet small", key: "corrected", onclick: saves.corrected }) : null,
    button(texts.downloadMarked, { class: "quiet small", key: "marked", onclick: saves.marked }),
    has ? button(texts.downloadProblems, { class: "quiet small", key: "list", onclick: saves.list }) : null,
    h("span", { class: "soft", key: "saved", "aria-hidden": "true" }),
  );
}

/** Creates the step that shows the progress of a check. */
export function busyStep(texts: Texts, name: string, cancel: () => void): { element: HTMLElement; told(done: number, of: number): void } {
  const bar = h("progress", { max: 1, "aria-label": texts.progress });
  const element = h(
    "div",
    { class: "body" },
    title(texts.checking(shorten(name, 80))),
    bar,
    h("div", { class: "row" }, h("span", { class: "soft" }, texts.privacy), button(texts.cancel, { key: "cancel", onclick: cancel })),
  );
  return { element, told: (done, of) => (bar.value = of > 0 ? done / of : 0) };
}

/** Creates the step for a file that cannot be read. */
export function unreadableStep(texts: Texts, name: string, says: readonly string[], again: () => void): HTMLElement {
  const reasons = says.map((each) => h("li", {}, each.charAt(0).toUpperCase() + each.slice(1)));
  return h(
    "div",
    { class: "body" },
    title(texts.unreadableTitle),
    h("p", { class: "lead" }, texts.unreadable(shorten(name, 80))),
    h("ul", { class: "note bad", part: "reasons" }, reasons),
    h("div", { class: "row" }, h("span", { class: "soft" }, texts.privacy), button(texts.again, { class: "main", part: "button main", key: "again", onclick: again })),
  );
}

/** The actions that a person can take on problems. */
export interface Does extends Saves {
  fixAll(): void;
  set(problems: readonly Problem[], text: string, was: string): void;
  leaveOut(row: number): void;
  take(row: number): void;
  accept(problem: Problem): void;
  undo(): void;
  group(key: string): void;
  filter(onlyThese: boolean): void;
  everyProblem(): void;
  back(): void;
  go(): void;
}

/** Creates the controls for a decision: a fix, a list of values, a field for a new value, or actions on the row. */
function offers(texts: Texts, decision: Decision, does: Does): Child[] {
  const { key, code, column, value: was, fix, problems } = decision;
  const [{ row }] = problems as [Problem];
  const shown = was === null || was.trim() === "" ? texts.blank : shorten(was, 60);
  if (code === "row-length" && row !== null) {
    return [button(texts.takeRow, { class: "small", key: `take:${key}`, onclick: () => does.take(row) }), button(texts.leaveOut, { class: "small", key: `out:${key}`, onclick: () => does.leaveOut(row) })];
  }
  if ((code === "row-duplicate" || code === "not-a-student" || code === "same-student") && row !== null && problems[0]?.count === 1 && !decision.safe) {
    return [button(texts.leaveOut, { class: "small", key: `out:${key}`, onclick: () => does.leaveOut(row) })];
  }
  if (column === null || row === null) return [];
  if (row === 1 || problems[0]?.code.startsWith("heading-")) {
    const isOffered = code === "heading-misspelt" && fix !== null && !decision.safe;
    return isOffered ? [button([texts.use, " ", h("bdi", {}, fix)], { class: "small", key: `use:${key}`, onclick: () => does.accept(problems[0]!) })] : [];
  }
  // If one cause affects many rows, only the first cell is known here. The table shows the other cells.
  if (problems.some((problem) => problem.count > 1)) return [];
  if (fix !== null) {
    const label = decision.safe ? texts.fix : texts.use;
    return [button(label, { class: "small", "aria-label": `${label}: ${shown} ${texts.becomes} ${shorten(fix, 60)}`, key: `fix:${key}`, onclick: () => does.set(problems, fix, shown) })];
  }
  const choices = CHOICES[column];
  if (choices !== undefined) {
    const select = h(
      "select",
      { "aria-label": texts.chooseFor(shown, column), key: `choose:${key}`, onchange: () => select.value !== "" && does.set(problems, select.value, shown) },
      h("option", { value: "" }, texts.chooseValue),
      choices.map((choice) => h("option", { value: choice }, choice)),
    );
    return [select];
  }
  const input = h("input", { type: "text", "aria-label": texts.newValue(shown, column), key: `type:${key}`, placeholder: column === "Ethnicity" ? texts.codeSuchAs : undefined, autocomplete: "off", spellcheck: "false", size: 18 });
  const change = () => input.value.trim() !== "" && does.set(problems, input.value.trim(), shown);
  input.addEventListener("keydown", (event) => event.key === "Enter" && change());
  return [input, button(texts.change, { class: "small", "aria-label": `${texts.change}: ${shown}`, key: `change:${key}`, onclick: change })];
}

/** Returns the problem as a sentence. If it is about a heading, the sentence begins with that heading. */
function sentence({ column, says, problems }: Decision): string {
  const [{ row, message }] = problems as [Problem];
  const text = row === 1 && column !== null && !message.includes(`'${column}'`) ? `${column}: ${says}` : says;
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function decisionItem(texts: Texts, decision: Decision, does: Does): HTMLElement {
  const { column, value: was, fix, problems, count, says } = decision;
  const [{ row }] = problems as [Problem];
  const isOfValue = column !== null && was !== null && row !== 1 && fix !== null && fix !== "";
  const times = h("span", { class: "times" }, count === 1 && row !== null ? texts.row(row) : texts.rows(count));
  const text = isOfValue
    ? [h("span", { class: "was" }, value(was, texts.blank)), " ", times, h("span", { class: "arrow", "aria-label": texts.becomes, role: "img" }, "→"), h("span", { class: "to" }, value(fix, texts.blank)), decision.safe ? null : h("span", { class: "why" }, shorten(says, 300))]
    : [h("bdi", {}, shorten(sentence(decision), 400)), " ", row === null || row === 1 ? null : times];
  return h("li", { class: "decision", part: "decision" }, h("p", {}, text), h("div", { class: "act" }, offers(texts, decision, does)));
}

/** Creates the list of problems of one kind or of one row. For a row, a button shows all problems again. */
function section(texts: Texts, { label, decisions, key }: Group, does: Does): HTMLElement {
  const isRow = key.startsWith("row:");
  const items = decisions.slice(0, LISTED).map((decision) => decisionItem(texts, decision, does));
  const rest = decisions.length - items.length;
  return h(
    "section",
    { "aria-label": label },
    h("div", { class: "tabletop" }, h("h3", {}, label), isRow ? button(texts.everyProblem, { class: "small", key: "row-clear", onclick: does.everyProblem }) : null),
    items.length === 0 ? h("p", { class: "soft" }, texts.rowClear) : h("ul", {}, items),
    rest > 0 ? h("p", { class: "soft" }, texts.more(rest)) : null,
  );
}

/** Creates the step that lists problems by kind, with the table below. */
export function problemsStep(texts: Texts, session: Session, groups: readonly Group[], current: Group | undefined, onlyThese: boolean, does: Does, table: Child): HTMLElement {
  const { report } = session;
  const all = report.errorCount + report.warningCount;
  const { fixableCount: fixable } = report;
  const bar =
    all === 0
      ? h("div", { class: "fixall clear" }, texts.clear)
      : h(
          "div",
          { class: fixable > 0 ? "fixall" : "fixall decide", part: "fixall" },
          h("span", {}, fixable > 0 ? [h("b", {}, texts.fixable(fixable, all)), " ", fixable < all ? texts.undecided(all - fixable) : null] : texts.noneFixable(all)),
          fixable > 0 ? button(texts.fixAll(fixable), { class: "main", part: "button main", key: "fixall", onclick: does.fixAll }) : null,
        );
  const item = (group: Group) => {
    const attributes = { "aria-current": group === current ? "true" : undefined, key: `group:${group.key}`, onclick: () => does.group(group.key) };
    return h("li", {}, button([h("span", {}, group.label), h("span", { class: "count" }, group.count)], attributes));
  };
  const listed = (label: string, some: readonly Group[]) => (some.length === 0 ? null : [h("h3", {}, label), h("ul", { "aria-label": label }, some.map(item))]);
  const nav = h(
    "nav",
    { "aria-label": texts.groups },
    listed(texts.groupsErrors, groups.filter(({ hasErrors }) => hasErrors)),
    listed(texts.groupsWarnings, groups.filter(({ hasErrors }) => !hasErrors)),
  );
  const filter = (is: boolean, label: string) => button(label, { "aria-pressed": String(onlyThese === is), key: `filter:${is}`, onclick: () => does.filter(is) });
  const pane = h(
    "div",
    { class: "pane" },
    bar,
    current === undefined ? null : section(texts, current, does),
    session.sheet.length === 0 ? null : h("div", { class: "tabletop" }, h("h3", {}, texts.table), current === undefined || !current.rows.some((row) => session.sheet.indexOf(row) !== undefined) ? null : h("div", { class: "filter" }, filter(true, current.key.startsWith("row:") ? texts.thisRow : texts.onlyThese), filter(false, texts.allRows))),
    session.sheet.length === 0 ? null : table,
  );
  const undoable = session.undoable;
  const ready = report.ok;
  const actions = h(
    "div",
    { class: "actions" },
    h(
      "div",
      { class: "row" },
      h("div", {}, button(undoable === undefined ? texts.undo : texts.undoWhat(shorten(undoable, 60)), { class: "quiet", key: "undo", "aria-disabled": String(undoable === undefined), onclick: () => undoable !== undefined && does.undo() })),
      h(
        "div",
        {},
        button(ready ? texts.continue : texts.blocked(report.errorCount), { class: "main", part: "button main", key: "go", "aria-disabled": String(!ready), onclick: () => ready && does.go() }),
      ),
    ),
    downloads(texts, session, does),
  );
  const head = h("div", { class: "body intro" }, title(texts.problemsTitle(report.errorCount, report.warningCount)), h("p", { class: "lead" }, texts.problemsLead(shorten(session.file.name, 80), report.rows)));
  return h("div", {}, head, groups.length === 0 ? pane : h("div", { class: "split" }, nav, pane), actions);
}

function changesTable(texts: Texts, changes: readonly Change[]): HTMLElement {
  const heading = (text: string) => h("th", { scope: "col" }, text);
  const cell = (text: string | null, otherwise: string) => h("td", {}, text === null ? h("span", { class: "soft" }, otherwise) : value(text, texts.blank));
  const rows = changes.slice(0, CHANGES).map(({ row, column, from, to, byPerson }) =>
    h("tr", {}, h("td", {}, row ?? "–"), h("td", {}, column ?? "–"), cell(from, "–"), cell(to, byPerson ? texts.leftOut : "–"), h("td", {}, byPerson ? texts.byYou : texts.byUs)),
  );
  const head = [texts.changeRow, texts.changeColumn, texts.changeFrom, texts.changeTo, texts.changeBy].map(heading);
  return h("div", { class: "changes", tabindex: 0, role: "region", "aria-label": texts.everyChange }, h("table", {}, h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows)), others(texts, changes.length - rows.length));
}

/** Creates the list of usernames that other students have already. */
function takenUsernames(texts: Texts, taken: readonly string[]): HTMLElement {
  const items = taken.slice(0, TAKEN).map((username) => h("li", {}, value(username, texts.blank)));
  return h("div", { class: "note" }, h("b", {}, texts.taken(taken.length)), h("p", {}, texts.takenLead), h("ul", {}, items), others(texts, taken.length - items.length));
}

/** Creates the line that says how many items a list leaves out. */
function others(texts: Texts, rest: number): HTMLElement | null {
  return rest > 0 ? h("p", { class: "soft" }, texts.others(rest)) : null;
}

/** The actions that a person can take on a file without errors. */
export interface ReadyDoes extends Saves {
  back(): void;
  again(): void;
  import(): void;
}

/** Creates the step for a file without errors: the number of students, and every change. */
export function summaryStep(texts: Texts, session: Session, students: number, taken: readonly string[], does: ReadyDoes): HTMLElement {
  const { report } = session;
  const fact = ([many, what]: readonly [string, string], is: boolean) => (is ? h("li", {}, h("b", {}, many), what) : null);
  const changes = session.changes;
  const facts = [
    fact(texts.factFixed(report.fixedCount), true),
    fact(texts.factEdited(session.edited), session.edited > 0),
    fact(texts.factOut(session.leftOut), session.leftOut > 0),
    fact(texts.factWarnings(report.warningCount), report.warningCount > 0),
  ];
  return h(
    "div",
    { class: "body" },
    h("h2", { class: "big", tabindex: -1, part: "title", key: "title" }, texts.ready(students)),
    h("p", { class: "lead" }, texts.readyLead(shorten(session.file.name, 80))),
    taken.length === 0 ? null : takenUsernames(texts, taken),
    h("ul", { class: "facts" }, facts),
    changes.length === 0 ? h("p", { class: "soft" }, texts.noChange) : h("details", {}, h("summary", { key: "changes" }, texts.everyChange), changesTable(texts, changes)),
    h(
      "div",
      { class: "row" },
      h("div", {}, button(texts.back, { class: "quiet", key: "back", onclick: does.back }), button(texts.again, { class: "quiet", key: "again", onclick: does.again })),
      h("div", {}, button(texts.import(students), { class: "main", part: "button main", key: "import", onclick: does.import })),
    ),
    downloads(texts, session, does),
  );
}

/** Creates the last step, after the page has received the students. */
export function doneStep(texts: Texts, session: Session, students: number, does: Saves & { again(): void }): HTMLElement {
  return h(
    "div",
    { class: "body" },
    title([h("span", { class: "tick", "aria-hidden": "true" }, "✓"), texts.handedOver(students)]),
    h("p", { class: "lead" }, texts.handedOverLead),
    h("div", { class: "row" }, h("span"), button(texts.startAgain, { key: "again", onclick: does.again })),
    downloads(texts, session, does),
  );
}

/** Returns the messages in the report on a file that cannot be read. */
export function reasons(session: Session): readonly string[] {
  return session.report.problems.map(({ message }) => message);
}
