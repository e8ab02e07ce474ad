"""Writing WARC files and reading them back, also with the tools of others."""

from __future__ import annotations

import gzip
import hashlib
import os
import subprocess
import sys
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from jimo_crawler.archive import warc_file
from jimo_crawler.archive.content_coding import TooLarge, dechunk, decode_body
from jimo_crawler.archive.killpoints import read_plan
from jimo_crawler.archive.warc import Exchange, Known, WarcWriter
from jimo_crawler.archive.warc_check import check_file
from jimo_crawler.archive.warc_read import Record, capture_of, iterate, payload_digest, read_record
from jimo_crawler.clock import Clock, from_stamp
from jimo_crawler.errors import ArchiveDamaged, BadArgument, StorageFailed
from jimo_crawler.items import Capture

NOW = "2026-11-22T06:00:00.123456Z"
PAGE = "<html><title>金口镇:做好服务保障 项目建设“加速度”</title></html>".encode("gb18030")


def writer(folder: Path, max_size: int = 2**30) -> WarcWriter:
    return WarcWriter(
        folder, 12, Clock(from_stamp("2026-11-22T06:00:00Z")), software="jimo-crawler 0.1", max_size=max_size
    )


def page(**changes: object) -> Exchange:
    given_ = {
        "url": "http://jimo.example/a.asp?id=1",
        "fetched_at": NOW,
        "status": 200,
        "body": PAGE,
        **changes,
    }
    return Exchange(**given_)  # type: ignore[arg-type]


def write_one(folder: Path, exchange: Exchange) -> tuple[Capture, Record]:
    warc = writer(folder)
    capture = warc.write(exchange)
    warc.close()
    return capture, read_record(folder / capture.warc_file, capture.warc_offset, capture.warc_length)


def reference(capture: Capture) -> Known:
    return Known(capture.record_id, capture.url, capture.fetched_at, capture.payload_digest)


def test_a_response_comes_back_as_it_was_received(tmp_path: Path) -> None:
    headers = [
        (b"Content-Type", b"text/html; charset=GB2312"),
        (b"set-cookie", b"a=1"),
        (b"Set-Cookie", b"b=2"),
        (b"Location", "/新闻.asp".encode("gbk")),
        (b"X-Empty", b""),
    ]
    capture, record = write_one(
        tmp_path, page(response_headers=headers, reason="Fine", ip_address="127.0.0.1")
    )
    assert record.http is not None
    assert (record.http.protocol, record.status, record.http.reason) == ("HTTP/1.1", 200, "Fine")
    assert [(name.encode(), value.encode("latin-1")) for name, value in record.http.headers] == headers
    assert record.payload == record.decoded_body() == PAGE
    assert (record.url, record.fetched_at, record.type) == (capture.url, NOW, "response")
    assert record.header("WARC-IP-Address") == "127.0.0.1"
    assert (capture.media_type, capture.charset) == ("text/html", "gb2312")
    assert capture.record_id == record.id
    assert capture.payload_digest == "sha256:" + hashlib.sha256(PAGE).hexdigest()
    assert capture.body_digest == hashlib.sha256(PAGE).hexdigest()
    assert capture_of(record) == capture


def test_record_digest_is_that_of_the_stored_bytes(tmp_path: Path) -> None:
    capture, record = write_one(tmp_path, page())
    data = (tmp_path / capture.warc_file).read_bytes()
    stored = data[capture.warc_offset : capture.warc_offset + capture.warc_length]
    assert hashlib.sha256(stored).hexdigest() == capture.record_digest == record.stored_digest
    assert gzip.decompress(stored).startswith(b"WARC/1.1\r\n")


def test_the_request_is_kept_beside_its_response(tmp_path: Path) -> None:
    capture, _ = write_one(tmp_path, page(request_headers=[("User-Agent", "jimo"), (b"Cookie", b"s=1")]))
    records = list(iterate(tmp_path / capture.warc_file))
    assert [each.type for each in records] == ["warcinfo", "response", "request"]
    assert records[2].concurrent_to == capture.record_id
    assert records[2].block == (
        b"GET /a.asp?id=1 HTTP/1.1\r\nHost: jimo.example\r\nUser-Agent: jimo\r\nCookie: s=1\r\n\r\n"
    )
    assert b"software: jimo-crawler 0.1\r\n" in records[0].block
    assert records[1].header("WARC-Warcinfo-ID") == f"<{records[0].id}>"


