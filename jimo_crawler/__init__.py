"""The archive of the Jimo town news: crawler, parsers, archive and tools."""

from __future__ import annotations

__version__ = "0.1.0"
