"""Injected text: which lines or segments are spam, and an article without them.

Judged is a run of segments, never a word: what roles its words play, how densely they stand, whether anything of a
sentence or of a report stands between them, and where and how the line was put on the page. The words, the rules and
the reason of each are in ``spam_rules.toml``. What is cut is exactly what was judged; the rest keeps every character.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from jimo_crawler.items import Article, Block, Removed
from jimo_crawler.text.fold import fold
from jimo_crawler.text.script import script_of
from jimo_crawler.text.vocabulary import INNOCENT, Hit, Read, read, rules, sentence_words, vocabulary

_BETWEEN = re.compile(r"[^\w%℃㎡]+|_+")
_JOINED = re.compile(r"(?<=[0-9a-z])[-.'](?=[0-9a-z])")
_KEPT = re.compile(r"[。！？!?；;…\t”’」』》)\]】]")
"""Separators that belong to the text before them."""
_OPENING = re.compile(r"[“‘「『《(\[【<]+$")
_CLOSING = re.compile(r"[)\]】>》”’」』]*")
_ENDED = re.compile(r"[。！？!?；;…”’」』》)\]】:：]\s*$")
_SENTENCE_END = re.compile(r"[。！!？?;；]")
_PARTING = re.compile(r"[。；;|_\t]|\s{2}")
"""Separators that part sentences."""
_NOT_COMMA = re.compile(r"[^,，、“”‘’\"'《》()（）「」『』]")
"""Separators that part what need not be one sentence."""
_LETTER = re.compile(r"[^\W_]")
_PLACE_NAME = re.compile(
    r"[\u4e00-\u9fff]{1,8}(?:自治县|自治旗|自治州|县|市|旗|林区|矿区|盟|州|(?<![一二三四五六七八九十小社园校辖片景地山库湖新发东西南北中])区)"
)
_SHORT_NAME = re.compile(r"[\u4e00-\u9fff]{2,6}")
_STRONG = 2
"""Points from which a class is more than a word of general use."""
_NUMBER = re.compile(r"[a-z0-9_.-]{1,20}")
"""What stands behind a label such as 薇信."""
_DENSE_GAP, _DENSE_LETTERS, _DENSE_HITS = 2, 6, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """An article without its spam."""

    article: Article
    removed: tuple[Removed, ...] = ()
    takeover: bool = False
    """The page as a whole is spam that stands where an article was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """How a line stands on its page, as far as that speaks against it."""

    hidden: bool = False
    offsite: bool = False
    outside: bool = False
    other_script: bool = False
    title: bool = False
    reported: bool = False
    """The page speaks of police, courts or warnings: what it says of games and trades may be the report."""

    @property
    def weight(self) -> int:
        """How many points they are worth together."""
        worth = rules()["context"]
        names = ("hidden", "offsite", "outside", "other_script")
        return min(int(worth["most"]), sum(int(worth[name]) for name in names if getattr(self, name)))


class Piece(NamedTuple):
    """A part of a line: what is kept (rule None), or cut, and by which rule."""

    text: str
    rule: str | None


class Rule(NamedTuple):
    """One of ``[[rules]]``; the names are explained in the file."""

    name: str
    classes: tuple[str, ...]
    needs: tuple[frozenset[str], ...]
    points: int
    kinds: int
    coverage: float
    frame: int
    strong: int
    sentence: bool
    one_sentence: bool


