"""Every query in docs/queries.md runs, and answers its question on an archive whose rows are known."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import jimo_crawler
from tests import shelf
from tests.crawling import PROJECT

PAGE = PROJECT / "docs" / "queries.md"
SAMPLE = shelf.SAMPLE_TITLE
ANSWERS: dict[int, list[tuple[Any, ...]]] = {
    1: [
        (4, "2018-03-02T08:15:00+08:00", "蓝村街道", "蓝村街道：征地拆迁阳光操作（转载）", "live"),
        (3, "2018-03-01T08:15:00+08:00", "蓝村街道", "蓝村街道：征地拆迁“阳光操作”", "live"),
        (2, "2016-05-06", "金口镇", "金口镇征地公告", "gone"),
    ],
    2: [("蓝村街道", "2018", 2), ("金口镇", "2016", 1), ("金口镇", "2022", 1)],
    3: [("2016", 1, 1, 100.0), ("2018", 2, 2, 100.0), ("2019", 1, 0, 0.0), ("2022", 1, 1, 100.0)],
    4: [
        (2, "2016-05-06", "因重点项目建设需要，拟征收土地180亩，【征地补偿】标准见附件。"),
        (1, "2022-04-02T09:07:39+08:00", "【征地补偿】款已经发放到位，后续也将陆续开工建设。"),
    ],
    5: [(1, SAMPLE), (2, "金口镇征地公告")],
    6: [
        (2, "金口镇征地公告"),
        (3, "蓝村街道：征地拆迁“阳光操作”"),
        (4, "蓝村街道：征地拆迁阳光操作（转载）"),
    ],
    8: [
        ("征地", 4, "2016-05-06", "2022-04-02T09:07:39+08:00", "金口镇"),
        ("拆迁", 2, "2018-03-01T08:15:00+08:00", "2018-03-02T08:15:00+08:00", "蓝村街道"),
        ("祭海", 1, "2019-03-18T10:00:00+08:00", "2019-03-18T10:00:00+08:00", None),
    ],
    9: [(2, "金口镇征地公告", shelf.LATER, "http://jimo.example/show.asp?id=2", 404, "jimo-1.warc.gz", 8000)],
    10: [("2016", 1, 3586.0)],
    11: [(1, SAMPLE, shelf.LATER, "body", 0.01)],
    12: [
        (shelf.SEEN, "first", SAMPLE, shelf.SAMPLE_BODY.replace("6.2亿元", "62亿元")),
        (shelf.LATER, "body", SAMPLE, shelf.SAMPLE_BODY),
    ],
    13: [(1, SAMPLE)],
    14: [("(none printed)", 2, 1), ("即墨日报", 2, 2), ("即墨信息港", 1, 1), ("青岛日报", 1, 1)],
    15: [(3, "蓝村街道：征地拆迁“阳光操作”", "即墨日报", 4, "青岛日报", 0.97, 1.0)],
    16: [("记者 王刚、李明", 1, "2016-05-06", "2016-05-06")],
    17: [("2016", 1, 0, 0, 0), ("2018", 2, 0, 0, 0), ("2019", 0, 0, 1, 0), ("2022", 0, 1, 0, 0)],
    18: [("adult_words", "footer", 1, 1, "亚洲影院|高清视频")],
    19: [
        ("蓝村街道", 2, "2018-03-01T08:15:00+08:00", "2018-03-02T08:15:00+08:00", 0, 0),
        ("金口镇", 2, "2016-05-06", "2022-04-02T09:07:39+08:00", 0, 0),
        ("田横镇", 1, None, None, 0, 1),
    ],
}


def questions() -> dict[int, str]:
    """The SQL under each numbered heading."""
    sections = re.split(r"^### (\d+)\. .*$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {
        int(number): sql
        for number, text in zip(sections[::2], sections[1::2], strict=True)
        for sql in re.findall(r"```sql\n(.*?)```", text, flags=re.DOTALL)
    }


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shelf.build(tmp_path_factory.mktemp("shelf") / "jimo.db")


@pytest.fixture(scope="module")
def conn(archive: Path) -> Iterator[sqlite3.Connection]:
    connection = jimo_crawler.connect(archive)
    yield connection
    connection.close()


def test_there_are_twenty_questions() -> None:
    assert list(questions()) == list(range(1, 21))


@pytest.mark.parametrize("number", range(1, 21))
def test_the_answer_is_right(conn: sqlite3.Connection, number: int) -> None:
    rows = [tuple(row) for row in conn.execute(questions()[number])]
    if number in ANSWERS:
        assert rows == ANSWERS[number]
    elif number == 7:
        assert {row[0] for row in rows} == {1, 2, 3, 4} and rows[-1][0] == 1  # not in its title
        assert [row[2] for row in rows] == sorted((row[2] for row in rows), reverse=True)
    else:
        (row,) = rows
        assert row[:6] == (1, "http://jimo.example/show.asp?id=1", shelf.LATER, "jimo-1.warc.gz", 7000, 900)


def test_the_plain_shell_gives_the_answers_that_the_page_promises(archive: Path) -> None:
    plain = sqlite3.connect(archive)
    statements = re.findall(r"sqlite> (.*?;)", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    answers = [plain.execute(re.sub(r"\n\s*\.\.\.>", "\n", each)).fetchall() for each in statements]
    plain.close()
    assert answers == [[(2,)], [(1, SAMPLE)]]


def test_the_python_example_runs(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    monkeypatch.chdir(archive.parent)
    (archive.parent / "data").mkdir()
    archive.with_name("data").joinpath("jimo.db").symlink_to(archive)
    names: dict[str, Any] = {}
    exec(example, names)
    assert names["found"]["id"].tolist() == [1, 4, 3, 2]
    assert names["found"]["passage"][3] == "因重点项目建设需要，拟征收土地180亩，[征地]补偿标准见附件。"
    names["archive"].close()


def test_the_notebook_draws_its_picture(archive: Path, tmp_path: Path) -> None:
    picture = tmp_path / "mentions.png"
    done = subprocess.run(
        [sys.executable, "docs/mentions_by_year.py", str(archive), "徵地 OR 祭海", str(picture)],
        cwd=PROJECT,
        env=os.environ | {"MPLBACKEND": "Agg", "PYTHONPATH": str(PROJECT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert picture.read_bytes()[:4] == b"\x89PNG"
    assert "2016         1         1    100.0" in done.stdout
    assert "mentions.png: 4 of 4 articles" in done.stdout
