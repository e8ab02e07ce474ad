"""One article page: headline, meta line, body, and what stands around them."""

from __future__ import annotations

import re

from jimo_crawler.errors import NotAnArticle, Truncated
from jimo_crawler.items import Article, ArticlePage, Block, Page
from jimo_crawler.parsers.blocks import build_blocks, build_images
from jimo_crawler.parsers.body import Region, find_body
from jimo_crawler.parsers.breadcrumb import Breadcrumb, read_breadcrumb
from jimo_crawler.parsers.dates import find_date
from jimo_crawler.parsers.dom import Document, Line, fold_space, read_document
from jimo_crawler.parsers.headline import find_headline
from jimo_crawler.parsers.layouts import choose_layout, reading_name
from jimo_crawler.parsers.meta import Meta
from jimo_crawler.parsers.metabox import find_meta_box
from jimo_crawler.parsers.metalines import Headline
from jimo_crawler.parsers.parts import links_of, read_parts, without_pager
from jimo_crawler.parsers.refusals import (
    is_cut,
    is_listing,
    refuse_message,
    refuse_scripted,
    refuse_without_body,
)
from jimo_crawler.parsers.related import read_related
from jimo_crawler.parsers.survey import Role, Survey
from jimo_crawler.parsers.titles import title_remainder, without_part
from jimo_crawler.portal import Profile

ENOUGH_ALONE = 120
"""Characters of prose that make a page without meta line an article."""
ENOUGH_IN_SECTION = 50
"""The same, if there is a headline, and the breadcrumb puts the page under the towns."""
LEAST = 12
"""Characters without which there is no text at all."""
_SENTENCE = re.compile("[，。；！？]")
_META_NAMES = (
    "pubdate",
    "publishdate",
    "publish_date",
    "article:published_time",
    "og:release_date",
    "datepublished",
    "firstpublishedtime",
    "apub:time",
)
_IN_WORDS = re.compile("[年〇一二三]")
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def parse_article(page: Page, profile: Profile) -> ArticlePage:
    """Read an article page.

    Raises NotAnArticle if the page is something else (``outcome`` and ``reason`` say what; with what was read, where it is
    an article if a listing says so), Truncated if it breaks off within the text.
    """
    doc = read_document(page)
    survey = Survey(doc)
    crumb = read_breadcrumb(survey, profile)
    headline = find_headline(survey, profile, crumb)
    layout = choose_layout(doc)
    region = find_body(survey, headline, layout.root(doc) if layout else None)
    region.lines = [line for line in region.lines if line.index not in crumb.lines]
    pager = read_parts(survey, headline.end, region.lines)
    region.lines = without_pager(region.lines, pager)
    meta = headline.meta = _with_machine_date(doc, _take_metas_elsewhere(survey, headline, region))
    doubt = _refuse(survey, headline, region, crumb.in_section)
    lines = region.lines
    blocks = build_blocks(survey, lines, region.root)
    if not any(not block.hidden for block in blocks):
        raise refuse_without_body(survey, bool(headline.title))
    title = without_part(headline.title) if pager.number and pager.number > 1 else headline.title
    last = lines[-1].index if lines else region.stop
    article = Article(
        title_as_published=title,
        blocks=blocks,
        published_at=meta.date,
        published_as_printed=meta.printed,
        source=meta.source,
        editor=meta.editor,
        author=meta.author,
        views=meta.views,
        layout=layout.name if layout else reading_name(headline),
        images=build_images(survey, region.root, region.start, last + 1),
        damaged=sum(text.count(_REPLACEMENT) for text in (title, *(block.text for block in blocks))),
    )
    body = {line.index for line in lines}
    page_read = ArticlePage(
        article=article,
        breadcrumb=crumb.names,
        town=crumb.town,
        in_section=crumb.in_section,
        part=pager.number or 1,
        parts=links_of(pager),
        parts_total=max([pager.number or 1, pager.total or 1, *pager.pages]),
        related=read_related(survey, body),
        around=_around(survey, profile, crumb, headline, body, title),
    )
    if doubt is not None:
        doubt.page = page_read
        raise doubt
    return page_read


# -- is it one? -----------------------------------------------------------------------------------------------------


