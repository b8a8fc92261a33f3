// Tests that must pass in every environment that loads the package. They run in Jest and in vitest.

const { readFileSync } = require("node:fs");
const { Readable, Writable } = require("node:stream");

const HEADINGS = "Student Full Name,Username,Year Group,Class,Gender,Pupil Premium,Ethnicity,SEND,EAL\r\n";
const GOOD = `${HEADINGS}Zoë Lee,Zoë Lee,Year 5,5A,Female,No,WBRI,No,No\r\n`;
const BAD = HEADINGS + "Kestrel Lee,Kestrel Lee,Year 5,5A,Kestrel,Kestrel,Kestrel,Kestrel,Kestrel\r\n".repeat(50);

/** @param {typeof import("onroll")} onroll */
module.exports = (onroll, { test, expect }) => {
  const { RosterError, OnrollError, PlanRefused, AccountNotFound } = onroll;
  const bytes = Buffer.from(GOOD);
  const make = () => onroll.createAccountsSync(onroll.readCsvSync(bytes));

  test("a refused roster is a RosterError whose message shows no values", async () => {
    await expect(onroll.readCsv(Buffer.from(BAD))).rejects.toBeInstanceOf(RosterError);
    await expect(onroll.readCsv(Buffer.from(BAD))).rejects.toMatchObject({ code: "ERR_ROSTER_REJECTED", name: "RosterError" });
    expect(() => onroll.readCsvSync(Buffer.from(BAD))).toThrow(RosterError);
    const error = await onroll.readCsv(Buffer.from(BAD)).catch((refused) => refused);
    expect(error).toBeInstanceOf(OnrollError);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(PlanRefused);
    expect(error.message).not.toMatch(/Kestrel/);
    expect(error.message.length).toBeLessThan(300);
    expect(error.report.errorCount).toBeGreaterThan(50);
  });

  test("other errors have the right class and code", async () => {
    const accounts = make();
    expect(() => accounts.edit("nobody", {})).toThrow(AccountNotFound);
    expect(() => onroll.readCsvSync(bytes, { signIn: "ssso" })).toThrow(TypeError);
    expect(() => onroll.planSync(accounts, onroll.readCsvSync(bytes), { maxLeavers: 50 })).toThrow(RangeError);
    await expect(onroll.readCsv("/nowhere/at-all.csv")).rejects.toMatchObject({ code: "ENOENT", path: "/nowhere/at-all.csv" });
    const [own, other] = ["A1", "A2"].map((id) => onroll.readCsvSync(bytes).withSchoolId(id));
    const planned = () => onroll.plan(onroll.createAccountsSync(own), other);
    await expect(planned()).rejects.toMatchObject({ code: "ERR_PLAN_REFUSED", guard: "school-mismatch" });
    await expect(planned()).rejects.toBeInstanceOf(PlanRefused);
    const failed = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
    const client = new onroll.wonde.Client({ token: "t", send: () => Promise.reject(failed), wait: () => Promise.resolve() });
    await expect(client.snapshot("A1")).rejects.toBeInstanceOf(onroll.WondeError);
    await expect(client.snapshot("A1")).rejects.toMatchObject({ reason: "unreachable", cause: failed });
  });

  test("accepts values from the realm of the test", async () => {
    const sources = [bytes, new Uint8Array(bytes), Uint8Array.from(bytes).buffer, Readable.from([bytes]), new Blob([bytes]), new Blob([bytes]).stream()];
    for (const source of sources) expect((await onroll.readCsv(source, { signal: new AbortController().signal })).length).toBe(1);
    expect(onroll.wonde.Schedule.daily("02:30").nextAfter(new Date(1782864000000)).getTime()).toBe(new Date("2026-07-01T01:30:00Z").getTime());
    expect([...make()].map((account) => account.username)).toEqual(["Zoë Lee"]);
  });

  test("promises reject with errors and when a signal is aborted", async () => {
    const failing = () => new Writable({ write: (chunk, encoding, done) => done(new Error("disk")) });
    await expect(make().writeCredentials(failing())).rejects.toThrow("disk");
    const idle = new ReadableStream({ start: (to) => to.enqueue(bytes) });
    const aborter = new AbortController();
    setTimeout(() => aborter.abort(new Error("enough")), 20);
    await expect(onroll.readCsv(idle, { signal: aborter.signal })).rejects.toThrow("enough");
    await expect(onroll.readCsv(bytes, { onProgress: () => Promise.reject(new Error("gone")) })).rejects.toThrow("gone");
  });

  test("a password is shown only by expose", () => {
    const { password } = make().at(0);
    expect(() => `${password}`).toThrow(TypeError);
    expect(JSON.stringify({ password })).toBe('{"password":"<hidden>"}');
    expect(password.expose()).toHaveLength(4);
  });

  test("files are read by their path", () => {
    expect(readFileSync(__filename, "utf8")).toContain("files are read");
    expect(onroll.checkCsvSync(__filename).ok).toBe(false);
  });
};
