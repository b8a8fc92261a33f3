#!/usr/bin/env node
// Runs the command `onroll`. It is written in Rust, and is the same in every package.
//
// The Rust program reads and writes the standard streams itself. Do not use Node's `process.stdin`, `process.stdout` or
// `process.stderr` here, because that can make the streams non-blocking.

import native = require("../native.js");

process.exitCode = native.runCommand(process.argv.slice(2));
