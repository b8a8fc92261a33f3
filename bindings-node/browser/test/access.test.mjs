// Tests the names and roles that a screen reader gets in each step, and the announcements. Also tests every step at
// 400%, in forced colours and from right to left.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch } from "./chromium.mjs";
import { openPage, shots, violations } from "./page.mjs";
import { OAKFIELD, export240 } from "./school.mjs";
import { serve } from "./server.mjs";

let browser;
let server;
before(async () => {
  [browser, server] = [await launch(), await serve()];
});
after(async () => {
  await browser?.close();
  await server?.end();
});
const open = (options) => openPage(browser, server, options);

const HEAD = OAKFIELD.split(/\r?\n/, 1)[0];
/** Three students: one with a letter as the gender, one with an unknown gender, and one without problems. */
const CLASS = [HEAD, "Zoë Lee,Zoë Lee,Year 5,5A,F,No,WBRI,No,No", "Noah Khan,Noah Khan,Year 5,5A,U,No,APKN,No,Yes", "Ada Brown,Ada Brown,Year 5,5A,Female,No,WBRI,No,No"].join("\r\n");
/** An export with an unknown gender and with its own headings, one of which a person must confirm. */
const EXPORT = "Forename,Surname,Year,Reg,Sex,FSM\nZoë,Lee,Year 5,5A,F,T\nNoah,Khan,Year 5,5A,U,F\n";
const TWO_SHEETS = readFileSync(new URL("../../../core/tests/vectors/read/workbooks/two-sheets.xlsx", import.meta.url));

/** Returns the accessibility tree of the element as text, with one line for each node. */
const tree = (page) => page.locator("onroll-import").ariaSnapshot();

/** Starts to record what live regions announce, and returns a function that returns the announcements in order. */
async function listen(page) {
  await page.evaluate(() => {
    window.announced = [];
    const last = new Map();
    // A region that is drawn again with the same text is not announced again.
    const say = (live, text) => {
      const name = live.className;
      if (text.trim() !== "" && last.get(name) !== text) window.announced.push(text);
      last.set(name, text);
    };
    new MutationObserver((changes) => {
      for (const { target } of changes) {
        const element = target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement;
        const live = element?.closest("[role=status], [aria-live=polite]");
        if (live) say(live, live.textContent);
      }
    }).observe(document.querySelector("onroll-import").shadowRoot, { subtree: true, childList: true, characterData: true });
  });
  return () => page.evaluate(() => window.announced);
}

/**
 * Returns the roles of nodes that can have the focus but have no name, so that a screen reader cannot tell them apart.
 */
async function nameless(page) {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  const says = (node, name) => node.properties?.find((property) => property.name === name)?.value.value;
  const wanted = nodes.filter((node) => !node.ignored && says(node, "focusable") && !["RootWebArea", "gridcell"].includes(node.role?.value));
  assert.ok(wanted.length > 0);
  return wanted.filter((node) => (node.name?.value ?? "").trim() === "").map((node) => node.role?.value);
}

