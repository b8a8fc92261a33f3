// `<onroll-import>`: the whole import of a school's file, from choosing it to a clean roster for the page. Only your
// page sends data from the browser.

import type { Problem, ProblemCode } from "./shared/problem.js";
import type { EthnicityEntry, ReadOptions } from "./shared/reading.js";
import { type Chosen, columnsStep, detectedColumns, isTemplate, mappingOf, unsureValues, valuesStep, withValues } from "./element/columns.js";
import type { Accepted, CheckUsernames, Checked, DetectedDetail } from "./element/events.js";
import { type At, Grid } from "./element/grid.js";
import { type Child, h, save, shorten } from "./element/dom.js";
import { COLUMNS, type Group, type Reading, Session } from "./element/model.js";
import { savesOf } from "./element/saves.js";
import { type Does, type Saves, busyStep, chooseStep, doneStep, problemsStep, reasons, sheetStep, summaryStep, unreadableStep } from "./element/steps.js";
import { style } from "./element/style.js";
import { TEXTS, type Texts } from "./element/texts.js";
import { OnrollError } from "./failure.js";
import type { Detected } from "./detected.js";
import { detect, templateCsv } from "./index.js";
import { Mapping } from "./mapping.js";
import { RosterError } from "./refused.js";
import type { MappingJson, Target } from "./shared/detection.js";
import { prepare } from "./sheet.js";

export type { Accepted, CheckUsernames, Checked, DetectedDetail } from "./element/events.js";
export type { Texts } from "./element/texts.js";
export type { Report } from "./report.js";

type StepName = keyof Texts["step"];
const STEPS: readonly StepName[] = ["file", "columns", "values", "problems", "done"];
const FLAGS = { "any-order": "anyOrder", "optional-columns": "optionalColumns", "main-codes-only": "mainCodesOnly" } as const;

// On a server there is no HTMLElement, and nothing is defined.
const Base = globalThis.HTMLElement ?? (class {} as unknown as typeof HTMLElement);

/**
 * An import page as an element. The attributes `sign-in` (`password` or `sso`), `any-order`, `optional-columns`,
 * `main-codes-only`, `extra-columns` (`refuse` or `ignore`) and `names-from` (`preferred` or `legal`) are the options
 * of `readCsv` and `detect`. It sends the events `onroll-detected`, `onroll-checked` and `onroll-accepted`.
 */
export class OnrollImport extends Base {
  /**
   * Your function that returns which usernames are already in use. It is called before Import. Without it, usernames
   * are not checked.
   */
  checkUsernames: CheckUsernames | undefined;
  /** The mapping that you stored for this school. The page asks no questions if the mapping fits the file. */
  mapping: Mapping | MappingJson | null = null;
  /** Your own ethnicity codes, and words for codes, as in the option of `readCsv`. */
  ethnicities: readonly EthnicityEntry[] | undefined;
  #texts: Texts = TEXTS;
  #session: Session | undefined;
  #ending: AbortController | undefined;
  #card: HTMLElement | undefined;
  #live: HTMLElement | undefined;
  #grid: Grid | undefined;
  #group: string | undefined;
  /** The row, if only the problems of one row are listed, and the kind of problem that was listed before. */
  #only: { row: number; before: string | undefined } | undefined;
  #onlyThese = true;
  #at: At | undefined;
  /** The sheet of a workbook that a person chose. */
  #sheet: string | undefined;
  #show: () => void = () => this.#choose();

