"""Tests of reading files, and of the rosters and reports that result."""

from __future__ import annotations

import io
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import onroll
import pytest
from conftest import CORE, MESSY, OAKFIELD, csv, school

ROW = "Zoë Okafor,Zoë Okafor,Year 5,5A,Female,Yes,BAFR,No,No"


@pytest.mark.parametrize("make", [bytes, bytearray, memoryview, io.BytesIO])
def test_reads_a_roster_from_bytes_and_buffers(make: Any) -> None:
    assert onroll.read_csv(make(csv(ROW)))[0].full_name == "Zoë Okafor"


def test_reads_a_roster_from_paths_and_open_files(tmp_path: Path) -> None:
    path = tmp_path / "Schüler.csv"
    path.write_bytes(csv(ROW))
    assert onroll.read_csv(path) == onroll.read_csv(str(path)) == onroll.read_csv(os.fspath(path))
    with open(path, "rb") as file:
        assert onroll.read_csv(file) == onroll.read_csv(path)
    with pytest.raises(ValueError, match="closed file"):
        onroll.read_csv(file)
    with open(path, encoding="utf-8") as text, pytest.raises(TypeError, match="source is a file open in text mode.*'rb'"):
        onroll.read_csv(text)  # type: ignore[arg-type]


def test_an_unreadable_file_raises_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as missing:
        onroll.read_csv(tmp_path / "none.csv")
    assert missing.value.filename == str(tmp_path / "none.csv")
    with pytest.raises(IsADirectoryError):
        onroll.check_csv(tmp_path)
    with pytest.raises(FileNotFoundError):
        onroll.fix_csv(OAKFIELD, tmp_path / "no folder" / "fixed.csv")
    with pytest.raises(FileNotFoundError):
        onroll.read_csv(OAKFIELD).write_csv(tmp_path / "no folder" / "roster.csv")


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"fix": "yes"}, "fix must be a bool, not str"),
        ({"sign_in": 3}, "sign_in must be 'password' or 'sso', not int"),
        ({"limits": 5}, "limits must be a dict, not int"),
        ({"limits": {"rows": "9"}}, r"limits\['rows'\] must be an int, not str"),
        ({"threads": 1.5}, "threads must be an int, not float"),
        ({"progress": 1}, "progress must be callable, not int"),
        ({"fxi": True}, r"read_csv\(\) got an unexpected keyword argument 'fxi'"),
    ],
)
def test_an_error_for_a_wrong_argument_names_the_argument(options: dict[str, Any], error: str) -> None:
    with pytest.raises(TypeError, match=error):
        onroll.read_csv(csv(ROW), **options)


def test_an_error_for_a_wrong_source_says_what_is_accepted() -> None:
    for source in [3, None, ["students.csv"], (row for row in [ROW])]:
        with pytest.raises(TypeError, match="source must be a path, bytes or a binary file, not"):
            onroll.read_csv(source)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="sign_in must be 'password' or 'sso'"):
        onroll.read_csv(csv(ROW), sign_in="SSO")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"source looks like CSV text, not a path; pass bytes: text\.encode\(\)"):
        onroll.read_csv(csv(ROW).decode())
    with pytest.raises(TypeError, match="unexpected keyword argument 'fix'"):
        onroll.fix_csv(csv(ROW), io.BytesIO(), fix=True)  # type: ignore[call-arg]


def test_a_refused_file_raises_a_roster_error_that_contains_the_report() -> None:
    with pytest.raises(onroll.RosterError) as caught:
        onroll.read_csv(MESSY)
    error = caught.value
    assert isinstance(error, onroll.OnrollError) and error.code == "roster-rejected"
    first = error.report.errors[0]
    assert (first.code, first.severity, first.row, first.safe) == ("wrong-delimiter", "error", None, True)
    assert len(error.report.problems) == error.report.error_count + error.report.warning_count
    kept = pickle.loads(pickle.dumps(error))
    assert kept.report == error.report and str(kept) == str(error)
    assert kept.report.problems[3] == pickle.loads(pickle.dumps(error.report.problems[3]))


