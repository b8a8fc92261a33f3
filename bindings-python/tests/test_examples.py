"""The examples, run as a newcomer runs them."""

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

from conftest import EXAMPLES, MESSY, OAKFIELD


def test_clean_up(tmp_path: Path) -> None:
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


def test_upload(caplog: pytest.LogCaptureFixture) -> None:
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
