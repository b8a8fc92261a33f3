"use strict";
// Loads the binary in Rust for this platform: the one built here, or that of the package that npm installed for the platform.
//
// Each name stands in a `require` of its own, so that tools that trace files, such as Next's, find it.

const { arch, platform } = process;

const BINARIES = {
  "linux-x64-gnu": [() => require("./onroll.linux-x64-gnu.node"), () => require("onroll-linux-x64-gnu")],
  "linux-x64-musl": [() => require("./onroll.linux-x64-musl.node"), () => require("onroll-linux-x64-musl")],
  "linux-arm64-gnu": [() => require("./onroll.linux-arm64-gnu.node"), () => require("onroll-linux-arm64-gnu")],
  "darwin-x64": [() => require("./onroll.darwin-x64.node"), () => require("onroll-darwin-x64")],
  "darwin-arm64": [() => require("./onroll.darwin-arm64.node"), () => require("onroll-darwin-arm64")],
  "win32-x64-msvc": [() => require("./onroll.win32-x64-msvc.node"), () => require("onroll-win32-x64-msvc")],
};

/** Whether the C library is musl, as on Alpine. */
function isMusl() {
  if (platform !== "linux") return false;
  const { glibcVersionRuntime } = process.report.getReport().header;
  return glibcVersionRuntime === undefined;
}

function load() {
  const here = `${platform}-${arch}`;
  let failure;
  for (const [name, ways] of Object.entries(BINARIES)) {
    if (name !== here && !name.startsWith(`${here}-`)) continue;
    for (const way of ways) {
      try {
        return way();
      } catch (error) {
        // A binary that is there and does not load says more than one that is absent.
        if (failure === undefined || error.code !== "MODULE_NOT_FOUND") failure = error;
      }
    }
  }
  throw refused(here, failure);
}

function refused(here, failure) {
  const name = platform === "linux" ? `${here}-${isMusl() ? "musl" : "gnu"}` : platform === "win32" ? `${here}-msvc` : here;
  const error = new Error(BINARIES[name] === undefined ? unsupported(name) : lacking(name, failure));
  return Object.assign(error, { code: "ERR_ONROLL_BINARY", cause: failure });
}

function unsupported(name) {
  const remedy = {
    "linux-arm64-musl": "Use an image with glibc, such as node:lts-slim",
    "win32-arm64-msvc": "Use Node for x64, which Windows on Arm runs",
  }[name];
  const build = "build it from source: cargo and `npm run build` in bindings-node";
  return `onroll has no binary for ${name}. ${remedy === undefined ? `To run it there, ${build}` : `${remedy}; or ${build}`}. There are binaries for ${Object.keys(BINARIES).join(", ")}.`;
}

function lacking(name, failure) {
  if (failure.code !== "MODULE_NOT_FOUND") return `onroll cannot load its binary for ${name}: ${failure.message}`;
  return `onroll-${name}, the binary of onroll for this computer, is not installed. Install onroll here, on ${name}, with optional dependencies: without --omit=optional, and not by copying the node_modules of another system.`;
}

module.exports = load();
