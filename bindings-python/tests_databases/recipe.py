"""Stores the accounts of many schools in a database. Passwords are stored only as hashes.

It runs on SQLite and on PostgreSQL. Copy the parts that you need. These are the steps, with the reasons for their
order:

1. **Hash first.** Argon2id deliberately takes about 15 ms for each password. So hash in `prepare`, before you take a
   lock. The new passwords are known only at this moment, so write the credentials and cards here.
2. **Store the plan** without passwords, together with the hashes and with the fingerprint of the accounts for which it
   was made. A person can now approve the plan.
3. **Use one transaction** in `apply`. Lock the school, read its rows again, and compare their fingerprint with the
   stored fingerprint. If anything has changed since the plan was made, stop, and make a new plan.
4. **Run the statements in order.** Unique indexes are checked row by row, even within a transaction. `Plan.statements`
   returns an order that violates no index: if two students swap usernames, one of them has a temporary username in
   between. Each statement must change exactly one row.
5. **Replace hashes.** A statement with `new_password` replaces the old hash, even if there is no new hash. All other
   rows keep their hash.
6. **Store the new fingerprint of the accounts**, in the same transaction. Before the next plan, compare it with the
   fingerprint of the rows. The two differ if a backup was restored, or if rows were changed by hand.
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
CREATE INDEX account_upn ON account (school_id, upn);
"""
COLUMNS = (
    "source_id, upn, full_name, username, year_group, class_name, gender, pupil_premium, ethnicity, send, eal, active"
)


class PlanOutdated(Exception):
    """The accounts changed after the plan was made, or something other than a plan changed them. Nothing was written.
    Make a new plan.
    """


class Database:
    """Hides the differences between the two databases: parameters, ids and locks."""

    def __init__(self, connection: Any, named: str, identity: str, lock: str) -> None:
        self.connection = connection
        self.identity = identity
        self._named = named
        self._lock = lock

    @classmethod
    def sqlite(cls, connection: Any) -> Database:
        """Returns a Database for a connection of sqlite3, opened with isolation_level=None."""
        return cls(connection, ":{}", "INTEGER PRIMARY KEY", "")

    @classmethod
    def postgresql(cls, connection: Any) -> Database:
        """Returns a Database for a connection of psycopg, opened with autocommit=True."""
        return cls(connection, "%({})s", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", " FOR UPDATE")

    def run(self, text: str, **values: Any) -> Any:
        """Runs a statement whose parameters are written as {name}, and returns the cursor."""
        return self.connection.execute(text.format(**{name: self._named.format(name) for name in values}), values)

    def rows(self, text: str, **values: Any) -> list[dict[str, Any]]:
        cursor = self.run(text, **values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row)) for row in cursor.fetchall()]

    @contextmanager
    def transaction(self, school_id: str) -> Iterator[dict[str, Any]]:
        """Runs one transaction with a lock on the school's row. Until it ends, no other transaction can lock this
        school.
        """
        # SQLite locks the whole database with BEGIN IMMEDIATE. PostgreSQL locks only the selected row.
        self.connection.execute("BEGIN" if self._lock else "BEGIN IMMEDIATE")
        try:
            [school] = self.rows("SELECT * FROM school WHERE id = {id}" + self._lock, id=school_id)
            yield school
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")


def accounts_of(database: Database, school_id: str) -> onroll.Accounts:
    """Returns the accounts of a school, without passwords. `host_id` is the key of the row."""
    rows = database.rows(f"SELECT id AS host_id, {COLUMNS} FROM account WHERE school_id = {{school_id}}", school_id=school_id)
    return onroll.Accounts.from_rows(rows, school_id=school_id)


def prepare(
    database: Database,
    school_id: str,
    roster: onroll.Roster,
    hash_password: Callable[[onroll.Password], str] = onroll.Password.to_phc_string,
    **options: Any,
) -> onroll.Plan:
    """Makes a plan and stores it without passwords. Only the returned plan has the passwords, so write the credentials
    from the returned plan now.
    """
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
    """Applies the stored plan of a school, completely or not at all."""
    with database.transaction(school_id):
        stored = database.rows("SELECT * FROM stored_plan WHERE school_id = {school_id}", school_id=school_id)
        if not stored:
            raise PlanOutdated("no plan is stored: it was applied, or a new plan is being made")
        accounts = accounts_of(database, school_id)
        if accounts.fingerprint() != stored[0]["fingerprint"]:
            raise PlanOutdated("the accounts changed after the plan was made")
        plan = onroll.Plan.from_json(stored[0]["plan"])
        hashes = json.loads(stored[0]["hashes"])
        for statement in plan.statements():
            run_statement(database, school_id, statement, hashes)
        after = accounts_of(database, school_id)
        # If the rows differ from the accounts that the plan makes, the transaction is rolled back.
        if after.fingerprint() != plan.apply(accounts, without_passwords=True).fingerprint():
            raise PlanOutdated("the rows differ from the accounts that the plan makes")
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
        raise PlanOutdated("the database has no row for a statement of the plan")
