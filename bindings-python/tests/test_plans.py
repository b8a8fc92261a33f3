"""Tests of plans in Python. The test vectors check the content of plans."""

from __future__ import annotations

import pickle

import onroll
import pyarrow as pa
import pytest
from conftest import OAKFIELD, SEPTEMBER


def test_a_plan_for_a_new_school_year_lists_joiners_leavers_and_movers(accounts: onroll.Accounts) -> None:
    september = onroll.read_csv(SEPTEMBER)
    plan = onroll.plan(accounts, september, leaving_years=["Year 6"])
    assert plan.summary() == str(plan) == "31 join, 63 leave, 177 move"
    assert len(plan) == 271 == len(list(plan)) and len(plan.joiners) == 31 and len(plan.movers) == 177
    assert (plan.returners, plan.updates, plan.relinks, plan.renames, plan.conflicts) == ([], [], [], [], [])
    joiner = plan.joiners[0]
    assert joiner.kind == "join" and joiner.fields == {} and joiner.password is not None
    assert joiner.account.password == joiner.password
    mover = plan.movers[0]
    assert mover.fields.keys() == {"year_group", "class_name"} and mover.fields["year_group"][1] == mover.account.year_group
    match mover:
        case onroll.Change("move", username):
            assert username in accounts
        case _:
            pytest.fail("it should match")

    after = plan.apply(accounts)
    assert len(accounts) == 240 and len(after) == 271, "the accounts passed to apply() stay unchanged"
    assert onroll.plan(after, september).summary() == "nothing to do, 208 unchanged"
    assert joiner.account.full_name in plan.diff() and joiner.account.full_name not in repr(plan) + repr(joiner)


def test_a_guard_refuses_the_plan_and_can_be_overridden(accounts: onroll.Accounts) -> None:
    september = onroll.read_csv(SEPTEMBER)
    with pytest.raises(onroll.PlanRefused) as caught:
        onroll.plan(accounts, september)
    error = caught.value
    assert error.guard == "too-many-leavers" and error.code == "plan-refused"
    assert error.numbers == {"active": 240, "leavers": 62, "expected": 0, "limit": 24, "missing": 30}
    assert pickle.loads(pickle.dumps(error)).numbers == error.numbers
    assert onroll.plan(accounts, september, override_guards=["too-many-leavers"]).passed == ["too-many-leavers"]
    assert onroll.plan(accounts, september, max_leavers=1.0).passed == []


def test_refuses_an_edited_plan_and_a_plan_whose_accounts_have_changed(accounts: onroll.Accounts) -> None:
    plan = onroll.plan(accounts, onroll.read_csv(SEPTEMBER), leaving_years=["Year 6"])
    kept = onroll.Plan.from_json(plan.to_json(passwords=True))
    with onroll.pickling_passwords():
        assert kept == plan == pickle.loads(pickle.dumps(plan))
    assert onroll.Plan.from_json(plan.to_json()).joiners[0].password is None
    with pytest.raises(onroll.PlanError) as edited:
        onroll.Plan.from_json(plan.to_json().replace("Year 1", "Year 2", 1))
    assert edited.value.code == "plan-edited"
    accounts.edit(accounts[0], class_name="9Z")
    with pytest.raises(onroll.PlanError) as other:
        plan.apply(accounts)
    assert other.value.code == "plan-other-accounts"


def test_an_error_for_a_wrong_argument_names_the_argument(accounts: onroll.Accounts) -> None:
    roster = onroll.read_csv(SEPTEMBER)
    with pytest.raises(TypeError, match="accounts must be Accounts, not Roster"):
        onroll.plan(roster, roster)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="roster must be a Roster, not str"):
        onroll.plan(accounts, "september.csv")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="erased must be an iterable of str, not str"):
        onroll.plan(accounts, roster, erased="Zoë")
    with pytest.raises(ValueError, match=r"override_guards must name guards \(empty-roster, .*\), not 'everything'"):
        onroll.plan(accounts, roster, override_guards=["everything"])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="leaving_years must be year groups"):
        onroll.plan(accounts, roster, leaving_years=["Oak"])
    with pytest.raises(TypeError, match="passwords must be a PasswordPolicy, not int"):
        onroll.plan(accounts, roster, passwords=4)  # type: ignore[arg-type]


ROW = {
    "full_name": "Aarav Patel",
    "username": "apatel@oak.example",
    "year_group": "Year 4",
    "class_name": "4A",
    "gender": "Male",
    "pupil_premium": True,
    "ethnicity": "AIND",
    "send": False,
    "eal": False,
}


