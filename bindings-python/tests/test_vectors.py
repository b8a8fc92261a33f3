"""Every vector of the core, word for word."""

from __future__ import annotations

import base64
import io
from typing import Any

import onroll
import pytest

from conftest import vectors


def told(problem: onroll.Problem, expected: dict[str, Any]) -> dict[str, Any]:
    keys = ["code", "row", "line", "column", "value", "fix", "safe"] + (["byte"] if "byte" in expected else [])
    return {key: getattr(problem, key) for key in keys}


def cells(student: onroll.Student) -> list[str]:
    def flag(value: bool) -> str:
        return "Yes" if value else "No"

    texts = [student.full_name, student.username, student.year_group, student.class_name, student.gender]
    return [*texts, flag(student.pupil_premium), student.ethnicity.code, flag(student.send), flag(student.eal)]


@pytest.mark.parametrize("case", vectors("read"))
def test_reading(case: dict[str, Any]) -> None:
    data = case["text"].encode() if "text" in case else base64.b64decode(case["base64"])
    options = case.get("options", {})
    students = None
    try:
        roster = onroll.read_csv(data, **options)
        report, students = roster.report, [cells(student) for student in roster]
    except onroll.RosterError as error:
        report = error.report
    assert len(report.problems) == len(case["problems"]) and len(report.fixed) == len(case["fixed"])
    assert [told(*pair) for pair in zip(report.problems, case["problems"])] == case["problems"]
    assert [told(*pair) for pair in zip(report.fixed, case["fixed"])] == case["fixed"]
    assert students == case["students"]
    assert report.blank_rows == case["blank_rows"]
    assert onroll.check_csv(data, **options).to_json(values=True) == report.to_json(values=True)
    if "corrected" in case:
        corrected = io.BytesIO()
        onroll.fix_csv(data, corrected, **{name: value for name, value in options.items() if name != "fix"})
        assert corrected.getvalue().decode() == case["corrected"]


FIELDS = ["full_name", "username", "year_group", "class_name", "gender", "pupil_premium", "ethnicity", "send", "eal"]


def given(roster: dict[str, Any]) -> onroll.Roster:
    sign_in = roster.get("sign_in", "password")
    if "text" in roster:
        read = onroll.read_csv(roster["text"].encode(), sign_in=sign_in)
    else:
        rows = [{**dict(zip(FIELDS, record["cells"])), **record} for record in roster["records"]]
        read = onroll.Roster.from_rows(rows, sign_in=sign_in, hold=True)
    return read.as_partial() if roster.get("partial") else read


@pytest.mark.parametrize("case", vectors("plan"))
def test_plans(case: dict[str, Any]) -> None:
    accounts = onroll.Accounts.from_rows(case["accounts"], sign_in=case["sign_in"])
    try:
        plan = onroll.plan(accounts, given(case["roster"]), **case.get("options", {}))
    except onroll.PlanRefused as error:
        assert {"guard": error.guard, "numbers": error.numbers} == case["refused"]
        return
    assert plan.summary() == case["summary"]
    assert [
        {
            "kind": change.kind,
            "username": change.username,
            "becomes": change.account.username,
            "fields": [[name, *values] for name, values in change.fields.items()],
        }
        for change in plan
    ] == case["changes"]
    assert [
        {"reason": c.reason, "usernames": c.usernames, "students": [s["username"] for s in c.students]}
        for c in plan.conflicts
    ] == case["conflicts"]
    assert [list(kept) for kept in plan.kept_usernames] == case["kept_usernames"]
    assert plan.passed == case["passed"]
    stored = onroll.Plan.from_json(plan.to_json(passwords=True))
    assert stored == plan
    stored.apply(accounts)
