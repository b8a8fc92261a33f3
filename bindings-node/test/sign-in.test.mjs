// Tests signing in: the four set-ups, the refusals, and the limits for wrong passwords.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { inspect } from "node:util";
import * as onroll from "onroll";
import { Attempts, Password, mylogin } from "onroll";
import { MYLOGIN, SCHOOL, rejected, start, thrown } from "./fake.mjs";
import { csv, folder, school } from "./school.mjs";

const redirectUri = "http://127.0.0.1:5000/callback";
const NOW = new Date("2026-09-07T09:00:00Z");
const GOOGLE = "https://accounts.google.com";

let fake;
before(async () => {
  fake = await start();
});
after(() => fake.end());
beforeEach(() => fake.control({ reset: 450 }));

function client(options = {}) {
  return new mylogin.Client({ ...MYLOGIN, redirectUri, domain: fake.domain, wait: async () => {}, timeout: 500, ...options });
}

/** Returns the address to which MyLogin sends the browser. */
async function sentBack(address) {
  return (await fetch(address, { redirect: "manual" })).headers.get("location");
}

async function code(login) {
  const state = mylogin.newState();
  return login.callback(await sentBack(login.authorizeUrl(state)), state);
}

function claims(more = {}) {
  const at = NOW.getTime() / 1000;
  const own = { iss: GOOGLE, sub: "1101", aud: "ours", iat: at, exp: at + 3600, hd: "oak.example", email: "zoe@oak.example" };
  return { ...own, email_verified: true, ...more };
}

function pupil(more) {
  return onroll.Identity.fromClaims(claims(more), "ours", { now: NOW }).ofSchool(SCHOOL).asStudent();
}

const ofCsv = async () =>
  onroll.createAccounts(
    await onroll.readCsv(
      csv("Zoë Okafor,zoe@oak.example,Year 5,5A,Female,No,BAFR,No,No", "Noah Khan,noah@oak.example,Year 5,5A,Male,No,APKN,No,No"),
      { signIn: "sso" },
    ),
  );

for (const how of ["fetch", "an async function"]) {
  test(`signs students in with each roster source and sign-in method, by ${how}`, async () => {
    const send = ({ url, timeout, maxBytes, ...request }) =>
      fetch(url, { ...request, redirect: "manual", signal: AbortSignal.timeout(timeout) });
    const own = how === "fetch" ? {} : { send };
    const snapshot = await fake.client(own).snapshot(SCHOOL);
    // 1. A roster from Wonde, and SSO with MyLogin.
    let accounts = await onroll.createAccounts(snapshot.roster({ signIn: "sso" }));
    assert.equal(accounts.at(0).password, null);
    await fake.control({ user: 7 });
    const login = client(own);
    let account = onroll.matchIdentity(await login.identity(await code(login)), accounts, { schoolId: SCHOOL });
    assert.deepEqual([account.sourceId, account.matchedBy], ["A1000000007", "source-id"]);
    assert.deepEqual({ ...account.link }, {
      provider: "mylogin",
      subject: "M5000000007",
      schoolId: SCHOOL,
      username: "pupil7@oakfield.example",
    });
    // 2. A roster from Wonde, and passwords.
    accounts = await onroll.createAccounts(snapshot.roster());
    const typed = accounts.get("Amelia Smith").password.expose().toLowerCase();
    assert.equal(new onroll.Attempts().signIn(accounts, "amelia  smith", typed).sourceId, "A1000000000");
    // 3. A roster from a CSV, and SSO with the school's own provider.
    accounts = await ofCsv();
    account = onroll.matchIdentity(pupil({ email: "ZOE@Oak.example" }), accounts, { schoolId: SCHOOL });
    assert.deepEqual([account.fullName, account.matchedBy], ["Zoë Okafor", "email"]);
    const again = onroll.matchIdentity(pupil({ email: "new@oak.example" }), accounts, { schoolId: SCHOOL, links: [account.link] });
    assert.deepEqual([again.matchedBy, again.link], ["link", null]);
    // 4. A roster from a CSV, and passwords.
    accounts = await onroll.createAccounts(await onroll.readCsv(school(30)));
    const { username, password } = accounts.at(12);
    assert.equal(new onroll.Attempts().signIn(accounts, username, password.expose()).username, username);
  });
}

