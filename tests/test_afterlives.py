"""What may stand where an article was: pages of our own, each at the address of another archived article, asked four times.

Deleted in whatever words, it is missing first and gone when that is confirmed hours later; taken over, it is so at once;
with spam put into it, it is what it was. The text stays in every case, and when the page is back, so is the article.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from jimo_crawler.archive.frontier import Plan
from jimo_crawler.demo.portal import build
from jimo_crawler.errors import ExitStatus, Outcome
from jimo_crawler.fetching.readers import read_article
from jimo_crawler.parsers.response import Answer
from jimo_crawler.parsers.urls import canonical_url
from tests.playing import BASE, Got, Player

Row = dict[str, Any]
Case = Callable[[Row, Got], Got]
"""What the address answers now, from the truth about its article and the page as it was."""

TOP = (
    '<div><a href="/">首页</a> <a href="/news/">新闻</a> <a href="/jmxz/">即墨乡镇</a></div><div>您的位置：<a href="/">首页</a> &gt; '
    '<a href="/jmxz/">即墨乡镇</a> &gt; <a href="/jmxz/jinkou/">金口镇</a> &gt; 正文</div>'
)
END = (
    '<h3>推荐阅读</h3><ul><li><a href="/a/1.html">金口镇召开春季生产会议部署工作</a></li><li><a href="/a/2.html">田横镇旅游旺季迎来八方'
    "游客</a></li></ul><div>Copyright © 即墨信息港 版权所有</div>"
)
META = "<p>时间：2020-1-1 8:00:00 来源：即墨信息港 编辑：佚名</p>"
BETS = (
    "金沙湾棋牌下载|云顶阁体育APP下载|金沙湾真人百家官网|皇冠城捕鱼注册送彩金",
    "新葡坊体育注册送彩金,新葡坊棋牌登录入口,新葡坊彩票官网",
)
FILMS = "亚洲无码影院在线观看_国产精品视频一区不卡_欧美久久大片免费看"
PITCH = (
    "<p>这里随时随地畅玩百家乐、老虎机、德州扑克与体育投注,赔率高,信誉好。</p>"
    "<p>支持多种支付方式,充值即时到账,提款最快一分钟。每周返水、首存优惠活动不断,会员更享专属客服。</p>"
)


def page(body: str, title: str = "提示", charset: str = "utf-8", head: str = "") -> Case:
    def case(article: Row, _: Got) -> Got:
        html = f'<html><head><meta charset="{charset}"><title>{title}</title>{head}</head><body>{body}</body></html>'
        html = html.replace("TITLE", article["title"])
        return Got(200, html.encode(charset, "replace"), {"Content-Type": f"text/html; charset={charset}"})

    return case


def in_frame(text: str, title: str = "TITLE_即墨信息港", meta: str = "") -> Case:
    """Among all that the portal's pages have."""
    return page(f"{TOP}{meta}<div class=nr>{text}</div>{END}", title)


def script(code: str, text: str = "") -> Case:
    return page(text, "", head=f"<script>{code}</script>")


def leads(target: str, status: int = 302) -> Case:
    return lambda *_: Got(status, b"", {"Location": target})


def says(status: int) -> Case:
    return lambda _, old: Got(status, old.body, old.headers)


def home(*_: object) -> Got:
    return Got(200, build(0).pages["/"].body, {"Content-Type": "text/html; charset=gb2312"})


