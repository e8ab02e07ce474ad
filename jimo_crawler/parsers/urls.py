"""URLs: which are one address, and what a link on a page leads to.

A URL has two forms (DESIGN 4.3): as linked, which is what is requested, and canonical, which is its identity.
"""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit

from jimo_crawler.items import Page

_DEFAULT_PORTS = {"http": 80, "https": 443}
_LONGEST = 4096
"""A longer link is a fault or an attack: no server of the kind takes it."""

_SESSION_NAMES = re.compile(
    r"(?:\w*sess(?:ion)?_?id|phpsessid|aspsession\w*|asp\.net_sessionid|cfid|cftoken|zenid)", re.I
)
_SESSION_LIKE = re.compile(r"(?:sid|session|sess|osid|ssid)", re.I)
"""Names that hold a session or, as in ``list.asp?sid=5``, a section: the value decides."""
_SESSION_VALUE = re.compile(r"(?=.*[a-z])[\w-]{10,}|\d{16,}|(?=.*\d)(?=.*[a-f])[0-9a-f]{8,9}", re.I)
_CHANCE = re.compile(r"(?:_|r|t|rd|rnd|rand|random|ran|ts|tm|_t|_r|time|timestamp|stamp|nocache|v|ver)", re.I)
"""Names of what keeps a browser from showing a copy of its own; the value decides here, too."""
_CHANCE_VALUE = re.compile(r"0?\.\d{3,}|1[0-9]{9}(?:\d{3})?")
"""A number between 0 and 1, or seconds or milliseconds since 1970."""
_TRACKING = re.compile(
    r"(?:utm_\w+|spm|scm|gclid|fbclid|msclkid|yclid|_ga|wt_mc\w*|wt\.mc\w*|isappinstalled|nsukey|wxfrom|"
    r"share_?(?:token|from|source|id)?|from_?source|fromuid|bd_?vid|hmsr|hmpl|hmcu|hmkw|hmci|mc_[ce]id|_openstat)",
    re.I,
)
_PATH_SESSION = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?;]*", re.I)
_COOKIELESS = re.compile(r"/\((?:[A-Z]\([^()/]+\))+\)(?=/)")
"""ASP.NET's session in the path: ``/(S(lit3py55t21z5v55vlm25s55))/list.aspx``."""

_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
_STRAY_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE = "/!$&'()*+,;=:@~%"
_QUERY_SAFE = "/!$'()*+,;=:@~%?&[]|"
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?\.?|\[[0-9a-f:.]+\]", re.I)

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.I)
_NOTHING = re.compile(r"https?:[/\\]*", re.I)
_SLASHES = re.compile(r"(?<=[^:/])//+")
_EMPTY = "\ue000"
"""Stands for an empty segment of a path, which ``urljoin`` would drop."""
_CONTROLS = "".join(map(chr, range(0x21)))
_BREAKS = str.maketrans("", "", "\t\r\n")
_PLAIN = re.compile(
    r"(?:/(?!/))?[\w~-][\w~./-]*(?:\?[\w~./?&=+,-]+(?:%[0-9a-fA-F]{2}[\w~./?&=+,-]*)*)?", re.ASCII
)
"""An href that needs no more than to be put behind host or folder: nearly every link of a portal."""


_ORIGIN = re.compile(r"https?://[\w.-]+(?::\d+)?(?=[/?#]|\Z)", re.ASCII)
_PLAIN_BASE = re.compile(
    rf"(?P<origin>{_ORIGIN.pattern})(?P<folder>/(?:[\w~%.-]*/)*)?[^/?#]*(?:[?#]|\Z)", re.ASCII
)
"""An address of the usual form; more than one of a portal have the same origin."""


@lru_cache(maxsize=4096)
def canonical_url(url: str) -> str:
    """The identity of an address: what differs only in ways that do not matter becomes one.

    http and https are one (written ``http``), and so are a host with and without ``www.`` (written without): DESIGN 4.3
    follows a redirect between them and remembers the form that answers. Host case, default port, credentials, fragment,
    session and tracking parameters, parameters with an empty value and their order do not matter. A query without any
    ``=`` is the name of a page and stays as it is.

    >>> canonical_url("HTTPS://WWW.Example.com:443/a/../list.asp?page=2&id=7&utm_source=x&key=#top")
    'http://example.com/list.asp?id=7&page=2'
    >>> canonical_url("http://example.com/show.jsp;jsessionid=A1B2?2011/5.html")
    'http://example.com/show.jsp?2011/5.html'
    """
    try:
        parts = urlsplit(url.strip(_CONTROLS).translate(_BREAKS))
        host, port = parts.hostname, parts.port
    except ValueError:
        return url
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or not host:
        return url
    place = _one_host(host) + ("" if port in (None, 80, 443) else f":{port}")
    query = _canonical_query(parts.query)
    return f"http://{place}{_canonical_path(parts.path)}" + (f"?{query}" if query else "")


