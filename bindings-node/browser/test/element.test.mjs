// Tests `<onroll-import>` in a browser: by mouse, by keyboard alone, for accessibility, and with hostile files.

import assert from "node:assert/strict";
import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { after, before, test } from "node:test";
import { launch } from "./chromium.mjs";
import { openPage, shots, violations } from "./page.mjs";
import { OAKFIELD, export240, school, sims } from "./school.mjs";
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
/** Returns a workbook of 80 KB with one sheet, which is 80 MB when it is decompressed. */
function bomb() {
  const parts = [
    ["[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'],
    ["_rels/.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>'],
    ["xl/workbook.xml", '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Students" sheetId="1" r:id="r1"/></sheets></workbook>'],
    ["xl/_rels/workbook.xml.rels", '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'],
    ["xl/worksheets/sheet1.xml", `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${" ".repeat(80 * 2 ** 20)}`],
  ];
  const [files, directory] = [[], []];
  let at = 0;
  for (const [name, text] of parts) {
    const data = Buffer.from(text);
    const packed = deflateRawSync(data);
    const about = Buffer.alloc(22);
    about.writeUInt16LE(20, 0);
    about.writeUInt16LE(8, 4);
    about.writeUInt32LE(crc32(data), 10);
    about.writeUInt32LE(packed.length, 14);
    about.writeUInt32LE(data.length, 18);
    const lengths = Buffer.alloc(4);
    lengths.writeUInt16LE(name.length, 0);
    files.push(Buffer.from("PK\x03\x04", "latin1"), about, lengths, Buffer.from(name), packed);
    const offset = Buffer.alloc(14);
    offset.writeUInt32LE(at, 10);
    directory.push(Buffer.from("PK\x01\x02\x14\0", "latin1"), about, lengths, offset, Buffer.from(name));
    at += 30 + name.length + packed.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...files, ...directory, end]);
}

const settled = (page) => page.waitForTimeout(250);

test("imports a file by mouse, up to the onroll-accepted event", async () => {
  const { page, find, key, title, choose, end } = await open({ path: "/browser/test/pages/page.html" });
  await page.screenshot({ path: join(shots, "file.png") });
  assert.deepEqual(await violations(page), []);

  await choose(export240());
  assert.match(await title(), /^\d+ problems to put right$/);
  await find("nav").getByRole("button", { name: "Gender" }).click();
  await page.screenshot({ path: join(shots, "problems.png"), fullPage: true });
  assert.deepEqual(await violations(page), []);
  assert.match(await find(".decision").first().textContent(), /[MF] \d+ rows→(Male|Female)/);

  // Fixes one value, and undoes the fix.
  const before = await title();
  await find(".decision .act button").first().click();
  await key("undo").filter({ hasText: /to (Male|Female)/ }).waitFor();
  assert.notEqual(await title(), before);
  await key("undo").click();
  await page.waitForFunction((text) => document.querySelector("onroll-import").shadowRoot.querySelector("h2").textContent === text, before);

  await key("fixall").click();
  await key("fixall").waitFor({ state: "detached" });
  assert.match(await find("[role=status]").textContent(), /^\d+ problems found\.$/);
  // A person must decide about some problems: two genders, an ethnicity, a blank year group and a duplicate row.
  await find("nav").getByRole("button", { name: "Gender" }).click();
  await page.screenshot({ path: join(shots, "decide.png"), fullPage: true });
  assert.deepEqual(await violations(page), []);
  await find(".decision select").selectOption("Non-Binary");
  await find("nav").getByRole("button", { name: "Ethnicity" }).click();
  await find(".decision .act button").first().click();
  await find("nav").getByRole("button", { name: "Blank cells" }).click();
  await find(".cell-bad").first().dblclick();
  await page.keyboard.type("Year 3");
  await page.keyboard.press("Enter");
  await find("nav").getByRole("button", { name: "The same row twice" }).click();
  await find(".decision").getByRole("button", { name: "Leave the row out" }).click();
  await key("go").filter({ hasText: "Continue" }).click();
  await key("import").waitFor();
  assert.equal(await title(), "240 students");
  assert.match(await find(".facts").textContent(), /values put right.*4changes you made.*1row left out/);
  await key("changes").click();
  assert.match(await find(".changes").textContent(), /UNon-BinaryYou/);
  await page.screenshot({ path: join(shots, "done.png"), fullPage: true });
  assert.deepEqual(await violations(page), []);

  await key("import").click();
  assert.equal((await title()).replace("✓", ""), "240 students handed over");
  assert.deepEqual(await violations(page), []);
  await page.waitForFunction(() => window.said.at(-1).type === "onroll-accepted");
  const { csv, mapping, errors } = await page.evaluate(() => window.said.at(-1));
  assert.deepEqual([mapping, errors, csv.match(/\r\n/g).length], [null, 0, 241]);
  assert.match(csv, /,Non-Binary,/);
  // Checks the result again, as a server does.
  assert.equal(await page.evaluate(async (text) => (await window.onroll.checkCsv(new Blob([text]))).errorCount, csv), 0);
  await end();
});

test("imports a file with the keyboard alone", async () => {
  const { page, find, key, title, end } = await open();
  // This listener must exist before the key is pressed, so that the browser does not open its own file dialog.
  page.on("filechooser", () => {});
  const press = async (...names) => {
    for (const name of names) await page.keyboard.press(name);
  };
  const focused = () => page.evaluate(() => document.activeElement.shadowRoot?.activeElement?.dataset.key);
  const tabTo = async (wanted) => {
    for (let n = 0; n < 60; n += 1) {
      await press("Tab");
      if ((await focused()) === wanted) return;
    }
    assert.fail(`${wanted} is not reached by the keyboard`);
  };
  await tabTo("choose");
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), press("Enter")]);
  const rows = OAKFIELD.trimEnd().split(/\r?\n/).slice(0, 31).map((line, n) => (n === 0 ? line : line.replace(",Male,", ",M,")));
  rows[4] = rows[4].replace(",Female,", ",U,");
  await chooser.setFiles({ name: "class.csv", mimeType: "text/csv", buffer: Buffer.from(rows.join("\r\n")) });
  await key("fixall").waitFor();
  // The heading of the step has the focus, and Tab goes on from there.
  assert.equal(await focused(), "title");
  await tabTo("fixall");
  await press("Enter");
  await key("fixall").waitFor({ state: "detached" });
  assert.match(await title(), /1 problem to put right/);
  // Goes to the wrong cell in the table, and edits it.
  for (let n = 0; n < 40 && !(await page.evaluate(() => document.activeElement.shadowRoot?.activeElement?.getAttribute("role") === "gridcell")); n += 1) await press("Tab");
  await press("Home", "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight");
  assert.match(await find(".tip").textContent(), /Row 5, Gender: 'U'/);
  await press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.shadowRoot.activeElement.getAttribute("aria-label")), "Row 5, Gender");
  await press("Escape");
  assert.match(await title(), /1 problem to put right/);
  await press("N", "Enter");
  await page.waitForFunction(() => document.querySelector("onroll-import").shadowRoot.querySelector(".fixall.clear"));
  // The focus is still in the table.
  assert.equal(await page.evaluate(() => document.activeElement.shadowRoot.activeElement.getAttribute("role")), "gridcell");
  await tabTo("undo");
  await press("Enter");
  await page.waitForFunction(() => !document.querySelector("onroll-import").shadowRoot.querySelector(".fixall.clear"));
  await find("nav button[aria-current]").focus();
  await tabTo(await find(".decision select").first().getAttribute("data-key"));
  await press("F");
  await page.waitForFunction(() => document.querySelector("onroll-import").shadowRoot.querySelector(".fixall.clear"));
  await tabTo("go");
  await press("Enter");
  await key("import").waitFor();
  assert.equal(await focused(), "title");
  await tabTo("import");
  await press("Space");
  await page.waitForFunction(() => window.said.at(-1).type === "onroll-accepted");
  await end();
});