MESSAGES = (
    *("您访问的页面已被删除", "该信息正在审核", "抱歉,您查看的内容已过期", "内容不存在", "此稿件已撤回", "文章未找到"),
    *("该信息已被屏蔽", "没有找到相关数据", "該信息已被刪除", "根据相关法律法规和政策，该内容无法显示"),
    *("你查看的文章已被作者删除或不存在", "该页面已迁移，原文章不再提供", "Sorry, the page you requested cannot be found."),
)  # fmt: skip
DELETED: dict[str, Case] = {
    **{f"says {each}": page(f"<div class=msg>{each}</div>") for each in MESSAGES},
    "says so among navigation and lists": in_frame("<p>您访问的页面已被删除</p>"),
    "says so, and counts down": page("页面不存在，<b>3</b>秒后返回首页", head="<script>setTimeout('go()',3000)</script>"),
    "an error of the program": page("Microsoft VBScript 运行时错误 错误 '800a000d' 类型不匹配 /show.asp，行 12", ""),
    "nothing at all": lambda *_: Got(200, b"", {"Content-Type": "text/html"}),
    "an empty page": page("", ""),
    "a title and nothing else": page("", "TITLE"),
    "an emptied article": in_frame("", meta=f"<h1>TITLE</h1>{META}"),
    "an emptied section": in_frame("<p>暂无内容</p>", "金口镇_即墨信息港"),
    "the home page": home,
    "a redirect home": leads("/"),
    "a lasting redirect home": leads("/", 301),
    "a redirect to a listing": leads("/jmxz/jinkou/"),
    "a redirect to an error page": leads("/errors/404.html"),
    "a redirect to a page that says so": leads("/errors/soft.html"),
    "a script that leads home": script("location.href='/'"),
    "a script that puts home in its place": script("window.location.replace('/index.html');"),
    "a script that complains": script("alert('此信息不存在！');history.go(-1);"),
    "a refresh that leads home": page("", "", head='<meta http-equiv="refresh" content="0;url=/">'),
    "a refresh with a word": page("正在跳转到首页...", "跳转", head=f'<meta http-equiv=Refresh content="3; URL={BASE}/">'),
    "404 with the article's own page": says(404),
    "410": says(410),
}  # fmt: skip
SPAM_PAGE = f"<h1>金沙湾官网</h1>{PITCH}" + "".join(
    f'<li><a href="http://x{n}.example/">{BETS[n % 2]}</a></li>' for n in range(9)
)
TAKEN: dict[str, Case] = {
    "bets": page(SPAM_PAGE, "金沙湾官网-金沙湾登录入口"),
    "bets in GBK": page(SPAM_PAGE, "金沙湾官网-金沙湾登录入口", "gb18030"),
    "films": page("<br>".join([FILMS] * 12), "国产精品无码在线观看", "gb18030"),
    "a list of films with days": page("".join(f"<dl><dt><a href=/v/{n}>{FILMS}</a></dt><dd>2026-01-0{n}</dd></dl>" for n in range(1, 9)), "成人影院"),
    "sentences in praise of a house": page(f"<h1>星河湾:您身边的娱乐专家</h1>{PITCH}", "星河湾:您身边的娱乐专家"),
    "bets under the article's own headline": page(f"<h1>TITLE</h1>{SPAM_PAGE}", "TITLE"),
    "bets in the article's own frame": in_frame(PITCH, meta=f"<h1>TITLE</h1>{META}"),
    "a company's page": page(
        "<h1>TITLE</h1><p>本公司专业生产各类不锈钢阀门、法兰、弯头等管件，产品远销海内外，深受广大客户好评，欢迎新老客户来电洽谈业务。</p>"
        "<p>公司成立于1998年，占地面积两万平方米，拥有先进的数控加工设备五十余台，通过了质量管理体系认证，竭诚为各界朋友服务。</p>"
        "<p>我们秉承质量第一、客户至上的宗旨，为各行各业提供优质的产品和完善的售后服务，期待与您携手合作，共创美好未来。</p>", "TITLE",
    ),
    "a shop in Japanese": page(
        "<h1>ブランド財布 激安通販</h1><p>当店では人気ブランドの財布、バッグ、時計を激安価格で販売しております。送料無料、即日発送、正規品保証。</p>", "激安"
    ),
    "a shop in English": page(
        "<h1>Buy Cheap Pills Online</h1><p>Order generic pills online without prescription. Fast shipping worldwide, lowest prices "
        "guaranteed. Play the best online slots and claim your free bonus today, no deposit required.</p>", "Cheap Pills"
    ),
    "a redirect to another site": leads("http://spam.example/x"),
    "a refresh to another site": page("", "", head='<meta http-equiv="refresh" content="0;url=http://spam.example/">'),
    "a script to another site": script("location.href='http://spam.example/?a=1'"),
    "a script under the headline": script("top.location='https://spam.example/'", "<h1>TITLE</h1>"),
}  # fmt: skip


def put(extra: str, before: str) -> Case:
    """*extra* put into the page ahead of a mark, or of the article's second paragraph."""

    def case(article: Row, old: Got) -> Got:
        html = old.body.decode("utf-8")
        second, last = article["body"].split("\n")[1], article["body"].split("\n")[-1]
        at = {
            "second": html.rfind("<", 0, html.rfind(second[:9])),
            "last end": html.find("<", html.rfind(last[-7:])),
            "sentence": html.rfind(second[:9]),
            "body": html.find(">", html.find("<body")) + 1,
        }.get(before, html.find(before))
        assert at > 0, before
        return Got(200, (html[:at] + extra + html[at:]).encode(), old.headers)

    return case


