"""What stands in listings and is no article of the town: advertisements, other pages, the same article again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from jimo_crawler.demo.address import Address
from jimo_crawler.demo.charsets import CHARSETS, encode
from jimo_crawler.demo.templates_old import COPYRIGHT
from jimo_crawler.demo.towns import Town

HOST = "portal.invalid"
"""Stands for the portal's own host and port in absolute links; the server writes its own there."""

WRAPS = {
    "numbers": "<tr><td colspan=3>{}</td></tr>\n",
    "dede": "<li>{}</li>\n",
    "asp": "{}<br>\n",
    "gbkquery": "{}<br>\n",
    "select": "<dl><dt>{}</dt></dl>\n",
    "images": "<li>{}</li>\n",
    "html5": '<div class="promo">{}</div>\n',
    "kingcms": "<li>{}</li>\n",
}
GENERAL = (
    '<a href="http://ad.invalid/click.asp?id=7" target="_blank"><img src="/ad/468x60.gif" border="0" alt="广告"></a>',
    '<a href="javascript:void(0)" onclick="addFavorite()">收藏本页</a> <a href="#top">返回顶部</a>',
    '<a href="http://www.qingdao.invalid/news/20190308.html" target="_blank">全市农村工作会议在青岛召开</a>',
    '<a href="/news/">更多新闻&gt;&gt;</a> <a href="mailto:news@jimo.invalid">投稿信箱</a>',
)


def specials(where: Town) -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """Pages that are no articles and that this town's listing names: address → (headline, kind, fitting outcomes)."""
    return SPECIALS.get(where.slug, {})


SPECIALS: dict[str, dict[str, tuple[str, str, tuple[str, ...]]]] = {
    "chaohai": {"/video/20180216.html": ("[视频]潮海街道社区春晚精彩回放", "video", ("not_article",))},
    "beian": {"/pic/1203.html": ("[组图]北安街道春色", "album", ("not_article",))},
    "longshan": {
        "/jmxz/longshan/40404.html": ("龙山街道2013年工作总结", "soft_404", ("gone", "not_article")),
        "/jmxz/longshan/40410.html": ("龙山街道召开老干部座谈会", "dead", ("gone",)),
    },
    "yifengdian": {
        "/upfiles/2016/bm.doc": ("移风店镇2016年公益性岗位报名表", "attachment", ("not_article",))
    },
    "tongji": {"/member/view.asp?id=77": ("通济街道内部通报", "login", ("blocked", "not_article"))},
    "tianheng": {"/jmxz/private/7.html": ("田横镇值班表", "robots", ("failed", "skipped"))},
}


def fragments(where: Town, number: int, members: Sequence[Address]) -> Iterator[str]:
    """Markup for page *number* of a town's listing, each piece ready to stand behind a row."""
    wrap = WRAPS[where.style]
    yield wrap.format(GENERAL[(len(where.slug) + number) % len(GENERAL)])
    shown = members[(number - 1) * where.per_page : number * where.per_page]
    if len(shown) > 3:
        yield from (wrap.format(each) for each in _again(shown, len(where.slug) + number))
    if number == 1:
        for path, (title, _, _) in specials(where).items():
            yield wrap.format(f'<a href="{escape(path)}">{title}</a>')


def _again(shown: Sequence[Address], turn: int) -> Iterator[str]:
    """Some of the page's own articles a second time, in another form of their address."""
    first, second = shown[turn % len(shown)], shown[(turn + 2) % len(shown)]
    mark = "&amp;" if "?" in second.path else "?"
    session = f"{escape(second.path)}{mark}PHPSESSID=9f{turn:04x}c1"
    forms = (
        f'<a href="{escape(first.path)}"><img src="/images/hot.jpg" width="120"></a>',
        f'<a href="{escape(first.path)}#pinglun">评论</a>',
        f'<a href="http://{HOST}{escape(first.path)}">[图]</a>',
        f'<a href="https://{HOST}{escape(second.path)}">[分享]</a>',
        f'<a href="{session}">[手机看]</a>',
        f'<a href="{escape(second.path)}" target="_blank" rel="nofollow"><font color="red">[置顶]</font></a>',
    )
    yield forms[turn % len(forms)]
    yield forms[(turn + 3) % len(forms)]


def special_page(kind: str, title: str, trail: Sequence[tuple[str, str]]) -> bytes:
    """The page behind a special link."""
    path = " &gt; ".join(f'<a href="{href}">{text}</a>' for text, href in trail)
    body = {
        "video": '<object id="player" width="640" height="480"><param name="movie" value="/flv/player.swf">'
        '<embed src="/flv/20180216.flv" type="application/x-shockwave-flash"></object><p>点击播放</p>',
        "album": "".join(
            f'<div class="pic"><a href="/upfiles/pic/{n}.jpg"><img src="/upfiles/pic/s{n}.jpg"></a></div>'
            for n in range(1, 10)
        )
        + "<p>1/9 <a href='javascript:prev()'>上一张</a> <a href='javascript:next()'>下一张</a></p>",
        "soft_404": "<script>setTimeout('history.back()',3000)</script><p>对不起,您访问的信息不存在或已被删除!</p>",
        "login": '<form method="post" action="/member/check.asp">您还没有登录,请先登录。<br>用户名:<input name="u">'
        ' 密码:<input type="password" name="p"><input type="submit" value="登录"></form>',
        "robots": "<p>内部资料,未经许可不得抓取。</p>",
    }[kind]
    shown = (
        "" if kind in ("soft_404", "login") else f"<h1>{title}</h1><p>发布时间:2018-02-16 来源:即墨信息港</p>"
    )
    html = (
        f'<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>{title if shown else "系统提示"}'
        f"</title></head><body><p>您所在的位置:{path}</p>{shown}{body}<hr>{COPYRIGHT}</body></html>"
    )
    return encode(html, CHARSETS["gbk"])
