"""Article pages of the portal's later years: KingCMS, dedecms, a government house style, HTML5."""

from __future__ import annotations

from jimo_crawler.demo.templates_old import COPYRIGHT
from jimo_crawler.demo.view import ArticleView


def kingcms(view: ArticleView) -> str:
    """2009-2022: the template of the sample page, with 相关文章 and fifty lines of 文章随机推荐 behind the text."""
    say = view.say
    trail = " &gt; ".join(each.html() if each.href else each.text for each in view.crumbs)
    side = f"""<div class="k_side"><h4>{say("文章随机推荐")}</h4>
{view.items(view.picked, "<span>·{}</span><br />")}</div>
"""
    source = f"<span>{say('来源')}:{view.source or ''}&nbsp; </span>"
    views = f"<span>{say('浏览')}{view.views or ''}{say('次')}&nbsp; </span>"
    editor = f"<span>{say('编辑')}:{view.editor or ''}</span>"
    author = f"<span>{say('作者')}:{view.author}&nbsp; </span>" if view.author else ""
    main = f"""<div id="k_article">
<h1>{view.title}</h1>
<div class="k_info"><span>{say("发布")}:{view.time}&nbsp; </span>{source}{author}{views}{editor}</div>
<div id="k_content">{view.body}</div>
{view.pager('<div class="k_pagelist">', "</div>", "<strong>{}</strong>")}
<h4>{say("相关文章")}</h4>
<ul>{view.items(view.related)}</ul>
</div>
"""
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml">
<head>
{view.meta_charset}
<title>{view.head_title}</title>
<meta name="keywords" content="{view.keywords}" />
<meta name="description" content="{view.description}" />
</head>
<body>{view.first}
<div id="k_top"><ul><li><a href="/">{say("首页")}</a></li><li><a href="/news/">{say("即墨新闻")}</a></li><li><a href="/jmxz/">{say("即墨乡镇")}</a></li><li><a href="/fc/">{say("即墨房产")}</a></li></ul></div>
<div id="k_guide">{say("您所在的位置")}:{trail}</div>
<div id="k_main">
{side + main if view.side_first else main + side}</div>
<div id="k_foot">{COPYRIGHT}</div>
{view.foot}</body>
</html>
"""


def dede(view: ArticleView) -> str:
    """2010-2017, dedecms: labels in ``<small>``, the editor in brackets under the text, side boxes right or left."""
    say = view.say
    trail = " > ".join(each.html() if each.href else each.text for each in view.crumbs)
    views = (
        view.views or '<script src="/plus/count.php?view=yes&aid=1&mid=1" type="text/javascript"></script>'
    )
    source = f"<small>{say('来源')}:</small>{view.source}" if view.source else ""
    author = f"<small>{say('作者')}:</small>{view.author}" if view.author else ""
    editor = f'<div class="dede_editor">({say("责任编辑")}：{view.editor})</div>' if view.editor else ""
    main = f"""<div class="pleft">
 <div class="place"><strong>{say("当前位置")}:</strong> {trail}</div>
 <div class="viewbox">
  <div class="title"><h2>{view.title}</h2></div>
  <div class="info"><small>{say("时间")}:</small>{view.time} {source} {author} <small>{say("点击")}:</small>{views}{say("次")}</div>
  <div class="intro"></div>
  <div class="content"><table width='100%' border='0'><tr><td>
{view.body}</td></tr></table>
  {editor}</div>
  {view.pager('<div class="dede_pages"><ul class="pagelist">', "</ul></div>", '<li class="thisclass">{}</li>')}
  <div class="handle"><div class="digg"><a href="javascript:postDigg('goodpost',1)">{say("顶一下")}</a> (0)</div>
  <ul><li>{say("上一篇")}：{view.before.html() if view.before else say("没有了")}</li><li>{say("下一篇")}：{view.after.html() if view.after else say("没有了")}</li></ul></div>
 </div>
{view.comments}</div>
"""
    side = f"""<div class="pright">
 <dl class="tbox"><dt><strong>{say("推荐内容")}</strong></dt><dd><ul class="d4">{view.items(view.picked[:10])}</ul></dd></dl>
 <dl class="tbox"><dt><strong>{say("热点内容")}</strong></dt><dd><ul class="c1">{view.items(view.related)}</ul></dd></dl>
