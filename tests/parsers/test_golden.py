"""Golden cases: pages as served, in folders of their own, with what is read of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jimo_crawler.parsers.decode import decode
from jimo_crawler.parsers.golden import reading
from jimo_crawler.portal import load

GOLDEN = Path(__file__).parents[1] / "golden"
CASES = sorted(folder.parent for folder in GOLDEN.glob("*/meta.json"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_page_is_read_as_expected(case: Path, update_golden: bool) -> None:
    meta = json.loads((case / "meta.json").read_text(encoding="utf-8"))
    page = decode(meta["url"], (case / "page.html").read_bytes(), meta.get("content_type"))
    read = json.loads(json.dumps(reading(page, meta.get("kind", "article"), load())))
    expected = case / "expected.json"
    if update_golden:
        expected.write_text(json.dumps(read, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    assert read == json.loads(expected.read_text(encoding="utf-8"))


def test_there_are_golden_cases() -> None:
    assert len(CASES) >= 30
