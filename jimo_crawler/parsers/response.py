"""From an HTTP answer to what it was: the one reading that live crawl and replay share.

Pure: status, media type and body in, outcome and items out. Spiders and replay only put the result into a Visit.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from http import HTTPStatus

from jimo_crawler.errors import NotAnArticle, Outcome, Reason, Stage, Truncated
from jimo_crawler.items import ArticlePage, Failure, Link, ListingPage, Page, Section
from jimo_crawler.parsers.article import parse_article
from jimo_crawler.parsers.decode import decode
from jimo_crawler.parsers.listing import parse_listing
from jimo_crawler.parsers.odd_markup import mend, write_out
from jimo_crawler.parsers.section import find_index, find_next_index, parse_index
from jimo_crawler.parsers.takeover import is_takeover
from jimo_crawler.parsers.urls import canonical_url
from jimo_crawler.parsers.ways import find_door, find_frames, find_parts, find_ways
from jimo_crawler.portal import Profile

REFUSALS = frozenset({401, 402, 403, 405, 407, 412, 418, 429, 451})
"""Statuses by which a server or the firewall before it turns a crawler away; 202 with a script is another."""
_NOT_HAN = re.compile("[^\u3400-\u9fff]+")
DAMAGED_SHARE = 0.001
"""Share of U+FFFD from which a page counts as damaged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One HTTP answer, its body without content encoding."""

    url: str
    status: int
    content_type: str | None
    body: bytes
    hosts: frozenset[str] = frozenset()
    """Further hosts of the portal (see :class:`Page`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the answer was: the fields of a Visit that come from the page."""

    outcome: Outcome
    charset: str | None = None
    sections: tuple[Section, ...] = ()
    listing: ListingPage | None = None
    index_url: Link | None = None
    frames: tuple[Link, ...] = ()
    page: ArticlePage | None = None
    failures: tuple[Failure, ...] = ()
    signature: str = ""
    message: str = ""


def read(kind: str, answer: Answer, profile: Profile) -> Reading:
    """Read *answer* as the *kind* of page that was asked for (entry, index, listing, article)."""
    if refused := _read_status(answer):
        return refused
    page = replace(decode(answer.url, answer.body, answer.content_type), hosts=answer.hosts)
    readers = {"entry": _read_entry, "index": _read_index, "listing": _read_listing, "article": _read_article}
    return replace(readers[kind](page, profile), signature=signature(page.html))


def signature(html: str) -> str:
    """Digest of a page's Han characters: a block page that prints the time or the address asked for is still one page."""
    return hashlib.blake2b(_NOT_HAN.sub("", html).encode("utf-8", "replace"), digest_size=8).hexdigest()


def _read_status(answer: Answer) -> Reading | None:
    """What status and media type alone say; None if the body is to be read."""
    status = answer.status
    if status == 304:
        return Reading(outcome=Outcome.UNCHANGED)
    if status in (404, 410):
        return _failed(Outcome.GONE, Stage.FETCH, Reason.HTTP_STATUS, _phrase(status))
    if status in REFUSALS or (status == 202 and b"<script" in answer.body.lower()):
        return _failed(Outcome.BLOCKED, Stage.FETCH, Reason.BLOCK_PAGE, f"turned away: {_phrase(status)}")
    if status != 200:
        return _failed(Outcome.FAILED, Stage.FETCH, Reason.HTTP_STATUS, _phrase(status))
    media_type = (answer.content_type or "").split(";")[0].strip().lower()
    if media_type and not _may_be_html(media_type, answer.body):
        return _failed(Outcome.NOT_ARTICLE, Stage.DECODE, Reason.NOT_HTML, f"not a page but {media_type}")
    return None


def _may_be_html(media_type: str, body: bytes) -> bool:
    if media_type in ("text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain"):
        return True
    return b"<html" in body[:2000].lower() or b"<body" in body[:5000].lower()


def _phrase(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _read_entry(page: Page, profile: Profile) -> Reading:
    for each in _readable(page):
        link = find_index(each, profile)
        if link is not None and canonical_url(link.url) != canonical_url(page.url):
            return Reading(outcome=Outcome.INDEX, charset=page.charset, index_url=link)
        if sections := parse_index(each, profile):
            return Reading(outcome=Outcome.INDEX, charset=page.charset, sections=sections)
    frames = find_frames(page) or find_door(page)
    if not frames and (blocked := _read_block_page(page, profile)):
        return blocked
    if leads := (*frames, *find_ways(page)):
        return Reading(outcome=Outcome.INDEX, charset=page.charset, frames=leads)
    message = "no link to the town section on the entry page"
    return _failed(Outcome.FAILED, Stage.SECTION, Reason.NO_INDEX, message, page)


def _read_index(page: Page, profile: Profile) -> Reading:
    for each in _readable(page):
        if sections := parse_index(each, profile):
            frames = find_next_index(each, sections)
            return Reading(outcome=Outcome.INDEX, charset=page.charset, sections=sections, frames=frames)
    return (
        _read_frames(page)
        or _read_block_page(page, profile)
        or _failed(Outcome.FAILED, Stage.SECTION, Reason.NO_SECTIONS, "the index names no town section", page)
    )


def _read_frames(page: Page) -> Reading | None:
    """An index that only holds, or leads to, the pages that say something; None if it is none."""
    frames = find_frames(page)
    return Reading(outcome=Outcome.INDEX, charset=page.charset, frames=frames) if frames else None


def _read_listing(page: Page, profile: Profile) -> Reading:
    listings = (parse_listing(each, profile) for each in _readable(page))
    listing = next((each for each in listings if each.items), None)
    if listing is None:
        if blocked := _read_block_page(page, profile):
            return blocked
        listing = replace(parse_listing(page, profile), parts=find_parts(page))
    return Reading(outcome=Outcome.LISTING, charset=page.charset, listing=listing)


def _readable(page: Page) -> Iterator[Page]:
    """The page, and, where nothing was found on it, the page with what its scripts write, or with its markup mended."""
    yield page
    if "document.write" in page.html:
        yield write_out(page)
    if "<a" in page.html or "<A" in page.html:
        yield mend(page)


def _read_block_page(page: Page, profile: Profile) -> Reading | None:
    """A login, maintenance or block page in the place of another: the article parser knows them. None if it is none."""
    reading = _read_article(page, profile)
    return reading if reading.outcome is Outcome.BLOCKED else None


def _read_article(page: Page, profile: Profile) -> Reading:
    try:
        read_page = parse_article(page, profile)
    except NotAnArticle as reason:
        unsaid = reason.outcome is Outcome.NOT_ARTICLE or reason.reason is Reason.EMPTY
        if unsaid and is_takeover(page):
            message = "the page has been taken over by spam"
            return _failed(Outcome.HIJACKED, Stage.PARSE, Reason.HIJACKED, message, page)
        failed = _failed(reason.outcome, Stage.PARSE, reason.reason, str(reason), page)
        return replace(failed, page=reason.page)
    except Truncated as reason:
        return _failed(Outcome.FAILED, Stage.PARSE, Reason.DATA_LOSS, str(reason), page)
    failures: tuple[Failure, ...] = ()
    if page.damaged > DAMAGED_SHARE * len(page.html):
        message = f"{page.damaged} characters could not be decoded ({page.declared_charset or 'no charset'} declared)"
        failures = (Failure(stage=Stage.DECODE, reason=Reason.DAMAGED_TEXT, message=message),)
    return Reading(outcome=Outcome.ARTICLE, charset=page.charset, page=read_page, failures=failures)


def _failed(
    outcome: Outcome, stage: Stage, reason: Reason, message: str, page: Page | None = None
) -> Reading:
    return Reading(
        outcome=outcome,
        charset=page.charset if page else None,
        failures=(Failure(stage=stage, reason=reason, message=message),),
        message=message,
    )
