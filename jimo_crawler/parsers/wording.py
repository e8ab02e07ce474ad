"""The words by which readers find their way on a Chinese news page: labels, controls, heads of lists, footers.

Everything is compared in a folded form: Simplified, half-width, one character for one, so that places in the folded text
are places in the printed one. The sets are of what portals of many makes print, not of one template.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from jimo_crawler.text.script import Exchange, single_characters

_WIDTHS = {
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(map(ord, "\xa0\u3000\u2002\u2003\u2009\t"), " "),
    **dict.fromkeys(map(ord, "︰﹕∶"), ":"),
    **dict.fromkeys(map(ord, "【〔［｛「『〖"), "["),
    **dict.fromkeys(map(ord, "】〕］｝」』〗"), "]"),
    **dict.fromkeys(map(ord, "│┃┊┆︱∣¦｜"), "|"),
    **dict.fromkeys(map(ord, "›＞〉≻→⇒▶►❯"), ">"),
    **dict.fromkeys(map(ord, "‹＜〈←⇐◀◄❮"), "<"),
    **dict.fromkeys(map(ord, "»》≫"), "»"),
    **dict.fromkeys(map(ord, "«《≪"), "«"),
    **dict.fromkeys(map(ord, "•・‧･●○◆◇■□★☆▪▫◎※*"), "·"),
}
_fold = Exchange({**single_characters(), ord("佈"): "布", **_WIDTHS})
_remembered = lru_cache(maxsize=8192)(_fold)
LONGEST_REMEMBERED = 200
"""Characters; a line is folded for one question after another, and short ones are the same on every page."""
EDGE = r"[\s\[\](){}<>»·.…:|!,-]*"
"""Pattern of what may stand around the words of a control, folded."""
_BULLETS = " ·-—>|•・‧●○◆◇■□★☆▪▫◎※\u3000"


def folded(text: str) -> str:
    """*text* for comparing with the words here, as long as *text* is.

    >>> folded("來源：即墨信息港　【編輯】")
    '来源:即墨信息港 [编辑]'
    """
    return _remembered(text) if len(text) <= LONGEST_REMEMBERED else _fold(text)


def in_both_scripts(characters: Iterable[str]) -> str:
    """*characters* with the Traditional ones that fold to them, for a class of a pattern over unfolded text.

    >>> in_both_scripts("来")
    '來来'
    """
    wanted = set(characters)
    return "".join(sorted(wanted | {chr(code) for code, one in single_characters().items() if one in wanted}))


LABEL_WORDS = {
    "updated": "更新时间 更新日期 更新于 最后更新 修改时间 更新",
    "date": """发布时间 发布日期 发布于 发布 发表时间 发表日期 发表于 发表 添加时间 添加日期 录入时间 发稿时间 发稿日期 上传时间
        上传日期 信息时间 成文日期 生成日期 刊发时间 刊发日期 公布日期 公布时间 加入时间 入库时间 公开日期 发文日期 发文时间
        创建时间 撰稿时间 撰写时间 提交时间 投稿时间 日期时间 时间 日期 发布时刻 新闻时间 文章时间 Date Time Posted Published""",
    "source": """文章来源 新闻来源 信息来源 消息来源 稿件来源 资料来源 内容来源 图文来源 供稿单位 供稿部门 供稿机构 来稿单位 投稿单位 报送单位 撰稿单位 单位 来源 来自 来源于 稿源 信源 文章出处 信息出处
        出处 转自 转载自 摘自 选自 来源网站 来源单位 来源媒体 Source From""",
    "editor": """责任编辑 责任编缉 责编 编辑 本文编辑 本期编辑 文字编辑 网络编辑 网页编辑 值班编辑 新闻编辑 文章编辑 网站编辑 实习编辑
        首席编辑 编缉 小编 Editor""",
    "author": """文章作者 本文作者 新闻作者 原作者 作者 本报记者 本网记者 本站记者 特约记者 实习记者 记者 通讯员 本报通讯员 撰稿人
        撰稿 撰文 采写 采访 文字 文章撰写 供稿人 供稿 来稿 笔者 文/图 图/文 文图 图文 文 Author By""",
    "views": """浏览次数 浏览量 浏览数 浏览人次 浏览次 浏览 点击次数 点击数 点击量 点击率 点击 阅览次数 阅览量 阅览数 阅览人次 阅览 浏览人数 阅读人数 点击人次 阅读次数 阅读量 阅读数 阅读人次 阅读
        访问次数 访问量 访问数 查看次数 查看数 查看 人气指数 人气 热度 次数 关注度 围观 Views Hits Clicks Read""",
    "other": """文章录入 信息录入 录入员 录入者 录入 发布人员 发布人 发布者 发布单位 发布机构 发布部门 信息提供 提供单位 责任校对 校对 审核人
        审核 审稿 终审 二审 初审 复审 监制 主编 签发 上传者 上传 投稿人 投稿 摄影 摄像 摄 图片 名称 字号大小 字体大小 字号 字体 文字大小 正文字号
        关键词 关键字 标签 分类 类别 类型 所属分类 所属栏目 所属类别 栏目 评论数 评论 回复 跟帖 索引号 文号 发文字号 主题分类 主题词 有效性 状态
        信息分类 体裁 公开方式 公开范围 文件编号 星级 等级 难度 标题 副标题 编号 支持 顶 分享到 分享 收藏 地区 区域 作者单位 翻译 译者 统稿 信息员 文章类型 字数 图""",
}
"""What labels of the meta line mean. ``other`` are those that only end another's value."""

