// Streams a school's CSV in and the credentials out, without a file between.
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
