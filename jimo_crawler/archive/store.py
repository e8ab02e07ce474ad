"""One visit, one transaction: a Visit and all that came of it, and the end of its lease (DESIGN 1)."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import timedelta

from jimo_crawler.archive.addresses import Addresses, Observed
from jimo_crawler.archive.articles import Articles
from jimo_crawler.archive.discovery import Discovery, Read
from jimo_crawler.archive.due import DAY, WEEK, next_due
from jimo_crawler.archive.evidence import Evidence
from jimo_crawler.archive.frontier import Plan, write
from jimo_crawler.archive.killpoints import reach
from jimo_crawler.archive.parts import Parts
from jimo_crawler.archive.sections import Sections
from jimo_crawler.archive.versions import Version, has_other_body, is_another, version_of
from jimo_crawler.clock import Clock, from_stamp, to_stamp
from jimo_crawler.errors import Outcome, Reason, Stage
from jimo_crawler.items import ArticlePage, Capture, Failure, Visit
from jimo_crawler.parsers.urls import canonical_url
from jimo_crawler.text import fingerprint

ARTICLES = frozenset({Outcome.ARTICLE, Outcome.UNCHANGED, Outcome.DUPLICATE})
AGAIN = frozenset({Outcome.FAILED, Outcome.BLOCKED})
"""Outcomes whose URL is due again at the next run."""
ONCE = frozenset({Outcome.NOT_ARTICLE, Outcome.OUT_OF_SCOPE})
"""Outcomes of pages that are fetched at most once."""
READ = frozenset({Outcome.ARTICLE, Outcome.DUPLICATE, Outcome.INDEX, Outcome.LISTING, Outcome.UNCHANGED})
"""Outcomes of pages that were what they were asked for."""
EVENTFUL = frozenset(
    {
        *("new", "new address", "changed", "departed", "replaced", "completed"),
        *("restored", "gone", "hijacked", "moved"),
    }
)
"""Events after which an address counts as lively again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Settings that decide what a Visit comes to."""

    confirm_hours: float = 6.0
    """``JIMO_CONFIRM_AFTER``."""
    any_section: bool = False
    """Take articles of whatever section: what ``scrapy crawl article`` is told to."""


@dataclass(frozen=True, slots=True)
class Bearing:
    """What a Visit says of what the archive has."""

    known: bool
    """Whether an article was ever at the address."""
    against: int | None = None
    """The article that is no longer found there. What an address has shown before is no news."""


@dataclass(frozen=True, slots=True)
class _Booked:
    """What a Visit came to, at the address that was asked and at the one that answered."""

    asked: Observed
    answered: Observed
    listing_changed: bool = False

    @property
    def outcome(self) -> Outcome:
        """Of the Visit as a whole."""
        return self.answered.outcome if self.answered.outcome in READ else self.asked.outcome


class Store:
    """Writes Visits. *conn* is the archive's writing connection, in autocommit mode."""

    def __init__(
        self,
        conn: sqlite3.Connection,
        crawl_id: int,
        clock: Clock,
        plan: Plan,
        discovery: Discovery,
        rules: Rules,
    ) -> None:
        self._conn = conn
        self._crawl_id = crawl_id
        self._clock = clock
        self._plan = plan
        self._discovery = discovery
        self._rules = rules
        self._addresses = Addresses(conn, rules.confirm_hours)
        self._articles = Articles(conn, self._addresses)
        self._parts = Parts(conn, self._addresses)
        self._evidence = Evidence(conn, crawl_id)
        self._sections = Sections(conn, crawl_id)

    def save(self, visit: Visit) -> Visit:
        """Write *visit* in one transaction; gives it back with the outcome that the archive's state makes of it."""
        with write(self._conn):
            visit = self._save(visit)
            reach("commit")
        reach("committed")
        return visit

    def save_capture(self, capture: Capture, outcome: str | None = None) -> int:
        """Write an exchange that belongs to no Visit (robots.txt)."""
        with write(self._conn):
            return self._evidence.add_capture(capture, outcome)

    def bearing(self, visit: Visit) -> Bearing:
        """What the visit says of what the archive has, if it is believed."""
        address = self._addresses.get(visit.url) or self._addresses.get(canonical_url(visit.final_url))
        if address is None:
            return Bearing(known=False)
        fine = visit.outcome in AGAIN or visit.outcome in (Outcome.UNCHANGED, Outcome.SKIPPED)
        if visit.outcome is Outcome.ARTICLE and visit.page is not None:
            last = self._addresses.latest(address["url"])
            fine = last is None or not is_another(last, visit.page.article)
        known_lost = address["status"] == "gone" or address["status"] == visit.outcome
        return Bearing(known=True, against=None if fine or known_lost else address["article_id"])

    def _save(self, visit: Visit) -> Visit:
        captures = [self._evidence.add_capture(each) for each in visit.captures]
        capture_id = captures[-1] if captures else None
        row = self._row(visit.url)
        booked, visit = self._book(visit, row, capture_id)
        visit = replace(visit, outcome=booked.outcome)
        self._evidence.set_outcomes(visit, captures, visit.outcome)
        injected = self._evidence.add_removed(visit, capture_id)
        booked = replace(
            booked,
            asked=self._remark(booked.asked, row, injected),
            answered=self._remark(booked.answered, row, injected),
        )
        self._evidence.add_failures(visit, capture_id)
        self._write_observations(visit, booked, capture_id)
        self._end_lease(visit, row, booked)
        return visit

    def _remark(self, observed: Observed, row: sqlite3.Row, injected: bool) -> Observed:
        """What else there is to say of an article that is what it was."""
        if observed.event is not None or observed.outcome is not Outcome.UNCHANGED:
            return observed
        return replace(observed, event="injected" if injected else self._listing_event(row))

    def _listing_event(self, row: sqlite3.Row) -> str | None:
        """Whether the address has left the listings, or come back, since it was last asked."""
        address = self._addresses.get(row["url"])
        last = row["last_visit_at"]
        if address is None or last is None:
            return None
        return next((name for name in ("delisted", "relisted") if (address[f"{name}_at"] or "") > last), None)

    # --- what the page was --------------------------------------------------------------------------------------------

    def _book(self, visit: Visit, row: sqlite3.Row, capture_id: int | None) -> tuple[_Booked, Visit]:
        if visit.kind == "listing":
            return self._book_listing(visit, row)
        if visit.kind == "article":
            return self._book_article_page(visit, row, capture_id), visit
        if visit.outcome is Outcome.INDEX:
            self._book_index(visit)
        return _both(Observed(None, visit.outcome)), visit

    def _book_index(self, visit: Visit) -> None:
        if visit.index_url is not None:
            self._discovery.add_url(visit.index_url, "index", visit.fetched_at, found_on=visit.url)
        self._discovery.add_sections(visit.sections, visit.url, visit.fetched_at)

    # --- listings -----------------------------------------------------------------------------------------------------

    def _book_listing(self, visit: Visit, row: sqlite3.Row) -> tuple[_Booked, Visit]:
        if visit.outcome is Outcome.UNCHANGED:
            read = self._discovery.reread_listing(row, visit.fetched_at)
            self._sections.add_listing(row["town_id"], read)
            self._book_delisted(read, visit.fetched_at)
            return _both(Observed(None, Outcome.UNCHANGED)), visit
        if visit.outcome is Outcome.LISTING and self._is_blank(visit, row):
            visit = _failed(
                visit, Reason.NO_ITEMS, "a page of the listing names no articles, nor its section"
            )
        if visit.outcome is not Outcome.LISTING or visit.listing is None:
            self._sections.add_nothing(row["town_id"])
            return _both(Observed(None, visit.outcome)), visit
        read = self._discovery.read_listing(row, visit.listing, visit.fetched_at)
        self._sections.add_listing(row["town_id"], read)
        self._book_delisted(read, visit.fetched_at)
        observed = Observed(None, Outcome.LISTING)
        return _Booked(observed, observed, listing_changed=read.changed), _report_pager(visit, read)

    def _is_blank(self, visit: Visit, row: sqlite3.Row) -> bool:
        """A listing that lists nothing: a first page that did before, or a page that has nothing of its section about it.
        A section without news yet, and an empty last page, are what they are."""
        listing = visit.listing
        if listing is None or listing.items:
            return False
        if (row["page"] or 1) == 1 and row["items"] not in (None, "[]"):
            return True
        return listing.section is None and listing.total is None and listing.next is None

    def _book_delisted(self, read: Read, at: str) -> None:
        """A listing that names an article no longer, or again, is a hint: the address is asked at once, and nothing
        is concluded from the listing alone."""
        delisted = (
            "UPDATE article_urls SET delisted_at = ? WHERE url = ? AND current = 1 AND delisted_at IS NULL"
        )
        relisted = (  # what this run itself has missed on one page and found on another was never away
            "UPDATE article_urls SET relisted_at = iif(delisted_at >= (SELECT started_at FROM crawls WHERE id = :crawl),"
            " relisted_at, :at), delisted_at = NULL WHERE url = :url AND current = 1"
        )
        for url in read.delisted:
            if self._conn.execute(delisted, (at, url)).rowcount:
                self._ask_now(url, at)
        for url in read.relisted:
            if self._conn.execute(relisted, {"crawl": self._crawl_id, "at": at, "url": url}).rowcount:
                self._ask_now(url, at)

    def _ask_now(self, url: str, at: str) -> None:
        self._conn.execute("UPDATE urls SET due_at = min(due_at, ?) WHERE url = ?", (at, url))

    # --- articles -----------------------------------------------------------------------------------------------------

    def _book_article_page(self, visit: Visit, row: sqlite3.Row, capture_id: int | None) -> _Booked:
        if visit.outcome is Outcome.UNCHANGED:
            return self._book_unchanged(visit, row)
        if visit.outcome is not Outcome.ARTICLE or visit.page is None or capture_id is None:
            return self._book_loss(visit, row)
        page, final = visit.page, canonical_url(visit.final_url)
        if not self._in_scope(page, row):
            if not self._is_known(row["url"], final):
                return _both(Observed(None, Outcome.OUT_OF_SCOPE))
            if self._departs(row["url"], page) and self._departs(final, page):
                return self._book_loss(replace(visit, outcome=Outcome.OUT_OF_SCOPE), row)
        if self._is_takeover(row["url"], page) or self._is_takeover(final, page):
            return self._book_loss(replace(visit, outcome=Outcome.HIJACKED), row)
        town_id = self._town_of(page, row, visit.fetched_at)
        self._discovery.add_related(page.related, row["url"], row["depth"], visit.fetched_at)
        if page.part > 1 or page.parts or row["first_url"]:  # the last page may link to no other
            booked = _both(self._book_part(visit, page, row, town_id, capture_id))
        else:
            booked = self._book_whole(visit, page, row, town_id, capture_id)
        self._sections.add_change(town_id, booked.answered)
        return booked

    def _book_unchanged(self, visit: Visit, row: sqlite3.Row) -> _Booked:
        """A 304."""
        observed = self._addresses.still_there(row["url"], visit.fetched_at)
        observed = observed or Observed(None, Outcome.UNCHANGED)
        return _both(observed)

    def _book_whole(
        self, visit: Visit, page: ArticlePage, row: sqlite3.Row, town_id: int | None, capture_id: int
    ) -> _Booked:
        """An article on one page."""
        final = canonical_url(visit.final_url)
        self._parts.shorten(final, 1, visit.fetched_at)
        version, bands = self._version(visit, page, town_id, capture_id)
        if row["url"] == final:
            observed = self._articles.observe(final, self._with_title(version, final, visit), bands)
            return _both(observed)
        asked = self._follow_redirect(visit, row["url"], version, bands)
        answered = self._articles.observe(final, self._with_title(version, final, visit), bands)
        if asked.event is None and answered.event == "new address":
            asked = replace(asked, event="moved")
        return _Booked(asked, answered)

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

    def _is_takeover(self, url: str, page: ArticlePage) -> bool:
        """Other words, on a page that is not the portal's: no breadcrumb of the section, no line that says when and
        whence. A headline that was left standing over them makes no difference."""
        article, last = page.article, self._addresses.latest(url)
        stranger = page.in_section is not True and article.published_at is None and article.source is None
        return stranger and last is not None and has_other_body(last, article)

    def _town_of(self, page: ArticlePage, row: sqlite3.Row, at: str) -> int | None:
        town_id: int | None = row["town_id"]
        if page.town and page.in_section:
            town_id = self._discovery.town(page.town, at)
        if page.town and town_id is not None:
            self._conn.execute("UPDATE urls SET town_id = ? WHERE url = ?", (town_id, row["url"]))
        return town_id

    def _book_loss(self, visit: Visit, row: sqlite3.Row) -> _Booked:
        """A page that is no article (any more)."""
        final = canonical_url(visit.final_url)
        if visit.outcome in AGAIN or visit.outcome is Outcome.SKIPPED:
            return _both(Observed(None, visit.outcome))
        if visit.outcome is Outcome.NOT_ARTICLE and any(each.reason != "hidden" for each in visit.removed):
            visit = replace(visit, outcome=Outcome.HIJACKED)  # nothing but spam was left of it
        asked = self._lose(row["url"], visit)
        if final == row["url"]:
            return _both(asked)
        if self._is_known(final):
            return _Booked(asked, self._lose(final, visit))
        outcome = Outcome.NOT_ARTICLE if visit.outcome is Outcome.GONE else visit.outcome
        return _Booked(asked, Observed(None, outcome))

    def _lose(self, url: str, visit: Visit) -> Observed:
        if not self._is_known(url):
            return Observed(None, visit.outcome)
        if visit.outcome is Outcome.HIJACKED:
            return self._addresses.hijacked(url, visit.fetched_at)
        return self._addresses.missing(url, visit.fetched_at)

    # --- what was asked, and the end of the lease ---------------------------------------------------------------------

    def _row(self, url: str) -> sqlite3.Row:
        row = self._conn.execute("SELECT * FROM urls WHERE url = ?", (url,)).fetchone()
        if row is None:
            raise LookupError(f"no frontier row for {url}")
        found: sqlite3.Row = row
        return found

    def _write_observations(self, visit: Visit, booked: _Booked, capture_id: int | None) -> None:
        """One row for each URL that was asked for: hops redirected, the last one is what the page was."""
        final = canonical_url(visit.final_url)
        for url in dict.fromkeys((visit.url, *map(canonical_url, visit.hops))):
            if url != final:
                hop = _of_a_hop(booked.asked) if url == visit.url else Observed(None, Outcome.REDIRECTED)
                self._evidence.add_observation(url, visit, hop, capture_id)
        self._evidence.add_observation(final, visit, booked.answered, capture_id)

    def _end_lease(self, visit: Visit, row: sqlite3.Row, booked: _Booked) -> None:
        final = canonical_url(visit.final_url)
        if final == visit.url:
            if (visit.hops and visit.status == 200) or (
                visit.kind == "entry" and visit.outcome is Outcome.INDEX
            ):
                self._remember_form(visit.final_url)
            self._update_row(visit, row, booked.answered, lively=booked.listing_changed)
            return
        self._book_target(visit, row, booked.answered, final)
        self._update_row(visit, row, _of_a_hop(booked.asked), lively=booked.listing_changed)

    def _book_target(self, visit: Visit, row: sqlite3.Row, observed: Observed, final: str) -> None:
        """A redirect's target that carries an article is a row of its own, booked with the same Visit; so is one that
        was a row before. A login page to which everything leads is none."""
        if visit.kind == "article" and observed.outcome in ARTICLES:
            self._conn.execute(
                "INSERT INTO urls(url, request_url, kind, town_id, found_on, depth, first_seen_at, due_at)"
                " VALUES(?, ?, 'article', ?, ?, ?, ?, ?) ON CONFLICT(url) DO NOTHING",
                (
                    final,
                    visit.final_url,
                    row["town_id"],
                    visit.url,
                    row["depth"],
                    visit.fetched_at,
                    visit.fetched_at,
                ),
            )
        target = self._conn.execute("SELECT * FROM urls WHERE url = ?", (final,)).fetchone()
        if target and target["kind"] == visit.kind and target["last_crawl_id"] != self._crawl_id:
            self._update_row(replace(visit, url=final), target, observed)

    def _remember_form(self, url: str) -> None:
        """A host is asked in the form in which its entry page, or the target of a redirect between its forms, has
        answered: links often name another scheme than the one that works (DESIGN 4.3)."""
        scheme, rest = url.split("://", 1)
        place = rest.split("/", 1)[0]
        host = canonical_url(url).split("://", 1)[1].split("/", 1)[0]
        self._conn.execute(
            "INSERT INTO hosts(host, form, seen_at) VALUES(?, ?, ?)"
            " ON CONFLICT(host) DO UPDATE SET form = excluded.form, seen_at = excluded.seen_at",
            (host, f"{scheme}://{place}", self._clock.stamp()),
        )

    def _update_row(
        self, visit: Visit, row: sqlite3.Row, observed: Observed, *, lively: bool = False
    ) -> None:
        again = is_again(visit, observed.outcome)
        lively = lively or observed.event in EVENTFUL
        values: dict[str, object] = {
            "state": "retired" if observed.outcome in ONCE and visit.kind == "article" else "known",
            "leased_by": None,
            "outcome": observed.outcome,
            "last_visit_at": visit.fetched_at,
            "last_crawl_id": self._crawl_id,
            "last_change_at": visit.fetched_at if lively else row["last_change_at"],
            "attempts": row["attempts"] + 1 if again else 0,
        }
        if not again and visit.status is not None and visit.status != 304:
            # Validators of a page that was not what it should be would ask for its like: a 304 must mean "still there".
            known = visit.status == 200 and observed.outcome in READ
            values["etag"] = visit.etag if known else None
            values["last_modified"] = visit.last_modified if known else None
            values["body_digest"] = visit.captures[-1].body_digest if known and visit.captures else None
        values["due_at"] = self._due(visit, row, observed, str(values["last_change_at"] or ""))
        sets = ", ".join(f"{name} = :{name}" for name in values)
        self._conn.execute(f"UPDATE urls SET {sets} WHERE url = :url", values | {"url": visit.url})

    def _due(self, visit: Visit, row: sqlite3.Row, observed: Observed, last_change: str) -> str:
        """When the URL is asked again: the rule of ``due.py``."""
        now = from_stamp(visit.fetched_at)
        every_run = visit.kind in ("entry", "index") or (visit.kind == "listing" and (row["page"] or 1) == 1)
        if is_again(visit, observed.outcome) or every_run:
            return visit.fetched_at
        if visit.kind == "article" and self._addresses.is_suspect(visit.url):
            return to_stamp(now + timedelta(hours=self._rules.confirm_hours))
        address = self._addresses.get(visit.url) if visit.kind == "article" else None
        if address is not None and address["status"] == "live":
            latest = self._addresses.latest(visit.url)
            quiet = [
                latest["published_at"] if latest else None,
                last_change if row["last_visit_at"] else None,
            ]
            return next_due(now, quiet, least_hours=DAY)
        return next_due(now, [last_change or row["first_seen_at"]], least_hours=WEEK)


