"""Exports, read back by programs that are not ours."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow.csv
import pyarrow.parquet
import pytest

import jimo_crawler
from jimo_crawler.archive import export as exports
from jimo_crawler.archive.columns import COLUMNS
from jimo_crawler.archive.export import Export, choose_columns, describe, export, guard, read_rows
from jimo_crawler.archive.filters import Filters
from jimo_crawler.demo import generated
from jimo_crawler.errors import BadArgument, StorageFailed
from tests import shelf

NAMES = [column.name for column in COLUMNS]
TEXTS = [column.name for column in COLUMNS if column.type == "string"]


@pytest.fixture(scope="module")
def conn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    connection = jimo_crawler.connect(shelf.build(tmp_path_factory.mktemp("shelf") / "jimo.db"))
    yield connection
    connection.close()


def rows_of(conn: sqlite3.Connection, query: str | None = None) -> list[dict[str, Any]]:
    return [dict(zip(NAMES, row, strict=True)) for row in read_rows(conn, query, Filters(), COLUMNS)]


def write(conn: sqlite3.Connection, path: Path, **options: Any) -> Export:
    form: Any = path.suffix.removeprefix(".")
    return export(read_rows(conn, None, Filters(), COLUMNS), path, form, **options)


def text_of(path: Path) -> io.StringIO:
    return io.StringIO(path.read_bytes().decode(), newline="")


def as_written(row: dict[str, Any]) -> dict[str, str]:
    return {name: "" if value is None else str(guard(value)) for name, value in row.items()}


def test_rows_say_what_the_archive_says(conn: sqlite3.Connection) -> None:
    first, second, *_ = rows_of(conn)
    assert (first["id"], first["town"], first["title"], first["changes"]) == (
        1,
        "金口镇",
        shelf.SAMPLE_TITLE,
        1,
    )
    assert first["other_urls"] == "http://jimo.example/html/1.html"
    assert (second["published_at"], second["status"], second["changes"], second["other_urls"]) == (
        "2016-05-06",
        "gone",
        0,
        None,
    )
    assert [row["id"] for row in rows_of(conn, "征地 -拆迁")] == [1, 2]


def test_csv_is_read_back_row_for_row(conn: sqlite3.Connection, tmp_path: Path) -> None:
    path = write(conn, tmp_path / "a.csv").path
    expected = [as_written(row) for row in rows_of(conn)]
    with path.open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == expected
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert frame.to_dict("records") == expected
    ours = duckdb.sql(
        f"SELECT * FROM read_csv('{path}', all_varchar=true, header=true, quote='\"', nullstr='')"
    )
    assert [
        dict(zip(NAMES, ["" if value is None else value for value in row], strict=True))
        for row in ours.fetchall()
    ] == expected
    table = pyarrow.csv.read_csv(path, parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True))
    assert table.column("title").to_pylist() == [row["title"] for row in expected]


def test_no_cell_is_a_formula(conn: sqlite3.Connection, tmp_path: Path) -> None:
    path = write(conn, tmp_path / "a.csv").path
    cells = [cell for row in csv.reader(text_of(path)) for cell in row]
    assert (
        f"'{shelf.DANGEROUS}" in cells and '\'＝1+1也是公式\n+86 电话，含\t制表符、"引号"和,逗号。' in cells
    )
    assert not [cell for cell in cells if cell.lstrip()[:1] in "=+-@＝＋－＠" and cell.strip()]
    raw = write(conn, tmp_path / "raw.csv", raw=True).path
    assert shelf.DANGEROUS in [row["title"] for row in csv.DictReader(text_of(raw))]


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", " =", "\u3000=", "\ufeff="]
)
def test_guard(start: str) -> None:
    assert guard(f"{start}cmd|x") == f"'{start}cmd|x"
    assert guard(f"x{start}cmd|x") == f"x{start}cmd|x"


def test_byte_order_mark_is_for_excel_only_if_asked_for(conn: sqlite3.Connection, tmp_path: Path) -> None:
    assert write(conn, tmp_path / "a.csv").path.read_bytes()[:3] == b"id,"
    assert write(conn, tmp_path / "b.csv", bom=True).path.read_bytes()[:6] == b"\xef\xbb\xbfid,"
    assert list(pd.read_csv(tmp_path / "b.csv").columns) == NAMES


def test_json_lines_are_read_back_row_for_row(conn: sqlite3.Connection, tmp_path: Path) -> None:
    path = write(conn, tmp_path / "a.jsonl").path
    expected = rows_of(conn)
    assert [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] == expected
    names, types = zip(
        *(
            (column.name, {"integer": "BIGINT", "number": "DOUBLE"}.get(column.type, "VARCHAR"))
            for column in COLUMNS
        ),
        strict=True,
    )
    kinds = ", ".join(f"{name}: '{kind}'" for name, kind in zip(names, types, strict=True))
    ours = duckdb.sql(
        f"SELECT * FROM read_json('{path}', format='newline_delimited', columns={{{kinds}}})"
    ).fetchall()
    assert [row[2] for row in ours] == [row["title"] for row in expected]
    assert [row[NAMES.index("duplicate_of")] for row in ours] == [None, None, None, 3, None, None]
    frame = pd.read_json(path, lines=True, dtype=False)
    assert frame["body"].tolist() == [row["body"] for row in expected]


def test_parquet_is_read_back_row_for_row(conn: sqlite3.Connection, tmp_path: Path) -> None:
    path = write(conn, tmp_path / "a.parquet").path
    expected = [row | {"complete": bool(row["complete"])} for row in rows_of(conn)]
    assert pyarrow.parquet.read_table(path).to_pylist() == expected
    ours = duckdb.sql(f"SELECT * FROM '{path}'")
    assert [dict(zip(ours.columns, row, strict=True)) for row in ours.fetchall()] == expected
    assert pyarrow.parquet.read_schema(path).field("town").metadata[b"description"].startswith(b"Town")


def test_an_empty_choice_is_an_empty_table(conn: sqlite3.Connection, tmp_path: Path) -> None:
    for form in exports.FORMATS:
        done = export(read_rows(conn, "没有的词", Filters(), COLUMNS), tmp_path / f"a.{form}", form)
        assert done.rows == 0
    assert pd.read_csv(tmp_path / "a.csv").shape == (0, len(NAMES))
    assert duckdb.sql(f"SELECT count(*) FROM '{tmp_path / 'a.parquet'}'").fetchall() == [(0,)]


def test_columns_can_be_chosen(conn: sqlite3.Connection, tmp_path: Path) -> None:
    columns = choose_columns("title, id，title")
    assert [column.name for column in columns] == ["title", "id"]
    done = export(read_rows(conn, "祭海", Filters(), columns), tmp_path / "a.csv", "csv", columns)
    assert done.path.read_text(encoding="utf-8").splitlines() == ["title,id", "祭海节开幕,6"]
    with pytest.raises(BadArgument, match="published_at"):
        choose_columns("date")


def test_the_description_says_what_the_file_holds(conn: sqlite3.Connection, tmp_path: Path) -> None:
    done = write(conn, tmp_path / "征地.csv")
    options = {"selection": {"words": "征地"}, "created": "2026-11-22T06:00:00Z", "bom": False, "raw": False}
    package, codebook = describe(done, **options)  # type: ignore[arg-type]
    describe(write(conn, tmp_path / "b.parquet"), **options)  # type: ignore[arg-type]
    describe(write(conn, tmp_path / "征地.csv"), **options)  # type: ignore[arg-type]
    (tmp_path / "b.parquet").rename(tmp_path / "c.parquet")
    described = json.loads(package.read_text(encoding="utf-8"))
    assert [each["path"] for each in described["resources"]] == ["b.parquet", "征地.csv"]
    describe(write(conn, tmp_path / "征地.csv"), **options)  # type: ignore[arg-type]
    (resource,) = json.loads(package.read_text(encoding="utf-8"))["resources"]
    assert resource["bytes"] == done.path.stat().st_size and resource["rows"] == len(shelf.ARTICLES)
    assert [field["name"] for field in resource["schema"]["fields"]] == NAMES
    assert all(field["description"] for field in resource["schema"]["fields"])
    assert resource["selection"] == {"words": "征地"} and resource["formulaGuard"] is True
    text = codebook.read_text(encoding="utf-8")
    assert all(f"| `{name}` |" in text for name in NAMES)


def test_a_failed_export_leaves_the_old_file_and_nothing_else(
    conn: sqlite3.Connection, tmp_path: Path
) -> None:
    path = write(conn, tmp_path / "a.csv").path
    before = path.read_bytes()

    def broken() -> Iterator[list[Any]]:
        yield [None] * len(NAMES)
        raise sqlite3.OperationalError("disk I/O error")

    for form in exports.FORMATS:
        with pytest.raises(sqlite3.OperationalError):
            export(broken(), tmp_path / f"a.{form}", form)
    assert path.read_bytes() == before and [each.name for each in tmp_path.iterdir()] == ["a.csv"]
    with pytest.raises(StorageFailed, match="cannot write"):
        export([], path / "below" / "a.csv", "csv")


def test_rows_are_streamed(tmp_path: Path) -> None:
    """However many there are, no more than a batch is taken from the source before the batch before it is written."""
    taken = written = most = 0

    def source() -> Iterator[list[Any]]:
        nonlocal taken, most
        for number in range(12_000):
            taken += 1
            most = max(most, taken - written)
            yield [number, "题目"]

    def advance(count: int) -> None:
        nonlocal written
        written += count

    for form in exports.FORMATS:
        taken = written = most = 0
        done = export(source(), tmp_path / f"a.{form}", form, choose_columns("id,title"), advance=advance)
        assert (done.rows, written) == (12_000, 12_000) and most <= 4_001, form


def test_long_texts_are_counted_for_excel(tmp_path: Path) -> None:
    done = export([[1, "长" * 40_000], [2, "短"]], tmp_path / "a.csv", "csv", choose_columns("id,title"))
    assert done.long_cells == 1


def test_generated_articles_survive_every_format(tmp_path: Path) -> None:
    names = ("id", "title", "body", "published_at", "source")
    rows = [[row[name] for name in names] for row in generated.articles(300, length=200)]
    columns = choose_columns(",".join(names))
    export(rows, tmp_path / "a.parquet", "parquet", columns)
    export(rows, tmp_path / "a.csv", "csv", columns, raw=True)
    assert [
        list(row.values()) for row in pyarrow.parquet.read_table(tmp_path / "a.parquet").to_pylist()
    ] == rows
    frame = pd.read_csv(tmp_path / "a.csv", dtype=str, keep_default_na=False)
    assert frame.values.tolist() == [["" if value is None else str(value) for value in row] for row in rows]
