"""``scrapy crawl article``: the addresses that it is told, whatever their section."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from jimo_crawler.archive.frontier import Plan
from jimo_crawler.errors import BadArgument
from jimo_crawler.fetching.run import Config
from jimo_crawler.parsers.hosts import Hosts
from jimo_crawler.parsers.urls import canonical_url
from jimo_crawler.spiders.arguments import check_names, read_url
from jimo_crawler.spiders.base import JimoSpider


class ArticleSpider(JimoSpider):
    """Archives single articles on demand."""

    name = "article"
    any_section: ClassVar[bool] = True
    arguments: ClassVar[tuple[str, ...]] = ("url", "urls")
    requested: ClassVar[dict[str, str]] = {}

    @classmethod
    def plan(cls, arguments: dict[str, str], config: Config) -> Plan:
        check_names(arguments, cls.arguments, cls.name)
        urls = [read_url(each) for each in _split(arguments)]
        if not urls:
            raise BadArgument("article needs -a url=URL[,URL…] or -a urls=FILE (one address a line)")
        hosts = Hosts(config.portal_url, config.hosts)
        for url in urls:
            if not hosts.allow(url):
                raise BadArgument(
                    f"{url} is not on the portal ({config.portal_url}); JIMO_PORTAL_HOSTS can name more hosts"
                )
        cls.requested = {canonical_url(url): url for url in urls}
        return Plan(only=tuple(cls.requested))

    def begin(self) -> None:
        for url in self.requested.values():
            self.run.add_url(url, "article")


def _split(arguments: dict[str, str]) -> list[str]:
    """The addresses of both arguments; a file may hold blank lines and ``#`` comments."""
    urls = [each for each in arguments.get("url", "").split(",") if each.strip()]
    if "urls" in arguments:
        try:
            lines = Path(arguments["urls"]).read_text(encoding="utf-8-sig").splitlines()
        except OSError as error:
            raise BadArgument(f"-a urls={arguments['urls']}: cannot be read ({error.strerror})") from None
        except UnicodeDecodeError:
            raise BadArgument(f"-a urls={arguments['urls']}: not a UTF-8 text file") from None
        urls += [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    return urls
