"""What a browser would not show: inline styles, attributes and the simple rules of a page's own style sheets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

FAR_OFF = 300
"""Pixels beyond an edge from which on a box is out of sight; menus are pulled by a few dozen."""

LONGEST_STYLE = 2000
"""The same for a ``style`` attribute."""
LONGEST_SHEET = 100_000
"""Characters of a style sheet that are read."""

_DECLARATION = re.compile(r"([a-z-]+)\s*:\s*([^;]+)")
_SHEET = re.compile(r"<style\b[^<>]*>(.*?)(?:</style|\Z)", re.I | re.S)
_SELECTOR = re.compile(r"(?:html\s+)?(?:body\s*>?\s*)?([a-z][a-z0-9]*|\*)?((?:[.#][\w-]+)+)", re.I)
_SIZES = {"xx-small": 1, "x-small": 1, "small": 2, "medium": 3, "large": 4, "x-large": 5, "xx-large": 6}
_LENGTH = re.compile(r"(-?\d*\.?\d+)\s*(px|pt|em|rem|%|in|cm|mm)?")
_PIXELS = {"px": 1.0, "pt": 1.33, "em": 16.0, "rem": 16.0, "%": 0.16, "in": 96.0, "cm": 37.8, "mm": 3.78}
_CLIPPED = re.compile(
    r"rect\(\s*(?:0|1px)[\s,]+(?:0|1px)[\s,]+(?:0|1px)[\s,]+(?:0|1px)|inset\(\s*(?:50|100)%"
)
_WHITE = frozenset({"white", "fff", "ffffff", "fefefe", "fdfdfd", "rgb(255,255,255)", "transparent"})
_GONE_BY_SCRIPT = (
    re.compile(
        r"""getElementById\(\s*["']([\w-]+)["']\s*\)\s*\.\s*(?:style\s*\.\s*(?:display\s*=\s*["']none|visibility\s*=\s*["']hidden)"""
        r"""|remove\s*\(|innerHTML\s*=\s*["']{2}|outerHTML\s*=\s*["']{2}|hidden\s*=\s*true)"""
    ),
    re.compile(
        r"""\$\(\s*["']#([\w-]+)["']\s*\)\s*\.\s*(?:hide|remove|empty|detach|css\(\s*["']display["']\s*,\s*["']none)"""
    ),
    re.compile(r"""removeChild\(\s*document\s*\.\s*getElementById\(\s*["']([\w-]+)["']"""),
)
_LONGEST_HIDING_SCRIPT = 400
"""A script that only hides is short; long ones hide menus and show them again."""


@dataclass(frozen=True, slots=True)
class Style:
    """What matters of an inline style."""

    hidden: bool = False
    size: int = 0
    """Like ``<font size>``: 1 to 7; 0 if the style does not say."""
    bold: bool = False
    centred: bool = False
    colour: str = ""
    background: str = ""


PLAIN = Style()


@lru_cache(maxsize=4096)
def read_style(text: str) -> Style:
    """What a ``style`` attribute says.

    >>> read_style("position:absolute; left:-9999px").hidden, read_style("font-size:24px").size
    (True, 5)
    """
    said = {
        name: value.strip().removesuffix("!important").strip()
        for name, value in _DECLARATION.findall(text[:LONGEST_STYLE].lower())
    }
    return Style(
        hidden=_hides(said),
        size=_size(said.get("font-size", "")),
        bold=said.get("font-weight", "") in ("bold", "bolder", "600", "700", "800", "900"),
        centred=said.get("text-align") == "center",
        colour=_colour(said.get("color", "")),
        background="image"
        if "url(" in (said.get("background", "") + said.get("background-image", ""))
        else _colour(said.get("background-color", "") or said.get("background", "")),
    )


def hides_by_attributes(tag: str, attrs: Mapping[str, str]) -> bool:
    """Whether attributes other than ``style`` hide an element: ``hidden``, a marquee or an iframe of no size."""
    if "hidden" in attrs:
        return attrs["hidden"].lower() != "until-found"
    if tag == "marquee":
        return any((pixels(attrs.get(side, "")) or 99) <= 4 for side in ("height", "width"))
    return False


def centres(attrs: Mapping[str, str]) -> bool:
    """Whether attributes put what is in their box in the middle."""
    return attrs.get("align", "").lower() == "center" or (
        "style" in attrs and read_style(attrs["style"]).centred
    )


def hiding_selectors(html: str) -> frozenset[str]:
    """Simple selectors (``.x``, ``#x``, ``div.x``) that the page's own style sheets and short scripts hide for good.

    >>> sorted(hiding_selectors("<style>.ab, div#c {display:none} @media print {.d{display:none}} p .e{display:none}</style>"))
    ['#c', '.ab']
    """
    found: set[str] = set()
    if "<style" in html or "<STYLE" in html or "<Style" in html:
        for sheet in _SHEET.findall(html):
            found.update(_hidden_by_sheet(sheet[:LONGEST_SHEET]))
    if "getElementById" in html or "$(" in html:
        found.update(_hidden_by_scripts(html))
    return frozenset(found)


def is_white(colour: str) -> bool:
    """Whether a colour is that of plain paper."""
    return colour in _WHITE