def absolute_url(base: str, href: str, charset: str = "utf-8") -> str | None:
    """Where a link leads, as a browser would ask for it; None for a link that leads to no page.

    *base* is the page's address (or its ``<base href>``). The query is encoded in *charset*, the page's own, the path in
    UTF-8. None for ``javascript:``, ``mailto:`` and every other scheme, for an empty or broken one and for a mere fragment.

    >>> absolute_url("http://a.cn/news/list.asp", "show.asp?t=即墨#top", "gb18030")
    'http://a.cn/news/show.asp?t=%BC%B4%C4%AB'
    >>> absolute_url("http://a.cn/", "javascript:void(0)") is None
    True
    """
    if _PLAIN.fullmatch(href) and "/." not in href and href[0] != "." and len(href) < 500:
        places = _places(base)
        if places is not None:
            return (places[0] if href[0] == "/" else places[1]) + href
    return _resolved(base, href, charset)


def same_host(one: str, other: str) -> bool:
    """Whether two absolute URLs are on one host: scheme and ``www.`` do not matter, another port does.

    >>> same_host("http://www.a.cn/x", "https://a.cn/y"), same_host("http://a.cn/", "http://a.cn:8080/")
    (True, False)
    """
    return _site(one) is not None and _site(one) == _site(other)


def is_own(url: str, page: Page) -> bool:
    """Whether an absolute URL stays on the portal that *page* is of."""
    return same_host(url, page.url) or (bool(page.hosts) and host_of(url) in page.hosts)


def host_of(url: str) -> str:
    """Host and port that :func:`same_host` compares; empty if *url* has none.

    >>> host_of("https://www.Example.cn:443/a")
    'example.cn'
    """
    return _site(url) or ""


def _resolved(base: str, href: str, charset: str) -> str | None:
    """The careful way of :func:`absolute_url`, step by step as the URL standard has it."""
    href = href.strip(_CONTROLS).translate(_BREAKS).strip("\u3000\xa0")
    if not href or href[0] == "#" or len(href) > _LONGEST or _NOTHING.fullmatch(href):
        return None
    scheme = _SCHEME.match(href)
    if scheme and scheme.group(1).lower() not in _DEFAULT_PORTS:
        return None
    href = _web_slashes(href, base)
    try:
        parts = urlsplit(_joined(base, href))
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in _DEFAULT_PORTS or not host or parts.username is not None:
        return None
    name = _ascii_host(host)
    if name is None:
        return None
    place = name + (f":{port}" if port is not None and port != _DEFAULT_PORTS[parts.scheme.lower()] else "")
    path = quote(_STRAY_PERCENT.sub("%25", parts.path), safe=_PATH_SAFE, errors="replace")
    query = _encoded_query(parts.query, charset)
    return f"{parts.scheme.lower()}://{place}{_without_dots(path) or '/'}" + (f"?{query}" if query else "")


def _joined(base: str, href: str) -> str:
    """``urljoin`` that keeps double slashes in a path, as browsers do: servers may tell them apart.

    >>> _joined("http://a.cn/x//y/z.asp", "../b//")
    'http://a.cn/x//b//'
    """
    return urljoin(_with_marks(base), _with_marks(href)).replace(_EMPTY, "")


def _with_marks(url: str) -> str:
    path, mark, rest = url.partition("?")
    return _SLASHES.sub(lambda match: "/" + f"{_EMPTY}/" * (len(match[0]) - 1), path) + mark + rest


def _web_slashes(href: str, base: str) -> str:
    """Backslashes before the query are slashes to a browser, and ``http:page.html`` is a relative link."""
    head, mark, query = href.partition("?")
    if "\\" in head:
        path, hash_mark, fragment = head.partition("#")
        head = path.replace("\\", "/") + hash_mark + fragment
    scheme = _SCHEME.match(head)
    if scheme:
        rest = head[scheme.end() :]
        if rest.startswith("//"):
            head = f"{scheme.group(0)}//{rest.lstrip('/')}"
        elif base.lower().startswith(scheme.group(0).lower()):
            head = rest
        else:
            head = f"{scheme.group(0)}//{rest.lstrip('/')}"
    return head + mark + query


