"""The fingerprint by which the archive finds duplicates; which article is whose is decided where they are stored."""

from __future__ import annotations

from dataclasses import replace

from jimo_crawler.items import Visit
from jimo_crawler.text import fingerprint


class Deduplicate:
    """Thin hook over ``text/fingerprint.py``."""

    def process_item(self, visit: Visit) -> Visit:
        if visit.page is None:
            return visit
        article = visit.page.article
        return replace(visit, fingerprint=fingerprint.fingerprint(article.title, article.body))
