"""Injected text: every kind and position that such portals have been seen with, in our own wording."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from random import Random

from jimo_crawler.demo.texts import words

SAMPLE_LINE = (
    "亚洲日产乱码一二三四天涯|国产VA免费精品高清在线30页|国产99视频精品免费视频7|亚洲VA欧美VA人人爽成人影院"
)
REGIONS = words("亚洲 欧美 国产 日韩 日本 欧洲 东京")
QUALITIES = words("精品 高清 无码 免费 超清 久久 综合 午夜")
CONTAINERS = words("影院 视频 一区 二区 三区 专区 影视 在线视频 大片")
TAILS = words("在线观看 不卡 30页 在线播放 免费看 99 第12P 无广告 最新")
BRANDS = words("金沙湾 皇冠城 新葡坊 九州通 云顶阁 永利源")
GAMES = words("棋牌 彩票 体育 电子游艺 真人百家 捕鱼")
ACTIONS = words("官网 下载 登录入口 APP下载 手机版 注册送彩金")
COUNTIES = words(
    "铁岭县 民勤县 盐池县 武宁县 尚义县 三都 嘉鱼县 长丰县 德格县 靖宇县 桃源县 大埔县 麟游县 "
    "新龙县 和硕县 延长县 江永县 峨山 凤冈县 方山县 泰来县 灵石县 巧家县 安义县 石城县 临泽县"
)
ADVERTS = (
    "代开发票（普票、专票）点数低,先验后付,薇信:1 3 8 0 0 0 0 {n} 张经理",
    "专业办证刻章,各类学历证书,➕V:jm{n}88,当天出证,货到付款",
    "无抵押贷款,当天放款,身份证即可办理,加薇❤信 dk{n}66",
    "SEO快速排名,三天上首页,百度霸屏,扣扣:2 0 0 0 0 0 {n}",
    "代孕包成功包性别,咨询热线:➊➌❽0000{n},微信同号",
)
VPNS = (
    "{a}加速器下载安装_{a}加速器免费版_{a}VPN官网_永久免费梯子",
    "{a}VPN破解版下载-{a}加速器安卓版-科学上网免费节点-{a}ios下载",
)


@dataclass(frozen=True, slots=True)
class Injection:
    """One injected text and where it stands."""

    text: str
    """As served."""
    place: str
    """first (ahead of everything), top, middle, bottom (of the body's container), inline (end of a paragraph), foot
    (behind the copyright line), comment (among what readers wrote), head (``<title>``), title (the headline itself), meta (keywords and description)."""
    hiding: str = "p"
    """How it is marked up: a name in HIDINGS."""
    kind: str = "video"

    @property
    def hidden(self) -> bool:
        """A browser would not show it."""
        return self.hiding in HIDDEN

    def html(self) -> str:
        """The markup."""
        return HIDINGS[self.hiding].format(text=escape(self.text), links=_links(self.text))


def _links(text: str) -> str:
    """The segments of a line, each a link to some other host."""
    for mark in "|_,、":
        if mark in text:
            return mark.join(
                f'<a href="http://spam.invalid/{n}.html">{escape(each)}</a>' if each else ""
                for n, each in enumerate(text.split(mark))
            )
    return f'<a href="http://spam.invalid/">{escape(text)}</a>'


HIDINGS = {
    "p": "<p>{text}</p>",
    "div": "<div>{text}</div>",
    "br": "<br>{text}<br>",
    "bare": "{text}",
    "links": "<div>{links}</div>",
    "font": '<br /><font size="2">{text}</font><br />',
    "display": '<div style="display:none">{text}</div>',
    "display-links": '<ul style="display: none;"><li>{links}</li></ul>',
    "left": '<div style="position:absolute;left:-9999px;top:-1000px">{links}</div>',
    "fixed": '<span style="position: fixed; top: -5000px;">{text}</span>',
    "height": '<div style="height:0px;overflow:hidden">{text}</div>',
    "pixel": '<div style="width:1px;height:1px;overflow:hidden;">{links}</div>',
    "font-size": '<p style="font-size:0">{text}</p>',
    "white": '<font color="#FFFFFF">{text}</font>',
    "white-style": '<span style="color:#fff;background-color:#fff">{text}</span>',
    "marquee": '<marquee height="1" width="1" scrollamount="3000">{links}</marquee>',
    "noscript": "<noscript>{links}</noscript>",
    "removed": '<div id="jmxz_tj">{links}</div><script>document.getElementById("jmxz_tj").style.display="none"</script>',
}
HIDDEN = frozenset(HIDINGS) - {"p", "div", "br", "bare", "links", "font"}


def video_line(rng: Random) -> str:
    """Segments of region, quality, container and tail, one separator throughout."""
    segments = [
        rng.choice(REGIONS)
        + "".join(rng.sample(QUALITIES, rng.randint(1, 3)))
        + rng.choice(CONTAINERS)
        + rng.choice(["", rng.choice(TAILS)])
        for _ in range(rng.randint(3, 9))
    ]
    return rng.choice("|_-,，、 ").join(segments)


def gambling_line(rng: Random) -> str:
    """Brand, game and action, over and over."""
    brand = rng.choice(BRANDS)
    return rng.choice("_|-,").join(
        f"{brand}{rng.choice(GAMES)}{rng.choice(ACTIONS)}" for _ in range(rng.randint(3, 6))
    )


def farm_line(rng: Random) -> str:
    """The footer of a link farm: a label and unrelated counties."""
    return "主站蜘蛛池模板: " + "|".join([*rng.sample(COUNTIES, rng.randint(10, 24)), ""])


def advert_line(rng: Random) -> str:
    """An advertisement with a disguised contact."""
    return rng.choice(ADVERTS).format(n=rng.randint(100, 999))


def vpn_line(rng: Random) -> str:
    """A download page's headline."""
    return rng.choice(VPNS).format(a=rng.choice(["极光", "飞鱼", "蓝灯笼", "快连通"]))


KINDS = {
    "video": video_line,
    "gambling": gambling_line,
    "farm": farm_line,
    "advert": advert_line,
    "vpn": vpn_line,
}


def inject(seed: str, kind: str, place: str, hiding: str = "p") -> Injection:
    """An injection of that kind; *seed* decides its words."""
    return Injection(KINDS[kind](Random(f"spam/{seed}")), place, hiding, kind)
