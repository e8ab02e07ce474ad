"""The form in which search compares text and query."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from jimo_crawler.text.fold import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("項目建設", "项目建设"),
        ("ＡＢ角，２＋１模式：", "ab角,2+1模式:"),
        ("GDP增长8.2％", "gdp增长8.2%"),
        ("㎡ ① ℃", "m2 1 °c"),
        ("衞生院、裏面、後視鏡", "卫生院、里面、后视镜"),
        ("“滚动式”·—…", "“滚动式”·—..."),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_a_word_folds_alone_as_it_folds_in_its_sentence() -> None:
    # OpenCC's phrases would make 打坯 of the first, and keep 乾 and 瞭 in the others
    for sentence, word in [
        ("机器打坏了", "坏"),
        ("乾隆年间", "乾"),
        ("登上瞭望塔", "瞭"),
        ("沈静报道", "沈"),
    ]:
        assert fold(word) in fold(sentence)


HAN = st.text(alphabet=st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF), max_size=20)


@given(HAN, HAN)
def test_what_stands_in_a_text_stands_in_its_fold(before: str, behind: str) -> None:
    assert fold(before + behind) == fold(before) + fold(behind)


@given(st.text(max_size=60))
@example("İ薴ﬀϔẞ")
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)
