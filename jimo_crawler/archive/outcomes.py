"""What a Visit can come to, and what follows from each outcome."""

from __future__ import annotations

from dataclasses import dataclass, replace

from jimo_crawler.archive.addresses import Observed
from jimo_crawler.errors import Outcome, Reason
from jimo_crawler.items import Visit

ARTICLES = frozenset({Outcome.ARTICLE, Outcome.UNCHANGED, Outcome.DUPLICATE})
AGAIN = frozenset({Outcome.FAILED, Outcome.BLOCKED})
"""Outcomes whose URL is due again at the next run."""
ONCE = frozenset({Outcome.NOT_ARTICLE, Outcome.OUT_OF_SCOPE})
"""Outcomes of pages that are fetched at most once."""
READ = frozenset({Outcome.ARTICLE, Outcome.DUPLICATE, Outcome.INDEX, Outcome.LISTING, Outcome.UNCHANGED})
"""Outcomes of pages that were what they were asked for."""
EVENTFUL = frozenset({"changed", "departed", "replaced", "restored", "gone", "hijacked", "moved"})
"""Events after which an address counts as lively again; that the archive has only now come to know it is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Settings that decide what a Visit comes to."""

    confirm_hours: float = 6.0
    """``JIMO_CONFIRM_AFTER``."""
    any_section: bool = False
    """Take articles of whatever section: what ``scrapy crawl article`` is told to."""


@dataclass(frozen=True, slots=True)
class Bearing:
    """What a Visit says of what the archive has."""

    known: bool
    """Whether an article was ever at the address."""
    against: int | None = None
    """The article that is no longer found there. What an address has shown before is no news."""


@dataclass(frozen=True, slots=True)
class Booked:
    """What a Visit came to, at the address that was asked and at the one that answered."""

    asked: Observed
    answered: Observed
    news: bool = False
    """A page of a listing that had been read before named something unheard of."""

    @property
    def outcome(self) -> Outcome:
        """Of the Visit as a whole."""
        return self.answered.outcome if self.answered.outcome in READ else self.asked.outcome


def both(observed: Observed) -> Booked:
    """One address that answered itself."""
    return Booked(observed, observed)


def is_again(visit: Visit, outcome: Outcome) -> bool:
    """Whether the URL is due at the next run: it failed, was blocked, or could not be asked without robots.txt."""
    unasked = any(each.reason is Reason.ROBOTS_UNAVAILABLE for each in visit.failures)
    return outcome in AGAIN or (outcome is Outcome.SKIPPED and unasked)


def of_a_hop(observed: Observed) -> Observed:
    """What the address that was asked came to, when another one answered: it redirected, if nothing is wrong with it."""
    lost = observed.outcome in (*AGAIN, Outcome.GONE, Outcome.HIJACKED)
    return observed if lost else replace(observed, outcome=Outcome.REDIRECTED)
