// Reads rosters, creates accounts, and makes and applies plans, for eight schools at a time. The argument is the number
// of minutes: `soak.mjs 10`. Ends with an error if memory has grown.

import * as onroll from "../../bindings-node/dist/index.js";

/**
 * The limit for the growth of memory after the first tenth of the time, in megabytes. It is above 0, because Node keeps
 * some free memory for later use.
 */
const MOST_GROWN = 40;

const resident = () => process.memoryUsage.rss() / 1e6;

function read(first, pupils, className) {
  const row = (_, n) => `Pupil ${first + n},Pupil ${first + n},Year 5,${className},F,No,BAFR,No,No\r\n`;
  return onroll.readCsv(Buffer.from(onroll.templateCsv() + Array.from({ length: pupils }, row).join("")), { fix: true });
}

/** Syncs a school a year later, when a twelfth of its students and its class are new. Also checks a refused file. */
async function round(number) {
  const pupils = 200 + (number % 7) * 300;
  const accounts = await onroll.createAccounts(await read(0, pupils, "5A"));
  const plan = await onroll.plan(accounts, await read(Math.floor(pupils / 12), pupils, "6A"));
  const after = await onroll.Plan.fromJSON(plan.toJSON({ passwords: true })).apply(accounts);
  if ([...after].filter((account) => account.active).length !== pupils) throw new Error("a student is missing");
  onroll.Accounts.fromJSON(after.toJSON({ passwords: true }));
  const refused = await onroll.checkCsv(Buffer.from(onroll.templateCsv() + "a,b,c\n".repeat(pupils)));
  if (refused.ok || refused.text() === "") throw new Error("it is refused");
}

const minutes = Number(process.argv[2] ?? 10);
const begun = Date.now();
let [rounds, first] = [0, undefined];
const elapsed = () => (Date.now() - begun) / 60_000;
async function worker() {
  while (elapsed() < minutes) {
    await round(rounds++);
    if (first === undefined && elapsed() > minutes / 10) {
      globalThis.gc();
      first = resident();
    }
  }
}
await Promise.all(Array.from({ length: 8 }, worker));
globalThis.gc();
const last = resident();
first ??= last;
console.log(`Node: ${rounds} rounds in ${minutes} minutes; resident ${first.toFixed(1)} MB after a tenth, ${last.toFixed(1)} MB at the end`);
if (last - first > MOST_GROWN) throw new Error("memory has grown");
