// A school's nightly sync with Wonde, by Node's own fetch: what changed in the MIS, into the accounts.
//
//   node examples/nightly.mjs SCHOOL_ID accounts.json     # the token is in WONDE_TOKEN
//
// The first night makes the accounts, each further one plans what has changed. A plan that a guard refuses waits for a person.

import { existsSync, readFileSync } from "node:fs";
import { Accounts, PlanRefused, plan, saveFile, wonde } from "onroll";

const locks = new wonde.Locks();

/** One night: the plan that was applied. */
export function sync(client, schoolId, store) {
  return wonde.exclusive(locks, schoolId, async () => {
    const snapshot = await client.snapshot(schoolId);
    const roster = snapshot.roster({ signIn: "password" });
    const accounts = existsSync(store) ? Accounts.fromJSON(readFileSync(store, "utf8")) : Accounts.fromRows([]);
    const made = await plan(accounts, roster);
    const after = await made.apply(accounts);
    // Passwords too: this file is as secret as the slips of paper.
    await saveFile(store, JSON.stringify(after.toJSON({ passwords: true })));
    for (const held of roster.held) console.error(`held: record ${held.record}`);
    return made;
  });
}

const [schoolId, store] = process.argv.slice(2);
// Any HTTP library will do; fetch is also what is used where no `send` is given.
const send = ({ url, timeout, maxBytes, ...request }) =>
  fetch(url, { ...request, redirect: "manual", signal: AbortSignal.timeout(timeout) });
const client = new wonde.Client({ token: process.env.WONDE_TOKEN, domain: process.env.WONDE_DOMAIN ?? "api.wonde.com", send });
try {
  console.log((await sync(client, schoolId, store)).summary());
} catch (error) {
  if (!(error instanceof wonde.WondeError || error instanceof PlanRefused)) throw error;
  // Made for logs: it names no child.
  console.error(`${error.message}; the accounts stay as they are`);
  process.exitCode = 1;
}
