"""The meta line of an article: ``發布:2022/4/2 9:07:39  來源:即墨信息港  瀏覽次  編輯:佚名``, in any order and with parts missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from jimo_crawler.parsers.dates import locate_date, locate_labelled_date
from jimo_crawler.parsers.wording import (
    LABEL,
    LABEL_WORDS,
    folded,
    in_both_scripts,
    is_bare,
    is_control,
    label_kind,
)
from jimo_crawler.text.annotations import remove_annotations

LONGEST = 240
"""A longer line is prose, whatever words are in it."""
LONGEST_VALUE = 40
LONGEST_UNLABELLED = 60
"""Characters; a longer line with a time in it and no label is prose."""

_WEIGHTS = {
    "date": 2.0,
    "updated": 1.0,
    "source": 2.0,
    "editor": 1.5,
    "author": 1.0,
    "views": 1.5,
    "other": 0.3,
}
_BEFORE = frozenset(" []()|/-·,;>\t")
_BEHIND = re.compile(r"[\s\d\[(|]|次|$")
_TAIL = re.compile(r"[\s|\[(,;·/-]+[^\s|\[(]*\Z")
_COMMON_WORDS = frozenset(("文", "单位", "摄", "图", "图片", "时间", "日期", "记者", "状态", "顶"))
"""Labels that are common words, too: 开会时间, 首席记者."""
_BRACKETED = frozenset(("date", "updated", "source", "editor"))
"""Labels that may stand in brackets in place of a colon behind them: 【来源】即墨信息港."""
_BRACKETED_AUTHORS = frozenset(("作者", "文章作者", "本文作者", "原作者", "撰稿人", "供稿人"))
"""The same; others head articles of a kind: 【图文】, 【采访】."""
_VALUE = re.compile(r"\s?:?\s?[\w(«]")
_DATE_VALUE = re.compile(r"\s?:?\s?[\d〇一二]{2,4}\s?[-/.年\d]")
_EDGES = " \t|/-—–_,，;；:：、·<>《》•"
_PAIRS = {"]": "[", ")": "(", "】": "【", "）": "（", "》": "《", "」": "「", "〕": "〔", "］": "［"}
_UNKNOWN_LABEL = re.compile(r"(?<=\S)\s[^\W\d_]{2,6}\s?:")
"""A label that is not in the lists still ends the value before it."""
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?\s?万?")
_VIEWS_BEFORE = re.compile(r"(\d[\d,]*)\s?(?:次|人|人次)\s?(?:浏览|阅读|点击|访问|查看|关注|围观)")
_COUNT_BEFORE = re.compile(r"\d[\d,]*\s?(?:次|人次|人)\s?$")
_BEFORE_COUNT = " []()|/-·,;>:有"
_SENTENCE = re.compile(r"[。?!？！]|[,，].*[,，]")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s\u4e00-\u9fff]+")
_ANY_LABEL_ENDS = re.escape(
    in_both_scripts({word[-1] for words in LABEL_WORDS.values() for word in words.split()}) + ")"
)
_HINT = re.compile(
    rf"[:：︰﹕∶/】\]］〕](?:(?<=[{_ANY_LABEL_ENDS}].)|(?<=[{_ANY_LABEL_ENDS}]\s.))|[0-9０-９]\s?[-/.年－．／⁄∕‐‑–—]|[览覽击擊读讀]|[源者辑輯] |"
    "[〇○零一二三四五六七八九]年",
    re.I,
)
_MARK = re.compile("[:：︰﹕∶;；/／]")
"""A sentence without any is no meta line."""
_TWO_DIGITS = re.compile("[0-9０-９]{2}")
_BESIDE_DIGITS = re.compile("[a-z问問看气氣度数數量率次观觀注论論藏签簽词詞]", re.I)
"""A number by itself is no meta data: an English month or a word for readers stands beside it."""
_YEAR = re.compile(
    r"[12０-９〇○零一二三四五六七八九](?:(?:(?<=1)9|(?<=2)0)\d\d\s?[-/.年]|(?<=[０-９])[０-９]{3}|(?<=[〇○零一二三四五六七八九])[〇○零一二三四五六七八九]{3}年)"
)
_ENGLISH_TIME = re.compile(
    r"\W?(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|\d{0,2} ?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec))[a-z]*[.,]? ",
    re.I,
)
_LABEL_ENDS = r"源处處自者辑輯编編责責文稿员員记記间間期布佈于於表率量数數气氣击擊览覽读讀次機机門门a-zA-Z\)"
_HINTS_IN_LONG = (
    re.compile(
        rf"[:：︰﹕】\]］〕](?:(?<=[{_LABEL_ENDS}].)|(?<=[{_LABEL_ENDS}]\s.)|(?<=[{_LABEL_ENDS}]\s\s.))"
    ),
    re.compile(r"[览覽击擊读讀](?:\s?(?:次|\d|\(|\[)|(?<=次[浏瀏].))"),
    re.compile(
        r"(?:来源|來源|来自|來自|编辑|編輯|责编|責編|作者|记者|記者|发布|發布|發佈|发表|發表)\s(?<![^\s(（【\[|]...)"
    ),
)
"""In a line of more than a title's length: a year near its start, or a label. Each begins with what is rare, so that a
search runs over other text at full speed."""
_TODAY = re.compile(r"(?:今天|今日|现在|当前)(?:是|时间|日期|:|\s)|欢迎|农历")


class Meta(NamedTuple):
    """What one or more meta lines say; every part may be missing."""

    printed: str | None = None
    date: str | None = None
    source: str | None = None
    editor: str | None = None
    author: str | None = None
    views: int | None = None
    weight: float = 0.0
    """How sure it is that this is a meta line: 1 a lone weak label or date, 2 and more a labelled source or time."""
    labels: frozenset[str] = frozenset()

    def joined(self, other: Meta) -> Meta:
        """This one, with what it lacks taken from *other*."""
        timed = (
            self if self.printed is not None else other
        )  # an impossible time is not mended with another line's
        return Meta(
            printed=timed.printed,
            date=timed.date,
            source=self.source if self.source is not None else other.source,
            editor=self.editor if self.editor is not None else other.editor,
            author=self.author if self.author is not None else other.author,
            views=self.views if self.views is not None else other.views,
            weight=self.weight + other.weight,
            labels=self.labels | other.labels,
        )


class _Label(NamedTuple):
    kind: str
    start: int
    end: int
    marked: bool
    """Whether a colon follows."""


@lru_cache(maxsize=2048)
def read_meta(text: str) -> Meta | None:
    """What a line says if it is a meta line, or part of one; None if it is something else.

    >>> meta = read_meta("發布:2022/4/2 9:07:39 來源:即墨信息港 瀏覽次 編輯:佚名")
    >>> meta.date, meta.source, meta.views, meta.editor
    ('2022-04-02T09:07:39+08:00', '即墨信息港', None, '佚名')
    >>> read_meta("2022年4月2日，金口镇召开会议。") is None
    True
    """
    if len(text) > LONGEST:
        return None
    plain = remove_annotations(text).text
    flat = folded(plain)
    labels = list(_labels(flat))
    place = _date_place(plain, labels)
    if not labels and place is None:
        return None
    if not _may_begin(flat, labels, place):
        return None
    meta = _read(plain, flat, labels, place)
    return meta if _is_meta(flat, labels, place, meta) else None


def may_be_meta(text: str) -> bool:
    """Whether it is worth a closer look: a meta line holds a colon, a number, or little else than a label.

    >>> may_be_meta("来源：即墨信息港"), may_be_meta("金口镇召开会议")
    (True, False)
    """
    if len(text) > LONGEST:
        return False
    marked = _MARK.search(text) is not None
    if not marked and "。" in text:
        return False
    if len(text) > 24:
        may_be_dated = marked or len(text) <= LONGEST_UNLABELLED
        return (
            may_be_dated and (_YEAR.search(text, 0, 22) is not None or _ENGLISH_TIME.match(text) is not None)
        ) or any(hint.search(text) for hint in _HINTS_IN_LONG)
    if _HINT.search(text) is not None:
        return True
    return _TWO_DIGITS.search(text) is not None and _BESIDE_DIGITS.search(text) is not None


def label_alone(text: str) -> str | None:
    """The kind of label that *text* is and nothing else (a ``<dt>``, a cell): None if it is not one.

    >>> label_alone("發布時間："), label_alone("来源"), label_alone("来源不明的货物")
    ('date', 'source', None)
    """
    if len(text) > 20:
        return None
    flat = folded(remove_annotations(text).text).strip(" []()|·")
    match = LABEL.match(flat)
    if match is None or match.end() != len(flat):
        return None
    return label_kind(match)


def _labels(flat: str) -> Iterator[_Label]:
    end_of_last = -100
    for match in LABEL.finditer(flat):
        kind, word = label_kind(match), match["word"]
        marked = match.lastgroup == "colon"
        start, end = match.span()
        starts_word = start == 0 or flat[start - 1] in _BEFORE or flat[start - 1].isdigit()
        if not marked and flat[end : end + 1] == "]" and flat[start - 1 : start] == "[":
            if not _is_bracketed(kind, word, flat, end + 1):
                continue
            marked, start, end = True, start - 1, end + 1
        elif marked:
            common = word in _COMMON_WORDS or word.isascii()
            if common and not starts_word and end_of_last < start - 12:
                continue  # 开会时间:, 首席记者: are other words
        elif not _stands_alone(kind, word, starts_word, flat, start, end):
            continue
        end_of_last = end
        yield _Label(kind, start, end, marked)


def _is_bracketed(kind: str, word: str, flat: str, behind: int) -> bool:
    """Whether a word in brackets is a label, by what stands behind it."""
    if (
        kind not in _BRACKETED or word in _COMMON_WORDS - {"时间", "日期"}
    ) and word not in _BRACKETED_AUTHORS:
        return False
    value = _DATE_VALUE if kind in ("date", "updated") else _VALUE
    return value.match(flat, behind) is not None


def _stands_alone(kind: str, word: str, starts_word: bool, flat: str, start: int, end: int) -> bool:
    """Whether a label without a colon is one: ``来源 即墨信息港``, ``浏览次``, ``发布于2022-4-2``."""
    if kind == "views":
        if start_of_count := _COUNT_BEFORE.search(flat[:start]):
            return start_of_count.start() == 0 or flat[start_of_count.start() - 1] in _BEFORE_COUNT
        return (starts_word and _BEHIND.match(flat, end) is not None) or end == len(flat)
    if kind == "other":
        return (
            starts_word
            and word in ("字号", "字体", "分享到", "评论", "收藏", "标签", "关键词")
            and _BEHIND.match(flat, end) is not None
        )
    if len(word) < 2 or not starts_word or word.isascii():
        return False
    if kind in ("date", "updated"):
        return re.match(r"\s?[\[(]?\d{2}", flat[end:]) is not None
    return flat[end : end + 1] == " " and len(flat) > end + 1


def _date_place(plain: str, labels: list[_Label]) -> tuple[int, int, str | None] | None:
    """Where the article's time stands: behind a label for it, else anywhere but in another label's value."""
    for kind in ("date", "updated"):
        for number, label in enumerate(labels):
            if label.kind == kind:
                stop = labels[number + 1].start if number + 1 < len(labels) else len(plain)
                place = locate_labelled_date(plain, label.end)
                if place and place[0] < stop:
                    return place
    return locate_date(plain)


def _read(plain: str, flat: str, labels: list[_Label], place: tuple[int, int, str | None] | None) -> Meta:
    values: dict[str, str | None] = {}
    views: int | None = None
    for number, label in enumerate(labels):
        stop = labels[number + 1].start if number + 1 < len(labels) else len(plain)
        if place and label.end <= place[0] < stop and label.kind not in ("date", "updated"):
            stop = place[0]
        if label.kind == "views":
            views = _number(flat[label.end : stop]) if views is None else views
        elif values.get(label.kind) is None:
            values[label.kind] = _value(plain[label.end : stop])
    if views is None and ("次" in flat or "人" in flat) and (match := _VIEWS_BEFORE.search(flat)):
        views = int(match[1].replace(",", ""))
    printed = plain[place[0] : place[1]] if place else _undated(values)
    return Meta(
        printed=printed,
        date=place[2] if place else None,
        source=values.get("source"),
        editor=values.get("editor"),
        author=values.get("author"),
        views=views,
        weight=_weight(labels, place),
        labels=frozenset([label.kind for label in labels]),
    )


def _weight(labels: list[_Label], place: tuple[int, int, str | None] | None) -> float:
    shares: dict[str, float] = {}
    for kind, _, _, marked in labels:
        if marked or kind == "views":
            shares[kind] = _WEIGHTS[kind]
        else:
            shares.setdefault(kind, 0.5 * _WEIGHTS[kind])
    return sum(shares.values()) + (1.0 if place else 0.0)


def _undated(values: dict[str, str | None]) -> str | None:
    """What a label for the time names though it is no time that can be read: kept as printed."""
    value = values.get("date") or values.get("updated")
    return value if value and len(value) <= 25 and any(map(str.isdigit, value)) else None


@lru_cache(maxsize=2048)
def _value(text: str) -> str | None:
    """A label's value: without separators, brackets around it and controls behind it; None if nothing is left."""
    flat = folded(text)
    end = len(text)
    if unknown := _UNKNOWN_LABEL.search(flat):
        end = unknown.start()
    while tail := _TAIL.search(flat, 0, end):
        rest = flat[tail.start() : end]
        if is_control(rest) or not any(map(str.isalnum, rest)):
            end = tail.start()
        else:
            break
    value = _without_edges(text[:end])
    if not value or is_bare(value) or (len(value) <= 12 and is_control(folded(value))):
        return None
    return value


