"""One function a tool: it does with our files what a person would do with them, and says so in a line."""

from __future__ import annotations

import hashlib
import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from interop.environments import PROJECT, Missing, Wrong, clean, environment, program, run, stop
from interop.sample import Sample

OURS = Path(sys.executable).parent


def warcio(sample: Sample) -> str:
    """``warcio check`` and ``warcio index`` on every file."""
    records = 0
    for path in sample.warc_files:
        run(OURS / "warcio", "check", path)
        lines = run(OURS / "warcio", "index", "-f", "warc-type,warc-target-uri,offset", path).splitlines()
        kinds = [json.loads(line)["warc-type"] for line in lines]
        records += sum(kind in ("response", "revisit") for kind in kinds)
    captures = sample.rows("SELECT count(*) AS n FROM captures")[0]["n"]
    if records != captures:
        raise Wrong(f"it finds {records} exchanges, the archive has {captures}")
    return f"check is clean, index finds all {records} exchanges in {len(sample.warc_files)} files"


def fastwarc(sample: Sample) -> str:
    """``fastwarc check`` and ``fastwarc index`` on every file."""
    for path in sample.warc_files:
        # (--verify-payloads takes a revisit's payload digest, which is that of the record it refers to, for its own.)
        run(OURS / "fastwarc", "check", path)
        run(OURS / "fastwarc", "index", path)
    return f"check is clean on {len(sample.warc_files)} files"


def pywb(sample: Sample) -> str:
    """Replays pages as they were captured: in full, as an unchanged revisit, and after a 304."""
    programs, folder = environment("pywb", "pywb", "setuptools<81"), sample.folder / "pywb"
    folder.mkdir()
    run(programs / "wb-manager", "init", "jimo", folder=folder)
    run(programs / "wb-manager", "add", "jimo", *sample.warc_files, folder=folder)
    with _served([programs / "wayback", "-b", "127.0.0.1", "-p"], folder) as base:
        pages = {
            "in full": "c.revisit_of IS NULL AND c.outcome = 'article'",
            "as a revisit": "c.revisit_of IS NOT NULL AND c.status = 200",
        }
        done = [_replay_page(sample, base, how, where) for how, where in pages.items()]
        known = len(_get(f"{base}/jimo/cdx?url={sample.url}*").splitlines())
    captures = sample.rows("SELECT count(*) AS n FROM captures")[0]["n"]
    if known != captures:
        raise Wrong(f"its index has {known} captures, the archive {captures}")
    return f"replays pages {', '.join(done)}; {known} captures in its index"


def _replay_page(sample: Sample, base: str, how: str, where: str) -> str:
    """Ask pywb for one capture, and compare it with what was received and with the article's text."""
    rows = sample.rows(
        "SELECT c.url, c.fetched_at, o.body_digest, a.title_as_published AS title, o.charset FROM captures AS c JOIN captures AS o"
        " ON o.record_id = coalesce(c.revisit_of, c.record_id) JOIN articles AS a ON a.capture_id = o.id"
        f" WHERE {where} ORDER BY a.title_as_published LIKE '%加速度%' DESC, c.id LIMIT 1"
    )
    if not rows:
        raise Wrong(f"the sample has no capture to replay {how}")
    (row,) = rows
    moment = "".join(each for each in row["fetched_at"][:19] if each.isdigit())
    body = _get(f"{base}/jimo/{moment}id_/{row['url']}")
    if hashlib.sha256(body).hexdigest() != row["body_digest"]:
        raise Wrong(f"{row['url']} of {moment} comes back otherwise than it was received")
    text = body.decode(row["charset"] or "utf-8", "replace")
    if row["title"] not in text:
        raise Wrong(f"{row['url']}: the title {row['title']} is not in the page that was replayed")
    return f"{how} ({row['title'][:12]}…)"


def wget(sample: Sample) -> str:
    """Fetches the same pages into a WARC file of its own, from which `scrapy replay` makes the same articles."""
    name, db, urls = sample.folder / "wget", sample.folder / "wget.db", sample.folder / "urls.txt"
    rows = sample.rows(
        "SELECT request_url FROM urls WHERE outcome IN ('article', 'duplicate', 'unchanged', 'index', 'listing') ORDER BY"
        " instr('entry index listing article', kind), rowid"
    )
    urls.write_text("\n".join(row["request_url"] for row in rows), encoding="utf-8")
    run(
        program("wget"), "--quiet", f"--warc-file={name}", "--input-file", urls, "--output-document=/dev/null"
    )
    run(
        sys.executable, "-m", "scrapy", "replay", "--into", db, name.with_suffix(".warc.gz"), "--portal-url", sample.url
    )  # fmt: skip
    texts = "SELECT url, title, body, published_at, source FROM articles ORDER BY url"
    found, expected = sample.rows(texts, db=db), sample.rows(texts)
    if found != expected:
        raise Wrong(f"{len(found)} articles from its file, {len(expected)} from ours, or other texts")
    return f"its own WARC file of the same pages gives the same {len(found)} articles"


