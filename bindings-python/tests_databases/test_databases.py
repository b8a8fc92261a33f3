"""Applies plans to real databases with unique indexes, one row at a time."""

from __future__ import annotations

import hashlib
import random
import sqlite3
import threading
from collections import Counter
from typing import Any

import onroll
import psycopg
import pytest
from onroll.types import Guard
from recipe import COLUMNS, Database, PlanOutdated, accounts_of, apply, prepare, run_statement
from servers import Server, cluster, server

__all__ = ["cluster", "server"]
"""The fixtures are exported so that pytest finds them."""

PLANS = 200
GUARDS: list[Guard] = [
    "empty-roster",
    "school-mismatch",
    "source-ids-changed",
    "source-ids-reused",
    "names-changed",
    "usernames-changed",
    "too-many-leavers",
]
FORENAMES = ["Amelia", "Noah", "Zoë", "Kai", "Mia", "Oluwaseun", "Siân", "Jo", "Aarav", "Niamh"]
SURNAMES = ["Smith", "Okafor", "O'Dell", "Khan", "Lee", "Ó Briain", "Patel", "Reid-Hall", "Nowak", "Evans"]
REFUSED = (sqlite3.IntegrityError, psycopg.errors.UniqueViolation)


def quick_hash(password: onroll.Password) -> str:
    """A fast hash for tests of many passwords. It is not secure."""
    return hashlib.sha256(password.canonical().encode()).hexdigest()


class RandomSchool:
    """A school that changes at random. It causes every kind of change, and often gives the username or id of one
    student to a different student.
    """

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.students: list[dict[str, Any]] = []
        self.left: list[dict[str, Any]] = []
        self.made = 0

    def student(self, username: str | None = None) -> dict[str, Any]:
        self.made += 1
        chance = self.random.random
        name = f"{self.random.choice(FORENAMES)} {self.random.choice(SURNAMES)}"
        return {
            "source_id": f"S{self.made}" if chance() < 0.8 else None,
            "upn": None,
            "full_name": name,
            "username": username or f"{name} {self.made}",
            "year_group": f"Year {self.random.randint(1, 6)}",
            "class_name": f"{self.random.randint(1, 6)}{self.random.choice('AB')}",
            "gender": self.random.choice(["Male", "Female", "Non-Binary"]),
            "pupil_premium": chance() < 0.3,
            "ethnicity": self.random.choice(["WBRI", "BAFR", "NOBT"]),
            "send": chance() < 0.2,
            "eal": chance() < 0.2,
        }

    def rotate(self, field: str, most: int) -> None:
        """Rotates the values of a field among some students, so that each student gets the value of the next student.
        """
        known = [student for student in self.students if student["source_id"]]
        some = self.random.sample(known, min(len(known), self.random.randint(2, most)))
        values = [student[field] for student in some]
        for student, value in zip(some, values[1:] + values[:1]):
            student[field] = value

    def term(self) -> onroll.Roster:
        """Changes the school at random, and returns the new roster."""
        choose = self.random
        if not self.students:
            self.students = [self.student() for _ in range(25)]
            return onroll.Roster.from_rows(self.students)
        free = [student["username"] for student in self.left]
        for student in choose.sample(self.students, choose.randint(0, 4)):
            self.students.remove(student)
            self.left.append(student)
        if self.left and choose.random() < 0.4:
            self.students.append(self.left.pop(choose.randrange(len(self.left))))
        for _ in range(choose.randint(0, 4)):
            # Sometimes the new student gets the username of a leaver.
            self.students.append(self.student(choose.choice(free) if free and choose.random() < 0.3 else None))
        for student in choose.sample(self.students, choose.randint(0, 5)):
            field = choose.choice(["class_name", "send", "pupil_premium", "full_name", "gender"])
            student[field] = self.student()[field]
        for _ in range(choose.randint(0, 3)):
            self.rotate("username", 6)
        if choose.random() < 0.3:
            self.rotate("source_id", 3)
        for student in choose.sample(self.students, choose.randint(0, 2)):
            # Makes chains: one student gets a new username, and a second student gets the old username of the first.
            given_up, student["username"] = student["username"], f"{student['full_name']} {self.made}-{choose.randint(0, 999)}"
            other = choose.choice(self.students)
            if other is not student and other["source_id"]:
                other["username"] = given_up
        self.made += 1
        seen: dict[str, dict[str, Any]] = {onroll.username_key(student["username"]): student for student in self.students}
        self.students = list(seen.values())
        return onroll.Roster.from_rows([dict(student) for student in self.students])


