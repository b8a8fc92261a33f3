"""Tests that logs, reprs and errors contain no passwords, tokens, secrets or names."""

from __future__ import annotations

import io
import json
import logging
import pprint
import traceback
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

import onroll
import polars
import pytest
from conftest import MYLOGIN, SCHOOL, TOKEN, Fake, csv
from onroll import mylogin, wonde
from test_sign_in import REDIRECT, claims, client, code, pupil

CANARIES = ("Kestrelname", "kestrel.user", "KestrelYear", "KestrelClass", "KestrelGender", "KestrelFlag", "KestrelEth")
ROW = "Kestrelname {0},kestrel.user {0},KestrelYear,KestrelClass,Female,No,WBRI,No,No"
BAD = "Kestrelname  X,kestrel.user,KestrelYear,KestrelClass,KestrelGender,KestrelFlag,KestrelEth,KestrelFlag,KestrelFlag"


def shown(thing: Any) -> list[str]:
    """Returns all texts of an object that a log line can contain, unless values are asked for."""
    texts = [repr(thing), ascii(thing), repr([thing]), repr({"x": thing}), pprint.pformat(thing), pprint.pformat([thing])]
    # str() of a Password raises an error.
    texts += [] if isinstance(thing, onroll.Password) else [str(thing), f"{thing}"]
    if isinstance(thing, BaseException):
        texts += traceback.format_exception_only(thing) + [repr(thing.args), repr(vars(thing))]
        texts += [text for cause in (thing.__cause__, thing.__context__) if cause for text in shown(cause)]
    return texts


def failure(run: Callable[[], Any]) -> BaseException:
    with pytest.raises(Exception) as failed:
        run()
    return failed.value


def search(texts: list[str], *secrets: str) -> None:
    for secret in (*CANARIES, TOKEN, MYLOGIN[1], *secrets):
        assert [text for text in texts if secret in text] == [], secret


