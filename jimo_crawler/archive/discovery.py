"""What index, listings and related links add to the frontier, and how far each section was read (DESIGN 4.1, 4.2, 4.4)."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from jimo_crawler.archive.due import ASK_NOW
from jimo_crawler.archive.frontier import Plan
from jimo_crawler.archive.listed import Listed
from jimo_crawler.archive.rows import insert
from jimo_crawler.items import Link, ListingPage, Section
from jimo_crawler.parsers.listing import MORE
from jimo_crawler.parsers.urls import canonical_url
from jimo_crawler.portal import Profile, kind_of
from jimo_crawler.text.script import to_simplified

MOST_NESTED = 2
"""Steps from a section's page to its list: a frame, and a column in it."""
MOST_OFFERED = 100_000
"""Links remembered at once: some ten megabytes."""


@dataclass(frozen=True, slots=True)
class Read:
    """What reading one page of a listing came to."""

    new: int
    known: int
    ended_by: str | None
    """end, known, since, loop, limit, empty (it says so) or unread (no article was found); None while the section goes on."""
    delisted: tuple[str, ...] = ()
    relisted: tuple[str, ...] = ()


class Discovery:
    """Rows of ``towns`` and ``urls``; each call happens inside the caller's transaction."""

    def __init__(
        self,
        conn: sqlite3.Connection,
        plan: Plan,
        profile: Profile,
        *,
        related: str,
        max_pages: int,
        max_depth: int,
    ) -> None:
        self._conn = conn
        self._plan = plan
        self._profile = profile
        self._related = related
        self._max_pages = max_pages
        self._max_depth = max_depth
        self._listed = Listed(conn)
        self._offered: set[str] = set()
        """Related links looked at in this run: the same random lists stand on every page."""

    def add_url(self, link: Link, kind: str, at: str, **columns: object) -> bool:
        """Make the link a row that is due now; gives False (and changes nothing) if the URL is known."""
        url = canonical_url(link.url)
        values: dict[str, object] = {
            "url": url,
            "request_url": link.url,
            "kind": kind,
            "first_seen_at": at,
            "due_at": at,
        }
        values |= {"anchor": link.text[:200] or None} | columns
        return insert(self._conn, "urls", values, "ON CONFLICT(url) DO NOTHING").rowcount == 1

    # --- index ----------------------------------------------------------------------------------------------------

    def add_sections(self, sections: tuple[Section, ...], found_on: str, at: str) -> None:
        """Towns and the first page of their listings, as the portal's index has them."""
        for section in sections:
            town_id = self.town(section.name, at, kind=section.kind)
            self._conn.execute("UPDATE towns SET last_seen_at = ? WHERE id = ?", (at, town_id))
            url = canonical_url(section.url)
            old = self._conn.execute("SELECT listing_url FROM towns WHERE id = ?", (town_id,)).fetchone()[0]
            if old and old != url:
                self._retire_parts(old, town_id)
                self._conn.execute(
                    "UPDATE urls SET state = 'retired' WHERE url = ? AND state = 'known'", (old,)
                )
            self._conn.execute("UPDATE towns SET listing_url = ? WHERE id = ?", (url, town_id))
            self.add_url(
                Link(url=section.url, text=section.name),
                "listing",
                at,
                town_id=town_id,
                page=1,
                found_on=found_on,
            )
            self._conn.execute("UPDATE urls SET state = 'known' WHERE url = ? AND state = 'retired'", (url,))

    def town(self, name: str, at: str, *, kind: str | None = None) -> int:
        """The row of the town of that name (Simplified), made if there is none."""
        known = self._profile.town(name)
        name = known.name if known else name
        row = self._conn.execute("SELECT id FROM towns WHERE name = ?", (name,)).fetchone()
        if row is not None:
            return int(row["id"])
        aliases = json.dumps(known.aliases if known else (), ensure_ascii=False)
        added = self._conn.execute(
            "INSERT INTO towns(name, kind, aliases, first_seen_at, last_seen_at) VALUES(?, ?, ?, ?, ?)",
            (name, kind or kind_of(name), aliases, at, at),
        )
        return added.lastrowid or 0

    def names_another(self, section: str, town_id: int | None) -> bool:
        """Whether *section*, as a page prints its own, names another town than that of the row."""
        known = self._profile.town(section)
        name = known.name if known else section
        rows = self._conn.execute("SELECT id, name FROM towns").fetchall()
        named = [row["id"] for row in rows if row["name"] in (name, section)]
        return bool(named) and town_id not in named

    # --- listings ---------------------------------------------------------------------------------------------------

    def read_listing(self, row: sqlite3.Row, listing: ListingPage, at: str) -> Read:
        """Book one page of a section's listing: its articles, its next page, and whether to go on."""
        items = list(dict.fromkeys(canonical_url(link.url) for link in listing.items))
        new = sum(
            self.add_url(
                link, "article", at, found_on=row["url"], town_id=row["town_id"], listed_date=link.date
            )
            for link in listing.items
        )
        self._name_section(items, row)
        self._ask_redated(listing.items, at)
        ended_by = self._ended_by(row, listing, items, new)
        self._add_parts(row, listing, at)
        goes_on = ended_by is None or (ended_by == "known" and self._is_due(listing.next, at))
        delisted, relisted = self._listed.read(row, items, goes_on=goes_on, last_page=listing.next is None)
        read = Read(new, len(items) - new, ended_by, delisted, relisted)
        self._conn.execute(
            "UPDATE urls SET items = ?, listed_date = ? WHERE url = ?",
            (json.dumps(items), listing.newest, row["url"]),
        )
        self._go_on(row, listing, read, at)
        return read

    def _add_parts(self, row: sqlite3.Row, listing: ListingPage, at: str) -> None:
        """The pages that hold the list of a section in place of its own: each the first page of a listing."""
        if (row["page"] or 1) > 1:
            return
        if listing.items:
            self._retire_parts(row["url"], row["town_id"])
        elif row["depth"] < MOST_NESTED:
            for link in listing.parts:
                columns = {
                    "town_id": row["town_id"],
                    "page": 1,
                    "found_on": row["url"],
                    "depth": row["depth"] + 1,
                }
                if not self.add_url(link, "listing", at, **columns):
                    self._conn.execute(
                        "UPDATE urls SET state = 'known' WHERE url = ? AND state = 'retired' AND found_on = ?",
                        (canonical_url(link.url), row["url"]),
                    )

    def _retire_parts(self, url: str, town_id: int | None) -> None:
        """The section's page at *url* is no longer its page, or has its list itself."""
        self._conn.execute(
            "UPDATE urls SET state = 'retired' WHERE town_id = ? AND kind = 'listing' AND page = 1 AND found_on = ?"
            " AND state = 'known'",
            (town_id, url),
        )

    def end_section(self, town_id: int | None, at: str) -> None:
        """The section has been read as far as it goes."""
        self._conn.execute("UPDATE towns SET complete_at = ? WHERE id = ?", (at, town_id))

    def reread_listing(self, row: sqlite3.Row, at: str) -> Read:
        """Book a page of a listing that is what it was (304): a full run goes on behind it."""
        known = len(json.loads(row["items"])) if row["items"] else 0
        following = self._conn.execute(
            "SELECT url FROM urls WHERE town_id = ? AND kind = 'listing' AND page = ? AND state <> 'retired'"
            " ORDER BY found_on = ? DESC",
            (row["town_id"], (row["page"] or 1) + 1, row["url"]),
        ).fetchone()
        if following and self._plan.full:
            self._conn.execute(
                f"UPDATE urls SET {ASK_NOW} WHERE url = :url", {"at": at, "url": following["url"]}
            )
        goes_on = self._plan.full or not self._is_complete(row["town_id"])
        ended_by = "end" if following is None else None if goes_on else "known"
        if not known and (row["page"] or 1) == 1:
            ended_by = "empty"  # as it was: what there was to say of it has been said
        return Read(0, known, ended_by, self._listed.reread(row))

    def _is_complete(self, town_id: int | None) -> bool:
        """Whether the section has once been read to its end."""
        row = self._conn.execute("SELECT complete_at FROM towns WHERE id = ?", (town_id,)).fetchone()
        return bool(row and row["complete_at"])

    def _is_due(self, link: Link | None, at: str) -> bool:
        """Whether the page that *link* leads to is read in this run whatever stands on those before it."""
        if link is None:
            return False
        row = self._conn.execute(
            "SELECT due_at <= ? AS due FROM urls WHERE url = ? AND kind = 'listing'",
            (at, canonical_url(link.url)),
        ).fetchone()
        return bool(row and row["due"])

    def _name_section(self, items: list[str], row: sqlite3.Row) -> None:
        """An article first met through a related link belongs to the section whose listing names it."""
        self._conn.executemany(
            "UPDATE urls SET town_id = ? WHERE url = ? AND town_id IS NULL",
            [(row["town_id"], url) for url in items],
        )

    def _ask_redated(self, links: tuple[Link, ...], at: str) -> None:
        """A later day beside a known article is a hint that it is another version, or another article: asked now. Where most
        of a page has one, the listing prints something else than it did."""
        dated = {canonical_url(link.url): link.date for link in links if link.date}
        rows = self._conn.execute(  # the plus: SQLite would rather go through all articles than look a few up
            f"SELECT url, listed_date FROM urls WHERE url IN ({', '.join('?' * len(dated))})"
            " AND +kind = 'article' AND last_visit_at IS NOT NULL",
            list(dated),
        ).fetchall()
        later = [row["url"] for row in rows if (row["listed_date"] or "") < dated[row["url"]]]
        self._conn.executemany(
            "UPDATE urls SET listed_date = ? WHERE url = ?", [(dated[url], url) for url in later]
        )
        hints = [row["url"] for row in rows if row["listed_date"] and row["url"] in set(later)]
        if 2 * len(hints) <= max(len(rows), 2):
            self._conn.executemany(
                f"UPDATE urls SET {ASK_NOW} WHERE url = :url", [{"url": url, "at": at} for url in hints]
            )

    def _ended_by(self, row: sqlite3.Row, listing: ListingPage, items: list[str], new: int) -> str | None:
        page = row["page"] or 1
        if not items:
            return "end" if page > 1 else self._without_items(row, listing)
        if listing.next is None:
            return "end"
        if self._is_loop(row, listing.next, items):
            return "loop"
        if page >= self._max_pages:
            return "limit"
        if self._plan.since and all(link.date and link.date < self._plan.since for link in listing.items):
            return "since"
        if self._is_complete(row["town_id"]) and not new and not self._plan.full:
            return "known"
        return None

    def _without_items(self, row: sqlite3.Row, listing: ListingPage) -> str | None:
        if listing.parts and row["depth"] < MOST_NESTED:
            return None
        return "empty" if listing.says_empty else "unread"

    def _is_loop(self, row: sqlite3.Row, following: Link, items: list[str]) -> bool:
        """The next page is one that came before, or this page says what the one before it said."""
        page = row["page"] or 1
        back = self._conn.execute(
            "SELECT 1 FROM urls WHERE url = ? AND town_id = ? AND kind = 'listing' AND page <= ?",
            (canonical_url(following.url), row["town_id"], page),
        ).fetchone()
        if back or canonical_url(following.url) == row["url"]:
            return True
        before = self._conn.execute(
            "SELECT items FROM urls WHERE town_id = ? AND kind = 'listing' AND page = ? AND url <> ?"
            " ORDER BY url = ? DESC",
            (row["town_id"], page - 1, row["url"], row["found_on"]),
        ).fetchone()
        return bool(before and before["items"] and json.loads(before["items"]) == items)

    def _go_on(self, row: sqlite3.Row, listing: ListingPage, read: Read, at: str) -> None:
        page = row["page"] or 1
        sets: dict[str, object] = {"pages_read": page, "pages_total": listing.total}
        if read.ended_by in ("end", "loop", "empty"):
            sets["complete_at"] = at
        keep = ", ".join(f"{name} = :{name}" for name in sets if name != "pages_read")
        self._conn.execute(
            f"UPDATE towns SET {keep}, pages_read = max(pages_read, :pages_read) WHERE id = :id",
            sets | {"id": row["town_id"]},
        )
        if read.ended_by == "end" and (listing.total or 1) <= page:
            self._listed.retire_behind(row, page)
        if listing.next is None or read.ended_by in ("loop", "limit", "end", "empty", "unread"):
            return
        follow = read.ended_by is None or read.ended_by == "since"
        added = self.add_url(
            listing.next,
            "listing",
            at,
            town_id=row["town_id"],
            page=page + 1,
            found_on=row["url"],
            anchor=MORE if listing.next.text == MORE else None,
        )
        if not added:
            due = f"{ASK_NOW}, " if follow else ""
            self._conn.execute(
                f"UPDATE urls SET {due}page = :page, state = iif(state = 'retired', 'known', state)"
                " WHERE url = :url AND kind = 'listing' AND town_id IS :town",
                {
                    "at": at,
                    "page": page + 1,
                    "url": canonical_url(listing.next.url),
                    "town": row["town_id"],
                },
            )
        if read.ended_by == "since" and row["town_id"] is not None:
            self._plan.ended_sections.add(row["town_id"])

    # --- articles ---------------------------------------------------------------------------------------------------

    def add_related(self, links: tuple[Link, ...], found_on: str, depth: int, at: str) -> None:
        """Related links that may lead to town news: those whose text names a known town (``JIMO_RELATED``)."""
        if self._related == "off" or depth >= self._max_depth:
            return
        if len(self._offered) > MOST_OFFERED:
            self._offered.clear()
        for link in links:
            offer = f"{link.url} {link.text}"
            if offer not in self._offered:
                self._offered.add(offer)
                if self._related == "all" or self.names_town(link.text):
                    self.add_url(link, "article", at, found_on=found_on, depth=depth + 1)

    def add_parts(
        self, links: tuple[Link, ...], first_url: str, found_on: str, town_id: int | None, at: str
    ) -> None:
        """The other pages of a paged body."""
        for link in links:
            if link.number == 1:
                self.add_url(link, "article", at, found_on=found_on, town_id=town_id)
            elif link.number:
                self.add_url(link, "article", at, found_on=found_on, town_id=town_id)
                self.mark_part(canonical_url(link.url), first_url, link.number)

    def mark_part(self, url: str, first_url: str, part: int) -> None:
        """Note that an address is a further page of a body."""
        self._conn.execute(
            "UPDATE urls SET first_url = ?, part = ?, state = iif(state = 'retired', 'known', state) WHERE url = ?",
            (first_url, part, url),
        )

    def names_town(self, text: str) -> bool:
        """Whether a headline names a town of the profile (金口镇:…, 即墨潮海:…)."""
        plain = to_simplified(text)
        return any(name in plain for town in self._profile.towns for name in (town.name, *town.aliases))
