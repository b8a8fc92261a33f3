"""Signing in to a school's accounts: by MyLogin, and with a password. Two routes each, in Flask.

flask --app examples/sign_in run        # MYLOGIN_ID and MYLOGIN_SECRET, SECRET_KEY, and accounts.json

What a host keeps is here in memory, and belongs in its database: accounts, links, attempts.
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
        # Taken out of the session, so that it is good once.
        code = client().callback(request.query_string.decode(errors="replace"), session.pop("state", None))
        identity = client().identity(code)
        account = onroll.match_identity(identity, accounts(), school_id=SCHOOL_ID, links=LINKS)
    except onroll.MyLoginError as error:
        if error.reason == "unsolicited":
            # Begun at MyLogin: begun anew here, the student is back at once.
            return redirect("/sign-in")
        return {"error": error.reason, "message": str(error)}, 502
    except onroll.SignInRefused as refused:
        return {"error": refused.reason, "message": str(refused)}, 403
    if account.link is not None:
        # In the place of what this person had.
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
    # A session of its own, so that nobody goes on with one from before the sign-in.
    session.clear()
    session["username"] = account.username
    return {"welcome": account.full_name}
