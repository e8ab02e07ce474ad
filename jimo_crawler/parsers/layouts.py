"""Where a page's own markup says where its article is. Newest template first; readers' labels for all the rest.

Most of the portal's templates say nothing of the kind, and are read by labels (``labelled``). A class here earns its place
by markup with a meaning that holds on any site: HTML5's ``<article>``, schema.org's ``articleBody``, the editors' own boxes
that two Chinese systems have put around every text for twenty years.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Protocol

from jimo_crawler.parsers.dom import Box, Document
from jimo_crawler.parsers.metalines import Headline

SURE_META = 2.0


class Layout(Protocol):
    """One way in which templates mark their article."""

    name: ClassVar[str]

    @classmethod
    def recognises(cls, doc: Document) -> bool:
        """Whether the page is marked in this way."""

    @classmethod
    def root(cls, doc: Document) -> Box | None:
        """The box that holds the text; None to leave it to the reading by labels."""


class Microdata:
    """schema.org: ``itemprop=articleBody``."""

    name: ClassVar[str] = "microdata"

    @classmethod
    def recognises(cls, doc: Document) -> bool:
        return "itemprop" in doc.page.html and cls.root(doc) is not None

    @classmethod
    def root(cls, doc: Document) -> Box | None:
        return _only(
            box for box in doc.boxes if box.attrs and box.attrs.get("itemprop", "").lower() == "articlebody"
        )


class Html5:
    """One ``<article>`` on the page, that is not a teaser among others."""

    name: ClassVar[str] = "html5"

    @classmethod
    def recognises(cls, doc: Document) -> bool:
        return "<article" in doc.page.html and cls.root(doc) is not None

    @classmethod
    def root(cls, doc: Document) -> Box | None:
        return _only(box for box in doc.boxes if box.tag == "article")


class TextBox:
    """The box that an editor wraps around the text: ``TRS_Editor``, ``id="zoom"`` (the font-size control's target)."""

    name: ClassVar[str] = "textbox"
    _NAMES = frozenset(
        [
            "trs_editor",
            "zoom",
            "fontzoom",
            "articlecontent",
            "article_content",
            "article-content",
            "articlebody",
            "article-body",
            "news_content",
            "newscontent",
            "contentzoom",
        ]
    )

    @classmethod
    def recognises(cls, doc: Document) -> bool:
        return cls.root(doc) is not None

    @classmethod
    def root(cls, doc: Document) -> Box | None:
        found = [box for box in doc.boxes if box.attrs and cls._is_named(box.attrs)]
        if not found:
            return None
        outer = [box for box in found if not any(other is not box and other.holds(box) for other in found)]
        return outer[0] if len(outer) == 1 else None

    @classmethod
    def _is_named(cls, attrs: Mapping[str, str]) -> bool:
        if "id" in attrs and attrs["id"].lower() in cls._NAMES:
            return True
        return "class" in attrs and not cls._NAMES.isdisjoint(attrs["class"].lower().split())


LAYOUTS: tuple[type[Layout], ...] = (Microdata, Html5, TextBox)


def choose_layout(doc: Document) -> type[Layout] | None:
    """The first layout that recognises the page; None where the page is to be read by labels alone."""
    return next((each for each in LAYOUTS if each.recognises(doc)), None)


def reading_name(headline: Headline) -> str:
    """What to call the reading of a page without a layout: ``labelled``, or ``generic`` where no label was found."""
    return "labelled" if headline.line is not None and headline.meta.weight >= SURE_META else "generic"


def _only(boxes: Iterator[Box]) -> Box | None:
    """The only box of several candidates that holds text."""
    found = [box for box in boxes if box.last > box.first and not box.hidden]
    return found[0] if len(found) == 1 else None
