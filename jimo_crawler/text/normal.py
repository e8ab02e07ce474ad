"""The normal form of an article: Simplified, without annotations, the published text kept beside it."""

from __future__ import annotations

from dataclasses import replace

from jimo_crawler.items import Article, ArticlePage, Block, Image
from jimo_crawler.text.annotations import remove_annotations
from jimo_crawler.text.script import script_of, to_simplified


def normalise(page: ArticlePage) -> ArticlePage:
    """*page* with the normal form of its title, blocks and meta fields filled in, and the script it was served in."""
    article = page.article
    served = "\n".join((article.title_as_published, *(block.text for block in article.blocks)))
    script = script_of(served)
    blocks = tuple(_with_plain(block, served, script) for block in article.blocks)
    return replace(
        page,
        article=replace(
            article,
            title=plain(article.title_as_published, served, script),
            blocks=blocks,
            source=_field(article.source),
            editor=_field(article.editor),
            author=_field(article.author),
            script=script,
            images=tuple(Image(url=image.url, alt=plain(image.alt)) for image in article.images),
            damaged=article.damaged + (_damaged(article) if ")" in served else 0),
        ),
        around=tuple(_with_plain(block) for block in page.around),
    )


def plain(text: str, served: str | None = None, script: str | None = None) -> str:
    """One text in Simplified and without annotations; *served* and *script* are the whole page's, which lets lines of it
    be read that do not say enough by themselves."""
    return to_simplified(remove_annotations(text, page=served).text, page=script).strip()


def _with_plain(block: Block, served: str | None = None, script: str | None = None) -> Block:
    return block.with_plain(plain(block.text, served, script))


def _field(text: str | None) -> str | None:
    return (plain(text) or None) if text else None


def _damaged(article: Article) -> int:
    texts = (article.title_as_published, *(block.text for block in article.blocks))
    return sum(remove_annotations(text).damaged for text in texts)
