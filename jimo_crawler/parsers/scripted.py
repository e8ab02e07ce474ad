"""Where scripts, forms and drop-down lists lead, if that can be known from the page's own code.

Nothing is run: a sum of strings and variables is put together, a form's fields are read, and what depends on anything else
leads nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from jimo_crawler.parsers.dom import Anchor, Box, Document, Select, script_target
from jimo_crawler.parsers.urls import is_own

_CALL = re.compile(r"(?<![\w.])([A-Za-z_$][\w$.]*)\s*\(\s*(?:this\s*,\s*)?[\"']?(\d{1,5})[\"']?")
_VALUE = r"""(?:"[^"]*"|'[^']*'|\d+)"""
_CALL_WITH = re.compile(
    rf"(?<![\w.])(?!void\b|alert\b|open\b|confirm\b)([A-Za-z_$][\w$]*)\s*\(\s*(?:this\s*,\s*)?({_VALUE}(?:\s*,\s*{_VALUE})*)\s*\)"
)
_PARAMETER = re.compile(
    r"([?&](?:page|p|pn|pg|pageno|page_no|pagenum|page_num|pageid|pageindex|page_index|curpage|cur_page|currentpage|current_page|topage|pagenow|nowpage|n|PageNo|start_page|absolutepage|paged|ipage)=)(\d{1,5})(?=&|$)",
    re.I,
)
_TERM = re.compile(r"""(?:"[^"]*"|'[^']*'|[A-Za-z_$][\w$.]*(?:\[[^\]]*\]|\([^()]*\))*[\w$.]*)""")
_SUM = re.compile(rf"{_TERM.pattern}(?:\s*\+\s*{_TERM.pattern})+")
_CHOSEN = re.compile(r"this\b|\w*\bvalue\b|selectedIndex|\w+\[")
"""What stands for the chosen option in a list's script: ``this.value``, ``sel.options[sel.selectedIndex].value``."""

_STRING = r"""(?:"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')"""
_WRITE = re.compile(rf"document\.write(?:ln)?\s*\(((?:{_STRING}|[^\"'();\n]){{1,200}})\)")
_PLAIN_TERM = re.compile(rf"{_STRING}|[A-Za-z_$]\w*|\d+|\S")
_NUMBER_SET = re.compile(
    r"\b(?:var\s+)?([A-Za-z_$]\w*)\s*=\s*(?:([A-Za-z_$]\w*)\s*([+-])\s*)?(\d{1,6})\s*(?=[;,\n\r/]|$)"
)
_HAN = re.compile("[\u3400-\u9fff]")
_ADDRESS = re.compile(r"(?:https?://|\.{0,2}/)?[\w./?=&%~:-]*[/.?][\w./?=&%~-]*", re.ASCII)
_LINK = re.compile(r"<a\b[^>]*?\bhref\s*=\s*[\"']?([^\"'\s>]+)[^>]*>(.*?)</a>", re.I | re.S)


def select_target(doc: Document, select: Select, value: str) -> str | None:
    """Where a drop-down list leads when the option with *value* is chosen: by its script, as an address, by its form."""
    code = select.attrs.get("onchange", "")
    if not value:
        return None
    if not re.match(r"https?:|/", value):
        for each in _SUM.finditer(code):
            names = [term for term in _TERM.findall(each[0]) if term[0] not in "\"'"]
            chosen = next(
                (term for term in names if _CHOSEN.search(term)), names[0] if len(names) == 1 else None
            )
            if chosen is not None:
                return _joined(doc, each[0], {re.findall(r"[\w$]+", chosen)[0]: value})
    if re.search(r"[./?=]", value):
        return doc.url_at(value)
    call = re.match(r"\s*(?:javascript:)?\s*(?:return\s+)?([A-Za-z_$][\w$]*)\s*\(\s*this", code)
    if call and (url := _by_function(doc, call[1], value)) is not None:
        return url
    form, name = select.box.within("form"), select.attrs.get("name")
    if form is not None and name and form.attrs.get("method", "get").lower() != "post":
        return _form_target(doc, form, name, value)
    return None


