"""The databases that the recipe is run on."""

from __future__ import annotations

import sqlite3

import psycopg
from recipe import Database


class Server:
    """A database with the tables of the recipe, to which one can connect more than once."""

    def __init__(self, kind: str, place: str) -> None:
        self.kind = kind
        self._place = place

    def connect(self) -> Database:
        if self.kind == "sqlite":
            return Database.sqlite(sqlite3.connect(self._place, isolation_level=None, timeout=30, check_same_thread=False))
        return Database.postgresql(psycopg.connect(host=self._place, user="onroll", dbname="postgres", autocommit=True))
