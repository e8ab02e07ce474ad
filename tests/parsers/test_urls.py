"""Addresses: which are one, and where links lead."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimo_crawler.parsers.urls import absolute_url, canonical_url, same_host

BASE = "http://www.a.cn/news/2011/list.asp?x=1"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.cn/x", "https://www.A.cn:443/x#top"),
        ("http://a.cn", "http://a.cn/"),
        ("http://a.cn/x?b=2&a=1", "http://a.cn/x?a=1&b=2"),
        ("http://a.cn/x?a=1", "http://a.cn/x?a=1&key="),
        ("http://a.cn/x.jsp?a=1", "http://a.cn/x.jsp;jsessionid=0A1B2C3D?a=1"),
        ("http://a.cn/x?a=1", "http://a.cn/x?a=1&PHPSESSID=abc&ASPSESSIONIDQQ=XYZ&utm_source=w&spm=1.2&from=timeline"),
        ("http://a.cn/x?a=1", "http://a.cn/x?a=1&sid=0123456789abcdef"),
        ("http://a.cn/x?a=1", "http://a.cn/x?a=1&sessionid=730BED9C&rnd=0.48213&t=1650862059123"),
        ("http://a.cn/x?a=1", "http://a.cn/x?a=1&user_session_id=7&sid=730bed9c"),
        ("http://a.cn/x.aspx", "http://a.cn/(S(lit3py55t21z5v55vlm25s55))/x.aspx"),
        ("http://a.cn/a/c", "http://a.cn/a/./b/../c"),
        ("http://a.cn/~a?k=%BC%B4", "http://a.cn/%7ea?k=%bc%b4"),
        ("http://a.cn/%E4%B8%AD", "http://a.cn/中"),
    ],
)  # fmt: skip
def test_addresses_that_are_one(one: str, other: str) -> None:
    assert canonical_url(one) == canonical_url(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.cn/x", "http://a.cn:8080/x"),
        ("http://a.cn/x", "http://b.a.cn/x"),
        ("http://a.cn/x?123.html", "http://a.cn/x"),
        ("http://a.cn/list.asp?sid=5", "http://a.cn/list.asp?sid=6"),
        ("http://a.cn/list.asp?sid=jinkou", "http://a.cn/list.asp?sid=lancun"),
        ("http://a.cn/list.asp?t=2", "http://a.cn/list.asp?t=3"),
        ("http://a.cn/x?from=20", "http://a.cn/x"),
        ("http://a.cn/X", "http://a.cn/x"),
        ("http://a.cn/x?a=1&a=2", "http://a.cn/x?a=2&a=1"),
        ("http://a.cn/a%2Fb", "http://a.cn/a/b"),
    ],
)
def test_addresses_that_are_two(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("show.asp?id=5", "http://www.a.cn/news/2011/show.asp?id=5"),
        ("/a/b.html#x", "http://www.a.cn/a/b.html"),
        ("../x.html", "http://www.a.cn/news/x.html"),
        ("?page=2", "http://www.a.cn/news/2011/list.asp?page=2"),
        ("//cdn.a.cn/x", "http://cdn.a.cn/x"),
        ("\\news\\1.html", "http://www.a.cn/news/1.html"),
        ("http:\\\\www.a.cn\\b.html", "http://www.a.cn/b.html"),
        (" 1\r\n23.html\t", "http://www.a.cn/news/2011/123.html"),
        ("http:x.html", "http://www.a.cn/news/2011/x.html"),
        (
            "show.asp?t=即墨 港&u=%d6%d0",
            "http://www.a.cn/news/2011/show.asp?t=%BC%B4%C4%AB%20%B8%DB&u=%d6%d0",
        ),
        ("中文.html", "http://www.a.cn/news/2011/%E4%B8%AD%E6%96%87.html"),
        ("../../../../x", "http://www.a.cn/x"),
        ("HTTP://B.CN:80/X", "http://b.cn/X"),
    ],
)
def test_link_leads_where_a_browser_would_go(href: str, url: str) -> None:
    assert absolute_url(BASE, href, "gb18030") == url


@pytest.mark.parametrize(
    "href",
    ["", "  ", "#", "#top", "javascript:void(0)", " JavaScript:go(2)", "mailto:a@b.cn", "tel:110", "data:text/html,x", "file:///etc", "http://", "http://b.cn:99999/", "http://[bad/", "http://a b/", "http://u:p@b.cn/", "x" * 5000, "about:blank"],
)  # fmt: skip
def test_link_that_leads_to_no_page(href: str) -> None:
    assert absolute_url(BASE, href) is None


def test_a_character_that_the_charset_lacks_is_sent_as_an_entity() -> None:
    assert absolute_url(BASE, "?q=😀", "gbk") == "http://www.a.cn/news/2011/list.asp?q=%26%23128512;"


def test_hosts_are_compared_with_their_port() -> None:
    assert same_host("http://127.0.0.1:8000/a", "http://127.0.0.1:8000/b")
    assert not same_host("http://127.0.0.1:8000/", "http://127.0.0.1:8001/")
    assert not same_host("javascript:1", "javascript:1")


ADDRESS = st.builds(
    lambda host, path, query: f"http://{host}/{path}" + (f"?{query}" if query else ""),
    st.sampled_from(["a.cn", "WWW.A.cn:80", "x.a.cn:81", "127.0.0.1"]),
    st.text(alphabet="ab/.%2eE;=中 ()~", max_size=20),
    st.text(alphabet="ab=&%2bB中+;sid1 ", max_size=20),
)


@given(ADDRESS)
def test_canonical_is_idempotent(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once
    assert once.isascii() and " " not in once


@given(st.text(max_size=60))
def test_no_text_breaks_them(text: str) -> None:
    canonical_url(text)
    url = absolute_url(BASE, text, "gb18030")
    assert url is None or (
        url.isascii() and urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname
    )


@given(st.text(alphabet="ab1/.?=&%_-~#\\: 中", max_size=30))
def test_quick_and_careful_ways_agree(href: str) -> None:
    from jimo_crawler.parsers import urls

    careful = urls._resolved(BASE, href, "utf-8") if href else None
    assert absolute_url(BASE, href, "utf-8") == careful
