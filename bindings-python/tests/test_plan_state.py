"""Tests of the fields that a host or a teacher sets, and of plans that are undone or applied in part."""

from __future__ import annotations

import pickle
from datetime import date, datetime
from typing import Any

import onroll
import pytest
from conftest import csv

BASE = {"year_group": "Year 4", "class_name": "4A", "gender": "Female", "ethnicity": "WBRI"}


def row(name: str, **more: Any) -> dict[str, Any]:
    return {**BASE, "full_name": name, "username": name, **more}


def roster(*names: str) -> onroll.Roster:
    return onroll.read_csv(csv(*(f"{name},{name},Year 4,4A,Female,No,WBRI,No,No" for name in names)))


def test_rows_and_json_and_tables_preserve_the_hosts_settings_on_an_account() -> None:
    pa = pytest.importorskip("pyarrow")
    set_of = {"blocked": 1, "manual": "Yes", "own_fields": ["full_name", "class_name"], "active_until": date(2026, 8, 20)}
    accounts = onroll.Accounts.from_rows([row("Ada Reid", **set_of), row("Kai Ito", own_fields="class_name, gender", active_until="")])
    ada, kai = accounts
    assert (ada.blocked, ada.manual, ada.own_fields, ada.active_until) == (True, True, ["full_name", "class_name"], date(2026, 8, 20))
    assert (kai.blocked, kai.own_fields, kai.active_until) == (False, ["class_name", "gender"], None)
    assert ada.active and not ada.may_sign_in and kai.may_sign_in
    table = pa.table(accounts)
    assert table.column_names[-4:] == ["blocked", "manual", "own_fields", "active_until"]
    assert table.schema.field("active_until").type == pa.date32()
    for read in [
        onroll.Accounts.from_json(accounts.to_json()),
        onroll.Accounts.from_arrow(table),
        onroll.Accounts.from_rows(accounts.to_dicts()),
        onroll.Accounts.from_rows(iter(accounts)),
        pickle.loads(pickle.dumps(accounts)),
    ]:
        assert read == accounts and read[0].active_until == date(2026, 8, 20)
    pandas = pytest.importorskip("pandas")
    for frame in (accounts.to_pandas(), pandas.DataFrame(accounts), pandas.DataFrame([kai, ada])):
        read = onroll.Accounts.from_rows(frame.to_dict("records"))
        assert read["Ada Reid"] == ada and read["Kai Ito"] == kai
    assert "blocked" not in onroll.Accounts.from_rows([row("Ada Reid")]).to_dicts()[0]

    accounts.edit("Ada Reid", blocked=False, own_fields=[], active_until="")
    assert (accounts[0].blocked, accounts[0].manual, accounts[0].own_fields, accounts[0].active_until) == (False, True, [], None)
    accounts.edit("Ada Reid", active_until=date(2026, 9, 1))
    assert accounts[0].active_until == date(2026, 9, 1)


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        ({"own_fields": ["shoe_size"]}, ValueError, "rows\\[0\\]: own_fields must be names of fields .*, not 'shoe_size'"),
        ({"own_fields": 3}, TypeError, "rows\\[0\\]: own_fields must be an iterable of str, not int"),
        ({"active_until": "20/08/2026"}, ValueError, "rows\\[0\\]: active_until must be a date, or a text such as '2026-08-20'"),
        ({"active_until": datetime(2026, 8, 20)}, TypeError, "rows\\[0\\]: active_until must be a date, not datetime"),
        ({"blocked": "perhaps"}, ValueError, "rows\\[0\\]: blocked must be a bool, 0, 1, 'Yes' or 'No'"),
    ],
)
def test_an_error_in_a_setting_of_an_account_names_the_setting(wrong: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        onroll.Accounts.from_rows([row("Ada Reid", **wrong)])


def test_planning_a_grace_period_requires_the_option_today() -> None:
    accounts = onroll.Accounts.from_rows([row("Ada Reid"), row("Kai Ito")])
    with pytest.raises(onroll.PlanError, match="today must be set") as refused:
        onroll.plan(accounts, roster("Kai Ito"), grace_until=date(2026, 8, 20))
    assert refused.value.code == "plan-needs-today"
    plan = onroll.plan(accounts, roster("Kai Ito"), grace_until=date(2026, 8, 20), today=date(2026, 7, 1))
    assert plan[0].fields == {"active_until": (None, date(2026, 8, 20))}
    assert plan.statements()[0].set == {"active_until": date(2026, 8, 20)}
    after = plan.apply(accounts)
    assert onroll.plan(after, roster("Kai Ito"), today=date(2026, 8, 20)).in_grace == 1
    assert onroll.plan(after, roster("Kai Ito"), today=date(2026, 8, 21)).summary() == "1 leave, 1 unchanged"
    with pytest.raises(TypeError, match="today must be a date, not datetime"):
        onroll.plan(after, roster("Kai Ito"), today=datetime(2026, 8, 20))


def test_accounts_store_the_date_of_the_last_year_group_promotion() -> None:
    names = [f"Pupil {letter}x" for letter in "ABCDEFGH"]
    accounts = onroll.Accounts.from_rows([row(name) for name in names])
    up = onroll.read_csv(csv(*(f"{name},{name},Year 5,5A,Female,No,WBRI,No,No" for name in names)))
    after = onroll.plan(accounts, up, today=date(2026, 9, 3)).apply(accounts)
    assert (accounts.last_promotion, after.last_promotion) == (None, date(2026, 9, 3))
    kept = onroll.Accounts.from_rows(after.to_dicts(), last_promotion=after.last_promotion)
    for known in (after, kept, onroll.Accounts.from_json(after.to_json())):
        with pytest.raises(onroll.PlanRefused) as refused:
            onroll.plan(known, roster(names[0]), leaving_years=["Year 5"], today=date(2026, 10, 5))
        error = pickle.loads(pickle.dumps(refused.value))
        assert (error.guard, error.year, error.field) == ("too-many-leavers", "Year 5", None)
        assert "import it as a partial roster" in error.text and "to add students only" in str(error)


def test_a_plan_can_be_reversed_and_changes_can_be_left_out() -> None:
    accounts = onroll.Accounts.from_rows([row("Ada Reid"), row("Kai Ito")])
    plan = onroll.plan(accounts, roster("Kai Ito", "Mia Hall"))
    after = plan.apply(accounts)
    stored = onroll.Plan.from_json(plan.to_json(passwords=True))
    restored = stored.reverse(after)
    assert restored == accounts and len(after) == 3
    for given, code in [(restored, "plan-already-reversed"), (roster_of("Ada Reid"), "plan-changed-since")]:
        with pytest.raises(onroll.PlanError) as refused:
            plan.reverse(given)
        assert refused.value.code == code and refused.value.usernames == []
    part = plan.without(kinds=["leave"])
    assert (part.summary(), part.left_out) == ("1 join, 1 left out, 2 unchanged", [("leave", "Ada Reid")])
    assert plan.without(usernames=["MIA hall"]).summary() == "1 leave, 1 left out, 1 unchanged"
    with pytest.raises(ValueError, match="kinds must name kinds of changes .*, not 'leaves'"):
        plan.without(kinds=["leaves"])  # type: ignore[list-item]
    assert plan.summary_in_words() == "1 new student, 1 leaver, 1 unchanged" and plan.diff().startswith(plan.summary_in_words())


def roster_of(*names: str) -> onroll.Accounts:
    return onroll.create_accounts(roster(*names))


def test_the_error_for_leaving_out_a_needed_change_names_the_affected_usernames() -> None:
    accounts = onroll.Accounts.from_rows([row("Ada Reid", username="u1", source_id="A1"), row("Kai Ito", username="u2", source_id="A2")])
    swapped = [row("Ada Reid", username="u2", source_id="A1"), row("Kai Ito", username="u1", source_id="A2")]
    students = onroll.Roster.from_rows(swapped, optional_columns=True)
    plan = onroll.plan(accounts, students, override_guards=["usernames-changed"])
    with pytest.raises(onroll.PlanError) as refused:
        plan.without(usernames=["u1"])
    error = pickle.loads(pickle.dumps(refused.value))
    assert (error.code, error.usernames) == ("plan-part-breaks", ["u2"])


def test_accounts_can_be_transferred_to_another_school_and_merged() -> None:
    upn = "X801200000001"
    oak = onroll.Accounts.from_rows([row("Ada Reid", upn=upn, source_id="A1", password="ABCD"), row("Kai Ito")], school_id="oak")
    elm = onroll.Accounts.from_rows([row("Mia Hall")], school_id="elm")
    oak.transfer("ada reid", elm)
    moved = elm["Ada Reid"]
    assert (len(oak), moved.upn, moved.source_id, moved.password and moved.password.expose()) == (1, upn, None, "ABCD")
    for to, code in [(oak, "account-same-school"), (onroll.Accounts.from_rows([], sign_in="sso"), "account-other-sign-in")]:
        with pytest.raises(onroll.AccountError) as refused:
            oak.transfer("Kai Ito", to)
        assert refused.value.code == code
    gone = elm.merge("Ada Reid", "Mia Hall")
    assert (gone.username, gone.password, len(elm)) == ("Mia Hall", None, 1)
    with pytest.raises(onroll.AccountError) as refused:
        elm.merge("Ada Reid", elm[0])
    assert refused.value.code == "account-same"
