require("../cases.cjs")(require("onroll"), { test, expect });

test("recognises errors from a second copy of the package", () => {
  const first = require("onroll");
  jest.isolateModules(() => {
    const second = require("onroll");
    expect(second).not.toBe(first);
    expect(() => second.readCsvSync(Buffer.from("no roster"))).toThrow(first.RosterError);
  });
});