def test_decisions_resolve_a_conflict() -> None:
    accounts = onroll.Accounts.from_rows([{**ROW, "active": False, "password": "CX57"}], sign_in="sso")
    anaya = {**ROW, "full_name": "Anaya Patel", "gender": "Female", "class_name": "4B"}
    roster = onroll.Roster.from_rows([anaya], sign_in="sso")
    plan = onroll.plan(accounts, roster)
    assert len(plan) == 0 and plan.conflicts[0].reason == "username-reused"
    account, student = plan.conflicts[0].accounts[0], plan.conflicts[0].students[0]
    assert (account.full_name, student.full_name, student.class_name) == ("Aarav Patel", "Anaya Patel", "4B")
    assert "Patel" not in repr(account) + repr(plan.conflicts[0])

    decisions = [onroll.Decision.different(account, student), onroll.Decision.rename(account, "apatel.left@oak.example")]
    stored = [decision.to_json() for decision in decisions]
    assert [onroll.Decision.from_json(text) for text in stored] == decisions and len(set(decisions)) == 2
    assert pickle.loads(pickle.dumps(decisions)) == decisions and "apatel" not in repr(decisions)
    plan = onroll.plan(accounts, roster, decisions=decisions)
    assert plan.decisions == [(decision, "applied") for decision in decisions]
    after = plan.apply(accounts)
    assert after["apatel@oak.example"].full_name == "Anaya Patel"
    left = after["apatel.left@oak.example"]
    assert not left.active and left.password is not None and left.password.matches("CX57")

    with pytest.raises(TypeError, match=r"decisions\[0\] must be a Decision, not str"):
        onroll.plan(accounts, roster, decisions=stored)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="student must be a username, an Account, a Student or an entry of a plan, not int"):
        onroll.Decision.same("a", 5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not JSON of a decision"):
        onroll.Decision.from_json("{}")


def test_a_decision_about_a_near_match_refers_to_source_ids() -> None:
    accounts = onroll.Accounts.from_rows([{**ROW, "username": "Tom Lee", "full_name": "Tom Lee", "source_id": "A1"}])
    thomas = {**ROW, "username": "Thomas Lee", "full_name": "Thomas Lee", "source_id": 7}
    roster = onroll.Roster.from_rows([thomas])
    assert roster[0].source_id == "7" and pickle.loads(pickle.dumps(roster[0])).source_id == "7"
    [(account, student)] = onroll.plan(accounts, roster).near
    assert (account.username, student.username) == ("Tom Lee", "Thomas Lee")
    for decision in (onroll.Decision.same(account, student), onroll.Decision.same(accounts[0], roster[0])):
        assert decision.to_json() == '{"same":{"account":{"source_id":"A1"},"student":{"source_id":"7"}}}'
    plan = onroll.plan(accounts, roster, decisions=[decision])
    assert plan.summary() == "1 relink" and plan.near == []


def test_the_fields_of_a_change_have_typed_old_and_new_values() -> None:
    accounts = onroll.Accounts.from_rows([{**ROW, "active": False, "upn": "X801200000001"}])
    changed = {**ROW, "pupil_premium": False, "ethnicity": "WBRI", "upn": "X801200000001", "source_id": "A1"}
    [change] = onroll.plan(accounts, onroll.Roster.from_rows([changed]))
    assert change.fields == {
        "pupil_premium": (True, False),
        "ethnicity": ("AIND", "WBRI"),
        "active": (False, True),
        "source_id": (None, "A1"),
    }
    assert change.fields["pupil_premium"][0] is True and change.fields["active"][1] is True
    assert change.fields["ethnicity"][1].main_code == "WBRI" and not change.new_password


def test_a_returning_student_matched_by_name_gets_a_new_password() -> None:
    accounts = onroll.Accounts.from_rows([{**ROW, "active": False, "password": "CX57"}])
    plan = onroll.plan(accounts, onroll.Roster.from_rows([ROW]))
    [change] = plan.returners
    assert change.new_password and change.password is not None and "(new password)" in plan.diff()
    after = plan.apply(accounts)["apatel@oak.example"].password
    assert after is not None and after == change.password and not after.matches("CX57")
    stored = onroll.Plan.from_json(plan.to_json()).apply(accounts, without_passwords=True)
    assert stored[0].password is None and stored.fill_passwords() == 1


def test_applying_a_plan_stored_without_passwords_requires_an_option(accounts: onroll.Accounts) -> None:
    plan = onroll.plan(accounts, onroll.read_csv(SEPTEMBER), leaving_years=["Year 6"])
    joiners = {joiner.username for joiner in plan.joiners}
    for stored in (onroll.Plan.from_json(plan.to_json()), pickle.loads(pickle.dumps(plan))):
        with pytest.raises(onroll.PlanError, match=r"the passwords of 31 accounts; store it with to_json\(passwords=True\)") as refused:
            stored.apply(accounts)
        assert refused.value.code == "plan-without-passwords"
        bare = stored.apply(accounts, without_passwords=True)
        assert {account.username for account in bare if account.active and account.password is None} == joiners
        filled = stored.apply(accounts, passwords=onroll.PasswordPolicy.pin(6))
        pins = {account.username for account in filled if account.password and account.password.expose().isdigit()}
        assert joiners <= pins and all(filled[name].password == accounts[name].password for name in {a.username for a in accounts})
    whole = onroll.Plan.from_json(plan.to_json(passwords=True)).apply(accounts)
    assert whole == plan.apply(accounts), "no password is missing"
    # A plan without joiners needs no passwords.
    same = onroll.plan(accounts, onroll.read_csv(OAKFIELD))
    assert onroll.Plan.from_json(same.to_json()).apply(accounts) == accounts


def test_a_plan_cannot_be_applied_to_the_accounts_of_another_school() -> None:
    roster = onroll.Roster.from_rows([ROW]).with_school_id("A1")
    assert roster.school_id == "A1" == onroll.plan(onroll.Accounts.from_rows([]), roster).school_id
    first = onroll.plan(onroll.Accounts.from_rows([], school_id="A1"), roster)
    with pytest.raises(onroll.PlanError):
        first.apply(onroll.Accounts.from_rows([], school_id="A2"))
    assert first.apply(onroll.Accounts.from_rows([], school_id="A1")).school_id == "A1"
    with pytest.raises(onroll.PlanRefused) as refused:
        onroll.plan(onroll.Accounts.from_rows([], school_id="A2"), roster)
    assert refused.value.guard == "school-mismatch"


@pytest.mark.parametrize("share", [50, -0.1, float("nan"), float("inf")])
def test_max_leavers_must_be_a_number_from_0_to_1(accounts: onroll.Accounts, share: float) -> None:
    with pytest.raises(ValueError, match="max_leavers must be a share from 0 to 1, not"):
        onroll.plan(accounts, onroll.read_csv(SEPTEMBER), max_leavers=share)


def test_a_column_missing_from_the_roster_does_not_change_the_accounts() -> None:
    accounts = onroll.Accounts.from_rows([{**ROW, "pupil_premium": True, "ethnicity": "BAFR", "send": True, "eal": True}])
    absent = {name: value for name, value in ROW.items() if name not in ("pupil_premium", "ethnicity", "send", "eal")}
    rosters = [
        onroll.Roster.from_rows([absent], optional_columns=True),
        onroll.Roster.from_arrow(pa.Table.from_pylist([absent]), optional_columns=True),
    ]
    for roster in rosters:
        assert roster.unrecorded == ("Pupil Premium", "Ethnicity", "SEND", "EAL")
        assert onroll.plan(accounts, roster).summary() == "nothing to do, 1 unchanged"
    # If at least one row has the flag, the flag is recorded. In rows without the flag, it is No.
    given = onroll.Roster.from_rows([absent, {**absent, "username": "s2", "send": "Yes"}], optional_columns=True)
    assert given.unrecorded == ("Pupil Premium", "Ethnicity", "EAL") and given[0].send is False


def test_plan_statements_contain_the_host_ids_of_the_accounts() -> None:
    row = {"year_group": "Year 7", "class_name": "7A", "gender": "Female", "ethnicity": "WBRI"}
    rows: list[dict[str, object]] = [
        {**row, "host_id": 41, "full_name": "Ada Reid", "username": "Ada Reid"},
        {**row, "host_id": "42", "full_name": "Mia Hall", "username": "Mia Hall"},
    ]
    accounts = onroll.Accounts.from_rows(rows)
    assert [account.host_id for account in accounts] == ["41", "42"]
    assert onroll.Accounts.from_arrow(pa.table(accounts))["Mia Hall"].host_id == "42"
    line = "{0},{0},Year 7,7B,Female,No,WBRI,No,No\n"
    roster = onroll.read_csv((onroll.template_csv() + line.format("Ada Reid") + line.format("Noah Khan")).encode())
    plan = onroll.plan(accounts, roster)
    leave, move, join = plan.statements()
    assert (leave.kind, leave.host_id, leave.username, leave.set) == ("update", "42", "Mia Hall", {"active": False})
    assert (move.host_id, move.set, move.password, move.makes_room) == ("41", {"class_name": "7B"}, None, False)
    assert (join.kind, join.host_id, join.new_password) == ("insert", None, True)
    assert join.set["pupil_premium"] is False and join.set["source_id"] is None and join.set["username"] == "Noah Khan"
    assert join.password is not None and "Noah" not in repr(join)
    assert [change.host_id for change in plan] == [None, "42", "41"]
