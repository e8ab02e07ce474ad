"""What a person would read on the portal's pages: the answers that tests compare with. Everything is JSON-able."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from jimo_crawler.demo.address import Address
from jimo_crawler.demo.converter import Script
from jimo_crawler.demo.render import serve, served_pieces, split, straddled_line
from jimo_crawler.demo.stamps import printed, understood

SCRIPTS = {Script.HANS: "Hans", Script.LIGHT: "Hant", Script.FULL: "Hant", Script.MIXED: "mixed"}


@dataclass
class Truth:
    """The truth about the portal as it stood on one day."""

    day: int
    date: str
    entry: str
    index: str
    towns: list[dict[str, Any]] = field(default_factory=list)
    """name, kind, merged_into, listing (path), pages (paths), articles (paths in listing order, each once)."""
    articles: list[dict[str, Any]] = field(default_factory=list)
    """One for each article, with all its addresses; see :func:`article`."""
    pages: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Other pages that links lead to: kind, outcomes (those that fit), why."""
    events: dict[str, str] = field(default_factory=dict)
    """What happened today, by address."""
    faults: dict[str, dict[str, Any]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The whole as plain dicts, lists, texts and numbers."""
        return dict(vars(self))

    def dumps(self) -> str:
        """The same as a JSON text."""
        return json.dumps(self.as_json(), ensure_ascii=False, indent=1)

    def by_path(self) -> dict[str, dict[str, Any]]:
        """The article at each address (first pages and further ones)."""
        return {where["path"]: each for each in self.articles for where in each["addresses"]}


def body_of(address: Address) -> str:
    """The body in Simplified, one block a line."""
    return "\n".join(line.strip() for line in address.story.lines)


def damaged_lines(address: Address) -> list[int]:
    """Which lines of the body nobody can read any more: those run through by a replacement on bytes."""
    if address.quirk != "straddled":
        return []
    at, _ = straddled_line(served_pieces(address.but(quirk="")))
    return [sum(each.kind != "image" for each in address.story.pieces[:at])]


def _removed(address: Address) -> list[dict[str, Any]]:
    return [
        {"text": each.text, "place": each.place, "hidden": each.hidden, "kind": each.kind}
        for each in address.spam
    ]


def _images(address: Address) -> list[dict[str, str]]:
    pieces = served_pieces(address)
    found = []
    for number, piece in enumerate(pieces):
        if piece.kind == "image":
            after = pieces[number + 1] if number + 1 < len(pieces) else None
            caption = after.text if after and after.kind == "caption" else ""
            found.append({"path": piece.image, "alt": piece.text, "caption": caption})
    return found


def at_address(address: Address, listed_on: Sequence[str]) -> list[dict[str, Any]]:
    """What is true of one address and the further pages of its body; the first stands for the whole."""
    story = address.story
    whole = {
        "path": address.path,
        "part": 1,
        "parts": address.parts,
        "further": list(address.paths[1:]),
        "section": address.section,
        "template": address.template,
        "charset": address.charset,
        "script": SCRIPTS[address.script],
        "title_as_published": serve(address, story.title),
        "body_as_published": "\n".join(each.text for each in served_pieces(address) if each.kind != "image"),
        "published_at": understood(address.stamp, address.published),
        "published_as_printed": printed(address.stamp, address.published),
        "author": story.author or ("佚名" if address.template == "powereasy" else None),
        "views": story.views,
        "removed": _removed(address),
        "damaged_lines": damaged_lines(address),
        "listed_on": list(listed_on),
        "validators": address.validators,
    }
    rest = [
        {"path": path, "part": part, "parts": address.parts, "section": address.section}
        for part, path in enumerate(address.paths[1:], 2)
    ]
    sizes = [
        sum(each.kind != "image" for each in part) for part in split(address.story.pieces, address.parts)
    ]
    return [{**each, "blocks": size} for each, size in zip([whole, *rest], sizes, strict=True)]


def article(
    group: Sequence[Address], towns: Iterable[str], listed_on: dict[str, list[str]], found_by: str
) -> dict[str, Any]:
    """One article and all its addresses. The one with the smallest (published_at, path) speaks for it."""
    group = sorted(group, key=lambda each: (understood(each.stamp, each.published) or "", each.path))
    first, story = group[0], group[0].story
    addresses = [row for each in group for row in at_address(each, listed_on.get(each.path, ()))]
    return {
        "key": story.key,
        "town": first.section if first.section in towns else None,
        "section": first.section,
        "in_scope": first.section in towns,
        "found_by": found_by,
        "title": story.title,
        "body": body_of(first),
        "published_at": addresses[0]["published_at"],
        "published_as_printed": addresses[0]["published_as_printed"],
        "source": story.source,
        "editor": story.editor,
        "author": addresses[0]["author"],
        "views": story.views,
        "script": addresses[0]["script"],
        "status": "live",
        "url": first.path,
        "reprint_of": story.reprint_of or None,
        "duplicate_of": None,
        "group": story.group or None,
        "images": _images(first),
        "addresses": addresses,
    }


def mark_reprints(articles: Iterable[dict[str, Any]]) -> None:
    """Fill ``duplicate_of``: among an article and its reprints, the one with the smallest (published_at, url)."""
    families: dict[str, list[dict[str, Any]]] = {}
    for each in articles:
        families.setdefault(each["reprint_of"] or each["key"], []).append(each)
    for family in families.values():
        first, *others = sorted(family, key=lambda each: (each["published_at"] or "", each["url"]))
        for each in others:
            each["duplicate_of"] = first["url"]
