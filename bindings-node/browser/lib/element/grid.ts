// The table of students: its lines, its keys, and how a cell is edited. Only the visible lines are in the page. One
// cell at a time has the focus, and Enter edits this cell.

import type { Column, Problem } from "../shared/problem.js";
import { button, h, value } from "./dom.js";
import { CHOICES, COLUMNS, type Session } from "./model.js";
import type { Texts } from "./texts.js";

/** A person's position in the table: the number of a row in the file, and the index of a column. */
export interface At {
  row: number;
  column: number;
}

interface Asked {
  session: Session;
  texts: Texts;
  /** The numbers of the rows to show. */
  rows: readonly number[];
  at: At | undefined;
  /** The index of the column to scroll to. */
  column: number;
  top: number;
  moved(at: At): void;
  edited(at: At, column: Column, text: string): void;
  /** The row whose problems are listed; `undefined` if the problems of all rows are listed. */
  only: number | undefined;
  filtered(at: At | undefined): void;
}

const BEYOND = 6;
const KEYS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-8, 0],
  PageDown: [8, 0],
};

/** The table that shows rows of a file. */
export class Grid {
  readonly element: HTMLElement;
  readonly tip: HTMLElement;
  readonly #asked: Asked;
  readonly #scroll: HTMLElement;
  readonly #lines: HTMLElement;
  /** The problems of the focused cell, and then those of the other cells in its row. */
  readonly #says: HTMLElement;
  readonly #others: HTMLElement;
  /** The button that lists only the problems of the focused row, or the problems of all rows again. */
  readonly #only: HTMLButtonElement;
  #drawn = new Map<number, HTMLElement>();
  #height = 36;
  #at: { line: number; column: number };
  #editing: HTMLInputElement | HTMLSelectElement | undefined;

