"""Closing a WARC file that a killed process left ``.open``, without losing what is sound in it.

Each step can be repeated: a process killed in the middle of a repair leaves a file that the next one repairs alike.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jimo_crawler.archive import killpoints
from jimo_crawler.archive.findings import Finding, Kind
from jimo_crawler.archive.warc_file import WarcFile, storage_failed, sync_folder
from jimo_crawler.archive.warc_members import OPEN_SUFFIX, UNEVEN, Member, members, uneven_heads
from jimo_crawler.archive.warc_read import capture_of, record_of
from jimo_crawler.errors import ArchiveDamaged
from jimo_crawler.items import Capture

_PIECE = 2**20
"""Bytes compared at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A sound record that no known offset names."""

    offset: int
    length: int
    type: str
    """response, revisit, request …"""
    id: str
    url: str
    fetched_at: str
    digest: str
    """sha256 (hex) of the bytes as stored."""
    concurrent_to: str | None
    """For a request: the id of its response."""
    capture: Capture | None
    """The row it would have had; None if it holds no HTTP response. See ``capture_of`` on revisits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What became of a file that was left behind."""

    path: Path
    """Its final name. Not there if nothing sound was in the file."""
    file: WarcFile | None
    """For ``warc_files``; None if nothing sound was in it and so no file is left."""
    found: tuple[Found, ...] = ()
    """In order; warcinfo records left out."""
    lost: tuple[int, ...] = ()
    """Known offsets at which no sound record stands (any more): their URLs are to be asked again."""
    damage: tuple[Finding, ...] = ()
    """One for each damage in the middle (left as it is), one for a torn tail."""
    torn: Path | None = None
    """Where the torn tail is kept; None if there was none."""


@dataclass(slots=True)
class _Survey:
    """What stands in a file."""

    records: int = 0
    found: list[Found] = field(default_factory=list)
    sound: set[int] = field(default_factory=set)
    damaged: list[Member] = field(default_factory=list)
    heads: dict[int, bytes] = field(default_factory=dict)
    tail: list[Member] = field(default_factory=list)
    """Damage behind which nothing sound follows."""


def repair_open(path: Path, known: Collection[int]) -> Repair:
    """Closes the file of that name (with or without ``.open``) and says what is in it.

    Damage that reaches the end of an ``.open`` file is cut off and kept aside as ``….torn``; damage in the middle stays
    and is reported, the records behind it are kept. A file that is closed already is only looked at, so that the call
    can be repeated until what it gives has been booked. *known*: offsets that the archive's rows name.
    Raises StorageFailed, and ArchiveDamaged if there is a closed file beside the open one.
    """
    closed = path.with_name(path.name.removesuffix(OPEN_SUFFIX))
    opened = closed.with_name(closed.name + OPEN_SUFFIX)
    try:
        if not opened.exists():
            return _describe(closed, closed, known)
        if closed.exists():
            raise ArchiveDamaged(
                f"{closed.name} is there twice, closed and {OPEN_SUFFIX}: one of them does not belong here"
            )
        return _close(opened, closed, known)
    except OSError as error:
        raise storage_failed(closed.name, error) from error


def drop_earlier_copy(opened: Path) -> bool:
    """Remove an ``.open`` file that is the beginning of the closed file beside it: a backup made in the middle of a run, put
    back with a later one. Gives whether it was. Raises StorageFailed."""
    closed = opened.with_name(opened.name.removesuffix(OPEN_SUFFIX))
    try:
        if not closed.exists() or not _begins_with(closed, opened):
            return False
        opened.unlink()
    except OSError as error:
        raise storage_failed(opened.name, error) from error
    return True


def _begins_with(whole: Path, part: Path) -> bool:
    with whole.open("rb") as one, part.open("rb") as other:
        while piece := other.read(_PIECE):
            if one.read(len(piece)) != piece:
                return False
    return True


def describe_file(path: Path) -> WarcFile:
    """What ``warc_files`` says of a closed file, taken from the file as it is. Raises OSError."""
    return WarcFile(path.name, path.stat().st_size, file_digest(path), sum(each.ok for each in members(path)))


def file_digest(path: Path) -> str:
    """sha256 (hex) of a whole file. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _close(opened: Path, closed: Path, known: Collection[int]) -> Repair:
    """Cuts what is torn, and gives the file its final name."""
    survey = _survey(opened, known)
    torn = None
    if survey.tail:
        torn = _keep_aside(opened, survey.tail[0].offset, closed)
        killpoints.reach("warc-repair")
        os.truncate(opened, survey.tail[0].offset)
    _sync_file(opened)
    killpoints.reach("warc-repair")
    uneven = [
        Finding(Kind.RECORD_DIGEST, closed.name, each, f"{UNEVEN} (left as it is)")
        for each in uneven_heads(survey.heads)
    ]
    repair = _report(survey, opened, closed, known, torn, uneven)
    if repair.file:
        opened.rename(closed)
    else:
        opened.unlink()
    killpoints.reach("warc-repair")
    sync_folder(closed.parent)
    killpoints.reach("warc-repair")
    return repair