_LABEL_KINDS = {word.lower(): kind for kind, words in reversed(LABEL_WORDS.items()) for word in words.split()}


def _label_words() -> str:
    """Alternatives for all labels, the longest first, the short ones also printed with gaps: 来 源.

    Put together by their first character, which the search then looks for at full speed.
    """
    by_start: dict[str, list[str]] = {}
    words = [word for words in LABEL_WORDS.values() for word in words.split()]
    for word in sorted(words, key=len, reverse=True):
        gap = r"\s?" if len(word) < 4 else ""
        rest = "".join(
            gap
            + (f"[{each.lower()}{each.upper()}]" if each.isascii() and each.isalpha() else re.escape(each))
            for each in word[1:]
        )
        for start in dict.fromkeys((word[0].upper(), word[0].lower())):
            by_start.setdefault(start, []).append(rest)
    return "|".join(f"{start}(?:{'|'.join(rests)})" for start, rests in by_start.items())


LABEL = re.compile(rf"(?P<word>{_label_words()})(?P<colon>\s?[:;]|\s?//?(?=\s?\w))?")


def label_kind(match: re.Match[str]) -> str:
    """Which of the :data:`LABEL_WORDS` a match of :data:`LABEL` is."""
    word = match["word"]
    return _LABEL_KINDS.get(word) or _LABEL_KINDS["".join(word.split()).lower()]


_CONTROL_WORDS = """打印本页 打印此页 打印本文 打印此文 打印文章 打印页面 打印 关闭窗口 关闭本页 关闭此页 关闭页面 关闭 加入收藏 收藏本页 收藏此页 收藏本文
    收藏此文 添加收藏 收藏 设为首页 推荐给朋友 推荐给好友 推荐本文 推荐 告诉好友 告诉朋友 发送给好友 发给好友 邮件发送 发邮件 转发 一键分享 分享到 分享至
    分享本文 分享按钮 分享 微信好友 微信扫一扫 微信 新浪微博 腾讯微博 搜狐微博 网易微博 微博 QQ空间 QQ好友 QQ 朋友圈 人人网 开心网 豆瓣网 豆瓣 百度贴吧 贴吧
    复制链接 复制网址 复制地址 复制 返回顶部 返回首页 返回列表 返回上页 返回上一页 返回目录 返回栏目 返回频道 返回 回到顶部 回顶部 回首页 顶部 页首 TOP
    我要评论 我来评论 我要纠错 我要投稿 我要说两句 发表评论 查看评论 参与评论 网友评论 评论 举报 纠错 报错 挑错 字号大小 字号 字体大小 字体 文字大小 正文字号 超大 特大
    最大 较大 标准 默认 大 中 小 放大 缩小 恢复 增大 减小 双击滚屏 双击自动滚屏 自动滚屏 滚屏 视力保护色 保护视力色 保护视力 背景颜色 背景色 页面颜色 繁体
    繁體中文 简体 繁体中文 简体中文 切换到繁体 切换到简体 点赞 赞一下 赞 踩一下 踩 顶一下 顶 有用 没用 手机看新闻 手机浏览 手机阅读 手机版 扫一扫 扫码 二维码 用手机看
    扫描二维码 扫一扫在手机打开当前页 扫一扫在手机上阅读 扫一扫手机阅读 在手机上查看 在手机打开 当前页 投稿 纠错 朗读 语音播报 无障碍 无障碍浏览 全文 阅读全文 展开全文 展开 收起
    抢沙发 坐沙发 暂无评论 留言 保存 下载 保存本页 加入书签 更多 更多>> 订阅 RSS A+ A- T+ T- 按钮"""
