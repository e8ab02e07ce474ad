"""Pagers of every style: 下一页, numbers, 尾页, drop-down jumpers, images with alt text, scripts with a derivable address."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from jimo_crawler.parsers.dom import Anchor, Box, Document, Line, Select, fold_space
from jimo_crawler.parsers.scripted import (
    by_parameter,
    numbers_of,
    select_target,
    step_target,
    without_page,
    written_links,
)
from jimo_crawler.parsers.urls import canonical_url, is_own
from jimo_crawler.parsers.wording import folded

MOST_PAGES = 100_000
LONGEST_STEP = 12
"""Characters; a link with more is a headline."""

_NEXT = re.compile(
    r"[<\[(]*(?:下一?页|后一?页|下一?頁|往后翻?页?|向后|下翻|翻下页|next(?:\s?page)?|next|下页面|后翻|下一个|下一屏)[>\])»]*|>|»|>\s?下页",
    re.I,
)
_PREVIOUS = re.compile(
    r"[<\[(«]*(?:上一?页|前一?页|往前翻?页?|向前|上翻|prev(?:ious)?(?:\s?page)?|上页面|前翻)[>\])]*|<|«", re.I
)
_LAST = re.compile(
    r"[\[(]*(?:尾\s?页|末\s?页|最后一?页|最末页|最后|末尾|last(?:\s?page)?)[\])»>]*|>>+|>\||»\||»»|>>\|", re.I
)
_FIRST = re.compile(
    r"[\[(«<]*(?:首\s?页|第一页|最前页?|first(?:\s?page)?|最前|头页)[\])]*|<<+|\|<|\|«|««|\|<<", re.I
)
_KINDS = (("next", _NEXT), ("previous", _PREVIOUS), ("last", _LAST), ("first", _FIRST))
_SIGN = re.compile(r"[^\w]{1,3}")
"""Arrows mean this on one page and that on another: what the link's ``title`` says goes first."""
_REL = {"next": "next", "prev": "previous", "previous": "previous"}
"""``rel`` of a link says what it is, whatever it is called: 更早的文章."""
_NUMBER = re.compile(r"[\[(<·|-]*(?:第\s?)?(\d{1,5})(?:\s?页)?[\])>·|-]*")
_JUMP = re.compile(r"(?:第\s?)?(\d{1,5})\s?(?:页)?(?:\s?/\s?(\d{1,5})\s?页?)?")
_MAY_BE_STEP = re.compile(
    r"[\d０-９页頁<>＜＞«»‹›《》→←▶◀|.…·上下前后後尾末首往向]|next|prev|last|first", re.I
)
_DOTS = re.compile(r"[.…·]+")

_TOTAL = re.compile(
    r"(?:共|总共|总计|合计|总|分|/)\s?(?:有|为|计|分)?\s?\[?(\d{1,5})\]?\s?页|总?页数\s?[:：]\s?(?:\d+\s?/\s?)?(\d{1,5})|total\s?(?:pages?)?\s?:?\s?(\d{1,5})|of\s(\d{1,5})\b|pages?\s?:\s?\d+\s?/\s?(\d{1,5})",
    re.I,
)
_FRACTION = re.compile(
    r"(?<![\d/.:-])\[?(\d{1,5})\]?\s?页?\s?/\s?(?:共\s?)?\[?(\d{1,5})\]?(?![\d/.:-])\s?页?"
)
_CURRENT = re.compile(
    r"(?:当前|目前|现在|本页)(?:是|为|在)?\s?(?:页|第)?(?:次|数)?\s?[:：]?\s?(?:第\s?)?\[?(\d{1,5})|第\s?\[?(\d{1,5})\]?\s?(?:页|/)|页次\s?[:：]?\s?(?:第\s?)?(\d{1,5})|page\s(\d{1,5})\sof",
    re.I,
)
_DIGITS = "〇一二三四五六七八九"
_NUMERALS = re.compile(r"(?<=[第共总计])[〇零一二三四五六七八九十百]{1,5}(?=\s?页)")
_LONE = re.compile(r"(?<![\d/.:共总计-])(\d{1,4})(?!\s?[\d/.:条篇个则项件人次年月日号时分-])")
TRS_CALL = re.compile(
    r"createPage(?:HTML|Html)?\s*\(\s*(?:[\"'][^\"']*[\"']\s*,\s*)?(?P<total>[\w$]+)\s*,\s*(?P<current>[\w$]+)\s*,\s*[\"'](?P<name>[^\"']+)[\"']\s*,\s*[\"'](?P<ending>\w+)[\"']"
)