test("a stored mapping avoids questions when an MIS export is imported again", async () => {
  const { page, find, key, title, choose, end } = await open();
  await choose(sims(), "sims.csv");
  assert.equal(await title(), "Check the columns");
  assert.match(await find(".lead").textContent(), /row 3 of sims\.csv/);
  await page.screenshot({ path: join(shots, "columns.png"), fullPage: true });
  assert.deepEqual(await violations(page), []);
  assert.equal(await key("column:fullName:1").inputValue(), "Legal Surname");
  assert.match(await find("tr", { hasText: "Pupil Premium" }).filter({ hasText: "Pupil Premium" }).textContent(), /free school meals are not the same as pupil premium.*Please check/);
  // A required column must be chosen before the step can end. An optional column can stay without a choice.
  await key("column:className:0").selectOption("");
  assert.equal(await key("go").textContent(), "Choose 1 more column");
  await key("column:className:0").selectOption("Reg");
  await key("column:pupilPremium:0").selectOption("");
  assert.match(await find(".unused").textContent(), /FSM Ever 6/);
  await key("go").click();
  await page.waitForFunction(() => document.querySelector("onroll-import").shadowRoot.querySelector("h2").textContent === "Check the values");
  await page.screenshot({ path: join(shots, "values.png"), fullPage: true });
  assert.deepEqual(await violations(page), []);
  await find("section", { hasText: "Gender" }).locator("select").first().selectOption("Female");
  const ethnicity = find("input[type=text]");
  await ethnicity.fill("AOTH");
  await ethnicity.press("Tab");
  await key("go").click();
  await key("fixall").click();
  await key("go").filter({ hasText: "Continue" }).click();
  await key("import").click();
  await page.waitForFunction(() => window.said.at(-1).type === "onroll-accepted" && window.said.at(-1).csv);
  const { csv, mapping } = await page.evaluate(() => window.said.at(-1));
  assert.deepEqual([mapping.columns.className, mapping.columns.pupilPremium, mapping.values.gender.U, mapping.values.ethnicity.Martian], ["Reg", undefined, "Female", "AOTH"]);
  assert.equal(csv.trimEnd().split("\r\n").length, 61);
  assert.match(csv, /Zoë Ahmed,Zoë Ahmed,Reception,Acorns,Female/);
  assert.ok(await page.evaluate(() => window.said.some(({ type }) => type === "onroll-detected")));
  // With the stored mapping, the element asks no questions about the same file.
  await key("again").click();
  await page.evaluate((stored) => (document.querySelector("onroll-import").mapping = stored), mapping);
  await choose(sims(), "october.csv");
  assert.match(await title(), /problems to put right|^60 students$/);
  await end();
});

