"""What a person would read on the portal's pages: the answers that tests compare with. Everything is JSON-able."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jimo_crawler.demo.address import Address
from jimo_crawler.demo.converter import Script
from jimo_crawler.demo.render import serve, served_pieces, split, straddled_line
from jimo_crawler.demo.stamps import printed, understood
from jimo_crawler.demo.standing import Standing

SCRIPTS = {Script.HANS: "Hans", Script.LIGHT: "Hant", Script.FULL: "Hant", Script.MIXED: "mixed"}


@dataclass
class Truth:
    """The truth about the portal as it stood on one day."""

    day: int
    date: str
    """The instant at which the day's run is meant to start (``JIMO_NOW``)."""
    entry: str
    index: str
    outage: str | None = None
    """maintenance, login, challenge or error on a day on which the whole portal shows one thing."""
    towns: list[dict[str, Any]] = field(default_factory=list)
    """name, kind, merged_into, listing (path), pages (paths), articles (paths in listing order, each once)."""
    articles: list[dict[str, Any]] = field(default_factory=list)
    """One for each article that was ever there, with all its addresses; see :func:`article`."""
    pages: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Other pages that links lead to: kind, outcomes (those that fit), linked_from."""
    events: dict[str, str] = field(default_factory=dict)
    """What happened today, by address: a name of events.py."""
    faults: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Addresses that misbehave: kind, linked (whether a listing names it), outcomes (those that fit)."""

    def as_json(self) -> dict[str, Any]:
        """The whole as plain dicts, lists, texts and numbers."""
        return dict(vars(self))

    def dumps(self) -> str:
        """The same as a JSON text."""
        return json.dumps(self.as_json(), ensure_ascii=False, indent=1)

    def by_path(self) -> dict[str, dict[str, Any]]:
        """The article that each address carries, or carried last (first pages and further ones)."""
        return {
            where["path"]: each
            for each in self.articles
            for where in each["addresses"]
            if where.get("shows") != "other_article"
        }


def damaged_lines(address: Address) -> list[int]:
    """Which lines of the body nobody can read any more: those run through by a replacement on bytes."""
    if address.quirk != "straddled":
        return []
    at, _ = straddled_line(served_pieces(address.but(quirk="")))
    return [sum(each.kind != "image" for each in address.story.pieces[:at])]


def _images(address: Address) -> list[dict[str, str]]:
    pieces = served_pieces(address)
    found = []
    for number, piece in enumerate(pieces):
        if piece.kind == "image":
            after = pieces[number + 1] if number + 1 < len(pieces) else None
            caption = after.text if after and after.kind == "caption" else ""
            found.append({"path": piece.image, "alt": piece.text, "caption": caption})
    return found


def at_address(standing: Standing, listed_on: Sequence[str]) -> list[dict[str, Any]]:
    """What is true of one address and the further pages of its body; the row of the first page holds the fields.

    ``…_as_published`` leave out what was injected; ``blocks`` counts the lines of the body on each page.
    """
    address = standing.address
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
        "author": _author(address),
        "views": story.views,
        "removed": [
            {"text": each.text, "place": each.place, "hidden": each.hidden, "kind": each.kind}
            for each in address.spam
        ],
        "damaged_lines": damaged_lines(address),
        "listed_on": list(listed_on),
        "validators": address.validators,
        "shows": standing.shows,
        "since": standing.since,
        "state": standing.state,
        "versions": standing.versions(),
        "events": [[each.day, each.kind] for each in standing.changes],
    }
    rest = [
        {"path": path, "part": part, "parts": address.parts, "section": address.section}
        for part, path in enumerate(address.paths[1:], 2)
    ]
    sizes = [sum(each.kind != "image" for each in part) for part in split(story.pieces, address.parts)]
    return [{**each, "blocks": size} for each, size in zip([whole, *rest], sizes, strict=True)]


def _author(address: Address) -> str | None:
    """The PowerEasy template prints 佚名 where nobody is named."""
    return address.story.author or ("佚名" if address.template == "powereasy" else None)


def article(
    group: Iterable[Standing], towns: Collection[str], listed_on: Mapping[str, Sequence[str]], found_by: str
) -> dict[str, Any]:
    """One article and all its addresses; its fields are those at the smallest (published_at, path) among them.

    *found_by* says how a reader comes to it: listing, related (a related list whose text names a town), related_all
    (one whose text does not) or none. ``status`` is what an archive should say after a run on each day so far.
    """
    standings = sorted(
        group,
        key=lambda each: (understood(each.address.stamp, each.address.published) or "", each.address.path),
    )
    first = standings[0].address
    story = first.story
    rows = [row for each in standings for row in at_address(each, listed_on.get(each.address.path, ()))]
    states = {each.state for each in standings} - {None}
    return {
        "key": story.key,
        "town": first.section if first.section in towns else None,
        "section": first.section,
        "in_scope": first.section in towns,
        "found_by": found_by,
        "known": bool(states),
        "born": min(each.born for each in standings),
        "title": story.title,
        "body": "\n".join(line.strip() for line in story.lines),
        "published_at": rows[0]["published_at"],
        "published_as_printed": rows[0]["published_as_printed"],
        "source": story.source,
        "editor": story.editor,
        "author": rows[0]["author"],
        "views": story.views,
        "script": rows[0]["script"],
        "status": _status(states),
        "url": first.path,
        "reprint_of": story.reprint_of or None,
        "duplicate_of": None,
        "group": story.group or None,
        "images": _images(first),
        "addresses": rows,
    }


def _status(states: Collection[str | None]) -> str | None:
    """An article is gone or hijacked only when every address is."""
    return next((each for each in ("live", "hijacked", "gone") if each in states), None)


def mark_reprints(articles: Iterable[dict[str, Any]]) -> None:
    """Fill ``duplicate_of``: among an article and its reprints, the one with the smallest (published_at, url)."""
    families: dict[str, list[dict[str, Any]]] = {}
    for each in articles:
        families.setdefault(each["reprint_of"] or each["key"], []).append(each)
    for family in families.values():
        first, *others = sorted(family, key=lambda each: (each["published_at"] or "", each["url"]))
        for each in others:
            each["duplicate_of"] = first["url"]
