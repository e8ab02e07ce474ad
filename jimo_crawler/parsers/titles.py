"""The wording of an article's headline: what ``<title>`` names, over which lines of the page it runs, what is joined to it."""

from __future__ import annotations

import re

from jimo_crawler.parsers.breadcrumb import Breadcrumb, plain_name
from jimo_crawler.parsers.dates import locate_date
from jimo_crawler.parsers.dom import HEADING_TAGS, Box, Line
from jimo_crawler.parsers.meta import label_alone, read_meta
from jimo_crawler.parsers.survey import Role, Survey
from jimo_crawler.parsers.wording import LABEL, folded
from jimo_crawler.portal import Profile

MOST_TITLE_LINES = 3
LONGEST_PIECE = 60
"""Characters; a longer line is no part of a headline set in several."""
SHORTEST_KICKER, LONGEST_KICKER = 8, 40
LARGEST_HEAD = 5
"""Lines; a box with more holds more than a headline and what is set around it."""

_OPENING = " \u3000([{（【〔［|｜"
_CLOSING = ")]}）】〕］"
_NUMBERS_ONLY = re.compile(r"[\d\W]+")
_WEEKDAY = re.compile(r"(?:星期|周|礼拜)[一二三四五六日天]")
_SUB_TITLE = re.compile(r"\s*[-—–―─－~]")
_NO_SECOND_LINE = re.compile(
    r"^[(\[]|^(?:[一二三四五六七八九十]{1,3}|\d{1,2})\s?[、.,:]|:$|^.{0,14}(?:政府|办公室|委员会|党委|[局部院会站社])$"
)
"""How a line below a headline begins or ends that is none of it though it looks the same: a number, a salutation, an office."""
_NO_KICKER = re.compile(
    r"[_|>»©@]|:$|^[^\u4e00-\u9fff]*$|欢迎|今天是|您好|热线|电话|网址|邮箱|登录|注册|搜索|qq|www|http", re.I
)
_PORTAL = re.compile(r"(?:网站?|门户|频道|首页|在线|信息港|论坛|专栏|栏目)$")
"""How a portal's or section's name ends, and hardly a headline."""
_SITE_WORD = re.compile(
    r".{0,12}(?:信息港|信息网|新闻网|政务网|门户网站?|门户|在线|频道|港|网|网站|首页|政府|新闻中心|资讯|中心|乡镇|镇街|新闻|电视台|之窗|论坛|社区|正文)"
)
_TITLE_SPLIT = re.compile(
    r"\s*(?:_+|\||｜|–|—{1,2}|--+|»|>+|::)\s*|\s+[-·－]\s+|(?<=[^\x00-\x7f])-(?=[^\x00-\x7f])|(?<=[”》）!！?？\w])-(?=[^\x00-\x7f\d])"
)
_UNNAMED = re.compile(
    r"(?:无标题|未命名)(?:文档|页面|网页|页)?\s?\d*|新建\S{0,4}(?:网页|页面|文档)\s?\d*|untitled(?:[ -]?(?:document|page|\d+))?|new[ _-]?page\s?\d*|document|welcome\S*|(?:文章|新闻|信息|内容|图片|详细)(?:内容|正文|新闻|浏览|显示|页|信息|查看)+",
    re.I,
)
"""What editors and templates put into ``<title>`` when nobody else does."""
_PART = re.compile(
    r"\s*[(（\[【]?(?:第\s?[\d一二三四五六七八九十]+\s?页|\d{1,2}\s?/\s?\d{1,2})[)）\]】]?\s*$|\s*[(（]\s*\d{1,2}\s*[)）]\s*$"
)
BYLINE = re.compile(
    r"[(\[]?(?:本[报网站台]|特约|实习|见习)?(?:记者|通讯员|作者|撰稿|供稿|摄影|文/图|图/文)[\s:/][\w\s,·/]{2,30}[)\]]?"
)
ENDS = re.compile(r"[。；;]$")


