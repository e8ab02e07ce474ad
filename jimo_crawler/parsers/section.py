"""The way to the towns: on the entry page the link to the town section, in that section the towns."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jimo_crawler.items import Link, Page, Section
from jimo_crawler.parsers.breadcrumb import is_section_name, plain_name, read_breadcrumb
from jimo_crawler.parsers.dom import Anchor, Box, Document, read_document
from jimo_crawler.parsers.pager import read_pager
from jimo_crawler.parsers.scripted import named_targets, select_target
from jimo_crawler.parsers.survey import Survey
from jimo_crawler.parsers.urls import canonical_url, is_own
from jimo_crawler.parsers.wording import folded
from jimo_crawler.portal import Profile, kind_of

LONGEST_NAME = 9
"""鳌山卫街道办事处 has nine characters; longer texts are headlines."""

_TRIM = " \t·•>»›|/\\-—:：[]【】()（）<>《》«“”\"'.…*#★☆●○◆◇■□▪→"
_SUFFIX = re.compile(
    r"(?:人民政府|政府|党工委)?(?:新闻|动态|频道|专栏|之窗|资讯|要闻|信息|风采|栏目|在线|快讯|新闻网|信息网|网|主页|首页|专区|概况|子站|分站|列表)+$"
)
_PREFIX = re.compile(r"^(?:走进|即墨区?市?|青岛市?即墨区?市?|山东省?|魅力|美丽|进入|点击进入)(?=.{2,})")
_OFFICE = re.compile(r"(?:街道办事处|街道办公室|街道办|街办|街道党工委|办事处|(?:人民)?政府)$")
_MARKS = re.compile(r"^[^\w(（]+|[^\w)）]+$")
"""Bullets and brackets of any kind around a name."""
_COUNT = re.compile(r"\s*[(（\[]\s*\d+\s*(?:篇|条)?\s*[)）\]]\s*$")
_MORE = re.compile(
    r"[\[(【<>»·.…\s]*(?:更多\S{0,4}|more|全部|查看全部|查看更多|进入频道|进入|详细|>>+|»+)[\])】>»·.…\s]*",
    re.I,
)
_NAVIGATION = re.compile(
    r"首页|主页|网站首页|返回\S{0,4}|更多|网站地图|联系我们|关于我们|设为首页|加入收藏|登[录陆]|注册|上一页|下一页|尾页|末页|全部|搜索|投稿|English|论坛|手机版|即墨新闻|版权\S*|广告\S*|友情链接"
)
_UNITS = (
    "街道",
    "镇",
    "乡",
    "开发区",
    "管委会",
    "办事处",
    "新区",
    "高新区",
    "园区",
    "度假区",
    "林场",
    "水库",
)


@dataclass(frozen=True, slots=True)
class _Entry:
    """A link that may be a town's section."""

    url: str
    name: str
    """Cleaned, Simplified."""
    town: str | None
    """The profile's name, where it knows the town."""
    box: Box
    line: int
    order: int
    way: str = "link"
    """How it is offered: by a link, by an option of a jumper, by a 更多 below a heading."""


def find_index(page: Page, profile: Profile) -> Link | None:
    """On the portal's entry page: the link to the part that holds the towns; None if there is none."""
    doc = read_document(page)
    best: tuple[float, Link] | None = None
    for order, anchor in enumerate(doc.anchors):
        for text in _names_of(anchor):
            rank = _section_rank(text, profile)
            if rank is None or anchor.hidden:
                continue
            url = doc.url_of(anchor)
            if url is None or not is_own(url, page):
                continue
            score = rank + order / 100_000
            if best is None or score < best[0]:
                best = (score, Link(url=url, text=text))
    return best[1] if best else _index_of_select(doc, profile) or _index_of_scripts(doc, profile)


def parse_index(page: Page, profile: Profile) -> tuple[Section, ...]:
    """The town sections that an index page leads to, in page order, each town once; empty if it names none."""
    doc = read_document(page)
    survey = Survey(doc)
    crumb = read_breadcrumb(survey, profile)
    entries = [entry for entry in _entries(doc, profile) if entry.line not in crumb.lines]
    entries += _entries_by_heading(survey, profile)
    chosen = _choose(entries[:MOST_ENTRIES]) or _choose(_entries_of_scripts(doc, profile)[:MOST_ENTRIES])
    sections: dict[str, Section] = {}
    for entry in sorted(chosen, key=lambda entry: entry.order):
        name = entry.town or entry.name
        sections.setdefault(name, Section(name=name, kind=kind_of(name), url=entry.url))
    return tuple(_one_per_url(list(sections.values())))