_CONTROLS = re.compile(
    "|".join(re.escape(word) for word in sorted(set(_CONTROL_WORDS.split()), key=len, reverse=True)), re.I
)
_CONTROL_EDGES = " []()|·:>»«<,;/\\-—_.#=~0123456789"
_RULE = re.compile(r"[-=_*—─·~.\s]{3,}(?:华丽的)?(?:分[隔割]线|正文|完|end)[-=_*—─·~.\s]{3,}", re.I)
_NO_WORD = re.compile(r"[^\w]*|[\W\d_]*次?")

_LIST_MODIFIERS = (
    "相关|关联|延伸|扩展|更多|推荐|热门|热点|热文|热评|最新|最近|最热|随机|本类|本栏|本站|本站|同类|今日|今天|本日|本周|本月|一周|一月|周|月|日|年度|24小时|48小时|7天|"
    "精彩|精选|频道|阅读|点击|浏览|人气|文章|新闻|资讯|信息|站内|栏目|同栏目|其他|其它|近期|往期|图文|图片|视频|编辑|重点|重要|头条|猜你|您可能|你可能|也许|大家都在|网友|特别|论坛|"
    "热播|热图|热搜|实时|即时|滚动|专题|关注|热词|即墨|本地|国内|国际|社会|地方|民生|经济|要闻|综合|娱乐|房产|乡镇|镇街|街道"
)
_LIST_NOUNS = (
    "文章|新闻|阅读|资讯|链接|内容|信息|报道|推荐|排行|排行榜|排名|榜|热点|热门|导读|图文|图片|要闻|更新|专题|话题|列表|动态|稿件|主题|标题|关注|喜欢|感兴趣的|感兴趣|爱看|"
    "还喜欢|会喜欢|喜欢看|看点|在看|焦点|速递|播报|搜索|目录|快讯|头条|回顾|视频|点击榜|聚焦|一览|浏览|随机|公告|通知|热图|热文|精选|看|的"
)
LIST_HEAD = re.compile(
    rf"(?:(?:{_LIST_MODIFIERS}){{1,3}}(?:{_LIST_NOUNS}){{1,3}}|猜你喜欢|猜您喜欢|相关(?:文章|新闻|链接)?|延伸阅读|TOP\s?\d*|热榜|排行榜?|(?:本文)?相关\S{{2,4}}|"
    r"你可能感兴趣的\S{0,4}|您可能感兴趣的\S{0,4}|看了本文的\S{2,8}|\S{0,4}还看了|\S{2,6}排行榜?|更多\S{0,8}|网站公告|公告栏|友情链接|站内搜索|通知公告|公告)"
)
"""Heads of lists of other articles. A head is short and a list of links follows: callers check that."""
_SURE_HEAD = re.compile(
    r"(?:本文|与本文|与此文)?相关(?:文章|新闻|阅读|资讯|信息|内容|报道|推荐|稿件|主题)|(?:文章|新闻)?(?:随机|推荐|热门|最新|相关)(?:文章|新闻|阅读|推荐|排行|资讯)(?:推荐|列表|排行)?|"
    r"猜[你您]喜欢|延伸阅读|[您你]可能\S{0,6}|(?:没有|暂无|无|尚无)(?:任何)?(?:相关)?(?:文章|新闻|信息|内容|评论|记录|资讯)|点击排行榜?|阅读排行榜?|热门排行榜?|友情链接"
)
RELATED_HEAD = re.compile(
    r"相关|随机|延伸|推荐|猜你|猜您|感兴趣|还看了|热门|热点|最新|排行|更多|其他|其它|同类|本类|本栏|往期|关联|喜欢|热文|精彩|近期|阅读"
)

