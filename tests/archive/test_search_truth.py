"""Search finds exactly what DESIGN 4.8 says: compared with a plain reading of that sentence, which shares only fold()."""

from __future__ import annotations

import random
import sqlite3
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jimo_crawler.archive import schema
from jimo_crawler.archive.queries import find_ids
from jimo_crawler.demo import generated
from jimo_crawler.text.fold import fold
from jimo_crawler.text.query import zh_query
from jimo_crawler.text.tokens import TOKENIZE, tokenize, zh_tokens
from tests.plain_reading import PlainReading, pieces

ARTICLES = 4_000
SAMPLE = (
    "金口镇:做好服务保障 项目建设“加速度”",
    "作为青岛市的重点项目,位于金口镇的即东智能后视镜项目,总投资6.2亿元,新建研发、制造、仓储中心等5万平方米。\n"
    "推行“2+1”服务模式,科学有序推动重点项目建设。\n相当于项目服务的AB角,为了防止一名专员在服务过程中影响进度。\n"
    "2022年,金口镇共有重点项目10个,总投资60.48亿元。",
)
STRANGE = (
    "𠀋𰻞街㎡①ＡＢ角２０２２年……（图）/(组图)《海报》·—~～　表格\t单元格",
    "e-mail: a_b@example.com; C++ 50% #1 $5 ★☆ 😀❤️ café naïve ΑΣ ½ Ⅳ ﬁ \u200b零宽\u00ad软连\n'单引号' \"双引号\" 王*强 <b>&amp;\n末段",
)


class Archive:
    def __init__(self, path: Path) -> None:
        self.conn = schema.open_archive(path)
        generated.fill(self.conn, ARTICLES, length=300)
        for title, body in (SAMPLE, STRANGE):
            row = next(generated.articles(1))
            number = self.conn.execute("SELECT max(id) + 1 FROM articles").fetchone()[0]
            row |= {"id": number, "title": title, "body": body, "url": f"http://x.example/{number}"}
            self.conn.execute(
                f"INSERT INTO articles({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",
                list(row.values()),
            )
        self.articles = self.conn.execute("SELECT id, title, body FROM articles").fetchall()
        self.truth = PlainReading(self.articles).find


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return Archive(tmp_path_factory.mktemp("truth") / "jimo.db")


def test_three_hundred_queries_find_exactly_the_articles_that_contain_them(archive: Archive) -> None:
    for query in pieces(archive.articles, 300):
        expected = archive.truth(query)
        assert set(find_ids(archive.conn, query)) == expected, query
        assert set(find_ids(archive.conn, query, order="newest")) == expected, query


def test_punctuation_alone_and_quoted_words_are_text(archive: Archive) -> None:
    for query in (
        "“2+1”",
        "“加速度”",
        "６.2亿元",
        "AB角",
        "ab角，",
        "60.48",
        "(图)",
        "（圖）",
        "“",
        "…",
        "A",
        "2",
        "+",
        "☆",
        "_",
    ):
        assert set(find_ids(archive.conn, query)) == archive.truth(query) != set(), query


def test_numbers_and_latin_words_are_whole(archive: Archive) -> None:
    sample = archive.articles[-2]["id"]
    for query in ("022年", "0.48", "60.4", "6.2亿", "48亿", "B角"):
        found = set(find_ids(archive.conn, query))
        assert found == archive.truth(query)
        assert (sample in found) == (query in {"6.2亿", "48亿"}), query


def test_a_phrase_does_not_reach_into_the_next_paragraph(archive: Archive) -> None:
    assert not archive.truth("平方米。推行") & {archive.articles[-2]["id"]}
    assert archive.articles[-2]["id"] not in set(find_ids(archive.conn, "平方米。推行"))
    assert archive.articles[-2]["id"] in set(find_ids(archive.conn, "平方米。 推行"))


def test_white_space_in_the_text_does_not_part_a_word(archive: Archive) -> None:
    assert set(find_ids(archive.conn, "保障项目")) == archive.truth("保障项目") != set()


def test_every_order_gives_the_same_articles_and_times_descend(archive: Archive) -> None:
    for query in ("即墨", "镇", "的豁", "2+1"):
        newest = list(find_ids(archive.conn, query, order="newest"))
        assert (
            sorted(newest)
            == sorted(find_ids(archive.conn, query))
            == sorted(find_ids(archive.conn, query, order="oldest"))
        )
        times = [
            archive.conn.execute("SELECT published_at FROM articles WHERE id = ?", (each,)).fetchone()[0]
            for each in newest
        ]
        assert times == sorted(times, reverse=True)
        for limit, offset in ((20, 0), (20, 20), (500, 0)):
            part = list(find_ids(archive.conn, query, order="newest", limit=limit, offset=offset))
            assert part == newest[offset : offset + limit]


HOSTILE = st.sampled_from(
    [
        *"\"“”＂()（）*＊-－ \t\n\0^:{}+|&\\'%_",
        " AND ",
        " OR ",
        " NOT ",
        " NEAR(",
        "“a b”",
        '""',
        "镇",
        "a",
        "1",
    ]
)


@settings(max_examples=1_000, deadline=None)
@given(st.text(max_size=60) | st.lists(HOSTILE | st.characters(), max_size=40).map("".join))
def test_no_query_is_an_error(archive: Archive, query: str) -> None:
    archive.conn.execute("SELECT count(*) FROM articles_fts(?)", (zh_query(query),)).fetchone()
    list(find_ids(archive.conn, query, order="newest", limit=5))


def test_nine_thousand_more_hostile_queries(archive: Archive) -> None:
    chance = random.Random(9)
    parts = [
        '"',
        "“",
        "”",
        "(",
        ")",
        "（",
        "）",
        "*",
        "-",
        " ",
        " ",
        "OR",
        "AND",
        "NOT",
        "NEAR(",
        "镇",
        "a",
        "1",
        "\0",
        ":",
        "^",
        "{",
        "+",
    ]
    for _ in range(9_000):
        query = "".join(chance.choices(parts, k=chance.randint(1, 30)))
        archive.conn.execute("SELECT rowid FROM articles_fts(?) LIMIT 1", (zh_query(query),)).fetchall()


@pytest.mark.parametrize(
    "query",
    [
        "(" * 5_000,
        "( a " * 2_000 + " ) " * 2_000,
        '"' * 4_001,
        "“ " * 3_000,
        "的 OR " * 3_000,
        "-镇 " * 2_000,
        "镇" * 100_000,
        "a NOT " * 1_000,
    ],
)
def test_very_long_queries_do_not_hang(archive: Archive, query: str) -> None:
    archive.conn.execute("SELECT count(*) FROM articles_fts(?)", (zh_query(query),)).fetchone()


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=30))
def test_any_text_can_be_indexed_and_its_tokens_come_back_alone(text: str) -> None:
    """Every token that Python sees is exactly one token of SQLite's, or phrases would be off."""
    clean = "".join(char for char in text if unicodedata.category(char) != "Cs")
    conn = sqlite3.connect(":memory:")
    conn.execute(f'CREATE VIRTUAL TABLE t USING fts5(x, tokenize="{TOKENIZE}")')
    conn.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, instance)")
    conn.execute("INSERT INTO t VALUES (?)", (zh_tokens(clean),))
    seen = [row[0] for row in conn.execute('SELECT term FROM v ORDER BY "offset"')]
    conn.close()
    assert seen == tokenize(fold(clean))
