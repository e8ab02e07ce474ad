"""Injected text: lines that are spam, lines that are not, and articles with both."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimo_crawler.items import Article, Block, Removed
from jimo_crawler.text.cutting import split_spam
from jimo_crawler.text.judging import Circumstances
from jimo_crawler.text.script import to_simplified
from jimo_crawler.text.spam import clean, judge_line
from jimo_crawler.text.vocabulary import rules

HERE = Path(__file__).parent
SPAM = (
    "亚洲日产乱码一二三四天涯|国产VA免费精品高清在线30页|国产99视频精品免费视频7|亚洲VA欧美VA人人爽成人影院"
)
NEWS = "项目已经全部开工并按照计划顺利推进，其它项目后续也将陆续开工建设。"
WORST = Circumstances(outside=True, other_script=True)


def lines(name: str) -> list[str]:
    text = (HERE / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("# ")]


def kept(text: str, about: Circumstances) -> str:
    pieces = split_spam(text, about)
    assert "".join(piece.text for piece in pieces) == text
    return "".join(piece.text for piece in pieces if not piece.rule).strip()


def article(*texts: str, title: str = "金口镇:做好服务保障", **fields: object) -> Article:
    """An article as the normalise stage hands it on."""
    blocks = tuple(Block(text=text, plain=to_simplified(text)) for text in texts)
    return Article(title=to_simplified(title), title_as_published=title, blocks=blocks, **fields)  # type: ignore[arg-type]


def test_spam_lines_are_caught() -> None:
    found = lines("spam_lines.txt")
    assert len(found) >= 120
    assert [line for line in found if judge_line(line) is None] == []


def test_innocent_lines_are_not_touched_wherever_they_stand() -> None:
    found = lines("innocent_lines.txt")
    assert len(found) >= 250
    assert [line for line in found if kept(line, Circumstances()) != line.strip()] == []
    assert [line for line in found if kept(line, WORST) != line.strip()] == []
    assert [
        line for line in found if kept(line, Circumstances(title=True, outside=True)) != line.strip()
    ] == []


def test_every_rule_that_decides_is_named_in_the_rules_file() -> None:
    named = {rule["name"] for rule in (*rules()["rules"], *rules()["shapes"])}
    assert {judge_line(line) for line in lines("spam_lines.txt")} <= named
    assert all(
        each["reason"] for each in (*rules()["rules"], *rules()["shapes"], *rules()["classes"].values())
    )


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        (NEWS + SPAM, NEWS),
        (SPAM + NEWS, NEWS),
        (NEWS + " " + SPAM, NEWS),
        (SPAM + "\u3000\u3000" + NEWS, NEWS),
        (
            "金口镇近日召开会议。国产精品久久久免费视频。下一步将继续推进。",
            "金口镇近日召开会议。下一步将继续推进。",
        ),
        (
            "金口镇近日召开会议，国产精品久久久免费视频，部署重点工作。",
            "金口镇近日召开会议，部署重点工作。",
        ),
        ("面对疫情的考验亚洲日产乱码一二三四天涯,金口镇按照目标不变", "面对疫情的考验,金口镇按照目标不变"),
        ("会议强调，国产精品无码在线观看各村要抓紧落实。", "会议强调，各村要抓紧落实。"),
        (
            "9年前，亚洲久久影院免费看_国产精品无码在线这里还是一片荒滩。",
            "9年前，这里还是一片荒滩。",
        ),
        ("确保项目早日完成国产精品无码不卡在线观看", "确保项目早日完成"),
        ("确保项目早日完成。代开发票加薇信fp8899", "确保项目早日完成。"),
        ("确保项目早日完成。想赢钱就来万豪娱乐,注册送38彩金,百家乐、老虎机应有尽有", "确保项目早日完成。"),
        ("(记者 王刚) 代开发票 加薇信:fp8899", "(记者 王刚)"),
        ("【国产高清无码在线观看】金口镇召开会议，部署工作。", "金口镇召开会议，部署工作。"),
        ("金口镇召开会议（国产高清无码在线观看），部署工作。", "金口镇召开会议，部署工作。"),
        ("小麦\t1.18元\t国产精品无码在线观看", "小麦\t1.18元"),
        (
            "项目方认真做好消毒。主站蜘蛛池模板：宜君县|隆化县|岳阳县|大悟县|昭觉县|闻喜县|",
            "项目方认真做好消毒。",
        ),
    ],
)
def test_a_segment_is_cut_out_and_the_rest_stays_exact(line: str, rest: str) -> None:
    assert kept(line, Circumstances()) == rest
    assert judge_line(line) is None


@pytest.mark.parametrize(
    ("title", "rest"),
    [
        ("亚洲精品无码_金口镇:做好服务保障_即墨信息港", "金口镇:做好服务保障_即墨信息港"),
        ("金口镇:项目建设“加速度”-国产精品免费视频", "金口镇:项目建设“加速度”"),
        ("金鼎棋牌官网下载|春耕忙", "春耕忙"),
        ("春耕忙_亚博体育官网_澳门新葡京", "春耕忙"),
        ("金口鎮春耕忙 - 歐美高清影院在線觀看", "金口鎮春耕忙"),
        ("国产设备助力春耕-国产大豆扩种", "国产设备助力春耕-国产大豆扩种"),
        ("春耕忙-亿发国际棋牌下载", "春耕忙"),
        ("春耕忙-极光VPN破解版下载-极光加速器安卓版-科学上网免费节点-极光ios下载", "春耕忙"),
        ("春耕忙_新葡坊彩票APP下载_新葡坊注册送彩金_新葡坊体育下载", "春耕忙"),
        ("春耕忙-代开发票加薇信fp8899", "春耕忙"),
        ("代孕公司|捐卵价格表|供卵试管多少钱_春耕忙", "春耕忙"),
    ],
)
def test_spam_is_taken_off_a_title(title: str, rest: str) -> None:
    cleaned = clean(article(NEWS, title=title))
    assert cleaned.article.title_as_published == rest
    assert cleaned.article.title == to_simplified(rest)
    assert bool(cleaned.removed) is (rest != title)
    assert not cleaned.takeover


def test_a_clean_article_comes_back_as_it_is() -> None:
    clean_one = article(NEWS, "(记者 王刚)", source="即墨信息港", editor="佚名")
    assert clean(clean_one).article == clean_one


def test_lines_and_segments_go_from_text_and_plain_alike() -> None:
    served = "項目(mù)已經(jīng)開工。" + SPAM
    block = Block(text=served, plain="项目已经开工。" + SPAM)
    whole = Block(text=SPAM, plain=SPAM)
    cleaned = clean(Article(title="题", title_as_published="題", blocks=(whole, block), script="Hant"))
    assert cleaned.article.blocks == (Block(text="項目(mù)已經(jīng)開工。", plain="项目已经开工。"),)
    assert cleaned.removed == (
        Removed(text=SPAM, reason="adult_words"),
        Removed(text=SPAM, reason="adult_words"),
    )


def test_spam_in_source_editor_and_author_is_cut() -> None:
    spoiled = article(
        NEWS, source="即墨信息港 国产高清无码影院在线", editor="佚名", author="代开发票加薇信fp8899"
    )
    cleaned = clean(spoiled).article
    assert (cleaned.source, cleaned.editor, cleaned.author) == ("即墨信息港", "佚名", None)


def test_lines_around_the_body_are_recorded_when_they_are_spam() -> None:
    footer = Block(text="Copyright © 2003-2009 Shuziren.Com All rights reserved.", place="footer")
    injected = Block(text=SPAM, place="after")
    hidden_menu = Block(text="网站首页", place="before", hidden=True)
    cleaned = clean(article(NEWS), (footer, injected, hidden_menu))
    assert cleaned.removed == (Removed(text=SPAM, reason="adult_words", place="after"),)


def test_what_no_reader_sees_is_taken_out_of_the_body() -> None:
    hidden = Block(text="今日天气晴", plain="今日天气晴", hidden=True)
    given_article = article(NEWS, NEWS)
    cleaned = clean(Article(title="题", title_as_published="题", blocks=(*given_article.blocks, hidden)))
    assert cleaned.article.blocks == given_article.blocks
    assert cleaned.removed == (Removed(text="今日天气晴", reason="hidden"),)


def test_a_body_that_a_script_shows_is_not_hidden_text() -> None:
    blocks = tuple(Block(text=NEWS, plain=NEWS, hidden=True) for _ in range(3))
    cleaned = clean(Article(title="题", title_as_published="题", blocks=blocks))
    assert cleaned.article.blocks == blocks
    assert cleaned.removed == ()


def test_hiding_a_link_off_the_site_and_the_wrong_script_weigh() -> None:
    faint = "高清影院在线观看时刻表网址"
    assert judge_line(faint) is None
    assert judge_line(faint, hidden=True, place="before") is not None
    assert judge_line(faint, script_of_page="Hant", offsite_links=1, link_chars=13) is not None


def test_a_report_on_gambling_keeps_the_paragraph_that_describes_it() -> None:
    report = article(
        "即墨公安分局破获一起开设赌场案，抓获犯罪嫌疑人18名。",
        "平台提供百家乐、龙虎斗、牛牛，玩家充值上分，返水、提现秒到账。",
        title="民警打掉一个网络赌博团伙",
    )
    assert clean(report).article == report


def test_a_report_keeps_the_list_of_games_that_it_warns_of() -> None:
    warning = article(
        "镇平安办联合派出所在大集开展宣传活动，提醒群众远离赌博。",
        "向群众讲解网络赌博的常见形式：时时彩、百家乐、棋牌游戏、体育投注、老虎机、捕鱼、六合彩、电子游艺。",
        title="金口镇开展“拒绝网络赌博”宣传活动",
    )
    assert clean(warning).article == warning
    assert clean(article(NEWS, "时时彩、百家乐、棋牌游戏、体育投注、老虎机、捕鱼")).removed


TITLE = "金口镇春季植树忙"
BESIDE = (
    (NEWS, "{news}{spam}", Circumstances()),
    (NEWS, "{spam}。{news}", Circumstances()),
    (NEWS, "{news} {spam}", Circumstances()),
    (TITLE, "{news}_{spam}", Circumstances(title=True, outside=True)),
    (TITLE, "{spam}-{news}", Circumstances(title=True, outside=True)),
    (TITLE, "{spam}|{news}", Circumstances(title=True, outside=True)),
)


@pytest.mark.parametrize(("news", "form", "about"), BESIDE)
def test_what_stands_beside_spam_is_kept_and_nearly_all_of_the_spam_goes(
    news: str, form: str, about: Circumstances
) -> None:
    injected = lines("spam_lines.txt")
    rests = [kept(form.format(news=news, spam=line), about) for line in injected]
    assert [line for line, rest in zip(injected, rests, strict=True) if news not in rest] == []
    clean_cuts = sum(rest.strip(" _-|。") == news.strip("。") for rest in rests)
    assert clean_cuts >= 0.94 * len(injected)


def test_a_paragraph_keeps_what_it_quotes() -> None:
    quoting = "“澳门首家线上赌场上线啦，注册就送888元！”不少市民都收到过这样的短信。11月30日，市公安局通报了一起案件。"
    report = article(quoting, "13名犯罪嫌疑人落网，冻结涉案资金312万元。", title="民警打掉一个网络赌博团伙")
    assert clean(report).article == report
    assert kept(quoting, Circumstances()) == quoting
    assert judge_line("“澳门首家线上赌场上线啦，注册就送888元！”") is not None


PARTS = st.sampled_from(
    [*lines("spam_lines.txt")[::9], *lines("innocent_lines.txt")[::9], NEWS, "。", "，", "|", " ", "_", "\t"]
)


@given(st.lists(PARTS, max_size=5).map("".join), st.booleans(), st.booleans())
def test_kept_and_cut_together_are_the_input(text: str, title: bool, outside: bool) -> None:
    pieces = split_spam(text, Circumstances(title=title, outside=outside))
    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text for piece in pieces)


@given(st.text(max_size=60))
def test_any_text_can_be_judged(text: str) -> None:
    assert kept(text, WORST) in text
    assert judge_line(text, place="title") is None or text


@pytest.mark.parametrize("distance", [1, 7, 60])
def test_innocent_lines_side_by_side_make_no_spam(distance: int) -> None:
    found = lines("innocent_lines.txt")
    joined = [f"{one}。{other}" for one, other in zip(found, found[distance:], strict=False)]
    assert [text for text in joined if kept(text, Circumstances()) != text.strip()] == []


@pytest.mark.parametrize(
    "when",
    [
        *("9月14日上午，", "14日上午9时许，", "去年9月，", "2012年9月14日，", "9月14日（农历初九），"),
        *("近日，", "日前，", "连日来，", "连日來，", "入夏以来，", "進入9月，", "今年，", "一大早，", ""),
    ],
)
def test_a_sentence_keeps_its_beginning_when_spam_runs_into_it(when: str) -> None:
    sentence = f"{when}丰城镇的果园里一派忙碌景象，果农们正在套袋。"
    for spam in (
        "亚洲成人影院免费看_国产高清视频二区_欧美无码在线_久久专区",
        "國產高清視頻二區_歐美無碼在線_久久專區",
    ):
        assert kept(spam + sentence, Circumstances()) == sentence
