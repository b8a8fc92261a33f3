import { RosterError, readCsvSync, templateCsv } from "onroll";

const row = "Zoë Lee,Zoë Lee,Year 5,5A,Female,No,WBRI,No,No\r\n";
console.log("students:", readCsvSync(Buffer.from(templateCsv() + row)).length);
try {
  readCsvSync(Buffer.from("no roster"));
} catch (error) {
  console.log("refused:", error instanceof RosterError);
}
