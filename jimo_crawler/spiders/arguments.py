"""Spider arguments: read and refused in one place, each refusal one clear line."""

from __future__ import annotations

import re
from datetime import date, timedelta

from jimo_crawler.archive.schema import open_reader
from jimo_crawler.errors import BadArgument, JimoError
from jimo_crawler.fetching.run import Config
from jimo_crawler.parsers.urls import host_of
from jimo_crawler.text.script import to_simplified


def check_names(arguments: dict[str, str], allowed: tuple[str, ...], spider: str) -> None:
    """Refuse an argument that the spider does not know."""
    for name in arguments:
        if name not in allowed:
            raise BadArgument(
                f"-a {name}=…: {spider} has no such argument; it takes {', '.join(allowed) or 'none'}"
            )


def read_towns(text: str, config: Config) -> tuple[str, ...]:
    """Names of sections, in either script, separated by commas; those of the profile and those that the archive knows."""
    known = _names_in_archive(config)
    return tuple(
        dict.fromkeys(
            _read_town(name.strip(), known, config) for name in re.split("[,，、]", text) if name.strip()
        )
    )


def _read_town(name: str, known: set[str], config: Config) -> str:
    plain = to_simplified(name)
    town = config.profile.town(plain)
    if town is not None:
        return town.name
    if plain in known:
        return plain
    near = config.profile.nearest(plain)
    hint = f"; nearest: {', '.join(near)}" if near else ""
    raise BadArgument(f"-a town={name}: no such town{hint}")


def _names_in_archive(config: Config) -> set[str]:
    try:
        conn = open_reader(config.archive)
    except JimoError:
        return set()
    try:
        return {row["name"] for row in conn.execute("SELECT name FROM towns")}
    finally:
        conn.close()


def read_day(text: str, name: str) -> str:
    """A day such as ``2022-01-01``."""
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise BadArgument(f"-a {name}={text}: not a date; write it as 2022-01-31") from None


def read_number(text: str, name: str) -> int:
    """A whole number from 1."""
    if not text.strip().isascii() or not text.strip().isdigit() or int(text) < 1:
        raise BadArgument(f"-a {name}={text}: not a whole number from 1")
    return int(text)


def read_age(text: str, name: str) -> timedelta:
    """An age such as ``7d`` or ``12h``."""
    match = re.fullmatch(r"(\d{1,5})([dh])", text.strip())
    if not match:
        raise BadArgument(f"-a {name}={text}: not an age; write it as 7d (days) or 12h (hours)")
    amount = int(match[1])
    return timedelta(days=amount) if match[2] == "d" else timedelta(hours=amount)


def read_flag(text: str, name: str) -> bool:
    """1 or 0."""
    if text.strip().lower() not in ("0", "1", "true", "false", "yes", "no"):
        raise BadArgument(f"-a {name}={text}: write 1 or 0")
    return text.strip().lower() in ("1", "true", "yes")


def read_url(text: str) -> str:
    """An absolute http(s) address."""
    url = text.strip()
    schemed = url.lower().startswith(("http://", "https://"))
    sound = schemed and bool(host_of(url)) and not any(char.isspace() for char in url)
    if not sound:
        raise BadArgument(f"{text.strip()!r} is not an http(s) address")
    return url