def test_a_packed_page_has_the_body_digest_of_the_plain_one(tmp_path: Path) -> None:
    plain, _ = write_one(tmp_path / "plain", page())
    for coding, pack in CODINGS.items():
        packed, record = write_one(
            tmp_path / coding, page(body=pack(PAGE), response_headers=[("Content-Encoding", coding)])
        )
        assert record.payload == pack(PAGE)
        assert record.decoded_body() == PAGE
        assert packed.body_digest == plain.body_digest
        assert (packed.payload_digest == plain.payload_digest) == (coding in ("", "identity"))


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "x-gzip": lambda data: gzip.compress(data[:5], mtime=0) + gzip.compress(data[5:], mtime=0),
    "deflate": zlib.compress,
    "Deflate": raw_deflate,
    "br": brotli.compress,
    "deflate, gzip": lambda data: gzip.compress(zlib.compress(data), mtime=0),
    "identity": bytes,
    "": bytes,
}


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_a_body_that_is_not_packed_as_announced_is_taken_as_it_is(coding: str) -> None:
    assert decode_body(PAGE, coding) == PAGE
    assert decode_body(b"", coding) == b""


@pytest.mark.parametrize("coding", ["gzip", "deflate", "Deflate", "br"])
def test_of_a_packed_body_that_breaks_off_the_beginning_is_kept(coding: str) -> None:
    text = "".join(
        f"第{number}段，{hashlib.md5(str(number).encode()).hexdigest()}。" for number in range(400)
    ).encode()
    packed = CODINGS[coding](text)
    got = decode_body(packed[: len(packed) // 2], coding)
    assert text.startswith(got)
    assert len(got) > len(text) // 4
    broken = packed[: len(packed) // 2] + b"\xff" * 400
    assert decode_body(broken, coding).startswith(text[: len(text) // 4])


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_a_packed_bomb_is_not_unpacked(coding: str, tmp_path: Path) -> None:
    bomb = CODINGS[coding](bytes(30_000_000))
    with pytest.raises(TooLarge):
        decode_body(bomb, coding)
    capture, record = write_one(tmp_path, page(body=bomb, response_headers=[("content-encoding", coding)]))
    assert record.payload == bomb
    assert capture.body_digest == hashlib.sha256(bomb).hexdigest()


def test_chunks_are_joined_only_where_there_are_any() -> None:
    assert dechunk(b"5;x=1\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\nTrailer: 1\r\n\r\n") == b"hello world"
    assert dechunk(b"5\r\nhello\r\n6\r\nwor") == b"hellowor"
    assert dechunk(b"2022 is no chunk size\n") == b"2022 is no chunk size\n"
    assert dechunk(PAGE) == PAGE
    assert dechunk(b"") == b""


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"protocol": "HTTP/1.0", "reason": None}, b"HTTP/1.0 200 OK\r\n"),
        ({"status": 404, "body": b""}, b"HTTP/1.1 404 Not Found\r\n"),
        ({"status": 799, "reason": None}, b"HTTP/1.1 799 \r\n"),
        ({"reason": "没有\r\nX: 1"}, "HTTP/1.1 200 没有 X: 1\r\n".encode()),
    ],
)
def test_status_lines(changes: dict[str, object], line: bytes, tmp_path: Path) -> None:
    _, record = write_one(tmp_path, page(**changes))
    assert record.block.startswith(line)
    assert record.status == changes.get("status", 200)
    assert record.http is not None
    assert record.http.headers == ()


def test_a_line_break_in_a_header_does_not_make_a_header(tmp_path: Path) -> None:
    _, record = write_one(tmp_path, page(response_headers=[("X", "a\r\nSet-Cookie: evil=1\n\nb")]))
    assert record.http is not None
    assert record.http.headers == (("X", "a Set-Cookie: evil=1 b"),)
    assert record.payload == PAGE


def test_a_transfer_coding_is_not_claimed_for_a_body_that_has_none(tmp_path: Path) -> None:
    _, record = write_one(tmp_path, page(response_headers=[("transfer-encoding", "chunked")]))
    assert record.http is not None
    assert record.http.header("Transfer-Encoding") is None
    assert record.http.header("X-Archive-Orig-Transfer-Encoding") == "chunked"


def test_urls_beyond_ascii_are_kept(tmp_path: Path) -> None:
    capture, record = write_one(tmp_path, page(url="http://jimo.example/新闻 列表.asp?town=金口"))
    assert capture.url == record.url == "http://jimo.example/新闻%20列表.asp?town=金口"


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("http://jimo.example", b"GET / HTTP/1.1\r\nHost: jimo.example\r\n"),
        ("http://jimo.example?id=1#top", b"GET /?id=1 HTTP/1.1\r\nHost: jimo.example\r\n"),
        ("http://u:p@jimo.example:8080/a?b=/c", b"GET /a?b=/c HTTP/1.1\r\nHost: jimo.example:8080\r\n"),
        ("http://[jimo/a", b"GET /a HTTP/1.1\r\nHost: [jimo\r\n"),
    ],
)
def test_request_lines(url: str, line: bytes, tmp_path: Path) -> None:
    capture, _ = write_one(tmp_path, page(url=url))
    assert list(iterate(tmp_path / capture.warc_file))[2].block.startswith(line)


