"""Traditional to Simplified, as mainland text has it, and telling which script a line is in.

The input is mainland news that somebody's character table made Traditional, so the way back is OpenCC's ``t2s`` plus
what it cannot know: 著 was 着 nearly everywhere, 於 is no surname, 衞 is 卫 (``script_rules.tsv``, ``script_variants.tsv``).
Script is a property of a line: only lines that hold characters found in no Simplified text are touched.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import opencc

HERE = Path(__file__).parent

_T2S = opencc.OpenCC("t2s")
_S2T = opencc.OpenCC("s2t")

IN_SIMPLIFIED_TOO = (
    "苧著乾藉瞭於昇塚甦陞甯祕谿脩氾蒐扞椀濛徵夥麽袷榘薹摺捱拚吒菸醣麴劄崑崙頔薰淩逕衹讎剋鍊龢凃噁坵巹"
)
"""``t2s`` changes these, yet they occur in correct Simplified text (names, 乾隆, 瞭望, 慰藉 …): they decide nothing."""

IN_TRADITIONAL_TOO = (
    "㐹万丑丰于云亘仆价伙余佣党准几凶划占厂厘台叶吁吃后咨咸唇夸尸岩岳帘干广征愿挂据斗朴杠杰极柜涂涌淀游熏皂确种筑"
    "胜腊腌膻苹范荐虫蚝蜡蝎跖辟适郁采里雇个坏么兑卧叁囱媪峰床悦愠户捝揾敚棁榅氲涚温灶煴痴秘税粽群脱腽葱蒀蜕说"
)
"""Simplified characters that are Traditional ones as well, or the form that Taiwan or Hong Kong prints."""

_NO_UNIT = "\uffff"
"""No character: text never has it."""


class Rule(NamedTuple):
    """What a character becomes between two contexts of Simplified text (None: any)."""

    left: re.Pattern[str] | None
    right: re.Pattern[str] | None
    becomes: str


def _rows(name: str) -> Iterator[list[str]]:
    for line in (HERE / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def _read_rules() -> dict[str, list[Rule]]:
    rules: dict[str, list[Rule]] = {}
    for character, left, right, becomes, *_ in _rows("script_rules.tsv"):
        rule = Rule(
            re.compile(f"(?:{left})$") if left else None, re.compile(right) if right else None, becomes
        )
        rules.setdefault(character, []).append(rule)
    return rules


def _changed_by(converter: opencc.OpenCC) -> dict[str, str]:
    """Every Han character of the BMP that *converter* changes when it stands alone, with what it becomes."""
    characters = [
        chr(code) for start, end in ((0x3400, 0x4DC0), (0x4E00, 0xA000)) for code in range(start, end)
    ]
    converted = converter.convert("\n".join(characters)).split("\n")
    return {one: other for one, other in zip(characters, converted, strict=True) if one != other}


_VARIANTS = {one: other for one, other, *_ in _rows("script_variants.tsv")}
_VARIANT_TABLE = str.maketrans(_VARIANTS)
_RULES = _read_rules()
_TO_SIMPLIFIED = _changed_by(_T2S)
_NOT_OURS = str.maketrans({new: old for old, new in _TO_SIMPLIFIED.items() if ord(new[0]) > 0xFFFF})
"""Characters beyond the BMP that ``t2s`` gives for rare Traditional ones: no page of the portal ever had them."""

TRADITIONAL_ONLY = frozenset(_TO_SIMPLIFIED) - set(IN_SIMPLIFIED_TOO) | frozenset(_VARIANTS) - set(
    "濬暱咊碁伕"
)
SIMPLIFIED_ONLY = frozenset(_changed_by(_S2T)) - set(IN_TRADITIONAL_TOO) - frozenset(_TO_SIMPLIFIED)


def _class_of(characters: frozenset[str] | set[str]) -> re.Pattern[str]:
    return re.compile(f"[{''.join(sorted(characters))}]")


_HANT = _class_of(TRADITIONAL_ONLY)
_HANS = _class_of(SIMPLIFIED_ONLY)
_RULED = _class_of(set(_RULES))
_CONVERTIBLE = _class_of(TRADITIONAL_ONLY | set(_RULES))
_VARIANT = _class_of(set(_VARIANTS))
_BEYOND_BMP = re.compile("[\U00010000-\U0010ffff]")
_SEGMENT_ENDS = re.compile(r"([。！？；!?;|｜_\t]+|[ 　]{2,})")

_NEVER_SIMPLIFIED = re.compile(
    r"(?<=[看沿随跟拿朝冒顶忙试站坐笑活守靠本闹陪盼唱捧走穿等伴])著(?![名作称述有书者录《])|意味著|"
    r"(?<=[位由至等低高大小便利忙源始])於(?=[\u4e00-\u9fff\d])|瞭解|明瞭|甚[麼麽]|藉[口此机]"
)
"""Spellings that no correct Simplified text has, for lines without a deciding character."""

_LEFT_ALONE = re.compile(
    r"[由位對关關屬属至低高大小等用在終终便利處处有善]于|于[\d一二今本此這这是]|[之以最前今然]后|后[续續期来來勤]|"
    r"[这這那村家心城市]里|里面|[研編编]制|制[造作定]|[联聯关關]系|并[为為对對将將在不且與与]|[輕轻]松"
)
_NEVER_LEFT_ALONE = re.compile(
    r"[後裏裡並併製係鬆麵麪穀雲臺檯颱]于?|於(?=[\d一二今本此這这是])|[由位對關屬至低高大小]於"
)
_KEPT_BY_PARTIAL_TABLES = re.compile("[乾於昇塚濛甯甦脩陞祕谿氾]")
"""Where a table leaves 干 于 升 alone, 乾 於 昇 on the page were the author's own (王丙乾, the surname 於)."""
_DRY = re.compile(r"[燥淨净旱枯洗杯果粮糧脆涸貨货草渴裂瘪癟冷咳巴电電瞪]")
_DRIED = re.compile(r"[餅饼晒曬烘风風吹擦擰拧榨晾烤豆腐葡萄杏笋鱼魚肉薯菜地嘴口筋]$")


