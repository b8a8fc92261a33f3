"""Runs every test vector of the core."""

from __future__ import annotations

import io
import json
from datetime import date, datetime, timedelta, timezone
from typing import Any

import onroll
import pytest
from conftest import VECTORS, vectors

# The name of the student's field for each column, as in all JSON.
FIELD_OF = {
    "Student Full Name": "full_name", "Username": "username", "Year Group": "year_group", "Class": "class_name", "Gender": "gender",
    "Pupil Premium": "pupil_premium", "Ethnicity": "ethnicity", "SEND": "send", "EAL": "eal",
}


def told(problem: onroll.Problem, expected: dict[str, Any]) -> dict[str, Any]:
    assert problem.field == (FIELD_OF[problem.column] if problem.column else None)
    keys = ["code", "row", "line", "column", "value", "fix", "safe"] + [key for key in ("byte", "cell") if key in expected]
    return {key: getattr(problem, key) for key in keys}


def cells(student: onroll.Student) -> list[str]:
    def flag(value: bool) -> str:
        return "Yes" if value else "No"

    texts = [student.full_name, student.username, student.year_group, student.class_name, student.gender or ""]
    return [*texts, flag(student.pupil_premium), student.ethnicity.code, flag(student.send), flag(student.eal)]


@pytest.mark.parametrize("case", vectors("read"))
def test_reads_each_file_as_its_test_vector_expects(case: dict[str, Any]) -> None:
    case = {"problems": [], "fixed": [], "blank_rows": 0, **case}
    data = (VECTORS / "read" / case["file"]).read_bytes()
    options = dict(case.get("options", {}))
    if "accept" in options:
        # `accept` has the rows and columns of the problems whose suggestions are accepted.
        wanted = [tuple(at) for at in options.pop("accept")]
        before = onroll.check_csv(data, **options)
        options["accept"] = [problem.id for problem in before.problems if (problem.row, problem.column) in wanted]
        assert len(options["accept"]) >= len(wanted)
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


KEYS = ["full_name", "username", "year_group", "class_name", "gender", "pupil_premium", "ethnicity", "send", "eal"]


def given(roster: dict[str, Any]) -> onroll.Roster:
    sign_in = roster.get("sign_in", "password")
    if "rows" in roster or "text" in roster:
        text = roster.get("text") or onroll.template_csv() + "".join(f"{row}\r\n" for row in roster["rows"])
        read = onroll.read_csv(text.encode(), sign_in=sign_in)
    else:
        rows = [{**dict(zip(KEYS, record["cells"])), **record} for record in roster["records"]]
        read = onroll.Roster.from_rows(rows, sign_in=sign_in, hold=True)
    return read.as_partial() if roster.get("partial") else read


BASE = {
    "year_group": "Year 4",
    "class_name": "4A",
    "gender": "Female",
    "pupil_premium": False,
    "ethnicity": "WBRI",
    "send": False,
    "eal": False,
    "active": True,
}


def account(case: dict[str, Any]) -> dict[str, Any]:
    return {**BASE, "full_name": case["username"], **case}


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def usernames(entries: list[onroll.PlanEntry]) -> list[str]:
    return [entry.username for entry in entries]


def written(value: Any) -> str:
    """Returns the value of a field as the vectors write it."""
    return {True: "Yes", False: "No", None: ""}[value] if value is None or isinstance(value, bool) else str(value)


