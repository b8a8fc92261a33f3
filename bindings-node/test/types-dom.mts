// Checks the types in a web application, which uses the stream types of the library `dom`.

import { type FixedCsv, type Report, type Roster, checkCsv, fixCsv, readCsv } from "onroll";

declare const file: File;
declare const request: Request;
const rosters: Roster[] = [await readCsv(file), await readCsv(file.stream()), await readCsv(await file.arrayBuffer())];
const fixed: FixedCsv = await fixCsv(new Blob([]));
if (request.body !== null) {
  const report: Report = await checkCsv(request.body, { signal: request.signal });
  void report;
}
void new Response(fixed.bytes === null ? null : new Uint8Array(fixed.bytes));
void rosters;

// @ts-expect-error a stream must contain bytes, not texts
void readCsv(file.stream().pipeThrough(new TextDecoderStream()));