def plain_colour(text: str) -> str:
    """A colour in one form, so that two that are written differently compare equal.

    >>> plain_colour("#FFF") == plain_colour("rgb(255, 255, 255)") == plain_colour("White")
    True
    """
    return _colour(text.lower())


def pixels(text: str) -> float | None:
    """A CSS length or an HTML size in pixels; None if it is none.

    >>> pixels("-20em"), pixels("1"), pixels("auto")
    (-320.0, 1.0, None)
    """
    match = _LENGTH.match(text.strip())
    return float(match.group(1)) * _PIXELS[match.group(2) or "px"] if match else None


def _hides(said: dict[str, str]) -> bool:
    if not said:
        return False
    if said.get("display") == "none" or said.get("visibility") in ("hidden", "collapse"):
        return True
    if _is_nothing(said.get("opacity", "")) or "opacity=0)" in said.get("filter", "").replace(" ", ""):
        return True
    if _is_tiny(said.get("font-size", ""), 1.5) or said.get("transform", "").replace(" ", "") == "scale(0)":
        return True
    if _is_beyond(said.get("text-indent", "")) or _CLIPPED.search(
        said.get("clip", "") + said.get("clip-path", "")
    ):
        return True
    if (
        said.get("overflow") == "hidden"
        or said.get("overflow-y") == "hidden"
        or said.get("overflow-x") == "hidden"
    ):
        sides = (
            said.get("height", ""),
            said.get("max-height", ""),
            said.get("width", ""),
            said.get("max-width", ""),
        )
        if any(_is_tiny(side, 3) for side in sides):
            return True
    if _is_tiny(said.get("width", ""), 1) and _is_tiny(said.get("height", ""), 1):
        return True
    if said.get("position") in ("absolute", "fixed", "relative"):
        edges = [said.get(side, "") for side in ("left", "top", "right", "bottom")]
    else:
        edges = []
    edges += [*said.get("margin", "").split(), said.get("margin-left", ""), said.get("margin-top", "")]
    return any(_is_beyond(value) for value in edges)


def _is_tiny(text: str, limit: float) -> bool:
    value = pixels(text)
    return value is not None and abs(value) <= limit and "%" not in text.replace("0%", "")


def _is_nothing(text: str) -> bool:
    value = pixels(text)
    return value is not None and value < 0.02


def _is_beyond(text: str) -> bool:
    """Whether an offset takes a box out of sight: -9999px, -100em, -999%."""
    value = pixels(text)
    if value is None:
        return False
    return value <= -100 * 0.16 * 5 if text.strip().endswith("%") else value <= -FAR_OFF


def _size(text: str) -> int:
    if text in _SIZES:
        return _SIZES[text]
    value = pixels(text)
    if value is None:
        return 0
    return next((rank for rank, limit in enumerate((0, 11, 13.5, 16.5, 19, 27, 36)) if value < limit), 7)


@lru_cache(maxsize=1024)
def _colour(text: str) -> str:
    text = text.replace(" ", "").lstrip("#").removesuffix("!important")
    if text.startswith("rgb"):
        numbers = re.findall(r"\d+", text)[:3]
        text = "".join(f"{min(int(number), 255):02x}" for number in numbers)
    if re.fullmatch(r"[0-9a-f]{3}", text):
        text = "".join(2 * digit for digit in text)
    return {"white": "ffffff", "black": "000000"}.get(text, text)


def _hidden_by_sheet(sheet: str) -> set[str]:
    found: set[str] = set()
    skipping = False
    for piece in _without_comments(sheet).split("}"):
        head, brace, declarations = piece.rpartition("{")
        if not brace:
            skipping = False  # the end of a block of rules
            continue
        media, inner, selectors = head.rpartition("{")
        if inner:
            skipping = not _is_for_screen(media)
        if not skipping and read_style(declarations.strip()).hidden:
            found.update(_simple_selectors(selectors))
    return found


def _simple_selectors(selectors: str) -> Iterator[str]:
    """``.x`` and ``#x`` (``div.x``, ``body #x``): one name, wherever it stands."""
    for selector in selectors.split(","):
        if match := _SELECTOR.fullmatch(selector.strip()):
            names = re.findall(r"[.#][\w-]+", match.group(2))
            if len(names) == 1:
                yield names[0]


def _without_comments(sheet: str) -> str:
    kept, place = [], 0
    while (start := sheet.find("/*", place)) >= 0:
        kept.append(sheet[place:start])
        end = sheet.find("*/", start + 2)
        if end < 0:
            return "".join(kept)
        place = end + 2
    return "".join([*kept, sheet[place:]])


def _is_for_screen(media: str) -> bool:
    """Whether a media query holds on a desktop screen: rules for paper and telephones hide what readers see here."""
    text = media.lower()
    return "print" not in text and "max-width" not in text


def _hidden_by_scripts(html: str) -> set[str]:
    found: set[str] = set()
    for script in re.findall(r"<script\b[^>]*>([^<]{10,})</script", html, re.I):
        if len(script) <= _LONGEST_HIDING_SCRIPT and "function" not in script:
            for pattern in _GONE_BY_SCRIPT:
                found.update(f"#{name}" for name in pattern.findall(script))
    return found
