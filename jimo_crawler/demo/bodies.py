"""How authors of different years and tools marked up the same text: pieces in, HTML out.

Each function takes the pieces with their text as served (not yet escaped) and gives the inside of the body's container.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from html import escape
from itertools import groupby

from jimo_crawler.demo.story import Piece

BodyStyle = Callable[[Iterable[Piece]], str]


def _runs(pieces: Iterable[Piece]) -> Iterator[tuple[str, list[Piece]]]:
    """Consecutive rows and items together, everything else alone."""
    for kind, group in groupby(pieces, key=lambda piece: piece.kind):
        if kind in ("row", "item"):
            yield kind, list(group)
        else:
            yield from ((kind, [each]) for each in group)


def _cells(row: Piece, cell: str) -> str:
    return "".join(cell.format(escape(text)) for text in row.text.split("\t"))


def _table(rows: list[Piece], opening: str, cell: str) -> str:
    return opening + "".join(f"<tr>{_cells(row, cell)}</tr>\n" for row in rows) + "</table>\n"


def plain(pieces: Iterable[Piece]) -> str:
    """One ``<p>`` a paragraph, two full-width spaces in front, as web editors of the 2010s leave it."""
    out = []
    for kind, group in _runs(pieces):
        text = escape(group[0].text)
        match kind:
            case "row":
                out.append(
                    _table(group, '<table border="1" cellspacing="0" width="90%"><tbody>', "<td>{}</td>")
                )
            case "item":
                out.append(
                    "<ul>\n" + "".join(f"<li>{escape(each.text)}</li>\n" for each in group) + "</ul>\n"
                )
            case "image":
                out.append(f'<p style="text-align:center"><img src="{group[0].image}" alt="{text}" /></p>\n')
            case "caption":
                out.append(f'<p style="text-align:center;color:#666">{text}</p>\n')
            case "heading":
                out.append(f"<p><strong>　　{text}</strong></p>\n")
            case "byline":
                out.append(f'<p style="text-align:right">{text}</p>\n')
            case _:
                out.append(f"<p>　　{text}</p>\n")
    return "".join(out)


def breaks(pieces: Iterable[Piece]) -> str:
    """No paragraphs at all: lines ended by ``<br>``, indented by full-width spaces, as typed into an ASP form."""
    out = []
    for kind, group in _runs(pieces):
        text = escape(group[0].text)
        match kind:
            case "row":
                out.append(_table(group, "<TABLE BORDER=1 CELLPADDING=2>", "<TD>&nbsp;{}"))
            case "item":
                out.append("".join(f"　　{escape(each.text)}<br>" for each in group))
            case "image":
                out.append(f'<center><img src="{group[0].image}" border=0></center><br>')
            case "caption":
                out.append(f"<center>{text}</center><br>")
            case "heading":
                out.append(f"　　<b>{text}</b><br>\r\n<br>\r\n")
            case "byline":
                out.append(f"<br>　　　　　　　　{text}<br>")
            case _:
                out.append(f"　　{text}<br>\r\n<br>\r\n")
    return "".join(out)


def word(pieces: Iterable[Piece]) -> str:
    """Pasted from Word: ``MsoNormal``, ``mso-`` styles, ``o:p``, a language span around each run of text."""
    out = ['<?xml:namespace prefix = o ns = "urn:schemas-microsoft-com:office:office" />']
    for kind, group in _runs(pieces):
        match kind:
            case "row":
                cell = '<td valign="top" style="border:solid windowtext 1.0pt;mso-border-alt:solid windowtext .5pt"><p class="MsoNormal"><span style="font-family:宋体">{}<o:p></o:p></span></p></td>'
                out.append(_table(group, '<table class="MsoTableGrid" border="1" cellspacing="0">', cell))
            case "item":
                out.append("".join(_mso(each.text, "margin-left:21.0pt") for each in group))
            case "image":
                picture = f'<img alt="{escape(group[0].text)}" src="{group[0].image}" />'
                out.append(
                    f'<p class="MsoNormal" align="center"><span lang="EN-US">{picture}<o:p></o:p></span></p>\n'
                )
            case "caption" | "byline":
                out.append(_mso(group[0].text, "text-align:center"))
            case "heading":
                out.append(_mso(group[0].text, "text-indent:28.1pt;mso-char-indent-count:2.0", bold=True))
            case _:
                out.append(_mso(group[0].text, "text-indent:28.0pt;mso-char-indent-count:2.0"))
    return "".join(out)


def _mso(text: str, style: str, *, bold: bool = False) -> str:
    """One Word paragraph; digits and Latin stand in spans of their own, as Word leaves them."""
    runs = []
    for latin, group in groupby(text, key=lambda char: char.isascii() and char.isalnum()):
        run = escape("".join(group))
        if latin:
            runs.append(f'<span lang="EN-US">{run}</span>')
        else:
            runs.append(
                f"<span style=\"font-family:仿宋_GB2312;mso-hansi-font-family:'Times New Roman'\">{run}</span>"
            )
    inside = "".join(runs)
    if bold:
        inside = f'<b style="mso-bidi-font-weight:normal">{inside}</b>'
    return (
        f'<p class="MsoNormal" style="{style}"><span style="font-size:14.0pt">{inside}'
        '<span lang="EN-US"><o:p></o:p></span></span></p>\n'
    )


def spans(pieces: Iterable[Piece]) -> str:
    """Nested spans and runs of ``&nbsp;`` for the indent, as KingCMS's editor leaves it."""
    out = []
    for kind, group in _runs(pieces):
        text = escape(group[0].text)
        match kind:
            case "row":
                opening = '<table style="width:100%" border="1" bordercolor="#000000"><tbody>\n'
                out.append(_table(group, opening, "<td><span>{}</span><br /></td>"))
            case "item":
                items = "".join(f"<li><span>{escape(each.text)}</span></li>" for each in group)
                out.append(f"<ol>{items}</ol>\n")
            case "image":
                out.append(f'<p align="center"><img src="{group[0].image}" alt="{text}" border="0" /></p>\n')
            case "caption" | "byline":
                align = "center" if kind == "caption" else "right"
                out.append(
                    f'<p align="{align}"><span style="font-size:12px"><span>{text}</span></span></p>\n'
                )
            case "heading":
                out.append(
                    f'<p><span><strong><span style="color:#c00">&nbsp;&nbsp;&nbsp; {text}</span></strong></span></p>\n'
                )
            case _:
                out.append(
                    '<p><span style="font-family:宋体"><span style="font-size:16px">'
                    f"&nbsp;&nbsp;&nbsp; {text}</span></span></p>\n<p>&nbsp;</p>\n"
                )
    return "".join(out)