@dataclass(slots=True)
class Segment:
    """What stands between two separators, in the text as :func:`vocabulary.read` has it."""

    start: int
    end: int
    text: str
    hits: list[Hit]
    letters: int
    frame: float
    report: int
    """Words of a report in its sentence."""
    around: float = 0.0
    """Frame of all clauses that commas join, its own included."""
    sentence: int = 0
    part: int = 0
    clause: int = 0
    """Its sentence, what a report in it speaks for, and the clauses joined by commas: numbers within the line."""
    rule: str | None = None

    @property
    def suspicious(self) -> bool:
        """Whether it could be part of spam: words of some class in number, or a strong one, and not a sentence."""
        hits = [hit for hit in self.hits if INNOCENT not in hit.classes]
        covered = sum(hit.end - hit.start for hit in hits)
        if self.frame >= 1 and not self.strong:
            return False
        return bool(hits) and (covered * 3 >= self.letters or (self.strong and self.frame < 4))

    @property
    def strong(self) -> bool:
        """Whether one of its words is more than a word of general use."""
        own = (hit.classes for hit in self.hits if INNOCENT not in hit.classes)
        return any(_worth(name) >= _STRONG for classes in own for name in classes)

    @property
    def neutral(self) -> bool:
        """Whether it says so little that it goes with its neighbours."""
        return self.letters <= 10 and self.frame <= 1 and not self.report


def judge_line(
    text: str,
    *,
    script_of_page: str | None = None,
    place: str = "body",
    hidden: bool = False,
    offsite_links: int = 0,
    link_chars: int = 0,
) -> str | None:
    """The name of the rule by which the whole of *text* is spam; None if it is not, or only in part.

    *script_of_page*, *place*, *hidden*, *offsite_links*, *link_chars*: as in ``items.Block``. They weigh, none decides.

    >>> judge_line("国产精品高清|亚洲无码影院|欧美在线观看不卡"), judge_line("国产设备出口欧美，精品率高")
    ('adult_words', None)
    """
    about = _circumstances(text, script_of_page, place, hidden, offsite_links, link_chars)
    pieces = split_spam(text, about)
    if any(_LETTER.search(piece.text) for piece in pieces if not piece.rule):
        return None
    return next((piece.rule for piece in pieces if piece.rule), None)


def split_spam(text: str, about: Circumstances) -> list[Piece]:
    """*text* in pieces, kept and cut ones; joined they are *text* again."""
    segments = _spam_segments(text, about)
    if segments is None:
        return [Piece(text, None)] if text else []
    seen, parts = segments
    pieces: list[Piece] = []
    reached = 0
    for start, end, rule in _cuts(seen, parts):
        begin, stop = (0 if not start else seen.origin[start]), seen.origin[end]
        if begin > reached:
            pieces.append(Piece(text[reached:begin], None))
        pieces.append(Piece(text[begin:stop], rule))
        reached = stop
    if reached < len(text):
        pieces.append(Piece(text[reached:], None))
    return pieces


def _circumstances(
    text: str, script_of_page: str | None, place: str, hidden: bool, offsite_links: int, link_chars: int
) -> Circumstances:
    return Circumstances(
        hidden=hidden,
        offsite=bool(offsite_links) and 2 * link_chars >= len(_LETTER.findall(text)),
        outside=place in ("before", "title", "after", "footer"),
        other_script=script_of_page == "Hant" and script_of(text) == "Hans",
        title=place == "title",
    )


# ---------------------------------------------------------------------------------------------------- judging


@cache
def _rules() -> tuple[Rule, ...]:
    return tuple(
        Rule(
            each["name"],
            tuple(each["classes"]),
            tuple(frozenset(need.split("|")) for need in each["needs"]),
            each["points"],
            each["kinds"],
            each["coverage"],
            each["frame"],
            each.get("strong", 0),
            each.get("sentence", False),
            each.get("one_sentence", False),
        )
        for each in rules()["rules"]
    )


@cache
def _worth(name: str) -> int:
    return int(rules()["classes"][name]["points"])


def _spam_segments(text: str, about: Circumstances) -> tuple[Read, list[Segment]] | None:
    """The segments of *text*, those that are spam with their rule; None if none is."""
    if not _worth_a_look(text):
        return None
    seen = read(text)
    hits = vocabulary().find(seen.text)
    if not (_any_rule_has(hits, about) or _may_be_farm(text, hits)):
        return None
    segments = _segments(seen.text, hits)
    if any(segment.report for segment in segments):
        about = replace(about, reported=True)
    _mark_place_lists(segments, seen.text, about)
    for run in _runs(segments):
        _mark_run(run, about)
    if not any(segment.rule for segment in segments):
        return None
    _absorb(segments, seen.text, about)
    return seen, segments