_COUNT_NAME = re.compile(
    r"\w*?(?:count|total|max|all)_?pages?(?:count|num)?|\w*?pages?_?(?:count|total|num)", re.I
)
_CURRENT_NAME = re.compile(
    r"\w*?(?:cur(?:r(?:ent)?)?|now|this)_?(?:page|index)(?:no|num|index)?|page_?(?:no|index)", re.I
)


@dataclass(slots=True)
class Pager:
    """What the page says about the pages that it is one of."""

    number: int | None = None
    next: str | None = None
    total: int | None = None
    pages: dict[int, str] = field(default_factory=dict)
    """Address of each page that it links to, this one not."""
    first_line: int = -1
    last_line: int = -1
    """The lines that the pager takes up; -1 if it has none."""

    @property
    def exists(self) -> bool:
        """Whether there is a pager at all."""
        return bool(self.pages or self.next or self.total or self.number)


@dataclass(slots=True)
class _Step:
    """One thing to click in a pager."""

    anchor: Anchor
    place: int
    kind: str
    number: int | None
    url: str | None


def read_pager(doc: Document, first: int = 0, last: int | None = None, siblings: bool = False) -> Pager:
    """The pager between the lines *first* and *last*; the fullest one if there are several, one without anything if none.

    With *siblings*, only links to pages of the same text count (``5.html``, ``5_2.html``): for the pager in an article.
    """
    stop = len(doc.lines) + 1 if last is None else last
    found = [_read_cluster(doc, steps, siblings) for steps in _clusters(doc, first, stop)]
    found = [pager for pager in found if pager.exists]
    for select in doc.selects:
        if first <= select.line <= stop and (jumper := _read_jumper(doc, select, siblings)) is not None:
            found.append(jumper)
    if not siblings and (scripted := _read_trs(doc) or _read_written(doc)) is not None:
        found.append(scripted)
    if siblings and not found:
        return Pager()
    pager = max(found, key=_fullness, default=Pager())
    for other in found:
        if other is not pager:
            _complete(pager, other)
    if not siblings:
        _read_totals_alone(doc, pager)
    settle(doc, pager)
    return pager


def _fullness(pager: Pager) -> tuple[bool, int, bool]:
    return pager.next is not None, len(pager.pages), pager.total is not None


def _complete(pager: Pager, other: Pager) -> None:
    """What one pager lacks, the other may say: numbers above the list, 下一页 below it."""
    pager.number = pager.number if pager.number is not None else other.number
    pager.total = pager.total if pager.total is not None else other.total
    pager.next = pager.next or other.next
    for number, url in other.pages.items():
        pager.pages.setdefault(number, url)


# -- clusters of links ----------------------------------------------------------------------------------------------


def _clusters(doc: Document, first: int, stop: int) -> list[list[_Step]]:
    """Runs of things to click that read like a pager's."""
    clusters: list[list[_Step]] = []
    run: list[_Step] = []
    place = -1
    for place, anchor in enumerate(doc.anchors):
        if not first <= anchor.line <= stop or anchor.hidden:
            continue
        if (
            anchor.pieces
            and (len(anchor.text) > LONGEST_STEP or not _MAY_BE_STEP.search(anchor.pieces[0]))
            and not ("rel" in anchor.attrs and anchor.attrs["rel"].lower() in _REL)
        ):
            if run:
                clusters.append(run)
                run = []
            continue
        step = _step(doc, place, anchor)
        if step is None or (run and anchor.line - run[-1].anchor.line > 4):
            if run:
                clusters.append(run)
            run = []
        if step is not None:
            run.append(step)
    if run:
        clusters.append(run)
    return [run for run in clusters if _is_pager(run)]