def find_next_index(page: Page, sections: tuple[Section, ...]) -> tuple[Link, ...]:
    """The next page of an index whose towns do not stand on one, its pager being below them; empty if there is none."""
    doc = read_document(page)
    pager = read_pager(doc)
    if pager.next is None:
        return ()
    towns = {canonical_url(section.url) for section in sections}
    lines = [anchor.line for anchor in doc.anchors if canonical_url(doc.url_of(anchor) or "") in towns]
    last = max((line for line in lines if line <= pager.first_line), default=None)
    if last is None or pager.first_line - last > NEAR_PAGER or canonical_url(pager.next) in towns:
        return ()
    return (Link(url=pager.next),)


# -- the link to the index ------------------------------------------------------------------------------------------


def _names_of(anchor: Anchor) -> list[str]:
    """What a link is called by its text, alt text and title: images carry the name in any of them."""
    attrs = anchor.attrs
    texts = [anchor.text, anchor.alt, attrs.get("title", ""), attrs.get("alt", "")]
    return list(dict.fromkeys(text.strip() for text in texts if text and text.strip()))


def _section_rank(text: str, profile: Profile) -> float | None:
    """How well a text names the town section: 0 is best, None not at all."""
    if len(text) > 16:
        return None
    name = "".join(plain_name(text).strip(_TRIM).split())
    if name in profile.section:
        return profile.section.index(name) * 0.01
    bare = _PREFIX.sub("", _SUFFIX.sub("", name))
    if name and bare in profile.section:
        return 1.0
    if is_section_name(name, profile):
        return 2.0
    if len(name) <= 10 and any(word in name for word in ("乡镇", "镇街", "街镇", "镇办")):
        return 3.0
    return None


def _index_of_select(doc: Document, profile: Profile) -> Link | None:
    for select in doc.selects:
        for option in select.options:
            if _section_rank(option.text, profile) is not None and (
                url := select_target(doc, select, option.value or "")
            ):
                return Link(url=url, text=option.text)
    return None


def _index_of_scripts(doc: Document, profile: Profile) -> Link | None:
    ranked = [
        (rank, Link(url=url, text=text))
        for text, url in named_targets(doc)
        if (rank := _section_rank(text, profile)) is not None and is_own(url, doc.page)
    ]
    return min(ranked, key=lambda each: each[0])[1] if ranked else None


# -- the towns ------------------------------------------------------------------------------------------------------


NEAR_PAGER = 4
"""Lines between the last town and the pager of an index, at most: below a list of news it is that list's."""
MOST_ENTRIES = 1000
"""No county has so many towns: a page that offers more names is something else, or an attack."""


def _entries(doc: Document, profile: Profile) -> list[_Entry]:
    """Every link whose text is short enough for a town's name, with what it would be called."""
    found: list[_Entry] = []
    own = canonical_url(doc.page.url)
    for order, anchor in enumerate(doc.anchors):
        if anchor.hidden:
            continue
        named = _town_of(_names_of(anchor), profile)
        if named is None:
            continue
        url = doc.url_of(anchor)
        if url is None or not is_own(url, doc.page) or canonical_url(url) == own:
            continue
        found.append(_Entry(url, named[0], named[1], anchor.box, anchor.line, order))
    for select in doc.selects:
        for place, option in enumerate(select.options):
            named = _town_of([option.text], profile)
            url = select_target(doc, select, option.value or "") if named else None
            if named is not None and url is not None and is_own(url, doc.page):
                found.append(
                    _Entry(url, named[0], named[1], select.box, select.line, 1_000_000 + place, "jumper")
                )
    return found


