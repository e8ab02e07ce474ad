"""What a page costs: a whole crawl of the demo portal against a bare spider that fetches the same pages, and its layers."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from typing import NamedTuple, TypeVar

from benchmarks.measure import PROJECT, TIMES, Cost, best_cpu_of, middle, run
from jimo_crawler.demo.portal import build
from jimo_crawler.items import Page

ROUNDS = 3
T = TypeVar("T")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The demo portal in a process of its own, so that its work is not counted; gives its URL."""
    log = folder / "access.jsonl"
    server = Popen(
        [sys.executable, "-m", "scrapy", "demo", "--log", str(log)], cwd=PROJECT, stdout=PIPE, text=True
    )
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        yield next(word for word in line.split() if word.startswith("http://"))
    finally:
        server.terminate()
        server.wait()


def main() -> None:
    """Print the figures."""
    with tempfile.TemporaryDirectory() as name, served(Path(name)) as url:
        folder = Path(name)
        urls, one = folder / "urls.txt", folder / "one.txt"
        rounds = []
        for number in range(ROUNDS):
            whole = _crawl(folder / f"{number}", url, "towns")
            if not number:
                addresses = _addresses(folder / "0" / "jimo.db")
                urls.write_text("\n".join(addresses), encoding="utf-8")
                one.write_text(addresses[-1], encoding="utf-8")
            start = _crawl(folder / f"{number}-start", url, "article", "-a", f"url={addresses[-1]}")
            rounds.append(Round(whole, start, _bare(urls), _bare(one)))
    _print_crawl(len(addresses), rounds)
    _print_layers()


class Round(NamedTuple):
    """What one run of each kind cost; the machine's other work falls on all of them alike."""

    whole: Cost
    start: Cost
    """The same command for one page, into an archive of its own."""
    bare: Cost
    bare_start: Cost


def _bare(urls: Path) -> Cost:
    return run([sys.executable, "-m", "benchmarks.bare_spider", str(urls)])


def _crawl(folder: Path, url: str, *arguments: str) -> Cost:
    folder.mkdir()
    settings = {
        "JIMO_PORTAL_URL": url, "JIMO_ARCHIVE_DB": str(folder / "jimo.db"), "JIMO_WARC_DIR": str(folder / "warc"),
        "DOWNLOAD_DELAY": "0", "AUTOTHROTTLE_ENABLED": "0", "LOG_LEVEL": "WARNING", "JIMO_NOW": "2026-01-05T06:00:00Z",
    }  # fmt: skip
    options = [part for key, value in settings.items() for part in ("-s", f"{key}={value}")]
    return run([sys.executable, "-m", "scrapy", "crawl", *arguments, *options])


def _addresses(db: Path) -> list[str]:
    """Every address that a crawl asked for, in order; the last is an article's."""
    with closing(sqlite3.connect(db)) as conn:
        return [row[0] for row in conn.execute("SELECT url FROM captures ORDER BY outcome = 'article', id")]


def _print_crawl(pages: int, rounds: list[Round]) -> None:
    whole, start, bare, bare_start = (middle(list(costs)) for costs in zip(*rounds, strict=True))
    ours, floor = (
        1000 * (cost.cpu - one.cpu) / (pages - 1) for cost, one in ((whole, start), (bare, bare_start))
    )
    print(f"crawl of {pages} pages, medians of {len(rounds)} processes")
    print(f"  bare spider   {floor:6.2f} ms CPU a page   {bare.rss_mb:5.0f} MB peak")
    print(
        f"  whole crawl   {ours:6.2f} ms CPU a page   {whole.rss_mb:5.0f} MB peak   {ours / floor:.2f} x the bare spider (promise: 4)"
    )
    print(
        f"  start-up, which is not in these: {start.cpu:.2f} s, the bare spider's {bare_start.cpu:.2f} s; all in all {whole.cpu / bare.cpu:.2f} x"
    )


def _print_layers() -> None:
    """Parsing and cleaning alone, on the demo's article pages, against lxml's own parse of the same text.

    Where parsing goes, in multiples of the floor: libxml2 reporting a page to handlers that do nothing takes 1.1, lines and
    boxes made of it 2.8 with that, meta data 0.9, what each line is 0.7; the rest is spread over some hundred small
    questions to forty lines, none of which comes to 0.5.
    """
    from lxml import html

    from jimo_crawler.errors import JimoError
    from jimo_crawler.items import ArticlePage
    from jimo_crawler.parsers.article import parse_article
    from jimo_crawler.parsers.decode import decode
    from jimo_crawler.parsers.dom import read_document
    from jimo_crawler.portal import load
    from jimo_crawler.text import fingerprint, spam
    from jimo_crawler.text.normal import normalise

    site, profile = build(0), load()
    raw = [
        site.pages[where["path"]]
        for each in site.truth.articles
        for where in each["addresses"]
        if where["path"] in site.pages
    ]
    pages = [
        decode("http://127.0.0.1/x", answer.body, dict(answer.headers).get("Content-Type")) for answer in raw
    ]

    def parse(page: Page) -> ArticlePage | None:
        try:
            return parse_article(page, profile)
        except JimoError:
            return None

    read = [each for each in map(parse, pages) if each is not None]
    normal = [normalise(page) for page in read]
    layers = best_cpu_of(
        {
            "lxml.html.fromstring": _each(lambda page: html.fromstring(page.html), pages),
            "decode": _each(lambda answer: decode("http://127.0.0.1/x", answer.body, None), raw),
            "parse": _each(parse, pages),
            "  its markup": _each(read_document, pages),
            "normalise": _each(normalise, read),
            "spam": _each(lambda page: spam.clean(page.article, page.around), normal),
            "fingerprint": _each(
                lambda page: fingerprint.fingerprint(page.article.title, page.article.body), normal
            ),
        }
    )
    floor, count = layers["lxml.html.fromstring"], len(pages)
    print(
        f"layers over {count} article pages of {_kilobytes(pages):.1f} KB, best of {TIMES}, nothing remembered"
    )
    for name, seconds in layers.items():
        print(f"  {name:<20}  {1000 * seconds / count:6.3f} ms a page   {seconds / floor:5.2f} x")
    both = (layers["parse"] + layers["normalise"]) / floor
    print(f"  parse + normalise     {both:.2f} x lxml.html.fromstring (promise: 5)")


def _each(work: Callable[[T], object], things: list[T]) -> Callable[[], None]:
    """*work* done for one thing after another, nothing of which is kept: as in a crawl."""

    def go() -> None:
        for thing in things:
            work(thing)

    return go


def _kilobytes(pages: list[Page]) -> float:
    return sum(len(page.html.encode("utf-8")) for page in pages) / len(pages) / 1000


if __name__ == "__main__":
    began = time.perf_counter()
    main()
    print(f"({time.perf_counter() - began:.0f} s)")
