"""What page converters do to text: Simplified to Traditional character by character, and readings after characters.

Two families of tables are met (``texts/traditional.txt``): *light* leaves a character alone that is itself a valid
Traditional one, *full* converts whatever it can. Both turn 着 into 著. None looks at words.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from jimo_crawler.demo.texts import read_text, words

READINGS = dict(
    pair.split(":")
    for pair in words(
        "發:fā 業:yè 務:wù 產:chǎn 據:jù 實:shí 們:men 時:shí 來:lái "
        "為:wéi 開:kāi 這:zhè 個:gè 對:duì 經:jīng 區:qū 過:guò "
        "進:jìn 動:dòng 場:chǎng 設:shè 現:xiàn 長:cháng 無:wú "
        "會:huì 點:diǎn 節:jié 項:xiàng 農:nóng 資:zī 學:xué "
        "關:guān 問:wèn 題:tí 車:chē 線:xiàn 統:tǒng 員:yuán "
        "請:qǐng 說:shuō 還:hái 後:hòu 從:cóng 裏:lǐ 將:jiāng "
        "環:huán"
    )
)
"""The fixed list of a converter that annotates: one reading a character, whatever the word."""
LIGHT_READINGS = frozenset("發業務產據實們時來為開這")


class Script(StrEnum):
    """How the text of an address is served."""

    HANS = "hans"
    LIGHT = "light"
    FULL = "full"
    MIXED = "mixed"
    """Half of the body's paragraphs converted by the light table, the others left."""


class Readings(StrEnum):
    """How densely a converter annotates."""

    NONE = "none"
    LIGHT = "light"
    HEAVY = "heavy"


@cache
def _table(script: Script) -> dict[int, str]:
    tables: dict[str, dict[int, str]] = {}
    rows: list[str] = []
    name = ""
    for line in [*read_text("traditional.txt").splitlines(), "[end]"]:
        if line.startswith("#") or not line:
            continue
        if line.startswith("["):
            pairs = zip("".join(rows[::2]), "".join(rows[1::2]), strict=True)
            tables[name] = {ord(simplified): traditional for simplified, traditional in pairs}
            name, rows = line.strip("[]"), []
        else:
            rows.append(line)
    return tables["light"] if script is Script.LIGHT else tables["light"] | tables["full"]


def to_traditional(text: str, script: Script) -> str:
    """*text* as a page of that script prints it; mixed pages choose by line, so a line is either hans or light.

    >>> to_traditional("看着后视镜", Script.LIGHT), to_traditional("看着后视镜", Script.FULL)
    ('看著后視鏡', '看著後視鏡')
    """
    if script in (Script.HANS, Script.MIXED):
        return text
    return text.translate(_table(script))


def annotate(text: str, readings: Readings) -> str:
    """*text* with a reading after the characters that a converter of that density annotates.

    >>> annotate("產業", Readings.LIGHT)
    '產(chǎn)業(yè)'
    """
    if readings is Readings.NONE:
        return text
    chosen = READINGS if readings is Readings.HEAVY else {each: READINGS[each] for each in LIGHT_READINGS}
    return "".join(f"{each}({chosen[each]})" if each in chosen else each for each in text)
