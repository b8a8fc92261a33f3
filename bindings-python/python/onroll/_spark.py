"""Does the work of a Spark worker for one school: reads its rows, makes accounts and plans, and returns problems as
rows. This module does not import Spark.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import onroll

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pyarrow  # type: ignore[import-untyped,unused-ignore]

    Rows = list[dict[str, Any]]

IDS = ("source_id", "upn", "upi")
FLAGS = ("pupil_premium", "send", "eal")
FIELDS = ("full_name", "username", "year_group", "class_name", "gender", "pupil_premium", "ethnicity", "send", "eal")
HEADINGS = dict(zip(FIELDS, onroll.template_csv().strip().split(",")))
ACCOUNT = ("active", "active_until", "host_id")
STATE = (*ACCOUNT, "blocked", "manual", "own_fields", "has_password")
OF_ROSTER = ("hold", "sign_in", "fix", "optional_columns", "main_codes_only", "ethnicities", "limits")


class Options:
    """The options for all schools, and options for single schools, which override the shared options."""

    def __init__(self, shared: Mapping[str, Any], by_school: Mapping[str, Mapping[str, Any]]) -> None:
        self.shared = dict(shared)
        self.by_school = {school: dict(options) for school, options in by_school.items()}

    def of(self, school: str) -> dict[str, Any]:
        return {**self.shared, **self.by_school.get(school, {})}


class Derivation:
    """Derives passwords. It contains the secret, so its repr shows nothing."""

    def __init__(self, policy: onroll.PasswordPolicy, secret: bytes, run: str) -> None:
        self._policy, self._secret, self._run = policy, secret, run

    def __repr__(self) -> str:
        return "Derivation(<hidden>)"

    def of(self, school: str, usernames: list[str]) -> list[str]:
        return self._policy.derive(usernames, secret=self._secret, run=self._run, school_id=school)


def problem(code: str, message: str) -> dict[str, Any]:
    return {"code": code, "severity": "error", "message": message}


def no_school(rows: int, by: str) -> dict[str, Any]:
    return problem("no-school", f"{rows} rows have no school in the column '{by}'")


def failed(error: BaseException) -> dict[str, Any]:
    """Returns the row for a school that could not be read. It shows only the texts of onroll's own errors, because
    other texts may contain values.

    Raises the error again if it comes from the machine and not from the school's data. Spark then tries another worker.
    """
    is_panic = type(error).__name__ == "PanicException"
    if not is_panic and (not isinstance(error, Exception) or isinstance(error, (MemoryError, OSError))):
        raise error
    ours = isinstance(error, onroll.OnrollError) or type(error) in (TypeError, ValueError)
    code = error.code if isinstance(error, onroll.OnrollError) else "failed"
    return problem(code, str(error) if ours else f"the school could not be read: {type(error).__name__}")


def problems(report: onroll.Report, values: bool) -> Rows:
    return [
        {
            "row": each["row"] if each["record"] is None else each["record"] + 1,
            **{name: each[name] for name in ("column", "code", "severity", "message")},
        }
        for each in report.to_dicts(values=values)
    ]


def checked(read: Callable[[], onroll.Report], values: bool) -> Rows:
    try:
        return problems(read(), values)
    except onroll.RosterError as refused:
        return problems(refused.report, values)


def roster(table: pyarrow.Table, options: Mapping[str, Any]) -> onroll.Roster:
    """Reads the roster of a school. Leaves out the columns that the column `unrecorded` lists, because the school does
    not record them.
    """
    options = dict(options)
    if "unrecorded" in table.column_names:
        said = {tuple(sorted(names or ())) for names in table["unrecorded"].to_pylist()}
        if len(said) > 1:
            raise ValueError("the rows of the school differ in the column 'unrecorded'")
        absent = [name for names in said for field in names for name in (field, HEADINGS.get(field)) if name in table.column_names]
        table = table.drop_columns(["unrecorded", *absent])
        if absent:
            options["optional_columns"] = True
    return onroll.Roster.from_arrow(table, **options)


def students(read: onroll.Roster) -> pyarrow.Table:
    """Returns the students of a roster in columns without Arrow dictionaries. An unrecorded column is null."""
    import pyarrow  # type: ignore[import-untyped,unused-ignore]

    table = _plain(pyarrow.table(read))
    fields = {heading: field for field, heading in HEADINGS.items()}
    unrecorded = [fields[heading] for heading in read.unrecorded]
    for name in unrecorded:
        index = table.column_names.index(name)
        table = table.set_column(index, name, pyarrow.nulls(len(table), table[name].type))
    said = pyarrow.scalar(unrecorded, pyarrow.list_(pyarrow.string()))
    return table.append_column("unrecorded", pyarrow.repeat(said, len(table)))


def accounts(read: onroll.Roster, school: str, derivation: Derivation) -> pyarrow.Table:
    """Creates a new account for every student, with a password derived from the username."""
    import pyarrow  # type: ignore[import-untyped,unused-ignore]

    made = onroll.create_accounts(read)
    table = _plain(pyarrow.table(made))
    # Students from an MIS who sign in with SSO have no passwords.
    has_passwords = len(made) > 0 and made[0].password is not None
    derived = derivation.of(school, table["username"].to_pylist()) if has_passwords else [None] * len(made)
    return table.append_column("password", pyarrow.array(derived, pyarrow.string()))


def _plain(table: pyarrow.Table) -> pyarrow.Table:
    """Returns the table without Arrow dictionaries, and with all columns of ids."""
    import pyarrow  # type: ignore[import-untyped,unused-ignore]

    for index, field in enumerate(table.schema):
        if pyarrow.types.is_dictionary(field.type):
            table = table.set_column(index, field.name, table[field.name].cast(pyarrow.string()))
    for name in IDS:
        if name not in table.column_names:
            table = table.append_column(name, pyarrow.nulls(len(table), pyarrow.string()))
    return table


def planned(
    school: str, stored: pyarrow.Table, listed: pyarrow.Table, options: Mapping[str, Any], derivation: Derivation, values: bool
) -> Rows:
    """Returns the changes and the refusals of a school."""
    stage = "accounts"
    try:
        before = stored_accounts(stored, school, options)
        stage = "roster"
        wanted = roster(listed, of_roster(options)).with_school_id(school)
        stage = "plan"
        made = onroll.plan(before, wanted, **of_plan(options))
    except onroll.PlanRefused as refused:
        return [{"stage": stage, **problem(refused.guard, str(refused))}]
    except onroll.PlanError as error:
        return [{"stage": stage, **failed(error)}]
    except (onroll.RosterError, onroll.AccountError) as refused:
        if refused.report is None:
            return [{"stage": stage, **failed(refused)}]
        return [{"stage": stage, **each} for each in problems(refused.report, values)]
    # The day on which the school moved up by a year is known only if `today` is given.
    promotion = made.apply(before).last_promotion if options.get("today") else None
    return [*_changes(made, school, derivation, promotion), *_undecided(made, values)]


def of_plan(options: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the options of a plan. Refuses `school_id`, because the DataFrame has a column with the school's id.
    """
    if "school_id" in options:
        raise TypeError("school_id is not an option here, because the DataFrame has a column that names the school")
    return {name: option for name, option in options.items() if name not in (*OF_ROSTER, "last_promotion")}


