// Tests `onroll/browser`: its sources, errors and cancelling.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./chromium.mjs";
import { OAKFIELD, export240, school } from "./school.mjs";
import { serve } from "./server.mjs";

let browser;
let server;
let page;
const requests = [];
before(async () => {
  [browser, server] = [await launch(), await serve()];
  page = await browser.newPage();
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(`${server.origin}/browser/test/pages/page.html`);
  await page.waitForFunction(() => window.ready);
});
after(async () => {
  await browser?.close();
  await server?.end();
});

test("reads the same roster from files, blobs and bytes", async () => {
  const seen = await page.evaluate(async (csv) => {
    const { readCsv } = window.onroll;
    const bytes = new TextEncoder().encode(csv);
    const all = [new File([csv], "a.csv"), new Blob([csv]), bytes, bytes.buffer];
    return Promise.all(all.map(async (source) => {
      const roster = await readCsv(source, { signIn: "password", threads: 8 });
      const columns = roster.toColumns();
      return [roster.length, roster.at(0), roster.at(-1), roster.at(240), columns.className.at(0), columns.fullName.at(0), columns.eal.length, new TextDecoder().decode(roster.csv()).split("\r\n").length];
    }));
  }, OAKFIELD);
  for (const each of seen) assert.deepEqual(each, seen[0]);
  const [length, first, , outside, className, name, flags, lines] = seen[0];
  assert.deepEqual([length, flags, outside, lines], [240, 240, undefined, 242]);
  assert.deepEqual([first.className, first.fullName], [className, name]);
});

test("a report has counts and text, and its JSON shows no cell values", async () => {
  const seen = await page.evaluate(async (csv) => {
    const report = await window.onroll.checkCsv(new Blob([csv]));
    const { ok, rows, errorCount, fixableCount, correctable, counts } = report;
    const shown = [String(report), JSON.stringify(report), JSON.stringify(report.problems[0])];
    return { ok, rows, errorCount, fixableCount, correctable, counts, byValue: report.byValue[0], text: report.text(), csv: report.csv().length, shown, countOf: report.countOf("gender") };
  }, export240());
  assert.deepEqual([seen.ok, seen.rows, seen.correctable], [false, 241, true]);
  assert.equal(seen.countOf, seen.counts.gender);
  assert.ok(seen.byValue.count > 50 && seen.fixableCount > 240 && seen.csv > 1000);
  assert.match(seen.text, /'M' should be 'Male'/);
  for (const text of seen.shown) assert.doesNotMatch(text, /White British|'M'/);
});

test("an error for a wrong argument names the argument", async () => {
  const refused = await page.evaluate(async () => {
    const { checkCsv, fixCsv } = window.onroll;
    const calls = [() => checkCsv("a.csv"), () => checkCsv(new Blob(), { signIn: "ssso" }), () => checkCsv(new Blob(), { fixx: true }), () => fixCsv(new Blob(), { fix: true }), () => checkCsv(new Blob(), { limits: { rows: -1 } }), () => checkCsv(new Blob(), { signal: 3 }), () => checkCsv(new Blob(), { edits: [] })];
    return Promise.all(calls.map((call) => call().then(() => "accepted", ({ code, message }) => `${code}: ${message}`)));
  });
  assert.deepEqual(refused.slice(0, 2), ["ERR_INVALID_ARG_TYPE: source must be a File, a Blob or a Uint8Array, not string", "ERR_INVALID_ARG_VALUE: signIn must be 'password' or 'sso', not 'ssso'"]);
  assert.match(refused[2], /^ERR_INVALID_ARG_VALUE: checkCsv has no option 'fixx'; it has signIn, fix, /);
  assert.match(refused[3], /^ERR_INVALID_ARG_VALUE: fixCsv has no option 'fix'/);
  assert.match(refused[4], /^ERR_OUT_OF_RANGE: limits\.rows must be/);
  assert.match(refused[5], /^ERR_INVALID_ARG_TYPE: signal must be an AbortSignal, not number/);
  assert.match(refused[6], /has no option 'edits'/);
});

test("reports a file over the size limit as a problem and throws no error", async () => {
  const codes = await page.evaluate(async (csv) => {
    const report = await window.onroll.checkCsv(new Blob([csv]), { limits: { fileBytes: 1000 } });
    return report.problems.map(({ code }) => code);
  }, OAKFIELD);
  assert.deepEqual(codes, ["file-too-large"]);
});