def test_a_truncated_body_says_so(tmp_path: Path) -> None:
    _, record = write_one(
        tmp_path, page(truncated="disconnect", response_headers=[("Content-Length", "99999")])
    )
    assert record.truncated == "disconnect"
    assert record.payload == PAGE


def test_an_unchanged_payload_becomes_a_revisit(tmp_path: Path) -> None:
    warc = writer(tmp_path)
    first = warc.write(page())
    second = warc.write(page(known=reference(first), response_headers=[("Server", "IIS")]))
    warc.close()
    record = read_record(tmp_path / second.warc_file, second.warc_offset, second.warc_length)
    assert record.type == "revisit"
    assert (record.refers_to, second.revisit_of) == (first.record_id, first.record_id)
    assert record.header("WARC-Refers-To-Target-URI") == first.url
    assert record.header("WARC-Refers-To-Date") == first.fetched_at
    assert record.header("WARC-Profile") == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert record.block == b"HTTP/1.1 200 OK\r\nServer: IIS\r\n\r\n"
    assert second.payload_digest == first.payload_digest == record.header("WARC-Payload-Digest")
    assert second.body_digest == first.body_digest
    assert capture_of(record).payload_digest == first.payload_digest
    assert capture_of(record).body_digest == ""


def test_a_304_becomes_a_revisit_where_its_page_is_known(tmp_path: Path) -> None:
    warc = writer(tmp_path)
    first = warc.write(page())
    known = warc.write(page(status=304, body=b"", known=tuple(reference(first))[:3]))
    unknown = warc.write(page(status=304, body=b""))
    warc.close()
    records = [read_record(tmp_path / each.warc_file, each.warc_offset) for each in (known, unknown)]
    assert [each.type for each in records] == ["revisit", "response"]
    assert records[0].header("WARC-Profile") == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert [capture_of(each) for each in records] == [known, unknown]
    assert (known.revisit_of, unknown.revisit_of) == (first.record_id, None)


@pytest.mark.parametrize("changes", [{"body": b"other"}, {"body": b""}, {"truncated": "disconnect"}])
def test_what_is_not_surely_the_same_is_stored_in_full(changes: dict[str, object], tmp_path: Path) -> None:
    warc = writer(tmp_path)
    first = warc.write(page())
    second = warc.write(page(known=reference(first), **changes))
    warc.close()
    record = read_record(tmp_path / second.warc_file, second.warc_offset)
    assert record.type == "response"
    assert record.payload == changes.get("body", PAGE)


def write_many(folder: Path) -> tuple[Path, list[Capture]]:
    """A file with everything that occurs in one."""
    warc = writer(folder)
    captures = [
        warc.write(page(url="http://jimo.example/robots.txt", body=b"", status=404)),
        warc.write(page(url="http://jimo.example/新闻.asp", ip_address="127.0.0.1")),
        warc.write(page(body=gzip.compress(PAGE, mtime=0), response_headers=[("Content-Encoding", "gzip")])),
        warc.write(
            page(response_headers=[("Set-Cookie", "a"), ("Set-Cookie", "b"), ("X", "中".encode("gbk"))])
        ),
        warc.write(page(protocol="HTTP/1.0", truncated="disconnect")),
        warc.write(page(status=302, body=b"", response_headers=[("Location", "/新".encode())])),
        warc.write(page(body=bytes(100_000))),
    ]
    captures.append(warc.write(page(known=reference(captures[1]))))
    captures.append(warc.write(page(status=304, body=b"", known=reference(captures[1]))))
    (closed,) = warc.close()
    return folder / closed.name, captures


