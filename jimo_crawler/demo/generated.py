"""An archive of any size out of made-up articles: what searches and exports are timed and checked on.

The words are invented from real characters, their frequencies fall as those of a language do (Zipf), and the marks are
those of the portal: half- and full-width, quotes, numbers, Latin words, white space between characters. The same seed
gives the same archive.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from math import exp, log
from random import Random
from typing import Any

from jimo_crawler.archive import fts
from jimo_crawler.clock import PORTAL_ZONE
from jimo_crawler.portal import load

SOURCES = ("即墨信息港", "即墨日报", "青岛日报", "大众网", None)
_FAMILIAR = """
即墨 金口镇 蓝村街道 项目 建设 服务 群众 工作 发展 乡村振兴 党建引领 疫情防控 网格员 征地 拆迁 补偿
安置 环境保护 垃圾分类 古城 温泉 田横 祭海节 马山 女岛 鳌山卫 渔民 海参 地瓜 樱桃 茶叶 大棚
合作社 停电 公告 招商引资 开工 竣工 投产 总投资 记者 镇长 书记 村民 老人 孩子 学校 医院
道路 管网 供水 供暖 河道 治理 志愿者 文明实践 消防 安全生产 执法
"""
_NUMBERS = (
    "2022年",
    "6月",
    "6.2亿元",
    "60.48",
    "2+1",
    "12345",
    "3%",
    "１０",
    "第3次",
    "5万平方米",
    "8㎡",
    "20℃",
)
_LATIN = ("AB", "GDP", "app", "5G", "QQ", "e-mail", "WiFi", "ＰＰＰ", "CT", "LED")
_FLATTER = 8
"""Zipf–Mandelbrot: the first words of a language are not as far apart as 1/rank would have them."""
_START = datetime(2003, 1, 1, 8, tzinfo=PORTAL_ZONE)


class Writer:
    """Writes made-up news; one seed, one text."""

    def __init__(self, seed: int = 20220402) -> None:
        self._random = Random(seed)
        cells = [bytes((row, cell)) for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF)]
        letters = [letter for cell in cells if (letter := cell.decode("gb2312", "ignore"))]
        self._random.shuffle(letters)
        self._words = _FAMILIAR.split() + [self._invent(letters) for _ in range(30_000)]
        self._phrases = ["".join(self._pick(self._words, 4)) for _ in range(3_000)]

    def title(self) -> str:
        """A headline: town, colon, words, sometimes a space or quotes."""
        one, two, three, four = self._pick(self._words, 4)
        mark = self._random.choice(":：")
        quoted = f"“{three}”" if self._chance(0.4) else three
        space = " " if self._chance(0.3) else ""
        return f"{self._random.choice(load().towns).name}{mark}{one}{two}{space}{quoted}{four}"

    def body(self, length: int) -> str:
        """Paragraphs of about *length* characters together."""
        comma, stop = ("，", "。") if self._chance(0.6) else (",", "。")
        paragraphs: list[str] = []
        while sum(map(len, paragraphs)) < length:
            sentences = self._random.randint(2, 5)
            paragraphs.append("".join(self._sentence(comma) + stop for _ in range(sentences)))
        return "\n".join(paragraphs)

    def _sentence(self, comma: str) -> str:
        return comma.join(self._clause() for _ in range(self._random.randint(2, 4)))

    def _clause(self) -> str:
        words = self._pick(self._words, self._random.randint(2, 5))
        kind = self._random.random()
        if kind < 0.15:
            words += self._pick(self._phrases, 1)
        elif kind < 0.30:
            words.insert(1, self._random.choice(_NUMBERS))
        elif kind < 0.36:
            words.insert(1, self._random.choice(_LATIN))
        elif kind < 0.42:
            words[0] = f"“{words[0]}”"
        elif kind < 0.45:
            words[0] += f"（{words[-1]}）" if self._chance(0.5) else f"({words[-1]})"
        elif kind < 0.47:
            words.insert(1, " ")
        elif kind < 0.49:
            words.append(self._random.choice(("……", "——")))
        return "".join(words)

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _pick(self, pool: Sequence[str], count: int) -> list[str]:
        """*count* of *pool*, the first ones far more often than the last."""
        span = log(len(pool) + _FLATTER)
        floor = log(_FLATTER)
        return [
            pool[min(int(exp(floor + self._random.random() * (span - floor)) - _FLATTER), len(pool) - 1)]
            for _ in range(count)
        ]

    def _invent(self, letters: Sequence[str]) -> str:
        return "".join(self._pick(letters, self._random.choice((1, 2, 2, 2, 3))))


def articles(count: int, *, seed: int = 20220402, length: int = 900) -> Iterator[dict[str, Any]]:
    """Rows of ``articles`` with their ids, in no order of time."""
    writer, random = Writer(seed), Random(seed + 1)
    for number in range(1, count + 1):
        title, body = writer.title(), writer.body(random.randint(length // 3, length * 5 // 3))
        moment = _START + timedelta(minutes=random.randrange(20 * 365 * 24 * 60))
        seen = "2026-11-22T06:00:00.000000Z"
        yield {
            "id": number,
            "town_id": random.randint(1, len(load().towns)),
            "title": title,
            "body": body,
            "published_at": moment.isoformat() if random.random() < 0.95 else moment.date().isoformat(),
            "source": random.choice(SOURCES),
            "editor": "佚名",
            "url": f"http://www.jimo.example/html/{number}.html",
            "script": random.choice(("Hans", "Hant", "mixed", None)),
            "title_as_published": title,
            "body_as_published": body,
            "layout": "generated",
            "content_hash": sha256(f"{title}\n{body}".encode()).hexdigest(),
            "canonical_hash": sha256(body.encode()).hexdigest(),
            "status": random.choices(("live", "gone", "hijacked"), (95, 4, 1))[0],
            "duplicate_of": random.randrange(1, number) if number > 1 and random.random() < 0.02 else None,
            "first_seen_at": seen,
            "last_seen_at": seen,
            "last_changed_at": seen,
        }


def fill(conn: sqlite3.Connection, count: int, *, seed: int = 20220402, length: int = 900) -> None:
    """Put *count* articles and the profile's towns into an empty archive; the index is made once at the end."""
    seen = "2026-11-22T06:00:00.000000Z"
    towns = [
        (town.name, town.kind, seen, seen, f"http://www.jimo.example/list/{number}.html")
        for number, town in enumerate(load().towns, 1)
    ]
    conn.execute("BEGIN IMMEDIATE")
    conn.executemany(
        "INSERT INTO towns(name, kind, first_seen_at, last_seen_at, listing_url) VALUES (?, ?, ?, ?, ?)",
        towns,
    )
    conn.execute("DROP TRIGGER articles_fts_insert")
    rows = articles(count, seed=seed, length=length)
    columns = list(next(articles(1, seed=seed)))
    places = ", ".join(f":{column}" for column in columns)
    conn.executemany(f"INSERT INTO articles({', '.join(columns)}) VALUES ({places})", rows)
    fts.create(conn)
    fts.rebuild(conn)
    conn.execute("COMMIT")
    conn.execute("PRAGMA optimize")