test("matchIdentity refuses a wrong identity and gives the reason", async () => {
  const accounts = await ofCsv();
  const link = (subject, username) => ({ provider: GOOGLE, subject, schoolId: SCHOOL, username });
  for (const [identity, links, reason] of [
    [onroll.Identity.fromClaims(claims(), "ours", { now: NOW }).ofSchool("A999").asStudent(), [], "wrong-school"],
    [onroll.Identity.fromClaims(claims(), "ours", { now: NOW }).ofSchool(SCHOOL), [], "not-a-student"],
    [pupil({ email: "nobody@oak.example" }), [], "no-account"],
    [pupil({ email: "zoe@oa\u212a.example" }), [], "no-account"],
    [pupil({ email_verified: false }), [], "email-not-verified"],
    [pupil({ hd: null }), [], "email-not-verified"],
    [pupil({ sub: "2" }), [link("1", "zoe@oak.example")], "email-shared"],
    [pupil({ iss: "https://idp.example", email: null }), [link("1101", "zoe@oak.example")], "no-account"],
    [pupil(), [link("1101", "zoe@oak.example"), link("1101", "noah@oak.example")], "ambiguous"],
  ]) {
    const error = thrown(() => onroll.matchIdentity(identity, accounts, { schoolId: SCHOOL, links }));
    assert.ok(error instanceof onroll.SignInRefused && error instanceof onroll.OnrollError, inspect(error));
    assert.deepEqual([error.code, error.reason, error.retryAfter], ["ERR_SIGN_IN_REFUSED", reason, undefined]);
    assert.ok(!inspect(error).includes("oak.example") && !inspect(identity).includes("zoe"));
  }
});

test("trusts an email address only if a trusted issuer verified the address", async () => {
  const accounts = await ofCsv();
  const iss = "https://idp.example";
  const made = (options, more) => onroll.Identity.fromClaims(claims({ iss, ...more }), "ours", { now: NOW, ...options });
  assert.equal(made({}).emailVouched, false);
  assert.equal(made({ trustedIssuers: ["https://other.example", `${iss}/`] }).emailVouched, false);
  assert.equal(made({ trustedIssuers: [iss] }, { email_verified: false }).emailVouched, false);
  const identity = made({ trustedIssuers: new Set([iss]) });
  assert.ok(identity.emailVouched);
  const found = onroll.matchIdentity(identity.ofSchool(SCHOOL).asStudent(), accounts, { schoolId: SCHOOL });
  assert.deepEqual([found.username, found.link.provider], ["zoe@oak.example", iss]);
  assert.throws(() => made({ trustedIssuers: iss }), { name: "TypeError", message: "trustedIssuers must be an iterable of strings, not string" });
});

test("inspect of an identity shows no text from its claims", async () => {
  const more = { iss: "https://idp.example/Kestrel", sub: "Kestrel", hd: "Kestrel", tid: "Kestrel", email: "kestrel@oak.example" };
  const identity = onroll.Identity.fromClaims(claims(more), "ours", { now: NOW }).ofSchool("Kestrel").asStudent();
  const own = onroll.Accounts.fromRows([
    { fullName: "Zoë Lee", username: "zoe@oak.example", yearGroup: "5", className: "5A", gender: "Female" },
  ]);
  const links = [{ provider: more.iss, subject: "Kestrel", schoolId: "Kestrel", username: "zoe@oak.example" }];
  assert.equal(onroll.matchIdentity(identity, own, { schoolId: "Kestrel", links }).matchedBy, "link");
  const { link } = onroll.matchIdentity(pupil(), await ofCsv(), { schoolId: SCHOOL });
  assert.equal(inspect(identity, { showHidden: true, getters: true }), "Identity <student>");
  assert.equal(inspect(link), "Link <hidden>");
});

