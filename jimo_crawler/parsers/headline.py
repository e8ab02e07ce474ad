"""Which line of a page is its headline; without one that is sure, what ``<title>`` says."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from jimo_crawler.parsers.breadcrumb import Breadcrumb
from jimo_crawler.parsers.dom import Line
from jimo_crawler.parsers.meta import Meta, label_alone, read_meta
from jimo_crawler.parsers.metalines import Headline, is_value_of_label, take_metas, take_metas_before
from jimo_crawler.parsers.styles import centres
from jimo_crawler.parsers.survey import Role, Survey
from jimo_crawler.parsers.titles import (
    BYLINE,
    ENDS,
    find_kicker,
    is_name,
    is_sub_title,
    joined_title,
    louder_above,
    page_title,
    squeeze,
    squeeze_flat,
    title_lines,
    without_meta,
    without_tail,
)
from jimo_crawler.portal import Profile

LONGEST_TITLE = 100
SURE = 5.0
"""Score from which a line is the headline; a lesser one gives way to the page's ``<title>``."""

TELLING = 10
"""Characters from which on a ``<title>`` that no line of the page repeats is taken for a headline's wording."""
OUTSTANDING = 0.7
"""What its size, its boldness or its place in the middle must say for such a line."""
MOST_BEGINNINGS = 4
"""How many lines of prose may be the text's first: somebody may have put some before it."""

_LOUDNESS = (0.0, 0.0, 0.0, 0.5, 2.0, 3.0, 4.0, 3.0)
"""What a font size (or a heading's rank) says for a headline."""
_LISTED = frozenset({"li", "dd", "footer", "aside", "nav"})
_NAMES = re.compile(r"title|headline|biaoti|\bbt\d?\b|\btit\b|\bh1\b|heading|subject")


def find_headline(survey: Survey, profile: Profile, crumb: Breadcrumb) -> Headline:
    """The page's headline with its meta lines. The title is empty if nothing names one."""
    named = page_title(survey, profile, crumb)
    metas = _meta_lines(survey)
    whole = squeeze(survey.doc.title)
    clues = _Clues(whole, squeeze(named).rstrip(".…"), frozenset(whole), _near_metas(survey, metas))
    best, best_score = None, 0.0
    below = min(crumb.lines, default=0)
    for line in survey.lines:
        if line.hidden or (line.is_links and line.size < 3) or line.index in crumb.lines:
            continue
        if line.index < below and len(line.text) < TELLING:
            continue  # the portal's name above the breadcrumb, even where <title> is no more than that
        score = _score(survey, line, clues)
        if score > best_score and not is_name(line.text, profile, crumb):
            best, best_score = line, score
    if best is None or best_score < SURE:
        above = _above_text(survey, profile, crumb) if len(clues.named) < TELLING else None
        return (
            _without_line(survey, named, metas)
            if above is None
            else _around(survey, above, "", profile, crumb)
        )
    return _around(survey, best, named, profile, crumb)


def _above_text(survey: Survey, profile: Profile, crumb: Breadcrumb) -> Line | None:
    """The headline of a page whose ``<title>`` is the portal's, or nobody's: what stands out directly above the prose.

    Meta lines, controls and rules may stand between; the first other line is the headline or there is none.
    """
    begins = [line.index for line in survey.free if _is_sentence(survey, line)][:MOST_BEGINNINGS]
    found = (_outstanding_above(survey, profile, crumb, index) for index in begins)
    return next((line for line in found if line is not None), None)


def _outstanding_above(survey: Survey, profile: Profile, crumb: Breadcrumb, prose: int) -> Line | None:
    """The line that stands out directly above the one at *prose*."""
    for line in reversed(survey.lines[max(0, prose - 24) : prose]):
        index = line.index
        if line.hidden or survey.roles[index] in (Role.CONTROL, Role.EMPTY):
            continue
        if label_alone(line.text) is not None or is_value_of_label(survey, index):
            continue
        if BYLINE.fullmatch(survey.flats[index]) or is_sub_title(line.text):
            continue
        if index in crumb.lines or line.is_links or survey.roles[index] is not Role.TEXT:
            return None
        if survey.meta(index) is None or _holds_title(line):
            line = louder_above(survey, line, profile, crumb) or line
            fits = 4 <= len(line.text) <= LONGEST_TITLE and not ENDS.search(line.text)
            loud = _LOUDNESS[line.size] + (line.bold >= len(line.text) - 2) + _place_score(line)
            return line if fits and loud >= OUTSTANDING and not is_name(line.text, profile, crumb) else None
    return None


def _is_sentence(survey: Survey, line: Line) -> bool:
    if not survey.is_prose(line) or survey.meta(line.index) is not None:
        return False
    return len(line.text) >= 40 or ENDS.search(line.text) is not None


class _Clues(NamedTuple):
    """What a headline is known by."""

    whole: str
    """The page's ``<title>``, folded and without spaces."""
    named: str
    """The part of it that should be the headline, likewise."""
    starts: frozenset[str]
    """The characters of it: other lines are not what it names."""
    near_metas: dict[int, float]
    """What it says for a line that a meta line stands near it, by the line's index."""

    def matches(self, flat: str, loud: bool) -> bool:
        """Whether folded text is what ``<title>`` names, whole, or cut there with dots; a *loud* one may have its meta data
        behind it in parentheses."""
        if len(flat) >= 6 and flat in self.whole:
            return True
        if loud and "(" in flat and len(head := flat.partition("(")[0]) >= 8 and head in self.whole:
            return True
        return len(self.named) >= 6 and (
            flat.startswith(self.named) or (len(flat) >= 4 and flat == self.named)
        )