def of_roster(options: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the options of a roster."""
    return {name: option for name, option in options.items() if name in OF_ROSTER}


def stored_accounts(table: pyarrow.Table, school: str | None, options: Mapping[str, Any]) -> onroll.Accounts:
    """Reads the accounts of a school. The option last_promotion is the date on which the school last moved up by a
    year. If this option is missing, the latest date in the column last_promotion is used.
    """
    kept = {name: options[name] for name in ("sign_in", "last_promotion", "ethnicities") if name in options}
    if "last_promotion" in table.column_names:
        days = [day for day in table["last_promotion"].unique().to_pylist() if day is not None]
        if days and "last_promotion" not in kept:
            kept["last_promotion"] = max(days)
        table = table.drop_columns(["last_promotion"])
    return onroll.Accounts.from_arrow(table, school_id=school, **kept)


def _changes(made: onroll.Plan, school: str, derivation: Derivation, promotion: object) -> Rows:
    rows: Rows = []
    new: list[dict[str, Any]] = []
    for change in made:
        account = change.account
        row = {name: getattr(account, name) for name in (*IDS, *FIELDS, *ACCOUNT)}
        row.update(
            kind=change.kind,
            ethnicity=str(account.ethnicity),
            fields=[(name, {"old": _text(old), "new": _text(now)}) for name, (old, now) in change.fields.items()],
            new_password=change.new_password,
            last_promotion=promotion,
        )
        rows.append(row)
        if change.password is not None:
            new.append(row)
    for row, password in zip(new, derivation.of(school, [row["username"] for row in new])):
        row["password"] = password
    return rows


def _text(value: object) -> str | None:
    """Returns a value as text, in the form in which Spark writes it."""
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _undecided(made: onroll.Plan, values: bool) -> Rows:
    """Returns a row for each case about which a person must decide. The rows contain usernames only with `values`."""
    found: list[tuple[str, str, str, list[onroll.PlanEntry], list[onroll.PlanEntry]]] = []
    for conflict in made.conflicts:
        text = f"{len(conflict.accounts)} accounts and {len(conflict.students)} students could not be matched with certainty"
        found.append(("conflict", conflict.reason, text, conflict.accounts, conflict.students))
    for account, student in made.near:
        found.append(("near", "near", "a leaver and a joiner are perhaps the same student", [account], [student]))
    for entry in made.erased_by_username:
        found.append(("erased", "erased", "a student was left out only because an erased student had the same username", [], [entry]))
    for entry in made.perhaps_staff:
        found.append(("staff", "perhaps-staff", "a joiner is perhaps staff", [], [entry]))
    return [
        {
            **problem(code, text),
            "stage": stage,
            "severity": "warning",
            "accounts": [each.username for each in accounts] if values else None,
            "students": [each.username for each in students] if values else None,
        }
        for stage, code, text, accounts, students in found
    ]