def _worth_a_look(text: str) -> bool:
    """A quick look at what most lines lack: odd characters, a contact, words enough of one trade, many place names."""
    if _ODD.search(text) or len(_PLACE_END.findall(text)) >= 8:
        return True
    words = vocabulary().glance(fold(text))
    if any("farm" in vocabulary().words[word] for word in words):
        return True
    return len(words) >= 2 and any(map(_is_promising, zip(*map(_points_of, words), strict=True)))


def _is_promising(points: tuple[int, ...]) -> bool:
    """Whether words worth so much in one trade could satisfy any rule."""
    most = max(points)
    return sum(points) >= rules()["context"]["least"] and (
        most >= _STRONG or len(points) - points.count(0) >= 4
    )


_TRADES = (
    frozenset(("explicit", "racy", "region", "quality", "container", "tail")),
    frozenset(("brand", "name", "game", "house", "bonus", "lure", "sport", "action")),
    frozenset(("service", "seo", "loan", "offer", "farm")),
    frozenset(("proxy", "crack", "fiction", "download", "quality", "tail", "container")),
)


@cache
def _points_of(word: str) -> tuple[int, ...]:
    """What *word* is worth in each trade."""
    classes = vocabulary().words[word]
    return tuple(max((_worth(name) for name in classes & trade), default=0) for trade in _TRADES)


_ODD = re.compile(
    "[薇徽葳崴溦]|[vV][信xX.]|扣扣|[qQ][qQ:：]|微.{0,3}信|电报|1[3-9][0-9]|1[ .·*_-]{1,2}[3-9]|[一幺][三四五六七八九][零〇一二三四五六七八九]|"
    "[０-９Ａ-Ｚａ-ｚ①-⓿➀-➓❶-❿➕✚✙🅐-🆏\u200b-\u200f\u2060\ufeff]|[\u4e00-\u9fff][.·•・*★☆~^◆●■ +/-][\u4e00-\u9fff][.·•・*★☆~^◆●■ +/-][\u4e00-\u9fff]"
)
_PLACE_END = re.compile("[县市区旗]")


def _segments(text: str, hits: list[Hit]) -> list[Segment]:
    """The parts of *text* between separators; no separator inside a hit counts, a dense cluster of hits is a part."""
    borders = [(0, 0)]
    for match in _BETWEEN.finditer(text):
        inside = any(hit.start < match.end() and match.start() < hit.end for hit in hits)
        if not inside and not _JOINED.match(text, match.start()):
            borders.append(match.span())
    borders.append((len(text), len(text)))
    taken = {place for hit in hits if INNOCENT not in hit.classes for place in range(hit.start, hit.end)}
    said = [hit for hit in sentence_words().find(text) if not taken.issuperset(range(hit.start, hit.end))]
    segments: list[Segment] = []
    sentence = part = clause = 0
    for (behind, start), (end, _) in pairwise(borders):
        between = text[behind:start]
        sentence += bool(_SENTENCE_END.search(between))
        part += bool(_PARTING.search(between))
        clause += bool(_NOT_COMMA.search(between))
        own = [hit for hit in hits if start <= hit.start < end]
        clusters = list(_clusters(start, end, own))
        for first, last in clusters:
            clause += len(clusters) > 1
            segment = _segment(text, first, last, own, said)
            segments.append(replace(segment, sentence=sentence, part=part, clause=clause))
    return _shared(segments)


