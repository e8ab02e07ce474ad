"""Pages that are no article although they answer 200: deleted, locked, blocked, empty, lists, films, cut off."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from jimo_crawler.errors import NotAnArticle, Outcome, Reason
from jimo_crawler.parsers.dates import locate_date
from jimo_crawler.parsers.dom import Line
from jimo_crawler.parsers.survey import Role, Survey
from jimo_crawler.parsers.wording import folded

SHORT = 260
"""Characters of text beside links up to which a page may be a mere message."""

_THING = r"(?:信息|文章|新闻|页面|网页|内容|文件|记录|资料|数据|主题|帖子|文档|地址|链接|资源|栏目|稿件|网址|对象|ID|编号|消息|资讯|图文)"
_GONE = re.compile(
    rf"""{_THING}[^。]{{0,14}}?(?:不存在|没有找到|未找到|找不到|已删除|被删除|已经删除|已被删|已下线|已下架|已失效|已过期|已移除|被移除|已撤销|已关闭|被屏蔽|已隐藏|未审核|未通过审核|走丢|丢失了|不见了|无法找到|无法访问|尚未发布)
    |(?:找不到|没有找到|未找到|没找到|无法找到|不存在|无此|没有此|没有该|没有这|查无此|无该)[^。]{{0,14}}?{_THING}
    |(?:参数|ID|id|编号|地址|链接|页面|请求|访问|系统|网页)[^。]{{0,4}}?(?:错误|出错|有误|非法|丢失|无效|不正确|异常)
    |(?:非法|错误|无效)的?(?:参数|请求|访问|ID|操作|链接|地址)
    |404|not\s+found|页面(?:已经?)?(?:跑|飞|走)(?:丢|了)|您?(?:要|所|想)(?:访问|查看|浏览|找|看)的[^。]{{2,12}}(?:不存在|删除|找不到|失效|没有)|已(?:被)?(?:管理员|作者)?删除|暂时没有(?:任何)?(?:内容|信息|数据)
    |该(?:信息|文章|新闻|页面|内容)(?:已|不|正)[^。]{{1,6}}|sorry[^a-z].{{0,20}}""",
    re.X | re.I,
)
_NOTHING_YET = re.compile(
    rf"""暂(?:时)?(?:无|没有|缺|未)|(?:没有|尚无|还没有|未)(?:任何|相关|找到|查到|符合条件的?|可显示的?|添加|发布|最新){{0,2}}(?:的)?{_THING}|^\W*无{_THING}\W*$|记录为空|列表为空|内容为空
    |(?:建设|制作|整理|更新|筹建|筹备|完善|施工|录入|添加|开发|调整|升级|充实)(?:之)?中|敬请(?:期待|关注|留意)|即将(?:开通|推出|上线|发布)|共(?:有|计)?\s?\[?0\]?\s?(?:条|篇|个|页|则|件)|(?:总数|总计|记录数?)\s?:\s?0(?!\d)
    |under\s+construction|coming\s+soon|no\s+(?:data|records?|items?|articles?|news)""",
    re.X | re.I,
)
_SURELY_GONE = re.compile(
    rf"^\W*(?:对不起|抱歉|很抱歉|您|你|该|此|本)?\W*(?:您|你)?(?:要|所|想)?(?:访问|查看|浏览|找|看)?的?(?:该|此|本)?{_THING}(?:已经?|可能|或)?(?:被|不)?(?:存在|删除|下线|下架|屏蔽)"
)
_PROGRAM_ERROR = re.compile(
    r"""Microsoft\s+(?:VBScript|JET|OLE\s?DB|JScript)|ADODB\.|error\s+'80|ODBC|MySQL|mysql_|Warning:\s|Fatal\s+error|SQLSTATE|Server\s+Error\s+in|运行时错误
    |对象关闭时|Either\s+BOF\s+or\s+EOF|BOF\s?或\s?EOF|数据库(?:连接)?(?:错误|出错|失败)|Internal\s+Server\s+Error|Service\s+(?:Temporarily\s+)?Unavailable|Bad\s+Gateway|Gateway\s+Time""",
    re.X | re.I,
)
_BLOCKED = re.compile(
    r"""请(?:先|您先|你先)?(?:登[录陆]|输入(?:用户名|密码|验证码))|(?:需要|必须)(?:先)?登[录陆]|登[录陆](?:后|才)[^。]{0,8}(?:查看|浏览|访问|阅读)|没有(?:权限|访问权限|浏览权限)|无权(?:访问|查看|浏览)|权限不足
    |(?:安全|人机|身份|滑动)验证|验证码|访问(?:过于频繁|太频繁|频率|受限|被拒绝|被阻止|被拦截|异常)|(?:请求|操作)(?:过于频繁|太频繁|被拦截|被阻断|被拒绝)|拦截|防火墙|网站卫士|安全狗|云锁|加速乐|创宇盾|玄武盾|云盾|WAF
    |维护(?:中|升级)|系统(?:维护|升级)|升级维护|正在维护|暂停(?:服务|访问)|网站(?:已)?(?:关闭|暂停|维护|升级)|正在(?:检查|验证)[^。]{0,8}浏览器|(?:启用|开启|打开|支持)\s?(?:JavaScript|Cookie)|Just\s+a\s+moment|Checking\s+your\s+browser
    |Access\s+Denied|Forbidden|captcha|request\s+blocked|Attention\s+Required|Too\s+Many\s+Requests|您的(?:IP|访问|请求)[^。]{0,16}(?:禁止|限制|威胁|拦截|异常|频繁|封)|服务器(?:繁忙|忙)|稍后再试|稍后重试|稍候
    |Welcome\s+to\s+(?:nginx|OpenResty|tengine)|Apache2?\s.{0,20}Default\s+Page|^It\s+works!|Internet\s+Information\s+Services|IIS\s+Windows|Test\s+Page\s+for|宝塔|没有找到站点|站点(?:创建成功|不存在|已(?:停止|暂停|过期))""",
    re.X | re.I,
)
_CHALLENGE = re.compile(
    r"document\.cookie\s*=|location\.reload|__jsl|_acw_sc|acw_sc__v2|\$_ts|eval\(function|challenge|setCookie|jsl_clearance",
    re.I,
)
_ALERT = re.compile(r"(?:alert|confirm|document\.write(?:ln)?)\s*\(\s*[\"']([^\"']{2,120})[\"']")
_HOME = re.compile(
    r"(?:location(?:\.href)?\s*=|location\.replace\(|URL\s*=)\s*[\"']?\s*(?:https?://[^/\"']+)?/?(?:index\.\w+|default\.\w+)?[\"'\s);]*$|history\.(?:back|go)",
    re.I | re.M,
)
_CUT_TAG = re.compile(r"<[^<>]*\Z")
_ENDS_WELL = re.compile(r"[。！？!?…”』」）)】\]：:；;.]\s*\Z")


def refuse_message(survey: Survey, body: Sequence[Line], has_article: bool) -> None:
    """Raise NotAnArticle if the page is but a message: deleted, an error, a login, a block page.

    *body* is what was found where an article's text would be; *has_article* says that a meta line with a time or a source
    stands above it, so that only a line that is nothing but the message counts.
    """
    prose = sum(len(line.text) - line.link_chars for line in body if not line.hidden)
    if prose > (60 if has_article else SHORT):
        return
    if not has_article and prose < 60 and _has_password_field(survey):
        raise NotAnArticle("a login page", outcome=Outcome.BLOCKED, reason=Reason.BLOCK_PAGE)
    for text in _message(survey, body if prose >= 30 else survey.lines):
        flat = folded(text)
        if has_article and (len(flat) > 30 or _SURELY_GONE.search(flat) is None):
            continue
        gone = _GONE.search(flat) or _PROGRAM_ERROR.search(flat)
        blocked = _BLOCKED.search(flat)
        if gone and (blocked is None or gone.start() < blocked.start()):
            raise NotAnArticle(f"says: {text[:60]}", outcome=Outcome.GONE, reason=Reason.SOFT_404)
        if blocked:
            raise NotAnArticle(f"says: {text[:60]}", outcome=Outcome.BLOCKED, reason=Reason.BLOCK_PAGE)


def says_nothing_yet(survey: Survey) -> bool:
    """Whether a page without articles says that there are none yet: 暂无信息, 本栏目正在建设中; a picture may say it, too.

    That a list is empty is no fault, and not worth a look; that nothing could be found on it is.
    """
    texts = [
        survey.flats[line.index]
        for line in survey.lines
        if not line.hidden and len(line.text) - line.link_chars <= 60
    ]
    texts += [folded(picture.attrs.get("alt", "")) for picture in survey.doc.pictures if not picture.hidden]
    return any(_NOTHING_YET.search(text) for text in texts)


def refuse_scripted(survey: Survey) -> None:
    """Raise NotAnArticle for a page that shows nothing and lets a script speak or send the reader on."""
    scripts = " ".join(survey.doc.scripts)
    for text in _ALERT.findall(scripts):
        flat = folded(text)
        if _GONE.search(flat) or _PROGRAM_ERROR.search(flat):
            raise NotAnArticle(f"a script says: {text[:60]}", outcome=Outcome.GONE, reason=Reason.SOFT_404)
        if _BLOCKED.search(flat):
            raise NotAnArticle(
                f"a script says: {text[:60]}", outcome=Outcome.BLOCKED, reason=Reason.BLOCK_PAGE
            )
    if _CHALLENGE.search(scripts):
        raise NotAnArticle("a script tests the browser", outcome=Outcome.BLOCKED, reason=Reason.BLOCK_PAGE)
    if _HOME.search(scripts) or re.search(r"url\s*=", survey.doc.refresh, re.I):
        raise NotAnArticle("sends its reader elsewhere", outcome=Outcome.GONE, reason=Reason.EMPTY)


def refuse_without_body(survey: Survey, has_title: bool) -> NotAnArticle:
    """What a page is that has no text where an article's would be."""
    doc = survey.doc
    media = [each for each in doc.media if not each.startswith(("iframe", "frame"))]
    visible = [line for line in doc.lines if not line.hidden]
    links = sum(1 for line in visible if line.is_links)
    if media and has_title:
        return NotAnArticle("a film or sound page without text")
    if has_title and any(not picture.hidden and _is_photograph(picture.attrs) for picture in doc.pictures):
        return NotAnArticle("a picture page without text")
    if any(each.startswith("frame ") for each in doc.media):
        return NotAnArticle("a frameset")
    if has_title or not visible:
        return NotAnArticle(
            "no text where the article's should be", outcome=Outcome.GONE, reason=Reason.EMPTY
        )
    if links >= 3:
        return NotAnArticle("a page of links")
    return NotAnArticle("too little text for an article", outcome=Outcome.GONE, reason=Reason.EMPTY)


