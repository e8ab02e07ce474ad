"""When an address is asked again (DESIGN 4.4): young and changing pages often, old and quiet ones rarely, never "never".

The rule, in full; ``benchmarks/requests.py`` computes from it, and from the demo portal's truth alone, what a run may ask:

- What every run asks (entry page, index, first page of a listing), and what failed or was blocked: at once. So is an
  article that the listings name no more, or again, or with a later day beside it.
- An article that was missed once (404, taken off its page, another text in its place): when a second observation would
  confirm it (``JIMO_CONFIRM_AFTER``).
- An address that carries an article: a fifth of the time for which it has been quiet from now; at least a day, at most
  half a year. It has been quiet since it was published, or since its last event (it changed, came back, was taken down …)
  if that is later.
- A further page of a body: with its first page, by the same rule.
- A further page of a listing: the same, since the latest day on it, or since it last named anything unheard of; at least
  a week.
- An address that carries none (gone, hijacked): the same, since that became known; at least a week.

All but the first two are due four hours (EARLY) before that time: a daily run comes to a page now sooner and now later, and what
it missed by minutes would wait for another day.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from jimo_crawler.clock import from_stamp, to_stamp

DAY, WEEK, HALF_YEAR = 24.0, 168.0, 4320.0
"""Hours."""
EARLY = 4.0
"""Hours."""
ASK_NOW = "due_at = min(due_at, :at, coalesce(last_visit_at, :at))"
"""SQL: asked in this run, or in the next if this one is cut off and the next one's clock stands a little behind."""


def next_due(
    now: datetime, quiet_since: Iterable[str | None], *, least_hours: float, most_hours: float = HALF_YEAR
) -> str:
    """When to ask again: after a fifth of the time for which nothing is known to have happened.

    *quiet_since* are stamps or ISO times of events (published, last changed, last seen to change); the latest counts. A
    page three days old is asked daily, one a year old every ten weeks, none never.

    >>> next_due(from_stamp("2026-01-05T06:00:00Z"), ["2025-12-06"], least_hours=DAY)
    '2026-01-11T04:48:00.000000Z'
    """
    moments = [from_stamp(each if "T" in each else f"{each}T00:00:00+08:00") for each in quiet_since if each]
    quiet = (now - max(moments)).total_seconds() / 3600 if moments else 0.0
    hours = min(max(quiet / 5, least_hours), most_hours)
    return to_stamp(now + timedelta(hours=hours - EARLY))
