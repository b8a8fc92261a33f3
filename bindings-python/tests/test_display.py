"""Tests of tables, notebooks, stored reports, pickles, logs and the fake Wonde."""

from __future__ import annotations

import copy
import io
import json
import logging
import pickle
from datetime import date
from typing import Any

import onroll
import pandas
import polars
import pyarrow
import pytest
from conftest import MESSY, OAKFIELD, SEPTEMBER, csv
from onroll import wonde
from onroll.testing import FakeWonde


@pytest.fixture
def plan(accounts: onroll.Accounts) -> onroll.Plan:
    return onroll.plan(accounts, onroll.read_csv(SEPTEMBER), leaving_years=["Year 6"], today=date(2026, 9, 2))


def test_a_plan_converts_to_a_table_with_one_row_for_each_change(plan: onroll.Plan) -> None:
    rows = plan.to_dicts()
    frame = polars.DataFrame(plan)
    assert len(rows) == len(plan) == frame.height
    assert frame["kind"].value_counts().sort("kind").rows() == [("join", 31), ("leave", 63), ("move", 177)]
    moved = next(row for row in rows if row["kind"] == "move")
    change = next(change for change in plan.movers if change.username == moved["username"])
    assert (moved["old_class_name"], moved["class_name"]) == change.fields["class_name"]
    assert frame.filter(polars.col("username") == moved["username"])["old_class_name"][0] == moved["old_class_name"]
    assert set(moved["changed"]) == set(change.fields)
    assert list(plan.to_pandas().columns) == frame.columns == pyarrow.table(plan).column_names
    passwords = [change.password.expose() for change in plan.joiners if change.password]
    text = json.dumps(rows) + frame.write_csv()
    assert len(passwords) == 31 and not any(f'"{password}"' in text for password in passwords)


def test_a_report_converts_to_a_data_frame() -> None:
    report = onroll.check_csv(MESSY)
    hidden, shown = report.to_pandas(), report.to_pandas(values=True)
    assert isinstance(shown, pandas.DataFrame) and len(shown) == len(report.problems)
    assert hidden["value"].count() == 0 < shown["value"].count()


def test_notebook_html_shows_counts_but_no_names_of_students(accounts: onroll.Accounts, plan: onroll.Plan) -> None:
    roster = onroll.read_csv(OAKFIELD)
    shown: list[Any] = [roster, accounts, plan, onroll.check_csv(MESSY)]
    for thing in shown:
        html = thing._repr_html_()
        assert html.startswith("<p>") and html.count("<table>") == html.count("</table>")
        for student in roster:
            assert student.full_name not in html and student.username not in html
    assert "240 students" in roster._repr_html_() and "<td>Year 6</td>" in roster._repr_html_()
    assert "<td>leave</td><td>63</td>" in plan._repr_html_()
    hostile = onroll.template_csv() + "Zoë Okafor,Zoë Okafor,<script>,5A,Female,No,BAFR,No,No"
    assert "<script>" not in onroll.read_csv(hostile.encode())._repr_html_()


def test_reads_a_report_from_its_json() -> None:
    report = onroll.check_csv(MESSY)
    again = onroll.Report.from_json(report.to_json(values=True))
    assert again == report and again.text() == report.text() and again.by_value == report.by_value
    without = onroll.Report.from_json(report.to_json())
    assert str(without) == str(report) and all(problem.value is None for problem in without.problems)
    for wrong in ("{}", "[", "", '{"format": 9}'):
        with pytest.raises(ValueError, match="report"):
            onroll.Report.from_json(wrong)


def test_pickled_and_copied_objects_equal_the_originals(plan: onroll.Plan) -> None:
    fewer = onroll.read_csv(SEPTEMBER)
    values: list[Any] = [
        onroll.Decision.rename(plan.leavers[0].username, "somebody"),
        onroll.Link("mylogin", "1", "A1", "zoe"),
        wonde.Schedule.daily("02:30").full_on("Sunday").spread(60).of_school("A1"),
        wonde.Access("A1"),
        fewer,
        onroll.check_csv(MESSY),
        onroll.ethnicity("BAFR"),
    ]
    tom, thomas = (onroll.read_csv(csv(f"{name} Lee,{name} Lee,Year 5,5A,Male,No,WBRI,No,No")) for name in ("Tom", "Thomas"))
    values += onroll.plan(onroll.create_accounts(tom), thomas).near[0]
    wrong = {**fewer.to_dicts()[0], "class_name": ""}
    values += onroll.Roster.from_rows([wrong], hold=True).held
    assert len({type(value) for value in values}) == 9, [type(value) for value in values]
    for value in values:
        for again in (pickle.loads(pickle.dumps(value)), copy.copy(value), copy.deepcopy(value)):
            assert again == value and type(again) is type(value)


def test_logs_requests_to_wonde_without_the_token(caplog: pytest.LogCaptureFixture) -> None:
    with FakeWonde(students=300) as fake, caplog.at_level(logging.DEBUG, logger="onroll.wonde"):
        fake.fault("503")
        fake.client().snapshot(fake.school_id)
    messages = [record.getMessage() for record in caplog.records if record.name == "onroll.wonde"]
    assert any(f"/schools/{fake.school_id}/students: 200 in " in message for message in messages), messages
    assert any("/students: 503 in" in message for message in messages)
    assert any(message.startswith("waits ") for message in messages)
    assert not any(fake.token in message or "?" in message for message in messages)


def test_the_fake_wonde_can_change_its_students_and_simulate_faults() -> None:
    with FakeWonde(students=60) as fake:
        client = fake.client()
        accounts = onroll.create_accounts(client.snapshot(fake.school_id).roster())
        fake.change("a term")
        plan = onroll.plan(accounts, client.snapshot(fake.school_id).roster(), max_leavers=0.5)
        assert (len(plan.joiners), len(plan.leavers)) == (10, 10)
        fake.fault("drop", page=0, times=99)
        with pytest.raises(onroll.WondeError):
            client.snapshot(fake.school_id)
        assert fake.control()["students"] == 60 and fake.log()
    fake.close()
    with pytest.raises(ValueError, match="closed"):
        fake.control()
    with pytest.raises(TypeError, match="students"):
        FakeWonde(students="many")  # type: ignore[arg-type]


def test_the_fake_mylogin_signs_a_student_in() -> None:
    with FakeWonde(students=60) as fake:
        roster = fake.client().snapshot(fake.school_id).roster()
        accounts = onroll.create_accounts(roster)
        login = fake.mylogin("http://127.0.0.1:1/callback")
        fake.sign_in(3)
        import urllib.error
        import urllib.request

        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_: Any, **__: Any) -> None:
                return None

        state = onroll.mylogin.new_state()
        with pytest.raises(urllib.error.HTTPError) as redirect:
            urllib.request.build_opener(Stay).open(login.authorize_url(state))
        back = redirect.value.headers["location"]
        identity = login.identity(login.callback(back, state))
        found = onroll.match_identity(identity, accounts, school_id=fake.school_id)
        assert found.source_id == "A1000000003"


def test_reading_or_writing_a_closed_file_raises_value_error(accounts: onroll.Accounts) -> None:
    closed = io.BytesIO()
    closed.close()
    with pytest.raises(ValueError):
        accounts.write_credentials(closed)
    with pytest.raises(ValueError):
        onroll.read_csv(closed)