def _score(survey: Survey, line: Line, clues: _Clues) -> float:
    """How much a line looks like the headline; 0 if it is none."""
    length = len(line.text)
    if not 2 <= length <= LONGEST_TITLE + 40:
        return 0.0
    bold = line.bold >= length - 2
    following = clues.near_metas.get(line.index, 0.0)
    loud = line.size >= 4 or bold
    if length > 60 and not (loud or following):
        return 0.0  # a paragraph
    flat = survey.flats[line.index]
    matches = flat[0] in clues.starts and clues.matches(squeeze_flat(flat), loud)
    if not (loud or following or matches):
        return 0.0
    role = survey.roles[line.index]
    if role is not Role.TEXT and not (role in (Role.LINKS, Role.HEAD) and matches):
        return 0.0
    if not matches and survey.meta(line.index) is not None and not _holds_title(line):
        return 0.0
    score = 5.0 * matches + following + _LOUDNESS[line.size] + bold + _place_score(line)
    score -= 3.0 if line.is_links else 0.0
    score -= 2.0 if ENDS.search(line.text) else 0.0
    score -= 2.0 if length > 60 and not matches else 0.0
    return score - (1.0 if length < 5 else 0.0)


def _holds_title(line: Line) -> bool:
    """Whether a line that reads like a meta line is a headline with its meta data behind it."""
    return line.size >= 4 and not line.link_chars and without_meta(line.text, "", dated=False)[1] is not None


def _place_score(line: Line) -> float:
    """What the three boxes around a line say: a heading, a name such as title, centred; against it: a list, a footer."""
    named = centred = listed = heading = False
    for box in islice(line.box.chain(), 3):
        tag, attrs = box.tag, box.attrs
        heading = heading or tag == "h1"
        listed = listed or tag in _LISTED
        centred = centred or tag == "center"
        if attrs:
            named = named or _is_named(box.names)
            centred = centred or centres(attrs)
    return heading * 1.0 + named * 0.7 + centred * 0.7 - listed * 1.5


@lru_cache(maxsize=1024)
def _is_named(names: str) -> bool:
    """Whether class or id of a box speak of a headline."""
    return _NAMES.search(names) is not None


def _meta_lines(survey: Survey) -> dict[int, float]:
    """Index and weight of the lines that are meta lines, or may be."""
    found: dict[int, float] = {}
    for line in survey.free:
        meta = survey.meta(line.index)
        if meta is not None and meta.weight >= 1.0:
            found[line.index] = meta.weight
    return found


def _near_metas(survey: Survey, metas: dict[int, float]) -> dict[int, float]:
    """How much it says for each line that a meta line follows within four lines, or stands directly before."""
    near: dict[int, float] = {}
    for index, weight in metas.items():
        for step in (1, 2, 3, 4):
            if index < step or (step > 1 and len(survey.lines[index - step + 1].text) > 70):
                break
            score = (3.0 if weight >= 2 else 1.2) - 0.5 * (step - 1)
            near[index - step] = max(near.get(index - step, 0.0), score)
        if weight >= 2:
            near[index + 1] = max(near.get(index + 1, 0.0), 1.5)
    return near


def _without_line(survey: Survey, named: str, metas: dict[int, float]) -> Headline:
    """A page whose headline stands nowhere but in ``<title>``: its meta line, if there is one, opens the body."""
    strong = [index for index, weight in metas.items() if weight >= 2]
    headline = Headline(title=named, line=None, meta=Meta())
    if strong:
        headline.end = strong[0]
        take_metas(survey, headline, strong[0] - 1)
    return headline


def _around(survey: Survey, line: Line, named: str, profile: Profile, crumb: Breadcrumb) -> Headline:
    lines = title_lines(survey, line, named, profile, crumb)
    first, last = lines[0].index, lines[-1].index
    whole = without_tail(joined_title(lines, named), named)
    linked = any(each.link_chars for each in lines)
    title, rest = (whole, None) if linked else without_meta(whole, named, _is_dated_below(survey, last))
    taken = {each.index for each in lines}
    headline = Headline(title=title, line=first, meta=Meta(), lines=taken, end=last + 1)
    if (kicker := find_kicker(survey, lines[0], profile, crumb)) is not None:
        headline.leads.append(kicker)
    if rest is not None and (meta := read_meta(rest)) is not None:
        headline.meta = meta
    take_metas(survey, headline, last)
    if headline.meta.weight < 2:
        take_metas_before(survey, headline, first)
    return headline


def _is_dated_below(survey: Survey, line: int) -> bool:
    """Whether one of the next lines is labelled as the article's time."""
    for index in range(line + 1, min(line + 5, len(survey.lines))):
        meta = None if survey.lines[index].hidden else survey.meta(index)
        if meta is not None and meta.printed is not None and meta.labels & {"date", "updated"}:
            return True
    return False
