"""What reading processes are forked from: importing this makes, once for all of them, what the first page would make."""

from __future__ import annotations

from jimo_crawler.fetching import readers
from jimo_crawler.text.vocabulary import vocabulary

__all__ = ["readers"]

vocabulary()
