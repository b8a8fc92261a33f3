"""Tests our files in a spreadsheet program. LibreOffice opens and recalculates them, runs no formula, and keeps every
value.

`make spreadsheet` runs these tests. If LibreOffice is not installed, `make test` skips them.
"""

from __future__ import annotations

import csv as plain
import io
import re
import shutil
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import onroll
import pytest

pytestmark = pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")


class Listener(BaseHTTPRequestHandler):
    """A server that records each request, so that a formula that runs is noticed."""

    reached: list[str] = []

    def do_GET(self) -> None:
        self.reached.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def port() -> Iterator[int]:
    Listener.reached = []
    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()


def formulas(port: int) -> list[str]:
    return [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(1;1)",
        "=1+1;2",
        f'=WEBSERVICE("http://127.0.0.1:{port}/webservice")',
        f'=HYPERLINK("http://127.0.0.1:{port}/hyperlink"|"x")',
        "=cmd|' /C calc'!A0",
        "=SUM(1+1)*cmd|' /C calc'!A0",
        '=DDE("soffice"|"/etc/passwd"|"A1")',
        "＝1+1",
        "'=1+1",
        "''=1+1",
        "=\"a\"&\"b\"",
        "007",
        "1E5",
        "1-2",
        "TRUE",
        "O'Neill",
        "Zoë",
    ]


def opened(file: Path, folder: Path, kind: str) -> Path:
    """Opens a file in LibreOffice, recalculates it and saves it. Returns the new file."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    # Comma, quote, UTF-8, from the first line. LibreOffice chooses the type of every column.
    taken = "--infilter=CSV:44,34,76,1,,0,false,true,false,false"
    command = ["soffice", profile, "--headless", "--norestore", taken, "--convert-to", kind, "--outdir", str(folder), str(file)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder / f"{file.stem}.{kind.split(':')[0]}"


def formulas_in(workbook: Path) -> list[str]:
    with zipfile.ZipFile(workbook) as parts:
        sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/")]
        return [found for name in sheets for found in re.findall(r"<f[ >].*?</f>", parts.read(name).decode())]


def test_libreoffice_runs_no_formula_from_written_files_and_keeps_the_values(tmp_path: Path, port: int) -> None:
    names = formulas(port)
    records = [
        {"full_name": name, "username": f"u{n}", "year_group": "Year 7", "class_name": name, "gender": "Female"}
        | {"pupil_premium": False, "ethnicity": "WBRI", "send": False, "eal": False}
        for n, name in enumerate(names)
    ]
    roster = onroll.Roster.from_rows(records)
    assert [student.full_name for student in roster] == names
    accounts = onroll.create_accounts(roster)
    roster.write_csv(tmp_path / "roster.csv")
    accounts.write_credentials(tmp_path / "credentials.csv")
    onroll.fix_csv(tmp_path / "roster.csv", tmp_path / "fixed.csv")
    for file in ("roster.csv", "credentials.csv", "fixed.csv"):
        assert formulas_in(opened(tmp_path / file, tmp_path, "xlsx")) == [], file
    again = opened(tmp_path / "roster.csv", tmp_path / "again", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false")
    kept = [student.full_name for student in onroll.read_csv(again)]
    # A spreadsheet program can change a number that is not a formula. If the changed text shows this, the report has
    # the problem excel-mangled.
    assert [name for name in kept if name not in ("7", "100000", "1.00E+05")] == [n for n in names if n not in ("007", "1E5")]
    assert Listener.reached == []


def test_libreoffice_imports_formulas_from_an_unprotected_csv(tmp_path: Path, port: int) -> None:
    """Shows that the test above can fail."""
    raw = io.StringIO()
    plain.writer(raw).writerows([name, "x"] for name in formulas(port))
    (tmp_path / "raw.csv").write_text(raw.getvalue(), encoding="utf-8")
    assert len(formulas_in(opened(tmp_path / "raw.csv", tmp_path, "xlsx"))) > 3
