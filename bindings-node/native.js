"use strict";
// Loads the Rust binary for this platform: the one built in this folder, or the one in the package that npm installed
// for the platform.
//
// A binary cannot be bundled, so a bundle loads it from `node_modules` at run time. Bundlers do not change calls of the
// function that `createRequire` returns. Tools that trace files, such as Next's, find the binaries' names in `traced`.

const { createRequire } = require("node:module");
const { join } = require("node:path");

const { arch, argv, platform } = process;
// A bundle that is an ES module has no `__filename`. There, the binary is looked for from the running program's path.
const load = createRequire(typeof __filename === "string" ? __filename : (argv[1] ?? `${process.cwd()}/`));
let failure;

/** Keeps the most useful of several failures: a binary that exists but does not load says more than a missing one. */
function keep(error) {
  if (failure === undefined || error.code !== "MODULE_NOT_FOUND") failure = error;
}

const BINARIES = {
  "linux-x64-gnu"() {
    try {
      return load("./onroll.linux-x64-gnu.node");
    } catch (error) {
      keep(error);
    }
    try {
      return load("onroll-linux-x64-gnu");
    } catch (error) {
      keep(error);
    }
  },
  "linux-x64-musl"() {
    try {
      return load("./onroll.linux-x64-musl.node");
    } catch (error) {
      keep(error);
    }
    try {
      return load("onroll-linux-x64-musl");
    } catch (error) {
      keep(error);
    }
  },
  "linux-arm64-gnu"() {
    try {
      return load("./onroll.linux-arm64-gnu.node");
    } catch (error) {
      keep(error);
    }
    try {
      return load("onroll-linux-arm64-gnu");
    } catch (error) {
      keep(error);
    }
  },
  "darwin-x64"() {
    try {
      return load("./onroll.darwin-x64.node");
    } catch (error) {
      keep(error);
    }
    try {
      return load("onroll-darwin-x64");
    } catch (error) {
      keep(error);
    }
  },
  "darwin-arm64"() {
    try {
      return load("./onroll.darwin-arm64.node");
    } catch (error) {
      keep(error);
    }
    try {
      return load("onroll-darwin-arm64");
    } catch (error) {
      keep(error);
    }
  },
  "win32-x64-msvc"() {
    try {
      return load("./onroll.win32-x64-msvc.node");
    } catch (error) {
      keep(error);
    }
    try {
      return load("onroll-win32-x64-msvc");
    } catch (error) {
      keep(error);
    }
  },
};

/** Returns whether the C library is musl, as on Alpine. */
function isMusl() {
  if (platform !== "linux") return false;
  const { glibcVersionRuntime } = process.report.getReport().header;
  return glibcVersionRuntime === undefined;
}

function loaded() {
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
  const build = "build it from source with cargo and `npm run build` in bindings-node";
  return `onroll has no binary for ${name}. ${remedy === undefined ? `To run it there, ${build}` : `${remedy}; or ${build}`}. There are binaries for ${Object.keys(BINARIES).join(", ")}.`;
}

function lacking(name) {
  if (failure.code !== "MODULE_NOT_FOUND") return `onroll cannot load its binary for ${name}: ${failure.message}`;
  return `onroll-${name}, the binary of onroll for this computer, is not installed. Install onroll on this computer (${name}) with optional dependencies, without --omit=optional. Do not copy node_modules from another system.`;
}

/**
 * Names the binaries for tools that trace files. This function is never called, and `module.exports` is replaced below.
 */
module.exports.traced = () => [
  join(__dirname, "../onroll-linux-x64-gnu/onroll.linux-x64-gnu.node"),
  join(__dirname, "../onroll-linux-x64-musl/onroll.linux-x64-musl.node"),
  join(__dirname, "../onroll-linux-arm64-gnu/onroll.linux-arm64-gnu.node"),
  join(__dirname, "../onroll-darwin-x64/onroll.darwin-x64.node"),
  join(__dirname, "../onroll-darwin-arm64/onroll.darwin-arm64.node"),
  join(__dirname, "../onroll-win32-x64-msvc/onroll.win32-x64-msvc.node"),
];

module.exports = loaded();
