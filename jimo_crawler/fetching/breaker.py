"""The outage guard: one page met everywhere, or errors everywhere, are the portal's fault and say nothing of its articles.

A visit that would speak against an article (gone, taken over, another text) is held back until an ordinary article page
shows that the portal is well. If instead page after page comes out alike, the run ends, and what was held is booked as
blocked: due again, and nothing marked (DESIGN 4.6).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from jimo_crawler.archive.store import AGAIN
from jimo_crawler.errors import Outcome, Reason, Stage
from jimo_crawler.items import Failure, Visit

EXPLICIT = frozenset({404, 410})
"""Statuses that say of one address that it is gone; a page with status 200 may be an outage."""


class Breaker:
    """Stands between the pipelines and the store.

    *departs* tells whether an article visit brings a wholly different text than the archive has of that address.
    *limit* is the number of visits in a row, failed or alike, that makes an outage (``JIMO_OUTAGE_AFTER``).
    """

    def __init__(self, limit: int, departs: Callable[[Visit], bool]) -> None:
        self._limit = limit
        self._departs = departs
        self._held: list[Visit] = []
        self._failures = 0
        self._well = False
        self._alike: Counter[str] = Counter()
        """How often each page was met in this run, by its signature."""
        self.outage = ""
        """What was wrong, once the run has met an outage."""

    def admit(self, visit: Visit) -> list[Visit]:
        """The visits that may be stored now, in order: *visit*, none while it is held, or more that were held before."""
        if self.outage:
            return [_blocked(visit)] if self._is_doubtful(visit) else [visit]
        self._count(visit)
        if visit.signature:
            self._alike[visit.signature] += 1
        if self._is_doubtful(visit):
            self._held.append(visit)
            return self._give_up() if self._is_outage() else []
        if visit.kind == "article" and visit.outcome in (Outcome.ARTICLE, Outcome.UNCHANGED):
            self._well = True
            return [*self._release(), visit]
        return [*self._give_up(), visit] if self.outage else [visit]

    def _count(self, visit: Visit) -> None:
        if visit.outcome in AGAIN:
            self._failures += 1
        elif visit.outcome is not Outcome.SKIPPED:
            self._failures = 0
        if self._failures >= self._limit:
            self.outage = f"outage: {self._failures} visits in a row failed, the last one: {visit.message}"

    def _is_doubtful(self, visit: Visit) -> bool:
        """Whether the visit would say something about its address that an outage would say as well."""
        if visit.kind != "article" or visit.status in EXPLICIT or visit.outcome in AGAIN:
            return False
        if visit.outcome is Outcome.ARTICLE:
            return self._alike[visit.signature] > 1 or self._departs(visit)
        return (
            visit.outcome in (Outcome.GONE, Outcome.NOT_ARTICLE, Outcome.HIJACKED)
            and visit.status is not None
        )

    def _is_outage(self) -> bool:
        """The last so many held visits met one page. Pages that say themselves that a text was deleted are believed
        where they come mixed with others, not when nothing else comes."""
        recent = [each.signature for each in self._held[-self._limit :]]
        if len(recent) < self._limit or len(set(recent)) > 1:
            return False
        self.outage = f"outage: {self._limit} addresses in a row gave the same page: {self._held[-1].message or 'one text'}"
        return True

    def _release(self) -> list[Visit]:
        held, self._held = self._held, []
        return held

    def _give_up(self) -> list[Visit]:
        return [_blocked(each) for each in self._release()]

    def settle(self) -> list[Visit]:
        """What is still held when nothing more is asked: believed if the portal was well, or if pages differ or say so."""
        held = self._release()
        alike = Counter(each.signature for each in held)
        return [
            each
            if self._well or alike[each.signature] == 1 or each.outcome is Outcome.GONE
            else _blocked(each)
            for each in held
        ]


def _blocked(visit: Visit) -> Visit:
    failure = Failure(
        stage=Stage.PARSE, reason=Reason.BLOCK_PAGE, message="the same page as at other addresses"
    )
    return replace(
        visit, outcome=Outcome.BLOCKED, page=None, removed=(), failures=(failure,), message=failure.message
    )
