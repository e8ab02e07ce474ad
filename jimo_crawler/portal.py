"""The portal profile: names of the town section and of its towns, as data (``portals/*.toml``)."""

from __future__ import annotations

import difflib
import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from jimo_crawler.errors import BadArgument

PROFILES = Path(__file__).parent / "portals"
KINDS = ("街道", "镇", "乡", "开发区", "管委会", "办事处")
"""Endings that name an administrative unit of this level, longest first where one contains another."""


@dataclass(frozen=True, slots=True)
class Town:
    """A town that the profile knows."""

    name: str
    aliases: tuple[str, ...] = ()

    @property
    def kind(self) -> str | None:
        """镇, 街道, 乡 …"""
        return kind_of(self.name)


@dataclass(frozen=True)
class Profile:
    """One portal as its readers know it; every name Simplified."""

    name: str
    section: tuple[str, ...]
    """Names under which the portal's navigation lists its towns; the first is today's."""
    towns: tuple[Town, ...]

    def town(self, name: str) -> Town | None:
        """The town that *name* (Simplified; white space does not count) means, or None.

        >>> load().town("蓝村镇").name
        '蓝村街道'
        """
        return self._towns_by_name.get("".join(name.split()))

    @cached_property
    def _towns_by_name(self) -> dict[str, Town]:
        """Every name and alias; of two towns with one name the first counts."""
        named = [(name, town) for town in self.towns for name in (town.name, *town.aliases)]
        return dict(reversed(named))

    def nearest(self, name: str) -> list[str]:
        """Up to three names of towns that look like *name*, for an error message."""
        names = {alias: town.name for town in self.towns for alias in (town.name, *town.aliases)}
        return list(
            dict.fromkeys(names[match] for match in difflib.get_close_matches(name, names, n=6, cutoff=0.3))
        )[:3]


def kind_of(name: str) -> str | None:
    """镇, 街道, 乡 … read off a section's name; None if it says nothing.

    >>> kind_of("金口镇"), kind_of("即墨古城")
    ('镇', None)
    """
    return next((kind for kind in KINDS if name.endswith(kind)), None)


@cache
def load(profile: str = "jimo") -> Profile:
    """The profile of that name from ``portals/``, or from a path to a TOML file. Raises BadArgument if there is none."""
    path = Path(profile) if profile.endswith(".toml") else PROFILES / f"{profile}.toml"
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        towns = tuple(Town(each["name"], tuple(each.get("aliases", ()))) for each in data.get("towns", ()))
        return Profile(data["name"], tuple(data["section"]), towns)
    except FileNotFoundError:
        known = ", ".join(sorted(each.stem for each in PROFILES.glob("*.toml")))
        raise BadArgument(f"JIMO_PORTAL: no profile {profile!r}; there is: {known}") from None
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise BadArgument(f"JIMO_PORTAL: {path.name} is not a portal profile: {error}") from None
