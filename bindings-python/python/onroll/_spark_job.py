"""Does the work of the Spark driver. It has the schemas of all results, checks schemas and options before a job starts,
and passes each school to a worker.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import onroll

from . import _spark
from ._spark import Derivation, Options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pyarrow  # type: ignore[import-untyped,unused-ignore]
    from pyspark.sql import DataFrame, SparkSession  # type: ignore[import-not-found,unused-ignore]
    from pyspark.sql.types import StructType  # type: ignore[import-not-found,unused-ignore]

_STUDENT = (
    "source_id string, upn string, upi string, full_name string, username string, year_group string, class_name string, gender string, "
    "pupil_premium boolean, ethnicity string, send boolean, eal boolean"
)
PROBLEM = "row bigint, `column` string, code string, severity string, message string"
STUDENTS = f"{_STUDENT}, unrecorded array<string>"
ACCOUNTS = f"{_STUDENT}, active boolean, host_id string, password string"
CHANGES = (
    f"kind string, {_STUDENT}, active boolean, active_until date, host_id string, "
    "fields map<string, struct<old: string, new: string>>, new_password boolean, password string, last_promotion date"
)
REFUSALS = f"stage string, {PROBLEM}, accounts array<string>, students array<string>"
_ORDER = "_onroll_order"
_ONE_CALL = "one call"
"""The name of the run, if a secret is drawn for one call."""
MOST_BYTES = 128 << 20
"""The largest file that is read, in bytes. Spark loads each file as a whole, so a file that is too large for memory
would fail the job.
"""
_KEYS = ("string", "tinyint", "smallint", "int", "bigint")
_PLAIN_FILE = re.compile("^file:/+")
"""The beginning of a local path. Spark writes one slash or three slashes after `file:`."""


def derivation_of(policy: onroll.PasswordPolicy | None, secret: bytes | None, run: str | None) -> Derivation:
    """Returns the derivation of passwords, from the host's secret or from a new random secret."""
    import secrets

    if (secret is None) != (run is None):
        raise ValueError("give both secret and run, or neither")
    if policy is not None and not isinstance(policy, onroll.PasswordPolicy):
        raise TypeError(f"passwords must be a PasswordPolicy, not {type(policy).__name__}")
    derivation = Derivation(
        onroll.PasswordPolicy() if policy is None else policy,
        secrets.token_bytes(32) if secret is None else secret,
        _ONE_CALL if run is None else run,
    )
    derivation.of("any", [])
    return derivation


def choices(options: Options) -> Iterator[dict[str, Any]]:
    """Yields the shared options, then the options of each school that has options of its own. The caller tries each
    of them before the job starts.
    """
    yield options.shared
    for school in options.by_school:
        yield options.of(school)


def key_type(df: DataFrame, by: str) -> str:
    """Returns the type of the column that names the school. Raises ValueError if it is not text or whole numbers."""
    if not isinstance(by, str):
        raise TypeError(f"by must be the name of a column, not {type(by).__name__}")
    if df.columns.count(by) != 1:
        raise ValueError(f"by must name one column, but '{by}' names {df.columns.count(by)} of {', '.join(df.columns)}")
    _check_name(by)
    kind: str = df.schema[by].dataType.simpleString()
    if kind not in _KEYS:
        raise ValueError(f"the column '{by}' must be of text or whole numbers, not {kind}")
    return kind


def _check_name(by: str) -> None:
    ours = {name.lower() for name in struct(f"{CHANGES}, {REFUSALS}, unrecorded string").names}
    if by.lower() in ours:
        raise ValueError(f"by must not be '{by}', because a result of onroll.spark has a column with this name; rename the column that names the school")


def struct(ddl: str) -> StructType:
    from pyspark.sql.types import StructType  # type: ignore[import-not-found,unused-ignore]

    struct: StructType = StructType.fromDDL(ddl)  # type: ignore[assignment,unused-ignore]
    return struct


def selected(df: DataFrame, by: str, names: Sequence[str]) -> DataFrame:
    """Selects the columns that are read, and adds a column with the order of the rows. In a row without a school, all
    values become null, because such rows are only counted.
    """
    from pyspark.sql import functions as f  # type: ignore[import-not-found,unused-ignore]

    kind = key_type(df, by)
    key = f.col(f"`{by}`")
    if kind == "string":
        key = f.when(f.trim(key) != "", key)
    kept = [f.when(key.isNotNull(), f.col(f"`{name}`")).alias(name) for name in df.columns if name in names and name != by]
    return df.select(key.alias(by), f.monotonically_increasing_id().alias(_ORDER), *kept)


def empty(selected: DataFrame, by: str) -> pyarrow.Table:
    from pyspark.sql.pandas.types import to_arrow_schema  # type: ignore[import-not-found,unused-ignore]

    return to_arrow_schema(selected.drop(by, _ORDER).schema).empty_table()


def in_order(table: pyarrow.Table, by: str) -> pyarrow.Table:
    """Returns the school's rows in the order of the DataFrame, because a shuffle does not keep the order."""
    return table.sort_by(_ORDER).drop_columns([_ORDER, by])


def rosters(df: DataFrame, by: str, options: Mapping[str, Any], by_school: Mapping[str, Mapping[str, Any]]) -> tuple[DataFrame, Options]:
    """Returns the students' columns and the options. Raises an error before the job starts if the columns cannot be
    read with these options.
    """
    columns = selected(df, by, (*_spark.IDS, *_spark.FIELDS, *_spark.HEADINGS.values(), "unrecorded"))
    each = Options(options, by_school)
    for choice in choices(each):
        _spark.roster(empty(columns, by), choice)
    return columns, each


