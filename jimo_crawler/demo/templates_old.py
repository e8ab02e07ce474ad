"""Article pages of the portal's first ten years: tables, fonts, ASP."""

from __future__ import annotations

from jimo_crawler.demo.view import ArticleView

COPYRIGHT = "Copyright &copy; 2003-2009 Shuziren.Com All rights reserved."


def handmade(view: ArticleView) -> str:
    """2003-2006, written by hand: upper-case tags, nothing closed, the meta line below the text."""
    say = view.say
    trail = " → ".join(each.html() if each.href else each.text for each in view.crumbs)
    source = f"【{say('来源')}：{view.source or ''}】" if view.source or view.turn % 2 else ""
    author = f" 【{say('作者')}：{view.author}】" if view.author else ""
    editor = f" 【{say('编辑')}：{view.editor}】" if view.editor else ""
    views = f" 【{say('阅读')}：{view.views}{say('次')}】" if view.views else ""
    return f"""<HTML>
<HEAD>{view.meta_charset}
<TITLE>{view.head_title}</TITLE>
<META NAME="keywords" CONTENT="{view.keywords}">
</HEAD>
<BODY BGCOLOR=#FFFFFF TOPMARGIN=0>
{view.first}<TABLE WIDTH=760 ALIGN=CENTER BORDER=0><TR><TD><IMG SRC="/images/logo.gif" ALT="{say("即墨信息港")}">
<TD><A HREF="/">{say("首页")}</A> | <A HREF="/jmxz/">{say("即墨乡镇")}</A> | <A HREF="/news/">{say("即墨新闻")}</A> | <A HREF="javascript:void(window.external.AddFavorite('http://www.jimo.invalid','jimo'))">{say("加入收藏")}</A>
</TABLE>
<TABLE WIDTH=760 ALIGN=CENTER BORDER=0 CELLPADDING=6><TR><TD><FONT SIZE=2>{say("当前位置")}：{trail}</FONT>
<TR><TD ALIGN=CENTER><H3><FONT COLOR=#990000>{view.title}</FONT></H3>
<HR SIZE=1 NOSHADE>
<TR><TD>
{view.body}
{view.pager("<P ALIGN=CENTER>", "", "[{}]")}
<TR><TD ALIGN=RIGHT><FONT SIZE=2 COLOR=GRAY>【{say("发布日期")}：{view.time}】 {source}{author}{editor}{views}
【<A HREF="javascript:window.print()">{say("打印")}</A>】【<A HREF="javascript:window.close()">{say("关闭窗口")}</A>】</FONT>
<TR><TD><FONT SIZE=2><B>{say("相关文章")}</B><BR>
{view.items(view.related, "· {}<BR>")}</FONT>
</TABLE>
<HR WIDTH=760 SIZE=1>
<CENTER><FONT SIZE=2>{say("版权所有")} {say("即墨信息港")}<BR>{COPYRIGHT}</FONT></CENTER>
{view.foot}</BODY>
</HTML>
"""


