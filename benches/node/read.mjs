// Compares reading and checking a roster in Node with the libraries that people use for it today.
//
//   node benches/node/read.mjs ROSTER.csv [ROUNDS]
//
// In each round, every peer reads the same file once, one peer after another and each in a separate process. So a busy
// machine slows all peers alike, and no peer collects the garbage of another. The program prints the median time of
// each peer, and its ratio to onroll's median. The name of a peer says what it does. Only onroll and zod check every
// rule here.

import { spawnSync } from "node:child_process";
import { createReadStream, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { fileURLToPath } from "node:url";

const [file, rounds = "3", only] = process.argv.slice(2);

/** The schema with which zod checks a row. */
async function schema() {
  const { z } = await import("zod");
  const { ETHNICITIES } = await import("../../bindings-node/dist/index.js");
  const cell = z.string().min(1).max(1000).regex(/^\S(.*\S)?$/);
  const flag = z.enum(["Yes", "No"]);
  return z.object({
    "Student Full Name": cell,
    Username: z.email(),
    "Year Group": cell,
    Class: cell,
    Gender: z.enum(["Male", "Female", "Non-Binary"]),
    "Pupil Premium": flag,
    Ethnicity: z.enum(ETHNICITIES.map((ethnicity) => ethnicity.code)),
    SEND: flag,
    EAL: flag,
  });
}

function unique(pupils) {
  if (new Set(pupils.map((pupil) => pupil.Username.toLowerCase())).size !== pupils.length) throw new Error("not unique");
  return pupils.length;
}

const PEERS = {
  async "onroll, every check"() {
    const { readCsv } = await import("../../bindings-node/dist/index.js");
    return async () => (await readCsv(file, { signIn: "sso" })).length;
  },
  async "uDSV, parsing to objects only"() {
    const { inferSchema, initParser } = await import("udsv");
    return async () => {
      const text = readFileSync(file, "utf8");
      return initParser(inferSchema(text)).stringObjs(text).length;
    };
  },
  async "papaparse and zod, every row"() {
    const { default: papa } = await import("papaparse");
    const pupil = await schema();
    return async () => {
      const { data } = papa.parse(readFileSync(file, "utf8"), { header: true, skipEmptyLines: true });
      return unique(data.map((row) => pupil.parse(row)));
    };
  },
  async "csv-parse and zod, every row"() {
    const { parse } = await import("csv-parse");
    const pupil = await schema();
    return async () => {
      const pupils = [];
      for await (const row of createReadStream(file).pipe(parse({ columns: true, bom: true }))) pupils.push(pupil.parse(row));
      return unique(pupils);
    };
  },
};

if (only !== undefined) {
  const run = await PEERS[only]();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const begun = performance.now();
  const students = await run();
  const seconds = (performance.now() - begun) / 1000;
  delay.disable();
  console.log(JSON.stringify({ students, seconds, longest: delay.max / 1e6 }));
} else {
  const told = Object.fromEntries(Object.keys(PEERS).map((name) => [name, []]));
  for (let round = 0; round < Number(rounds); round += 1) {
    for (const name of Object.keys(PEERS)) {
      const args = ["--max-old-space-size=12000", fileURLToPath(import.meta.url), file, rounds, name];
      const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8" });
      if (status !== 0) throw new Error(`${name}: ${stderr}`);
      told[name].push(JSON.parse(stdout));
    }
  }
  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  const seconds = (name) => median(told[name].map((run) => run.seconds));
  const [onroll] = Object.keys(PEERS);
  console.log(`${told[onroll][0].students} rows, ${availableParallelism()} processors, Node ${process.version}, medians of ${rounds}`);
  for (const name of Object.keys(PEERS)) {
    const ratio = (seconds(name) / seconds(onroll)).toFixed(1);
    console.log(`  ${name.padEnd(34)}${seconds(name).toFixed(3).padStart(9)} s ${ratio.padStart(7)} times onroll`);
  }
  const longest = median(told[onroll].map((run) => run.longest));
  console.log(`  the longest the event loop waited while onroll read: ${longest.toFixed(0)} ms`);
}
