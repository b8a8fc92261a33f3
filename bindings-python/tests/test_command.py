"""Tests of the command, mostly as `python -m onroll`."""

from __future__ import annotations

import copy
import io
import json
import os
import pickle
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import onroll
import pytest
from conftest import MESSY, OAKFIELD, SEPTEMBER, school
from onroll.__main__ import main


def run(*arguments: str | Path) -> int:
    return main([str(argument) for argument in arguments])


def test_the_check_command_prints_the_report(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("check", OAKFIELD) == 0
    assert capfd.readouterr().out.startswith("The roster is accepted: 240 students.")
    assert run("check", MESSY) == 1
    remedy = f"To apply the safe fixes: onroll fix {MESSY} FIXED.csv"
    assert capfd.readouterr().out.strip() == f"{onroll.check_csv(MESSY).text().strip()}\n{remedy}"
    assert run("check", MESSY, "--json", "--sso") == 1
    assert json.loads(capfd.readouterr().out)["ok"] is False


SMALL = onroll.template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No"


def test_json_output_contains_cell_values_only_with_the_values_option(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file, out, kept = (tmp_path / name for name in ("messy.csv", "fixed.csv", "kept.json"))
    file.write_text(SMALL.replace(",F,", ",Kestrel,"), encoding="utf-8")
    kept.write_text('{"format":1,"sign_in":"password","accounts":[]}', encoding="utf-8")
    commands: list[list[str | Path]] = [["check", file], ["fix", file, out], ["accounts", file], ["plan", file, "--accounts", kept]]
    for command in commands:
        assert run(*command, "--json") == 1
        without = capfd.readouterr().out
        assert "Kestrel" not in without and json.loads(without)["ok"] is False
        assert run(*command, "--json", "--values") == 1
        assert json.loads(capfd.readouterr().out)["problems"][0]["value"] == "Kestrel"
    file.write_text(SMALL, encoding="utf-8")
    wanted: list[tuple[list[str], str | None]] = [([], None), (["--values"], "F")]
    for more, value in wanted:
        assert run("accounts", file, "--fix", "--json", "--overwrite", *more) == 0
        assert json.loads(capfd.readouterr().out)["report"]["fixed"][0]["value"] == value


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")
def test_only_the_owner_can_read_a_written_file(tmp_path: Path) -> None:
    names = ["fixed.csv", "c.csv", "c.html", "a.json", "b.json", "t.csv"]
    fixed, credentials, cards, kept, after, template = files = [tmp_path / name for name in names]
    for file in files:
        file.write_text("old")
        file.chmod(0o644)
    assert run("fix", OAKFIELD, fixed) == 0
    assert run("accounts", OAKFIELD, "--credentials", credentials, "--cards", cards, "--out", kept, "--overwrite") == 0
    assert run("plan", SEPTEMBER, "--accounts", kept, "--leaving", "Year 6", "--apply", after) == 0
    assert run("template", "--out", template) == 0
    assert [oct(file.stat().st_mode & 0o777) for file in files] == ["0o600"] * 6


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no /dev")
@pytest.mark.parametrize("to", ["-", "/dev/stdout"])
def test_writes_the_file_to_standard_output_and_messages_to_standard_error(tmp_path: Path, to: str) -> None:
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
    assert refused.stderr.startswith(b"onroll: /dev/null: the path must be a regular file")
    assert [path.name for path in tmp_path.iterdir()] == ["small.csv"]


def test_writes_nothing_if_the_sign_in_address_is_wrong(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "small.csv"
    file.write_text(SMALL, encoding="utf-8")
    out: list[str | Path] = ["--cards", tmp_path / "c.html", "--sign-in-url", "https://", "--out", tmp_path / "a.json"]
    assert run("accounts", file, "--fix", *out) == 2
    assert capfd.readouterr().err.startswith("onroll: the sign-in address must be https://")
    assert [path.name for path in tmp_path.iterdir()] == ["small.csv"]


def test_the_fix_command_says_whether_the_file_was_written(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file, fixed = tmp_path / "small.csv", tmp_path / "fixed.csv"
    errors = onroll.check_csv(MESSY, fix=True).error_count
    for report in (onroll.fix_csv(MESSY, fixed), onroll.fix_csv(MESSY, io.BytesIO())):
        assert (report.written, report.correctable) == (False, False)
    assert run("fix", MESSY, fixed) == 1 and not fixed.exists()
    assert capfd.readouterr().out.endswith(f"\nNothing was written, because you must first correct {errors} problems by hand.\n")
    assert run("fix", MESSY, fixed, "--json") == 1 and not fixed.exists()
    told = json.loads(capfd.readouterr().out)
    assert (told["written"], told["correctable"], told["errors"]) == (False, False, errors)
    file.write_text(SMALL, encoding="utf-8")
    report = onroll.fix_csv(file, io.BytesIO())
    assert report.written and pickle.loads(pickle.dumps(report)).written and copy.copy(report).written
    assert report.correctable and not onroll.check_csv(file).written
    assert run("fix", file, file, "--json") == 0
    told = json.loads(capfd.readouterr().out)
    assert (told["written"], told["correctable"], told["ok"]) == (True, True, True)
    file.write_text(SMALL, encoding="utf-8")
    assert run("fix", file, fixed) == 0
    assert capfd.readouterr().out.endswith(f"\nWritten: {fixed}\n")
    assert onroll.read_csv(fixed)[0].gender == "Female"


def test_the_accounts_command_replaces_files_only_with_the_overwrite_option(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "small.csv"
    file.write_text(SMALL.replace(",F,", ",Female,"), encoding="utf-8")
    beside, kept, cards = tmp_path / "small-credentials.csv", tmp_path / "a.json", tmp_path / "c.html"
    assert run("accounts", file, "--out", kept, "--cards", cards) == 0
    capfd.readouterr()
    first = {path: path.read_bytes() for path in (beside, kept, cards)}
    other = tmp_path / "other.csv"
    repeats: list[tuple[list[str | Path], Path]] = [
        ([], beside),
        (["--json"], beside),
        (["--credentials", beside], beside),
        (["--credentials", other, "--out", kept], kept),
        (["--credentials", other, "--cards", cards], cards),
    ]
    for more, path in repeats:
        assert run("accounts", file, *more) == 2
        told = capfd.readouterr()
        assert told.err == f"onroll: {path} exists already. Choose another name, or add --overwrite.\n" and told.out == ""
        assert {path: path.read_bytes() for path in first} == first and not other.exists()
    assert run("accounts", file, "--overwrite", "--out", kept) == 0
    assert beside.read_bytes() != first[beside] and kept.read_bytes() != first[kept] and cards.read_bytes() == first[cards]


def started(*arguments: str | Path, **options: Any) -> subprocess.CompletedProcess[bytes]:
    line = [sys.executable, "-m", "onroll", *arguments]
    return subprocess.run(line, **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "check": False, **options})


def test_the_installed_command_prints_its_version() -> None:
    command = Path(sys.executable).with_name("onroll")
    run = subprocess.run([command, "--version"], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, f"onroll {onroll.__version__}\n")


def test_a_dash_as_a_path_means_standard_input_or_output(tmp_path: Path) -> None:
    small = SMALL.encode()
    checked = started("check", "-", "--fix", input=small, cwd=tmp_path)
    assert checked.returncode == 0 and checked.stdout.startswith(b"The roster is accepted: 1 student")
    fixed = started("fix", "-", "-", input=small, cwd=tmp_path)
    assert fixed.returncode == 0 and fixed.stdout.endswith(b"Female,No,BAFR,No,No\r\n")
    assert fixed.stderr.endswith(b"Written: standard output\n")
    told = started("fix", "-", "-", "--json", input=small, cwd=tmp_path)
    assert told.stdout == fixed.stdout and json.loads(told.stderr)["written"] is True
    nameless = started("accounts", "-", input=fixed.stdout, cwd=tmp_path)
    assert nameless.returncode == 2 and b"to read the roster from standard input, also add --credentials FILE" in nameless.stderr
    made = started("accounts", "-", "--credentials", "c.csv", "--out", "-", input=fixed.stdout, cwd=tmp_path)
    assert made.returncode == 0 and b"1 accounts: credentials in c.csv, accounts in standard output" in made.stderr
    (tmp_path / "roster.csv").write_bytes(fixed.stdout)
    plan = started("plan", "roster.csv", "--accounts", "-", "--apply", "-", input=made.stdout, cwd=tmp_path)
    assert (plan.returncode, plan.stdout) == (0, made.stdout) and plan.stderr.startswith(b"nothing to do")
    both = started("plan", "-", "--accounts", "-", input=made.stdout, cwd=tmp_path)
    assert both.returncode == 2 and b"only one file can come from standard input" in both.stderr
    template = started("template", "--out", "-", cwd=tmp_path)
    assert template.stdout.decode().splitlines() == onroll.template_csv().splitlines()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.csv", "roster.csv"]


def printing(tmp_path: Path) -> list[tuple[list[str | Path], int]]:
    """Returns commands that print, each with its exit code."""
    kept, messy = tmp_path / "kept.json", tmp_path / "messy.csv"
    kept.write_text(onroll.create_accounts(onroll.read_csv(OAKFIELD)).to_json(), encoding="utf-8")
    messy.write_bytes(MESSY.read_bytes())
    return [
        (["check", OAKFIELD], 0),
        (["check", messy], 1),
        (["check", messy, "--json"], 1),
        (["fix", messy, tmp_path / "fixed.csv"], 1),
        (["fix", OAKFIELD, "-"], 0),
        (["accounts", messy], 1),
        (["accounts", OAKFIELD, "--credentials", "-"], 0),
        (["accounts", OAKFIELD, "--credentials", tmp_path / "c.csv", "--out", "-", "--overwrite"], 0),
        (["plan", SEPTEMBER, "--accounts", kept], 1),
        (["plan", SEPTEMBER, "--accounts", kept, "--leaving", "Year 6", "--json"], 0),
        (["template"], 0),
        (["--version"], 0),
        (["check", "--help"], 0),
    ]


@pytest.fixture(params=["", "1"])
def unbuffered(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs a test with and without buffers in Python's streams. An error can occur when a stream is written, or when it
    is flushed.
    """
    monkeypatch.setenv("PYTHONUNBUFFERED", request.param)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break differently on Windows")
def test_a_closed_output_pipe_is_not_an_error(tmp_path: Path, unbuffered: None) -> None:
    for arguments, code in printing(tmp_path):
        ours, theirs = os.pipe()
        os.close(ours)
        run = started(*arguments, stdout=theirs)
        os.close(theirs)
        assert run.returncode == code and b"Traceback" not in run.stderr and b"Errno" not in run.stderr, (arguments, run)
        assert b"BrokenPipe" not in run.stderr and b"Exception ignored" not in run.stderr, (arguments, run)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has /dev/full")
def test_reports_a_full_disk_in_one_line(tmp_path: Path, unbuffered: None) -> None:
    for arguments, _ in printing(tmp_path):
        with open("/dev/full", "wb") as full:
            run = started(*arguments, stdout=full)
        assert run.returncode == 2, (arguments, run)
        assert run.stderr.endswith(b"onroll: standard output: No space left on device\n"), (arguments, run)
        assert b"Traceback" not in run.stderr and b"Exception ignored" not in run.stderr, (arguments, run)
        with open("/dev/full", "wb") as full:
            assert b"Traceback" not in started(*arguments, stderr=full).stdout


@pytest.mark.skipif(sys.platform != "linux", reason="the limit on the size of files works only on Linux")
def test_leaves_no_partial_file_if_writing_fails(tmp_path: Path) -> None:
    import resource

    out = tmp_path / "fixed.csv"
    limit: Any = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))  # noqa: E731
    run = started("fix", OAKFIELD, out, preexec_fn=limit)
    assert run.returncode == 2 and run.stderr == f"onroll: {out}: File too large\n".encode() and not out.exists()


def test_the_plan_command_updates_accounts_made_by_the_accounts_command(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    credentials, cards, kept, after = (tmp_path / name for name in ["c.csv", "c.html", "a.json", "b.json"])
    assert run("accounts", OAKFIELD, "--credentials", credentials, "--cards", cards, "--out", kept, "--pin", "6") == 0
    assert "240 accounts: credentials in " in capfd.readouterr().out
    for file in [credentials, cards, kept]:
        assert file.stat().st_mode & 0o077 == 0, "only the owner can read it"

    assert run("plan", SEPTEMBER, "--accounts", kept) == 1
    refused = capfd.readouterr().out
    assert "62 of 240 active accounts would leave" in refused and "add: --override too-many-leavers" in refused
    assert run("plan", SEPTEMBER, "--accounts", kept, "--json") == 1
    assert json.loads(capfd.readouterr().out)["refused"] == "too-many-leavers"
    assert run("plan", SEPTEMBER, "--accounts", kept, "--leaving", "Year 6", "--apply", after) == 0
    assert capfd.readouterr().out.startswith("31 new students, 63 leavers, 177 change class or year\n")
    assert run("plan", SEPTEMBER, "--accounts", after) == 0
    assert capfd.readouterr().out.startswith("nothing to do, 208 unchanged")


def test_the_template_command_prints_or_writes_the_template(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("template") == 0
    assert capfd.readouterr().out == onroll.template_csv().replace("\r\n", "\n")
    assert run("template", "--out", tmp_path / "template.csv") == 0
    assert (tmp_path / "template.csv").read_bytes() == onroll.template_csv().encode()


def test_exits_with_status_2_if_a_command_cannot_run(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "none.csv"
    wrongs: list[list[str | Path]] = [
        ["check", missing],
        ["plan", OAKFIELD, "--accounts", missing],
        ["accounts", OAKFIELD, "--pin", "3"],
    ]
    for arguments in wrongs:
        assert run(*arguments) == 2
        told = capfd.readouterr().err
        assert told.startswith("onroll: ") and told.count("\n") == 1, told
    # A file's name may contain any characters.
    assert run("check", tmp_path / "\x1b[2Jno\u202ene.csv") == 2
    told = capfd.readouterr().err
    assert told.count("\n") == 1 and "␛[2JnoU+202Ene.csv" in told, told
    kept = tmp_path / "a.json"
    kept.write_text("{", encoding="utf-8")
    assert run("plan", OAKFIELD, "--accounts", kept) == 2
    assert run("chekc", OAKFIELD) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pty")
def test_shows_a_progress_bar_on_a_terminal() -> None:
    import pty

    ours, theirs = pty.openpty()
    # The input is slow, because the bar appears only after a moment.
    slow = [sys.executable, "-m", "onroll", "check", "-"]
    with subprocess.Popen(slow, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=theirs) as process:
        assert process.stdin is not None and process.stdout is not None
        content = school(3_000)
        for part in (content[:70_000], content[70_000:140_000], content[140_000:]):
            process.stdin.write(part)
            process.stdin.flush()
            time.sleep(0.4)
        process.stdin.close()
        printed = process.stdout.read().decode()
    os.set_blocking(ours, False)
    shown = os.read(ours, 100_000).decode()
    os.close(theirs)
    assert "[ " in shown and "%" in shown and "\n" not in shown and shown.endswith("\r" + " " * 50 + "\r"), shown
    assert printed.startswith("The roster is accepted: 3000 students")
    quiet = started("check", OAKFIELD)
    assert quiet.stderr == b""
