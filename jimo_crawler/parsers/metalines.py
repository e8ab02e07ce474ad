"""The lines that go with a headline: meta lines below it or above, labels and values in cells, controls, sub-titles."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from jimo_crawler.parsers.dom import Line
from jimo_crawler.parsers.meta import Meta, label_alone, read_meta
from jimo_crawler.parsers.metabox import is_box_head, is_value, read_pair
from jimo_crawler.parsers.survey import Role, Survey
from jimo_crawler.parsers.titles import is_sub_title
from jimo_crawler.parsers.wording import LABEL, label_kind

_NAMES_ONLY = re.compile(r"[\u4e00-\u9fff]{2,4}(?:\s[\u4e00-\u9fff]{2,4}){0,2}")
"""A line of nothing but a name or two: the authors'."""
_SENTENCE_END = re.compile(r"[。！？!?；;]")


@dataclass(slots=True)
class Headline:
    """What stands above the body."""

    title: str
    line: int | None
    """Index of the headline's line; None if only ``<title>`` names it."""
    meta: Meta
    lines: set[int] = field(default_factory=set)
    """Every line that the headline and its meta lines take up."""
    leads: list[int] = field(default_factory=list)
    """Sub-titles: between headline and meta line, part of the text."""
    end: int = 0
    """Where the body may begin."""


def take_metas(survey: Survey, headline: Headline, after: int) -> None:
    """Read on behind the headline for as long as lines are meta lines, controls, or sub-titles before a meta line."""
    index, stop = after + 1, min(after + 26, len(survey.lines))
    while index < stop:
        step = _take_line(survey, headline, index)
        if step == 0:
            lead = _leads_to_meta(survey, index, stop, headline)
            if not lead:
                break
            headline.leads.extend(range(index, index + lead))
            step = lead
        index += step
    headline.end = max(headline.end, index)


def _take_line(survey: Survey, headline: Headline, index: int) -> int:
    """How many lines from *index* on belong to the head: 0 if the line does not, 2 for a label and its value."""
    line = survey.lines[index]
    if line.hidden:
        return 1
    role = survey.roles[index]
    if role in (Role.CONTROL, Role.EMPTY, Role.POSITION):
        headline.lines.add(index)
        return 1
    if label_alone(line.text) is not None and (
        taken := _take_row(survey, headline, index) or _take_pair(survey, headline, index)
    ):
        return taken
    if is_box_head(survey, index):
        headline.lines.add(index)
        return 1
    meta = survey.meta(index) or _unmarked(survey, headline, line)
    if meta is not None and _adds(headline.meta, meta):
        headline.meta = headline.meta.joined(meta)
        headline.lines.add(index)
        return 1
    if role is Role.LINKS and _is_between(survey, index):
        return 1
    return 0


def _unmarked(survey: Survey, headline: Headline, line: Line) -> Meta | None:
    """A label and its value with nothing but markup between them: <label>来源</label><b>即墨信息港</b> in a list of such."""
    if len(line.text) > 24 or not (
        headline.meta.labels
        or headline.meta.printed
        or survey.meta(min(line.index + 1, len(survey.lines) - 1))
    ):
        return None
    match = LABEL.match(survey.flats[line.index])
    if (
        match is None
        or match["colon"]
        or not 2 <= match.end() < len(line.text)
        or label_kind(match) == "other"
    ):
        return None
    return read_meta(f"{line.text[: match.end()]}：{line.text[match.end() :]}")


def _take_pair(survey: Survey, headline: Headline, index: int) -> int:
    """Take a label that stands alone, and its value in the next line; gives how many lines that were, 0 for none.

    A bare 日期 or 来源 in a cell may as well head a column of the article's own table: it counts only with a fitting value.
    """
    line = survey.lines[index]
    marked = line.text.rstrip()[-1] in ":：︰"
    following = survey.lines[index + 1] if index + 1 < len(survey.lines) else None
    if following is not None and not following.hidden and is_value(line, following):
        meta = read_pair(line, following)
        sure = marked or line.box.tag in ("dt", "label") or (meta is not None and meta.date is not None)
        if sure and meta is not None and _adds(headline.meta, meta):
            headline.meta = headline.meta.joined(meta)
        if sure:
            headline.lines.update((index, index + 1))
            return 2
    if marked or line.box.tag == "dt":
        headline.lines.add(index)
        return 1
    return 0


