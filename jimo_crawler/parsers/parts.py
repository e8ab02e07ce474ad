"""The pages of one text: the pager of an article whose body runs over several pages.

What a listing's pager says is read as there. An article says it in other ways, too: by a table of contents (第2页：小标题), by
余下全文 or 下一页：小标题, by a picture of an arrow. Such a link counts only if it leads to a page of the same text. Where a page
says that there are more and their addresses cannot be known, it still says how many.
"""

from __future__ import annotations

import re

from jimo_crawler.items import Link
from jimo_crawler.parsers.dom import Anchor, Document, Line, Select
from jimo_crawler.parsers.pager import (
    TRS_CALL,
    Pager,
    fill_trs,
    is_sibling,
    numeral,
    read_pager,
    settle,
    totals,
)
from jimo_crawler.parsers.scripted import select_target, step_target
from jimo_crawler.parsers.survey import Role, Survey
from jimo_crawler.parsers.urls import canonical_url, is_own
from jimo_crawler.parsers.wording import folded

LONGEST_ENTRY = 60
"""Characters of an entry of a table of contents."""
NEAREST = 8
"""Lines behind the body within which a pager is the article's own."""
_PAGER_WORDS = re.compile(
    r"(?:[\s\d\W]|[共第页上下一首尾末前后转到条篇]|本文|全文|本页|当前|分页|阅读|浏览|显示|新闻|现在|在|本|余下|剩余|继续|跳|内容|文章|next|prev|page)*",
    re.I,
)
"""All that a line of a pager is made of."""
_CONTENTS = re.compile(r"\W*(?:本文|文章|分页|内容|页面|正文)(?:分页)?(?:导航|导读|目录|索引)\W*")
_NUMBER = r"(\d{1,3}|[一二三四五六七八九十]{1,3})"
_ENTRY = re.compile(rf"[\[(·\s]*第\s?{_NUMBER}\s?页(?:$|[\s:\])>·,-].*)")
_READ = r"(?:请|点击|阅读|查看|浏览|进入|转到|翻到|翻看|继续|接着|查阅|更多)"
_ON = re.compile(
    rf"[\[(<>\s]*{_READ}{{0,3}}(?:(?:本文|文章)?的?(?:(?:下一?|后一?|次)页(?:内容|全文)?|(?:余下|剩余|其余|剩下|未完)的?(?:全文|内容|部分|文章|正文)?))(?:$|[\s:\])>»→.…-].*)|[\[(<>\s]*继续阅读\W*",
    re.I,
)
_WHOLE = re.compile(r"\W*(?:余下|剩余|其余|剩下|阅读|查看|浏览)的?(?:全文|内容|部分|正文)\W*")
_MAY_GO_ON = re.compile("[页頁余餘剩未继繼全]")
"""A quick look: what has none of these is neither of them."""
_NEXT_PICTURE = re.compile(
    r"(?:^|[^a-z])(?:next|xia(?:yi|ye|yiye)?|xyy|xyp|down|right|after|forward|pgdn|pagedown)", re.I
)
_SCRIPTED = re.compile(r"\s*javascript:\s*(?!void\b|;|history|window\.(?:close|print)|$)", re.I)
_COUNT_PAGE = re.compile(r"\b(?:countPage|pageCount|_PAGE_COUNT)\s*=\s*[\"']?(\d{1,3})\b")
_CURRENT_PAGE = re.compile(r"\b(?:currentPage|curPage|_PAGE_INDEX)\s*=\s*[\"']?(\d{1,3})\b")


def read_parts(survey: Survey, first: int, lines: list[Line]) -> Pager:
    """The pager of the article whose body *lines* are, its headline ending at line *first*; one without pages if it has
    none."""
    doc = survey.doc
    if not lines:
        return Pager()
    last = min(len(doc.lines), lines[-1].index + 30)
    pager = read_pager(doc, first, last, siblings=True)
    pager = pager if pager.pages or pager.next else Pager()
    steps = _may_go_on(doc, first, last)
    _read_steps(doc, pager, steps, first, last)
    if not pager.pages and not pager.next:
        _read_script(doc, pager)
    if pager.pages or pager.next:
        settle(doc, pager)
    else:
        _read_unaddressed(survey, pager, steps, first, lines[-1].index)
    if pager.next is not None and pager.number is not None:
        pager.pages.setdefault(pager.number + 1, pager.next)
    return pager


