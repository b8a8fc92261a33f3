#!/usr/bin/env node
// Runs the command `onroll`. It is written in Rust, and is the same in every package.
//
// It reads and writes the standard streams by itself: Node's own must not be touched, since they would no longer wait.

import * as native from "../native.js";

process.exitCode = native.runCommand(process.argv.slice(2));