test("a check of 50 MB reports progress and keeps the page responsive", { timeout: 120_000 }, async () => {
  const seen = await page.evaluate(async (rows) => {
    const [head, ...lines] = rows.split("\r\n");
    const block = lines.join("\r\n");
    const parts = [head];
    // Makes the usernames unique: each block adds its own number to them, as letters.
    for (let n = 0; parts.reduce((sum, part) => sum + part.length, 0) < 50_000_000; n += 1) parts.push("\r\n", block.replaceAll(/ Q/g, ` Q${String(n).replace(/\d/g, (digit) => "klmnopqrst"[digit])}`));
    const file = new File(parts, "large.csv");
    let frames = 0;
    let counting = true;
    const frame = () => counting && ((frames += 1), setTimeout(frame, 10));
    frame();
    const told = [];
    const report = await window.onroll.checkCsv(file, { onProgress: (done, of) => void told.push([done, of]) });
    counting = false;
    // Aborts the check while the file is read.
    const ending = new AbortController();
    const ended = window.onroll.checkCsv(file, { signal: ending.signal, onProgress: () => ending.abort(new Error("enough")) }).catch(({ message }) => message);
    const later = window.onroll.checkCsv(new Blob([rows]));
    const already = window.onroll.checkCsv(file, { signal: AbortSignal.abort(new Error("no")) }).catch(({ message }) => message);
    return { size: file.size, rows: report.rows, told, frames, ended: await ended, later: (await later).rows, already: await already };
  }, school(5000));
  assert.ok(seen.size >= 50_000_000 && seen.rows > 600_000, `${seen.size} bytes, ${seen.rows} rows`);
  assert.ok(seen.told.length > 2 && seen.frames > 10, `told ${seen.told.length} times, ${seen.frames} frames`);
  assert.deepEqual(seen.told.at(-1), [seen.size, seen.size]);
  assert.deepEqual([seen.ended, seen.later, seen.already], ["enough", 5000, "no"]);
});

test("loads the WebAssembly for workbooks only when a workbook is used", { timeout: 60_000 }, async () => {
  const other = await browser.newPage();
  const parts = [];
  other.on("request", (request) => request.url().endsWith(".wasm") && parts.push(request.url().split("/").at(-1)));
  await other.goto(`${server.origin}/browser/test/pages/page.html`);
  await other.waitForFunction(() => window.ready);
  await other.evaluate((csv) => window.onroll.checkCsv(new Blob([csv])), OAKFIELD);
  assert.deepEqual(parts, ["csv_core_bg.wasm"]);
  const seen = await other.evaluate(async () => {
    const { RosterError, checkCsv, detect, fixCsv, markCsv, readCsv } = window.onroll;
    const load = async (name) => new Blob([await (await fetch(`/vectors/workbooks/${name}`)).arrayBuffer()]);
    const [table, two] = [await load("table.xlsx"), await load("two-sheets.xlsx")];
    const report = await checkCsv(table);
    const roster = await readCsv(table, { fix: true });
    const fixed = new TextDecoder().decode((await fixCsv(table)).bytes);
    const asked = await detect(two);
    const answered = await detect(two, { sheet: "Year 6" });
    const marked = await markCsv(table);
    const again = await checkCsv(marked.bytes);
    return {
      report: [report.sheet, report.problems.map(({ cell }) => cell)],
      names: [...roster].map(({ username }) => username),
      fixed,
      asked: [asked.certain, asked.questions],
      answered: [answered.certain, answered.mapping.sheet, /^[0-9a-f]{16}$/.test(answered.mapping.fingerprint)],
      marked: [marked.report.fixedCount, again.ok, again.problems.map(({ code }) => code)],
      csvMarked: (await checkCsv((await markCsv(new Blob(["Student Full Name,Username\r\n"]))).bytes)).problems.length > 0,
      refused: await readCsv(two).catch((error) => error instanceof RosterError && error.report.counts),
    };
  });
  assert.deepEqual(seen.report, ["Students", ["H3", "E4"]]);
  assert.deepEqual(seen.names, ["Zoë Okafor", "Noah Khan", "Ada Lee"]);
  assert.match(seen.fixed, /^Student Full Name,.*\r\nZoë Okafor,/);
  assert.deepEqual(seen.asked[0], false);
  assert.deepEqual(seen.asked[1], [{ kind: "which-sheet", target: null, choices: ["Year 5", "Year 6"], value: null, text: "Which sheet holds the students: 'Year 5', 'Year 6'?" }]);
  assert.deepEqual(seen.answered, [true, "Year 6", true]);
  assert.deepEqual(seen.marked, [2, true, []]);
  assert.equal(seen.csvMarked, true);
  assert.deepEqual(seen.refused, { "sheet-choice": 1 });
  assert.deepEqual(parts, ["csv_core_bg.wasm", "workbook_core_bg.wasm", "mark_core_bg.wasm"]);
  await other.close();
});