test("columns and values can be chosen with the keyboard alone", async () => {
  const { page, key, title, choose, end } = await open();
  await choose(sims(), "sims.csv");
  const focused = () => page.evaluate(() => document.activeElement.shadowRoot?.activeElement?.dataset.key);
  const tabTo = async (wanted) => {
    for (let n = 0; n < 40; n += 1) {
      await page.keyboard.press("Tab");
      if ((await focused())?.startsWith(wanted)) return;
    }
    assert.fail(`${wanted} is not reached by the keyboard`);
  };
  assert.equal(await focused(), "title");
  await tabTo("column:pupilPremium:0");
  await page.keyboard.press("N");
  assert.equal(await focused(), "column:pupilPremium:0");
  assert.equal(await key("column:pupilPremium:0").inputValue(), "");
  await tabTo("go");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => document.querySelector("onroll-import").shadowRoot.querySelector("h2").textContent === "Check the values");
  await tabTo("value:");
  await page.keyboard.press("M");
  await tabTo("go");
  await page.keyboard.press("Enter");
  await key("fixall").waitFor();
  assert.match(await title(), /problems to put right/);
  await end();
});

test("shows the summary at once for a dropped file without problems", async () => {
  const { page, key, title, end } = await open();
  const drop = await page.evaluateHandle((csv) => {
    const data = new DataTransfer();
    data.items.add(new File([csv], "students.csv", { type: "text/csv" }));
    return data;
  }, OAKFIELD);
  await page.locator("onroll-import .drop").dispatchEvent("dragover", { dataTransfer: drop });
  await page.locator("onroll-import .drop").dispatchEvent("drop", { dataTransfer: drop });
  await key("import").waitFor();
  assert.equal(await title(), "240 students");
  await key("again").click();
  await key("choose").waitFor();
  await end();
});

test("saves the corrected file, the list of problems and the template", async () => {
  const { page, key, choose, end } = await open();
  const saved = async (name) => {
    const [download] = await Promise.all([page.waitForEvent("download"), key(name).click()]);
    return [download.suggestedFilename(), readFileSync(await download.path(), "utf8")];
  };
  const [template, text] = await saved("template");
  assert.deepEqual([template, text], ["students-template.csv", "Student Full Name,Username,Year Group,Class,Gender,Pupil Premium,Ethnicity,SEND,EAL\r\n"]);
  await choose(export240());
  const [corrected, csv] = await saved("corrected");
  assert.equal(corrected, "Pupil list-corrected.csv");
  assert.doesNotMatch(csv, /,[MF],/);
  const [list, problems] = await saved("list");
  assert.equal(list, "Pupil list-problems.csv");
  assert.match(problems, /gender/);
  await end();
});