def test_other_tools_read_every_record(tmp_path: Path) -> None:
    path, captures = write_many(tmp_path)
    ours = [(each.type, each.id, each.block, each.offset) for each in iterate(path)]
    with path.open("rb") as file:
        archive = ArchiveIterator(file, no_record_parse=True)
        theirs = [
            (
                each.rec_type,
                each.rec_headers["WARC-Record-ID"][1:-1],
                each.raw_stream.read(),
                archive.get_record_offset(),
            )
            for each in archive
        ]
    assert theirs == ours
    with path.open("rb") as file:
        fast = [
            (each.headers["WARC-Type"], each.reader.read()) for each in FastIterator(file, parse_http=False)
        ]
    assert fast == [(kind, block) for kind, _, block, _ in ours]
    with path.open("rb") as file:
        assert all(each.verify_block_digest() for each in FastIterator(file, parse_http=False))
    responses = [(each.id, each.url) for each in iterate(path) if each.type in ("response", "revisit")]
    assert responses == [(each.record_id, each.url) for each in captures]


class Arguments:
    def __init__(self, path: Path) -> None:
        self.inputs = [str(path)]
        self.verbose = False


def test_warcio_check_is_clean(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, _ = write_many(tmp_path)
    assert Checker(Arguments(path)).process_all() == 0
    assert capsys.readouterr().out == ""


def test_fastwarc_check_is_clean(tmp_path: Path) -> None:
    path, _ = write_many(tmp_path)
    program = Path(sys.executable).with_name("fastwarc")
    run = subprocess.run([program, "check", "--quiet", path], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_closed_files_are_described(tmp_path: Path) -> None:
    warc = writer(tmp_path)
    capture = warc.write(page())
    opened = tmp_path / (capture.warc_file + ".open")
    assert opened.exists()
    assert read_record(tmp_path / capture.warc_file, capture.warc_offset).payload == PAGE
    (closed,) = warc.close()
    assert warc.close() == [closed]
    data = (tmp_path / capture.warc_file).read_bytes()
    assert (closed.name, closed.length, closed.records) == (capture.warc_file, len(data), 3)
    assert closed.sha256 == hashlib.sha256(data).hexdigest()
    assert closed.name == "jimo-20261122T060000Z-00012-00001.warc.gz"
    assert not opened.exists()


def test_a_writer_that_wrote_nothing_leaves_no_file(tmp_path: Path) -> None:
    assert writer(tmp_path / "warc").close() == []
    assert not (tmp_path / "warc").exists()


def test_a_file_that_is_full_is_followed_by_another(tmp_path: Path) -> None:
    warc = writer(tmp_path, max_size=1500)
    captures = [warc.write(page(url=f"http://jimo.example/{number}")) for number in range(6)]
    closed = warc.close()
    assert [each.name[-13:-8] for each in closed] == [f"{number:05}" for number in range(1, len(closed) + 1)]
    assert len(closed) > 2
    for file in closed:
        expected = {
            each.warc_offset: (each.warc_length, each.record_digest)
            for each in captures
            if each.warc_file == file.name
        }
        assert expected
        assert check_file(tmp_path / file.name, expected, file) == []
        assert next(iterate(tmp_path / file.name)).type == "warcinfo"


def test_a_name_that_is_taken_is_left_alone(tmp_path: Path) -> None:
    first, _ = write_one(tmp_path, page())
    warc = writer(tmp_path)
    second = warc.write(page())
    third = writer(tmp_path).write(page())
    assert len({first.warc_file, second.warc_file, third.warc_file}) == 3
    assert len(list(iterate(tmp_path / first.warc_file))) == 3


def test_reading_where_no_record_is_says_so(tmp_path: Path) -> None:
    capture, _ = write_one(tmp_path, page())
    path = tmp_path / capture.warc_file
    with pytest.raises(ArchiveDamaged, match="cannot be unpacked"):
        read_record(path, capture.warc_offset + 1)
    with pytest.raises(ArchiveDamaged, match="nothing is there"):
        read_record(path, 10**9)
    with pytest.raises(ArchiveDamaged, match="where one of 1 was stored"):
        read_record(path, capture.warc_offset, 1)
    with pytest.raises(StorageFailed, match="could not read"):
        read_record(tmp_path / "missing.warc.gz", 0)


names = st.text("ABCdef-12", min_size=1, max_size=12)
values = st.binary(max_size=40).map(lambda data: data.translate(None, b"\r\n\0").strip())


@settings(deadline=None, max_examples=60)
@given(
    headers=st.lists(
        st.tuples(names.filter(lambda name: name.lower() != "transfer-encoding"), values), max_size=6
    ),
    body=st.binary(max_size=3000) | st.binary(max_size=50).map(lambda data: gzip.compress(data, mtime=0)),
    url=st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), max_size=30),
)
def test_what_is_written_is_read(
    headers: list[tuple[str, bytes]], body: bytes, url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("warc")
    capture, record = write_one(folder, page(url="http://h/" + url, response_headers=headers, body=body))
    assert record.http is not None
    assert [(name, value.encode("latin-1")) for name, value in record.http.headers] == [
        (name, value) for name, value in headers
    ]
    assert record.payload == body
    assert record.url == capture.url == "http://h/" + url
    assert record.wrong_digests() == []
    assert capture_of(record) == capture
    with gzip.open(folder / capture.warc_file) as file:
        theirs = list(ArchiveIterator(BytesIO(file.read()), no_record_parse=True))
    assert len(theirs) == 3


@pytest.mark.parametrize("error", [28, 5, 122, 30])
def test_a_failed_write_leaves_nothing_behind(
    error: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    warc = writer(tmp_path)
    first = warc.write(page())
    opened = tmp_path / (first.warc_file + ".open")
    before = opened.read_bytes()
    real = os.pwrite

    def half(fd: int, data: memoryview, offset: int) -> int:
        if offset == len(before):
            return real(fd, data[: len(data) // 2], offset)
        raise OSError(error, os.strerror(error))

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", half)
        with pytest.raises(StorageFailed, match=os.strerror(error)):
            warc.write(page())
    assert opened.read_bytes() == before
    again = warc.write(page(url="http://jimo.example/again"))
    (closed,) = warc.close()
    expected = {each.warc_offset: (each.warc_length, each.record_digest) for each in (first, again)}
    assert check_file(tmp_path / closed.name, expected, closed) == []


@pytest.mark.parametrize("call", ["_fdatasync", "os.fsync"])
def test_a_failed_fsync_is_a_failed_write(call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warc = writer(tmp_path)
    first = warc.write(page())

    def fail(_fd: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(warc_file, "_fdatasync", fail)
        if call == "os.fsync":  # then taking back fails as well, and has to be done by the next write
            patch.setattr(os, "fsync", fail)
        with pytest.raises(StorageFailed, match="Input/output error"):
            warc.write(page(body=b"long" * 5000))
    again = warc.write(page())
    (closed,) = warc.close()
    expected = {each.warc_offset: (each.warc_length, each.record_digest) for each in (first, again)}
    assert check_file(tmp_path / closed.name, expected, closed) == []


def test_a_write_that_takes_nothing_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    warc = writer(tmp_path)
    monkeypatch.setattr(os, "pwrite", lambda *_: 0)
    with pytest.raises(StorageFailed, match="nothing was written"):
        warc.write(page())
    assert warc.close() == []
    assert list(tmp_path.iterdir()) == []


LIMITED = """
import resource, signal, sys
from pathlib import Path
from jimo_crawler.archive.warc import Exchange, WarcWriter
from jimo_crawler.clock import Clock
from jimo_crawler.errors import StorageFailed
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
warc = WarcWriter(Path(sys.argv[1]), 1, Clock(), software="test")
stored = warc.write(Exchange(url="http://h/1", fetched_at="2026-11-22T06:00:00.000000Z", status=200, body=b"x"))
end = next(Path(sys.argv[1]).iterdir()).stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (end + 100, resource.RLIM_INFINITY))
try:
    warc.write(Exchange(url="http://h/2", fetched_at="2026-11-22T06:00:00.000000Z", status=200, body=b"y"))
except StorageFailed as failure:
    print(failure)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
warc.write(Exchange(url="http://h/3", fetched_at="2026-11-22T06:00:00.000000Z", status=200, body=b"z"))
warc.close()
"""


def test_a_full_disk_is_met_by_a_real_short_write(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-c", LIMITED, tmp_path], cwd=root, capture_output=True, text=True, check=True
    )
    assert "File too large (EFBIG)" in run.stdout
    (path,) = tmp_path.glob("*.warc.gz")
    assert [each.url for each in iterate(path) if each.type == "response"] == ["http://h/1", "http://h/3"]


def test_a_folder_that_cannot_be_made_is_a_storage_failure(tmp_path: Path) -> None:
    (tmp_path / "warc").write_text("a file where the folder should be")
    with pytest.raises(StorageFailed, match="could not write a file in warc: File exists"):
        writer(tmp_path / "warc").write(page())


@pytest.mark.parametrize("text", ["nowhere", "commit:", "commit:0", "commit:x", "commit:-1"])
def test_a_misspelt_kill_point_is_refused(text: str) -> None:
    if text == "commit:":
        assert read_plan(text) == {"commit": 1}
    else:
        with pytest.raises(BadArgument, match="JIMO_KILL_AT"):
            read_plan(text)


def test_payload_digest_is_what_sha256sum_prints() -> None:
    assert payload_digest(b"") == "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
