"""Reads ``texts/special.txt``: articles written for what they are like."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jimo_crawler.demo.converter import Readings, Script
from jimo_crawler.demo.grammar import curl
from jimo_crawler.demo.story import Piece, Story
from jimo_crawler.demo.texts import read_text
from jimo_crawler.demo.towns import ZONE

PREFIXES = {"## ": "heading", "- ": "item", "| ": "row", "^ ": "caption", ">> ": "byline"}


@dataclass(frozen=True, slots=True)
class Special:
    """One such article, and how it is to be placed."""

    story: Story
    section: str
    template: str
    listed_in: tuple[str, ...]
    linked_from: str
    """Key of the story whose 相关文章 lead to it; empty for none."""
    changes: dict[str, Any]
    """Fields of its address."""


def read() -> Iterator[Special]:
    """All of them, in the file's order."""
    lines: list[str] = []
    for line in [*read_text("special.txt").splitlines(), "== end"]:
        if line.startswith("== "):
            if lines:
                yield _special(lines)
            lines = [line[3:]]
        elif line and lines:
            lines.append(line)


def _special(lines: list[str]) -> Special:
    key, section, stamp, options = lines[0].split("|")
    chosen = dict(each.split("=", 1) for each in options.split())
    written = str if key.startswith("hostile/") else curl
    story = Story(
        key=key,
        town=chosen.get("about", section),
        title=written(lines[1]),
        pieces=tuple(_piece(line, written) for line in lines[2:]),
        when=datetime.fromisoformat(stamp).replace(tzinfo=ZONE),
        source=_optional(chosen.get("source", "即墨信息港")),
        editor=_optional(chosen.get("editor", "佚名")),
        author=_optional(chosen.get("author", "-")),
        views=int(chosen["views"]) if "views" in chosen else None,
        group=chosen.get("group", ""),
    )
    changes: dict[str, Any] = {name: chosen[name] for name in ("stamp", "style", "charset") if name in chosen}
    if "script" in chosen:
        changes["script"] = Script(chosen["script"])
    if "readings" in chosen:
        changes["readings"] = Readings(chosen["readings"])
    if "parts" in chosen:
        changes["parts"] = int(chosen["parts"])
    listed = _optional(chosen.get("listed", section))
    return Special(
        story, section, chosen["template"], (listed,) if listed else (), chosen.get("linked", ""), changes
    )


def _optional(value: str) -> str | None:
    return None if value == "-" else value


def _piece(line: str, written: Callable[[str], str]) -> Piece:
    for prefix, kind in PREFIXES.items():
        if line.startswith(prefix):
            text = line.removeprefix(prefix)
            return Piece(kind, "\t".join(text.split(" | ")) if kind == "row" else written(text))
    if line.startswith("! "):
        path, _, alt = line[2:].partition(" ")
        return Piece("image", alt, path)
    return Piece("paragraph", written(line))
