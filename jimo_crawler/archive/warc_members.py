"""Where records begin and end in a WARC file, sound or damaged.

Our own files hold one gzip member a record, so that each can be read by its offset and damage stays where it is. Files of
other tools may be plain, or packed as one stream; their offsets are then those of the unpacked stream.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import zlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

MAGIC = b"\x1f\x8b\x08"
OPEN_SUFFIX = ".open"
RECORD_LIMIT = 128 * 2**20
"""Bytes that one record may unpack to; a crawl keeps bodies far below it."""
_CHUNK = 32 * 2**10
_HEAD = 10
"""Bytes of a gzip header without options."""
_HEAD_LIMIT = 2**20


class Layout(Enum):
    """How a WARC file keeps its records."""

    MEMBERS = "one gzip member a record"
    STREAM = "one packed stream"
    PLAIN = "not packed"


@dataclass(frozen=True, slots=True)
class Member:
    """One stretch of a WARC file: a record as stored, or damage."""

    offset: int
    length: int
    """Bytes as stored (of the unpacked stream, where the file is one packed stream)."""
    content: bytes
    """Unpacked; empty if damaged."""
    digest: str
    """sha256 (hex) of the stored bytes."""
    flaw: str = ""
    """What is wrong with it; empty if nothing is."""
    torn: bool = False
    """It is damaged, and so is everything behind it."""
    head: bytes = b""
    """Its gzip header; no checksum covers it."""

    @property
    def ok(self) -> bool:
        """It can be unpacked, checksum included."""
        return not self.flaw

    @property
    def end(self) -> int:
        """Where the next one begins."""
        return self.offset + self.length


def stored_path(path: Path) -> Path:
    """The file of that name, whether it is closed by now or still called ``.open``."""
    opened = path.with_name(path.name + OPEN_SUFFIX)
    # Looked up twice: between the two looks the writer may have renamed it.
    return path if path.exists() or not opened.exists() else opened


def members(path: Path, start: int = 0, known: Collection[int] = ()) -> Iterator[Member]:
    """Every stretch of the file from *start* to its end, without a gap.

    *known* are offsets at which a record is known to begin: behind damage, reading goes on there, or at the next gzip
    magic that unpacks to a WARC header. Raises OSError.
    """
    match layout_of(path):
        case Layout.MEMBERS:
            with path.open("rb") as file:
                yield from _packed_members(file, start, sorted(known))
        case Layout.STREAM:
            with gzip.open(path, "rb") as stream:
                yield from _plain_members(stream, start)
        case Layout.PLAIN:
            with path.open("rb") as file:
                yield from _plain_members(file, start)


def member_at(path: Path, offset: int) -> Member:
    """The record that begins at *offset*, or the damage there (then without its length). Raises OSError."""
    match layout_of(path):
        case Layout.MEMBERS:
            with path.open("rb") as file:
                return inflate(file, offset)
        case Layout.STREAM:
            with gzip.open(path, "rb") as stream:
                return next(_plain_members(stream, offset), _nothing(offset))
        case Layout.PLAIN:
            with path.open("rb") as file:
                return next(_plain_members(file, offset), _nothing(offset))


def layout_of(path: Path) -> Layout:
    """How the file keeps its records, judged by its first two gzip members. Raises OSError."""
    status = path.stat()
    return _layout(path, status.st_ino, min(status.st_size, _HEAD_LIMIT))


@lru_cache(maxsize=1024)
def _layout(path: Path, _inode: int, _size: int) -> Layout:
    with path.open("rb") as file:
        if (beginning := file.read(5)) == b"WARC/":
            return Layout.PLAIN
        if not beginning.startswith(MAGIC[:2]):
            # Empty, or damaged in its very first bytes: the name must tell.
            return Layout.MEMBERS if ".gz" in path.suffixes else Layout.PLAIN
        offset = 0
        for _ in range(2):
            member = inflate(file, offset, _HEAD_LIMIT, keep_part=True)
            if _holds_several(member.content):
                return Layout.STREAM
            offset = member.end
        return Layout.MEMBERS


def _holds_several(content: bytes) -> bool:
    try:
        return bool(split_record(content)[2].strip(b"\r\n"))
    except ValueError:
        return False


def inflate(file: BinaryIO, offset: int, limit: int = RECORD_LIMIT, *, keep_part: bool = False) -> Member:
    """The gzip member at *offset*; with *keep_part* also what a damaged or overlong one gave. Raises OSError."""
    file.seek(offset)
    unpacker = zlib.decompressobj(31)
    digest = hashlib.sha256()
    parts: list[bytes] = []
    room = limit
    length = 0
    flaw = ""
    head = b""
    while not unpacker.eof and not flaw:
        if not (chunk := file.read(_CHUNK)):
            flaw = "it breaks off" if length else "nothing is there"
            break
        try:
            part = unpacker.decompress(chunk, room + 1)
        except zlib.error as error:
            flaw = f"it cannot be unpacked ({str(error).removeprefix('Error -3 while decompressing data: ')})"
            break
        head = head or chunk[:_HEAD]
        parts.append(part)
        room -= len(part)
        if room < 0:
            flaw = f"it unpacks to more than {limit:,} bytes"
        stored = chunk[: len(chunk) - len(unpacker.unused_data)] if unpacker.eof else chunk
        digest.update(stored)
        length += len(stored)
    content = b"".join(parts) if keep_part or not flaw else b""
    if not flaw and not content.startswith(b"WARC/"):
        flaw = "it holds no WARC record"
    return Member(offset, length, content, digest.hexdigest(), flaw, head=head)


UNEVEN = "its gzip header is not that of the other records: a bit of it has changed"


def uneven_heads(heads: Mapping[int, bytes]) -> list[int]:
    """Offsets of the members whose gzip header (by offset) is not that of most others in a file of ours.

    We write no time into it, so that all are alike; a changed bit there is found by nothing else.
    """
    usual = Counter(heads.values()).most_common(1)
    return [offset for offset, head in heads.items() if head != usual[0][0]]


def _packed_members(file: BinaryIO, start: int, known: Sequence[int]) -> Iterator[Member]:
    size = os.fstat(file.fileno()).st_size
    while start < size:
        member = inflate(file, start)
        if not member.ok:
            end = _next_start(file, start, size, known)
            member = Member(start, (end or size) - start, b"", "", member.flaw, torn=end is None)
        yield member
        start = member.end


def _next_start(file: BinaryIO, damaged: int, size: int, known: Sequence[int]) -> int | None:
    """Where the next record behind the one at *damaged* begins, sound or not; None if there is none."""
    place = bisect_right(known, damaged)
    bound = known[place] if place < len(known) and known[place] < size else None
    for offset in _find(file, MAGIC, damaged + 1, bound or size):
        if _opens_record(file, offset):
            return offset
    return bound


def _find(file: BinaryIO, wanted: bytes, start: int, end: int) -> Iterator[int]:
    """Offsets of *wanted* that begin in [start, end)."""
    while start < end:
        file.seek(start)
        chunk = file.read(_CHUNK + len(wanted) - 1)
        place = chunk.find(wanted)
        while 0 <= place < min(_CHUNK, end - start):
            yield start + place
            place = chunk.find(wanted, place + 1)
        start += _CHUNK


def _opens_record(file: BinaryIO, offset: int) -> bool:
    file.seek(offset)
    try:
        return zlib.decompressobj(31).decompress(file.read(1024), 5) == b"WARC/"
    except zlib.error:
        return False


def _plain_members(stream: BufferedReader | gzip.GzipFile, start: int) -> Iterator[Member]:
    """Records of a file that is not packed record by record; damage ends it."""
    stream.seek(start)
    while True:
        try:
            content = _read_plain(stream)
        except (ValueError, EOFError, zlib.error, gzip.BadGzipFile) as error:
            yield Member(start, 0, b"", "", f"it cannot be read ({error})", torn=True)
            return
        if not content:
            return
        yield Member(start, len(content), content, hashlib.sha256(content).hexdigest())
        start += len(content)


def _read_plain(stream: BufferedReader | gzip.GzipFile) -> bytes:
    """The next record with its head and the empty lines behind it; nothing at the end of the file."""
    head = b""
    while line := stream.readline(_HEAD_LIMIT):
        head += line
        if not line.strip():
            break
    if not head:
        return b""
    length = _content_length(parse_fields(head))
    block = stream.read(length)
    if len(block) < length:
        raise ValueError("it breaks off")
    gap = b""
    while stream.peek(1)[:1] in (b"\r", b"\n"):
        gap += stream.read(1)
    return head + block + gap


def _nothing(offset: int) -> Member:
    return Member(offset, 0, b"", "", "nothing is there")


def split_record(content: bytes) -> tuple[tuple[tuple[str, str], ...], bytes, bytes]:
    """Fields, block, and what stands behind the block, of an unpacked record. Raises ValueError."""
    head, block = split_head(content)
    if not head.startswith(b"WARC/"):
        raise ValueError("no WARC record")
    fields = parse_fields(head)
    length = _content_length(fields)
    if len(block) < length:
        raise ValueError(f"{len(block)} bytes of {length}")
    return fields, block[:length], block[length:]


def split_head(content: bytes) -> tuple[bytes, bytes]:
    """*content* at its first empty line; without one it is all head."""
    usual = content.find(b"\r\n\r\n", 0, _HEAD_LIMIT)
    bare = content.find(b"\n\n", 0, usual if usual >= 0 else _HEAD_LIMIT)
    if bare >= 0:
        return content[:bare], content[bare + 2 :]
    return (content[:usual], content[usual + 4 :]) if usual >= 0 else (content, b"")


def parse_fields(head: bytes, charset: str = "utf-8") -> tuple[tuple[str, str], ...]:
    """Name and value of each header line but the first; folded lines are joined."""
    fields: list[tuple[str, str]] = []
    for line in _decode(head, charset).replace("\r\n", "\n").split("\n")[1:]:
        name, colon, value = line.partition(":")
        if line[:1] in (" ", "\t") and fields:
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip()}")
        elif colon:
            fields.append((name.strip(), value.strip(" \t")))
    return tuple(fields)


def first_values(fields: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The first value of each name, by the name in lower case."""
    return {name.lower(): value for name, value in reversed(fields)}


def _decode(head: bytes, charset: str) -> str:
    try:
        return head.decode(charset)
    except UnicodeDecodeError:
        return head.decode("latin-1")


def _content_length(fields: Sequence[tuple[str, str]]) -> int:
    text = first_values(fields).get("content-length", "")
    if not text.isdecimal():
        raise ValueError("no Content-Length")
    if int(text) > RECORD_LIMIT:
        raise ValueError(f"Content-Length above {RECORD_LIMIT:,}")
    return int(text)
