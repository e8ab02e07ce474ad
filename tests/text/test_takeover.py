"""Pages that are spam as a whole, however they are put, and articles that are not: about spam, or with much of it."""

from __future__ import annotations

import pytest

from jimo_crawler.items import Article, Block, Image
from jimo_crawler.text.script import to_simplified
from jimo_crawler.text.spam import Cleaned, clean

NEWS = (
    "4月2日，金口镇召开重点项目建设推进会，镇党委书记王强主持会议，各村党支部书记、镇直各部门负责人参加会议。",
    "会议指出，今年全镇共有重点项目十二个，总投资三十亿元，目前已开工八个。各村要抢抓施工黄金期，倒排工期、挂图作战。",
)
FILMS = "亚洲日产乱码一二三四天涯|国产VA免费精品高清在线30页|国产99视频精品免费视频7"
BETS = "金鼎棋牌官网|金鼎体育APP下载|金鼎电子游艺注册送彩金|金鼎真人百家登录入口"


def judged(title: str, *texts: str, around: tuple[str, ...] = (), **fields: object) -> Cleaned:
    blocks = tuple(Block(text=text, plain=to_simplified(text)) for text in texts)
    article = Article(title=to_simplified(title), title_as_published=title, blocks=blocks, **fields)  # type: ignore[arg-type]
    return clean(article, tuple(Block(text=text, place="after", link_chars=len(text)) for text in around))


TAKEN = {
    "films": ("亚洲精品无码高清在线观看", FILMS, "国产精品视频|欧美无码专区"),
    "bets": ("金鼎棋牌官网下载", "金鼎棋牌官网,注册送彩金,百家乐、老虎机、捕鱼应有尽有,提款秒到账"),
    "spam under a headline of news": (
        "金口镇:做好服务保障",
        FILMS,
        "国产精品视频一区二区|欧美高清无码专区",
    ),
    "whole sentences": (
        "亚博体育官网_亚博体育app下载",
        "亚博体育为广大玩家提供真人视讯、电子游艺、体育投注、棋牌等服务,注册即送彩金,首存返水无上限。",
        "我们拥有多年的运营经验,深受玩家的喜爱,现在注册即送88元彩金。",
    ),
    "sentences whose house no list knows": (
        "星河湾:您身边的娱乐专家",
        "星河湾一直致力于为玩家打造最公平、最刺激的网上娱乐体验。您可以随时随地畅玩百家乐、老虎机、德州扑克与体育投注。",
        "星河湾支持多种支付方式,充值即时到账,提款最快一分钟。每周返水、生日礼金等优惠活动不断,会员更享专属客服。",
    ),
    "the same under a headline of news": (
        "金口镇:做好服务保障 项目建设“加速度”",
        "这里随时随地畅玩百家乐、老虎机、德州扑克与体育投注,赔率高,信誉好。",
        "支持多种支付方式,充值即时到账,提款最快一分钟。每周返水、首存优惠活动不断,会员更享专属客服。",
    ),
    "a company of its own praise": (
        "新葡京娱乐城平台(中国)有限公司",
        "平台成立于2008年,是一家集体育投注、真人视讯、电子游艺、彩票游戏于一体的综合性线上娱乐平台。",
        "专业团队二十四小时在线客服为您服务,存取款便捷,玩得开心、赢得放心,新会员首存优惠最高8888元。",
    ),
    "lottery numbers": (
        "新澳门天天开好彩正版资料大全",
        "一肖一码一中一特,管家婆三肖必中,澳门六合彩开奖结果直播。",
        "白小姐三肖三期必出,香港六合彩论坛,平特特码,内部资料期期准。",
    ),
    "a trade": (
        "代孕公司-助孕中心",
        "本中心是专业的代孕机构,提供供卵、三代试管、代孕妈妈等一条龙服务,包成功包健康,代孕价格透明。",
    ),
    "a way round the firewall": (
        "极光加速器-永久免费VPN",
        "极光加速器是一款永久免费的VPN科学上网工具,一键连接海外加速节点,翻墙访问外网不限流量,破解版下载。",
    ),
}


