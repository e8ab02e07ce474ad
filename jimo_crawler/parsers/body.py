"""The body of an article: where it begins and ends, and what within does not belong to it.

Readers find the text below its headline and stop where the page turns to other things. So does this: the smallest box
around the headline that also holds prose is the article's, the first line that is plainly something else (上一篇, 相关文章,
版权所有 …) ends it, and boxes that are mostly links are left out wherever they stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from jimo_crawler.parsers.dom import Box, Line
from jimo_crawler.parsers.metalines import Headline
from jimo_crawler.parsers.survey import Role, Survey
from jimo_crawler.parsers.tables import counts_readers, is_cell, is_listed

ENDS = (Role.NEIGHBOUR, Role.COPYRIGHT, Role.COMMENT, Role.DISCLAIMER)
_BETWEEN = (Role.CONTROL, Role.POSITION, Role.EMPTY, *ENDS)
"""What stands between paragraphs and is none."""
ENOUGH = 20
"""Characters of prose that make a box the article's; notices can be as short as one sentence."""

LIST_LENGTH = 3
"""From this many links on, they are a list."""
_PARAGRAPHS = frozenset({"p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "dd", "dt", "blockquote", "center"})
_ASIDE = ("aside", "nav")
_SIDE = re.compile(
    r"(?:^|[\s_-])(?:side|sidebar|aside|right|left|rcol|lcol|col-?r|col-?l|hot|rank|recommend|relat\w*|tuijian|foot\w*|bottom|comment\w*|ad|ads|advert\w*|banner|share\w*|toolbar|tools)(?:$|[\s_-]|\d)"
)
_SENTENCE = re.compile(r"[。！？；，,!?;：:]")
_ENDED = re.compile(r"[。！？!?….；;”\"’）)】」』]\s*$")
_BYLINE = re.compile(r"[（(]?(?:本报|本刊|本台|见习|特约|實習|实习)?(?:记者|記者|通讯员|通訊員)")
_COUNT = re.compile(
    r"(?:支持|反对|[好坏差]文章?|有用|没用|喜欢|顶|踩|赞)?[\s:：+(（\[【]*(?:\d{1,6}|\d{1,3}\.\d+(?=[%％]))\s?[%％]?\s?[票人次]?[\s)）\]】]*"
)
_ABSTRACT = re.compile(r"\s*[【\[]?(?:导读|摘要|核心提示|内容提要|内容摘要|编者按|提要|导语|本文导读|简介)")


@dataclass(slots=True)
class Region:
    """The lines that may belong to the body."""

    lines: list[Line] = field(default_factory=list)
    root: Box | None = None
    start: int = 0
    stop: int = 0
    """The line that ends the body; everything from there on is something else."""
    pruned: list[Line] = field(default_factory=list)
    """Lines within that belong to lists of links, in reading order."""

    @property
    def prose(self) -> int:
        """How many characters of it are a reader's text."""
        return sum(len(line.text) - line.link_chars for line in self.lines if not line.hidden)


def find_body(survey: Survey, headline: Headline, root: Box | None = None) -> Region:
    """The region of the body below *headline*; within *root* if the layout names one. No lines if there is no body."""
    weights = _weights(survey, headline)
    start = headline.end if headline.line is not None or headline.lines else 0
    stop = _find_stop(survey, start, weights)
    if (
        root is not None
        and not root.first <= (headline.line or root.first) <= root.last
        and root.first < start
    ):
        root = None
    if root is None:
        root = _article_box(survey, headline, start, stop, weights)
    if root is None:
        return Region(start=start, stop=stop)
    root = _outside_of_data(survey, root)
    return _collect(survey, headline, root, start, stop, weights)


def _outside_of_data(survey: Survey, root: Box) -> Box:
    """A body that is but a table: the box around the table, so that its head row is not cut off."""
    table = root.within("table")
    while table is not None and table.parent is not None:
        if survey.is_data_table(table):
            return table.parent
        table = table.parent.within("table")
    return root


def _weights(survey: Survey, headline: Headline) -> list[int]:
    """How much prose each line is, summed up: ``weights[j] - weights[i]`` is that of the lines from i to before j."""
    start = headline.end
    sums = [0] * (min(start, len(survey.lines)) + 1)
    total = 0
    for line in survey.lines[start:]:
        if survey.roles[line.index] is Role.TEXT and not line.hidden:
            free = len(line.text) - line.link_chars
            if free > 5 and line.index not in headline.lines:
                meta = survey.meta(line.index) if free <= 60 else None
                if meta is None or meta.weight < 1.5:
                    total += free
        sums.append(total)
    return sums


def _find_stop(survey: Survey, start: int, weights: list[int]) -> int:
    """The first line behind the beginning of the text that is plainly no part of it."""
    for line in survey.lines[start:]:
        if line.hidden or len(line.text) > 300:
            continue
        role = survey.roles[line.index]
        if role is Role.TEXT or role is Role.LINKS or weights[line.index] - weights[start] < 8:
            continue
        if role in ENDS or (role is Role.HEAD and survey.is_real_head(line.index)):
            return line.index
    return len(survey.lines)


def _article_box(survey: Survey, headline: Headline, start: int, stop: int, weights: list[int]) -> Box | None:
    """The smallest box that holds the headline and, below it, prose."""
    total = weights[stop] - weights[start]
    if total <= 0:
        return None
    if headline.line is None and not headline.lines:
        return _densest_box(survey)
    anchor = survey.lines[max(headline.lines)] if headline.lines else survey.lines[start]
    enough = min(ENOUGH, max(8, total // 2))
    box: Box | None = anchor.box
    while box is not None and _prose(box, start, stop, weights) < enough:
        box = box.parent
    while box is not None and box.parent is not None:
        wider = _wider(survey, box, start, stop, weights)
        if wider is None:
            return box
        box = wider
    return box


def _prose(box: Box, start: int, stop: int, weights: list[int]) -> int:
    first, last = max(box.first, start), min(box.last, stop)
    return weights[last] - weights[first] if last > first else 0


def _wider(survey: Survey, box: Box, start: int, stop: int, weights: list[int]) -> Box | None:
    """A box around *box* that the article goes on in, or None: the text may have only begun (a lead), or run on."""
    own = _prose(box, start, stop, weights)
    if box.last >= stop:
        return None
    outer = box.parent
    while outer is not None and _prose(outer, start, stop, weights) == own:
        if _is_other_column(box, outer):
            return None
        outer = outer.parent
    if outer is None:
        return None
    if _is_other_column(box, outer) and own >= 60:
        return None
    added = _prose(outer, start, stop, weights) - own
    following = _next_prose(survey, box, stop)
    if following is None or _is_in_side_box(following, outer):
        return None
    only_lead = own < 60 or any(
        _ABSTRACT.match(line.text) for line in survey.lines[max(box.first, start) : box.last][:3]
    )
    if added >= 4 * own and (added >= 300 or (only_lead and added >= 60 and _reads_on(survey, following))):
        return outer
    if _continues(survey, box, following, start):
        return outer
    return None


def _is_other_column(box: Box, outer: Box) -> bool:
    """Whether *outer* adds the other columns of a table row to *box*."""
    inner: Box | None = box
    while inner is not None and inner is not outer:
        if inner.tag in ("td", "th") and inner.parent is not None and outer.tag in ("tr", "tbody", "table"):
            return inner.parent is outer or (inner.parent.tag == "tr" and outer.tag == "tr")
        inner = inner.parent
    return False


def _next_prose(survey: Survey, box: Box, stop: int) -> Line | None:
    """The first line of prose behind *box*, if nothing but controls and pictures is between."""
    for line in survey.lines[box.last : min(stop, box.last + 8)]:
        if line.hidden:
            continue
        role = survey.roles[line.index]
        if role is Role.TEXT and not line.link_chars * 2 > len(line.text):
            return line
        if role in (Role.LINKS, Role.HEAD):
            return None
    return None


def _is_in_side_box(line: Line, outer: Box) -> bool:
    for box in line.box.chain():
        if box is outer:
            return False
        if box.tag in ("aside", "footer", "nav") or (box.attrs and _SIDE.search(box.names)):
            return True
    return False


def _reads_on(survey: Survey, line: Line) -> bool:
    return (
        len(line.text) >= 30
        and _SENTENCE.search(line.text) is not None
        and survey.roles[line.index] is Role.TEXT
    )


def _continues(survey: Survey, box: Box, following: Line, start: int) -> bool:
    """Whether the text runs on behind its box, as it does after a stray end tag: like paragraphs follow directly."""
    inside = [
        line
        for line in survey.lines[max(box.first, start) : box.last]
        if not line.hidden and survey.roles[line.index] is Role.TEXT and len(line.text) >= 12
    ]
    if not inside:
        return False
    last = inside[-1]
    for line in survey.lines[following.index : following.index + 3]:
        if not (line.box.tag == last.box.tag == "p" or (line.indented and last.indented)):
            return False
        if last.box.names != line.box.names:
            return False
        if len(line.text) >= 25:
            return True
    return False


def _densest_box(survey: Survey) -> Box | None:
    """For a page without headline: the innermost box with nearly all of the page's long lines."""
    boxes = survey.doc.boxes
    stop = len(survey.lines)
    long_sums = [0]
    for line in survey.lines:
        free = len(line.text) - line.link_chars
        counts = not line.hidden and free >= 30 and survey.roles[line.index] is Role.TEXT
        long_sums.append(long_sums[-1] + (free if counts else 0))
    total = long_sums[stop]
    if total < ENOUGH:
        return None
    best = boxes[0]
    for box in boxes:
        if (
            box.last > box.first
            and best.holds(box)
            and long_sums[box.last] - long_sums[box.first] >= 0.75 * total
        ):
            if box.tag == "p" or (box.last - box.first <= 1 and best.last - best.first > 1):
                continue
            best = box
    return best


# -- within the article's box ---------------------------------------------------------------------------------------


def _collect(
    survey: Survey, headline: Headline, root: Box, start: int, stop: int, weights: list[int]
) -> Region:
    first, last = max(root.first, start), min(root.last, stop)
    if headline.leads:
        first = min(first, headline.leads[0])
    left_out = _link_boxes(survey, root, first, last, weights)
    region = Region(root=root, start=first, stop=last)
    for line in survey.lines[first:last]:
        if line.index in headline.lines:
            continue
        if line.index < start and line.index not in headline.leads and not line.hidden:
            continue
        if line.index in left_out and not line.hidden and not is_listed(survey, line, root):
            region.pruned.append(line)
        else:
            region.lines.append(line)
    _resume(survey, region, root, left_out)
    _drop_lines(survey, region)
    return region


def _link_boxes(survey: Survey, root: Box, first: int, last: int, weights: list[int]) -> set[int]:
    """Lines of boxes within *root* that are lists of links or other columns, found from the outside in."""
    total = max(1, weights[last] - weights[first])
    out: set[int] = set()
    boxes = survey.doc.boxes
    index = root.index + 1
    while index < root.end:
        box = boxes[index]
        begin, end = max(box.first, first), min(box.last, last)
        if end <= begin:
            index = box.end
            continue
        prose = weights[end] - weights[begin]
        if 2 * prose < total and _is_link_box(survey, box, begin, end, prose, total):
            out.update(range(_behind_text(survey, begin, end), end))
            index = box.end
            continue
        index = index + 1 if prose else box.end
    return out


def _behind_text(survey: Survey, begin: int, end: int) -> int:
    """Where the links begin in a box: paragraphs of the text may stand before them, if they were put into its last box."""
    for line in survey.visible(begin, end):
        paragraph = line.indented or _ENDED.search(line.text) or _BYLINE.match(line.text)
        if line.link_chars or not paragraph or survey.roles[line.index] is not Role.TEXT:
            return line.index if line.index > begin else begin
    return begin


def _is_link_box(survey: Survey, box: Box, begin: int, end: int, prose: int, total: int) -> bool:
    lines = [line for line in survey.lines[begin:end] if not line.hidden]
    if box.tag not in _ASIDE and not any(line.link_chars for line in lines):
        return False
    links = [line for line in lines if line.link_chars and survey.roles[line.index] is not Role.TEXT]
    if not lines:
        return False
    if box.tag in _ASIDE or (box.attrs and links and _SIDE.search(box.names)):
        return 3 * prose < total
    if len(links) < 2:
        return False
    chars = sum(len(line.text) for line in lines)
    linked = sum(line.link_chars for line in lines)
    return 2 * linked > chars


def _resume(survey: Survey, region: Region, root: Box, left_out: set[int]) -> None:
    """Text that goes on behind a box of other things set into it: only where it stands in the same box as before."""
    if region.stop >= root.last:
        return
    body = [
        line for line in region.lines if not line.hidden and survey.is_prose(line) and len(line.text) >= 30
    ]
    if not body:
        return
    holder = body[-1].box if body[-1].box.tag not in ("p", "li", "dd") else body[-1].box.parent
    if holder is None or holder.last <= region.stop or holder.tag in ("body", "html", "#"):
        return
    stopper = survey.lines[region.stop]
    if (
        survey.roles[stopper.index] is not Role.HEAD
        or stopper.box is holder
        or (stopper.box.parent is holder and stopper.box.tag == "p")
    ):
        return
    inset: Box = stopper.box
    while inset.parent is not None and inset.parent is not holder:
        inset = inset.parent
    resumed = [line for line in survey.lines[inset.last : holder.last] if not line.hidden]
    stop = next(
        (line.index for line in resumed if survey.roles[line.index] in (*ENDS, Role.HEAD)), holder.last
    )
    more = [line for line in survey.lines[inset.last : stop] if line.index not in left_out]
    if any(
        survey.is_prose(line) and _reads_on(survey, line) and line.box.tag == body[-1].box.tag
        for line in more
    ):
        region.pruned.extend(survey.lines[region.stop : inset.last])
        region.lines.extend(more)
        region.stop = stop


def _drop_lines(survey: Survey, region: Region) -> None:
    """Take out what stands between paragraphs and is none: controls, breadcrumbs, runs of links; and trim both ends."""
    kept: list[Line] = []
    for line in region.lines:
        if line.hidden:
            kept.append(line)
            continue
        role = survey.roles[line.index]
        if role in _BETWEEN and (role in ENDS or not is_cell(survey, line, region.root)):
            continue
        if role is Role.LINKS and all(survey.offsite(anchor) for anchor in line.anchors):
            continue  # an advertisement
        if role is Role.HEAD and survey.is_real_head(line.index):
            region.pruned.append(line)
            continue
        kept.append(line)
    text = _up_to_a_list(survey, _without_link_runs(survey, kept, region))
    region.lines = _without_counts(survey, text, region.root)


def _without_counts(survey: Survey, lines: list[Line], root: Box | None) -> list[Line]:
    """Lines without bare numbers at their end: how many liked the article, what share of them. A table keeps its own."""
    cut = len(lines)
    for place in range(len(lines) - 1, -1, -1):
        line = lines[place]
        if line.hidden:
            continue
        row = line.box.within("tr")
        label = cut < len(lines) and row is not None and row.holds(lines[cut].box) and counts_readers(line)
        if not label and (_COUNT.fullmatch(line.text) is None or is_cell(survey, line, root)):
            break
        cut = place
    return [*lines[:cut], *(line for line in lines[cut:] if line.hidden)]


def _up_to_a_list(survey: Survey, lines: list[Line]) -> list[Line]:
    """Lines up to where a list of links stands between them and what follows is in another box: the article is over."""
    if not lines or lines[-1].index - lines[0].index < len(lines) - 1 + LIST_LENGTH:
        return lines
    holders: set[int] = set()
    for place, line in enumerate(lines):
        before = lines[place - 1].index if place else line.index
        if line.index - before > LIST_LENGTH and id(_holder(line)) not in holders:
            between = range(before + 1, line.index)
            links = sum(
                survey.roles[index] is Role.LINKS and not survey.lines[index].hidden for index in between
            )
            if holders and links >= LIST_LENGTH:
                return lines[:place]
        if survey.is_prose(line):
            holders.add(id(_holder(line)))
    return lines


def _holder(line: Line) -> Box:
    """The box whose child a paragraph is."""
    box = line.box
    return box.parent if box.parent is not None and box.tag in _PARAGRAPHS else box


def _without_link_runs(survey: Survey, lines: list[Line], region: Region) -> list[Line]:
    """Lines without runs of links, and without single ones at either end."""
    is_link = [
        survey.roles[line.index] is Role.LINKS
        and not line.hidden
        and not is_listed(survey, line, region.root)
        for line in lines
    ]
    if True not in is_link:
        return lines
    first = next(
        (place for place, line in enumerate(lines) if not line.hidden and not is_link[place]), len(lines)
    )
    last = next(
        (place for place in range(len(lines) - 1, -1, -1) if not lines[place].hidden and not is_link[place]),
        -1,
    )
    kept = []
    for place, line in enumerate(lines):
        outside = not first <= place <= last
        run = is_link[place] and (
            (place > 0 and is_link[place - 1]) or (place + 1 < len(lines) and is_link[place + 1])
        )
        if is_link[place] and (outside or run):
            region.pruned.append(line)
        else:
            kept.append(line)
    return kept