def _both(observed: Observed) -> _Booked:
    """One address that answered itself."""
    return _Booked(observed, observed)


def is_again(visit: Visit, outcome: Outcome) -> bool:
    """Whether the URL is due at the next run: it failed, was blocked, or could not be asked without robots.txt."""
    unasked = any(each.reason is Reason.ROBOTS_UNAVAILABLE for each in visit.failures)
    return outcome in AGAIN or (outcome is Outcome.SKIPPED and unasked)


def _of_a_hop(observed: Observed) -> Observed:
    """What the address that was asked came to, when another one answered: it redirected, if nothing is wrong with it."""
    lost = observed.outcome in (*AGAIN, Outcome.GONE, Outcome.HIJACKED)
    return observed if lost else replace(observed, outcome=Outcome.REDIRECTED)


def _failed(visit: Visit, reason: Reason, message: str) -> Visit:
    failure = Failure(stage=Stage.PARSE, reason=reason, message=message)
    return replace(visit, outcome=Outcome.FAILED, failures=(*visit.failures, failure), message=message)


def _report_pager(visit: Visit, read: Read) -> Visit:
    said = {
        "loop": (Reason.PAGER_LOOP, "the pager repeats itself here; the section is taken as read to its end"),
        "limit": (Reason.PAGE_LIMIT, "the listing has more pages than JIMO_MAX_LISTING_PAGES allows"),
    }
    if read.ended_by not in said:
        return visit
    reason, message = said[read.ended_by]
    failure = Failure(stage=Stage.SECTION, reason=reason, message=message)
    return replace(visit, failures=(*visit.failures, failure))
