"""What of a page is the article's text: tables keep every cell, forms give their text by paragraphs."""

from __future__ import annotations

import pytest

from jimo_crawler.errors import NotAnArticle, Outcome
from jimo_crawler.items import ArticlePage, Page
from jimo_crawler.parsers.article import parse_article
from jimo_crawler.portal import load

PROFILE = load()
URL = "http://www.jimo.example/xz/jk/731.html"
TITLE = "金口镇公布小麦保险理赔面积"
TEXT = (
    "　　6月的一场冰雹过后，金口镇会同保险公司用了五天时间逐块核实受灾麦田。",
    "　　“赔款直接打到卡上，不用再跑腿了。”凤凰村村民孙延寿说，他家的四亩麦子全部参了保。",
)


def read(inner: str, *, url: str = URL, title: str = TITLE, head: str = "") -> ArticlePage:
    """The article of a plain page with *inner* below its headline."""
    html = (
        f"<html><head><title>{title}</title>{head}</head><body><a href=/>首页</a> &gt; <a href=/xz/>即墨乡镇</a> &gt;"
        f" <a href=/xz/jk/>金口镇</a> &gt; 正文<h1>{title}</h1><p align=center>2010-06-21 来源：即墨日报</p>{inner}"
        "<hr><center>版权所有：即墨信息港</center></body></html>"
    )
    return parse_article(Page(url=url, html=html), PROFILE)


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def body_below(inner: str) -> list[str]:
    """What the article says behind its two plain paragraphs, when *inner* stands there."""
    blocks = [block.text for block in read(paragraphs(*TEXT) + inner).article.blocks]
    assert blocks[:2] == [text.strip() for text in TEXT]
    return blocks[2:]


def table(*rows: str, attrs: str = "border=1") -> str:
    cells = ("".join(f"<td>{cell}</td>" for cell in row.split("|")) for row in rows)
    return f"<table {attrs}>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (("村别|亩数|备注", "总计|318|—", "外村|-|/"), ["村别\t亩数\t备注", "总计\t318\t—", "外村\t-\t/"]),
        (("村别|去年|今年", "总计|—|77"), ["村别\t去年\t今年", "总计\t—\t77"]),
        (("位置|户数|标准|大", "河东|每亩80元|12|3"), ["位置\t户数\t标准\t大", "河东\t每亩80元\t12\t3"]),
        (("位置|戶數|標準|大", "河東|每畝80元|12|3"), ["位置\t戶數\t標準\t大", "河東\t每畝80元\t12\t3"]),
        (("总计|318",), ["总计\t318"]),
        (("总计|318亩|—",), ["总计\t318亩\t—"]),
    ],
)
def test_a_table_keeps_every_cell(rows: tuple[str, ...], expected: list[str]) -> None:
    assert body_below(table(*rows)) == expected
    assert body_below(table(*rows).upper()) == expected


def test_a_single_row_with_a_figure_is_a_row_without_a_border_too() -> None:
    assert body_below(table("总计|318", attrs="")) == ["总计\t318"]


def test_a_ruled_table_may_list_links() -> None:
    inner = table(
        "序号|村别",
        "1|<a href=/c/1.html>凤凰村</a>",
        "2|<a href=/c/2.html>丁家村</a>",
        "3|<a href=/c/3.html>孟家村</a>",
    )
    assert body_below(inner) == ["序号\t村别", "1\t凤凰村", "2\t丁家村", "3\t孟家村"]


@pytest.mark.parametrize(
    "inner",
    [
        table("顶一下|12|踩|3", attrs=""),
        table("瀏覽次數|318", attrs=""),
        table("支持|12", "反对|3", attrs=""),
    ],
)
def test_what_counts_readers_below_the_text_is_no_table_of_the_authors(inner: str) -> None:
    assert not any("\t" in each or each.isdigit() for each in body_below(inner))


@pytest.mark.parametrize("between", ["</p><p>", "<br><br>", "<BR>"])
@pytest.mark.parametrize("row", ["<td colspan=2><p>{}</p></td>", "<td>内　容：</td><td><p>{}</p></td>"])
def test_the_text_of_a_form_stays_in_paragraphs(row: str, between: str) -> None:
    form = table("文　号：|金政发〔2010〕7号", "印　数：|60份").replace(
        "</table>", f"<tr>{row.format(between.join(TEXT))}</tr></table>"
    )
    blocks = [block.text for block in read(form).article.blocks]
    assert blocks[-2:] == [text.strip() for text in TEXT]
    assert not any(block.startswith("内") for block in blocks)


def test_rows_that_all_have_cells_of_sentences_stay_rows() -> None:
    duties = "每周五下午到村值班接待来访的群众。<br>每月向镇上报一次各村矛盾纠纷排查的情况。"
    expected = duties.replace("<br>", " ")
    assert body_below(table(f"一组|{duties}", f"二组|{duties}")) == [
        f"一组\t{expected}",
        f"二组\t{expected}",
    ]


NOTICE = "因管道检修，明天8时至17时凤凰村停水，请互相转告。"


def refused(inner: str) -> NotAnArticle:
    html = f"<html><head><title>金口镇停水通知</title></head><body>{inner}</body></html>"
    with pytest.raises(NotAnArticle) as caught:
        parse_article(Page(url=URL, html=html), PROFILE)
    assert caught.value.outcome is Outcome.NOT_ARTICLE
    return caught.value


@pytest.mark.parametrize("markup", ["<b>{}</b>", "<h3>{}</h3>", "<center><B>{}</B></center>"])
def test_what_a_short_page_says_is_handed_on_for_the_listing_to_know(markup: str) -> None:
    error = refused(f"{markup.format('金口镇停水通知')}<p>{NOTICE}</p>")
    assert error.page is not None
    assert error.page.article.title_as_published == "金口镇停水通知"
    assert error.page.article.body_as_published == NOTICE


def test_a_page_without_a_sentence_says_nothing() -> None:
    assert refused("<h1>金口镇停水通知</h1><p>即墨区金口镇凤凰村村民委员会</p>").page is None
