// Runs the examples.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { app } from "../examples/upload.mjs";
import { MESSY, OAKFIELD } from "./school.mjs";

test("the Express example answers an upload with the report", async () => {
  const server = app.listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const post = (body, type = "text/csv") =>
    fetch(`http://127.0.0.1:${server.address().port}/roster`, { method: "POST", body, headers: { "Content-Type": type } });
  try {
    const taken = await post(readFileSync(OAKFIELD));
    assert.equal(taken.status, 200);
    const { students, report } = await taken.json();
    assert.deepEqual([students, report.ok], [240, true]);
    const refused = await post(readFileSync(MESSY));
    assert.equal(refused.status, 422);
    const { ok, problems } = await refused.json();
    assert.ok(!ok && problems.some(({ column, message }) => column === "Gender" && message.includes("should be")));
    assert.equal((await post("{}", "application/json")).status, 415);
  } finally {
    server.close();
  }
});

test("the credentials example reads and writes streams", () => {
  const script = fileURLToPath(new URL("../examples/credentials.mjs", import.meta.url));
  const run = (input) => spawnSync(process.execPath, [script], { input: readFileSync(input), encoding: "utf8" });
  const made = run(OAKFIELD);
  assert.deepEqual([made.status, made.stdout.trim().split("\n").length], [0, 241]);
  assert.match(made.stderr, /^The roster is accepted: 240 students\./);
  const refused = run(MESSY);
  assert.deepEqual([refused.status, refused.stdout], [1, ""]);
});

test("the Fastify example answers an uploaded form with 200 or 422", async () => {
  const { app: fastify } = await import("../examples/fastify.mjs");
  const address = await fastify.listen({ port: 0, host: "127.0.0.1" });
  const post = (file) => {
    const form = new FormData();
    form.append("file", new Blob([readFileSync(file)]), "roster.csv");
    return fetch(`${address}/roster`, { method: "POST", body: form });
  };
  try {
    const taken = await post(OAKFIELD);
    assert.deepEqual([taken.status, (await taken.json()).students], [200, 240]);
    const refused = await post(MESSY);
    assert.deepEqual([refused.status, (await refused.json()).ok], [422, false]);
  } finally {
    await fastify.close();
  }
});
