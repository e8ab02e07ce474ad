"""Undoing transfer and content codings of an HTTP body, within a size limit: a packed bomb must not unpack.

Servers lie in both headers: a body that is not packed as announced is taken as it is, and of one that breaks off, what
could be unpacked is kept (so does Scrapy; a page that lacks its end is better than none).
"""

from __future__ import annotations

import io
import re
import zlib

import brotli  # type: ignore[import-untyped]
from fastwarc.stream_io import ZstdReader

from jimo_crawler.errors import JimoError

BODY_LIMIT = 20 * 2**20
"""Bytes; a county portal's largest page is a hundredth of it."""

_CHUNK_HEAD = re.compile(rb"\s*([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]*)?\r?\n")
_STEP = 256
"""Bytes fed at a time to a body that has proved damaged: so much of its sound part may be lost."""


class TooLarge(JimoError):
    """A body unpacks to more than the limit; raised by :func:`decode_body`."""


def decode_body(body: bytes, content_encoding: str, limit: int = BODY_LIMIT) -> bytes:
    """*body* with its content codings (the header's value: ``gzip``, or several, ``deflate, gzip``) undone.

    A coding that is unknown, or not true, ends the unpacking there. Raises TooLarge.

    >>> decode_body(zlib.compress(b"page"), "deflate"), decode_body(b"page", "gzip")
    (b'page', b'page')
    """
    for coding in reversed([each.strip().lower() for each in content_encoding.split(",")]):
        unpacked = _CODINGS[coding](body, limit) if body and coding in _CODINGS else None
        if unpacked is None:
            break
        body = unpacked
    if len(body) > limit:
        raise TooLarge(f"the body has more than {limit:,} bytes")
    return body


def dechunk(body: bytes) -> bytes:
    """*body* without its chunked transfer coding; as it is if it has none (many tools keep the header and drop the coding).

    >>> dechunk(b"4\\r\\npage\\r\\n0\\r\\n\\r\\n"), dechunk(b"<html>")
    (b'page', b'<html>')
    """
    parts: list[bytes] = []
    position = 0
    while head := _CHUNK_HEAD.match(body, position):
        size = int(head[1], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(body[head.end() : head.end() + size])
        position = head.end() + size
        if body[position : position + 2].strip(b"\r\n"):
            return body
    # No last chunk: the transfer broke off (keep what came), or this never was chunked.
    return b"".join(parts) if parts and not body[position:].strip() else body


def _gunzip(body: bytes, limit: int) -> bytes | None:
    """All members of a gzip body; None if it is none."""
    parts: list[bytes] = []
    while body and (member := _inflate(body, 31, limit)) is not None:
        unpacked, body = member
        parts.append(unpacked)
        limit -= len(unpacked)
    return b"".join(parts) if parts else None


def _undeflate(body: bytes, limit: int) -> bytes | None:
    """The coding called deflate: zlib as the standard has it, or bare deflate as some servers do."""
    unpacked = _inflate(body, zlib.MAX_WBITS, limit) or _inflate(body, -zlib.MAX_WBITS, limit)
    return unpacked[0] if unpacked else None


def _inflate(body: bytes, window: int, limit: int, step: int | None = None) -> tuple[bytes, bytes] | None:
    """What *body* unpacks to, as far as it is sound, and what stands behind it; None if not even its beginning is."""
    unpacker = zlib.decompressobj(window)
    parts: list[bytes] = []
    size = 0
    for start in range(0, len(body), step or len(body)):
        try:
            part = unpacker.decompress(body[start : start + (step or len(body))], limit - size + 1)
        except zlib.error:
            if step is None:
                return _inflate(body, window, limit, _STEP)
            return (b"".join(parts), b"") if size else None
        parts.append(part)
        size += len(part)
        _refuse_above(limit, size)
        if unpacker.eof:
            return b"".join(parts), unpacker.unused_data + (body[start + step :] if step else b"")
    return (b"".join(parts), b"") if size else None


def _unbrotli(body: bytes, limit: int) -> bytes | None:
    """A brotli body, as far as it is sound; None if not even its beginning is."""
    unpacker = brotli.Decompressor()
    parts: list[bytes] = []
    size = 0
    for start in range(0, len(body), _STEP):
        data = body[start : start + _STEP]
        while data or not unpacker.can_accept_more_data():
            try:
                part = unpacker.process(data, output_buffer_limit=2**20)
            except brotli.error:
                return b"".join(parts) if size else None
            data = b""
            parts.append(part)
            size += len(part)
            _refuse_above(limit, size)
            if unpacker.is_finished():
                return b"".join(parts)
    return b"".join(parts) if size else None


def _unzstd(body: bytes, limit: int) -> bytes | None:
    """A Zstandard body (never asked for by this project; archives of other tools have it)."""
    try:
        unpacked = bytes(ZstdReader(io.BytesIO(body)).read(limit + 1))
    except OSError:
        return None
    _refuse_above(limit, len(unpacked))
    return unpacked


def _refuse_above(limit: int, size: int) -> None:
    if size > limit:
        raise TooLarge(f"the body unpacks to more than {limit:,} bytes")


_CODINGS = {
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "deflate": _undeflate,
    "br": _unbrotli,
    "zstd": _unzstd,
}
