"""The runs that WARC files tell of, and the settings by which each of them booked its pages."""

from __future__ import annotations

import json
import sqlite3
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from typing import Any

from jimo_crawler.archive.discovery import Discovery
from jimo_crawler.archive.frontier import Plan
from jimo_crawler.archive.store import Rules, Store
from jimo_crawler.archive.warc_read import Record
from jimo_crawler.clock import Clock
from jimo_crawler.fetching.breaker import Breaker
from jimo_crawler.fetching.chains import Chains
from jimo_crawler.parsers.hosts import Hosts, named_hosts
from jimo_crawler.parsers.urls import canonical_url
from jimo_crawler.portal import load


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides how pages are read and booked; a file of ours brings those of the run that wrote it."""

    profile: str = "jimo"
    portal_url: str = ""
    hosts: tuple[str, ...] = ()
    related: str = "towns"
    confirm_hours: float = 6.0
    max_listing_pages: int = 3000
    max_depth: int = 4
    outage_after: int = 8
    any_section: bool = False

    @property
    def all_hosts(self) -> frozenset[str]:
        """The portal's hosts, if any are known."""
        return named_hosts((self.portal_url, *self.hosts) if self.portal_url else self.hosts)


@dataclass(slots=True)
class ReplayedRun:
    """A run that a file tells of, repeated."""

    crawl_id: int
    number: int
    """What the file calls it; 0 for files of other tools."""
    spider: str
    settings: Settings
    portal: str
    """Canonical URL of the entry page; empty if none is known."""
    store: Store
    breaker: Breaker
    chains: Chains

    @classmethod
    def begin(
        cls,
        conn: sqlite3.Connection,
        crawl_id: int,
        number: int,
        spider: str,
        settings: Settings,
        clock: Clock,
    ) -> ReplayedRun:
        """All that books the pages of a run, as the run itself had it."""
        plan = Plan()
        discovery = Discovery(
            conn, plan, load(settings.profile),
            related=settings.related, max_pages=settings.max_listing_pages, max_depth=settings.max_depth,
        )  # fmt: skip
        any_section = settings.any_section or not settings.portal_url
        rules = Rules(confirm_hours=settings.confirm_hours, any_section=any_section)
        store = Store(conn, crawl_id, clock, plan, discovery, rules)
        return cls(
            crawl_id=crawl_id,
            number=number,
            spider=spider,
            settings=settings,
            portal=canonical_url(settings.portal_url) if settings.portal_url else "",
            store=store,
            breaker=Breaker(settings.outage_after, store.bearing),
            chains=Chains(Hosts(settings.portal_url, settings.hosts) if settings.portal_url else None),
        )

    @property
    def is_ours(self) -> bool:
        """Its records stand in the order in which a crawl of this project made them."""
        return self.number > 0


def read_info(record: Record) -> dict[str, str]:
    """The fields of a warcinfo record."""
    lines = record.block.decode("utf-8", "replace").splitlines()
    pairs = (line.partition(":") for line in lines)
    return {name.strip(): value.strip() for name, _, value in pairs if value}


def settings_of(info: dict[str, str], default: Settings) -> Settings:
    """The settings of the run that wrote a file, as far as its warcinfo has them."""
    if "jimo-spider" not in info:
        return default
    found: dict[str, Any] = {}
    with suppress(ValueError):
        rules = json.loads(info.get("jimo-rules", "{}"))
        found = {each.name: rules[each.name] for each in fields(Settings) if each.name in rules}
    hosts = tuple(filter(None, info.get("jimo-hosts", "").split(",")))
    found |= {"portal_url": info.get("jimo-portal-url") or default.portal_url, "hosts": hosts}
    found |= {"any_section": info["jimo-spider"] == "article"}
    return replace(default, **found)