test("refuses a leaver, and an email address whose account has another id", async () => {
  const accounts = await onroll.createAccounts((await fake.client().snapshot(SCHOOL)).roster({ signIn: "sso" }));
  const user = (id) => ({
    data: {
      id: "M1",
      type: "student",
      email: "pupil3@oakfield.example",
      organisation: { wonde_id: SCHOOL },
      service_providers: { wonde: { service_provider_id: id } },
    },
  });
  const match = (id) => {
    const identity = mylogin.Identity.fromJSON(JSON.stringify(user(id)), { vouchForEmail: true });
    return onroll.matchIdentity(identity, accounts, { schoolId: SCHOOL });
  };
  assert.equal(match("A1000000004").username, "pupil4@oakfield.example");
  accounts.edit("pupil4@oakfield.example", { active: false });
  assert.equal(thrown(() => match("A1000000004")).reason, "inactive");
  assert.equal(thrown(() => match("A9")).reason, "id-disagrees");
});

test("refuses invalid identities", () => {
  for (const [json, code] of [
    ["", "ERR_IDENTITY_NOT_JSON"],
    ["[]", "ERR_IDENTITY_WRONG_SHAPE"],
    [Buffer.from("{}"), "ERR_IDENTITY_MISSING"],
    ['{"data": {"id": "M1", "type": "student"}}', "ERR_IDENTITY_MISSING"],
    ['{"data": {"id": [], "type": "student"}}', "ERR_IDENTITY_UNREADABLE"],
    ['{"data": {"id": "M1", "type": "student", "last_online": "2126-01-01T00:00:00Z"}}', "ERR_IDENTITY_IN_FUTURE"],
  ]) {
    const error = thrown(() => mylogin.Identity.fromJSON(json));
    assert.ok(error instanceof onroll.IdentityError, inspect(error));
    assert.equal(error.code, code);
  }
  const at = (more, hours = 0) =>
    thrown(() => onroll.Identity.fromClaims(claims(more), "ours", { now: new Date(NOW.getTime() + hours * 3_600_000) })).code;
  assert.equal(at({ aud: "theirs" }), "ERR_IDENTITY_AUDIENCE");
  assert.equal(at({}, 2), "ERR_IDENTITY_EXPIRED");
  assert.equal(at({}, -2), "ERR_IDENTITY_IN_FUTURE");
  assert.equal(at({ sub: null }), "ERR_IDENTITY_MISSING");
  assert.throws(() => onroll.Identity.fromClaims(7, "ours"), /claims must be an object or JSON, not number/);
  assert.throws(() => onroll.matchIdentity({}, {}, { schoolId: SCHOOL }), /identity must be an Identity, not Object/);
});

for (const [at, kind, reason, passes] of [
  ["token", "drop", "unreachable", false],
  ["token", "429", "rate-limited", true],
  ["token", "302", "redirected", false],
  ["token", "401", "client-refused", false],
  ["token", "shape", "wrong-shape", false],
  ["user", "drop", "unreachable", true],
  ["user", "500", "server-error", true],
  ["user", "403", "forbidden", false],
]) {
  test(`a persistent MyLogin fault is an error with its reason: ${kind} at ${at}`, async () => {
    const login = client();
    if (passes) {
      await fake.fault(kind, { list: at, page: 1 });
      assert.equal((await login.identity(await code(login))).kind, "student");
    }
    await fake.fault(kind, { list: at, page: 1, times: 1000 });
    const error = await rejected(login.identity(await code(login)));
    assert.ok(error instanceof onroll.MyLoginError, inspect(error));
    assert.deepEqual([error.code, error.reason], ["ERR_MYLOGIN", reason]);
    assert.ok(!inspect([error, login], { showHidden: true, depth: 9 }).includes(MYLOGIN.clientSecret));
  });
}

test("inspect of a request shows neither the client secret nor the code", async () => {
  const shown = [];
  const send = ({ url, timeout, maxBytes, ...request }) => fetch(url, { ...request, redirect: "manual" });
  const login = client({ send: (request) => (shown.push(inspect(request, { depth: 9 })), send(request)) });
  const brought = await code(login);
  await login.identity(brought);
  assert.ok(shown.length === 2 && !/Basic|Bearer|code-/.test(shown.join()), shown.join());
});

