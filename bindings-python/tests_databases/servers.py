"""The databases for the recipe: SQLite, and a temporary PostgreSQL in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from recipe import TABLES, Database

NOT_INSTALLED = "PostgreSQL is not installed, and these tests need a real one: apt-get install postgresql (Debian, Ubuntu)"


def programs() -> Path:
    """Returns the folder with the programs of the newest installed PostgreSQL. Looks first in the folder where Debian
    installs PostgreSQL, then on the path.
    """
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        pytest.fail(NOT_INSTALLED, pytrace=False)
    return found[-1].parent if found else Path(on_path or "").parent


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """Starts a PostgreSQL that listens only on a socket, and returns the socket's folder."""
    bin_ = programs()
    # The path of the server's socket must be shorter than about 100 bytes, so the folder is in /tmp.
    folder = Path(tempfile.mkdtemp(prefix="onroll-pg-", dir="/tmp"))
    as_user: list[str] = []
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root. Debian's package creates the user `postgres`.
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        as_user = ["runuser", "-u", "postgres", "--"]

    def run(program: str, *arguments: str) -> None:
        line = [*as_user, str(bin_ / program), *arguments]
        done = subprocess.run(line, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        assert done.returncode == 0, done.stdout

    data = str(folder / "data")
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
    try:
        run("initdb", "-D", data, "-U", "onroll", "-A", "trust", "--encoding=UTF8", "--locale=C")
        run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield str(folder)
        finally:
            run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


class Server:
    """A database with the tables of the recipe. It accepts several connections."""

    def __init__(self, kind: str, folder: str) -> None:
        self.kind = kind
        self._folder = folder

    def connect(self) -> Database:
        if self.kind == "sqlite":
            return Database.sqlite(sqlite3.connect(self._folder, isolation_level=None, timeout=30, check_same_thread=False))
        return Database.postgresql(psycopg.connect(host=self._folder, user="onroll", dbname="postgres", autocommit=True))


@pytest.fixture(params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Server:
    kind: str = request.param
    server = Server(kind, str(tmp_path / "accounts.sqlite") if kind == "sqlite" else request.getfixturevalue("cluster"))
    database = server.connect()
    for table in ("stored_plan", "account", "school"):
        database.connection.execute(f"DROP TABLE IF EXISTS {table}")
    for statement in TABLES.format(identity=database.identity).split(";"):
        if statement.strip():
            database.connection.execute(statement)
    for school_id in ("A1", "A2"):
        database.run("INSERT INTO school (id) VALUES ({id})", id=school_id)
    database.connection.close()
    return server
