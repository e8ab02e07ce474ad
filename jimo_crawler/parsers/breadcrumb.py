"""您所在的位置：即墨信息港 > 即墨鄉鎮 > 金口鎮: where a page stands in its portal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from jimo_crawler.parsers.dom import Box, Line
from jimo_crawler.parsers.survey import Role, Survey
from jimo_crawler.parsers.wording import folded, position_label
from jimo_crawler.portal import Profile, kind_of
from jimo_crawler.text.annotations import remove_annotations
from jimo_crawler.text.script import Exchange, single_characters

MOST_NAMES = 10
_simplify = Exchange(single_characters())
LONGEST_NAME = 20

LAST_LINE = 60
"""How far down a breadcrumb that only its links give away is looked for."""
_STRONG = re.compile(r"\s*(?:>+|»+|->|=>|--+>?|::+|/{1,2}|\\|\||→|—+|–)\s*|\s+-\s+")
_ARROW = re.compile(r"[>＞›»》→/／|｜-]")
_NAMES = re.compile(
    r"breadcrumb|crumb|position|location|weizhi|dqwz|daohang|\bpath\b|\bplace\b|\bnav_?path|site_?path|curr?ent_?pos|you_?are"
)
_HOMES = frozenset(("首页", "主页", "网站首页", "本站首页", "Home", "HOME", "home"))
_STEPS = frozenset((">", ">>", "»", "/", "|", "->", "-", "\\", "::", "·", "→", "—"))
_TAILS = frozenset(
    [
        "正文",
        "内容",
        "文章",
        "新闻",
        "详情",
        "详细",
        "详细内容",
        "详细信息",
        "新闻详情",
        "文章正文",
        "新闻正文",
        "查看内容",
        "浏览信息",
        "浏览文章",
        "浏览新闻",
        "查看文章",
        "阅读文章",
        "阅读新闻",
        "阅读信息",
        "文章内容",
        "新闻内容",
        "信息内容",
        "内容页",
        "列表",
        "文章列表",
        "新闻列表",
        "信息列表",
        "详情页",
        "信息详情",
        "文章详情",
        "查看详情",
        "内容详情",
        "返回",
        "信息浏览",
        "新闻浏览",
        "文章浏览",
        "内容正文",
        "信息正文",
    ]
)
_GENERIC_SECTION = re.compile(
    r"(?:即墨)?(?:各)?(?:乡镇街道|街道乡镇|镇街道|乡镇|镇街|街镇|街道|镇办|乡街|镇乡)(?:新闻|动态|风采|之窗|频道|信息|在线|要闻|传真|资讯|专栏|快讯|快报|导航|网群|大全|播报|天地|概况)?"
)


@dataclass(frozen=True, slots=True)
class Breadcrumb:
    """The breadcrumb, and what it says about the page's section."""

    names: tuple[str, ...] = ()
    town: str | None = None
    in_section: bool | None = None
    lines: frozenset[int] = frozenset()
    """Indexes of the lines that it takes up."""
    links: int = 0


def read_breadcrumb(survey: Survey, profile: Profile) -> Breadcrumb:
    """The page's breadcrumb; an empty one if there is none."""
    title = survey.doc.title
    for line, role in zip(survey.lines, survey.roles, strict=True):
        if line.hidden or len(line.text) > 200:
            continue
        if role is Role.POSITION:
            found = _at_label(survey, line)
        elif _ARROW.search(line.text) and (line.anchors or len(line.text) <= 60):
            found = _by_separators(survey, line, profile)
        else:
            continue
        if found is not None:
            names = _clean(found[0], title)
            if names:
                return _judge(names, found[1], profile)
    by_names = _by_steps(survey, profile) or _by_box(survey) or _by_links(survey, profile)
    if by_names is not None and (names := _clean(by_names[0], title)):
        return _judge(names, by_names[1], profile)
    return Breadcrumb()


def is_section_name(name: str, profile: Profile) -> bool:
    """Whether *name* (Simplified) is what a portal calls the part that holds its towns.

    >>> from jimo_crawler.portal import load
    >>> is_section_name("即墨乡镇", load()), is_section_name("乡镇动态", load()), is_section_name("房产", load())
    (True, True, False)
    """
    bare = "".join(name.split())
    return bare in profile.section or _GENERIC_SECTION.fullmatch(bare) is not None


