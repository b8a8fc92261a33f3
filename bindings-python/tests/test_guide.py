"""Runs the examples of the guides in docs/, and of the README."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import onroll
import pytest
from conftest import CORE, OAKFIELD, SEPTEMBER
from onroll.testing import FakeWonde

DOCS = CORE.parent / "docs"
NAMES = ["check-an-upload", "any-export", "store-accounts", "sync-nightly", "sign-in"]  # in this order, because they share files


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


GUIDES = {name: (DOCS / f"{name}.md").read_text(encoding="utf-8") for name in NAMES}
EXAMPLES = [(name, number, code) for name in NAMES for number, code in enumerate(blocks(GUIDES[name], "python"))]
SHELL = [line for name in NAMES for block in blocks(GUIDES[name], "sh") for line in block.splitlines()]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Makes a folder with the files that the guides use, and works in it."""
    shutil.copy(OAKFIELD, tmp_path / "students.csv")
    shutil.copy(SEPTEMBER, tmp_path / "september.csv")
    starters = ["Ada Okonkwo,Ada Okonkwo,Reception,RA,Female,No,BAFR,No,No", "Bo Lindqvist,Bo Lindqvist,Reception,RA,Male,No,WBRI,No,No"]
    (tmp_path / "starters.csv").write_text(onroll.template_csv() + "\r\n".join(starters), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("name", "number", "code"), EXAMPLES, ids=lambda value: str(value)[:20])
def test_the_python_examples_in_the_guides_run_without_errors(files: Path, name: str, number: int, code: str) -> None:
    exec(compile(code, f"{name}.md, Python {number}", "exec"), {"__name__": "guide"})


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no Unix shell")
def test_the_shell_commands_in_the_guides_succeed(files: Path) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    assert len(SHELL) >= 8
    for line in SHELL:
        run = subprocess.run(["sh", "-c", line], capture_output=True, text=True, env={**os.environ, "PATH": path})
        assert run.returncode == 0, (line, run)
    assert (files / "problems.html").exists() and (files / "starters.html").exists()


def test_each_guide_has_examples_in_python_javascript_and_rust() -> None:
    for name, text in GUIDES.items():
        for language in ("python", "js", "rust"):
            assert blocks(text, language), f"{name}: {language}"
        assert blocks(text, "sh") or name == "sign-in", name


def test_the_python_examples_in_the_readme_run_without_errors(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readme = blocks((DOCS.parent / "README.md").read_text(encoding="utf-8"), "python")
    assert len(readme) == 4
    with FakeWonde(students=240) as fake:
        monkeypatch.setattr(onroll.wonde, "Client", partial(onroll.wonde.Client, domain=fake.domain))
        accounts = onroll.create_accounts(onroll.wonde.Client(fake.token).snapshot(fake.school_id).roster())
        names: dict[str, object] = {"token": fake.token, "username": accounts[0].username}
        for code in readme:
            if "Wonde" in code:
                names["accounts"] = accounts
            if "attempts" in code:
                held = names["accounts"]
                assert isinstance(held, onroll.Accounts)
                password = held[accounts[0].username].password
                assert password is not None
                names["password"] = password.expose()
            exec(compile(code, "README.md", "exec"), names)
    assert names["stored"]
