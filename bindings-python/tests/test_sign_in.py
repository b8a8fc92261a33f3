"""Tests of signing in: the four set-ups, refusals, and limits on wrong passwords."""

from __future__ import annotations

import json
import pickle
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import onroll
import pytest
import sign_in
from conftest import MYLOGIN, SCHOOL, Fake, csv, school
from onroll import mylogin

REDIRECT = "http://127.0.0.1:5000/callback"
NOW = datetime(2026, 9, 7, 9, tzinfo=timezone.utc)


def by_httpx(request: mylogin.Request) -> httpx.Response:
    return httpx.request(
        request.method, request.url, headers=request.headers, content=request.body, timeout=request.timeout
    )


def client(fake: Fake, **options: Any) -> mylogin.Client:
    return mylogin.Client(*MYLOGIN, REDIRECT, domain=fake.domain, wait=lambda seconds: None, timeout=0.5, **options)


def sent_back(address: str) -> str:
    """Returns the address to which MyLogin sends the browser back."""
    return httpx.get(address, follow_redirects=False).headers["location"]


def code(login: mylogin.Client) -> str:
    state = mylogin.new_state()
    return login.callback(sent_back(login.authorize_url(state)), state)


def claims(email: str = "zoe@oak.example", subject: str = "1101", **more: Any) -> dict[str, Any]:
    at = int(NOW.timestamp())
    google = {"iss": "https://accounts.google.com", "aud": "ours", "iat": at, "exp": at + 3600, "hd": "oak.example"}
    return {**google, "sub": subject, "email": email, "email_verified": True, **more}


def pupil(**more: Any) -> onroll.Identity:
    return onroll.Identity.from_claims(claims(**more), "ours", now=NOW).of_school(SCHOOL).as_student()


@pytest.fixture
def of_csv() -> onroll.Accounts:
    row = "{},{}@oak.example,Year 5,5A,Female,No,BAFR,No,No"
    rows = [row.format(*names) for names in (("Zoë Okafor", "zoe"), ("Noah Khan", "noah"))]
    return onroll.create_accounts(onroll.read_csv(csv(*rows), sign_in="sso"))


@pytest.mark.parametrize("send", [None, by_httpx])
def test_signs_students_in_with_each_roster_source_and_sign_in_method(fake: Fake, of_csv: onroll.Accounts, send: Any) -> None:
    snapshot = fake.client().snapshot(SCHOOL)
    # 1. Wonde, and SSO with MyLogin.
    accounts = onroll.create_accounts(snapshot.roster(sign_in="sso"))
    assert accounts[0].password is None
    fake.control(user=7)
    login = client(fake, send=send)
    account = onroll.match_identity(login.identity(code(login)), accounts, school_id=SCHOOL)
    assert (account.source_id, account.matched_by) == ("A1000000007", "source-id")
    assert account == accounts["pupil7@oakfield.example"]
    # 2. Wonde, and a password.
    accounts = onroll.create_accounts(snapshot.roster())
    password = accounts["Amelia Smith"].password
    assert password
    account = onroll.Attempts().sign_in(accounts, "amelia  smith", password.expose().lower())
    assert account.source_id == "A1000000000"
    # 3. A CSV, and SSO with the school's own provider.
    account = onroll.match_identity(pupil(email="ZOE@Oak.example"), of_csv, school_id=SCHOOL)
    assert (account.full_name, account.matched_by) == ("Zoë Okafor", "email")
    assert account.link == onroll.Link("https://accounts.google.com", "1101", SCHOOL, "zoe@oak.example")
    assert account.link is not None
    again = onroll.match_identity(pupil(email="new@oak.example"), of_csv, school_id=SCHOOL, links=[account.link])
    assert (again.matched_by, again.link) == ("link", None)
    # 4. A CSV, and a password.
    accounts = onroll.create_accounts(onroll.read_csv(school(30)))
    password = accounts[12].password
    assert password and onroll.Attempts().sign_in(accounts, accounts[12].username, password.expose()) == accounts[12]