def _shared(segments: list[Segment]) -> list[Segment]:
    """*segments*, each with the frame of its clauses and with what its sentence says of police or courts."""
    frames: defaultdict[int, float] = defaultdict(float)
    reports: defaultdict[int, int] = defaultdict(int)
    for segment in segments:
        frames[segment.clause] += segment.frame
        reports[segment.part] += segment.report
    return [replace(each, around=frames[each.clause], report=reports[each.part]) for each in segments]


def _segment(text: str, start: int, end: int, hits: list[Hit], said: list[Hit]) -> Segment:
    own = [hit for hit in hits if start <= hit.start < end]
    words = [hit for hit in said if start <= hit.start < end]
    report = sum("report" in hit.classes for hit in words)
    frame = sum(1.0 if len(hit.word) > 1 else 0.5 for hit in words if "frame" in hit.classes)
    frame += sum(INNOCENT in hit.classes for hit in own)
    return Segment(start, end, text[start:end], own, len(_LETTER.findall(text, start, end)), frame, report)


def _clusters(start: int, end: int, hits: list[Hit]) -> Iterator[tuple[int, int]]:
    """The text from *start* to *end*, divided where keywords without a gap run on from (or into) a sentence without any mark."""
    groups: list[list[Hit]] = []
    for hit in hits:
        if INNOCENT in hit.classes:
            groups.append([])
        elif groups and groups[-1] and hit.start - groups[-1][-1].end <= _DENSE_GAP:
            groups[-1].append(hit)
        else:
            groups.append([hit])
    reached = start
    for group in groups:
        if len(group) < _DENSE_HITS or group[-1].end - group[0].start < _DENSE_LETTERS:
            continue
        first, last = group[0].start, group[-1].end
        last = end if end - last <= 4 else last
        if reached < first:
            yield reached, first
        yield first, last
        reached = last
    if reached < end:
        yield reached, end


def _runs(segments: list[Segment]) -> Iterator[list[Segment]]:
    """Suspicious segments side by side, with at most two neutral ones between any two."""
    run: list[Segment] = []
    waiting: list[Segment] = []
    for segment in segments:
        if segment.rule is None and segment.suspicious:
            run += [*waiting, segment] if run else [segment]
            waiting = []
        elif segment.rule is None and run and segment.neutral and len(waiting) < 2:
            waiting.append(segment)
        else:
            if run:
                yield run
            run, waiting = [], []
    if run:
        yield run


def _mark_run(run: list[Segment], about: Circumstances) -> None:
    """Give the segments of *run*, or of its longest part that a rule fits, that rule's name."""
    for length in range(len(run), max(0, len(run) - 6), -1):
        for start in range(len(run) - length + 1):
            part = run[start : start + length]
            rule = _rule_for(part, about)
            if rule:
                for segment in _trimmed(part, frozenset(rule.classes)):
                    segment.rule = rule.name
                return


def _trimmed(part: list[Segment], classes: frozenset[str]) -> list[Segment]:
    """*part* from the first to the last segment with a word of *classes*: the others only stood beside it."""
    with_words = [at for at, each in enumerate(part) if any(hit.classes & classes for hit in each.hits)]
    return part[with_words[0] : with_words[-1] + 1]


def _rule_for(run: list[Segment], about: Circumstances) -> Rule | None:
    if not run[0].suspicious or not run[-1].suspicious:
        return None
    return next((rule for rule in _rules() if _fits(rule, run, about)), None)


def _fits(rule: Rule, run: list[Segment], about: Circumstances) -> bool:
    hits = [hit for segment in run for hit in segment.hits]
    total, covered = _score(rule, hits, about)
    if not total:
        return False
    letters = sum(segment.letters for segment in run)
    frame = int(sum(segment.frame for segment in run))
    if rule.sentence and frame <= rule.frame:
        frame = max(frame, int(max(segment.around for segment in run)))
    coverage = rule.coverage - rules()["context"]["coverage"] * about.weight
    report = max(segment.report for segment in run)
    if report and (total < 2 * rule.points + 4 * report or covered < 0.6 * letters or frame):
        return False
    if (
        about.reported
        and not _leaves_contact(run, "contact", "disguise")
        and (covered < 0.6 * letters or frame)
    ):
        return False
    if run[0].sentence != run[-1].sentence and not _may_be_one(rule, run):
        return False
    return covered >= coverage * letters and frame <= rule.frame + len(run) // 8


