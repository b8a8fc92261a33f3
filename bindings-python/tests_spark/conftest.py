"""Helpers of the Spark tests: a session on two threads, and DataFrames of schools."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import onroll
import pyarrow
import pytest
from pyspark.sql import DataFrame, SparkSession

CORE = Path(__file__).parents[2] / "core"
DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES = Path(__file__).parents[1] / "examples"
OAKFIELD = onroll.read_csv(CORE / "examples" / "oakfield.csv")
SEPTEMBER = onroll.read_csv(CORE / "examples" / "oakfield-september.csv")
# Makes workers run the interpreter of the tests. Otherwise they run the first python3 on the path.
os.environ["PYSPARK_PYTHON"] = sys.executable
sys.path.insert(0, str(EXAMPLES))


def session(master: str, folder: Path, **more: str) -> SparkSession:
    """Starts a session. With the master `local[2,4]`, it tries a task four times, as a cluster does."""
    settings = {
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.local.dir": str(folder / "spark"),
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        **more,
    }
    builder: Any = SparkSession.builder
    for name, value in settings.items():
        builder = builder.config(name, value)
    made: SparkSession = builder.master(master).appName("tests").getOrCreate()
    made.sparkContext.setLogLevel("OFF")
    return made


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    made = session("local[2,4]", tmp_path_factory.mktemp("local"))
    yield made
    made.stop()


Rows = list[dict[str, Any]]


def rows_of(school: object, roster: onroll.Roster, **changed: Any) -> Rows:
    """Returns the students of a roster as rows of a school. `changed` has new values for the last row."""
    rows = [{"school": school, "source_id": None, "upn": None, **row} for row in roster.to_dicts()]
    rows[-1].update(changed)
    return rows


def frame(spark: SparkSession, rows: Rows, **types: pyarrow.DataType) -> DataFrame:
    """Returns a DataFrame of these rows, in the same order."""
    table = pyarrow.Table.from_pylist(rows)
    for name, kind in types.items():
        table = table.set_column(table.column_names.index(name), name, table[name].cast(kind))
    return spark.createDataFrame(table)


def dicts(df: DataFrame, *columns: str) -> Rows:
    """Returns the rows of a DataFrame as dicts, with all columns or only these."""
    return [row.asDict(recursive=True) for row in (df.select(*columns) if columns else df).collect()]
