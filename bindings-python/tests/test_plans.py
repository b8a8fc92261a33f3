"""Plans, as Python sees them; the vectors say what must be in them."""

from __future__ import annotations

import pickle

import onroll
import pytest

from conftest import SEPTEMBER


def test_a_september(accounts: onroll.Accounts) -> None:
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
    assert len(accounts) == 240 and len(after) == 271, "those given stay as they are"
    assert onroll.plan(after, september).summary() == "nothing to do, 208 unchanged"
    assert joiner.account.full_name in plan.diff() and joiner.account.full_name not in repr(plan) + repr(joiner)


def test_a_guard(accounts: onroll.Accounts) -> None:
    september = onroll.read_csv(SEPTEMBER)
    with pytest.raises(onroll.PlanRefused) as caught:
        onroll.plan(accounts, september)
    error = caught.value
    assert error.guard == "too-many-leavers" and error.code == "plan-refused"
    assert error.numbers == {"active": 240, "leavers": 62, "expected": 0, "limit": 24}
    assert pickle.loads(pickle.dumps(error)).numbers == error.numbers
    assert onroll.plan(accounts, september, despite=["too-many-leavers"]).passed == ["too-many-leavers"]
    assert onroll.plan(accounts, september, max_leavers=0.5).passed == []


def test_a_plan_is_kept_and_refused_elsewhere(accounts: onroll.Accounts) -> None:
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


def test_wrong_arguments_are_named(accounts: onroll.Accounts) -> None:
    roster = onroll.read_csv(SEPTEMBER)
    with pytest.raises(TypeError, match="accounts must be Accounts, not Roster"):
        onroll.plan(roster, roster)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="roster must be a Roster, not str"):
        onroll.plan(accounts, "september.csv")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="erased must be an iterable of str, not str"):
        onroll.plan(accounts, roster, erased="Zoë")
    with pytest.raises(ValueError, match="despite must name guards: empty-roster, "):
        onroll.plan(accounts, roster, despite=["everything"])  # type: ignore[list-item]
    with pytest.raises(ValueError, match="leaving_years must be year groups"):
        onroll.plan(accounts, roster, leaving_years=["Oak"])
    with pytest.raises(TypeError, match="passwords must be a PasswordPolicy, not int"):
        onroll.plan(accounts, roster, passwords=4)  # type: ignore[arg-type]
