"""Which addresses are the portal's (DESIGN 4.13)."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlsplit

from jimo_crawler.parsers.urls import host_of

_DEFAULT_PORTS = {"http": 80, "https": 443}


@lru_cache(maxsize=16)
def named_hosts(hosts: tuple[str, ...]) -> frozenset[str]:
    """What ``JIMO_PORTAL_HOSTS`` lists (``host[:port]`` or an address), as links are compared with it.

    >>> sorted(named_hosts(("www.Jinkou.example.cn", "https://a.cn:8443/")))
    ['a.cn:8443', 'jinkou.example.cn']
    """
    return frozenset(host_of(each if "://" in each else f"http://{each}") for each in hosts)


class Hosts:
    """The portal's hosts: that of its entry page with and without ``www.``, on its port, and those named beside it."""

    def __init__(self, portal_url: str, more: tuple[str, ...] = ()) -> None:
        self._places: set[tuple[str, int | None]] = set()
        self._add(portal_url)
        for each in more:
            self._add(each if "://" in each else f"//{each}")

    def _add(self, url: str) -> None:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
        usual = parts.port in (None, 80, 443)
        for name in (host, f"www.{host}"):
            self._places |= {(name, port) for port in ((80, 443) if usual else (parts.port,))}

    def allow(self, url: str) -> bool:
        """Whether *url* is http(s) and on a host and port of the portal, without credentials."""
        try:
            parts = urlsplit(url)
            port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
        except ValueError:
            return False
        return (
            parts.scheme in _DEFAULT_PORTS
            and (parts.hostname or "", port) in self._places
            and "@" not in parts.netloc
        )
