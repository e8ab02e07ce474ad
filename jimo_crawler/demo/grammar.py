"""Writes town news from ``texts/sentences.txt``: seeded, so that a key always gives the same story."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from random import Random

from jimo_crawler.demo.story import Piece, Story
from jimo_crawler.demo.texts import read_text, words
from jimo_crawler.demo.towns import Town

SURNAMES = "王李张刘陈杨孙于姜宋江黄周吕兰万迟袁韩邵隋盛解修卢傅董毛范蓝"
GIVEN = words(
    "建国 秀英 志强 淑芬 海涛 玉梅 德顺 文静 立军 桂兰 晓东 丽娜 守业 春燕 喆 镕川 永刚 "
    "维芳 成林 爱华 克俭 云霞 松林 千里 制胜 乾元 占魁 洪波 雪莲 希贤 钟毓 学峰 系舟 丰年 "
    "面壁 谷雨 翀 犇 慧敏 传志"
)
CROPS = words("草莓 茶叶 葡萄 地瓜 白菜 大蒜 西红柿 苹果 桃子 花生 蓝莓 芋头 黄瓜 辣椒 洋葱 土豆")
FIRMS = ["华阳", "海升", "鑫磊", "恒昌", "永泰", "瑞丰", "众和", "东岳", "蓝岛", "天和", "沃隆", "正泰"]
TRADES = ["机械", "服装", "食品", "电子", "新材料", "包装", "水产", "针织", "汽车配件", "环保设备"]
MEETINGS = words(
    "春季工作会议 作风建设动员会 半年工作总结会 重点工作调度会 人大代表座谈会 村庄换届工作会议 "
    "乡村振兴推进会 民生实事评议会 年度述职大会"
)
LATE_WORDS = re.compile(
    "微信|手机|无人机|无人植保机|扫码|电商|网格员|家庭医生|乡村振兴|美丽|高清|枫桥|二维码|天然气|快进键"
)
"""Words that no text before 2013 has."""
COAST = frozenset(words("tianheng aoshanwei wenquan jinkou wangcun"))
CHOICE = re.compile(r"\[([^\[\]]*)\]")
SLOT = re.compile(r"\{([^{}]*)\}")
ARABIC = re.compile(r"(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")


@cache
def sentences() -> dict[tuple[str, str], tuple[str, ...]]:
    """The patterns of ``sentences.txt`` by topic and part."""
    groups: dict[tuple[str, str], list[str]] = {}
    lines: list[str] = []
    for line in read_text("sentences.txt").splitlines():
        if line.startswith("== "):
            topic, _, part = line[3:].partition("/")
            lines = groups.setdefault((topic, part), [])
        elif line and not line.startswith("#"):
            lines.append(line)
    return {key: tuple(each) for key, each in groups.items()}


@cache
def topics(year: int) -> tuple[str, ...]:
    """Topics that a year knows."""

    def known(topic: str) -> bool:
        years = sentences().get((topic, "years"), ("1990-2099",))[0]
        return int(years[:4]) <= year <= int(years[5:])

    return tuple(dict.fromkeys(t for t, _ in sentences() if t != "any" and known(t)))


class Writer:
    """Fills patterns for one story; a name that is used twice in it stays the same person or place."""

    def __init__(self, rng: Random, town: Town, when: datetime) -> None:
        self.rng = rng
        self.town = town
        self.when = when
        self._names: dict[str, str] = {}

    def write(self, pattern: str) -> str:
        """One pattern with its choices made, its slots filled and its quotation marks curled."""
        text, count = pattern, 1
        while count:
            text, count = CHOICE.subn(lambda m: self.rng.choice(m[1].split("|")), text)
        text = SLOT.sub(lambda m: self._fill(m[1]), text)
        return curl(text)

    def pick(self, topic: str, part: str, count: int) -> Iterator[str]:
        """Up to *count* different sentences of a group, none with a word that the year does not know."""
        group = [
            each
            for each in sentences().get((topic, part), ())
            if self.when.year >= 2013 or not LATE_WORDS.search(each)
        ]
        for pattern in self.rng.sample(group, min(count, len(group))):
            yield self.write(pattern)

    def _fill(self, slot: str) -> str:
        kind, _, span = slot.partition(":")
        if span:
            return self._number(span, decimal=kind == "f")
        if slot not in self._names:
            self._names[slot] = self._name(slot.rstrip("0123456789"))
        return self._names[slot]

    def _number(self, span: str, *, decimal: bool) -> str:
        found = ARABIC.fullmatch(span)
        assert found, span
        low, high = found.groups()
        if decimal or "." in low:
            return f"{self.rng.uniform(float(low), float(high)):.1f}"
        value = self.rng.randint(int(low), int(high))
        return str(value if value < 200 else value - value % 10 if value < 10_000 else value - value % 100)

    def _name(self, slot: str) -> str:
        rng, year = self.rng, self.when.year
        event = self.when - timedelta(days=rng.randint(0, 3))
        names = {
            "town": lambda: self.town.called(year),
            "short": lambda: self.town.short,
            "kind": lambda: self.town.called(year)[-1] if self.town.called(year)[-1] == "镇" else "街道",
            "village": lambda: rng.choice(self.town.villages),
            "person": lambda: rng.choice(SURNAMES) + rng.choice(GIVEN)[:2],
            "crop": lambda: rng.choice(CROPS),
            "company": lambda: "青岛" + rng.choice(FIRMS) + rng.choice(TRADES) + "有限公司",
            "school": lambda: self.town.short + rng.choice(["中学", "中心小学", "第二小学", "实验学校"]),
            "meeting": lambda: rng.choice(MEETINGS),
            "date": lambda: f"{event.month}月{event.day}日",
            "side": lambda: rng.choice("东西南北"),
            "year": lambda: str(year),
            "lastyear": lambda: str(year - 1),
            "nextyear": lambda: str(year + 1),
            "oldyear": lambda: str(year - rng.randint(6, 14)),
        }
        return names[slot]()


def curl(text: str) -> str:
    """Straight quotation marks made “ and ” in turn."""
    parts = text.split('"')
    return "".join(part + ("“" if i % 2 == 0 else "”") for i, part in enumerate(parts[:-1])) + parts[-1]


WIDE = str.maketrans({",": "，", ":": "：", ";": "；", "!": "！", "?": "？", "(": "（", ")": "）"})


def compose(key: str, seed: str, town: Town, when: datetime, topic: str = "") -> Story:
    """A story about *town* as of *when*; *key* and *seed* decide every word of it."""
    rng = Random(f"{seed}/{key}")
    writer = Writer(rng, town, when)
    topic = topic or rng.choice([each for each in topics(when.year) if each != "sea" or town.slug in COAST])
    title = next(writer.pick(topic, "title", 1))
    pieces = tuple(_pieces(writer, topic, rng))
    if rng.random() < 0.6:  # many editors typed half-width marks, as on the sample page; the others did not
        title = title.translate(WIDE)
        pieces = tuple(Piece(p.kind, p.text.translate(WIDE), p.image) for p in pieces)
    return Story(key=key, town=town.name, title=title, pieces=pieces, when=when, **_meta(rng, town, when))  # type: ignore[arg-type]


def _pieces(writer: Writer, topic: str, rng: Random) -> Iterator[Piece]:
    yield Piece("paragraph", next(writer.pick(topic, "lead", 1)))
    middle = [Piece("paragraph", each) for each in writer.pick(topic, "body", rng.randint(1, 7))]
    middle += [Piece("paragraph", each) for each in writer.pick("any", "body", rng.choice((0, 1, 1, 2)))]
    middle += [Piece("paragraph", each) for each in writer.pick(topic, "quote", rng.randint(0, 3))]
    rng.shuffle(middle)
    if len(middle) > 4 and rng.random() < 0.4:
        heads = list(writer.pick(topic, "head", 2))
        for place, head in zip((len(middle) // 2, 0), heads, strict=False):
            middle.insert(place, Piece("heading", head))
    if rng.random() < 0.14:
        middle += _table(writer, rng)
    elif rng.random() < 0.12:
        middle += _steps(writer, rng)
    if rng.random() < 0.3:
        middle[1:1] = _picture(writer, rng)
    yield from middle
    yield from (Piece("paragraph", each) for each in writer.pick(topic, "close", 1))
    if rng.random() < 0.35:
        yield from (Piece("byline", each) for each in writer.pick("any", "close", 1))


def _table(writer: Writer, rng: Random) -> list[Piece]:
    rows = ["村庄\t户数\t面积(亩)\t负责人"]
    for village in rng.sample(writer.town.villages, min(3, len(writer.town.villages))):
        rows.append(
            f"{village}\t{rng.randint(60, 460)}\t{rng.randint(200, 3800)}\t{writer.write('{person9}')}"
        )
        writer._names.pop("person9", None)
    rows.append(f"合计\t{rng.randint(600, 1600)}\t{rng.randint(4000, 9000)}\t")
    return [Piece("row", row.rstrip("\t")) for row in rows]


STEPS = (
    "凡本辖区户籍的居民均可申请,由{village}村委会初审",
    "每户补助{n:200-1900}元,分{n:2-3}批发放到位",
    "材料不全的一次性告知,{n:3-15}个工作日内办结",
    "公示期为{n:5-10}天,接受群众监督",
    "对弄虚作假的,取消资格并追回资金",
    "咨询电话设在{town}便民服务大厅,专人接听",
)


def _steps(writer: Writer, rng: Random) -> list[Piece]:
    chosen = rng.sample(STEPS, rng.randint(3, 5))
    return [Piece("item", writer.write(each) + ("。" if each == chosen[-1] else ";")) for each in chosen]


CAPTIONS = (
    "图为{village}村民正在{crop}地里忙碌。",
    "{date},{town}{village}的群众在文化广场上。",
    "图为活动现场。(摄影 {person8})",
    "{person8} 摄",
)


def _picture(writer: Writer, rng: Random) -> list[Piece]:
    path = f"/upfiles/{writer.when:%Y%m}/{writer.when:%Y%m%d}{rng.randint(1000, 9999)}.jpg"
    caption = writer.write(rng.choice(CAPTIONS))
    picture = Piece("image", rng.choice(("", writer.town.name, caption)), path)
    return [picture, Piece("caption", caption)] if rng.random() < 0.7 else [picture]


def _meta(rng: Random, town: Town, when: datetime) -> dict[str, object]:
    office = town.called(when.year) + ("党政办" if rng.random() < 0.5 else "政府")
    press = "今日即墨" if when.year >= 2010 else "即墨大众"
    return {
        "source": rng.choice(("即墨信息港", "即墨信息港", press, office, "青岛日报", "本站原创", None)),
        "editor": rng.choice(("佚名", "佚名", "admin", "jimo", _editor(rng), _editor(rng), None)),
        "author": rng.choice((None, None, "佚名", _editor(rng), _editor(rng))),
        "views": rng.choice((None, rng.randint(1, 99), rng.randint(100, 9800))),
    }


def _editor(rng: Random) -> str:
    return rng.choice(SURNAMES) + rng.choice(GIVEN)[:2]