def _may_be_one(rule: Rule, run: list[Segment]) -> bool:
    """Whether the sentences of *run* may be read as one advertisement."""
    if _leaves_contact(run, "disguise"):
        return True
    if rule.one_sentence or any(segment.frame >= 1 for segment in run):
        return False
    telling = {segment.sentence for segment in run if segment.strong or _leaves_contact([segment], "contact")}
    return telling == {segment.sentence for segment in run}


def _leaves_contact(run: list[Segment], *classes: str) -> bool:
    return any(not hit.classes.isdisjoint(classes) for segment in run for hit in segment.hits)


def _score(rule: Rule, hits: list[Hit], about: Circumstances) -> tuple[int, int]:
    """Points of *hits* under *rule* and how many characters they cover; no points if the rule asks for more."""
    points: dict[str, Counter[str]] = {}
    covered: set[int] = set()
    for hit in hits:
        name = next((name for name in rule.classes if name in hit.classes), None)
        if name:
            points.setdefault(name, Counter())[hit.word] += 1
            covered.update(range(hit.start, hit.end))
    worth = {name: sum(_worth_of(name, count) for count in words.values()) for name, words in points.items()}
    total = sum(worth.values())
    if len(points) < rule.kinds or total < max(rules()["context"]["least"], rule.points - about.weight):
        return 0, 0
    strong = sum(each for name, each in worth.items() if _worth(name) >= _STRONG)
    found = frozenset().union(*(hit.classes for hit in hits))
    if strong < rule.strong or not all(need & found for need in rule.needs):
        return 0, 0
    return total, len(covered)


def _worth_of(name: str, count: int) -> int:
    """Points of a word of class *name* that stands there *count* times: a strong one counts twice if it comes again."""
    worth = _worth(name)
    return worth * min(count, 2) if worth >= _STRONG else worth


def _any_rule_has(hits: list[Hit], about: Circumstances) -> bool:
    """Whether the words of a whole line satisfy any rule, however thinly they stand."""
    return any(_score(rule, hits, about)[0] for rule in _rules())


def _mark_place_lists(segments: list[Segment], text: str, about: Circumstances) -> None:
    """Eight or more counties from elsewhere joined by bars (or under a link farm's label) are a link farm."""
    label = next(
        (at for at, each in enumerate(segments) if any("farm" in hit.classes for hit in each.hits)), None
    )
    shape = _SHORT_NAME if label is not None else _PLACE_NAME
    start = 0
    while start < len(segments):
        end = start
        while end < len(segments) and shape.fullmatch(segments[end].text) and end != label:
            end += 1
        names = segments[start:end]
        if len(names) >= (5 if label is not None else 8) and _is_farm(names, text, about, label is not None):
            begin = label if label is not None and label < start and start - label <= 2 else start
            stop = end + 1 if label == end else end
            for segment in segments[begin:stop]:
                segment.rule = "place_list"
        start = max(end, start + 1)


def _may_be_farm(text: str, hits: list[Hit]) -> bool:
    return any("farm" in hit.classes for hit in hits) or len(_PLACE_END.findall(text)) >= 8


def _is_farm(names: list[Segment], text: str, about: Circumstances, labelled: bool) -> bool:
    near = tuple(rules()["farm"]["near"])
    if 2 * sum(name.text.startswith(near) for name in names) >= len(names):
        return False
    between = [text[one.end : other.start] for one, other in pairwise(names)]
    bars = sum(bool(re.search(r"[|_¦│]", each)) for each in between)
    return labelled or 10 * bars >= 7 * len(between) or ((about.hidden or about.offsite) and len(names) >= 10)