@lru_cache(maxsize=4096)
def plain_name(text: str) -> str:
    """A name as printed, in Simplified, without annotations and white space at the ends.

    Character by character: a name is too short for its line to tell the script (藍村街道新闻).
    """
    return _simplify(remove_annotations(text).text).strip()


def _at_label(survey: Survey, line: Line) -> tuple[list[str], frozenset[int]] | None:
    """The names behind a label such as 当前位置: in its line, or in the lines of the box that follows it."""
    flat = survey.flats[line.index]
    if not line.text or len(flat) > 160:
        return None
    end = position_label(flat)
    if end is None and "(" in line.text:
        plain = remove_annotations(line.text).text
        end = position_label(folded(plain))
        if end is not None:
            return _split(plain[end:], line), frozenset({line.index})
    if end is None:
        return None
    rest = line.text[end:]
    taken = {line.index}
    if not rest.strip(" >»:：-|"):
        names: list[str] = []
        for following in _following(survey, line):
            names += _split(following.text, following)
            taken.add(following.index)
        return (names, frozenset(taken)) if names else None
    names = _split(rest, line)
    for following in _continued(survey, line):
        names += _split(following.text, following)
        taken.add(following.index)
    return names, frozenset(taken)


def _following(survey: Survey, line: Line) -> list[Line]:
    """The lines behind a label that stands alone: in the same list, row or box, and not longer than names are."""
    found: list[Line] = []
    for following in survey.lines[line.index + 1 : line.index + 1 + MOST_NAMES]:
        if following.hidden:
            continue
        near = _shared(line.box, following.box)
        if len(following.text) > 80 or near is None or (near.tag in ("body", "html", "#", "table") and found):
            break
        if (
            found
            and not (following.link_chars or following.text.strip(" >»/›-|").strip() in ("",))
            and found[-1].box.parent is not following.box.parent
        ):
            break
        found.append(following)
        if ">" in survey.flats[following.index].strip(" >") or "»" in survey.flats[following.index].strip(
            " »"
        ):
            break  # all of it in one line
    return found


def _continued(survey: Survey, line: Line) -> list[Line]:
    """Names that stand in list items or cells of their own behind the first."""
    if line.box.tag not in ("li", "td", "dd", "dt"):
        return []
    found = []
    for following in survey.lines[line.index + 1 : line.index + 1 + MOST_NAMES]:
        if (
            following.box.parent is not line.box.parent
            or following.box.tag != line.box.tag
            or len(following.text) > 60
        ):
            break
        found.append(following)
    return found if line.box.tag != "td" or any(each.link_chars for each in found[:1]) else []


def _by_separators(survey: Survey, line: Line, profile: Profile) -> tuple[list[str], frozenset[int]] | None:
    """A line such as 首页 > 新闻 > 正文 without a label: it begins with the portal's home and is linked."""
    if len(line.text) > (120 if line.anchors else 60) or not _STRONG.search(survey.flats[line.index]):
        return None
    names = _split(line.text, line)
    if len(names) < 2:
        return None
    home = _is_home(names[0].strip("[]【】［］ "), profile)
    if not line.anchors and ">" not in survey.flats[line.index]:
        return None
    arrows = any(mark in survey.flats[line.index] for mark in (">", "»", "->", "→"))
    return (
        (names, frozenset({line.index}))
        if home and (arrows or (len(names) <= 5 and "|" not in line.text))
        else None
    )


def _by_steps(survey: Survey, profile: Profile) -> tuple[list[str], frozenset[int]] | None:
    """Names and separators each in a box of its own: home, an arrow or stroke, a section …"""
    lines = survey.lines
    for line in lines[1:]:
        if (
            line.hidden
            or survey.flats[line.index].strip() not in _STEPS
            or not _is_home(lines[line.index - 1].text, profile)
        ):
            continue
        names, taken = [lines[line.index - 1].text], {line.index - 1, line.index}
        for place in range(line.index + 1, min(line.index + 2 * MOST_NAMES, len(lines)), 1):
            text = lines[place].text
            is_step = survey.flats[place].strip() in _STEPS
            if is_step == (place - line.index) % 2 or lines[place].box.parent is not line.box.parent:
                break
            taken.add(place)
            if not is_step:
                names.append(text)
        if len(names) >= 2:
            return names, frozenset(taken)
    return None


