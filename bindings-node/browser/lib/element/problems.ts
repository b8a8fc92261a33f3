// Controls the step that lists the problems of a file: which kind of problem and which rows are shown, and the effect
// of a person's decisions. `steps.ts` draws the step, and `grid.ts` the table.

import type { Problem, ProblemCode } from "../shared/problem.js";
import { type Child, shorten } from "./dom.js";
import type { Focus } from "./frame.js";
import { type At, Grid } from "./grid.js";
import { COLUMNS, type Group, type Session } from "./model.js";
import { type Does, type Saves, problemsStep } from "./steps.js";
import type { Texts } from "./texts.js";

/** The page around the step. */
export interface Page {
  readonly root: ShadowRoot;
  /** The texts, which the page can replace at any time. */
  texts(): Texts;
  /** Shows the content of the step. */
  put(body: Child, focus: Focus): void;
  say(text: string): void;
  /** Returns whether the page still shows the file of this step. */
  isCurrent(): boolean;
  /** Reports the new result of a check. */
  reported(): void;
  failed(error: unknown): void;
  saves(): Saves;
  back(): void;
  go(): void;
}

/** The step that lists the problems of a file, with the table of the file's rows. */
export class Problems {
  readonly #session: Session;
  readonly #page: Page;
  #grid: Grid | undefined;
  #group: string | undefined;
  /**
   * The row whose problems are listed, and the kind of problem that was listed before; `undefined` if a kind is listed.
   */
  #only: { row: number; before: string | undefined } | undefined;
  #onlyThese = true;
  #at: At | undefined;

  constructor(session: Session, page: Page) {
    this.#session = session;
    this.#page = page;
  }

  #kind = (code: ProblemCode): string => this.#page.texts().kinds[code];

  /** Shows the step, with the problems that remain. */
  show(focus: Focus): void {
    const [session, page, texts] = [this.#session, this.#page, this.#page.texts()];
    const wasInGrid = focus === "same" && this.#grid?.element.contains(page.root.activeElement) === true;
    const top = focus === "same" ? (this.#grid?.top ?? 0) : 0;
    const groups = session.groups(this.#kind);
    const only = this.#only?.row;
    const current = only === undefined ? (groups.find(({ key }) => key === this.#group) ?? groups[0]) : session.rowGroup(only, texts.rowProblems(only));
    if (current?.key !== this.#group) this.#at = undefined;
    this.#group = current?.key;
    const grid = new Grid({
      session,
      texts,
      rows: this.#rows(current),
      at: this.#at,
      column: COLUMNS.findIndex((column) => column === current?.decisions[0]?.column),
      top,
      moved: (at) => (this.#at = at),
      only,
      filtered: (at) => (at === undefined ? this.#everyProblem() : this.#onlyRow(at)),
      edited: (at, column, text) => {
        this.#at = at;
        void this.#decide(() => session.set([{ row: at.row, column, text }], page.texts().didEdit(at.row, column)));
      },
    });
    this.#grid = grid;
    page.put(problemsStep(texts, session, groups, current, this.#onlyThese, this.#does(), [grid.element, grid.tip]), wasInGrid ? "same" : focus);
    if (session.sheet.length > 0) grid.show(wasInGrid);
  }

  /** Returns the numbers of the rows to show: the rows with one kind of problem, or all rows. */
  #rows(group: Group | undefined): readonly number[] {
    const { sheet } = this.#session;
    const wanted = this.#onlyThese && group !== undefined ? group.rows.filter((row) => sheet.indexOf(row) !== undefined) : [];
    return wanted.length > 0 ? wanted : Array.from({ length: sheet.length }, (_, index) => sheet.number(index));
  }

  /** Lists only the problems of one row. */
  #onlyRow(at: At): void {
    const { row } = at;
    this.#only = { row, before: this.#only === undefined ? this.#group : this.#only.before };
    [this.#group, this.#onlyThese, this.#at] = [`row:${row}`, true, at];
    this.show("same");
    this.#page.say(this.#page.texts().saidRow(row, this.#session.rowGroup(row, "").count));
  }

  /** Lists the problems of all rows again, and the kind that was listed before. */
  #everyProblem(): void {
    const { root, say, texts } = this.#page;
    [this.#group, this.#only] = [this.#only?.before, undefined];
    const key = (root.activeElement as HTMLElement | null)?.dataset["key"];
    this.show("same");
    // The button that the person pressed no longer exists, so the focus goes to the listed kind of problem.
    if (key === "row-clear") root.querySelector<HTMLElement>(`nav [aria-current]`)?.focus();
    const { errorCount, warningCount } = this.#session.report;
    say(texts().saidEvery(errorCount + warningCount));
  }

  /** Applies a person's decision, and shows the new report. */
  async #decide(decision: () => Promise<void>): Promise<void> {
    try {
      await decision();
    } catch (error) {
      // A later decision aborted the check of this decision.
      if (error instanceof DOMException && error.name === "AbortError") return;
      return this.#page.failed(error);
    }
    if (!this.#page.isCurrent()) return;
    this.show("same");
    this.#page.reported();
  }

  #does(): Does {
    const [session, page, texts] = [this.#session, this.#page, this.#page.texts()];
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
        this.show("same");
      },
      filter: (onlyThese) => {
        [this.#onlyThese, this.#grid] = [onlyThese, undefined];
        this.show("same");
      },
      everyProblem: () => this.#everyProblem(),
      back: page.back,
      go: page.go,
      ...page.saves(),
    };
  }
}
