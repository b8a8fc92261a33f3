// Runs the fake Wonde of the core's examples as a process. It is the fake MyLogin too.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { wonde } from "onroll";

export const SCHOOL = "A1329183376";
export const TOKEN = "fake-token-of-a-school";
export const MYLOGIN = { clientId: "fake-client", clientSecret: "fake-secret-of-the-client" };

/** Starts the fake, and returns its `domain` and functions to control it. */
export async function start() {
  const cwd = fileURLToPath(new URL("../../", import.meta.url));
  const program = ["run", "--quiet", "--locked", "-p", "onroll", "--example", "fake_wonde"];
  const server = spawn("cargo", program, { cwd, stdio: ["pipe", "pipe", "inherit"] });
  let domain;
  for await (const line of server.stdout) {
    domain = String(line).trim();
    break;
  }
  const control = async (wanted) => {
    const response = await fetch(`http://${domain}/control`, { method: "POST", body: JSON.stringify(wanted) });
    return response.json();
  };
  return {
    domain,
    control,
    fault: (kind, { list = "students", page = 2, times = 1 } = {}) => control({ fault: { list, page, kind, times } }),
    client: (options = {}) => new wonde.Client({ token: TOKEN, domain, wait: async () => {}, timeout: 500, ...options }),
    end: () => server.stdin.end(),
  };
}

/** Returns the error with which a promise rejects. */
export async function rejected(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("it was not rejected");
}

/** Returns the error that a function throws. */
export function thrown(run) {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
