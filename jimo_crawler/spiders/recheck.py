"""``scrapy crawl recheck``: known article addresses once more, the one observed longest ago first."""

from __future__ import annotations

from typing import ClassVar

from jimo_crawler import clock
from jimo_crawler.archive.frontier import Plan
from jimo_crawler.fetching.run import Config
from jimo_crawler.spiders.arguments import check_names, read_age, read_number, read_towns
from jimo_crawler.spiders.base import JimoSpider


class RecheckSpider(JimoSpider):
    """Asks what is known, due or not: what has changed, what is gone."""

    name = "recheck"
    arguments: ClassVar[tuple[str, ...]] = ("budget", "town", "older_than")

    @classmethod
    def plan(cls, arguments: dict[str, str], config: Config) -> Plan:
        check_names(arguments, cls.arguments, cls.name)
        before = None
        if "older_than" in arguments:
            age = read_age(arguments["older_than"], "older_than")
            before = clock.to_stamp(clock.from_environment(config.now).now() - age)
        return Plan(
            recheck=True,
            towns=read_towns(arguments["town"], config) if "town" in arguments else None,
            budget=read_number(arguments["budget"], "budget") if "budget" in arguments else None,
            observed_before=before,
        )

    def begin(self) -> None:
        """Nothing to put in: the frontier has it all."""
