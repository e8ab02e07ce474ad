"""The normal form of an article: Simplified, without annotations, the published text kept beside it."""

from __future__ import annotations

from dataclasses import replace

from jimo_crawler.items import Article, ArticlePage, Block, Image
from jimo_crawler.text.annotations import remove_annotations
from jimo_crawler.text.script import script_of, to_simplified


def normalise(page: ArticlePage) -> ArticlePage:
    """*page* with the normal form of its title, blocks and meta fields filled in, and the script it was served in."""
    article = page.article
    blocks = tuple(_with_plain(block) for block in article.blocks)
    served = "\n".join((article.title_as_published, *(block.text for block in article.blocks)))
    return replace(
        page,
        article=replace(
            article,
            title=plain(article.title_as_published),
            blocks=blocks,
            source=_field(article.source),
            editor=_field(article.editor),
            author=_field(article.author),
            script=script_of(served),
            images=tuple(Image(url=image.url, alt=plain(image.alt)) for image in article.images),
            damaged=article.damaged + _damaged(article),
        ),
        around=tuple(_with_plain(block) for block in page.around),
    )


def plain(text: str) -> str:
    """One text in Simplified and without annotations."""
    return to_simplified(remove_annotations(text).text).strip()


def _with_plain(block: Block) -> Block:
    return replace(block, plain=plain(block.text))


def _field(text: str | None) -> str | None:
    return (plain(text) or None) if text else None


def _damaged(article: Article) -> int:
    texts = (article.title_as_published, *(block.text for block in article.blocks))
    return sum(remove_annotations(text).damaged for text in texts)
