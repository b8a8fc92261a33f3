"""Rosters, accounts and plans of many schools on Apache Spark. Install PySpark with `pip install "onroll[spark]"`.

Each school is one task of `applyInArrow`, and gives the same result as `onroll` for that school alone. Errors in a
school become rows, and never fail the job. Errors in a schema or an option are raised before the job starts.

    from onroll import spark

    problems = spark.check(df, by="school")
    accounts = spark.create_accounts(df, by="school")
    changes, refusals = spark.plan(stored_accounts, df, by="school")

Every worker needs this version of onroll. `docs/SPARK.md` explains how to run onroll on a cluster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import onroll

from . import _spark, _spark_job
from ._spark import Options

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow  # type: ignore[import-untyped,unused-ignore]
    from pyspark.sql import DataFrame, SparkSession  # type: ignore[import-not-found,unused-ignore]

__all__ = ["Planned", "check", "check_folder", "create_accounts", "plan", "read_folder", "students"]

_FILE_NAME = r"([^/]+?)(\.[^/.]*)?$"
_NONE: Mapping[str, Any] = {}


class _Both(NamedTuple):
    changes: DataFrame
    refusals: DataFrame


class Planned(_Both):
    """The result of `plan`: `changes, refusals = plan(…)`."""

    both: DataFrame
    """The DataFrame from which `changes` and `refusals` are selected. If you use both `changes` and `refusals`, persist
    this DataFrame first. Spark then makes the plans only once.
    """


def check(
    df: DataFrame,
    by: str = "school",
    *,
    values: bool = False,
    by_school: Mapping[str, Mapping[str, Any]] = _NONE,
    **options: Any,
) -> DataFrame:
    """Returns the problems of all schools as a DataFrame. Its columns are the school (named as in `by`), row, column,
    code, severity and message.

    df: students by field name (full_name, …) or by heading (Student Full Name, …), with source_id, upn and upi if
    known. All other columns are ignored.
    by: the name of the column with the school, which contains text or whole numbers. Rows without a school are counted
    in one problem, 'no-school'.
    values: whether `message` contains values of students, which are personal data.
    by_school: a dict from schools, as text, to options for these schools. A school's own options override `options`.
    options: the options of Roster.from_arrow.

    `row` is counted from 1 among the school's rows, in the order of the DataFrame. A school that could not be checked
    has one problem, with the code 'failed'. Raises TypeError and ValueError for a wrong DataFrame or option.
    """
    grouped, each = _spark_job.rosters(df, by, options, by_school)

    def of_school(school: str, table: pyarrow.Table) -> _spark.Rows:
        return _spark.checked(lambda: _spark.roster(table, each.of(school)).report, values)

    return _spark_job.apply(grouped, by, _spark_job.PROBLEM, of_school, lambda rows: [_spark.no_school(rows, by)], lambda problem: [problem])


def students(
    df: DataFrame,
    by: str = "school",
    *,
    by_school: Mapping[str, Mapping[str, Any]] = _NONE,
    **options: Any,
) -> DataFrame:
    """Returns the students of all schools that have no errors, in columns without Arrow dictionaries. Use `check` to
    see why a school is missing.

    The column `unrecorded` names the optional columns that have no value in the school. These columns are null, and
    `create_accounts` and `plan` treat them as not recorded.

    The arguments are the same as for check.
    """
    grouped, each = _spark_job.rosters(df, by, options, by_school)

    def of_school(school: str, table: pyarrow.Table) -> pyarrow.Table:
        return _spark.students(_spark.roster(table, each.of(school)))

    return _spark_job.apply(grouped, by, _spark_job.STUDENTS, of_school)


def create_accounts(
    df: DataFrame,
    by: str = "school",
    *,
    passwords: onroll.PasswordPolicy | None = None,
    secret: bytes | None = None,
    run: str | None = None,
    by_school: Mapping[str, Mapping[str, Any]] = _NONE,
    **options: Any,
) -> DataFrame:
    """Creates an account for every student of all schools that have no errors. The DataFrame has the student's fields,
    active, host_id (null) and password.

    If Spark loses a result, it computes the result again, and must then get the same password. So each password is
    derived from a secret, the school and the username (PasswordPolicy.derive). If you pass no `secret`, a random secret
    is made for this call and kept only in this DataFrame. Without the DataFrame, the passwords cannot be computed
    again. The passwords are plain text, so store them or their hashes, and do not show the DataFrame.

    df: the same as for check, or a result of students or read_folder.
    passwords: the policy for the passwords. The default is PasswordPolicy.characters(4).
    secret: at least 32 random bytes of your own. With it, a failed job that runs again in another process gives the
    same passwords. Anyone who has the secret can compute the passwords, so delete it after the run.
    run: the name of the run, which you must pass together with `secret`. A run with the same name and secret gives the
    same passwords.
    The other arguments are the same as for check.
    """
    grouped, each = _spark_job.rosters(df, by, options, by_school)
    derivation = _spark_job.derivation_of(passwords, secret, run)

    def of_school(school: str, table: pyarrow.Table) -> pyarrow.Table:
        return _spark.accounts(_spark.roster(table, each.of(school)), school, derivation)

    return _spark_job.apply(grouped, by, _spark_job.ACCOUNTS, of_school)


def plan(
    accounts_df: DataFrame,
    roster_df: DataFrame,
    by: str = "school",
    *,
    values: bool = False,
    passwords: onroll.PasswordPolicy | None = None,
    secret: bytes | None = None,
    run: str | None = None,
    by_school: Mapping[str, Mapping[str, Any]] = _NONE,
    **options: Any,
) -> Planned:
    """Plans the changes that make the accounts of every school match its roster. Returns a DataFrame of changes and one
    of refusals.

    A change has its kind, the account as it is after the plan, and the old and new texts of the `fields` that change.
    If the account gets a new password, the change has the password, derived as in create_accounts. If you pass `today`,
    `last_promotion` is the day to store with the school.

    A refusal has a stage. If the stage is 'accounts', 'roster', 'plan' or 'failed', the school has no changes, and at
    least one of the school's refusals has the severity 'error'. Refusals with the stage 'conflict', 'near', 'erased' or
    'staff' are warnings about which a person must decide. A school that has only such refusals keeps its changes.

    accounts_df: the accounts by field name, as for Accounts.from_arrow. The column last_promotion is optional, and
    contains the date on which the school last moved up by a year. Passwords are not read.
    roster_df: a DataFrame as for `check`, or a result of `students` or `read_folder`. A school that is missing from
    roster_df has an empty roster, which a guard refuses.
    values: whether `message` contains values of students, and `accounts` and `students` contain usernames. Both are
    personal data.
    by_school: a dict from schools, as text, to options for these schools, such as override_guards and decisions.
    options: the options of Roster.from_arrow and of onroll.plan.
    The other arguments are the same as for create_accounts.
    """
    kinds = {_spark_job.key_type(df, by) for df in (accounts_df, roster_df)}
    if len(kinds) > 1:
        raise ValueError(f"the columns '{by}' of accounts_df and roster_df must be of one type, not {' and '.join(sorted(kinds))}")
    each = Options(options, by_school)
    roster, _ = _spark_job.rosters(roster_df, by, _spark.of_roster(options), {school: _spark.of_roster(own) for school, own in by_school.items()})
    stored = _spark_job.selected(accounts_df, by, (*_spark.IDS, *_spark.FIELDS, *_spark.HEADINGS.values(), *_spark.STATE, "last_promotion"))
    for choice in _spark_job.choices(each):
        _spark.stored_accounts(_spark_job.empty(stored, by), None, choice)
        _spark_job.try_plan(choice)
    derivation = _spark_job.derivation_of(passwords, secret, run)
    schema = f"{_spark_job.CHANGES}, {_spark_job.REFUSALS}"
    made = _spark_job.Tables(accounts_df, by, schema)

    def of_school(key: tuple[Any, ...], accounts: pyarrow.Table, students: pyarrow.Table) -> pyarrow.Table:
        school = key[0].as_py()
        if school is None:
            counts = (("accounts", len(accounts)), ("roster", len(students)))
            return made(key[0], [{"stage": stage, **_spark.no_school(rows, by)} for stage, rows in counts if rows])
        try:
            options = each.of(str(school))
            return made(key[0], _spark.planned(str(school), _spark_job.in_order(accounts, by), _spark_job.in_order(students, by), options, derivation, values))
        except BaseException as error:
            return made(key[0], [{"stage": "failed", **_spark.failed(error)}])

    both = stored.groupBy(by).cogroup(roster.groupBy(by)).applyInArrow(of_school, made.schema)
    changes, refusals = (
        both.where(f"{only} is not null").select(*(f"`{name}`" for name in (by, *_spark_job.struct(columns).names)))
        for only, columns in (("kind", _spark_job.CHANGES), ("stage", _spark_job.REFUSALS))
    )
    planned = Planned(changes, refusals)
    planned.both = both
    return planned


def read_folder(
    path: str | list[str],
    *,
    by: str = "school",
    school_pattern: str = _FILE_NAME,
    spark: SparkSession | None = None,
    by_school: Mapping[str, Mapping[str, Any]] = _NONE,
    **options: Any,
) -> DataFrame:
    """Reads a folder with one file for each school, and returns the students as `students` does. Use `check_folder` to
    see why a school is missing.

    path: one path or a list of paths, as Spark reads them, such as 's3a://bucket/september/*'.
    by: the name for the column with the school.
    school_pattern: a regular expression that is searched for in each file's path. Its first group is the school. By
    default, the school is the file's name without the extension. If two files have the same school, neither is read.
    spark: the session. By default, the active session is used.
    by_school: a dict from schools to options for these schools. A school's own options override `options`.
    options: the options of read_csv.
    """
    each = Options(options, by_school)

    def of_file(school: str, content: bytes) -> pyarrow.Table:
        return _spark.students(onroll.read_csv(content, **each.of(school)))

    return _spark_job.files_of(path, by, school_pattern, spark, each, _spark_job.STUDENTS, of_file, lambda problem: [])


def check_folder(
    path: str | list[str],
    *,
    by: str = "school",
    school_pattern: str = _FILE_NAME,
    spark: SparkSession | None = None,
    values: bool = False,
    by_school: Mapping[str, Mapping[str, Any]] = _NONE,
    **options: Any,
) -> DataFrame:
    """Checks a folder with one file for each school, and returns the problems as `check` does. `row` is the row number
    in a spreadsheet.

    `values` is the same as for check. The other arguments are the same as for read_folder.
    """
    each = Options(options, by_school)

    def of_file(school: str, content: bytes) -> _spark.Rows:
        return _spark.checked(lambda: onroll.check_csv(content, **each.of(school)), values)

    return _spark_job.files_of(path, by, school_pattern, spark, each, _spark_job.PROBLEM, of_file, lambda problem: [problem])
