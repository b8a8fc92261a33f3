// The frame of the page: the list of the steps above the step that is shown (`STEPS`), and where the focus goes.

import { type Child, h } from "./dom.js";
import type { Texts } from "./texts.js";

/** The name of a step. */
export type StepName = keyof Texts["step"];
const STEPS: readonly StepName[] = ["file", "columns", "values", "problems", "done"];

/** The element that gets the focus when a step is shown: the step's heading, or the same control as before. */
export type Focus = "title" | "same";

/** Shows a step in the card. The focus stays where it was, or goes to the step's heading. */
export function showStep(root: ShadowRoot, card: HTMLElement, texts: Texts, step: StepName, body: Child, focus: Focus): void {
  const key = focus === "same" ? (root.activeElement as HTMLElement | null)?.dataset["key"] : undefined;
  const index = STEPS.indexOf(step);
  const steps = STEPS.map((name, at) => {
    const done = at < index;
    const tick = done ? [h("span", { class: "tick", "aria-hidden": "true" }, "✓"), h("span", { class: "hidden" }, `${texts.stepDone}: `)] : null;
    return h("li", { "aria-current": at === index ? "step" : undefined }, tick, texts.step[name]);
  });
  card.replaceChildren(h("ol", { class: "steps", part: "steps", "aria-label": texts.steps }, steps), h("div", {}, body));
  const find = (wanted: string) => root.querySelector<HTMLElement>(`[data-key="${CSS.escape(wanted)}"]`);
  if (focus === "title") find("title")?.focus();
  else if (key !== undefined) (find(key) ?? find("fixall") ?? find("go") ?? find("title"))?.focus();
}
