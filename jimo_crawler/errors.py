"""What can go wrong, and the closed sets of words for it."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jimo_crawler.items import ArticlePage


class Outcome(StrEnum):
    """How the visit of one URL ended; every requested URL of a run has exactly one (DESIGN 4.5)."""

    ARTICLE = "article"
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"
    INDEX = "index"
    LISTING = "listing"
    NOT_ARTICLE = "not_article"
    OUT_OF_SCOPE = "out_of_scope"
    REDIRECTED = "redirected"
    GONE = "gone"
    HIJACKED = "hijacked"
    BLOCKED = "blocked"
    FAILED = "failed"
    SKIPPED = "skipped"


class Stage(StrEnum):
    """Where a failure was met."""

    FETCH = "fetch"
    CAPTURE = "capture"
    DECODE = "decode"
    PARSE = "parse"
    SECTION = "section"
    STORE = "store"


class Reason(StrEnum):
    """Why a URL failed, or what was recorded about it: the closed set of ``failures.reason``."""

    DNS = "dns"
    CONNECT = "connect"
    TIMEOUT = "timeout"
    TLS = "tls"
    DATA_LOSS = "data_loss"
    TOO_LARGE = "too_large"
    HTTP_STATUS = "http_status"
    ROBOTS = "robots"
    ROBOTS_UNAVAILABLE = "robots_unavailable"
    OFF_PORTAL = "off_portal"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    NO_INDEX = "no_index"
    NO_SECTIONS = "no_sections"
    NO_ITEMS = "no_items"
    NOT_AN_ARTICLE = "not_an_article"
    SOFT_404 = "soft_404"
    HIJACKED = "hijacked"
    BLOCK_PAGE = "block_page"
    DAMAGED_TEXT = "damaged_text"
    EMPTY = "empty"
    NOT_HTML = "not_html"
    MISSING_PARTS = "missing_parts"
    PAGER_LOOP = "pager_loop"
    PAGER_BROKE_OFF = "pager_broke_off"
    PAGE_LIMIT = "page_limit"
    PROGRAM = "program"


class ExitStatus(IntEnum):
    """What ``scrapy crawl`` gives to its caller (DESIGN 5)."""

    OK = 0
    FAILED = 1
    USAGE = 2
    PARTIAL = 3
    OUTAGE = 4
    STORAGE = 5
    LOCKED = 75


class JimoError(Exception):
    """Root of this project's own errors; its text is one line for a person."""


class BadArgument(JimoError):
    """A spider or command was given an argument that it cannot use; raised before anything is fetched."""


class NotAnArticle(JimoError):
    """Raised by the article parser: the page is something else, and ``outcome`` says what.

    *outcome* is one of not_article, gone, blocked, hijacked; *reason* one of :class:`Reason`. *page* is what the page says if
    it is an article nevertheless: one whose headline is all that speaks for it, and a listing may know that.
    """

    def __init__(
        self, message: str, *, outcome: Outcome = Outcome.NOT_ARTICLE, reason: Reason = Reason.NOT_AN_ARTICLE
    ) -> None:
        super().__init__(message)
        self.outcome = outcome
        self.reason = reason
        self.page: ArticlePage | None = None


class Truncated(JimoError):
    """Raised by a parser: the page ends in the middle (no closing tags behind a cut body)."""


class ArchiveLocked(JimoError):
    """Another process holds the archive's lock; the text names it."""


class ArchiveTooNew(JimoError):
    """The archive was written by a newer version of this project."""


class ArchiveDamaged(JimoError):
    """The archive file or a WARC file is not what it should be, and cannot be gone on with."""


class StorageFailed(JimoError):
    """Disk full, read-only, an I/O error, or a file system that the archive cannot live on."""
