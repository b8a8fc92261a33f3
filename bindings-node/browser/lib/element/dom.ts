// Makes HTML elements and buttons, shortens long values, and offers a file to be saved. A value becomes a text or an
// attribute, and never markup.

/** The possible content of an element. */
export type Child = Node | string | number | null | undefined | false | readonly Child[];

type Listener = (event: never) => void;
/**
 * The attributes of an element. Names that begin with `on` add listeners, and `key` names the element so that it can be
 * found again. False or absent attributes are not set.
 */
export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined | Listener>>;

function add(to: Node, child: Child): void {
  if (Array.isArray(child)) for (const each of child as readonly Child[]) add(to, each);
  else if (child instanceof Node) to.appendChild(child);
  else if (typeof child === "string" || typeof child === "number") to.appendChild(document.createTextNode(String(child)));
}

/** Creates an HTML element. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (typeof value === "function") made.addEventListener(name.slice(2), value as EventListener);
    else if (name === "key") made.dataset["key"] = String(value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  add(made, children);
  return made;
}

/** Creates an element for a value of a file. The value has its own text direction, and is cut if it is very long. */
export function value(text: string, blank: string): HTMLElement {
  const shown = shorten(text);
  return shown.trim() === "" ? h("i", { class: "blank" }, blank) : h("bdi", {}, shown);
}

/** Returns a text, cut to fit on a line of the page. */
export function shorten(text: string, most = 200): string {
  const letters = Array.from(text.slice(0, most * 2));
  return letters.length > most || text.length > most * 2 ? `${letters.slice(0, most).join("")}…` : text;
}

/** Creates a button. */
export function button(label: Child, attributes: Attributes = {}): HTMLButtonElement {
  return h("button", { type: "button", part: "button", ...attributes }, label);
}

/** Offers a file to be saved. */
export function save(data: Uint8Array | string, name: string, type = "text/csv;charset=utf-8"): void {
  const url = URL.createObjectURL(new Blob([data as BlobPart], { type }));
  const link = h("a", { href: url, download: name });
  link.click();
  // After ten seconds, the browser has read the file.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