def _step(doc: Document, place: int, anchor: Anchor) -> _Step | None:
    text = folded(anchor.text).strip()
    if (
        text
        and _SIGN.fullmatch(text)
        and (named := anchor.attrs.get("title") or anchor.attrs.get("aria-label"))
    ):
        named = folded(named).strip()
        text = named if any(kind.fullmatch(named) for _, kind in _KINDS) else text
    if not text or len(text) > LONGEST_STEP:
        return None
    if rel := _REL.get(anchor.attrs.get("rel", "").lower()):
        return _Step(anchor, place, rel, None, step_target(doc, anchor))
    squeezed = text.replace(" ", "")
    if match := _NUMBER.fullmatch(squeezed):
        return _Step(anchor, place, "number", int(match[1]), step_target(doc, anchor))
    for kind, pattern in _KINDS:
        if pattern.fullmatch(text) or pattern.fullmatch(squeezed):
            return _Step(anchor, place, kind, None, step_target(doc, anchor))
    return _Step(anchor, place, "dots", None, None) if _DOTS.fullmatch(squeezed) else None


def _is_pager(run: list[_Step]) -> bool:
    """Whether a run of steps is a pager: 首页 alone is navigation, thirty bare numbers are a calendar."""
    kinds = {step.kind for step in run}
    numbers = [step.number for step in run if step.number is not None]
    if "next" in kinds:
        return len(run) > 1 or len(run[0].anchor.text) > 1
    if "previous" in kinds or "last" in kinds:
        return len(run) > 1 or "previous" in kinds
    if len(numbers) >= 20:
        return False
    return bool(numbers) and max(numbers) < 2000 and numbers == sorted(numbers)


def _read_cluster(doc: Document, run: list[_Step], siblings: bool) -> Pager:
    pager = Pager(first_line=run[0].anchor.line, last_line=max(step.anchor.line for step in run))
    own = canonical_url(doc.page.url)
    if siblings:
        run = [step for step in run if step.url is None or is_sibling(step.url, doc.page.url)]
        if not run:
            return Pager()
    last_url = None
    turns = not siblings and _turns_by_double_arrows(run)
    for step in run:
        is_here = step.url is None or canonical_url(step.url) == own
        if step.number is not None:
            if not is_here and step.url is not None:
                pager.pages.setdefault(step.number, step.url)
            elif (pager.number is None and step.url is not None) or _is_marked(step.anchor):
                pager.number = step.number
        elif step.kind == "next" and not is_here and pager.next is None:
            pager.next = step.url
        elif step.kind == "last" and step.url is not None:
            if turns:
                pager.next = None if is_here else step.url
            else:
                last_url = step.url
    if any(step.kind == "next" for step in run) and sum(step.kind == "last" for step in run) == 0:
        _promote_double_arrow(run, pager)
    _read_words(doc, run, pager)
    if last_url is not None and pager.total is None:
        pager.total = _number_by_pattern(last_url, pager, own)
        if pager.total is None and canonical_url(last_url) == own:
            pager.total = pager.number
    if not pager.pages and not pager.next and pager.total is None and not any(step.url for step in run):
        pager.number = None
    return pager


def _turns_by_double_arrows(run: list[_Step]) -> bool:
    """Whether ``<<`` and ``>>`` are all there is: then they lead to the pages beside this one, not to the ends."""
    return all(step.kind in ("first", "last") and _SIGN.fullmatch(step.anchor.text.strip()) for step in run)


def _promote_double_arrow(run: list[_Step], pager: Pager) -> None:
    """Where both ``>`` and ``»`` are links, the single one goes on."""
    texts = {folded(step.anchor.text).strip(): step for step in run}
    if ">" in texts and "»" in texts and texts[">"].url:
        pager.next = texts[">"].url


def _is_marked(anchor: Anchor) -> bool:
    names = f"{anchor.attrs.get('class', '')} {anchor.box.names}".lower()
    return any(
        word in names for word in ("current", "cur", "active", "on", "this", "now", "selected", "hover")
    )


def _read_words(doc: Document, run: list[_Step], pager: Pager) -> None:
    """Numbers printed between and beside the links: 共12页, 1/12, 第2页, and the one that is no link."""
    lines, last = _lines_beside(doc, run), max(step.anchor.line for step in run)
    texts = [_without_anchors(line) for line in lines]
    together = " ".join(texts)
    total, number = totals(together)
    pager.total = pager.total if pager.total is not None else total
    pager.number = number if number is not None else pager.number
    if pager.number is None:
        own = [
            text for line, text in zip(lines, texts, strict=True) if run[0].anchor.line <= line.index <= last
        ]
        pager.number = _lone_number(own, run) or _lone_number(texts, run)


