"""Pinyin readings: which go, which stay, and what is damaged."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimo_crawler.text.annotations import Cleaned, is_annotated, remove_annotations


@pytest.mark.parametrize(
    ("served", "text"),
    [
        ("發(fā)展產(chǎn)業(yè)，實(shí)施服務(wù)", "發展產業，實施服務"),
        ("時(shí)間：2022/4/2  來(lái)源：即墨信息港", "時間：2022/4/2  來源：即墨信息港"),
        ("我們(men)在這(zhè)里", "我們在這里"),
        ("什麼(me)時候", "什麼時候"),
        ("數(shù)據(jù)顯(xiǎn)示", "數據顯示"),
        ("綠(lǜ)色發(fā)展", "綠色發展"),
        ("發(fɑ̄)展", "發展"),
        ("產(chăn)值", "產值"),
        ("東(dōng)", "東"),
    ],
)
def test_readings_of_the_converter_go(served: str, text: str) -> None:
    assert remove_annotations(served).text == text


@pytest.mark.parametrize(
    "text",
    [
        "國內生產總值(GDP)增長8.2%",
        "重達50公斤(kg)、面積10畝(mu)",
        "(一)加強領導；(二)落實責任",
        "甲類(a)、乙類(b)",
        "現場(图)",
        "即墨報訊(记者 王刚)",
        "即墨(Jímò)古城",
        "即墨(jímò)古城",
        "岙(ào)山衛、岙(ào)東村",
        "嶴(ào)山村舉行會議",
        "臨時(min)表",
        "長(12米)、寬(3米)",
        "這個(ge)字讀輕聲",
        "時（shí）間",
        "口(kǒu)字",
        "",
        "(fā)",
    ],
)
def test_what_an_author_put_in_parentheses_stays(text: str) -> None:
    assert remove_annotations(text) == Cleaned(text)


def test_a_purposeful_reading_in_simplified_text_stays() -> None:
    text = "岙(ào)是山间平地，“镕”读(róng)，堃(kūn)是人名"
    assert remove_annotations(text) == Cleaned(text)


def test_a_rare_character_is_cleared_on_a_page_that_is_annotated() -> None:
    page = "發(fā)展海洋產(chǎn)業(yè)"
    assert remove_annotations("鰲(áo)山，兩個(ge)項目", page=page).text == "鰲山，兩個項目"
    assert remove_annotations("鰲(áo)山，兩個(ge)項目").text == "鰲(áo)山，兩個(ge)項目"


def test_labels_are_whole_again_after_removal() -> None:
    assert remove_annotations("責(zé)任編(biān)輯(jí)：佚名").text == "責任編輯：佚名"


@pytest.mark.parametrize(
    ("text", "damaged"),
    [
        ("變?yōu)榛", 1),
        ("轉變?yōu)猄，實(shí)施，成?wéi)镃", 2),
        ("變\ufffdyōu)", 1),
        ("這是什么?他问(wèn)", 0),
        ("岙(音ào)", 0),
        ("他(李某yī)", 0),
        ("為什么？", 0),
    ],
)
def test_damage_is_counted_and_left(text: str, damaged: int) -> None:
    cleaned = remove_annotations(text)
    assert cleaned.damaged == damaged
    assert "?yōu)" in cleaned.text or "?yōu)" not in text


def test_two_common_readings_make_a_page_annotated() -> None:
    assert is_annotated("發(fā)展，實(shí)施")
    assert not is_annotated("發(fā)展")
    assert not is_annotated("鰲(áo)山、嶴(ào)山、即墨(Jímò)")


PIECES = st.sampled_from(
    ["發", "(fā)", "們", "(men)", "岙", "(ào)", "(", ")", "?", "yōu)", "GDP", "(kg)", "，", "的"]
)


@given(st.lists(PIECES, max_size=25).map("".join))
def test_only_readings_are_taken_out_and_each_is_counted(text: str) -> None:
    cleaned = remove_annotations(text)
    taken = len(text) - len(cleaned.text)
    assert taken >= 3 * cleaned.removed
    assert (taken == 0) == (cleaned.removed == 0)
    assert re.sub(r"[()a-zāàō]", "", text) == re.sub(r"[()a-zāàō]", "", cleaned.text)


@given(st.text(max_size=60))
def test_any_text_can_be_given(text: str) -> None:
    assert len(remove_annotations(text).text) <= len(text)
