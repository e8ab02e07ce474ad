"""Reading WARC files that other tools wrote: packed otherwise or not at all, older, with other digests."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from jimo_crawler.archive.findings import Finding, Kind
from jimo_crawler.archive.warc_check import check_file
from jimo_crawler.archive.warc_members import Layout, layout_of
from jimo_crawler.archive.warc_read import Record, capture_of, iterate, read_record
from jimo_crawler.archive.warc_repair import describe_file
from jimo_crawler.errors import ArchiveDamaged

PAGE = "<html>金口镇</html>".encode("gb18030")


def raw_record(kind: str, block: bytes, end: str = "\r\n", **fields: str) -> bytes:
    lines = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        "WARC-Date: 2011-05-06T07:08:09Z",
        f"Content-Length: {len(block)}",
    ]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return (end.join(lines) + end + end).encode() + block + b"\r\n\r\n"


def http(body: bytes, *headers: str, line: str = "HTTP/1.1 200 OK", end: str = "\r\n") -> bytes:
    return (end.join([line, *headers]) + end + end).encode() + body


CHUNKED = b"6\r\n" + PAGE[:6] + b"\r\n" + f"{len(PAGE) - 6:X}\r\n".encode() + PAGE[6:] + b"\r\n0\r\n\r\n"
RESPONSES = [
    raw_record("response", http(CHUNKED, "Transfer-Encoding: chunked"), WARC_Target_URI="<http://h/wget>"),
    raw_record("response", http(PAGE, "Transfer-Encoding: chunked"), WARC_Target_URI="http://h/dechunked"),
    raw_record("response", http(PAGE, "Server: IIS", line="HTTP/1.0 200"), WARC_Target_URI="http://h/old"),
    raw_record("response", http(PAGE, "Server: x", end="\n"), end="\n", WARC_Target_URI="http://h/lf"),
    raw_record(
        "response",
        http(gzip.compress(CHUNKED)[:0] + gzip.compress(PAGE, mtime=0), "Content-Encoding: GZIP"),
        WARC_Target_URI="http://h/packed",
    ),
    raw_record("response", http(PAGE, "X: a", " folded", "NoColon"), WARC_Target_URI="http://h/folded"),
]
FILE = [
    raw_record("warcinfo", b"software: Wget/1.21\r\n", Content_Type="application/warc-fields"),
    *RESPONSES,
    raw_record("resource", PAGE, WARC_Target_URI="file:///log", Content_Type="text/html"),
    raw_record("metadata", b"via: http://h/\r\n", WARC_Target_URI="metadata://h"),
]

LAYOUTS: dict[Layout, tuple[str, Callable[[list[bytes]], bytes]]] = {
    Layout.PLAIN: ("wget.warc", b"".join),
    Layout.STREAM: ("packed.warc.gz", lambda records: gzip.compress(b"".join(records))),
    Layout.MEMBERS: ("wget.warc.gz", lambda records: b"".join(gzip.compress(each) for each in records)),
}


def write_file(layout: Layout, folder: Path) -> Path:
    name, join = LAYOUTS[layout]
    path = folder / name
    path.write_bytes(join(FILE))
    return path


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_read_alike(layout: Layout, tmp_path: Path) -> None:
    path = write_file(layout, tmp_path)
    assert layout_of(path) is layout
    records = list(iterate(path))
    assert [each.type for each in records] == ["warcinfo", *["response"] * 6, "resource", "metadata"]
    responses = records[1:7]
    assert [each.url for each in responses] == [
        f"http://h/{name}" for name in ("wget", "dechunked", "old", "lf", "packed", "folded")
    ]
    assert all(each.decoded_body() == PAGE for each in responses)
    assert {each.status for each in responses} == {200}
    assert records[7].payload == PAGE
    assert records[7].status is None


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_record_is_found_by_its_place(layout: Layout, tmp_path: Path) -> None:
    path = write_file(layout, tmp_path)
    records = list(iterate(path))
    for record in records:
        again = read_record(path, record.offset, record.length)
        assert (again.fields, again.block, again.stored_digest) == (
            record.fields,
            record.block,
            record.stored_digest,
        )
    captures = [capture_of(each) for each in records[1:7]]
    assert {each.body_digest for each in captures} == {hashlib.sha256(PAGE).hexdigest()}
    assert {each.fetched_at for each in captures} == {"2011-05-06T07:08:09.000000Z"}
    expected = {each.warc_offset: (each.warc_length, each.record_digest) for each in captures}
    assert check_file(path, expected, describe_file(path)) == []
    with pytest.raises(ArchiveDamaged):
        read_record(path, records[2].offset + 1)
    with pytest.raises(ArchiveDamaged, match="no HTTP response"):
        capture_of(records[7])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_file_that_breaks_off_gives_what_is_whole(layout: Layout, tmp_path: Path) -> None:
    path = write_file(layout, tmp_path)
    data = path.read_bytes()
    whole = len(list(iterate(path)))
    path.write_bytes(data[:-25])
    findings: list[Finding] = []
    records = list(iterate(path, on_damage=findings.append))
    assert [each.kind for each in findings] == [Kind.TORN]
    assert whole - 2 <= len(records) < whole
    with pytest.raises(ArchiveDamaged, match=path.name):
        list(iterate(path))


def test_header_oddities(tmp_path: Path) -> None:
    folded = list(iterate(write_file(Layout.PLAIN, tmp_path)))[6]
    assert folded.http is not None
    assert folded.http.headers == (("X", "a folded"),)


def warcio_file(path: Path) -> list[bytes]:
    """A file as warcio writes it without being told anything: WARC/1.0, sha1, request and revisit."""
    bodies = [PAGE, b"", CHUNKED]
    with path.open("wb") as file:
        out = WARCWriter(file, gzip=True)
        for number, body in enumerate(bodies):
            headers = StatusAndHeaders(
                "200 OK", [("Transfer-Encoding", "chunked")][: number // 2], protocol="HTTP/1.1"
            )
            response = out.create_warc_record(
                f"http://h/{number}",
                "response",
                payload=BytesIO(body),
                length=len(body),
                http_headers=headers,
            )
            head = StatusAndHeaders("GET / HTTP/1.0", [("Host", "h")], is_http_request=True)
            out.write_request_response_pair(
                out.create_warc_record("http://h/", "request", http_headers=head), response
            )
        out.write_record(
            out.create_revisit_record(
                "http://h/9",
                "sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "http://h/0",
                "2011-05-06T07:08:09Z",
                http_headers=StatusAndHeaders("200 OK", [], protocol="HTTP/1.1"),
            )
        )
    return bodies


def test_warcio_files_are_read_and_checked(tmp_path: Path) -> None:
    path = tmp_path / "warcio.warc.gz"
    bodies = warcio_file(path)
    records = list(iterate(path))
    assert [each.type for each in records] == ["response", "request"] * 3 + ["revisit"]
    assert [each.payload for each in records[0:6:2]] == bodies
    assert all(each.wrong_digests() == [] for each in records)
    assert capture_of(records[6]).payload_digest == "sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    assert capture_of(records[6]).revisit_of is None


@pytest.mark.parametrize(
    "digest",
    [
        "sha1:" + hashlib.sha1(PAGE).hexdigest(),
        "SHA-1:" + hashlib.sha1(PAGE).hexdigest().upper(),
        "sha256:" + hashlib.sha256(PAGE).hexdigest(),
        "sha-256:" + hashlib.sha256(PAGE).hexdigest(),
        "md5:" + hashlib.md5(PAGE).hexdigest(),
        "mystery:abc",
    ],
)
def test_digests_in_many_forms_are_judged(digest: str) -> None:
    fields = (("WARC-Type", "response"), ("WARC-Payload-Digest", digest))
    assert Record(Path("x"), 0, 0, fields, http(PAGE)).wrong_digests() == []
    # Whether it covers the transfer coding is for the tool to choose.
    chunked = Record(Path("x"), 0, 0, fields, http(CHUNKED, "Transfer-Encoding: chunked"))
    assert chunked.wrong_digests() == []
    changed = Record(Path("x"), 0, 0, fields, http(PAGE + b"!")).wrong_digests()
    assert [kind for kind, _ in changed] == ([] if digest.startswith("mystery") else [Kind.PAYLOAD_DIGEST])


def test_several_records_in_a_later_member_are_not_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "odd.warc.gz"
    path.write_bytes(b"".join(gzip.compress(each) for each in FILE[:3]) + gzip.compress(b"".join(FILE[3:])))
    with pytest.raises(ArchiveDamaged, match="more than one record"):
        list(iterate(path))
    assert Kind.NOT_A_RECORD in [each.kind for each in check_file(path, {})]


@pytest.mark.parametrize("length", ["", "abc", "-1", str(10**12)])
def test_a_record_that_lies_about_its_length_is_damage(length: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.warc"
    path.write_bytes(
        FILE[0] + f"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: {length}\r\n\r\nx".encode()
    )
    findings: list[Finding] = []
    assert len(list(iterate(path, on_damage=findings.append))) == 1
    assert len(findings) == 1


def test_a_record_that_unpacks_to_too_much_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "bomb.warc.gz"
    bomb = gzip.compress(raw_record("response", http(bytes(140 * 2**20)), WARC_Target_URI="http://h/bomb"))
    path.write_bytes(gzip.compress(FILE[0]) + bomb + gzip.compress(FILE[1]))
    findings: list[Finding] = []
    records = list(iterate(path, on_damage=findings.append))
    assert [each.type for each in records] == ["warcinfo", "response"]
    assert "unpacks to more than" in findings[0].message
