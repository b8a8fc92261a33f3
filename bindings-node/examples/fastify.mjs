// An upload route in Fastify. The form's file is streamed to onroll, and the answer is the report as JSON.
//
//   npm install fastify @fastify/multipart
//   node examples/fastify.mjs
//   curl -F file=@students.csv http://127.0.0.1:3000/roster

import multipart from "@fastify/multipart";
import fastify from "fastify";
import { RosterError, readCsv } from "onroll";

export const app = fastify();
await app.register(multipart, { limits: { fileSize: 16 * 1024 * 1024, files: 1 } });

app.post("/roster", async (request, reply) => {
  const upload = await request.file();
  if (upload === undefined) return reply.code(400).send({ error: "send the file as a field of a form" });
  try {
    const roster = await readCsv(upload.file, { fix: true });
    if (upload.file.truncated) return reply.code(413).send({ error: "the file is too large" });
    // Here your code would create the accounts, or plan the changes to existing accounts.
    return { students: roster.length, report: roster.report.toJSON({ values: true }) };
  } catch (error) {
    if (!(error instanceof RosterError)) throw error;
    // The log gets a message without values; the school gets a report with values.
    console.warn(`upload refused: ${error.message}`);
    return reply.code(422).send(error.report.toJSON({ values: true }));
  }
});

if (import.meta.filename === process.argv[1]) {
  console.log(`listening on ${await app.listen({ port: Number(process.env.PORT ?? 3000), host: "127.0.0.1" })}`);
}
