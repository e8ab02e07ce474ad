"""The towns of the demo portal: today's fifteen, and some merged long ago."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta, timezone

ZONE = timezone(timedelta(hours=8))
"""What the portal prints its times in."""


@dataclass(frozen=True, slots=True)
class Town:
    """One town section of the portal."""

    name: str
    slug: str
    villages: tuple[str, ...]
    style: str
    """Which listing style its pages have (listings.py)."""
    per_page: int = 8
    stories: int = 15
    merged_into: str = ""
    former: str = ""
    """Its name in texts before 2012."""

    @property
    def kind(self) -> str:
        return "街道" if self.name.endswith("街道") else "镇"

    @property
    def short(self) -> str:
        return self.name.removesuffix("街道").removesuffix("镇")

    def called(self, year: int) -> str:
        """The name that a text of that year gives it."""
        return self.former if self.former and year < 2012 else self.name


def _town(name: str, slug: str, villages: str, style: str, **more: str | int) -> Town:
    return Town(name, slug, tuple(villages.split()), style, **more)  # type: ignore[arg-type]


TOWNS = (
    _town("通济街道", "tongji", "孔家庄 前河南村 石桥社区 仁厚里", "dede"),
    _town("环秀街道", "huanxiu", "西元庄 辛庄村 大韩社区 圈子村", "numbers"),
    _town("潮海街道", "chaohai", "城北村 马山前村 文化路社区 大吕戈庄", "asp"),
    _town("北安街道", "beian", "刘家岔河 北庙村 杨头村 李家营", "select"),
    _town("龙山街道", "longshan", "石龙沟村 前屯社区 官庄村 窝洛子", "images"),
    _town("龙泉街道", "longquan", "莲花庄 后张院 满贡村 汪汪泊", "html5", former="龙泉镇"),
    _town("鳌山卫街道", "aoshanwei", "卫里村 南里村 孙家白庙 鳌角石", "kingcms", former="鳌山卫镇"),
    _town("温泉街道", "wenquan", "东温泉村 西皋虞 七沟村 四舍山", "dede", former="温泉镇"),
    _town("灵山街道", "lingshan", "灵山新村 西姜戈庄 三泉庄 索戈庄", "numbers", former="灵山镇"),
    _town("大信街道", "daxin", "普东村 小信村 天山村 大金家", "asp", former="大信镇"),
    _town("蓝村街道", "lancun", "一里村 三里村 古城村 鲁家埠", "images", former="蓝村镇"),
    _town("段泊岚镇", "duanbolan", "瓦戈庄 毛家岭 张家小庄 岚埠村", "gbkquery"),
    _town("移风店镇", "yifengdian", "大坝村 沟东村 湍湾村 河崖村", "select"),
    _town("田横镇", "tianheng", "周戈庄 山东头 西王村 泊子村", "html5"),
    _town("金口镇", "jinkou", "凤凰村 侯家滩 北阡村 店集村", "kingcms"),
    _town("七级镇", "qiji", "西七级 东七级 湾头村", "dede", stories=7, merged_into="移风店镇"),
    _town("南泉镇", "nanquan", "南泉庄 程哥庄 小营村", "asp", stories=6, merged_into="蓝村街道"),
    _town("刘家庄镇", "liujiazhuang", "刘家庄 挪城村 西章嘉埠", "numbers", stories=6, merged_into="段泊岚镇"),
    _town("王村镇", "wangcun", "王村 小管岛 张戈庄", "select", stories=6, merged_into="田横镇"),
    _town("华山镇", "huashan", "华山村 孙家沟岔 西枣行", "images", stories=5, merged_into="北安街道"),
)
FIRST_FORM = ("金口镇", "蓝村街道", "龙泉街道")


def town(name: str) -> Town:
    """The town of that name. Raises KeyError if there is none."""
    return {each.name: each for each in TOWNS}[name]
