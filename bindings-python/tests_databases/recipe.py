"""Keeps the accounts of many schools in a database, with hashes of passwords and nothing else of them.

It runs on SQLite and on PostgreSQL. Copy what you need; the steps, and why they come in this order:

1. **Hash first.** Argon2id takes some 15 ms for each password, on purpose. Do it in `prepare`, before any lock is taken. This is
   also the one moment at which the new passwords are known: write the credentials and cards here.
2. **Store the plan with the fingerprint** of the accounts that it was made for, and the hashes beside it. A person may now
   approve it; the plan itself is stored without passwords.
3. **One transaction** in `apply`: lock the school, read its rows again, and compare their fingerprint with the stored one. If
   anything changed in the meantime, stop, and make another plan.
4. **Run the statements in their order**, one row each. Unique indexes are checked row by row, also within a transaction, and
   `Plan.statements` orders rows so that none is violated: if two students swap usernames, one has a temporary username between.
   Each statement must meet exactly one row.
5. **Passwords**: a statement with `new_password` replaces the old hash, even if there is no new one. All others keep their hash.
6. **Store the fingerprint of the accounts as they are now**, in the same transaction: it shows a restored backup, or rows changed
   by hand, before the next plan is made.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import onroll

TABLES = """
CREATE TABLE school (
    id TEXT PRIMARY KEY,
    fingerprint TEXT
);
CREATE TABLE stored_plan (
    school_id TEXT PRIMARY KEY REFERENCES school (id),
    fingerprint TEXT NOT NULL,
    plan TEXT NOT NULL,
    hashes TEXT NOT NULL
);
CREATE TABLE account (
    id {identity},
    school_id TEXT NOT NULL REFERENCES school (id),
    source_id TEXT,
    upn TEXT,
    full_name TEXT NOT NULL,
    username TEXT NOT NULL,
    username_key TEXT NOT NULL,
    year_group TEXT NOT NULL,
    class_name TEXT NOT NULL,
    gender TEXT,
    pupil_premium BOOLEAN NOT NULL,
    ethnicity TEXT NOT NULL,
    send BOOLEAN NOT NULL,
    eal BOOLEAN NOT NULL,
    active BOOLEAN NOT NULL,
    password_hash TEXT
);
CREATE UNIQUE INDEX account_username ON account (school_id, username);
CREATE UNIQUE INDEX account_username_key ON account (school_id, username_key);
CREATE UNIQUE INDEX account_source_id ON account (school_id, source_id);
CREATE UNIQUE INDEX account_upn ON account (school_id, upn);
"""
COLUMNS = (
    "source_id, upn, full_name, username, year_group, class_name, gender, pupil_premium, ethnicity, send, eal, active"
)


class PlanOutdated(Exception):
    """The accounts changed after the plan was made, or without one. Nothing was written; make another plan."""


class Database:
    """The differences of the two databases: parameters, ids and locks."""

    def __init__(self, connection: Any, named: str, identity: str, lock: str) -> None:
        self.connection = connection
        self.identity = identity
        self._named = named
        self._lock = lock

    @classmethod
    def sqlite(cls, connection: Any) -> Database:
        """For sqlite3, opened with isolation_level=None."""
        return cls(connection, ":{}", "INTEGER PRIMARY KEY", "")

    @classmethod
    def postgresql(cls, connection: Any) -> Database:
        """For psycopg, opened with autocommit=True."""
        return cls(connection, "%({})s", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", " FOR UPDATE")

    def run(self, text: str, **values: Any) -> Any:
        """Runs a statement whose parameters are written as {name}, and gives the cursor."""
        return self.connection.execute(text.format(**{name: self._named.format(name) for name in values}), values)

    def rows(self, text: str, **values: Any) -> list[dict[str, Any]]:
        cursor = self.run(text, **values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row)) for row in cursor.fetchall()]

    @contextmanager
    def transaction(self, school_id: str) -> Iterator[dict[str, Any]]:
        """One transaction with a lock on the school's row, which no other transaction of this school gets until it ends."""
        # SQLite locks the whole database at once; PostgreSQL locks the row that is selected.
        self.connection.execute("BEGIN" if self._lock else "BEGIN IMMEDIATE")
        try:
            [school] = self.rows("SELECT * FROM school WHERE id = {id}" + self._lock, id=school_id)
            yield school
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")


