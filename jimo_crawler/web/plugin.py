"""The SQL functions of Chinese search for Datasette and sqlite-utils: one module, two plug-in systems.

Both load it by entry point where the package is installed; without, ``datasette --plugins-dir`` and a file of one line
(``from jimo_crawler.web.plugin import *``) do the same. Datasette's own search box then understands both scripts: it
calls ``escape_fts`` on what is typed, and that name is given to ``zh_query`` here.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import Any

from jimo_crawler.archive.fts import register
from jimo_crawler.text.query import zh_query

with suppress(ImportError):
    from datasette import hookimpl as _datasette_hook

    @_datasette_hook(trylast=True, specname="prepare_connection")  # type: ignore[untyped-decorator]
    def prepare_datasette(conn: sqlite3.Connection) -> None:
        """Last of all, since Datasette registers its own ``escape_fts`` by the same hook."""
        register(conn)
        conn.create_function("escape_fts", 1, zh_query)


with suppress(ImportError):
    from sqlite_utils import hookimpl as _sqlite_utils_hook

    @_sqlite_utils_hook(specname="prepare_connection")
    def prepare_sqlite_utils(conn: Any) -> None:
        """For ``sqlite-utils query archive.db "… MATCH zh_query(:q)" -p q 環境`` and for ``Database(…)``."""
        register(conn)
