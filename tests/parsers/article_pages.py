"""Article pages written for the tests: one function a template, each of another make and era.

Every one gets the same :class:`Text` and has to come back with exactly its fields, whatever stands around.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

SAMPLE = Path(__file__).parent / "sample.txt"


@dataclass(frozen=True)
class Text:
    """What an author wrote, and what must be read again."""

    title: str
    paragraphs: tuple[str, ...]
    date: str = "2011-5-6 9:05:00"
    iso: str | None = "2011-05-06T09:05:00+08:00"
    source: str | None = "即墨信息港"
    editor: str | None = "佚名"
    author: str | None = None
    views: int | None = None
    town: str | None = "金口镇"
    in_section: bool | None = True
    related: int | None = None
    parts: tuple[int, ...] = ()


NEWS = Text(
    title="金口镇三项举措推进春季农业生产",
    paragraphs=(
        "本报讯（记者 王刚 通讯员 李明）连日来，金口镇抢抓农时，组织农技人员深入田间地头，指导群众开展小麦返青期管理。",
        "一是抓技术服务",
        "该镇成立了由12名农技人员组成的服务队，分片包村，现场讲解病虫害防治、水肥一体化等实用技术，已举办培训班6期，受益群众800余人。",
        "二是抓物资供应",
        "镇农业服务中心与3家农资企业签订协议，储备化肥1200吨、农药8吨、种子60吨，保证春耕生产需要。同时开展农资打假专项行动，检查门店42家，净化了市场环境。",
        "“往年这个时候还要跑到城里去买化肥，今年直接送到了地头上。”店集村村民刘大爷高兴地说。",
        "下一步，该镇将继续做好农资保障和技术指导，确保夏粮丰收。",
    ),
)
SHORT = Text(
    title="田横镇海洋牧场通过省级验收",
    paragraphs=(
        "昨日，记者从田横镇获悉，该镇海洋牧场示范区顺利通过专家组验收，成为今年我市首个通过验收的项目。",
    ),
    town="田横镇",
)

OTHERS = (
    "蓝村街道召开安全生产工作会议", "段泊岚镇开展人居环境整治行动", "移风店镇蔬菜大棚喜获丰收", "灵山街道举办广场舞比赛",
    "大信街道“四个一”推进项目建设", "北安街道组织志愿者走进敬老院", "龙泉街道莲花田园开门迎客",
)  # fmt: skip

Template = Callable[[Text], str]
TEMPLATES: list[tuple[str, Template, Text]] = []


def template(text: Text = NEWS, **changes: object) -> Callable[[Template], Template]:
    """Register a template with the text it is filled with and what differs in what is expected."""

    def register(function: Template) -> Template:
        TEMPLATES.append((function.__name__, function, replace(text, **changes)))  # type: ignore[arg-type]
        return function

    return register


def items(prefix: str = "/html/", bullet: str = "", tag: str = "li", count: int = 7) -> str:
    return "\n".join(
        f'<{tag}>{bullet}<a href="{prefix}{100 + number}.html" target="_blank">{title}</a></{tag}>'
        for number, title in enumerate(OTHERS[:count])
    )


def nav(tag: str = "td") -> str:
    names = ("首页", "即墨新闻", "即墨乡镇", "房产", "招聘", "二手", "旅游", "美食", "论坛", "黄页")
    return "".join(f'<{tag}><a href="/{number}/">{name}</a></{tag}>' for number, name in enumerate(names))


def ps(text: Text, indent: str = "　　", attrs: str = "") -> str:
    return "\n".join(f"<p{attrs}>{indent}{paragraph}</p>" for paragraph in text.paragraphs)


def brs(text: Text, indent: str = "　　", between: str = "<br><br>") -> str:
    return between.join(indent + paragraph for paragraph in text.paragraphs)


@template()
def nested_tables_and_fonts(text: Text) -> str:
    return f"""<HTML><HEAD><TITLE>{text.title}-即墨信息港</TITLE>