def _by_links(survey: Survey, profile: Profile) -> tuple[list[str], frozenset[int]] | None:
    """A line of few links from home over the section to a town, whatever stands between them: 首页-乡镇-金口镇."""
    for line in survey.lines[:LAST_LINE]:
        if line.hidden or not 2 <= len(line.anchors) <= 4 or len(line.text) > 40:
            continue
        names = [plain_name(anchor.text).strip("[]【】 ") for anchor in line.anchors]
        if not _is_home(names[0], profile):
            continue
        if profile.town(names[-1]) is not None or (
            len(names) > 2 and is_section_name(names[-2], profile) and kind_of(names[-1])
        ):
            return names, frozenset({line.index})
    return None


def _is_home(text: str, profile: Profile) -> bool:
    name = plain_name(text)
    return (
        name in _HOMES
        or name == profile.name
        or (len(name) <= 10 and name.endswith(("首页", "信息港", "主页")))
    )


def _by_box(survey: Survey) -> tuple[list[str], frozenset[int]] | None:
    """A list whose class or id says that it is the breadcrumb; its separators may be drawn by a style sheet."""
    for box in survey.doc.boxes:
        if (
            box.attrs
            and not box.hidden
            and 0 < box.last - box.first <= MOST_NAMES
            and _NAMES.search(box.names)
        ):
            lines = [line for line in survey.lines[box.first : box.last] if not line.hidden]
            if (
                not lines
                or any(len(line.text) > 80 for line in lines)
                or not any(line.anchors for line in lines)
            ):
                continue
            names = [name for line in lines for name in _split(line.text, line)]
            return names, frozenset(line.index for line in lines)
    return None


def _split(text: str, line: Line) -> list[str]:
    """The names in a line: at arrows and bars; where there are none, the links' own texts."""
    flat = folded(text)
    if _STRONG.search(flat.strip(" >»/|-")):
        pieces = _cut(text, flat, _STRONG)
    elif len(line.anchors) > 1:
        pieces = [anchor.text for anchor in line.anchors]
        tail = text.rpartition(pieces[-1])[2].strip() if pieces and pieces[-1] else ""
        pieces += [tail] if tail else []
    else:
        pieces = [text]
    return [piece.strip(" \t>»›/|-—:：→·") for piece in pieces if piece.strip(" \t>»›/|-—:：→·")]


def _cut(text: str, flat: str, pattern: re.Pattern[str]) -> list[str]:
    pieces, start = [], 0
    for match in pattern.finditer(flat):
        pieces.append(text[start : match.start()])
        start = match.end()
    return [*pieces, text[start:]]


def _shared(one: Box, other: Box) -> Box | None:
    return next((box for box in one.chain() if box.holds(other)), None)


def _clean(names: list[str], title: str) -> list[str]:
    """Names in Simplified, without what only says that this is a page's text, and without the page's own title."""
    cleaned: list[str] = []
    for name in names[:MOST_NAMES]:
        plain = _clean_name(name)
        if plain and not (cleaned and plain == cleaned[-1]):
            cleaned.append(plain)
    while cleaned and (
        "".join(cleaned[-1].split()) in _TAILS
        or len(cleaned[-1]) > LONGEST_NAME
        or (title and _is_title(cleaned[-1], title))
    ):
        cleaned.pop()
    return cleaned


@lru_cache(maxsize=4096)
def _clean_name(name: str) -> str:
    plain = plain_name(name).strip("[]【】 ")
    position = position_label(folded(plain))
    return plain if position is None else plain[position:].strip(" :：")


def _is_title(name: str, title: str) -> bool:
    bare = name.rstrip(".…")
    if len(bare) < 6 or kind_of(bare) or bare.endswith(("频道", "新闻", "动态", "乡镇", "镇街")):
        return False
    return plain_name(title).replace(" ", "").startswith(bare.replace(" ", ""))


def _judge(names: list[str], lines: frozenset[int], profile: Profile) -> Breadcrumb:
    section = next((place for place, name in enumerate(names) if is_section_name(name, profile)), None)
    town = None
    for name in names[section + 1 if section is not None else 0 :]:
        known = profile.town(name)
        if known is not None:
            town = known.name
            break
    if town is None and section is not None and section + 1 < len(names):
        town = names[section + 1]
    elsewhere = len(names) > 1 and not (len(names) == 2 and kind_of(names[1]))
    in_section = True if section is not None or town is not None else (False if elsewhere else None)
    if in_section is None and len(names) == 2:
        town, in_section = names[1], True
    return Breadcrumb(tuple(names), town, in_section, lines)
