"""Articles as CSV, JSON Lines or Parquet, streamed, with a description of the columns beside the file.

A file appears under its name only when it is whole. CSV is guarded by default: spreadsheet programs run what begins
with ``=``, ``+``, ``-``, ``@`` (full-width too), a tab or a return as a formula, so such text gets an apostrophe in front
(OWASP, "CSV Injection"); a title is whatever somebody on the Web has written.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, Literal

from jimo_crawler.archive.columns import COLUMNS, Column
from jimo_crawler.archive.filters import Filters
from jimo_crawler.archive.queries import EVERYTHING, within
from jimo_crawler.errors import BadArgument, StorageFailed

Format = Literal["csv", "jsonl", "parquet"]
FORMATS: tuple[Format, ...] = ("csv", "jsonl", "parquet")
EXCEL_CELL = 32_767
"""Characters that Excel takes into a cell; the rest would run over into others."""
_LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BATCH = 1_000
"""Rows that are in memory at once."""
_ROW_GROUP = 2_000
"""Rows that Parquet keeps together."""
_MEDIA = {"csv": "text/csv", "jsonl": "application/jsonl", "parquet": "application/vnd.apache.parquet"}

Row = Sequence[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What was written."""

    path: Path
    format: Format
    rows: int
    columns: tuple[Column, ...]
    long_cells: int
    """Texts longer than an Excel cell."""


def guard(value: Any) -> Any:
    """*value* such that no spreadsheet program takes it for a formula; what is not text stays as it is.

    >>> guard("=cmd|' /C calc'!A0"), guard("＝1+1"), guard("金口镇"), guard(-3)
    ("'=cmd|' /C calc'!A0", "'＝1+1", '金口镇', -3)
    """
    if isinstance(value, str) and value.lstrip(" \u3000\ufeff").startswith(_LIVE):
        return f"'{value}"
    return value


def as_csv(names: Sequence[str], rows: Iterable[Row], *, raw: bool = False) -> Iterator[str]:
    """Lines of CSV (RFC 4180), header first; NULL is an empty cell. *raw*: without the guard."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow(row if raw else map(guard, row))
        yield lines.getvalue()
        lines.seek(0)
        lines.truncate()
    yield lines.getvalue()


def as_json_lines(names: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """One JSON object a line; NULL is null."""
    for row in rows:
        yield json.dumps(dict(zip(names, row, strict=True)), ensure_ascii=False) + "\n"


def choose_columns(text: str) -> tuple[Column, ...]:
    """The columns that a list of names (by commas) means; all if it is empty. Raises BadArgument."""
    known = {column.name: column for column in COLUMNS}
    names = [name.strip() for name in text.replace("，", ",").split(",") if name.strip()]
    if unknown := [name for name in names if name not in known]:
        raise BadArgument(f"--columns {','.join(unknown)}: there is: {', '.join(known)}")
    return tuple(known[name] for name in dict.fromkeys(names)) or COLUMNS


def read_rows(
    conn: sqlite3.Connection, query: str | None, filters: Filters, columns: Sequence[Column]
) -> Iterator[Row]:
    """The articles' values, by id, one by one."""
    expressions = ", ".join(column.sql for column in columns)
    chosen, values = "", tuple[object, ...]()
    if query is not None or filters != EVERYTHING:
        condition, values = within(query, filters)
        chosen = (
            f"WHERE a.id IN (SELECT a.id FROM articles a INDEXED BY articles_published WHERE {condition})"
        )
    rows = conn.cursor()
    rows.row_factory = None
    # The chosen ids come from indexes alone; then each long row is read once, in the order of the file.
    return rows.execute(
        f"SELECT {expressions} FROM articles a LEFT JOIN towns ON towns.id = a.town_id {chosen} ORDER BY a.id",
        values,
    )


def export(
    rows: Iterable[Row],
    path: Path,
    form: Format,
    columns: tuple[Column, ...] = COLUMNS,
    *,
    bom: bool = False,
    raw: bool = False,
    advance: Callable[[int], None] = lambda _: None,
) -> Export:
    """Write *rows* to *path*; *advance* is told how many more are written. Raises StorageFailed, BadArgument.

    *bom* puts a byte order mark before CSV, by which Excel knows UTF-8; *raw* leaves CSV unguarded.
    """
    tally = _Tally(rows, advance)
    names = [column.name for column in columns]
    with _whole_file(path) as file:
        if form == "parquet":
            _write_parquet(file, tally, columns)
        else:
            lines = as_csv(names, tally, raw=raw) if form == "csv" else as_json_lines(names, tally)
            if form == "csv" and bom:
                file.write("\ufeff".encode())
            for line in lines:
                file.write(line.encode())
    return Export(path=path, format=form, rows=tally.rows, columns=columns, long_cells=tally.long_cells)


class _Tally:
    """Rows that are counted as they pass."""

    def __init__(self, rows: Iterable[Row], advance: Callable[[int], None]) -> None:
        self._source = iter(rows)
        self._advance = advance
        self.rows = self.long_cells = 0

    def __iter__(self) -> Iterator[Row]:
        while batch := list(islice(self._source, _BATCH)):
            self.long_cells += sum(
                isinstance(value, str) and len(value) > EXCEL_CELL for row in batch for value in row
            )
            yield from batch
            self.rows += len(batch)
            self._advance(len(batch))