TAGS = re.compile(
    r"[\[(·\s]*(?:(?:本文|相关|文章|热门|所属|更多)?(?:标签|关键[词字]|热词|热搜词?|搜索)(?:搜索|标签|词)?|tags?\s?(?:标签)?)\s?[:\]]",
    re.I,
)
"""What begins a line of keywords, each a link to a search."""
PREVIOUS_NEXT = re.compile(
    r"[\s\[<«(·|]*(?:上|下|前|后)\s?一?\s?[篇条则](?:文章|新闻|信息|资讯|内容|主题)?\s?[\]>»)]*\s?(?::|$|\S)"
)
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_COPYRIGHT = re.compile(
    r"copyright|©|\(c\)\s?(?:19|20)\d\d|版权所有|all\s+rights?\s+reserved|powered\s+by|icp[备证许]|"
    + "|".join(f"{province}icp" for province in _PROVINCES)
    + r"|备案(?:号|序号|编号)|公网安备|网安备|网站标识码|技术支持[:\s]|"
    + "|".join(rf"{who}(?:单位)?\s?:" for who in ("主办", "承办", "协办", "运维"))
    + r"|许可证(?:编?号)?\s?[:\d]|不良信息举报|建议(?:使用)?\S{0,10}分辨率"
)
"""In lower case, and each way begins with a character of its own: so a search runs over other text at full speed."""
_COMMENT_HEAD = re.compile(
    r"(?:网友|最新|我要|我来|发表|热门|精彩|用户|本文|全部|文章|读者|会员|相关|查看|更多|所有){0,2}(?:评论|留言|跟帖|点评|回帖|讨论区)(?:列表|区|板|内容|\(\s?\d*\s?\)|\s?\d+\s?条?|:)*"
    r"|(?:已有|共有?|目前)\s?\d*\s?(?:条|人|位|篇)\S{0,4}(?:评论|留言|跟帖|参与)\S{0,6}|暂无评论\S{0,6}|还没有人评论\S{0,6}|(?:您?需要|请先?)登[录陆]\S{0,3}(?:后|才)\S{0,8}(?:评论|发言|留言|发表)\S{0,4}|"
    r"请?(?:遵守|自觉遵守)\S{2,30}|用户名:?|昵\s?称:?|验证码:?|匿名发表\S{0,4}|评论内容:?|留言内容:?|我要说两句\S{0,4}|说点什么\S{0,4}|网友\S{0,8}发表评论\S{0,10}"
)
_COMMENT = re.compile(
    r"(?:查看|更多|全部|所有|网友){1,2}(?:评论|留言|跟帖)|(?:网友|会员|游客|匿名|用户)[^。,?!]{0,24}?(?:\d{4}[-/.年]\d{1,2}|\d{1,2}[-/月]\d{1,2}日?\s\d)[-\d:/.月日年时分秒\s)\]]{0,20}(?:发表|评论|说|回复|留言|跟帖|:)"
)
_DISCLAIMER = re.compile(
    r"(?:免责声明|版权声明|免责条款|版权与免责声明|版权及免责声明|本站声明|本网声明|网站声明)\s?[:\]]?|(?:\[?(?:特别|郑重|重要)?(?:声明|提示|提醒)\]?\s?:\s?)?(?:凡本(?:网|站)\S{0,6}注明|本(?:网|站)(?:所有|转载|部分|刊登|发布)\S{0,20}(?:版权|不代表|目的在于|责任|侵权)|以上(?:内容|文章|信息)\S{0,16}(?:不代表|仅供参考)|本文\S{0,10}(?:不代表本[站网])|如(?:有|涉及)侵权|转载请注明(?:出处|来源))"
)
_POSITION = re.compile(
    r"[\[(·\s>]*(?:您|你|我)?(?:现在|当前|目前)?(?:所在|所处|的)*(?:当前)?(?:的)?(?:页面)?(?:位置|路径|所在地)(?:是|为|在)?\s?(?:[:>»\-|\]]+|$)|[\[(·\s>]*(?:当前|您当前|现在|网站|页面|您现在|你现在)(?:页面|位置|栏目|导航|路径|在)\S{0,2}\s?[:>»]|"
    r"[\[(·\s>]*(?:首页位置|面包屑|导航)\s?[:>»]|[\[(·\s>]*(?:您|你)(?:现在|当前|正)?(?:正)?(?:在|位于)(?:浏览|访问|查看)?\s?:|[\[(·\s>]*location\s?:|[\[(·\s>]*you are here",
    re.I,
)

_MARKS = " \t\n[]()<>«»《》|·*:,;/\\-—_.#=~0123456789"
"""What may stand before a label."""
_LABEL_STARTS = frozenset("上下前后您你我现当目所的页位路网首面导免版本特郑重声提凡以如转查更全会游匿用lyLY")
"""How a neighbour, a breadcrumb, a disclaimer or a comment begins."""
_CONTROL_STARTS = frozenset("".join(word[0].upper() + word[0].lower() for word in _CONTROL_WORDS.split()))
_SHORT_LABEL_STARTS = (
    _LABEL_STARTS | _CONTROL_STARTS | frozenset("最发热精文读相评留跟点回讨已共有暂还需请遵自昵验说")
)
"""The same, and a control or the head of a board of comments."""
_HEAD_STARTS = _SHORT_LABEL_STARTS | frozenset(
    "猜延排站通公友看与随推新没无尚阅tTsS标关搜"
    + "".join(word.lstrip(_MARKS)[0] for word in _LIST_MODIFIERS.split("|"))
)
"""The same, and the head of a list."""