def try_plan(options: Mapping[str, Any]) -> None:
    """Raises an error if options of a plan are wrong."""
    nobody = onroll.read_csv(onroll.template_csv().encode(), sign_in=options.get("sign_in", "password"))
    try:
        onroll.plan(onroll.create_accounts(nobody), nobody, **_spark.of_plan(options))
    except onroll.PlanRefused:
        pass


class Tables:
    """Makes the tables of a result. Each table is for one school, whose name is in the first column."""

    def __init__(self, df: DataFrame, by: str, columns: str) -> None:
        from pyspark.sql.pandas.types import to_arrow_schema  # type: ignore[import-not-found,unused-ignore]
        from pyspark.sql.types import StructField, StructType  # type: ignore[import-not-found,unused-ignore]

        self.schema = StructType([StructField(by, df.schema[by].dataType), *struct(columns).fields])
        self._arrow = to_arrow_schema(self.schema)

    def __call__(self, school: pyarrow.Scalar, made: pyarrow.Table | _spark.Rows) -> pyarrow.Table:
        import pyarrow  # type: ignore[import-untyped,unused-ignore]

        by, *others = self._arrow
        if isinstance(made, list):
            made = pyarrow.Table.from_pylist(made, pyarrow.schema(others))
        names = pyarrow.repeat(school.cast(by.type), len(made))
        return pyarrow.table([names, *(made[field.name] for field in others)], schema=self._arrow)


def apply(
    selected: DataFrame,
    by: str,
    columns: str,
    of_school: Callable[[str, pyarrow.Table], pyarrow.Table | _spark.Rows],
    nobodys: Callable[[int], _spark.Rows] = lambda rows: [],
    failed: Callable[[dict[str, Any]], _spark.Rows] = lambda problem: [],
) -> DataFrame:
    """Runs `of_school` for each school."""
    made = Tables(selected, by, columns)

    def of_key(key: tuple[Any, ...], table: pyarrow.Table) -> pyarrow.Table:
        school = key[0].as_py()
        if school is None:
            return made(key[0], nobodys(len(table)))
        try:
            return made(key[0], of_school(str(school), in_order(table, by)))
        except BaseException as error:
            return made(key[0], failed(_spark.failed(error)))

    return selected.groupBy(by).applyInArrow(of_key, made.schema)


def files_of(
    path: str | list[str],
    by: str,
    pattern: str,
    spark: SparkSession | None,
    each: Options,
    columns: str,
    of_file: Callable[[str, bytes], pyarrow.Table | _spark.Rows],
    refused: Callable[[dict[str, Any]], _spark.Rows],
) -> DataFrame:
    """Runs `of_file` for each file."""
    from urllib.parse import unquote

    import pyarrow  # type: ignore[import-untyped,unused-ignore]
    from pyspark.sql import SparkSession  # type: ignore[import-not-found,unused-ignore]
    from pyspark.sql import functions as f  # type: ignore[import-not-found,unused-ignore]

    spark = spark or SparkSession.getActiveSession()
    if spark is None:
        raise ValueError("there is no active SparkSession; pass the argument spark")
    school_in = re.compile(pattern)
    if school_in.groups < 1:
        raise ValueError("school_pattern must have a group that matches the school")
    for choice in choices(each):
        onroll.check_csv(b"", **choice)
    _check_name(by)
    files = spark.read.format("binaryFile").load(path)

    def school_of(path: str) -> str | None:
        found = school_in.search(path)
        return (found.group(1) or "").strip() or None if found else None

    listed = [_PLAIN_FILE.sub("file:/", unquote(file)) for file in files.inputFiles()]
    seen: set[str] = set()
    twice: set[str] = set()
    for school in filter(None, map(school_of, listed)):
        (twice if school in seen else seen).add(school)
    small = files.where(f.col("length") <= MOST_BYTES).select("path", "content")
    large = files.where(f.col("length") > MOST_BYTES).select("path", f.lit(None).cast("binary").alias("content"))
    # Spark leaves out empty files, so we add them.
    paths = files.select(f.regexp_replace("path", _PLAIN_FILE.pattern, "file:/").alias("path"))
    empty = spark.createDataFrame(pyarrow.table({"path": listed})).join(paths, "path", "left_anti").select("path", f.lit(b"").alias("content"))
    made = Tables(files.select(f.col("path").alias(by)), by, columns)

    def of_one(school: str | None, content: bytes | None) -> pyarrow.Table | _spark.Rows:
        if school is None:
            return refused(_spark.problem("no-school", "the path of a file does not name its school"))
        if school in twice:
            return refused(_spark.problem("school-twice", "two files have the name of this school, so neither was read"))
        if content is None:
            return refused(_spark.problem("file-too-large", f"there are more than {MOST_BYTES} bytes in the file"))
        try:
            return of_file(school, content)
        except BaseException as error:
            return refused(_spark.failed(error))

    def of_batches(batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        for batch in batches:
            for path, content in zip(batch["path"], batch["content"]):
                school = school_of(path.as_py())
                yield from made(pyarrow.scalar(school, pyarrow.string()), of_one(school, content.as_py())).to_batches()

    return small.union(large).union(empty).mapInArrow(of_batches, made.schema)