def page_title(survey: Survey, profile: Profile, crumb: Breadcrumb) -> str:
    """The headline as ``<title>`` has it: without the portal's name and sections; empty if nothing else is in it."""
    pieces = [piece for piece in _TITLE_SPLIT.split(survey.doc.title) if piece and piece.strip()]
    kept = [piece.strip() for piece in pieces]
    while len(kept) > 1 and is_site_name(kept[-1], profile, crumb):
        kept.pop()
    while len(kept) > 1 and is_site_name(kept[0], profile, crumb):
        kept.pop(0)
    if not kept or (len(kept) == 1 and is_site_name(kept[0], profile, crumb, alone=True)):
        return ""
    start = survey.doc.title.find(kept[0])
    end = survey.doc.title.rfind(kept[-1]) + len(kept[-1])
    return survey.doc.title[start:end].strip()


def title_remainder(survey: Survey, title: str, profile: Profile, crumb: Breadcrumb) -> tuple[str, ...]:
    """What ``<title>`` says beyond the headline and the names of portal and sections, as printed; mostly nothing."""
    whole = survey.doc.title
    flat, flat_title = squeeze(whole), squeeze(title)
    if not whole or flat == flat_title:
        return ()
    start = whole.find(title) if title else -1
    outside = [whole] if start < 0 else [whole[:start], whole[start + len(title) :]]
    found = [_beyond_names(part, flat_title, profile, crumb) for part in outside]
    return tuple(part for part in found if part)


def _beyond_names(text: str, flat_title: str, profile: Profile, crumb: Breadcrumb) -> str:
    """The stretch of *text* from its first piece that is no name of portal, section or article, to the last such piece."""
    start = end = -1
    place = 0
    for gap in [*_TITLE_SPLIT.finditer(text), None]:
        piece = text[place : gap.start() if gap else len(text)]
        bare = piece.strip(" _-|—–,，.…")
        known = (
            not bare
            or _PART.fullmatch(bare) is not None
            or is_site_name(bare, profile, crumb, alone=True)
            or squeeze(bare) in flat_title
        )
        if not known:
            start = place if start < 0 else start
            end = place + len(piece)
        place = gap.end() if gap else place
    return text[start:end].strip() if start >= 0 else ""


def without_part(title: str) -> str:
    """A title without the page number that a later page of an article adds to it.

    >>> without_part("金口镇建设纪实(2)"), without_part("金口镇建设纪实（第2页）")
    ('金口镇建设纪实', '金口镇建设纪实')
    """
    return _PART.sub("", title) or title


def is_name(text: str, profile: Profile, crumb: Breadcrumb) -> bool:
    """Whether a line is but the name of the portal, a section or a town."""
    if len(text) > 20:
        return False
    plain = plain_name(text).strip("[]【】·>» ")
    return (
        plain == profile.name
        or plain in crumb.names
        or plain in profile.section
        or profile.town(plain) is not None
    )


def is_site_name(piece: str, profile: Profile, crumb: Breadcrumb, alone: bool = False) -> bool:
    plain = plain_name(piece).strip(" []【】")
    if _UNNAMED.fullmatch(plain):
        return True
    if not plain or plain == profile.name or plain in crumb.names or plain in profile.section:
        return True
    if profile.town(plain) is not None or plain.lower().startswith(("powered", "http", "www.")):
        return True
    if plain.startswith(profile.name) and len(plain) <= len(profile.name) + 12:
        return True
    return not alone and len(plain) <= 16 and _SITE_WORD.fullmatch(plain) is not None


def squeeze(text: str) -> str:
    return squeeze_flat(folded(text))


def squeeze_flat(flat: str) -> str:
    return flat.replace(" ", "")


# -- over which lines it runs ---------------------------------------------------------------------------------------


def title_lines(survey: Survey, line: Line, named: str, profile: Profile, crumb: Breadcrumb) -> list[Line]:
    """The lines that the headline found at *line* runs over: authors break a long one by hand.

    ``<title>`` decides if it names the line. If not, neighbours go with it that look the same and stand in the same box,
    or each in a box like the other's; a line above or below that is set smaller is a kicker or a sub-title.
    """
    flat, flat_named = squeeze_flat(survey.flats[line.index]), squeeze(named)
    if flat == flat_named:
        return [line]
    cut = flat_named.rstrip(".…") if flat_named.endswith(("…", "..")) else ""
    lines = [line]
    for step in (1, -1):
        while len(lines) < MOST_TITLE_LINES and (other := _neighbour(survey, lines, step, crumb)) is not None:
            longer = _with(lines, other, step)
            if squeeze(_run_together(longer)) in flat_named or _reaches(cut, lines, longer):
                lines = longer
            else:
                break
    if not cut and (len(lines) > 1 or flat in flat_named):
        return lines
    for step in (1, -1):
        while (other := _neighbour(survey, lines, step, crumb)) is not None:
            one, two = (lines[-1], other) if step == 1 else (other, lines[0])
            if not _is_continued(survey, one, two) or is_site_name(
                other.text, profile, crumb, alone=step == 1
            ):
                break
            lines = _with(lines, other, step)
            if len(lines) > MOST_TITLE_LINES:
                return [line]  # a whole text in bold
    return lines


