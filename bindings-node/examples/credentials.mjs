// Reads a school's CSV from a stream and writes the credentials to a stream, without files.
//
//   node examples/credentials.mjs < students.csv > credentials.csv

import { RosterError, createAccounts, readCsv } from "onroll";

try {
  const roster = await readCsv(process.stdin, { fix: true });
  const accounts = await createAccounts(roster);
  await accounts.writeCredentials(process.stdout);
  console.error(roster.report.text().trim());
} catch (error) {
  if (!(error instanceof RosterError)) throw error;
  console.error(error.report.text().trim());
  process.exitCode = 1;
}
