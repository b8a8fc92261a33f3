// Signs students in to a school's accounts, in Express: with MyLogin, or with a password.
//
//   MYLOGIN_ID=… MYLOGIN_SECRET=… ACCOUNTS=accounts.json node examples/sign-in.mjs
//
// Here, sessions, links and attempts are in memory. Keep them in your database instead.

import { readFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import express from "express";
import { Accounts, Attempts, MyLoginError, SignInRefused, matchIdentity, mylogin } from "onroll";

const {
  MYLOGIN_ID = "",
  MYLOGIN_SECRET = "",
  MYLOGIN_DOMAIN: domain = "app.mylogin.com",
  REDIRECT_URI: redirectUri = "https://app.example/callback",
  SCHOOL_ID: schoolId = "A1329183376",
  ACCOUNTS = "accounts.json",
} = process.env;

const login = new mylogin.Client({ clientId: MYLOGIN_ID, clientSecret: MYLOGIN_SECRET, redirectUri, domain });
const accounts = () => Accounts.fromJSON(readFileSync(ACCOUNTS, "utf8"));
const attempts = new Attempts();
const sessions = new Map();
export const links = [];

/** Returns the session of a browser. With `isNew`, a new session replaces the old session, as after a sign-in. */
function session(request, response, isNew = false) {
  const own = /(?:^|; )session=([\w-]+)/.exec(request.get("cookie") ?? "")?.[1];
  if (!isNew && sessions.has(own)) return sessions.get(own);
  sessions.delete(own);
  const [key, made] = [randomBytes(32).toString("base64url"), {}];
  sessions.set(key, made);
  response.cookie("session", key, { httpOnly: true, sameSite: "lax", secure: redirectUri.startsWith("https:") });
  return made;
}

function welcome(account, request, response) {
  session(request, response, true).username = account.username;
  response.json({ welcome: account.fullName });
}

export const app = express();
app.disable("x-powered-by");

app.get("/sign-in", (request, response) => {
  const own = session(request, response);
  own.state = mylogin.newState();
  response.redirect(login.authorizeUrl(own.state));
});

app.get("/callback", async (request, response) => {
  const own = session(request, response);
  // The state is removed from the session, so that it can be used only once.
  const { state } = own;
  delete own.state;
  try {
    const code = login.callback(request.originalUrl, state);
    const identity = await login.identity(code);
    const account = matchIdentity(identity, accounts(), { schoolId, links });
    if (account.link) {
      // The new link replaces the person's earlier link.
      const own = links.findIndex(({ provider, subject }) => provider === identity.provider && subject === identity.subject);
      links.splice(own < 0 ? links.length : own, 1, account.link);
    }
    welcome(account, request, response);
  } catch (error) {
    // The sign-in began at MyLogin. It begins again here, and MyLogin sends the student back at once.
    if (error instanceof MyLoginError && error.reason === "unsolicited") response.redirect("/sign-in");
    else if (error instanceof MyLoginError) response.status(502).json({ error: error.reason, message: error.message });
    else if (error instanceof SignInRefused) response.status(403).json({ error: error.reason, message: error.message });
    else throw error;
  }
});

app.post("/password", express.urlencoded({ limit: "4kb" }), (request, response) => {
  const { username = "", password = "" } = request.body ?? {};
  try {
    welcome(attempts.signIn(accounts(), String(username), String(password)), request, response);
  } catch (error) {
    if (!(error instanceof SignInRefused)) throw error;
    if (error.retryAfter !== undefined) response.set("Retry-After", String(error.retryAfter));
    response.status(403).json({ error: error.reason, message: error.message });
  }
});

if (import.meta.filename === process.argv[1]) {
  const server = app.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
    console.log(`listening on http://127.0.0.1:${server.address().port}`);
  });
}
