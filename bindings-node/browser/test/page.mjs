// Opens a page with the element for a test.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder for screenshots of the steps. */
export const shots = fileURLToPath(new URL("out/", import.meta.url));
mkdirSync(shots, { recursive: true });

const axe = readFileSync(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

/** Opens a page with the element, and records the page's requests and errors. */
export async function openPage(browser, server, { options = {}, path = "/browser/test/pages/page.html" } = {}) {
  const context = await browser.newContext({ viewport: { width: 1120, height: 900 }, deviceScaleFactor: 1, acceptDownloads: true, ...options });
  const page = await context.newPage();
  const [requests, wrong] = [[], []];
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => wrong.push(error.message));
  page.on("console", (message) => message.type() === "error" && !/favicon|404/.test(message.text()) && wrong.push(message.text()));
  await page.goto(server.origin + path);
  await page.locator("onroll-import [data-key=choose]").waitFor();
  const find = (selector) => page.locator(`onroll-import ${selector}`);
  const key = (name) => find(`[data-key="${name}"]`);
  const title = () => key("title").textContent();
  const choose = async (csv, name = "Pupil list.csv") => {
    await page.setInputFiles("onroll-import input[type=file]", { name, mimeType: "text/csv", buffer: Buffer.from(csv) });
    await page.waitForFunction(() => !document.querySelector("onroll-import").shadowRoot.querySelector("progress, input[type=file]"));
  };
  const end = async () => {
    assert.deepEqual(wrong, []);
    for (const url of requests) assert.ok(url.startsWith(server.origin) || url.startsWith("blob:"), url);
    await context.close();
  };
  return { page, find, key, title, choose, end, requests };
}

/** Runs axe on the page. `page.evaluate` injects axe, because the page's own policy forbids scripts from elsewhere. */
export async function violations(page) {
  await page.evaluate(axe);
  const { violations: found } = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }));
  return found.map(({ id, nodes }) => [id, nodes.map(({ target, failureSummary }) => [target.flat().join(" "), failureSummary.slice(0, 200)])]);
}
