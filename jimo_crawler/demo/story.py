"""What an author wrote, before any page was made of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Piece:
    """One paragraph, sub-heading, list item, table row, caption or picture."""

    kind: str
    """paragraph, heading, item, row (cells separated by a tab), caption, byline or image (*text* is its alt text)."""
    text: str
    image: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One article as its author wrote it, in Simplified."""

    key: str
    town: str
    """Name of the town that its text is about; empty for news from elsewhere."""
    title: str
    pieces: tuple[Piece, ...]
    when: datetime
    """Time of publication with seconds, aware, +08:00; how much of it is printed is the page's affair."""
    source: str | None = None
    editor: str | None = None
    author: str | None = None
    views: int | None = None
    reprint_of: str = ""
    """Key of the story that this one reprints with another title or source."""
    group: str = ""
    """Name of the group of look-alikes (same form, other facts) that it belongs to."""

    @property
    def lines(self) -> tuple[str, ...]:
        """Every piece of text in reading order, pictures left out."""
        return tuple(piece.text for piece in self.pieces if piece.kind != "image")

    def but(self, **changes: object) -> Story:
        """A copy with some fields changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


def paragraphs(*texts: str) -> tuple[Piece, ...]:
    """Plain paragraphs."""
    return tuple(Piece("paragraph", text) for text in texts)