def step_target(doc: Document, anchor: Anchor) -> str | None:
    """Where a step leads, if that can be known: its link, or a script call with a number that can be resolved."""
    url = doc.url_of(anchor)
    if url is not None:
        return url if is_own(url, doc.page) else None
    for code in (anchor.href, anchor.attrs.get("onclick")):
        if code and (call := _CALL.search(code)) is not None:
            return _by_function(doc, call[1], call[2]) or (
                by_parameter(doc.page.url, int(call[2]))
                if re.search(r"pa?ge?|go|to|jump|fy", call[1], re.I) and call[1] != "__doPostBack"
                else None
            )
    return None


def by_parameter(url: str, number: int) -> str | None:
    """This page's own address with another number in its page parameter."""
    if _PARAMETER.search(url):
        return _PARAMETER.sub(lambda match: f"{match[1]}{number}", url, count=1)
    return None


def _form_target(doc: Document, form: Box, name: str, value: str) -> str | None:
    """Where a form that is sent by GET leads with *name* set to *value*."""
    pairs = [
        (each.attrs.get("name", ""), each.attrs.get("value", ""))
        for each in doc.fields
        if form.holds(each.box) and each.attrs.get("type", "text").lower() == "hidden"
    ]
    pairs = [(key, text) for key, text in pairs if key and key != name]
    query = "&".join(f"{key}={text}" for key, text in [*pairs, (name, value)])
    action = form.attrs.get("action", "") or urlsplit(doc.page.url).path
    return doc.url_at(f"{action.split('?')[0]}?{query}")


def named_targets(doc: Document) -> Iterator[tuple[str, str]]:
    """Names in the page's scripts that stand beside an address, and that address: the entries of a menu.

    ``addMenuItem("金口镇","location='/jk/'")``, ``d.add(3,0,'金口镇','list.asp?id=3')``, ``["/jk/","金口镇"]``.
    """
    for script in doc.scripts:
        strings = list(re.finditer(_STRING, script)) if _HAN.search(script) else []
        for place, match in enumerate(strings):
            name = match[0][1:-1].strip()
            if not 2 <= len(name) <= 16 or not _HAN.search(name):
                continue
            around = [each for each in (place + 1, place + 2, place - 1) if 0 <= each < len(strings)]
            for other in around:
                first, second = sorted((place, other))
                between = script[strings[first].end() : strings[second].start()]
                if len(between) <= 40 and not re.search(r"[)\]};\n]", between):
                    href = script_target(strings[other][0][1:-1]) or strings[other][0][1:-1].replace("\\", "")
                    url = doc.url_at(href) if _ADDRESS.fullmatch(href) else None
                    if url is not None:
                        yield name, url
                        break


def numbers_of(script: str) -> dict[str, int]:
    """The variables that a script sets to a number, or to one more or less than another: ``var nextPage = currentPage+1``."""
    numbers: dict[str, int] = {}
    for name, other, sign, digits in _NUMBER_SET.findall(script):
        if not other:
            numbers.setdefault(name, int(digits))
        elif other in numbers:
            numbers.setdefault(name, numbers[other] + (int(digits) if sign == "+" else -int(digits)))
    return numbers


def written_text(script: str) -> str:
    """What a script writes into its page by ``document.write``, where that is plain strings."""
    texts = (_written(match[1], {}) for match in _WRITE.finditer(script))
    return "\n".join(text for text in texts if text)


