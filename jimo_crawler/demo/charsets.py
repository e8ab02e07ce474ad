"""What a page declares, where, and what its bytes really are."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Charset:
    """One way to declare and encode a page."""

    codec: str
    header: str
    """charset of the Content-Type header; empty for none."""
    meta: str
    """charset of ``<meta>``; empty for none."""
    bom: bool = False

    @property
    def half(self) -> bytes:
        """What is left of a character that was cut by bytes."""
        return b"\xe5\x8d" if self.codec == "utf-8" else b"\xb0"


CHARSETS = {
    "utf-8": Charset("utf-8", "utf-8", "utf-8"),
    "utf-8-meta": Charset("utf-8", "", "utf-8"),
    "utf-8-wrong-meta": Charset("utf-8", "", "gb2312"),
    "utf-8-wrong-header": Charset("utf-8", "gb2312", "utf-8"),
    "utf-8-latin-header": Charset("utf-8", "ISO-8859-1", "utf-8"),
    "utf-8-silent": Charset("utf-8", "", ""),
    "utf-8-bom": Charset("utf-8", "", "", bom=True),
    "utf-8-bom-wrong-meta": Charset("utf-8", "", "gb2312", bom=True),
    "gbk": Charset("gb18030", "", "gb2312"),
    "gbk-header": Charset("gb18030", "gb2312", "gb2312"),
    "gbk-silent": Charset("gb18030", "", ""),
    "gbk-wrong-header": Charset("gb18030", "utf-8", "gb2312"),
    "gbk-wrong-meta": Charset("gb18030", "", "utf-8"),
    "big5": Charset("big5hkscs", "", "big5"),
}

LOST_BYTES = "\ufffd"
"""In a page's text: a character whose bytes are damaged."""
HALF_CHARACTER = "\ufffc"
"""In a page's text: a character of which only the first bytes are left."""


def encode(html: str, charset: Charset) -> bytes:
    """The bytes of a page; what the codec lacks becomes a numeric entity, as browsers' forms make it."""
    data = html.encode(charset.codec, "xmlcharrefreplace")
    if LOST_BYTES in html or HALF_CHARACTER in html:
        for mark, damage in ((LOST_BYTES, b"\xff"), (HALF_CHARACTER, charset.half)):
            written = mark.encode(charset.codec, "xmlcharrefreplace")
            data = data.replace(written, damage)
    return b"\xef\xbb\xbf" + data if charset.bom else data


def content_type(charset: Charset) -> str:
    """The Content-Type header of a page."""
    return f"text/html; charset={charset.header}" if charset.header else "text/html"
