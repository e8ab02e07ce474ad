"""Rows written by the names of their columns."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from functools import lru_cache

Values = Mapping[str, object]


def insert(conn: sqlite3.Connection, table: str, values: Values, clause: str = "") -> sqlite3.Cursor:
    """A new row of *table*; *clause* says what is done if there is one already (``ON CONFLICT …``)."""
    return conn.execute(_insertion(table, clause, *values), tuple(values.values()))


def update(
    conn: sqlite3.Connection, table: str, values: Values, where: str, *parameters: object
) -> sqlite3.Cursor:
    """The rows of *table* that *where* (with a ``?`` for each parameter) finds get these *values*."""
    return conn.execute(_change(table, where, *values), (*values.values(), *parameters))


@lru_cache(maxsize=256)
def _insertion(table: str, clause: str, *names: str) -> str:
    return f"INSERT INTO {table}({', '.join(names)}) VALUES({', '.join('?' * len(names))}) {clause}"


@lru_cache(maxsize=256)
def _change(table: str, where: str, *names: str) -> str:
    return f"UPDATE {table} SET {', '.join(f'{name} = ?' for name in names)} WHERE {where}"