def to_simplified(text: str, *, page: str | None = None) -> str:
    """*text* in Simplified, line by line; lines that are Simplified already come back as they are.

    A line without any deciding character is left alone, but for spellings no Simplified text has (看著, 位於), unless
    *page* says that the page as a whole is ``Hant`` (as :func:`script_of` has it). A line in both scripts is converted
    sentence by sentence. Doing it twice changes nothing more.

    >>> to_simplified("沿著海岸線，項目建設成效顯著")
    '沿着海岸线，项目建设成效显著'
    """
    if not _CONVERTIBLE.search(text):
        return text
    partial = _is_partial(text)
    return "\n".join(_simplify_line(line, page, partial) for line in text.split("\n"))


def all_to_simplified(texts: Sequence[str], *, page: str | None = None) -> list[str]:
    """:func:`to_simplified` of each text, in a third of the time: those that are converted go to OpenCC in one piece.

    >>> all_to_simplified(["項目建設", "项目", "沿著海岸線"])
    ['项目建设', '项目', '沿着海岸线']
    """
    if not _CONVERTIBLE.search("\n".join(texts)):
        return list(texts)
    whole = [text for text in texts if "\n" not in text and _is_converted_whole(text, page)]
    done = dict(zip(whole, _convert_lines(whole), strict=True))
    return [done[text] if text in done else to_simplified(text, page=page) for text in texts]


def _is_converted_whole(line: str, page: str | None) -> bool:
    """Whether the line goes through the converter from end to end."""
    if not _CONVERTIBLE.search(line):
        return False
    if not _HANS.search(line):
        return page == "Hant" or bool(_HANT.search(line))
    return script_of(line) == "Hant"


def script_of(text: str) -> str | None:
    """``Hans``, ``Hant``, ``mixed``, or None if no character of *text* decides.

    >>> script_of("項目建設"), script_of("项目建设"), script_of("大信"), script_of("項目建設，打造廠區，项目后续将陆续开工")
    ('Hant', 'Hans', None, 'mixed')
    """
    if not _HANT.search(text):
        return "Hans" if _HANS.search(text) else None
    hant, hans = len(_HANT.findall(text)), len(_HANS.findall(text))
    smaller = min(hant, hans)
    if smaller >= 3 and smaller * 5 >= hant + hans:
        return "mixed"
    return "Hant" if hant > hans else "Hans"


def is_convertible(character: str) -> bool:
    """Whether *character* is one that only a Traditional text has, or has more often (著, 於, 乾).

    >>> is_convertible("發"), is_convertible("於"), is_convertible("口")
    (True, True, False)
    """
    return character in _TO_SIMPLIFIED or character in _VARIANTS or character in _RULES


def left_alone(text: str) -> bool:
    """Whether the table that made *text* Traditional left characters alone that are Traditional themselves (后 里 干 于)."""
    return bool(_LEFT_ALONE.search(text)) and not _NEVER_LEFT_ALONE.search(text)


def _is_partial(text: str) -> bool:
    """Whether a table that left characters alone made a text whose 乾 or 於 may be the author's own."""
    return bool(_KEPT_BY_PARTIAL_TABLES.search(text)) and left_alone(text)


def _simplify_line(line: str, page: str | None, partial: bool) -> str:
    script = script_of(line)
    if script == "Hant" or (script is None and page == "Hant"):
        return _convert(line, partial)
    if script == "mixed" or (script == "Hans" and page == "Hant" and _HANT.search(line)):
        return _simplify_segments(line, partial)
    if script is None:
        return _NEVER_SIMPLIFIED.sub(lambda match: _convert(match[0], False), line)
    return line