def _take_row(survey: Survey, headline: Headline, index: int) -> int:
    """Take cells that are label and value by turns, two pairs or more with a time among them: 发布日期 | 2006.5.12 | 人气 | 87.

    A label may have nothing behind it but an empty cell.
    """
    metas: list[Meta] = []
    pairs, end = 0, index
    while end < len(survey.lines) and label_alone((label := survey.lines[end]).text) is not None:
        if _is_left_empty(survey, label):
            end += 1
        else:
            value = survey.lines[end + 1] if end + 1 < len(survey.lines) else label
            if value.hidden or not is_value(label, value):
                break
            if (meta := read_pair(label, value)) is not None:
                metas.append(meta)
            end += 2
        pairs += 1
    if pairs < 2 or not any(meta.date for meta in metas):
        return 0
    for meta in metas:
        headline.meta = headline.meta.joined(meta)
    headline.lines.update(range(index, end))
    return end - index


def _is_left_empty(survey: Survey, label: Line) -> bool:
    """Whether the cell behind a label's has no text."""
    cell = next((box for box in label.box.chain() if box.tag in ("td", "th", "dt")), None)
    if cell is None or cell.end >= len(survey.doc.boxes):
        return False
    behind = survey.doc.boxes[cell.end]
    return behind.parent is cell.parent and behind.tag in ("td", "th", "dd") and behind.first == behind.last


def _adds(known: Meta, meta: Meta) -> bool:
    """Whether a line that reads like a meta line still is one here: it says what no line before it has said."""
    if meta.weight >= 2 and not known.labels:
        return True
    new = meta.labels - known.labels
    if meta.printed is not None and known.printed is None:
        return True
    return bool(new - {"other"}) and not (
        meta.labels <= {"author", "other"} and known.weight >= 2 and meta.weight < 1
    )


def _is_between(survey: Survey, index: int) -> bool:
    """Whether a line of links stands between headline and meta line, not where the text should begin."""
    return any(
        (meta := survey.meta(after)) is not None and meta.weight >= 2
        for after in range(index + 1, min(index + 3, len(survey.lines)))
    )


def _leads_to_meta(survey: Survey, index: int, stop: int, headline: Headline) -> int:
    """How many lines of sub-title stand from *index* on before a meta line; 0 if none follows soon."""
    if headline.meta.weight >= 2:
        return 0
    marked = True
    for count in range(1, 4):
        place = index + count
        if place >= stop:
            return 0
        before = survey.lines[place - 1]
        if (
            len(before.text) > 60
            or before.hidden
            or _SENTENCE_END.search(before.text)
            or label_alone(before.text) is not None
            or survey.roles[before.index] not in (Role.TEXT, Role.HEAD)
        ):
            return 0
        marked = marked and _is_set_off(before)
        meta = survey.meta(place)
        if meta is not None and (meta.weight >= 2 or (marked and meta.date is not None)):
            return count
    return 0


def _is_set_off(line: Line) -> bool:
    """Whether a line before a time without a label is a sub-title or a byline, not the beginning of the text."""
    return (
        is_sub_title(line.text)
        or _NAMES_ONLY.fullmatch(line.text) is not None
        or line.box.tag in ("h2", "h3", "h4", "h5", "h6")
        or line.box.is_centred
    )


def take_metas_before(survey: Survey, headline: Headline, line: int) -> None:
    """Meta lines above the headline, as some templates have them: one, or a list of them."""
    for index in range(line - 1, max(-1, line - 17), -1):
        above = survey.lines[index]
        if above.hidden:
            continue
        if label_alone(above.text) is not None and (
            _take_pair(survey, headline, index) or _take_row(survey, headline, index) or index == line - 1
        ):
            continue  # the last is the headline's own: 标题
        meta = None if above.is_links else survey.meta(index)
        if meta is not None and (meta.labels or (meta.printed and index == line - 1)):
            headline.meta = meta.joined(headline.meta)
            headline.lines.add(index)
        elif survey.roles[index] not in (Role.CONTROL, Role.EMPTY) and not is_value_of_label(survey, index):
            break


def is_value_of_label(survey: Survey, index: int) -> bool:
    """Whether a line stands behind a lone label: reading upwards, its label comes next."""
    return (
        index > 0
        and label_alone(survey.lines[index - 1].text) is not None
        and len(survey.lines[index].text) <= 60
    )
