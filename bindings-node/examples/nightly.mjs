// A school's nightly sync with Wonde: changes in the MIS are applied to the accounts. The sync uses Node's own `fetch`.
//
//   node examples/nightly.mjs SCHOOL_ID accounts.json     # the token is in WONDE_TOKEN
//
// The first night creates the accounts. Each later night plans and applies what has changed. If a guard refuses a plan,
// a person must decide.

import { existsSync, readFileSync } from "node:fs";
import { Accounts, PlanRefused, plan, saveFile, wonde } from "onroll";

const locks = new wonde.Locks();

/** Syncs one school for one night, and returns the plan that was applied. */
export function sync(client, schoolId, store) {
  return wonde.exclusive(locks, schoolId, async () => {
    const snapshot = await client.snapshot(schoolId);
    const roster = snapshot.roster({ signIn: "password" });
    const accounts = existsSync(store) ? Accounts.fromJSON(readFileSync(store, "utf8")) : Accounts.fromRows([]);
    const made = await plan(accounts, roster);
    const after = await made.apply(accounts);
    // The file contains passwords, so keep it as secret as the printed login cards.
    await saveFile(store, JSON.stringify(after.toJSON({ passwords: true })));
    for (const held of roster.held) console.error(`held: record ${held.record}`);
    return made;
  });
}

const [schoolId, store] = process.argv.slice(2);
// You can use any HTTP library here. Without `send`, the client uses `fetch`.
const send = ({ url, timeout, maxBytes, ...request }) =>
  fetch(url, { ...request, redirect: "manual", signal: AbortSignal.timeout(timeout) });
const client = new wonde.Client({ token: process.env.WONDE_TOKEN, domain: process.env.WONDE_DOMAIN ?? "api.wonde.com", send });
try {
  console.log((await sync(client, schoolId, store)).summary());
} catch (error) {
  if (!(error instanceof wonde.WondeError || error instanceof PlanRefused)) throw error;
  // The message is for logs, and names no child.
  console.error(`${error.message}; the accounts stay as they are`);
  process.exitCode = 1;
}
