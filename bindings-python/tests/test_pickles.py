"""Tests that every public class supports pickle, copy and deepcopy, or says why it does not."""

from __future__ import annotations

import copy
import io
import json
import pickle
from collections.abc import Callable
from datetime import date
from typing import Any

import onroll
import pytest
from conftest import MESSY, OAKFIELD, SEPTEMBER, csv
from onroll import mylogin, testing, wonde

EXPORT = b"Forename,Surname,Reg,Year,Gender,FSM,Shoe\nZoe,Okafor,5A,5,F,N,1\nNoah,Khan,5A,5,M,Y,2\n"
DFE = b"UPN,Surname,Forename,Sex,DOB,NCYear,Deprivation Pupil Premium\nH801200001001,Okafor,Zoe,F,01/02/2016,5,1\n"
CLAIMS = {"iss": "https://idp.example", "aud": "ours", "sub": "1", "exp": 4102444800, "iat": 1}


def kept() -> list[Any]:
    """Returns one or more examples of each class that can be pickled."""
    roster, september = onroll.read_csv(OAKFIELD), onroll.read_csv(SEPTEMBER)
    accounts = onroll.create_accounts(roster)
    plan = onroll.plan(accounts, september, leaving_years=["Year 6"], today=date(2026, 9, 2))
    held = onroll.Roster.from_rows([{**roster.to_dicts()[0], "class_name": ""}], hold=True).held
    tom, thomas = (onroll.read_csv(csv(f"{name} Lee,{name} Lee,Year 5,5A,Male,No,WBRI,No,No")) for name in ("Tom", "Thomas"))
    near = onroll.plan(onroll.create_accounts(tom), thomas).near[0]
    twice = onroll.read_csv(csv("Amy Li,amy1,Year 5,5A,Female,No,WBRI,No,No", "Amy Li,amy2,Year 5,5A,Female,No,WBRI,No,No"))
    once = onroll.Accounts.from_rows([{**twice.to_dicts()[0], "username": "amy"}])
    conflicts = onroll.plan(once, twice, override_guards=["usernames-changed"]).conflicts
    detected = onroll.detect(EXPORT)
    report = onroll.check_csv(MESSY)
    attempts = onroll.Attempts(lock_after=5)
    with pytest.raises(onroll.SignInRefused):
        attempts.sign_in(accounts, roster[0].username, "WRONG")
    with testing.FakeWonde(students=60) as fake:
        fake.control(set={"count_off": 1})
        client = fake.client()
        snapshot, check, schools = client.snapshot(fake.school_id), client.check_access(fake.school_id), client.schools()
    return [
        accounts, accounts[0], attempts, plan, plan.joiners[0], plan.statements()[0], plan.statements()[-1], *conflicts, *near,
        roster, roster[0], *held, report, report.problems[0], onroll.ethnicity("BAFR"), onroll.PasswordPolicy.pin(6),
        detected, detected.mapping, *detected.columns, *detected.ignored, *detected.values, detected.values[0].values[0], *detected.questions,
        onroll.PupilPremium.read(DFE), onroll.Decision.same("a", "b"), onroll.Link("mylogin", "1", "A1", "zoe"), accounts[0].password,
        snapshot, *snapshot.warnings, check, *check.fields, *schools, wonde.Access("A1"), wonde.Schedule.daily("02:30"),
        wonde.webhook('{"payload_type": "accessRevoked", "school_id": "A1", "revoke_reason": "left"}'),
        wonde.Request("GET", "https://a.example", {}, None, 1.0, 10), wonde.Response(200, b"{}"),
    ]  # fmt: skip


def refused() -> list[Any]:
    """Returns an example of each class that cannot be pickled, because it contains a secret, a connection or a lock."""
    approved = wonde.webhook('{"payload_type": "schoolApproved", "school_id": "A1", "school_token": "secret"}')
    return [
        approved,
        approved.token,
        wonde.Locks(),
        wonde.Client("secret"),
        wonde.AsyncClient("secret", send=print),  # type: ignore[arg-type]
        mylogin.Client("ours", "secret", "https://app.example/back"),
        mylogin.AsyncClient("ours", "secret", "https://app.example/back", send=print),  # type: ignore[arg-type]
        onroll.Identity.from_claims(CLAIMS, "ours"),
        testing.FakeWonde(students=1),
    ]


NOT_VALUES = {onroll.pickling_passwords, wonde.Lock}
"""Classes that are not values: a context manager and a protocol."""


def public_classes() -> set[type]:
    modules = (onroll, wonde, mylogin, testing)
    named = [getattr(module, name) for module in modules for name in module.__all__ if name != "spark"]
    return {each for each in named if isinstance(each, type) and not issubclass(each, (BaseException, dict))}


def told(value: Any) -> Any:
    """Returns the value itself if its class has `__eq__`. Otherwise returns its public attributes, which can be
    compared.
    """
    if "__eq__" in vars(type(value)):
        return value
    names = [name for name in dir(value) if not name.startswith("_")]
    return {name: getattr(value, name) for name in names if not callable(getattr(value, name))}