test("saves a file as a marked workbook that contains the user's changes", { timeout: 60_000 }, async () => {
  const { page, find, key, choose, end } = await open();
  const marked = async () => {
    const [download] = await Promise.all([page.waitForEvent("download"), key("marked").click()]);
    const bytes = readFileSync(await download.path());
    await find("[data-key=saved]").filter({ hasText: `Saved as ${download.suggestedFilename()}.` }).waitFor();
    const report = await page.evaluate(async (base64) => {
      const given = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      const report = await window.onroll.checkCsv(given, { sheet: "Students", anyOrder: true });
      return [report.errorCount, report.problems.map(({ cell }) => cell)];
    }, bytes.toString("base64"));
    return [download.suggestedFilename(), ...report];
  };
  const csv = OAKFIELD.split(/\r?\n/, 1)[0] + "\r\nZoë Lee,Zoë Lee,Year 5,5A,U,No,WBRI,No,No\r\nNoah Khan,Noah Khan,Year 5,5A,M,No,Martian,No,No\r\n";
  await choose(csv, "class.csv");
  // In the marked workbook, M is fixed to Male, because the fix is safe. The two other problems are marked.
  assert.deepEqual(await marked(), ["class-marked.xlsx", 2, ["E2", "G3"]]);
  await find("nav").getByRole("button", { name: "Gender" }).click();
  await find(".decision select").selectOption("Female");
  await key("undo").filter({ hasText: "to Female" }).waitFor();
  assert.deepEqual(await marked(), ["class-marked.xlsx", 1, ["G3"]]);
  await page.evaluate(() => document.querySelector("onroll-import").reset());
  await choose(readFileSync(new URL("../../../core/tests/vectors/read/workbooks/table.xlsx", import.meta.url)), "class.xlsx");
  assert.deepEqual(await marked(), ["class-marked.xlsx", 0, []]);
  await end();
});

test("imports a workbook with two sheets, up to the onroll-accepted event", { timeout: 60_000 }, async () => {
  const { page, find, key, title, choose, end } = await open();
  const workbook = (name) => readFileSync(new URL(`../../../core/tests/vectors/read/workbooks/${name}`, import.meta.url));
  await choose(workbook("two-sheets.xlsx"), "Year groups.xlsx");
  assert.equal(await title(), "Which sheet holds the students?");
  await page.screenshot({ path: join(shots, "sheets.png"), fullPage: true });
  assert.deepEqual(await violations(page), []);
  // The heading has the focus, and Tab goes to the sheets.
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.shadowRoot.activeElement.textContent), "Year 6");
  await page.keyboard.press("Enter");
  await key("import").waitFor();
  assert.equal(await title(), "1 student");
  await key("import").click();
  await page.waitForFunction(() => window.said.at(-1).type === "onroll-accepted" && window.said.at(-1).csv);
  assert.match(await page.evaluate(() => window.said.at(-1).csv), /^Student Full Name,.*\r\nNoah Khan,/);
  // The page recognises other kinds of workbook by their content.
  for (const [name, kind] of [["table.xlsx", "class.csv"], ["table.xls", "class.xls"], ["table.ods", "class.ods"], ["macro.xlsm", "class.xlsm"]]) {
    await page.evaluate(() => document.querySelector("onroll-import").reset());
    await choose(workbook(name), kind);
    assert.equal(await title(), "2 problems to put right", name);
    assert.equal(await find(".tip").textContent().then((text) => /^(Row|Cell|Use)/.test(text)), true, name);
  }
  await end();
});

test("says why a hostile workbook cannot be read", { timeout: 60_000 }, async () => {
  const { find, key, title, choose, end } = await open();
  const workbook = (name) => readFileSync(new URL(`../../../core/tests/vectors/read/workbooks/${name}`, import.meta.url));
  const table = workbook("table.xlsx");
  for (const [bytes, says] of [
    [bomb(), /more than \d+ MB of data/],
    [workbook("protected.xlsx"), /password/],
    [table.subarray(0, table.length / 2), /damaged/],
    [workbook("sparse.xlsx"), /more than/],
    [workbook("word.docx"), /worksheet|Word|document/],
  ]) {
    await choose(bytes, "students.xlsx");
    assert.equal(await title(), "This file cannot be read");
    assert.match(await find(".note").textContent(), says);
    await key("again").click();
  }
  await choose(table, "students.xlsx");
  assert.equal(await title(), "2 problems to put right");
  await end();
});

test("a new check works after a check was cancelled", async () => {
  const { page, find, key, title, choose, end } = await open();
  const large = Array.from({ length: 120 }, (_, n) => school(5000).split("\r\n").slice(n === 0 ? 0 : 1).join("\r\n")).join("\r\n");
  await page.evaluate((csv) => void document.querySelector("onroll-import").open(new File([csv], "large.csv")), large);
  await key("cancel").click();
  await key("choose").waitFor();
  assert.equal(await find("[role=status]").textContent(), "Cancelled. No file is chosen.");
  await choose(OAKFIELD);
  assert.equal(await title(), "240 students");
  await end();
});