def written_links(script: str, numbers: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Address and text of the links that a script writes into its page, where they are sums of strings and known *numbers*."""
    for match in _WRITE.finditer(script):
        text = _written(match[1], numbers)
        if text is not None:
            for href, inner in _LINK.findall(text):
                yield href, re.sub(r"<[^>]*>|&nbsp;?", " ", inner)


def _written(terms: str, numbers: Mapping[str, int]) -> str | None:
    """What a sum of strings and known numbers comes to; None if anything else is in it."""
    text = ""
    for term in _PLAIN_TERM.findall(terms):
        if term[0] in "\"'" and len(term) > 1:
            text += re.sub(r"\\(.)", r"\1", term[1:-1])
        elif term in numbers:
            text += str(numbers[term])
        elif term != "+":
            return None
    return text


def without_page(query: str) -> str:
    """*query* without its page parameter.

    >>> without_page("id=5&page=2")
    'id=5'
    """
    return _PARAMETER.sub("", f"?{query}").lstrip("?&")


def called_target(doc: Document, anchor: Anchor) -> str | None:
    """Where a link leads that calls a function of the page's own scripts: ``javascript:openNews(3)``."""
    for code in (anchor.href, anchor.attrs.get("onclick")):
        if code and "(" in code and (call := _CALL_WITH.search(code)) is not None:
            values = [value.strip("\"'") for value in re.findall(_VALUE, call[2])]
            if (url := _by_function(doc, call[1], *values)) is not None:
                return url
    return None


def _by_function(doc: Document, name: str, *values: str) -> str | None:
    """Where a function of the page's own scripts goes when it is called with *values*."""
    head = re.compile(
        rf"(?:function\s+{re.escape(name)}|{re.escape(name)}\s*=\s*function)\s*\(\s*(\w[^)]*)\)\s*\{{"
    )
    for script in doc.scripts:
        if (match := head.search(script)) is None:
            continue
        body = script[match.end() : match.end() + 600]
        given = dict(zip(re.findall(r"\w+", match[1]), values, strict=False))
        for each in _SUM.finditer(body):
            if any(re.search(rf"\b{argument}\b", each[0]) for argument in given):
                return _joined(doc, each[0], given)
        for argument, value in given.items():
            if target := re.search(
                rf"(?:document\.)?(?:forms?\[[\"']?\w+[\"']?\]|\w+)\.(\w+)\.value\s*=\s*{argument}", body
            ):
                return _submitted(doc, target[1], value)
            if target := re.search(rf"getElementById\(\s*[\"'](\w+)[\"']\s*\)\.value\s*=\s*{argument}", body):
                return _submitted(doc, target[1], value)
            if re.search(
                rf"(?:\bopen\s*\(|location(?:\.href)?\s*=|\.(?:replace|assign)\s*\()\s*{argument}\b", body
            ):
                return doc.url_at(value)
    return None


def _joined(doc: Document, terms: str, given: Mapping[str, str]) -> str | None:
    """The address that a sum of strings and variables is; None if it begins with something that cannot be known."""
    text, has_value = "", False
    for term in _TERM.findall(terms):
        name = next((name for name in given if re.search(rf"\b{re.escape(name)}\b", term)), None)
        if term[0] in "\"'":
            text += term[1:-1]
        elif name is not None:
            text, has_value = text + given[name], True
        elif (known := _variable(doc, term)) is not None:
            text += known
        elif has_value:
            text = re.sub(r"[?&]\w+=\Z", "", text)  # "&t=" + Math.random()
            break
        else:
            return None
    return doc.url_at(text)


def _variable(doc: Document, name: str) -> str | None:
    """What the page's scripts set a variable to, if that is a plain string or number; the page's own path."""
    if name.endswith("location.pathname"):
        return urlsplit(doc.page.url).path
    setting = re.compile(rf"\b{re.escape(name)}\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|(\d+))\s*[;,\n]")
    for script in doc.scripts:
        if found := setting.search(script):
            return next(each for each in found.groups() if each is not None)
    return None


def _submitted(doc: Document, name: str, value: str) -> str | None:
    for each in doc.fields:
        if name in (each.attrs.get("name"), each.attrs.get("id")):
            form = each.box.within("form")
            if form is not None and form.attrs.get("method", "get").lower() != "post":
                return _form_target(doc, form, each.attrs.get("name") or name, value)
    return None
