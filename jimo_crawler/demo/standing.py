"""What an address has shown over the days, and what an archive that asks it once a day should hold of it.

Days on which nothing worked are no observations. ``gone`` needs two in a row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from jimo_crawler.demo.address import Address
from jimo_crawler.demo.afterlife import OUTAGES
from jimo_crawler.demo.events import Change
from jimo_crawler.demo.stamps import understood

SHOWS = {
    "article": "article",
    "gone-404": "404",
    "gone-410": "410",
    "gone-soft": "soft_404",
    "gone-home": "redirect_home",
    "gone-empty": "emptied",
    "hijack-gambling": "takeover",
    "hijack-porn": "takeover",
    "hijack-script": "takeover",
    "hijack-redirect": "redirect_foreign",
}
"""Presence of an address (the wording of a soft 404 left off) and the word of the truth for it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One article at one address."""

    key: str
    changes: tuple[Change, ...]
    """All that happened at the address up to today."""
    today: int

    @property
    def address(self) -> Address:
        """The address as it last carried this article."""
        return [each.address for each in self.changes if each.address.story.key == self.key][-1]

    @property
    def born(self) -> int:
        """Day on which the address began to carry it."""
        return next(each.day for each in self.changes if each.address.story.key == self.key)

    def on(self, day: int) -> str:
        """What the address showed on *day*."""
        address = [each.address for each in self.changes if each.day <= day][-1]
        if address.story.key != self.key:
            return "other_article"
        return SHOWS[
            address.presence.rstrip("-0123456789") if "soft" in address.presence else address.presence
        ]

    @property
    def shows(self) -> str:
        """What it shows today."""
        return self.on(self.today)

    @property
    def since(self) -> int:
        """Day since which it has shown that."""
        day = self.today
        while day > self.born and self.on(day - 1) == self.shows:
            day -= 1
        return day

    @property
    def seen(self) -> Iterator[tuple[int, str]]:
        """What each day's visit met."""
        return ((day, self.on(day)) for day in range(self.born, self.today + 1) if day not in OUTAGES)

    @property
    def state(self) -> str | None:
        """live, gone or hijacked as the archive should have it after today's run; None before any visit."""
        state, missed = None, 0
        for _, shown in self.seen:
            if shown == "article":
                state, missed = "live", 0
            elif shown in ("takeover", "redirect_foreign"):
                state, missed = "hijacked", 0
            else:
                missed += 1
                state = "gone" if missed > 1 else state
        return state

    def versions(self) -> list[dict[str, Any]]:
        """The article's texts in order: day, fields, what changed, and whether the printed time stayed."""
        found: list[dict[str, Any]] = []
        for each in self.changes:
            address, story = each.address, each.address.story
            if story.key != self.key or address.presence != "article":
                continue
            fields = {
                "title": story.title,
                "body": "\n".join(line.strip() for line in story.lines),
                "published_at": understood(address.stamp, address.published),
                "source": story.source,
            }
            changed = [name for name, value in fields.items() if found and found[-1][name] != value]
            if found and not changed:
                continue
            silent = bool(changed) and "published_at" not in changed
            seen_on = next(day for day in range(each.day, each.day + 9) if day not in OUTAGES)
            found.append(
                {"day": each.day, "seen_on": seen_on, **fields, "changed": changed, "silent": silent}
            )
        return found


def standings(changes: Sequence[Change], today: int) -> Iterator[Standing]:
    """Every article that an address has carried, in order."""
    for key in dict.fromkeys(each.address.story.key for each in changes):
        yield Standing(key, tuple(changes), today)