def _reaches(cut: str, lines: list[Line], longer: list[Line]) -> bool:
    """Whether it takes the last of *longer* to hold all that is left of a ``<title>`` that was cut short."""
    return (
        len(cut) >= 6
        and not squeeze(_run_together(lines)).startswith(cut)
        and squeeze(_run_together(longer)).startswith(cut)
    )


def _run_together(lines: list[Line]) -> str:
    return "".join([line.text for line in lines])


def _with(lines: list[Line], other: Line, step: int) -> list[Line]:
    return [*lines, other] if step == 1 else [other, *lines]


def _neighbour(survey: Survey, lines: list[Line], step: int, crumb: Breadcrumb) -> Line | None:
    """The next visible line above or below *lines* if it may be one of a headline's."""
    index = (lines[-1] if step == 1 else lines[0]).index + step
    while 0 <= index < len(survey.lines) and survey.lines[index].hidden:
        index += step
    if not 0 <= index < len(survey.lines) or index in crumb.lines:
        return None
    line = survey.lines[index]
    fits = (
        survey.roles[index] in (Role.TEXT, Role.HEAD)
        and not line.link_chars
        and len(line.text) <= LONGEST_PIECE
        and not is_sub_title(line.text)
        and not ENDS.search(line.text)
    )
    plain = fits and label_alone(line.text) is None and not BYLINE.fullmatch(survey.flats[index])
    return line if plain and survey.meta(index) is None else None


def _is_continued(survey: Survey, one: Line, two: Line) -> bool:
    """Whether two lines that follow one another are a headline in two, by their looks alone."""
    bold = one.bold >= len(one.text) - 2
    if one.size != two.size or bold != (two.bold >= len(two.text) - 2) or not (bold or one.size >= 4):
        return False
    if survey.roles[two.index] is not Role.TEXT or survey.roles[one.index] is not Role.TEXT:
        return False
    if one.box is two.box and one.box.tag in HEADING_TAGS:
        return True
    if min(len(one.text), len(two.text)) < 5 or _NO_SECOND_LINE.search(survey.flats[two.index]):
        return False
    return one.box is two.box or _are_like_boxes(one.box, two.box)


def _are_like_boxes(one: Box, two: Box) -> bool:
    """Whether two boxes of one line each follow one another, are marked in the same way, and set it in the middle."""
    if one.tag != two.tag or dict(one.attrs) != dict(two.attrs):
        return False
    upper, lower = _branches(one, two)
    alone = upper.last - upper.first == 1 == lower.last - lower.first
    centred = one.tag in HEADING_TAGS or (one.is_centred and two.is_centred)
    return alone and centred and upper.tag not in ("td", "th")


def _branches(one: Box, two: Box) -> tuple[Box, Box]:
    """Where the ways from the page down to two boxes part: the two children of the box that holds both."""
    while one.parent is not None and not one.parent.holds(two):
        one = one.parent
    while two.parent is not None and not two.parent.holds(one):
        two = two.parent
    return one, two


def is_sub_title(text: str) -> bool:
    """Whether a line is marked as a sub-title by the stroke that it begins with."""
    return _SUB_TITLE.match(text) is not None


def joined_title(lines: list[Line], named: str) -> str:
    """The headline that *lines* are: without a space between them, but where ``<title>`` has one."""
    title = lines[0].text
    flat_named = folded(named)
    for line in lines[1:]:
        latin = title[-1].isascii() and line.text[0].isascii()
        spaced = latin or folded(f"{title} {line.text}") in flat_named
        title = f"{title} {line.text}" if spaced else title + line.text
    return title


