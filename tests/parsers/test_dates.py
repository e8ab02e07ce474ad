"""Times as portals print them."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimo_crawler.parsers.dates import find_date, parse_date


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2022/4/2 9:07:39", "2022-04-02T09:07:39+08:00"),
        ("2019-03-05 08:15", "2019-03-05T08:15:00+08:00"),
        ("2011年5月6日", "2011-05-06"),
        ("2011年5月6日 9时5分", "2011-05-06T09:05:00+08:00"),
        ("2011年05月06日09:05", "2011-05-06T09:05:00+08:00"),
        ("2008-1-9 17:05:00", "2008-01-09T17:05:00+08:00"),
        ("2008.1.9", "2008-01-09"),
        ("２０１１年５月６日　９：０５", "2011-05-06T09:05:00+08:00"),
        ("二〇一一年五月六日", "2011-05-06"),
        ("二○○八年十二月三十一日", "2008-12-31"),
        ("[2010-5-6]", "2010-05-06"),
        ("（2010年5月6日）", "2010-05-06"),
        ("2012年3月1日 下午3:20", "2012-03-01T15:20:00+08:00"),
        ("2012-03-01 星期四 09:20", "2012-03-01T09:20:00+08:00"),
        ("2012年3月1日(周四) 09:20:01", "2012-03-01T09:20:01+08:00"),
        ("4/2/2022 9:07:39 PM", "2022-04-02T21:07:39+08:00"),
        ("2022-04-02T01:07:39Z", "2022-04-02T09:07:39+08:00"),
        ("2022-04-02T09:07:39+08:00", "2022-04-02T09:07:39+08:00"),
        ("22-04-02", "2022-04-02"),
        ("04年6月14日 8:05", "2004-06-14T08:05:00+08:00"),
        ("Fri Aug 26 2005", "2005-08-26"),
        ("Sat Oct 29 11:39:09 UTC+0800 2005", "2005-10-29T11:39:09+08:00"),
        ("Sat Oct 29 11:39:09 CST 2005", "2005-10-29T11:39:09+08:00"),
        ("26 August, 2005 08:15", "2005-08-26T08:15:00+08:00"),
        ("20110506", "2011-05-06"),
        ("2022-04-02 09:07:39.0", "2022-04-02T09:07:39+08:00"),
        ("2011-02-29", None),
        ("2011-6-31 10:00", None),
        ("2011-05-06 25:10", None),
        ("0000-00-00 00:00:00", None),
        ("1900-1-1 0:00:00", None),
        ("", None),
        ("昨天 10:20", None),
        ("5月6日", None),
        ("2011年5月", None),
    ],
)
def test_time_is_understood(text: str, iso: str | None) -> None:
    assert parse_date(text) == iso


@pytest.mark.parametrize(
    ("text", "printed", "iso"),
    [
        ("發布:2022/4/2 9:07:39  來源:即墨信息港", "2022/4/2 9:07:39", "2022-04-02T09:07:39+08:00"),
        ("发布时间：2011-2-30 来源：即墨信息港", "2011-2-30", None),
        ("2022-04-02 123次", "2022-04-02", "2022-04-02"),
        ("2022年4月2日 9时间", "2022年4月2日", "2022-04-02"),
        ("·标题文字（2022-4-2）", "2022-4-2", "2022-04-02"),
    ],
)
def test_time_is_found_in_a_line(text: str, printed: str, iso: str | None) -> None:
    assert find_date(text) == (printed, iso)


@pytest.mark.parametrize(
    "text", ["电话 0532-88888888", "总投资6.2.1亿", "1/12", "第2011期", "192.168.10.11", "2011年计划"]
)
def test_what_is_no_time(text: str) -> None:
    assert find_date(text) is None


@given(
    st.datetimes(min_value=datetime(1980, 1, 1), max_value=datetime(2099, 12, 31)),
    st.sampled_from(["-", "/", "."]),
)
def test_printed_time_comes_back(moment: datetime, mark: str) -> None:
    day = f"{moment.year}{mark}{moment.month}{mark}{moment.day}"
    assert parse_date(day) == moment.date().isoformat()
    assert parse_date(f"{day} {moment:%H:%M:%S}") == moment.replace(microsecond=0).isoformat() + "+08:00"
    assert parse_date(f"{moment.year}年{moment.month}月{moment.day}日{moment:%H:%M}") == moment.strftime(
        "%Y-%m-%dT%H:%M:00+08:00"
    )


@given(st.text(max_size=40))
def test_no_text_breaks_it(text: str) -> None:
    found = find_date(text)
    assert found is None or found[0] in text
    iso = parse_date(text)
    assert iso is None or date.fromisoformat(iso[:10])