LINKS = "<ul>" + "".join(f'<li><a href="http://x{n}.example/">{BETS[n % 2]}</a></li>' for n in range(9)) + "</ul>"  # fmt: skip
INJECTED: dict[str, Case] = {
    "a line in the text": put(f"<p>{FILMS}</p>", "second"),
    "bets in the text": put(f"<div>{BETS[0]}</div>", "second"),
    "ahead of a sentence": put(FILMS, "sentence"),
    "links behind the last sentence": put(LINKS, "last end"),
    "links at the foot": put(LINKS, "</body>"),
    "hidden on top": put(f'<div style="display:none">{FILMS}</div>', "body"),
    "in the page's title": put(f"{FILMS}_", "</title>"),
    "an advertisement": put("<p>代开发票加薇信:fp8899,点数低,先验后付</p>", "second"),
}
WANTED = {"gone": DELETED, "hijacked": TAKEN, "live": INJECTED}
CASES = [(status, name) for status, cases in WANTED.items() for name in cases]


def fitting() -> Iterator[tuple[str, Row]]:
    """Articles at one plain address each, in UTF-8, and then others."""
    articles = build(0).truth.articles
    reprinted = {each["reprint_of"] for each in articles}
    plain = [
        (each["url"], each)
        for each in articles
        if each["in_scope"]
        and each["found_by"] == "listing"
        and len(each["addresses"]) == 1
        and not each["reprint_of"]
        and each["key"] not in reprinted
        and not each["addresses"][0]["removed"]
        and each["body"].count("\n") >= 3
    ]
    return iter(sorted(plain, key=lambda pair: pair[1]["addresses"][0]["charset"] != "utf-8"))


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], list[Row]]:
    """By case: the state of its address after each of four runs, the last of which finds the page as it was."""
    player = Player(tmp_path_factory.mktemp("afterlives"))
    assert player.play(0).status is ExitStatus.OK
    order = sorted(CASES, key=lambda case: case[0] != "live")
    chosen = {path: (case, article) for (path, article), case in zip(fitting(), order, strict=False)}
    others = {
        "/errors/404.html": Got(404),
        "/errors/soft.html": Got(
            200, "<title>出错啦</title><p>您所请求的页面不存在</p>".encode(), {"Content-Type": "text/html"}
        ),
        "/index.html": home(),
    }

    def tamper(path: str, got: Got) -> Got:
        if path in chosen:
            (status, name), article = chosen[path]
            old = build(0).pages[path]
            return WANTED[status][name](article, Got(200, old.body, dict(old.headers)))
        return others.get(path, got)

    found: dict[tuple[str, str], list[Row]] = {}
    for hours in (30, 33, 42, 60):
        player.tamper = tamper if hours < 60 else None
        assert player.play(0, Plan(recheck=True), hours=hours).status is ExitStatus.OK
        for path, (case, article) in chosen.items():
            (row,) = player.archive.rows(
                "SELECT u.status, u.missing_since, a.title, a.body, o.event, o.capture_id,"
                " (SELECT count(*) FROM revisions AS r WHERE r.url = u.url) AS revisions,"
                " (SELECT count(*) FROM removed_text AS t WHERE t.capture_id = o.capture_id) AS removed"
                " FROM article_urls AS u JOIN articles AS a ON a.id = u.article_id"
                " JOIN observations AS o ON o.url = u.url AND o.crawl_id = (SELECT max(id) FROM crawls)"
                " WHERE u.url = ? AND u.current = 1",
                canonical_url(BASE + path),
            )
            found.setdefault(case, []).append(row | {"article": article})
    return found


STATES = {
    "gone": [("live", True, "missing"), ("live", True, None), ("gone", True, "gone"), ("live", False, "restored")],
    "hijacked": [("hijacked", False, "hijacked"), *[("hijacked", False, None)] * 2, ("live", False, "restored")],
    "live": [("live", False, "injected"), *[("live", False, None)] * 3],
}  # fmt: skip


@pytest.mark.parametrize(("status", "name"), CASES)
def test_each_afterlife_is_what_it_is_and_the_text_stays(
    seen: dict[tuple[str, str], list[Row]], status: str, name: str
) -> None:
    rows = seen[status, name]
    assert [(row["status"], row["missing_since"] is not None, row["event"]) for row in rows] == STATES[status]
    for row in rows:
        assert (row["title"], row["body"]) == (row["article"]["title"], row["article"]["body"])
        assert row["revisions"] == 1
        assert row["capture_id"] is not None, "each observation has its evidence"
        assert row["removed"] > 0 or row["event"] != "injected"


# What nothing but the text that stood there before tells from an article, and what is no page
NEEDS_MEMORY = {"a company's page", "a redirect to another site"}


@pytest.mark.parametrize("name", sorted(TAKEN.keys() - NEEDS_MEMORY))
def test_a_takeover_met_for_the_first_time_makes_no_article(name: str) -> None:
    got = TAKEN[name]({"title": "金口镇:做好服务保障"}, Got(200))
    answer = Answer(url=f"{BASE}/a.html", status=200, content_type=got.headers["Content-Type"], body=got.body)
    assert read_article(answer, "jimo").outcome is Outcome.HIJACKED
