"""Headlines over several lines, what stands above and below them, and meta data that is joined to them."""

from __future__ import annotations

import pytest

from jimo_crawler.items import Article, Page
from jimo_crawler.parsers.article import parse_article
from jimo_crawler.portal import load

TEXT = (
    "十一月二十日，田横镇周戈庄码头灯火通明，三十多名船老大围坐在一起听海事部门的老师讲夜航知识。",
    "镇里的渔民夜校今年秋天开课，两个月来已经讲了十八课，来听课的渔民坐满了渔业协会的大屋子。",
    "船主老薛说，过去夜里出海全凭经验，现在看得懂海图和气象单，心里踏实多了，全家人也跟着放心。",
)
PORTAL = "即墨信息港"


def read(head: str, named: str = PORTAL, text: str = "") -> Article:
    """The article of a page with *head* above its text."""
    prose = text or "".join(f"<p>　　{each}</p>" for each in TEXT)
    html = f"""<html><head><title>{named}</title></head><body>
        <a href="/">首页</a> &gt; <a href="/xz/">即墨乡镇</a> &gt; <a href="/xz/th/">田横镇</a> &gt; 正文
        {head}{prose}<hr><center>版权所有：即墨信息港</center></body></html>"""
    return parse_article(Page(url="http://www.jimo.example/xz/th/7.html", html=html), load()).article


def body(article: Article) -> list[str]:
    return [block.text for block in article.blocks if not block.hidden]


DAY = "<p align=center>2008-11-21</p>"
WHOLE = "田横镇渔民夜校点亮渔港"


@pytest.mark.parametrize("named", [PORTAL, f"{WHOLE}_{PORTAL}", "田横镇渔民夜校点…"])
@pytest.mark.parametrize(
    "head",
    [
        "<h1>田横镇渔民夜校<br>点亮渔港</h1>" + DAY,
        "<H2 ALIGN=CENTER>田横镇渔民<BR>夜校点亮渔港</H2><P>时间：2008-11-21</P>",
        "<table><tr><td align=center><b>田横镇渔民<br>夜校点亮渔港</b></td></tr><tr><td>2008-11-21</td></tr></table>",
        "<p align=center><b>田横镇渔民</b></p><p align=center><b>夜校点亮渔港</b></p>" + DAY,
        "<table><tr><td align=center><font size=5>田横镇渔民</font></td></tr><tr><td align=center>"
        "<font size=5>夜校点亮渔港</font></td></tr><tr><td align=center>2008-11-21</td></tr></table>",
        "<center><font size=5><b>田横镇渔民<br>夜校点亮渔港</b></font><br>(2008-11-21)</center>",
    ],
)
def test_headline_of_several_lines_is_one(head: str, named: str) -> None:
    article = read(head, named)
    assert (article.title_as_published, article.published_at) == (WHOLE, "2008-11-21")
    assert body(article) == list(TEXT)


@pytest.mark.parametrize(
    ("head", "named", "title"),
    [
        ("<h1>田橫鎮：<br>漁民夜校點亮漁港</h1>", "田橫鎮：漁民夜校點亮漁港", "田橫鎮：漁民夜校點亮漁港"),
        ("<h1>白天出海<br>夜里上课</h1>", "白天出海 夜里上课 - 即墨信息港", "白天出海 夜里上课"),
        ("<p><b>关于开办渔民夜校<br>和冬季夜航培训班<br>的通知</b></p>", "关于开办渔民夜校和冬季夜航培训班的通知", "关于开办渔民夜校和冬季夜航培训班的通知"),
    ],
)  # fmt: skip
def test_title_element_says_how_the_lines_are_joined(head: str, named: str, title: str) -> None:
    article = read(head + DAY, named)
    assert (article.title_as_published, article.published_at) == (title, "2008-11-21")
    assert body(article) == list(TEXT)


