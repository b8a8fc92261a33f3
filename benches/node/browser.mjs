// Writes the browser's part of RESULTS.md: how much is loaded, and how long the first check takes. `make bench-browser`
// runs it.

import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launch } from "../../bindings-node/browser/test/chromium.mjs";
import { school } from "../../bindings-node/browser/test/school.mjs";
import { serve } from "../../bindings-node/browser/test/server.mjs";

const dist = fileURLToPath(new URL("../../bindings-node/dist/browser/", import.meta.url));
const RESULTS = new URL("../RESULTS.md", import.meta.url);
const ROUNDS = 9;

const scripts = (folder) => readdirSync(join(dist, folder)).filter((name) => name.endsWith(".js")).map((name) => join(folder, name));
const kilobytes = (names) => names.reduce((sum, name) => sum + execFileSync("gzip", ["-9", "-c", join(dist, name)]).length, 0) / 1000;
const median = (figures) => [...figures].sort((one, other) => one - other)[Math.floor(figures.length / 2)];

const [browser, server] = [await launch(), await serve()];
const files = { 300: school(300), 60000: school(60_000) };
const first = [];
const again = { 300: [], 60000: [] };
for (let round = 0; round < ROUNDS; round += 1) {
  const page = await browser.newPage();
  await page.goto(`${server.origin}/browser/test/pages/blank.html`);
  // The time from an empty page to the report. The page must first load the scripts, the worker and the WebAssembly,
  // and then check the file.
  first.push(
    await page.evaluate(async (csv) => {
      const from = performance.now();
      const { checkCsv } = await import("/dist/browser/index.js");
      await checkCsv(new Blob([csv]));
      return performance.now() - from;
    }, files[300]),
  );
  for (const rows of [300, 60000]) {
    const taken = await page.evaluate(async (csv) => {
      const { checkCsv } = await import("/dist/browser/index.js");
      const blob = new Blob([csv]);
      const times = [];
      for (let n = 0; n < 7; n += 1) {
        const from = performance.now();
        await checkCsv(blob);
        times.push(performance.now() - from);
      }
      return times.slice(2);
    }, files[rows]);
    again[rows].push(median(taken));
  }
  await page.close();
}
const version = browser.version();
await browser.close();
await server.end();

const part = (name) => kilobytes([`worker/${name}_core_bg.wasm`, `worker/${name}_core.js`, `worker/${name}.js`]);
const wasm = kilobytes(["worker/csv_core_bg.wasm"]);
const all = part("csv") + kilobytes(["worker/serve.js", ...["", "shared", "element"].flatMap(scripts)]);
const lines = [
  ["loaded before the first check, by `gzip -9`: WebAssembly", `${wasm.toFixed(0)} kB`, ""],
  ["loaded before the first check, by `gzip -9`: all, with the element", `${all.toFixed(0)} kB`, "450 kB"],
  ["loaded when a workbook comes", `${part("workbook").toFixed(0)} kB`, "600 kB"],
  ["loaded when a marked file is asked for", `${part("mark").toFixed(0)} kB`, ""],
  ["300 rows: from nothing loaded to the report", `${median(first).toFixed(0)} ms`, ""],
  ["300 rows, a ninth of them wrong: check again, with the way to the worker and back", `${median(again[300]).toFixed(1)} ms`, "5 ms"],
  ["60,000 rows, a ninth of them wrong: check again", `${median(again[60000]).toFixed(0)} ms`, ""],
];
const section = `
## In the browser

Written by \`make bench-browser\` with Chromium ${version}. Each time is the median of ${ROUNDS} pages, whose files come from this computer.

| what | figure | target |
| --- | ---: | ---: |
${lines.map((line) => `| ${line.join(" | ")} |`).join("\n")}
`;
const page = readFileSync(RESULTS, "utf8");
const at = page.indexOf("\n## In the browser\n");
// The other parts of the page stay where they are.
const next = at < 0 ? -1 : page.indexOf("\n## ", at + 1);
writeFileSync(RESULTS, (at < 0 ? page : page.slice(0, at)) + section + (next < 0 ? "" : page.slice(next)));
console.log(section);
