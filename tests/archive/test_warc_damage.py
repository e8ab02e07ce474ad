"""Damage to WARC files: all of it is found, what can be mended is mended, and nothing sound is lost."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from jimo_crawler.archive import warc_check
from jimo_crawler.archive.findings import Finding, Kind
from jimo_crawler.archive.warc import Exchange, Known, WarcWriter
from jimo_crawler.archive.warc_check import check_file
from jimo_crawler.archive.warc_file import WarcFile
from jimo_crawler.archive.warc_members import members
from jimo_crawler.archive.warc_read import capture_of, iterate, read_record
from jimo_crawler.archive.warc_repair import Repair, describe_file, drop_earlier_copy, repair_open
from jimo_crawler.clock import Clock, from_stamp
from jimo_crawler.errors import ArchiveDamaged
from jimo_crawler.items import Capture

ROOT = Path(__file__).parents[2]
NOW = "2026-11-22T06:00:00.000000Z"


def write_pages(folder: Path, count: int) -> tuple[WarcFile, list[Capture]]:
    """A closed file of *count* pages, some of them revisits, with bodies that do not pack well."""
    chance = random.Random(1122)
    warc = WarcWriter(folder, 3, Clock(from_stamp(NOW)), software="test")
    captures: list[Capture] = []
    for number in range(count):
        body = chance.randbytes(chance.randrange(200, 900))
        known = captures[0] if number % 7 == 6 else None
        if known:
            body = read_record(folder / known.warc_file, known.warc_offset).payload
        captures.append(
            warc.write(
                Exchange(
                    url=f"http://jimo.example/{number}.html",
                    fetched_at=NOW,
                    status=200,
                    body=body,
                    known=Known(known.record_id, known.url, known.fetched_at) if known else None,
                )
            )
        )
    (closed,) = warc.close()
    return closed, captures


def expectations(captures: list[Capture]) -> dict[int, tuple[int, str]]:
    return {each.warc_offset: (each.warc_length, each.record_digest) for each in captures}


def kinds(findings: list[Finding] | tuple[Finding, ...]) -> list[Kind]:
    return [each.kind for each in findings]


@pytest.fixture
def closed(tmp_path: Path) -> tuple[Path, WarcFile, list[Capture]]:
    file, captures = write_pages(tmp_path, 6)
    return tmp_path / file.name, file, captures


@pytest.fixture
def opened(closed: tuple[Path, WarcFile, list[Capture]]) -> tuple[Path, list[Capture]]:
    """The same as a killed process leaves it."""
    path, _, captures = closed
    return path.rename(path.with_name(path.name + ".open")), captures


def test_a_sound_file_has_no_findings(closed: tuple[Path, WarcFile, list[Capture]]) -> None:
    path, file, captures = closed
    assert check_file(path, expectations(captures), file) == []
    assert describe_file(path) == file


def test_every_flipped_bit_is_found(tmp_path: Path) -> None:
    """1,000 single bits in a file of 31 records, by record digests and the file's digest."""
    file, captures = write_pages(tmp_path, 15)
    assert file.records == 31
    expected = expectations(captures)
    path = tmp_path / file.name
    data = path.read_bytes()
    chance = random.Random(4)
    for _ in range(1000):
        place, bit = chance.randrange(len(data)), 1 << chance.randrange(8)
        path.write_bytes(data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :])
        found = kinds(check_file(path, expected, file))
        assert Kind.FILE_DIGEST in found
        assert Kind.MISSING_RECORD not in found, "the other records are still where they were"
        named = next(
            (each for each in captures if each.warc_offset <= place < each.warc_offset + each.warc_length),
            None,
        )
        if named:
            # Without the file's digest too: a record that a row names stands under its own.
            assert len(found) > 1
            with pytest.raises(ArchiveDamaged):
                damaged = read_record(path, named.warc_offset, named.warc_length)
                if damaged.stored_digest != named.record_digest:
                    raise ArchiveDamaged("other bytes")


def test_a_changed_bit_in_a_header_of_a_file_left_open_is_found_by_the_other_headers(
    opened: tuple[Path, list[Capture]],
) -> None:
    """Time, flags and system in a gzip header stand under no checksum, and an open file under no digest yet."""
    path, captures = opened
    data = path.read_bytes()
    requests = [each.offset for each in iterate(path) if each.type == "request"]
    for place, bit in ((3, 1), (4, 128), (8, 2), (9, 64)):
        spot = requests[2] + place
        path.write_bytes(data[:spot] + bytes([data[spot] ^ bit]) + data[spot + 1 :])
        assert [(each.kind, each.offset) for each in check_file(path, expectations(captures))] == [
            (Kind.RECORD_DIGEST, requests[2])
        ]
        repair = repair_open(path, expectations(captures))
        assert kinds(repair.damage) == [Kind.RECORD_DIGEST]
        assert repair.lost == ()
        repair.path.rename(path)