def divs(pieces: Iterable[Piece]) -> str:
    """Every line a ``<div>``, some wrapped once more, empty ones between: pasted from a chat or a mail."""
    out = []
    for number, (kind, group) in enumerate(_runs(pieces)):
        text = escape(group[0].text)
        match kind:
            case "row":
                out.append(
                    "<div>" + _table(group, '<table class="tbl">', "<td><div>{}</div></td>") + "</div>\n"
                )
            case "item":
                out.append("".join(f"<div>{escape(each.text)}</div>\n" for each in group))
            case "image":
                out.append(
                    f'<div class="pic"><img data-original="{group[0].image}" src="{group[0].image}"></div>\n'
                )
            case "caption" | "byline":
                out.append(f'<div align="center">{text}</div>\n')
            case "heading":
                out.append(f"<div><h3>{text}</h3></div>\n")
            case _:
                indent = "　　" if number % 2 else "&emsp;&emsp;"
                line = f"<div>{indent}{text}</div>\n"
                out.append(line if number % 3 else f"<div>{line}<div><br></div></div>\n")
    return "".join(out)


def semantic(pieces: Iterable[Piece]) -> str:
    """HTML5 as a front-end developer writes it: figures, headings, tables with a head, no indents."""
    out = []
    pending = ""
    for kind, group in _runs(pieces):
        text = escape(group[0].text)
        if pending:
            caption = f"<figcaption>{text}</figcaption>" if kind == "caption" else ""
            out.append(f"{pending}{caption}</figure>\n")
            pending = ""
            if caption:
                continue
        match kind:
            case "row":
                head = f"<thead><tr>{_cells(group[0], '<th>{}</th>')}</tr></thead>\n<tbody>"
                out.append(_table(group[1:], f"<table>\n{head}", "<td>{}</td>"))
            case "item":
                out.append(
                    "<ol>\n"
                    + "".join(f"  <li><p>{escape(each.text)}</p></li>\n" for each in group)
                    + "</ol>\n"
                )
            case "image":
                pending = f'<figure><img src="{group[0].image}" alt="{text}" loading="lazy">'
            case "heading":
                out.append(f"<h2>{text}</h2>\n")
            case "byline":
                out.append(f'<p class="byline">{text}</p>\n')
            case _:
                out.append(f"<p>{text}</p>\n")
    return "".join(out) + (f"{pending}</figure>\n" if pending else "")


