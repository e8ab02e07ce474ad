"""Addresses that misbehave on the way: known from the truth alone, no section leads to them.

``/faults/entry.html`` is an entry page of its own, to a town index whose listings' pagers never end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from jimo_crawler.demo import fixed
from jimo_crawler.demo.charsets import CHARSETS, content_type, encode
from jimo_crawler.demo.clutter import HOST
from jimo_crawler.demo.grammar import compose
from jimo_crawler.demo.plan import SAMPLE_PATH, SEED, moment, put
from jimo_crawler.demo.render import article_page
from jimo_crawler.demo.towns import town
from jimo_crawler.demo.truth import at_address

if TYPE_CHECKING:
    from jimo_crawler.demo.address import Address
    from jimo_crawler.demo.standing import Standing

OVERSIZE = 30 * 1024 * 1024
CHAIN = 30
"""Length of the redirect chain: more than any client follows."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One misbehaviour: how the server sends (a name that server.py knows), and the outcomes that fit."""

    name: str
    manner: str
    outcomes: tuple[str, ...]
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    change: Callable[[bytes], bytes] = bytes
    """What becomes of the article's page."""
    note: str = ""

    @property
    def path(self) -> str:
        return f"/faults/{self.name}.html"


def _deep(page: bytes) -> bytes:
    return page.replace(b'<div class="rich-text">', b'<div class="rich-text">' + b"<div>" * 3000).replace(
        b"</article>", b"</div>" * 3000 + b"</article>"
    )


