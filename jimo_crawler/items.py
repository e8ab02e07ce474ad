"""What flows through the crawler: pages, links, articles, and the one Visit that each page ends in.

All are frozen: cleaning makes a new one (``dataclasses.replace``). None of them knows Scrapy. Links and blocks, dozens of which
stand on a page, are named tuples: half as dear to make, and a third to hand to another process.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from jimo_crawler.errors import Outcome, Reason, Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One decoded page: what every parser is given."""

    url: str
    """The absolute URL that answered; links are resolved against it (or against ``<base href>``)."""
    html: str
    charset: str = "utf-8"
    """Used to decode the page, and to encode the query of links found on it."""
    declared_charset: str = ""
    """What header or meta named, lower case; empty if nothing did."""
    damaged: int = 0
    """How many U+FFFD decoding had to put in."""
    hosts: frozenset[str] = frozenset()
    """Further hosts of the portal: a link to one of them does not lead away."""


class Link(NamedTuple):
    """One link as a reader sees it."""

    url: str
    """Absolute, as linked (not canonical), query encoded in the linking page's charset, no fragment."""
    text: str = ""
    """Visible text (or alt/title), white space folded, as published."""
    date: str | None = None
    """ISO day printed beside it in a listing: ``2022-04-02``."""
    number: int | None = None
    """Page number, for links of a pager."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One town section as the portal's index names it."""

    name: str
    """Simplified: 金口镇. The profile's name where it knows the section, otherwise as printed."""
    kind: str | None
    """镇, 街道, 乡 …: the profile's, otherwise read off the name; None if neither says."""
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingPage:
    """One page of a section's listing."""

    section: str | None
    """Town that breadcrumb or heading names, Simplified; None if none does."""
    items: tuple[Link, ...]
    """Links to articles in page order, each URL once, with title and date where printed."""
    number: int
    """Which page of the listing this is, 1 for the first."""
    next: Link | None
    """The following page; None on the last one."""
    total: int | None
    """How many pages the pager says there are (共12页, 1/12, 尾页's number); None if it does not say."""
    parts: tuple[Link, ...] = ()
    """Of a section's page that names no article: the pages that hold its list, frames or columns."""
    says_empty: bool = False
    """A page without articles says so itself: 暂无信息, 建设中."""

    @property
    def newest(self) -> str | None:
        """The latest day that stands beside an item."""
        return max((link.date for link in self.items if link.date), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture in an article's body; recorded, not fetched."""

    url: str
    alt: str = ""
    """Alt text or caption."""


class Block(NamedTuple):
    """One paragraph, sub-heading, list item, caption or table row of a page."""

    text: str
    """As published: no indentation, cells of a row separated by a tab; annotations still in it."""
    plain: str = ""
    """The same in Simplified and without annotations; filled by the normalise stage."""
    kind: str = "paragraph"
    """paragraph, heading, item, caption or row."""
    place: str = "body"
    """Where it stands: body, or for text around it: before (ahead of the title), title, meta, after, footer."""
    hidden: bool = False
    """A browser would not show it (display:none, far off-screen, zero size, background colour, noscript, marquee)."""
    link_chars: int = 0
    """How many of its characters are link text."""
    offsite_links: int = 0
    """How many of its links lead to other hosts."""

    def with_plain(self, plain: str) -> Block:
        """The same block with its normal form; written out, as ``_replace`` takes twice as long."""
        return Block(
            self.text, plain, self.kind, self.place, self.hidden, self.link_chars, self.offsite_links
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One news article."""

    title: str = ""
    """Simplified; filled by the normalise stage."""
    title_as_published: str
    blocks: tuple[Block, ...]
    """The body in reading order."""
    published_at: str | None = None
    """ISO 8601: 2022-04-02T09:07:39+08:00, or 2011-05-06 where only a day is printed. None if none is, or it is impossible."""
    published_as_printed: str | None = None
    """The same, as it stands on the page."""
    source: str | None = None
    """来源, as printed (the normalise stage makes it Simplified); None if absent or empty. So are editor and author."""
    editor: str | None = None
    """编辑 (责任编辑)."""
    author: str | None = None
    """What the meta line names as 作者 or 记者; a byline in the body stays there."""
    views: int | None = None
    """浏览次数; None where no number is printed."""
    script: str | None = None
    """Hans, Hant or mixed: as served; filled by the normalise stage. None if no character decides."""
    layout: str = "generic"
    """Name of the template class that read the page."""
    images: tuple[Image, ...] = ()
    damaged: int = 0
    """Runs of text that byte-level damage has made unreadable (see text/annotations.py) plus U+FFFD in title and body."""

    @property
    def body(self) -> str:
        """The normalised body: one block a line."""
        return "\n".join(block.plain for block in self.blocks)

    @property
    def body_as_published(self) -> str:
        """The body as the page had it: one block a line."""
        return "\n".join(block.text for block in self.blocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePage:
    """What the article parser saw on one page."""

    article: Article
    breadcrumb: tuple[str, ...] = ()
    """Names from the portal's home downwards, Simplified, without 您所在的位置; empty if the page has none."""
    town: str | None = None
    """The section under 乡镇 that the breadcrumb names (profile's name, or as printed if unknown to it)."""
    in_section: bool | None = None
    """True: the breadcrumb puts the page under the town section; False: elsewhere; None: there is no breadcrumb."""
    part: int = 1
    """Which page of a body on several pages this is."""
    parts: tuple[Link, ...] = ()
    """All pages of that body but this one that the page links to, each with its number; empty for a single page."""
    parts_total: int = 1
    """How many pages that body has, as far as the page says; some of them may have no address that can be known."""
    related: tuple[Link, ...] = ()
    """Links of 相关文章, 文章随机推荐 and 上一篇/下一篇."""
    around: tuple[Block, ...] = ()
    """Lines outside the body that could be injected text (not nav, not related lists, not the meta line): to be judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """Text taken out as spam."""

    text: str
    """As published."""
    reason: str
    """Name of the rule that decided, from spam_rules.toml."""
    place: str = "body"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One HTTP exchange as it stands in a WARC file; becomes a row of ``captures``."""

    url: str
    """As requested (not canonical)."""
    fetched_at: str
    status: int
    media_type: str | None
    charset: str | None
    """As declared by the header; the Visit knows which was used."""
    payload_digest: str
    """``sha256:…`` of the payload as received (content-encoded)."""
    body_digest: str
    """sha256 (hex) of the decoded body: equal for the same page sent packed or plain."""
    record_digest: str
    """sha256 (hex) of the stored compressed bytes of the response (or revisit) record."""
    warc_file: str
    warc_offset: int
    warc_length: int
    record_id: str
    revisit_of: str | None = None
    """record id of the response that holds the payload, for a revisit record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Something that a person may want to look at; becomes a row of ``failures``."""

    stage: Stage
    reason: Reason
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What duplicates are found by (text/fingerprint.py)."""

    canonical_hash: str
    bands: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visit of one URL and all that came of it: written in one transaction, which also ends the lease."""

    url: str
    """Canonical URL of the leased frontier row."""
    final_url: str
    """The URL that answered, as requested; its canonical form differs from ``url`` after a redirect."""
    kind: str
    """entry, index, listing or article."""
    outcome: Outcome
    fetched_at: str
    captures: tuple[Capture, ...] = ()
    """All exchanges of this visit in order: redirects, retries, and the last answer at the end."""
    hops: tuple[str, ...] = ()
    """Requested URLs that redirected, in order, the first being the row's own."""
    status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    charset: str | None = None
    """Used to decode."""
    sections: tuple[Section, ...] = ()
    listing: ListingPage | None = None
    index_url: Link | None = None
    """On an entry page: where the town index is."""
    frames: tuple[Link, ...] = ()
    """Pages that an entry page or index consists of or is continued by; with a text those behind which the towns may be
    (新闻中心), to be asked one after the other until one leads to them."""
    page: ArticlePage | None = None
    """On an article page: all that was read; ``page.article`` is cleaned by the pipelines. With the outcome not_article: what
    the page says if the listing that names it knows better."""
    fingerprint: Fingerprint | None = None
    removed: tuple[Removed, ...] = ()
    failures: tuple[Failure, ...] = field(default=())
    signature: str = ""
    """Digest of the Han characters of the page: equal for one page served everywhere, whatever else it prints."""
    message: str = ""
    """One line for a person: what this page was."""