def _simplify_segments(line: str, partial: bool) -> str:
    """A line in both scripts: each sentence or ``|`` segment that is more Traditional than Simplified is converted."""
    pieces = _SEGMENT_ENDS.split(line)
    return "".join(
        _convert(piece, partial) if len(_HANT.findall(piece)) > len(_HANS.findall(piece)) else piece
        for piece in pieces
    )


def _convert(text: str, partial: bool) -> str:
    """``t2s`` and the rules, whatever the script. *partial*: see :func:`left_alone`."""
    return _corrected(text, _t2s(text), partial)


def _convert_lines(lines: list[str]) -> list[str]:
    """:func:`_convert` of each line; no entry of OpenCC's tables reaches over the end of a line."""
    if not lines:
        return []
    simplified = _t2s("\n".join(lines)).split("\n")
    if len(simplified) != len(lines):  # OpenCC ends a text at a NUL
        return [_convert(line, _is_partial(line)) for line in lines]
    return [
        _corrected(line, converted, _is_partial(line))
        for line, converted in zip(lines, simplified, strict=True)
    ]


def _t2s(text: str) -> str:
    simplified: str = _T2S.convert(text)
    return simplified.translate(_NOT_OURS) if _BEYOND_BMP.search(simplified) else simplified


def _corrected(text: str, simplified: str, partial: bool) -> str:
    """What ``t2s`` has made of *text*, with the rules and the variants it does not know."""
    if len(simplified) == len(text) and _RULED.search(text):
        simplified = _apply_rules(text, simplified, partial)
    return simplified.translate(_VARIANT_TABLE) if _VARIANT.search(simplified) else simplified


def _apply_rules(served: str, simplified: str, partial: bool) -> str:
    characters = list(simplified)
    for match in _RULED.finditer(served):
        at = match.start()
        before, behind = simplified[max(0, at - 24) : at], simplified[at + 1 : at + 16]
        characters[at] = _decide(served[at], before, behind, characters[at], partial)
    return "".join(characters)


def _decide(character: str, before: str, behind: str, otherwise: str, partial: bool) -> str:
    """What *character* becomes between *before* and *behind* (Simplified by ``t2s``); *otherwise* if no rule fits."""
    if partial and _KEPT_BY_PARTIAL_TABLES.match(character) and not _is_plain_word(character, before, behind):
        return character
    for rule in _RULES[character]:
        if (not rule.left or rule.left.search(before)) and (not rule.right or rule.right.match(behind)):
            return rule.becomes
    return otherwise


def _is_plain_word(character: str, before: str, behind: str) -> bool:
    """Whether it is the everyday word after all, although the page's table would not have made it: 乾燥."""
    return character == "乾" and bool(_DRY.match(behind) or _DRIED.search(before))


def single_characters() -> dict[int, str]:
    """A table for ``str.translate``: each Traditional character by itself, without regard to the word it stands in.

    What ``t2s`` gives a lone character, followed to its end (薴 → 苧 → 苎), and the variants it does not know.
    """
    table = {one: _TO_SIMPLIFIED.get(other, other) for one, other in (_TO_SIMPLIFIED | _VARIANTS).items()}
    return {ord(one): other for one, other in table.items() if one != other}


class Exchange:
    """Characters exchanged one by one, as ``str.translate`` does, in a third of its time where few of a text are to be.

    >>> Exchange({ord("Ａ"): "A", ord("　"): " "})("Ａ角　门")
    'A角 门'
    """

    LONG = 64
    """Characters from which on all are looked up in an array, in one go."""

    def __init__(self, table: Mapping[int, int | str]) -> None:
        self._becomes = {chr(code): chr(code).translate(table) for code in table}
        self._sub = _class_of(frozenset(map(re.escape, self._becomes))).sub

    def __call__(self, text: str) -> str:
        if len(text) >= self.LONG:
            try:
                units = self._take(text.encode("utf-16-le"))
            except UnicodeEncodeError:  # half a surrogate pair
                units = _NO_UNIT
            if _NO_UNIT not in units:
                return units
        return self._sub(self._other, text)

    def _other(self, match: re.Match[str]) -> str:
        return self._becomes[match[0]]

    @cached_property
    def _take(self) -> Callable[[bytes], str]:
        """The same for text in UTF-16; U+FFFF stands for what does not become one unit."""
        import numpy as np  # here, since a short text does without

        units = np.arange(0x10000, dtype="<u2")
        for one, other in self._becomes.items():
            if ord(one) < 0x10000:
                units[ord(one)] = ord(other) if len(other) == 1 and ord(other) < 0x10000 else ord(_NO_UNIT)
        return lambda text: units.take(np.frombuffer(text, "<u2")).tobytes().decode("utf-16-le")
