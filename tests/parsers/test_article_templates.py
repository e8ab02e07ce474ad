"""Every template comes back with exactly the text that was put into it."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from jimo_crawler.parsers.article import parse_article
from jimo_crawler.parsers.decode import decode
from jimo_crawler.portal import load


def _pages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("article_pages", Path(__file__).parent / "article_pages.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["article_pages"] = module
    spec.loader.exec_module(module)
    return module


pages = _pages()
URL = "http://www.jimo.example/xz/jk/5.html"


@pytest.mark.parametrize(
    ("build", "text"), [each[1:] for each in pages.TEMPLATES], ids=[each[0] for each in pages.TEMPLATES]
)
@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
def test_template_gives_its_text_back(build: object, text: object, charset: str) -> None:
    html = build(text)  # type: ignore[operator]
    page = parse_article(decode(URL, html.encode(charset), "text/html"), load())
    article = page.article
    assert article.title_as_published == text.title  # type: ignore[attr-defined]
    assert [block.text for block in article.blocks if not block.hidden] == list(text.paragraphs)  # type: ignore[attr-defined]
    assert article.published_at == text.iso  # type: ignore[attr-defined]
    expected = {name: getattr(text, name) for name in ("source", "editor", "author", "views")}
    assert {name: getattr(article, name) for name in expected} == expected
    assert (page.town, page.in_section) == (text.town, text.in_section)  # type: ignore[attr-defined]
    assert tuple(part.number for part in page.parts) == text.parts  # type: ignore[attr-defined]
    if text.related is not None:  # type: ignore[attr-defined]
        assert len(page.related) == text.related  # type: ignore[attr-defined]
