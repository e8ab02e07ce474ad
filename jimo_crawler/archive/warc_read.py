"""Reading WARC files: one record by its place, or all of them for a replay. Also reads files that other tools wrote."""

from __future__ import annotations

import hashlib
import re
from base64 import b16encode, b32encode, b64encode
from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from fastwarc.warc import ArchiveIterator

from jimo_crawler.archive.content_coding import TooLarge, dechunk, decode_body
from jimo_crawler.archive.findings import Finding, Kind
from jimo_crawler.archive.warc_members import (
    RECORD_LIMIT,
    Layout,
    Member,
    first_values,
    layout_of,
    member_at,
    members,
    parse_fields,
    split_head,
    split_record,
    stored_path,
)
from jimo_crawler.clock import from_stamp, to_stamp
from jimo_crawler.errors import ArchiveDamaged, StorageFailed
from jimo_crawler.items import Capture

_STATUS_LINE = re.compile(rb"(HTTP/[\d.]+)[ \t]+(\d{3})(?:[ \t]+([^\r\n]*))?")

OnDamage = Callable[[Finding], None]


@dataclass(frozen=True)
class Http:
    """An HTTP response as a record holds it."""

    protocol: str
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    """In order, duplicates kept. Values decoded as Latin-1: ``value.encode("latin-1")`` gives the bytes received."""
    payload: bytes
    """As stored: content-encoded, and chunked if the tool that wrote it kept that."""

    def header(self, name: str) -> str | None:
        """The first value of that name, whatever its case."""
        return self._first.get(name.lower())

    @cached_property
    def _first(self) -> dict[str, str]:
        return first_values(self.headers)


@dataclass(frozen=True)
class Record:
    """One WARC record."""

    path: Path
    offset: int
    length: int
    """Bytes as stored."""
    fields: tuple[tuple[str, str], ...]
    """The WARC header's own fields."""
    block: bytes

    def header(self, name: str) -> str | None:
        """The first value of that field of the WARC header, whatever its case."""
        return self._first.get(name.lower())

    @cached_property
    def _first(self) -> dict[str, str]:
        return first_values(self.fields)

    @cached_property
    def type(self) -> str:
        """response, request, revisit, warcinfo, metadata, resource …; lower case."""
        return (self.header("WARC-Type") or "").lower()

    @cached_property
    def id(self) -> str:
        """``urn:uuid:…``, without the angle brackets."""
        return bare(self.header("WARC-Record-ID"))

    @cached_property
    def url(self) -> str:
        """What was asked for; empty for a record about the file."""
        return bare(self.header("WARC-Target-URI"))

    @cached_property
    def fetched_at(self) -> str:
        """Its date as the archive writes instants; as the record has it, if it is no date."""
        date = self.header("WARC-Date") or ""
        try:
            return to_stamp(from_stamp(date))
        except ValueError:
            return date

    @property
    def refers_to(self) -> str | None:
        """For a revisit: the id of the record that holds the payload, where it is named."""
        return bare(self.header("WARC-Refers-To")) or None

    @property
    def concurrent_to(self) -> str | None:
        """For a request: the id of its response."""
        return bare(self.header("WARC-Concurrent-To")) or None

    @property
    def truncated(self) -> str | None:
        """disconnect, length or time: why the body is not whole. (Of a revisit some tools say "length": it has none.)"""
        said = self.header("WARC-Truncated")
        return None if self.type == "revisit" and said == "length" else said

    @cached_property
    def http(self) -> Http | None:
        """The HTTP response in it; None if there is none (a request, a DNS reply, a file)."""
        return parse_http(self.block)

    @property
    def status(self) -> int | None:
        """The HTTP status; None if it holds no HTTP response."""
        return self.http.status if self.http else None

    @property
    def payload(self) -> bytes:
        """The body as stored (of a revisit: empty); the whole block, if it holds no HTTP response."""
        return self.http.payload if self.http else self.block

    @cached_property
    def body(self) -> bytes:
        """The body without its transfer coding, still content-encoded: what a crawl sees as received."""
        chunked = self.http and "chunked" in (self.http.header("Transfer-Encoding") or "").lower()
        return dechunk(self.payload) if chunked else self.payload

    def decoded_body(self) -> bytes:
        """The body as its author wrote it. Raises TooLarge above BODY_LIMIT bytes."""
        return self._decoded_body

    @cached_property
    def _decoded_body(self) -> bytes:
        return decode_body(self.body, (self.http and self.http.header("Content-Encoding")) or "")

    @cached_property
    def stored_digest(self) -> str:
        """sha256 (hex) of the bytes as stored. Raises OSError."""
        return stored_digest(self.path, self.offset, self.length)

    def wrong_digests(self) -> list[tuple[Kind, str]]:
        """The digests that the record carries about itself and that its content does not have."""
        wrong = []
        block, payload = self.header("WARC-Block-Digest"), self.header("WARC-Payload-Digest")
        # GNU Wget gives revisits the block digest of nothing.
        blank = self.type == "revisit" and block and _digest_fits(block, b"")
        if block and not blank and not _digest_fits(block, self.block):
            wrong.append((Kind.BLOCK_DIGEST, f"its block has not the digest {block}"))
        # A revisit's payload digest is that of the record it refers to.
        if payload and self.type != "revisit" and not self._payload_fits(payload):
            wrong.append((Kind.PAYLOAD_DIGEST, f"its payload has not the digest {payload}"))
        return wrong

    def _payload_fits(self, digest: str) -> bool:
        payload = split_head(self.block)[1] if self.type == "request" else self.payload
        # Tools do not agree whether a transfer coding belongs to the payload.
        return _digest_fits(digest, payload) or _digest_fits(digest, self.body)