  constructor(asked: Asked) {
    this.#asked = asked;
    const { texts, rows, at } = asked;
    const line = at === undefined ? 0 : Math.max(0, rows.indexOf(at.row));
    this.#at = { line, column: at?.column ?? Math.max(0, asked.column) };
    const heading = (text: string, index: number) => h("div", { role: "columnheader", "aria-colindex": index + 1 }, text);
    const top = h("div", { class: "line top", role: "row", "aria-rowindex": 1 }, heading(texts.rowHeading, 0), COLUMNS.map((column, index) => heading(column, index + 1)));
    this.#lines = h("div", { class: "lines", role: "rowgroup" });
    const attributes = { class: "grid", role: "grid", "aria-label": texts.table, "aria-rowcount": rows.length + 1, "aria-colcount": COLUMNS.length + 1, "aria-describedby": "table-help" };
    const grid = h("div", attributes, h("div", { role: "rowgroup", class: "head" }, top), this.#lines);
    grid.addEventListener("keydown", (event) => this.#key(event));
    grid.addEventListener("dblclick", () => this.#edit());
    grid.addEventListener("focusin", (event) => this.#focused(event));
    this.#scroll = h("div", { class: "scroll", part: "table", key: "scroll" }, grid);
    this.#scroll.addEventListener("scroll", () => this.#draw(), { passive: true });
    this.#says = h("p", { "aria-live": "polite" });
    this.#others = h("ul", { class: "soft", "aria-label": texts.alsoInRow });
    this.#only = button("", { class: "small", key: "row-filter", onclick: () => this.#filter() });
    this.tip = h("div", { class: "tip" }, this.#says, this.#others, this.#only);
    this.element = this.#scroll;
  }

  /** Draws the table. Call this method after the table is in the page. */
  show(withFocus: boolean): void {
    const probe = h("div", { class: "line" });
    this.#lines.append(probe);
    this.#height = probe.getBoundingClientRect().height || 36;
    probe.remove();
    this.#lines.style.blockSize = `${this.#asked.rows.length * this.#height}px`;
    this.#scroll.scrollTop = this.#asked.top;
    this.#draw();
    if (withFocus) this.#go(this.#at.line, this.#at.column);
    else {
      this.#reveal(this.#asked.column);
      this.#say();
    }
  }

  /** Scrolls the table to a column, but not the page. */
  #reveal(column: number): void {
    const cell = this.#cell()?.parentElement?.querySelector(`[data-column="${column}"]`);
    if (!cell) return;
    const [seen, all] = [cell.getBoundingClientRect(), this.#scroll.getBoundingClientRect()];
    if (seen.right > all.right) this.#scroll.scrollLeft += seen.right - all.right;
    else if (seen.left < all.left) this.#scroll.scrollLeft -= all.left - seen.left;
  }

  /** The distance in pixels that the table is scrolled down. */
  get top(): number {
    return this.#scroll.scrollTop;
  }

  #draw(): void {
    const { rows } = this.#asked;
    const first = Math.max(0, Math.floor(this.#scroll.scrollTop / this.#height) - BEYOND);
    const last = Math.min(rows.length, Math.ceil((this.#scroll.scrollTop + (this.#scroll.clientHeight || 400)) / this.#height) + BEYOND);
    for (const [line, element] of this.#drawn) {
      // The focused line stays, because removing it would lose the focus.
      if ((line < first || line >= last) && line !== this.#at.line) {
        element.remove();
        this.#drawn.delete(line);
      }
    }
    const wanted = new Set<number>();
    for (let line = first; line < last; line += 1) wanted.add(line);
    if (this.#at.line < rows.length) wanted.add(this.#at.line);
    for (const line of [...wanted].sort((one, other) => one - other)) {
      if (this.#drawn.has(line)) continue;
      const made = this.#line(line);
      const next = [...this.#drawn.keys()].filter((other) => other > line).sort((one, other) => one - other)[0];
      this.#lines.insertBefore(made, next === undefined ? null : this.#drawn.get(next)!);
      this.#drawn.set(line, made);
    }
  }

  #line(line: number): HTMLElement {
    const { session, rows, texts } = this.#asked;
    const row = rows[line] ?? 0;
    const rowIndex = session.sheet.indexOf(row);
    const problems = session.problemsOf(row);
    const cells = COLUMNS.map((column, index) => {
      const text = rowIndex === undefined ? "" : session.sheet.cell(rowIndex, index);
      const problem = problems.get(column) ?? (index === 0 ? problems.get("") : undefined);
      const kind = problem ? (problem.severity === "error" ? "cell-bad" : "cell-ask") : session.isEdited(row, index) ? "cell-edited" : "";
      const isHere = line === this.#at.line && index === this.#at.column;
      const attributes = {
        role: "gridcell",
        class: kind,
        "aria-colindex": index + 2,
        "aria-invalid": problem?.severity === "error" ? "true" : undefined,
        tabindex: isHere ? 0 : -1,
        "data-line": line,
        "data-column": index,
      };
      return h("div", attributes, value(text, rowIndex === undefined ? "" : problem ? texts.blank : ""));
    });
    const made = h("div", { class: "line", role: "row", "aria-rowindex": line + 2 }, h("div", { role: "rowheader", "aria-colindex": 1 }, row), cells);
    made.style.insetBlockStart = `${line * this.#height}px`;
    return made;
  }

  #cell({ line, column } = this.#at): HTMLElement | null {
    return this.#drawn.get(line)?.querySelector<HTMLElement>(`[data-column="${column}"]`) ?? null;
  }

  #focused(event: FocusEvent): void {
    const { line, column } = (event.target as HTMLElement).closest<HTMLElement>("[role=gridcell]")?.dataset ?? {};
    if (line === undefined || column === undefined) return;
    this.#cell()?.setAttribute("tabindex", "-1");
    this.#at = { line: Number(line), column: Number(column) };
    this.#cell()?.setAttribute("tabindex", "0");
    this.#asked.moved({ row: this.#asked.rows[this.#at.line] ?? 0, column: this.#at.column });
    this.#say();
  }

  /** Shows the problem of the focused cell or of its row. */
  #say(): void {
    const { session, rows, texts } = this.#asked;
    const row = rows[this.#at.line];
    const column = COLUMNS[this.#at.column];
    if (row === undefined || column === undefined) return;
    const problems = session.problemsOf(row);
    const problem = problems.get(column) ?? problems.get("");
    const sentence = ({ message }: Problem) => message.charAt(0).toUpperCase() + message.slice(1);
    this.#says.replaceChildren(problem === undefined ? h("span", { class: "soft" }, texts.tableHelp) : sentence(problem));
    const others = [...problems.values()].filter((other) => other !== problem);
    this.#others.replaceChildren(...others.map((other) => h("li", {}, sentence(other))));
    this.#only.textContent = this.#asked.only === row ? texts.everyProblem : texts.onlyRow(row);
    this.#only.hidden = problems.size === 0 && this.#asked.only !== row;
  }

  #filter(): void {
    const row = this.#asked.rows[this.#at.line];
    if (row !== undefined) this.#asked.filtered(this.#asked.only === row ? undefined : { row, column: this.#at.column });
  }

  #key(event: KeyboardEvent): void {
    if (this.#editing !== undefined) return this.#keyWhileEditing(event);
    const { line, column } = this.#at;
    const move = KEYS[event.key];
    const isRtl = getComputedStyle(this.#scroll).direction === "rtl";
    if (move !== undefined) this.#go(line + move[0], column + (isRtl ? -move[1] : move[1]));
    else if (event.key === "Home") this.#go(event.ctrlKey ? 0 : line, 0);
    else if (event.key === "End") this.#go(event.ctrlKey ? this.#asked.rows.length - 1 : line, COLUMNS.length - 1);
    else if (event.key === "Enter" || event.key === "F2") this.#edit();
    else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey) this.#edit(event.key);
    else return;
    event.preventDefault();
  }

  #go(line: number, column: number): void {
    const { rows } = this.#asked;
    if (rows.length === 0) return;
    const before = this.#cell();
    this.#at = { line: Math.min(rows.length - 1, Math.max(0, line)), column: Math.min(COLUMNS.length - 1, Math.max(0, column)) };
    before?.setAttribute("tabindex", "-1");
    const [from, height] = [this.#at.line * this.#height, this.#scroll.clientHeight - this.#height];
    if (from < this.#scroll.scrollTop) this.#scroll.scrollTop = from;
    else if (from + this.#height > this.#scroll.scrollTop + height) this.#scroll.scrollTop = from + this.#height - height;
    this.#draw();
    const cell = this.#cell();
    cell?.setAttribute("tabindex", "0");
    cell?.focus({ preventScroll: true });
    cell?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  #edit(typed?: string): void {
    const { session, rows, texts } = this.#asked;
    const [row, column, cell] = [rows[this.#at.line], COLUMNS[this.#at.column], this.#cell()];
    const rowIndex = row === undefined ? undefined : session.sheet.indexOf(row);
    if (this.#editing !== undefined || cell === null || row === undefined || column === undefined || rowIndex === undefined) return;
    const text = session.sheet.cell(rowIndex, this.#at.column);
    const choices = CHOICES[column];
    const label = texts.editing(row, column);
    let input: HTMLInputElement | HTMLSelectElement;
    if (choices) {
      const has = choices.includes(text);
      const options = choices.map((choice) => h("option", { value: choice, selected: choice === text }, choice));
      input = h("select", { "aria-label": label }, has ? null : h("option", { value: text, selected: true }, text.trim() || texts.blank), options);
      const first = typed === undefined ? undefined : choices.find((choice) => choice.toLowerCase().startsWith(typed.toLowerCase()));
      if (first !== undefined) input.value = first;
    } else {
      input = h("input", { type: "text", "aria-label": label, dir: "auto", autocomplete: "off", spellcheck: "false" });
      input.value = typed ?? text;
    }
    this.#editing = input;
    cell.classList.add("editing");
    cell.replaceChildren(input);
    input.focus();
    if (input instanceof HTMLInputElement && typed === undefined) input.select();
    input.addEventListener("blur", () => this.#leave(true));
  }

  #keyWhileEditing(event: KeyboardEvent): void {
    if (event.key === "Enter") {
      event.preventDefault();
      this.#leave(true);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.#leave(false);
    }
  }

  /** Ends the editing of a cell. If `keep` is true, the cell gets the new text. */
  #leave(keep: boolean): void {
    const input = this.#editing;
    if (input === undefined) return;
    this.#editing = undefined;
    const { session, rows } = this.#asked;
    const [{ line, column: index }, row] = [this.#at, rows[this.#at.line] ?? 0];
    const [column, rowIndex] = [COLUMNS[index], session.sheet.indexOf(row)];
    const hadFocus = input.matches(":focus");
    const before = rowIndex === undefined ? "" : session.sheet.cell(rowIndex, index);
    const element = this.#line(line);
    this.#drawn.get(line)?.replaceWith(element);
    this.#drawn.set(line, element);
    if (hadFocus) this.#cell()?.focus({ preventScroll: true });
    if (keep && column !== undefined && input.value !== before) this.#asked.edited({ row, column: index }, column, input.value);
  }
}