def test_the_last_record_cut_anywhere_is_found_and_mended(tmp_path: Path) -> None:
    """100 cuts: in an .open file the rest is kept aside, all before it stays, and the lost place is named."""
    file, captures = write_pages(tmp_path / "whole", 5)
    whole = (tmp_path / "whole" / file.name).read_bytes()
    last = captures[-1]
    for cut in random.Random(5).sample(range(last.warc_offset + 1, last.warc_offset + last.warc_length), 100):
        folder = tmp_path / str(cut)
        folder.mkdir()
        opened = folder / (file.name + ".open")
        opened.write_bytes(whole[:cut])
        assert kinds(check_file(opened, expectations(captures))) == [Kind.TORN]
        repair = repair_open(opened, expectations(captures))
        assert repair.lost == (last.warc_offset,)
        assert kinds(repair.damage) == [Kind.TORN]
        assert repair.torn is not None
        assert repair.torn.read_bytes() == whole[last.warc_offset : cut]
        assert repair.path.read_bytes() == whole[: last.warc_offset]
        assert repair.file == describe_file(repair.path)
        assert not opened.exists()
        assert check_file(repair.path, expectations(captures[:-1]), repair.file) == []
        shutil.rmtree(folder)


def test_a_closed_file_that_was_cut_is_reported_and_left_alone(
    closed: tuple[Path, WarcFile, list[Capture]],
) -> None:
    path, file, captures = closed
    with path.open("rb+") as stream:
        stream.truncate(file.length - 400)
    before = path.read_bytes()
    found = check_file(path, expectations(captures), file)
    assert Kind.TORN in kinds(found)
    assert Kind.FILE_DIGEST in kinds(found)
    repair = repair_open(path, expectations(captures))
    assert kinds(repair.damage) == [Kind.TORN]
    assert path.read_bytes() == before
    path.write_bytes(before[: captures[2].warc_offset])
    found = check_file(path, expectations(captures), file)
    assert kinds(found) == [Kind.MISSING_RECORD] * 4 + [Kind.FILE_DIGEST]
    path.unlink()
    assert kinds(check_file(path, expectations(captures), file)) == [Kind.MISSING_FILE]


def spoil(path: Path, offset: int, with_: bytes = b"\xff\xff\xff\xff") -> None:
    with path.open("rb+") as stream:
        stream.seek(offset)
        stream.write(with_)


@pytest.mark.parametrize("into", [0, 1, 40, 200])
@pytest.mark.parametrize("known", [True, False])
def test_records_behind_damage_in_the_middle_are_kept(
    into: int, known: bool, opened: tuple[Path, list[Capture]]
) -> None:
    path, captures = opened
    hit = captures[2]
    spoil(path, hit.warc_offset + into)
    spoiled = path.read_bytes()
    repair = repair_open(path, expectations(captures) if known else ())
    assert kinds(repair.damage) == [Kind.DAMAGED]
    assert repair.damage[0].offset == hit.warc_offset
    assert repair.torn is None
    assert repair.path.read_bytes() == spoiled
    if known:
        assert repair.lost == (hit.warc_offset,)
        assert [each.type for each in repair.found] == ["request"] * 6
    else:
        assert [each.capture for each in repair.found if each.capture] == captures[:2] + captures[3:]
    read: list[Finding] = []
    urls = [each.url for each in iterate(repair.path, on_damage=read.append) if each.type == "response"]
    assert urls == [each.url for each in captures if each is not hit]
    assert kinds(read) == [Kind.DAMAGED]
    with pytest.raises(ArchiveDamaged, match=f"at {hit.warc_offset}: "):
        list(iterate(repair.path))


def test_two_neighbours_damaged_are_told_apart_by_known_offsets(opened: tuple[Path, list[Capture]]) -> None:
    path, captures = opened
    requests = [each.offset for each in iterate(path) if each.type == "request"]
    spoil(path, captures[2].warc_offset)
    spoil(path, requests[2])
    spoil(path, captures[3].warc_offset)
    stretches = [
        (each.offset, each.length) for each in members(path, 0, expectations(captures)) if not each.ok
    ]
    assert stretches == [
        (captures[2].warc_offset, captures[3].warc_offset - captures[2].warc_offset),
        (captures[3].warc_offset, captures[3].warc_length),
    ]


