"""Listings of many makes: their articles, days, pagers, and nothing else."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from jimo_crawler.items import Page
from jimo_crawler.parsers.listing import parse_listing
from jimo_crawler.parsers.urls import canonical_url
from jimo_crawler.portal import load


def _pages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("listing_pages", Path(__file__).parent / "listing_pages.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["listing_pages"] = module
    spec.loader.exec_module(module)
    return module


CASES = _pages().CASES


@pytest.mark.parametrize(
    ("build", "url", "expected"), [each[1:] for each in CASES], ids=[case[0] for case in CASES]
)
def test_listing_is_read(build: object, url: str, expected: object) -> None:
    listing = parse_listing(Page(url=url, html=build()), load())  # type: ignore[operator]
    found = [(canonical_url(item.url), item.text, item.date) for item in listing.items]
    wanted = [
        (canonical_url(u), t, d)
        for u, t, d in zip(expected.urls, expected.titles, expected.dates, strict=True)
    ]  # type: ignore[attr-defined]
    assert found == wanted
    assert listing.section == expected.section  # type: ignore[attr-defined]
    assert (listing.number, listing.total) == (expected.number, expected.total)  # type: ignore[attr-defined]
    assert (listing.next.url if listing.next else None) == expected.next  # type: ignore[attr-defined]
