"""Nothing lost: kills a crawl at many points, lets the next run go on, and compares what came of it.

Imports nothing of the project: it runs the commands `scrapy demo` and `scrapy crawl`, and reads SQLite files, WARC files,
the demo portal's access log and its truth with the standard library alone. Run by ``make kills``:

    python benchmarks/kills.py [--points 200] [--workers 2] [--seed N] [--towns 金口镇,…] [--quick] [--keep FOLDER]

Three crawls are killed: a first one (day 0 of the portal), and on a later day, when pages are new, edited or gone, a
`towns` and a `recheck` run over the archive of day 0. Half of the kills come at random times, the others at named points
(``JIMO_KILL_AT``), some of these while the next run mends what the first kill left. Exit status: 0 if nothing was lost.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import cycle, islice, pairwise
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

PROJECT = Path(__file__).resolve().parent.parent
LATER = 7
"""The day on which pages are new, edited and gone."""
CONCURRENCY = 4
"""``CONCURRENT_REQUESTS``: what a kill may at most cause to be asked again."""
IN_A_RUN = (
    "warc-written",
    "warc-fsynced",
    "commit",
    "fts",
    "warc-close",
    "warc-rename",
    "warc-torn",
    "committed",
)
IN_RECOVERY = ("startup-repair", "warc-repair")
NAMED = (*IN_A_RUN[:6], "migration", *IN_RECOVERY)
CRAWLS = ("first", "update", "recheck")
SETTINGS = {
    "CONCURRENT_REQUESTS": str(CONCURRENCY),
    "DOWNLOAD_DELAY": "0",
    "AUTOTHROTTLE_ENABLED": "0",
    "LOG_LEVEL": "CRITICAL",
    "JIMO_MIN_FREE_MB": "1",
    "JIMO_WARC_MAX_BYTES": "150000",  # several files a run, so that closing and renaming come more than once
}


@dataclass(frozen=True)
class Crawl:
    """A crawl that is to be killed."""

    name: str
    spider: str
    now: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kill:
    """When the process is to die: at a share of the crawl's time, or at a named point; and perhaps once more after it."""

    share: float = 0.0
    point: str = ""
    again: str = ""
    """Where the next run dies, too."""

    def __str__(self) -> str:
        first = self.point or f"{self.share:.0%} of its time"
        return f"{first}, then {self.again}" if self.again else first


@dataclass
class Result:
    """What became of one kill."""

    kill: Kill
    crawl: str
    agents: list[str]
    kills: int = 1
    faults: list[str] = field(default_factory=list)
    lost: int = 0
    duplicates: int = 0
    orphans: int = 0
    integrity: bool = True
    redone: list[str] = field(default_factory=list)
    """Paths asked again because of it, robots.txt and what every run asks left out."""


