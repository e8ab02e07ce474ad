"""A second reading of pages in which the first finds nothing: markup that a script writes, and markup that is left open.

libxml2 follows today's rules for HTML: behind an unclosed ``<title>``, comment, ``<textarea>`` or frame the rest of the
page is no markup any more. The browsers for which old pages were made read on, and so does Python's own tokenizer,
through Beautiful Soup. It costs some thirty times as much: for entry pages, indexes and listings only, and only then.
"""

from __future__ import annotations

from dataclasses import replace

from jimo_crawler.items import Page
from jimo_crawler.parsers.scripted import written_text

SWALLOW = ("title", "textarea", "iframe", "xmp", "plaintext", "noframes", "noembed", "template")
"""Elements whose content is no markup: where one holds links, it was left open."""


def write_out(page: Page) -> Page:
    """The same page with what its scripts write into it, where that is plain text, in their places."""
    html, pieces, place = page.html, [], 0
    lower = html.lower()
    while len(lower) == len(html) and (start := lower.find("<script", place)) >= 0:
        stop = lower.find("</script", start)
        if stop < 0:
            break
        pieces += [html[place:start], written_text(html[start:stop])]
        place = html.find(">", stop) + 1 or len(html)
    return replace(page, html="".join([*pieces, html[place:]]))


def mend(page: Page) -> Page:
    """The same page with its markup closed where a lenient reader would close it."""
    from bs4 import BeautifulSoup  # most runs need none

    soup = BeautifulSoup(page.html, "html.parser")
    for element in soup.find_all(SWALLOW):
        if element.find("a"):
            element.unwrap()
    return replace(page, html=str(soup))
