"""python -m onroll, as one types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import onroll
import pytest
from onroll.__main__ import main

from conftest import MESSY, OAKFIELD, SEPTEMBER, school


def run(*arguments: str | Path) -> int:
    return main([str(argument) for argument in arguments])


def test_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", OAKFIELD) == 0
    assert capsys.readouterr().out.startswith("The roster is accepted: 240 students.")
    assert run("check", MESSY) == 1
    assert capsys.readouterr().out.strip() == onroll.check_csv(MESSY).text().strip()
    assert run("check", MESSY, "--json", "--sso") == 1
    assert json.loads(capsys.readouterr().out)["ok"] is False


SMALL = onroll.template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No"


def test_json_shows_the_values_of_a_file_only_with_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, out, kept = (tmp_path / name for name in ("messy.csv", "fixed.csv", "kept.json"))
    file.write_text(SMALL.replace(",F,", ",Kestrel,"), encoding="utf-8")
    kept.write_text('{"format":1,"sign_in":"password","accounts":[]}', encoding="utf-8")
    commands: list[list[str | Path]] = [["check", file], ["fix", file, out], ["accounts", file], ["plan", file, "--accounts", kept]]
    for command in commands:
        assert run(*command, "--json") == 1
        without = capsys.readouterr().out
        assert "Kestrel" not in without and json.loads(without)["ok"] is False
        assert run(*command, "--json", "--values") == 1
        assert json.loads(capsys.readouterr().out)["problems"][0]["value"] == "Kestrel"
    file.write_text(SMALL, encoding="utf-8")
    wanted: list[tuple[list[str], str | None]] = [([], None), (["--values"], "F")]
    for more, value in wanted:
        assert run("accounts", file, "--fix", "--json", *more) == 0
        assert json.loads(capsys.readouterr().out)["report"]["fixed"][0]["value"] == value


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_every_file_is_written_for_its_owner_alone(tmp_path: Path) -> None:
    names = ["fixed.csv", "c.csv", "c.html", "a.json", "b.json", "t.csv"]
    fixed, credentials, cards, kept, after, template = files = [tmp_path / name for name in names]
    for file in files:
        file.write_text("old")
        file.chmod(0o644)
    assert run("fix", OAKFIELD, fixed) == 0
    assert run("accounts", OAKFIELD, "--credentials", credentials, "--cards", cards, "--out", kept) == 0
    assert run("plan", SEPTEMBER, "--accounts", kept, "--leaving", "Year 6", "--apply", after) == 0
    assert run("template", "--out", template) == 0
    assert [oct(file.stat().st_mode & 0o777) for file in files] == ["0o600"] * 6


@pytest.mark.skipif(sys.platform == "win32", reason="there is no /dev there")
@pytest.mark.parametrize("to", ["-", "/dev/stdout"])
def test_sends_a_file_to_standard_output_and_messages_to_standard_error(tmp_path: Path, to: str) -> None:
    file = tmp_path / "small.csv"
    file.write_text(SMALL, encoding="utf-8")

    def started(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([sys.executable, "-m", "onroll", *arguments], capture_output=True, cwd=tmp_path)

    fixed = started("fix", file, to)
    assert (fixed.returncode, fixed.stdout.decode("utf-8-sig")) == (0, SMALL.replace(",F,", ",Female,") + "\r\n")
    assert fixed.stderr.startswith(b"The roster is accepted: 1 student")
    made = started("accounts", file, "--fix", "--credentials", to, "--json")
    assert made.stdout.count(b"\r\n") == 2 and json.loads(made.stderr)["accounts"] == 1
    both = started("accounts", file, "--fix", "--credentials", to, "--out", "-")
    assert (both.returncode, both.stdout) == (2, b"") and b"only one file can go to standard output" in both.stderr
    refused = started("fix", file, "/dev/null")
    assert (refused.returncode, refused.stdout) == (2, b"")
    assert refused.stderr.startswith(b"onroll: not a regular file") and b"/dev/null" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["small.csv"]


def test_with_a_wrong_sign_in_address_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "small.csv"
    file.write_text(SMALL, encoding="utf-8")
    out: list[str | Path] = ["--cards", tmp_path / "c.html", "--sign-in-url", "https://", "--out", tmp_path / "a.json"]
    assert run("accounts", file, "--fix", *out) == 2
    assert capsys.readouterr().err.startswith("onroll: the sign-in address must be https://")
    assert [path.name for path in tmp_path.iterdir()] == ["small.csv"]


def test_fix(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("fix", MESSY, tmp_path / "fixed.csv") == 1
    assert "fixed.csv" in capsys.readouterr().out or not (tmp_path / "fixed.csv").exists()
    file = tmp_path / "small.csv"
    file.write_text(onroll.template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No", encoding="utf-8")
    assert run("fix", file, file) == 0
    assert onroll.read_csv(file)[0].gender == "Female"


def test_accounts_and_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    credentials, cards, kept, after = (tmp_path / name for name in ["c.csv", "c.html", "a.json", "b.json"])
    assert run("accounts", OAKFIELD, "--credentials", credentials, "--cards", cards, "--out", kept, "--pin", "6") == 0
    assert "240 accounts: credentials in " in capsys.readouterr().out
    for file in [credentials, cards, kept]:
        assert file.stat().st_mode & 0o077 == 0, "for its owner alone"

    assert run("plan", SEPTEMBER, "--accounts", kept) == 1
    refused = capsys.readouterr().out
    assert "62 of 240 active accounts would leave" in refused and "add: --override too-many-leavers" in refused
    assert run("plan", SEPTEMBER, "--accounts", kept, "--json") == 1
    assert json.loads(capsys.readouterr().out)["refused"] == "too-many-leavers"
    assert run("plan", SEPTEMBER, "--accounts", kept, "--leaving", "Year 6", "--apply", after) == 0
    assert capsys.readouterr().out.startswith("31 join, 63 leave, 177 move\n")
    assert run("plan", SEPTEMBER, "--accounts", after) == 0
    assert capsys.readouterr().out.startswith("nothing to do, 208 unchanged")


def test_template(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("template") == 0
    assert capsys.readouterr().out == onroll.template_csv().replace("\r\n", "\n")
    assert run("template", "--out", tmp_path / "template.csv") == 0
    assert (tmp_path / "template.csv").read_bytes() == onroll.template_csv().encode()


def test_what_cannot_be_tried(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "none.csv"
    wrongs: list[list[str | Path]] = [
        ["check", missing],
        ["plan", OAKFIELD, "--accounts", missing],
        ["accounts", OAKFIELD, "--pin", "3"],
    ]
    for arguments in wrongs:
        assert run(*arguments) == 2
        told = capsys.readouterr().err
        assert told.startswith("onroll: ") and told.count("\n") == 1, told
    # A file may be named anything.
    assert run("check", tmp_path / "\x1b[2Jno\u202ene.csv") == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "\\x1b[2Jno\\u202ene.csv" in told, told
    kept = tmp_path / "a.json"
    kept.write_text("{", encoding="utf-8")
    assert run("plan", OAKFIELD, "--accounts", kept) == 2
    with pytest.raises(SystemExit) as caught:
        run("chekc", OAKFIELD)
    assert caught.value.code == 2


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pty there")
def test_a_bar_on_a_terminal(tmp_path: Path) -> None:
    import pty

    file = tmp_path / "large.csv"
    file.write_bytes(school(3_000_000))
    impatient = f"import onroll.__main__ as m; m.PATIENCE = 0; m.main(['check', {str(file)!r}])"
    ours, theirs = pty.openpty()
    done = subprocess.run([sys.executable, "-c", impatient], stdout=subprocess.PIPE, stderr=theirs, check=True, text=True)
    os.set_blocking(ours, False)
    shown = os.read(ours, 100_000).decode()
    os.close(theirs)
    assert "[#" in shown and "%" in shown and "\n" not in shown
    assert done.stdout.startswith("The roster is accepted: 3000000 students.")
    quiet = subprocess.run([sys.executable, "-c", impatient], capture_output=True, check=True, text=True)
    assert quiet.stderr == ""