def links_of(pager: Pager) -> tuple[Link, ...]:
    """The other pages of the text."""
    return tuple(
        Link(url=url, text=str(number), number=number)
        for number, url in sorted(pager.pages.items())
        if number != pager.number
    )


def without_pager(lines: list[Line], pager: Pager) -> list[Line]:
    """The body's lines without those of its pager or table of contents."""
    if not pager.exists:
        return lines
    kept = []
    for line in lines:
        near = pager.first_line - 2 <= line.index <= pager.last_line + 2
        if line.hidden or not near or not _is_pager_line(line):
            kept.append(line)
    return kept


def _is_pager_line(line: Line) -> bool:
    text = folded(line.text)
    for anchor in line.anchors:
        if anchor.text and (_is_entry(anchor) or _ON.fullmatch(folded(anchor.text))):
            text = text.replace(folded(anchor.text), " ", 1)
    if len(text) > 120:
        return False
    entry = len(text) <= LONGEST_ENTRY and _ENTRY.fullmatch(text) is not None
    return entry or _PAGER_WORDS.fullmatch(text) is not None or _CONTENTS.fullmatch(text) is not None


def _is_entry(anchor: Anchor) -> bool:
    text = folded(anchor.text)
    return len(text) <= LONGEST_ENTRY and _ENTRY.fullmatch(text) is not None


# -- what a listing's pager does not have ---------------------------------------------------------------------------


def _may_go_on(doc: Document, first: int, last: int) -> list[Anchor]:
    """The links between two lines that may lead to another page of the text."""
    near = [each for each in doc.anchors if first <= each.line <= last and not each.hidden]
    return [each for each in near if not each.pieces or _MAY_GO_ON.search("".join(each.pieces))]


def _read_steps(doc: Document, pager: Pager, steps: list[Anchor], first: int, last: int) -> None:
    """Add what a table of contents, 余下全文 and pictures of arrows say to *pager*."""
    own = canonical_url(doc.page.url)
    for anchor in steps:
        text = folded(anchor.text).strip()
        if len(text) > LONGEST_ENTRY or not anchor.href:
            continue
        entry = _ENTRY.fullmatch(text)
        goes_on = _ON.fullmatch(text) or _WHOLE.fullmatch(text)
        if not text:
            goes_on = _NEXT_PICTURE.search(_picture_of(doc, anchor))
        if entry is None and goes_on is None:
            continue
        url = step_target(doc, anchor)
        if url is None or not is_sibling(url, doc.page.url):
            continue
        is_here = canonical_url(url) == own
        if entry is not None:
            number = _number_of(entry)
            if is_here:
                pager.number = pager.number if "#" in anchor.href else number
            else:
                pager.pages.setdefault(number, url)
        elif not is_here and pager.next is None:
            pager.next = url
        _extend(pager, anchor.line)
    for select in doc.selects:
        if first <= select.line <= last:
            _read_list(doc, pager, select)


def _read_list(doc: Document, pager: Pager, select: Select) -> None:
    """Add a table of contents in a drop-down list."""
    own = canonical_url(doc.page.url)
    for option in select.options:
        entry = _ENTRY.fullmatch(folded(option.text).strip())
        url = select_target(doc, select, option.value or "") if entry else None
        if entry is None or url is None or not is_sibling(url, doc.page.url):
            continue
        number = _number_of(entry)
        if canonical_url(url) == own:
            pager.number = number
        else:
            pager.pages.setdefault(number, url)
        _extend(pager, select.line)


