"""sqlite-utils, without pandas.

sqlite-utils imports pandas wherever it is installed, to know one more column type: a second and 70 MB for every crawl
and every command.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def _without_pandas() -> Iterator[None]:
    """What is imported inside does not see pandas, unless the program (a notebook) has imported it already."""
    if "pandas" in sys.modules:
        yield
        return
    sys.modules["pandas"] = None  # type: ignore[assignment]  # the import system's way to say: there is none
    try:
        yield
    finally:
        del sys.modules["pandas"]


with _without_pandas():
    from sqlite_utils import Database, Migrations

__all__ = ["Database", "Migrations"]