@pytest.mark.parametrize(
    ("identity", "links", "reason"),
    [
        (lambda: onroll.Identity.from_claims(claims(), "ours", now=NOW).of_school("A999").as_student(), [], "wrong-school"),
        (lambda: onroll.Identity.from_claims(claims(), "ours", now=NOW).of_school(SCHOOL), [], "not-a-student"),
        (lambda: pupil(email="nobody@oak.example"), [], "no-account"),
        (lambda: pupil(email="zoe@oa\u212a.example"), [], "no-account"),
        (lambda: pupil(email_verified=False), [], "email-not-verified"),
        (lambda: pupil(hd=None), [], "email-not-verified"),
        (
            lambda: pupil(subject="2"),
            [{"provider": "https://accounts.google.com", "subject": "1", "school_id": SCHOOL, "username": "zoe@oak.example"}],
            "email-shared",
        ),
        (lambda: pupil(iss="https://idp.example", email=None), [("https://accounts.google.com", "1101", SCHOOL, "zoe@oak.example")], "no-account"),
        (lambda: pupil(), [("https://accounts.google.com", "1101", SCHOOL, f"{name}@oak.example") for name in ("zoe", "noah")], "ambiguous"),
    ],
)
def test_matching_refuses_a_wrong_identity_and_gives_the_reason(of_csv: onroll.Accounts, identity: Any, links: Any, reason: str) -> None:
    with pytest.raises(onroll.SignInRefused) as refused:
        onroll.match_identity(identity(), of_csv, school_id=SCHOOL, links=links)
    assert (refused.value.code, refused.value.reason, refused.value.retry_after) == ("sign-in-refused", reason, None)
    assert "oak.example" not in f"{refused.value} {refused.value!r}"
    assert pickle.loads(pickle.dumps(refused.value)).reason == reason


def test_refuses_a_leaver_and_an_email_address_whose_account_has_a_different_id(fake: Fake) -> None:
    accounts = onroll.create_accounts(fake.client().snapshot(SCHOOL).roster(sign_in="sso"))
    user = {
        "data": {
            "id": "M1",
            "type": "student",
            "email": "pupil3@oakfield.example",
            "organisation": {"wonde_id": SCHOOL},
            "service_providers": {"wonde": {"service_provider_id": "A1000000004"}},
        }
    }
    identity = mylogin.Identity.from_json(json.dumps(user), vouch_for_email=True)
    assert onroll.match_identity(identity, accounts, school_id=SCHOOL).username == "pupil4@oakfield.example"
    accounts.edit("pupil4@oakfield.example", active=False)
    with pytest.raises(onroll.SignInRefused, match="the student left") as refused:
        onroll.match_identity(identity, accounts, school_id=SCHOOL)
    assert refused.value.reason == "inactive"
    user["data"]["service_providers"] = {"wonde": {"service_provider_id": "A9"}}
    with pytest.raises(onroll.SignInRefused) as refused:
        onroll.match_identity(mylogin.Identity.from_json(json.dumps(user), vouch_for_email=True), accounts, school_id=SCHOOL)
    assert refused.value.reason == "id-disagrees"


@pytest.mark.parametrize(
    ("user", "error"),
    [
        (b"", "identity-not-json"),
        ("[]", "identity-wrong-shape"),
        ("{}", "identity-missing"),
        ('{"data": {"id": "M1", "type": "student"}}', "identity-missing"),
        ('{"data": {"id": [], "type": "student"}}', "identity-unreadable"),
        ('{"data": {"id": "M1", "type": "student", "last_online": "2126-01-01T00:00:00Z"}}', "identity-in-future"),
    ],
)
def test_refuses_an_invalid_identity_from_mylogin(user: Any, error: str) -> None:
    with pytest.raises(onroll.IdentityError) as refused:
        mylogin.Identity.from_json(user)
    assert refused.value.code == error and isinstance(refused.value, ValueError)


def test_refuses_claims_that_are_expired_or_made_for_another_application() -> None:
    cases: list[tuple[dict[str, Any], datetime, str]] = [
        ({"aud": "theirs"}, NOW, "identity-audience"),
        ({}, NOW + timedelta(hours=2), "identity-expired"),
        ({}, NOW - timedelta(hours=2), "identity-in-future"),
        ({"sub": None}, NOW, "identity-missing"),
    ]
    for given, now, error in cases:
        with pytest.raises(onroll.IdentityError) as refused:
            onroll.Identity.from_claims({**claims(), **given}, "ours", now=now)
        assert refused.value.code == error
    same = [onroll.Identity.from_claims(form, "ours", now=NOW) for form in (claims(), json.dumps(claims()), json.dumps(claims()).encode())]
    assert same[0] == same[1] == same[2] and same[0].tenant == "oak.example" and same[0].kind == "unknown"
    with pytest.raises(TypeError, match="claims must be a str or bytes, not int"):
        onroll.Identity.from_claims(7, "ours")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="aware"):
        onroll.Identity.from_claims(claims(), "ours", now=datetime(2026, 9, 7))


