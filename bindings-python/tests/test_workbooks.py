"""Tests of reading and writing workbooks."""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path

import onroll
import pytest
from conftest import VECTORS, csv

TABLE = VECTORS / "read" / "workbooks" / "table.xlsx"
WRONG = csv("Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,Martian,No,No")


def parts(workbook: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_each_problem_in_a_workbook_names_its_cell(tmp_path: Path) -> None:
    report = onroll.check_csv(TABLE)
    assert (report.sheet, [problem.cell for problem in report.problems]) == ("Students", ["H3", "E4"])
    assert report.problems[0].line is None and report.problems[0].byte is None
    roster = onroll.read_csv(TABLE, fix=True)
    assert [student.username for student in roster] == ["Zoë Okafor", "Noah Khan", "Ada Lee"]
    assert onroll.fix_csv(TABLE, tmp_path / "fixed.csv").written
    assert onroll.read_csv(tmp_path / "fixed.csv").to_dicts() == roster.to_dicts()


def test_refuses_a_workbook_with_two_sheets_of_students_until_a_sheet_is_chosen() -> None:
    two = TABLE.with_name("two-sheets.xlsx")
    with pytest.raises(onroll.RosterError) as refused:
        onroll.read_csv(two)
    assert refused.value.report.counts == {"sheet-choice": 1}
    assert "'Year 5', 'Year 6'" in refused.value.report.text() and "Year 6" not in str(refused.value.report)
    assert onroll.read_csv(two, sheet="Year 6").report.sheet == "Year 6"


def test_detection_asks_which_sheet_to_read_and_accepts_the_answer() -> None:
    two = TABLE.with_name("two-sheets.xlsx")
    asked = onroll.detect(two)
    assert not asked.certain
    [question] = asked.questions
    assert (question.kind, question.choices) == ("which-sheet", ["Year 5", "Year 6"])
    detected = onroll.detect(two, sheet=question.choices[1])
    assert detected.certain and detected.mapping.sheet == "Year 6"
    assert onroll.read_csv(two, mapping=detected.mapping).report.sheet == "Year 6"


def test_the_template_workbook_has_drop_down_lists() -> None:
    template = onroll.template_workbook()
    assert onroll.check_csv(template).counts == {"no-students": 1}
    assert parts(template)["xl/worksheets/sheet1.xml"].count("<dataValidation ") == 5


def test_a_report_writes_a_marked_copy_of_its_file_as_a_workbook(tmp_path: Path) -> None:
    source, marked = tmp_path / "students.csv", tmp_path / "marked.xlsx"
    source.write_bytes(WRONG)
    with pytest.raises(onroll.RosterError) as refused:
        onroll.read_csv(source)
    refused.value.report.write_workbook(marked, source=source)
    again = onroll.check_csv(marked, sheet="Students")
    assert [problem.cell for problem in again.problems] == ["G2"]
    assert "It was 'F'." in parts(marked.read_bytes())["xl/comments1.xml"]
    to = io.BytesIO()
    report = onroll.mark_csv(WRONG, to)
    assert report.fixed_count == 1 and to.getvalue() == marked.read_bytes()


def test_a_report_refuses_to_mark_a_different_file() -> None:
    report = onroll.check_csv(WRONG)
    with pytest.raises(ValueError, match="not the file"):
        report.write_workbook(io.BytesIO(), source=csv("Ada Lee,Ada Lee,Year 5,5A,X,No,WBRI,No,No"))
    with pytest.raises(ValueError, match="mark_csv"):
        pickle.loads(pickle.dumps(report)).write_workbook(io.BytesIO(), source=WRONG)


def test_writes_and_reads_credentials_as_a_workbook(tmp_path: Path) -> None:
    accounts = onroll.create_accounts(onroll.read_csv(TABLE, fix=True))
    accounts.write_credentials(tmp_path / "credentials.xlsx", workbook=True)
    password = accounts["Ada Lee"].password
    assert password is not None
    assert f"<t>{password.expose()}</t>" in parts((tmp_path / "credentials.xlsx").read_bytes())["xl/sharedStrings.xml"]
    others = onroll.create_accounts(onroll.read_csv(TABLE, fix=True))
    assert others.read_credentials(tmp_path / "credentials.xlsx")["set"] == 3
    one = io.BytesIO()
    accounts.write_credentials(one, usernames=["Ada Lee"], workbook=True)
    assert "Noah Khan" not in parts(one.getvalue())["xl/sharedStrings.xml"]


