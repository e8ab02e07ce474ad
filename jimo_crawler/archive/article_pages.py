"""What a page that was asked as an article comes to: an article, a part of one, another one, none any more."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace

from jimo_crawler.archive.addresses import Addresses, Observed
from jimo_crawler.archive.articles import Articles
from jimo_crawler.archive.discovery import Discovery
from jimo_crawler.archive.outcomes import AGAIN, Bearing, Booked, Rules, both
from jimo_crawler.archive.parts import Parts
from jimo_crawler.archive.sections import Sections
from jimo_crawler.archive.versions import Version, has_other_body, is_another, version_of
from jimo_crawler.errors import Outcome
from jimo_crawler.items import ArticlePage, Visit
from jimo_crawler.parsers.urls import canonical_url
from jimo_crawler.text import fingerprint
from jimo_crawler.text.fold import fold

_NO_LETTER = re.compile(r"[\W_]+")
_CUT = re.compile(r"(?:\.{2,}|…+|。{2,}|·{3,})\s*$")
LEAST_OF_A_TITLE = 6
"""Characters of a headline by which a link still names it, if dots stand for the rest."""


def names(anchor: str | None, title: str) -> bool:
    """Whether a link's text is the headline *title*, or its beginning with dots behind it.

    >>> names("· 停水通知", "停水 通知"), names("关于金口镇停…", "關於金口鎮停水的通知"), names("[更多]", "停水通知")
    (True, True, False)
    """
    link, headline = (_NO_LETTER.sub("", fold(each)) for each in (anchor or "", title))
    if anchor and _CUT.search(anchor):
        return len(link) >= LEAST_OF_A_TITLE and headline.startswith(link)
    return bool(link) and link == headline


class ArticlePages:
    """Books visits of articles; each call happens inside the caller's transaction."""

    def __init__(
        self,
        conn: sqlite3.Connection,
        crawl_id: int,
        rules: Rules,
        discovery: Discovery,
        sections: Sections,
        addresses: Addresses,
    ) -> None:
        self._conn = conn
        self._crawl_id = crawl_id
        self._rules = rules
        self._discovery = discovery
        self._sections = sections
        self._addresses = addresses
        self._articles = Articles(conn, addresses)
        self._parts = Parts(conn, addresses)

    def as_named(self, visit: Visit) -> Visit:
        """*visit* as an article, if the page looked like none but a link of the portal names it by its headline; the others
        without what was read."""
        if visit.outcome is not Outcome.NOT_ARTICLE or visit.page is None:
            return visit
        article, last = visit.page.article, self._addresses.latest(canonical_url(visit.final_url))
        row = self._conn.execute("SELECT anchor FROM urls WHERE url = ?", (visit.url,)).fetchone()
        named = row is not None and names(row["anchor"], article.title)
        if named and (last is None or not has_other_body(last, article)):
            return replace(visit, outcome=Outcome.ARTICLE, failures=(), message="")
        return replace(visit, page=None, fingerprint=None, removed=())

    def bearing(self, visit: Visit) -> Bearing:
        """What the visit says of what the archive has, if it is believed."""
        final = canonical_url(visit.final_url)
        address = self._addresses.get(visit.url)
        if address is None and final != visit.url:
            address = self._addresses.get(final)
        if address is None:
            return Bearing(known=False)
        fine = visit.outcome in AGAIN or visit.outcome in (Outcome.UNCHANGED, Outcome.SKIPPED)
        if visit.outcome is Outcome.ARTICLE and visit.page is not None:
            last = self._addresses.latest(address["url"])
            fine = last is None or not is_another(last, visit.page.article)
        known_lost = address["status"] == "gone" or address["status"] == visit.outcome
        return Bearing(known=True, against=None if fine or known_lost else address["article_id"])

    def book(self, visit: Visit, row: sqlite3.Row, capture_id: int | None) -> Booked:
        """What the Visit came to. *row* of ``urls`` was asked, *capture_id* is the evidence of its last answer."""
        if visit.outcome is Outcome.UNCHANGED:
            return self._book_unchanged(visit, row)
        if visit.outcome is not Outcome.ARTICLE or visit.page is None or capture_id is None:
            return self._book_loss(visit, row)
        page, final = visit.page, canonical_url(visit.final_url)
        if not self._in_scope(page, row):
            if not self._is_known(row["url"], final):
                return both(Observed(None, Outcome.OUT_OF_SCOPE))
            if self._departs(row["url"], page) and self._departs(final, page):
                return self._book_loss(replace(visit, outcome=Outcome.OUT_OF_SCOPE), row)
        if self._is_takeover(page, row["url"], final):
            return self._book_loss(replace(visit, outcome=Outcome.HIJACKED), row)
        town_id = self._town_of(page, row, visit.fetched_at)
        self._discovery.add_related(page.related, row["url"], row["depth"], visit.fetched_at)
        if page.part > 1 or page.parts_total > 1 or row["first_url"]:  # the last page may link to no other
            booked = both(self._book_part(visit, page, row, town_id, capture_id))
        else:
            booked = self._book_whole(visit, page, row, town_id, capture_id)
        self._sections.add_change(town_id, booked.answered)
        return booked

    def _book_unchanged(self, visit: Visit, row: sqlite3.Row) -> Booked:
        """A 304."""
        observed = self._addresses.still_there(row["url"], visit.fetched_at)
        observed = observed or Observed(None, Outcome.UNCHANGED)
        return both(observed)

    def _book_whole(
        self, visit: Visit, page: ArticlePage, row: sqlite3.Row, town_id: int | None, capture_id: int
    ) -> Booked:
        """An article on one page."""
        final = canonical_url(visit.final_url)
        self._parts.shorten(final, 1, visit.fetched_at)
        version, bands = self._version(visit, page, town_id, capture_id)
        if row["url"] == final:
            observed = self._articles.observe(final, self._with_title(version, final, visit), bands)
            return both(observed)
        asked = self._follow_redirect(visit, row["url"], version, bands)
        answered = self._articles.observe(final, self._with_title(version, final, visit), bands)
        if asked.event is None and answered.event == "new address":
            asked = replace(asked, event="moved")
        return Booked(asked, answered)

    def _follow_redirect(self, visit: Visit, url: str, version: Version, bands: tuple[int, ...]) -> Observed:
        """An address that leads to its article elsewhere is alive, and follows its edits; one that leads to another
        article has lost its own."""
        last = self._addresses.latest(url)
        if self._addresses.get(url) is None or last is None:
            return Observed(None, Outcome.REDIRECTED)
        if is_another(last, version):
            return self._addresses.missing(url, visit.fetched_at)
        observed = self._articles.observe(url, self._with_title(version, url, visit), bands)
        return replace(observed, outcome=Outcome.REDIRECTED)

    def _version(
        self, visit: Visit, page: ArticlePage, town_id: int | None, capture_id: int
    ) -> tuple[Version, tuple[int, ...]]:
        marks = visit.fingerprint or fingerprint.fingerprint(page.article.title, page.article.body)
        version = version_of(
            page.article, marks, town_id=town_id, captured_at=visit.fetched_at, capture_id=capture_id
        )
        return version, marks.bands

    def _with_title(self, version: Version, url: str, visit: Visit) -> Version:
        """A headline that is all spam, over the text that is known: the headline that the address had stands."""
        if version.title or not any(each.place == "title" for each in visit.removed):
            return version
        last = self._addresses.latest(url)
        if last is None:
            return version
        return version.with_texts(title=last["title"], title_as_published=last["title_as_published"])

    def _book_part(
        self, visit: Visit, page: ArticlePage, row: sqlite3.Row, town_id: int | None, capture_id: int
    ) -> Observed:
        """One page of a paged body: the article is what all of them say, in order."""
        url = canonical_url(visit.final_url)
        first = next((canonical_url(link.url) for link in page.parts if link.number == 1), None)
        first_url = row["first_url"] or (first if page.part > 1 and first else url)
        part = row["part"] or page.part
        total = max(page.parts_total, part, *(link.number or 1 for link in page.parts), 1)
        self._parts.add(url, first_url, part, total, page.article, capture_id)
        if page.parts:  # a page without a pager says nothing of how many there are
            self._parts.shorten(first_url, total, visit.fetched_at)
        if part > 1:
            self._discovery.mark_part(row["url"], first_url, part)
        self._discovery.add_parts(page.parts, first_url, row["url"], town_id, visit.fetched_at)
        if part == 1:
            version, _ = self._version(visit, page, town_id, capture_id)
        elif (latest := self._addresses.latest_version(first_url)) is not None:
            version = replace(latest, captured_at=visit.fetched_at, capture_id=capture_id)
        else:
            return Observed(None, Outcome.ARTICLE)  # its first page is still to come
        joined = self._parts.join(version, first_url)
        observed = self._articles.observe(first_url, joined, paged_in=self._crawl_id)
        if observed.article_id is not None:
            self._parts.list_addresses(first_url, observed.article_id, visit.fetched_at)
        if part == 1:
            return observed
        back = self._addresses.still_there(url, visit.fetched_at)
        return replace(observed, event=observed.event or back.event) if back else observed

    def _is_known(self, *urls: str) -> bool:
        return any(self._addresses.get(url) is not None for url in urls)

    def _departs(self, url: str, page: ArticlePage) -> bool:
        """Whether the page is wholly another text than the archive has of this address, or it has none."""
        last = self._addresses.latest(url)
        return last is None or is_another(last, page.article)

    def _in_scope(self, page: ArticlePage, row: sqlite3.Row) -> bool:
        """The breadcrumb decides; the listing that names the page where there is none (DESIGN 4.1)."""
        if self._rules.any_section or row["first_url"]:
            return True
        return page.in_section if page.in_section is not None else row["town_id"] is not None

    def _is_takeover(self, page: ArticlePage, *urls: str) -> bool:
        """Other words than the address had, on a page that is not the portal's: no breadcrumb of the section, no line that
        says when and whence. A headline that was left standing over them makes no difference."""
        article = page.article
        if page.in_section is True or article.published_at is not None or article.source is not None:
            return False
        return any(has_other_body(last, article) for url in urls if (last := self._addresses.latest(url)))

    def _town_of(self, page: ArticlePage, row: sqlite3.Row, at: str) -> int | None:
        town_id: int | None = row["town_id"]
        if page.town and page.in_section:
            town_id = self._discovery.town(page.town, at)
        if page.town and town_id is not None and town_id != row["town_id"]:
            self._conn.execute("UPDATE urls SET town_id = ? WHERE url = ?", (town_id, row["url"]))
        return town_id

    def _book_loss(self, visit: Visit, row: sqlite3.Row) -> Booked:
        """A page that is no article (any more)."""
        final = canonical_url(visit.final_url)
        if visit.outcome in AGAIN or visit.outcome is Outcome.SKIPPED:
            return both(Observed(None, visit.outcome))
        if visit.outcome is Outcome.NOT_ARTICLE and any(each.reason != "hidden" for each in visit.removed):
            visit = replace(visit, outcome=Outcome.HIJACKED)  # nothing but spam was left of it
        asked = self._lose(row["url"], visit)
        if final == row["url"]:
            return both(asked)
        if self._is_known(final):
            return Booked(asked, self._lose(final, visit))
        outcome = Outcome.NOT_ARTICLE if visit.outcome is Outcome.GONE else visit.outcome
        return Booked(asked, Observed(None, outcome))

    def _lose(self, url: str, visit: Visit) -> Observed:
        if not self._is_known(url):
            return Observed(None, visit.outcome)
        if visit.outcome is Outcome.HIJACKED:
            return self._addresses.hijacked(url, visit.fetched_at)
        return self._addresses.missing(url, visit.fetched_at)