def _absorb(segments: list[Segment], text: str, about: Circumstances) -> None:
    """What says nothing by itself goes with the spam it is joined to: between pieces of it, or at an end of the line."""
    for before, segment, behind in zip(segments, segments[1:], segments[2:], strict=False):
        joined = _joins(text, before, segment) or _joins(text, segment, behind)
        says_nothing = segment.neutral and not segment.frame and not segment.report
        if segment.rule is None and before.rule and behind.rule and joined and says_nothing:
            segment.rule = before.rule
    if not about.title:
        _absorb_end(segments, text)
        _absorb_end(segments[::-1], text)


def _absorb_end(segments: list[Segment], text: str) -> None:
    """The first segments go with the spam behind them if each of them could be part of it, and one at most is empty talk."""
    empty = 0
    for at, segment in enumerate(segments):
        if segment.rule:
            for each in segments[:at]:
                each.rule = segment.rule
            return
        nearer = segments[at + 1] if at + 1 < len(segments) else None
        joined = nearer is not None and _joins(text, *sorted((segment, nearer), key=lambda each: each.start))
        empty += not segment.hits and not _NUMBER.fullmatch(segment.text)
        if not joined or empty > 1 or segment.report or not _goes_along(segment):
            return


def _joins(text: str, one: Segment, other: Segment) -> bool:
    """Whether no mark that ends a sentence stands between two neighbours."""
    return not _KEPT.search(text, one.end, other.start)


def _goes_along(segment: Segment) -> bool:
    """Whether the first or last part of a line can belong to the spam beside it."""
    own = [hit for hit in segment.hits if INNOCENT not in hit.classes]
    if any(hit.classes & {"contact", "disguise"} for hit in own):
        return segment.frame <= 1 and segment.letters <= 24
    if own:
        return segment.frame <= 1 and segment.letters <= 12
    if _NUMBER.fullmatch(segment.text):
        return True
    return segment.letters <= (4 if segment.frame else 6) and segment.frame <= 0.5


def _cuts(seen: Read, segments: list[Segment]) -> Iterator[tuple[int, int, str]]:
    """Where to cut: spam segments side by side, with the separators that joined them to the rest."""
    text = seen.text
    at = 0
    while at < len(segments):
        rule = segments[at].rule
        if rule is None:
            at += 1
            continue
        last = at
        while last + 1 < len(segments) and segments[last + 1].rule:
            last += 1
        left = segments[at - 1].end if at else 0
        right = segments[last + 1].start if last + 1 < len(segments) else len(text)
        start, end = _edges(
            text, left, segments[at].start, segments[last].end, right, at == 0, last + 1 == len(segments)
        )
        yield start, end, rule
        at = last + 1


def _edges(
    text: str, left: int, start: int, end: int, right: int, first: bool, last: bool
) -> tuple[int, int]:
    """The cut from *start* to *end* with its share of the separators before (from *left*) and behind (to *right*)."""
    before = text[left:start]
    kept = max((match.end() for match in _KEPT.finditer(before)), default=0)
    opening = _OPENING.search(before)
    if first:
        return 0, len(text) if last else _skip(text, end, right)
    if last:
        return left + kept, len(text)
    if not before:
        return start, end
    if _ENDED.search(before) or kept == len(before):
        return start, _skip(text, end, right)
    if opening:
        closing = _CLOSING.match(text, end, right)
        return left + max(kept, opening.start()), closing.end() if closing else end
    return left + kept, end


def _skip(text: str, end: int, right: int) -> int:
    """Behind the cut: separators go with it up to what opens the next part, or to the tab of a table."""
    behind = text[end:right]
    opening = _OPENING.search(behind)
    stop = opening.start() if opening else len(behind)
    tab = behind.find("\t")
    return end + (min(stop, tab) if tab >= 0 else stop)


# --------------------------------------------------------------------------------------------------- cleaning