def rows_of(database: Database, school_id: str) -> dict[int, dict[str, Any]]:
    rows = database.rows(f"SELECT id, {COLUMNS}, username_key, password_hash FROM account WHERE school_id = {{id}}", id=school_id)
    return {row["id"]: row for row in rows}


def compare(before: dict[int, dict[str, Any]], after: dict[int, dict[str, Any]], plan: onroll.Plan, expected: onroll.Accounts) -> None:
    """Compares the rows with the plan's result, field by field, and the hashes with the plan's passwords."""
    names = [name.strip() for name in COLUMNS.split(",")]
    wanted = {account["username"]: [account[name] for name in names] for account in expected.to_dicts()}
    assert {row["username"]: [row[name] for name in names] for row in after.values()} == wanted
    assert all(row["username_key"] == onroll.username_key(row["username"]) for row in after.values())
    passwords = {change.account.username: change.password for change in plan if change.new_password}
    ids = {account.host_id: account.username for account in expected if account.host_id}
    assert {str(key) for key in before} == set(ids) and {str(key): after[key]["username"] for key in before} == ids
    for key, row in after.items():
        if row["username"] in passwords:
            password = passwords[row["username"]]
            assert password is not None and row["password_hash"] == quick_hash(password)
        else:
            assert row["password_hash"] == before[key]["password_hash"]


