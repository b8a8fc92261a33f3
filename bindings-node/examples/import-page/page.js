// An example of a page with `<onroll-import>`. This folder and the package's `dist/browser` must have the same origin.
// Run `npm run build:browser`, start any static server in `bindings-node`, and open /examples/import-page/.

import "../../dist/browser/element.js";

const element = document.querySelector("onroll-import");
const result = document.querySelector("#result");

element.addEventListener("onroll-accepted", async ({ detail }) => {
  // Here your page would send the students to your own server, which checks them again:
  // await fetch("/students", { method: "POST", body: detail.csv });
  const rows = (await detail.csv.text()).trim().split("\r\n").length - 1;
  result.textContent = `The page received ${rows} students as CSV.`;
});