def _without_edges(value: str) -> str:
    while True:
        bare = value.strip(_EDGES)
        if bare and (closing := bare[-1]) in _PAIRS:
            opening = _PAIRS[closing]
            if bare[0] == opening and bare.count(opening) == 1:
                bare = bare[1:-1]
            elif bare.count(opening) < bare.count(closing):
                bare = bare[:-1]
        if (
            bare
            and bare[0] in _PAIRS.values()
            and not any(close in bare for close, op in _PAIRS.items() if op == bare[0])
        ):
            bare = bare[1:]
        if bare and bare[-1] in _PAIRS.values():
            bare = bare[:-1]
        if bare == value:
            return value
        value = bare


def _number(text: str) -> int | None:
    match = _NUMBER.match(text.lstrip(" [(:次"))
    if match is None:
        return None
    digits = match[0].replace(",", "").strip()
    if digits.endswith("万"):
        return round(float(digits[:-1]) * 10_000)
    return int(float(digits)) if len(digits) <= 12 else None


def _may_begin(flat: str, labels: list[_Label], place: tuple[int, int, str | None] | None) -> bool:
    """Whether a line's first label or time stands where a meta line's does: at its beginning."""
    if not any(label.marked for label in labels):
        return _is_only_date(flat, place, labels)
    first = min(labels[0].start, place[0]) if place else labels[0].start
    before = _ADDRESS.sub("", flat[:first]).strip(" []()|·-,") if first else ""
    return len(before) <= 12 and not _SENTENCE.search(before)


