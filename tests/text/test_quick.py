"""The quick questions that nearly every line of news leaves by: none of them may say no where the slow answer is yes."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jimo_crawler.text.vocabulary import Pattern, vocabulary

MATCHED = st.deferred(
    lambda: st.sampled_from(vocabulary().patterns).flatmap(
        lambda pattern: st.tuples(st.just(pattern), st.from_regex(pattern.regex))
    )
)


@settings(max_examples=600, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(MATCHED)
def test_no_pattern_matches_without_a_character_that_it_needs(case: tuple[Pattern, str]) -> None:
    pattern, text = case
    assert pattern.regex.search(text)
    assert any(character in text for character in pattern.needs)
    assert pattern in vocabulary().patterns_for(text)
