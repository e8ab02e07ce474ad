"""A small archive whose every row is known: what searches, exports, citations and commands are tested on."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path
from typing import Any

from jimo_crawler.archive import schema

SEEN = "2026-01-05T06:00:00.000000Z"
LATER = "2026-03-01T06:00:00.000000Z"
TOWNS = {"金口镇": 1, "蓝村街道": 2, "田横镇": 3}
SAMPLE_TITLE = "金口镇:做好服务保障 项目建设“加速度”"
SAMPLE_BODY = (
    "面对疫情的考验,金口镇按照目标不变、任务不减的要求,全力攻坚。\n"
    "总投资6.2亿元,推行“2+1”服务模式,相当于项目服务的AB角。\n"
    "征地补偿款已经发放到位，后续也将陆续开工建设。"
)
DANGEROUS = "=cmd|' /C calc'!A0"

ARTICLES: list[dict[str, Any]] = [
    {
        "id": 1,
        "town_id": 1,
        "title": SAMPLE_TITLE,
        "body": SAMPLE_BODY,
        "title_as_published": "金口鎮:做好服務保障 項目建設“加速度”",
        "body_as_published": "面對疫情的考驗,金口鎮按照目標不變、任務不減的要求,全力攻堅。\n總投資6.2億元,推行“2+1”服務模式,"
        "相當于項目服務的AB角。\n征地補償款已經發放到位，后續也將陸續開工建設。",
        "published_at": "2022-04-02T09:07:39+08:00",
        "published_as_printed": "2022/4/2 9:07:39",
        "source": "即墨信息港",
        "editor": "佚名",
        "script": "Hant",
        "views": 12,
    },
    {
        "id": 2,
        "town_id": 1,
        "title": "金口镇征地公告",
        "body": "因重点项目建设需要，拟征收土地180亩，征地补偿标准见附件。",
        "published_at": "2016-05-06",
        "published_as_printed": "2016年5月6日",
        "source": "即墨日报",
        "author": "记者 王刚、李明",
        "script": "Hans",
        "status": "gone",
    },
    {
        "id": 3,
        "town_id": 2,
        "title": "蓝村街道：征地拆迁“阳光操作”",
        "body": "征地过程中，GDP增长5%，村民王*强签了字。\n拆迁办公示（图）。",
        "published_at": "2018-03-01T08:15:00+08:00",
        "source": "即墨日报",
        "script": "Hans",
    },
    {
        "id": 4,
        "town_id": 2,
        "title": "蓝村街道：征地拆迁阳光操作（转载）",
        "body": "征地过程中，GDP增长5%，村民王*强签了字。\n拆迁办公示（图）。",
        "published_at": "2018-03-02T08:15:00+08:00",
        "source": "青岛日报",
        "script": "Hans",
        "duplicate_of": 3,
        "similarity": 0.97,
    },
    {
        "id": 5,
        "town_id": 3,
        "title": DANGEROUS,
        "body": '＝1+1也是公式\n+86 电话，含\t制表符、"引号"和,逗号。',
        "published_at": None,
        "script": None,
        "status": "hijacked",
        "complete": 0,
        "damaged": 1,
    },
    {
        "id": 6,
        "town_id": None,
        "title": "祭海节开幕",
        "body": "沿着海岸，渔民祭海。",
        "published_at": "2019-03-18T10:00:00+08:00",
        "script": "mixed",
    },
]


def build(path: Path) -> Path:
    """Write the archive to *path*, and give the path back."""
    conn = schema.open_archive(path)
    conn.execute("BEGIN IMMEDIATE")
    for name, number in TOWNS.items():
        _insert(conn, "towns", id=number, name=name, kind=name[-1], first_seen_at=SEEN, last_seen_at=LATER)
    _insert(conn, "crawls", id=1, spider="towns", started_at=SEEN, version="0")
    _insert(conn, "crawls", id=2, spider="towns", started_at=LATER, version="0")
    for article in ARTICLES:
        _put_article(conn, article)
    _put_history(conn)
    conn.execute("COMMIT")
    conn.close()
    return path


def _put_article(conn: sqlite3.Connection, article: dict[str, Any]) -> None:
    number, url = article["id"], f"http://jimo.example/show.asp?id={article['id']}"
    _put_capture(conn, number, url, SEEN)
    filled = {
        "title_as_published": article["title"],
        "body_as_published": article["body"],
        "url": url,
        "layout": "labelled",
        "content_hash": _digest(article["title"] + article["body"]),
        "canonical_hash": _digest(article["body"]),
        "first_seen_at": SEEN,
        "last_seen_at": LATER,
        "last_changed_at": SEEN,
        "capture_id": number,
    } | article
    _insert(conn, "articles", **filled)
    _insert(
        conn, "article_urls", url=url, article_id=number, first_seen_at=SEEN, last_seen_at=LATER,
        status=filled.get("status", "live"), content_hash=filled["content_hash"],
    )  # fmt: skip
    _insert(conn, "revisions", **_version(filled, SEEN, number), change="first")


def _put_history(conn: sqlite3.Connection) -> None:
    """Article 1: a second address, an edit in silence, a picture, spam taken out; article 2: gone, with observations."""
    first = ARTICLES[0]
    _put_capture(conn, 7, "http://jimo.example/show.asp?id=1", LATER)
    old = first | {"body": first["body"].replace("6.2亿元", "62亿元")}
    old |= {
        "title_as_published": "",
        "body_as_published": "",
        "layout": "labelled",
        "url": "http://jimo.example/show.asp?id=1",
    }
    conn.execute("UPDATE revisions SET body = ? WHERE article_id = 1", (old["body"],))
    new = old | {
        "body": first["body"],
        "content_hash": _digest(first["title"] + first["body"]),
        "canonical_hash": "x",
    }
    _insert(conn, "revisions", **_version(new, LATER, 7), change="body", magnitude=0.01, silent=1)
    conn.execute("UPDATE articles SET last_changed_at = ?, capture_id = 7 WHERE id = 1", (LATER,))
    _insert(
        conn, "article_urls", url="http://jimo.example/html/1.html", article_id=1, first_seen_at=SEEN,
        last_seen_at=LATER, status="gone",
    )  # fmt: skip
    _insert(conn, "images", article_id=1, position=1, url="http://jimo.example/1.jpg", alt="施工现场")
    _insert(
        conn, "removed_text", capture_id=7, place="footer", text="亚洲影院|高清视频", reason="adult_words"
    )
    gone = "http://jimo.example/show.asp?id=2"
    _insert(
        conn,
        "observations",
        crawl_id=1,
        url=gone,
        observed_at=SEEN,
        outcome="article",
        article_id=2,
        capture_id=2,
        event="new",
    )
    _put_capture(conn, 8, gone, LATER, status=404)
    _insert(
        conn,
        "observations",
        crawl_id=2,
        url=gone,
        observed_at=LATER,
        outcome="gone",
        article_id=2,
        capture_id=8,
        event="gone",
    )
    conn.execute("UPDATE article_urls SET gone_at = ? WHERE article_id = 2", (LATER,))
    _insert(
        conn, "urls", url="http://jimo.example/video.asp?id=9", request_url="http://jimo.example/video.asp?id=9",
        kind="article", outcome="not_article", first_seen_at=SEEN, due_at=SEEN, last_visit_at=SEEN,
    )  # fmt: skip
    _insert(
        conn,
        "failures",
        crawl_id=2,
        url=gone,
        stage="fetch",
        reason="http_status",
        message="404",
        failed_at=LATER,
        capture_id=8,
    )


def _put_capture(conn: sqlite3.Connection, number: int, url: str, at: str, *, status: int = 200) -> None:
    _insert(
        conn, "captures", id=number, crawl_id=1, url=url, fetched_at=at, status=status, media_type="text/html",
        payload_digest=f"sha256:{_digest(url)}", body_digest=_digest(url), record_digest=_digest(f"{number}"),
        record_id=f"urn:uuid:{number}", warc_file="jimo-1.warc.gz", warc_offset=number * 1000, warc_length=900,
    )  # fmt: skip


def _version(article: dict[str, Any], at: str, capture: int) -> dict[str, Any]:
    names = (
        "title",
        "body",
        "published_at",
        "source",
        "editor",
        "author",
        "views",
        "script",
        "title_as_published",
    )
    names += (
        "body_as_published",
        "published_as_printed",
        "layout",
        "content_hash",
        "canonical_hash",
        "town_id",
        "url",
    )
    values = {name: article.get(name) for name in names} | {"article_id": article["id"]}
    return values | {
        "captured_at": at,
        "capture_id": capture,
        "content_hash": article.get("content_hash", "x"),
    }


def _insert(conn: sqlite3.Connection, table: str, **values: Any) -> None:
    names = ", ".join(values)
    conn.execute(
        f"INSERT INTO {table}({names}) VALUES ({', '.join('?' * len(values))})", list(values.values())
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