test("detect recognises headings from a custom vocabulary", async () => {
  const seen = await page.evaluate(async () => {
    const { Mapping, detect } = window.onroll;
    const csv = new Blob(["Forename,Surname,Year,Stammgruppe,Sex\nZoë,Okafor,Year 5,5A,F\n"]);
    const vocabulary = { Stammgruppe: "className" };
    const before = await detect(csv);
    const after = await detect(csv, { vocabulary });
    const wrong = await detect(csv, { vocabulary: { Stammgruppe: "klasse" } }).catch(({ message }) => message);
    const stored = Mapping.fromJSON(JSON.stringify(after.mapping));
    const byHand = new Mapping({ className: "Reg" }, { headings: ["Reg"] });
    let unknown = "a print";
    try {
      unknown = byHand.fingerprint;
    } catch ({ message, code }) {
      unknown = [code, message.split(";")[0]];
    }
    return [before.certain, after.certain, stored.fingerprint === after.mapping.fingerprint, new Mapping({ className: "Reg" }).fingerprint, wrong, unknown];
  });
  assert.deepEqual(seen.slice(0, 4), [false, true, true, "2d06800538d394c2"]);
  assert.deepEqual(seen[5], ["ERR_INVALID_ARG_VALUE", "a mapping with headings that you gave by hand has no fingerprint in a browser"]);
  assert.match(seen[4], /^vocabulary\['Stammgruppe'\] must be 'fullName', /);
});

test("accepts custom ethnicity codes and refuses invalid codes", async () => {
  const seen = await page.evaluate(async (head) => {
    const { checkCsv, detect, readCsv } = window.onroll;
    const csv = new Blob([`${head}\nAda Reid,Ada Reid,Year 5,5A,Female,No,Shetland,No,No\n`]);
    const ethnicities = [{ code: "WSHE", description: "White - Shetlander", mainCode: "WBRI", aliases: ["Shetland"] }];
    const roster = await readCsv(csv, { fix: true, ethnicities });
    const detected = await detect(new Blob(["Forename,Surname,Year,Reg,Sex,Ethnicity\nZoë,Okafor,Year 5,5A,F,Shetland\n"]), { ethnicities });
    const refused = (wrong) => checkCsv(csv, { ethnicities: wrong }).then(() => "taken", (error) => [error instanceof TypeError, error.message]);
    return [
      roster.at(0).ethnicity,
      detected.values.flatMap(({ values }) => values).find(({ value }) => value === "Shetland").readAs,
      await refused([{ code: "wshe" }]),
      await refused([{ code: "WEEU", aliases: 5 }]),
      // The worker still works after the errors.
      (await checkCsv(csv)).errorCount,
    ];
  }, OAKFIELD.split(/\r?\n/, 1)[0]);
  assert.deepEqual(seen, [
    "WSHE",
    "WSHE",
    [true, "ethnicities[0]: an ethnicity code must be four capital letters or digits"],
    [true, "ethnicities[0].aliases must be an iterable of strings, not number"],
    1,
  ]);
});

test("an error in onProgress ends the reading with that error", async () => {
  const message = await page.evaluate((csv) => window.onroll.checkCsv(new Blob([csv]), { onProgress: () => Promise.reject(new Error("own")) }).catch((error) => error.message), OAKFIELD);
  assert.equal(message, "own");
});

test("the error for a worker that cannot be loaded names the remedy", async () => {
  const other = await browser.newPage();
  await other.route("**/csv_core_bg.wasm", (route) => route.abort());
  await other.goto(`${server.origin}/browser/test/pages/page.html`);
  await other.waitForFunction(() => window.ready);
  const [code, message] = await other.evaluate(() => window.onroll.templateCsv().catch((error) => [error.code, error.message]));
  assert.equal(code, "ERR_NOT_STARTED");
  assert.match(message, /wasm-unsafe-eval/);
  await other.setInputFiles("onroll-import input[type=file]", { name: "a.csv", mimeType: "text/csv", buffer: Buffer.from(OAKFIELD) });
  await other.locator("onroll-import .note").waitFor();
  assert.match(await other.locator("onroll-import .note").textContent(), /could not be loaded/);
  await other.close();
});

test("sends no requests to other hosts", () => {
  assert.ok(requests.length > 3);
  for (const url of requests) assert.ok(url.startsWith(server.origin) || url.startsWith("blob:"), url);
});
