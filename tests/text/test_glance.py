"""The quick look that nearly every page leaves by: it may not say no where the slow answer would be yes."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jimo_crawler.text.fold import fold
from jimo_crawler.text.glance import Glance, is_worth_a_look
from jimo_crawler.text.takeover import measure
from jimo_crawler.text.vocabulary import Pattern, as_read, read, vocabulary

HERE = Path(__file__).parent
MATCHED = st.deferred(
    lambda: st.sampled_from(vocabulary().patterns).flatmap(
        lambda pattern: st.tuples(st.just(pattern), st.from_regex(pattern.regex))
    )
)
WORDS = st.deferred(lambda: st.sampled_from(sorted(vocabulary().words)))
LINES = st.deferred(lambda: st.sampled_from(lines("spam_lines.txt") + lines("innocent_lines.txt")))
PARTS = st.one_of(WORDS, WORDS, LINES, MATCHED.map(lambda case: case[1]), st.text(max_size=4))
TEXTS = st.lists(PARTS, max_size=8).map("".join)


def lines(name: str) -> list[str]:
    text = (HERE / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("# ")]


@settings(max_examples=600, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(MATCHED)
def test_no_pattern_matches_without_what_it_needs(case: tuple[Pattern, str]) -> None:
    pattern, text = case
    assert pattern.regex.search(text)
    assert pattern in vocabulary().patterns_for(text)


@given(TEXTS)
def test_every_word_found_is_within_the_text(text: str) -> None:
    seen = read(text).text
    assert as_read(text, fold(text)) == seen
    words = {hit.word for hit in vocabulary().find(seen)} & vocabulary().words.keys()
    assert words <= vocabulary().within(seen)
    assert vocabulary().glance(seen) <= vocabulary().within(seen)


@given(st.lists(TEXTS, max_size=5))
def test_a_page_doubts_every_line_that_is_worth_a_look_by_itself(texts: list[str]) -> None:
    page = Glance(texts)
    assert [text for text in texts if is_worth_a_look(text) and not page.doubts(text)] == []


def test_every_spam_line_is_doubted_alone_and_among_news() -> None:
    spam, news = lines("spam_lines.txt"), lines("innocent_lines.txt")
    page = Glance((*spam, *news))
    assert [text for text in spam if not Glance([text]).doubts(text) or not page.doubts(text)] == []


def test_spam_lines_that_sell_may_sell() -> None:
    spam = lines("spam_lines.txt")
    texts = [*spam, *("\n".join(spam[at : at + 4]) for at in range(0, len(spam), 4))]
    selling = [text for text in texts if measure(text).sells]
    assert len(selling) >= 500
    assert [text for text in selling if not Glance([text]).may_sell()] == []


@settings(max_examples=300)
@given(st.lists(PARTS, max_size=12).map("\n".join))
def test_what_sells_may_sell(text: str) -> None:
    assert Glance([text]).may_sell() or not measure(text).sells