def _lone_number(texts: list[str], run: list[_Step]) -> int | None:
    """The one number of a pager that is no link."""
    lone = [int(match[1]) for text in texts for match in _LONE.finditer(_TOTAL.sub(" ", text))]
    numbers = {step.number for step in run if step.number is not None}
    fitting = [each for each in lone if each not in numbers and (not numbers or each <= max(numbers) + 1)]
    return fitting[0] if len(fitting) == 1 and 0 < fitting[0] < 2000 else None


def _lines_beside(doc: Document, run: list[_Step]) -> list[Line]:
    """The pager's own lines, and the short ones in the same box directly before and behind."""
    first, last = run[0].anchor.line, max(step.anchor.line for step in run)
    box = _common_box([step.anchor.box for step in run])
    found = [line for line in doc.lines[first : last + 1] if not line.hidden and len(line.text) < 300]
    around = box.parent if box.parent is not None and len(found) <= 1 else box
    for index in (first - 1, first - 2, last + 1, last + 2):
        if 0 <= index < len(doc.lines):
            line = doc.lines[index]
            if around.holds(line.box) and len(line.text) <= 60 and not line.is_links and not line.hidden:
                found.append(line)
    return found


def _common_box(boxes: list[Box]) -> Box:
    common = boxes[0]
    for box in boxes[1:]:
        while not common.holds(box) and common.parent is not None:
            common = common.parent
    return common


def _without_anchors(line: Line) -> str:
    text = line.text
    for anchor in line.anchors:
        linked = fold_space(" ".join(anchor.pieces))
        if linked:
            text = text.replace(linked, " ; ", 1) if len(linked) > 2 else _remove_word(text, linked)
    return folded(text)


def _remove_word(text: str, word: str) -> str:
    """*text* without the first *word* that is not part of a longer number."""
    return re.sub(rf"(?<!\d){re.escape(word)}(?!\d)", " ; ", text, count=1)


def totals(text: str) -> tuple[int | None, int | None]:
    """(total, current) as words say it."""
    total = number = None
    text = _NUMERALS.sub(lambda match: str(numeral(match[0])), text)
    if match := _TOTAL.search(text):
        total = next(int(group) for group in match.groups() if group)
    if match := _FRACTION.search(text):
        one, other = int(match[1]), int(match[2])
        if 0 < one <= other and (total is None or total == other):
            total, number = other, one
    if (match := _CURRENT.search(text)) is not None:
        number = next(int(group) for group in match.groups() if group)
    if number is not None and total is not None and number > total:
        number = None
    return (total if total is None or 0 < total <= MOST_PAGES else None), number


def numeral(text: str) -> int:
    """A number up to 999 in Chinese numerals.

    >>> numeral("八"), numeral("十二"), numeral("一百零三"), numeral("二〇")
    (8, 12, 103, 20)
    """
    if "十" not in text and "百" not in text:
        return int("".join(str(_DIGITS.index(each)) for each in text.replace("零", "〇")))
    hundreds, hundred, rest = text.rpartition("百")
    tens, ten, ones = (rest if hundred else text).rpartition("十")
    values = [_DIGITS.find(each.strip("零〇")[-1:] or "〇") for each in (hundreds, tens, ones)]
    return (
        100 * max(values[0], 1 if hundred else 0) + 10 * max(values[1], 1 if ten else 0) + max(values[2], 0)
    )


# -- jumpers --------------------------------------------------------------------------------------------