<META http-equiv=Content-Type content="text/html; charset=gb2312"></HEAD>
<BODY bgColor=#ffffff leftMargin=0 topMargin=0><CENTER>
<TABLE width=778 border=0 cellSpacing=0><TR>{nav("TD")}</TR></TABLE>
<TABLE width=778><TR><TD width=180 vAlign=top bgcolor=#eeeeee>
<TABLE width="100%"><TR><TD background=images/t1.gif>热门文章</TD></TR><TR><TD>{items(tag="div", bullet="·")}</TD></TR></TABLE>
</TD><TD width=598 vAlign=top>
<TABLE width="100%"><TR><TD>您现在的位置：<A href=/>即墨信息港</A> &gt;&gt; <A href=/xz/>即墨乡镇</A> &gt;&gt; <A href=/xz/jk/>金口镇</A> &gt;&gt; 正文</TD></TR>
<TR><TD align=middle height=60><FONT color=#ff0000 size=5><B>{text.title}</B></FONT></TD></TR>
<TR><TD align=middle bgColor=#f0f0f0>作者：　 来源：{text.source}　 点击数：<SCRIPT src="/hits.asp?id=5"></SCRIPT> 更新时间：{text.date}　文章录入：admin　责任编辑：{text.editor}</TD></TR>
<TR><TD><FONT size=3>{brs(text)}</FONT></TD></TR>
<TR><TD align=right>【<A href="javascript:window.print()">打印此文</A>】【<A href="javascript:window.close()">关闭窗口</A>】</TD></TR>
<TR><TD>上一篇：<A href="99.html">蓝村街道举行拔河比赛</A><BR>下一篇：没有了</TD></TR>
<TR><TD><B>相关文章</B></TD></TR><TR><TD>{items(tag="div", bullet="·")}</TD></TR></TABLE></TD></TR></TABLE>
<HR width=778>Copyright © 2003-2009 即墨信息港 All rights reserved. 鲁ICP备05000001号</CENTER></BODY></HTML>"""


@template()
def full_width_indents_with_br_only(text: Text) -> str:
    return f"""<html><head><title>{text.title}</title></head><body>
<div id=top><img src=/logo.gif alt=即墨信息港> 今天是2022年4月2日 星期六</div>
<p>当前位置:<a href="/">首页</a>-&gt;<a href="/zj">镇街新闻</a>-&gt;<a href="/zj/jk">金口镇</a>-&gt;{text.title}
<p align=center><b><font size=4>{text.title}</font></b>
<p align=center>发布时间：{text.date} 信息来源：{text.source} 责编：{text.editor}
<p>{brs(text, between="<br>")}
<p>[ <a href=javascript:history.go(-1)>返回</a> ] [ <a href=javascript:window.print()>打印</a> ]
<p>文章随机推荐<br>{"<br>".join(f"<a href=/n/{i}.asp>{t}</a>" for i, t in enumerate(OTHERS))}
<p>版权所有：即墨信息港</body></html>"""


@template()
def word_paste(text: Text) -> str:
    body = "\n".join(
        f'<p class=MsoNormal style="text-indent:32.0pt;mso-char-indent-count:2.0;line-height:28.0pt"><span style="font-size:16.0pt;'
        f'font-family:仿宋_GB2312;mso-hansi-font-family:宋体"><?xml:namespace prefix="o" ns="urn:schemas-microsoft-com:office:office" />'
        f'{p[:12]}<span lang=EN-US>{p[12:15]}</span>{p[15:]}<span lang="EN-US"><o:p></o:p></span></span></p>'
        for p in text.paragraphs
    )
    return f"""<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><title>{text.title}_金口镇_即墨信息港</title>
