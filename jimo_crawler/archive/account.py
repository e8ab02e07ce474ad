"""The account of a run: what was asked, what came of each, and the verdict that makes the exit status."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from dataclasses import dataclass, field

from jimo_crawler.archive.frontier import Frontier, Plan, write
from jimo_crawler.errors import ExitStatus, Outcome
from jimo_crawler.parsers.urls import canonical_url


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a run ended."""

    status: ExitStatus
    word: str
    """ok, partial, failed, outage or storage: ``crawls.verdict``."""
    message: str
    """One line for a person."""
    counts: dict[str, int] = field(default_factory=dict)

    @classmethod
    def storage(cls, message: str) -> Verdict:
        """Disk or database ended the run."""
        return cls(ExitStatus.STORAGE, "storage", message)


class Account:
    """Counts requests where they leave, and holds them against the outcomes that were written (DESIGN 4.5)."""

    def __init__(self, conn: sqlite3.Connection, crawl_id: int, plan: Plan, frontier: Frontier) -> None:
        self._conn = conn
        self._crawl_id = crawl_id
        self._plan = plan
        self._frontier = frontier
        self._requested: set[str] = set()
        self.sent = 0
        """Requests that left, retries and robots.txt included."""

    def count_request(self, url: str) -> None:
        """A request for a page left; retries of one URL count once."""
        self._requested.add(canonical_url(url))

    def settle(self, reason: str, at: str, *, errors: int, stop: str, storage: str) -> Verdict:
        """Judge the run and write its row. *reason* is Scrapy's close reason."""
        outcomes = self._outcomes()
        counts = Counter(outcomes.values())
        asked = sum(1 for outcome in outcomes.values() if outcome != Outcome.SKIPPED)
        missing = self._requested - outcomes.keys()
        verdict = self._judge(reason, counts, missing, errors, stop, storage)
        new, changed = self._news()
        with write(self._conn):
            self._count_gaps()
            self._conn.execute(
                "UPDATE crawls SET finished_at = ?, finish_reason = ?, verdict = ?, exit_status = ?, requested = ?,"
                " outcomes = ?, articles_new = ?, articles_changed = ?, message = ? WHERE id = ?",
                (at, stop or reason, verdict.word, int(verdict.status), len(self._requested),
                 json.dumps(dict(sorted(counts.items()))), new, changed, verdict.message, self._crawl_id),
            )  # fmt: skip
        summary = {
            "requested": len(self._requested),
            "accounted": asked,
            "new": new,
            "changed": changed,
            **counts,
        }
        return Verdict(verdict.status, verdict.word, verdict.message, summary)

    def _judge(
        self, reason: str, counts: Counter[str], missing: set[str], errors: int, stop: str, storage: str
    ) -> Verdict:
        if storage:
            return Verdict.storage(storage)
        if stop.startswith("outage"):
            return Verdict(ExitStatus.OUTAGE, "outage", stop)
        if errors:
            return Verdict(ExitStatus.FAILED, "failed", f"{errors} programming error(s): see the log")
        if reason == "shutdown":
            return Verdict(
                ExitStatus.PARTIAL, "partial", "stopped by a signal; the next run goes on from here"
            )
        if missing:
            example = min(missing)
            return Verdict(
                ExitStatus.FAILED,
                "failed",
                f"{len(missing)} requested URL(s) have no outcome, e.g. {example}",
            )
        if reason != "finished" or (stop and not self._unread_start()):
            return Verdict(ExitStatus.PARTIAL, "partial", stop or f"ended early: {reason}")
        return self._judge_completeness(counts)

    def _judge_completeness(self, counts: Counter[str]) -> Verdict:
        """Whether what was asked for was read as far as asked."""
        failed, again = counts[Outcome.FAILED], counts[Outcome.FAILED] + counts[Outcome.BLOCKED]
        if (
            self._plan.only is not None
            and again
            and again == sum(counts.values()) - counts[Outcome.REDIRECTED]
        ):
            return Verdict(
                ExitStatus.FAILED, "failed", f"none of the {again} address(es) could be fetched; see failures"
            )
        if self._unread_start():
            return Verdict(ExitStatus.FAILED, "failed", "entry page or index could not be read; see failures")
        if failed:
            return Verdict(ExitStatus.PARTIAL, "partial", f"{failed} URL(s) failed and are due again")
        if broken := self._broken_sections():
            return Verdict(ExitStatus.PARTIAL, "partial", f"listing broke off: {', '.join(broken)}")
        if self._frontier.budget_reached:
            return Verdict(
                ExitStatus.PARTIAL, "partial", "the budget of this run is used up; the rest is due"
            )
        return Verdict(ExitStatus.OK, "ok", "every section read as far as asked, every URL has an outcome")

    def _outcomes(self) -> dict[str, str]:
        rows = self._conn.execute(
            "SELECT url, outcome FROM observations WHERE crawl_id = ?", (self._crawl_id,)
        )
        return {row["url"]: row["outcome"] for row in rows}

    def _unread_start(self) -> bool:
        row = self._conn.execute(
            "SELECT 1 FROM observations AS o JOIN urls AS u ON u.url = o.url WHERE o.crawl_id = ?"
            " AND u.kind IN ('entry', 'index') AND o.outcome NOT IN ('index', 'unchanged', 'redirected')",
            (self._crawl_id,),
        ).fetchone()
        return row is not None

    def _broken_sections(self) -> list[str]:
        """Sections whose pager promised more pages than it gave, or whose next page was lost."""
        rows = self._conn.execute(
            "SELECT DISTINCT t.name FROM towns AS t JOIN urls AS u ON u.town_id = t.id AND u.kind = 'listing'"
            " JOIN observations AS o ON o.url = u.url AND o.crawl_id = :crawl"
            " WHERE o.outcome NOT IN ('listing', 'unchanged', 'redirected')"
            " UNION SELECT t.name FROM towns AS t JOIN crawl_towns AS c ON c.town_id = t.id AND c.crawl_id = :crawl"
            " WHERE (c.ended_by = 'end' AND t.pages_total > t.pages_read) OR c.ended_by = 'limit'",
            {"crawl": self._crawl_id},
        )
        return [row[0] for row in rows]

    def _news(self) -> tuple[int, int]:
        row = self._conn.execute(
            "SELECT coalesce(sum(event = 'new'), 0), coalesce(sum(event IN ('changed', 'replaced')), 0)"
            " FROM observations WHERE crawl_id = ?",
            (self._crawl_id,),
        ).fetchone()
        return int(row[0]), int(row[1])

    def _count_gaps(self) -> None:
        """Per section: failed URLs of this run, and listed articles that the archive has not got yet."""
        self._conn.execute(
            "UPDATE crawl_towns SET failed = (SELECT count(*) FROM observations AS o JOIN urls AS u ON u.url = o.url"
            " WHERE o.crawl_id = crawl_towns.crawl_id AND u.town_id = crawl_towns.town_id AND o.outcome IN ('failed', 'blocked')),"
            " gap = (SELECT count(*) FROM urls AS u WHERE u.town_id = crawl_towns.town_id AND u.kind = 'article'"
            " AND (u.outcome IS NULL OR u.outcome IN ('failed', 'blocked'))) WHERE crawl_id = ?",
            (self._crawl_id,),
        )
