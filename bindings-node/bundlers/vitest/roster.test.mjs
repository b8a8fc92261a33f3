import { createRequire } from "node:module";
import * as onroll from "onroll";
import { expect, test } from "vitest";

createRequire(import.meta.url)("../cases.cjs")(onroll, { test, expect });
