// Checks the types with `tsc --strict`, from ESM.

import * as onroll from "onroll";
import type { Account, Change, Ethnicity, Gender, Join, Problem, ProblemJson, ReportJson, Student } from "onroll";

const roster: onroll.Roster = await onroll.readCsv("students.csv", { signIn: "sso", fix: true, signal: AbortSignal.timeout(9) });
const student: Student | undefined = roster.at(0);
const gender: Gender | null | undefined = student?.gender;
for (const { fullName, pupilPremium } of roster) {
  const shown: [string, boolean] = [fullName, pupilPremium];
  void shown;
}
const problems: readonly Problem[] = roster.report.problems;
const codes: ("blank" | "gender" | string)[] = problems.map((problem) => problem.code);
const accounts: onroll.Accounts = await onroll.createAccounts(roster, { passwords: onroll.PasswordPolicy.characters(4) });
const account: Account | undefined = accounts.get("Amelia Smith");
const password: string | undefined = account?.password?.expose();
const ethnicity: Ethnicity | undefined = onroll.ethnicity("WBRI");

function words(change: Change): string {
  switch (change.kind) {
    case "join":
      return change.password?.expose() ?? "";
    case "move":
      return change.fields.className?.[1] ?? "";
    case "leave":
    case "return":
    case "relink":
    case "rename":
    case "update":
      return change.username;
  }
}

const decisions: onroll.Decision[] = [
  onroll.Decision.same("Amelia Smith", { sourceId: "A1" }),
  onroll.Decision.different({ upn: "X801200000001" }, student ?? "Zoë Lee"),
  onroll.Decision.rename(account ?? { username: "Zoë Lee" }, "Zo Lee"),
  { same: { account: { username: "Amelia Smith" }, student: { upn: "L801200000002" } } },
];
const plan = await onroll.plan(accounts, roster, {
  maxLeavers: 0.2,
  overrideGuards: ["too-many-leavers", "names-changed"],
  decisions,
  schoolId: roster.schoolId,
});
for (const { reason, accounts, students } of plan.conflicts) {
  const why: onroll.ConflictReason = reason;
  const entries: readonly onroll.PlanEntry[] = [...accounts, ...students];
  const id: string | undefined = entries[0]?.sourceId ?? entries[0]?.upn;
  if (why === "person-differs" && entries[0]) decisions.push(onroll.Decision.different(entries[0], entries[0]));
  void id;
}
for (const { account, student } of plan.near) decisions.push(onroll.Decision.same(account, student));
for (const { decision, outcome } of plan.decisions) {
  const became: onroll.DecisionOutcome = outcome;
  const ref: onroll.PersonRef | undefined = "same" in decision ? decision.same.student : undefined;
  void [became, ref];
}
const erased: readonly onroll.PlanEntry[] = plan.erasedByUsername;
const schools: (string | null)[] = [plan.schoolId, accounts.schoolId, roster.withSchoolId("A1").schoolId];
const fromRows: onroll.Accounts = onroll.Accounts.fromRows([], { signIn: "sso", schoolId: plan.schoolId });
const returned: [boolean, onroll.Password | null] | undefined = plan.returners[0] && [plan.returners[0].newPassword, plan.returners[0].password];
const sharing: readonly Account[] = accounts.sharingAKey;
const keys: string[] = [onroll.usernameKey("Zoë"), onroll.usernameKey("Zoë", { loose: true }), onroll.canonicalPassword("cx57")];
const hashes: (string | undefined)[] = [account?.password?.canonical(), await account?.password?.toPhcString(), account?.password?.toPhcStringSync()];
const ids: [string | null, string | null] | undefined = student && [student.sourceId, student.upn];
void [erased, schools, fromRows, returned, sharing, keys, hashes, ids];
const joiners: readonly Join[] = plan.joiners;
const columns = roster.toColumns();
const offsets: Uint32Array = columns.fullName.offsets;

const shown: ReportJson = roster.report.toJSON({ values: true });
const told: readonly ProblemJson[] = problems.map((problem) => problem.toJSON());
await onroll.saveFile(new URL("file:///accounts.json"), JSON.stringify(accounts.toJSON({ passwords: true })));
onroll.saveFileSync("accounts.json", new Uint8Array());
void [shown, told];

// @ts-expect-error `values` must be a boolean
roster.report.toJSON({ values: "yes" });
// @ts-expect-error there is no such code
roster.report.countOf("gendr");
// @ts-expect-error there is no such guard
void onroll.plan(accounts, roster, { overrideGuards: ["all"] });
// @ts-expect-error students are read-only
if (student) student.username = "x";
// @ts-expect-error the constructor is private
new onroll.Accounts();
// @ts-expect-error an outcome is not a decision
void onroll.plan(accounts, roster, { decisions: ["applied"] });
// @ts-expect-error a full name alone does not name a person
onroll.Decision.same({ fullName: "Amelia Smith" }, "Amelia Smith");
// @ts-expect-error a leaver has no password
void plan.leavers[0]?.password;

void [gender, codes, password, ethnicity, words, joiners, offsets];

const client: onroll.wonde.Client = new onroll.wonde.Client({
  token: "token",
  send: ({ url, method, headers, body }) => fetch(url, { method, headers, body, redirect: "manual" }),
});
const snapshot: onroll.wonde.Snapshot = await client.snapshot("A1", { since: new Date(), onProgress: ({ page }) => void page });
const nightly: onroll.Roster = snapshot.roster({ signIn: "sso", classFrom: "main" });
const next: Date = onroll.wonde.Schedule.daily("02:30").nextAfter(new Date());
void [nightly, next];

const login: onroll.mylogin.Client = new onroll.mylogin.Client({ clientId: "i", clientSecret: "s", redirectUri: "https://a.example/cb" });
const identity: onroll.Identity = await login.identity("code", { verifier: onroll.mylogin.newVerifier(), now: new Date() });
const claimed: onroll.Identity = onroll.Identity.fromClaims({}, "i", { now: new Date(), trustedIssuers: ["https://idp.example"] });
void claimed;
const matched: onroll.MatchedAccount = onroll.matchIdentity(identity, accounts, { schoolId: "A1", links: [] });
const kept: onroll.Link | null = matched.link;
const own: onroll.Account = new onroll.Attempts({ lockAfter: 5 }).signIn(accounts, "a", "b");
// @ts-expect-error `schoolId` is required
onroll.matchIdentity(identity, accounts, {});
void [kept, own];
