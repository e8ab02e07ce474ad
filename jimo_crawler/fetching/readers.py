"""Pages read without network and reactor: through the same parsers and pipeline classes as in a crawl, on all processors."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from types import TracebackType

from jimo_crawler.errors import Outcome, Reason, Stage
from jimo_crawler.items import Failure, Visit
from jimo_crawler.parsers.response import Answer, Reading, read
from jimo_crawler.portal import Profile, load
from pipelines.deduplicate import Deduplicate
from pipelines.normalise import Normalise
from pipelines.spam import SpamFilter

AHEAD = 16
"""Batches of pages that are being read while the first of them is waited for."""


class Counts:
    """What the pipeline classes count; stands in for Scrapy's stats collector."""

    def __init__(self) -> None:
        self.values: Counter[str] = Counter()

    def inc_value(self, key: str, count: int = 1, start: int = 0) -> None:  # noqa: ARG002  # Scrapy's signature
        """Add *count* to *key*."""
        self.values[key] += count


_COUNTS = Counts()
_STAGES = (Normalise(_COUNTS), SpamFilter(_COUNTS), Deduplicate())


def read_visit(kind: str, answer: Answer, profile: Profile, blank: Visit) -> Visit:
    """*blank* with what the page was filled in, through the pipeline classes: what a spider callback and Scrapy do."""
    visit = fill(blank, _read(kind, answer, profile))
    for stage in _STAGES:
        visit = stage.process_item(visit)
    return visit


def fill(visit: Visit, reading: Reading) -> Visit:
    """A Visit with the fields of a Reading."""
    return replace(visit, **{name: getattr(reading, name) for name in Reading.__slots__})


def _read(kind: str, answer: Answer, profile: Profile) -> Reading:
    try:
        return read(kind, answer, profile)
    except Exception as error:  # as in the live run: one outcome for this URL, and the others go on
        failure = Failure(stage=Stage.PARSE, reason=Reason.PROGRAM, message=f"our parser failed: {error!r}")
        return Reading(outcome=Outcome.FAILED, failures=(failure,), message=failure.message)


def read_article(answer: Answer, profile: str) -> Visit:
    """The page read as an article: what most pages are."""
    blank = Visit(url="", final_url="", kind="article", outcome=Outcome.FAILED, fetched_at="")
    return read_visit("article", answer, load(profile), blank)


def _read_articles(answers: list[Answer | str], profile: str) -> list[Visit | str]:
    """What a reading process does; a text in the place of an answer says why there is none, and stays."""
    return [each if isinstance(each, str) else read_article(each, profile) for each in answers]


class Readers:
    """Reads pages by *processes* processes (0: as many as there are processors); a context manager.

    With one process everything is read by the caller's own, when it is asked for.
    """

    def __init__(self, profile: str, processes: int = 0) -> None:
        self.profile = profile
        self._processes = processes or os.cpu_count() or 1
        self._pool: ProcessPoolExecutor | None = None

    @property
    def alone(self) -> bool:
        """Nothing is read beforehand."""
        return self._processes == 1

    def __enter__(self) -> Readers:
        if not self.alone:
            context = get_context("forkserver")  # imports everything once, for all of them
            context.set_forkserver_preload([__name__])
            self._pool = ProcessPoolExecutor(self._processes, mp_context=context)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def ahead(self, batches: Iterable[list[Answer | str]]) -> Iterator[list[Visit | str]]:
        """Each batch read as articles, in order; those that follow are being read already."""
        waiting: deque[Future[list[Visit | str]]] = deque()
        for answers in batches:
            if self._pool is None:
                yield _read_articles(answers, self.profile)
                continue
            waiting.append(self._pool.submit(_read_articles, answers, self.profile))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
