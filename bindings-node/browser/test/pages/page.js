// Gives the tests access to the package, and records the events of the element.

import * as onroll from "/dist/browser/index.js";
import "/dist/browser/element.js";

window.onroll = onroll;
window.said = [];
for (const name of ["onroll-detected", "onroll-checked", "onroll-accepted"]) {
  document.addEventListener(name, async ({ type, detail }) => {
    const csv = detail.csv && (await detail.csv.text());
    window.said.push({ type, errors: detail.report?.errorCount, csv, mapping: detail.mapping ? detail.mapping.toJSON() : detail.mapping });
  });
}
window.ready = true;