@dataclass
class Bench:
    """A crawl of one day of the portal, and the archive that it begins with."""

    folder: Path
    url: str
    towns: str
    base: Path | None
    crawl: Crawl
    truth: Mapping[str, Any]
    quick: bool = False
    """Leave `scrapy verify` out: a second a point."""
    seconds: float = 0.0
    """How long the crawl takes undisturbed."""
    reference: dict[str, list[str]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    never_had: set[str] = field(default_factory=set)
    """Articles that the undisturbed crawl did not read as the truth has them: not the kills' fault."""
    always: set[Any] = field(default_factory=set)
    """What every run asks for, kill or not."""

    def measure(self) -> Path:
        """The crawl undisturbed: what it makes, how long it takes, how often it passes each point."""
        archive = self.begin("undisturbed")
        began = time.monotonic()
        status, said = self.run(archive, f"{self.crawl.name}-undisturbed")
        self.seconds = time.monotonic() - began
        if status != 0:
            sys.exit(f"{self.crawl.name}: the undisturbed crawl ended with status {status}: {said[-1000:]}")
        self.reference = contents(archive / "jimo.db")
        self.counts = passages(archive / "jimo.db")
        self.never_had = set(lost_articles(archive / "jimo.db", self.truth, self.towns))
        self.always = asked_by_every_run(archive / "jimo.db")
        return archive

    def begin(self, name: str) -> Path:
        """An archive of its own for one crawl."""
        archive = self.folder / f"{self.crawl.name}-{name}"
        if self.base is None:
            archive.mkdir()
        else:
            shutil.copytree(self.base, archive)
        return archive

    def command(self, archive: Path, agent: str) -> list[str]:
        """The crawl's command line; *agent* marks its requests in the access log."""
        own = {
            "JIMO_ARCHIVE_DB": archive / "jimo.db",
            "JIMO_WARC_DIR": archive / "warc",
            "JIMO_PORTAL_URL": self.url,
        }
        settings = SETTINGS | own | {"JIMO_NOW": self.crawl.now, "USER_AGENT": agent}
        options = [part for name, value in settings.items() for part in ("-s", f"{name}={value}")]
        arguments = [*self.crawl.arguments, *([f"town={self.towns}"] if self.towns else [])]
        options += [part for each in arguments for part in ("-a", each)]
        return [sys.executable, "-m", "scrapy", "crawl", self.crawl.spider, *options]

    def run(self, archive: Path, agent: str) -> tuple[int, str]:
        """Let it run to its end."""
        done = subprocess.run(
            self.command(archive, agent),
            cwd=PROJECT,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stderr

    def run_and_kill(self, archive: Path, agent: str, point: str, share: float = 0.0) -> bool:
        """Let it run until it is killed; False if it came to its end first."""
        more = {"JIMO_KILL_AT": point} if point else {}
        process = subprocess.Popen(
            self.command(archive, agent), cwd=PROJECT, env=environment(more),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        if not point:
            try:
                process.wait(share * self.seconds)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
        return process.wait() == -signal.SIGKILL

    def suffer(self, number: int, kill: Kill, chance: random.Random) -> Result:
        """Kill a crawl as asked, finish it with the next run, and judge the archive."""
        agents = [f"{self.crawl.name}-{number}-{part}" for part in ("killed", "again", "last")]
        kill = Kill(kill.share, self.counted(kill.point, chance), self.counted(kill.again, chance))
        result = Result(kill, self.crawl.name, agents)
        for _ in range(6):
            archive = self.begin(str(number))
            if self.run_and_kill(archive, agents[0], kill.point, kill.share):
                break
            shutil.rmtree(archive)  # it was through before its time: an earlier point
            agents[0] += "x"
            kill = Kill(kill.share * 0.7, earlier(kill.point, chance), kill.again)
        else:
            result.faults.append("the crawl could not be killed there")
            return result
        result.kill = kill
        if kill.again:
            result.kills += self.run_and_kill(archive, agents[1], kill.again)
        status, said = self.run(archive, agents[2])
        if status != 0:
            result.faults.append(f"the next run ended with status {status}: {said.strip()[-300:]}")
        self._judge(result, archive)
        if not result.faults:
            shutil.rmtree(archive)
        return result

    def counted(self, name: str, chance: random.Random) -> str:
        """The named point, at one of the times that the crawl passes it."""
        return f"{name}:{chance.randint(1, max(1, self.counts.get(name, 1)))}" if name else ""

    def _judge(self, result: Result, archive: Path) -> None:
        found = contents(archive / "jimo.db")
        for table, rows in self.reference.items():
            missing, more = Counter(rows) - Counter(found[table]), Counter(found[table]) - Counter(rows)
            if missing or more:
                examples = "; ".join([*islice(missing, 1), *islice(more, 1)])
                result.faults.append(
                    f"{table}: {len(missing)} rows missing, {len(more)} too many: {examples[:400]}"
                )
        lost = set(lost_articles(archive / "jimo.db", self.truth, self.towns)) - self.never_had
        result.lost = len(lost)
        result.duplicates = repeated_revisions(archive / "jimo.db")
        result.orphans = orphans(archive)
        result.integrity = is_sound(archive / "jimo.db")
        if not self.quick:
            self._verify(result, archive)

    @staticmethod
    def _verify(result: Result, archive: Path) -> None:
        """The project's own opinion."""
        check = [sys.executable, "-m", "scrapy", "verify", "--details"]
        check += ["-s", f"JIMO_ARCHIVE_DB={archive / 'jimo.db'}", "-s", f"JIMO_WARC_DIR={archive / 'warc'}"]
        done = subprocess.run(
            check, cwd=PROJECT, env=environment(), capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            result.faults.append(f"scrapy verify: {done.stdout.strip()[-600:]}{done.stderr.strip()[-300:]}")


# --- reading an archive with the standard library -----------------------------------------------------------------------

QUERIES = {
    "towns": "SELECT name, kind, listing_url, pages_read, pages_total, complete_at IS NOT NULL FROM towns",
    "articles": "SELECT a.url, t.name, a.title, a.body, a.published_at, a.source, a.editor, a.author, a.script, a.layout,"
    " a.title_as_published, a.body_as_published, a.published_as_printed, a.complete, a.content_hash, a.canonical_hash,"
    " d.url, a.similarity, s.url, a.status FROM articles AS a LEFT JOIN towns AS t ON t.id = a.town_id"
    " LEFT JOIN articles AS d ON d.id = a.duplicate_of LEFT JOIN articles AS s ON s.id = a.split_from",
    "article_urls": "SELECT u.url, a.url, u.part, u.status, u.content_hash, u.current, u.delisted_at IS NOT NULL,"
    " u.missing_since IS NOT NULL FROM article_urls AS u JOIN articles AS a ON a.id = u.article_id",
    "revisions": "SELECT r.url, a.url, r.title, r.body, r.published_at, r.source, r.content_hash, r.change, r.silent FROM"
    " revisions AS r JOIN articles AS a ON a.id = r.article_id",
    "images": "SELECT a.url, i.position, i.url, i.alt FROM images AS i JOIN articles AS a ON a.id = i.article_id",
    "urls": "SELECT u.url, u.request_url, u.kind, t.name, u.page, u.part, u.first_url, u.state, u.last_visit_at IS NULL,"
    " u.etag, u.last_modified FROM urls AS u LEFT JOIN towns AS t ON t.id = u.town_id",
    "removed_text": "SELECT c.url, r.place, r.text, r.reason FROM removed_text AS r JOIN captures AS c ON c.id = r.capture_id",
}


@contextmanager
def opened(db: Path) -> Iterator[sqlite3.Connection]:
    """The archive, read by SQLite alone."""
    with closing(sqlite3.connect(db)) as conn:
        yield conn


def contents(db: Path) -> dict[str, list[str]]:
    """What an archive says, without times of ours and row numbers."""
    with opened(db) as conn:
        found = {name: sorted(repr(row) for row in conn.execute(sql)) for name, sql in QUERIES.items()}
        return found | {"full-text index": indexed(conn)}


def indexed(conn: sqlite3.Connection) -> list[str]:
    """What the full-text index has of each article: a digest of all its tokens with their places."""
    conn.execute("CREATE VIRTUAL TABLE temp.tokens USING fts5vocab('main', 'articles_fts', 'instance')")
    urls = dict(conn.execute("SELECT id, url FROM articles"))
    digests: dict[int, int] = {}
    for number, column, offset, term in conn.execute('SELECT doc, col, "offset", term FROM temp.tokens'):
        token = f"{column} {offset} {term}".encode()
        digests[number] = digests.get(number, 0) + zlib.crc32(token) * (1 + zlib.adler32(token))
    return sorted(f"{urls.get(number)} {digest}" for number, digest in digests.items())


def passages(db: Path) -> dict[str, int]:
    """About how often the last run passed each point, as its rows tell."""
    with opened(db) as conn:
        last = "crawl_id = (SELECT max(id) FROM crawls)"

        def count(sql: str) -> int:
            return int(conn.execute(sql).fetchone()[0])

        captures = count(f"SELECT count(*) FROM captures WHERE {last}")
        visits = count(f"SELECT count(*) FROM observations WHERE {last}")
        files = count(f"SELECT count(*) FROM warc_files WHERE {last}")
        texts = count(
            f"SELECT count(*) FROM observations WHERE {last} AND event IN ('new', 'changed', 'replaced')"
        )
    exchanges = dict.fromkeys(("warc-written", "warc-fsynced", "warc-torn"), captures)
    commits = dict.fromkeys(("commit", "committed"), visits)
    closings = dict.fromkeys(("warc-close", "warc-rename"), files)
    return (
        exchanges
        | commits
        | closings
        | {"fts": 2 * texts, "migration": 5, "startup-repair": 3, "warc-repair": 4}
    )


def asked_by_every_run(db: Path) -> set[Any]:
    """robots.txt, entry page, index, the first page of each listing, and what failed or was blocked."""
    with opened(db) as conn:
        rows = conn.execute(
            "SELECT url FROM urls WHERE kind IN ('entry', 'index') OR (kind = 'listing' AND coalesce(page, 1) = 1)"
            " OR outcome IN ('failed', 'blocked')"
        ).fetchall()
    return {key("/robots.txt"), *(key(row[0]) for row in rows)}


def repeated_revisions(db: Path) -> int:
    """Revisions that say what the one before them said."""
    with opened(db) as conn:
        rows = conn.execute("SELECT url, content_hash FROM revisions ORDER BY url, id").fetchall()
    return sum(one == other for one, other in pairwise(rows))


def is_sound(db: Path) -> bool:
    """SQLite's own checks."""
    with opened(db) as conn:
        sound = conn.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        whole = not conn.execute("PRAGMA foreign_key_check").fetchall()
        idle = conn.execute("SELECT count(*) FROM urls WHERE state = 'leased'").fetchone() == (0,)
        conn.execute("INSERT INTO articles_fts(articles_fts) VALUES('integrity-check')")
        conn.rollback()
    return sound and whole and idle


def orphans(archive: Path) -> int:
    """Rows without a record, records without a row, and files that are not closed."""
    with opened(archive / "jimo.db") as conn:
        rows = {
            tuple(row) for row in conn.execute("SELECT warc_file, warc_offset, warc_length FROM captures")
        }
        closed = {row[0] for row in conn.execute("SELECT name FROM warc_files WHERE sha256 IS NOT NULL")}
    files = {path.name: path for path in (archive / "warc").iterdir() if ".torn" not in path.name}
    records = {place for path in files.values() for place in records_of(path)}
    return len(rows ^ records) + len(closed ^ set(files))


def records_of(path: Path) -> Iterator[tuple[str, int, int]]:
    """File, offset and length of each response or revisit record."""
    data, offset = path.read_bytes(), 0
    while offset < len(data):
        unpacker = zlib.decompressobj(31)
        content = unpacker.decompress(data[offset:])
        length = len(data) - offset - len(unpacker.unused_data)
        head = content.split(b"\r\n\r\n", 1)[0].lower()
        if b"warc-type: response" in head or b"warc-type: revisit" in head:
            yield path.name, offset, length
        offset += length


def key(url: str) -> tuple[str, tuple[str, ...]]:
    """An address as the truth and the archive can be compared by: path, and query in any order."""
    parts = urlsplit(url)
    plain = unquote_to_bytes(parts.path).decode("utf-8", "replace")
    return plain, tuple(
        sorted(unquote_to_bytes(each).decode("utf-8", "replace") for each in parts.query.split("&"))
    )


def lost_articles(db: Path, truth: Mapping[str, Any], towns: str) -> list[str]:
    """Articles of the portal's town sections that the archive has not got, or not with the title that they have."""
    with opened(db) as conn:
        rows = conn.execute(
            "SELECT u.url, r.title FROM article_urls AS u JOIN revisions AS r ON r.url = u.url WHERE u.part = 1"
        ).fetchall()
    known: dict[object, set[str]] = {}
    for url, title in rows:
        known.setdefault(key(url), set()).add(title)
    listed = {
        path for each in truth["towns"] if not towns or each["name"] in towns.split(",")
        for path in each["articles"]
    }  # fmt: skip
    lost = []
    for article in truth["articles"]:
        for where in article["addresses"]:
            expected = (
                article["in_scope"]
                and where["part"] == 1
                and where["path"] in listed
                and where["shows"] == "article"
            )
            titles = {article["title"], *(each["title"] for each in where["versions"])} if expected else set()
            if expected and not titles & known.get(key(where["path"]), set()):
                lost.append(where["path"])
    return lost


# --- the portal -----------------------------------------------------------------------------------------------------------


@contextmanager
def served(day: int, port: int, folder: Path) -> Iterator[tuple[str, Path, Path]]:
    """The demo portal on that day; gives its URL, its access log and its truth."""
    log, truth = folder / f"access-{day}.jsonl", folder / f"truth-{day}.json"
    command = [sys.executable, "-m", "scrapy", "demo", "--day", str(day), "--port", str(port)]
    server = subprocess.Popen(
        [*command, "--log", str(log), "--truth", str(truth)], cwd=PROJECT, env=environment(),
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert server.stdout is not None
        url = next((word for word in server.stdout.readline().split() if word.startswith("http://")), "")
        if not url:
            sys.exit("the demo portal did not start")
        yield url, log, truth
    finally:
        server.terminate()
        server.wait()


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """None of the user's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JIMO_")}
    return kept | {"PYTHONUTF8": "1"} | dict(more or {})


def count_redone(results: list[Result], log: Path, benches: list[Bench]) -> None:
    """Requests that a kill caused to be made again: by the access log, beyond those of an undisturbed crawl."""
    asked: dict[str, Counter[str]] = {}
    for line in log.read_text(encoding="utf-8").splitlines():
        request = json.loads(line)
        asked.setdefault(request["user_agent"], Counter())[request["path"]] += 1
    always = {bench.crawl.name: bench.always for bench in benches}
    for result in results:
        usual = asked[f"{result.crawl}-undisturbed"]
        together: Counter[str] = sum((asked.get(agent, Counter()) for agent in result.agents), Counter())
        again = {
            path: count - usual[path]
            for path, count in together.items()
            if key(path) not in always[result.crawl]
        }
        result.redone = [path for path, count in again.items() for _ in range(count)]
        if len(result.redone) > CONCURRENCY * result.kills:
            result.faults.append(f"{len(result.redone)} requests made again: {result.redone[:9]}")


# --- the plan and the figures -----------------------------------------------------------------------------------------------


def plan(points: int, chance: random.Random) -> dict[str, list[Kill]]:
    """The kills of each crawl: half at random times, half at named points in turn."""
    kills: dict[str, list[Kill]] = {name: [] for name in CRAWLS}
    turns = cycle(CRAWLS)
    for _ in range(points - points // 2):
        kills[next(turns)].append(Kill(share=chance.uniform(0.02, 1.2)))
    for name in islice(cycle(NAMED), points // 2):
        if name == "migration":
            kills[CRAWLS[0]].append(Kill(point=name))
        elif name in IN_RECOVERY:
            first = "warc-torn" if name == "warc-repair" else chance.choice(IN_A_RUN)
            kills[next(turns)].append(Kill(point=first, again=name))
        else:
            kills[next(turns)].append(Kill(point=name))
    return kills


def earlier(point: str, chance: random.Random) -> str:
    """The same point, sooner."""
    name, _, count = point.partition(":")
    return f"{name}:{chance.randint(1, max(1, int(count) // 2))}" if point else ""


def print_figures(results: list[Result], seconds: float) -> bool:
    """One line a fault, and the figures; gives whether all is well."""
    for each in results:
        for fault in each.faults:
            print(f"FAULT {each.crawl} killed at {each.kill}: {fault}")
    kills = sum(each.kills for each in results)
    named = Counter(
        part.partition(":")[0] for each in results for part in (each.kill.point, each.kill.again) if part
    )
    lost, duplicates = sum(each.lost for each in results), sum(each.duplicates for each in results)
    orphaned, sound = sum(each.orphans for each in results), sum(each.integrity for each in results)
    redone, most = (
        sum(len(each.redone) for each in results),
        max(len(each.redone) / each.kills for each in results),
    )
    where = f"{date.today()}, Python {platform.python_version()}, {os.cpu_count()} processors"
    print(f"kill -9 at {len(results)} points ({kills} kills) in {seconds:.0f} s ({where})")
    print(f"  at random times {sum(not each.kill.point for each in results)}; at named points:", end=" ")
    print(", ".join(f"{name} {count}" for name, count in sorted(named.items())))
    print(f"  articles lost {lost}, duplicate revisions {duplicates}, orphan captures {orphaned}")
    print(f"  integrity clean {sound}/{len(results)}, archives equal to the undisturbed one: ", end="")
    print(f"{sum(not each.faults for each in results)}/{len(results)}")
    print(
        f"  requests made again a kill: {redone / max(kills, 1):.2f} on average, {most:.1f} at most (promise: {CONCURRENCY})"
    )
    faulty = any(
        each.faults or each.lost or each.duplicates or each.orphans or not each.integrity for each in results
    )
    return not faulty


def main() -> int:
    """Run it; gives the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1122)
    parser.add_argument("--towns", default="", help="only these sections (shorter)")
    parser.add_argument("--quick", action="store_true", help="without `scrapy verify`")
    parser.add_argument("--keep", help="a folder to work in, which is kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(options.keep or name)
        folder.mkdir(parents=True, exist_ok=True)
        return 0 if run(options, folder) else 1


def run(options: argparse.Namespace, folder: Path) -> bool:
    """Both days, one after the other on the same port, so that an address means the same page."""
    chance, began = random.Random(options.seed), time.monotonic()
    kills = plan(options.points, chance)
    later = f"2026-01-{5 + LATER:02}T18:00:00Z"  # not to the second a week after: what is due does not hang on the run's pace
    days = {
        0: [Crawl("first", "towns", "2026-01-05T12:00:00Z")],
        LATER: [Crawl("update", "towns", later), Crawl("recheck", "recheck", later, ("older_than=1d",))],
    }
    results: list[Result] = []
    port, base = 0, None
    for day, crawls in days.items():
        with served(day, port, folder) as (url, log, truth_file):
            port = urlsplit(url).port or 0
            truth = json.loads(truth_file.read_text(encoding="utf-8"))
            benches = [
                Bench(folder, url, options.towns, base, crawl, truth, options.quick) for crawl in crawls
            ]
            archives = [bench.measure() for bench in benches]
            with ThreadPoolExecutor(options.workers) as pool:
                work = [
                    pool.submit(
                        bench.suffer,
                        number,
                        kill,
                        random.Random(f"{options.seed} {bench.crawl.name} {number}"),
                    )
                    for bench in benches
                    for number, kill in enumerate(kills[bench.crawl.name])
                ]
                done = [each.result() for each in work]
            count_redone(done, log, benches)
            results += done
            base = archives[0]
    return print_figures(results, time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main())
