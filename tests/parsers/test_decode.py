"""Bytes to text, whatever is declared."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimo_crawler.parsers.decode import decode

NEWS = "朱镕基、陶喆与鳌山卫：·——“项目建设”总投资6.2亿元，计划于明年竣工投产。" * 8
HANT = "面對疫情的考驗,金口鎮按照目標不變、任務不減、勁頭不松的要求,統籌推進,全力攻堅。" * 8


@pytest.mark.parametrize(
    ("body", "header", "charset"),
    [
        (NEWS.encode("gbk"), "text/html; charset=gb2312", "gb18030"),
        (NEWS.encode("gb18030"), None, "gb18030"),
        (NEWS.encode("gb18030"), "text/html; charset=utf-8", "gb18030"),
        (NEWS.encode("gb18030"), "text/html; charset=iso-8859-1", "gb18030"),
        (NEWS.encode("gb18030"), "text/html; charset=x-gbk", "gb18030"),
        (NEWS.encode(), "text/html; charset=gb2312", "utf-8"),
        (NEWS.encode(), "text/html; charset=no-such-thing", "utf-8"),
        (b"<meta charset=gb2312>" + NEWS.encode(), None, "utf-8"),
        (codecs.BOM_UTF8 + NEWS.encode(), "text/html; charset=gbk", "utf-8"),
        (NEWS.encode("utf-16"), None, "utf-16-le"),
        ((f"<html><head><title>x</title></head><body><p>{NEWS}").encode("utf-16-be"), None, "utf-16-be"),
        (HANT.encode("big5"), "text/html; charset=big5", "big5hkscs"),
        (b"<meta charset=big5>" + HANT.encode("big5"), "text/html; charset=utf-8", "big5hkscs"),
        (HANT.encode("gbk"), "text/html; charset=big5", "gb18030"),
    ],
)
def test_charset_is_found_by_the_bytes(body: bytes, header: str | None, charset: str) -> None:
    page = decode("http://a.cn/", body, header)
    assert page.charset == charset
    assert page.damaged == 0
    assert (NEWS in page.html) or (HANT in page.html)


def test_what_was_declared_is_kept() -> None:
    assert (
        decode("u", b"<meta content='text/html; charset=GB2312'>", "text/html").declared_charset == "gb2312"
    )
    assert decode("u", b"<meta charset=gbk>", "text/html; charset=UTF-8").declared_charset == "utf-8"
    assert decode("u", b"x").declared_charset == ""


def test_a_page_cut_in_its_last_character_is_still_utf8() -> None:
    page = decode("u", NEWS.encode()[:-1])
    assert (page.charset, page.damaged) == ("utf-8", 1)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_few_damaged_bytes_do_not_change_the_charset(encoding: str) -> None:
    body = NEWS.encode(encoding)
    for place in (50, 300, 700):
        body = body[:place] + b"\xff" + body[place:]
    page = decode("u", body)
    assert page.charset == encoding
    assert 3 <= page.damaged <= 12


@given(
    st.binary(max_size=200), st.sampled_from([None, "text/html; charset=big5", "text/html; charset=utf-16"])
)
def test_no_bytes_break_it(body: bytes, header: str | None) -> None:
    page = decode("u", body, header)
    assert page.damaged >= 0


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=12, max_size=80))
def test_hanzi_come_back_from_either_encoding(text: str) -> None:
    assert decode("u", text.encode()).html == text
    page = decode("u", ("<p>" + text).encode("gb18030"))
    assert page.html == "<p>" + text
