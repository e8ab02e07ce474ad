"""Citations against the strings that the styles ask for."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

import pytest

import jimo_crawler
from jimo_crawler.archive.citations import archive_note, format_records, read_record
from tests import shelf

DIGEST = shelf._digest(shelf.SAMPLE_TITLE + shelf.SAMPLE_BODY)
URL = "http://jimo.example/show.asp?id="


@pytest.fixture(scope="module")
def conn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    connection = jimo_crawler.connect(shelf.build(tmp_path_factory.mktemp("shelf") / "jimo.db"))
    yield connection
    connection.close()


def cite(conn: sqlite3.Connection, form: str, *numbers: int) -> list[str]:
    records = [read_record(conn, number, portal="即墨信息港") for number in numbers]
    return format_records(records, form)  # type: ignore[arg-type]


def test_gbt7714(conn: sqlite3.Connection) -> None:
    """GB/T 7714—2015, 8.8: 主要责任者. 题名[EB/OL]. (更新日期)[引用日期]. 获取和访问路径."""
    assert cite(conn, "gbt7714", 1, 2, 5) == [
        f"[1] 金口镇:做好服务保障 项目建设“加速度”[EB/OL]. (2022-04-02)[2026-03-01]. {URL}1.",
        f"[2] 王刚, 李明. 金口镇征地公告[EB/OL]. (2016-05-06)[2026-01-05]. {URL}2.",
        f"[3] {shelf.DANGEROUS}[EB/OL]. [2026-01-05]. {URL}5.",
    ]


def test_chicago(conn: sqlite3.Connection) -> None:
    digests = [read_record(conn, number, portal="")["custom"]["sha256"][:12] for number in (1, 2, 3)]
    assert cite(conn, "chicago", 1, 2, 3) == [
        "即墨信息港. “金口镇:做好服务保障 项目建设‘加速度.’” 即墨信息港, April 2, 2022. "
        f"Article 1, sha256 {digests[0]}. Jimo town-news archive. {URL}1.",
        f"王刚, and 李明. “金口镇征地公告.” 即墨信息港, May 6, 2016. Article 2, sha256 {digests[1]}. Jimo town-news archive. {URL}2.",
        "即墨日报. “蓝村街道：征地拆迁‘阳光操作.’” 即墨信息港, March 1, 2018. "
        f"Article 3, sha256 {digests[2]}. Jimo town-news archive. {URL}3.",
    ]


def test_apa(conn: sqlite3.Connection) -> None:
    digests = [read_record(conn, number, portal="")["custom"]["sha256"][:12] for number in (1, 2)]
    assert cite(conn, "apa", 1, 2) == [
        "即墨信息港. (2022, April 2). 金口镇:做好服务保障 项目建设“加速度.” "
        f"Jimo town-news archive (article 1, sha256 {digests[0]}). {URL}1",
        "王刚, & 李明. (2016, May 6). 金口镇征地公告. "
        f"Jimo town-news archive (article 2, sha256 {digests[1]}). 即墨信息港. {URL}2",
    ]


def test_bibtex(conn: sqlite3.Connection) -> None:
    (first,) = cite(conn, "bibtex", 1)
    assert first == "\n".join(
        [
            "@misc{jimo-1,",
            "  title = {{金口镇:做好服务保障 项目建设“加速度”}},",
            "  organization = {即墨信息港},",
            "  year = {2022},",
            "  month = {4},",
            "  date = {2022-04-02},",
            f"  url = {{{URL}1}},",
            "  urldate = {2026-03-01},",
            "  langid = {chinese},",
            "  note = {Jimo town-news archive, article 1; published 2022-04-02T09:07:39+08:00; "
            f"retrieved 2026-03-01T06:00:00Z; sha256:{DIGEST}}},",
            "}",
        ]
    )
    (second,) = cite(conn, "bibtex", 2)
    assert "  author = {{王刚} and {李明}}," in second


def test_csl_record_holds_everything(conn: sqlite3.Connection) -> None:
    (printed,) = cite(conn, "csl", 1)
    record = json.loads(printed)
    assert record["type"] == "webpage" and record["URL"] == f"{URL}1"
    assert record["issued"] == {"date-parts": [[2022, 4, 2]]} and record["accessed"] == {
        "date-parts": [[2026, 3, 1]]
    }
    assert record["custom"] == {
        "archive_id": 1,
        "published_at": "2022-04-02T09:07:39+08:00",
        "retrieved_at": shelf.LATER,
        "sha256": DIGEST,
        "source": "即墨信息港",
        "town": "金口镇",
        "status": "live",
        "warc_file": "jimo-1.warc.gz",
        "warc_record": "urn:uuid:7",
    }
    assert DIGEST in archive_note(record) and "article 1" in archive_note(record)


def test_tex_characters_are_escaped(conn: sqlite3.Connection) -> None:
    record = read_record(conn, 1, portal="A & B")
    record["title"] = r"50% of #1_{x} ~^\ $"
    (printed,) = format_records([record], "bibtex")
    assert r"title = {{50\% of \#1\_\{x\} \textasciitilde{}\textasciicircum{}\textbackslash{} \$}}" in printed
    assert r"organization = {A \& B}" in printed


def test_the_same_article_twice_is_cited_twice(conn: sqlite3.Connection) -> None:
    assert len(cite(conn, "gbt7714", *range(1, 7))) == 6
    with pytest.raises(LookupError):
        read_record(conn, 99, portal="")
