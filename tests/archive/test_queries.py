"""Search with filters, counts, reading one article."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import jimo_crawler
from jimo_crawler.archive import queries, reading
from jimo_crawler.archive.filters import Filters, read_filters
from jimo_crawler.archive.queries import Count
from jimo_crawler.errors import BadArgument
from jimo_crawler.portal import load
from tests import shelf


@pytest.fixture(scope="module")
def conn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    connection = jimo_crawler.connect(shelf.build(tmp_path_factory.mktemp("shelf") / "jimo.db"))
    yield connection
    connection.close()


def found(conn: sqlite3.Connection, query: str | None, **filters: Any) -> list[int]:
    chosen = read_filters(conn, load(), **filters)
    ids = [hit.id for hit in queries.search(conn, query, chosen, order="newest")]
    assert queries.count(conn, query, chosen) == len(ids)
    assert sum(each.articles for each in queries.count_by_town_and_year(conn, query, chosen)) == len(ids)
    assert sorted(queries.find_ids(conn, query, chosen)) == sorted(ids)
    assert list(queries.find_ids(conn, query, chosen, order="newest", limit=1)) == ids[:1]
    return ids


@pytest.mark.parametrize(
    ("query", "filters", "ids"),
    [
        ("征地", {}, [1, 4, 3, 2]),
        ("徵地", {}, [1, 4, 3, 2]),
        ("征地 -拆迁", {}, [1, 2]),
        ("征地 拆迁", {}, [4, 3]),
        ("征地补偿 OR 祭海", {}, [1, 6, 2]),
        ("“阳光操作”", {}, [3]),
        ("gd*", {}, [4, 3]),
        ("王*", {}, [4, 3]),
        ("沿著海岸", {}, [6]),
        ("没有的词", {}, []),
        ("", {}, []),
        (None, {}, [1, 6, 4, 3, 2, 5]),
        ("征地", {"town": "金口鎮"}, [1, 2]),
        ("征地", {"town": "蓝村镇，金口"}, [1, 4, 3, 2]),
        ("征地", {"since": "2018"}, [1, 4, 3]),
        ("征地", {"since": "2016-05-06", "until": "2018-03-01"}, [3, 2]),
        ("征地", {"until": "2018年3月"}, [4, 3, 2]),
        ("征地", {"source": "即墨日報"}, [3, 2]),
        ("征地", {"source": "日报"}, [4, 3, 2]),
        ("征地", {"status": "gone,hijacked"}, [2]),
        ("征地", {"script": "hant"}, [1]),
        ("征地", {"duplicates": False}, [1, 3, 2]),
        (None, {"duplicates": False, "script": "Hans,Hant", "status": "live"}, [1, 3]),
        (None, {"since": "1900"}, [1, 6, 4, 3, 2]),
    ],
)
def test_filters(
    conn: sqlite3.Connection, query: str | None, filters: dict[str, Any], ids: list[int]
) -> None:
    assert found(conn, query, **filters) == ids


@pytest.mark.parametrize(
    ("filters", "says"),
    [
        ({"town": "金石镇"}, "金口镇"),
        ({"town": "通济街道"}, "nothing of 通济街道"),
        ({"since": "上周"}, "not a date"),
        ({"until": "2019-02-30"}, "not a date"),
        ({"until": "2019-13"}, "not a date"),
        ({"status": "dead"}, "live, gone, hijacked"),
        ({"script": "zh"}, "Hans, Hant, mixed"),
    ],
)
def test_a_wrong_filter_says_what_there_is(
    conn: sqlite3.Connection, filters: dict[str, str], says: str
) -> None:
    with pytest.raises(BadArgument, match=says):
        read_filters(conn, load(), **filters)  # type: ignore[arg-type]


def test_hits_read_like_the_article(conn: sqlite3.Connection) -> None:
    (hit,) = queries.search(conn, "服務 “2+1”", marks=("<", ">"))
    assert (hit.id, hit.town, hit.published_at) == (1, "金口镇", "2022-04-02T09:07:39+08:00")
    assert hit.title_marked == "金口镇:做好<服务>保障 项目建设“加速度”"
    assert hit.snippet == "总投资6.2亿元,推行<“2+1”服务>模式,相当于项目<服务>的AB角。"


def test_counts_by_town_and_year(conn: sqlite3.Connection) -> None:
    assert queries.count_by_town_and_year(conn, "征地") == [
        Count("蓝村街道", "2018", 2),
        Count("金口镇", "2016", 1),
        Count("金口镇", "2022", 1),
    ]
    assert queries.count_by_town_and_year(conn, None)[-1] == Count(None, "2019", 1)
    assert Count("田横镇", None, 1) in queries.count_by_town_and_year(conn, None)


def test_paging_goes_on_where_it_stopped(conn: sqlite3.Connection) -> None:
    pages = [
        list(queries.find_ids(conn, "征地", order="newest", limit=2, offset=offset)) for offset in (0, 2, 4)
    ]
    assert pages == [[1, 4], [3, 2], []]
    assert list(queries.find_ids(conn, None, order="oldest", limit=2)) == [2, 3]


def test_an_article_is_found_by_number_and_by_any_form_of_its_address(conn: sqlite3.Connection) -> None:
    for reference in (
        "1",
        " 1 ",
        "http://jimo.example/show.asp?id=1",
        "HTTPS://WWW.JIMO.EXAMPLE/html/1.html#top",
    ):
        assert reading.find_article(conn, reference) == 1
    for reference, says in (
        ("99", "no article 99"),
        ("http://jimo.example/video.asp?id=9", "ended as not_article"),
        ("http://x.example/", "does not know"),
    ):
        with pytest.raises(reading.NotInArchive, match=says):
            reading.find_article(conn, reference)


def test_reading_gives_versions_addresses_and_evidence(conn: sqlite3.Connection) -> None:
    article = reading.read_article(conn, 1)
    assert [row["change"] for row in article.revisions] == ["first", "body"]
    assert len(article.addresses) == 2 and article.article["town"] == "金口镇"
    assert reading.read_article(conn, 3).reprints == [4]
    evidence = reading.read_evidence(conn, 1)
    assert [(row["id"], row["versions"]) for row in evidence.captures] == [(1, "1"), (7, "2")]
    assert [row["reason"] for row in evidence.removed] == ["adult_words"]
    gone = reading.read_evidence(conn, 2)
    assert [(row["outcome"], row["event"]) for row in gone.observations] == [
        ("article", "new"),
        ("gone", "gone"),
    ]
    assert [row["status"] for row in gone.captures] == [200, 404]


def test_connect_serves_pandas_and_does_not_write(conn: sqlite3.Connection) -> None:
    frame = pd.read_sql(
        "SELECT id, zh_snippet(body, ?1) AS passage FROM articles"
        " WHERE id IN (SELECT rowid FROM articles_fts(zh_query(?1))) ORDER BY id",
        conn,
        params=["海岸"],
    )
    assert frame.to_dict("list") == {"id": [6], "passage": ["沿着[海岸]，渔民祭海。"]}
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        conn.execute("DELETE FROM articles")


def test_without_our_functions_match_count_and_rank_work_and_writes_fail(tmp_path: Path) -> None:
    plain = sqlite3.connect(shelf.build(tmp_path / "jimo.db"))
    rows = plain.execute(
        "SELECT rowid FROM articles_fts WHERE articles_fts MATCH '\"征 地\"' ORDER BY rank"
    ).fetchall()
    assert sorted(row[0] for row in rows) == [1, 2, 3, 4]
    assert plain.execute("SELECT count(*) FROM articles_fts('\"“ 2 + 1 ”\" NOT 拆')").fetchone()[0] == 1
    assert plain.execute("SELECT bm25(articles_fts) FROM articles_fts('\"祭 海\"')").fetchone()[0] < 0
    for statement in ("UPDATE articles SET title = 'x'", "DELETE FROM articles WHERE id = 6"):
        with pytest.raises(sqlite3.OperationalError, match="zh_tokens"):
            plain.execute(statement)
    plain.close()


def test_filters_are_read_from_the_index_alone(conn: sqlite3.Connection) -> None:
    everything = Filters(
        towns=(1,),
        since="2000",
        until="2030",
        source="报",
        statuses=("live",),
        scripts=("Hans",),
        duplicates=False,
    )
    plan = conn.execute(
        f"EXPLAIN QUERY PLAN SELECT a.id FROM articles a INDEXED BY articles_published WHERE {everything.sql}",
        everything.values,
    ).fetchall()
    assert all("COVERING INDEX articles_published" in row["detail"] for row in plan)
