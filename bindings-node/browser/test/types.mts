// TypeScript code for a page. The compiler checks this file without the types of Node.

import { type DetectedJson, Mapping, type Problem, type Report, RosterError, type Student, checkCsv, detect, fixCsv, readCsv, templateCsv } from "onroll/browser";
import type { Accepted, OnrollImport } from "onroll/element";
import "onroll/element";

export async function all(file: File, signal: AbortSignal): Promise<readonly Student[]> {
  const report: Report = await checkCsv(file, { signal, onProgress: (done: number, of: number) => done / of, signIn: "sso" });
  const first: Problem | undefined = report.problems[0];
  const detected = await detect(file, { namesFrom: "legal" });
  const json: DetectedJson = detected.toJSON();
  const mapping = new Mapping({ fullName: ["Forename", "Surname"], className: "Reg" }, { values: { gender: { U: "Non-Binary" } } });
  const { bytes } = await fixCsv(new Uint8Array(), { mapping: first ? mapping : Mapping.fromJSON(json.mapping) });
  const text: string = await templateCsv();
  try {
    return [...(await readCsv(new Blob([text]), { fix: bytes !== null, mapping }))];
  } catch (error) {
    if (error instanceof RosterError && error.code === "ERR_ROSTER_REJECTED") return [];
    throw error;
  }
}

const element: OnrollImport = document.createElement("onroll-import");
element.texts = { choose: "Dewis ffeil" };
element.checkUsernames = async (usernames, { signal }) => (signal.aborted ? [] : usernames.slice(0, 1));
element.mapping = { format: 1, columns: { fullName: "Name" } };
element.addEventListener("onroll-accepted", ({ detail }: CustomEvent<Accepted>) => {
  const csv: Blob = detail.csv;
  const stored: string = JSON.stringify(detail.mapping);
  return [csv, stored, detail.report.text()];
});

// @ts-expect-error an unknown option
void checkCsv(new Blob(), { fixx: true });
// @ts-expect-error a page cannot read a path
void checkCsv("students.csv");