<style><!-- p.MsoNormal {{mso-style-parent:"";margin:0cm}} @page Section1 {{size:595.3pt 841.9pt}} --></style></head>
<body><div class="wrap"><div class="pos">您所在的位置: <a href="/">即墨信息港</a>&nbsp;&gt;&nbsp;<a href="/xz/">即墨乡镇</a>&nbsp;&gt;&nbsp;<a href="/xz/8/">金口镇</a></div>
<h1>{text.title}</h1><div class="info">发布:{text.date}&nbsp;&nbsp;来源:{text.source}&nbsp;&nbsp;浏览<span id="hits"></span>次&nbsp;&nbsp;编辑:{text.editor}</div>
<div class="Section1">{body}<p class=MsoNormal><span lang=EN-US><o:p>&nbsp;</o:p></span></p></div>
<div class="rel"><h3>相关文章</h3><ul></ul><h3>文章随机推荐</h3><ul>{items(bullet="·")}</ul></div></div>
<div class="foot">Copyright &copy; 2003-2009 Shuziren.Com All rights reserved.</div></body></html>"""


@template(views=1234)
def div_css(text: Text) -> str:
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head><meta charset="utf-8" /><title>{text.title} - 金口镇 - 即墨信息港</title>
<link href="/css/a.css" rel="stylesheet" /></head><body>
<div class="header"><ul class="nav">{nav("li")}</ul></div>
<div class="main"><div class="left"><div class="crumbs"><a href="/">首页</a> &raquo; <a href="/xiangzhen/">即墨乡镇</a> &raquo; <a href="/xiangzhen/jinkou/">金口镇</a> &raquo; 正文</div>
<div class="a_title">{text.title}</div>
<div class="a_info"><span>{text.date}</span><span>来源：<a href="/">{text.source}</a></span><span>编辑：{text.editor}</span><span>点击：1,234次</span></div>
<div class="a_body">{ps(text)}</div>
<div class="bdsharebuttonbox"><a href="#">分享到：</a><a href="#">QQ空间</a><a href="#">新浪微博</a><a href="#">微信</a></div>
<div class="pn"><p>上一篇：<a href="/a/1.html">蓝村街道举行拔河比赛</a></p><p>下一篇：<a href="/a/3.html">龙泉街道莲花田园开门迎客</a></p></div>
</div><div class="right"><h3>热点排行</h3><ol>{items("/a/", tag="li")}</ol></div></div>
<div class="footer"><p>主办单位：即墨信息港 电话：0532-88888888</p><p>鲁ICP备05000001号-1 技术支持：数字人</p></div></body></html>"""


@template(author="张三")
def html5_article(text: Text) -> str:
    return f"""<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{text.title} | 即墨信息港</title></head><body>
<header><nav><a href="/">首页</a><a href="/news">新闻</a><a href="/town">乡镇</a></nav></header>
<nav aria-label="breadcrumb"><ol class="breadcrumb"><li><a href="/">首页</a></li><li><a href="/town">乡镇</a></li><li><a href="/town/jk">金口镇</a></li></ol></nav>
<main><article><header><h1>{text.title}</h1><p><time datetime="2011-05-06T09:05:00+08:00">{text.date}</time> <span>来源：{text.source}</span> <span>作者：张三</span> <span>编辑：{text.editor}</span></p></header>
<section>{ps(text, indent="")}</section><footer><button onclick="print()">打印</button> 标签：<a href="/t/1">农业</a> <a href="/t/2">春耕</a></footer></article>
<aside><h2>推荐阅读</h2><ul>{items("/town/jk/")}</ul></aside></main><footer><small>© 2011 即墨信息港 版权所有</small></footer></body></html>"""


@template()
def definition_list_meta(text: Text) -> str:
    return f"""<html><head><title>即墨信息港 - {text.title}</title></head><body><div id="path"><span>所在位置：</span><a href="/">即墨信息港</a>&gt;<a href="/a">街道乡镇</a>&gt;<a href="/b">金口镇</a></div>
<div id="show"><h2>{text.title}</h2><dl><dt>发布时间</dt><dd>{text.date}</dd><dt>来源</dt><dd>{text.source}</dd><dt>编辑</dt><dd>{text.editor}</dd><dt>浏览</dt><dd></dd></dl>
<div>{ps(text, indent="&nbsp;&nbsp;&nbsp;&nbsp;")}</div></div><div id="more"><h4>更多新闻</h4><ul>{items()}</ul></div></body></html>"""


