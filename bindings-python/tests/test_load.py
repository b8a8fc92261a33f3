"""Many at once, and a process that is killed while it writes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import onroll
import pytest

from conftest import school

PUPILS = 20_000


def test_eight_threads_at_once() -> None:
    """Each reads, creates, edits and plans its own school, and all of them one that they share."""
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
        main(["accounts", str(path), "--credentials", str(folder / "c.csv"), "--out", str(folder / "accounts.json")])
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_who_is_killed_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
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
    assert half_way, "none was killed while it wrote"
