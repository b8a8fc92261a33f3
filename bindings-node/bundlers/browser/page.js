import { RosterError, markCsv, readCsv, templateCsv } from "onroll/browser";
import "onroll/element";

const row = "Zoë Lee,Zoë Lee,Year 5,5A,Female,No,WBRI,No,No\r\n";
const said = [];
said.push(`students: ${(await readCsv(new Blob([(await templateCsv()) + row]))).length}`);
try {
  await readCsv(new Blob(["no roster"]));
} catch (error) {
  said.push(`refused: ${error instanceof RosterError}`);
}
// Uses the other two builds of the core: one writes a marked workbook, and one reads it.
const { bytes, report } = await markCsv(new Blob([(await templateCsv()) + row]));
said.push(`marked: ${report.ok}`);
said.push(`workbook: ${(await readCsv(bytes)).length}`);
said.push(`element: ${document.querySelector("onroll-import").shadowRoot !== null}`);
globalThis.said = said.join("\n");