</div>
"""
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head>
{view.meta_charset}
<title>{view.head_title}</title>
<meta name="keywords" content="{view.keywords}" /><meta name="description" content="{view.description}" />
<script type="text/javascript">var aid = 1; function CheckLogin(){{ return false; }}</script>
</head>
<body class="articleview">{view.first}
<div class="header"><a href="/">{say("即墨信息港")}</a><ul id="navMenu"><li><a href='/'><span>{say("主页")}</span></a></li><li><a href='/news/'><span>{say("即墨新闻")}</span></a></li><li><a href='/jmxz/'><span>{say("即墨乡镇")}</span></a></li></ul></div>
<div class="w960 center clear mt1">
{side + main if view.side_first else main + side}</div>
<div class="footer">{COPYRIGHT}<br />Powered by DedeCMS</div>{view.foot}
</body></html>
"""


def bureau(view: ArticleView) -> str:
    """2012-2020, the house style of government pages: the facts of the page as a list ahead of the headline."""
    say = view.say
    trail = "&nbsp;/&nbsp;".join(
        each.html() if each.href else f"<span>{each.text}</span>" for each in view.crumbs
    )
    facts = [(say("发布日期"), view.time)]
    if view.source is not None:
        facts.append((say("信息来源"), view.source))
    if view.author:
        facts.append((say("记者"), view.author))
    if view.editor:
        facts.append((say("责任编辑"), view.editor))
    if view.views:
        facts.append((say("浏览次数"), view.views))
    rows = "\n".join(f"<li><b>{label}：</b>{value}</li>" for label, value in facts)
    return f"""<!DOCTYPE html>
<html><head>
{view.meta_charset}
<meta name="SiteName" content="{say("即墨信息港")}"><meta name="Keywords" content="{view.keywords}">
<title>{view.head_title}</title>
<link rel="stylesheet" href="/css/gov.css">
</head>
<body>{view.first}
<div class="wrap">
<div class="top"><span id="today"></span><a href="/">{say("返回首页")}</a></div>
<div class="nav"><a href="/">{say("首页")}</a><a href="/jmxz/">{say("即墨乡镇")}</a><a href="/news/">{say("即墨要闻")}</a><a href="/zt/">{say("专题")}</a></div>
<div class="sub">{say("您的当前位置")}：{trail}</div>
<div class="main">
<ul class="attr">
{rows}
</ul>
<div class="bt">{view.title}</div>
<div class="view TRS_Editor" id="UCAP-CONTENT">
{view.body}
</div>
{view.pager('<div id="page">', "</div>", '<span class="cur">{}</span>')}
<div class="tools"><a href="javascript:;" onclick="window.print()">{say("打印本页")}</a> <a href="javascript:window.close()">{say("关闭窗口")}</a> <span class="bdshare">{say("分享到")}：<a class="weixin" title="{say("微信")}"></a></span></div>
</div>
<div class="xg"><h4>{say("相关链接")}</h4><ul>{view.items(view.related)}</ul></div>
</div>
<div class="foot"><p>{say("主办")}：{say("即墨信息港")}　{say("技术支持")}：{say("即墨信息港")}</p><p>{COPYRIGHT}</p></div>{view.foot}
</body></html>
"""