def clean(article: Article, around: tuple[Block, ...] = ()) -> Cleaned:
    """*article* without spam blocks and segments, what was taken out, and whether the page as a whole is spam.

    Body blocks that a browser does not show are taken out too (reason ``hidden``), whatever they say: no reader saw
    them. Where most of the body is hidden that is how the page works (a script shows it), and hiding says nothing.
    *around* are lines outside the body: spam among them is recorded, nothing else happens to them.
    """
    script = article.script or script_of(f"{article.title_as_published}\n{article.body_as_published}")
    reported = cache(lambda: _is_report(article))
    shown_by_script = _mostly_hidden(article.blocks)
    removed: list[Removed] = []
    title, published_title = _clean_title(article, script, removed)
    source, editor, author = (
        _clean_field(value, script, removed) for value in (article.source, article.editor, article.author)
    )
    blocks = []
    for block in article.blocks:
        kept, cut = _clean_block(replace(block, hidden=False) if shown_by_script else block, script, reported)
        removed += cut
        if kept is not None:
            blocks.append(replace(kept, hidden=block.hidden))
    taken_over = _is_takeover(article, tuple(blocks), removed)
    for block in around:
        kept, cut = _clean_block(block, script, lambda: False)
        removed += [each for each in cut if each.reason != "hidden"]
    cleaned = replace(
        article,
        title=title,
        title_as_published=published_title,
        blocks=tuple(blocks),
        source=source,
        editor=editor,
        author=author,
    )
    return Cleaned(article=cleaned, removed=tuple(removed), takeover=taken_over)


def _is_report(article: Article) -> bool:
    """Whether title and body use at least three words of reports: then the body may describe what it reports on."""
    text = fold(
        "\n".join((article.title or article.title_as_published, *(b.plain or b.text for b in article.blocks)))
    )
    return len(sentence_words().glance(text) & _report_words()) >= 3


@cache
def _report_words() -> frozenset[str]:
    return frozenset(fold(word) for word in rules()["report"]["words"])


def _mostly_hidden(blocks: tuple[Block, ...]) -> bool:
    if not any(block.hidden for block in blocks):
        return False
    letters = [(block.hidden, len(_LETTER.findall(block.text))) for block in blocks]
    return 2 * sum(count for hidden, count in letters if hidden) > sum(count for _, count in letters)


def _clean_block(
    block: Block, script: str | None, reported: Callable[[], bool]
) -> tuple[Block | None, list[Removed]]:
    """The block without its spam (None: nothing is left), and what was cut."""
    about = _circumstances(
        block.text, script, block.place, block.hidden, block.offsite_links, block.link_chars
    )
    plain = block.plain or block.text
    pieces = split_spam(plain, about)
    if any(piece.rule for piece in pieces) and reported():
        pieces = split_spam(plain, replace(about, reported=True))
    if block.hidden and not any(piece.rule for piece in pieces):
        return None, [Removed(text=block.text, reason="hidden", place=block.place)]
    if all(piece.rule is None for piece in pieces):
        return block, []
    published = _same_cuts(pieces, plain, block.text)
    cut = [
        Removed(text=piece.text.strip(), reason=piece.rule, place=block.place)
        for piece in published
        if piece.rule and piece.text.strip()
    ]
    if not any(_LETTER.search(piece.text) for piece in pieces if not piece.rule):
        return None, [Removed(text=block.text, reason=cut[0].reason if cut else "hidden", place=block.place)]
    kept = replace(block, text=_kept(published), plain=_kept(pieces) if block.plain else "")
    return kept, cut


def _kept(pieces: Iterable[Piece]) -> str:
    return "".join(piece.text for piece in pieces if not piece.rule).strip()


