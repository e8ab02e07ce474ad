"""Times as Chinese portals print them, to ISO 8601.

Only what is printed is given: a day stays a day (``2011-05-06``), a time to the minute gets ``:00``, and a time carries
+08:00, the portal's. What cannot be (31 June, 25 o'clock) is no time, and the printed text is kept.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

from jimo_crawler.clock import PORTAL_ZONE
from jimo_crawler.text.script import Exchange

EARLIEST, LATEST = 1980, 2099
"""Outside these years a time on a web page is a database's empty value (1899-12-30, 1900-01-01), not a time."""

_fold = Exchange(
    str.maketrans(
        "０１２３４５６７８９：︰﹕／∕⁄－‐‑–—．。　\xa0\t\n，時點○零",
        "0123456789::://" + "/-----.." + "    " + ",时点〇〇",
    )
)
"""One character for one, so that places in the folded text are places in the printed one."""

_NUMERALS = {character: value for value, character in enumerate("〇一二三四五六七八九")}
_CN = "[〇一二三四五六七八九十]"
_WEEKDAY = r"(?:[(（\[]?(?:星期|礼拜|禮拜|周|週)[一二三四五六日天][)）\]]?)"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EN_WEEKDAY = r"(?:\b(?i:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s)?"
_EN_MONTH = rf"\b(?P<en_month{{}}>(?i:{'|'.join(_MONTHS)}))[a-z]*\.?"
_DAY = rf"""(?:
    (?P<year>(?<!\d)(?:19|20)\d\d|(?<!\d)\d{{4}}(?=[-/.年])) \s?
    (?: (?P<sep>[-/.])\s?(?P<month>\d{{1,2}})\s?(?P=sep)\s?(?P<day>\d{{1,2}})(?!\d)
      | 年\s?(?P<month2>\d{{1,2}})\s?月\s?(?P<day2>\d{{1,2}})(?!\d)\s?[日号號]? )
  | (?P<cn_year>[〇一二三四五六七八九]{{4}})\s?年\s?(?P<cn_month>{_CN}{{1,3}})\s?月\s?(?P<cn_day>{_CN}{{1,3}})\s?[日号號]?
  | (?<![\d/])(?P<us_month>\d{{1,2}})/(?P<us_day>\d{{1,2}})/(?P<us_year>(?:19|20)\d\d)(?!\d)
  | (?<!\d)(?P<two_year>\d\d)\s?年\s?(?P<two_month>\d{{1,2}})\s?月\s?(?P<two_day>\d{{1,2}})\s?[日号號]
  | {_EN_WEEKDAY}{_EN_MONTH.format("")}\s?(?P<en_day>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<en_year>(?:19|20)\d\d)(?!\d)
  | {_EN_WEEKDAY}{_EN_MONTH.format(3)}\s(?P<en_day3>\d{{1,2}})\s(?P<clock3>\d\d:\d\d:\d\d)\s(?:[A-Z]{{3,4}}(?:[+-]\d{{4}})?\s)?
      (?P<en_year3>(?:19|20)\d\d)(?!\d)
  | {_EN_WEEKDAY}(?<!\d)(?P<en_day2>\d{{1,2}})[ -]{_EN_MONTH.format(2)},?[ -](?P<en_year2>(?:19|20)\d\d)(?!\d)
  | (?<![\d.:/-])(?P<short_year>\d\d)(?P<short_sep>[-/.])(?P<short_month>\d\d)(?P=short_sep)(?P<short_day>\d\d)(?![\d./-])
)"""
_TIME = rf"""(?:
    (?: \s?,?\s?{_WEEKDAY}\s?,?\s? | \s?T\s? | \s*,?\s* | \s?[-/|]\s | (?<=[日号號])\s? )
    (?P<half>上午|下午|晚上|晚|傍晚|中午|凌晨|早上|早晨|清晨|[AaPp]\.?[Mm]\.?\s)?\s?
    (?P<hour>(?<!\d)\d{{1,2}}) \s?
    (?: :\s?(?P<minute>\d{{1,2}})(?:\s?:\s?(?P<second>\d{{1,2}}))?(?:\.\d{{1,6}})?(?!\d)
      | [时点]\s?(?:(?P<minute2>\d{{1,2}})\s?分?(?:\s?(?P<second2>\d{{1,2}})\s?秒)?)?(?![\d间间段]) )
    (?:\s?(?P<suffix>[AaPp]\.?[Mm]\b\.?))?
    (?P<zone>Z|\s?[+-]\d\d:?\d\d(?!\d))?
)"""
_PRINTED = re.compile(_DAY + _TIME + "?", re.X)
_LABELLED = re.compile(
    r"""[\s:(\[{【（［]*(?:
        (?P<short>\d\d)(?P<sep>[-/.])(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})(?![\d./-])
      | (?P<full>(?:19|20)\d\d)(?P<month2>\d\d)(?P<day2>\d\d)(?!\d) )"""
    + _TIME
    + "?",
    re.X,
)
"""What is a time behind a label for one, and anywhere else may be another number: 09/3/5, 20090305."""
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?")
_AROUND = " \t\r\n\xa0　[](){}【】（）〔〕<>《》,，。.;；:："
_FIRST_DIGITS = re.compile(r"[0-9０-９〇○零一二三四五六七八九]{2}")