def loose(pieces: Iterable[Piece]) -> str:
    """The oldest hand-made pages: ``<P>`` opened and never closed, fonts, upper-case tags."""
    out = []
    for kind, group in _runs(pieces):
        text = escape(group[0].text)
        match kind:
            case "row":
                rows = "".join(f"<TR>{_cells(row, '<TD><FONT SIZE=2>{}</FONT>')}\n" for row in group)
                out.append(f"<TABLE BORDER>{rows}</TABLE>\n")
            case "item":
                out.append("<UL>" + "".join(f"<LI>{escape(each.text)}\n" for each in group) + "</UL>\n")
            case "image":
                out.append(f'<P ALIGN=CENTER><IMG SRC="{group[0].image}" WIDTH=400 ALT="{text}">\n')
            case "caption" | "byline":
                out.append(f'<P ALIGN=CENTER><FONT COLOR="#0000FF">{text}</FONT>\n')
            case "heading":
                out.append(f"<P><FONT COLOR=#FF0000><B>{text}</B></FONT>\n")
            case _:
                out.append(f"<P><FONT SIZE=3>　　{text}</FONT>\n")
    return "".join(out)


def sections(pieces: Iterable[Piece]) -> str:
    """Copied from a WeChat post: sections in sections, a span around a leaf, pictures by ``data-src``."""
    out = ['<section data-tool="editor">']
    for kind, group in _runs(pieces):
        text = escape(group[0].text)
        match kind:
            case "row":
                out.append(
                    _table(
                        group, '<section><table><tbody style="outline:0">', "<td><section>{}</section></td>"
                    )
                    + "</section>"
                )
            case "item":
                out.append(
                    "<ul class='list-paddingleft-1'>"
                    + "".join(f"<li><p><span>{escape(each.text)}</span></p></li>" for each in group)
                    + "</ul>"
                )
            case "image":
                out.append(
                    f'<section style="text-align:center"><img class="rich_pages" data-src="{group[0].image}" src="{group[0].image}" alt="{text}"></section>'
                )
            case "heading":
                out.append(
                    f'<section style="text-align:center"><section style="display:inline-block;border-bottom:2px solid #c00"><p><strong>{text}</strong></p></section></section>'
                )
            case "caption":
                out.append(f'<p style="text-align:center;font-size:12px">{text}</p>')
            case "byline":
                out.append(f'<p style="text-align:right"><span>{text}</span></p>')
            case _:
                out.append(
                    f'<section><p style="text-indent:2em"><span style="letter-spacing:1px"><span leaf="">{text}</span></span></p></section><p><br></p>'
                )
    return "".join(out) + "</section>"


STYLES: dict[str, BodyStyle] = {
    style.__name__: style for style in (plain, breaks, word, spans, divs, semantic, loose, sections)
}
