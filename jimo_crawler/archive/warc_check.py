"""Is a WARC file what it was when it was written? Every byte of a closed file stands under a digest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jimo_crawler.archive.findings import Finding, Kind
from jimo_crawler.archive.warc_file import WarcFile
from jimo_crawler.archive.warc_members import UNEVEN, Member, members, stored_path, uneven_heads
from jimo_crawler.archive.warc_read import Record, capture_of, record_of
from jimo_crawler.archive.warc_repair import file_digest as digest_of_file
from jimo_crawler.errors import ArchiveDamaged

Expected = Mapping[int, tuple[int, str]]
Row = Mapping[str, Any]
SAID_TWICE = (
    *("url", "fetched_at", "status", "media_type", "payload_digest", "body_digest"),
    *("record_id", "revisit_of"),
)
"""Columns of ``captures`` that the record itself says, too."""


def check_file(
    path: Path,
    expected: Expected,
    booked: WarcFile | None = None,
    rows: Mapping[int, Row] | None = None,
) -> list[Finding]:
    """What is wrong with the file of that name (closed or ``.open``); nothing if all is well.

    *expected*: length and ``record_digest`` of each capture by its offset; *rows*: the whole row of ``captures``, where it
    is to be held against the record. *booked*: what ``warc_files`` says of the file; without it (a file that is still open)
    changed bits in request and warcinfo records are found by the checksum of their gzip member, and in its header by the
    headers of the others.
    """
    path = stored_path(path)
    if not path.exists():
        return [Finding(Kind.MISSING_FILE, path.name, None, "the file is missing")]
    check = _FileCheck(path, expected, rows or {})
    findings: list[Finding] = []
    try:
        findings.extend(check.records())
        findings.extend(check.against(booked) if booked else check.heads_alike())
    except OSError as error:
        message = f"it cannot be read: {error.strerror or error}"
        findings.append(Finding(Kind.UNREADABLE, path.name, None, message))
    return findings


class _FileCheck:
    def __init__(self, path: Path, expected: Expected, rows: Mapping[int, Row]) -> None:
        self._path = path
        self._expected = expected
        self._rows = rows
        self._sound = 0
        self._heads: dict[int, bytes] = {}

    def _find(self, kind: Kind, message: str, offset: int | None = None) -> Finding:
        return Finding(kind, self._path.name, offset, message)

    def against(self, booked: WarcFile) -> Iterator[Finding]:
        """The file as a whole, held against its row; after ``records``."""
        if digest_of_file(self._path) != booked.sha256:
            yield self._find(Kind.FILE_DIGEST, "its bytes are not those with which it was closed")
        elif (self._path.stat().st_size, self._sound) != (booked.length, booked.records):
            said = f"{booked.length} bytes and {booked.records} records"
            found = f"{self._path.stat().st_size} and {self._sound}"
            yield self._find(Kind.ROW, f"its row says {said}, there are {found}")

    def heads_alike(self) -> Iterator[Finding]:
        """The gzip headers of a file that no digest covers yet; after ``records``."""
        for offset in uneven_heads(self._heads):
            yield self._find(Kind.RECORD_DIGEST, UNEVEN, offset)

    def records(self) -> Iterator[Finding]:
        """Record by record, in order."""
        places: set[int] = set()
        ids: set[str] = set()
        requests: list[tuple[int, str, str]] = []
        for member in members(self._path, known=self._expected):
            places.add(member.offset)
            for kind, message in _check_stored(member, self._expected.get(member.offset)):
                yield self._find(kind, message, member.offset)
            if not member.ok:
                continue
            self._sound += 1
            self._heads[member.offset] = member.head
            try:
                record = record_of(self._path, member)
            except ArchiveDamaged as error:
                yield self._find(Kind.NOT_A_RECORD, str(error), member.offset)
                continue
            for kind, message in self._check_record(record):
                yield self._find(kind, message, member.offset)
            ids.add(record.id)
            if record.type == "request" and record.concurrent_to:
                requests.append((member.offset, record.url, record.concurrent_to))
        for offset, url, response in requests:
            if response not in ids:
                yield self._find(Kind.ORPHAN, f"this request of {url} has no (sound) response", offset)
        for offset in sorted(set(self._expected) - places):
            yield self._find(Kind.MISSING_RECORD, "a row names a record here, and there is none", offset)

    def _check_record(self, record: Record) -> Iterator[tuple[Kind, str]]:
        """What the record says of itself, and what its row says of it."""
        yield from record.wrong_digests()
        exchange = record.type in ("response", "revisit")
        if exchange and record.offset not in self._expected:
            yield Kind.ORPHAN, f"no row names this {record.type} of {record.url}"
        elif row := self._rows.get(record.offset):
            yield from _check_row(record, row)


def _check_stored(member: Member, expected: tuple[int, str] | None) -> Iterator[tuple[Kind, str]]:
    """The bytes as they lie there."""
    if not member.ok:
        kind = Kind.TORN if member.torn else Kind.DAMAGED
        named = ", named by a row" if expected else ""
        yield kind, f"{member.flaw} ({member.length} bytes{named})"
    elif expected and member.length != expected[0]:
        yield Kind.RECORD_LENGTH, f"{member.length} bytes where {expected[0]} were written"
    elif expected and member.digest != expected[1]:
        yield Kind.RECORD_DIGEST, f"its {member.length} bytes are not those that were written"


def _check_row(record: Record, row: Row) -> Iterator[tuple[Kind, str]]:
    try:
        capture = capture_of(record)
    except ArchiveDamaged as error:
        yield Kind.NOT_A_RECORD, str(error)
        return
    said = {name: getattr(capture, name) for name in SAID_TWICE} | {"charset_declared": capture.charset}
    if not capture.body_digest:  # a revisit has no body of its own
        del said["body_digest"]
    if (
        record.type == "revisit" and not capture.revisit_of
    ):  # some tools do not name the record, and a replay finds it by its digest
        del said["revisit_of"]
    if wrong := [name for name, value in said.items() if row[name] != value]:
        yield Kind.ROW, f"its row has another {', '.join(wrong)} than the record ({record.url})"
