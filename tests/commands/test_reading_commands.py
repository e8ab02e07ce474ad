"""search, show, cite and export as a person calls them."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import sqlite3
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from scrapy.cmdline import execute

from jimo_crawler.archive import schema
from tests import shelf
from tests.crawling import PROJECT


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shelf.build(tmp_path_factory.mktemp("shelf") / "jimo.db")


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


def call(archive: Path, *arguments: str) -> Done:
    """Scrapy's own command line, in this process: a new one takes a second and a half to start."""
    with (
        chdir(PROJECT),
        redirect_stdout(io.StringIO()) as out,
        redirect_stderr(io.StringIO()) as err,
        pytest.raises(SystemExit) as ended,
    ):
        execute(["scrapy", *_command(archive, arguments)[3:]])
    return Done(int(ended.value.code or 0), out.getvalue(), err.getvalue())


def on_terminal(archive: Path, *arguments: str) -> str:
    """What appears on a terminal of 100 columns."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        _command(archive, arguments),
        cwd=PROJECT,
        env=_environment() | {"TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40", "PAGER": "cat"},
        stdin=theirs, stdout=theirs, stderr=theirs,
    )  # fmt: skip
    os.close(theirs)
    seen = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:
            break
        if not piece:
            break
        seen += piece
    os.close(ours)
    assert process.wait() == 0, seen.decode()
    return seen.decode()


def _command(archive: Path, arguments: tuple[str, ...]) -> list[str]:
    command, *rest = arguments
    return [sys.executable, "-m", "scrapy", command, "-s", f"JIMO_ARCHIVE_DB={archive}", *rest]


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("JIMO_")} | {
        "PYTHONUTF8": "1"
    }


def test_search_gives_csv_or_json_lines_to_a_pipe(archive: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(call(archive, "search", "徵地", "--order", "newest").stdout)))
    assert [row["id"] for row in rows] == ["1", "4", "3", "2"]
    assert rows[3]["snippet"] == "因重点项目建设需要，拟征收土地180亩，[征地]补偿标准见附件。"
    lines = call(
        archive, "search", "徵地 -拆迁", "--format", "jsonl", "--limit", "1", "--order", "oldest"
    ).stdout
    assert json.loads(lines)["id"] == 2
    formula = list(csv.DictReader(io.StringIO(call(archive, "search", "calc").stdout)))
    assert formula[0]["title"] == f"'{shelf.DANGEROUS}"


def test_search_counts(archive: Path) -> None:
    counted = call(archive, "search", "征地", "--counts", "--town", "金口").stdout
    assert counted.replace("\r", "") == "town,year,articles\n金口镇,2016,1\n金口镇,2022,1\n"


def test_search_shows_a_table_on_a_terminal(archive: Path) -> None:
    shown = on_terminal(archive, "search", "征地")
    assert "4 articles" in shown and "金口镇征地公告"[:3] in shown and "┃" in shown
    assert "\x1b[7m征地\x1b" in shown or "\x1b[1;7m征地\x1b" in shown
    assert "reprint of 3" in shown and "(gone)" in shown
    assert "Σ" in call(archive, "search", "征地", "--counts", "--format", "table").stdout
    assert "without the quotation marks" in call(archive, "search", "“征地”", "--format", "table").stdout


def test_show_reads_like_an_article(archive: Path) -> None:
    shown = call(archive, "show", "1").stdout
    assert shown.startswith(
        f"{shelf.SAMPLE_TITLE}\n金口镇 · 2022-04-02 09:07:39 · 来源 即墨信息港 · 编辑 佚名 · 浏览 12\n"
    )
    assert all(f"\n\n{paragraph}\n" in f"{shown}\n" for paragraph in shelf.SAMPLE_BODY.split("\n"))
    assert "also http://jimo.example/html/1.html (gone)" in shown and "changed 1 time " in shown
    assert "served in Traditional" in shown and "[图] 施工现场" in shown
    served = call(archive, "show", "http://jimo.example/show.asp?id=1", "--as-published").stdout
    assert served.startswith("金口鎮:做好服務保障 項目建設“加速度”\n金口镇 · 2022/4/2 9:07:39")
    assert "reprinted as 4" in call(archive, "show", "3").stdout
    assert "nearly the same as article 3 (0.97)" in call(archive, "show", "4").stdout


def test_show_tells_what_changed(archive: Path) -> None:
    assert (
        "body 1% silent (the printed time did not move)" in call(archive, "show", "1", "--revisions").stdout
    )
    changed = call(archive, "show", "1", "--diff", "1", "2").stdout
    assert "总投资[-62-]{+6.2+}亿元" in changed and "title" not in changed
    assert "\x1b[9;31m62\x1b" in on_terminal(archive, "show", "1", "--diff", "1", "2")
    assert "the same text" in call(archive, "show", "1", "--diff", "2", "2").stdout
    for last_change in (("1", "--diff"), ("--diff", "1"), ("--diff", "1", "2", "1")):
        assert call(archive, "show", *last_change).stdout == changed
    assert "has never changed" in call(archive, "show", "3", "--diff").stderr
    assert "two versions, or none" in call(archive, "show", "1", "--diff", "1").stderr


def test_an_article_cannot_play_with_the_terminal(tmp_path: Path) -> None:
    path = shelf.build(tmp_path / "jimo.db")
    conn = schema.open_archive(path)
    conn.execute("UPDATE articles SET body = 'a\x1b]0;title\x07b\x9b31mc\td' WHERE id = 6")
    conn.close()
    shown = on_terminal(path, "show", "6")
    assert "a\ufffd]0;title\ufffdb\ufffd31mc" in shown and "\x07" not in shown and "\x9b" not in shown


def test_show_gives_the_evidence(archive: Path) -> None:
    shown = call(archive, "show", "2", "--evidence").stdout
    assert (
        "jimo-1.warc.gz at 8000, 900 bytes" in shown and "  404  http://jimo.example/show.asp?id=2" in shown
    )
    assert "2026-03-01T06:00:00Z  gone (gone)" in shown
    assert (
        "capture 7, footer, adult_words: 亚洲影院|高清视频" in call(archive, "show", "1", "--evidence").stdout
    )


def test_cite_numbers_its_citations(archive: Path) -> None:
    printed = call(archive, "cite", "1", "http://jimo.example/show.asp?id=2", "--bare").stdout.splitlines()
    assert printed[0].startswith("[1] 金口镇") and printed[1].startswith(
        "[2] 王刚, 李明. 金口镇征地公告[EB/OL]"
    )
    assert "sha256:" in call(archive, "cite", "1", "--format", "apa").stdout.splitlines()[1]
    assert [each["id"] for each in json.loads(call(archive, "cite", "2", "1", "--format", "csl").stdout)] == [
        "jimo-2",
        "jimo-1",
    ]


def test_export_writes_a_described_file(archive: Path, tmp_path: Path) -> None:
    done = call(
        archive, "export", "征地", "--since", "2016", "--until", "2018", "-o", str(tmp_path / "a.jsonl")
    )
    assert done.returncode == 0 and "3 articles" in done.stderr and done.stdout == ""
    assert [
        json.loads(line)["id"] for line in (tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()
    ] == [2, 3, 4]
    described = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    assert described["resources"][0]["selection"] == {
        "words": "征地",
        "since": "2016",
        "until": "2018",
        "duplicates": "in",
    }
    assert (tmp_path / "codebook.md").exists()
    piped = call(archive, "export", "-o", "-", "--columns", "id,title", "--bom").stdout
    assert piped.startswith("\ufeffid,title\r\n1,") and piped.count("\n") == 7
    bar = on_terminal(archive, "export", "-o", str(tmp_path / "b.csv"))
    assert "6 articles in" in bar.replace("\r\n", "")


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [
        (("search", "x", "--town", "金石镇"), 2, "there is: 金口镇"),
        (("search", "x", "--limit", "0"), 2, "--limit must be 1 or more"),
        (("show",), 2, "name one article"),
        (("show", "99"), 1, "there is no article 99"),
        (("show", "http://jimo.example/video.asp?id=9"), 1, "ended as not_article"),
        (("show", "1", "--diff", "1", "3"), 2, "versions 1 to 2"),
        (("cite",), 2, "name the articles"),
        (("cite", "1", "99"), 1, "there is no article 99"),
        (("export", "-o", "-", "--format", "parquet"), 2, "needs a file"),
        (("export", "-o", "x.jsonl", "--bom"), 2, "are for CSV"),
        (("export", "-o", "-", "--columns", "date"), 2, "published_at"),
    ],
)
def test_a_wrong_call_says_so_in_one_line(
    archive: Path, arguments: tuple[str, ...], status: int, says: str
) -> None:
    done = call(archive, *arguments)
    assert done.returncode == status and says in done.stderr and "Traceback" not in done.stderr


def test_without_an_archive_there_is_no_answer(tmp_path: Path) -> None:
    done = call(tmp_path / "none.db", "search", "x")
    assert done.returncode == 5 and "there is no archive" in done.stderr
    (tmp_path / "other.db").write_bytes(b"not a database, however long it may be" * 100)
    assert call(tmp_path / "other.db", "search", "x").returncode in (1, 5)


def test_a_closed_pipe_is_no_error(archive: Path) -> None:
    command = " ".join(f"'{part}'" for part in _command(archive, ("search", "征地")))
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command} | head -c 5"],
        cwd=PROJECT,
        env=_environment(),
        capture_output=True,
        check=False,
    )
    assert done.stdout == b"id,pu" and b"Traceback" not in done.stderr and b"Exception" not in done.stderr


def test_reading_commands_do_not_write(archive: Path) -> None:
    before = archive.read_bytes()
    call(archive, "search", "征地")
    call(archive, "show", "1")
    assert archive.read_bytes() == before
    conn = sqlite3.connect(archive)
    assert conn.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    conn.close()