def _same_cuts(pieces: list[Piece], plain: str, published: str) -> list[Piece]:
    """*published* in the same pieces as *plain*, which is the same text simplified and without annotations."""
    borders = [0]
    for piece in pieces:
        borders.append(borders[-1] + len(piece.text))
    if len(plain) != len(published):
        borders = _map_borders(borders, fold(plain), fold(published), len(published))
    return [
        Piece(published[start:end], piece.rule)
        for piece, start, end in zip(pieces, borders, borders[1:], strict=False)
        if start < end
    ]


def _map_borders(borders: list[int], plain: str, published: str, length: int) -> list[int]:
    """Places in *plain* as places in *published*; what only the latter has belongs to the character before it."""
    blocks = SequenceMatcher(None, plain, published, autojunk=False).get_matching_blocks()
    mapped = [0]
    for border in borders[1:-1]:
        block = max((each for each in blocks if each.a < border), key=lambda each: each.a, default=blocks[-1])
        mapped.append(min(block.b + border - block.a, length))
    return [*mapped, length]


def _clean_title(article: Article, script: str | None, removed: list[Removed]) -> tuple[str, str]:
    """Title and title as published without the spam segments at either side of the real one."""
    plain = article.title or article.title_as_published
    about = _circumstances(article.title_as_published, script, "title", False, 0, 0)
    pieces = split_spam(plain, about)
    if not any(_LETTER.search(piece.text) for piece in pieces if not piece.rule):
        pieces = split_spam(plain, replace(about, outside=False))
    if all(piece.rule is None for piece in pieces):
        return article.title, article.title_as_published
    published = _same_cuts(pieces, plain, article.title_as_published)
    removed += [
        Removed(text=each.text.strip(), reason=each.rule, place="title") for each in published if each.rule
    ]
    return (_kept(pieces) if article.title else ""), _kept(published)


def _clean_field(value: str | None, script: str | None, removed: list[Removed]) -> str | None:
    """Source, editor or author without spam; None if nothing is left."""
    if not value:
        return value
    pieces = split_spam(value, _circumstances(value, script, "meta", False, 0, 0))
    removed += [
        Removed(text=each.text.strip(), reason=each.rule, place="meta") for each in pieces if each.rule
    ]
    return _kept(pieces) or None


def _is_takeover(article: Article, kept: tuple[Block, ...], removed: list[Removed]) -> bool:
    """Whether spam stands where an article was.

    Either next to nothing is left of the body (a page of pictures may have none), or the title is spam and little is
    left, or title and text are in whole sentences about games and bait, films or services, and report nothing.
    """
    title = article.title or article.title_as_published
    title_is_spam = bool(title) and not _kept(split_spam(title, Circumstances(title=True)))
    if removed or title_is_spam:
        left = sum(len(_LETTER.findall(block.text)) for block in kept)
        cut = sum(
            len(_LETTER.findall(each.text))
            for each in removed
            if each.place == "body" and each.reason != "hidden"
        )
        if title_is_spam and left < 200 and (cut or left < 40):
            return True
        if cut >= 40 and left < 20 and not article.images:
            return True
    return _is_spam_prose(title, kept, title_is_spam)


def _is_spam_prose(title: str, kept: tuple[Block, ...], title_is_spam: bool) -> bool:
    if not title_is_spam and not _strong_words(fold(title)):
        return False
    text = fold("\n".join((title, *(block.plain or block.text for block in kept))))
    if any("report" in hit.classes for hit in sentence_words().find(text)):
        return False
    words = _strong_words(text)
    roles = {
        name: {hit.word for hit in words if name in hit.classes}
        for name in ("game", "brand", "house", "bonus")
    }
    adult = {hit.word for hit in words if "explicit" in hit.classes}
    services = {hit.word for hit in words if "service" in hit.classes}
    gambling = len(roles["bonus"]) >= 2 and len(roles["game"] | roles["brand"] | roles["house"]) >= 4
    return gambling or len(adult) >= 5 or len(services) >= 5


def _strong_words(text: str) -> list[Hit]:
    return [hit for hit in vocabulary().find(text) if any(_worth(name) >= _STRONG for name in hit.classes)]