def _entries_of_scripts(doc: Document, profile: Profile) -> list[_Entry]:
    """Towns of a menu that a script draws: ``menu.addMenuItem("金口镇","location='/jk/'")``."""
    return [
        _Entry(url, named[0], named[1], doc.boxes[0], 0, order, "script")
        for order, (text, url) in enumerate(named_targets(doc))
        if (named := _town_of([text], profile)) is not None and is_own(url, doc.page)
    ]


def _town_of(texts: list[str], profile: Profile) -> tuple[str, str | None] | None:
    """(cleaned name, the profile's name for it) of the first text that can be a section's; None if none can."""
    fallback: tuple[str, str | None] | None = None
    for text in texts:
        if len(text) > 24:
            continue
        name = clean_name(text)
        known = (
            profile.town(name) or profile.town(_PREFIX.sub("", name)) or profile.town(_OFFICE.sub("", name))
        )
        if known is not None:
            return known.name, known.name
        if (
            fallback is None
            and 2 <= len(name) <= LONGEST_NAME
            and not _NAVIGATION.fullmatch(name)
            and not is_section_name(name, profile)
        ):
            fallback = (name, None)
    return fallback


def clean_name(text: str) -> str:
    """A section's name as printed, Simplified, without bullets, counts and what all of them carry.

    >>> clean_name("·【藍村街道】新闻(12)")
    '蓝村街道'
    """
    name = "".join(_COUNT.sub("", plain_name(text)).split()).strip(_TRIM)
    name = _MARKS.sub("", name.replace("】", "").replace("]", ""))
    bare = _SUFFIX.sub("", name)
    return bare if len(bare) >= 2 and bare != name and (kind_of(bare) or len(bare) <= 5) else name


def _entries_by_heading(survey: Survey, profile: Profile) -> list[_Entry]:
    """Towns whose name is a heading without a link above their latest articles: 更多 beside it is the link."""
    found: list[_Entry] = []
    for order, anchor in enumerate(survey.doc.anchors):
        if anchor.hidden or not _MORE.fullmatch(folded(anchor.text)):
            continue
        url = survey.doc.url_of(anchor)
        if url is None or not is_own(url, survey.doc.page):
            continue
        town = _heading_before(survey, anchor, profile)
        if town is not None:
            found.append(_Entry(url, town, town, anchor.box, anchor.line, order, "more"))
    return found


def _heading_before(survey: Survey, anchor: Anchor, profile: Profile) -> str | None:
    """The town named by the nearest heading above a 更多, or in its own line."""
    for index in range(min(anchor.line, len(survey.lines) - 1), max(-1, anchor.line - 16), -1):
        line = survey.lines[index]
        text = line.text
        if index == anchor.line:
            text = text.replace(anchor.text, "", 1)
        if len(text) > 14:
            continue
        name = clean_name(text)
        town = profile.town(name)
        if town is not None:
            return town.name
        if (
            kind_of(name) in ("街道", "镇", "乡")
            and 3 <= len(name) <= 6
            and not is_section_name(name, profile)
        ):
            return name
        if index < anchor.line and not line.is_links and len(text) >= 2:
            return None
    return None


def _choose(entries: list[_Entry]) -> list[_Entry]:
    """The entries that are sections: known towns, names of the same kind, and what stands in one list with them."""
    towns = [entry for entry in entries if entry.town is not None]
    units = [
        entry
        for entry in entries
        if entry.town is None and entry.name.endswith(_UNITS) and 3 <= len(entry.name) <= 7
    ]
    if not towns:
        return _repeated(units)
    main = _main_way(towns)
    box = _main_box(main)
    chosen = [entry for entry in main if box.holds(entry.box)]
    members = _list_members(entries, box) if chosen[0].way == "link" else []
    names = {entry.town for entry in chosen}
    for entry in entries:
        if entry.town is not None:
            if entry.town not in names:
                chosen.append(entry)
                names.add(entry.town)
        elif entry in members or (entry in units and _is_among_units(entry, entries, chosen)):
            chosen.append(entry)
    return chosen


def _main_way(towns: list[_Entry]) -> list[_Entry]:
    """Of the ways in which the page offers its towns, the one that offers most; links where they are equal."""
    ways: dict[str, list[_Entry]] = {"link": []}
    for entry in towns:
        ways.setdefault(entry.way, []).append(entry)
    return max(ways.values(), key=lambda group: len({entry.town for entry in group}))


