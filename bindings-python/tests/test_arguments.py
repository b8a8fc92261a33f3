"""Tests of wrong arguments: each error names the argument, and errors for options show the value and the choices."""

from __future__ import annotations

import inspect
import io
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timezone
from typing import Any

import onroll
import pytest
from conftest import OAKFIELD, SEPTEMBER, csv
from onroll import mylogin, wonde

NOW = datetime(2026, 9, 7, 9, tzinfo=timezone.utc)
ROW = "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,No,BAFR,No,No"
CLAIMS = {"iss": "https://id.oak.example", "sub": "7", "aud": "ours", "exp": NOW.timestamp() + 60}

PHC = onroll.create_accounts(onroll.read_csv(csv(ROW)))[0].password.to_phc_string()  # type: ignore[union-attr]


async def never(given: object) -> object:
    raise AssertionError(given)


def refuses(request: wonde.Request) -> wonde.Response:
    return wonde.Response(401)


def owners() -> dict[str, object]:
    """Returns the modules, and an object of each class that has methods."""
    accounts = onroll.create_accounts(onroll.read_csv(OAKFIELD))
    plan = onroll.plan(accounts, onroll.read_csv(SEPTEMBER), leaving_years=["Year 6"], override_guards=["too-many-leavers"])
    password = accounts[0].password
    assert password is not None
    return {
        "onroll": onroll,
        "wonde": wonde,
        "mylogin": mylogin,
        "accounts": accounts,
        "roster": onroll.read_csv(OAKFIELD),
        "report": onroll.check_csv(OAKFIELD),
        "plan": plan,
        "password": password,
        "policy": onroll.PasswordPolicy(),
        "identity": onroll.Identity.from_claims(CLAIMS, "ours", now=NOW),
        "attempts": onroll.Attempts(),
        "decision": onroll.Decision.rename("a", "b"),
        "client": wonde.Client("token", send=refuses),
        "async client": wonde.AsyncClient("token", send=never),
        "login": mylogin.Client("id", "secret", "https://app.example/back", send=refuses),
        "async login": mylogin.AsyncClient("id", "secret", "https://app.example/back", send=never),
        "access": wonde.Access("A1"),
        "schedule": wonde.Schedule.daily("02:30"),
        "locks": wonde.Locks(),
    }


OWNERS = owners()
NOT_CHECKED = {"value", "default"}
"""Arguments that accept any object, as for any sequence: an object of another type is not found."""
EXEMPT = {"Ethnicity", "Guard", "Limits", "Lock", "Request", "Response", "SignIn"}
"""Types that are written in Python."""