@pytest.mark.parametrize(
    ("head", "named", "around"),
    [
        ("<h1>{0}<br>——周戈庄码头见闻</h1>", WHOLE, ["——周戈庄码头见闻"]),
        ("<h1>{0}</h1><p align=center>——周戈庄码头见闻</p>", PORTAL, ["——周戈庄码头见闻"]),
        ("<center><font size=5>{0}</font><br><font size=4>周戈庄码头见闻</font></center>", PORTAL, ["周戈庄码头见闻"]),
        ("<center><b>{0}</b></center><center><b>薛海生</b></center>", WHOLE, ["薛海生"]),
        ("<center><font size=3>十八堂课 三十名船长</font><br><font size=5><b>{0}</b></font><br>——周戈庄码头见闻</center>", PORTAL, ["十八堂课 三十名船长", "——周戈庄码头见闻"]),
        ("<p align=center>十八堂课 三十名船长</p><h1>{0}</h1>", WHOLE, ["十八堂课 三十名船长"]),
        ("<h1>十八堂课 三十名船长<br>{0}</h1>", f"{WHOLE}-田横镇-即墨信息港", ["十八堂课 三十名船长"]),
        ("<table><tr><td align=center>十八堂课 三十名船长</td></tr><tr><td align=center><h2>{0}</h2></td></tr></table>", PORTAL, ["十八堂课 三十名船长"]),
        ("<div class=t><p>十八堂课　三十名船长</p>\n<h2>{0}</h2>\n<p>——周戈庄码头见闻</p></div>", PORTAL, ["十八堂课 三十名船长", "——周戈庄码头见闻"]),
        ("<center>十八堂課　三十名船長<br><b>{0}</b></center>", PORTAL, ["十八堂課 三十名船長"]),
    ],
)  # fmt: skip
def test_kicker_and_sub_title_are_kept_in_the_body(head: str, named: str, around: list[str]) -> None:
    article = read(head.format(WHOLE) + "<p>来源：渔港报 2008-11-21</p>", named)
    assert article.title_as_published == WHOLE
    assert (article.source, article.published_at) == ("渔港报", "2008-11-21")
    assert body(article) == [*around, *TEXT]


@pytest.mark.parametrize(
    "head",
    [
        "<center><h3>{0}</h3><h4>周戈庄码头上的课堂</h4>2008-11-21</center>",
        "<p align=center><font size=5>{0}</font></p><p align=center><font size=4>周戈庄码头上的课堂</font></p>"
        + DAY,
        "<center><font size=5><b>{0}</b></font><br><b>周戈庄码头上的课堂</b><br>2008年11月21日</center>",
    ],
)
def test_louder_of_two_lines_is_the_headline(head: str) -> None:
    article = read(head.format(WHOLE))
    assert (article.title_as_published, article.published_at) == (WHOLE, "2008-11-21")
    assert body(article) == ["周戈庄码头上的课堂", *TEXT]


@pytest.mark.parametrize(
    "above",
    [
        "<div align=center>欢迎访问即墨乡镇频道</div>",
        "<div align=center>即墨市田横镇人民政府网站</div>",
        "<div align=center>发布时间：2008-11-21</div>",
        "<div align=center><a href='/xz/th/'>田横镇渔业生产专题报道</a></div>",
        "<div>服务渔民 服务渔村 服务渔业</div>",
    ],
)
def test_what_else_stands_above_a_headline_is_no_kicker(above: str) -> None:
    article = read(f"{above}<h1>{WHOLE}</h1>{DAY}")
    assert (article.title_as_published, body(article)) == (WHOLE, list(TEXT))


@pytest.mark.parametrize(
    "head",
    [
        "<p align=center><b>{0}</b></p><p align=center><b>一、码头上的课堂</b></p>",
        "<p align=center><b>{0}</b></p><p align=center><b>田横镇渔业协会办公室</b></p>",
        "<p align=center><b>{0}</b></p><p align=center><b>各渔业村委会：</b></p>",
        "<p align=center><b>{0}</b></p><p><b>码头上的课堂</b></p>",
        "<h1>{0}</h1><b>码头上的课堂<br>渔船上的课堂</b>",
    ],
)
def test_line_below_a_headline_is_not_joined_for_its_boldness(head: str) -> None:
    assert read(head.format(WHOLE), "田横镇渔民夜校点亮…").title_as_published == WHOLE


