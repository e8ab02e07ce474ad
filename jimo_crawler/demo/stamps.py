"""How pages print a time of publication, and what a reader can know from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

WIDE_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")


def _seconds(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M:%S}+08:00"


def _minutes(when: datetime) -> str:
    return f"{when:%Y-%m-%dT%H:%M}:00+08:00"


def _day(when: datetime) -> str:
    return f"{when:%Y-%m-%d}"


def _bare(when: datetime, mark: str) -> str:
    return f"{when.year}{mark}{when.month}{mark}{when.day}"


def _clock(when: datetime) -> str:
    return f"{when.hour}:{when:%M:%S}"


Stamp = tuple[Callable[[datetime], str], Callable[[datetime], str | None]]
STAMPS: dict[str, Stamp] = {
    "slash": (lambda when: f"{_bare(when, '/')} {_clock(when)}", _seconds),
    "slash-day": (lambda when: _bare(when, "/"), _day),
    "bare": (lambda when: f"{_bare(when, '-')} {_clock(when)}", _seconds),
    "bare-day": (lambda when: _bare(when, "-"), _day),
    "dash": (lambda when: f"{when:%Y-%m-%d %H:%M}", _minutes),
    "dash-seconds": (lambda when: f"{when:%Y-%m-%d %H:%M:%S}", _seconds),
    "dash-day": (_day, _day),
    "dots": (lambda when: f"{when:%Y.%m.%d}", _day),
    "chinese": (lambda when: f"{when.year}年{when.month}月{when.day}日", _day),
    "chinese-padded": (lambda when: f"{when.year}年{when:%m}月{when:%d}日 {when:%H:%M}", _minutes),
    "chinese-seconds": (lambda when: f"{when.year}年{when.month}月{when.day}日 {when:%H:%M:%S}", _seconds),
    "wide": (lambda when: _bare(when, "-").translate(WIDE_DIGITS).replace("-", "－"), _day),
    "wide-chinese": (lambda when: f"{when.year}年{when.month}月{when.day}日".translate(WIDE_DIGITS), _day),
    "impossible": (lambda when: f"{when.year}-2-30 {_clock(when)}", lambda _: None),
}
"""By name: the text on the page, and the ISO 8601 form of what it says (None for a date that cannot be)."""


def printed(style: str, when: datetime) -> str:
    """The time as a page of that style shows it."""
    return STAMPS[style][0](when)


def understood(style: str, when: datetime) -> str | None:
    """The same as the archive should have it: no more than the page says."""
    return STAMPS[style][1](when)