def valid(owner: str, call: str, name: str) -> Any:
    special: dict[tuple[str, str], Any] = {
        ("save_file", "dest"): "/nowhere/at/all",
        ("edit", "username"): "New Name",
        ("rename", "username"): "b",
        ("callback", "state"): "s",
        ("webhook", "webhook"): wonde.webhook('{"payload_type": "accessApproved", "school_id": "A1", "school_token": "t"}')
        if call == "webhook" and owner == "access"
        else None,
        ("request_access", "contacts"): [],
        ("reset_class", "class_name"): "Acorns",
        ("write_class_list", "passwords"): False,
        ("Mapping", "values"): None,
    }
    usual = {
        "hash": PHC, "pepper": "a secret", "verify": lambda account, typed: False,
        "source": csv(ROW), "dest": io.BytesIO(), "data": b"", "sign_in": "password", "fix": False, "any_order": False,
        "optional_columns": False, "main_codes_only": False, "limits": None, "extra_columns": "ignore", "accept": (), "sheet": None, "workbook": False, "threads": 0, "progress": None, "hold": False,
        "mapping": None, "vocabulary": None, "ethnicities": None, "names_from": None, "columns": {},
        "rows": [], "table": OWNERS["roster"], "school_id": "A1", "roster": OWNERS["roster"], "accounts": OWNERS["accounts"],
        "passwords": False if call == "to_json" else None, "max_leavers": 0.1, "leaving_years": (), "erased": (),
        "override_guards": (), "decisions": (), "text": "{}", "loose": False, "typed": "abcd", "left": "a", "right": "b",
        "code": "blank" if owner == "report" else "WBRI" if call == "ethnicity" else "c0de", "identity": OWNERS["identity"],
        "links": (), "provider": "a", "subject": "b", "username": "Zoë Ahmed", "account": "Zoë Ahmed", "student": "b",
        "chosen": "ABCD", "usernames": ["Zoë Ahmed"], "sign_in_url": "https://oak.example", "full_name": None,
        "year_group": None, "class_name": None, "gender": None, "pupil_premium": None, "ethnicity": None, "send": None,
        "eal": None, "active": None, "values": False, "index": 0, "start": 0, "stop": None, "without_passwords": True,
        "length": 4, "without": (), "digits": 5, "count": 2, "user_json": "{}", "vouch_for_email": False, "now": NOW,
        "claims": CLAIMS, "client_id": "ours", "trusted_issuers": (), "lock_after": 10, "taken_back": 2, "school_a_day": 100,
        "password": "ABCD", "token": "t", "domain": "app.mylogin.com" if owner == "mylogin" else "api.wonde.com",
        "wait": None, "timeout": 1.0, "any_domain": False, "since": None, "postcode": "", "establishment_number": "",
        "la_code": "", "urn": "1", "contacts": (), "client_secret": "s", "redirect_uri": "https://app.example/back",
        "allow_unsolicited": False, "state": "s", "organisation": None, "verifier": None, "callback": "code=c&state=s",
        "approved": (), "pending": (), "webhook": None, "time": "02:30", "day": "Sunday", "minutes": 5, "after": NOW,
        "layout": "large", "letters": "both", "date": date(2026, 9, 7), "wording": {"secret": "Psst"},
        "includes": None, "strict_count": False, "audited": (), "declined": (), "revoked": (),
        "today": None, "leaving_until": None, "grace_until": None, "last_promotion": None, "kinds": (), "to": OWNERS["accounts"],
        "keep": "Zoë Ahmed", "gone": "Zoë Ahmed", "blocked": None, "manual": None, "own_fields": None, "active_until": None,
        "body": "{}", "given": "a", "expected": "b", "lock": wonde.Locks(), "requested_schema": None,
        "secret": bytes(32), "run": "2026-09-01",
    }
    if name == "send" and owner in ("wonde", "mylogin"):
        return never if "Async" in call else refuses
    if (call, name) in special:
        return special[call, name]
    return usual[name]


def callables() -> Iterator[tuple[str, str, Callable[..., Any]]]:
    for owner, thing in OWNERS.items():
        names = thing.__all__ if inspect.ismodule(thing) else [name for name in dir(thing) if not name.startswith("_")]
        for name in names:
            found = getattr(thing, name)
            if name in EXEMPT or not callable(found) or (isinstance(found, type) and issubclass(found, BaseException)):
                continue
            if isinstance(found, type):
                yield from ((owner, f"{name}.{each}", getattr(found, each)) for each in dir(found) if is_class_method(found, each))
            yield owner, name, found
    yield "roster", "__arrow_c_stream__", OWNERS["roster"].__arrow_c_stream__  # type: ignore[attr-defined]


def is_class_method(kind: type, name: str) -> bool:
    return not name.startswith("_") and isinstance(inspect.getattr_static(kind, name), classmethod | type(dict.__dict__["fromkeys"]))


def cases() -> Iterator[Any]:
    for owner, call, function in callables():
        try:
            parameters = inspect.signature(function).parameters
        except ValueError:
            # This class cannot be created from Python.
            assert isinstance(function, type), call
            continue
        for name in parameters:
            if name not in NOT_CHECKED:
                yield pytest.param(owner, call, function, name, id=f"{owner}.{call}({name})")


@pytest.mark.parametrize(("owner", "call", "function", "name"), list(cases()))
def test_a_type_error_names_the_argument(owner: str, call: str, function: Callable[..., Any], name: str) -> None:
    before: list[Any] = []
    named: dict[str, Any] = {}
    for each, parameter in inspect.signature(function).parameters.items():
        given = object() if each == name else parameter.default if each in NOT_CHECKED else valid(owner, call.split(".")[-1], each)
        if parameter.kind is inspect.Parameter.POSITIONAL_ONLY:
            before.append(given)
        else:
            named[each] = given
    with pytest.raises(TypeError) as wrong:
        made = function(*before, **named)
        if call == "exclusive":
            made.__enter__()
    assert re.search(rf"\b{name}\b", str(wrong.value)), wrong.value
    assert "must be" in str(wrong.value) or "must have" in str(wrong.value), wrong.value


