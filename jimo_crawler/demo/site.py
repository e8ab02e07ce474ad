"""Puts the pages of one day together, with the truth about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial

from jimo_crawler.demo import afterlife, clutter, faults, fixed, render
from jimo_crawler.demo.address import Address
from jimo_crawler.demo.answer import Answer, Site
from jimo_crawler.demo.charsets import CHARSETS, content_type
from jimo_crawler.demo.events import Change, History
from jimo_crawler.demo.listings import page_path
from jimo_crawler.demo.plan import day_start
from jimo_crawler.demo.standing import Standing, standings
from jimo_crawler.demo.towns import TOWNS, Town
from jimo_crawler.demo.truth import Truth, article, mark_reprints

WORD_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 16


class Assembler:
    """Builds the pages of one day from the portal's history up to it."""

    def __init__(self, day: int, history: History) -> None:
        self.day = day
        self.history = history
        self.addresses = history.now()
        beginning = (changes[0].address for changes in history.changes.values())
        self.pool = [each for each in beginning if each.listed_in and not each.born]
        self.lookup = {each.path: each for each in self.addresses}
        date = day_start(day).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.site = Site(day, Truth(day, date, fixed.ENTRY, fixed.INDEX))
        self._listed_on: dict[str, list[str]] = {}

    def assemble(self) -> Site:
        """The whole portal."""
        self._fixed_pages()
        for where in TOWNS:
            self._listing(where)
        for address in self.addresses:
            self._address(address)
        self._faults()
        self._truth()
        if self.day in afterlife.OUTAGES:
            self._outage(afterlife.OUTAGES[self.day])
        return self.site

    def _page(
        self,
        path: str,
        make: Callable[[], bytes],
        charset: str,
        modified: datetime | None = None,
        *,
        validators: bool = True,
        manner: str = "",
    ) -> None:
        headers = {"Content-Type": content_type(CHARSETS[charset])}
        self.site.pages[path] = Answer(200, headers, make, validators, modified, manner)

    def _fixed_pages(self) -> None:
        recent = sorted(self.addresses, key=lambda each: each.published, reverse=True)
        towns = [each for each in recent if each.named][:12]
        news = [each for each in recent if each.section in fixed.OTHER_SECTIONS]
        latest = max(each.changed_at for each in self.addresses)
        self.site.pages["/robots.txt"] = Answer(
            200, {"Content-Type": "text/plain"}, fixed.ROBOTS.encode, modified=day_start(-3000)
        )
        self._page(fixed.ENTRY, lambda: fixed.home(news[:10], towns), "gbk", latest)
        self._page(fixed.INDEX, lambda: fixed.index(TOWNS), "gbk", day_start(-1000))
        for name, above in fixed.OTHER_SECTIONS.items():
            members = [each for each in news if each.section == name]
            self._page(above[-1][1], self._section(name, above, members), "gbk")
        for path, name in fixed.ASIDE.items():
            self._page(
                path, partial(fixed.message_page, name, f"{name}栏目正在建设中"), "gbk", day_start(-2000)
            )
        for path, name in (("/news/", "即墨新闻"), ("/fc/", "房产频道"), ("/fw/", "便民服务")):
            self._page(path, self._section(name, (("即墨信息港", "/"), (name, path)), news[:15]), "gbk")

    @staticmethod
    def _section(
        name: str, above: Sequence[tuple[str, str]], members: Sequence[Address]
    ) -> Callable[[], bytes]:
        return lambda: fixed.section_page(name, above, members)

    def _listing(self, where: Town) -> None:
        members = sorted(
            (each for each in self.addresses if where.name in each.named),
            key=lambda each: (each.pinned, each.published, each.path),
            reverse=True,
        )
        total = render.pages(where, len(members))
        trail = fixed.trail(where.name, "")
        charset = render.LISTING_CHARSETS.get(where.style, "utf-8")
        paths = [page_path(where, number) for number in range(1, total + 1)]
        modified = max(
            each.relisted or each.changed_at
            for each in self.addresses
            if where.name in (each.section, *each.listed_in)
        )
        for number, path in enumerate(paths, 1):
            self._page(
                path,
                partial(
                    render.listing_page,
                    where,
                    number,
                    members,
                    trail,
                    tuple(clutter.fragments(where, number, members)),
                ),
                charset,
                modified,
            )
            for each in members[(number - 1) * where.per_page : number * where.per_page]:
                self._listed_on.setdefault(each.path, []).append(path)
        self.site.truth.towns.append(
            {
                "name": where.name,
                "kind": where.kind,
                "merged_into": where.merged_into or None,
                "listing": paths[0],
                "pages": paths,
                "articles": [each.path for each in members],
            }
        )
        for path, (title, kind, outcomes) in clutter.specials(where).items():
            self._special(path, title, kind, outcomes, paths[0], trail)

    def _special(
        self,
        path: str,
        title: str,
        kind: str,
        outcomes: Sequence[str],
        listing: str,
        trail: Sequence[tuple[str, str]],
    ) -> None:
        fits = {"kind": kind, "title": title, "outcomes": list(outcomes), "linked_from": [listing]}
        self.site.truth.pages[path] = fits
        if kind == "attachment":
            headers = {"Content-Type": "application/msword"}
            self.site.pages[path] = Answer(200, headers, lambda: WORD_FILE, modified=day_start(-2000))
        elif kind != "dead":
            self._page(path, lambda: clutter.special_page(kind, title, trail), "gbk", validators=False)

    def _address(self, address: Address) -> None:
        match address.presence.split("-"):
            case ["article"]:
                self._article(address)
            case ["gone", "empty"]:
                self._article(address.but(story=address.story.but(pieces=()), parts=1, quirk="", spam=()))
            case ["gone", "404"]:
                pass
            case ["gone", "410"]:
                gone = b"<html><head><title>410 Gone</title></head><body><h1>Gone</h1></body></html>"
                self.site.pages[address.path] = Answer(
                    410, {"Content-Type": "text/html"}, lambda: gone, False
                )
            case ["gone", "home"]:
                self.site.pages[address.path] = Answer(302, {"Location": "/"}, bytes, validators=False)
            case ["gone", "soft", wording]:
                links = [(render.cut(each.story.title), each.path) for each in self.pool[:8]]
                self._page(
                    address.path,
                    lambda: afterlife.soft_404(int(wording), address.section, links),
                    "gbk" if wording != "5" else "utf-8",
                    validators=False,
                )
            case ["hijack", "redirect"]:
                target = {"Location": f"http://spam.invalid/?r={len(address.path)}"}
                self.site.pages[address.path] = Answer(302, target, bytes, validators=False)
            case [_, kind]:
                self._page(
                    address.path,
                    lambda: afterlife.takeover(kind, address.path),
                    "utf-8-meta",
                    address.changed_at,
                    validators=address.validators,
                )

    def _article(self, address: Address) -> None:
        listing = next((page_path(each, 1) for each in TOWNS if each.name == address.section), "")
        trail = fixed.trail(address.section, listing)
        for part, path in enumerate(address.paths, 1):
            self._page(
                path,
                partial(render.article_page, address, part, self.pool, trail, self.lookup),
                address.charset,
                address.changed_at,
                validators=address.validators,
                manner=address.quirk if address.quirk == "flaky" else "",
            )

    def _faults(self) -> None:
        pages, truth = self.site.pages, self.site.truth.faults
        for fault in faults.FAULTS:
            headers = {"Content-Type": faults.TYPE, **dict(fault.headers)}
            make = partial(faults.page_of, fault)
            pages[fault.path] = Answer(fault.status, headers, make, validators=False, manner=fault.manner)
            truth[fault.path] = faults.truth_of(
                fault, lambda each: Standing(each.story.key, (Change(0, "new", each),), self.day)
            )
        for path, target in faults.chain():
            pages[path] = Answer(302, {"Location": target}, bytes, validators=False)
        self._page(faults.ENTRY, faults.entry_page, "utf-8")
        self._page(faults.INDEX, faults.index_page, "utf-8")
        some = [each for each in self.pool if each.section == "通济街道"][:10]
        rows = [
            (each.story.title, each.path.replace("&", "&amp;"), f"{each.published:%Y-%m-%d}") for each in some
        ]
        self.site.endless = lambda path: faults.endless_page(path, rows)
        for name in ("endless", "repeating"):
            truth[f"/faults/{name}.asp"] = {
                "kind": name,
                "linked": False,
                "entry": faults.ENTRY,
                "outcomes": ["listing"],
            }

    def _truth(self) -> None:
        truth = self.site.truth
        towns = {each.name for each in TOWNS}
        groups: dict[str, list[Standing]] = {}
        for path, changes in self.history.changes.items():
            if self.day and changes[-1].day == self.day:
                truth.events[path] = changes[-1].kind
            if changes[0].kind == "new-hijacked":
                fits = {"kind": "hijacked", "title": changes[0].address.story.title, "outcomes": ["hijacked"]}
                truth.pages[path] = {**fits, "linked_from": self._listed_on.get(path, [])}
                continue
            for each in standings(changes, self.day):
                groups.setdefault(each.key, []).append(each)
        for group in groups.values():
            truth.articles.append(article(group, towns, self._listed_on, self._found_by(group)))
        mark_reprints(truth.articles)
        truth.faults |= {
            each.path: {"kind": "flaky", "linked": True, "outcomes": ["article"]}
            for each in self.addresses
            if each.quirk == "flaky"
        }

    def _found_by(self, group: Sequence[Standing]) -> str:
        if any(change.address.listed_in for each in group for change in each.changes):
            return "listing"
        paths = {each.address.path for each in group}
        texts = list(self._texts_leading_to(paths))
        if any(where.short in text for text in texts for where in TOWNS):
            return "related"
        return "related_all" if texts else "none"

    def _texts_leading_to(self, paths: set[str]) -> Iterator[str]:
        """Texts of the links in related lists that lead to one of *paths*."""
        for each in self.addresses:
            yield from (text for text, href in each.headlines if href in paths)
            yield from (
                render.cut(self.lookup[href].story.title) for href in each.related or () if href in paths
            )

    def _outage(self, kind: str) -> None:
        self.site.truth.outage = kind
        status = {"challenge": 412, "error": 500}.get(kind, 200)
        page = Answer(status, {"Content-Type": "text/html"}, lambda: afterlife.outage_page(kind), False)
        robots = self.site.pages["/robots.txt"]
        everywhere = page
        if kind == "login":
            everywhere = Answer(302, {"Location": afterlife.LOGIN_PATH}, bytes, validators=False)
        self.site.pages = dict.fromkeys(self.site.pages, everywhere)
        self.site.everywhere = everywhere
        if kind == "login":
            self.site.pages |= {afterlife.LOGIN_PATH: page, "/robots.txt": robots}
