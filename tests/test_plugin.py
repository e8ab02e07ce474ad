"""What Datasette and sqlite-utils are given: the functions, and a search box that understands both scripts."""

from __future__ import annotations

import asyncio
import importlib
import json
import sqlite3
import tomllib
from contextlib import closing
from pathlib import Path

import pytest
import sqlite_utils
from datasette.app import Datasette
from sqlite_utils.plugins import ensure_plugins_loaded, pm

from jimo_crawler.web import plugin
from tests import shelf
from tests.crawling import PROJECT


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shelf.build(tmp_path_factory.mktemp("shelf") / "jimo.db")


def test_entry_points_name_modules_with_hooks() -> None:
    declared = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "entry-points"
    ]
    for system in ("datasette", "sqlite_utils"):
        assert importlib.import_module(declared[system]["jimo"]) is plugin


def test_datasette_finds_both_scripts_in_its_own_search_box(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "jimo.py").write_text("from jimo_crawler.web.plugin import *\n", encoding="utf-8")
    desk = Datasette([str(archive)], plugins_dir=str(tmp_path))

    async def ask(path: str) -> list[int]:
        answer = await desk.client.get(path)
        return sorted(row["id"] for row in json.loads(answer.text)["rows"])

    async def ask_all() -> list[list[int]]:
        return [
            await ask("/jimo/articles.json?_search=徵地&_shape=objects"),
            await ask("/jimo/articles.json?_search=征地 -拆迁&_shape=objects"),
            await ask("/jimo/articles.json?_search=“2%2B1&_shape=objects"),
            await ask("/jimo/articles.json?_search_title=公告&_shape=objects"),
            await ask(
                "/jimo.json?sql=select id from articles where id in (select rowid from articles_fts(zh_query(:q)))&q=祭海&_shape=objects"
            ),
        ]

    assert asyncio.run(ask_all()) == [[1, 2, 3, 4], [1, 2], [1], [2], [6]]


def test_sqlite_utils_has_the_functions(archive: Path) -> None:
    ensure_plugins_loaded()
    assert pm.is_registered(plugin), "the entry point of the installed project was not found"
    with closing(sqlite_utils.Database(sqlite3.connect(f"file:{archive}?mode=ro", uri=True))) as db:
        found = db.query("SELECT rowid FROM articles_fts(zh_query(:q)) ORDER BY rowid", {"q": "徵地"})
        assert [row["rowid"] for row in found] == [1, 2, 3, 4]
        assert [row["id"] for row in db["articles"].search('"祭 海"')] == [6]
        assert db["articles"].detect_fts() == "articles_fts"