COUNTS: list[tuple[str, Callable[[int], object]]] = [
    ("length", lambda n: onroll.PasswordPolicy.characters(n)),
    ("digits", lambda n: onroll.PasswordPolicy.pin(n)),
    ("count", lambda n: onroll.PasswordPolicy.words(n)),
    ("count", lambda n: onroll.PasswordPolicy().generate(n)),
    ("threads", lambda n: onroll.read_csv(csv(ROW), threads=n)),
    ("limits['rows']", lambda n: onroll.read_csv(csv(ROW), limits={"rows": n})),
    ("lock_after", lambda n: onroll.Attempts(lock_after=n)),
    ("taken_back", lambda n: onroll.Attempts(taken_back=n)),
    ("school_a_day", lambda n: onroll.Attempts(school_a_day=n)),
    ("lock_after", lambda n: onroll.Attempts.from_json(onroll.Attempts().to_json(), lock_after=n)),
    ("minutes", lambda n: wonde.Schedule.daily("02:30").spread(n)),
]


@pytest.mark.parametrize(("name", "call"), COUNTS)
@pytest.mark.parametrize("number", [-1, -(10**30)])
def test_a_negative_count_raises_a_value_error_that_names_the_argument(name: str, call: Callable[[int], object], number: int) -> None:
    with pytest.raises(ValueError, match=rf"{re.escape(name)} must be at least \d+, not -1"):
        call(number)


@pytest.mark.parametrize(("name", "call"), COUNTS)
def test_a_count_must_be_an_int_in_range(name: str, call: Callable[[Any], object]) -> None:
    for number in (1.5, "3", True, None):
        with pytest.raises(TypeError, match=rf"{re.escape(name)} must be an int, not"):
            call(number)
    with pytest.raises((ValueError, onroll.PolicyError)):
        call(10**5000 if name in ("taken_back", "limits['rows']", "threads", "minutes", "school_a_day", "lock_after") else 10**30)


@pytest.mark.parametrize(("option", "least"), [("lock_after", 3), ("school_a_day", 10)])
def test_the_attempts_class_refuses_limits_that_are_too_low(option: str, least: int) -> None:
    for number in (0, 1, least - 1):
        with pytest.raises(ValueError, match=f"{option} must be at least {least}, not {number}"):
            onroll.Attempts(**{option: number})
        with pytest.raises(ValueError, match=f"{option} must be at least {least}, not {number}"):
            onroll.Attempts.from_json(onroll.Attempts().to_json(), **{option: number})
    onroll.Attempts(**{option: least})


def test_an_error_for_a_wrong_option_shows_the_value_and_the_allowed_values(fake: Any) -> None:
    snapshot = fake.client().snapshot("A1329183376")
    wrongs: list[tuple[str, Callable[[], object]]] = [
        ("sign_in must be 'password' or 'sso', not 'ssso'", lambda: onroll.read_csv(csv(ROW), sign_in="ssso")),  # type: ignore[arg-type]
        ("sign_in must be 'password' or 'sso', not 'SSO'", lambda: onroll.Accounts.from_rows([], sign_in="SSO")),  # type: ignore[arg-type]
        ("class_from must be 'registration' or 'main' or 'first', not 'form'", lambda: snapshot.roster(class_from="form")),
        ("names_from must be .*, not 'known'", lambda: snapshot.roster(names_from="known")),
        ("email_from must be .*, not 'school'", lambda: snapshot.roster(email_from="school")),
        ("code must be 'not-a-csv' or .*, not 'blanc'", lambda: onroll.check_csv(csv(ROW)).count_of("blanc")),
        ("a key of limits must be 'file_bytes' or .*, not 'row'", lambda: onroll.read_csv(csv(ROW), limits={"row": 1})),  # type: ignore[arg-type]
        ("leaving_years must be year groups, such as 'Year 6', not 'Oak'", lambda: plan(leaving_years=["Oak"])),
        (r"override_guards must name guards \(empty-roster, .*\), not 'all'", lambda: plan(override_guards=["all"])),
        ("max_leavers must be a share from 0 to 1, not 50", lambda: plan(max_leavers=50)),
        ("max_leavers must be a share from 0 to 1, not -1", lambda: plan(max_leavers=-1)),
        ("max_leavers must be a share from 0 to 1, not NaN", lambda: plan(max_leavers=float("nan"))),
        ("timeout must be more than 0 seconds, not -1", lambda: wonde.Client("t", timeout=-1)),
    ]
    for message, call in wrongs:
        with pytest.raises(ValueError, match=message):
            call()