def _is_among_units(entry: _Entry, entries: list[_Entry], chosen: list[_Entry]) -> bool:
    """Whether an unknown town is listed as one: in a list of towns, or with an address like theirs."""
    if entry.way != "link":
        return entry.way == chosen[0].way
    if _shape(entry.url) in {_shape(each.url) for each in chosen} and entry.box.tag in {
        each.box.tag for each in chosen
    }:
        return True
    for depth, box in enumerate(entry.box.chain()):
        inside = [each for each in entries if box.holds(each.box) and each.way == "link"]
        units = [each for each in inside if each.town is not None or each.name.endswith(_UNITS)]
        if len(units) >= 2:
            return 3 * len(units) > 2 * len(inside)
        if depth == 3:
            break
    return False


def _main_box(towns: list[_Entry]) -> Box:
    """The smallest box that holds most of the towns: of several lists on a page (menu, jumper, map) the fullest.

    A list may be split (街道 here, 镇 there); then the larger half is found, and the rest is added by name.
    """
    names = {entry.town for entry in towns}
    best = _holder(towns)
    chains = [list(entry.box.chain()) for entry in towns]
    boxes = {id(box): box for chain in chains for box in chain if best.holds(box)}
    for box in sorted(boxes.values(), key=lambda box: box.end - box.index, reverse=True):
        inside = {entry.town for entry in towns if box.holds(entry.box)}
        if best.holds(box) and len(inside) >= max(3, 0.6 * len(names)):
            best = box
    return best


def _list_members(entries: list[_Entry], box: Box) -> list[_Entry]:
    """Entries with unusual names (即墨古城) in the very list of the towns: short ones, among mostly towns."""
    inside = [
        entry for entry in entries if entry.way == "link" and box.holds(entry.box) and len(entry.name) <= 6
    ]
    towns = [entry for entry in inside if entry.town is not None or entry.name.endswith(_UNITS)]
    tags = {entry.box.tag for entry in towns}
    if len(towns) < 3 or 2 * len(towns) <= len(inside):
        return []
    known, shapes = {id(entry) for entry in towns}, {_shape(entry.url) for entry in towns}
    return [
        entry
        for entry in inside
        if entry.box.tag in tags
        and entry.town is None
        and (_shape(entry.url) in shapes or _is_in_row_of(entry, inside, known, box))
    ]


def _is_in_row_of(entry: _Entry, inside: list[_Entry], towns: set[int], outer: Box) -> bool:
    """Whether a name stands with towns, not in a row of navigation: the first box around it with others says so."""
    for box in entry.box.chain():
        if box is outer:
            return True
        near = [other for other in inside if box.holds(other.box)]
        if len(near) >= 2:
            return 2 * sum(id(other) in towns for other in near) >= len(near)
    return True


def _repeated(units: list[_Entry]) -> list[_Entry]:
    """Unknown towns alone: several with like addresses."""
    by_shape: dict[str, list[_Entry]] = {}
    for entry in units:
        by_shape.setdefault(_shape(entry.url), []).append(entry)
    best = max(by_shape.values(), key=len, default=[])
    return best if len(best) >= 2 else []


def _holder(entries: list[_Entry]) -> Box:
    """The smallest box around all of them."""
    box = entries[0].box
    for entry in entries[1:]:
        while not box.holds(entry.box) and box.parent is not None:
            box = box.parent
    return box


def _shape(url: str) -> str:
    """An address without what tells the towns apart: digits, values, the last name of the path."""
    path, mark, query = canonical_url(url).partition("?")
    folder, _, name = path.rstrip("/").rpartition("/")
    if mark:
        return f"{path}?{re.sub(r'=[^&]*', '=#', query) if '=' in query else '#'}"
    return re.sub(r"\d+", "#", folder) + ("/#" if "." not in name else "/#." + name.rpartition(".")[2])


def _one_per_url(sections: list[Section]) -> list[Section]:
    """No address twice: a second name for one listing is an alias on the page, not another town."""
    seen: set[str] = set()
    kept = []
    for section in sections:
        key = canonical_url(section.url)
        if key not in seen:
            seen.add(key)
            kept.append(section)
    return kept