@pytest.mark.parametrize("named", [WHOLE, PORTAL])
@pytest.mark.parametrize(
    ("head", "date", "source"),
    [
        ("<h3>{0} <small>2008年11月21日 星期五</small></h3>", "2008-11-21", None),
        ("<H2>{0} <SMALL>(2008-11-21 来源：渔港报)</SMALL></H2>", "2008-11-21", "渔港报"),
        ("<h2>{0}<span class=date>2008-11-21</span></h2>", "2008-11-21", None),
        ("<h2>{0}<span>2008-11-21 19:30</span></h2>", "2008-11-21T19:30:00+08:00", None),
        ("<h2>{0} <font size=2>[08-11-21 19:30]</font></h2>", "2008-11-21T19:30:00+08:00", None),
        ("<h2>{0}　<small>發佈時間：2008-11-21 來源：漁港報</small></h2>", "2008-11-21", "漁港報"),
        ("<h2>{0}（来源：渔港报 2008年11月21日）</h2>", "2008-11-21", "渔港报"),
    ],
)
def test_time_in_the_headline_is_the_articles(head: str, date: str, source: str | None, named: str) -> None:
    article = read(head.format(WHOLE), named)
    assert (article.title_as_published, article.published_at, article.source) == (WHOLE, date, source)
    assert body(article) == list(TEXT)


@pytest.mark.parametrize(
    ("named", "below", "date"),
    [
        ("田横镇渔业大事记 2008年11月21日_即墨信息港", "", None),
        (PORTAL, "<p>发布时间：2008-11-22 来源：渔港报</p>", "2008-11-22"),
    ],
)
def test_headline_keeps_a_time_of_its_own(named: str, below: str, date: str | None) -> None:
    article = read(f"<h1>田横镇渔业大事记 2008年11月21日</h1>{below}", named)
    assert (article.title_as_published, article.published_at) == ("田横镇渔业大事记 2008年11月21日", date)


@pytest.mark.parametrize(
    "rows",
    [
        "<tr><td>作者</td><td>&nbsp;</td><td>来源</td><td>渔港报</td><td>日期</td><td>2008-11-21</td></tr>",
        "<tr><th>來源</th><td>渔港报</td><th>日期</th><td>2008年11月21日</td><th>作者</th><td></td></tr>",
        "<tr><td>作者：</td><td></td></tr><tr><td>来源：</td><td>渔港报</td></tr><tr><td>日期：</td><td>2008.11.21</td></tr>",
    ],
)
def test_meta_cells_may_be_empty(rows: str) -> None:
    article = read(f"<h1>{WHOLE}</h1><table border=1>{rows}</table>")
    assert (article.source, article.author, article.published_at) == ("渔港报", None, "2008-11-21")
    assert body(article) == list(TEXT)


@pytest.mark.parametrize(
    "rows",
    [
        "<tr><td>标题</td><td>{0}</td></tr><tr><td>发布单位</td><td>田横镇政府</td></tr><tr><td>信息来源</td><td>渔港报</td></tr>"
        "<tr><td>发布日期</td><td>2008-11-21</td></tr><tr><td>内容</td><td>{1}</td></tr>",
        "<tr><td>标　题：</td><td>{0}</td></tr><tr><td>来　源：</td><td>渔港报</td></tr><tr><td>日　期：</td><td>08/11/21</td></tr>"
        "<tr><td colspan=2>{1}</td></tr>",
        "<tr><td>编号</td><td>0312</td><td>来源</td><td>渔港报</td><td>发布日期</td><td>2008-11-21</td></tr>"
        "<tr><td>标题</td><td colspan=5>{0}</td></tr><tr><td>正文</td><td colspan=5>{1}</td></tr>",
    ],
)
def test_form_is_read(rows: str) -> None:
    text = "".join(f"<p>{each}</p>" for each in TEXT)
    article = read("", WHOLE, f"<table border=1>{rows.format(WHOLE, text)}</table>")
    assert (article.title_as_published, article.source, article.published_at) == (
        WHOLE,
        "渔港报",
        "2008-11-21",
    )
    assert body(article) == list(TEXT)


PROSE = "".join(f"<p>{each}</p>" for each in TEXT)