def _cut(page: bytes) -> bytes:
    """The page up to the middle of its body: the last thing is half a paragraph."""
    middle = page.index(b'<div class="rich-text">')
    places = [found.start() for found in re.finditer(b"</p>", page) if found.start() > middle]
    end = places[len(places) // 3]
    return page[: end - 12]


def _with_nul(page: bytes) -> bytes:
    return page.replace("，".encode(), "，\0".encode(), 2).replace(b"<main>", b"\0<main>")


def _huge(_: bytes) -> bytes:
    return b""


FAULTS = (
    Fault("slow", "slow", ("article",), note="the body comes after two seconds"),
    Fault("flaky", "flaky", ("article",), note="503 with Retry-After: 1 at the first request, then the article"),
    Fault("busy", "busy", ("article",), note="429 with Retry-After: 1 at the first request, then the article"),
    Fault("unavailable", "", ("failed",), status=503),
    Fault("error", "", ("failed",), status=500),
    Fault("forbidden", "", ("blocked", "failed"), status=403),
    Fault("closed", "close", ("failed",), note="the connection is closed without an answer"),
    Fault("truncated", "truncated", ("failed",), note="Content-Length is larger than what is sent"),
    Fault("cut", "", ("failed",), change=_cut, note="a whole answer whose markup ends inside the body"),
    Fault("gzip", "gzip", ("article",)),
    Fault("chunked", "chunked", ("article",)),
    Fault("gzip-chunked", "gzip chunked", ("article",)),
    Fault("untyped", "untyped", ("article",), note="no Content-Type"),
    Fault("plain", "", ("article", "not_article"), headers=(("Content-Type", "text/plain"),)),
    Fault("oversize", "oversize", ("failed",), change=_huge, note=f"{OVERSIZE} bytes, announced"),
    Fault("oversize-chunked", "oversize chunked", ("failed",), change=_huge, note=f"{OVERSIZE} bytes, not announced"),
    Fault("bomb", "gzip", ("failed",), change=lambda _: bytes(OVERSIZE), note="packed small, unpacked large"),
    Fault("binary", "", ("not_article", "failed"), change=lambda _: _jpeg(), note="a picture sent as text/html"),
    Fault(
        "document", "", ("not_article",), headers=(("Content-Type", "application/pdf"),),
        change=lambda _: b"%PDF-1.4\n" + bytes(range(128, 256)) * 30,
    ),
    Fault("empty", "", ("failed", "not_article", "gone"), change=lambda _: b""),
    Fault("deep", "", ("article",), change=_deep, note="3000 divs around the body"),
    Fault("nul", "", ("article",), change=_with_nul, note="NUL characters in the page"),
    Fault("loop", "", ("failed",), status=302, headers=(("Location", "/faults/loop-back.html"),)),
    Fault("loop-back", "", ("failed",), status=302, headers=(("Location", "/faults/loop.html"),)),
    Fault("chain", "", ("failed",), status=302, headers=(("Location", "/faults/chain-1.html"),)),
    Fault("moved", "", ("redirected",), status=301, headers=(("Location", SAMPLE_PATH),)),
    Fault(
        "www", "", ("article", "failed"), status=301, headers=(("Location", f"http://www.{HOST}/faults/gzip.html"),),
        note="the same portal with www.: to be had only where that name leads to the server",
    ),
    Fault(
        "foreign", "", ("hijacked", "failed", "skipped"), status=302, headers=(("Location", "http://spam.invalid/x"),),
    ),
    Fault("file", "", ("failed", "skipped", "hijacked"), status=302, headers=(("Location", "file:///etc/passwd"),)),
)  # fmt: skip


def _jpeg() -> bytes:
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + Random("jpeg").randbytes(6000) + b"\xff\xd9"


def article_of(fault: Fault) -> Address:
    """The article behind a fault, were it not for it: an ordinary one of 金口镇."""
    where = town("金口镇")
    rng = Random(f"{SEED}/fault/{fault.name}")
    story = compose(f"fault/{fault.name}", SEED, where, moment(rng, 2019, 2021), "culture")
    return put(
        story, where.name, "html5", path=fault.path, style="semantic", charset="utf-8", validators=False
    )


def page_of(fault: Fault) -> bytes:
    """The bytes that a fault's address holds."""
    if fault.status != 200:
        return f"<html><head><title>{fault.status}</title></head><body><h1>{fault.status}</h1></body></html>".encode()
    trail = fixed.trail("金口镇", "/jmxz/jinkou/")
    return fault.change(article_page(article_of(fault), 1, [], trail, {}))


def truth_of(fault: Fault, standing: Callable[[Address], Standing]) -> dict[str, Any]:
    """What a test should know about it."""
    fits = {"kind": fault.name, "linked": False, "outcomes": list(fault.outcomes), "note": fault.note}
    if fault.outcomes[0] != "article" or fault.status != 200:
        return fits
    address = article_of(fault)
    fields = {"title": address.story.title, "body": "\n".join(address.story.lines), "town": address.section}
    fields |= {name: getattr(address.story, name) for name in ("source", "editor", "author", "views")}
    return {**fits, "article": {**at_address(standing(address), ())[0], **fields}}


ENTRY = "/faults/entry.html"
INDEX = "/faults/index.html"
ENDLESS = re.compile(r"/faults/(endless|repeating)\.asp(\?|$)")


def entry_page() -> bytes:
    """An entry page that leads to the index with the endless pagers."""
    return encode(
        '<html><head><meta charset="utf-8"><title>即墨信息港</title></head><body>'
        f'<a href="{ENTRY}">首页</a> <a href="{INDEX}">即墨乡镇</a></body></html>',
        CHARSETS["utf-8"],
    )


def index_page() -> bytes:
    """Two towns."""
    return encode(
        f'<html><head><meta charset="utf-8"><title>即墨乡镇</title></head><body><p>当前位置：<a href="{ENTRY}">即墨信息港</a> &gt; '
        '即墨乡镇</p><ul><li><a href="/faults/endless.asp">通济街道</a></li><li><a href="/faults/repeating.asp">环秀街道</a></li>'
        "</ul></body></html>",
        CHARSETS["utf-8"],
    )


def endless_page(path: str, articles: list[tuple[str, str, str]]) -> bytes:
    """Page N of a listing whose 下一页 leads to N+1, whatever N: *endless* turns its articles round, *repeating*
    shows its last page again and again."""
    parts = urlsplit(path)
    number = int((parse_qs(parts.query).get("page") or ["1"])[0])
    endless = "endless" in parts.path
    name = "通济街道" if endless else "环秀街道"
    start = (number * 3) % len(articles) if endless else min(number - 1, 1) * 5
    rows = "".join(
        f'<li><a href="{href}">{title}</a> {date}</li>'
        for title, href, date in (articles * 2)[start : start + 5]
    )
    return encode(
        f'<html><head><meta charset="utf-8"><title>{name}</title></head><body><p>当前位置：<a href="{ENTRY}">即墨信息港</a> &gt; '
        f'<a href="{INDEX}">即墨乡镇</a> &gt; {name}</p><ul>{rows}</ul><p><a href="{parts.path}">首页</a> '
        f'<a href="{parts.path}?page={number + 1}">下一页</a></p></body></html>',
        CHARSETS["utf-8"],
    )


def chain() -> Iterator[tuple[str, str]]:
    """The redirects of the chain: from, to."""
    for number in range(1, CHAIN):
        yield f"/faults/chain-{number}.html", f"/faults/chain-{number + 1}.html"


TYPE = content_type(CHARSETS["utf-8"])
