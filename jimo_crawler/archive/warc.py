"""Writing what came over the wire to WARC files, and to disk, before anything else is done with it.

One file a run and process, called ``.open`` until it is closed and never appended to afterwards: readers lose what stands
behind a torn record. One gzip member a record. Bytes as received: header names and values are not re-encoded.
"""

from __future__ import annotations

import hashlib
import re
import uuid
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Literal, NamedTuple

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from jimo_crawler.archive.warc_file import OpenFile, WarcFile, storage_failed
from jimo_crawler.archive.warc_read import bare, body_digest, payload_digest, split_content_type
from jimo_crawler.clock import Clock
from jimo_crawler.items import Capture

_LINE_BREAKS = re.compile(rb"[\r\n\0]+")
_NOT_IN_A_LINE = re.compile(r"[\x00-\x20\x7f]")
_URL_PARTS = re.compile(r"[A-Za-z]+://(?:[^/?#]*@)?([^/?#]*)([^#]*)")

Pairs = Sequence[tuple[bytes | str, bytes | str]]
Truncation = Literal["disconnect", "length", "time"]


class Known(NamedTuple):
    """An earlier response record that holds the same payload."""

    record_id: str
    url: str
    fetched_at: str
    payload_digest: str = ""
    """Where given, it must be that of the new body, or the body is stored in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its response, as seen on the wire."""

    url: str
    """As requested."""
    fetched_at: str
    status: int
    reason: str | None = None
    """None: the HTTP client does not tell; the usual phrase is put in its place."""
    protocol: str = "HTTP/1.1"
    method: str = "GET"
    request_headers: Pairs = ()
    request_body: bytes = b""
    response_headers: Pairs = ()
    """In order, duplicates kept. A Transfer-Encoding is renamed, as the body has none any more."""
    body: bytes = b""
    """Content-encoded as received, without transfer coding."""
    decoded_digest: str | None = None
    """sha256 (hex) of the decoded body, if the caller knows it already."""
    ip_address: str | None = None
    truncated: Truncation | None = None
    known: Known | tuple[str, str, str] | None = None


class WarcWriter:
    """Writes exchanges to WARC files in *folder*; the first file is begun with the first exchange.

    *software* and *info* go into each file's warcinfo record; *max_size* (bytes) is where a new file is begun.
    """

    def __init__(
        self,
        folder: Path,
        crawl_id: int,
        clock: Clock,
        *,
        software: str,
        max_size: int = 2**30,
        info: Mapping[str, str] | None = None,
    ) -> None:
        self.closed: list[WarcFile] = []
        """Files closed so far, oldest first."""
        self._folder = folder
        self._crawl_id = crawl_id
        self._clock = clock
        self._max_size = max_size
        self._info = {
            "software": software,
            "format": "WARC File Format 1.1",
            "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
            "isPartOf": f"crawl {crawl_id}",
            **(info or {}),
        }
        self._number = 0
        self._file: OpenFile | None = None
        self._warcinfo_id = ""

    def write(self, exchange: Exchange) -> Capture:
        """Stores the response and its request, fsynced when this returns.

        Raises StorageFailed; then nothing of them is left in the file, and a later call may well succeed.
        """
        file = self._file_with_room()
        response = _response(exchange, self._warcinfo_id)
        response_data = _pack(response)
        offset = file.append(response_data + _pack(_request(exchange, response)), records=2)
        return _capture(exchange, response, response_data, file.name, offset)

    def close(self) -> list[WarcFile]:
        """Closes the present file, if there is one, and gives all files closed so far. Raises StorageFailed."""
        if self._file:
            file, self._file = self._file, None
            if closed := file.close():
                self.closed.append(closed)
        return self.closed

    def _file_with_room(self) -> OpenFile:
        if self._file and self._file.length >= self._max_size:
            self.close()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            while not self._file:
                self._number += 1
                self._file = self._begin_file()
        except OSError as error:
            raise storage_failed(f"a file in {self._folder.name}", error) from error
        return self._file

    def _begin_file(self) -> OpenFile | None:
        """The next file; None if one of that name is there already. Raises OSError."""
        begun_at = self._clock.stamp()
        compact = begun_at[:19].replace("-", "").replace(":", "")
        name = f"jimo-{compact}Z-{self._crawl_id:05}-{self._number:05}.warc.gz"
        warcinfo = _RECORDS.create_warcinfo_record(name, self._info)
        warcinfo.rec_headers.replace_header("WARC-Date", begun_at)
        try:
            file = OpenFile(self._folder, name, _pack(warcinfo))
        except FileExistsError:
            return None
        self._warcinfo_id = warcinfo.rec_headers.get_header("WARC-Record-ID")
        return file


class _Head(StatusAndHeaders):  # type: ignore[misc]  # warcio has no types
    """An HTTP head as received: warcio would percent-encode what is not ASCII in it."""

    def __init__(self, head: bytes) -> None:
        super().__init__("as received", [])
        self._head = head

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        del header_filter
        self.headers_buff = self._head


_RECORDS = WARCWriter(BytesIO(), gzip=False, warc_version="WARC/1.1")