def may_be_label(text: str) -> bool:
    """Whether folded *text* begins as something beside an article may: a control, a label, a head, a notice.

    A quick look, so that lines of prose need no other: what it says no to is none of them, but for notices of rights.

    >>> may_be_label("[上一篇] 没有了"), may_be_label("金口镇召开会议")
    (True, False)
    """
    start, length = text.lstrip(_MARKS)[:1], len(text)
    if length > 90:
        return start in _LABEL_STARTS
    if length > 24:
        return start in _SHORT_LABEL_STARTS
    return start in _HEAD_STARTS or "排行" in text or "还看了" in text


def is_control(text: str) -> bool:
    """Whether folded *text* is nothing but things to click: font size, print, close, share.

    >>> is_control("[字号:大 中 小] [打印] [关闭]"), is_control("大信")
    (True, False)
    """
    start = text.lstrip(_CONTROL_EDGES)
    if len(text) > 90 or start[:1] not in _CONTROL_STARTS or not _CONTROLS.match(start):
        return False
    rest = _CONTROLS.sub("", text)
    return len(rest) < len(text) and _NO_WORD.fullmatch(rest) is not None


def is_bare(text: str) -> bool:
    """Whether *text* holds no word at all: rules of dashes, bullets, a lone number.

    >>> is_bare("----- * -----"), is_bare("好")
    (True, False)
    """
    return not any(map(str.isalpha, text))


def is_rule(text: str) -> bool:
    """Whether folded *text* is a rule made of strokes, which some templates label.

    >>> is_rule("------分隔线--------"), is_rule("——春天——")
    (True, False)
    """
    return _RULE.fullmatch(text) is not None


def is_list_head(text: str) -> bool:
    """Whether folded *text* may be the head of a list of other articles.

    >>> is_list_head("文章随机推荐"), is_list_head("[相关文章]"), is_list_head("项目进展")
    (True, True, False)
    """
    bare = text.strip(" ·[]():>»|-—.《》<«").removesuffix("more").strip(" >»:.·")
    return is_sure_head(text) or (2 <= len(bare) <= 16 and LIST_HEAD.fullmatch(bare) is not None)


def is_sure_head(text: str) -> bool:
    """Whether folded *text* is the head of such a list beyond doubt: no sub-heading of an article reads so.

    >>> is_sure_head("相关文章:"), is_sure_head("文章随机推荐"), is_sure_head("图片新闻")
    (True, True, False)
    """
    return len(text) <= 20 and _SURE_HEAD.fullmatch(text.strip(" ·[]():>»|-—.<«")) is not None


def is_comment_head(text: str) -> bool:
    """Whether folded *text* begins a board of readers' comments.

    >>> is_comment_head("网友评论"), is_comment_head("评论员文章说明了很多问题")
    (True, False)
    """
    return len(text) <= 40 and _COMMENT_HEAD.fullmatch(text.strip(" ·[]>»|-—()")) is not None


def is_comment(text: str) -> bool:
    """Whether folded *text* is a reader's comment with its name and time, or a line that begins with a link to all of them.

    >>> is_comment("网友“老兵” 2014.05.07 06:50 发表:注意别攀折树枝!"), is_comment("网友2011年5月6日在论坛发帖称")
    (True, False)
    """
    return _COMMENT.match(text.lstrip(" ·[(")) is not None


def copyright_place(text: str) -> int:
    """Where in folded *text* a notice of rights, operator or licence begins; -1 if none does.

    >>> copyright_place("即墨信息港 版权所有"), copyright_place("保护著作权")
    (6, -1)
    """
    match = _COPYRIGHT.search(text.lower())
    return match.start() if match else -1


def is_disclaimer(text: str) -> bool:
    """Whether folded *text* is a notice of the portal's about rights and liability."""
    return _DISCLAIMER.match(text.lstrip(" ·[(*")) is not None


def position_label(text: str) -> int | None:
    """Where a breadcrumb begins in folded *text*: behind its label; None if it does not begin with one.

    >>> position_label("您所在的位置:即墨信息港 > 即墨乡镇")
    7
    """
    match = _POSITION.match(text)
    return match.end() if match else None


def without_bullet(text: str) -> str:
    """A list item's text without the mark before it."""
    return text.lstrip(_BULLETS)
