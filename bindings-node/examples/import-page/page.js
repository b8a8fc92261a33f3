// An example of a page with `<onroll-import>`. Serve this folder and the package's `dist/browser` from one origin:
// `npm run build:browser`, then any static server in `bindings-node`, at /examples/import-page/.

import "../../dist/browser/element.js";

const element = document.querySelector("onroll-import");
const result = document.querySelector("#result");

element.addEventListener("onroll-accepted", async ({ detail }) => {
  // Here your page would send the students to your own server, which checks them again: await fetch("/students", {
  // method: "POST", body: detail.csv });
  const rows = (await detail.csv.text()).trim().split("\r\n").length - 1;
  result.textContent = `The page received ${rows} students as CSV.`;
});
