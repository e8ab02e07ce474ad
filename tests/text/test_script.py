"""Traditional to Simplified: the table of sentences, and what must hold of any text."""

from __future__ import annotations

from pathlib import Path

import opencc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jimo_crawler.text.script import SIMPLIFIED_ONLY, TRADITIONAL_ONLY, script_of, to_simplified

SENTENCES = Path(__file__).with_name("script_sentences.tsv")
S2T = opencc.OpenCC("s2t")
ALONE = {simplified: S2T.convert(simplified) for simplified in sorted(SIMPLIFIED_ONLY)}
"""What a full table makes of each character, whatever the word."""
GB2312 = [bytes((high, low)).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFF)]
"""The 3755 everyday characters less the last row, which has gaps: none is Traditional-only but these."""
SIMPLIFIED = [character for character in GB2312 if character not in "乾著藉瞭於"]


def table() -> list[tuple[str, str]]:
    """Rows of the sentence table: served, Simplified."""
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    return [
        (served, right) for served, right in (line.split("\t") for line in lines if not line.startswith("#"))
    ]


def test_every_sentence_of_the_table_comes_back_exact() -> None:
    rows = table()
    assert len(rows) >= 200
    assert [(served, to_simplified(served)) for served, _ in rows] == rows


def test_the_simplified_column_never_changes() -> None:
    for _, simplified in table():
        assert to_simplified(simplified) == simplified


def test_a_page_in_traditional_does_not_change_its_simplified_lines() -> None:
    for _, simplified in table():
        if script_of(simplified) == "Hans":
            assert to_simplified(simplified, page="Hant") == simplified


def test_each_line_is_judged_by_itself() -> None:
    served = "項目建設“加速度”\n毕昇发明活字印刷术\n沿著河道巡查"
    assert to_simplified(served) == "项目建设“加速度”\n毕昇发明活字印刷术\n沿着河道巡查"


def test_a_line_that_cannot_tell_follows_its_page() -> None:
    assert to_simplified("忙著上山") == "忙着上山"  # no Simplified text has that
    assert to_simplified("大信村在乾河北岸") == "大信村在乾河北岸"
    assert to_simplified("大信村在乾河北岸", page="Hant") == "大信村在干河北岸"


def test_a_sentence_with_simplified_keywords_behind_it_is_converted_alone() -> None:
    served = "金口鎮項目建設順利推進，後續將陸續開工。乾隆年间亚洲国产专区|欧美视频毕昇"
    assert (
        to_simplified(served) == "金口镇项目建设顺利推进，后续将陆续开工。乾隆年间亚洲国产专区|欧美视频毕昇"
    )


def test_white_space_marks_and_letters_stay() -> None:
    served = "\u3000\u3000項目 A角、“2+1”模式\r\n\t開工…？\u200b"
    assert to_simplified(served) == "\u3000\u3000项目 A角、“2+1”模式\r\n\t开工…？\u200b"


def test_names_that_tables_leave_alone_stay_where_the_page_shows_such_a_table() -> None:
    served = "項目于2021年6月開工，王丙乾、於先生和李昇出席，對乾燥設備表示滿意"
    assert to_simplified(served) == "项目于2021年6月开工，王丙乾、於先生和李昇出席，对干燥设备表示满意"


def test_vocabulary_is_never_exchanged() -> None:
    assert (
        to_simplified("軟體程式、影片、資訊、滑鼠、計程車、捷運")
        == "软体程式、影片、资讯、滑鼠、计程车、捷运"
    )


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("金口鎮:做好服務保障", "Hant"),
        ("金口镇:做好服务保障", "Hans"),
        ("山口大信北安", None),
        ("", None),
        ("GDP 8.2%", None),
        ("乾隆、慰藉、瞭望、於先生", None),
        ("項目建設順利推進，项目建设顺利推进", "mixed"),
        ("書法家題寫匾額，悬挂", "Hant"),
        ("中国书法家协会会员题写了“萬壑松風”，悬于正厅", "Hans"),
    ],
)
def test_script_of_a_line(text: str, script: str | None) -> None:
    assert script_of(text) == script


def test_the_two_sets_share_no_everyday_character() -> None:
    assert not TRADITIONAL_ONLY & SIMPLIFIED_ONLY & set(GB2312)


@given(st.text(alphabet=st.sampled_from(SIMPLIFIED + list("，。：“”()0aA \n\t")), max_size=60))
def test_simplified_text_is_never_changed(text: str) -> None:
    assert to_simplified(text) == text


HAN = st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF)


@settings(max_examples=300)
@given(st.text(alphabet=st.one_of(HAN, st.sampled_from("著乾於藉瞭甚麼薹。|\n，a")), max_size=30))
def test_doing_it_twice_changes_nothing_more(text: str) -> None:
    once = to_simplified(text)
    assert to_simplified(once) == once
    assert len(once) == len(text)


@given(st.text(max_size=80), st.sampled_from([None, "Hans", "Hant", "mixed"]))
def test_any_text_can_be_given(text: str, page: str | None) -> None:
    assert to_simplified(text, page=page).count("\n") == text.count("\n")
    assert script_of(text) in ("Hans", "Hant", "mixed", None)


def test_every_everyday_character_comes_back_from_a_full_table() -> None:
    lost = [
        each for each in sorted(set(GB2312) & set(ALONE)) if to_simplified(ALONE[each], page="Hant") != each
    ]
    assert lost == []