def test_str_and_repr_of_rosters_and_reports_show_no_cell_values() -> None:
    report = onroll.check_csv(csv("Kestrelname,kestrel  user,KestrelYear,KestrelClass,KestrelGender,No,KestrelEth,No,No"))
    assert "KestrelGender" in report.text() and "KestrelGender" in report.to_json(values=True)
    logged = [str(report), repr(report), report.to_json(), report.to_json(values=False)]
    logged += [f"{problem} {problem!r}" for problem in report.problems]
    try:
        onroll.read_csv(csv("Kestrelname,kestrel  user,KestrelYear,KestrelClass,KestrelGender,No,KestrelEth,No,No"))
    except onroll.RosterError as error:
        logged += [str(error), repr(error)]
    roster = onroll.read_csv(csv("Kestrelname,kestrel.user,KestrelYear,KestrelClass,Male,No,WBRI,No,No"))
    logged += [repr(roster), repr(roster[0]), str(roster[0])]
    assert not [text for text in logged if "kestrel" in text.lower()]


def test_a_roster_is_a_sequence() -> None:
    roster = onroll.read_csv(OAKFIELD)
    students = list(roster)
    assert len(roster) == len(students) == 240
    assert roster[-1] == students[-1] and roster[10:4:-2] == students[10:4:-2] and roster[500:] == []
    assert list(reversed(roster)) == students[::-1]
    assert students[7] in roster and "Zoë" not in roster
    assert roster.index(students[7]) == 7 and roster.count(students[7]) == 1
    with pytest.raises(ValueError, match="not in the roster"):
        roster.index(students[7], 8)
    for index in [240, -241]:
        with pytest.raises(IndexError):
            roster[index]
    with pytest.raises(TypeError, match="index must be an int or a slice, not str"):
        roster["Zoë Ahmed"]  # type: ignore[call-overload]


def test_students_with_the_same_values_are_equal_and_have_the_same_hash() -> None:
    first, second = onroll.read_csv(csv(ROW))[0], onroll.read_csv(csv(ROW))[0]
    assert first == second and hash(first) == hash(second) and len({first, second}) == 1
    assert pickle.loads(pickle.dumps(first)) == first
    with pytest.raises(AttributeError):
        first.full_name = "Another"  # type: ignore[misc]
    match first:
        case onroll.Student(name, _, year, _, "Female", True, "BAFR"):
            assert (name, year, first.national_year, first.key_stage) == ("Zoë Okafor", "Year 5", "Year 5", "Key Stage 2")
        case _:
            pytest.fail("it should match")


def test_a_pickled_roster_keeps_its_students_and_its_report() -> None:
    roster = onroll.read_csv(OAKFIELD, fix=True)
    kept = pickle.loads(pickle.dumps(roster))
    assert kept == roster and kept.report == roster.report
    out = io.BytesIO()
    roster.write_csv(out)
    assert onroll.read_csv(out.getvalue()) == roster


def test_fixing_a_csv_writes_the_corrected_file(tmp_path: Path) -> None:
    file, fixed = tmp_path / "pupils.csv", tmp_path / "fixed.csv"
    file.write_bytes(csv("Zoë Okafor ,Zoë Okafor,Year 5,5A,F,Y,Black African,No,No"))
    sources: list[Path | bytes] = [file, file.read_bytes()]
    for source in sources:
        report = onroll.fix_csv(source, fixed)
        assert report.ok and report.fixed_count == 4
        assert onroll.read_csv(fixed)[0].ethnicity == "BAFR"
        fixed.unlink()
    assert not onroll.fix_csv(b"PK\x03\x04 a workbook", fixed).correctable
    assert not fixed.exists()
    with open(fixed, "w", encoding="utf-8") as text, pytest.raises(TypeError, match="dest is a file open in text mode.*'wb'"):
        onroll.fix_csv(file, text)  # type: ignore[arg-type]


def test_eight_threads_can_read_the_same_bytes_at_once() -> None:
    data = school(20_000)
    with ThreadPoolExecutor(8) as pool:
        rosters = list(pool.map(lambda _: onroll.read_csv(data), range(8)))
    assert all(roster == rosters[0] for roster in rosters)


def test_other_python_threads_run_while_a_roster_is_read() -> None:
    data = school(400_000)
    ticks, done = 0, threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not done.is_set():
            ticks += 1
            time.sleep(0.001)

    thread = threading.Thread(target=tick)
    thread.start()
    before = ticks
    onroll.read_csv(data)
    seen = ticks - before
    done.set()
    thread.join()
    assert seen > 10


