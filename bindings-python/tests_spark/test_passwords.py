"""Checks that passwords never change. Workers are killed between two actions and during an action, and every student
keeps the same password.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import onroll
import pyarrow
import pytest
from conftest import OAKFIELD, dicts, frame, rows_of
from onroll import _spark_job
from onroll import spark as on_spark
from pyspark.sql import DataFrame, SparkSession

SECRET = bytes(range(32))
SCHOOLS = 12


def descendants(pid: int) -> dict[int, str]:
    """Returns the command lines of all descendants of a process, by process id."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(stat.parent.name))
    found: dict[int, str] = {}
    waiting = [pid]
    while waiting:
        for child in children.get(waiting.pop(), ()):
            waiting.append(child)
            try:
                found[child] = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:
                continue
    return found


def kill(pid: int, what: str, least: int = 1) -> int:
    """Kills the descendants of a process that have `what` in their command line."""
    mine = [child for child, line in descendants(pid).items() if what in line]
    assert len(mine) >= least
    for child in mine:
        try:
            os.kill(child, signal.SIGKILL)
        except ProcessLookupError:
            continue
    return len(mine)


def schools(spark: SparkSession) -> DataFrame:
    rows = [row for number in range(SCHOOLS) for row in rows_of(f"A{number}", OAKFIELD)]
    return frame(spark, rows, source_id=pyarrow.string(), upn=pyarrow.string())


def passwords(accounts: DataFrame) -> dict[tuple[str, str], str]:
    return {(row["school"], row["username"]): row["password"] for row in dicts(accounts, "school", "username", "password")}


def drawn_by_workers(df: DataFrame) -> DataFrame:
    """Creates passwords in the wrong way: each worker draws random passwords."""

    def accounts(key: Any, table: pyarrow.Table) -> pyarrow.Table:
        drawn = onroll.PasswordPolicy().generate(len(table))
        return table.select(["school", "username"]).append_column("password", pyarrow.array(drawn, pyarrow.string()))

    return df.groupBy("school").applyInArrow(accounts, "school string, username string, password string")


on_linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="killing workers needs /proc")


@on_linux
def test_killing_spark_workers_between_two_actions_does_not_change_passwords(spark: SparkSession) -> None:
    df = schools(spark)
    accounts, wrong = on_spark.create_accounts(df), drawn_by_workers(df)
    first, first_wrong = passwords(accounts), passwords(wrong)
    assert len(first) == SCHOOLS * 240 and len(set(first.values())) > SCHOOLS * 200
    kill(spark.sparkContext._gateway.proc.pid, "pyspark.daemon")  # type: ignore[union-attr]
    assert passwords(accounts) == first
    assert passwords(wrong) != first_wrong, "otherwise this test could not notice a changed password"


@on_linux
def test_killing_spark_workers_during_an_action_does_not_change_passwords(spark: SparkSession) -> None:
    accounts = on_spark.create_accounts(schools(spark))
    first = passwords(accounts)
    jvm = spark.sparkContext._gateway.proc.pid  # type: ignore[union-attr]
    done = threading.Event()
    killed: list[int] = []

    def killing() -> None:
        # Kills only twice, because a task that fails four times would fail the job.
        while not done.is_set() and len(killed) < 2:
            time.sleep(0.15)
            killed.append(kill(jvm, "pyspark.daemon", least=0))

    thread = threading.Thread(target=killing)
    thread.start()
    try:
        for _ in range(3):
            assert passwords(accounts) == first
    finally:
        done.set()
        thread.join()
    assert sum(killed) > 0


LOST = """
import sys
from pathlib import Path
sys.path[:0] = [{tests!r}]
from conftest import session
from test_passwords import drawn_by_workers, kill, on_spark, passwords, schools, time

quick = {{"spark.shuffle.io.retryWait": "1s", "spark.shuffle.io.maxRetries": "1", "spark.sql.shuffle.partitions": "2", "spark.default.parallelism": "2"}}
spark = session("local-cluster[2,1,1024]", Path({folder!r}), **quick)
jvm = spark.sparkContext._gateway.proc.pid
df = schools(spark)
accounts, wrong = on_spark.create_accounts(df).persist(), drawn_by_workers(df).persist()
first, first_wrong = passwords(accounts), passwords(wrong)
killed = kill(jvm, "CoarseGrainedExecutorBackend", least=2)
again, again_wrong = passwords(accounts), passwords(wrong)
print(killed, len(first), again == first, again_wrong == first_wrong)
spark.stop()
"""


@on_linux
def test_losing_spark_executors_with_persisted_data_does_not_change_passwords(tmp_path: Path) -> None:
    program = LOST.format(tests=str(Path(__file__).parent), folder=str(tmp_path))
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=240, cwd=tmp_path)
    assert run.returncode == 0, run.stderr[-3000:]
    killed, count, same, wrong_are_the_same = run.stdout.split()
    assert int(killed) >= 2 and int(count) == SCHOOLS * 240
    assert same == "True" and wrong_are_the_same == "False", "persisted passwords that workers drew are lost with the executors"


def test_spark_uses_a_new_random_secret_if_none_is_given(spark: SparkSession) -> None:
    df = schools(spark).where("school = 'A1'")
    assert passwords(on_spark.create_accounts(df)) != passwords(on_spark.create_accounts(df))
    given = [passwords(on_spark.create_accounts(df, secret=SECRET, run=run)) for run in ("2026", "2026", "2027")]
    assert given[0] == given[1] != given[2]
    usernames = [student.username for student in OAKFIELD]
    derived = onroll.PasswordPolicy().derive(usernames, secret=SECRET, run="2026", school_id="A1")
    assert given[0] == {("A1", username): password for username, password in zip(usernames, derived)}


def test_reordering_rows_does_not_swap_passwords(spark: SparkSession) -> None:
    df = schools(spark).where("school in ('A1', 'A2')")
    options = {"secret": SECRET, "run": "2026"}
    one = passwords(on_spark.create_accounts(df, **options))  # type: ignore[arg-type]
    other = passwords(on_spark.create_accounts(df.repartition(5).orderBy("full_name", ascending=False), **options))  # type: ignore[arg-type]
    assert one == other and len(one) == 480


def test_two_spark_actions_on_one_plan_return_the_same_passwords(spark: SparkSession) -> None:
    stored = frame(spark, rows_of("A1", OAKFIELD)[:200], source_id=pyarrow.string(), upn=pyarrow.string())
    listed = frame(spark, rows_of("A1", OAKFIELD), source_id=pyarrow.string(), upn=pyarrow.string())
    changes, refusals = on_spark.plan(stored, listed)
    first = dicts(changes)
    assert len(first) == 40 and {row["kind"] for row in first} == {"join"} and all(row["password"] for row in first)
    assert dicts(changes) == first and dicts(refusals) == []
    assert not [row for row in first if row["password"] in str({**row, "password": None})]


def test_printed_output_does_not_show_the_secret(spark: SparkSession, capsys: pytest.CaptureFixture[str]) -> None:
    accounts = on_spark.create_accounts(schools(spark), secret=b"kestrel" * 6, run="2026")
    accounts.explain(True)
    accounts.printSchema()
    shown = capsys.readouterr().out + repr(accounts) + str(accounts.schema)
    assert "kestrel" not in shown and "kestrel" not in repr(_spark_job.derivation_of(None, b"kestrel" * 6, "2026"))
    with pytest.raises(onroll.PolicyError) as error:
        on_spark.create_accounts(schools(spark), secret=b"kestrel", run="2026")
    assert "kestrel" not in str(error.value) + str(pickle.loads(pickle.dumps(error.value)))
