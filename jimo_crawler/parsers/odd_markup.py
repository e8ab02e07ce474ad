"""A second reading of pages in which the first finds nothing: markup that is left open.

libxml2 follows today's rules for HTML: behind an unclosed ``<title>``, comment, ``<textarea>`` or frame the rest of the
page is no markup any more. The browsers for which old pages were made read on, and so does Python's own tokenizer,
through Beautiful Soup. It costs some thirty times as much: for entry pages, indexes and listings only, and only then.
"""

from __future__ import annotations

from dataclasses import replace

from jimo_crawler.items import Page

SWALLOW = ("title", "textarea", "iframe", "xmp", "plaintext", "noframes", "noembed", "template")
"""Elements whose content is no markup: where one holds links, it was left open."""


def mend(page: Page) -> Page:
    """The same page with its markup closed where a lenient reader would close it."""
    from bs4 import BeautifulSoup  # most runs need none

    soup = BeautifulSoup(page.html, "html.parser")
    for element in soup.find_all(SWALLOW):
        if element.find("a"):
            element.unwrap()
    return replace(page, html=str(soup))
