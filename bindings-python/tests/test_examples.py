"""Runs the example programs, as a newcomer does."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from http.server import ThreadingHTTPServer
from pathlib import Path

import onroll
import pytest
from conftest import EXAMPLES, MESSY, OAKFIELD, SEPTEMBER


def test_the_clean_up_example_writes_a_roster_or_refuses_the_export(tmp_path: Path) -> None:
    export, roster = tmp_path / "export.csv", tmp_path / "roster.csv"
    headings = "UPN,Legal Name,Reg Group,Year,Gender,Ethnicity,PP,SEN Status,EAL,School Email\n"
    export.write_text(
        headings + "A1,Zoë Okafor,5A,Year 5,F,Black African,T,K,F,zoe@oakfield.example\n", encoding="utf-8"
    )
    program = [sys.executable, str(EXAMPLES / "clean_up.py"), str(export), str(roster)]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("1 students in ") and "Year 5: 1" in done.stdout
    student = onroll.read_csv(roster, sign_in="sso")[0]
    assert (student.gender, student.ethnicity.code, student.pupil_premium, student.send) == ("Female", "BAFR", True, True)
    export.write_text(headings + "A1,Zoë Okafor,5A,Year 5,F,Martian,T,K,F,zoe@oakfield.example\n", encoding="utf-8")
    assert subprocess.run(program, capture_output=True, text=True, check=False).returncode == 1


def test_the_upload_example_creates_accounts_or_returns_the_report(caplog: pytest.LogCaptureFixture) -> None:
    from upload import Handler

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/"
    caplog.set_level("INFO")
    with urllib.request.urlopen(urllib.request.Request(address, data=OAKFIELD.read_bytes())) as answer:
        assert answer.status == 201 and json.load(answer)["accounts"] == 240
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(address, data=MESSY.read_bytes()))
    problems = json.load(refused.value)["problems"]
    server.shutdown()
    assert refused.value.code == 422 and len(problems) > 20
    values = {p.value for p in onroll.check_csv(MESSY).problems if p.value and len(p.value) > 6}
    assert not [value for value in values if value in caplog.text]


def test_the_pandas_example_keeps_a_student_whose_surname_is_the_word_null(tmp_path: Path) -> None:
    export, roster = tmp_path / "export.csv", tmp_path / "roster.csv"
    headings = "UPN,Legal Name,Reg Group,Year,Gender,Ethnicity,PP,SEN Status,EAL,School Email\n"
    row = "A1,Zoë Null,5A,Year 5,F,Black African,T,K,F,zoe@oakfield.example\n"
    program = [sys.executable, str(EXAMPLES / "clean_up_pandas.py"), str(export), str(roster)]
    export.write_text(headings + row, encoding="utf-8")
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("1 students in ") and "Year 5" in done.stdout
    assert onroll.read_csv(roster, sign_in="sso")[0].full_name == "Zoë Null"
    export.write_text(headings + row.replace("Black African", "Martian"), encoding="utf-8")
    assert subprocess.run(program, capture_output=True, text=True, check=False).returncode == 1


def test_the_fastapi_example_answers_an_upload_with_201_or_422_or_413(caplog: pytest.LogCaptureFixture) -> None:
    from fastapi.testclient import TestClient
    from fastapi_upload import MOST_BYTES, app

    caplog.set_level("INFO")
    client = TestClient(app)
    taken = client.post("/roster", files={"file": OAKFIELD.read_bytes()})
    assert (taken.status_code, taken.json()) == (201, {"accounts": 240, "put_right": 0})
    refused = client.post("/roster", files={"file": MESSY.read_bytes()})
    assert refused.status_code == 422 and len(refused.json()["problems"]) > 20
    # A page can read the report from its JSON, and show it.
    report = onroll.Report.from_json(refused.text)
    assert report.text() == onroll.check_csv(MESSY, fix=True).text()
    values = {p.value for p in report.problems if p.value and len(p.value) > 6}
    assert values and not [value for value in values if value in caplog.text]
    assert client.post("/roster", files={"file": b"x" * (MOST_BYTES + 1)}).status_code == 413
    assert client.post("/roster").status_code == 422


def test_the_example_notebook_runs_and_shows_no_student_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import ast

    for name, file in (("students.csv", OAKFIELD), ("messy.csv", MESSY), ("september.csv", SEPTEMBER)):
        (tmp_path / name).write_bytes(file.read_bytes())
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    shown = []
    cells = json.loads((EXAMPLES / "notebook.ipynb").read_text(encoding="utf-8"))["cells"]
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        assert cell["outputs"] == [], "no output is stored"
        tree = ast.parse("".join(cell["source"]))
        last = tree.body.pop()
        assert isinstance(last, ast.Expr)
        exec(compile(tree, "notebook", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "notebook", "eval"), names)
        display = getattr(value, "_repr_html_", None)
        shown.append(str(display() if display else value))
    assert len(shown) == 6 and "240 students" in shown[0]
    students = [student for file in (OAKFIELD, SEPTEMBER) for student in onroll.read_csv(file)]
    assert not [student for student in students for text in shown if student.full_name in text]