def plan(**options: Any) -> onroll.Plan:
    accounts: Any = OWNERS["accounts"]
    return onroll.plan(accounts, onroll.read_csv(OAKFIELD), **options)


def test_an_error_names_the_wrong_element_inside_an_argument() -> None:
    accounts: Any = OWNERS["accounts"]
    wrongs: list[tuple[str, Callable[[], object]]] = [
        (r"usernames\[1\] must be a username or an Account, not int", lambda: accounts.write_credentials(io.BytesIO(), usernames=["a", 1])),
        (r"links\[0\] must be a Link, or a mapping or a tuple", lambda: match(links=[1])),
        (r"links\[1\]\['subject'\] must be a str, not int", lambda: match(links=[onroll.Link("a", "b", "c", "d"), {"provider": "p", "subject": 1}])),
        (r"without\[1\] must be a str, not int", lambda: onroll.PasswordPolicy.characters(without=["a", 1])),  # type: ignore[list-item]
        ("without must be an iterable of str, not str", lambda: onroll.PasswordPolicy.characters(without="bad")),
        (r"leaving_years\[0\] must be a str, not int", lambda: plan(leaving_years=[6])),
        (r"contacts\[0\]\['notes'\] must be a str, not int", lambda: wonde.Client("t").request_access("A1", [{"notes": 1}])),  # type: ignore[dict-item]
        (r"approved\[0\] must be a School, not str", lambda: wonde.Access("A1").listed(["A1"], [])),  # type: ignore[list-item]
    ]
    for message, call in wrongs:
        with pytest.raises(TypeError, match=message):
            call()


def match(**options: Any) -> onroll.Account:
    accounts: Any = OWNERS["accounts"]
    identity: Any = OWNERS["identity"]
    return onroll.match_identity(identity, accounts, school_id="A1", **options)


def test_accepts_a_numpy_integer_as_the_number_of_digits() -> None:
    numpy = pytest.importorskip("numpy")
    assert onroll.PasswordPolicy.pin(numpy.int64(6)) == onroll.PasswordPolicy.pin(6)


def test_an_error_gives_the_number_of_unknown_usernames_but_not_the_usernames(accounts: onroll.Accounts) -> None:
    out = io.BytesIO()
    with pytest.raises(onroll.AccountNotFound, match="2 of 3 usernames have no account; nothing was written") as unknown:
        accounts.write_credentials(out, usernames=["Kestrel One", accounts[0], "Kestrel Two"])
    assert out.getvalue() == b"" and "Kestrel" not in str(unknown.value) and unknown.value.code == "account-not-found"
    with pytest.raises(onroll.AccountNotFound, match="1 of 2 usernames have no account; nothing was written") as unknown:
        accounts.write_cards(out, usernames=["Kestrel One", accounts[0].username])
    assert out.getvalue() == b"" and "Kestrel" not in str(unknown.value)
    accounts.write_credentials(out, usernames=[accounts[0]])
    assert out.getvalue().count(b"\r\n") == 2


def test_writes_cards_for_only_the_given_accounts(accounts: onroll.Accounts) -> None:
    some: list[str | onroll.Account] = [accounts[0], accounts[7].username, accounts[7]]
    out = io.BytesIO()
    accounts.write_cards(out, usernames=some)
    page = out.getvalue().decode()
    assert page.count("<article>") == 2
    for account in (accounts[0], accounts[7]):
        assert account.password is not None and account.password.expose() in page
    accounts.write_cards(out := io.BytesIO(), usernames=[])
    assert b"<article>" not in out.getvalue() and out.getvalue().rstrip().endswith(b"</html>")