def test_a_tail_of_zeros_is_cut(opened: tuple[Path, list[Capture]]) -> None:
    """What some file systems leave after a power cut: the length is there, the bytes are not."""
    path, captures = opened
    sound = path.read_bytes()
    path.write_bytes(sound + bytes(5000))
    repair = repair_open(path, expectations(captures))
    assert repair.path.read_bytes() == sound
    assert repair.torn is not None
    assert repair.torn.read_bytes() == bytes(5000)
    assert repair.lost == ()


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b", bytes(100)])
def test_a_file_with_nothing_sound_in_it_is_taken_away(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "jimo-x.warc.gz.open"
    path.write_bytes(content)
    repair = repair_open(path, ())
    assert (repair.file, repair.found) == (None, ())
    assert not path.exists()
    assert not repair.path.exists()
    assert [each.read_bytes() for each in tmp_path.iterdir()] == ([content] if content else [])
    assert repair_open(path, ()).file is None


def test_orphans_can_be_adopted(opened: tuple[Path, list[Capture]]) -> None:
    path, captures = opened
    known = expectations(captures[:4])
    repair = repair_open(path, known)
    assert repair.damage == ()
    orphans = [each for each in repair.found if each.capture]
    assert [each.capture for each in orphans] == captures[4:]
    assert [each.digest for each in orphans] == [each.record_digest for each in captures[4:]]
    assert kinds(check_file(repair.path, known)) == [Kind.ORPHAN, Kind.ORPHAN]
    # Killed before it was booked: asked again, it says the same.
    assert repair_open(path, known) == repair


def test_a_closed_file_is_not_replaced_by_an_open_one(opened: tuple[Path, list[Capture]]) -> None:
    path, _ = opened
    closed_path = path.with_name(path.name.removesuffix(".open"))
    closed_path.write_bytes(b"another")
    with pytest.raises(ArchiveDamaged, match="is there twice"):
        repair_open(path, ())
    assert closed_path.read_bytes() == b"another"


def test_an_earlier_copy_of_a_closed_file_is_dropped_and_nothing_else(
    closed: tuple[Path, WarcFile, list[Capture]],
) -> None:
    """A backup made while the file was open, put back beside the closed one."""
    path, _, captures = closed
    data, opened = path.read_bytes(), path.with_name(path.name + ".open")
    opened.write_bytes(data[: captures[3].warc_offset + 50])
    assert drop_earlier_copy(opened)
    assert (path.read_bytes(), opened.exists()) == (data, False)
    for other in (data[:100] + b"x", data + b"x"):
        opened.write_bytes(other)
        assert not drop_earlier_copy(opened)
        assert opened.read_bytes() == other
    path.unlink()
    assert not drop_earlier_copy(opened)
    assert opened.exists()


def test_a_request_without_its_response_is_an_orphan(closed: tuple[Path, WarcFile, list[Capture]]) -> None:
    path, _, captures = closed
    data = path.read_bytes()
    end = captures[5].warc_offset
    path.write_bytes(data[:end] + data[end + captures[5].warc_length :])
    assert kinds(check_file(path, expectations(captures[:5]))) == [Kind.ORPHAN]


def test_a_file_that_cannot_be_read_to_its_end_says_so_beside_the_rest(
    closed: tuple[Path, WarcFile, list[Capture]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, file, captures = closed

    def fail(_path: Path) -> str:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(warc_check, "digest_of_file", fail)
    found = check_file(path, expectations(captures[1:]), file)
    assert kinds(found) == [Kind.ORPHAN, Kind.UNREADABLE]
    assert str(found[1]) == f"{file.name}: it cannot be read: Input/output error"
    assert str(found[0]).startswith(
        f"{file.name} at {captures[0].warc_offset}: no row names this response of http://"
    )


def test_a_row_of_another_record_does_not_pass(closed: tuple[Path, WarcFile, list[Capture]]) -> None:
    path, file, captures = closed
    expected = expectations(captures)
    expected[captures[1].warc_offset] = (captures[1].warc_length, captures[2].record_digest)
    expected[captures[2].warc_offset] = (1, captures[2].record_digest)
    expected[captures[3].warc_offset + 1] = (1, "")
    assert kinds(check_file(path, expected, file)) == [
        Kind.RECORD_DIGEST,
        Kind.RECORD_LENGTH,
        Kind.MISSING_RECORD,
    ]


SCENARIO = """
import sys
from pathlib import Path
from jimo_crawler.archive.warc import Exchange, WarcWriter
from jimo_crawler.archive.warc_repair import repair_open
from jimo_crawler.clock import Clock
folder = Path(sys.argv[1])
for left in folder.glob("*.open"):
    repair_open(left, ())
warc = WarcWriter(folder, 1, Clock(), software="test", max_size=2000)
for number in range(int(sys.argv[2])):
    warc.write(Exchange(url=f"http://h/{number}", fetched_at="2026-11-22T06:00:00.000000Z", status=200, body=b"x" * 300))
    print(number, flush=True)
warc.close()
"""


def run_scenario(folder: Path, kill_at: str, count: int = 5) -> tuple[int, list[str]]:
    environment = {**os.environ, "JIMO_KILL_AT": kill_at}
    command = [sys.executable, "-c", SCENARIO, str(folder), str(count)]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert not run.stderr
    return run.returncode, run.stdout.split()


@pytest.mark.parametrize(
    ("kill_at", "written", "kept"),
    [
        ("warc-torn:3", 2, 2),
        ("warc-torn:1", 0, 0),
        ("warc-written:3", 2, 3),
        ("warc-fsynced:3", 2, 3),
        ("warc-close:1", 3, 3),
        ("warc-rename:1", 3, 3),
        ("warc-rename:2", 5, 5),
    ],
)
def test_a_killed_writer_loses_at_most_the_record_in_hand(
    kill_at: str, written: int, kept: int, tmp_path: Path
) -> None:
    status, numbers = run_scenario(tmp_path, kill_at)
    assert (status, len(numbers)) == (-9, written)
    assert run_scenario(tmp_path, "", count=0) == (0, [])
    assert not list(tmp_path.glob("*.open"))
    responses = [
        capture_of(each)
        for path in sorted(tmp_path.glob("*.gz"))
        for each in iterate(path)
        if each.type == "response"
    ]
    assert [each.url for each in responses] == [f"http://h/{number}" for number in range(kept)]
    for path in tmp_path.glob("*.gz"):
        expected = expectations([each for each in responses if each.warc_file == path.name])
        assert check_file(path, expected, describe_file(path)) == []


def test_a_repair_killed_at_any_step_is_finished_by_the_next(
    opened: tuple[Path, list[Capture]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path, captures = opened
    with path.open("ab") as stream:
        stream.write(b"\x1f\x8b\x08 torn")
    undisturbed = tmp_path_factory.mktemp("undisturbed")
    shutil.copy(path, undisturbed)
    outcome = snapshot(undisturbed, repair_open(undisturbed / path.name, ()))
    for step in range(1, 5):
        folder = tmp_path_factory.mktemp(str(step))
        shutil.copy(path, folder)
        assert run_scenario(folder, f"warc-repair:{step}", count=0)[0] == -9
        assert snapshot(folder, repair_open(folder / path.name, ())) == outcome
    assert len(outcome[1]) == len(captures) * 2


def snapshot(folder: Path, repair: Repair) -> tuple[dict[str, bytes], tuple[object, ...], object]:
    return {each.name: each.read_bytes() for each in folder.iterdir()}, repair.found, repair.file


def test_a_kill_between_copy_and_cut_does_not_keep_the_tail_twice(opened: tuple[Path, list[Capture]]) -> None:
    path, captures = opened
    sound = path.read_bytes()
    for tail in (b"first tail", b"first tail", b"second tail"):
        path.write_bytes(sound + tail)
        repair = repair_open(path, expectations(captures))
        assert repair.torn is not None
        assert repair.torn.read_bytes() == tail
        repair.path.rename(path)
    assert sorted(each.name[-7:] for each in path.parent.glob("*.torn*")) == [".torn.2", "gz.torn"]


def drop_first(data: bytes) -> bytes:
    return data[10:]


def add_junk(data: bytes) -> bytes:
    return data + b"hello"


@pytest.mark.parametrize("change", [drop_first, add_junk])
def test_damage_at_either_end_is_reported(
    change: Callable[[bytes], bytes], closed: tuple[Path, WarcFile, list[Capture]]
) -> None:
    path, file, captures = closed
    path.write_bytes(change(path.read_bytes()))
    findings: list[Finding] = []
    records = list(iterate(path, on_damage=findings.append))
    assert len(findings) == 1
    assert len(records) == 13 - (change is drop_first)
    assert len(check_file(path, expectations(captures), file)) > 1