def find_kicker(survey: Survey, first: Line, profile: Profile, crumb: Breadcrumb) -> int | None:
    """The line set directly above a headline that leads up to it (引题): part of what the author wrote.

    Only what stands with the headline in one box, or in the middle of the page above one: the portal's own words stand
    there, too.
    """
    line = _neighbour(survey, [first], -1, crumb)
    if line is None or survey.roles[line.index] is not Role.TEXT or line.size > max(first.size, 3):
        return None
    if not SHORTEST_KICKER <= len(line.text) <= LONGEST_KICKER or _NO_KICKER.search(survey.flats[line.index]):
        return None
    if is_site_name(line.text, profile, crumb):
        return None
    if line.box is first.box:
        return line.index if line.box.tag not in ("body", "form", "#") else None
    above, below = _branches(line.box, first.box)
    if above.last - above.first > 1 or below.first != first.index or above.tag in ("td", "th"):
        return None
    around = above.parent
    if around is not None and around.tag != "body" and around.last - around.first <= LARGEST_HEAD:
        return line.index
    headed = first.box.tag in HEADING_TAGS or first.box.is_centred
    return line.index if headed and line.box.is_centred else None


def louder_above(survey: Survey, line: Line, profile: Profile, crumb: Breadcrumb) -> Line | None:
    """The line directly above *line* that is set larger or bolder than it: then *line* is its sub-title."""
    above = _neighbour(survey, [line], -1, crumb)
    if above is None or survey.roles[above.index] is not Role.TEXT or _look(above) <= _look(line):
        return None
    upper, _ = _branches(above.box, line.box)
    together = above.box is line.box or (upper.last - upper.first == 1 and upper.tag not in ("td", "th"))
    named = is_site_name(above.text, profile, crumb, alone=True) or _PORTAL.search(survey.flats[above.index])
    return above if together and not named and len(above.text) >= SHORTEST_KICKER else None


def _look(line: Line) -> int:
    return 2 * max(line.size, 3) + (line.bold >= len(line.text) - 2)


# -- what is joined to it -------------------------------------------------------------------------------------------


def without_tail(text: str, named: str) -> str:
    """A headline without what was joined to it with a stroke, where ``<title>`` has it clean."""
    if (
        named
        and len(named) >= 6
        and text.startswith(named)
        and text[len(named) :].lstrip()[:1] in ("_", "|", "-", "－", "｜")
    ):
        return named
    return text


def without_meta(text: str, named: str, dated: bool) -> tuple[str, str | None]:
    """A headline without the time and whatever else of a meta line stands behind it in the same line, and that rest.

    *dated* says that another line of the page is labelled as its time: a time that ``<title>`` does not leave out is
    then the headline's own, as it is where ``<title>`` names it.

    >>> without_meta("金口镇召开春季生产会议 (2011-5-6 来源：即墨信息港)", "", False)
    ('金口镇召开春季生产会议', '2011-5-6 来源：即墨信息港')
    """
    if not any(map(str.isdigit, text)) or squeeze(text) in squeeze(named):
        return text, None
    start = 0
    while (place := locate_date(text, start)) is not None:
        start = place[1]
        cut = _behind_title(text, place[0])
        before = text[:cut].rstrip(_OPENING)
        rest = text[len(before) :].strip(_OPENING + _CLOSING)
        sure = len(before) >= 4 and squeeze(before) == squeeze(named)
        if not _ends_meta(text[start:]) and not (sure and read_meta(rest) is not None):
            continue
        apart = before != text[:cut] and len(before) >= 6
        numbers = len(before) >= 6 and _NUMBERS_ONLY.fullmatch(text[place[0] : place[1]]) is not None
        if sure or ((apart or numbers) and not dated):
            return before, rest
    return text, None


def _ends_meta(behind: str) -> bool:
    """Whether nothing stands behind a time but a weekday, or what a label names."""
    flat = folded(behind).strip(" )]").lstrip("|,/-·([ ")
    if not flat or _WEEKDAY.fullmatch(flat):
        return True
    label = LABEL.match(flat)
    return label is not None and bool(label["colon"])


def _behind_title(text: str, place: int) -> int:
    """Where what belongs to the time at *place* begins: with a label before it, if there is one."""
    flat = folded(text)
    for label in LABEL.finditer(flat, 0, place):
        if label["colon"] and label.start() and (label.end() == place or flat[label.start() - 1] in " ([|"):
            return label.start()
    return place