def parse_date(text: str) -> str | None:
    """The time that *text* is, ISO 8601; None if it is none, or an impossible one.

    >>> parse_date("2022/4/2 9:07:39"), parse_date("［２０１０年５月６日］"), parse_date("2011-2-30")
    ('2022-04-02T09:07:39+08:00', '2010-05-06', None)
    """
    if (compact := _COMPACT.fullmatch(_fold(text.strip(_AROUND)))) is not None:
        year, month, day, hour, minute, second = compact.groups()
        return _iso(int(year), int(month), int(day), _clock(hour, minute, second, "", None))
    found = find_date(text)
    return found[1] if found else None


def find_date(text: str) -> tuple[str, str | None] | None:
    """The first time in *text*: as printed, and in ISO 8601 (None for an impossible one); None if there is no time.

    >>> find_date("发布：2019-03-05 08:15 来源：即墨信息港")
    ('2019-03-05 08:15', '2019-03-05T08:15:00+08:00')
    >>> find_date("2011年13月6日")
    ('2011年13月6日', None)
    """
    place = locate_date(text)
    return (text[place[0] : place[1]], place[2]) if place else None


def locate_date(text: str, start: int = 0) -> tuple[int, int, str | None] | None:
    """Where the first time at or after *start* stands, and its ISO form: for callers that read on behind it."""
    if not _FIRST_DIGITS.search(text, start):
        return None
    folded = _fold(text)
    match = _PRINTED.search(folded, start)
    if match is None:
        return None
    end = match.start() + len(match.group().rstrip())
    return match.start(), end, _read(match)


def locate_labelled_date(text: str, start: int) -> tuple[int, int, str | None] | None:
    """The same behind a label for the time that ends at *start*, where 09-3-5 and 20090305 are times, too.

    >>> locate_labelled_date("日期：09/3/5 作者：张三", 3)
    (3, 9, '2009-03-05')
    """
    if not _FIRST_DIGITS.search(text, start):
        return None
    match = _LABELLED.match(_fold(text), start)
    if match is None:
        return locate_date(text, start)
    short, sep = match.group("short", "sep")
    year = _century(int(short)) if sep else int(match["full"])
    month, month2, day, day2 = match.group("month", "month2", "day", "day2")
    first = match.start("short") if sep else match.start("full")
    end = match.start() + len(match.group().rstrip())
    return first, end, _with_clock((year, int(month or month2), int(day or day2)), match)


