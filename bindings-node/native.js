"use strict";
// Loads the binary in Rust for this platform: the one built here, or that of the package that npm installed for the platform.
//
// Each name stands in a `require` of its own, in a `try`: tools that trace files, such as Next's, then find the one that is there, and
// bundlers pass over the others.

const { arch, platform } = process;
let failure;

/** Of several failures, that of a binary which is there and does not load says most. */
function keep(error) {
  if (failure === undefined || error.code !== "MODULE_NOT_FOUND") failure = error;
}

const BINARIES = {
  "linux-x64-gnu"() {
    try {
      return require("./onroll.linux-x64-gnu.node");
    } catch (error) {
      keep(error);
    }
    try {
      return require("onroll-linux-x64-gnu");
    } catch (error) {
      keep(error);
    }
  },
  "linux-x64-musl"() {
    try {
      return require("./onroll.linux-x64-musl.node");
    } catch (error) {
      keep(error);
    }
    try {
      return require("onroll-linux-x64-musl");
    } catch (error) {
      keep(error);
    }
  },
  "linux-arm64-gnu"() {
    try {
      return require("./onroll.linux-arm64-gnu.node");
    } catch (error) {
      keep(error);
    }
    try {
      return require("onroll-linux-arm64-gnu");
    } catch (error) {
      keep(error);
    }
  },
  "darwin-x64"() {
    try {
      return require("./onroll.darwin-x64.node");
    } catch (error) {
      keep(error);
    }
    try {
      return require("onroll-darwin-x64");
    } catch (error) {
      keep(error);
    }
  },
  "darwin-arm64"() {
    try {
      return require("./onroll.darwin-arm64.node");
    } catch (error) {
      keep(error);
    }
    try {
      return require("onroll-darwin-arm64");
    } catch (error) {
      keep(error);
    }
  },
  "win32-x64-msvc"() {
    try {
      return require("./onroll.win32-x64-msvc.node");
    } catch (error) {
      keep(error);
    }
    try {
      return require("onroll-win32-x64-msvc");
    } catch (error) {
      keep(error);
    }
  },
};

/** Whether the C library is musl, as on Alpine. */
function isMusl() {
  if (platform !== "linux") return false;
  const { glibcVersionRuntime } = process.report.getReport().header;
  return glibcVersionRuntime === undefined;
}

function load() {
  const here = `${platform}-${arch}`;
  for (const [name, binary] of Object.entries(BINARIES)) {
    const found = name === here || name.startsWith(`${here}-`) ? binary() : undefined;
    if (found !== undefined) return found;
  }
  const name = platform === "linux" ? `${here}-${isMusl() ? "musl" : "gnu"}` : platform === "win32" ? `${here}-msvc` : here;
  const error = new Error(BINARIES[name] === undefined ? unsupported(name) : lacking(name));
  throw Object.assign(error, { code: "ERR_ONROLL_BINARY", cause: failure });
}

function unsupported(name) {
  const remedy = {
    "linux-arm64-musl": "Use an image with glibc, such as node:lts-slim",
    "win32-arm64-msvc": "Use Node for x64, which Windows on Arm runs",
  }[name];
  const build = "build it from source: cargo and `npm run build` in bindings-node";
  return `onroll has no binary for ${name}. ${remedy === undefined ? `To run it there, ${build}` : `${remedy}; or ${build}`}. There are binaries for ${Object.keys(BINARIES).join(", ")}.`;
}

function lacking(name) {
  if (failure.code !== "MODULE_NOT_FOUND") return `onroll cannot load its binary for ${name}: ${failure.message}`;
  return `onroll-${name}, the binary of onroll for this computer, is not installed. Install onroll here, on ${name}, with optional dependencies: without --omit=optional, and not by copying the node_modules of another system.`;
}

module.exports = load();
