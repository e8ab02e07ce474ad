"""``scrapy crawl towns``: entry page → town index → listings → articles."""

from __future__ import annotations

from typing import ClassVar

from jimo_crawler.archive.frontier import Plan
from jimo_crawler.fetching.run import Config
from jimo_crawler.spiders.arguments import check_names, read_day, read_flag, read_number, read_towns
from jimo_crawler.spiders.base import JimoSpider


class TownsSpider(JimoSpider):
    """The town sections, incrementally; see README for the arguments."""

    name = "towns"
    arguments: ClassVar[tuple[str, ...]] = ("town", "since", "full", "max_pages")

    @classmethod
    def plan(cls, arguments: dict[str, str], config: Config) -> Plan:
        check_names(arguments, cls.arguments, cls.name)
        return Plan(
            towns=read_towns(arguments["town"], config) if "town" in arguments else None,
            since=read_day(arguments["since"], "since") if "since" in arguments else None,
            full=read_flag(arguments.get("full", "0"), "full"),
            max_pages=read_number(arguments["max_pages"], "max_pages") if "max_pages" in arguments else None,
            budget=config.revisit_budget,
        )
