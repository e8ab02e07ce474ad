"""Contacts in disguise: how plainly a line hides its contact, and what falls with it."""

from __future__ import annotations

import pytest

from jimo_crawler.text.cutting import split_spam
from jimo_crawler.text.judging import Circumstances
from jimo_crawler.text.masked import masked_contacts
from jimo_crawler.text.spam import judge_line
from jimo_crawler.text.vocabulary import read


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("咨询葳芯 dk➕668899", [4]),
        ("加薇❤ 8x8x6611", [2]),
        ("客服威信dh678812", [2]),
        ("加v：laowang6688", [1]),
        ("微信：xl—5—2—0—1", [2]),
        ("QQ：叁叁零壹玖捌柒", [2]),
        ("电话：①③⑧⑧⑥⑥", [2]),
        ("微信公众号:jimofabu", []),
        ("联系人QQ:123456", []),
        ("电话：8 8 5 1 2 3 4 5", []),
        ("火警电话一一九", []),
        ("在群众中树立了威信，2022年获奖", []),
    ],
)
def test_how_plainly_a_contact_hides(text: str, degrees: list[int]) -> None:
    assert [each.degree for each in masked_contacts(text, read(text))] == degrees


def test_a_plain_handle_in_chat_slang_needs_an_offer() -> None:
    assert judge_line("合唱队周三活动，加v：laowang6688") is None
    assert judge_line("日赚三百包教会，加v：laowang6688") is not None


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("金口镇召开会议，部署工作。回收旧账本，保密，加葳芯：hs③③8⑨", "金口镇召开会议，部署工作。"),
        ("民警提醒：网上“加薇芯fp⑧⑧②③秒批”都是诈骗", "民警提醒：网上“加薇芯fp⑧⑧②③秒批”都是诈骗"),
        ("皇冠足球比分网|皇冠信用网开户|皇冠代理登录入口", ""),
        (
            "皇冠假日酒店官网|皇冠假日酒店会议室|皇冠假日酒店餐厅",
            "皇冠假日酒店官网|皇冠假日酒店会议室|皇冠假日酒店餐厅",
        ),
        ("久久国产视频_金口镇新闻_欧美高清在线免费_亚洲影院不卡专区", ""),
        ("即墨信息港|金口镇新闻|国产高清无码影院|欧美无码在线观看", "即墨信息港|金口镇新闻"),
    ],
)
def test_what_falls_with_it_and_what_stays(line: str, rest: str) -> None:
    assert "".join(piece.text for piece in split_spam(line, Circumstances()) if not piece.rule) == rest
