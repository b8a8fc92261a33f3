// Checks the types with `tsc --strict`, from CommonJS.

import onroll = require("onroll");

const report: onroll.Report = onroll.checkCsvSync(Buffer.alloc(0));
const error: Error & { report: onroll.Report } = new onroll.RosterError("", "ERR_ROSTER_REJECTED", report);
void error;

// Codes, reasons and guards are unions of literals, so the compiler checks comparisons with them.
function told(error: unknown): string {
  if (error instanceof onroll.RosterError) return error.code satisfies "ERR_ROSTER_REJECTED";
  if (error instanceof onroll.PlanRefused) {
    const guards: onroll.Guard[] = [error.guard];
    return `${guards} ${error.code satisfies "ERR_PLAN_REFUSED"}`;
  }
  if (error instanceof onroll.SignInRefused) return error.reason === "locked" ? "locked" : error.reason;
  if (error instanceof onroll.WondeError) {
    const { reason, cause }: { reason: onroll.WondeReason; cause?: unknown } = error;
    // @ts-expect-error there is no such reason
    if (reason === "unauthorized") return "";
    return reason === "unauthorised" ? "" : String(cause);
  }
  if (error instanceof onroll.MyLoginError && error.reason === "state-mismatch") return "";
  if (error instanceof onroll.PlanError && error.code === "ERR_PLAN_WITHOUT_PASSWORDS") return "";
  // @ts-expect-error there is no such code
  if (error instanceof onroll.OnrollError && error.code === "ERR_ROSTER_REFUSED") return "";
  return error instanceof onroll.OnrollError ? error.code : "";
}
void told;

class Pupil {
  readonly id = 1;
  readonly born = new Date();
  constructor(
    readonly fullName: string,
    readonly username: string | null,
  ) {}
  get className(): number {
    return 5;
  }
}
interface Row {
  id: number;
  fullName: string;
  username: string;
  yearGroup: number;
  className: string;
  gender: string;
  active: number;
  send: boolean | null;
  notes: string[];
}
declare const stored: Row[];
declare const cells: Record<string, string>[];
const given: onroll.Roster[] = [
  onroll.Roster.fromRows([new Pupil("Zoë Lee", null)]),
  onroll.Roster.fromRows(stored),
  onroll.Roster.fromRows(cells),
  onroll.Roster.fromRows(onroll.readCsvSync("students.csv")),
  onroll.Roster.fromRows([{ "Student Full Name": "Zoë Lee", Username: "zl" }]),
];
const accounts: onroll.Accounts = onroll.Accounts.fromRows(stored);
onroll.Accounts.fromRows(accounts);
// @ts-expect-error a date is not a text
onroll.Roster.fromRows([{ fullName: new Date() }]);

const planned: onroll.Plan = onroll.planSync(accounts, given[0]!, { overrideGuards: ["names-changed"] });
for (const { fields } of planned) {
  const { pupilPremium, active, ethnicity, sourceId } = fields;
  const typed: [boolean | undefined, boolean | undefined, string | undefined, string | null | undefined] = [
    pupilPremium?.[0],
    active?.[1],
    ethnicity?.[1],
    sourceId?.[0],
  ];
  void typed;
}
const applied: onroll.Accounts = planned.applySync(accounts, { passwords: null });
const bytes: Buffer[] = [applied.credentialsSync({ usernames: ["zl"] }), applied.cardsSync()];
const fixed: { report: onroll.Report; bytes: Buffer | null } = onroll.fixCsvSync("students.csv");
const report2: onroll.Report = onroll.fixCsvSync("students.csv", "fixed.csv");
void [bytes, fixed, report2];