  /** The texts of the page. You can replace any of them. */
  get texts(): Texts {
    return this.#texts;
  }
  set texts(texts: Partial<Texts>) {
    this.#texts = { ...TEXTS, ...texts, step: { ...TEXTS.step, ...texts.step }, targets: { ...TEXTS.targets, ...texts.targets }, kinds: { ...TEXTS.kinds, ...texts.kinds } };
    if (this.#card) this.#show();
  }

  connectedCallback(): void {
    if (this.#card === undefined) {
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [style()];
      this.#live = h("p", { class: "hidden", role: "status" });
      this.#card = h("div", { class: "card", part: "card" });
      // The text describes the table, and screen readers read it only there.
      const help = h("p", { hidden: true, id: "table-help" }, this.#texts.tableHelp);
      root.append(this.#card, this.#live, help);
    }
    prepare();
    this.#show();
  }

  disconnectedCallback(): void {
    this.#ending?.abort();
    // If the element is put elsewhere, it does not show the aborted check again.
    if (this.#session === undefined) this.#show = () => this.#choose();
  }

  /** Checks a file, as if a person had chosen it. */
  open(file: File): Promise<void> {
    return this.#open(file);
  }

  /** Discards the file, and lets the person choose another. */
  reset(): void {
    this.#ending?.abort();
    this.#session = undefined;
    this.#choose();
  }

  #signIn(): "password" | "sso" {
    return this.getAttribute("sign-in") === "sso" ? "sso" : "password";
  }

  #reading(): ReadOptions {
    const read: ReadOptions = { signIn: this.#signIn() };
    for (const [attribute, option] of Object.entries(FLAGS)) if (this.hasAttribute(attribute)) read[option] = true;
    if (this.getAttribute("extra-columns") === "ignore") read.extraColumns = "ignore";
    if (this.ethnicities !== undefined) read.ethnicities = this.ethnicities;
    return read;
  }

  #kind = (code: ProblemCode): string => this.#texts.kinds[code];

  #say(text: string): void {
    this.#live!.textContent = text;
  }

  /** Shows a step. The focus stays where it was, or goes to the step's heading. */
  #put(step: StepName, body: Child, focus: "title" | "same"): void {
    const root = this.shadowRoot!;
    const key = focus === "same" ? (root.activeElement as HTMLElement | null)?.dataset["key"] : undefined;
    const place = STEPS.indexOf(step);
    const steps = STEPS.map((name, at) => {
      const done = at < place;
      const tick = done ? [h("span", { class: "tick", "aria-hidden": "true" }, "✓"), h("span", { class: "hidden" }, `${this.#texts.stepDone}: `)] : null;
      return h("li", { "aria-current": at === place ? "step" : undefined }, tick, this.#texts.step[name]);
    });
    this.#card!.replaceChildren(h("ol", { class: "steps", part: "steps", "aria-label": this.#texts.steps }, steps), h("div", {}, body));
    const find = (wanted: string) => root.querySelector<HTMLElement>(`[data-key="${CSS.escape(wanted)}"]`);
    if (focus === "title") find("title")?.focus();
    else if (key !== undefined) (find(key) ?? find("fixall") ?? find("go") ?? find("title"))?.focus();
  }

  #choose(note?: string): void {
    this.#grid = undefined;
    this.#say("");
    const isFirst = this.#card!.childElementCount === 0;
    this.#show = () => this.#choose(note);
    const did = { choose: (file: File) => void this.#open(file), template: () => void this.#template() };
    this.#put("file", chooseStep(this.#texts, did, note), isFirst ? "same" : "title");
  }

  async #template(): Promise<void> {
    try {
      save(await templateCsv(), this.#texts.templateName);
    } catch {
      this.#choose(this.#texts.notStarted);
    }
  }

  async #open(file: File, sheet?: string): Promise<void> {
    this.#sheet = sheet;
    this.#say("");
    this.#ending?.abort();
    const ending = (this.#ending = new AbortController());
    const cancel = () => {
      ending.abort();
      this.#session = undefined;
      this.#choose();
      this.#say(this.#texts.cancelled);
    };
    const busy = busyStep(this.#texts, file.name, cancel);
    this.#show = () => this.#put("file", busy.element, "title");
    this.#show();
    try {
      const detected = await this.#detected(file, ending.signal);
      if (ending.signal.aborted) return;
      const sheets = detected?.questions.find(({ kind }) => kind === "which-sheet")?.choices;
      if (sheets !== undefined) return this.#sheets(file, sheets);
      // Reads the sheet that detection found, even if another sheet has the template's headings.
      this.#sheet ??= detected?.mapping.sheet ?? undefined;
      if (detected === undefined || detected.columns.length === 0 || isTemplate(detected)) await this.#check(file, busy.told);
      else if (detected.certain) await this.#check(file, busy.told, detected.mapping.toJSON());
      else this.#columns(file, detected, detectedColumns(detected), "title");
    } catch (error) {
      if (!ending.signal.aborted) this.#failed(error);
    }
  }

  /** Detects the columns of a file; `undefined` if the file has no table. The report of a check then says why. */
  async #detected(file: File, signal: AbortSignal, mapping = this.mapping): Promise<Detected | undefined> {
    try {
      const namesFrom = this.getAttribute("names-from") === "legal" ? "legal" : "preferred";
      const sheet = { ...(this.#sheet !== undefined && { sheet: this.#sheet }), ...(this.ethnicities !== undefined && { ethnicities: this.ethnicities }) };
      const detected = await detect(file, { signIn: this.#signIn(), namesFrom, mapping, signal, ...sheet });
      this.dispatchEvent(new CustomEvent<DetectedDetail>("onroll-detected", { detail: { detected }, bubbles: true, composed: true }));
      return detected;
    } catch (error) {
      if (error instanceof RosterError) return undefined;
      throw error;
    }
  }

  /** Asks which sheet of a workbook to read. */
  #sheets(file: File, sheets: readonly string[]): void {
    const does = { choose: (sheet: string) => void this.#open(file, sheet), back: () => this.reset() };
    this.#show = () => this.#put("file", sheetStep(this.#texts, file.name, sheets, does), "title");
    this.#show();
  }

  #columns(file: File, detected: Detected, chosen: Chosen, focus: "title" | "same"): void {
    this.#show = () => this.#columns(file, detected, chosen, "same");
    const does = {
      choose: (target: Target, sources: readonly string[]) => this.#columns(file, detected, new Map([...chosen, [target, sources]]), "same"),
      go: () => void this.#chosen(file, detected, chosen),
      back: () => this.reset(),
    };
    this.#put("columns", columnsStep(this.#texts, this.#named(file), detected, chosen, does), focus);
  }

  /** Detects the values of the columns that a person confirmed, and asks about uncertain values. */
  async #chosen(file: File, detected: Detected, chosen: Chosen): Promise<void> {
    const signal = this.#ending!.signal;
    try {
      const json = mappingOf(detected, chosen);
      const again = (await this.#detected(file, signal, json)) ?? detected;
      if (signal.aborted) return;
      const back = () => this.#columns(file, detected, chosen, "title");
      if (unsureValues(again).length > 0) this.#values(file, again, json, new Map(), back, "title");
      else await this.#checked(file, json);
    } catch (error) {
      if (!signal.aborted) this.#failed(error);
    }
  }

  #values(file: File, detected: Detected, json: MappingJson, decided: ReadonlyMap<string, string>, back: () => void, focus: "title" | "same"): void {
    this.#show = () => this.#values(file, detected, json, decided, back, "same");
    const does = {
      choose: (target: Target, from: string, to: string) => {
        const next = new Map(decided);
        const key = JSON.stringify([target, from]);
        if (to === "") next.delete(key);
        else next.set(key, to);
        this.#values(file, detected, json, next, back, "same");
      },
      go: () => void this.#checked(file, withValues(json, detected, decided)),
      back,
    };
    this.#put("values", valuesStep(this.#texts, detected, decided, does), focus);
  }

  /** Returns the name of a file, with the sheet that is read if a sheet was chosen. */
  #named({ name }: File): string {
    return this.#sheet === undefined ? name : this.#texts.sheetOf(shorten(name, 60), shorten(this.#sheet, 60));
  }

  /** Checks a file with the mapping that a person confirmed. */
  async #checked(file: File, mapping: MappingJson): Promise<void> {
    const signal = this.#ending!.signal;
    const busy = busyStep(this.#texts, file.name, () => this.reset());
    this.#show = () => this.#put("values", busy.element, "title");
    this.#show();
    try {
      await this.#check(file, busy.told, mapping);
    } catch (error) {
      if (!signal.aborted) this.#failed(error);
    }
  }

  async #check(file: File, told: (done: number, of: number) => void, mapping?: MappingJson): Promise<void> {
    const signal = this.#ending!.signal;
    const sheet = this.#sheet === undefined ? {} : { sheet: this.#sheet };
    const reading: Reading = { ...this.#reading(), ...sheet, ...(mapping !== undefined && { mapping }) };
    const session = await Session.open(file, reading, signal, told);
    if (signal.aborted) return;
    this.#session = session;
    [this.#group, this.#only, this.#onlyThese, this.#at] = [undefined, undefined, true, undefined];
    this.#reported();
    if (session.isUnreadable) return this.#unreadable();
    const { ok, warningCount, fixableCount } = session.report;
    if (ok && warningCount + fixableCount === 0) await this.#summary();
    else this.#problems("title");
  }

  /** Shows an error that the file did not cause. */
  #failed(error: unknown): void {
    this.#session = undefined;
    const { lost, failed, notStarted } = this.#texts;
    const text = error instanceof DOMException ? lost : error instanceof OnrollError && error.code === "ERR_NOT_STARTED" ? notStarted : failed;
    this.#choose(text);
    this.#say(text);
  }

  #reported(): void {
    const { report } = this.#session!;
    this.#say(this.#texts.said(report.errorCount, report.warningCount, report.fixableCount));
    this.dispatchEvent(new CustomEvent<Checked>("onroll-checked", { detail: { report }, bubbles: true, composed: true }));
  }

  #unreadable(): void {
    const session = this.#session!;
    this.#show = () => this.#put("file", unreadableStep(this.#texts, session.file.name, reasons(session), () => this.reset()), "title");
    this.#show();
  }

  /** Returns the numbers of the rows to show: the rows with one kind of problem, or all rows. */
  #rows(group: Group | undefined): readonly number[] {
    const { sheet } = this.#session!;
    const wanted = this.#onlyThese && group !== undefined ? group.rows.filter((row) => sheet.place(row) !== undefined) : [];
    return wanted.length > 0 ? wanted : Array.from({ length: sheet.length }, (_, place) => sheet.number(place));
  }

