"""Tests of many threads and processes at once, and of processes that are killed, forked or interrupted."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import onroll
import pyarrow
import pytest
from conftest import school

PUPILS = 20_000


def test_eight_threads_can_read_and_plan_and_edit_at_once() -> None:
    """Each thread reads and plans its own school, and all threads edit one shared school."""
    shared = onroll.create_accounts(onroll.read_csv(school(200)))

    def work(number: int) -> tuple[int, str]:
        roster = onroll.read_csv(school(300 + number), threads=1 + number % 3)
        accounts = onroll.create_accounts(roster)
        for pupil in range(number, 200, 8):
            shared.edit(f"Pupil Number{pupil}", class_name=f"Class {number}")
            shared.reset_password(f"Pupil Number{pupil}")
        later = onroll.plan(accounts, onroll.read_csv(school(310 + number)))
        return len(later.apply(accounts)), later.summary()

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(work, range(8), timeout=120))
    assert done == [(310 + number, f"10 join, {300 + number} unchanged") for number in range(8)]
    assert [account.class_name for account in shared] == [f"Class {number % 8}" for number in range(200)]


WRITES = """
import sys, pathlib, onroll
from onroll.__main__ import main
folder = pathlib.Path(sys.argv[1])
files = [(folder / name, (folder / name).read_bytes()) for name in ("one.in", "two.in")]
both = [(path, content, onroll.create_accounts(onroll.read_csv(path))) for path, content in files]
while True:
    for path, content, accounts in both:
        accounts.write_credentials(folder / "credentials.csv")
        accounts.write_credentials(folder / "named.csv", usernames=[account.username for account in accounts])
        accounts.write_cards(folder / "cards.html")
        onroll.fix_csv(content, folder / "fixed.csv")
        main(["accounts", str(path), "--credentials", str(folder / "c.csv"), "--out", str(folder / "accounts.json"), "--overwrite"])
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_killed_process_leaves_a_complete_old_or_new_file(tmp_path: Path) -> None:
    half_way = 0
    for after in range(8):
        folder = tmp_path / str(after)
        folder.mkdir()
        for name, pupils in (("one.in", PUPILS), ("two.in", PUPILS + 1)):
            (folder / name).write_bytes(school(pupils))
        with subprocess.Popen([sys.executable, "-c", WRITES, str(folder)], stdout=subprocess.DEVNULL) as child:
            try:
                begun = time.monotonic()
                while not (folder / "accounts.json").exists():
                    assert child.poll() is None and time.monotonic() - begun < 60
                    time.sleep(0.001)
                time.sleep(0.011 * after)
                while not list(folder.glob(".tmp*")):
                    assert child.poll() is None and time.monotonic() - begun < 60
            finally:
                child.send_signal(signal.SIGKILL)
        for name in ("credentials.csv", "named.csv", "fixed.csv", "c.csv"):
            text = (folder / name).read_text(encoding="utf-8-sig")
            assert text.endswith("\n") and text.count("\n") - 1 in (PUPILS, PUPILS + 1), name
        cards = (folder / "cards.html").read_text(encoding="utf-8")
        assert cards.rstrip().endswith("</html>") and cards.count(">Pupil Number") // 2 in (PUPILS, PUPILS + 1)
        kept = onroll.Accounts.from_json((folder / "accounts.json").read_text(encoding="utf-8"))
        assert len(kept) in (PUPILS, PUPILS + 1)
        half_way += len(list(folder.glob(".tmp*")))
    assert half_way, "no process was killed while it wrote"


def started(program: str, *arguments: str) -> subprocess.Popen[str]:
    line = [sys.executable, "-c", program, *arguments]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


FORKS = """
import os, sys, multiprocessing, onroll
roster = onroll.read_csv(sys.argv[1])
accounts = onroll.create_accounts(roster)

def work(number):
    accounts.edit(accounts[number], class_name=f"Class {number}")
    plan = onroll.plan(accounts, onroll.read_csv(sys.argv[1], threads=2))
    return len(plan), plan.summary()

context = multiprocessing.get_context("fork")
with context.Pool(2) as pool:
    done = pool.map(work, range(8), chunksize=1)
assert all(summary.endswith("unchanged") for _, summary in done), done
# Forks children while other threads read.
import threading
threads = [threading.Thread(target=lambda: [onroll.read_csv(sys.argv[1], threads=2) for _ in range(20)]) for _ in range(3)]
[thread.start() for thread in threads]
for _ in range(5):
    child = os.fork()
    if child == 0:
        os._exit(0 if len(onroll.create_accounts(onroll.read_csv(sys.argv[1]))) == len(roster) else 3)
    assert os.waitpid(child, 0)[1] == 0
[thread.join() for thread in threads]
print("done")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_forked_processes_can_read_rosters_and_make_plans(tmp_path: Path) -> None:
    (tmp_path / "school.csv").write_bytes(school(PUPILS))
    with started(FORKS, str(tmp_path / "school.csv")) as child:
        out, errors = child.communicate(timeout=120)
    assert (child.returncode, out) == (0, "done\n"), errors


PROCESSES = """
import sys, onroll
from concurrent.futures import ProcessPoolExecutor
import multiprocessing