def _response(exchange: Exchange, warcinfo_id: str) -> ArcWarcRecord:
    """The response record, or a revisit if the archive holds the payload already."""
    known = _usable_reference(exchange)
    head = _response_head(exchange)
    fields = _fields(exchange, warcinfo_id)
    fields["WARC-Payload-Digest"] = payload_digest(exchange.body)
    if exchange.truncated:
        fields["WARC-Truncated"] = exchange.truncated
    if known is None:
        return _record("response", exchange.url, fields, head, exchange.body)
    profile = "identical-payload-digest"
    if exchange.status == HTTPStatus.NOT_MODIFIED:
        profile = "server-not-modified"
        fields["WARC-Payload-Digest"] = known.payload_digest
    fields |= {
        "WARC-Profile": f"http://netpreserve.org/warc/1.1/revisit/{profile}",
        "WARC-Refers-To": f"<{bare(known.record_id)}>",
        "WARC-Refers-To-Target-URI": _uri(known.url),
        "WARC-Refers-To-Date": known.fetched_at,
    }
    return _record("revisit", exchange.url, fields, head, b"")


def _usable_reference(exchange: Exchange) -> Known | None:
    """The earlier record to refer to; None if this response is to be stored in full.

    An empty body is not worth a reference, a truncated one is not known to be the same.
    """
    known = Known(*exchange.known) if exchange.known else None
    if known is None or exchange.status == HTTPStatus.NOT_MODIFIED:
        return known
    if not exchange.body or exchange.truncated:
        return None
    return known if known.payload_digest in ("", payload_digest(exchange.body)) else None


def _request(exchange: Exchange, response: ArcWarcRecord) -> ArcWarcRecord:
    """The request record that belongs to *response*."""
    fields = _fields(exchange, response.rec_headers.get_header("WARC-Warcinfo-ID"))
    fields["WARC-Concurrent-To"] = response.rec_headers.get_header("WARC-Record-ID")
    fields["WARC-Payload-Digest"] = payload_digest(exchange.request_body)
    return _record("request", exchange.url, fields, _request_head(exchange), exchange.request_body)


def _fields(exchange: Exchange, warcinfo_id: str) -> dict[str, str]:
    """What request and response have in common in their WARC headers."""
    fields = {
        "WARC-Record-ID": f"<{uuid.uuid4().urn}>",
        "WARC-Date": exchange.fetched_at,
        "WARC-Warcinfo-ID": warcinfo_id,
    }
    if exchange.ip_address:
        fields["WARC-IP-Address"] = exchange.ip_address
    return fields


def _record(kind: str, url: str, fields: dict[str, str], head: bytes, body: bytes) -> ArcWarcRecord:
    fields = {name: value for name, value in fields.items() if value}
    fields["WARC-Block-Digest"] = payload_digest(head + body)
    return _RECORDS.create_warc_record(
        _uri(url),
        kind,
        payload=BytesIO(body),
        length=len(body),
        http_headers=_Head(head),
        warc_headers_dict=fields,
    )


def _pack(record: ArcWarcRecord) -> bytes:
    """The record as one gzip member (without a time in it: equal content gives equal bytes)."""
    plain = BytesIO()
    WARCWriter(plain, gzip=False, warc_version="WARC/1.1").write_record(record)
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.compress(plain.getbuffer()) + packer.flush()


def _request_head(exchange: Exchange) -> bytes:
    parts = _URL_PARTS.match(exchange.url)
    host, target = parts.groups() if parts else ("", "")
    if not target.startswith("/"):
        target = "/" + target
    headers = list(exchange.request_headers)
    if not any(_line_part(name).lower() == b"host" for name, _ in headers):
        headers.insert(0, ("Host", host))
    return _head(f"{exchange.method} {_uri(target)} HTTP/1.1", headers)


def _response_head(exchange: Exchange) -> bytes:
    headers = [
        (
            b"X-Archive-Orig-Transfer-Encoding" if _line_part(name).lower() == b"transfer-encoding" else name,
            value,
        )
        for name, value in exchange.response_headers
    ]
    reason = _usual_phrase(exchange.status) if exchange.reason is None else exchange.reason
    return _head(f"{exchange.protocol} {exchange.status} {reason}", headers)


def _head(line: str, headers: Pairs) -> bytes:
    lines = [_line_part(line), *(_line_part(name) + b": " + _line_part(value) for name, value in headers)]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def _line_part(text: bytes | str) -> bytes:
    """Text of a head as bytes; a line break in it would begin a header of its own."""
    data = text.encode() if isinstance(text, str) else text
    return _LINE_BREAKS.sub(b" ", data)


def _usual_phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _uri(url: str) -> str:
    """A URL fit for a header line: blanks and control characters encoded, other characters (also hanzi) as requested."""
    return _NOT_IN_A_LINE.sub(lambda match: f"%{ord(match[0]):02X}", url)


def _capture(exchange: Exchange, record: ArcWarcRecord, data: bytes, name: str, offset: int) -> Capture:
    headers = [(_line_part(name).lower(), _line_part(value)) for name, value in exchange.response_headers]
    first = {name: value.decode("latin-1") for name, value in reversed(headers)}
    media_type, charset = split_content_type(first.get(b"content-type"))
    fields = record.rec_headers
    return Capture(
        url=fields.get_header("WARC-Target-URI"),
        fetched_at=exchange.fetched_at,
        status=exchange.status,
        media_type=media_type,
        charset=charset,
        payload_digest=payload_digest(exchange.body),
        body_digest=exchange.decoded_digest or body_digest(exchange.body, first.get(b"content-encoding", "")),
        record_digest=hashlib.sha256(data).hexdigest(),
        warc_file=name,
        warc_offset=offset,
        warc_length=len(data),
        record_id=bare(fields.get_header("WARC-Record-ID")),
        revisit_of=bare(fields.get_header("WARC-Refers-To")) or None,
    )
