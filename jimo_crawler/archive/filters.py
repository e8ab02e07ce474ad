"""What a search, an export or a count is limited to: read from what a person typed, written as SQL."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from datetime import date

from jimo_crawler.errors import BadArgument
from jimo_crawler.portal import Profile
from jimo_crawler.text.script import to_simplified

STATUSES = ("live", "gone", "hijacked")
SCRIPTS = ("Hans", "Hant", "mixed")
_day = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?|年)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which articles count; an empty one lets all of them through."""

    towns: tuple[int, ...] = ()
    """Ids of ``towns``."""
    since: str | None = None
    """ISO: published at that day or later. An article whose page prints no time is in no range."""
    until: str | None = None
    """ISO: published before that day, month or year."""
    source: str | None = None
    """The source contains this."""
    statuses: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    """As served."""
    duplicates: bool = True
    """Reprints of another article, too."""

    @property
    def sql(self) -> str:
        """Conditions on the table alias ``a``, joined by AND; ``1`` if there are none."""
        marks = {
            "a.town_id IN ({})": self.towns,
            "a.published_at >= {}": self.since,
            "a.published_at < {}": self.until,
            "instr(a.source, {}) > 0": self.source,
            "a.status IN ({})": self.statuses,
            "a.script IN ({})": self.scripts,
        }
        conditions = [form.format(_places(value)) for form, value in marks.items() if value]
        if not self.duplicates:
            conditions.append("a.duplicate_of IS NULL")
        return " AND ".join(conditions) or "1"

    @property
    def values(self) -> tuple[object, ...]:
        """The values for the places in ``sql``."""
        single = (each for each in (self.since, self.until, self.source) if each)
        return (*self.towns, *single, *self.statuses, *self.scripts)


def read_filters(
    conn: sqlite3.Connection,
    profile: Profile,
    *,
    town: str = "",
    since: str = "",
    until: str = "",
    source: str = "",
    status: str = "",
    script: str = "",
    duplicates: bool = True,
) -> Filters:
    """The filters that a person means; lists are divided by commas. Raises BadArgument, which says what there is.

    *since* and *until* are a year, a month or a day, both included: ``2019``, ``2019-03``, ``2019年3月5日``.
    """
    return Filters(
        towns=tuple(_town_id(conn, profile, name) for name in _listed(town)),
        since=_first_day(since) if since else None,
        until=_day_after(until) if until else None,
        source=to_simplified(source.strip()) or None,
        statuses=tuple(_one_of(each, STATUSES, "--status") for each in _listed(status)),
        scripts=tuple(_one_of(each, SCRIPTS, "--script") for each in _listed(script)),
        duplicates=duplicates,
    )


def _places(value: tuple[object, ...] | str) -> str:
    return "?" if isinstance(value, str) else ", ".join("?" * len(value))


def _listed(text: str) -> list[str]:
    return [name.strip() for name in re.split("[,，、;；]", text) if name.strip()]


def _town_id(conn: sqlite3.Connection, profile: Profile, name: str) -> int:
    plain = to_simplified("".join(name.split()), page="Hant")
    town = profile.town(plain)
    known = {row[0]: row[1] for row in conn.execute("SELECT name, id FROM towns ORDER BY id")}
    for wanted in (plain, town.name if town else plain):
        if wanted in known:
            return int(known[wanted])
    if town:
        raise BadArgument(f"the archive has nothing of {town.name} yet")
    near = [each for each in profile.nearest(plain) if each in known] or sorted(known)[:15]
    raise BadArgument(f"--town {name}: no such town; there is: {', '.join(near) or 'none yet'}")


def _one_of(text: str, words: tuple[str, ...], option: str) -> str:
    found = next((word for word in words if word.casefold() == text.casefold()), None)
    if found is None:
        raise BadArgument(f"{option} {text}: must be one of {', '.join(words)}")
    return found


def _first_day(text: str) -> str:
    """The start of the year, month or day, as far as it is given.

    >>> _first_day("2019"), _first_day("2019年3月"), _first_day("2019/3/5")
    ('2019', '2019-03', '2019-03-05')
    """
    return "-".join(_parts(text))


def _day_after(text: str) -> str:
    """What follows the year, month or day.

    >>> _day_after("2019"), _day_after("2019-12"), _day_after("2020-02-29")
    ('2020', '2020-01', '2020-03-01')
    """
    parts = [int(part) for part in _parts(text)]
    if len(parts) == 1:
        return f"{parts[0] + 1:04}"
    if len(parts) == 2:
        return f"{parts[0] + parts[1] // 12:04}-{parts[1] % 12 + 1:02}"
    return date.fromordinal(date(*parts).toordinal() + 1).isoformat()


def _parts(text: str) -> list[str]:
    found = _day.match(text.strip())
    parts = [part.zfill(2) for part in found.groups() if part] if found else []
    try:
        date.fromisoformat("-".join([*parts, "01", "01"][:3]))
    except ValueError:
        raise BadArgument(f"{text}: not a date; write 2019, 2019-03 or 2019-03-05") from None
    return parts
