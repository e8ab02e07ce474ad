"""What the parsers read on a page, in plain JSON values: what golden cases are compared by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

from jimo_crawler.errors import NotAnArticle, Truncated
from jimo_crawler.items import Page
from jimo_crawler.parsers.article import parse_article
from jimo_crawler.parsers.listing import parse_listing
from jimo_crawler.parsers.section import find_index, parse_index
from jimo_crawler.portal import Profile


def reading(page: Page, kind: str, profile: Profile) -> dict[str, Any]:
    """What is read on *page*, taken as a page of *kind* (entry, index, listing or article), JSON-able.

    A page that is none of that kind is a reading, too: ``{"error": "NotAnArticle", …}``. Raises KeyError for another kind.
    """
    reader = _READERS[kind]
    try:
        read = reader(page, profile)
    except NotAnArticle as error:
        return {
            "error": "NotAnArticle",
            "outcome": str(error.outcome),
            "reason": str(error.reason),
            "message": str(error),
        }
    except Truncated as error:
        return {"error": "Truncated", "message": str(error)}
    return {"charset": page.charset, "damaged": page.damaged, **read}


def _plain(value: Any) -> Any:
    """Items as dictionaries, all the way down; ``dataclasses.asdict`` leaves named tuples as they are."""
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: _plain(each) for name, each in value._asdict().items()}
    return [_plain(each) for each in value] if isinstance(value, tuple | list) else value


def _read_article(page: Page, profile: Profile) -> dict[str, Any]:
    read: dict[str, Any] = _plain(parse_article(page, profile))
    return read


def _read_listing(page: Page, profile: Profile) -> dict[str, Any]:
    read: dict[str, Any] = _plain(parse_listing(page, profile))
    return read


def _read_index(page: Page, profile: Profile) -> dict[str, Any]:
    return {"sections": _plain(parse_index(page, profile))}


def _read_entry(page: Page, profile: Profile) -> dict[str, Any]:
    return {"index": _plain(find_index(page, profile))}


_READERS: dict[str, Callable[[Page, Profile], dict[str, Any]]] = {
    "article": _read_article,
    "listing": _read_listing,
    "index": _read_index,
    "entry": _read_entry,
}
