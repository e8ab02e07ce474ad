"""``scrapy crawl SPIDER``: Scrapy's command of that name, with an exit status that means something (DESIGN 5)."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from typing import TYPE_CHECKING, cast

from scrapy.commands.crawl import Command as ScrapyCrawl
from scrapy.exceptions import UsageError
from scrapy.spiderloader import get_spider_loader

from jimo_crawler.errors import (
    ArchiveDamaged,
    ArchiveLocked,
    ArchiveTooNew,
    BadArgument,
    ExitStatus,
    JimoError,
    StorageFailed,
)

if TYPE_CHECKING:
    from jimo_crawler.archive.account import Verdict
    from jimo_crawler.spiders.base import JimoSpider

logger = logging.getLogger(__name__)

_STATUS: dict[type[JimoError], ExitStatus] = {
    BadArgument: ExitStatus.USAGE,
    ArchiveLocked: ExitStatus.LOCKED,
    StorageFailed: ExitStatus.STORAGE,
    ArchiveDamaged: ExitStatus.STORAGE,
    ArchiveTooNew: ExitStatus.STORAGE,
}


class Command(ScrapyCrawl):
    """Runs one spider over the archive."""

    requires_crawler_process = False
    """Made when the arguments are found good: what is wrong with them is said in one line, with no log before it."""

    def short_desc(self) -> str:
        return "Crawl: towns (the sections), article (given addresses), recheck (known addresses)"

    def long_desc(self) -> str:
        return f"{self.short_desc()}. Exit status: 0 ok, 1 failed, 2 usage, 3 partial, 4 outage, 5 disk or database, 75 locked."

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("name one spider: towns, article or recheck")
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # until Scrapy has its own: as Ctrl-C
        try:
            verdict = self._crawl(args[0], dict(opts.spargs))
        except KeyboardInterrupt:
            self.exitcode = int(ExitStatus.PARTIAL)
            print("scrapy crawl: stopped by a signal before anything was asked", file=sys.stderr)
            return
        except JimoError as error:
            self.exitcode = next(
                (int(status) for kind, status in _STATUS.items() if isinstance(error, kind)), 1
            )
            print(f"scrapy crawl: {error}", file=sys.stderr)
            return
        self.exitcode = int(verdict.status)
        print(_summary(args[0], verdict), file=sys.stderr)

    def _crawl(self, name: str, arguments: dict[str, str]) -> Verdict:
        from scrapy.crawler import AsyncCrawlerProcess

        from jimo_crawler.fetching.run import ArchiveCrawler, Run, read_config

        assert self.settings is not None
        spider = self._spider_class(name)
        config = read_config(self.settings)
        plan = spider.plan(arguments, config)
        process = AsyncCrawlerProcess(self.settings)  # sets up logging, and says what it runs on
        run = Run.open(config, name, arguments, plan, any_section=spider.any_section)
        crawler = ArchiveCrawler(spider, self.settings)
        crawler.run = run
        process.crawl(crawler)
        process.start()
        for each in (
            signal.SIGINT,
            signal.SIGTERM,
        ):  # closing the account takes a moment, and is not to be cut short
            signal.signal(each, signal.SIG_IGN)
        stats = crawler.stats.get_stats() if crawler.stats else {}
        errors = sum(stats.get(key, 0) for key in ("spider_exceptions/count", "jimo/program_errors"))
        stopped = (
            "shutdown" if "start_time" in stats else "not started"
        )  # a second signal leaves Scrapy no time to say so
        return run.finish(str(stats.get("finish_reason", stopped)), errors=errors)

    def _spider_class(self, name: str) -> type[JimoSpider]:
        assert self.settings is not None
        loader = get_spider_loader(self.settings)
        try:
            return cast("type[JimoSpider]", loader.load(name))
        except KeyError:
            raise BadArgument(f"no spider {name!r}; there is: {', '.join(sorted(loader.list()))}") from None


def _summary(name: str, verdict: Verdict) -> str:
    counts = ", ".join(f"{key} {value}" for key, value in verdict.counts.items())
    return f"{name}: {verdict.word} ({int(verdict.status)}): {verdict.message}" + (
        f" [{counts}]" if counts else ""
    )
