"""Signs students in with Flask: with MyLogin, in two routes, and with a password, in one route.

flask --app examples/sign_in run # needs accounts.json, and MYLOGIN_ID, MYLOGIN_SECRET and SECRET_KEY

This example reads the accounts from a file, and keeps links and attempts in memory. Keep all three in your database.
"""

from __future__ import annotations

import os
from pathlib import Path

import onroll
from flask import Flask, redirect, request, session
from flask.typing import ResponseReturnValue
from onroll import mylogin

app = Flask(__name__)
app.secret_key = os.environ.get("SECRET_KEY") or os.urandom(32)

SCHOOL_ID = os.environ.get("SCHOOL_ID", "A1329183376")
LINKS: list[onroll.Link] = []
ATTEMPTS = onroll.Attempts()


def accounts() -> onroll.Accounts:
    return onroll.Accounts.from_json(Path(os.environ.get("ACCOUNTS", "accounts.json")).read_text(encoding="utf-8"))


def client() -> mylogin.Client:
    return mylogin.Client(
        os.environ["MYLOGIN_ID"],
        os.environ["MYLOGIN_SECRET"],
        os.environ.get("REDIRECT_URI", "https://app.example/callback"),
        domain=os.environ.get("MYLOGIN_DOMAIN", "app.mylogin.com"),
    )


@app.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    session["state"] = mylogin.new_state()
    return redirect(client().authorize_url(session["state"]))


@app.get("/callback")
def callback() -> ResponseReturnValue:
    try:
        # Remove the state from the session, so that it is used only once.
        code = client().callback(request.query_string.decode(errors="replace"), session.pop("state", None))
        identity = client().identity(code)
        account = onroll.match_identity(identity, accounts(), school_id=SCHOOL_ID, links=LINKS)
    except onroll.MyLoginError as error:
        if error.reason == "unsolicited":
            # The sign-in began at MyLogin, so it has no state. Begin the sign-in again here: MyLogin sends the student
            # back at once.
            return redirect("/sign-in")
        return {"error": error.reason, "message": str(error)}, 502
    except onroll.SignInRefused as refused:
        return {"error": refused.reason, "message": str(refused)}, 403
    if account.link is not None:
        # Replaces the earlier link of this person.
        LINKS[:] = [kept for kept in LINKS if (kept.provider, kept.subject) != (identity.provider, identity.subject)]
        LINKS.append(account.link)
    return welcome(account)


@app.post("/password")
def password() -> ResponseReturnValue:
    form = request.form
    try:
        account = ATTEMPTS.sign_in(accounts(), form.get("username", ""), form.get("password", ""))
    except onroll.SignInRefused as refused:
        headers = {} if refused.retry_after is None else {"Retry-After": str(refused.retry_after)}
        return {"error": refused.reason, "message": str(refused)}, 403, headers
    return welcome(account)


def welcome(account: onroll.Account) -> ResponseReturnValue:
    # Begin a new session, so that an older session cannot continue.
    session.clear()
    session["username"] = account.username
    return {"welcome": account.full_name}
