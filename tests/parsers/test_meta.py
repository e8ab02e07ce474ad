"""Meta lines: labels in both scripts, any order, parts missing; and lines that only look like them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jimo_crawler.parsers.meta import may_be_meta, read_meta


@pytest.mark.parametrize(
    ("text", "date", "source", "editor", "author", "views"),
    [
        ("發布:2022/4/2 9:07:39 來源:即墨信息港 瀏覽次 編輯:佚名", "2022-04-02T09:07:39+08:00", "即墨信息港", "佚名", None, None),
        ("时间：2011-05-06 来源：即墨电视台 作者：张三 点击数：1,234 【字体：大 中 小】", "2011-05-06", "即墨电视台", None, "张三", 1234),
        ("2019-03-05 08:15 来源：即墨信息港", "2019-03-05T08:15:00+08:00", "即墨信息港", None, None, None),
        ("來(lái)源：即墨信息港 時(shí)間：2010-5-6", "2010-05-06", "即墨信息港", None, None, None),
        ("来源：【大众日报】 | 编辑： | 浏览次数：", None, "大众日报", None, None, None),
        ("发表于 2012-3-4 10:20 | 已有123人浏览", "2012-03-04T10:20:00+08:00", None, None, None, 123),
        ("(2012-03-04)", "2012-03-04", None, None, None, None),
        ("来 源：即墨信息港 作 者：本站", None, "即墨信息港", None, "本站", None),
        ("文章来源：即墨新闻网 更新时间：2011-2-30 文章录入：admin", None, "即墨新闻网", None, None, None),
        ("[2010-5-6] 阅读(55)", "2010-05-06", None, None, None, 55),
        ("（责任编辑：李四）", None, None, "李四", None, None),
        ("2022-03-22 来源：今日即墨 作者：周永刚 编辑：jimo 阅读：9151", "2022-03-22", "今日即墨", "jimo", "周永刚", 9151),
        ("8007次浏览", None, None, None, None, 8007),
        ("作者：王刚|来源：大众日报|2011-5-6|编辑：佚名|浏览： 次", "2011-05-06", "大众日报", "佚名", "王刚", None),
        ("来源：青岛日报 青报网 编辑：A", None, "青岛日报 青报网", "A", None, None),
        ("发布： 来源： 编辑：", None, None, None, None, None),
        ("Author: 张三 | Source: 青岛日报 | Date: 2011-05-06", "2011-05-06", "青岛日报", None, "张三", None),
        ("【来源】大众日报　【时间】2011-05-06", "2011-05-06", "大众日报", None, None, None),
        ("【發佈時間】2011-5-6 9:05 【責任編輯】李四", "2011-05-06T09:05:00+08:00", None, "李四", None, None),
        ("〔作者〕张三", None, None, None, "张三", None),
        ("发表时间：11-05-06 09:05 来源：青岛日报", "2011-05-06T09:05:00+08:00", "青岛日报", None, None, None),
        ("日期：11/5/6", "2011-05-06", None, None, None, None),
        ("更新時間：20110506", "2011-05-06", None, None, None, None),
        ("录入时间：20110506 9:05", "2011-05-06T09:05:00+08:00", None, None, None, None),
    ],
)  # fmt: skip
def test_meta_line_is_read(
    text: str, date: str | None, source: str | None, editor: str | None, author: str | None, views: int | None
) -> None:
    meta = read_meta(text)
    assert meta is not None and may_be_meta(text)
    assert (meta.date, meta.source, meta.editor, meta.author, meta.views) == (
        date,
        source,
        editor,
        author,
        views,
    )


@pytest.mark.parametrize(
    "text",
    [
        "2022年4月2日，金口镇召开会议。", "记者：您好，请问金口镇今年有什么计划？", "今天是2022年4月2日 星期六", "时间：5月6日上午9时 地点：会议室",
        "金口镇:做好服务保障 项目建设“加速度”", "本报讯（记者 王刚 通讯员 李明）连日来，金口镇抢抓农时。", "项目来源广泛，编辑部也来采访。", "",
        "【来源】", "[编辑]", "20110506", "【图文】金口镇春耕见闻", "【采访】走进田间", "【时间】5月6日上午九点",
    ],
)  # fmt: skip
def test_line_that_is_no_meta_line(text: str) -> None:
    assert read_meta(text) is None


@pytest.mark.parametrize(
    "text", ["Fri May 06 09:05:00 CST 2011", "Friday, May 06, 2011 09:05:00", "06 May 2011 09:05:00 +0800"]
)
def test_an_english_time_by_itself_is_a_meta_line(text: str) -> None:
    meta = read_meta(text)
    assert may_be_meta(text) and meta is not None and meta.date == "2011-05-06T09:05:00+08:00"


def test_an_impossible_time_keeps_its_printed_text() -> None:
    meta = read_meta("发布时间：2011-2-30 来源：即墨信息港")
    assert meta is not None and (meta.printed, meta.date) == ("2011-2-30", None)


@given(st.text(alphabet="来源：编辑发布时间浏览次 ()【】|/:2011-56张三，。", max_size=60))
def test_no_line_breaks_it(text: str) -> None:
    meta = read_meta(text)
    assert meta is None or all(
        value is None or value.strip() for value in (meta.source, meta.editor, meta.author)
    )
