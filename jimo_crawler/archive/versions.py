"""What an address served at one time, and in what two such versions differ."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass, replace

from jimo_crawler.items import Article, Fingerprint
from jimo_crawler.text import diff, fingerprint

REPLACED = 0.6
"""Magnitude of change from which a page is another article and not a new version of the same one."""

COPIED = (
    *("town_id", "title", "body", "published_at", "source", "editor", "author", "views", "script"),
    *("title_as_published", "body_as_published", "published_as_printed", "layout", "damaged"),
    *("content_hash", "canonical_hash", "capture_id"),
)
"""Columns of an article that are those of its foremost address's latest revision."""

COMPARED = ("title", "body", "published_at", "source", "editor", "author")
"""Fields whose change makes a revision; ``views`` never does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What one address served at one time, as it goes into ``revisions``."""

    town_id: int | None
    captured_at: str
    capture_id: int
    title: str
    body: str
    published_at: str | None
    source: str | None
    editor: str | None
    author: str | None
    views: int | None
    script: str | None
    title_as_published: str
    body_as_published: str
    published_as_printed: str | None
    layout: str
    damaged: int
    images: str
    content_hash: str
    canonical_hash: str
    complete: bool = True

    def with_texts(self, **texts: str) -> Version:
        """The same version with another title or body, and the hashes that go with it."""
        changed = replace(self, **texts)  # type: ignore[arg-type]
        return replace(
            changed,
            content_hash=fingerprint.content_hash(**{name: getattr(changed, name) for name in COMPARED}),
            canonical_hash=fingerprint.canonical_hash(changed.title, changed.body),
        )

    def with_body(self, body: str, body_as_published: str) -> Version:
        """The same version with another body."""
        return self.with_texts(body=body, body_as_published=body_as_published)

    def columns(self) -> dict[str, object]:
        """As they stand in ``revisions``."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "complete"}


def version_of(
    article: Article,
    marks: Fingerprint,
    *,
    town_id: int | None,
    captured_at: str,
    capture_id: int,
    complete: bool = True,
) -> Version:
    """The version that a cleaned article is."""
    body = article.body
    return Version(
        town_id=town_id,
        captured_at=captured_at,
        capture_id=capture_id,
        title=article.title,
        body=body,
        published_at=article.published_at,
        source=article.source,
        editor=article.editor,
        author=article.author,
        views=article.views,
        script=article.script,
        title_as_published=article.title_as_published,
        body_as_published=article.body_as_published,
        published_as_printed=article.published_as_printed,
        layout=article.layout,
        damaged=article.damaged,
        images=json.dumps([asdict(image) for image in article.images], ensure_ascii=False)
        if article.images
        else "[]",
        content_hash=fingerprint.content_hash(
            article.title, body, article.published_at, article.source, article.editor, article.author
        ),
        canonical_hash=marks.canonical_hash,
        complete=complete,
    )


def version_in(row: sqlite3.Row) -> Version:
    """The version that a row of ``revisions`` holds."""
    return Version(**{name: row[name] for name in Version.__slots__ if name != "complete"})


def is_another(last: sqlite3.Row, version: Version | Article) -> bool:
    """Whether title and body have both departed so far that the page is another article."""
    return has_other_body(last, version) and diff.magnitude(last["title"], version.title) >= 0.5


def has_other_body(last: sqlite3.Row, version: Version | Article) -> bool:
    """Whether next to nothing of the body is left."""
    return diff.magnitude(last["body"], version.body) >= REPLACED


def what_changed(last: sqlite3.Row, version: Version) -> dict[str, object]:
    """The columns of a revision that say how it differs from the *last* one.

    ``silent``: the printed time did not move with what else changed.
    """
    changed = [name for name in COMPARED if last[name] != getattr(version, name)]
    old, new = (
        "\n".join(str(value or "") for value in values)
        for values in zip(*((last[name], getattr(version, name)) for name in COMPARED), strict=True)
    )
    return {
        "change": ",".join(changed),
        "magnitude": diff.magnitude(old, new),
        "silent": int("published_at" not in changed),
    }