test("a sign-in code works once, and only in the same browser", async () => {
  const login = client();
  assert.equal(await login.allowsPkce(), true);
  const [state, verifier] = [mylogin.newState(), mylogin.newVerifier()];
  const address = new URL(login.authorizeUrl(state, { organisation: "oakfield", verifier }));
  assert.equal(address.searchParams.get("redirect_uri"), redirectUri);
  assert.equal(address.searchParams.get("organisation"), "oakfield");
  assert.ok(address.searchParams.has("code_challenge"));
  const back = await sentBack(address);
  assert.equal(thrown(() => login.callback(back, undefined)).reason, "state-unknown");
  assert.equal(thrown(() => login.callback(back, mylogin.newState())).reason, "state-mismatch");
  assert.equal(thrown(() => login.callback("code=c0de", state)).reason, "unsolicited");
  assert.equal(client({ allowUnsolicited: true }).callback("code=c0de", null), "c0de");
  const brought = login.callback(back, state);
  assert.equal((await login.identity(brought, { verifier })).provider, "mylogin");
  assert.equal((await rejected(login.identity(brought, { verifier }))).reason, "code-refused");
  assert.equal(login.logoutUrl(), `http://${fake.domain}/oauth/logout?client_id=fake-client`);
});

test("refuses invalid MyLogin input before any request is sent", () => {
  const made = (options) => thrown(() => client({ send: () => assert.fail(), ...options })).reason;
  assert.equal(made({ clientId: "" }), "invalid-client");
  assert.equal(made({ redirectUri: "https://app.example@evil.example/" }), "invalid-redirect-uri");
  assert.equal(made({ redirectUri: "http://app.example/" }), "invalid-redirect-uri");
  assert.equal(made({ domain: "evil.example" }), "invalid-domain");
  assert.equal(thrown(() => client().authorizeUrl("short")).reason, "invalid-state");
  assert.throws(() => client({ secret: "x" }), /mylogin.Client has no option 'secret'/);
  assert.throws(() => client().callback(7, "x"), /callback must be a string, not number/);
});

test("wrong passwords cause waiting times and then lock the account", async () => {
  const accounts = await onroll.createAccounts(await onroll.readCsv(school(30)));
  let attempts = new onroll.Attempts();
  let at = NOW.getTime();
  const told = [];
  for (let n = 0; n < 30; n++) {
    const error = thrown(() => attempts.signIn(accounts, "Pupil Number3", "????", { now: new Date(at) }));
    told.push(error.reason);
    at += (error.retryAfter ?? 0) * 1000;
  }
  assert.equal(told.filter((reason) => reason === "not-recognised").length, 10);
  assert.ok(told.includes("too-soon") && told.at(-1) === "locked");
  const kept = JSON.stringify(attempts);
  attempts = onroll.Attempts.fromJSON(kept);
  assert.ok(attempts.isLocked("pupil number3") && !attempts.isLocked("Pupil Number4"));
  assert.ok(!(kept + inspect(attempts, { showHidden: true })).includes("Pupil"));
  attempts.unlock("Pupil Number3");
  const { password } = accounts.resetPassword("Pupil Number3");
  const now = new Date(at);
  assert.equal(attempts.signIn(accounts, "Pupil Number3", password.expose(), { now }).className, "3B");
  // A host that stores hashes counts a try before it compares the password.
  attempts = new onroll.Attempts({ schoolADay: 20 });
  for (let n = 0; n < 19; n++) attempts.begin(String(n), { now });
  attempts.begin("19", { now });
  attempts.succeeded("19");
  attempts.begin("20", { now });
  const error = thrown(() => attempts.begin("21", { now }));
  assert.deepEqual([error.reason, error.retryAfter <= 72 * 60 + 1], ["school-paused", true]);
  assert.throws(() => onroll.Attempts.fromJSON("{}"), onroll.OnrollError);
  // A missing state is an error.
  assert.throws(() => onroll.Attempts.fromJSON(undefined), /json must be a string or an object, not undefined/);
});