def _refuse(
    survey: Survey, headline: Headline, region: Region, in_section: bool | None
) -> NotAnArticle | None:
    """Raise what the page is if it is no article; gives that where only a listing can know it: under a headline stands so
    little that it may be anything."""
    prose = region.prose
    labelled = headline.meta.weight >= 2 and headline.line is not None
    if prose < LEAST:
        refuse_scripted(survey)
    refuse_message(survey, region.lines, labelled and bool(headline.meta.printed or headline.meta.source))
    last_text = max((line.index for line in region.lines if not line.hidden), default=-1)
    if is_cut(survey, region.stop, last_text):
        raise Truncated(
            "the page ends in the middle of its text" if last_text >= 0 else "the page ends before its text"
        )
    if not any(not line.hidden for line in region.lines):
        raise refuse_without_body(survey, bool(headline.title) and headline.line is not None)
    if labelled and not _repeats(survey, headline):
        return None
    if (
        is_listing(survey, headline.end if headline.line is not None else 0, len(survey.lines))
        and prose < 600
    ):
        raise NotAnArticle("a list of articles")
    if labelled or (headline.meta.date and headline.title):
        return None
    sentences = sum(len(line.text) for line in region.lines if survey.is_prose(line) and len(line.text) >= 30)
    enough = ENOUGH_IN_SECTION if in_section and headline.line is not None else ENOUGH_ALONE
    if sentences >= enough and headline.title:
        return None
    doubt = NotAnArticle("neither a headline with a time or a source nor enough text")
    says = any(_SENTENCE.search(line.text) for line in region.lines if not line.hidden)
    if not headline.title or prose < LEAST or not says:
        raise doubt
    return doubt


def _repeats(survey: Survey, headline: Headline) -> bool:
    """Whether meta lines follow one another with headlines between: the teasers of a list."""
    if sum(survey.meta(line.index) is not None for line in survey.free if line.index >= headline.end) < 3:
        return False
    links = metas = 0
    for line in survey.visible(headline.end, len(survey.lines)):
        if survey.roles[line.index] is Role.COMMENT:
            break
        if line.index not in headline.lines and line.is_links and len(line.text) >= 8:
            links += 1
        elif len(line.text) <= 80 and (meta := survey.meta(line.index)) is not None and meta.weight >= 2:
            metas += 1
    return metas >= 3 and links >= 3


# -- meta lines elsewhere -------------------------------------------------------------------------------------------


def _take_metas_elsewhere(survey: Survey, headline: Headline, region: Region) -> Meta:
    """The meta data, with what stands below the body and, if no time is above it, in a box of its own."""
    meta = _take_tail(survey, headline, region)
    if headline.meta.printed is not None or (box := find_meta_box(survey)) is None:
        return meta
    if meta.printed is not None and box.lines.isdisjoint(headline.lines):
        return meta
    headline.lines.update(box.lines)
    region.lines = [line for line in region.lines if line.index not in box.lines]
    return meta.joined(box.meta)


def _take_tail(survey: Survey, headline: Headline, region: Region) -> Meta:
    """The meta data, with what stands below the body; those lines are taken out of *region*."""
    meta, lines = headline.meta, list(region.lines)
    cut = len(lines)
    taken: list[Meta] = []
    timed = False
    for place in range(len(lines) - 1, max(-1, len(lines) - 7), -1):
        line = lines[place]
        if line.hidden:
            continue
        found = survey.meta(line.index) if len(line.text) <= 100 else None
        if found is None:
            break
        if not timed and _is_time_alone(found, meta):
            timed = True
            taken.append(found)
            if cut == len(lines) or not _is_printed_below(survey, lines[:place], found):
                continue  # a signature's, unless a label stands above it
        elif _is_tail(found, cut < len(lines)):
            taken.append(found)
        else:
            break
        while taken:
            meta = meta.joined(taken.pop())
        headline.lines.update(each.index for each in lines[place:cut] if not each.hidden)
        cut = place
    hidden = [line for line in lines[cut:] if line.hidden]
    region.lines = [*lines[:cut], *hidden]
    if None in (meta.printed, meta.source, meta.editor):
        meta = _meta_below(survey, headline, meta, region)
    return meta


def _is_tail(meta: Meta, behind: bool) -> bool:
    """Whether a last line of the body is about the article, not of it: （责任编辑：…）, 来源：… A byline stays."""
    if meta.labels & {"editor", "source", "date", "updated"} and meta.weight >= 1.5:
        return True
    return behind and bool(meta.labels) and meta.weight >= 1.0