  #problems(focus: "title" | "same"): void {
    const session = this.#session!;
    this.#show = () => this.#problems("same");
    const wasInGrid = focus === "same" && this.#grid?.element.contains(this.shadowRoot!.activeElement) === true;
    const top = focus === "same" ? (this.#grid?.top ?? 0) : 0;
    const groups = session.groups(this.#kind);
    const only = this.#only?.row;
    const current = only === undefined ? (groups.find(({ key }) => key === this.#group) ?? groups[0]) : session.rowGroup(only, this.#texts.rowProblems(only));
    if (current?.key !== this.#group) this.#at = undefined;
    this.#group = current?.key;
    const grid = new Grid({
      session,
      texts: this.#texts,
      rows: this.#rows(current),
      at: this.#at,
      column: COLUMNS.findIndex((column) => column === current?.decisions[0]?.column),
      top,
      moved: (at) => (this.#at = at),
      only,
      filtered: (at) => (at === undefined ? this.#everyProblem() : this.#onlyRow(at)),
      edited: (at, column, text) => {
        this.#at = at;
        void this.#decide(() => session.set([{ row: at.row, column, text }], this.#texts.didEdit(at.row, column)));
      },
    });
    this.#grid = grid;
    this.#put("problems", problemsStep(this.#texts, session, groups, current, this.#onlyThese, this.#does(session), [grid.element, grid.tip]), wasInGrid ? "same" : focus);
    if (session.sheet.length > 0) grid.show(wasInGrid);
  }

  /** Lists only the problems of one row. */
  #onlyRow(at: At): void {
    const { row } = at;
    this.#only = { row, before: this.#only === undefined ? this.#group : this.#only.before };
    [this.#group, this.#onlyThese, this.#at] = [`row:${row}`, true, at];
    this.#problems("same");
    this.#say(this.#texts.saidRow(row, this.#session!.rowGroup(row, "").count));
  }

  /** Lists the problems of all rows again, and the kind that was listed before. */
  #everyProblem(): void {
    [this.#group, this.#only] = [this.#only?.before, undefined];
    const key = (this.shadowRoot!.activeElement as HTMLElement | null)?.dataset["key"];
    this.#problems("same");
    // The button that the person pressed no longer exists.
    if (key === "row-clear") this.shadowRoot!.querySelector<HTMLElement>(`nav [aria-current]`)?.focus();
    const { errorCount, warningCount } = this.#session!.report;
    this.#say(this.#texts.saidEvery(errorCount + warningCount));
  }

  /** Applies a person's decision, and shows the new report. */
  async #decide(decision: () => Promise<void>): Promise<void> {
    const session = this.#session;
    try {
      await decision();
    } catch (error) {
      // A later decision aborted the check of this decision.
      if (error instanceof DOMException && error.name === "AbortError") return;
      return this.#failed(error);
    }
    if (this.#session !== session || session === undefined) return;
    this.#problems("same");
    this.#reported();
  }

  #does(session: Session): Does {
    const texts = this.#texts;
    return {
      fixAll: () => void this.#decide(() => session.fixAll(texts.didFixAll)),
      set: (problems: readonly Problem[], text, was) => {
        const cells = problems.flatMap(({ row, column }) => (row === null || column === null ? [] : [{ row, column, text }]));
        void this.#decide(() => session.set(cells, texts.didFix(was, shorten(text, 40))));
      },
      leaveOut: (row) => void this.#decide(() => session.leaveOut(row, texts.didLeaveOut(row))),
      take: (row) => void this.#decide(() => session.take(row, texts.didTake(row))),
      accept: ({ id, fix }) => void this.#decide(() => session.accept(id, texts.didAccept(fix ?? ""))),
      undo: () => void this.#decide(() => session.undo()),
      group: (key) => {
        [this.#group, this.#only, this.#onlyThese, this.#at, this.#grid] = [key, undefined, true, undefined, undefined];
        this.#problems("same");
      },
      filter: (onlyThese) => {
        [this.#onlyThese, this.#grid] = [onlyThese, undefined];
        this.#problems("same");
      },
      everyProblem: () => this.#everyProblem(),
      back: () => this.reset(),
      go: () => void this.#summary(),
      ...this.#saves(session),
    };
  }

  #saves(session: Session): Saves {
    return savesOf(session, this.#texts, (text) => {
      this.#say(text);
      const shown = this.shadowRoot!.querySelector(".downloads [data-key=saved]");
      if (shown) shown.textContent = text;
    });
  }

  async #summary(): Promise<void> {
    const session = this.#session!;
    try {
      const roster = await session.roster();
      const taken = await this.#taken(Array.from(roster, ({ username }) => username));
      if (this.#session !== session) return;
      const does = {
        back: () => this.#problems("title"),
        again: () => this.reset(),
        ...this.#saves(session),
        import: () => this.#accepted(session, roster.length, { csv: new Blob([roster.csv() as BlobPart], { type: "text/csv" }), mapping: session.options.mapping === undefined ? null : Mapping.fromJSON(session.options.mapping), report: roster.report }),
      };
      this.#show = () => this.#put("done", summaryStep(this.#texts, session, roster.length, taken, does), "title");
      this.#show();
    } catch (error) {
      if (this.#session === session) this.#failed(error);
    }
  }

  async #taken(usernames: readonly string[]): Promise<readonly string[]> {
    if (this.checkUsernames === undefined) return [];
    this.#say(this.#texts.askingHost);
    return this.checkUsernames(usernames, { signal: this.#ending!.signal });
  }

  #accepted(session: Session, students: number, detail: Accepted): void {
    this.dispatchEvent(new CustomEvent<Accepted>("onroll-accepted", { detail, bubbles: true, composed: true }));
    this.#session = undefined;
    const does = { ...this.#saves(session), again: () => this.reset() };
    this.#show = () => this.#put("done", doneStep(this.#texts, session, students, does), "title");
    this.#show();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "onroll-import": OnrollImport;
  }
  interface HTMLElementEventMap {
    "onroll-detected": CustomEvent<DetectedDetail>;
    "onroll-checked": CustomEvent<Checked>;
    "onroll-accepted": CustomEvent<Accepted>;
  }
}

if (globalThis.customElements !== undefined && !customElements.get("onroll-import")) customElements.define("onroll-import", OnrollImport);