def _read_jumper(doc: Document, select: Select, siblings: bool) -> Pager | None:
    """A ``<select>`` whose options are pages."""
    numbers: list[tuple[int, str, bool]] = []
    for option in select.options:
        match = _JUMP.fullmatch(folded(option.text).strip(" -·[]"))
        if match is None:
            return None
        numbers.append((int(match[1]), option.value or "", option.chosen))
    if not numbers or [number for number, _, _ in numbers] != sorted({number for number, _, _ in numbers}):
        return None
    if (
        numbers[0][0] > 1
        or numbers[-1][0] > MOST_PAGES
        or (len(numbers) > 12 and numbers[-1][0] > 5 * len(numbers))
    ):
        return None
    pager = Pager(total=numbers[-1][0], first_line=select.line, last_line=select.line)
    own = canonical_url(doc.page.url)
    for number, value, chosen in numbers:
        url = select_target(doc, select, value or str(number)) or by_parameter(
            doc.page.url, int(value) if value.isdigit() else number
        )
        if chosen:
            pager.number = number
        if url is None or (siblings and not is_sibling(url, doc.page.url)):
            continue
        if canonical_url(url) == own:
            pager.number = pager.number or number
        elif is_own(url, doc.page):
            pager.pages[number] = url
    if not pager.pages:
        return None
    pager.pages.pop(pager.number or 0, None)
    return pager


def _read_trs(doc: Document) -> Pager | None:
    """``createPageHTML(12, 0, "index", "html")``, or with variables of the script in place of the numbers."""
    for script in doc.scripts:
        if "createPage" not in script or (call := TRS_CALL.search(script)) is None:
            continue
        known = numbers_of(script)
        total, current = (
            int(term) if term.isdigit() else known.get(term, -1) for term in call.group("total", "current")
        )
        if not 0 <= current < total <= MOST_PAGES:
            return None
        pager = Pager()
        fill_trs(doc, pager, call["name"], call["ending"], current, total, around=3)
        return pager
    return None


def fill_trs(
    doc: Document, pager: Pager, name: str, ending: str, current: int, total: int, around: int
) -> None:
    """Number, total and the pages *around* this one on either side: index.html, index_1.html …, counted from 0."""
    pager.number, pager.total = current + 1, total
    for place in range(max(0, current - around), min(total, current + around + 1)):
        url = doc.url_at(f"{name}.{ending}" if place == 0 else f"{name}_{place}.{ending}")
        if url is not None and place != current:
            pager.pages[place + 1] = url


def _read_written(doc: Document) -> Pager | None:
    """The older form of the same system: ``var currentPage = 0; var countPage = 9;`` and a ``document.write`` for each link."""
    for script in doc.scripts:
        if "document.write" not in script:
            continue
        variables = numbers_of(script)
        total = next((name for name in variables if _COUNT_NAME.fullmatch(name)), None)
        current = next((name for name in variables if _CURRENT_NAME.fullmatch(name)), None)
        if total is None or current is None or not 0 < variables[total] <= MOST_PAGES:
            continue
        from_one = re.search(rf"\b{current}\s*(?:!=|<|==|>=)\s*\(?\s*{total}\b(?!\s*-)", script) is not None
        number = variables[current] + (0 if from_one and variables[current] else 1)
        for href, text in written_links(script, variables):
            if (
                any(_NEXT.fullmatch(piece) for piece in folded(text).split())
                and 0 < number < variables[total]
            ):
                return Pager(number=number, total=variables[total], next=doc.url_at(href))
        if 0 < number <= variables[total]:
            return Pager(number=number, total=variables[total])
    return None


def _read_totals_alone(doc: Document, pager: Pager) -> None:
    """Words without links beside them: 共1页 below a list, 第1页/共3页 above it."""
    if pager.exists and pager.total is not None and pager.number is not None:
        return
    for line in doc.lines:
        if line.hidden or len(line.text) > 80 or ("页" not in line.text and "頁" not in line.text):
            continue
        total, number = totals(_without_anchors(line))
        if total is not None:
            pager.total = pager.total if pager.total is not None else total
            pager.number = pager.number if pager.number is not None else number


# -- sense ----------------------------------------------------------------------------------------------------------


def settle(doc: Document, pager: Pager) -> None:
    """Number and next page from what is known, and nothing that contradicts it."""
    own = canonical_url(doc.page.url)
    if pager.number is None and pager.exists:
        pager.number = _number_by_pattern(doc.page.url, pager, own)
    if pager.number is None and pager.next is not None:
        following = next(
            (
                number
                for number, url in pager.pages.items()
                if canonical_url(url) == canonical_url(pager.next or "")
            ),
            None,
        )
        if following is not None:
            pager.number = following - 1 or None
    if pager.number is None and pager.pages:
        missing = [number for number in range(1, max(pager.pages) + 2) if number not in pager.pages]
        pager.number = missing[0] if missing else None
    if pager.next is None and pager.number is not None:
        pager.next = pager.pages.get(pager.number + 1)
    if pager.next is not None and canonical_url(pager.next) == own:
        pager.next = None
    if pager.total is not None and pager.number is not None and pager.number >= pager.total:
        pager.next = None
    if pager.next is not None and pager.number is not None:
        following = next(
            (
                number
                for number, url in pager.pages.items()
                if canonical_url(url) == canonical_url(pager.next)
            ),
            None,
        )
        if following is not None and following <= pager.number:
            pager.next = pager.pages.get(pager.number + 1)


