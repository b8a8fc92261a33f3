"""What the tests share: the examples and the vectors of the core, and a school in a line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import onroll
import pytest

CORE = Path(__file__).parents[2] / "core"
OAKFIELD = CORE / "examples" / "oakfield.csv"
MESSY = CORE / "examples" / "oakfield-messy.csv"
SEPTEMBER = CORE / "examples" / "oakfield-september.csv"


def vectors(folder: str) -> list[Any]:
    """Every case of a folder of vectors, named for the report of a failure."""
    cases = []
    for file in sorted((CORE / "tests" / "vectors" / folder).glob("*.json")):
        for case in json.loads(file.read_text(encoding="utf-8")):
            cases.append(pytest.param(case, id=f"{file.stem}: {case['name']}"))
    return cases


def csv(*rows: str) -> bytes:
    """A file of these rows under the headings."""
    return (onroll.template_csv() + "".join(f"{row}\r\n" for row in rows)).encode()


def school(students: int) -> bytes:
    """A school of so many students, every row right."""
    return csv(*(f"Pupil Number{n},Pupil Number{n},Year {n % 7},{n % 7}B,Female,No,WBRI,No,Yes" for n in range(students)))


@pytest.fixture
def accounts() -> onroll.Accounts:
    return onroll.create_accounts(onroll.read_csv(OAKFIELD))
