"""The outage guard: one page met everywhere, or errors everywhere, are the portal's fault and say nothing of its articles.

A visit that would speak against an article (gone, taken over, another text) is held back until an ordinary article page
shows that the portal is well. Meanwhile the frontier puts addresses first that were fine when they were last seen. If page
after page is bad instead, the run ends, and what was held is booked as blocked: due again, and nothing marked (DESIGN 4.6).
At most HELD visits are held, so that a kill loses no more than was in flight anyway.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from jimo_crawler.archive.outcomes import AGAIN, READ, Bearing
from jimo_crawler.errors import Outcome, Reason, Stage
from jimo_crawler.items import Failure, Visit

HELD = 3
"""Visits held back at most; with the one in flight no more than CONCURRENT_REQUESTS are asked again after a kill."""
REMEMBERED = 50
"""Pages before this one of which it can be told that they were the same: an outage comes in a row."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A visit in doubt."""

    visit: Visit
    article: int | None
    """The article that it speaks against."""

    @property
    def page(self) -> str:
        """What tells one page from another."""
        return self.visit.signature or f"{self.visit.outcome} {self.visit.message}"

    @property
    def is_explicit(self) -> bool:
        """Whether the answer says of this address that it is gone, or is an article as it should be; a maintenance page
        is neither."""
        return _says_gone(self.visit) or _is_of_the_portal(self.visit)


