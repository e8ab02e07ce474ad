"""Links from an article to others: 相关文章, 文章随机推荐, 上一篇 and 下一篇."""

from __future__ import annotations

import re
from collections.abc import Iterable

from jimo_crawler.items import Link
from jimo_crawler.parsers.dom import Anchor, Line, fold_space
from jimo_crawler.parsers.survey import Role, Survey
from jimo_crawler.parsers.wording import RELATED_HEAD, folded, is_control, without_bullet

SHORTEST = 6
"""A shorter text is a name or a control, no headline."""

_CUT = re.compile(r"(?:\.{2,}|…+|。。+|\?)$")
_TITLE_LABEL = re.compile(
    r"(?:文章|新闻|信息)?标\s*题\s*[:：]\s*([^\r\n]+?)(?:\s*[\r\n].*|\s*(?:作\s*者|发表|发布|更新|添加|点\s*击|来\s*源|时\s*间|日\s*期|所属|浏览)\S{0,4}\s*[:：].*)?\s*$",
    re.S,
)
"""Old systems put a whole form into a link's ``title``: 文章标题：… 作    者：… 更新时间：…, a line each."""


def read_related(survey: Survey, body: Iterable[int]) -> tuple[Link, ...]:
    """Links of the lists that go with the article, in page order, each address once."""
    inside = set(body)
    found: dict[str, Link] = {}
    collecting = False
    last: Line | None = None
    for line in survey.lines:
        if line.index in inside:
            collecting = False
            continue
        role = survey.roles[line.index]
        if role is Role.NEIGHBOUR:
            _add(survey, line if line.anchors else _next_line(survey, line), found, shortest=4)
            collecting = False
        elif role is Role.HEAD:
            collecting = RELATED_HEAD.search(survey.flats[line.index]) is not None
            last = None
        elif collecting and line.anchors:
            if last is not None and last.box is not line.box and _is_next_column(last, line):
                collecting = False
                continue
            _add(survey, line, found)
            last = line
        elif role in (Role.COPYRIGHT, Role.COMMENT, Role.POSITION) or (
            role is Role.TEXT and len(line.text) > 30
        ):
            collecting = False
    return tuple(found.values())


def link_text(anchor: Anchor) -> str:
    """What a link is called: its text, or its ``title`` where the text is that title cut short.

    Some systems put more into ``title`` (文章标题：… 作者：…): the headline is taken out of it.
    """
    text = anchor.text
    title = anchor.attrs.get("title")
    if not title or title == text:
        return text
    if match := _TITLE_LABEL.search(title):
        title = match[1]
    title = fold_space(title)
    start = _CUT.sub("", without_bullet(text)).rstrip()
    if len(title) > len(start) and start and title.startswith(start):
        return title
    if not text or (_CUT.search(text) and len(title) > len(text)):
        return title
    return text


def _is_next_column(before: Line, line: Line) -> bool:
    """Whether a line stands in another cell of the row that the list's cell is in: the list has ended."""
    if before.box.parent is line.box.parent and before.box.tag != "td":
        return False
    cell = before.box.within("td")
    while cell is not None and not cell.holds(line.box):
        row = cell.parent
        if row is not None and row.tag == "tr" and row.holds(line.box):
            return cell.last - cell.first >= 3
        cell = row.within("td") if row is not None else None
    return False


def _next_line(survey: Survey, line: Line) -> Line:
    following = survey.lines[line.index + 1 : line.index + 2]
    return following[0] if following and following[0].is_links else line


def _add(survey: Survey, line: Line, found: dict[str, Link], shortest: int = SHORTEST) -> None:
    for anchor in line.anchors:
        if survey.offsite(anchor):
            continue
        text = link_text(anchor)
        if len(text) < shortest or (len(text) <= 8 and is_control(folded(text))):
            continue
        url = survey.doc.url_of(anchor)
        if url is None or url in found:
            continue
        found[url] = Link(url=url, text=without_bullet(text))
