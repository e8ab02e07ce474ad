"""Which segments of a line are spam: the rules of ``spam_rules.toml``, and lists of places.

Judged is a run of segments, never a word: what roles its words play, how densely they stand, whether anything of a
sentence or of a report stands between them, and where and how the line was put on the page.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

from jimo_crawler.text.bars import (
    classes_of,
    mark_brand_bar,
    mark_name_bar,
    mark_place_lists,
    mark_trade_bars,
    may_be_farm,
)
from jimo_crawler.text.glance import is_worth_a_look
from jimo_crawler.text.masked import Masked, masked_contacts, tells_enough
from jimo_crawler.text.segments import STRONG, Segment, divide, worth
from jimo_crawler.text.vocabulary import INNOCENT, Hit, Read, read, rules, vocabulary

_RULE = re.compile(r"[|_-]")
"""What joins a title to something else."""
_BRACKET = re.compile(r"[()\[\]【】「」『』《》\t]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """How a line stands on its page, as far as that speaks against it."""

    hidden: bool = False
    offsite: bool = False
    outside: bool = False
    other_script: bool = False
    spread: bool = False
    """Signs are set between its characters, which nobody does who wants to be read."""
    title: bool = False
    report: bool = False
    """The article as a whole is a report: a sentence of it that names police or warnings describes what it reports on."""
    reported: bool = False
    """The page speaks of police, courts or warnings: what it says of games and trades may be the report."""

    @property
    def weight(self) -> int:
        """How many points they are worth together."""
        context = rules()["context"]
        names = ("hidden", "offsite", "outside", "other_script", "spread")
        return min(int(context["most"]), sum(int(context[name]) for name in names if getattr(self, name)))


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
    whole: bool

    def allows(self, found: frozenset[str]) -> bool:
        """Whether one word of each group in ``needs`` is there."""
        return not any(map(found.isdisjoint, self.needs))


def spam_segments(text: str, about: Circumstances) -> tuple[Read, list[Segment]] | None:
    """The segments of *text*, those that are spam with their rule; None if none is."""
    if not is_worth_a_look(text):
        return None
    seen = read(text)
    if len(seen.text) + 4 <= len(text.strip()):
        about = replace(about, spread=True)
    hits = vocabulary().find(seen.text)
    contacts = list(masked_contacts(text, seen))
    if not (contacts or _any_rule_has(hits, about) or may_be_farm(text, hits) or _may_be_bar(hits)):
        return None
    segments = divide(seen.text, hits)
    if any(segment.report for segment in segments):
        about = replace(about, reported=True)
    mark_place_lists(segments, seen.text, about.hidden or about.offsite)
    mark_brand_bar(segments)
    mark_name_bar(segments, seen.text)
    mark_trade_bars(segments, seen.text, about.reported)
    for run in _runs(segments):
        _mark_run(run, about)
    for contact in contacts:
        _mark_masked(contact, segments, seen.text)
    if not any(segment.rule for segment in segments):
        return None
    return seen, segments


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
            each.get("whole", False),
        )
        for each in rules()["rules"]
    )


def _runs(segments: list[Segment]) -> Iterator[list[Segment]]:
    """Suspicious segments side by side, with at most four neutral ones between any two."""
    run: list[Segment] = []
    waiting: list[Segment] = []
    for segment in segments:
        if segment.rule is None and segment.suspicious:
            run += [*waiting, segment] if run else [segment]
            waiting = []
        elif segment.rule is None and run and segment.neutral and len(waiting) < 4:
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
    if rule.whole and any(segment.beside >= 1 for segment in run):
        return False
    coverage = rule.coverage - rules()["context"]["coverage"] * about.weight
    report = max(segment.report for segment in run)
    if report and about.report and not _leaves_contact(run, "contact", "disguise"):
        return False
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
    if not rule.allows(_classes_of(hits)):
        return 0, 0
    points: dict[str, Counter[str]] = {}
    covered: set[int] = set()
    for hit in hits:
        name = _role_of(hit.classes, rule.classes)
        if name:
            points.setdefault(name, Counter())[hit.word] += 1
            covered.update(range(hit.start, hit.end))
    earned = {name: sum(_worth_of(name, count) for count in words.values()) for name, words in points.items()}
    total = sum(earned.values())
    if len(points) < rule.kinds or total < max(
        min(rules()["context"]["least"], rule.points), rule.points - about.weight
    ):
        return 0, 0
    strong = sum(each for name, each in earned.items() if worth(name) >= STRONG)
    return (total, len(covered)) if strong >= rule.strong else (0, 0)


@cache
def _role_of(classes: frozenset[str], listed: tuple[str, ...]) -> str | None:
    """The first class that a rule lists of those that a word has."""
    return next((name for name in listed if name in classes), None)


def _classes_of(hits: list[Hit]) -> frozenset[str]:
    return frozenset().union(*{hit.classes for hit in hits})


def _worth_of(name: str, count: int) -> int:
    """Points of a word of class *name* that stands there *count* times: a strong one counts twice if it comes again."""
    return worth(name) * (min(count, 2) if worth(name) >= STRONG else 1)


def _any_rule_has(hits: list[Hit], about: Circumstances) -> bool:
    """Whether the words of a whole line satisfy any rule, however thinly they stand."""
    if sum(_most_of(hit.classes) for hit in hits) < _fewest_points():
        return False
    found = _classes_of(hits)
    return any(_score(rule, hits, about)[0] for rule in _rules() if rule.allows(found))


@cache
def _most_of(classes: frozenset[str]) -> int:
    return max(map(worth, classes))


@cache
def _fewest_points() -> int:
    """What no rule is content with less than, however suspicious the circumstances."""
    return min(int(rules()["context"]["least"]), *(rule.points for rule in _rules()))


def _may_be_bar(hits: list[Hit]) -> bool:
    """Whether there are words enough for a bar: a house three times, or two words of trades that hide."""
    if len(hits) < 2:
        return False
    houses = Counter(hit.word for hit in hits if hit.classes & {"brand", "name"})
    strong = classes_of("strong")
    trades = {hit.word for hit in hits if hit.classes & strong and INNOCENT not in hit.classes}
    ways = sum("action" in hit.classes for hit in hits)
    return len(trades) >= 2 or ways >= 4 or max(houses.values(), default=0) >= 3


def _mark_masked(contact: Masked, segments: list[Segment], text: str) -> None:
    """A hidden contact takes the clauses of its sentence with it, back to the first that tells something."""
    inside = [at for at, each in enumerate(segments) if each.start < contact.end and contact.start < each.end]
    if not inside:
        return
    first, last = inside[0], inside[-1]
    while first and _belongs(segments[first - 1], segments[first], contact, text):
        first -= 1
    while last + 1 < len(segments) and _belongs(segments[last + 1], segments[last], contact, text):
        last += 1
    if not tells_enough(contact, segments[first : last + 1], text):
        return
    for segment in segments[first : last + 1]:
        segment.rule = segment.rule or "masked_contact"


def _belongs(segment: Segment, nearer: Segment, contact: Masked, text: str) -> bool:
    """Whether a clause goes with the hidden contact beside it; of another sentence only if it offers something."""
    between = text[min(segment.end, nearer.end) : max(segment.start, nearer.start)]
    if segment.report or _BRACKET.search(between):
        return False
    if segment.sentence == nearer.sentence and (segment.strong or not _RULE.search(between)):
        return segment.frame < 2 or (segment.frame == 2 and contact.degree >= 3)
    return not segment.frame and segment.letters <= 16 and segment.suspicious