def accounts_of(database: Database, school_id: str) -> onroll.Accounts:
    """The accounts of a school, without passwords; `host_id` is the key of the row."""
    rows = database.rows(f"SELECT id AS host_id, {COLUMNS} FROM account WHERE school_id = {{school_id}}", school_id=school_id)
    return onroll.Accounts.from_rows(rows, school_id=school_id)


def prepare(
    database: Database,
    school_id: str,
    roster: onroll.Roster,
    hash_password: Callable[[onroll.Password], str] = onroll.Password.to_phc_string,
    **options: Any,
) -> onroll.Plan:
    """Makes a plan and stores it. The returned plan still has its passwords: write the credentials from it now."""
    [school] = database.rows("SELECT fingerprint FROM school WHERE id = {id}", id=school_id)
    accounts = accounts_of(database, school_id)
    if school["fingerprint"] not in (None, accounts.fingerprint()):
        raise PlanOutdated("the accounts are not those that the last plan left")
    plan = onroll.plan(accounts, roster.with_school_id(school_id), **options)
    hashes = {change.account.username: hash_password(change.password) for change in plan if change.password}
    with database.transaction(school_id):
        database.run("DELETE FROM stored_plan WHERE school_id = {school_id}", school_id=school_id)
        database.run(
            "INSERT INTO stored_plan (school_id, fingerprint, plan, hashes) VALUES ({school_id}, {fingerprint}, {plan}, {hashes})",
            school_id=school_id,
            fingerprint=accounts.fingerprint(),
            plan=plan.to_json(),
            hashes=json.dumps(hashes),
        )
    return plan


def apply(database: Database, school_id: str) -> onroll.Accounts:
    """Applies the stored plan of a school: all of it, or nothing."""
    with database.transaction(school_id):
        stored = database.rows("SELECT * FROM stored_plan WHERE school_id = {school_id}", school_id=school_id)
        if not stored:
            raise PlanOutdated("no plan is stored: it was applied, or another is being made")
        accounts = accounts_of(database, school_id)
        if accounts.fingerprint() != stored[0]["fingerprint"]:
            raise PlanOutdated("the accounts changed after the plan was made")
        plan = onroll.Plan.from_json(stored[0]["plan"])
        hashes = json.loads(stored[0]["hashes"])
        for statement in plan.statements():
            run_statement(database, school_id, statement, hashes)
        after = accounts_of(database, school_id)
        # The rows must now be what the plan makes of the accounts, or the transaction ends here.
        if after.fingerprint() != plan.apply(accounts, without_passwords=True).fingerprint():
            raise PlanOutdated("the rows are not as the plan makes them")
        database.run(
            "UPDATE school SET fingerprint = {fingerprint} WHERE id = {id}", fingerprint=after.fingerprint(), id=school_id
        )
        database.run("DELETE FROM stored_plan WHERE school_id = {school_id}", school_id=school_id)
    return after


def run_statement(database: Database, school_id: str, statement: onroll.Statement, hashes: dict[str, str]) -> None:
    """Runs one statement of a plan on one row."""
    values = dict(statement.set)
    if "username" in values:
        values["username_key"] = onroll.username_key(values["username"])
    if statement.new_password:
        values["password_hash"] = hashes.get(values.get("username", statement.username))
    if statement.kind == "insert":
        values["school_id"] = school_id
        names = ", ".join(values)
        text = f"INSERT INTO account ({names}) VALUES ({', '.join(f'{{{name}}}' for name in values)})"
        database.run(text, **values)
        return
    sets = ", ".join(f"{name} = {{{name}}}" for name in values)
    if statement.host_id is None:
        text, keys = "username = {key_username}", {"key_username": statement.username}
    else:
        text, keys = "id = {key_id}", {"key_id": int(statement.host_id)}  # type: ignore[dict-item]
    cursor = database.run(
        f"UPDATE account SET {sets} WHERE school_id = {{key_school}} AND {text}", **values, **keys, key_school=school_id
    )
    if cursor.rowcount != 1:
        raise PlanOutdated("a row of the plan is not there")