/** The expected tree of each step. With TREES=write, the test writes the file, and a person must read it. */
const TREES = new URL("trees.txt", import.meta.url);
const expected = new Map(readFileSync(TREES, "utf8").split(/^## /m).slice(1).map((part) => [part.slice(0, part.indexOf("\n")), part.slice(part.indexOf("\n") + 1).trim()]));
const seen = [];

test("each step has the expected accessible names and roles", { timeout: 60_000 }, async () => {
  const { page, find, key, choose, end } = await open();
  const check = async (step) => {
    const now = await tree(page);
    seen.push(`## ${step}\n${now}\n`);
    if (!process.env.TREES) assert.equal(now, expected.get(step), step);
    assert.deepEqual(await nameless(page), [], step);
    assert.deepEqual(await violations(page), [], step);
  };
  const again = () => page.evaluate(() => document.querySelector("onroll-import").reset());
  await check("file");
  await choose(CLASS, "5A.csv");
  await find("nav").getByRole("button", { name: "Gender" }).click();
  await check("problems");
  await find(".decision select").selectOption("Non-Binary");
  await key("fixall").click();
  await find(".fixall.clear").waitFor();
  await check("nothing left");
  await key("go").click();
  await key("import").waitFor();
  await key("changes").click();
  await check("summary");
  await key("import").click();
  await check("done");
  await again();
  await choose(EXPORT, "export.csv");
  await check("columns");
  await key("go").click();
  await find(".values").first().waitFor();
  await check("values");
  await again();
  await choose(TWO_SHEETS, "years.xlsx");
  await check("sheets");
  await again();
  await choose("", "empty.csv");
  await check("unreadable");
  if (process.env.TREES) writeFileSync(TREES, seen.join("\n"));
  assert.equal(expected.size, seen.length);
  await end();
});

test("live regions announce problems, fixes and saved files", { timeout: 60_000 }, async () => {
  const { page, find, key, choose, end } = await open();
  const announced = await listen(page);
  await choose(CLASS, "5A.csv");
  await find("nav").getByRole("button", { name: "Gender" }).click();
  await key("fixall").click();
  await key("fixall").waitFor({ state: "detached" });
  await find(".decision select").selectOption("Female");
  await find(".fixall.clear").waitFor();
  await key("undo").click();
  await find(".fixall.clear").waitFor({ state: "detached" });
  await find(".cell-bad").focus();
  await key("corrected").click();
  await find("[data-key=saved]").filter({ hasText: "Saved" }).waitFor();
  assert.deepEqual(await announced(), [
    "2 problems found. 1 can be put right for you.",
    "Row 2, Gender: 'F' should be 'Female'",
    "Row 3, Gender: 'U' is not Male, Female or Non-Binary",
    "1 problem found.",
    "Use the arrow keys to move, Enter to change a value, Escape to leave it as it was.",
    "No problems found.",
    "Row 3, Gender: 'U' is not Male, Female or Non-Binary",
    "1 problem found.",
    "Making the file.",
    "Saved as 5A-corrected.csv.",
  ]);
  await end();
});

/** Goes through the steps of the element, and calls `look` in each step. */
async function steps({ page, find, key, choose }, look) {
  const again = () => page.evaluate(() => document.querySelector("onroll-import").reset());
  await look("file");
  await choose(export240());
  await find("nav").getByRole("button", { name: "Gender" }).click();
  await look("problems");
  await again();
  await choose(OAKFIELD);
  await look("done");
  await again();
  await choose(EXPORT, "export.csv");
  await look("columns");
  await key("go").click();
  await find(".values").first().waitFor();
  await look("values");
  await again();
  await choose(TWO_SHEETS, "years.xlsx");
  await look("sheets");
  await again();
  await choose("%PDF-1.7\n", "students.pdf");
  await look("unreadable");
}

test("no step is wider than the page at 400% zoom with double text size", { timeout: 90_000 }, async () => {
  const opened = await open({ options: { viewport: { width: 320, height: 640 } } });
  const { page } = opened;
  for (const size of ["100%", "200%"]) {
    await page.evaluate((to) => {
      document.documentElement.style.fontSize = to;
      document.querySelector("onroll-import").reset();
    }, size);
    await steps(opened, async (step) => {
      const [wide, cut] = await page.evaluate(() => {
        const root = document.querySelector("onroll-import").shadowRoot;
        // A person cannot read text that is cut off at the edge of the card.
        const edge = root.querySelector(".card").getBoundingClientRect().right;
        const cut = [...root.querySelectorAll("h2, h3, p, button, select, input[type=text], li")].filter((element) => !element.closest(".scroll, .hidden, .changes") && element.getBoundingClientRect().right > edge + 1);
        return [document.documentElement.scrollWidth, cut.map((element) => element.textContent.slice(0, 40))];
      });
      assert.ok(wide <= 320, `${step} at ${size} is ${wide} wide`);
      assert.deepEqual(cut, [], `${step} at ${size}`);
      if (size === "100%") await page.screenshot({ path: join(shots, `narrow-${step}.png`), fullPage: true });
    });
  }
  await opened.end();
});

test("every step is accessible in forced colours, from right to left and without motion", { timeout: 90_000 }, async () => {
  const opened = await open({ options: { forcedColors: "active", reducedMotion: "reduce" } });
  const { page } = opened;
  await page.evaluate(() => document.documentElement.setAttribute("dir", "rtl"));
  await steps(opened, async (step) => {
    assert.deepEqual(await violations(page), [], step);
    const moving = await page.evaluate(() => document.getAnimations().length + [...document.querySelector("onroll-import").shadowRoot.querySelectorAll("*")].filter((element) => !/^(0s|none)?$/.test(getComputedStyle(element).transitionDuration.replaceAll("0s, ", ""))).length);
    assert.equal(moving, 0, step);
    // Forced colours replace the colours of a button, so the button must have a border.
    const bare = await page.evaluate(() => [...document.querySelector("onroll-import").shadowRoot.querySelectorAll("button:not(.quiet):not(nav button):not(.filter button)")].filter((button) => getComputedStyle(button).borderTopStyle === "none").length);
    assert.equal(bare, 0, step);
    await page.screenshot({ path: join(shots, `forced-${step}.png`), fullPage: true });
  });
  await opened.end();
});
