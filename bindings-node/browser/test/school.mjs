// Files of invented schools.

import { readFileSync } from "node:fs";

const read = (name) => readFileSync(new URL(`../../../core/examples/${name}`, import.meta.url), "utf8");

/** A file of 240 students without problems. */
export const OAKFIELD = read("oakfield.csv");

/**
 * Returns the same students as an MIS exports them: with letters for genders, descriptions for ethnicities, and a few
 * problems that a person must decide about.
 */
export function export240() {
  const lines = OAKFIELD.trimEnd().split(/\r?\n/);
  const cells = lines.map((line) => line.split(","));
  for (const row of cells.slice(1)) {
    row[4] = { Male: "M", Female: "F" }[row[4]] ?? row[4];
    if (row[6] === "WBRI") row[6] = "White British";
  }
  cells[14][4] = "U";
  cells[20][0] = `${cells[20][0]} `;
  cells[33][4] = "U";
  cells[58][6] = "Wite British";
  cells[90][2] = "";
  cells.splice(120, 0, [...cells[119]]);
  return cells.map((row) => row.join(",")).join("\r\n");
}

/**
 * Returns an MIS export with a title row, its own headings, and a gender and an ethnicity that a person must decide
 * about.
 */
export function sims() {
  const rows = OAKFIELD.trimEnd().split(/\r?\n/).filter((line) => line.replace(/,/g, "") !== "").slice(1, 61);
  const made = rows.map((line, n) => {
    const [name, , year, form, gender, premium, ethnicity, send] = line.split(",");
    const [first, ...last] = name.split(" ");
    const code = n === 7 ? "U" : gender === "Male" ? "M" : "F";
    return [first, last.join(" "), year, form, code, premium === "Yes" ? "T" : "F", n === 9 ? "Martian" : ethnicity, send, "Red", "01/02/2014"].join(",");
  });
  return ["Class list 2026", "", "Preferred Forename,Legal Surname,Year taught in,Reg,Gender,FSM Ever 6,Ethnicity,SEND,House,DOB", ...made].join("\r\n");
}

const NAMES = ["Amelia", "Noah", "Isla", "Oliver", "Freya", "Arthur", "Mia", "Leo", "Ava", "Zoë"];
const letters = (n) => String(n).replace(/\d/g, (digit) => "abcdefghij"[digit]);

/** Returns a file with this number of students. Some genders are letters. */
export function school(students) {
  const rows = [OAKFIELD.split(/\r?\n/, 1)[0]];
  for (let n = 0; n < students; n += 1) {
    const name = `${NAMES[n % NAMES.length]} Q${letters(n)}`;
    rows.push(`${name},${name},Year ${7 + (n % 5)},${7 + (n % 5)}${"ABCD"[n % 4]},${n % 9 === 0 ? "F" : "Male"},No,WBRI,No,Yes`);
  }
  return rows.join("\r\n");
}