@lru_cache(maxsize=256)
def _places(base: str) -> tuple[str, str] | None:
    """What a plain href is put behind: the host, and the folder of *base*; None if *base* is not plain itself."""
    match = _PLAIN_BASE.match(base)
    if match is None or "/." in (folder := match["folder"] or "/") or "//" in folder:
        return None
    place = _plain_origin(match["origin"])
    return (place, place + folder) if place is not None else None


@lru_cache(maxsize=256)
def _plain_origin(origin: str) -> str | None:
    """Scheme, host and port as they are asked for; None where they are not plain."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return None
    name = _ascii_host(parts.hostname or "")
    if name is None or port == 0:
        return None
    return f"{parts.scheme}://{name}" + (
        f":{port}" if port not in (None, _DEFAULT_PORTS[parts.scheme]) else ""
    )


def _site(url: str) -> str | None:
    match = _ORIGIN.match(url)
    return _site_of(match[0] if match else url)


@lru_cache(maxsize=1024)
def _site_of(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host:
        return None
    return _one_host(host) + ("" if port in (None, 80, 443) else f":{port}")


def _one_host(host: str) -> str:
    """Lower case, ASCII, without a final dot and without ``www.`` (unless nothing with a dot is left)."""
    name = (_ascii_host(host) or host.lower()).rstrip(".")
    bare = name.removeprefix("www.")
    return bare if "." in bare and not bare.replace(".", "").isdigit() else name


def _ascii_host(host: str) -> str | None:
    """*host* as DNS knows it, or None if it cannot be one."""
    name = host.lower()
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    if ":" in name and not name.startswith("["):
        name = f"[{name}]"
    return name if _HOST.fullmatch(name) and ".." not in name else None


def _canonical_path(path: str) -> str:
    path = _PATH_SESSION.sub("", path)
    path = _COOKIELESS.sub("", path)
    return _without_dots(_normal_escapes(path, _PATH_SAFE)) or "/"


def _without_dots(path: str) -> str:
    """*path* without ``.`` and ``..``; double slashes stay, as servers may tell them apart."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments[1:]:
        if segment == "..":
            if kept:
                kept.pop()
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/" + "/".join(kept)


def _canonical_query(query: str) -> str:
    if "=" not in query:
        return _normal_escapes(query, _QUERY_SAFE)
    pairs = []
    for part in query.split("&"):
        name, mark, value = part.partition("=")
        if not part or (mark and not value) or _means_nothing(name, value):
            continue
        pairs.append((_normal_escapes(name, _QUERY_SAFE), mark, _normal_escapes(value, _QUERY_SAFE)))
    pairs.sort(key=lambda pair: pair[0])
    return "&".join(f"{name}{mark}{value}" for name, mark, value in pairs)


def _means_nothing(name: str, value: str) -> bool:
    """Whether a parameter says who asks or where they come from, not what is asked for."""
    if name.lower() == "from":
        return not value.isdigit()  # from=timeline is a share mark, from=20 may be a pager's
    if _SESSION_LIKE.fullmatch(name):
        return _SESSION_VALUE.fullmatch(value) is not None
    if _CHANCE.fullmatch(name):
        return _CHANCE_VALUE.fullmatch(value) is not None
    return bool(_SESSION_NAMES.fullmatch(name) or _TRACKING.fullmatch(name))


def _normal_escapes(text: str, safe: str) -> str:
    """Percent-encoding in one form: escapes in upper case, none where none is needed, one wherever one is."""
    text = _STRAY_PERCENT.sub("%25", text)
    text = _ESCAPE.sub(_normal_escape, text)
    return quote(text, safe=safe, errors="replace")


def _normal_escape(match: re.Match[str]) -> str:
    character = chr(int(match.group(1), 16))
    return character if character in _UNRESERVED else match.group(0).upper()


def _encoded_query(query: str, charset: str) -> str:
    """*query* in the page's charset; what that lacks is sent as a numeric entity, as browsers do."""
    query = _STRAY_PERCENT.sub("%25", query)
    if query.isascii():
        return quote(query, safe=_QUERY_SAFE)
    codec = "utf-8" if charset.startswith(("utf-16", "utf-32")) else charset
    try:
        body = query.encode(codec, "xmlcharrefreplace")
    except (LookupError, UnicodeError):
        body = query.encode("utf-8", "replace")
    return quote(body.replace(b"&#", b"%26%23"), safe=_QUERY_SAFE)  # no other # is left in a query


def folder_of(url: str) -> str:
    """The folder of an address, host included: links of one list mostly share theirs.

    >>> folder_of("http://a.cn/news/2011/5.html?x=1")
    'a.cn/news/2011'
    """
    parts = urlsplit(url)
    return host_of(url) + posixpath.dirname(parts.path)