def test_applying_random_plans_gives_the_expected_database_rows(server: Server) -> None:
    database = server.connect()
    met: Counter[str] = Counter()
    for seed in range(8):
        school_id, school = f"B{seed}", RandomSchool(seed)
        database.run("INSERT INTO school (id) VALUES ({id})", id=school_id)
        for _ in range(PLANS // 8):
            accounts, before = accounts_of(database, school_id), rows_of(database, school_id)
            plan = prepare(database, school_id, school.term(), quick_hash, override_guards=GUARDS)
            expected = plan.apply(accounts)
            met.update(change.kind for change in plan)
            met.update("makes room" for statement in plan.statements() if statement.makes_room)
            after = apply(database, school_id)
            assert after.fingerprint() == expected.fingerprint()
            compare(before, rows_of(database, school_id), plan, expected)
            met["plans"] += 1
    assert met["plans"] == PLANS
    least = {"join": 200, "leave": 200, "return": 20, "rename": 200, "move": 50, "update": 50, "makes room": 30}
    assert not {kind: met[kind] for kind, count in least.items() if met[kind] < count}, met


def test_statements_find_rows_by_username_if_accounts_have_no_host_ids(server: Server) -> None:
    database, school, rooms = server.connect(), RandomSchool(99), 0
    for _ in range(100):
        rows = database.rows(f"SELECT {COLUMNS} FROM account WHERE school_id = 'A1'")
        accounts = onroll.Accounts.from_rows(rows, school_id="A1")
        plan = onroll.plan(accounts, school.term().with_school_id("A1"), override_guards=GUARDS)
        with database.transaction("A1"):
            for statement in plan.statements():
                assert statement.host_id is None
                rooms += statement.makes_room
                run_statement(database, "A1", statement, {})
        assert accounts_of(database, "A1").fingerprint() == plan.apply(accounts).fingerprint()
    assert rooms > 5


def two_who_swap(database: Database) -> onroll.Roster:
    """Fills a school with two students, and returns a roster in which they have swapped usernames."""
    rows = [{**RandomSchool(n).student(), "source_id": f"S{n}", "username": f"u{n}", "full_name": f"Pupil {'AB'[n]}"} for n in range(2)]
    prepare(database, "A1", onroll.Roster.from_rows(rows), quick_hash)
    apply(database, "A1")
    rows[0]["username"], rows[1]["username"] = rows[1]["username"], rows[0]["username"]
    return onroll.Roster.from_rows(rows)


def test_applying_changes_in_plan_order_violates_the_unique_index(server: Server) -> None:
    """Shows why a plan orders its changes as statements: a unique index is checked after each row, not at the end."""
    database = server.connect()
    swapped = two_who_swap(database)
    plan = prepare(database, "A1", swapped, quick_hash, override_guards=GUARDS)
    assert [change.kind for change in plan] == ["rename", "rename"]
    with pytest.raises(REFUSED), database.transaction("A1"):
        for change in plan:
            for name, (_, new) in change.fields.items():
                database.run(f"UPDATE account SET {name} = {{new}} WHERE id = {{id}}", new=new, id=int(change.host_id or 0))
    before = rows_of(database, "A1")
    apply(database, "A1")
    after = rows_of(database, "A1")
    assert {key: row["username"] for key, row in after.items()} == dict(zip(before, [row["username"] for row in before.values()][::-1]))


def test_two_schools_can_have_the_same_usernames_and_source_ids(server: Server) -> None:
    database, school = server.connect(), RandomSchool(1)
    roster = school.term()
    for school_id in ("A1", "A2"):
        prepare(database, school_id, roster, quick_hash)
        apply(database, school_id)
    other = rows_of(database, "A2")
    prepare(database, "A1", school.term(), quick_hash, override_guards=GUARDS)
    apply(database, "A1")
    assert rows_of(database, "A2") == other and accounts_of(database, "A1") != accounts_of(database, "A2")


def test_applying_fails_if_no_plan_is_stored_or_the_accounts_changed(server: Server) -> None:
    database = server.connect()
    swapped = two_who_swap(database)
    with pytest.raises(PlanOutdated, match="no plan is stored"):
        apply(database, "A1")
    prepare(database, "A1", swapped, quick_hash, override_guards=GUARDS)
    database.run("UPDATE account SET class_name = '9Z' WHERE username = 'u1'")
    before = rows_of(database, "A1")
    with pytest.raises(PlanOutdated, match="the accounts changed after the plan was made"):
        apply(database, "A1")
    with pytest.raises(PlanOutdated, match="not those that the last plan left"):
        prepare(database, "A1", swapped, quick_hash, override_guards=GUARDS)
    assert rows_of(database, "A1") == before


def test_a_failure_while_applying_a_plan_changes_no_rows(server: Server) -> None:
    database = server.connect()
    swapped = two_who_swap(database)
    plan = prepare(database, "A1", swapped, quick_hash, override_guards=GUARDS)
    before = rows_of(database, "A1")
    with pytest.raises(PlanOutdated, match="the database has no row for a statement of the plan"), database.transaction("A1"):
        statements = plan.statements()
        run_statement(database, "A1", statements[0], {})
        database.run("DELETE FROM account WHERE id = {id}", id=int(statements[1].host_id or 0))
        run_statement(database, "A1", statements[1], {})
    assert rows_of(database, "A1") == before
    apply(database, "A1")


def test_refuses_one_of_two_simultaneous_syncs(server: Server) -> None:
    first = server.connect()
    prepare(first, "A1", two_who_swap(first), quick_hash, override_guards=GUARDS)
    done: list[str] = []
    ready = threading.Barrier(2)

    def sync() -> None:
        database = server.connect()
        ready.wait()
        try:
            apply(database, "A1")
            done.append("applied")
        except PlanOutdated:
            done.append("refused")
        database.connection.close()

    threads = [threading.Thread(target=sync) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == ["applied", "refused"]


def test_stores_argon2_hashes_and_no_passwords(server: Server) -> None:
    database = server.connect()
    school = RandomSchool(3)
    plan = prepare(database, "A1", onroll.Roster.from_rows([school.student(), school.student()]))
    apply(database, "A1")
    for row in rows_of(database, "A1").values():
        assert row["password_hash"].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    stored = database.rows("SELECT plan, hashes FROM stored_plan")
    assert stored == [], "an applied plan is not kept"
    secrets = [change.password.expose() for change in plan if change.password]
    assert len(secrets) == 2 and not [secret for secret in secrets if f'"{secret}"' in str(rows_of(database, "A1"))]