def _number_of(entry: re.Match[str]) -> int:
    return int(entry[1]) if entry[1].isdigit() else numeral(entry[1])


def _picture_of(doc: Document, anchor: Anchor) -> str:
    """The file name of a link's picture."""
    sources = (each.attrs.get("src", "") for each in doc.pictures if each.anchor is anchor)
    return next(sources, "").rpartition("/")[2]


def _extend(pager: Pager, line: int) -> None:
    pager.first_line = line if pager.first_line < 0 else min(pager.first_line, line)
    pager.last_line = max(pager.last_line, line)


def _read_script(doc: Document, pager: Pager) -> None:
    """``createPageHTML(3, 0, "t20100621_731", "html")``: the pages of t20100621_731.html are t20100621_731_1.html …"""
    name, _, ending = canonical_url(doc.page.url).partition("?")[0].rpartition("/")[2].rpartition(".")
    for script in doc.scripts:
        if "Page" not in script:
            continue
        call, counted, shown = (
            TRS_CALL.search(script),
            _COUNT_PAGE.search(script),
            _CURRENT_PAGE.search(script),
        )
        total = counted[1] if counted else ""
        current = shown[1] if shown else ""
        base = re.sub(rf"_{current}$", "", name) if current not in ("", "0") else name
        if call is not None:
            total = call["total"] if call["total"].isdigit() else total
            current = call["current"] if call["current"].isdigit() else current
            base, ending = call["name"], call["ending"]
        if not total or not current or not 1 < int(total) <= 200 or int(current) >= int(total):
            continue
        if name != (base if current == "0" else f"{base}_{current}"):
            continue
        fill_trs(doc, pager, base, ending, int(current), int(total), around=int(total))
        return


def _read_unaddressed(survey: Survey, pager: Pager, steps: list[Anchor], first: int, last: int) -> None:
    """How many pages there are, where only words say it, or a script of which nothing can be known leads on."""
    doc = survey.doc
    for line in survey.visible(last + 1, min(len(doc.lines), last + 1 + NEAREST)):
        if survey.roles[line.index] in (Role.COMMENT, Role.HEAD, Role.COPYRIGHT, Role.NEIGHBOUR):
            last = line.index
            break
    else:
        last = min(len(doc.lines), last + 1 + NEAREST)
    for line, flat in zip(doc.lines[first:last], survey.flats[first:last], strict=True):
        if "页" not in flat or line.hidden or len(flat) > 120 or not _is_pager_line(line):
            continue
        total, number = totals(flat)
        if total is not None and total > 1:
            pager.total, pager.number = total, number
            _extend(pager, line.index)
            return
    for anchor in (each for each in steps if each.line < last):
        text = folded(anchor.text).strip()
        goes_on = _ON.fullmatch(text) and (_is_scripted(anchor) or _shares_name(doc, anchor))
        if goes_on or (_WHOLE.fullmatch(text) and _leads_on(doc, anchor)):
            pager.total = 2
            _extend(pager, anchor.line)


def _is_scripted(anchor: Anchor) -> bool:
    """Whether a click runs a script that may turn the page."""
    click, href = anchor.attrs.get("onclick", ""), anchor.href or ""
    code = click or (href if _SCRIPTED.match(href) else "")
    return re.search(r"\d|next|page|__doPostBack", code, re.I) is not None


def _shares_name(doc: Document, anchor: Anchor) -> bool:
    """Whether a link leads to a page named after this one: 731b.html, 731/2.html of 731.html."""
    name = canonical_url(doc.page.url).rpartition(".")[0]
    url = doc.url_of(anchor) or ""
    return (
        "?" not in url and canonical_url(url).rpartition(".")[0].startswith(name) and _leads_on(doc, anchor)
    )


def _leads_on(doc: Document, anchor: Anchor) -> bool:
    """Whether a link leads to another page of the portal."""
    url = doc.url_of(anchor)
    return url is not None and is_own(url, doc.page) and canonical_url(url) != canonical_url(doc.page.url)
