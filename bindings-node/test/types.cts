// The same from CommonJS.

import onroll = require("onroll");

const report: onroll.Report = onroll.checkCsvSync(Buffer.alloc(0));
const error: Error & { report: onroll.Report } = new onroll.RosterError("", "ERR_ROSTER_REJECTED", report);
void error;