def test_pickles_and_copies_of_public_objects_equal_the_originals() -> None:
    values = kept()
    with onroll.pickling_passwords():
        for value in values:
            for again in (pickle.loads(pickle.dumps(value)), copy.copy(value), copy.deepcopy(value)):
                assert type(again) is type(value)
                assert told(again) == told(value), type(value)
                assert repr(again) == repr(value) or "at 0x" in repr(value)
    seen = {type(each) for each in (*values, *refused())}
    assert public_classes() - seen == NOT_VALUES, "each public class can be pickled, or says why not"


@pytest.mark.parametrize("way", [pickle.dumps, copy.copy, copy.deepcopy])
def test_objects_that_contain_secrets_cannot_be_pickled(way: Callable[[Any], Any]) -> None:
    for value in refused():
        itself = isinstance(value, wonde.Webhook | wonde.Token | onroll.Identity)
        if itself and way is not pickle.dumps:
            assert way(value) is value, "a copy is the object itself, because it never changes"
            continue
        if way is copy.copy and isinstance(value, wonde.AsyncClient | mylogin.AsyncClient | testing.FakeWonde):
            continue # The copy shares the inner objects.
        with pytest.raises(TypeError) as error:
            way(value)
        assert len(str(error.value)) > 20 and "secret" not in str(error.value).replace("a secret", "").replace("secrets", ""), error.value


def test_pickled_statements_and_changes_contain_no_passwords() -> None:
    plan = onroll.plan(onroll.Accounts.from_rows([]), onroll.read_csv(OAKFIELD))
    passwords = [change.password.expose() for change in plan if change.password]
    assert len(passwords) == 240
    for each in (list(plan), plan.statements()):
        pickled = pickle.dumps(each)
        again = pickle.loads(pickled)
        assert [one.username for one in again] == [one.username for one in each]
        assert all(one.password is None and one.new_password for one in again)
        assert not any(password.encode() in pickled for password in passwords)
    # A pickle of many changes contains their plan only once.
    assert len(pickle.dumps(list(plan))) < 1.2 * len(pickle.dumps(plan)) + 100 * len(plan)
    assert pickle.loads(pickle.dumps(list(plan)))[7].account.full_name == plan[7].account.full_name


def test_a_pickle_of_sign_in_attempts_keeps_the_lock_of_an_account() -> None:
    accounts = onroll.create_accounts(onroll.read_csv(OAKFIELD))
    attempts = onroll.Attempts(lock_after=3)
    again = copy.deepcopy(attempts)
    for number in range(3):
        with pytest.raises(onroll.SignInRefused):
            again.begin(accounts[0].username) if number > 2 else again.sign_in(accounts, accounts[0].username, "WRONG")
    assert again.is_locked(accounts[0].username) and not attempts.is_locked(accounts[0].username)
    assert pickle.loads(pickle.dumps(again)).is_locked(accounts[0].username), "a pickle contains the policy"
    assert again != attempts


def test_restores_the_result_of_detection_from_its_json() -> None:
    detected = onroll.detect(EXPORT)
    again = onroll.Detected.from_json(detected.to_json())
    assert again == detected and again.text() == detected.text() and again.questions == detected.questions
    for wrong in ("{}", "[", '{"format": 9}'):
        with pytest.raises(onroll.MappingError):
            onroll.Detected.from_json(wrong)


def test_the_html_of_detected_columns_shows_no_names_of_pupils() -> None:
    html = onroll.detect(EXPORT.replace(b"Shoe", b"<script>"))._repr_html_()
    assert "<td>Student Full Name</td><td>Forename + Surname</td><td>safe</td>" in html
    assert html.startswith("<p>") and html.count("<tr>") > 3
    assert not any(text in html for text in ("Zoe", "Okafor", "<script>"))


def test_takes_pupil_premium_from_a_separate_list_of_upns() -> None:
    export = b"Forename,Surname,Year,Reg,Sex,UPN\nZoe,Okafor,5,5A,F,H801200001001\nNoah,Khan,5,5A,M,X801200001002\n"
    premium = onroll.PupilPremium.read(io.BytesIO(DFE))
    assert len(premium) == 1 and repr(premium) == "<onroll.PupilPremium: 1 pupils>"
    assert json.loads(premium.to_json()) == {"H801200001001": True}
    assert onroll.PupilPremium.from_json(premium.to_json()) == premium
    mapping = onroll.detect(export).mapping
    roster = onroll.read_csv(export, mapping=mapping, pupil_premium=premium, fix=True)
    assert [student.pupil_premium for student in roster] == [True, False]
    # For a pupil who is not in the list, the file's value is used. This file has no such value, and a warning says so.
    assert [(problem.code, problem.row) for problem in roster.report.warnings] == [("not-recorded", 3)]
    assert not any(student.pupil_premium for student in onroll.read_csv(export, mapping=mapping, fix=True))
    with pytest.raises(ValueError, match="pupil_premium needs a mapping"):
        onroll.read_csv(csv(), pupil_premium=premium)
    with pytest.raises(onroll.RosterError, match="not a list of pupil premium"):
        onroll.PupilPremium.read(csv())
    with pytest.raises(ValueError, match="JSON of PupilPremium"):
        onroll.PupilPremium.from_json('{"TBC": true}')
