"""What an archive says of the demo portal, held against the portal's own truth: every address, every day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jimo_crawler.clock import from_stamp
from jimo_crawler.demo.afterlife import OUTAGES
from jimo_crawler.demo.plan import FIRST_DAY
from jimo_crawler.demo.truth import Truth
from jimo_crawler.parsers.urls import canonical_url
from tests.crawling import Archive

LOST = ("404", "410", "soft_404", "redirect_home", "emptied")
TAKEN = ("takeover", "redirect_foreign")
FIELDS = ("title", "body", "published_at", "source")
Row = dict[str, Any]


def day_of(stamp: str) -> int:
    """The day of the demo portal on which a stamp lies."""
    return (from_stamp(stamp) - FIRST_DAY).days


class Expected:
    """What an archive that has asked every address once on each day should say, from the truth of the last one."""

    def __init__(self, truth: Truth, base: str) -> None:
        self.day = truth.day
        self.base = base
        self.articles = [each for each in truth.articles if each["in_scope"] and self._is_found(each)]
        self.carried: dict[str, list[tuple[Row, Row]]] = {}
        """By path of a first page: the articles that it carried, in order, each with its row of the truth."""
        for article in self.articles:
            for where in article["addresses"]:
                if where["part"] == 1:
                    self.carried.setdefault(where["path"], []).append((article, where))
        for rows in self.carried.values():
            rows.sort(key=lambda pair: pair[1]["since"] if pair[1]["shows"] != "other_article" else -1)

    @staticmethod
    def _is_found(article: Row) -> bool:
        return bool(article["known"]) and article["found_by"] in ("listing", "related")

    def addresses(self) -> set[tuple[str, str, bool]]:
        """URL, status and whether it still carries it, of every address of every article and further page of a body."""
        found = set[tuple[str, str, bool]]()
        for path, rows in self.carried.items():
            for _, where in rows:
                left = where["shows"] == "other_article"
                found |= {(self.url(each), where["state"], not left) for each in (path, *where["further"])}
        return found

    def url(self, path: str) -> str:
        """The address as the archive writes it."""
        return canonical_url(self.base + path)

    def revisions(self) -> dict[str, list[tuple[Any, ...]]]:
        """By URL: what each revision of it says, when it came, what changed and whether silently."""
        return {self.url(path): list(self._revisions(rows)) for path, rows in self.carried.items()}

    def _revisions(self, rows: list[tuple[Row, Row]]) -> Iterator[tuple[Any, ...]]:
        before: Row = {}
        for article, where in rows:
            departed = article["key"].endswith("/departed")
            for number, version in enumerate(where["versions"]):
                changed, silent = version["changed"], version["silent"]
                if departed and number == 0:  # at this address it is a change, though of the other one's text
                    changed = [name for name in FIELDS if version[name] != before[name]]
                    silent = "published_at" not in changed
                change = ",".join(name for name in FIELDS if name in changed) or "first"
                yield (version["seen_on"], *(version[name] for name in FIELDS), change, silent)
                before = version

    def unreadable(self) -> dict[str, str]:
        """By URL: the body of addresses that have lines which nobody can read; no archive can have it right."""
        return {
            self.url(path): where["versions"][0]["body"]
            for path, rows in self.carried.items()
            for _, where in rows
            if where["damaged_lines"]
        }

    def events(self) -> dict[str, str]:
        """By URL: what today's observation should be called, for those of which something is to be said."""
        if self.day in OUTAGES:
            return {}
        found = {}
        for path, rows in self.carried.items():
            if event := self._event(rows):
                found[self.url(path)] = event
        return found

    def _event(self, rows: list[tuple[Row, Row]]) -> str | None:
        _, where = rows[-1]
        shown = dict(self._shown(where))
        today = shown.pop(self.day)
        kinds = {kind.partition("-")[0] for day, kind in where["events"] if self._met_on(day) == self.day}
        before = list(shown.values())
        if today in LOST:
            lost = [each in LOST for each in reversed([*before, today])]
            streak = lost.index(False) if False in lost else len(lost)
            return {1: "missing", 2: "gone"}.get(streak)
        if today in TAKEN:
            return "hijacked" if not before or before[-1] not in TAKEN else None
        if not before:
            return {"depart": "departed", "replace": "replaced"}.get(_kinds(where["events"], self.day), "new")
        if before[-1] in TAKEN or (len(before) > 1 and before[-1] in LOST and before[-2] in LOST):
            return "restored"
        if before[-1] in LOST:
            return "reappeared"
        if any(version["seen_on"] == self.day and version["changed"] for version in where["versions"]):
            return "changed"
        names = {"inject": "injected", "delist": "delisted", "relist": "relisted"}
        return next((names[kind] for kind in names if kind in kinds), None)

    @staticmethod
    def _met_on(day: int) -> int:
        return next(each for each in range(day, day + 9) if each not in OUTAGES)

    def _shown(self, where: Row) -> Iterator[tuple[int, str]]:
        """What the visit of each day met at the address while it carried this article."""
        born = where["versions"][0]["day"]
        kinds = sorted((day, kind) for day, kind in where["events"] if day >= born)
        for day in range(born, self.day + 1):
            if day not in OUTAGES:
                present = "article"
                for when, kind in kinds:
                    if when <= day:
                        present = _presence(kind, present)
                yield day, present