def read_record(path: Path, offset: int, length: int | None = None) -> Record:
    """The record at *offset* (and of *length* stored bytes, where given) of a WARC file, closed or still ``.open``.

    Raises ArchiveDamaged if no whole record is there, and StorageFailed if the file cannot be read.
    """
    path = stored_path(path)
    try:
        member = member_at(path, offset)
    except OSError as error:
        raise StorageFailed(f"could not read {path.name}: {error.strerror}") from error
    if member.flaw:
        raise ArchiveDamaged(f"{path.name} at {offset}: {member.flaw}")
    if length is not None and member.length != length:
        raise ArchiveDamaged(
            f"{path.name} at {offset}: a record of {member.length} bytes where one of {length} was stored"
        )
    return record_of(path, member)


def iterate(
    path: Path, start: int = 0, *, known: Collection[int] = (), on_damage: OnDamage | None = None
) -> Iterator[Record]:
    """All records of a WARC file from *start* on, in order.

    Damage is handed to *on_damage*, and reading goes on behind it (*known*: offsets at which records are known to
    begin); without *on_damage* it raises ArchiveDamaged. Nothing is left out silently. Raises OSError.
    """
    path = stored_path(path)
    if layout_of(path) is Layout.MEMBERS:
        start = yield from _iterate_swiftly(path, start)
    for member in members(path, start, known):
        try:
            if member.flaw:
                raise ArchiveDamaged(member.flaw)
            record = record_of(path, member)
        except ArchiveDamaged as damage:
            if on_damage is None:
                raise ArchiveDamaged(f"{path.name} at {member.offset}: {damage}") from None
            kind = Kind.TORN if member.torn else Kind.DAMAGED
            on_damage(Finding(kind, path.name, member.offset, f"{damage} ({member.length} bytes)"))
        else:
            yield record


def _iterate_swiftly(path: Path, start: int) -> Generator[Record, None, int]:
    """Records as FastWARC reads them, as long as all is well; gives the offset from which it is not so sure.

    FastWARC checks the checksum, but it tells of a wrong one only when it goes on to the next record, hands out a record
    that breaks off as if it were whole, takes an empty member for the end of the file, and a head with bare line feeds
    for one long line. So each record waits for the next one, and the last is left to the careful reader.
    """
    waiting: tuple[tuple[tuple[str, str], ...], bytes] | None = None
    with path.open("rb") as file, path.open("rb") as stored:
        file.seek(start)
        stored.seek(start)
        try:
            for each in ArchiveIterator(file, parse_http=False):
                if waiting and each.stream_pos > start:
                    length = each.stream_pos - start
                    digest = hashlib.sha256(stored.read(length)).hexdigest()
                    yield _with_digest(Record(path, start, length, *waiting), digest)
                    waiting, start = None, each.stream_pos
                if waiting or each.content_length > RECORD_LIMIT or "Content-Length" not in each.headers:
                    return start
                waiting = each.headers.to_tuples(), each.reader.read()
        except OSError:
            pass
    return start


def record_of(path: Path, member: Member) -> Record:
    """The record that a sound member holds. Raises ArchiveDamaged if it is none, or more than one."""
    try:
        fields, block, rest = split_record(member.content)
    except ValueError as error:
        raise ArchiveDamaged(f"it is no whole WARC record ({error})") from None
    if rest.strip(b"\r\n"):
        raise ArchiveDamaged(
            "there is more than one record in its gzip member (`warcio recompress` mends that)"
        )
    return _with_digest(Record(path, member.offset, member.length, fields, block), member.digest)


