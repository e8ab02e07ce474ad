"""Differences between two versions of a text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jimo_crawler.text.diff import compare, magnitude

TEXT = st.text(st.sampled_from("金口镇项目12.a ,，。\n"), max_size=40)


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("同样的字", "同样的字", "同样的字"),
        ("", "新的", "{新的}"),
        ("旧的", "", "[旧的]"),
        ("总投资60.48亿元", "总投资62.48亿元", "总投资[60.48]{62.48}亿元"),
        ("镇长王刚出席", "镇长李明出席", "镇长[王刚]{李明}出席"),
        ("项目,建设", "项目，建设", "项目[,]{，}建设"),
        ("第一段。\n第二段。\n第三段。", "第一段。\n第三段。", "第一段。\n[第二段。\n]第三段。"),
        ("通济街道的村庄", "龙山的社区", "[通济街道的村庄]{龙山的社区}"),
        ("WiFi覆盖", "5G覆盖", "[WiFi]{5G}覆盖"),
    ],
)
def test_changes_read_like_an_edit(old: str, new: str, shown: str) -> None:
    forms = {"same": "{}", "removed": "[{}]", "added": "{{{}}}"}
    assert "".join(forms[each.kind].format(each.text) for each in compare(old, new)) == shown


@given(TEXT, TEXT)
@settings(max_examples=300, deadline=None)
def test_both_versions_can_be_read_off(old: str, new: str) -> None:
    changes = list(compare(old, new))
    assert "".join(each.text for each in changes if each.kind != "added") == old
    assert "".join(each.text for each in changes if each.kind != "removed") == new


@given(TEXT, TEXT)
@settings(max_examples=300, deadline=None)
def test_magnitude_is_a_share(old: str, new: str) -> None:
    assert 0 <= magnitude(old, new) <= 1
    assert (magnitude(old, new) == 0) == (old == new)
    assert magnitude(old, new) == magnitude(new, old)


def test_very_different_long_texts_are_compared_by_paragraph() -> None:
    old, new = "旧" * 9_000 + "\n同一段", "新" * 9_000 + "\n同一段"
    assert [each.kind for each in compare(old, new)] == ["removed", "added", "same"]
