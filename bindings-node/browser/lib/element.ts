// The element `<onroll-import>`, in which a person chooses a school's file, corrects it, and gets a clean roster. This
// file decides which step comes next; `element/` has the steps. The element sends no data from the browser; only your
// page can do so.

import type { EthnicityEntry } from "./shared/reading.js";
import { namesFromOf, readingOf, signInOf } from "./element/attributes.js";
import { type Chosen, columnsStep, detectedColumns, isTemplate, mappingOf, unsureValues, valuesStep, withValues } from "./element/columns.js";
import type { Accepted, CheckUsernames, Checked, DetectedDetail } from "./element/events.js";
import { type Focus, type StepName, showStep } from "./element/frame.js";
import { type Child, h, save, shorten } from "./element/dom.js";
import { type Reading, Session } from "./element/model.js";
import { Problems } from "./element/problems.js";
import { savesOf } from "./element/saves.js";
import { type Saves, busyStep, chooseStep, doneStep, reasons, sheetStep, summaryStep, unreadableStep } from "./element/steps.js";
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

// On a server there is no HTMLElement, and the element is not defined.
const Base = globalThis.HTMLElement ?? (class {} as unknown as typeof HTMLElement);

/**
 * An element that shows an import page. The attributes `sign-in` (`password` or `sso`), `any-order`,
 * `optional-columns`, `main-codes-only`, `extra-columns` (`refuse` or `ignore`) and `names-from` (`preferred` or
 * `legal`) are the options of `readCsv` and `detect`. The element sends the events `onroll-detected`, `onroll-checked`
 * and `onroll-accepted`.
 */
export class OnrollImport extends Base {
  /**
   * Your function that returns which usernames are already in use. It is called before the person can press Import.
   * Without this function, usernames are not checked.
   */
  checkUsernames: CheckUsernames | undefined;
  /** The mapping that you stored for this school. The page asks no questions if the mapping fits the file. */
  mapping: Mapping | MappingJson | null = null;
  /** Your own ethnicity codes and words, as in the option `ethnicities` of `readCsv`. */
  ethnicities: readonly EthnicityEntry[] | undefined;
  #texts: Texts = TEXTS;
  #session: Session | undefined;
  #ending: AbortController | undefined;
  #card: HTMLElement | undefined;
  #live: HTMLElement | undefined;
  #problems: Problems | undefined;
  /** The sheet that a person chose or that detection found, if the file is a workbook. */
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
      // Screen readers read this text only at the table that it describes.
      const help = h("p", { hidden: true, id: "table-help" }, this.#texts.tableHelp);
      root.append(this.#card, this.#live, help);
    }
    prepare();
    this.#show();
  }

  disconnectedCallback(): void {
    this.#ending?.abort();
    // If the element is moved before the check has ended, it shows the first step again, and not the aborted check.
    if (this.#session === undefined) this.#show = () => this.#choose();
  }

  /** Checks a file, as if a person had chosen it. */
  open(file: File): Promise<void> {
    return this.#open(file);
  }

  /** Discards the file, and lets the person choose a different file. */
  reset(): void {
    this.#ending?.abort();
    this.#session = undefined;
    this.#choose();
  }

  #say(text: string): void {
    this.#live!.textContent = text;
  }

  #put(step: StepName, body: Child, focus: Focus): void {
    showStep(this.shadowRoot!, this.#card!, this.#texts, step, body, focus);
  }

  #choose(note?: string): void {
    this.#problems = undefined;
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
      // Reads the sheet that detection found, even if a different sheet has the template's headings.
      this.#sheet ??= detected?.mapping.sheet ?? undefined;
      if (detected === undefined || detected.columns.length === 0 || isTemplate(detected)) await this.#check(file, busy.told);
      else if (detected.certain) await this.#check(file, busy.told, detected.mapping.toJSON());
      else this.#columns(file, detected, detectedColumns(detected), "title");
    } catch (error) {
      if (!ending.signal.aborted) this.#failed(error);
    }
  }

  /**
   * Detects the columns of a file. Returns `undefined` if the file has no table. The element then checks the file, and
   * the report says what is wrong.
   */
  async #detected(file: File, signal: AbortSignal, mapping = this.mapping): Promise<Detected | undefined> {
    try {
      const sheet = { ...(this.#sheet !== undefined && { sheet: this.#sheet }), ...(this.ethnicities !== undefined && { ethnicities: this.ethnicities }) };
      const detected = await detect(file, { signIn: signInOf(this), namesFrom: namesFromOf(this), mapping, signal, ...sheet });
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

  #columns(file: File, detected: Detected, chosen: Chosen, focus: Focus): void {
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

  #values(file: File, detected: Detected, json: MappingJson, decided: ReadonlyMap<string, string>, back: () => void, focus: Focus): void {
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

  /** Returns the name of a file, with the name of the sheet if one was chosen or detected. */
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
    const reading: Reading = { ...readingOf(this, this.ethnicities), ...sheet, ...(mapping !== undefined && { mapping }) };
    const session = await Session.open(file, reading, signal, told);
    if (signal.aborted) return;
    this.#session = session;
    this.#problems = this.#problemsOf(session);
    this.#reported();
    if (session.isUnreadable) return this.#unreadable();
    const { ok, warningCount, fixableCount } = session.report;
    if (ok && warningCount + fixableCount === 0) await this.#summary();
    else this.#problems.show("title");
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

  /** Creates the step that lists the problems of a file. */
  #problemsOf(session: Session): Problems {
    const problems: Problems = new Problems(session, {
      root: this.shadowRoot!,
      texts: () => this.#texts,
      put: (body, focus) => {
        this.#show = () => problems.show("same");
        this.#put("problems", body, focus);
      },
      say: (text) => this.#say(text),
      isCurrent: () => this.#session === session,
      reported: () => this.#reported(),
      failed: (error) => this.#failed(error),
      saves: () => this.#saves(session),
      back: () => this.reset(),
      go: () => void this.#summary(),
    });
    return problems;
  }

  #saves(session: Session): Saves {
    return savesOf(session, this.#texts, (text) => {
      this.#say(text);
      const shown = this.shadowRoot!.querySelector(".downloads [data-key=saved]");
      if (shown) shown.textContent = text;
    });
  }

  async #summary(): Promise<void> {
    const [session, problems] = [this.#session!, this.#problems!];
    try {
      const roster = await session.roster();
      const taken = await this.#taken(Array.from(roster, ({ username }) => username));
      if (this.#session !== session) return;
      const does = {
        back: () => problems.show("title"),
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
