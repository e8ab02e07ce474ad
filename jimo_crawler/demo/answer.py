"""What the portal answers: one path, and the whole of one day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256

from jimo_crawler.demo.truth import Truth


@dataclass
class Answer:
    """What the server says to one path: the body is made when it is first asked for."""

    status: int
    headers: dict[str, str]
    make: Callable[[], bytes]
    validators: bool = True
    """Whether the page carries ETag and Last-Modified."""
    modified: datetime | None = None
    """When the page last changed."""
    manner: str = ""
    """How it is sent, if not as usual: a name of faults.py."""

    @cached_property
    def body(self) -> bytes:
        """The bytes of the page."""
        return self.make()

    @cached_property
    def etag(self) -> str | None:
        """A validator from the page's content; None on pages that have none."""
        return f'"{sha256(self.body).hexdigest()[:20]}"' if self.validators else None


@dataclass
class Site:
    """The portal as it stood on one day."""

    day: int
    truth: Truth
    pages: dict[str, Answer] = field(default_factory=dict)
    """By path with query, percent-encoded."""
    endless: Callable[[str], bytes] | None = None
    """The listings of faults.py that never end: the page at a path."""
    everywhere: Answer | None = None
    """On a day on which nothing works: what any other path answers."""
