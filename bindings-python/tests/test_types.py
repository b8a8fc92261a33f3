"""Tests the types and docstrings that type checkers and editors see."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import get_args

import onroll
import pytest
from onroll import types

PACKAGE = Path(__file__).parents[1]

TYPED = '''
from __future__ import annotations

import onroll
from onroll import mylogin, wonde
from onroll.types import Guard, Limits, RefusedReason, SignIn


def again(accounts: onroll.Accounts, roster: onroll.Roster) -> onroll.Plan:
    try:
        return onroll.plan(accounts, roster)
    except onroll.PlanRefused as e:
        return onroll.plan(accounts, roster, override_guards=[e.guard])


def read(path: str, how: SignIn, limits: Limits) -> onroll.Roster:
    first: onroll.SignIn = how
    guards: list[onroll.Guard] = ["empty-roster"]
    more: list[Guard] = guards
    assert more
    return onroll.read_csv(path, sign_in=first, limits=limits)


def why(refused: onroll.SignInRefused) -> RefusedReason:
    return refused.reason


async def night(client: wonde.AsyncClient, login: mylogin.AsyncClient) -> tuple[onroll.Roster, str]:
    snapshot = await client.snapshot("A1")
    identity = await login.identity("c0de")
    return snapshot.roster(), identity.subject
'''
WRONG = '''
import onroll

onroll.read_csv("a.csv", sign_in="ssso")
guards: list[onroll.Guard] = ["everything"]
onroll.read_csv("a.csv", limits={"row": 1})
'''


def mypy(tmp_path: Path, text: str) -> subprocess.CompletedProcess[str]:
    file = tmp_path / "typed.py"
    file.write_text(text, encoding="utf-8")
    line = [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "--cache-dir", str(tmp_path / "cache"), str(file)]
    return subprocess.run(line, capture_output=True, text=True, check=False)


def test_mypy_accepts_right_types_and_refuses_wrong_types(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    right = mypy(tmp_path, TYPED)
    assert right.returncode == 0, right.stdout
    wrong = mypy(tmp_path, WRONG)
    assert wrong.returncode == 1 and [line.split(":")[1] for line in wrong.stdout.splitlines() if "error:" in line] == ["4", "5", "6"]


def choices(union: object) -> list[str]:
    return [name for literal in get_args(union) for name in get_args(literal)]


def test_the_literal_types_contain_the_values_that_the_module_accepts(accounts: onroll.Accounts) -> None:
    roster = onroll.Roster.from_rows([])
    with pytest.raises(ValueError, match="override_guards must name guards") as guards:
        onroll.plan(accounts, roster, override_guards=["all"])  # type: ignore[list-item]
    assert str(guards.value).split("(")[1].split(")")[0].split(", ") == choices(types.Guard) == choices(onroll.Guard)
    assert choices(types.SignIn) == ["password", "sso"] and onroll.Limits is types.Limits
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        getattr(onroll, "Nothing")


def test_the_type_stub_has_the_same_docstrings_as_the_module() -> None:
    sys.path.insert(0, str(PACKAGE))
    try:
        import stub_docstrings
    finally:
        sys.path.remove(str(PACKAGE))
    stub = stub_docstrings.STUB.read_text(encoding="utf-8")
    assert stub == stub_docstrings.documented(stub), "run python stub_docstrings.py"
    assert stub.count('"""') > 500
