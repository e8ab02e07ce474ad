"""Is a WARC file what it was when it was written? Every byte of a closed file stands under a digest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from jimo_crawler.archive.findings import Finding, Kind
from jimo_crawler.archive.warc_members import Member, members, stored_path
from jimo_crawler.archive.warc_read import Record, record_of
from jimo_crawler.archive.warc_repair import file_digest as digest_of_file
from jimo_crawler.errors import ArchiveDamaged

Expected = Mapping[int, tuple[int, str]]


def check_file(path: Path, expected: Expected, file_digest: str | None = None) -> list[Finding]:
    """What is wrong with the file of that name (closed or ``.open``); nothing if all is well.

    *expected*: length and ``record_digest`` of each capture by its offset. *file_digest*: sha256 (hex) of the whole file
    from ``warc_files``; without it (a file that is still open) a changed bit in a request or warcinfo record is found by
    the checksum of its gzip member, but one in the ten bytes before the packed data may not be.
    """
    path = stored_path(path)
    if not path.exists():
        return [Finding(Kind.MISSING_FILE, path.name, None, "the file is missing")]
    findings: list[Finding] = []
    try:
        findings.extend(_check_records(path, expected))
        if file_digest and digest_of_file(path) != file_digest:
            message = "its bytes are not those with which it was closed"
            findings.append(Finding(Kind.FILE_DIGEST, path.name, None, message))
    except OSError as error:
        message = f"it cannot be read: {error.strerror or error}"
        findings.append(Finding(Kind.UNREADABLE, path.name, None, message))
    return findings


def _check_records(path: Path, expected: Expected) -> Iterator[Finding]:
    places: set[int] = set()
    ids: set[str] = set()
    requests: list[tuple[int, str, str]] = []
    for member in members(path, known=expected):
        places.add(member.offset)
        for kind, message in _check_stored(member, expected.get(member.offset)):
            yield Finding(kind, path.name, member.offset, message)
        if not member.ok:
            continue
        try:
            record = record_of(path, member)
        except ArchiveDamaged as error:
            yield Finding(Kind.NOT_A_RECORD, path.name, member.offset, str(error))
            continue
        for kind, message in _check_record(record, member.offset in expected):
            yield Finding(kind, path.name, member.offset, message)
        ids.add(record.id)
        if record.type == "request" and record.concurrent_to:
            requests.append((member.offset, record.url, record.concurrent_to))
    for offset, url, response in requests:
        if response not in ids:
            yield Finding(Kind.ORPHAN, path.name, offset, f"this request of {url} has no (sound) response")
    for offset in sorted(set(expected) - places):
        yield Finding(Kind.MISSING_RECORD, path.name, offset, "a row names a record here, and there is none")


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


def _check_record(record: Record, named: bool) -> Iterator[tuple[Kind, str]]:
    """What the record says of itself."""
    yield from record.wrong_digests()
    if record.type in ("response", "revisit") and not named:
        yield Kind.ORPHAN, f"no row names this {record.type} of {record.url}"