def sqlite_utils(sample: Sample) -> str:
    """Its command line lists and reads tables, and searches."""
    command = OURS / "sqlite-utils"
    tables = {each["table"] for each in json.loads(run(command, "tables", sample.db))}
    count = json.loads(run(command, "query", sample.db, "SELECT count(*) AS n FROM articles"))[0]["n"]
    rows = json.loads(run(command, "rows", sample.db, "articles", "--limit", "3"))
    found = json.loads(run(command, "search", sample.db, "articles", '"镇"', "-c", "title"))
    if len(rows) != 3 or not found or not {"articles", "revisions", "captures"} <= tables:
        raise Wrong(f"{len(tables)} tables, {len(rows)} rows, {len(found)} finds")
    return f"lists {len(tables)} tables, reads rows, finds {len(found)} of {count} articles"


def sqlite_shell(sample: Sample) -> str:
    """The shell counts, matches and ranks, without our code."""
    finds = "FROM articles_fts WHERE articles_fts MATCH '\"镇\"'"
    count, rank = f"SELECT count(*) {finds}", f"SELECT bm25(articles_fts) < 0 {finds} ORDER BY rank LIMIT 1"
    said = run(program("sqlite3"), "-readonly", sample.db, "PRAGMA integrity_check", count, rank).split()
    if said[0] != "ok" or said[1] == "0" or said[2] != "1":
        raise Wrong(" ".join(said))
    return f"integrity ok, {said[1]} articles match, ranked by bm25"


def pandas(sample: Sample) -> str:
    """Reads every table."""
    code = (
        "import sqlite3, sys, pandas; conn = sqlite3.connect(sys.argv[1]);"
        "names = [row[0] for row in conn.execute(\"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%_fts%'\")];"
        "frames = {name: pandas.read_sql(f'SELECT * FROM {name}', conn) for name in names};"
        "years = pandas.to_datetime(frames['articles'].published_at.str[:10]).dt.year;"
        "print(len(frames), sum(map(len, frames.values())), int(years.min()), int(years.max()))"
    )
    tables, rows, first, last = run(
        environment("tables", "pandas", "duckdb") / "python", "-c", code, sample.db
    ).split()
    return f"reads {tables} tables with {rows} rows; articles of {first} to {last}"


def duckdb(sample: Sample) -> str:
    """Reads an export."""
    target = sample.folder / "articles.csv"
    sample.scrapy("export", "--format", "csv", "-o", str(target))
    code = (
        "import duckdb, sys; print(duckdb.sql(f\"SELECT count(*), count(DISTINCT town) FROM read_csv('{sys.argv[1]}',"
        ' all_varchar=true)").fetchall()[0])'
    )
    said = run(environment("tables", "pandas", "duckdb") / "python", "-c", code, target).strip(" ()\n")
    expected = sample.rows("SELECT count(*) AS n FROM articles")[0]["n"]
    if not said.startswith(f"{expected},"):
        raise Wrong(f"{said} rows and towns in the export, {expected} articles in the archive")
    return f"reads {expected} exported articles"


