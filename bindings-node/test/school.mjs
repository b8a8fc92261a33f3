// Helpers for the tests.

import { tmpdir } from "node:os";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as onroll from "onroll";

export const OAKFIELD = new URL("../../core/examples/oakfield.csv", import.meta.url);
export const MESSY = new URL("../../core/examples/oakfield-messy.csv", import.meta.url);
export const SEPTEMBER = new URL("../../core/examples/oakfield-september.csv", import.meta.url);

/** Returns a file with these rows below the headings. */
export function csv(...rows) {
  return Buffer.from(onroll.templateCsv() + rows.map((row) => `${row}\r\n`).join(""));
}

/** Returns a file with this number of students, without problems. */
export function school(students) {
  const row = (_, n) => `Pupil Number${n},Pupil Number${n},Year ${n % 7},${n % 7}B,Female,No,WBRI,No,Yes\r\n`;
  return Buffer.concat([csv(), Buffer.from(Array.from({ length: students }, row).join(""))]);
}

export const ROW = "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,Yes";

const folders = [];
process.on("exit", () => folders.forEach((path) => rmSync(path, { recursive: true, force: true })));

/** Creates a folder for one test. It is removed when the process ends. */
export function folder() {
  const path = mkdtempSync(join(tmpdir(), "onroll-"));
  folders.push(path);
  return path;
}