@pytest.mark.parametrize("kind", TAKEN)
def test_a_page_of_spam_is_a_takeover(kind: str) -> None:
    title, *texts = TAKEN[kind]
    assert judged(title, *texts).takeover
    assert judged(title, *texts, published_at="2026-01-05", source="即墨信息港").takeover


def test_a_few_lines_that_might_be_news_are_not_beside_a_page_of_spam() -> None:
    faint = "金沙湾官网是亚洲领先的在线娱乐平台,提供体育、彩票、真人百家、电子游艺、棋牌捕鱼等上百款游戏。"
    assert judged("金沙湾官网", faint, around=(BETS,) * 9).takeover
    assert not judged("金口镇春耕忙", *NEWS, around=(BETS,) * 40).takeover


KEPT = {
    "one line of spam": ("金口镇春耕忙", FILMS, NEWS[1]),
    "spam in the headline": ("亚洲精品无码_金口镇春耕忙", NEWS[1]),
    "spam between all paragraphs": ("金口镇重点项目建设", FILMS, BETS, NEWS[0], FILMS, BETS, NEWS[1], FILMS, BETS),
    "ten times as much spam": ("金口镇重点项目建设", *[FILMS, BETS] * 12, *NEWS),
    "a short notice under much spam": ("金口镇停水通知", *[BETS] * 9, "因管道检修，5月6日8时至17时北阡村停水，请提前做好储水准备。"),
    "a raid": (
        "即墨警方捣毁网络棋牌赌博平台",
        "该平台以棋牌、百家乐、老虎机为名吸引玩家注册充值，涉案资金2亿元，抓获嫌疑人30名。",
    ),
    "a campaign": (
        "金口镇开展“拒绝网络赌博”宣传活动",
        "5月6日，镇平安办联合派出所开展宣传活动，提醒群众远离赌博。",
        "网络赌博的常见形式有时时彩、百家乐、棋牌游戏、体育投注、老虎机、捕鱼、六合彩，不要轻信“注册送彩金”“首存返水”。",
    ),
    "a letter to all": (
        "致全镇居民的一封信",
        "凡是以百家乐、时时彩、六合彩、棋牌、体育投注等名义吸引您下注的，都是赌博；凡是注册送彩金、充值返利的，都是诈骗。",
        "请大家擦亮眼睛，守住钱袋子，发现线索请拨打110。",
    ),
    "a verdict": (
        "法院公开宣判一起开设赌场案",
        "被告人利用网络平台组织赌博，提供百家乐、炸金花、牛牛、德州扑克等，接受投注，已构成开设赌场罪，判处有期徒刑三年。",
    ),
    "films and decency": (
        "金口镇开展“扫黄打非”专项行动",
        "检查组严查淫秽色情视频、成人小说、色情网站链接等有害信息，收缴盗版光盘三十张。",
    ),
    "forged invoices": (
        "税务部门查处一起虚开发票案",
        "该团伙通过短信、微信发布“代开发票、点数低、先验后付”等广告，非法获利200余万元，抓获7人。",
    ),
    "a card room": ("老年棋牌室焕然一新", "象棋、麻将、扑克桌摆放整齐，老人们乐在其中。"),
    "games of the village": (
        "金口镇举办第三届农民运动会",
        "来自32个村庄的500余名运动员参加了篮球、足球、象棋、扑克、麻将、棋牌比赛。",
    ),
    "lessons on screens": (
        "在线视频课堂受欢迎",
        "中心小学推出免费高清在线视频课程，学生用手机就能在线观看，国产软件下载安装简单。",
    ),
    "nothing but pictures": ("图片新闻",),
}  # fmt: skip


@pytest.mark.parametrize("kind", KEPT)
def test_an_article_about_spam_or_with_much_of_it_is_none(kind: str) -> None:
    title, *texts = KEPT[kind]
    cleaned = judged(title, *texts)
    assert not cleaned.takeover
    honest = [text for text in texts if text not in (FILMS, BETS)]
    assert cleaned.article.body == "\n".join(honest)


def test_a_page_of_pictures_with_an_injected_line_is_no_takeover() -> None:
    cleaned = judged("金口镇春光", FILMS, images=(Image(url="http://www.jimo.example/1.jpg"),))
    assert not cleaned.takeover
    assert cleaned.article.blocks == ()
