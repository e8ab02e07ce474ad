"""The normal form of an article: Simplified, without annotations, the published text kept beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from jimo_crawler.items import ArticlePage, Block, Image
from jimo_crawler.text.annotations import remove_annotations
from jimo_crawler.text.script import all_to_simplified, script_of


def normalise(page: ArticlePage) -> ArticlePage:
    """*page* with the normal form of its title, blocks and meta fields filled in, and the script it was served in."""
    article = page.article
    texts = (article.title_as_published, *(block.text for block in article.blocks))
    served = "\n".join(texts)
    script = script_of(served)
    title, *plain_texts = _plain(texts, served, script)
    # Meta fields, pictures and what stands around the body say for themselves what they are.
    fields = (article.source, article.editor, article.author)
    alts, around = [image.alt for image in article.images], [block.text for block in page.around]
    others = iter(_plain([*(field or "" for field in fields), *alts, *around]))
    source, editor, author = (next(others) or None for _ in fields)
    return replace(
        page,
        article=replace(
            article,
            title=title,
            blocks=tuple(map(Block.with_plain, article.blocks, plain_texts)),
            source=source,
            editor=editor,
            author=author,
            script=script,
            images=tuple(Image(url=image.url, alt=next(others)) for image in article.images),
            damaged=article.damaged + (_damaged(texts) if ")" in served else 0),
        ),
        around=tuple(block.with_plain(next(others)) for block in page.around),
    )


def _plain(texts: Sequence[str], served: str | None = None, script: str | None = None) -> list[str]:
    """Each text in Simplified and without annotations; *served* and *script* are the whole page's, which lets lines of it
    be read that do not say enough by themselves."""
    cleaned = [remove_annotations(text, page=served).text if "(" in text else text for text in texts]
    return [text.strip() for text in all_to_simplified(cleaned, page=script)]


def _damaged(texts: Sequence[str]) -> int:
    return sum(remove_annotations(text).damaged for text in texts)