test("decisions made in quick succession are kept and undone one by one", async () => {
  const { page, find, key, choose, end } = await open();
  await choose(export240());
  await find("nav").getByRole("button", { name: "Gender" }).click();
  const before = await key("title").textContent();
  await page.evaluate(() => {
    const buttons = [...document.querySelector("onroll-import").shadowRoot.querySelectorAll(".decision .act button")].slice(0, 2);
    for (const button of buttons) button.click();
  });
  await page.waitForFunction(() => document.querySelector("onroll-import").shadowRoot.querySelector("h2").textContent.startsWith("103 "));
  await key("undo").click();
  await page.waitForFunction(() => !document.querySelector("onroll-import").shadowRoot.querySelector("h2").textContent.startsWith("103 "));
  await key("undo").click();
  await page.waitForFunction((text) => document.querySelector("onroll-import").shadowRoot.querySelector("h2").textContent === text, before);
  assert.equal(await key("undo").getAttribute("aria-disabled"), "true");
  await end();
});

test("the element works after it is moved in the page during a check", async () => {
  const { page, key, choose, end } = await open();
  await page.evaluate((csv) => {
    const element = document.querySelector("onroll-import");
    void element.open(new File([csv], "moved.csv"));
    document.body.prepend(element);
  }, school(20_000));
  await key("choose").waitFor();
  await choose(OAKFIELD);
  await key("import").waitFor();
  await end();
});

test("scrolls smoothly through 10,000 rows and draws only a few at a time", async () => {
  const { page, find, key, choose, end } = await open();
  await choose(school(10_000));
  await key("filter:false").click();
  const seen = await page.evaluate(async () => {
    const root = document.querySelector("onroll-import").shadowRoot;
    const scroll = root.querySelector(".scroll");
    const times = [];
    let most = 0;
    for (let n = 1; n <= 60; n += 1) {
      const from = performance.now();
      scroll.scrollTop = (scroll.scrollHeight / 60) * n;
      await new Promise((frame) => requestAnimationFrame(() => requestAnimationFrame(frame)));
      times.push(performance.now() - from);
      most = Math.max(most, root.querySelectorAll(".lines .line").length);
    }
    times.sort((one, other) => one - other);
    return { usual: times[30], most, last: root.querySelector(".lines .line:last-child [role=rowheader]").textContent };
  });
  assert.ok(seen.most < 40, `${seen.most} lines`);
  assert.ok(seen.usual < 100, `a usual frame took ${seen.usual} ms`);
  assert.equal(seen.last, "10001");
  assert.equal(await find("[role=grid]").getAttribute("aria-rowcount"), "10001");
  await end();
});

test("shows all problems of the focused row below the table", async () => {
  const { page, find, choose, end } = await open();
  await choose(`${OAKFIELD.split(/\r?\n/, 1)[0]}\r\nZoë Lee,Zoë Lee,Year 5,5A,U,Maybe,Martian,No,No\r\n`);
  await find("nav").getByRole("button", { name: "Gender" }).click();
  await find("[data-column='6']").click();
  assert.match(await find(".tip p").textContent(), /^Row 2, Ethnicity: 'Martian' /);
  assert.deepEqual((await find(".tip li").allTextContents()).map((text) => text.slice(0, 22)), ["Row 2, Gender: 'U' is ", "Row 2, Pupil Premium: "]);
  await page.keyboard.press("ArrowLeft");
  assert.match(await find(".tip p").textContent(), /^Row 2, Pupil Premium: 'Maybe' /);
  await end();
});

/** A file whose second student has three problems. Each of the other two students has one of the same problems. */
const SEVERAL = `${OAKFIELD.split(/\r?\n/, 1)[0]}
Ada Reid,Ada Reid,Year 5,5A,U,No,WBRI,No,No
Zoë Lee,Zoë Lee,Year 5,5A,U,Maybe,Martian,No,No
Noah Khan,Noah Khan,Year 5,5A,Male,Maybe,WBRI,No,No
`;

