"""What a page template is given: every text already as served and escaped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple


class Anchor(NamedTuple):
    """One link: its text as served, escaped, and its address as written into the page."""

    text: str
    href: str

    def html(self, extra: str = "") -> str:
        """The link as markup; *extra* goes into the tag."""
        return f'<a href="{self.href}"{" " + extra if extra else ""}>{self.text}</a>'


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleView:
    """One page of an article."""

    title: str
    head_title: str
    keywords: str
    description: str
    charset: str
    """What ``<meta>`` declares; empty for no declaration."""
    crumbs: tuple[Anchor, ...]
    time: str
    source: str | None
    editor: str | None
    author: str | None
    views: str | None
    body: str
    """The body as markup, injected text of its container in place."""
    parts: tuple[Anchor, ...]
    """Links to the pages of a body on several pages; the current one has no address."""
    say: Callable[[str], str]
    """A label of the template in the script of the page."""
    related: tuple[Anchor, ...]
    picked: tuple[Anchor, ...]
    """文章随机推荐"""
    before: Anchor | None
    after: Anchor | None
    first: str = ""
    """Injected markup ahead of everything visible."""
    comments: str = ""
    """What readers wrote below the text, where the page shows it."""
    foot: str = ""
    """Injected markup behind the copyright line."""
    side_first: bool = False
    turn: int = 0
    """A number from the address's seed, for small differences between pages of one template."""

    @property
    def meta_charset(self) -> str:
        """The ``<meta http-equiv>`` declaration, or nothing."""
        if not self.charset:
            return ""
        return f'<meta http-equiv="Content-Type" content="text/html; charset={self.charset}">'

    def pager(self, opening: str, closing: str, here: str = "<b>{}</b>", gap: str = " ") -> str:
        """Links between the pages of a body, as markup; empty for a body on one page."""
        if not self.parts:
            return ""
        links = (each.html() if each.href else here.format(each.text) for each in self.parts)
        return opening + gap.join(links) + closing

    def items(self, anchors: tuple[Anchor, ...], form: str = "<li>{}</li>\n") -> str:
        """A list of links, each in *form*."""
        return "".join(form.format(each.html()) for each in anchors)