@pytest.mark.parametrize("case", vectors("plan"))
def test_each_plan_matches_its_test_vector(case: dict[str, Any]) -> None:
    lists = ["conflicts", "near", "decisions", "erased_by_username", "kept_usernames", "passed", "perhaps_staff", "diff"]
    case = {**{name: [] for name in lists}, **case}
    sign_in = case.get("sign_in", "password")
    accounts = onroll.Accounts.from_rows(
        [account(row) for row in case["accounts"]], sign_in=sign_in, school_id=case.get("school_id"),
        last_promotion=day(case.get("last_promotion")),
    )
    options = dict(case.get("options", {}))
    options.update({name: day(options[name]) for name in ["today", "leaving_until", "grace_until"] if name in options})
    options["decisions"] = [onroll.Decision.from_json(json.dumps(made)) for made in options.get("decisions", [])]
    try:
        plan = onroll.plan(accounts, given(case["roster"]), **options)
    except onroll.PlanRefused as error:
        about = {"field": error.field, "year": error.year, "class_name": error.class_name}
        about["text"] = error.text if "text" in case["refused"] else None
        about = {name: value for name, value in about.items() if value is not None}
        assert {"guard": error.guard, "numbers": error.numbers, **about} == case["refused"]
        assert error.text and not any(row["username"] in error.text for row in case["accounts"])
        return
    except onroll.PlanError as error:
        assert error.code == case["error"]
        return
    assert plan.summary() == case["summary"]
    assert [
        {
            "kind": change.kind,
            "username": change.username,
            "becomes": change.account.username,
            "fields": [[name, *map(written, values)] for name, values in change.fields.items()],
            **({"new_password": True} if change.kind == "return" and change.new_password else {}),
        }
        for change in plan
    ] == case["changes"]
    assert [
        {"reason": c.reason, "accounts": usernames(c.accounts), "students": usernames(c.students)} for c in plan.conflicts
    ] == case["conflicts"]
    assert [usernames(list(pair)) for pair in plan.near] == case["near"]
    assert [outcome for _, outcome in plan.decisions] == case["decisions"]
    assert usernames(plan.erased_by_username) == case["erased_by_username"]
    assert [list(kept) for kept in plan.kept_usernames] == case["kept_usernames"]
    assert plan.passed == case["passed"]
    stored = onroll.Plan.from_json(plan.to_json(passwords=True))
    assert stored == plan
    after = stored.apply(accounts)
    for username, fields in case.get("after", {}).items():
        assert {name: getattr(after[username], name) for name in fields} == {
            name: day(value) if name == "active_until" else value for name, value in fields.items()
        }
    assert usernames(plan.perhaps_staff) == case["perhaps_staff"]
    assert all(line in plan.diff() for line in case["diff"])
    assert stored.reverse(after).to_json(passwords=True) == accounts.to_json(passwords=True)
    if len(plan) > 0:
        with pytest.raises(onroll.PlanError) as refused:
            stored.reverse(accounts)
        assert refused.value.code == "plan-already-reversed"
    if "without" in case:
        assert part(plan, case["without"]) == case["part"]


def part(plan: onroll.Plan, without: dict[str, Any]) -> dict[str, Any]:
    """Returns the part of a plan that a case asks for."""
    try:
        made = plan.without(**without)
    except onroll.PlanError as error:
        return {"error": error.code}
    assert onroll.Plan.from_json(made.to_json(passwords=True)) == made
    return {"summary": made.summary(), "left_out": [list(out) for out in made.left_out]}


@pytest.mark.parametrize("case", vectors("keys.json"))
def test_username_keys_match_the_test_vectors(case: dict[str, Any]) -> None:
    for text in case["same"]:
        assert onroll.username_key(text) == case["key"] and onroll.username_key(text, loose=True) == case["loose"]
        assert all(onroll.same_username(text, other) for other in case["same"])


@pytest.mark.parametrize("case", vectors("passwords.json"))
def test_canonical_passwords_match_the_test_vectors(case: dict[str, Any]) -> None:
    for typed in case["typed"]:
        assert onroll.canonical_password(typed) == case["canonical"]


@pytest.mark.parametrize("case", vectors("sign_in.json"))
def test_sign_in_results_match_the_test_vectors(case: dict[str, Any]) -> None:
    accounts = onroll.Accounts.from_rows([account(row) for row in case["accounts"]])
    assert [own.username for own in accounts.sharing_a_key] == case.get("sharing_a_key", [])
    attempts = onroll.Attempts()
    for number, attempt in enumerate(case["tries"]):
        now = datetime(2026, 9, 7, 9, tzinfo=timezone.utc) + timedelta(minutes=2 * number)
        try:
            opened = attempts.sign_in(accounts, attempt["username"], attempt["password"], now=now)
            assert opened.username == attempt.get("opens")
        except onroll.SignInRefused as refused:
            assert refused.reason == attempt.get("reason"), f"try {number}"