def html5(view: ArticleView) -> str:
    """2018-, HTML5: article, header, aside; side lists before or after."""
    say = view.say
    trail = "\n".join(f"<li>{each.html() if each.href else each.text}</li>" for each in view.crumbs)
    facts = [f"<time>{view.time}</time>"]
    for label, value in ((say("来源"), view.source), (say("作者"), view.author), (say("编辑"), view.editor)):
        if value:
            facts.append(f"<span>{label}：<em>{value}</em></span>")
    if view.views:
        facts.append(f"<span>{say('阅读')}：{view.views}</span>")
    aside = f"""<aside>
<section><h3>{say("文章随机推荐")}</h3><ul>{view.items(view.picked[:20])}</ul></section>
</aside>
"""
    main = f"""<main><article>
<header>
<h1>{view.title}</h1>
<p class="meta">{" ".join(facts)}</p>
</header>
<div class="rich-text">
{view.body}
</div>
{view.pager('<nav class="pages">', "</nav>", '<span aria-current="page">{}</span>')}
<footer><nav><p>{say("上一篇")}：{view.before.html() if view.before else say("没有了")}</p><p>{say("下一篇")}：{view.after.html() if view.after else say("没有了")}</p></nav></footer>
</article>
<section class="related"><h3>{say("相关文章")}</h3><ul>{view.items(view.related)}</ul></section></main>
"""
    charset = f'<meta charset="{view.charset}">' if view.charset else ""
    return f"""<!doctype html>
<html lang="zh-CN">
<head>
{charset}
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>{view.head_title}</title>
<meta name="description" content="{view.description}">
</head>
<body>{view.first}
<header class="site"><a href="/"><img src="/images/logo.svg" alt="{say("即墨信息港")}"></a>
<nav><a href="/news/">{say("新闻")}</a> <a href="/jmxz/">{say("即墨乡镇")}</a> <a href="/zt/">{say("专题")}</a></nav>
<form action="/search"><input name="q" placeholder="{say("请输入关键词")}"><button>{say("搜索")}</button></form></header>
<nav aria-label="breadcrumb"><ol class="breadcrumb"><li>{say("您所在的位置")}：</li>{trail}</ol></nav>
<div class="grid">
{aside + main if view.side_first else main + aside}</div>
<footer class="site"><p>{COPYRIGHT}</p></footer>
{view.foot}</body>
</html>
"""


def soup(view: ArticleView) -> str:
    """2021-, built by a site service: divs with hashed names all the way, a time without a label, no ``<h1>``."""
    say = view.say
    trail = "".join(
        f'<div class="c-1x9">{each.html() if each.href else each.text}</div><div class="c-1x0">/</div>'
        for each in view.crumbs
    )
    facts = [f'<div class="t-77a">{view.time}</div>']
    for label, value in ((say("来源"), view.source), (say("记者"), view.author), (say("责编"), view.editor)):
        if value:
            facts.append(f'<div class="t-77a">{label}: {value}</div>')
    if view.views:
        facts.append(f'<div class="t-77b"><i></i>{view.views}{say("次浏览")}</div>')
    box = f"""<div class="s-3k1"><div class="s-3k2">{say("相关推荐")}</div>{view.items(view.related + view.picked[:8], '<div class="s-3k3">{}</div>')}</div>"""
    main = f"""<div class="a-0f2"><div class="a-0f3">{view.title}</div><div class="a-0f4">{"".join(facts)}</div>
<div class="a-0f5">{view.body}</div>{view.pager('<div class="p-9">', "</div>", '<div class="p-9c">{}</div>')}
<div class="a-0f6"><div>{say("分享到")}</div><div class="ico"></div></div></div>"""
    return f"""<!DOCTYPE html><html><head>{view.meta_charset}<meta name="renderer" content="webkit"><title>{view.head_title}</title>
<meta name="keywords" content="{view.keywords}"><script>window.__INITIAL_STATE__={{"page":"detail"}};</script></head>
<body><div id="app">{view.first}<div class="h-a1"><div class="h-a2"><a href="/">{say("即墨信息港")}</a></div><div class="h-a3"><a href="/news/">{say("新闻")}</a></div><div class="h-a3"><a href="/jmxz/">{say("即墨乡镇")}</a></div></div>
<div class="c-1x8">{trail}</div><div class="w-5">{box + main if view.side_first else main + box}</div>
<div class="f-2"><div>{COPYRIGHT}</div></div>{view.foot}</div></body></html>
"""
