"""One visit, one transaction: a Visit and all that came of it, and the end of its lease (DESIGN 1)."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import timedelta

from jimo_crawler.archive.articles import Articles, Observed, is_another, version_of
from jimo_crawler.archive.discovery import Discovery, Read
from jimo_crawler.archive.frontier import Plan, next_due, write
from jimo_crawler.archive.killpoints import reach
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
_DAY, _WEEK, _HALF_YEAR = 24.0, 168.0, 4320.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Settings that decide what a Visit comes to."""

    confirm_hours: float = 6.0
    """``JIMO_CONFIRM_AFTER``."""
    any_section: bool = False
    """Take articles of whatever section: what ``scrapy crawl article`` is told to."""


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
        self._articles = Articles(conn)

    def save(self, visit: Visit) -> Visit:
        """Write *visit* in one transaction; gives it back with the outcome that the archive's state makes of it."""
        with write(self._conn):
            visit = self._save(visit)
            reach("commit")
        reach("committed")
        return visit

    def departs(self, visit: Visit) -> bool:
        """Whether the visit brings a wholly different text than the archive has of its address."""
        last = self._articles.latest(canonical_url(visit.final_url)) or self._articles.latest(visit.url)
        return last is not None and visit.page is not None and is_another(last, visit.page.article)

    def save_capture(self, capture: Capture, outcome: str | None = None) -> int:
        """Write an exchange that belongs to no Visit (robots.txt)."""
        with write(self._conn):
            return self._insert_capture(capture, outcome)

    def _save(self, visit: Visit) -> Visit:
        captures = [self._insert_capture(each, None) for each in visit.captures]
        capture_id = captures[-1] if captures else None
        row = self._row(visit)
        observed, visit = self._book(visit, row, capture_id)
        visit = replace(visit, outcome=observed.outcome)
        self._write_outcomes(visit, captures, capture_id, observed)
        injected = self._write_removed(visit, capture_id)
        if observed.event is None and observed.outcome is Outcome.UNCHANGED:
            event = "injected" if injected else self._listing_event(row)
            observed = Observed(observed.article_id, observed.outcome, event)
        self._write_failures(visit, capture_id)
        self._write_observations(visit, observed, capture_id)
        self._end_lease(visit, row, observed)
        return visit

    # --- what the page was --------------------------------------------------------------------------------------------

    def _book(self, visit: Visit, row: sqlite3.Row, capture_id: int | None) -> tuple[Observed, Visit]:
        if visit.outcome is Outcome.UNCHANGED:
            return self._book_unchanged(visit, row), visit
        if visit.kind in ("entry", "index") and visit.outcome is Outcome.INDEX:
            self._book_index(visit)
        elif visit.kind == "listing" and visit.outcome is Outcome.LISTING:
            return self._book_listing(visit, row)
        elif visit.outcome is Outcome.ARTICLE and visit.page is not None and capture_id is not None:
            return self._book_article(visit, visit.page, row, capture_id), visit
        elif visit.kind == "article":
            return self._book_loss(visit, row), visit
        return Observed(None, visit.outcome), visit

    def _book_unchanged(self, visit: Visit, row: sqlite3.Row) -> Observed:
        """A 304, or the very body that was read before."""
        if visit.kind == "listing":
            self._account_town(row["town_id"], pages=1)
        observed = (
            self._articles.still_there(row["url"], visit.fetched_at) if visit.kind == "article" else None
        )
        return observed or Observed(None, Outcome.UNCHANGED)

    def _book_index(self, visit: Visit) -> None:
        if visit.index_url is not None:
            self._discovery.add_url(visit.index_url, "index", visit.fetched_at, found_on=visit.url)
        self._discovery.add_sections(visit.sections, visit.url, visit.fetched_at)

    def _book_listing(self, visit: Visit, row: sqlite3.Row) -> tuple[Observed, Visit]:
        assert visit.listing is not None
        had_items = row["items"] not in (None, "[]")
        if not visit.listing.items and had_items and (row["page"] or 1) == 1:
            failure = Failure(
                stage=Stage.PARSE, reason=Reason.NO_ITEMS, message="the listing names no articles any more"
            )
            return Observed(None, Outcome.FAILED), replace(visit, failures=(*visit.failures, failure))
        read = self._discovery.read_listing(row, visit.listing, visit.fetched_at)
        self._account_listing(row, read)
        self._book_delisted(read, visit.fetched_at)
        return Observed(None, Outcome.LISTING), self._report_pager(visit, read)

    def _report_pager(self, visit: Visit, read: Read) -> Visit:
        said = {
            "loop": (
                Reason.PAGER_LOOP,
                "the pager repeats itself here; the section is taken as read to its end",
            ),
            "limit": (Reason.PAGE_LIMIT, "the listing has more pages than JIMO_MAX_LISTING_PAGES allows"),
        }
        if read.ended_by not in said:
            return visit
        reason, message = said[read.ended_by]
        return replace(
            visit, failures=(*visit.failures, Failure(stage=Stage.SECTION, reason=reason, message=message))
        )

    def _book_delisted(self, read: Read, at: str) -> None:
        """A listing that names an article no longer, or again, is a hint: the address is asked at once, and nothing
        is concluded from the listing alone."""
        delisted = (
            "UPDATE article_urls SET delisted_at = ? WHERE url = ? AND current = 1 AND delisted_at IS NULL"
        )
        relisted = "UPDATE article_urls SET delisted_at = NULL, relisted_at = ? WHERE url = ? AND current = 1"
        for sql, urls in ((delisted, read.delisted), (relisted, read.relisted)):
            for url in urls:
                if self._conn.execute(sql, (at, url)).rowcount:
                    self._conn.execute("UPDATE urls SET due_at = min(due_at, ?) WHERE url = ?", (at, url))

    def _listing_event(self, row: sqlite3.Row) -> str | None:
        """Whether the address has left the listings, or come back, since it was last asked."""
        address = self._articles.address(row["url"])
        last = row["last_visit_at"]
        if address is None or last is None:
            return None
        return next((name for name in ("delisted", "relisted") if (address[f"{name}_at"] or "") > last), None)

    def _book_article(self, visit: Visit, page: ArticlePage, row: sqlite3.Row, capture_id: int) -> Observed:
        if not self._in_scope(page, row):
            lost = self._articles.address(row["url"])
            return self._book_loss(visit, row) if lost else Observed(None, Outcome.OUT_OF_SCOPE)
        url = canonical_url(visit.final_url)
        town_id = self._town_of(page, row, visit.fetched_at)
        if page.town and town_id is not None:
            self._conn.execute("UPDATE urls SET town_id = ? WHERE url = ?", (town_id, row["url"]))
        self._discovery.add_related(page.related, row["url"], row["depth"], visit.fetched_at)
        if page.part > 1 or page.parts:
            return self._book_part(visit, page, row, url, town_id, capture_id)
        if self._is_takeover(visit, page):
            return self._articles.hijacked(row["url"])
        marks = visit.fingerprint or fingerprint.fingerprint(page.article.title, page.article.body)
        version = version_of(
            page.article, marks, town_id=town_id, captured_at=visit.fetched_at, capture_id=capture_id
        )
        self._account_change(town_id, observed := self._articles.observe(url, version, marks.bands))
        self._follow_redirect(visit, url, observed)
        return observed

    def _book_part(
        self,
        visit: Visit,
        page: ArticlePage,
        row: sqlite3.Row,
        url: str,
        town_id: int | None,
        capture_id: int,
    ) -> Observed:
        """One page of a paged body: the article is what all of them say, in order."""
        first = next((canonical_url(link.url) for link in page.parts if link.number == 1), None)
        first_url = row["first_url"] or (first if page.part > 1 and first else url)
        total = max(page.parts_total, page.part, *(link.number or 1 for link in page.parts), 1)
        part = row["part"] or page.part
        self._articles.add_part(url, first_url, part, total, page.article, capture_id)
        if part > 1:
            self._discovery.mark_part(row["url"], first_url, part)
        self._discovery.add_parts(page.parts, first_url, row["url"], town_id, visit.fetched_at)
        if part == 1:
            marks = fingerprint.fingerprint(page.article.title, page.article.body)
            version = version_of(
                page.article, marks, town_id=town_id, captured_at=visit.fetched_at, capture_id=capture_id
            )
        elif (latest := self._articles.latest_version(first_url)) is not None:
            version = replace(latest, captured_at=visit.fetched_at, capture_id=capture_id)
        else:
            return Observed(None, Outcome.ARTICLE)  # its first page is still to come
        observed = self._articles.observe(first_url, self._articles.join_parts(version, first_url))
        if observed.article_id is not None:
            self._articles.book_parts(first_url, observed.article_id, visit.fetched_at)
        self._account_change(town_id, observed)
        return observed

    def _in_scope(self, page: ArticlePage, row: sqlite3.Row) -> bool:
        """The breadcrumb decides; the listing that names the page where there is none (DESIGN 4.1)."""
        if self._rules.any_section or row["first_url"]:
            return True
        return page.in_section if page.in_section is not None else row["town_id"] is not None

    def _is_takeover(self, visit: Visit, page: ArticlePage) -> bool:
        """Another text, on a page that is not the portal's: no breadcrumb of the section, no line that says when and whence."""
        article = page.article
        stranger = page.in_section is not True and article.published_at is None and article.source is None
        return stranger and self.departs(visit)

    def _town_of(self, page: ArticlePage, row: sqlite3.Row, at: str) -> int | None:
        if page.town and page.in_section:
            return self._discovery.town(page.town, at)
        town_id: int | None = row["town_id"]
        return town_id

    def _follow_redirect(self, visit: Visit, final: str, observed: Observed) -> None:
        """An address that now leads to its article elsewhere is alive; one that leads to another article is not."""
        if visit.url == final:
            return
        address = self._articles.address(visit.url)
        if address and address["article_id"] == observed.article_id:
            self._articles.still_there(visit.url, visit.fetched_at)
        elif address:
            self._articles.missing(visit.url, visit.fetched_at, self._rules.confirm_hours)

    def _book_loss(self, visit: Visit, row: sqlite3.Row) -> Observed:
        """A page that is no article (any more)."""
        if visit.outcome in AGAIN or visit.outcome is Outcome.SKIPPED:
            return Observed(None, visit.outcome)
        if visit.outcome is Outcome.HIJACKED:
            return self._articles.hijacked(row["url"])
        if self._articles.address(row["url"]) is not None:
            return self._articles.missing(row["url"], visit.fetched_at, self._rules.confirm_hours)
        return Observed(None, visit.outcome)

    # --- rows -----------------------------------------------------------------------------------------------------------

    def _row(self, visit: Visit) -> sqlite3.Row:
        row = self._conn.execute("SELECT * FROM urls WHERE url = ?", (visit.url,)).fetchone()
        if row is None:
            raise LookupError(f"no frontier row for {visit.url}")
        found: sqlite3.Row = row
        return found

    def _insert_capture(self, capture: Capture, outcome: str | None) -> int:
        values = {
            "crawl_id": self._crawl_id,
            "url": capture.url,
            "fetched_at": capture.fetched_at,
            "status": capture.status,
            "media_type": capture.media_type,
            "charset_declared": capture.charset,
            "payload_digest": capture.payload_digest,
            "body_digest": capture.body_digest,
            "record_digest": capture.record_digest,
            "record_id": capture.record_id,
            "revisit_of": capture.revisit_of,
            "warc_file": capture.warc_file,
            "warc_offset": capture.warc_offset,
            "warc_length": capture.warc_length,
            "outcome": outcome,
        }
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        return self._conn.execute(f"INSERT INTO captures({names}) VALUES({marks})", values).lastrowid or 0

    def _write_outcomes(
        self, visit: Visit, captures: list[int], capture_id: int | None, observed: Observed
    ) -> None:
        """The last exchange has the Visit's outcome; what came before it redirected or failed."""
        for number, capture in zip(captures, visit.captures, strict=True):
            last = number == capture_id
            outcome = (
                observed.outcome
                if last
                else (Outcome.REDIRECTED if 300 <= capture.status < 400 else Outcome.FAILED)
            )
            self._conn.execute(
                "UPDATE captures SET outcome = ?, charset = ? WHERE id = ?",
                (outcome, visit.charset if last else None, number),
            )

    def _write_removed(self, visit: Visit, capture_id: int | None) -> bool:
        """Keep what was taken out as spam, once an address; gives whether there was anything new."""
        new = 0
        for each in visit.removed if capture_id is not None else ():
            new += self._conn.execute(
                "INSERT INTO removed_text(capture_id, place, text, reason) SELECT :capture, :place, :text, :reason"
                " WHERE NOT EXISTS (SELECT 1 FROM captures AS c JOIN removed_text AS r ON r.capture_id = c.id"
                " WHERE c.url = :url AND r.text = :text AND r.place = :place)",
                {
                    "capture": capture_id,
                    "place": each.place,
                    "text": each.text,
                    "reason": each.reason,
                    "url": visit.captures[-1].url,
                },
            ).rowcount
        return new > 0

    def _write_failures(self, visit: Visit, capture_id: int | None) -> None:
        self._conn.executemany(
            "INSERT INTO failures(crawl_id, url, stage, reason, message, failed_at, capture_id) VALUES(?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    self._crawl_id,
                    visit.url,
                    each.stage,
                    each.reason,
                    each.message,
                    visit.fetched_at,
                    capture_id,
                )
                for each in visit.failures
            ],
        )

    def _write_observations(self, visit: Visit, observed: Observed, capture_id: int | None) -> None:
        """One row for each URL that was asked for: hops redirected, the last one is what the page was."""
        final = canonical_url(visit.final_url)
        hops = dict.fromkeys((*map(canonical_url, visit.hops), visit.url))
        for url in hops:
            if url != final:
                self._observe(url, visit, self._hop_outcome(url, visit, observed), capture_id)
        self._observe(final, visit, observed, capture_id)

    def _hop_outcome(self, url: str, visit: Visit, observed: Observed) -> Observed:
        lost = url == visit.url and observed.outcome in (*AGAIN, Outcome.GONE, Outcome.HIJACKED)
        return observed if lost else Observed(None, Outcome.REDIRECTED)

    def _observe(self, url: str, visit: Visit, observed: Observed, capture_id: int | None) -> None:
        self._conn.execute(
            "INSERT INTO observations(crawl_id, url, observed_at, outcome, article_id, capture_id, event, message)"
            " VALUES(?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(crawl_id, url) DO NOTHING",
            (
                self._crawl_id,
                url,
                visit.fetched_at,
                observed.outcome,
                observed.article_id,
                capture_id,
                observed.event,
                visit.message or None,
            ),
        )

    # --- the end of the lease -------------------------------------------------------------------------------------------

    def _end_lease(self, visit: Visit, row: sqlite3.Row, observed: Observed) -> None:
        final = canonical_url(visit.final_url)
        if final != visit.url:
            self._book_target(visit, row, observed, final)
            observed = self._hop_outcome(visit.url, visit, observed)
        elif (visit.hops and visit.status == 200) or (
            visit.kind == "entry" and observed.outcome is Outcome.INDEX
        ):
            self._remember_form(visit.final_url)
        self._update_row(visit, row, observed)

    def _book_target(self, visit: Visit, row: sqlite3.Row, observed: Observed, final: str) -> None:
        """A redirect's target is a row of its own, booked with the same Visit."""
        self._conn.execute(
            "INSERT INTO urls(url, request_url, kind, town_id, found_on, depth, first_seen_at, due_at)"
            " VALUES(?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(url) DO NOTHING",
            (
                final,
                visit.final_url,
                visit.kind,
                row["town_id"],
                visit.url,
                row["depth"],
                visit.fetched_at,
                visit.fetched_at,
            ),
        )
        target = self._conn.execute("SELECT * FROM urls WHERE url = ?", (final,)).fetchone()
        if (
            target["kind"] == visit.kind
            and target["last_crawl_id"] != self._crawl_id
            and target["state"] != "leased"
        ):
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

    def _update_row(self, visit: Visit, row: sqlite3.Row, observed: Observed) -> None:
        changed = observed.event in (
            "new",
            "new address",
            "changed",
            "replaced",
            "completed",
            "restored",
            "gone",
            "hijacked",
        )
        fresh = observed.outcome not in AGAIN
        values: dict[str, object] = {
            "state": "retired" if observed.outcome in ONCE and visit.kind == "article" else "known",
            "leased_by": None,
            "outcome": observed.outcome,
            "last_visit_at": visit.fetched_at,
            "last_crawl_id": self._crawl_id,
            "last_change_at": visit.fetched_at if changed else row["last_change_at"],
            "attempts": 0 if fresh else row["attempts"] + 1,
        }
        if fresh and visit.status == 200:
            values |= {"etag": visit.etag, "last_modified": visit.last_modified}
            values["body_digest"] = visit.captures[-1].body_digest if visit.captures else None
        values["due_at"] = self._due(visit, row, observed, str(values["last_change_at"] or ""))
        sets = ", ".join(f"{name} = :{name}" for name in values)
        self._conn.execute(f"UPDATE urls SET {sets} WHERE url = :url", values | {"url": visit.url})

    def _due(self, visit: Visit, row: sqlite3.Row, observed: Observed, last_change: str) -> str:
        """When the URL is asked again (DESIGN 4.4)."""
        now = from_stamp(visit.fetched_at)
        every_run = visit.kind in ("entry", "index") or (visit.kind == "listing" and (row["page"] or 1) == 1)
        if observed.outcome in AGAIN or every_run:
            return visit.fetched_at
        if observed.event == "missing" or (observed.outcome is Outcome.GONE and self._is_suspect(visit.url)):
            return to_stamp(now + timedelta(hours=self._rules.confirm_hours))
        if observed.outcome in ARTICLES and visit.kind == "article":
            address = self._articles.latest(visit.url)
            quiet = [
                address["published_at"] if address else None,
                last_change if row["last_visit_at"] else None,
            ]
            return next_due(now, quiet, least_hours=_DAY, most_hours=_HALF_YEAR)
        return next_due(now, [last_change or None], least_hours=_WEEK, most_hours=_HALF_YEAR)

    def _is_suspect(self, url: str) -> bool:
        address = self._articles.address(url)
        return address is not None and address["status"] == "live" and address["missing_since"] is not None

    # --- accounts of the sections ---------------------------------------------------------------------------------------

    def _account_listing(self, row: sqlite3.Row, read: Read) -> None:
        self._account_town(
            row["town_id"],
            pages=1,
            listed=read.new + read.known,
            new=read.new,
            known=read.known,
            ended_by=read.ended_by,
        )

    def _account_change(self, town_id: int | None, observed: Observed) -> None:
        if observed.event in ("changed", "replaced"):
            self._account_town(town_id, changed=1)

    def _account_town(self, town_id: int | None, *, ended_by: str | None = None, **counts: int) -> None:
        if town_id is None:
            return
        self._conn.execute(
            "INSERT INTO crawl_towns(crawl_id, town_id) VALUES(?, ?) ON CONFLICT DO NOTHING",
            (self._crawl_id, town_id),
        )
        sets = [f"{name} = {name} + {int(value)}" for name, value in counts.items()]
        sets += ["ended_by = :ended_by"] if ended_by else []
        if sets:
            self._conn.execute(
                f"UPDATE crawl_towns SET {', '.join(sets)} WHERE crawl_id = :crawl AND town_id = :town",
                {"ended_by": ended_by, "crawl": self._crawl_id, "town": town_id},
            )