def _is_time_alone(found: Meta, meta: Meta) -> bool:
    """Whether a line is a time without a label that may be the article's."""
    if found.labels or found.date is None:
        return False
    return meta.printed is None or (meta.date is not None and meta.date[:10] == found.date[:10])


def _is_printed_below(survey: Survey, lines: list[Line], found: Meta) -> bool:
    """Whether a time above other meta lines is the portal's: to the minute, or in numbers right below a sentence."""
    if found.date is not None and len(found.date) > 10:
        return True
    last = next((line for line in reversed(lines) if not line.hidden), None)
    return last is not None and survey.is_prose(last) and not _IN_WORDS.search(found.printed or "")


def _meta_below(survey: Survey, headline: Headline, meta: Meta, region: Region) -> Meta:
    last = max((line.index for line in region.lines), default=region.stop)
    beyond = False
    for line in survey.lines[last + 1 : last + 16]:
        role = survey.roles[line.index]
        if line.hidden or role is Role.LINKS:
            continue
        if role in (Role.COMMENT, Role.COPYRIGHT):
            break
        beyond = beyond or role is Role.HEAD
        found = survey.meta(line.index) if len(line.text) <= 160 else None
        if beyond and (found is None or "editor" not in found.labels or found.printed is not None):
            continue  # what a list of other articles says is about those, but none names an editor
        if (
            found is not None
            and found.weight >= 1.5
            and found.labels & {"date", "updated", "source", "editor"}
        ):
            meta = meta.joined(found)
            headline.lines.add(line.index)
    return meta


def _with_machine_date(doc: Document, meta: Meta) -> Meta:
    """The time that the page's head names, if none is printed."""
    if meta.printed is not None:
        return meta
    for name in _META_NAMES:
        content = doc.metas.get(name)
        if content and (found := find_date(content)) is not None:
            return meta._replace(printed=found[0], date=found[1])
    return meta


# -- what stands around ---------------------------------------------------------------------------------------------


def _around(
    survey: Survey, profile: Profile, crumb: Breadcrumb, headline: Headline, body: set[int], title: str
) -> tuple[Block, ...]:
    """Text beside the article that somebody may have injected, with its place; not what every page has."""
    blocks: list[Block] = []
    whole = without_part(survey.lines[headline.line].text) if headline.line is not None else ""
    joined = whole[len(title) :].strip(" _|-－｜") if whole.startswith(title) else ""
    for rest in dict.fromkeys((*title_remainder(survey, title, profile, crumb), joined)):
        if rest and rest != headline.meta.printed:
            blocks.append(Block(text=rest, place="title"))
    for name in ("keywords", "description"):
        content = fold_space(survey.doc.metas.get(name, ""))
        if content:
            blocks.append(Block(text=content, place="meta"))
    first = headline.line if headline.line is not None else min(body, default=0)
    last = max(body, default=first)
    footer = False
    used = body | headline.lines | crumb.lines
    for line, role in zip(survey.lines, survey.roles, strict=True):
        if role is Role.COPYRIGHT and line.index > last:
            footer = True
        if line.index in used or (not line.hidden and _is_furniture(survey, line, role)):
            continue
        place = "before" if line.index < first else ("footer" if footer else "after")
        blocks.append(
            Block(
                text=line.text,
                place=place,
                hidden=line.hidden,
                link_chars=line.link_chars,
                offsite_links=sum(survey.offsite(anchor) for anchor in line.anchors),
            )
        )
    return tuple(blocks)


def _is_furniture(survey: Survey, line: Line, role: Role) -> bool:
    """Whether a line is what every page of a portal has: navigation, lists, controls, copyright."""
    if role in (Role.CONTROL, Role.POSITION, Role.HEAD, Role.NEIGHBOUR, Role.EMPTY):
        return True
    if role is Role.COPYRIGHT:
        return len(line.text) < 160
    if role is Role.LINKS:
        if len(line.anchors) == 1:
            return not survey.offsite(line.anchors[0])
        return not any(survey.offsite(anchor) for anchor in line.anchors) and not _is_chain(line)
    return len(line.text) <= 4


def _is_chain(line: Line) -> bool:
    """Whether a line of links is a chain of long texts, as navigation never is."""
    return len(line.anchors) >= 3 and line.link_chars >= 6 * len(line.anchors) and len(line.text) >= 30