def later(accounts, roster):
    plan = onroll.plan(accounts, roster)
    return plan, accounts.fingerprint(), accounts[0].password

if __name__ == "__main__":
    roster = onroll.read_csv(sys.argv[1])
    accounts = onroll.create_accounts(roster)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        for plan, fingerprint, password in pool.map(later, [accounts] * 3, [roster] * 3):
            assert len(plan) == 0 and fingerprint == accounts.fingerprint() and password is None
    print("done")
"""


def test_rosters_and_accounts_can_be_passed_to_other_processes(tmp_path: Path) -> None:
    (tmp_path / "school.csv").write_bytes(school(500))
    program = tmp_path / "program.py"
    program.write_text(PROCESSES, encoding="utf-8")
    line = [sys.executable, str(program), str(tmp_path / "school.csv")]
    run = subprocess.run(line, capture_output=True, text=True, timeout=120, check=False)
    assert (run.returncode, run.stdout) == (0, "done\n"), run.stderr


EXITS = """
import sys, threading, time, onroll
from onroll import wonde
what, path = sys.argv[1:3]

def read():
    while True:
        onroll.read_csv(path, threads=2, progress=lambda done, of: None)

def plan():
    roster = onroll.read_csv(path)
    accounts = onroll.create_accounts(roster)
    while True:
        onroll.plan(accounts, roster)
        onroll.PasswordPolicy().generate(100_000)

def ask():
    # The test listens on this port, and never answers.
    wonde.Client("token", sys.argv[3], wait=time.sleep).snapshot("A1")

for _ in range(3):
    threading.Thread(target={"read": read, "plan": plan, "ask": ask}[what], daemon=True).start()
time.sleep(0.7)
print("ends")
"""


@pytest.mark.parametrize("what", ["read", "plan", "ask"])
def test_a_process_can_exit_while_its_threads_are_working(what: str, tmp_path: Path) -> None:
    (tmp_path / "school.csv").write_bytes(school(100_000))
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        for _ in range(3):
            with started(EXITS, what, str(tmp_path / "school.csv"), f"127.0.0.1:{silent.getsockname()[1]}") as child:
                out, errors = child.communicate(timeout=60)
            assert (child.returncode, out, errors) == (0, "ends\n", "")


LONG = """
import sys, time, itertools, signal, onroll
from onroll import wonde
# A shell that runs the tests in the background ignores Ctrl-C, and its processes do too.
signal.signal(signal.SIGINT, signal.default_int_handler)
what, path, domain = sys.argv[1:4]
row = onroll.read_csv(path).to_dicts()[0]
same = itertools.repeat(row)
print("begins", flush=True)
try:
    if what == "rows":
        onroll.Roster.from_rows(same)
    elif what == "accounts":
        onroll.Accounts.from_rows(same)
    elif what == "arrow":
        import pyarrow
        batch = pyarrow.RecordBatch.from_pylist([row] * 1000)
        onroll.Roster.from_arrow(pyarrow.RecordBatchReader.from_batches(batch.schema, itertools.repeat(batch)))
    elif what == "generate":
        onroll.PasswordPolicy().generate(10**9)
    elif what == "ask":
        wonde.Client("token", domain).schools()
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


class Stopped(Exception):
    """The exception that the signal handler raises."""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no timers of signals")
@pytest.mark.parametrize("entry", ["rows", "table"])
def test_an_exception_from_a_signal_handler_reaches_the_caller_during_reading(entry: str) -> None:
    """Sends the signal while rows are taken from Python, or while Rust checks them. The caller always gets the
    handler's own exception, and never an error about the rows instead.
    """
    roster = onroll.read_csv(school(120_000))
    rows, table = roster.to_dicts(), pyarrow.table(roster)
    calls: dict[str, Callable[[], object]] = {
        "rows": lambda: onroll.Roster.from_rows(rows),
        "table": lambda: onroll.Roster.from_arrow(table),
    }
    begun = time.monotonic()
    calls[entry]()
    whole = time.monotonic() - begun

    def stop(number: int, frame: object) -> None:
        raise Stopped

    before = signal.signal(signal.SIGALRM, stop)
    stopped = 0
    try:
        for part in range(1, 20):
            try:
                signal.setitimer(signal.ITIMER_REAL, whole * part / 20)
                calls[entry]()
                signal.setitimer(signal.ITIMER_REAL, 0)
            except Stopped:
                stopped += 1
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert stopped > 5


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
@pytest.mark.parametrize("what", ["rows", "accounts", "arrow", "generate", "ask"])
def test_ctrl_c_interrupts_long_calls(what: str, tmp_path: Path) -> None:
    (tmp_path / "school.csv").write_bytes(school(1))
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with started(LONG, what, str(tmp_path / "school.csv"), f"127.0.0.1:{silent.getsockname()[1]}") as child:
            assert child.stdout is not None and child.stdout.readline() == "begins\n"
            time.sleep(0.5)
            child.send_signal(signal.SIGINT)
            begun = time.monotonic()
            try:
                out, errors = child.communicate(timeout=10)
            finally:
                child.kill()
            assert (child.returncode, out) == (0, "interrupted\n"), errors
            assert time.monotonic() - begun < 5
