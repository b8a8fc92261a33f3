// Elements from values: each value is a text or an attribute, and never markup.

/** The possible content of an element. */
export type Child = Node | string | number | null | undefined | false | readonly Child[];

type Listener = (event: never) => void;
/** Attributes; `on…` are listeners, `key` is what an element is found again by, and a false or absent attribute is not set. */
export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined | Listener>>;

function add(to: Node, child: Child): void {
  if (Array.isArray(child)) for (const each of child as readonly Child[]) add(to, each);
  else if (child instanceof Node) to.appendChild(child);
  else if (typeof child === "string" || typeof child === "number") to.appendChild(document.createTextNode(String(child)));
}

/** An element of HTML. */
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

/** A value of a file, apart from the direction of the text around it, and cut if it is very long. */
export function value(text: string, blank: string): HTMLElement {
  const shown = shorten(text);
  return shown.trim() === "" ? h("i", { class: "blank" }, blank) : h("bdi", {}, shown);
}

/** A text that fits a line of the page. */
export function shorten(text: string, most = 200): string {
  const letters = Array.from(text.slice(0, most * 2));
  return letters.length > most || text.length > most * 2 ? `${letters.slice(0, most).join("")}…` : text;
}

/** A button. */
export function button(label: Child, attributes: Attributes = {}): HTMLButtonElement {
  return h("button", { type: "button", part: "button", ...attributes }, label);
}

/** Offers a file to be saved. */
export function save(data: Uint8Array | string, name: string, type = "text/csv;charset=utf-8"): void {
  const url = URL.createObjectURL(new Blob([data as BlobPart], { type }));
  const link = h("a", { href: url, download: name });
  link.click();
  // Once the browser has taken it.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
