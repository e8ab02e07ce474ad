"""One page of a section's listing: which links are its articles, when they are dated, and what comes next."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from itertools import pairwise

from jimo_crawler.items import Link, ListingPage, Page
from jimo_crawler.parsers.breadcrumb import Breadcrumb, plain_name, read_breadcrumb
from jimo_crawler.parsers.dates import locate_date
from jimo_crawler.parsers.dom import Anchor, Box, fold_space, read_document
from jimo_crawler.parsers.onward import Rows, find_older, find_older_month, is_month
from jimo_crawler.parsers.pager import Pager, read_pager
from jimo_crawler.parsers.refusals import says_nothing_yet
from jimo_crawler.parsers.related import link_text
from jimo_crawler.parsers.scripted import called_target
from jimo_crawler.parsers.survey import ATTACHMENTS, Role, Survey
from jimo_crawler.parsers.untitled import Mute, is_mute, titles_of
from jimo_crawler.parsers.urls import canonical_url, is_own
from jimo_crawler.parsers.wording import folded, is_control, without_bullet
from jimo_crawler.portal import Profile, kind_of

MORE = "更多"
"""Text of a link to the next page that is no pager's."""
SHORTEST = 4
LONGEST_LINE = 400
"""A line in which a day is looked for: one article with its teaser."""
LONGEST_ROW = 8
"""Lines of one article in a list: headline, teaser, day."""
HEADLINE = 9
"""From this length on a link's text reads like a headline; navigation is shorter."""

_MORE = re.compile(
    r"[\[(【<>»·.…\s]*(?:更多\S{0,6}|more|详细|详情|详细内容|查看详细|查看详情|查看全文|阅读全文|全文|阅读更多|点击查看|继续阅读|进入|点击进入|浏览全文|\[?详细\]?)[\])】>»·.…\s]*",
    re.I,
)
_NOT_HEADLINE = re.compile(
    r"首页|主页|返回\S{0,4}|网站地图|联系我们|关于我们|设为首页|加入收藏|登[录陆]|注册|免费注册|会员中心|投稿|我要投稿|广告\S{0,4}|友情链接|站点地图|手机版|网站首页|RSS订阅|高级搜索|上一?页|下一?页|尾页|末页|首\s?页|(?:\d+\s?[条个篇]?|我要|发表|查看|暂无)\s?评论\S{0,3}|"
    r"(?:推广|广告|商业推广|商业广告|赞助商?(?:链接)?)\].*"
)
_SIDE = re.compile(
    r"(?:^|[\s_-])(?:side\w*|aside|right|hot\w*|rank\w*|recommend|relat\w*|tuijian|foot\w*|bottom|nav\w*|menu|top\w*|head\w*|banner|ad|ads|advert\w*)(?:$|[\s_-]|\d)"
)
_MONTH_DAY = re.compile(r"(?<![\d.-])(?:[01]?\d)(?:[-/.]|月)(?:[0-3]?\d)日?(?=[\s)）\]】]|$)")
_LEFT_OPEN = frozenset(("dt", "dd", "li", "p"))
_NUMBERS = re.compile(r"\d+")
_TEASER_HEAD = re.compile(
    r"相关|热门|热点|推荐|排行|图片|最新|随机|点击|精彩|专题|公告|友情|链接|广告|更多|视频|猜你|关注|其他|其它"
)


@dataclass(slots=True)
class _Item:
    """A link that may be an article, with all that leads to the same address beside it."""

    url: str
    key: str
    text: str
    line: int
    box: Box
    date: str | None = None
    row: Box | None = None
    month_day: bool = False
    """A day without its year stands beside it."""


@dataclass(slots=True)
class _Group:
    """Links that stand together in one box, each in a like box of its own."""

    box: Box
    shape: tuple[str, ...]
    items: list[_Item] = field(default_factory=list)
    score: float = 0.0


def parse_listing(page: Page, profile: Profile) -> ListingPage:
    """Read a page of a listing; one without links to articles has no items."""
    doc = read_document(page)
    survey = Survey(doc)
    crumb = read_breadcrumb(survey, profile)
    pager = read_pager(doc)
    items = _find_items(survey, crumb, pager)
    number = pager.number or 1
    url = pager.next or _find_older(survey, crumb, pager, items)
    text = "下一页" if pager.next else MORE
    following = Link(url=url, text=text, number=number + 1) if url else None
    return ListingPage(
        section=_section(survey, crumb, profile),
        items=tuple(Link(url=item.url, text=item.text, date=item.date) for item in items),
        number=number,
        next=following,
        total=pager.total,
        says_empty=not items and says_nothing_yet(survey),
    )


