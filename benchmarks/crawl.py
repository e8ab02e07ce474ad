"""What a page costs: a whole crawl of the demo portal against a bare spider that fetches the same pages, and its layers."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen

from benchmarks.measure import PROJECT, Cost, best_cpu, middle, run
from jimo_crawler.demo.portal import build

ROUNDS = 3


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
        whole = [_whole(folder / str(number), url) for number in range(ROUNDS)]
        pages = _write_urls(folder / "0" / "jimo.db", folder / "urls.txt")
        bare = [
            run([sys.executable, "-m", "benchmarks.bare_spider", str(folder / "urls.txt")])
            for _ in range(ROUNDS)
        ]
        (folder / "one.txt").write_text(url, encoding="utf-8")
        start = middle(
            [
                run([sys.executable, "-m", "benchmarks.bare_spider", str(folder / "one.txt")])
                for _ in range(ROUNDS)
            ]
        )
    _print_crawl(pages, middle(whole), middle(bare), start)
    _print_layers()


def _whole(folder: Path, url: str) -> Cost:
    folder.mkdir()
    settings = {
        "JIMO_PORTAL_URL": url, "JIMO_ARCHIVE_DB": str(folder / "jimo.db"), "JIMO_WARC_DIR": str(folder / "warc"),
        "DOWNLOAD_DELAY": "0", "AUTOTHROTTLE_ENABLED": "0", "LOG_LEVEL": "WARNING", "JIMO_NOW": "2026-01-05T06:00:00Z",
    }  # fmt: skip
    options = [part for key, value in settings.items() for part in ("-s", f"{key}={value}")]
    return run([sys.executable, "-m", "scrapy", "crawl", "towns", *options])


def _write_urls(db: Path, target: Path) -> int:
    import sqlite3

    conn = sqlite3.connect(db)
    urls = [row[0] for row in conn.execute("SELECT url FROM captures ORDER BY id")]
    conn.close()
    target.write_text("\n".join(urls), encoding="utf-8")
    return len(urls)


def _print_crawl(pages: int, whole: Cost, bare: Cost, start: Cost) -> None:
    """Per page, start-up taken off both (it is the same 0.6 s whatever the number of pages)."""
    ours, floor = (1000 * (cost.cpu - start.cpu) / pages for cost in (whole, bare))
    print(f"crawl of {pages} pages, medians of {ROUNDS} processes")
    print(f"  bare spider   {floor:6.2f} ms CPU a page   {bare.rss_mb:5.0f} MB peak")
    print(
        f"  whole crawl   {ours:6.2f} ms CPU a page   {whole.rss_mb:5.0f} MB peak   {ours / floor:.2f} x the bare spider (promise: 4)"
    )
    print(f"  with start-up {whole.cpu / bare.cpu:6.2f} x; start-up of a bare spider {start.cpu:.2f} s")


def _print_layers() -> None:
    """Parsing and cleaning alone, on the demo's article pages, against lxml's own parse of the same text."""
    from lxml import html

    from jimo_crawler.errors import JimoError
    from jimo_crawler.items import ArticlePage
    from jimo_crawler.parsers.article import parse_article
    from jimo_crawler.parsers.decode import decode
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
    read: list[ArticlePage] = []

    def parse() -> None:
        read.clear()
        for page in pages:
            try:
                read.append(parse_article(page, profile))
            except JimoError:
                continue

    floor = best_cpu(
        lambda: [
            html.fromstring(
                page.html.encode("utf-8"), parser=html.HTMLParser(encoding="utf-8", huge_tree=True)
            )
            for page in pages
        ]
    )
    layers = {
        "decode": best_cpu(lambda: [decode("http://127.0.0.1/x", each.body, None) for each in raw]),
        "parse": best_cpu(parse),
    }
    layers["normalise"] = best_cpu(lambda: [normalise(page) for page in read])
    normal = [normalise(page) for page in read]
    layers["spam"] = best_cpu(lambda: [spam.clean(page.article, page.around) for page in normal])
    layers["fingerprint"] = best_cpu(
        lambda: [fingerprint.fingerprint(page.article.title, page.article.body) for page in normal]
    )
    count = len(pages)
    print(f"layers over {count} article pages, best of 5")
    print(f"  lxml.html.fromstring  {1000 * floor / count:6.3f} ms a page (the floor)")
    for name, seconds in layers.items():
        print(f"  {name:<20}  {1000 * seconds / count:6.3f} ms a page   {seconds / floor:5.2f} x")
    both = (layers["parse"] + layers["normalise"]) / floor
    print(f"  parse + normalise     {both:.2f} x lxml.html.fromstring (promise: 5)")


if __name__ == "__main__":
    began = time.perf_counter()
    main()
    print(f"({time.perf_counter() - began:.0f} s)")