@pytest.mark.parametrize("send", [None, by_httpx])
@pytest.mark.parametrize(
    ("at", "kind", "reason", "passes"),
    [
        ("token", "drop", "unreachable", False),
        ("token", "429", "rate-limited", True),
        ("token", "302", "redirected", False),
        ("token", "401", "client-refused", False),
        ("token", "shape", "wrong-shape", False),
        ("user", "drop", "unreachable", True),
        ("user", "500", "server-error", True),
        ("user", "403", "forbidden", False),
    ],
)
def test_a_persistent_mylogin_fault_raises_an_error_with_its_reason(
    fake: Fake, send: Any, at: str, kind: str, reason: str, passes: bool
) -> None:
    login = client(fake, send=send)
    if passes:
        fake.fault(kind, at, 1)
        assert login.identity(code(login)).kind == "student"
    fake.fault(kind, at, 1, 1000)
    with pytest.raises(onroll.MyLoginError) as refused:
        login.identity(code(login))
    assert (refused.value.code, refused.value.reason) == ("mylogin", reason)
    assert MYLOGIN[1] not in f"{refused.value} {refused.value!r} {login!r}"
    assert pickle.loads(pickle.dumps(refused.value)).reason == reason


def test_a_sign_in_code_works_once_and_only_in_the_same_browser(fake: Fake) -> None:
    login = client(fake)
    assert login.allows_pkce()
    state, verifier = mylogin.new_state(), mylogin.new_verifier()
    address = login.authorize_url(state, organisation="oakfield", verifier=verifier)
    query = parse_qs(urlsplit(address).query)
    assert query["redirect_uri"] == [REDIRECT] and query["organisation"] == ["oakfield"] and "code_challenge" in query
    back = sent_back(address)
    for given, reason in [(None, "state-unknown"), (mylogin.new_state(), "state-mismatch")]:
        with pytest.raises(onroll.MyLoginError) as refused:
            login.callback(back, given)
        assert refused.value.reason == reason
    with pytest.raises(onroll.MyLoginError) as refused:
        login.callback("code=c0de", state)
    assert refused.value.reason == "unsolicited"
    assert client(fake, allow_unsolicited=True).callback("code=c0de", None) == "c0de"
    brought = login.callback(back, state)
    assert login.identity(brought, verifier=verifier).provider == "mylogin"
    with pytest.raises(onroll.MyLoginError) as refused:
        login.identity(brought, verifier=verifier)
    assert refused.value.reason == "code-refused"
    assert login.logout_url() == f"http://{fake.domain}/oauth/logout?client_id=fake-client"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (("", "s", REDIRECT), "invalid-client"),
        (("i", "s", "https://app.example@evil.example/"), "invalid-redirect-uri"),
        (("i", "s", "http://app.example/"), "invalid-redirect-uri"),
    ],
)
def test_an_invalid_mylogin_setting_raises_an_error_with_a_reason(given: tuple[str, str, str], reason: str) -> None:
    with pytest.raises(onroll.MyLoginError) as refused:
        mylogin.Client(*given)
    assert refused.value.reason == reason
    with pytest.raises(onroll.MyLoginError) as refused:
        mylogin.Client("i", "s", REDIRECT, domain="evil.example")
    assert refused.value.reason == "invalid-domain"
    with pytest.raises(onroll.MyLoginError) as refused:
        mylogin.Client("i", "s", REDIRECT).authorize_url("short")
    assert refused.value.reason == "invalid-state"


def test_wrong_passwords_cause_waiting_times_and_then_lock_the_account() -> None:
    accounts = onroll.create_accounts(onroll.read_csv(school(30)))
    attempts, at, told = onroll.Attempts(), NOW, []
    for _ in range(30):
        with pytest.raises(onroll.SignInRefused) as refused:
            attempts.sign_in(accounts, "Pupil Number3", "????", now=at)
        told.append(refused.value.reason)
        at += timedelta(seconds=refused.value.retry_after or 0)
    assert told.count("not-recognised") == 10 and told[-1] == "locked" and "too-soon" in told
    attempts = onroll.Attempts.from_json(attempts.to_json())
    assert attempts.is_locked("pupil number3") and not attempts.is_locked("Pupil Number4")
    assert "Pupil" not in attempts.to_json() + repr(attempts)
    attempts.unlock("Pupil Number3")
    password = accounts.reset_password("Pupil Number3").password
    assert password
    assert attempts.sign_in(accounts, "Pupil Number3", password.expose(), now=at).class_name == "3B"
    # A host that stores hashes counts a try before it compares the password.
    attempts = onroll.Attempts()
    for name in range(99):
        attempts.begin(str(name), now=at)
    attempts.succeeded("98")
    attempts.begin("99", now=at)
    with pytest.raises(onroll.SignInRefused) as refused:
        for name in range(100, 110):
            attempts.begin(str(name), now=at)
    assert refused.value.reason == "school-paused" and (refused.value.retry_after or 0) <= 15 * 60
    with pytest.raises(ValueError, match="not JSON of Attempts"):
        onroll.Attempts.from_json("[]")


