"""The quick looks that lines of prose leave by: none may say no where the slow answer is yes."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jimo_crawler.parsers import wording
from jimo_crawler.parsers.dom import fold_space
from jimo_crawler.parsers.meta import may_be_meta, read_meta
from jimo_crawler.parsers.wording import (
    LABEL_WORDS,
    folded,
    is_comment,
    is_comment_head,
    is_control,
    is_disclaimer,
    is_list_head,
    may_be_label,
    position_label,
)

PATTERNS = (
    "PREVIOUS_NEXT",
    "TAGS",
    "LIST_HEAD",
    "_SURE_HEAD",
    "_COMMENT_HEAD",
    "_COMMENT",
    "_DISCLAIMER",
    "_POSITION",
)
WORDS = [word for words in LABEL_WORDS.values() for word in words.split()]
many = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def is_label(text: str) -> bool:
    """What the roles of lines ask one after another (parsers/survey.py)."""
    length = len(text)
    return (
        wording.PREVIOUS_NEXT.match(text) is not None
        or position_label(text) is not None
        or is_disclaimer(text)
        or is_comment(text)
        or (length <= 40 and is_comment_head(text))
        or (length <= 90 and is_control(text))
        or (length <= 24 and (is_list_head(text) or wording.TAGS.match(text) is not None))
    )


@pytest.mark.parametrize("name", PATTERNS)
@many
@given(st.data())
def test_no_label_is_taken_for_prose(name: str, data: st.DataObject) -> None:
    text = folded(fold_space(data.draw(st.from_regex(getattr(wording, name), fullmatch=True))))
    if is_label(text):
        assert may_be_label(text)


@many
@given(
    st.lists(st.sampled_from(wording._CONTROL_WORDS.split()), min_size=1, max_size=4),
    st.sampled_from(["", " ", " | ", "[", "【"]),
)
def test_no_control_is_taken_for_prose(words: list[str], joint: str) -> None:
    text = folded(joint.join(words))
    if is_control(text):
        assert may_be_label(text)


@many
@given(
    st.sampled_from(["", "【", "(", "  "]),
    st.sampled_from(WORDS),
    st.sampled_from(["：", ":", " ：", "", " ", "/", "】", "]："]),
    st.sampled_from(
        [
            "即墨信息港",
            "佚名",
            "12",
            "11/5/6",
            "2022-4-2",
            "２０２２年４月２日",
            "May 5, 2011",
            "二〇一一年五月六日",
            "",
        ]
    ),
)
def test_no_short_meta_line_is_taken_for_prose(before: str, label: str, colon: str, value: str) -> None:
    text = re.sub(r"\s+", " ", before + label + colon + value).strip()
    says_something = bool(colon.strip()) or any(map(str.isdigit, value))
    if says_something and text and len(text) <= 24 and read_meta(text) is not None:
        assert may_be_meta(text), text