def _is_meta(flat: str, labels: list[_Label], place: tuple[int, int, str | None] | None, meta: Meta) -> bool:
    values = [value for value in (meta.source, meta.editor, meta.author) if value]
    if values and (max(map(len, values)) > LONGEST_VALUE or _SENTENCE.search("\n".join(values))):
        return False
    if not any(label.marked for label in labels):
        return True
    if meta.labels <= {"date", "other"} and place is None and not values and meta.printed:
        return not _UNKNOWN_LABEL.search(flat)  # 时间：5月6日上午9时 地点：… announces an event
    return bool(meta.labels & {"date", "updated"}) or place is None or not _TODAY.search(flat)


def _is_only_date(flat: str, place: tuple[int, int, str | None] | None, labels: list[_Label]) -> bool:
    """Whether a line without a marked label is a time and little else: ``(2022-04-02) 浏览 12``, ``2022-04-02 即墨信息港``."""
    if place is None:
        if len(flat) > LONGEST_UNLABELLED or _SENTENCE.search(flat):
            return False
        if labels[0].start > 3 and not (labels[0].kind == "views" and flat[0].isdigit()):
            return False
        return all(label.kind == "views" for label in labels) or len(labels) >= 2
    if _TODAY.search(flat) and not labels:
        return False
    rest = (flat[: place[0]] + " " + flat[place[1] :]).strip(" []()|·-,:")
    return len(rest) <= 24 and not _SENTENCE.search(rest) and not re.match(r"[,，]", flat[place[1] :])