def _with_digest(record: Record, digest: str) -> Record:
    """The record, of which *digest* need not be computed any more."""
    record.__dict__["stored_digest"] = digest
    return record


def parse_http(block: bytes) -> Http | None:
    """The HTTP response that a block is; None if it is none.

    >>> parse_http(b"HTTP/1.0 404 Not Found\\r\\nServer: IIS\\r\\n\\r\\n<html>")
    Http(protocol='HTTP/1.0', status=404, reason='Not Found', headers=(('Server', 'IIS'),), payload=b'<html>')
    """
    if not (line := _STATUS_LINE.match(block)):
        return None
    head, payload = split_head(block)
    reason = (line[3] or b"").decode("latin-1")
    return Http(line[1].decode(), int(line[2]), reason, parse_fields(head, "latin-1"), payload)


def capture_of(record: Record) -> Capture:
    """A row for a response or revisit record that was found in a file.

    A revisit has no body of its own: its ``body_digest`` is empty, and the caller takes that of ``revisit_of``.
    Raises ArchiveDamaged if it holds no HTTP response.
    """
    if record.http is None:
        raise ArchiveDamaged(f"{record.path.name} at {record.offset}: no HTTP response")
    media_type, charset = split_content_type(record.http.header("Content-Type"))
    same_payload = record.type == "revisit" and record.status != 304
    return Capture(
        url=record.url,
        fetched_at=record.fetched_at,
        status=record.http.status,
        media_type=media_type,
        charset=charset,
        payload_digest=(same_payload and record.header("WARC-Payload-Digest")) or payload_digest(record.body),
        body_digest="" if same_payload else _body_digest_of(record),
        record_digest=record.stored_digest,
        warc_file=record.path.name.removesuffix(".open"),
        warc_offset=record.offset,
        warc_length=record.length,
        record_id=record.id,
        revisit_of=record.refers_to if record.type == "revisit" else None,
    )


def payload_digest(payload: bytes) -> str:
    """``sha256:`` and hex digits, of a body as received.

    warcio and FastWARC both check this form (and sha1 in base32; FastWARC refuses ``sha-256:``); ``sha256sum`` prints it;
    and unlike sha1 nobody can make two pages that share it.
    """
    return f"sha256:{hashlib.sha256(payload).hexdigest()}"


def _body_digest_of(record: Record) -> str:
    """:func:`body_digest` of a record, whose body will be wanted again."""
    try:
        body = record.decoded_body()
    except TooLarge:
        body = record.body
    return hashlib.sha256(body).hexdigest()


def body_digest(body: bytes, content_encoding: str) -> str:
    """sha256 (hex) of a body as its author wrote it; of a packed bomb, as received."""
    with suppress(TooLarge):
        body = decode_body(body, content_encoding)
    return hashlib.sha256(body).hexdigest()


def stored_digest(path: Path, offset: int, length: int) -> str:
    """sha256 (hex) of that stretch of a file. Raises OSError."""
    with stored_path(path).open("rb") as file:
        file.seek(offset)
        return hashlib.sha256(file.read(length)).hexdigest()


@lru_cache(maxsize=256)
def split_content_type(value: str | None) -> tuple[str | None, str | None]:
    """Media type and charset of a Content-Type header, lower case.

    >>> split_content_type('text/HTML; charset="GB2312"'), split_content_type("; charset=utf-8")
    (('text/html', 'gb2312'), (None, 'utf-8'))
    """
    media_type, *parameters = (value or "").split(";")
    charsets = (each.partition("=")[2] for each in parameters if each.strip().lower().startswith("charset"))
    charset = next(charsets, "").strip().strip("\"'").lower()
    return media_type.strip().lower() or None, charset or None


def bare(uri: str | None) -> str:
    """A URI without angle brackets (ids have them by the standard, URLs with some tools)."""
    uri = (uri or "").strip()
    return uri[1:-1] if uri.startswith("<") and uri.endswith(">") else uri


def _digest_fits(digest: str, data: bytes) -> bool:
    """Whether a ``name:value`` digest, in hex, base32 or base64, is that of *data*; an unknown algorithm is not judged."""
    name, _, value = digest.partition(":")
    try:
        raw = hashlib.new(name.lower().replace("sha-", "sha"), data, usedforsecurity=False).digest()
    except (ValueError, TypeError):
        return True
    forms = (b16encode(raw).decode().lower(), b32encode(raw).decode().lower())
    return value.lower() in (*forms, forms[1].rstrip("=")) or value == b64encode(raw).decode()