def _read(match: re.Match[str]) -> str | None:
    year, month, month2, day_, day2 = match.group("year", "month", "month2", "day", "day2")
    if year:
        return _with_clock((int(year), int(month or month2), int(day_ or day2)), match)
    part = match.groupdict()
    if part["cn_year"]:
        year = int("".join(str(_NUMERALS[each]) for each in part["cn_year"]))
        day = year, _numeral(part["cn_month"]), _numeral(part["cn_day"])
    elif part["two_year"]:
        day = _century(int(part["two_year"])), int(part["two_month"]), int(part["two_day"])
    elif part["en_year"] or part["en_year2"]:
        month = _MONTHS.index((part["en_month"] or part["en_month2"]).lower()) + 1
        day = int(part["en_year"] or part["en_year2"]), month, int(part["en_day"] or part["en_day2"])
    elif part["en_year3"]:
        month = _MONTHS.index(part["en_month3"].lower()) + 1
        hour, minute, second = part["clock3"].split(":")
        clock = _clock(hour, minute, second, "", None)
        return _iso(int(part["en_year3"]), month, int(part["en_day3"]), clock)
    elif part["us_year"]:
        day = int(part["us_year"]), int(part["us_month"]), int(part["us_day"])
    else:
        day = _century(int(part["short_year"])), int(part["short_month"]), int(part["short_day"])
    return _with_clock(day, match)


def _with_clock(day: tuple[int, int, int], match: re.Match[str]) -> str | None:
    hour, minute, minute2, second, second2 = match.group("hour", "minute", "minute2", "second", "second2")
    if hour is None:
        return _iso(*day, None)
    half, suffix, zone = match.group("half", "suffix", "zone")
    clock = _clock(hour, minute or minute2, second or second2, half or suffix or "", zone)
    return _iso(*day, clock) if clock else None


def _century(year: int) -> int:
    return (2000 if year < 70 else 1900) + year


def _numeral(text: str) -> int:
    """A number up to 99 in Chinese numerals; 0, which no date has, for what is none.

    >>> _numeral("二十一"), _numeral("十"), _numeral("三〇")
    (21, 10, 30)
    """
    tens, ten, ones = text.partition("十")
    if not ten:
        return int("".join(str(_NUMERALS[each]) for each in text)) if "十" not in text else 0
    if "十" in ones or len(tens) > 1 or len(ones) > 1:
        return 0
    return (_NUMERALS[tens] if tens else 1) * 10 + (_NUMERALS[ones] if ones else 0)


def _clock(
    hour: str | None, minute: str | None, second: str | None, half: str, zone: str | None
) -> tuple[int, int, int, timezone] | None:
    if hour is None:
        return None
    hours = int(hour)
    mark = half.replace(".", "").strip().lower()
    if (mark in ("下午", "晚上", "晚", "傍晚", "pm") and 1 <= hours < 12) or (mark == "中午" and hours < 3):
        hours += 12
    elif mark in ("am", "凌晨", "上午") and hours == 12:
        hours = 0 if mark != "上午" else 12
    return hours, int(minute or 0), int(second or 0), _zone(zone)


def _zone(text: str | None) -> timezone:
    """The offset that a machine-readable time names; people print none, and mean the portal's."""
    if not text:
        return PORTAL_ZONE
    if text == "Z":
        return UTC
    digits = text.strip().replace(":", "")
    offset = timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5]))
    return timezone(min(offset, timedelta(hours=14)) * (-1 if digits[0] == "-" else 1))


def _iso(year: int, month: int, day: int, clock: tuple[int, int, int, timezone] | None) -> str | None:
    if not EARLIEST <= year <= LATEST:
        return None
    try:
        if clock is None:
            return date(year, month, day).isoformat()
        time = datetime(year, month, day, *clock[:3], tzinfo=clock[3])
        return (time if time.tzinfo is PORTAL_ZONE else time.astimezone(PORTAL_ZONE)).isoformat()
    except ValueError:
        return None