def _number_by_pattern(url: str, pager: Pager, own: str) -> int | None:
    """The number of the page at *url*, by how the numbers of known pages stand in their addresses."""
    canonical = canonical_url(url)
    for number, known in pager.pages.items():
        if canonical_url(known) == canonical:
            return number
    votes: dict[int, int] = {}
    known_pages = list(pager.pages.items())
    if pager.next is not None and not known_pages and pager.number is not None:
        known_pages = [(pager.number + 1, pager.next)]
    if not known_pages and pager.next is not None:
        return _number_beside_next(canonical, canonical_url(pager.next))
    for number, known in known_pages[:6]:
        guess = _by_analogy(canonical, canonical_url(known), number)
        if guess is not None:
            votes[guess] = votes.get(guess, 0) + 1
    best = max(votes, key=lambda each: votes[each], default=None)
    if best is None and canonical == own and known_pages:
        return 1  # the first page's address carries no number
    return best if best is None or 0 < best <= MOST_PAGES else None


def _by_analogy(url: str, known: str, number: int) -> int | None:
    """The number of *url* if it equals *known* but for one run of digits that stands for *number* there."""
    for match in re.finditer(r"\d+", known):
        offset = int(match[0]) - number
        if offset not in (0, -1):
            continue
        prefix, suffix = known[: match.start()], known[match.end() :]
        if len(url) > len(prefix) + len(suffix) - 1 and url.startswith(prefix) and url.endswith(suffix):
            middle = url[len(prefix) : len(url) - len(suffix)]
            if middle.isdigit() and len(middle) <= 6:
                return int(middle) - offset
    return None


def _number_beside_next(own: str, following: str) -> int | None:
    """This page's number where only the next page is known: one less than the number in its address."""
    for match in reversed(list(re.finditer(r"\d{1,5}", following))):
        prefix, suffix = following[: match.start()], following[match.end() :]
        if own.startswith(prefix) and own.endswith(suffix):
            middle = (
                own[len(prefix) : len(own) - len(suffix)] if len(own) >= len(prefix) + len(suffix) else ""
            )
            if middle.isdigit() and int(match[0]) == int(middle) + 1:
                return int(middle) + (1 if middle == "0" else 0)
    return (
        1
        if re.search(r"(?:^|\D)[12]\D*$", following) and not re.search(r"\d$", own.rpartition("=")[0] or "x")
        else None
    )


def is_sibling(url: str, own: str) -> bool:
    """Whether an address is another page of the same text: 5_2.html or 5/2.html of 5.html, show.asp?id=5&page=2 of show.asp?id=5."""
    one, other = urlsplit(canonical_url(url)), urlsplit(canonical_url(own))
    if one.netloc != other.netloc:
        return False
    if one.path == other.path:
        return (
            without_page(one.query) == without_page(other.query) and one.query != other.query
        ) or one.query == other.query
    if one.query != other.query:
        return False
    name = re.sub(r"\.\w{2,5}$", "", other.path)
    return _stem(one.path) in (_stem(other.path), name) or (
        one.path.startswith(f"{name}/")
        and re.fullmatch(r"\d{1,2}\.\w+", one.path[len(name) + 1 :]) is not None
    )


def _stem(path: str) -> str:
    """A path without ending and page number: /a/5_2.html and /a/5.html both give /a/5."""
    folder, _, name = path.rpartition("/")
    base = re.sub(r"\.\w{2,5}$", "", name)
    return f"{folder}/{re.sub(r'(?<=.)[_-]p?(?:age)?[_-]?[0-9]{1,3}$|(?<=[0-9])[(][0-9]{1,3}[)]$', '', base)}"
