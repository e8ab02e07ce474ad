"""Bytes as served to text: which charset they are in, whatever header and page claim.

The order (DESIGN 4.11): byte order mark, UTF-8, then gb18030, which holds GB 2312 and GBK. Strict UTF-8 is the
best test there is: GBK prose of some length is never valid UTF-8, and what a page declares is often wrong. So a
declaration decides only where bytes cannot: Big5 looks like GBK.
"""

from __future__ import annotations

import codecs
import re

from jimo_crawler.items import Page

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""UTF-32 first: its little-endian mark begins with that of UTF-16."""

META_WINDOW = 4096
"""How many bytes of a page are searched for a declaration; browsers stop at 1,024, old portals put scripts first."""

_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_META = re.compile(rb"<meta[^>]{0,400}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.I)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]+)", re.I)
_BIG5 = frozenset({"big5", "big5-hkscs", "big5hkscs", "x-big5", "big5-eten", "cn-big5", "csbig5"})
_UTF16 = {"utf-16le": "utf-16-le", "utf-16be": "utf-16-be"}
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def decode(url: str, body: bytes, content_type: str | None = None) -> Page:
    """The page that *body* holds; *content_type* is the header's value. Never raises: damage becomes U+FFFD and is counted.

    >>> decode("http://a/", "朱镕基".encode("gbk"), "text/html; charset=gb2312").html
    '朱镕基'
    """
    declared = declared_charset(body, content_type)
    charset, html = _decoded(body, declared)
    return Page(
        url=url,
        html=html,
        charset=charset,
        declared_charset=declared,
        damaged=html.count(_REPLACEMENT) - _printed_replacements(body, charset)
        if _REPLACEMENT in html
        else 0,
    )


def declared_charset(body: bytes, content_type: str | None = None) -> str:
    """What the header names, else the page's own ``<meta>`` or XML declaration; lower case, empty if nothing does.

    >>> declared_charset(b'<meta charset="GB2312">', "text/html")
    'gb2312'
    """
    if content_type and (match := _HEADER.search(content_type)):
        return match.group(1).lower()
    head = body[:META_WINDOW]
    found = _META.search(head) or _XML.search(head)
    return found.group(1).decode("ascii", "ignore").lower() if found else ""


def _decoded(body: bytes, declared: str) -> tuple[str, str]:
    for mark, charset in BOMS:
        if body.startswith(mark):
            return charset, body[len(mark) :].decode(charset, "replace")
    if (wide := _without_mark(body, declared)) is not None:
        return wide, body.decode(wide, "replace")
    try:
        text = body.decode("utf-8")
        return ("utf-8", text) if not _is_gbk_by_chance(text, body) else ("gb18030", body.decode("gb18030"))
    except UnicodeDecodeError as error:
        if error.start >= len(body) - 3 and error.start > 0 and not body[: error.start].isascii():
            return "utf-8", body.decode("utf-8", "replace")  # a page cut in its last character
    return _least_damaged(body, declared)


def _is_gbk_by_chance(text: str, body: bytes) -> bool:
    """Whether a few GBK characters happen to be valid UTF-8: they read as Cyrillic, Greek or Arabic then, and nothing else."""
    if text.isascii() or not _FOREIGN.fullmatch(text) or _WESTERN.fullmatch(text):
        return False
    try:
        return bool(body.decode("gb18030"))
    except UnicodeDecodeError:
        return False


def _least_damaged(body: bytes, declared: str) -> tuple[str, str]:
    """The reading with the fewest U+FFFD among the charsets that come into question; gb18030 where they are equal."""
    text = body.decode("gb18030", "replace")
    if not _damage("gb18030", text):
        return "gb18030", text
    names = ["gb18030", "utf-8"] + (["big5hkscs"] if _says_big5(body, declared) else [])
    readings = [(name, body.decode(name, "replace")) for name in names]
    return min(readings, key=lambda reading: (_damage(*reading), names.index(reading[0])))


def _damage(charset: str, text: str) -> int:
    """How badly a reading fits, comparable between charsets.

    A lone broken byte costs one U+FFFD in either charset. Chinese read as UTF-8 though it is GBK costs about one a
    character. UTF-8 read as gb18030 costs only one in about twenty characters, but its look is known: it is full of
    characters that prose of either script never has, which are counted too.
    """
    if charset != "gb18030":
        return text.count(_REPLACEMENT)
    return text.count(_REPLACEMENT) + len(_MISREAD.findall(text))


_FOREIGN = re.compile("[\x00-\u07ff]*")
_WESTERN = re.compile("[\x00-\xff]*")
_MISREAD = re.compile("[鐨鍗鍦閮鎴鏂涓浜瀹绠鍚熻搴鑱锛銆鈥\ue000-\uf8ff]")
"""What UTF-8 text looks like when read as GBK: 鐨勬 for 的, 锛 for ，, 銆 for 。, 鈥 for quotation marks, 涓 for 中; private use."""


def _says_big5(body: bytes, declared: str) -> bool:
    """Whether header or page names Big5: each may, as the other may be a server's default."""
    return declared in _BIG5 or declared_charset(body) in _BIG5


def _without_mark(body: bytes, declared: str) -> str | None:
    """The UTF-16 that a page without a byte order mark is in, if the zero bytes of its markup show one."""
    head = body[:400]
    little, big = head.count(b"<\0"), head.count(b"\0<")
    if max(little, big) < 2 or head.count(b"\0") < 16:
        return None
    even, odd = head[::2].count(0), head[1::2].count(0)
    return _UTF16.get(declared) or ("utf-16-be" if even > odd else "utf-16-le")


def _printed_replacements(body: bytes, charset: str) -> int:
    """How many U+FFFD the page itself contains: a portal that was damaged long ago and saved so."""
    mark = _REPLACEMENT.encode(charset, "ignore")
    return body.count(mark) if mark and charset == "utf-8" else 0
