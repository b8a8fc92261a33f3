"""Checks many schools on Spark. Each school gets the result that it gets alone, and no school stops the others."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import onroll
import pyarrow
import pytest
from conftest import OAKFIELD, Rows, dicts, frame, rows_of
from onroll import _spark, _spark_job
from onroll import spark as on_spark
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as f

FIELDS = ["full_name", "username", "year_group", "class_name", "gender", "pupil_premium", "ethnicity", "send", "eal"]
SECRET = bytes(range(32))


def as_text(row: dict[str, Any]) -> dict[str, Any]:
    """Returns a row whose flags are text, so that a test can write any text there."""
    flags = {True: "Yes", False: "No", None: None}
    return {name: flags.get(value, value) if isinstance(value, bool) else value for name, value in row.items()}


def country() -> dict[str, Rows]:
    """Returns 41 schools. Most are right, some have errors of many kinds, and one contains only garbage."""
    dice = random.Random(28)
    students = [as_text(row) for row in rows_of(None, OAKFIELD)]
    schools: dict[str, Rows] = {}
    for number in range(40):
        school = f"A{number:03}"
        rows = [{**row, "school": school} for row in dice.sample(students, 30)]
        if number % 4 == 1:
            for _ in range(5):
                rows[dice.randrange(30)][dice.choice(FIELDS)] = dice.choice(["", "N/A", "F", "Q", "  x ", "\u202e", None, "Year 5"])
        if number % 10 == 3:
            rows.append(dict(rows[4]))
        schools[school] = rows
    schools["garbage"] = [{**row, **{name: "\x00\ufffd" * n for n, name in enumerate(FIELDS)}, "school": "garbage"} for row in students[:30]]
    return schools


COUNTRY = country()


@pytest.fixture(scope="module")
def mixed(spark: SparkSession) -> DataFrame:
    """All schools in one DataFrame, with the rows of different schools mixed. The rows of one school keep their order.
    """
    queues = [list(reversed(rows)) for rows in COUNTRY.values()]
    dice = random.Random(7)
    rows = []
    while queues:
        queue = dice.choice(queues)
        rows.append(queue.pop())
        queues = [each for each in queues if each]
    return frame(spark, rows, source_id=pyarrow.string(), upn=pyarrow.string()).coalesce(1)


def alone(rows: Rows, **options: Any) -> tuple[onroll.Report, onroll.Roster | None]:
    """Returns the report and the roster of a school from a single process."""
    try:
        roster = onroll.Roster.from_rows(rows, **options)
    except onroll.RosterError as error:
        return error.report, None
    return roster.report, roster


def of_school(rows: Rows, school: object) -> Rows:
    return [{name: value for name, value in row.items() if name != "school"} for row in rows if row["school"] == school]


@pytest.mark.parametrize("options", [{}, {"fix": True}, {"hold": True, "fix": True}])
def test_spark_finds_the_same_problems_as_a_single_process(mixed: DataFrame, options: dict[str, Any]) -> None:
    for values in (False, True):
        found = dicts(on_spark.check(mixed, "school", values=values, **options))
        errors = 0
        for school, rows in COUNTRY.items():
            report, _ = alone(rows, **options)
            expected = [
                {"row": None if p["record"] is None else p["record"] + 1, **{name: p[name] for name in ("column", "code", "severity", "message")}}
                for p in report.to_dicts(values=values)
            ]
            assert of_school(found, school) == expected, school
            errors += report.error_count
        assert errors > 20 and {row["school"] for row in found} <= set(COUNTRY)


def test_spark_reads_the_same_students_as_a_single_process(mixed: DataFrame) -> None:
    found = dicts(on_spark.students(mixed, fix=True))
    refused = 0
    for school, rows in COUNTRY.items():
        _, roster = alone(rows, fix=True)
        refused += roster is None
        expected = [{"source_id": None, "upn": None, "upi": None, **row, "unrecorded": []} for row in roster.to_dicts()] if roster else []
        assert of_school(found, school) == expected, school
    assert 1 < refused < 20


def test_spark_creates_the_same_accounts_as_a_single_process(mixed: DataFrame) -> None:
    policy = onroll.PasswordPolicy.words(3)
    found = dicts(on_spark.create_accounts(mixed, fix=True, passwords=policy, secret=SECRET, run="2026"))
    for school, rows in COUNTRY.items():
        _, roster = alone(rows, fix=True)
        if roster is None:
            assert of_school(found, school) == []
            continue
        accounts = onroll.create_accounts(roster)
        passwords = policy.derive([account.username for account in accounts], secret=SECRET, run="2026", school_id=school)
        # On Spark there is no column `has_password`, because the column `password` shows whether there is a password.
        rows = [{name: value for name, value in row.items() if name != "has_password"} for row in accounts.to_dicts()]
        expected = [{"upi": None, **row, "password": password} for row, password in zip(rows, passwords)]
        assert of_school(found, school) == expected, school


def test_spark_plans_the_same_changes_as_a_single_process(spark: SparkSession, mixed: DataFrame) -> None:
    dice = random.Random(3)
    stored: Rows = []
    for school, rows in COUNTRY.items():
        _, roster = alone(rows, fix=True)
        if roster is None:
            continue
        for number, row in enumerate(roster.to_dicts()):
            if dice.random() < 0.06 and school not in ("A000", "A002"):
                continue
            if dice.random() < 0.2:
                row["class_name"] = "Old Class"
            stored.append({"school": school, "host_id": f"{school}/{number}", **row, "active": dice.random() < 0.95, "password": "XXXX"})
        leavers = 20 if school == "A000" else 2
        for number in range(leavers):
            gone = {**stored[-1], "full_name": f"Gone {'abcdefghijklmnopqrst'[number]}", "active": True}
            stored.append({**gone, "username": gone["full_name"], "host_id": f"{school}/gone{number}"})
    # Adds a second account with a username that an account already has.
    stored.append({**next(row for row in stored if row["school"] == "A004"), "host_id": "twice"})
    options: dict[str, Any] = {"max_leavers": 0.2, "today": date(2026, 10, 1)}
    planned = on_spark.plan(frame(spark, stored), mixed, secret=SECRET, run="night", values=True, fix=True, **options)
    planned.both.persist()
    changes, refusals = (dicts(df) for df in planned)
    planned.both.unpersist()
    stages = set()
    for school in COUNTRY:
        mine, why = of_school(changes, school), of_school(refusals, school)
        stages |= {row["stage"] for row in why}
        try:
            accounts = onroll.Accounts.from_rows([row for row in stored if row["school"] == school], school_id=school)
            plan = onroll.plan(accounts, onroll.Roster.from_rows(COUNTRY[school], fix=True), **options)
        except (onroll.RosterError, onroll.AccountError) as error:
            assert error.report and mine == []
            stage = "roster" if isinstance(error, onroll.RosterError) else "accounts"
            if school != "A004":
                assert [(row["code"], row["message"]) for row in why] == [(p["code"], p["message"]) for p in error.report.to_dicts(values=True)]
            assert {row["stage"] for row in why} == {stage} and "error" in {row["severity"] for row in why}
            continue
        except onroll.PlanRefused as error:
            assert mine == [] and [(row["stage"], row["code"], row["severity"]) for row in why] == [("plan", error.guard, "error")]
            continue
        assert len(mine) == len(plan)
        for row, change in zip(mine, plan):
            account = change.account
            for name in ("host_id", "source_id", "upn", "upi", *FIELDS, "active", "active_until"):
                assert row[name] == getattr(account, name), (school, name)
            assert (row["kind"], row["new_password"], row["last_promotion"]) == (change.kind, change.new_password, plan.apply(accounts).last_promotion)
            old_and_new = {name: {"old": old, "new": new} for name, (old, new) in change.fields.items()}
            texts = {name: {when: str(v).lower() if isinstance(v, bool) else v for when, v in each.items()} for name, each in old_and_new.items()}
            assert row["fields"] == texts
            derived = onroll.PasswordPolicy().derive([row["username"]], secret=SECRET, run="night", school_id=school)[0]
            assert row["password"] == (derived if change.password else None)
        undecided: list[tuple[str, str, list[str], list[str]]] = [("conflict", each.reason, [a.username for a in each.accounts], [s.username for s in each.students]) for each in plan.conflicts]
        undecided += [("near", "near", [account.username], [student.username]) for account, student in plan.near]
        assert [(row["stage"], row["code"], row["accounts"], row["students"]) for row in why] == undecided
        assert {row["severity"] for row in why} <= {"warning"}
    assert {"accounts", "roster", "plan"} <= stages and {row["kind"] for row in changes} >= {"join", "leave", "move"}


def test_the_refusals_table_contains_conflicts_that_a_person_must_decide(spark: SparkSession) -> None:
    stored = rows_of("A1", OAKFIELD)[:30]
    listed = [dict(row) for row in stored]
    listed[3] = {**listed[3], "full_name": "Kestrel Wren", "username": stored[3]["username"], "gender": "Non-Binary", "class_name": "9Z", "ethnicity": "APKN"}
    both = (frame(spark, stored, source_id=pyarrow.string(), upn=pyarrow.string()), frame(spark, listed, source_id=pyarrow.string(), upn=pyarrow.string()))
    _, refusals = on_spark.plan(*both)
    (row,) = dicts(refusals)
    assert (row["school"], row["stage"], row["code"], row["severity"]) == ("A1", "conflict", "person-differs", "warning")
    assert (row["accounts"], row["students"]) == (None, None) and "Kestrel" not in row["message"], "values only if asked"
    _, refusals = on_spark.plan(*both, values=True)
    assert dicts(refusals)[0]["accounts"] == [stored[3]["username"]]
    # Passes a person's decision about one school.
    decision = onroll.Decision.same(onroll.Accounts.from_rows(stored)[3], onroll.Roster.from_rows(listed)[3])
    changes, refusals = on_spark.plan(*both, by_school={"A1": {"decisions": [decision]}})
    assert dicts(refusals) == [] and [row["kind"] for row in dicts(changes)] != []


def test_messages_contain_cell_values_only_with_the_values_option(spark: SparkSession) -> None:
    df = frame(spark, [as_text(row) for row in rows_of("A1", OAKFIELD, gender="Kestrel")])
    assert "Kestrel" not in str(dicts(on_spark.check(df))) and "Kestrel" in str(dicts(on_spark.check(df, values=True)))
    _, refusals = on_spark.plan(df.drop("gender"), df)
    assert "Kestrel" not in str(dicts(refusals))


def test_handles_a_school_with_100_000_students_next_to_small_schools(spark: SparkSession) -> None:
    def pupils(school: str, first: int, last: int) -> DataFrame:
        number = f.col("id").cast("string")
        letters = f.translate(number, "0123456789", "abcdefghij")
        columns: dict[str, Any] = {"school": f.lit(school), "full_name": f.concat(f.lit("Pupil N"), letters), "username": f.concat(f.lit("p"), number)}
        columns.update(year_group=f.lit("Year 5"), class_name=f.lit("5A"), gender=f.lit("Female"), ethnicity=f.lit("WBRI"))
        columns.update({name: f.lit("No") for name in ("pupil_premium", "send", "eal")})
        return spark.range(first, last).select(*(column.alias(name) for name, column in columns.items()))

    df = pupils("large", 0, 100_000).union(pupils("small", 0, 50)).union(pupils("tiny", 0, 1))
    assert dicts(on_spark.check(df).groupBy("severity").count()) == []
    accounts = on_spark.create_accounts(df)
    counts = {row["school"]: row["count"] for row in dicts(accounts.groupBy("school").count())}
    assert counts == {"large": 100_000, "small": 50, "tiny": 1}
    later = pupils("large", 100, 100_100).union(pupils("small", 0, 50))
    changes, refusals = on_spark.plan(accounts, later)
    refusals = refusals.where("severity = 'error'")
    kinds = {(row["school"], row["kind"]): row["count"] for row in dicts(changes.groupBy("school", "kind").count())}
    assert kinds == {("large", "join"): 100, ("large", "leave"): 100}
    assert [(row["school"], row["code"]) for row in dicts(refusals)] == [("tiny", "empty-roster")]


def test_columns_missing_from_a_file_do_not_change_existing_accounts(spark: SparkSession, tmp_path: Path) -> None:
    lines = (onroll.template_csv() + "".join(f"{row['full_name']},{row['username']},Year 5,5A,Male,Yes,BAFR,Yes,Yes\r\n" for row in OAKFIELD.to_dicts()[:9])).split("\r\n")
    (tmp_path / "A1.csv").write_text("\r\n".join(",".join(line.split(",")[:5]) for line in lines), encoding="utf-8")
    read = on_spark.read_folder(str(tmp_path), optional_columns=True)
    rows = dicts(read)
    assert rows[0]["unrecorded"] == ["pupil_premium", "ethnicity", "send", "eal"] and {rows[0][name] for name in rows[0]["unrecorded"]} == {None}
    stored = [{"school": "A1", **{name: row[name] for name in FIELDS}, "pupil_premium": True, "ethnicity": "BAFR", "send": True, "eal": True} for row in rows]
    changes, refusals = on_spark.plan(frame(spark, stored), read)
    assert dicts(changes) == dicts(refusals) == [], "accounts keep their values"
    new = dicts(on_spark.create_accounts(read))
    assert {(row["pupil_premium"], row["ethnicity"]) for row in new} == {(False, "NOBT")}
    torn = read.withColumn("unrecorded", f.when(f.col("full_name") == rows[0]["full_name"], f.array().cast("array<string>")).otherwise(f.col("unrecorded")))
    assert [row["code"] for row in dicts(on_spark.check(torn))] == ["failed"]


def test_accepts_numeric_school_ids_and_template_headings_as_column_names(spark: SparkSession) -> None:
    headings = dict(zip(FIELDS, onroll.template_csv().strip().split(",")))
    rows = [{"URN": 100_001, **{headings[name]: row[name] for name in FIELDS}} for row in OAKFIELD.to_dicts()]
    df = frame(spark, rows, URN=pyarrow.int32())
    found = on_spark.create_accounts(df, "URN", secret=SECRET, run="2026")
    assert found.schema["URN"].dataType.simpleString() == "int" and found.count() == 240
    of_one = onroll.PasswordPolicy().derive(["Zoë Ahmed"], secret=SECRET, run="2026", school_id="100001")
    assert [row["password"] for row in dicts(found.where("username = 'Zoë Ahmed'"))] == of_one
    assert on_spark.plan(found, df, by="URN", by_school={"100001": {"max_leavers": 0.5}}).changes.count() == 0


def test_reports_the_number_of_rows_without_a_school(spark: SparkSession) -> None:
    rows = rows_of("A1", OAKFIELD) + rows_of(None, OAKFIELD)[:3] + rows_of("  ", OAKFIELD)[:2]
    df = frame(spark, [{**row, "extra": 1} for row in rows], source_id=pyarrow.string(), upn=pyarrow.string())
    problem = {"row": None, "column": None, "code": "no-school", "severity": "error", "message": "5 rows have no school in the column 'school'"}
    assert dicts(on_spark.check(df)) == [{"school": None, **problem}]
    assert on_spark.students(df).count() == on_spark.create_accounts(df).count() == 240
    changes, refusals = on_spark.plan(df, df)
    assert dicts(changes) == []
    assert dicts(refusals.orderBy("stage")) == [{"school": None, "stage": stage, **problem, "accounts": None, "students": None} for stage in ("accounts", "roster")]


def test_raises_argument_errors_before_a_spark_job_starts(spark: SparkSession, tmp_path: Path) -> None:
    good = frame(spark, [{**row, "real": 1.5, "kind": "x"} for row in rows_of("A1", OAKFIELD)], source_id=pyarrow.string(), upn=pyarrow.string())
    wrong: list[tuple[type[Exception], str, Any]] = [
        (ValueError, "by must name one column, but 'school_id' names 0 of school, ", lambda: on_spark.check(good, "school_id")),
        (ValueError, "by must not be 'kind', because a result of onroll.spark has a column with this name", lambda: on_spark.students(good, "kind")),
        (ValueError, "the column 'real' must be of text or whole numbers, not double", lambda: on_spark.check(good, "real")),
        (TypeError, "by must be the name of a column, not int", lambda: on_spark.check(good, 5)),  # type: ignore[arg-type]
        (ValueError, "the table has no column 'gender' and no 'Gender'", lambda: on_spark.create_accounts(good.drop("gender"))),
        (TypeError, "the column 'send' must be text, whole numbers or bools", lambda: on_spark.check(good.withColumn("send", f.array(f.lit(True))))),
        (TypeError, "the column 'gender' must be text", lambda: on_spark.check(good.withColumn("gender", f.array("gender")))),
        (TypeError, "the column 'username' must be text", lambda: on_spark.plan(good.withColumn("username", f.array("username")), good)),
        (ValueError, "must be of one type, not int and string", lambda: on_spark.plan(good.withColumn("school", f.lit(1)), good)),
        (ValueError, "sign_in must be 'password' or 'sso', not 'ssso'", lambda: on_spark.check(good, sign_in="ssso")),
        (TypeError, "fixed", lambda: on_spark.check(good, fixed=True)),
        (ValueError, "sign_in must be", lambda: on_spark.check(good, by_school={"A1": {"sign_in": "x"}})),
        (ValueError, "max_leavers must be a share", lambda: on_spark.plan(good, good, max_leavers=50)),
        (ValueError, "override_guards must name guards", lambda: on_spark.plan(good, good, by_school={"A1": {"override_guards": ["all"]}})),
        (TypeError, "max_joiners", lambda: on_spark.plan(good, good, max_joiners=5)),
        (TypeError, "school_id is not an option here", lambda: on_spark.plan(good, good, school_id="A1")),
        (TypeError, "fix", lambda: on_spark.plan(good, good, by_school={"A1": {"fix": 5}})),
        (ValueError, "give both secret and run, or neither", lambda: on_spark.create_accounts(good, secret=SECRET)),
        (ValueError, "give both secret and run, or neither", lambda: on_spark.plan(good, good, run="2026")),
        (onroll.PolicyError, "at least 32 random bytes, not 3", lambda: on_spark.create_accounts(good, secret=b"abc", run="2026")),
        (onroll.PolicyError, "the run for derived passwords must not be blank", lambda: on_spark.create_accounts(good, secret=SECRET, run=" ")),
        (onroll.PolicyError, "at least 32 random bytes, not 0", lambda: on_spark.create_accounts(good, secret=b"", run="2026")),
        (onroll.PolicyError, "the run for derived passwords must not be blank", lambda: on_spark.create_accounts(good, secret=SECRET, run="")),
        (TypeError, "passwords must be a PasswordPolicy, not str", lambda: on_spark.create_accounts(good, passwords="pin")),  # type: ignore[arg-type]
        (ValueError, "school_pattern must have a group", lambda: on_spark.read_folder(str(tmp_path), school_pattern=".*")),
        (TypeError, "fixed", lambda: on_spark.check_folder(str(tmp_path), fixed=True)),
    ]
    before = spark.sparkContext.statusTracker().getJobIdsForGroup(None)
    for kind, message, call in wrong:
        with pytest.raises(kind) as error:
            call()
        assert re.search(message, str(error.value)), message
    assert spark.sparkContext.statusTracker().getJobIdsForGroup(None) == before, "no job was started"


def test_a_school_that_cannot_be_read_does_not_stop_other_schools(spark: SparkSession) -> None:
    rows = rows_of("A1", OAKFIELD) + [{**row, "last_promotion": None} for row in rows_of("A2", OAKFIELD)]
    stored = frame(spark, [{**row, "own_fields": "gender" if row["school"] == "A1" else "Kestrel"} for row in rows], source_id=pyarrow.string(), upn=pyarrow.string())
    listed = frame(spark, [as_text(row) for row in rows_of("A1", OAKFIELD) + rows_of("A2", OAKFIELD)], source_id=pyarrow.string(), upn=pyarrow.string())
    changes, refusals = on_spark.plan(stored.drop("last_promotion"), listed)
    assert dicts(changes) == []
    (row,) = dicts(refusals)
    assert (row["school"], row["stage"], row["severity"]) == ("A2", "failed", "error") and "own_fields" in row["message"]


FILES: dict[str, Callable[[], bytes]] = {
    "A1.csv": lambda: (onroll.template_csv() + "Zoë Okafor,Zoë Okafor,Year 5,5A,F,No,BAFR,No,No\r\n").encode(),
    "A2.CSV": lambda: b"\x00\xff\xfe garbage \x80" * 50,
    "A 3%41é.csv": lambda: (onroll.template_csv() + "Ada Patel,Ada Patel,Year 5,5A,Female,No,BAFR,No,No\r\n").encode("utf-16"),
    "A4.csv": lambda: b"",
    "A5.csv": lambda: (onroll.template_csv() + "Ada Patel,Ada Patel,Year 5,5A,Female,No,BAFR,No,No\r\n").encode(),
    "A5.txt": lambda: (onroll.template_csv() + "Ben Patel,Ben Patel,Year 5,5A,Male,No,BAFR,No,No\r\n").encode(),
}


def test_reads_a_folder_with_one_file_for_each_school(spark: SparkSession, tmp_path: Path) -> None:
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content())
    found = dicts(on_spark.check_folder(f"{tmp_path}/*", fix=True))
    names = {"A1": "A1.csv", "A2": "A2.CSV", "A 3%41é": "A 3%41é.csv", "A4": "A4.csv"}
    for school, name in names.items():
        report = onroll.check_csv(tmp_path / name, fix=True)
        expected = [{key: p[key] for key in ("row", "column", "code", "severity", "message")} for p in report.to_dicts()]
        assert of_school(found, school) == expected, school
    assert [row["code"] for row in of_school(found, "A5")] == ["school-twice"] * 2
    read = dicts(on_spark.read_folder(f"{tmp_path}/*", fix=True, by="URN"))
    assert {row["URN"]: row["full_name"] for row in read} == {"A1": "Zoë Okafor", "A 3%41é": "Ada Patel"}
    some = on_spark.check_folder([f"{tmp_path}/A4*", f"{tmp_path}/A5*"], school_pattern=r"(A4)\.csv$", spark=spark)
    assert sorted((row["school"] or "", row["code"]) for row in dicts(some)) == [("", "no-school")] * 2 + [("A4", "empty-file")]


@pytest.mark.skipif(not hasattr(onroll, "Mapping"), reason="this version has no mappings")
def test_reading_a_folder_uses_the_mapping_of_each_school(spark: SparkSession, tmp_path: Path) -> None:
    mapping: Any = onroll.Mapping  # type: ignore[attr-defined,unused-ignore]
    for school, (first, last) in {"A1": ("Forename", "Surname"), "A2": ("First", "Last")}.items():
        export = f"{last},{first},Year,Reg,Sex,Email\r\nOkafor,Zoë,5,5A,F,zoe@{school}.example\r\n"
        (tmp_path / f"{school}.csv").write_text(export, encoding="utf-8")

    def of(first: str, last: str) -> Any:
        columns = {"full_name": [first, last], "year_group": "Year", "class_name": "Reg", "gender": "Sex", "username": "Email"}
        return mapping(columns, values={"gender": {"F": "Female"}})

    shared: dict[str, Any] = {"sign_in": "sso", "fix": True, "optional_columns": True, "mapping": of("Forename", "Surname")}
    own = {"A2": {"mapping": of("First", "Last")}}
    read = dicts(on_spark.read_folder(str(tmp_path), by_school=own, **shared))
    assert {row["school"]: (row["full_name"], row["gender"]) for row in read} == {school: ("Zoë Okafor", "Female") for school in ("A1", "A2")}
    assert {row["school"] for row in dicts(on_spark.check_folder(str(tmp_path), **shared)) if row["severity"] == "error"} == {"A2"}


def test_reports_a_file_that_is_too_large_as_a_problem_of_its_school(spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "A1.csv").write_bytes(FILES["A1.csv"]())
    (tmp_path / "A2.csv").write_bytes(FILES["A1.csv"]() * 3)
    monkeypatch.setattr(_spark_job, "MOST_BYTES", 200)
    spark.conf.set("spark.sql.sources.binaryFile.maxLength", "200")
    try:
        found = dicts(on_spark.check_folder(str(tmp_path), fix=True))
    finally:
        spark.conf.unset("spark.sql.sources.binaryFile.maxLength")
    assert [row["code"] for row in of_school(found, "A2")] == ["file-too-large"] and "file-too-large" not in str(of_school(found, "A1"))


def test_options_for_one_school_override_the_shared_options(spark: SparkSession) -> None:
    rows = rows_of("A1", OAKFIELD)[:5] + [{**row, "username": f"{n}@oak.example"} for n, row in enumerate(rows_of("A2", OAKFIELD)[:5])]
    df = frame(spark, rows, source_id=pyarrow.string(), upn=pyarrow.string())
    found = dicts(on_spark.check(df, by_school={"A2": {"sign_in": "sso"}}))
    assert found == []
    assert {row["school"] for row in dicts(on_spark.check(df, sign_in="sso"))} == {"A1"}
    plans = on_spark.plan(df, df, by_school={"A2": {"sign_in": "sso"}})
    assert dicts(plans.changes) == dicts(plans.refusals) == []


def test_raises_memory_and_disk_errors_so_that_spark_retries_the_task() -> None:
    for error in (MemoryError(), OSError("no space left"), KeyboardInterrupt()):
        with pytest.raises(type(error)):
            _spark.failed(error)
    assert _spark.failed(pyarrow.ArrowInvalid("Kestrel"))["message"] == "the school could not be read: ArrowInvalid"
    assert _spark.failed(ValueError("the table has no column 'gender'"))["message"] == "the table has no column 'gender'"
    panic = type("PanicException", (BaseException,), {})("Kestrel")
    assert _spark.failed(panic) == {"code": "failed", "severity": "error", "message": "the school could not be read: PanicException"}