def cron(sample: Sample) -> str:
    """A real cron daemon runs the README's line, in a mount namespace of its own: nobody's crontab is touched."""
    daemon = _cron_daemon(sample.folder)
    folder = sample.folder / "cron"
    folder.mkdir(exist_ok=True)
    lines = (PROJECT / "README.md").read_text(encoding="utf-8").splitlines()
    line = next((each.strip() for each in lines if "* * *" in each and "scrapy crawl towns" in each), None)
    if line is None:
        raise Wrong("README has no cron line")
    when, _, command = line.partition("  ")
    own = {
        "JIMO_PORTAL_URL": sample.url, "JIMO_ARCHIVE_DB": folder / "jimo.db", "JIMO_WARC_DIR": folder / "warc",
        "JIMO_NOW": "2026-01-05T06:00:00Z",
    }  # fmt: skip
    job = _with_settings(command.strip(), {name: str(value) for name, value in own.items()}, folder)
    (folder / "root").write_text(f"* * * * * {job}\n", encoding="utf-8")
    (folder / "root").chmod(0o600)
    script = (Path(__file__).parent / "cron.sh").read_text(encoding="utf-8")
    process = subprocess.Popen(
        [program("unshare"), "--mount", "sh", "-c", script, "cron", str(folder), str(daemon)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        _wait_for_run(sample, folder, process)
    finally:
        stop(process)
    row = sample.rows("SELECT verdict, requested FROM crawls ORDER BY id LIMIT 1", db=folder / "jimo.db")[0]
    if row["verdict"] != "ok":
        raise Wrong(f"the run that it started ended {row['verdict']}")
    return f"the README's line ({when}) ran: {row['requested']} addresses asked, verdict ok"


def _with_settings(command: str, own: dict[str, str], folder: Path) -> str:
    """The README's command with this machine's folder and settings; small, so that it is done within the minute."""
    before, _, crawl = command.partition(".venv/bin/scrapy")
    home = before.partition("&&")[0].strip()
    settings = " ".join(f"{name}='{value}'" for name, value in own.items())
    crawl = crawl.replace(
        "crawl towns", "crawl towns -a town=田横镇 -s DOWNLOAD_DELAY=0 -s AUTOTHROTTLE_ENABLED=0", 1
    )
    crawl = crawl.replace("data/crawl.log", str(folder / "crawl.log"))
    if not home.startswith("cd ") or "%" in command:
        raise Wrong("the README's line does not begin with cd, or has a % in it")
    return f"cd '{PROJECT}' && {settings} '{OURS}/scrapy'{crawl}"


def _cron_daemon(folder: Path) -> Path:
    """Debian's cron: installed, or unpacked from its package into *folder* without installing it. Raises Missing."""
    for name in ("/usr/sbin/cron", "/usr/sbin/crond"):
        if Path(name).exists():
            return Path(name)
    unshare = [program("unshare"), "--mount", "true"]
    if subprocess.run(unshare, capture_output=True, check=False).returncode != 0:
        raise Missing("no cron on this machine, and no right to run one aside")
    impatient = (
        "-o",
        "Acquire::Retries=0",
        "-o",
        "Acquire::http::Timeout=15",
        "-o",
        "Acquire::https::Timeout=15",
    )
    try:
        run(program("apt-get"), *impatient, "download", "cron", folder=folder, timeout=40)
        (package,) = folder.glob("cron_*.deb")
        run(program("dpkg"), "-x", package, folder / "unpacked")
    except (Wrong, ValueError):
        raise Missing("no cron on this machine, and its package cannot be fetched") from None
    return folder / "unpacked" / "usr" / "sbin" / "cron"


def _wait_for_run(sample: Sample, folder: Path, process: subprocess.Popen[str]) -> None:
    """Cron looks once a minute."""
    for _ in range(150):
        if process.poll() is not None:
            said = process.stderr.read() if process.stderr else ""
            raise Missing(f"cron does not run here: {said.strip()[-200:]}")
        if (folder / "jimo.db").exists():
            rows = sample.rows(
                "SELECT count(*) AS n FROM sqlite_master WHERE name = 'crawls'", db=folder / "jimo.db"
            )
            done = "SELECT count(*) AS n FROM crawls WHERE finished_at IS NOT NULL"
            if rows[0]["n"] and sample.rows(done, db=folder / "jimo.db")[0]["n"]:
                return
        time.sleep(1)
    log = folder / "crawl.log"
    raise Wrong(
        f"nothing was crawled in two minutes: {log.read_text(encoding='utf-8')[-300:] if log.exists() else 'no log'}"
    )


def _get(url: str) -> bytes:
    request = urllib.request.Request(url, headers={"Accept-Encoding": "identity"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return bytes(answer.read())
    except (urllib.error.URLError, TimeoutError) as error:
        raise Wrong(f"{url}: {error}") from None


@contextmanager
def _served(command: list[str | Path], folder: Path) -> Iterator[str]:
    """A server on a free port of loopback, for as long as it is needed; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [*map(str, command), str(port)], cwd=folder, env=clean(), text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        for _ in range(150):
            if process.poll() is not None:
                raise Missing(f"{Path(command[0]).name} does not start here")
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(process)


TOOLS = {
    "cron": cron,
    "warcio": warcio,
    "fastwarc": fastwarc,
    "pywb": pywb,
    "wget": wget,
    "sqlite3": sqlite_shell,
    "sqlite-utils": sqlite_utils,
    "pandas": pandas,
    "duckdb": duckdb,
}