test("the list can be limited to the problems of one row by mouse", async () => {
  const { page, find, key, choose, end } = await open();
  await choose(SEVERAL);
  await find("nav").getByRole("button", { name: "Gender" }).click();
  const heading = () => find("section h3").textContent();
  await find("[role=row][aria-rowindex='3'] [data-column='4']").click();
  await key("row-filter").filter({ hasText: "Only the problems of row 3" }).click();
  assert.equal(await heading(), "Problems of row 3");
  assert.deepEqual((await find(".decision").allTextContents()).map((text) => /'(U|Maybe|Martian)'/.exec(text)?.[1]).sort(), ["Martian", "Maybe", "U"]);
  assert.equal(await find(".line:not(.top)").count(), 1);
  assert.equal(await find("nav [aria-current]").count(), 0);
  assert.equal(await find("[role=status]").textContent(), "Row 3: 3 problems listed.");
  assert.deepEqual(await violations(page), []);
  // After a decision, the list still shows the problems of the row.
  await find(".decision select").first().selectOption({ index: 1 });
  await page.waitForFunction(() => document.querySelector("onroll-import").shadowRoot.querySelectorAll(".decision").length === 2);
  assert.equal(await heading(), "Problems of row 3");
  await key("filter:false").click();
  assert.equal(await find(".line:not(.top)").count(), 3);
  await key("row-clear").click();
  assert.equal(await key("row-clear").count(), 0);
  assert.equal(await find("nav [aria-current]").count(), 1);
  assert.match(await find("[role=status]").textContent(), /^\d problems listed\.$/);
  // If the person chooses a kind of problem, the page also stops listing only the problems of the row.
  await key("row-filter").click();
  await find("nav").getByRole("button", { name: "Pupil Premium" }).click();
  assert.equal(await heading(), "Pupil Premium");
  await end();
});

test("the list can be limited to the problems of one row by keyboard", async () => {
  const { page, find, key, choose, end } = await open();
  const focused = () => page.evaluate(() => document.querySelector("onroll-import").shadowRoot.activeElement?.dataset.key);
  await choose(SEVERAL);
  const shown = await find("section h3").textContent();
  await find(".line:not(.top) [tabindex='0']").focus();
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "row-filter");
  await page.keyboard.press("Enter");
  assert.match(await find("section h3").textContent(), /^Problems of row \d$/);
  // The same button shows all problems again.
  assert.deepEqual([await focused(), await key("row-filter").textContent()], ["row-filter", "Show every problem"]);
  await page.keyboard.press("Enter");
  assert.equal(await find("section h3").textContent(), shown);
  assert.equal(await focused(), "row-filter");
  await page.keyboard.press("Enter");
  await key("row-clear").focus();
  await page.keyboard.press("Enter");
  assert.match(await focused(), /^group:/);
  await end();
});

test("says when a row has no problems left", async () => {
  const { page, find, key, choose, end } = await open();
  await choose(SEVERAL);
  await find("nav").getByRole("button", { name: "Gender" }).click();
  await key("row-filter").filter({ hasText: "row 2" }).click();
  await find(".decision select").selectOption("Female");
  await page.waitForFunction(() => document.querySelector("onroll-import").shadowRoot.querySelector("section p.soft")?.textContent === "Nothing is wrong with this row any more.");
  await key("row-clear").click();
  assert.equal(await key("row-clear").count(), 0);
  await end();
});

test("accepts custom ethnicity codes set by the page", async () => {
  const { page, title, choose, end } = await open();
  await page.evaluate(() => {
    document.querySelector("onroll-import").ethnicities = [{ code: "WSHE", description: "White - Shetlander", mainCode: "WBRI" }];
  });
  await choose(`${OAKFIELD.split(/\r?\n/, 1)[0]}\nAda Reid,Ada Reid,Year 5,5A,Female,No,WSHE,No,No\n`);
  assert.equal(await title(), "1 student");
  await end();
});

