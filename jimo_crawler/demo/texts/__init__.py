"""Text files of the demo portal: sentences, conversion tables, the sample page."""

from __future__ import annotations

from pathlib import Path


def read_text(name: str) -> str:
    """The UTF-8 text of one file in this folder."""
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def words(text: str) -> list[str]:
    """The words of a list written as one text."""
    return text.split()