def test_the_flask_example_signs_students_in(fake: Fake, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    accounts = onroll.create_accounts(fake.client().snapshot(SCHOOL).roster(sign_in="sso"))
    kept = tmp_path / "accounts.json"
    kept.write_text(accounts.to_json(passwords=True), encoding="utf-8")
    given = {"ID": MYLOGIN[0], "SECRET": MYLOGIN[1], "DOMAIN": fake.domain}
    for name, value in given.items():
        monkeypatch.setenv(f"MYLOGIN_{name}", value)
    monkeypatch.setenv("ACCOUNTS", str(kept))
    monkeypatch.setenv("REDIRECT_URI", REDIRECT)
    fake.control(user=5)
    browser = sign_in.app.test_client()
    back = urlsplit(sent_back(browser.get("/sign-in").location))
    assert browser.get(f"/callback?{back.query}").json == {"welcome": accounts["pupil5@oakfield.example"].full_name}
    assert [link.username for link in sign_in.LINKS] == ["pupil5@oakfield.example"]
    # Sends the same callback again, then the callback from a second browser. Then tries a sign-in that began at
    # MyLogin, and a member of staff.
    replayed = browser.get(f"/callback?{back.query}")
    assert replayed.json and (replayed.status_code, replayed.json["error"]) == (502, "state-unknown")
    stranger = sign_in.app.test_client().get(f"/callback?{back.query}")
    assert stranger.json and stranger.json["error"] == "state-unknown"
    assert browser.get("/callback?code=c0de").location == "/sign-in"
    fake.control(user={"data": {"id": "M1", "type": "employee", "organisation": {"wonde_id": SCHOOL}}})
    back = urlsplit(sent_back(browser.get("/sign-in").location))
    staff = browser.get(f"/callback?{back.query}")
    assert staff.json and (staff.status_code, staff.json["error"]) == (403, "not-a-student")
    by_password = onroll.create_accounts(onroll.read_csv(school(30)))
    kept.write_text(by_password.to_json(passwords=True), encoding="utf-8")
    password = by_password[0].password
    assert password
    right = {"username": by_password[0].username, "password": password.expose()}
    assert browser.post("/password", data=right).json == {"welcome": "Pupil Number0"}
    assert browser.post("/password", data={**right, "password": "????"}).status_code == 403


def test_students_can_sign_in_when_only_password_hashes_are_stored() -> None:
    line = "{0},{0},Year 7,7B,Female,No,WBRI,No,No\n"
    roster = onroll.read_csv((onroll.template_csv() + line.format("Ada Reid") + line.format("Mia Hall")).encode())
    accounts = onroll.create_accounts(roster)
    ada, mia = (account.password for account in accounts)
    assert ada is not None and mia is not None
    hashed, nobodys = onroll.Password.hash_all([ada, mia], pepper="of the host")
    assert onroll.Password.verify(hashed, f" {ada.expose().lower()}", pepper=b"of the host")
    assert not onroll.Password.verify(hashed, ada.expose())
    with pytest.raises(onroll.PolicyError, match="must be an Argon2 hash"):
        onroll.Password.verify("frog7", "frog7")
    with pytest.raises(TypeError, match="passwords must be a? ?Password"):
        onroll.Password.hash_all(["frog7"])  # type: ignore[list-item]
    attempts = onroll.Attempts()

    def verify(account: onroll.Account | None, typed: str) -> bool:
        return onroll.Password.verify(nobodys if account is None else hashed, typed, pepper="of the host")

    assert attempts.sign_in_by(accounts, "ada reid", ada.expose(), verify).full_name == "Ada Reid"
    for username, typed in [("Ada Reid", "????"), ("Ada Reid", ""), ("nobody", mia.expose())]:
        with pytest.raises(onroll.SignInRefused) as caught:
            attempts.sign_in_by(accounts, username, typed, verify)
        assert caught.value.reason == "not-recognised"
    with pytest.raises(TypeError, match="verify"):
        attempts.sign_in_by(accounts, "Ada Reid", "x", "no")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="what verify returns"):
        attempts.sign_in_by(accounts, "Ada Reid", "x", lambda account, typed: 1)  # type: ignore[arg-type, return-value]
