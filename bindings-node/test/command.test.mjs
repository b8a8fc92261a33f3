// Runs the command `npx onroll`.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import * as onroll from "onroll";
import { MESSY, OAKFIELD, SEPTEMBER, folder, school } from "./school.mjs";

const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));

function run(...args) {
  return runWith({}, ...args);
}

function runWith(options, ...args) {
  const given = args.map((arg) => (arg instanceof URL ? arg.pathname : arg));
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...given], { encoding: "utf8", ...options });
  return { status, stdout, stderr };
}

test("the check command accepts a good roster and refuses a bad roster", () => {
  assert.deepEqual(run("check", OAKFIELD), {
    status: 0,
    stdout: "The roster is accepted: 240 students. 4 blank rows were left out.\n",
    stderr: "",
  });
  const refused = run("check", MESSY);
  assert.equal(refused.status, 1);
  assert.equal(refused.stdout, `${onroll.checkCsvSync(MESSY).text().trim()}\nTo apply the safe fixes: onroll fix ${fileURLToPath(MESSY)} FIXED.csv\n`);
  assert.equal(JSON.parse(run("check", MESSY, "--json", "--sso").stdout).ok, false);
});

test("JSON output shows cell values only with --values", () => {
  const directory = folder();
  const [file, out, kept] = ["messy.csv", "fixed.csv", "kept.json"].map((name) => join(directory, name));
  writeFileSync(file, `${onroll.templateCsv()}Zoë Okafor,Zoë Okafor,Year 5,5A,Kestrel,No,BAFR,No,No\r\n`);
  writeFileSync(kept, '{"format":1,"sign_in":"password","accounts":[]}');
  const commands = [["check", file], ["fix", file, out], ["accounts", file], ["plan", file, "--accounts", kept]];
  for (const command of commands) {
    const without = run(...command, "--json");
    assert.deepEqual([without.status, without.stdout.includes("Kestrel"), JSON.parse(without.stdout).ok], [1, false, false], command);
    assert.equal(JSON.parse(run(...command, "--json", "--values").stdout).problems[0].value, "Kestrel", command);
  }
  const small = join(directory, "small.csv");
  writeFileSync(small, `${onroll.templateCsv()}Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No`);
  const made = (...more) => JSON.parse(run("accounts", small, "--fix", "--json", "--overwrite", ...more).stdout).report.fixed[0];
  assert.deepEqual([made().value, made("--values").value], [null, "F"]);
});

test("only the owner can read a written file", { skip: process.platform === "win32" }, () => {
  const directory = folder();
  const at = (name) => join(directory, name);
  const names = ["fixed.csv", "c.csv", "c.html", "a.json", "b.json", "t.csv"];
  for (const name of names) {
    writeFileSync(at(name), "old");
    chmodSync(at(name), 0o644);
  }
  assert.equal(run("fix", OAKFIELD, at("fixed.csv")).status, 0);
  assert.equal(run("accounts", OAKFIELD, "--credentials", at("c.csv"), "--cards", at("c.html"), "--out", at("a.json"), "--overwrite").status, 0);
  assert.equal(run("plan", SEPTEMBER, "--accounts", at("a.json"), "--leaving", "Year 6", "--apply", at("b.json")).status, 0);
  assert.equal(run("template", "--out", at("t.csv")).status, 0);
  for (const name of names) assert.equal(statSync(at(name)).mode & 0o777, 0o600, name);
});

test("writes the file to standard output and messages to standard error", { skip: process.platform === "win32" }, () => {
  const directory = folder();
  const file = join(directory, "small.csv");
  writeFileSync(file, `${onroll.templateCsv()}Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No`);
  const fixed = `\ufeff${onroll.templateCsv()}Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No\r\n`;
  for (const to of ["-", "/dev/stdout"]) {
    const { status, stdout, stderr } = run("fix", file, to);
    assert.deepEqual([status, stdout], [0, fixed]);
    assert.match(stderr, /^The roster is accepted: 1 student/);
    const made = run("accounts", file, "--fix", "--credentials", to, "--json");
    assert.deepEqual([made.stdout.split("\r\n").length, JSON.parse(made.stderr).accounts], [3, 1]);
  }
  assert.deepEqual(readdirSync(directory), ["small.csv"]);
  const refused = run("fix", file, "/dev/null");
  assert.deepEqual([refused.status, refused.stdout], [2, ""]);
  assert.match(refused.stderr, /^onroll: \/dev\/null: the path must be a regular file[^\n]*\n$/);
  const both = run("accounts", file, "--fix", "--credentials", "-", "--out", "-");
  assert.deepEqual([both.status, both.stderr], [2, "onroll: only one file can go to standard output\nFor help, run: onroll accounts --help\n"]);
});