def test_rosters_accounts_and_plans_show_no_private_data_in_logs(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    caplog.set_level(logging.DEBUG)
    report = onroll.check_csv(csv(BAD, ROW.format(1), ROW.format(1)))
    assert all(canary in report.text() for canary in ("Kestrelname", "KestrelFlag")), "the text for people shows values"
    roster = onroll.read_csv(csv(*map(ROW.format, range(3))))
    accounts = onroll.create_accounts(roster)
    secrets = [account.password.expose() for account in accounts if account.password]
    later = onroll.plan(accounts, onroll.read_csv(csv(*map(ROW.format, range(1, 5)))))
    secrets += [joiner.account.password.expose() for joiner in later.joiners if joiner.account.password]
    assert len(secrets) == 5
    things = [report, *report.problems, roster, *roster, accounts, *accounts, later, *later, accounts[0].password]
    things += [iter(roster), iter(accounts), roster[:1], onroll.PasswordPolicy.words(2), *later.statements()]
    things += [
        failure(lambda: onroll.read_csv(csv(BAD))),
        failure(lambda: accounts["Kestrelname 9"]),
        failure(lambda: accounts.edit("kestrel.user 1", gender="KestrelGender")),
        failure(lambda: accounts.edit("kestrel.user 9", gender="Female")),
        failure(lambda: accounts.set_password("kestrel.user 1", "Kestrelname pass\x07")),
        failure(lambda: onroll.Accounts.from_json(accounts.to_json(passwords=True).replace("true", '"KestrelFlag"'))),
        failure(lambda: onroll.Plan.from_json(later.to_json(passwords=True)[:-9])),
        failure(lambda: onroll.Accounts.from_rows([{"full_name": "Kestrelname", "username": "KestrelYear", "gender": "KestrelGender"}])),
        failure(lambda: onroll.Accounts.from_rows([{"full_name": "Kestrelname"}])),
        failure(lambda: onroll.Plan.from_json(later.to_json()).apply(accounts)),
        failure(lambda: accounts.write_credentials(io.BytesIO(), usernames=["Kestrelname 9"])),
        failure(lambda: accounts.write_cards(io.BytesIO(), usernames=["Kestrelname 9"])),
        failure(lambda: str(accounts[0].password)),
        failure(lambda: onroll.Roster.from_rows([{"full_name": "Kestrelname", "username": ["KestrelYear"]}])),
        failure(lambda: onroll.Accounts.from_rows([onroll.Link("KestrelYear", "b", "c", "Kestrelname")])),
        failure(lambda: later.apply(onroll.create_accounts(onroll.read_csv(csv(ROW.format(9)))))),
    ]
    texts = [text for thing in things for text in shown(thing)]
    texts += [later.summary(), accounts.fingerprint(), report.to_json(), report.to_json(values=False)]
    frame = polars.DataFrame(report)
    texts += [report._repr_html_(), repr(report.counts), repr(report.to_dicts()), frame.write_json(), frame.write_csv()]
    texts += [record.getMessage() for record in caplog.records] + list(capfd.readouterr())
    search(texts, *secrets)
    assert not any(secret in accounts.to_json() + later.to_json() for secret in secrets), "passwords are shown only if asked for"


def test_wonde_and_mylogin_objects_show_no_private_data_in_logs(fake: Fake, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    caplog.set_level(logging.DEBUG)
    reading, login = fake.client(), client(fake)
    approved = fake.client().snapshot(SCHOOL)
    fake.control(user=7)
    state, verifier = mylogin.new_state(), mylogin.new_verifier()
    first = code(login)
    identity = login.identity(first)
    of_claims = onroll.Identity.from_claims(claims(email="kestrel.user@oak.example"), "ours", now=datetime(2026, 9, 7, 9, tzinfo=timezone.utc))
    attempts, accounts = onroll.Attempts(), onroll.create_accounts(approved.roster())
    password = accounts[0].password
    assert password
    things: list[Any] = [reading, login, approved, identity, of_claims, attempts, accounts]
    things += [onroll.match_identity(identity, accounts, school_id=SCHOOL)]
    things += [failure(lambda: attempts.sign_in(accounts, "Kestrelname", "KestrelYear")), attempts]
    things += [failure(lambda: login.identity(first)), failure(lambda: login.callback(f"{REDIRECT}?code=KestrelEth", state))]
    things += [failure(lambda: login.callback(f"{REDIRECT}?code=KestrelEth&state=KestrelYear", state))]
    declined = wonde.webhook(
        json.dumps({"payload_type": "accessDeclined", "school_id": SCHOOL, "school_name": "Kestrelname", "decline_reason": "KestrelYear"})
    )
    assert (declined.school_name, declined.reason) == ("Kestrelname", "KestrelYear")
    access = wonde.Access(SCHOOL)
    access.webhook(declined)
    assert access.reason == "KestrelYear"
    things += [declined, access, *reading.schools(), onroll.Link("mylogin", "KestrelYear", "A1", "Kestrelname")]
    for kind in ("401", "500", "not-json", "cut"):
        for where in ("students", "token", "user"):
            fake.fault(kind, at=where, page=1, times=100)
            run = (lambda: reading.snapshot(SCHOOL)) if where == "students" else (lambda: login.identity("KestrelEth"))
            try:
                run()
            except onroll.OnrollError as error:
                things += [error]
            fake.control(fault=None)
    assert sum(isinstance(thing, onroll.OnrollError) for thing in things) > 4

    def breaks(request: Any) -> Any:
        things.append(request)
        raise RuntimeError("the network of the host")

    things += [failure(lambda: wonde.Client(TOKEN, fake.domain, send=breaks, wait=lambda _: None).snapshot(SCHOOL))]
    things += [failure(lambda: client(fake, send=breaks).identity("KestrelEth"))]
    texts = [text for thing in things for text in shown(thing)]
    # The test's own browser logs the addresses that it visits, so its log is left out.
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("http")]
    texts += ours + list(capfd.readouterr()) + [attempts.to_json()]
    search(texts, first, state, verifier, password.expose(), "pupil7@oakfield.example", "Oakfield Primary School")


SECRET = "KestrelYear \ud800"
"""Text with half of a surrogate pair. JSON from a browser can contain it, and Python's own encoding error would contain
the whole text.
"""


@pytest.mark.parametrize(
    "run",
    [
        lambda accounts: accounts.set_password("kestrel.user 0", SECRET),
        lambda accounts: accounts.get(SECRET),
        lambda accounts: accounts[SECRET],
        lambda accounts: accounts.edit(SECRET, gender="Female"),
        lambda accounts: accounts.edit("kestrel.user 0", full_name=SECRET),
        lambda accounts: accounts.reset_passwords([SECRET]),
        lambda accounts: accounts.write_credentials("/nowhere/at all", usernames=[SECRET]),
        lambda accounts: accounts[0].password.matches(SECRET),
        lambda accounts: onroll.Attempts().sign_in(accounts, "kestrel.user 0", SECRET),
        lambda accounts: onroll.Attempts().sign_in(accounts, SECRET, "KestrelYear"),
        lambda accounts: onroll.Attempts().begin(SECRET),
        lambda accounts: onroll.same_username(SECRET, SECRET),
        lambda accounts: onroll.Accounts.from_rows([{"full_name": SECRET, "username": "a", "password": SECRET}]),
        lambda accounts: onroll.Accounts.from_json(SECRET),
        lambda accounts: onroll.Plan.from_json(SECRET),
        lambda accounts: onroll.Identity.from_claims(claims(email=SECRET), "ours"),
        lambda accounts: onroll.match_identity(pupil(), accounts, school_id=SECRET),
        lambda accounts: onroll.Link("a", "b", "c", SECRET),
        lambda accounts: wonde.Client(SECRET),
        lambda accounts: wonde.same_secret(SECRET, "KestrelYear"),
        lambda accounts: mylogin.Client("id", SECRET, REDIRECT),
        lambda accounts: mylogin.Client(*MYLOGIN, REDIRECT).callback(f"?code={SECRET}", "KestrelYear"),
        lambda accounts: mylogin.Client(*MYLOGIN, REDIRECT).identity(SECRET),
    ],
)
def test_an_error_for_text_with_a_lone_surrogate_does_not_show_the_text(run: Callable[[onroll.Accounts], object]) -> None:
    accounts = onroll.create_accounts(onroll.read_csv(csv(ROW.format(0))))
    error = failure(lambda: run(accounts))
    assert not isinstance(error, UnicodeError)
    search(shown(error))
