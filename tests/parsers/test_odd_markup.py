"""Pages with markup left open, behind which today's rules see no markup any more."""

from __future__ import annotations

import pytest

from jimo_crawler.errors import Outcome
from jimo_crawler.parsers.response import Answer, read
from jimo_crawler.portal import load

ITEMS = "".join(
    f'<li><a href="/jk/{n}.html">金口镇召开第{n}次春耕备播现场会议</a> 2020-03-0{n}</li>' for n in range(1, 6)
)
TOWNS = "".join(f'<li><a href="/{n}/">{n}</a></li>' for n in ("金口镇", "蓝村街道", "田横镇", "大信街道"))
LEFT_OPEN = ("<title>金口镇", "<!-- 广告", "<textarea>", "<iframe src=/ad.htm>", "<xmp>")


def _read(kind: str, markup: str) -> object:
    body = f"<html><body>{markup}</body></html>".encode()
    return read(
        kind,
        Answer(url="http://p.cn/jk/", status=200, content_type="text/html; charset=utf-8", body=body),
        load(),
    )


@pytest.mark.parametrize("opened", LEFT_OPEN)
def test_a_listing_behind_it_is_read(opened: str) -> None:
    reading = _read("listing", f"{opened}<ul>{ITEMS}</ul>")
    assert [link.date for link in reading.listing.items] == [f"2020-03-0{n}" for n in range(1, 6)]  # type: ignore[attr-defined]


@pytest.mark.parametrize("opened", LEFT_OPEN)
@pytest.mark.parametrize("kind", ["index", "entry"])
def test_an_index_behind_it_is_read(kind: str, opened: str) -> None:
    reading = _read(kind, f"{opened}<ul>{TOWNS}</ul>")
    assert reading.outcome is Outcome.INDEX  # type: ignore[attr-defined]
    assert [each.name for each in reading.sections] == ["金口镇", "蓝村街道", "田横镇", "大信街道"]  # type: ignore[attr-defined]


def test_a_page_without_anything_stays_one(page: str = "<p>栏目建设中</p><a href='/'>返回首页</a>") -> None:
    assert _read("listing", page).listing.items == ()  # type: ignore[attr-defined]
    assert _read("index", page).outcome is Outcome.FAILED  # type: ignore[attr-defined]
