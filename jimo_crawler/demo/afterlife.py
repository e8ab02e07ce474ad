"""What stands where an article was: not-found texts, takeovers, and the pages of a day on which nothing works."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from random import Random

from jimo_crawler.demo.charsets import CHARSETS, encode
from jimo_crawler.demo.spam import BRANDS, gambling_line, video_line, vpn_line
from jimo_crawler.demo.templates_old import COPYRIGHT

NAVIGATION = '<p><a href="/">首页</a> | <a href="/news/">即墨新闻</a> | <a href="/jmxz/">即墨乡镇</a> | <a href="/fc/">房产</a></p>'
WORDINGS = 6
"""How many different pages say, with status 200, that there is nothing."""


def _gbk(title: str, body: str) -> bytes:
    head = f'<meta http-equiv="Content-Type" content="text/html; charset=gb2312"><title>{title}</title>'
    return encode(f"<html><head>{head}</head><body>{body}</body></html>", CHARSETS["gbk"])


def soft_404(wording: int, section: str, headlines: Sequence[tuple[str, str]]) -> bytes:
    """A page with status 200 that says, in one of WORDINGS ways, that the article is not there (any more)."""
    links = "".join(f'<li><a href="{escape(href)}">{escape(text)}</a></li>' for text, href in headlines[:8])
    match wording:
        case 0:
            return _gbk(
                "系统提示",
                f"{NAVIGATION}<center><font color=red>对不起,您访问的信息不存在或已被删除!</font><br>"
                f'<a href="javascript:history.back()">返回上一页</a></center><hr>{COPYRIGHT}',
            )
        case 1:
            return _gbk(
                "错误信息",
                "<table align=center width=400 border=1><tr><td align=center>错误信息</td></tr><tr><td>产生错误的可能原因:"
                "<li>找不到此文章!</li><li>可能已被管理员删除或移动,请与管理员联系。</li></td></tr>"
                "<tr><td align=center><a href='javascript:history.go(-1)'>&lt;&lt; 返回上一页</a></td></tr></table>",
            )
        case 2:
            return _gbk(
                "",
                "<script language=javascript>alert('该文章不存在或尚未通过审核!');history.go(-1);</script>",
            )
        case 3:
            return _gbk(
                "即墨信息港 - 页面提示",
                f"{NAVIGATION}<div class=tip><h2>抱歉,您要查看的页面已经过期</h2><p>系统将在5秒后带您回到首页,"
                f'如果浏览器没有反应请<a href="/">点击这里</a>。</p></div><h3>您可能感兴趣的文章</h3><ul>{links}</ul><hr>{COPYRIGHT}',
            )
        case 4:
            return _gbk(
                f"{section}_即墨信息港", f"{NAVIGATION}<h3>{section}</h3><p>暂无内容</p><hr>{COPYRIGHT}"
            )
        case _:
            return encode(
                '<!doctype html><html><head><meta charset="utf-8"><title>404</title></head><body><div id="app">'
                "<h1>404</h1><p>您访问的页面走丢了</p></div></body></html>",
                CHARSETS["utf-8"],
            )


def takeover(kind: str, seed: str) -> bytes:
    """The page that strangers put in an article's place."""
    rng = Random(f"takeover/{seed}")
    brand = rng.choice(BRANDS)
    if kind == "gambling":
        paragraphs = "".join(
            f"<p>{brand}{each}</p>"
            for each in (
                "官网是亚洲领先的在线娱乐平台,提供体育、彩票、真人百家、电子游艺、棋牌捕鱼等上百款游戏。",
                "APP下载安装简单,新会员注册送彩金88元,首存送100%,提款三分钟到账。",
                "手机版登录入口全天开放,专业客服七天二十四小时在线,信誉保证。",
            )
        )
        links = "".join(
            f'<li><a href="http://spam.invalid/{n}">{gambling_line(rng)}</a></li>' for n in range(20)
        )
        title = f"{brand}官网-{brand}登录入口-{brand}APP下载"
        return encode(
            f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title><meta name="keywords" content="{title}">'
            f"</head><body><h1>{brand}官网</h1>{paragraphs}<ul>{links}</ul></body></html>",
            CHARSETS["utf-8"],
        )
    if kind == "porn":
        rows = "".join(
            f'<dl><dt><a href="http://spam.invalid/v/{n}.html">{video_line(rng)}</a></dt><dd>更新:2026-01-0{n % 5 + 1}</dd></dl>'
            for n in range(24)
        )
        return _gbk(
            video_line(rng), f"<div class=nav>首页 国产 日韩 欧美 动漫 专题</div>{rows}<p>{vpn_line(rng)}</p>"
        )
    return encode(
        '<html><head><meta charset="utf-8"><title>正在跳转...</title></head><body><script>'
        'var u="http://spam.invalid/?from="+location.host;if(top!=self){top.location=u}else{location.href=u}</script>'
        f"<noscript>{gambling_line(rng)}</noscript></body></html>",
        CHARSETS["utf-8"],
    )


OUTAGES = {9: "maintenance", 16: "login", 23: "challenge", 29: "error"}
"""Days on which the whole portal shows one thing."""
LOGIN_PATH = "/member/login.asp"


def outage_page(kind: str) -> bytes:
    """The one page of such a day."""
    match kind:
        case "maintenance":
            return _gbk(
                "网站维护中",
                "<center><img src=/images/wh.jpg><h2>网站升级维护公告</h2><p>为了给您提供更好的服务,本站正在进行系统升级维护,"
                "预计需要12小时,给您带来的不便敬请谅解!</p><p>即墨信息港</p></center>",
            )
        case "login":
            return _gbk(
                "统一身份认证",
                "<form method=post action=/member/check.asp><h3>用户登录</h3><p>您访问的内容需要登录后才能查看,请先登录。</p>"
                "用户名:<input name=user> 密码:<input type=password name=pass> 验证码:<input name=code size=4>"
                "<input type=submit value=登录> <a href=/member/reg.asp>免费注册</a></form>",
            )
        case "challenge":
            return (
                b'<!DOCTYPE html><html><head><meta charset="utf-8"><script>var _$a="d4f1",_$b=function(n){var s="";for(var i=0;'
                b'i<n.length;i++){s+=String.fromCharCode(n.charCodeAt(i)^7)}return s};document.cookie="acw="+_$b(_$a)+";path=/";'
                b"location.reload();</script></head><body></body></html>"
            )
        case _:
            return b"<html><head><title>500 - Internal server error.</title></head><body><h2>500 - Internal server error.</h2></body></html>"