test("hostile values in cells are shown as text and never run", async () => {
  const { page, find, key, title, choose, end } = await open();
  const values = ["<img src=x onerror=alert(1)>", "</script><script>window.hacked=1</script>", "=HYPERLINK(\"http://x\")", "javascript:alert(1)", "\u202Egnp.exe", "a\u0000b", "{{7*7}}", "' onfocus='window.hacked=1", "x".repeat(5000)];
  const head = OAKFIELD.split(/\r?\n/, 1)[0];
  const rows = values.map((_, n) => Array.from({ length: 9 }, (_, cell) => `"${values[(n + cell) % values.length].replaceAll('"', '""')}"`).join(","));
  page.on("dialog", () => assert.fail("a value was run"));
  await choose([head, ...rows].join("\r\n"), "<img src=x onerror=window.hacked=1>.csv");
  const groups = await find("nav button").count();
  assert.ok(groups > 2);
  for (let n = 0; n < groups; n += 1) {
    await find("nav button").nth(n).click();
    await settled(page);
  }
  const seen = await page.evaluate(() => {
    const root = document.querySelector("onroll-import").shadowRoot;
    return { hacked: window.hacked, images: root.querySelectorAll("img, script, iframe, a").length, text: root.textContent.includes("<img src=x onerror=alert(1)>") };
  });
  assert.deepEqual(seen, { hacked: undefined, images: 0, text: true });
  // Also tests the steps for columns and values, with an export that has hostile values in its headings and cells.
  await page.evaluate(() => document.querySelector("onroll-import").reset());
  await choose([head.replace("Username", `"${values[0]}"`).replace("Class", "Reg"), ...rows].join("\r\n"), "hostile.csv");
  for (const step of ["Check the columns", "Check the values"]) {
    assert.equal(await title(), step);
    assert.deepEqual(await page.evaluate(() => [window.hacked, document.querySelector("onroll-import").shadowRoot.querySelectorAll("img, script, iframe, a").length]), [undefined, 0]);
    await key("go").click();
    await page.waitForFunction((before) => document.querySelector("onroll-import").shadowRoot.querySelector("h2").textContent !== before, step);
  }
  await end();
});

test("every test vector file leads to a clear step, and the page still works", { timeout: 120_000 }, async () => {
  const { page, choose, title, end } = await open();
  const folder = new URL("../../../core/tests/vectors/read/", import.meta.url);
  const files = readdirSync(folder, { recursive: true }).filter((name) => statSync(new URL(name, folder)).isFile() && !/\.(json|py)$/.test(name));
  assert.ok(files.length > 100);
  const states = await page.evaluate(async (names) => {
    const element = document.querySelector("onroll-import");
    const root = element.shadowRoot;
    const states = [];
    for (const name of names) {
      const bytes = await (await fetch(`/vectors/${name.split("/").map(encodeURIComponent).join("/")}`)).arrayBuffer();
      await element.open(new File([bytes], name));
      const has = (selector) => root.querySelector(selector) !== null;
      const text = root.querySelector("h2").textContent;
      const clear = has("[data-key=go]") ? has(".decision") || has(".clear") || has(".columns") : has("[data-key=import]") || has(".sheets") || (has("[data-key=again]") && root.querySelectorAll(".note li").length > 0);
      states.push([name, text, clear]);
    }
    return states;
  }, files);
  assert.deepEqual(states.filter(([, , clear]) => !clear), []);
  const kinds = new Set(states.map(([, text]) => text.replace(/[\d,]+/g, "n")));
  assert.ok(kinds.has("This file cannot be read") && kinds.has("n students") && kinds.has("n problems to put right"), [...kinds].join("; "));
  await page.evaluate(() => document.querySelector("onroll-import").reset());
  await choose(OAKFIELD);
  assert.equal(await title(), "240 students");
  await end();
});

test("says what to do about an empty file, a PDF and a deleted file", async () => {
  const { page, find, key, title, choose, end } = await open();
  await choose("");
  assert.equal(await title(), "This file cannot be read");
  assert.deepEqual(await violations(page), []);
  await page.screenshot({ path: join(shots, "unreadable.png"), fullPage: true });
  await key("again").click();
  await choose("%PDF-1.7\n%âãÏÓ\n1 0 obj", "students.pdf");
  assert.equal(await title(), "This file cannot be read");
  assert.match(await find(".note").textContent(), /PDF/);
  // A file that is deleted before it is read.
  const gone = join(shots, "gone.csv");
  writeFileSync(gone, OAKFIELD);
  await page.evaluate(() => document.body.append(Object.assign(document.createElement("input"), { type: "file", id: "other" })));
  await page.setInputFiles("#other", gone);
  assert.ok((await page.evaluate(() => document.querySelector("#other").files[0].size)) > 1000);
  rmSync(gone);
  await page.evaluate(() => document.querySelector("onroll-import").open(document.querySelector("#other").files[0]));
  assert.equal(await title(), "Import students");
  assert.match(await find(".note").textContent(), /could not be opened/);
  await end();
});

test("ten imports need no more memory than two", { timeout: 120_000 }, async () => {
  const { page, end } = await open();
  const csv = school(20_000);
  // One collection can leave memory that the next one frees. Memory that is really kept stays after every collection.
  const used = async () => {
    const sizes = [];
    for (let n = 0; n < 5; n += 1) {
      await page.evaluate(() => window.gc());
      await page.waitForTimeout(50);
      sizes.push(await page.evaluate(() => performance.memory.usedJSHeapSize));
    }
    return Math.min(...sizes) / 2 ** 20;
  };
  const once = () => page.evaluate(async (text) => {
    const element = document.querySelector("onroll-import");
    await element.open(new File([text], "a.csv"));
    element.reset();
    window.said.length = 0;
  }, csv);
  for (let n = 0; n < 2; n += 1) await once();
  const early = await used();
  for (let n = 0; n < 8; n += 1) await once();
  const late = await used();
  assert.ok(late < early + 6, `${early.toFixed(1)} MB, then ${late.toFixed(1)} MB`);
  await end();
});