test("writes nothing if the sign-in address is wrong", () => {
  const directory = folder();
  const file = join(directory, "small.csv");
  writeFileSync(file, `${onroll.templateCsv()}Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No`);
  const { status, stdout, stderr } = run("accounts", file, "--cards", join(directory, "c.html"), "--sign-in-url", "https://", "--out", join(directory, "a.json"));
  assert.deepEqual([status, stdout], [2, ""]);
  assert.match(stderr, /^onroll: the sign-in address must be https:\/\//);
  assert.deepEqual(readdirSync(directory), ["small.csv"]);
});

test("the fix command writes the corrected file only if its rows can be separated", () => {
  const file = join(folder(), "small.csv");
  writeFileSync(file, `${onroll.templateCsv()}Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No`);
  const fixed = run("fix", file, file);
  assert.deepEqual([fixed.status, fixed.stdout.endsWith(`Written: ${file}\n`)], [0, true]);
  assert.equal(onroll.readCsvSync(file).at(0).gender, "Female");
  const json = (...given) => {
    const { status, stdout } = run("fix", ...given, "--json");
    const { ok, correctable, written } = JSON.parse(stdout);
    return [status, ok, correctable, written];
  };
  assert.deepEqual(json(file, file), [0, true, true, true]);
  const directory = folder();
  const unwritten = run("fix", MESSY, join(directory, "fixed.csv"));
  assert.equal(unwritten.status, 1);
  assert.match(unwritten.stdout, /\nNothing was written, because you must first correct 25 problems by hand\.\n$/);
  assert.deepEqual(json(MESSY, join(directory, "fixed.csv")), [1, false, false, false]);
  assert.deepEqual(readdirSync(directory), []);
});

test("the accounts command replaces an existing file only with --overwrite", () => {
  const directory = folder();
  const [roster, kept] = [join(directory, "small.csv"), join(directory, "a.json")];
  writeFileSync(roster, `${onroll.templateCsv()}Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No`);
  const credentials = join(directory, "small-credentials.csv");
  assert.equal(run("accounts", roster).status, 0);
  const first = readFileSync(credentials, "utf8");
  const refused = { status: 2, stdout: "", stderr: `onroll: ${credentials} exists already. Choose another name, or add --overwrite.\n` };
  assert.deepEqual(run("accounts", roster, "--out", kept), refused);
  assert.deepEqual([readFileSync(credentials, "utf8"), existsSync(kept)], [first, false]);
  assert.equal(run("accounts", roster, "--credentials", join(directory, "other.csv"), "--out", kept).status, 0);
  for (const option of ["--out", "--cards"]) {
    const again = run("accounts", roster, "--credentials", join(directory, "third.csv"), option, kept);
    assert.deepEqual(again, { ...refused, stderr: refused.stderr.replace(credentials, kept) });
  }
  assert.ok(!existsSync(join(directory, "third.csv")));
  assert.equal(run("accounts", roster, "--overwrite").status, 0);
  assert.notEqual(readFileSync(credentials, "utf8"), first);
});

test("reads a file from standard input", () => {
  const input = readFileSync(OAKFIELD);
  const directory = folder();
  const [kept, credentials] = [join(directory, "a.json"), join(directory, "c.csv")];
  assert.match(runWith({ input }, "check", "-").stdout, /^The roster is accepted: 240 students/);
  assert.equal(runWith({ input }, "fix", "-", "-").stdout.split("\r\n").length, 242);
  const unnamed = runWith({ input }, "accounts", "-");
  assert.deepEqual([unnamed.status, unnamed.stderr.split("\n")[0]], [2, "onroll: to read the roster from standard input, also add --credentials FILE"]);
  assert.equal(runWith({ input }, "accounts", "-", "--credentials", credentials, "--out", kept).status, 0);
  assert.match(runWith({ input }, "plan", "-", "--accounts", kept).stdout, /^nothing to do, 240 unchanged/);
  assert.match(runWith({ input: readFileSync(kept) }, "plan", OAKFIELD, "--accounts", "-").stdout, /^nothing to do, 240 unchanged/);
  const both = runWith({ input }, "plan", "-", "--accounts", "-");
  assert.deepEqual([both.status, both.stderr.split("\n")[0]], [2, "onroll: only one file can come from standard input"]);
  assert.deepEqual(readdirSync(directory), ["a.json", "c.csv"]);
});

const LINUX = { skip: process.platform !== "linux" };

/** Runs a line in a shell, in which `onroll` is the command. */
function shell(line, ...args) {
  const { status, stdout, stderr } = spawnSync("bash", ["-c", `onroll() { "${process.execPath}" "${cli}" "$@"; }; ${line}`, "bash", ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
}

test("a closed output pipe is not an error", LINUX, () => {
  const file = join(folder(), "large.csv");
  writeFileSync(file, school(30_000));
  const kept = join(folder(), "a.json");
  assert.equal(run("accounts", file, "--credentials", join(folder(), "c.csv"), "--out", kept).status, 0);
  const lines = ['onroll plan "$1" --accounts "$2" --json | head -c 9', 'onroll fix "$1" - | head -c 9', 'onroll template | true'];
  for (const line of [...lines, 'onroll check "$3" | true']) {
    const { status, stderr } = shell(`${line} >/dev/null; exit \${PIPESTATUS[0]}`, SEPTEMBER.pathname, kept, MESSY.pathname);
    assert.ok(!/Error|EPIPE|at /.test(stderr), `${line}: ${stderr}`);
    assert.notEqual(status, 2, line);
  }
});

test("reports a full disk in one line", LINUX, () => {
  const directory = folder();
  const file = join(directory, "small.csv");
  writeFileSync(file, `${onroll.templateCsv()}Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No`);
  const lines = ['onroll check "$1"', 'onroll check "$1" --json', "onroll template", 'onroll accounts "$1" --credentials "$2"', "onroll --help"];
  for (const line of lines) {
    const full = shell(`${line} >/dev/full`, file, join(directory, "c.csv"));
    assert.deepEqual(full, { status: 2, stdout: "", stderr: "onroll: standard output: No space left on device\n" }, line);
  }
  const fixed = shell('onroll fix "$1" - >/dev/full', file);
  assert.equal(fixed.status, 2);
  assert.match(fixed.stderr, /onroll: standard output: No space left on device\n$/);
});

test("the plan command updates accounts made by the accounts command", () => {
  const directory = folder();
  const [credentials, cards, kept, after] = ["c.csv", "c.html", "a.json", "b.json"].map((name) => join(directory, name));
  const made = run("accounts", OAKFIELD, "--credentials", credentials, "--cards", cards, "--out", kept, "--pin", "6");
  assert.equal(made.status, 0);
  assert.match(made.stdout, /240 accounts: credentials in .*c\.csv, cards in .*c\.html, accounts in .*a\.json\n$/);
  for (const file of [credentials, cards, kept]) assert.equal(statSync(file).mode & 0o077, 0);

  const refused = run("plan", SEPTEMBER, "--accounts", kept);
  assert.equal(refused.status, 1);
  assert.match(refused.stdout, /62 of 240 active accounts would leave.*\nOnly if you have checked that this is right, add: --override too-many-leavers\nThen .*\.\n$/);
  assert.equal(JSON.parse(run("plan", SEPTEMBER, "--accounts", kept, "--json").stdout).refused, "too-many-leavers");
  const planned = run("plan", SEPTEMBER, "--accounts", kept, "--leaving", "Year 6", "--apply", after);
  assert.deepEqual([planned.status, planned.stdout.split("\n")[0]], [0, "31 new students, 63 leavers, 177 change class or year"]);
  assert.match(run("plan", SEPTEMBER, "--accounts", after).stdout, /^nothing to do, 208 unchanged/);
});

test("the template command writes the template to standard output or a file", () => {
  assert.equal(run("template").stdout, onroll.templateCsv().replace("\r\n", "\n"));
  const file = join(folder(), "template.csv");
  assert.equal(run("template", "--out", file).status, 0);
  assert.equal(readFileSync(file, "utf8"), onroll.templateCsv());
});

test("exits with status 2 and says why if a command cannot run", () => {
  const missing = join(folder(), "none.csv");
  const kept = join(folder(), "a.json");
  writeFileSync(kept, "{");
  const wrongs = [
    [["check", missing], `onroll: ${missing}: No such file or directory\n`],
    [["plan", OAKFIELD, "--accounts", missing], `onroll: ${missing}: No such file or directory\n`],
    [["accounts", OAKFIELD, "--pin", "3", "--credentials", join(folder(), "c.csv")], "onroll: a policy must make passwords of at least 16 bits, not 9.7\n"],
    [["plan", OAKFIELD, "--accounts", kept], /^onroll: .*JSON/],
    [["plan", OAKFIELD], /--accounts <FILE>/],
    [["accounts", OAKFIELD, "--pin", "six"], /invalid value 'six' for '--pin <N>'/],
    // A file's name can contain control characters.
    [["check", join(folder(), "\x1b[2Jn\u202ene.csv")], /^onroll: [ -~]*␛\[2JnU\+202Ene\.csv: No such file or directory\n$/],
    [["check"], /required arguments were not provided/],
    [["check", OAKFIELD, "--fxi"], /unexpected argument '--fxi' found/],
    [["chekc", OAKFIELD], /unrecognized subcommand .chekc./],
  ];
  for (const [args, told] of wrongs) {
    const { status, stdout, stderr } = run(...args);
    assert.deepEqual([status, stdout], [2, ""], args.join(" "));
    if (typeof told === "string") assert.equal(stderr, told);
    else assert.match(stderr, told);
  }
  assert.ok(!existsSync(`${missing}-credentials.csv`));
});

test("--help and --version exit with status 0", () => {
  for (const args of [["--help"], ["check", "--help"], ["plan", "-h"], ["--version"]]) assert.equal(run(...args).status, 0);
});
