"""The columns of an export: where each comes from, its type, and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    name: str
    type: Literal["integer", "number", "string", "boolean"]
    meaning: str
    sql: str
    """From ``articles a`` and ``towns``."""

    @property
    def is_text(self) -> bool:
        """Whether it holds prose, which no two articles share."""
        return self.name.startswith(("title", "body", "url", "other_urls", "content_hash"))

    def convert(self, value: Any) -> Any:
        """SQLite's value as one of this column's type."""
        return bool(value) if self.type == "boolean" and value is not None else value


def _own(name: str, kind: Literal["integer", "number", "string", "boolean"], meaning: str) -> Column:
    return Column(name, kind, meaning, f"a.{name}")


COLUMNS = (
    _own("id", "integer", "Number of the article in the archive; stays the same"),
    Column(
        "town", "string", "Town (镇, 街道) in whose section the article stands, by today's name", "towns.name"
    ),
    _own("title", "string", "Title, in Simplified characters"),
    _own(
        "body",
        "string",
        "Text, in Simplified characters; paragraphs divided by a line feed, table cells by a tab",
    ),
    _own(
        "published_at",
        "string",
        "When the page says it was published: ISO 8601 with +08:00, or only the day where only a day is printed",
    ),
    _own("source", "string", "来源: where the page says the text comes from"),
    _own("editor", "string", "编辑: the editor that the page names"),
    _own("author", "string", "作者, 记者: the author that the page's meta line names"),
    _own("views", "integer", "浏览: how often it had been read when last seen, by the page's own count"),
    _own("url", "string", "Address of the article; of several, the one published first"),
    Column(
        "other_urls",
        "string",
        "Further addresses at which the same text stands or stood, divided by spaces",
        "(SELECT group_concat(url, ' ') FROM (SELECT url FROM article_urls WHERE article_id = a.id AND url <> a.url ORDER BY part, url))",
    ),
    _own(
        "status",
        "string",
        "live (on the portal when last asked), gone (taken down) or hijacked (replaced by spam)",
    ),
    _own(
        "script",
        "string",
        "Script in which the page was served: Hans, Hant or mixed; empty if no character tells",
    ),
    _own("duplicate_of", "integer", "Article (id) that this one is nearly the same as: a reprint"),
    _own("similarity", "number", "How much it is the same as that one, 0 to 1"),
    Column(
        "changes",
        "integer",
        "How often its text, title, time or source was seen to change after it was first read",
        "(SELECT count(*) FROM revisions WHERE article_id = a.id AND change <> 'first' AND change NOT LIKE 're-extracted%')",
    ),
    Column(
        "complete", "boolean", "False if pages of a body on several pages are still missing", "a.complete"
    ),
    _own("damaged", "integer", "Places in the text that were unreadable on the page itself"),
    _own("first_seen_at", "string", "When the archive first fetched it (UTC)"),
    _own("last_seen_at", "string", "When it was last found on the portal (UTC)"),
    _own("last_changed_at", "string", "When the present text was first seen (UTC)"),
    _own("title_as_published", "string", "Title in the characters of the page"),
    _own("body_as_published", "string", "Text in the characters of the page"),
    _own("published_as_printed", "string", "The time as the page prints it"),
    _own("layout", "string", "Which of the portal's page templates it was read from"),
    _own(
        "content_hash",
        "string",
        "sha256 of title, body, time, source, editor and author: the same as long as none changes",
    ),
    _own("capture_id", "integer", "Row of `captures`: the stored page (WARC) that this text was read from"),
)