def is_listing(survey: Survey, first: int, last: int) -> bool:
    """Whether the lines between are a list of articles: headlines that are links, each with a time or a teaser."""
    dated = teased = 0
    previous_link = False
    for line in survey.visible(first, last):
        role = survey.roles[line.index]
        if role is Role.LINKS or (line.link_chars >= 8 and 2 * line.link_chars >= len(line.text)):
            if locate_date(line.text) is not None:
                dated += 1
            previous_link = True
        else:
            if previous_link and (len(line.text) > 25 or locate_date(line.text) is not None):
                teased += 1
            previous_link = False
    return dated >= 4 or teased >= 3


def is_cut(survey: Survey, stop: int, last_text: int) -> bool:
    """Whether the page ends in the middle of its text: nothing follows it, and what was opened is not closed."""
    html = survey.doc.page.html
    if html.rfind("</html>", -200) >= 0:
        return False
    head, tail = html[:6000].lower(), html[-3000:].lower()
    if "</html" in tail or "</body" in tail or ("<html" not in head and "<body" not in head):
        return False
    if any(not line.hidden and line.index > last_text for line in survey.lines) or stop < len(survey.lines):
        return False
    if _CUT_TAG.search(html[-2000:]) or last_text < 0:
        return True
    if not _ENDS_WELL.search(survey.lines[last_text].text):
        return True
    lower = html.lower()
    return any(
        lower.count(f"<{tag}>") + lower.count(f"<{tag} ") > lower.count(f"</{tag}>")
        for tag in ("div", "td", "article")
    )


def _message(survey: Survey, lines: Sequence[Line]) -> list[str]:
    """The page's title and those of *lines* beside navigation that are short."""
    texts = [survey.doc.title] if survey.doc.title else []
    for line in lines:
        if line.hidden or line.is_links or not 3 <= len(line.text) <= 200:
            continue
        if survey.roles[line.index] in (Role.TEXT, Role.DISCLAIMER) or _GONE.search(line.text):
            texts.append(line.text)
    return texts


def _has_password_field(survey: Survey) -> bool:
    passwords = [each for each in survey.doc.fields if each.attrs.get("type", "").lower() == "password"]
    visible = [line for line in survey.lines if not line.hidden]
    return bool(passwords) and len(visible) < 25


def _is_photograph(attrs: Mapping[str, str]) -> bool:
    width = attrs.get("width", "")
    return not width.isdigit() or int(width) >= 200
