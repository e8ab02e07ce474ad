"""Hashes, bands, similarity, contradiction: what is the same article, a reprint, another notice."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimo_crawler.text import fingerprint
from jimo_crawler.text.fingerprint import (
    bands,
    canonical_hash,
    canonical_text,
    content_hash,
    contradicts,
    facts,
    near_duplicate,
    similarity,
)

NEWS = (
    "金口镇按照目标不变、任务不减、劲头不松的要求,统筹推进,全力攻坚,与项目方紧密协作、密切配合。\n"
    "项目于2021年6月开工,目前生产车间主体已完工,计划2022年6月竣工投产,达产后可实现产值8亿元。\n"
    "镇招商办负责人表示,每名项目安排2名专员进行服务,及时协调解决建设过程中遇到的困难和问题,"
    "对已开工项目进行现场跟踪,每周深入项目现场掌握一手信息,构建项目服务常态化管理机制。"
)
OUTAGE = "因线路检修,{date}8时至17时,{town}{village}将停电,涉及用户{count}户,请提前做好准备,不便之处敬请谅解,恢复供电时间可能提前。"


def test_canonical_text_knows_neither_script_nor_width_nor_marks() -> None:
    assert canonical_text("金口鎮：提速！", "項目Ａ角 ２+１") == canonical_text("金口镇:提速", "项目a角2+1")


def test_canonical_text_does_not_join_numbers() -> None:
    assert canonical_text("", "12.5亿元") != canonical_text("", "125亿元")
    assert canonical_text("", "3-5户") != canonical_text("", "35户")
    assert canonical_text("", "2,000户") == canonical_text("", "2000户")


def test_canonical_hash_takes_the_title_in() -> None:
    assert canonical_hash("停电公告", NEWS) == canonical_hash("停電公告！", NEWS.replace(",", "，"))
    assert canonical_hash("停电公告", NEWS) != canonical_hash("通知", NEWS)


def test_content_hash_is_fixed_and_unambiguous() -> None:
    assert content_hash("a", "b", None, None, None, None) != content_hash("a", "b", "", None, None, None)
    assert content_hash("a", "bc", None, "x", None, None) != content_hash("a", "b", None, "cx", None, None)
    assert content_hash("a", "b", None, "x", None, None) != content_hash("a", "b", None, None, "x", None)
    assert (
        content_hash("金口镇", "正文", "2022-04-02T09:07:39+08:00", "即墨信息港", "佚名", None)
        == "90134c30f2b183dfa5c32f6af3c013c71c1590e0e78c215f721255d7b1e98dee"
    )


def test_bands_never_change() -> None:
    """Stored keys must stay valid: these are the ones of the first version."""
    assert bands("金口镇项目建设加速度") == (
        -3339961048509948262,
        -5102563099157173033,
        3251122070300495368,
        -8659735465740986431,
        -5684775448067109595,
        8706036392578146522,
        6947869360591974028,
        -9030348997971584969,
        -1547715457074907725,
        3704540275218838177,
        5377723607830898509,
        -591123203501199684,
    )


def test_bands_are_twelve_signed_64_bit_keys_of_their_own_band() -> None:
    keys = bands(canonical_text("", NEWS))
    assert len(keys) == len(set(keys)) == 12
    assert all(-(1 << 63) <= key < 1 << 63 for key in keys)
    assert bands("") == ()
    assert len(bands("一")) == 12


def test_a_reprint_shares_a_band_and_an_unrelated_text_none() -> None:
    here = set(bands(canonical_text("", NEWS)))
    reprint = NEWS.replace("及时协调解决", "及时协调并解决").replace("镇招商办", "招商办")
    assert here & set(bands(canonical_text("", reprint)))
    assert not here & set(bands(canonical_text("", OUTAGE * 3)))


def test_facts_are_numbers_dates_and_places() -> None:
    found = facts("4月2日，金口镇东障村等3个村1,200户受益，比2021年增长8.5%，第三批四月开工")
    assert found.numbers["1200"] == found.numbers["8.5"] == 1
    assert set(found.dates) >= {"4月", "2日", "2021年", "第三", "四"}
    assert set(found.places) >= {"金口镇", "东障村"}


@pytest.mark.parametrize(
    ("one", "other", "contradict"),
    [
        ("4月2日停电", "5月6日停电", True),
        ("四月停电", "五月停电", True),
        ("金口镇停水", "田横镇停水", True),
        ("东障村停水", "西里村停水", True),
        ("共10户", "共12户", True),
        ("共10户", "共10户，4月2日", False),
        ("共１０户", "共10户", False),
        ("1,200户", "1200户", False),
        ("开工", "竣工", False),
    ],
)
def test_contradiction_is_an_exchange_not_an_addition(one: str, other: str, contradict: bool) -> None:
    assert contradicts(facts(one), facts(other)) is contradict
    assert contradicts(facts(other), facts(one)) is contradict


def test_a_reprint_with_small_edits_is_a_near_duplicate() -> None:
    for reprint in (
        NEWS,
        "即墨信息港讯 " + NEWS,
        NEWS.replace("负责人表示", "相关负责人表示"),
        NEWS.replace(",", "，").replace("2022年6月", "２０２２年６月"),
        NEWS.replace("2021年6月开工", "6月开工"),
    ):
        score = near_duplicate(NEWS, reprint)
        assert score is not None
        assert 0.95 <= score <= 1


def test_notices_made_from_one_template_stay_apart() -> None:
    april = OUTAGE.format(date="4月12日", town="金口镇", village="东障村", count=120)
    for other in (
        OUTAGE.format(date="5月12日", town="金口镇", village="东障村", count=120),
        OUTAGE.format(date="4月12日", town="田横镇", village="东障村", count=120),
        OUTAGE.format(date="4月12日", town="金口镇", village="西里村", count=120),
        OUTAGE.format(date="4月12日", town="金口镇", village="东障村", count=121),
    ):
        assert similarity(canonical_text("", april), canonical_text("", other)) > 0.9
        assert near_duplicate(april, other) is None
    assert near_duplicate(april, april) == 1.0


def test_captions_are_too_short_to_be_duplicates() -> None:
    assert near_duplicate("图为活动现场。", "图为活动现场。") is None


def test_fingerprint_hashes_the_title_but_bands_the_body_only() -> None:
    one, other = fingerprint.fingerprint("旧题", NEWS), fingerprint.fingerprint("新题", NEWS)
    assert one.bands == other.bands == bands(canonical_text("", NEWS))
    assert one.canonical_hash != other.canonical_hash


def test_bands_find_nearly_all_reprints() -> None:
    chance = random.Random(7)
    alphabet = sorted(set(NEWS))
    found = 0
    for _ in range(100):
        text = [chance.choice(alphabet) for _ in range(600)]
        edited = text[:]
        for _ in range(12):  # 2 % of the characters
            edited[chance.randrange(600)] = chance.choice(alphabet)
        found += bool(set(bands("".join(text))) & set(bands("".join(edited))))
    assert found >= 97


@given(st.text(max_size=50), st.text(max_size=50))
def test_any_text_has_a_fingerprint(title: str, body: str) -> None:
    made = fingerprint.fingerprint(title, body)
    assert len(made.canonical_hash) == 64
    assert len(made.bands) in (0, 12)
    assert near_duplicate(body, body) in (None, 1.0)
    assert not contradicts(facts(body), facts(body))
    assert canonical_text("", canonical_text("", body)) == canonical_text("", body)