@pytest.mark.parametrize(
    ("below", "date", "source", "rest"),
    [
        ("<p>来源：渔港报</p><p>2008-11-21 19:30</p>", "2008-11-21T19:30:00+08:00", "渔港报", []),
        ("<p>2008-11-21</p><p align=right>来源：渔港报　编辑：薛海生</p>", "2008-11-21", "渔港报", []),
        ("<div>（來源：漁港報）</div><div>（2008年11月21日）</div>", "2008-11-21", "漁港報", []),
        ("<p>田横镇渔业协会</p><p>2008年11月20日</p><p>来源：渔港报</p>", None, "渔港报", ["田横镇渔业协会", "2008年11月20日"]),
        ("<p>田横镇渔业协会</p><p>2008年11月20日</p>", None, None, ["田横镇渔业协会", "2008年11月20日"]),
    ],
)  # fmt: skip
def test_time_below_the_text_is_the_articles_beside_meta_lines(
    below: str, date: str | None, source: str | None, rest: list[str]
) -> None:
    article = read(f"<h1>{WHOLE}</h1>", WHOLE, PROSE + below)
    assert (article.published_at, article.source) == (date, source)
    assert body(article) == [*TEXT, *rest]


BOXES = (
    "<table align=right border=1><tr><td><b>文章信息</b></td></tr><tr><td>作　者：薛海生<br>来　源：渔港报<br>"
    "日　期：2008/11/21 19:30<br>阅　读：132 次</td></tr>{0}</table>",
    "<table border=1><tr><th colspan=2>文章資料</th></tr><tr><th>作者</th><td>薛海生</td></tr><tr><th>來源</th><td>渔港报</td></tr>"
    "<tr><th>日期</th><td>2008-11-21 19:30</td></tr><tr><th>字数</th><td>820</td></tr>{0}</table>",
    "<div class=r><h4>相关信息</h4><ul><li>【作者】薛海生</li><li>【来源】渔港报</li><li>【时间】2008-11-21 19:30</li></ul></div>",
    "<dl><dt>作者：</dt><dd>薛海生</dd><dt>来源：</dt><dd>渔港报</dd><dt>日期：</dt><dd>2008-11-21 19:30</dd></dl>",
)
RELATED = "<tr><td><b>相关信息</b><br>·<a href=/1.htm>田横镇召开秋收会议部署工作</a></td></tr>"


@pytest.mark.parametrize("related", ["", RELATED])
@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize(
    "page",
    [
        "{box}<h1>{title}</h1>{text}",
        "<h1>{title}</h1>{box}{text}",
        "<h1>{title}</h1>{text}{box}",
        "<table><tr><td>{box}</td><td><h1>{title}</h1>{text}</td></tr></table>",
        "<table><tr><td><h1>{title}</h1>{text}</td><td>{box}</td></tr></table>",
        "<form method=post>{box}<div align=center><b>{title}</b></div>{text}</form>",
    ],
)
def test_box_of_meta_data_is_read_wherever_it_stands(page: str, box: str, related: str) -> None:
    html = page.format(box=box.format(related), title=WHOLE, text=PROSE)
    article = read("", WHOLE, html)
    assert (article.title_as_published, article.published_at) == (WHOLE, "2008-11-21T19:30:00+08:00")
    assert (article.source, article.author) == ("渔港报", "薛海生")
    assert body(article) == list(TEXT)


def test_meta_line_at_the_headline_goes_before_a_box() -> None:
    other = "<div><p>作者：王二</p><p>来源：城阳报</p><p>日期：2007-01-02</p></div>"
    article = read(f"{other}<h1>{WHOLE}</h1><p>来源：渔港报 时间：2008-11-21</p>", WHOLE)
    assert (article.source, article.published_at) == ("渔港报", "2008-11-21")


def test_boxes_of_several_articles_are_none_of_this_one() -> None:
    boxes = "".join(
        f"<div><h5>{name}</h5><p>来源：渔港报</p><p>日期：2007-01-0{day}</p></div>"
        for day, name in enumerate(("开渔", "封海", "补网"), 1)
    )
    article = read(
        f"<table><tr><td><h4>最新文章</h4>{boxes}<p>渔港风光</p></td><td><h1>{WHOLE}</h1>{PROSE}</td></tr></table>",
        WHOLE,
        " ",
    )
    assert (article.source, article.published_at) == (None, None)


def test_meta_data_behind_the_headline_is_read_where_spam_stands_before_the_title() -> None:
    article = read(
        f"<h2>{WHOLE} <small>(08-11-21 07:35 来源：今日即墨 责任编辑：薛波)</small></h2>",
        f"娱乐城注册送彩金_老虎机在线_{WHOLE}",
    )
    assert (article.title_as_published, article.source, article.editor) == (WHOLE, "今日即墨", "薛波")
    assert article.published_at == "2008-11-21T07:35:00+08:00"
