// Starts an installed Chromium, or one that Playwright installs, and prints its version.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const INSTALLED = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

/** Returns the path of the browser's program. */
function program() {
  const named = process.env.CHROMIUM ?? INSTALLED.find((path) => existsSync(path));
  if (named) return named;
  const own = chromium.executablePath();
  if (!existsSync(own)) execFileSync(process.execPath, [fileURLToPath(new URL("node_modules/playwright-core/cli.js", import.meta.url)), "install", "chromium"], { stdio: "inherit" });
  return own;
}

/** Starts the browser. */
export async function launch() {
  const executablePath = program();
  // In a container, everything runs as root. Chromium's sandbox does not work for root.
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const browser = await chromium.launch({ executablePath, args: [...args, "--js-flags=--expose-gc", "--enable-precise-memory-info"] });
  console.log(`browser: Chromium ${browser.version()} of ${executablePath}`);
  return browser;
}