@template()
def meta_as_list(text: Text) -> str:
    return f"""<html><head><title>{text.title}</title></head><body><table width=100%><tr><td>现在位置：<a href=/>首页</a>/<a href=/x/>乡镇新闻</a>/<a href=/x/1/>金口镇</a></td></tr></table>
<h3 align=center>{text.title}</h3><ul class=inf><li>时间：{text.date}</li><li>来源：{text.source}</li><li>编辑：{text.editor}</li><li>阅读：</li></ul>
<div class=nr>{ps(text)}</div><div class=gg><a href="http://ads.example.com/1"><img src="http://ads.example.com/1.gif" alt="广告"></a></div>
<ul>{items()}</ul></body></html>"""


@template(source="即墨电视台")
def meta_in_table_cells(text: Text) -> str:
    return f"""<html><head><title>{text.title}</title></head><body><table align=center width=760><tr><td colspan=4>当前位置：<a href=/>首页</a> → <a href=/1>即墨镇街</a> → <a href=/2>金口镇</a></td></tr>
<tr><td colspan=4 align=center style="font-size:20px;font-weight:bold">{text.title}</td></tr>
<tr><td>发布日期：</td><td>{text.date}</td><td>信息来源：</td><td>{text.source}</td></tr><tr><td>责任编辑：</td><td>{text.editor}</td><td>点击次数：</td><td></td></tr>
<tr><td colspan=4>{ps(text)}</td></tr></table><p align=center>【<a href="javascript:window.close()">关闭本页</a>】</p></body></html>"""


@template()
def meta_below_the_body(text: Text) -> str:
    return f"""<html><head><title>{text.title}</title></head><body><div>您的位置：<a href=/>即墨信息港</a> | <a href=/a>即墨乡镇</a> | <a href=/b>金口镇</a></div>
<div class=t><strong style="font-size:18pt">{text.title}</strong></div><div class=c>{ps(text)}</div>
<div class=m>来源：{text.source}　编辑：{text.editor}　发布时间：{text.date}</div><div class=r>相关新闻<br>{items(tag="p")}</div><p>Copyright 2010</p></body></html>"""


@template()
def meta_above_the_title(text: Text) -> str:
    return f"""<html><head><title>{text.title}</title></head><body><div class=wz>您现在的位置: <a href=/>首页</a> &gt; <a href=/a>镇街</a> &gt; <a href=/b>金口镇</a></div>
<div class=box><p class=i>来源：{text.source} | 编辑：{text.editor} | {text.date}</p><h1 class=h>{text.title}</h1><div class=c>{ps(text)}</div></div></body></html>"""


@template(source=None, editor=None, iso="2010-05-06")
def date_alone_in_brackets(text: Text) -> str:
    return f"""<html><head><title>{text.title}</title></head><body><table><tr><td>位置：<a href=/>首页</a>&gt;<a href=/a>乡镇</a>&gt;<a href=/b>金口镇</a></td></tr>
<tr><td align=center class=title1>{text.title}</td></tr><tr><td align=center>[2010-5-6]</td></tr><tr><td class=content>{ps(text)}</td></tr></table></body></html>"""


@template(editor=None)
def no_headline_but_in_title(text: Text) -> str:
    return f"""<html><head><title>{text.title}-金口镇-即墨乡镇-即墨信息港</title></head><body><div>当前位置：<a href=/>首页</a> &gt; <a href=/a>即墨乡镇</a> &gt; <a href=/b>金口镇</a></div>
<div>发布时间：{text.date} 来源：{text.source}</div><div>{ps(text)}</div></body></html>"""


