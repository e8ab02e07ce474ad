"""What time it is: the only place that asks the machine.

``JIMO_NOW`` (``2026-11-22T06:00:00Z``) sets where a run's clock starts; from there it ticks on, so that tests and demo
days see time pass. Elapsed time comes from the monotonic clock: a machine clock that jumps does not move ours within a run.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta, timezone

PORTAL_ZONE = timezone(timedelta(hours=8))
"""The portal prints China Standard Time, which has had no daylight saving since 1991."""


class Clock:
    """A clock that starts at a given instant and follows the monotonic clock from there.

    *start* is an aware datetime; None means the machine's present time.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._start = start or datetime.now(UTC)
        self._zero = time.monotonic()

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return self._start + timedelta(seconds=time.monotonic() - self._zero)

    def stamp(self) -> str:
        """The present instant as the archive writes it: ``2026-11-22T06:00:00.123456Z``."""
        return to_stamp(self.now())


def to_stamp(moment: datetime) -> str:
    """An aware datetime as UTC ISO 8601 with microseconds and ``Z`` (fixed width, so that text order is time order).

    >>> to_stamp(datetime(2026, 11, 22, 14, tzinfo=PORTAL_ZONE))
    '2026-11-22T06:00:00.000000Z'
    """
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def from_stamp(text: str) -> datetime:
    """The instant that an ISO 8601 text names; one without an offset is taken as UTC. Raises ValueError.

    >>> from_stamp("2026-11-22T06:00:00Z")
    datetime.datetime(2026, 11, 22, 6, 0, tzinfo=datetime.timezone.utc)
    """
    moment = datetime.fromisoformat(text)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def from_environment(value: str | None = None) -> Clock:
    """The run's clock: starts at *value* (or ``JIMO_NOW``) where one is set. Raises ValueError if it is no time."""
    text = value or os.environ.get("JIMO_NOW") or ""
    return Clock(from_stamp(text)) if text else Clock()
