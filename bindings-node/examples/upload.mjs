// A route in Express to which a school's CSV is uploaded. It answers 200 with the number of students, or 422 with the
// report.
//
//   node examples/upload.mjs
//   curl -H 'Content-Type: text/csv' --data-binary @students.csv http://127.0.0.1:3000/roster?signIn=sso

import express from "express";
import { RosterError, readCsv } from "onroll";

export const app = express();
app.disable("x-powered-by");

app.post("/roster", express.raw({ type: ["text/csv", "application/octet-stream"], limit: "16mb" }), async (request, response) => {
  if (!Buffer.isBuffer(request.body)) {
    response.status(415).json({ error: "send the file as text/csv" });
    return;
  }
  const signIn = request.query.signIn === "sso" ? "sso" : "password";
  // If the client disconnects, the reading is aborted.
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  try {
    const roster = await readCsv(request.body, { signIn, fix: request.query.fix === "true", signal: gone.signal });
    // Here your code would create the accounts, or plan the changes to existing accounts. The report for the school has
    // values.
    response.json({ students: roster.length, report: roster.report.toJSON({ values: true }) });
  } catch (error) {
    if (error instanceof RosterError) {
      // The log gets a message without values; the school gets a report with values.
      console.warn(`upload refused: ${error.message}`);
      response.status(422).json(error.report.toJSON({ values: true }));
    } else if (!gone.signal.aborted) {
      console.error(error);
      response.status(500).json({ error: "the upload could not be read" });
    }
  }
});

if (import.meta.filename === process.argv[1]) {
  const server = app.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
    console.log(`listening on http://127.0.0.1:${server.address().port}`);
  });
}