@template(SHORT)
def one_short_paragraph(text: Text) -> str:
    return f"""<html><head><title>{text.title}</title></head><body><div class=hd>{nav("span")}</div>
<div class=lt><div>您所在的位置：<a href=/>即墨信息港</a> &gt; <a href=/xz>即墨乡镇</a> &gt; <a href=/th>田横镇</a></div><h1>{text.title}</h1>
<div>发布：{text.date} 来源：{text.source} 编辑：{text.editor}</div><div class=txt><p>{text.paragraphs[0]}</p></div></div>
<div class=rt><div class=tt>公告</div><div>本站所有栏目即日起接受投稿，欢迎广大网友踊跃参与，投稿请发送至邮箱，一经采用即付稿酬，详情请咨询编辑部。</div><div class=tt>热门新闻</div><ul>{items()}</ul></div>
<div class=ft>版权所有 即墨信息港 鲁ICP备05000001号</div></body></html>"""


@template(SHORT)
def one_short_paragraph_in_nested_tables(text: Text) -> str:
    return f"""<html><head><title>{text.title}</title></head><body><table><tr><td valign=top width=200><table><tr><td>推荐文章</td></tr>
{"".join(f"<tr><td>·<a href=/{i}.htm>{t}</a></td></tr>" for i, t in enumerate(OTHERS))}</table></td>
<td valign=top><table><tr><td>您当前的位置：<a href=/>首页</a> &gt; <a href=/xz>即墨乡镇</a> &gt; <a href=/th>田横镇</a></td></tr></table>
<table><tr><td align=center><b>{text.title}</b></td></tr></table><table><tr><td align=center>发布：{text.date} 来源：{text.source} 编辑：{text.editor}</td></tr></table>
<table><tr><td>　　{text.paragraphs[0]}</td></tr></table><table><tr><td>相关文章：</td></tr><tr><td>没有相关文章</td></tr></table></td>
<td valign=top width=160><table><tr><td>站内公告：欢迎广大网友向本站投稿，稿件一经采用，本站将支付稿酬，投稿信箱请见首页底部说明。</td></tr></table></td></tr></table></body></html>"""


@template()
def long_side_column_before_the_text(text: Text) -> str:
    return f"""<html><head><title>{text.title}</title></head><body><div id=l style="float:right;width:250px"><h3>最新文章</h3><ul>{items(count=7)}</ul><h3>广告服务</h3>
<p>本网站长期承接各类网站建设、广告发布业务，价格优惠，服务周到，欢迎各企事业单位来电来函洽谈合作，联系电话见网站底部。</p><h3>热门文章</h3><ul>{items("/hot/")}</ul></div>
<div id=r><p>您所在的位置：<a href=/>即墨信息港</a> &gt; <a href=/xz>即墨乡镇</a> &gt; <a href=/jk>金口镇</a></p><h2>{text.title}</h2><p>发布：{text.date}　来源：{text.source}　编辑：{text.editor}</p>
{ps(text)}<p>（责任编辑：{text.editor}）</p></div><div style="clear:both">关于我们 | 联系我们 | 广告服务 | 免责声明</div></body></html>"""


@template()
def comment_board(text: Text) -> str:
    return f"""<html><head><title>{text.title}</title></head><body><div>您的位置: <a href=/>首页</a> &gt; <a href=/xz>镇街新闻</a> &gt; <a href=/jk>金口镇</a></div><h1>{text.title}</h1>
<div>{text.date} | 来源：{text.source} | 编辑：{text.editor}</div><div id=c>{ps(text)}</div>
<div id=pl><h3>网友评论</h3><div class=it><b>即墨老乡</b> 发表于 2011-5-7 10:20:00<p>说得好，希望多组织这样的活动，让农民朋友真正得到实惠，支持金口镇党委政府的工作！</p></div>
<div class=it><b>游客</b> 发表于 2011-5-8 11:22:33<p>化肥价格比去年高了不少，希望有关部门能够管一管，农资打假要常抓不懈，不能一阵风。</p></div>
<form>用户名：<input name=u> 验证码：<input name=v><br><textarea></textarea><input type=submit value=发表评论></form></div></body></html>"""