def powereasy(view: ArticleView) -> str:
    """2004-2009, a shop-bought ASP system: tables in tables, author and hits above the text, editor below it."""
    say = view.say
    trail = "&nbsp;&gt;&gt;&nbsp;".join(
        each.html('class="LinkPath"') if each.href else each.text for each in view.crumbs
    )
    side = f"""<td width="180" valign="top" bgcolor="#F7F7F7"><table width="100%" border="0"><tr><td class="title_left"><b>{say("热门文章")}</b></td></tr>
<tr><td class="tdbg_left">{view.items(view.picked[:12], "<img src='/images/dot.gif'>{}<br>")}</td></tr></table></td>"""
    views = (
        f"{view.views}"
        if view.views
        else "<script language='javascript' src='/GetHits.asp?ArticleID=1'></script>"
    )
    main = f"""<td valign="top"><table width="100%" border="0" cellspacing="0" cellpadding="0">
<tr><td height="50" align="center" class="main_ArticleTitle"><font size="4"><b>{view.title}</b></font></td></tr>
<tr><td align="center" class="Article_tdbgall">{say("作者")}：{view.author or say("佚名")}&nbsp;&nbsp;&nbsp;&nbsp;{say("文章来源")}：{view.source or ""}&nbsp;&nbsp;&nbsp;&nbsp;{say("点击数")}：{views}&nbsp;&nbsp;&nbsp;&nbsp;{say("更新时间")}：{view.time}</td></tr>
<tr><td class="main_tdbg_575"><table width="100%" border="0" cellpadding="5"><tr><td height="200" valign="top" id="fontzoom">
{view.body}
{view.pager('<p align="center">', "</p>", '<font color="red">[{}]</font>')}</td></tr></table></td></tr>
<tr><td align="right">{say("文章录入")}：admin&nbsp;&nbsp;&nbsp;&nbsp;{say("责任编辑")}：{view.editor or ""}&nbsp;</td></tr>
<tr><td><li>{say("上一篇文章")}：{view.before.html() if view.before else say("没有了")}</li><br><li>{say("下一篇文章")}：{view.after.html() if view.after else say("没有了")}</li></td></tr>
<tr><td>【<a href="javascript:window.print()">{say("打印此文")}</a>】【<a href="#comment">{say("发表评论")}</a>】【<a href="/SendMail.asp">{say("告诉好友")}</a>】</td></tr>
<tr><td class="main_title_575"><b>{say("相关文章")}</b></td></tr><tr><td>{view.items(view.related, "·{}<br>")}</td></tr>
</table></td>"""
    columns = side + main if view.side_first else main + side
    return f"""<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
<html><head>{view.meta_charset}
<title>{view.head_title}</title><meta name="Keywords" content="{view.keywords}"><meta name="Description" content="{view.description}">
<link href="/Skin/DefaultSkin.css" rel="stylesheet" type="text/css"></head>
<body leftmargin="0" topmargin="0" onmousemove="HideMenu()">{view.first}
<table width="760" align="center"><tr><td><a href="/">{say("网站首页")}</a> | <a href="/news/">{say("新闻中心")}</a> | <a href="/jmxz/">{say("即墨乡镇")}</a> | <a href="/fc/">{say("房产")}</a> | <a href="/bbs/">{say("论坛")}</a></td></tr></table>
<table width="760" align="center"><tr><td>&nbsp;{say("您现在的位置")}：&nbsp;{trail}</td></tr></table>
<table width="760" align="center" border="0" cellspacing="0" cellpadding="0"><tr>{columns}</tr></table>
<table width="760" align="center"><tr><td align="center">| <a href="#">{say("设为首页")}</a> | <a href="/about.htm">{say("关于本站")}</a> | <a href="/link.asp">{say("友情链接")}</a> |<br>{COPYRIGHT}</td></tr></table>
{view.foot}</body></html>
"""


def asp(view: ArticleView) -> str:
    """2006-2011, a table and a font for everything, the time in square brackets under the headline."""
    say = view.say
    trail = "&gt;".join(each.html() if each.href else each.text for each in view.crumbs)
    source = f"[{say('来源')}:{view.source}]" if view.source else ""
    author = f"&nbsp;[{say('作者')}:{view.author}]" if view.author else ""
    editor = f"&nbsp;[{say('编辑')}:{view.editor}]" if view.editor else ""
    views = f"&nbsp;[{say('浏览')}:<font color=red>{view.views}</font>{say('次')}]" if view.views else ""
    listed = view.items(view.picked[:15], "<tr><td height=20>·{}</td></tr>")
    return f"""<html>
<head>
{view.meta_charset}
<title>{view.head_title}</title>
<style>td{{font-size:9pt;line-height:150%}} a{{color:#003366}}</style>
<script>function doZoom(size){{document.getElementById('zoom').style.fontSize=size+'px'}}</script>
</head>
<body>{view.first}
<div align=center>
<table width=778 border=0 cellspacing=0><tr><td colspan=2 background=/img/top.jpg height=90></td></tr>
<tr><td colspan=2 bgcolor=#E4E4E4>&nbsp;{say("您的位置")}:{trail}</td></tr>
<tr><td valign=top width=560>
<center><br><font style="font-size:16pt;font-family:{say("黑体")}">{view.title}</font><br><br>
<font color=#666666>[{say("发布时间")}:{view.time}]&nbsp;{source}{author}{editor}{views}&nbsp;{say("字体")}:<a href="javascript:doZoom(16)">{say("大")}</a> <a href="javascript:doZoom(14)">{say("中")}</a> <a href="javascript:doZoom(12)">{say("小")}</a></font></center><hr size=1>
<div id=zoom style="font-size:14px">{view.body}</div>{view.pager("<div align=center>", "</div>", "{}")}
<br><font color=#999999>{say("上一条")}: {view.before.html() if view.before else say("无")}<br>{say("下一条")}: {view.after.html() if view.after else say("无")}</font>
</td><td valign=top width=200><table width=100%><tr><td bgcolor=#6699CC><font color=#FFFFFF>{say("最新信息")}</font></td></tr>{listed}</table></td></tr></table>
<table width=778><tr><td align=center><a href="/">{say("本站首页")}</a> - <a href=mailto:web@jimo.invalid>{say("联系我们")}</a> - {say("鲁ICP备05000000号")}<br>{COPYRIGHT}</td></tr></table></div>{view.foot}
</body>
</html>
"""