def _kinds(events: list[tuple[int, str]], day: int) -> str:
    return next((kind for when, kind in events if when == day), "")


def _presence(kind: str, before: str) -> str:
    name, _, how = kind.partition("-")
    if name == "gone":
        return {"404": "404", "410": "410", "home": "redirect_home", "empty": "emptied"}.get(how, "soft_404")
    if name == "hijack":
        return "redirect_foreign" if how == "redirect" else "takeover"
    return "article" if name == "restore" else before


def differences(archive: Archive, truth: Truth, base: str) -> list[str]:
    """Everything in which the archive departs from what it should say after a run on each day; a line each."""
    expected = Expected(truth, base)
    return [
        *differences_of_state(archive, truth, base),
        *_compare_revisions(archive, expected),
        *_compare_events(archive, expected),
    ]


def differences_of_state(archive: Archive, truth: Truth, base: str) -> list[str]:
    """The same without history: addresses and articles as they stand."""
    expected = Expected(truth, base)
    return [*_compare_addresses(archive, expected), *_compare_articles(archive, expected)]


def _compare_addresses(archive: Archive, expected: Expected) -> Iterator[str]:
    stored = {
        (row["url"], row["status"], bool(row["current"]))
        for row in archive.rows("SELECT url, status, current FROM article_urls")
    }
    wanted = expected.addresses()
    yield from (f"address missing: {each}" for each in sorted(wanted - stored))
    yield from (f"address too many: {each}" for each in sorted(stored - wanted))


def _compare_articles(archive: Archive, expected: Expected) -> Iterator[str]:
    stored = sorted(
        (row["url"], row["title"], row["status"], row["origin"] or "")
        for row in archive.rows(
            "SELECT a.url, a.title, a.status, d.url AS origin FROM articles AS a LEFT JOIN articles AS d ON d.id = a.duplicate_of"
        )
    )
    wanted = sorted(
        (
            expected.url(each["url"]),
            each["title"],
            each["status"],
            expected.url(each["duplicate_of"]) if each["duplicate_of"] else "",
        )
        for each in expected.articles
    )
    yield from (f"article missing: {each}" for each in wanted if each not in stored)
    yield from (f"article too many: {each}" for each in stored if each not in wanted)


def _compare_revisions(archive: Archive, expected: Expected) -> Iterator[str]:
    unreadable = expected.unreadable()
    stored: dict[str, list[tuple[Any, ...]]] = {}
    for row in archive.rows("SELECT * FROM revisions ORDER BY id"):
        fields = tuple(row[name] for name in FIELDS)
        if row["url"] in unreadable:
            fields = (fields[0], unreadable[row["url"]], *fields[2:])
        stored.setdefault(row["url"], []).append(
            (day_of(row["captured_at"]), *fields, row["change"], bool(row["silent"]))
        )
    wanted = expected.revisions()
    for url in sorted(wanted.keys() | stored.keys()):
        got, want = stored.get(url, []), wanted.get(url, [])
        if got != want:
            yield f"revisions of {url}: {_brief(got)} instead of {_brief(want)}"


def _brief(revisions: list[tuple[Any, ...]]) -> list[Any]:
    return [(each[0], each[1][:12], hash(each[2]) % 9999, *each[3:]) for each in revisions]


def _compare_events(archive: Archive, expected: Expected) -> Iterator[str]:
    stored: dict[str, str] = {}
    for row in archive.rows(
        "SELECT o.url, o.event, o.observed_at FROM observations AS o JOIN crawls AS c ON c.id = o.crawl_id"
        " WHERE o.event IS NOT NULL AND o.event <> 'completed'"
    ):
        if day_of(row["observed_at"]) == expected.day:
            stored[row["url"]] = "new" if row["event"] == "new address" else row["event"]
    wanted = expected.events()
    for url in sorted(wanted.keys() | stored.keys()):
        if stored.get(url) != wanted.get(url):
            yield f"event of {url}: {stored.get(url)} instead of {wanted.get(url)}"
