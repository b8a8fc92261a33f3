require("../cases.cjs")(require("onroll"), { test, expect });

test("errors of a second copy are known", () => {
  const first = require("onroll");
  jest.isolateModules(() => {
    const second = require("onroll");
    expect(second).not.toBe(first);
    expect(() => second.readCsvSync(Buffer.from("no roster"))).toThrow(first.RosterError);
  });
});
