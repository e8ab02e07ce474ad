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

AHEAD = 3
"""Batches of pages for each process that are being read while the first of all is waited for."""
Asked = tuple[str, Answer]
"""A page, and the kind that it was asked as: entry, index, listing or article."""


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
    return _through_stages([fill(blank, _read(kind, answer, profile))])[0]


def fill(visit: Visit, reading: Reading) -> Visit:
    """A Visit with the fields of a Reading."""
    return replace(visit, **{name: getattr(reading, name) for name in Reading.__slots__})


def _read(kind: str, answer: Answer, profile: Profile) -> Reading:
    try:
        return read(kind, answer, profile)
    except Exception as error:  # as in the live run: one outcome for this URL, and the others go on
        failure = Failure(stage=Stage.PARSE, reason=Reason.PROGRAM, message=f"our parser failed: {error!r}")
        return Reading(outcome=Outcome.FAILED, failures=(failure,), message=failure.message)


def _through_stages(visits: list[Visit]) -> list[Visit]:
    for stage in _STAGES:
        visits = [stage.process_item(visit) for visit in visits]
    return visits


def read_article(answer: Answer, profile: str) -> Visit:
    """The page read as an article: what most pages are."""
    return read_together([("article", answer)], profile)[0]


def read_together(asked: Iterable[Asked], profile: str) -> list[Visit]:
    """Several pages read stage by stage, not page by page: what a stage works with stays in the processor's cache, which
    saves a tenth of the time."""
    portal = load(profile)
    return _through_stages([fill(_blank(kind), _read(kind, answer, portal)) for kind, answer in asked])


def _blank(kind: str) -> Visit:
    return Visit(url="", final_url="", kind=kind, outcome=Outcome.FAILED, fetched_at="")


def _read_batch(batch: list[Asked | str], profile: str) -> list[Visit | str]:
    """What a reading process does; a text in the place of a page says why there is none, and stays."""
    visits = iter(read_together([each for each in batch if not isinstance(each, str)], profile))
    return [each if isinstance(each, str) else next(visits) for each in batch]


class Readers:
    """Reads pages by *processes* processes (0: as many as there are processors); a context manager.

    With one process everything is read by the caller's own.
    """

    def __init__(self, profile: str, processes: int = 0) -> None:
        self.profile = profile
        self._processes = processes or os.cpu_count() or 1
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Readers:
        if self._processes > 1:
            context = get_context("forkserver")  # imports everything once, for all of them
            context.set_forkserver_preload(["jimo_crawler.fetching.forked"])
            self._pool = ProcessPoolExecutor(self._processes, mp_context=context)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def ahead(self, batches: Iterable[list[Asked | str]]) -> Iterator[list[Visit | str]]:
        """Each batch read, in order; those that follow are being read already."""
        waiting: deque[Future[list[Visit | str]]] = deque()
        for batch in batches:
            if self._pool is None:
                yield _read_batch(batch, self.profile)
                continue
            waiting.append(self._pool.submit(_read_batch, batch, self.profile))
            if len(waiting) > AHEAD * self._processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
