"""Whether a page that is no article has been put there by strangers: a page of spam where news was."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from jimo_crawler.items import Article, Block, Page
from jimo_crawler.parsers.dom import Document, read_document
from jimo_crawler.text import spam

_LEADS = re.compile(r"location(?:\.href)?\s*=(?!=)|location\.(?:replace|assign)\s*\(|window\.navigate\s*\(")
_ADDRESS = re.compile(r"(?:https?:)?//[\w.-]+\.\w+", re.IGNORECASE)
_LETTER = re.compile(r"[^\W\d_]")
LEAST = 20
"""Letters of spam below which nothing is said of a page."""
LITTLE = 40
"""Letters up to which a page shows its reader nothing."""
SHARE = 0.7
"""Share of a page's letters that must be spam."""


def is_takeover(page: Page) -> bool:
    """Whether next to all that the page says is spam, or it says nothing and sends its reader to some other site.

    What is hidden counts only where nothing else is there.
    """
    doc = read_document(page)
    shown = _blocks(doc, hidden=False)
    if _letters(shown) < LITTLE and _sends_away(doc, page.url):
        return True
    blocks = shown if _letters(shown) >= LITTLE else _blocks(doc, hidden=True)
    cleaned = spam.clean(Article(title_as_published=doc.title, blocks=blocks))
    cut = sum(len(_LETTER.findall(each.text)) for each in cleaned.removed if each.reason != "hidden")
    if cleaned.takeover:
        return True
    return cut >= LEAST and cut >= SHARE * (_letters(blocks) + len(_LETTER.findall(doc.title)))


def _sends_away(doc: Document, url: str) -> bool:
    """Whether a script or a refresh leads to another site; another host of the same domain is the same site."""
    own = _site(urlsplit(url).hostname or "")
    leading = [script for script in doc.scripts if _LEADS.search(script)]
    found = _ADDRESS.findall(" ".join((*leading, doc.refresh)))
    return any(_site(urlsplit(each).hostname or "") != own for each in found)


def _site(host: str) -> str:
    """The part of a host's name that its owner has registered, near enough: the last two labels, three of ``.gov.cn``.

    >>> _site("www.jimo.gov.cn"), _site("news.jimo.com"), _site("127.0.0.1")
    ('jimo.gov.cn', 'jimo.com', '127.0.0.1')
    """
    labels = host.split(".")
    if labels[-1].isdigit():
        return host
    second = len(labels) > 2 and labels[-2] in ("com", "net", "org", "gov", "edu", "ac", "co")
    return ".".join(labels[-3 if second else -2 :])


def _blocks(doc: Document, *, hidden: bool) -> tuple[Block, ...]:
    lines = [line for line in doc.lines if hidden or not line.hidden]
    return tuple(Block(text=line.text, link_chars=line.link_chars) for line in lines)


def _letters(blocks: tuple[Block, ...]) -> int:
    return sum(len(_LETTER.findall(block.text)) for block in blocks)