def _find_older(survey: Survey, crumb: Breadcrumb, pager: Pager, items: list[_Item]) -> str | None:
    """Where a list goes on behind its last page, or without a pager."""
    if not items:
        return None
    box = items[0].box
    for item in items:
        while not box.holds(item.box) and box.parent is not None:
            box = box.parent
    lines = sorted(item.line for item in items)
    steps = sorted(after - before for before, after in pairwise(lines)) or [1]
    rows = Rows(
        box=box,
        first=lines[0],
        last=lines[-1],
        end=lines[-1] + min(steps[len(steps) // 2], LONGEST_ROW) - 1,
        keys=frozenset(item.key for item in items),
        days=tuple(item.date for item in items if item.date),
    )
    if (url := find_older_month(survey, rows, is_first=(pager.number or 1) == 1)) is not None:
        return url
    if pager.exists:
        return None
    anchors = (anchor for anchor in survey.doc.anchors if anchor.line in crumb.lines)
    passed = frozenset(canonical_url(url) for anchor in anchors if (url := survey.doc.url_of(anchor)))
    return find_older(survey, rows, passed)


def _section(survey: Survey, crumb: Breadcrumb, profile: Profile) -> str | None:
    """The town that the listing is of: by its breadcrumb, its headings, its title."""
    if crumb.town is not None:
        return crumb.town
    for line in survey.visible(0, len(survey.lines)):
        if len(line.text) <= 14 and not line.is_links and (line.size >= 3 or line.bold):
            name = _town_name(line.text, profile)
            if name is not None:
                return name
    for piece in re.split(r"[_|\-—–>»:：,，\s]+", survey.doc.title):
        name = _town_name(piece, profile)
        if name is not None:
            return name
    return None


def _town_name(text: str, profile: Profile) -> str | None:
    name = plain_name(text).strip(" []【】·>»:：-")
    name = re.sub(r"(?<=[镇道乡])(?:新闻|动态|频道|要闻|资讯|信息|列表|专栏)+$", "", name)
    known = profile.town(name)
    if known is not None:
        return known.name
    kind = kind_of(name)
    return (
        name
        if kind in ("街道", "镇", "乡") and 2 < len(name) <= 7 and not name.startswith(("乡镇", "各"))
        else None
    )


# -- which links are the list ---------------------------------------------------------------------------------------


def _find_items(survey: Survey, crumb: Breadcrumb, pager: Pager) -> list[_Item]:
    candidates = _candidates(survey, crumb, pager)
    if not candidates:
        return []
    groups = _groups(survey, candidates)
    for group in groups:
        _find_dates(survey, group)
        group.score = _score(survey, group, crumb, pager)
    best = max(groups, key=lambda group: group.score)
    if best.score <= 0:
        return []
    chosen = [group for group in groups if group is best or _belongs(survey, group, best)]
    items: dict[str, _Item] = {}
    for item in sorted((item for group in chosen for item in group.items), key=lambda item: item.line):
        first = items.setdefault(item.key, item)
        if first is not item and _is_better(item.text, first.text):  # its place is where its headline stands
            item.date = item.date or first.date
            del items[item.key]
            items[item.key] = item
    return list(items.values())


def _candidates(survey: Survey, crumb: Breadcrumb, pager: Pager) -> list[_Item]:
    """Links of the page that could be an article's, one for each address in a row."""
    doc = survey.doc
    own = canonical_url(doc.page.url)
    pages = {canonical_url(url) for url in (*pager.pages.values(), pager.next or "")}
    items: list[_Item] = []
    mutes: list[Mute] = []
    pictured = {id(picture.anchor) for picture in doc.pictures if picture.anchor is not None}
    for anchor in doc.anchors:
        if anchor.hidden or anchor.line in crumb.lines or not (anchor.text or id(anchor) in pictured):
            continue
        url = doc.url_of(anchor) or called_target(doc, anchor)
        if url is None or not is_own(url, doc.page) or url.split("?")[0].lower().endswith(ATTACHMENTS):
            continue
        key = canonical_url(url)
        if key == own or key in pages or _is_home(key):
            continue
        items.append(_Item(url, key, _headline(anchor), anchor.line, anchor.box))
        if is_mute(anchor, id(anchor) in pictured):
            mutes.append(Mute(key, anchor, is_picture=not anchor.text))
    _name_mutes(survey, items, mutes)
    recurring = _recurring(items)
    found: list[_Item] = []
    for item in items:
        if item.key not in recurring:
            _add(found, item, survey)
    return [item for item in found if _is_headline(item.text)]


def _name_mutes(survey: Survey, items: list[_Item], mutes: list[Mute]) -> None:
    """Give links that are pictures or say 阅读全文 the title that stands beside them, where no other link says it."""
    named = {item.key for item in items if _is_headline(item.text)}
    mutes = [mute for mute in mutes if mute.key not in named]
    if len(mutes) < 2:
        return
    alone = [item for item in items if item.key in {mute.key for mute in mutes}]
    counts = _counts(survey, alone)
    for mute in mutes:
        item = next(item for item in alone if item.key == mute.key)
        mute.row = _row(item, counts)[0]
    titles = titles_of(survey, mutes, _is_headline)
    for item in alone:
        if item.key in titles:
            item.text, item.line = titles[item.key]


def _recurring(items: list[_Item]) -> set[str]:
    """Addresses that row after row leads to by the same short name: the rows' section or author, not an article."""
    rows: dict[str, set[int]] = {}
    names: dict[str, set[str]] = {}
    for item in items:
        rows.setdefault(item.key, set()).add(item.line)
        names.setdefault(item.key, set()).add(item.text)
    return {
        key
        for key, lines in rows.items()
        if len(lines) >= 3 and len(names[key]) == 1 and len(next(iter(names[key]))) <= 12
    }


def _add(found: list[_Item], item: _Item, survey: Survey) -> None:
    """Put *item* behind the others, or join it with the one before it that leads to the same address: a row's picture,
    its headline, 阅读全文. Two headlines with lines between them are the end of one list and the beginning of another."""
    if not found or found[-1].key != item.key:
        found.append(item)
        return
    before = found[-1]
    if _is_headline(before.text) and _is_headline(item.text):
        between = sum(1 for _ in survey.visible(before.line + 1, item.line))
        if between > 1:
            found.append(item)
            return
    if _is_better(item.text, before.text):
        before.text, before.line, before.box = item.text, item.line, item.box


def _is_better(text: str, other: str) -> bool:
    if not _is_headline(text):
        return False
    return (
        not _is_headline(other)
        or (len(text) > len(other) and not len(other) >= HEADLINE)
        or other.endswith(("…", "..."))
    )


def _headline(anchor: Anchor) -> str:
    """What a link calls its article, without bullet and without a time in it."""
    text = link_text(anchor)
    pieces = [fold_space(piece) for piece in anchor.pieces]
    if len(pieces) > 1:
        text = next((piece for piece in pieces if len(piece) >= 6 and not _is_only_time(piece)), text)
    text = without_bullet(text)
    place = locate_date(text)
    if place is not None:
        before, behind = text[: place[0]].rstrip(" ([（【"), text[place[1] :].strip(" )]）】")
        if before and not behind and (place[0] and text[place[0] - 1] in " ([（【\xa0"):
            return before
        if behind and not before and (text[place[1]] in " )]）】"):
            return behind
    return text


def _is_only_time(text: str) -> bool:
    place = locate_date(text)
    return place is not None and place[1] - place[0] >= len(text) - 4


def _is_home(url: str) -> bool:
    return re.fullmatch(r"http://[^/]+/(?:(?:index|default|main)\.\w+)?", url) is not None


def _is_headline(text: str) -> bool:
    """Whether a link's text may be a headline at all."""
    if len(text) < SHORTEST or len(text) > 200:
        return False
    flat = folded(text)
    return not (
        _MORE.fullmatch(flat)
        or _NOT_HEADLINE.fullmatch(flat.strip(" []|·"))
        or is_control(flat)
        or is_month(flat)
        or not any(map(str.isalpha, text))
    )


def _groups(survey: Survey, items: list[_Item]) -> list[_Group]:
    """Items by the box that holds them together; like neighbours are one group."""
    counts = _counts(survey, items)
    groups: dict[tuple[int, tuple[str, ...]], _Group] = {}
    for item in items:
        row, holder = _row(item, counts)
        item.row = row
        shape = _shape(item.box, holder)
        group = groups.setdefault((holder.index, shape), _Group(holder, shape))
        group.items.append(item)
    merged = list(groups.values())
    for _ in range(4):
        merged = _merge(merged)
    return merged


def _counts(survey: Survey, items: list[_Item]) -> list[int]:
    sums = [0] * (len(survey.lines) + 2)
    for item in items:
        sums[min(item.line, len(survey.lines)) + 1] += 1
    for index in range(1, len(sums)):
        sums[index] += sums[index - 1]
    return sums


def _row(item: _Item, counts: list[int]) -> tuple[Box | None, Box]:
    """The largest box with this item alone, and the box around it; no such box in a list made with ``<br>``."""
    row: Box | None = None
    box = item.box
    while counts[box.last] - counts[box.first] <= 1 and box.parent is not None:
        row, box = box, box.parent
    return row, box


def _shape(box: Box, holder: Box) -> tuple[str, ...]:
    """The tags between an item and the box that holds the group; items that were left open stand in one another."""
    tags: list[str] = []
    for each in box.chain():
        if each is holder:
            break
        if not (tags and each.tag == tags[-1] and each.tag in _LEFT_OPEN):
            tags.append(each.tag)
    return tuple(tag for tag in tags if tag not in ("tbody", "span"))


def _merge(groups: list[_Group]) -> list[_Group]:
    """Join groups of like shape whose boxes are neighbours: rows of two, a list for every five, a list for every month."""
    merged: dict[tuple[int, str, tuple[str, ...]], _Group] = {}
    kept: list[_Group] = []
    for group in groups:
        parent = group.box.parent
        if (
            parent is None
            or group.box.tag in ("body", "#")
            or (parent.tag in ("body", "html", "#") and group.box.tag == "table")
        ):
            kept.append(group)
            continue
        key = (parent.index, group.box.tag, group.shape)
        if key in merged:
            other = merged[key]
            other.items += group.items
            other.box, other.shape = parent, (*group.shape, group.box.tag)
        else:
            merged[key] = group
    return _of_one_box(kept + list(merged.values()))


def _of_one_box(groups: list[_Group]) -> list[_Group]:
    """Groups of one box and shape are one: rows of two, and the last row of one."""
    joined: dict[tuple[int, tuple[str, ...]], _Group] = {}
    for group in groups:
        other = joined.setdefault((group.box.index, group.shape), group)
        if other is not group:
            other.items += group.items
    return list(joined.values())


# -- dates beside items ---------------------------------------------------------------------------------------------


def _find_dates(survey: Survey, group: _Group) -> None:
    """Date the items of a group: in their own line or row, else by lines that stand between them."""
    for item in group.items:
        item.date = _date_in_row(survey, item)
        item.month_day = item.date is None and _has_month_day(survey, item)
    undated = [item for item in group.items if item.date is None]
    if 2 * len(undated) <= len(group.items):
        return
    starts = sorted(item.line for item in group.items)
    behind = [
        _date_between(survey, group, item.line + 1, _next_start(starts, item.line, group)) for item in undated
    ]
    ahead = [
        _date_between(survey, group, _last_start(starts, item.line, group), item.line) for item in undated
    ]
    best = max((behind, ahead), key=lambda days: sum(day is not None for day in days))
    for item, day in zip(undated, best, strict=True):
        item.date = day


def _date_in_row(survey: Survey, item: _Item) -> str | None:
    lines = survey.lines
    if item.line < len(lines) and len(lines[item.line].text) <= LONGEST_LINE:
        day = _day(lines[item.line].text, item.text)
        if day is not None:
            return day
    if item.row is not None:
        for line in lines[item.row.first : item.row.last]:
            if len(line.text) <= 60 and not line.hidden and (day := _day(line.text, item.text)) is not None:
                return day
    return None


def _has_month_day(survey: Survey, item: _Item) -> bool:
    lines = (
        survey.lines[item.row.first : item.row.last]
        if item.row is not None
        else survey.lines[item.line : item.line + 1]
    )
    return any(
        _MONTH_DAY.search(line.text.replace(item.text, " ", 1))
        for line in lines
        if len(line.text) <= LONGEST_LINE
    )


def _next_start(starts: list[int], line: int, group: _Group) -> int:
    place = bisect_right(starts, line)
    return starts[place] if place < len(starts) else group.box.last


def _last_start(starts: list[int], line: int, group: _Group) -> int:
    place = bisect_left(starts, line)
    return starts[place - 1] + 1 if place else group.box.first


def _date_between(survey: Survey, group: _Group, first: int, stop: int) -> str | None:
    """The day in the few lines between two items, if it is all that stands there, or stands in a meta line."""
    for line in survey.visible(first, min(stop, first + 4)):
        if line.link_chars * 2 < len(line.text) and len(line.text) <= 60 and group.box.holds(line.box):
            day = _day(line.text, "")
            if day is not None:
                return day
    return None


def _day(text: str, title: str) -> str | None:
    rest = text.replace(title, " ", 1) if title and title in text else text
    place = locate_date(rest)
    return place[2][:10] if place is not None and place[2] is not None else None


# -- scores ---------------------------------------------------------------------------------------------------------


def _score(survey: Survey, group: _Group, crumb: Breadcrumb, pager: Pager) -> float:
    """How much a group looks like the list that the page is there for."""
    items = group.items
    count = len(items)
    length = sum(len(item.text) for item in items) / count
    dated = sum(item.date is not None or item.month_day for item in items) / count
    shapes = {_NUMBERS.sub("#", item.key) for item in items}
    first, last = min(item.line for item in items), max(item.line for item in items)
    score = dated * (4.0 + 0.4 * min(count, 10)) + 0.2 * min(count, 20)
    score += 3.0 if length >= HEADLINE + 2 else (1.0 if length >= 6.5 else -4.0)
    score += 1.0 if count >= 3 and len(shapes) <= max(1, count // 4) else 0.0
    score += 1.0 if any(any(map(str.isdigit, item.key.rpartition("/")[2])) for item in items) else -1.5
    if pager.first_line >= 0 and 0 <= pager.first_line - last <= 8:
        score += 3.0
    if crumb.lines and first > max(crumb.lines):
        score += 0.5
    if any(
        box.tag in ("aside", "nav", "footer") or (box.attrs and _SIDE.search(box.names))
        for box in _some(group.box)
    ):
        score -= 3.0
    score -= _penalty_of_head(survey, first, dated)
    return score - (6.0 if _after_copyright(survey, first) else 0.0)


def _some(box: Box) -> list[Box]:
    chain = []
    for each in box.chain():
        chain.append(each)
        if len(chain) == 4:
            break
    return chain


def _penalty_of_head(survey: Survey, first: int, dated: float) -> float:
    """A list below 热门文章 or 图片新闻 is a side list; one with a time in every row hardly is."""
    for index in range(first - 1, max(-1, first - 4), -1):
        line = survey.lines[index]
        if line.hidden or len(line.text) > 16:
            continue
        if survey.roles[index] is Role.HEAD or _TEASER_HEAD.search(survey.flats[index]):
            return 3.0 if dated < 0.5 else 1.5
        if survey.roles[index] is Role.TEXT:
            return 0.0
    return 0.0


def _after_copyright(survey: Survey, first: int) -> bool:
    return any(
        not line.hidden and survey.roles[line.index] is Role.COPYRIGHT
        for line in survey.lines[max(len(survey.lines) // 4, first - 6) : first]
    )


def _belongs(survey: Survey, group: _Group, best: _Group) -> bool:
    """Whether another group is part of the list: a pinned item, a month of its own."""
    if group.score <= 0 or not group.items:
        return False
    dated = sum(item.date is not None for item in best.items) >= 0.5 * len(best.items)
    own_dated = sum(item.date is not None for item in group.items) >= 0.5 * len(group.items)
    if dated != own_dated or group.score < 0.35 * best.score:
        return False
    shapes = {_NUMBERS.sub("#", item.key) for item in best.items}
    if not any(_NUMBERS.sub("#", item.key) in shapes for item in group.items):
        return False
    first = min(item.line for item in group.items)
    if _penalty_of_head(survey, first, 1.0) or not dated:
        return False
    return _near(group, best)


def _near(group: _Group, best: _Group) -> bool:
    """Whether two groups stand in one column: the box around the better one, or the one around that, holds both."""
    box: Box | None = best.box
    for _ in range(3):
        if box is None or box.tag in ("body", "html", "#", "tr"):
            return False
        if box.holds(group.box):
            return True
        box = box.parent
    return False
