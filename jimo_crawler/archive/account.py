"""The account of a run: what was asked, what came of each, and the verdict that makes the exit status."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from dataclasses import dataclass, field

from jimo_crawler.archive.frontier import Frontier, Plan, write
from jimo_crawler.archive.sections import Sections
from jimo_crawler.errors import ExitStatus, Outcome
from jimo_crawler.parsers.urls import canonical_url

FEW = 3
"""Pages of which none could be read: from so many on it is the portal."""


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
    def of(cls, status: ExitStatus, message: str) -> Verdict:
        """A verdict of that status."""
        return cls(status, status.name.lower(), message)

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

    def settle(
        self, reason: str, at: str, *, errors: int, stop: tuple[str, ExitStatus], storage: str
    ) -> Verdict:
        """Judge the run and write its row. *reason* is Scrapy's close reason, *stop* why the run ended itself (empty if it
        did not) and how bad that is."""
        outcomes = self._outcomes()
        counts = Counter(outcomes.values())
        accounted = {url for url, outcome in outcomes.items() if outcome != Outcome.SKIPPED}
        verdict = self._judge(reason, counts, self._requested ^ accounted, errors, stop, storage)
        new, changed = self._news()
        with write(self._conn):
            sections = Sections(self._conn, self._crawl_id)
            sections.mark_unread()
            sections.count_gaps()
            self._conn.execute(
                "UPDATE crawls SET finished_at = ?, finish_reason = ?, verdict = ?, exit_status = ?, requested = ?,"
                " outcomes = ?, articles_new = ?, articles_changed = ?, message = ? WHERE id = ?",
                (at, stop[0] or reason, verdict.word, int(verdict.status), len(self._requested),
                 json.dumps(dict(sorted(counts.items()))), new, changed, verdict.message, self._crawl_id),
            )  # fmt: skip
        summary = {
            "requested": len(self._requested),
            "accounted": len(accounted),
            "new": new,
            "changed": changed,
            **counts,
        }
        return Verdict(verdict.status, verdict.word, verdict.message, summary)

    def _judge(
        self,
        reason: str,
        counts: Counter[str],
        unbalanced: set[str],
        errors: int,
        stop: tuple[str, ExitStatus],
        storage: str,
    ) -> Verdict:
        stopped, status = stop
        if storage:
            return Verdict.storage(storage)
        if stopped and status is ExitStatus.OUTAGE:
            return Verdict.of(status, stopped)
        if errors:
            return Verdict.of(ExitStatus.FAILED, f"{errors} programming error(s): see the log")
        if reason == "shutdown":
            return Verdict.of(ExitStatus.PARTIAL, "stopped by a signal; the next run goes on from here")
        if unbalanced:
            said = f"the account does not balance: {len(unbalanced)} URL(s), e.g. {min(unbalanced)}"
            return Verdict.of(ExitStatus.FAILED, said)
        if stopped:
            return Verdict.of(status, stopped)
        if reason != "finished":
            return Verdict.of(ExitStatus.PARTIAL, f"ended early: {reason}")
        return self._judge_completeness(counts)

    def _judge_completeness(self, counts: Counter[str]) -> Verdict:
        """Whether what was asked for was read as far as asked."""
        failed, again = counts[Outcome.FAILED], counts[Outcome.FAILED] + counts[Outcome.BLOCKED]
        nothing_else = again == sum(counts.values()) - counts[Outcome.REDIRECTED]
        if self._plan.only is not None and again and nothing_else:
            return Verdict.of(
                ExitStatus.FAILED, f"none of the {again} address(es) could be fetched; see failures"
            )
        if again >= FEW and nothing_else:
            return Verdict.of(ExitStatus.OUTAGE, f"outage: none of {again} known pages could be read")
        if self._unread_start():
            return Verdict.of(ExitStatus.FAILED, "entry page or index could not be read; see failures")
        if self._has_only_empty_sections():
            return Verdict.of(ExitStatus.FAILED, "no section's listing names any article; see failures")
        gaps = [f"{failed} URL(s) failed and are due again"] if failed else []
        if broken := self._broken_sections():
            gaps.append(f"listing broke off: {', '.join(broken)}")
        if self._frontier.budget_reached:
            gaps.append("the budget of this run is used up; the rest is due")
        if unread := Sections(self._conn, self._crawl_id).newly_unread():
            gaps.append(f"no article could be found in the section(s) {', '.join(unread)}")
        if gaps:
            return Verdict.of(ExitStatus.PARTIAL, "; ".join(gaps))
        return Verdict.of(ExitStatus.OK, "every section read as far as asked, every URL has an outcome")

    def _has_only_empty_sections(self) -> bool:
        """Sections were asked for, and not one of them listed anything: the listings cannot be read as they are now."""
        row = self._conn.execute(
            "SELECT count(*) AS sections, sum(listed) AS listed FROM crawl_towns WHERE crawl_id = ? AND pages > 0",
            (self._crawl_id,),
        ).fetchone()
        return bool(row["sections"] and not row["listed"])

    def _outcomes(self) -> dict[str, str]:
        rows = self._conn.execute(
            "SELECT url, outcome FROM observations WHERE crawl_id = ?", (self._crawl_id,)
        )
        return {row["url"]: row["outcome"] for row in rows}

    def _unread_start(self) -> bool:
        row = self._conn.execute(
            "SELECT 1 FROM urls WHERE kind IN ('entry', 'index') AND last_crawl_id = ?"
            " AND outcome NOT IN ('index', 'unchanged', 'redirected', 'not_article') UNION ALL SELECT 1 WHERE EXISTS"
            " (SELECT 1 FROM urls WHERE kind = 'entry') AND NOT EXISTS (SELECT 1 FROM urls WHERE kind IN ('index', 'listing'))",
            (self._crawl_id,),
        ).fetchone()
        return row is not None

    def _broken_sections(self) -> list[str]:
        """Sections whose pager promised more pages than it gave, or whose next page was lost."""
        rows = self._conn.execute(
            "SELECT DISTINCT t.name FROM towns AS t JOIN urls AS u ON u.town_id = t.id AND u.kind = 'listing'"
            " WHERE u.last_crawl_id = :crawl AND u.outcome NOT IN ('listing', 'unchanged', 'redirected', 'out_of_scope')"
            " UNION SELECT t.name FROM towns AS t JOIN crawl_towns AS c ON c.town_id = t.id AND c.crawl_id = :crawl"
            " WHERE (c.ended_by IN ('end', 'loop') AND t.pages_total > t.pages_read) OR c.ended_by = 'limit'",
            {"crawl": self._crawl_id},
        )
        return [row[0] for row in rows]

    def _news(self) -> tuple[int, int]:
        row = self._conn.execute(
            "SELECT coalesce(sum(event = 'new'), 0), coalesce(sum(event IN ('changed', 'departed', 'replaced')), 0)"
            " FROM observations WHERE crawl_id = ?",
            (self._crawl_id,),
        ).fetchone()
        return int(row[0]), int(row[1])