def test_the_progress_callback_gets_increasing_numbers_and_can_stop_the_reading() -> None:
    seen: list[tuple[int, int]] = []
    data = school(400_000)
    onroll.read_csv(data, progress=lambda done, of: seen.append((done, of)))
    assert seen and seen == sorted(seen) and all(of == len(data) and done <= of for done, of in seen)

    def fail(done: int, of: int) -> None:
        raise RuntimeError("enough")

    for read in [onroll.read_csv, onroll.check_csv]:
        with pytest.raises(RuntimeError, match="enough"):
            read(data, progress=fail)


@pytest.mark.parametrize("threads", [1, 2])
def test_the_last_call_of_the_progress_callback_reports_the_total(threads: int, tmp_path: Path) -> None:
    """Reads files that are too small for a report of progress before the end, that have errors, or that are not UTF-8.
    """
    small, large, bad = csv(ROW), school(100_000), csv(ROW, ROW + "x", "Caf\xe9")
    for data in (small, large, bad, bad.decode().encode("latin-1")):
        for read in (onroll.check_csv, lambda source, **options: onroll.fix_csv(source, tmp_path / "f.csv", progress=options["progress"])):
            told: list[tuple[int, int]] = []
            read(data, threads=threads, progress=lambda done, of: told.append((done, of)))
            assert told[-1][0] == told[-1][1] > 0, told
    told = []
    with pytest.raises(onroll.RosterError):
        onroll.read_csv(bad, progress=lambda done, of: told.append((done, of)))
    assert told[-1][0] == told[-1][1] > 0

    def breaks(done: int, of: int) -> None:
        if done == of:
            raise KeyError("the bar's own")

    with pytest.raises(KeyError, match="the bar's own"):
        onroll.read_csv(large, progress=breaks)


def test_the_number_of_threads_does_not_change_the_report() -> None:
    data = school(100_000) + csv(ROW, ROW).split(b"\n", 1)[1]
    reports = {onroll.check_csv(data, threads=threads).to_json() for threads in (0, 1, 2, 5)}
    assert len(reports) == 1 and "row-duplicate" in reports.pop()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent differently on Windows")
def test_ctrl_c_interrupts_the_reading_of_a_large_file(tmp_path: Path) -> None:
    file = tmp_path / "large.csv"
    file.write_bytes(school(2_000_000))
    # A shell that runs the tests in the background ignores Ctrl-C, and its processes do too.
    obeys = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
    program = obeys + f"import onroll\nprint('reading', flush=True)\nwhile True: onroll.read_csv({str(file)!r})"
    line = [sys.executable, "-c", program]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None and child.stdout.readline() == "reading\n"
            time.sleep(0.3)
            child.send_signal(signal.SIGINT)
            _, errors = child.communicate(timeout=20)
        finally:
            child.kill()
        assert "KeyboardInterrupt" in errors and child.returncode != 0


def test_iterating_over_a_roster_does_not_create_all_students_at_once() -> None:
    roster = onroll.read_csv(school(100_000))
    tracemalloc.start()
    names = sum(len(student.full_name) for student in roster)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert names > 100_000 and peak < 100_000, "no list of students is made"


def test_malformed_input_is_refused_with_a_report() -> None:
    for data in [b"", b"\0" * 1000, bytes(range(256)) * 50, b'"' * 10_000, b"," * 100_000, b"\xff\xfe" * 99, b"\n" * 5000]:
        assert not onroll.check_csv(data).ok
        with pytest.raises(onroll.RosterError):
            onroll.read_csv(data)


def test_every_public_name_has_a_docstring_and_the_version_matches_the_core() -> None:
    assert all(getattr(onroll, name).__doc__ for name in onroll.__all__ if name not in ("Guard", "SignIn", "__version__"))
    version = (CORE.parent / "Cargo.toml").read_text().split('version = "')[1].split('"')[0]
    assert onroll.__version__ == version


def test_reading_rows_or_tables_refuses_options_that_only_files_have() -> None:
    for name, value in (("any_order", True), ("progress", None), ("threads", 1)):
        for entry in (onroll.Roster.from_rows, onroll.Roster.from_arrow):
            function: Any = entry
            with pytest.raises(TypeError, match=rf"from_(rows|arrow)\(\) got an unexpected keyword argument '{name}'"):
                function([], **{name: value})