@template()
def body_in_several_containers(text: Text) -> str:
    half = len(text.paragraphs) // 2
    first = "".join(f"<p>{p}</p>" for p in text.paragraphs[:half])
    second = "".join(f"<p>{p}</p>" for p in text.paragraphs[half:])
    return f"""<html><head><title>{text.title}</title></head><body><div>您的位置: <a href=/>首页</a> &gt; <a href=/xz>镇街新闻</a> &gt; <a href=/jk>金口镇</a></div>
<div class=art><div class=head><h1>{text.title}</h1><div>{text.date} 来源：{text.source} 编辑：{text.editor}</div></div><div class=con>{first}</div>
<div class=ad><a href=http://ad.example.com/><img src=/ad/1.jpg></a></div><div class=con>{second}</div></div></body></html>"""


@template()
def paragraphs_in_table_cells(text: Text) -> str:
    rows = "".join(f"<tr><td><p>{p}</td></tr>" for p in text.paragraphs)
    return f"""<html><head><title>{text.title}</title></head><body><table><tr><td>您的位置: <a href=/>首页</a> &gt; <a href=/xz>镇街新闻</a> &gt; <a href=/jk>金口镇</a></td></tr></table>
<table><tr><td><h1>{text.title}</h1></td></tr><tr><td>日期：{text.date} 出处：{text.source} 编辑：{text.editor}</td></tr></table><table>{rows}</table>
<table><tr><td>【字体：<a href=#>大</a> <a href=#>中</a> <a href=#>小</a>】【<a href=#>打印</a>】【<a href=#>关闭</a>】</td></tr></table></body></html>"""


@template()
def controls_between_meta_and_text(text: Text) -> str:
    return f"""<html><head><title>{text.title}</title></head><body><div class="position">首页 &gt; 即墨乡镇 &gt; 金口镇</div><div class=main><h1 class="tt">{text.title}</h1>
<div class=sub>发布时间：{text.date}</div><div class=sub>来源：{text.source}</div><div class=sub>编辑：{text.editor}</div>
<div class=font>字号：<a href="javascript:f(16)">大</a><a href="javascript:f(14)">中</a><a href="javascript:f(12)">小</a></div><div class=share>分享到：<a>微信</a> <a>微博</a></div>
<div class=nr>{ps(text)}</div><div class=qr><img src=/qr.png>扫一扫在手机打开当前页</div></div></body></html>"""


@template(author="王刚", source="大众日报")
def separators_without_spaces(text: Text) -> str:
    return f"""<html><head><title>{text.title}</title></head><body><p>首页 &gt;&gt; 乡镇 &gt;&gt; 金口镇</p><center><h2>{text.title}</h2></center>
<center><small>作者：王刚&nbsp;|&nbsp;来源：{text.source}&nbsp;|&nbsp;{text.date}&nbsp;|&nbsp;编辑：{text.editor}&nbsp;|&nbsp;浏览：&nbsp;次</small></center><hr>{ps(text)}<hr></body></html>"""


@template(town=None, in_section=None)
def no_breadcrumb_uppercase_unclosed(text: Text) -> str:
    body = "".join(f"<P>　　{p}" for p in text.paragraphs)
    return f"""<HTML><HEAD><TITLE>{text.title}</TITLE><BODY><CENTER><H1>{text.title}</H1><P>时间:{text.date} 来源:{text.source} 编辑:{text.editor}</CENTER>{body}<P ALIGN=RIGHT><A HREF="javascript:history.back()">返回</A>"""


