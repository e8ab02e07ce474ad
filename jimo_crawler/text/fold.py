"""The one form in which text and query meet in search: NFKC, ``t2s``, lower case (DESIGN 4.8).

Text and query must both go through this function and nothing else. It has to give a piece of a text what it gives that
piece inside the text, or a query that stands in the text would not be found. OpenCC as a whole does not (it reads 打坏
as 打坯 and 瞭望 by phrase, but 坏 and 瞭 alone otherwise), so ``t2s`` is taken character by character.
"""

from __future__ import annotations

import unicodedata

from jimo_crawler.text.script import single_characters

_TABLE = single_characters()


def fold(text: str) -> str:
    """*text* as search compares it: half-width, one script, lower case. Length may change (㎡ becomes m2).

    For Han text ``fold(a + b) == fold(a) + fold(b)``; folding twice changes nothing more.

    >>> fold("項目建設ＡＢ角，後視鏡")
    '项目建设ab角,后视镜'
    """
    folded = unicodedata.normalize("NFKC", text).translate(_TABLE).lower()
    return folded if unicodedata.is_normalized("NFKC", folded) else unicodedata.normalize("NFKC", folded)


def query_forms(text: str) -> tuple[str, ...]:
    """The folded forms in which a query typed in either script may stand in the archive; the plain fold comes first.

    Traditional 沿著 stands there as 沿着, while 著名 keeps its 著: ``fold`` cannot know which without making the two
    characters one, so a query with 著 is looked for in both forms.

    >>> query_forms("沿著海岸"), query_forms("海岸")
    (('沿著海岸', '沿着海岸'), ('海岸',))
    """
    folded = fold(text)
    return (folded, folded.replace("著", "着")) if "著" in folded else (folded,)