class Breaker:
    """Stands between the pipelines and the store.

    *bearing* tells what a visit says of what the archive has. *limit* is the number of bad visits in a row that makes an
    outage (``JIMO_OUTAGE_AFTER``), if half of them are bad in one manner. *trusting*: addresses that somebody has named may well be dead, one and all.
    """

    def __init__(self, limit: int, bearing: Callable[[Visit], Bearing], *, trusting: bool = False) -> None:
        self._limit = limit
        self._bearing = bearing
        self._trusting = trusting
        self._held: list[_Held] = []
        self._rows: dict[str, Counter[str]] = {}
        """By kind of page: the bad visits in a row, by their manner."""
        self._well = False
        self._recent: deque[str] = deque(maxlen=REMEMBERED)
        self.outage = ""
        """What was wrong, once the run has met an outage."""

    @property
    def doubts_all(self) -> bool:
        """Whether page after page was bad: the portal answers, and nothing can be read."""
        return max((row.total() for row in self._rows.values()), default=0) >= self._limit

    @property
    def doubt(self) -> int:
        """How many visits are held back; as many as may be, if so many were bad in a row that the portal may be."""
        row = self._rows.get("article", Counter())
        return HELD if row.total() >= max(self._limit // 2, 1) else len(self._held)

    def admit(self, visit: Visit) -> list[Visit]:
        """The visits that may be stored now, in order: *visit*, none while it is held, or more that were held before."""
        bearing = self._bearing(visit)
        doubtful = self._is_doubtful(visit, bearing)
        if visit.signature:
            self._recent.append(visit.signature)
        if self.outage:
            return [_blocked(visit)] if doubtful else [visit]
        good = visit.outcome in READ and not doubtful
        self._count(visit, bearing, good=good, bad=doubtful or bearing.against is not None)
        if doubtful:
            self._held.append(_Held(visit, bearing.against))
            return self._give_up() if self.outage else self._evict()
        if good and visit.kind == "article":
            self._well = True
            return [*self._release(), visit]
        return [*self._give_up(), visit] if self.outage else [visit]

    def settle(self) -> list[Visit]:
        """What is still held when nothing more is asked: believed if the portal was well, if pages differ or say so."""
        well = self._well
        return [
            each.visit
            if well or each.is_explicit or not self._is_repeated(each, held)
            else _blocked(each.visit)
            for held in [self._take()]
            for each in held
        ]

    def _is_doubtful(self, visit: Visit, bearing: Bearing) -> bool:
        """Whether the visit would say something that an outage would say as well."""
        if visit.kind != "article":
            return False
        if bearing.against is not None:
            return True
        repeated = bool(visit.signature) and visit.signature in self._recent
        unsure = visit.outcome is Outcome.NOT_ARTICLE or (
            visit.outcome is Outcome.ARTICLE and not _is_of_the_portal(visit)
        )
        return not bearing.known and repeated and unsure

    def _count(self, visit: Visit, bearing: Bearing, *, good: bool, bad: bool) -> None:
        if any(each.reason is Reason.ROBOTS_UNAVAILABLE for each in visit.failures):
            self.outage = visit.message
        nothing_yet = not (bearing.known or self._well or self._trusting)
        lost = visit.kind == "article" and visit.outcome in (Outcome.GONE, Outcome.HIJACKED)
        row = self._rows.setdefault(visit.kind, Counter())
        if bad or visit.outcome in AGAIN or (lost and nothing_yet):
            row[_manner(visit)] += 1
        elif good:
            row.clear()
        if _is_outage(row, self._limit):
            said = visit.message or "another text than before"
            self.outage = (
                f"{row.total()} pages in a row could not be read as what they were, the last one: {said}"
            )

    def _evict(self) -> list[Visit]:
        """No more than so many are held. What nothing else in this row was like is no outage, and believed; if there is no
        such, the oldest is asked again in another run."""
        if len(self._held) <= HELD:
            return []
        row = self._rows["article"]
        alone = next((each for each in self._held if row[_manner(each.visit)] == 1), None)
        if alone is None:
            return [_blocked(self._held.pop(0).visit)]
        self._held.remove(alone)
        return [alone.visit]

    def _release(self) -> list[Visit]:
        """The portal is well: what was held is believed, but for one page that stood at several articles' addresses."""
        held = self._take()
        return [
            each.visit if each.is_explicit or not self._is_repeated(each, held) else _blocked(each.visit)
            for each in held
        ]

    def _give_up(self) -> list[Visit]:
        return [_blocked(each.visit) for each in self._take()]

    def _take(self) -> list[_Held]:
        held, self._held = self._held, []
        return held

    @staticmethod
    def _is_repeated(one: _Held, held: list[_Held]) -> bool:
        """Whether the same page stood at the address of another article, too."""
        return any(other.page == one.page and other.article != one.article for other in held) or (
            one.article is None
            and one.visit.outcome is Outcome.NOT_ARTICLE
            and sum(other.page == one.page for other in held) > 1
        )


def _manner(visit: Visit) -> str:
    """What an outage would do everywhere: fail, say the same, or put strangers' pages, whatever these are, in place."""
    if visit.outcome in AGAIN:
        return "again"
    if visit.outcome is Outcome.GONE:
        return f"{visit.status if visit.status != 200 else visit.signature or visit.message}"
    return visit.outcome


def _is_outage(row: Counter[str], limit: int) -> bool:
    """Whether so many visits in a row were bad, and half of them in one manner; or twice as many in whatever manner."""
    return row.total() >= 2 * limit or (row.total() >= limit and 2 * max(row.values()) >= limit)


def _says_gone(visit: Visit) -> bool:
    """A status or a text that says that this address has nothing (any more)."""
    soft = any(each.reason is Reason.SOFT_404 for each in visit.failures)
    return visit.status in (404, 410) or soft


def _is_of_the_portal(visit: Visit) -> bool:
    """An article under the section's breadcrumb, or with a line that says when and whence: many notices differ from each
    other in nothing but numbers, and no maintenance page has these."""
    page = visit.page
    if visit.outcome is not Outcome.ARTICLE or page is None:
        return False
    return page.in_section is True or page.article.published_at is not None or page.article.source is not None


def _blocked(visit: Visit) -> Visit:
    failure = Failure(
        stage=Stage.PARSE,
        reason=Reason.BLOCK_PAGE,
        message="not believed: the portal was not well at the time",
    )
    return replace(
        visit, outcome=Outcome.BLOCKED, page=None, removed=(), failures=(failure,), message=failure.message
    )