@template()
def stray_end_tags(text: Text) -> str:
    half = len(text.paragraphs) // 2
    return f"""<html><body><html><head><title>{text.title}</title></head><body><div class=a><div class=b><div>您所在的位置:<a href=/>即墨信息港</a> &gt; <a href=/xz>即墨乡镇</a> &gt; <a href=/jk>金口镇</a></div>
<h1>{text.title}</h1><div class=i>发布:{text.date} 来源:{text.source} 编辑:{text.editor}</div><div class=c>{"".join(f"<p>{p}</p>" for p in text.paragraphs[:half])}</div></div></div></span></font></td></tr></table>
{"".join(f"<p>{p}</p>" for p in text.paragraphs[half:])}<div class=d>上一篇：<a href=1.html>蓝村街道举行拔河比赛</a></div></body></html></html>"""


@template()
def nested_forms_and_frames(text: Text) -> str:
    return f"""<html><head><title>{text.title}</title></head><body><form name=f1 action=/search><input name=k><form><table><tr><td>当前位置：<a href=/>首页</a> &gt; <a href=/xz>乡镇</a> &gt; <a href=/jk>金口镇</a></td></tr>
<iframe src=/top.html>您的浏览器不支持框架</iframe><form><tr><td><div align=center><b>{text.title}</b></div></td></tr><tr><td>发布:{text.date} 来源:{text.source} 编辑:{text.editor}</td></tr>
<tr><td><!-- 正文开始 --><script>var a = "<p>这一段文字是脚本里的内容，绝不应该出现在正文当中。</p>";</script>{ps(text)}<!-- 正文结束 <p>注释里的文字</p> --></td></tr></table></form></form><noscript><img src=/c.gif></noscript></body></html>"""


@template()
def related_box_within_the_text(text: Text) -> str:
    half = 3
    first = "".join(f"<p>{p}</p>" for p in text.paragraphs[:half])
    second = "".join(f"<p>{p}</p>" for p in text.paragraphs[half:])
    return f"""<html><head><title>{text.title}</title></head><body><div>当前位置：<a href=/>首页</a> &gt; <a href=/xz>乡镇</a> &gt; <a href=/jk>金口镇</a></div><h1>{text.title}</h1>
<div>发布:{text.date} 来源:{text.source} 编辑:{text.editor}</div><div class=content>{first}<div style="float:right;width:200px"><b>相关新闻</b><ul>{items(count=4)}</ul></div>{second}</div>
<div>版权与免责声明：凡本网注明“来源：即墨信息港”的所有作品，版权均属于即墨信息港，未经本网授权不得转载、摘编。</div></body></html>"""


@template(source="即墨区融媒体中心", editor="李四", views=88)
def traditional_labels_with_pinyin(text: Text) -> str:
    return f"""<html><head><title>{text.title}</title></head><body><div>您所在的位置：<a href=/>即墨信息港</a> &gt; <a href=/xz>即墨鄉(xiāng)鎮(zhèn)</a> &gt; <a href=/jk>金口鎮(zhèn)</a></div><h1>{text.title}</h1>
<div>發(fā)布時(shí)間：{text.date}　來(lái)源：{text.source}　責(zé)任編(biān)輯(jí)：{text.editor}　瀏(liú)覽(lǎn)次數(shù)：88</div><div>{ps(text)}</div></body></html>"""


@template(related=8)
def sidebar_after_without_heads(text: Text) -> str:
    return f"""<html><head><title>{text.title}</title></head><body><div class=c1><a href=/>首页</a> &gt; <a href=/xz>即墨乡镇</a> &gt; <a href=/jk>金口镇</a> &gt; 浏览文章</div>
<table width=960><tr><td width=700><div class=bt>{text.title}</div><div class=xx>{text.date}　来源：{text.source}　编辑：{text.editor}</div><div>{ps(text)}</div>
<div>上一条：<a href=/1.htm title="蓝村街道举行拔河比赛决赛">蓝村街道举行拔河...</a></div><div>相关阅读：</div><ul>{items()}</ul></td>
<td><img src=/hot.gif><ul>{items("/hot/")}</ul><p>本站提醒：请广大网友文明上网，理性发言，自觉抵制网络谣言。举报电话：0532-12345678。</p></td></tr></table></body></html>"""