@contextmanager
def _whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A file that takes its name when all of it is on disk; nothing is left of one that failed."""
    unfinished: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            unfinished = Path(file.name)
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.chmod(0o666 & ~_umask())
        unfinished.replace(path)
        unfinished = None
    except OSError as error:
        raise StorageFailed(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        if unfinished:
            unfinished.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _write_parquet(file: IO[bytes], rows: Iterable[Row], columns: Sequence[Column]) -> None:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise BadArgument("Parquet needs pyarrow: pip install 'jimo-crawler[parquet]'") from None
    types = {"integer": pa.int64(), "number": pa.float64(), "string": pa.string(), "boolean": pa.bool_()}
    schema = pa.schema(
        [
            pa.field(column.name, types[column.type], metadata={"description": column.meaning})
            for column in columns
        ]
    )
    source = iter(rows)
    short = [column.name for column in columns if not column.is_text]
    # Statistics and dictionaries of long texts are no use to a reader and pile up in memory until the file is closed.
    with pq.ParquetWriter(
        file, schema, compression="zstd", write_statistics=short, use_dictionary=short
    ) as writer:
        while batch := list(islice(source, _ROW_GROUP)):
            by_column = [
                pa.array([column.convert(row[place]) for row in batch], type=types[column.type])
                for place, column in enumerate(columns)
            ]
            writer.write_table(pa.table(by_column, schema=schema))


def describe(
    done: Export, *, selection: dict[str, Any], created: str, bom: bool, raw: bool
) -> tuple[Path, Path]:
    """Write ``datapackage.json`` and ``codebook.md`` beside an export; gives their paths.

    *selection* says which articles these are. A data package that is there already keeps its other files.
    """
    package_path = done.path.with_name("datapackage.json")
    others = [
        each
        for each in _known_resources(package_path)
        if each.get("path") != done.path.name and done.path.with_name(str(each.get("path"))).exists()
    ]
    resource = _resource(done, selection=selection, created=created, bom=bom, raw=raw)
    package = {
        "profile": "data-package",
        "name": "jimo-town-news",
        "title": "Archive of the town news of 即墨信息港",
        "description": "Articles as their authors wrote them, in Simplified characters; what each column means stands in "
        "its field and in codebook.md. Rights in the texts remain with their publishers.",
        "created": created,
        "resources": [*others, resource],
    }
    codebook_path = done.path.with_name("codebook.md")
    with _whole_file(package_path) as file:
        file.write(json.dumps(package, ensure_ascii=False, indent=2).encode() + b"\n")
    with _whole_file(codebook_path) as file:
        file.write(codebook().encode())
    return package_path, codebook_path


def _known_resources(path: Path) -> list[dict[str, Any]]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return (
        list(found.get("resources", []))
        if isinstance(found, dict) and found.get("name") == "jimo-town-news"
        else []
    )


def _resource(
    done: Export, *, selection: dict[str, Any], created: str, bom: bool, raw: bool
) -> dict[str, Any]:
    with done.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    resource: dict[str, Any] = {
        "profile": "tabular-data-resource" if done.format == "csv" else "data-resource",
        "name": "".join(
            char if char.isascii() and char.isalnum() else "-" for char in done.path.name.lower()
        ).strip("-"),
        "path": done.path.name,
        "format": done.format,
        "mediatype": _MEDIA[done.format],
        "encoding": "utf-8",
        "bytes": done.path.stat().st_size,
        "hash": f"sha256:{digest}",
        "created": created,
        "rows": done.rows,
        "selection": selection,
        "schema": {
            "fields": [
                {"name": column.name, "type": column.type, "description": column.meaning}
                for column in done.columns
            ],
            "missingValues": [""],
        },
    }
    if "id" in (column.name for column in done.columns):
        resource["schema"]["primaryKey"] = "id"
    if done.format == "csv":
        resource["dialect"] = {
            "delimiter": ",",
            "lineTerminator": "\r\n",
            "quoteChar": '"',
            "doubleQuote": True,
            "header": True,
        }
        resource["byteOrderMark"] = bom
        resource["formulaGuard"] = not raw
    return resource


def codebook() -> str:
    """What every column means, as a Markdown table."""
    lines = [
        "# Codebook",
        "",
        "One row is one article. An empty cell (null) means that the page did not say.",
        "In CSV, text that a spreadsheet program would run as a formula begins with an apostrophe (`formulaGuard` in",
        "`datapackage.json`): take one leading `'` off where `= + - @`, a full-width form of them, a tab or a line break",
        f"follows. Excel cuts cells after {EXCEL_CELL:,} characters: read longer bodies with another program.",
        "",
        "| column | type | meaning |",
        "|---|---|---|",
        *(f"| `{column.name}` | {column.type} | {column.meaning} |" for column in COLUMNS),
        "",
    ]
    return "\n".join(lines)