def _describe(path: Path, closed: Path, known: Collection[int]) -> Repair:
    """The report on a file that was closed before; of one that held nothing sound, only that."""
    survey = _survey(path, known) if path.exists() else _Survey()
    return _report(survey, path, closed, known, next(_torn_files(closed), None))


def _report(
    survey: _Survey,
    path: Path,
    closed: Path,
    known: Collection[int],
    torn: Path | None,
    more: Sequence[Finding] = (),
) -> Repair:
    damage = [
        *(Finding(Kind.DAMAGED, closed.name, each.offset, _describe_damage(each)) for each in survey.damaged),
        *more,
    ]
    if survey.tail:
        start, end = survey.tail[0].offset, survey.tail[-1].end
        kept = f", kept as {torn.name}" if torn else ""
        message = f"torn: {survey.tail[0].flaw} (the last {end - start} bytes{kept})"
        damage.append(Finding(Kind.TORN, closed.name, start, message))
    file = None
    if survey.records:
        file = WarcFile(closed.name, path.stat().st_size, file_digest(path), survey.records)
    return Repair(
        path=closed,
        file=file,
        found=tuple(survey.found),
        lost=tuple(sorted(set(known) - survey.sound)),
        damage=tuple(damage),
        torn=torn,
    )


def _survey(path: Path, known: Collection[int]) -> _Survey:
    survey = _Survey()
    for member in members(path, known=known):
        if not member.ok:
            survey.tail.append(member)
            continue
        survey.damaged += survey.tail
        survey.tail = []
        survey.records += 1
        survey.sound.add(member.offset)
        survey.heads[member.offset] = member.head
        if member.offset not in known and (found := _found(path, member)):
            survey.found.append(found)
    return survey


def _found(path: Path, member: Member) -> Found | None:
    """What a record is; None for a warcinfo, and for what is no record (the check of the file tells of it)."""
    try:
        record = record_of(path, member)
    except ArchiveDamaged:
        return None
    if record.type == "warcinfo":
        return None
    exchange = record.type in ("response", "revisit") and record.http
    return Found(
        offset=record.offset,
        length=record.length,
        type=record.type,
        id=record.id,
        url=record.url,
        fetched_at=record.fetched_at,
        digest=record.stored_digest,
        concurrent_to=record.concurrent_to,
        capture=capture_of(record) if exchange else None,
    )


def _describe_damage(member: Member) -> str:
    return f"damaged: {member.flaw} ({member.length} bytes, left as they are)"


def _keep_aside(opened: Path, offset: int, closed: Path) -> Path:
    """Copies the file from *offset* on to a file of its own, unless a repair that was killed has done so."""
    part = closed.with_name(closed.name + ".torn.part")
    with opened.open("rb") as source, part.open("wb") as target:
        source.seek(offset)
        shutil.copyfileobj(source, target)
        target.flush()
        os.fsync(target.fileno())
    digest = file_digest(part)
    for torn in _torn_files(closed):
        if file_digest(torn) == digest:
            part.unlink()
            return torn
    torn = next(each for each in _torn_names(closed) if not each.exists())
    part.rename(torn)
    sync_folder(torn.parent)
    return torn


def _torn_names(closed: Path) -> Iterator[Path]:
    yield closed.with_name(closed.name + ".torn")
    for number in range(2, 1000):
        yield closed.with_name(f"{closed.name}.torn.{number}")


def _torn_files(closed: Path) -> Iterator[Path]:
    return (each for each in _torn_names(closed) if each.exists())


def _sync_file(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
