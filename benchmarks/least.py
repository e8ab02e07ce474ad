"""The fewest requests that a daily run of ``towns`` can do with: from the demo portal's truth and its access log alone.

Asked on every run: robots.txt, the entry page, the index, the first page of each listing. Needed besides: the page of a
listing behind one that names anything new, every address that is met for the first time, every address that the listings name
no more, or again, or with a later day beside it, and what is due. Of the crawler only the rule for that is taken (``archive/due.py``), not one date
or count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import groupby
from typing import Any

from jimo_crawler.archive.due import DAY, WEEK, next_due
from jimo_crawler.clock import from_stamp, to_stamp
from jimo_crawler.demo.truth import Truth

CONFIRM = timedelta(hours=6)
"""Between the two observations of a loss (``JIMO_CONFIRM_AFTER``)."""
NEVER = "9999"
LOST = ("404", "410", "soft_404", "redirect_home", "emptied")

OTHERS = {
    "dead": "404",
    "soft_404": "soft_404",
    "hijacked": "takeover",
    "login": "blocked",
    "robots": "forbidden",
    "attachment": "forbidden",
}
"""What pages that are no articles show, by the word of the truth; documents are not asked for."""


@dataclass
class _Address:
    """What the access log and the truth say of one address so far."""

    shown: str = ""
    text: Any = None
    """What tells one version of its article from another."""
    event: str = ""
    """When something was last seen to have happened to it."""
    missed: str = ""
    """When it was first seen to carry its article no more."""
    listed: str = ""
    """The day that stood beside it in a listing."""
    due: str = ""


@dataclass
class _Page:
    """One page of a listing."""

    items: list[str] = field(default_factory=list)
    news: str = ""
    """When it last named anything unheard of, but for the first time that it was read."""
    due: str = ""


class Least:
    """Goes along with an archive from day to day: what is least for a run, and what the run has then learned."""

    def __init__(self) -> None:
        self._addresses: dict[str, _Address] = {}
        self._pages: dict[str, _Page] = {}
        self._taken_off: set[str] = set()
        """Addresses that no listing named any more when it was last read."""

    # --- what is least ------------------------------------------------------------------------------------------------

    def requests(self, truth: Truth, now: str) -> Counter[str]:
        """How often each path must be asked by a run at *now*."""
        day = _Day(truth)
        needed = Counter([truth.entry, truth.index, "/robots.txt"])
        named = list[str]()
        asked_now = set[str]()
        for pages in day.listings:
            for run in self._runs_of_pages(day, pages, now):
                needed.update(run)
                named += [each for path in run for each in day.named[path]]
                asked_now |= {each for path in run for each in day.named[path] if self._is_redated(day, each)}
                asked_now |= self._moved(day, run, pages)
        for path in day.with_further((*named, *day.related, *self._addresses)):
            known = self._addresses.get(path)
            if known is None or known.due <= now or path in asked_now:
                needed[path] += 1 + (known is None and day.is_flaky(path))
                needed[truth.entry] += day.shows(path) == "redirect_home"
        return +needed

    def _runs_of_pages(self, day: _Day, pages: list[str], now: str) -> list[list[str]]:
        """The pages of a listing that are needed, side by side."""
        needed, follows, before = [], True, True
        for path in pages:
            known = self._pages.get(path)
            before = follows or (before if known is None else known.due <= now)
            needed.append(before)
            follows = before and any(
                each not in self._addresses and day.shows(each) != "forbidden" for each in day.named[path]
            )
        marked = groupby(zip(pages, needed, strict=True), key=lambda pair: pair[1])
        return [[path for path, _ in run] for is_needed, run in marked if is_needed]

    def _moved(self, day: _Day, run: list[str], pages: list[str]) -> set[str]:
        """Known addresses that were taken off these pages, or put back: the order of the others shows it."""
        order = [each for path in run for each in day.named[path]]
        now = set(order)
        before = [each for path in run for each in self._items(path) if self._carries(each)]
        stayed = self._in_order(before, order)
        behind = pages[pages.index(run[-1]) + 1 :][:1]
        last_now = max((place for place, each in enumerate(order) if each in before), default=0)
        moved_up = {each for each in order[last_now:] if each in self._items(*behind)} if behind else set()
        pushed_in = now.difference(before, moved_up)
        first = 0 if run[0] == pages[0] else min(stayed, default=0)
        last = max(stayed, default=0) if pushed_in and behind else len(before)
        elsewhere = {each for path in self._pages if path not in run for each in self._items(path)}
        off = {each for each in before[first:last] if each not in now | elsewhere}
        back = {each for each in now & self._taken_off if self._carries(each)}
        self._taken_off = (self._taken_off | off) - back
        return off | back

    @staticmethod
    def _in_order(before: list[str], order: list[str]) -> list[int]:
        """Places in *before* of what stands in *order*, too, and has not been put ahead of what stood before it."""
        places, reached = list[int](), -1
        for place, each in enumerate(before):
            if each in order[reached + 1 :]:
                places.append(place)
                reached = order.index(each)
        return places

    def _items(self, path: str) -> list[str]:
        return self._pages[path].items if path in self._pages else []

    def _is_redated(self, day: _Day, path: str) -> bool:
        """A later day stands beside it than before."""
        return path in self._addresses and "" < self._addresses[path].listed < day.listed(path)

    def _carries(self, path: str) -> bool:
        return path in self._addresses and self._addresses[path].text is not None

    # --- what was learned ---------------------------------------------------------------------------------------------

    def learn(self, truth: Truth, asked: Mapping[str, str]) -> None:
        """Take note of what a run has asked: path → when, by the access log."""
        day = _Day(truth)
        for path, at in asked.items():
            if path in day.named:
                self._learn_page(day, path, self._pages.setdefault(path, _Page()), at)
            elif day.shows(path):
                self._learn_address(day, path, self._addresses.setdefault(path, _Address()), at)

    def _learn_page(self, day: _Day, path: str, page: _Page, at: str) -> None:
        items = day.named[path]
        if page.items and any(each not in self._addresses for each in items):
            page.news = at
        page.items = items
        for each in items:
            known = self._addresses.setdefault(each, _Address())
            known.listed = max(known.listed, day.listed(each))
        newest = max(map(day.listed, items), default="")
        page.due = next_due(from_stamp(at), [newest, page.news], least_hours=WEEK)

    def _learn_address(self, day: _Day, path: str, known: _Address, at: str) -> None:
        shown, text = day.shows(path), day.text(path)
        if shown == "article":
            another = known.text is not None and known.text[0] != text[0]
            if known.text is not None and (known.text != text or known.shown in ("gone", "taken")):
                known.event = at
            known.shown, known.text, known.missed = shown, text, ""
            known.due = next_due(from_stamp(at), [text[1], known.event], least_hours=DAY)
            if another:  # it may come back
                known.due = to_stamp(from_stamp(at) + CONFIRM)
        elif shown == "once":
            known.due = NEVER
        elif shown == "blocked":
            known.due = at
        elif shown in LOST and known.shown == "article" and not known.missed:
            known.missed, known.due = at, to_stamp(from_stamp(at) + CONFIRM)
        else:
            state = "gone" if shown in LOST else "taken"
            known.event = known.event if known.shown == state else at
            known.shown = state
            known.due = next_due(from_stamp(at), [known.event], least_hours=WEEK)


class _Day:
    """The truth of one day, by path."""

    def __init__(self, truth: Truth) -> None:
        self.listings: list[list[str]] = [town["pages"] for town in truth.towns]
        self.named: dict[str, list[str]] = {path: [] for pages in self.listings for path in pages}
        """By page of a listing: the addresses that it names, in order."""
        self.related: list[str] = []
        """Addresses that no listing names, found through links whose text names a town."""
        self.further: dict[str, list[str]] = {}
        """By first page of a body: the others."""
        self._others, self._faults = truth.pages, truth.faults
        self._articles = truth.by_path()
        self._where = {
            each["path"]: each
            for path, article in self._articles.items()
            for each in article["addresses"]
            if each["path"] == path
        }
        for path, where in self._where.items():
            self.further[path] = where.get("further", [])
            if where["part"] == 1 and self._articles[path]["found_by"] == "related":
                self.related.append(path)
        for town in truth.towns:
            for path in dict.fromkeys((*town["articles"], *truth.pages)):
                for page in self._linked_from(path):
                    if page in town["pages"]:
                        self.named[page].append(path)

    def with_further(self, paths: Iterable[str]) -> dict[str, None]:
        """*paths* and the further pages of their bodies, each once, without what is not asked for."""
        every = (each for path in paths for each in (path, *self.further.get(path, ())))
        return dict.fromkeys(each for each in every if self.shows(each) != "forbidden")

    def _linked_from(self, path: str) -> list[str]:
        if other := self._others.get(path):
            return list(other["linked_from"])
        return list(self._where[path]["listed_on"])

    def is_flaky(self, path: str) -> bool:
        """Whether it answers 503 the first time."""
        return self._faults.get(path, {}).get("kind") == "flaky"

    def shows(self, path: str) -> str:
        """What is to be seen at *path*: article, a word of LOST, takeover, once (no town news), blocked or forbidden; empty
        for what is none of the section's."""
        if other := self._others.get(path):
            return OTHERS.get(other["kind"], "once")
        article = self._articles.get(path)
        if article is None:
            return ""
        if not article["in_scope"]:
            return "once"
        return str(self._where[path].get("shows", "article"))

    def listed(self, path: str) -> str:
        """The day that a listing prints beside it."""
        _, published, _ = self.text(path) or ("", "", "")
        return (published or "")[:10]

    def text(self, path: str) -> Any:
        """Which article *path* carries, when it was published, and all that decides whether it has changed."""
        article, where = self._articles.get(path), self._where.get(path)
        if article is None or where is None:
            return None
        first = next(
            each for each in article["addresses"] if path in (each["path"], *each.get("further", ()))
        )
        return article["key"], first["published_at"], first["versions"][-1]