@template()
def heading_repeated_and_subtitle(text: Text) -> str:
    return f"""<html><head><title>{text.title}--即墨信息港</title></head><body><div>现在的位置：<a href=/>首页</a> &gt; <a href=/xz>即墨乡镇</a> &gt; <a href=/jk>金口镇</a> &gt; {text.title}</div>
<div class=bigtit>{text.title}</div><div class=meta>{text.date} 编辑：{text.editor} 来源：{text.source} 【大 中 小】 打印</div><div class=text>{ps(text)}</div><div class=tags>关键词：<a href=/s?k=1>农业</a> <a href=/s?k=2>金口</a></div>
<div class=likes>您可能感兴趣的：</div><ul>{items()}</ul></body></html>"""


@template()
def minute_date_full_width_colon_list(text: Text) -> str:
    return f"""<html><head><title>{text.title}</title></head><body><div class=bread>您现在的位置：<a href=/>网站首页</a> &gt; <a href=/xz>乡镇动态</a> &gt; <a href=/jk>金口镇</a></div><div id=Article><h1>{text.title}<br/><span>http://www.jimo.example　{text.date}　来源：{text.source}</span></h1>
<div class=content>{ps(text)}<p align=right>编辑：{text.editor}</p></div></div></body></html>"""


@template(town="普东镇")
def unknown_town(text: Text) -> str:
    return f"""<html><head><title>{text.title}</title></head><body><p>您所在的位置:<a href=/>即墨信息港</a> &gt; <a href=/xz/>即墨乡镇</a> &gt; <a href=/xz/pd/>普东镇</a></p><p align=center><big><b>{text.title}</b></big></p><p>发布:{text.date} 来源:{text.source} 编辑:{text.editor}</p>{ps(text)}</body></html>"""


@template(town=None, in_section=False)
def out_of_section(text: Text) -> str:
    return f"""<html><head><title>{text.title}</title></head><body><p>您所在的位置:<a href=/>即墨信息港</a> &gt; <a href=/fc/>房产频道</a> &gt; <a href=/fc/l/>楼市动态</a></p><p align=center><big><b>{text.title}</b></big></p><p>发布:{text.date} 来源:{text.source} 编辑:{text.editor}</p>{ps(text)}</body></html>"""


@template(parts=(2, 3))
def body_on_three_pages(text: Text) -> str:
    return f"""<html><head><title>{text.title}</title></head><body><p>您所在的位置:<a href=/>即墨信息港</a> &gt; <a href=/xz/>即墨乡镇</a> &gt; <a href=/xz/jk/>金口镇</a></p><h1>{text.title}</h1><p>发布:{text.date} 来源:{text.source} 编辑:{text.editor}</p>
<div class=c>{ps(text)}<div class=pages>上一页 <b>1</b> <a href="5_2.html">[2]</a> <a href="5_3.html">[3]</a> <a href="5_2.html">下一页</a></div></div><p>上一篇：<a href=4.html>蓝村街道举行拔河比赛</a></p></body></html>"""


@template(iso=None, date="2011-2-30 9:05")
def impossible_date(text: Text) -> str:
    return f"""<html><head><title>{text.title}</title></head><body><p>您所在的位置:<a href=/>即墨信息港</a> &gt; <a href=/xz/>即墨乡镇</a> &gt; <a href=/xz/jk/>金口镇</a></p><h1>{text.title}</h1><p>发布:{text.date} 来源:{text.source} 编辑:{text.editor}</p>{ps(text)}</body></html>"""


@template(iso=None, source=None, editor=None)
def all_labels_empty(text: Text) -> str:
    return f"""<html><head><title>{text.title}</title></head><body><p>您所在的位置:<a href=/>即墨信息港</a> &gt; <a href=/xz/>即墨乡镇</a> &gt; <a href=/xz/jk/>金口镇</a></p><h1>{text.title}</h1><p>发布： 来源： 编辑： 浏览：</p>{ps(text)}</body></html>"""
