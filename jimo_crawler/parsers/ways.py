"""Where a page leads that does not say itself what it was asked for: its frames, where it sends a browser, what its links promise.

Portals of the ASP era open with a frameset, a picture or a mere refresh, and keep their towns behind 新闻中心; a town's page is a
frame around its list, or a row of columns.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

from jimo_crawler.items import Link, Page
from jimo_crawler.parsers.dom import Document, read_document
from jimo_crawler.parsers.urls import canonical_url, is_own
from jimo_crawler.parsers.wording import EDGE, folded

MOST_FRAMES = 6
MOST_WAYS = 6
MOST_COLUMNS = 8
LITTLE_TEXT = 60
"""Characters shown up to which a page may only send its reader on: 正在进入,请稍候 …"""
FEW_LINKS = 6
"""Links of a page that is but a door."""

_REFRESH = re.compile(r"url\s*=\s*[\"']?([^\"';\s]+)", re.I)
_LEADS = re.compile(
    r"(?<![\"'])\blocation(?:\.href)?\s*=\s*[\"']([^\"'\s]+)[\"']|(?<![\"'])\blocation\.(?:replace|assign)\(\s*[\"']([^\"'\s]+)[\"']"
)
_DOOR = re.compile(
    rf"{EDGE}(?:(?:点击|点此|请|立即|现在)?进入\S{{0,6}}|(?:简体|中文|中国)(?:中文|版|网站?)*|(?:网站)?首\s?页|主页|跳过\S{{0,4}}|(?:click )?(?:to )?enter\S{{0,6}}|skip\S{{0,8}}|chinese|cn){EDGE}",
    re.I,
)
_WAYS = tuple(
    re.compile(rf"{EDGE}(?:{words}){EDGE}", re.I)
    for words in (
        r"(?:即墨|本地|本市|市内|区市|地方|今日)\S{0,2}(?:新闻|要闻|资讯|动态)|今日即墨",
        r"新闻(?:中心|频道|资讯|动态|网|首页|之窗|信息)?|资讯(?:中心|频道)?|要闻",
        r"(?:网站|站点|本站|全站)(?:地图|导航|导览)|site ?map|栏目导航",
        r"(?:政务|政府)(?:公开|动态|信息(?:公开)?|新闻|之窗|中心|频道|网|网站)?|信息公开",
        r"走进即墨|即墨(?:之窗|概况|在线)",
        r"(?:基层|各地|部门|区域|镇村|农村|县域)(?:动态|新闻|风采|信息|传真|之窗|在线|频道)?",
    )
)
"""What the page that leads on to the towns may be called, the likeliest first."""
_COLUMN = re.compile(
    rf"{EDGE}\S{{0,6}}(?:动态|新闻|要闻|公告|公示|通知|快讯|快报|资讯|信息|简报|简讯|报道|讯息|播报|政务公开|文件){EDGE}"
)
_HOME = re.compile(r"http://[^/]+/(?:(?:index|default|main)\.\w+)?$")


def find_frames(page: Page) -> tuple[Link, ...]:
    """The pages of which this one consists (its frames), or to which it sends its reader at once; none off the portal."""
    doc = read_document(page)
    hrefs = [each.partition(" ")[2] for each in doc.media if each.startswith(("frame ", "iframe "))]
    if sum(len(line.text) for line in doc.lines if not line.hidden) < LITTLE_TEXT:
        hrefs += [match[1] for match in _REFRESH.finditer(doc.refresh)]
        hrefs += [match[1] or match[2] for script in doc.scripts for match in _LEADS.finditer(script)]
    return _own(doc, [Link(url=url) for url in map(doc.url_at, hrefs) if url])[:MOST_FRAMES]


def find_door(page: Page) -> tuple[Link, ...]:
    """The link by which an entry page that is but a picture or a film lets its reader in: 进入网站, or the only one there is."""
    doc = read_document(page)
    links = [(anchor, url) for anchor in doc.anchors if not anchor.hidden and (url := doc.url_of(anchor))]
    own = _own(doc, [Link(url=url) for _, url in links])
    free = sum(len(line.text) - line.link_chars for line in doc.lines if not line.hidden)
    if free >= LITTLE_TEXT or len(own) > FEW_LINKS:
        return ()
    doors = [Link(url=url) for anchor, url in links if _DOOR.fullmatch(folded(anchor.text).strip())]
    return _own(doc, doors)[:1] or (own if len(own) == 1 and (doc.pictures or doc.media) else ())


def find_ways(page: Page) -> tuple[Link, ...]:
    """Links of an entry page that names no towns, behind which they may be: 新闻中心, 网站地图, 政务公开; each with its text."""
    doc = read_document(page)
    found: list[tuple[int, Link]] = []
    for anchor in doc.anchors:
        text = folded(anchor.text).strip()
        url = doc.url_of(anchor) if text and len(text) <= 12 and not anchor.hidden else None
        rank = next((rank for rank, each in enumerate(_WAYS) if each.fullmatch(text)), None) if url else None
        if rank is not None and url is not None:
            found.append((rank, Link(url=url, text=anchor.text)))
    found.sort(key=lambda each: each[0])
    return _own(doc, [link for _, link in found])[:MOST_WAYS]


def find_columns(page: Page) -> tuple[Link, ...]:
    """Links of a town's page without articles that are named like columns of news and stand under its address."""
    doc = read_document(page)
    links = [
        Link(url=url, text=anchor.text)
        for anchor in doc.anchors
        if not anchor.hidden
        and len(anchor.text) <= 12
        and _COLUMN.fullmatch(folded(anchor.text).strip())
        and (url := doc.url_of(anchor)) is not None
        and _is_under(canonical_url(url), canonical_url(page.url))
    ]
    return _own(doc, links)[:MOST_COLUMNS]


def find_parts(page: Page) -> tuple[Link, ...]:
    """The pages that hold the list of a section whose own page names no article: its frames, or its columns."""
    frames = [link for link in find_frames(page) if not _HOME.match(canonical_url(link.url))]
    return tuple(frames) or find_columns(page)


def _own(doc: Document, links: list[Link]) -> tuple[Link, ...]:
    """The links that stay on the portal and lead elsewhere than to the page itself, each address once."""
    found: dict[str, Link] = {}
    own = canonical_url(doc.page.url)
    for link in links:
        key = canonical_url(link.url)
        if is_own(link.url, doc.page) and key != own:
            found.setdefault(key, link)
    return tuple(found.values())


def _is_under(url: str, own: str) -> bool:
    """Whether an address (canonical) belongs to the section at *own*: it is in its folder, or asks for the same section."""
    one, other = urlsplit(url), urlsplit(own)
    folder = other.path.rpartition("/")[0]
    if folder and one.path.startswith(folder + "/") and not other.query:
        return True
    stem = re.sub(r"\.\w+$", "", other.path)
    if not other.query:
        return len(stem) > 1 and one.path.startswith(stem)
    shared = set(parse_qsl(one.query)) & set(parse_qsl(other.query))
    return bool(shared) and one.path.rpartition("/")[0] == folder