test("the sign-in example accepts students and refuses invalid sign-ins", async () => {
  const accounts = await onroll.createAccounts((await fake.client().snapshot(SCHOOL)).roster({ signIn: "sso" }));
  const kept = join(folder(), "accounts.json");
  const keep = (made) => writeFileSync(kept, JSON.stringify(made.toJSON({ passwords: true })));
  keep(accounts);
  const { clientId, clientSecret } = MYLOGIN;
  const given = { MYLOGIN_ID: clientId, MYLOGIN_SECRET: clientSecret, MYLOGIN_DOMAIN: fake.domain, REDIRECT_URI: redirectUri };
  Object.assign(process.env, { ...given, ACCOUNTS: kept });
  const { app, links } = await import("../examples/sign-in.mjs");
  const server = app.listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const root = `http://127.0.0.1:${server.address().port}`;
  const browser = () => {
    let cookie = "";
    return async (path, options = {}) => {
      const response = await fetch(root + path, { redirect: "manual", ...options, headers: { cookie } });
      cookie = response.headers.get("set-cookie")?.split(";")[0] ?? cookie;
      return response;
    };
  };
  const signIn = async (get) => new URL(await sentBack((await get("/sign-in")).headers.get("location"))).search;
  try {
    await fake.control({ user: 5 });
    const get = browser();
    const back = await signIn(get);
    const welcome = await get(`/callback${back}`);
    assert.deepEqual(await welcome.json(), { welcome: accounts.get("pupil5@oakfield.example").fullName });
    assert.deepEqual(links.map((link) => link.username), ["pupil5@oakfield.example"]);
    // Refuses a repeated callback, another browser, a sign-in that began at MyLogin, and a member of staff.
    const replayed = await get(`/callback${back}`);
    assert.deepEqual([replayed.status, (await replayed.json()).error], [502, "state-unknown"]);
    assert.equal((await (await browser()(`/callback${back}`)).json()).error, "state-unknown");
    assert.equal((await get("/callback?code=c0de")).headers.get("location"), "/sign-in");
    await fake.control({ user: { data: { id: "M1", type: "employee", organisation: { wonde_id: SCHOOL } } } });
    const staff = await get(`/callback${await signIn(get)}`);
    assert.deepEqual([staff.status, (await staff.json()).error], [403, "not-a-student"]);
    const byPassword = await onroll.createAccounts(await onroll.readCsv(school(30)));
    keep(byPassword);
    const { username, password } = byPassword.at(0);
    const post = (typed) => get("/password", { method: "POST", body: new URLSearchParams({ username, password: typed }) });
    assert.deepEqual(await (await post(password.expose())).json(), { welcome: "Pupil Number0" });
    assert.equal((await post("????")).status, 403);
  } finally {
    server.close();
  }
});

test("students can sign in when only password hashes are stored", async () => {
  const made = onroll.createAccountsSync(onroll.readCsvSync(school(5)));
  const username = made.at(0).username;
  const [password, other] = [made.at(0).password, made.at(1).password];
  const [hash, nobodys] = await Password.hashAll([password, other], { pepper: "of the host" });
  assert.match(hash, /^\$argon2id\$/);
  assert.equal(await Password.verify(hash, ` ${password.expose().toLowerCase()}`, { pepper: "of the host" }), true);
  assert.equal(await Password.verify(hash, password.expose()), false);
  await assert.rejects(Password.verify("frog7", "frog7"), { code: "ERR_NOT_A_PASSWORD_HASH" });
  await assert.rejects(Password.hashAll(["frog7"]), TypeError);
  const attempts = new Attempts();
  const verify = (account, typed) =>
    Password.verify(account === undefined ? nobodys : hash, typed, { pepper: "of the host" });
  const found = await attempts.signInBy(made, username, password.expose(), verify);
  assert.equal(found.username, username);
  for (const [name, typed] of [[username, "????"], [username, ""], ["nobody", other.expose()]]) {
    await assert.rejects(attempts.signInBy(made, name, typed, verify), { reason: "not-recognised" });
  }
  await assert.rejects(attempts.signInBy(made, username, "x", () => 1), TypeError);
  await assert.rejects(attempts.signInBy(made, username, "x", "no"), TypeError);
});