test("works at 400% zoom, right to left, in forced colours and without motion", async () => {
  const narrow = await open({ options: { viewport: { width: 320, height: 640 }, reducedMotion: "reduce" } });
  await narrow.choose(export240());
  const wide = await narrow.page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(wide <= 320, `the page is ${wide} wide`);
  await narrow.page.screenshot({ path: join(shots, "narrow.png"), fullPage: true });
  assert.deepEqual(await violations(narrow.page), []);
  await narrow.key("fixall").click();
  await narrow.end();

  const forced = await open({ options: { forcedColors: "active" } });
  await forced.choose(export240());
  await forced.page.evaluate(() => document.documentElement.setAttribute("dir", "rtl"));
  await forced.page.screenshot({ path: join(shots, "forced.png"), fullPage: true });
  const outline = await forced.find(".cell-bad").first().evaluate((cell) => getComputedStyle(cell).outlineStyle);
  assert.equal(outline, "dashed");
  await forced.end();

  const rtl = await open();
  await rtl.page.evaluate(() => document.documentElement.setAttribute("dir", "rtl"));
  await rtl.choose(export240());
  const nav = await rtl.find("nav").boundingBox();
  const pane = await rtl.find(".pane").boundingBox();
  assert.ok(nav.x > pane.x);
  await rtl.find("nav").getByRole("button", { name: "Gender" }).click();
  await rtl.page.screenshot({ path: join(shots, "rtl.png"), fullPage: true });
  await rtl.end();
});

test("a page can replace the texts and report usernames that are in use", async () => {
  const { page, find, key, choose, end } = await open();
  await page.evaluate(() => {
    const element = document.querySelector("onroll-import");
    element.texts = { choose: "Dewis ffeil", step: { file: "Ffeil" } };
    element.checkUsernames = async (usernames) => {
      window.asked = usernames.length;
      return usernames.slice(0, 2);
    };
  });
  assert.equal(await key("choose").textContent(), "Dewis ffeil");
  assert.match(await find(".steps").textContent(), /Ffeil.*Problems/);
  await choose(OAKFIELD);
  assert.match(await find(".note").textContent(), /2 usernames are in use already/);
  assert.equal(await page.evaluate(() => window.asked), 240);
  await end();
});

test("a list that is cut says how many items it leaves out", async () => {
  const { page, find, key, choose, end } = await open();
  await page.evaluate(() => {
    document.querySelector("onroll-import").checkUsernames = async (usernames) => usernames.slice(0, 73);
  });
  // Three values of each row have a safe fix.
  const untidy = OAKFIELD.replace(/,(Male|Female|Non-Binary),/g, ", $1,").replace(/,(Yes|No),(Yes|No)(?=\r?\n)/g, ", $1, $2");
  await choose(untidy);
  await key("fixall").click();
  await key("fixall").waitFor({ state: "detached" });
  await key("go").filter({ hasText: "Continue" }).click();
  await key("import").waitFor();
  assert.match(await find(".note").textContent(), /73 usernames are in use already.*and 13 more$/);
  await key("changes").click();
  const changes = await find(".changes").textContent();
  const fixed = Number(/(\d+)values? put right/.exec(await find(".facts").textContent())[1]);
  assert.ok(fixed > 500, String(fixed));
  assert.match(changes, new RegExp(`and ${fixed - 500} more$`));
  await end();
});

test("usernames must be email addresses if students sign in by SSO", async () => {
  const { page, title, choose, end } = await open();
  await page.evaluate(() => document.querySelector("onroll-import").setAttribute("sign-in", "sso"));
  await choose(OAKFIELD);
  assert.match(await title(), /^240 problems to put right/);
  await end();
});

test("the example page imports a file under its own Content-Security-Policy", async () => {
  const { page, key, choose, end } = await open({ path: "/examples/import-page/index.html" });
  await choose(OAKFIELD);
  await key("import").click();
  await page.locator("#result").filter({ hasText: "The page received 240 students as CSV." }).waitFor();
  assert.deepEqual(await violations(page), []);
  await end();
});
