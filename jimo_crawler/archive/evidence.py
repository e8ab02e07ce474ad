"""What a Visit leaves behind as evidence and account: captures, removed text, failures, observations."""

from __future__ import annotations

import sqlite3

from jimo_crawler.archive.addresses import Observed
from jimo_crawler.archive.rows import insert
from jimo_crawler.errors import Outcome
from jimo_crawler.items import Capture, Visit
from jimo_crawler.parsers.urls import canonical_url


def find_origin(conn: sqlite3.Connection, url: str, record_id: str | None) -> sqlite3.Row | None:
    """The row of the record that a revisit refers to: nearly always one of the same address, where it is found at once."""
    where = "url = :url AND record_id = :id", "record_id = :id"
    for each in where if record_id else ():
        row: sqlite3.Row | None = conn.execute(
            f"SELECT * FROM captures WHERE {each}", {"url": url, "id": record_id}
        ).fetchone()
        if row is not None:
            return row
    return None


class Evidence:
    """Rows that are only ever added; each call happens inside the caller's transaction."""

    def __init__(self, conn: sqlite3.Connection, crawl_id: int) -> None:
        self._conn = conn
        self._crawl_id = crawl_id

    def add_capture(self, capture: Capture, outcome: str | None = None) -> int:
        """One exchange; gives the number of its row."""
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
        return insert(self._conn, "captures", values).lastrowid or 0

    def set_outcomes(self, visit: Visit, captures: list[int], outcome: Outcome) -> None:
        """The last exchange has the Visit's outcome; what came before it redirected or failed."""
        for number, capture in zip(captures, visit.captures, strict=True):
            last = number == captures[-1]
            before = Outcome.REDIRECTED if 300 <= capture.status < 400 else Outcome.FAILED
            self._conn.execute(
                "UPDATE captures SET outcome = ?, charset = ? WHERE id = ?",
                (outcome if last else before, visit.charset if last else None, number),
            )

    def add_removed(self, visit: Visit, capture_id: int | None) -> bool:
        """Keep what was taken out as spam, once an address; gives whether any of it is an injection not met there before.

        What was merely hidden is kept, too, and is no injection.
        """
        injected = False
        for each in visit.removed if capture_id is not None else ():
            added = self._conn.execute(
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
            injected = injected or (added > 0 and each.reason != "hidden")
        return injected

    def add_failures(self, visit: Visit, capture_id: int | None) -> None:
        """What a person may want to look at."""
        if not visit.failures:
            return
        self._conn.executemany(
            "INSERT INTO failures(crawl_id, url, stage, reason, message, failed_at, capture_id)"
            " VALUES(?, ?, ?, ?, ?, ?, ?)",
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

    def add_observation(self, url: str, visit: Visit, observed: Observed, capture_id: int | None) -> None:
        """What a URL that was asked for came to; the first of a run counts (two addresses may lead to one page)."""
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
                _said(url, visit, observed),
            ),
        )


def _said(url: str, visit: Visit, observed: Observed) -> str | None:
    """What a person is told of an observation: where the address leads to, and what was found there."""
    found = visit.message
    if not found and observed.outcome is Outcome.HIJACKED:
        found = "other words than the article had"
    if url != canonical_url(visit.final_url):
        found = f"leads to {visit.final_url}" + (f": {found}" if found else "")
    return found or None
