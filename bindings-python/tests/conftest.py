"""Helpers of the tests: the core's examples and test vectors, and functions that make a school."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import onroll
import pytest
from onroll import wonde

CORE = Path(__file__).parents[2] / "core"
OAKFIELD = CORE / "examples" / "oakfield.csv"
MESSY = CORE / "examples" / "oakfield-messy.csv"
SEPTEMBER = CORE / "examples" / "oakfield-september.csv"
EXAMPLES = Path(__file__).parents[1] / "examples"
sys.path.insert(0, str(EXAMPLES))
# The small copy of Wonde and MyLogin in the core's examples.
SCHOOL = "A1329183376"
TOKEN = "fake-token-of-a-school"
MYLOGIN = ("fake-client", "fake-secret-of-the-client")


VECTORS = CORE / "tests" / "vectors"


def vectors(name: str) -> list[Any]:
    """Returns every case in a file or folder of test vectors. If a case fails, pytest shows the name of the case.
    """
    cases = []
    path = VECTORS / name
    for file in [path] if path.suffix else sorted(path.glob("*.json")):
        for case in json.loads(file.read_text(encoding="utf-8")):
            cases.append(pytest.param(case, id=f"{file.stem}: {case['name']}"))
    return cases


def csv(*rows: str) -> bytes:
    """Returns a file with the headings and these rows."""
    return (onroll.template_csv() + "".join(f"{row}\r\n" for row in rows)).encode()


def school(students: int) -> bytes:
    """Returns the file of a school with this number of students and no errors."""
    return csv(*(f"Pupil Number{n},Pupil Number{n},Year {n % 7},{n % 7}B,Female,No,WBRI,No,Yes" for n in range(students)))


@pytest.fixture
def accounts() -> onroll.Accounts:
    return onroll.create_accounts(onroll.read_csv(OAKFIELD))


class Fake:
    """A process that runs the small copy of Wonde."""

    def __init__(self, domain: str) -> None:
        self.domain = domain

    def control(self, **wanted: object) -> Any:
        request = urllib.request.Request(f"http://{self.domain}/control", json.dumps(wanted).encode())
        with urllib.request.urlopen(request) as response:
            return json.load(response)

    def fault(self, kind: str, at: str = "students", page: int = 2, times: int = 1) -> None:
        self.control(fault={"list": at, "page": page, "kind": kind, "times": times})

    def client(self, **options: Any) -> wonde.Client:
        return wonde.Client(TOKEN, self.domain, wait=lambda seconds: None, timeout=0.5, **options)


@pytest.fixture(scope="session")
def process() -> Iterator[str]:
    program = ["cargo", "run", "--quiet", "--locked", "-p", "onroll", "--example", "fake_wonde"]
    with subprocess.Popen(program, cwd=CORE.parent, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdin and running.stdout
        yield running.stdout.readline().strip()
        running.stdin.close()


@pytest.fixture
def fake(process: str) -> Fake:
    fake = Fake(process)
    fake.control(reset=450)
    return fake
