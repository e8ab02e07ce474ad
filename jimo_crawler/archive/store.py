"""One visit, one transaction: a Visit and all that came of it, and the end of its lease (DESIGN 1)."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta

from jimo_crawler.archive.addresses import Addresses, Observed
from jimo_crawler.archive.article_pages import ArticlePages
from jimo_crawler.archive.discovery import Discovery
from jimo_crawler.archive.due import DAY, WEEK, next_due
from jimo_crawler.archive.evidence import Evidence
from jimo_crawler.archive.frontier import Plan, write
from jimo_crawler.archive.gateways import Gateways
from jimo_crawler.archive.killpoints import reach, reach_within
from jimo_crawler.archive.listing_pages import ListingPages
from jimo_crawler.archive.outcomes import (
    ARTICLES,
    EVENTFUL,
    ONCE,
    READ,
    Bearing,
    Booked,
    Rules,
    both,
    is_again,
    of_a_hop,
)
from jimo_crawler.archive.rows import update
from jimo_crawler.archive.sections import Sections
from jimo_crawler.clock import Clock, from_stamp, to_stamp
from jimo_crawler.errors import Outcome
from jimo_crawler.items import Capture, Visit
from jimo_crawler.parsers.urls import canonical_url

__all__ = ["Rules", "Store"]


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
        self._evidence = Evidence(conn, crawl_id)
        self._gateways = Gateways(conn, crawl_id, discovery)
        sections = Sections(conn, crawl_id)
        self._listing_pages = ListingPages(conn, crawl_id, discovery, sections)
        self._article_pages = ArticlePages(conn, crawl_id, rules, discovery, sections, self._addresses)

    def save(self, visit: Visit) -> Visit:
        """Write *visit* in one transaction; gives it back with the outcome that the archive's state makes of it."""
        with write(self._conn):
            visit = self._save(visit)
            reach_within("commit")
        reach("committed")
        return visit

    def save_capture(self, capture: Capture, outcome: str | None = None) -> int:
        """Write an exchange that belongs to no Visit (robots.txt)."""
        with write(self._conn):
            return self._evidence.add_capture(capture, outcome)

    def bearing(self, visit: Visit) -> Bearing:
        """What the visit says of what the archive has, if it is believed."""
        return self._article_pages.bearing(self._article_pages.as_named(visit))

    def _save(self, visit: Visit) -> Visit:
        captures = [self._evidence.add_capture(each) for each in visit.captures]
        capture_id = captures[-1] if captures else None
        row = self._row(visit.url)
        visit = self._article_pages.as_named(visit)
        booked, visit = self._book(visit, row, capture_id)
        if visit.outcome is not booked.outcome:
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

    def _book(self, visit: Visit, row: sqlite3.Row, capture_id: int | None) -> tuple[Booked, Visit]:
        if visit.kind == "listing":
            return self._listing_pages.book(visit, row)
        if visit.kind == "article":
            return self._article_pages.book(visit, row, capture_id), visit
        visit = self._gateways.book(visit, row)
        return both(Observed(None, visit.outcome)), visit

    # --- what was asked, and the end of the lease ---------------------------------------------------------------------

    def _row(self, url: str) -> sqlite3.Row:
        row = self._conn.execute("SELECT * FROM urls WHERE url = ?", (url,)).fetchone()
        if row is None:
            raise LookupError(f"no frontier row for {url}")
        found: sqlite3.Row = row
        return found

    def _write_observations(self, visit: Visit, booked: Booked, capture_id: int | None) -> None:
        """One row for each URL that was asked for: hops redirected, the last one is what the page was."""
        final = canonical_url(visit.final_url)
        for url in dict.fromkeys((visit.url, *map(canonical_url, visit.hops))):
            if url != final:
                hop = of_a_hop(booked.asked) if url == visit.url else Observed(None, Outcome.REDIRECTED)
                self._evidence.add_observation(url, visit, hop, capture_id)
        self._evidence.add_observation(final, visit, booked.answered, capture_id)

    def _end_lease(self, visit: Visit, row: sqlite3.Row, booked: Booked) -> None:
        final = canonical_url(visit.final_url)
        if final == visit.url:
            if (visit.hops and visit.status == 200) or (
                visit.kind == "entry" and visit.outcome is Outcome.INDEX
            ):
                self._remember_form(visit.final_url)
            self._update_row(visit, row, booked.answered, news=booked.news)
            return
        self._book_target(visit, row, booked.answered, final)
        self._update_row(visit, row, of_a_hop(booked.asked), news=booked.news)

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

    def _update_row(self, visit: Visit, row: sqlite3.Row, observed: Observed, *, news: bool = False) -> None:
        again = is_again(visit, observed.outcome)
        lively = news or observed.event in EVENTFUL
        values: dict[str, object] = {
            "state": "retired" if observed.outcome in ONCE and visit.kind != "listing" else "known",
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
        update(self._conn, "urls", values, "url = ?", visit.url)

    def _due(self, visit: Visit, row: sqlite3.Row, observed: Observed, last_change: str) -> str:
        """When the URL is asked again: the rule of ``due.py``."""
        now = from_stamp(visit.fetched_at)
        every_run = visit.kind in ("entry", "index") or (visit.kind == "listing" and (row["page"] or 1) == 1)
        every_run = every_run and observed.outcome is not Outcome.OUT_OF_SCOPE
        if is_again(visit, observed.outcome) or every_run:
            return visit.fetched_at
        suspect, live = self._addresses.standing(visit.url) if visit.kind == "article" else (False, False)
        if suspect:
            return to_stamp(now + timedelta(hours=self._rules.confirm_hours))
        if live:
            published = self._addresses.published_at(row["first_url"] or visit.url)
            return next_due(now, [published, last_change], least_hours=DAY)
        newest = visit.listing.newest if visit.listing is not None else row["listed_date"]
        if visit.kind == "listing" and newest:
            return next_due(now, [newest, last_change], least_hours=WEEK)
        return next_due(now, [last_change or row["first_seen_at"]], least_hours=WEEK)
