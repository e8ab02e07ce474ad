"""Serves the demo portal over HTTP on loopback, and keeps the access log from which tests count requests."""

from __future__ import annotations

import gzip
import json
import re
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from jimo_crawler.demo.clutter import HOST
from jimo_crawler.demo.faults import ENDLESS, OVERSIZE
from jimo_crawler.demo.portal import Answer, Site, build, day_start

SESSION = re.compile(r";jsessionid=\w+|(?<=[?&])(?:PHPSESSID|sid|ASPSESSIONID\w*)=\w*&?", re.IGNORECASE)
SLOW = 2.0
"""Seconds that a slow page takes."""
NOT_FOUND = "<html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>"


class DemoServer:
    """The demo portal on a port of its own; a context manager.

    *day* is the day it stands on, *port* 0 takes a free one, *log* names a JSON Lines file that is appended to, *now*
    gives the present time (default: the day's own, ticking on from the moment it was set). *articles* scales it up.
    """

    def __init__(
        self,
        day: int = 0,
        port: int = 0,
        log: str | Path | None = None,
        host: str = "127.0.0.1",
        now: Callable[[], datetime] | None = None,
        *,
        articles: int | None = None,
    ) -> None:
        self.requests: list[dict[str, Any]] = []
        self._articles = articles
        self._now = now
        self._asked: set[str] = set()
        self._lock = threading.Lock()
        self._log_path = Path(log) if log else None
        self._log: IO[str] | None = None
        self.set_day(day)
        self._http = ThreadingHTTPServer((host, port), _handler_for(self))
        self._http.daemon_threads = True
        self.host, self.port = host, int(self._http.server_address[1])
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)

    @property
    def base(self) -> str:
        """Scheme, host and port."""
        return f"http://{self.netloc}"

    @property
    def url(self) -> str:
        """The portal's entry page."""
        return f"{self.base}/"

    def set_day(self, day: int) -> None:
        """Stand on another day from now on. Raises ValueError for one that the portal does not know."""
        site = build(day, articles=self._articles)
        self.day, self.site, self._set_at = day, site, time.monotonic()

    def now(self) -> datetime:
        """The server's present time."""
        if self._now:
            return self._now()
        return day_start(self.day) + timedelta(seconds=time.monotonic() - self._set_at)

    @property
    def netloc(self) -> str:
        """Host and port."""
        return f"{self.host}:{self.port}"

    def is_first(self, path: str) -> bool:
        """Whether *path* is asked for the first time since the server started."""
        with self._lock:
            first = path not in self._asked
            self._asked.add(path)
            return first

    def note(self, record: dict[str, Any]) -> None:
        """Write one request down."""
        with self._lock:
            self.requests.append(record)
            if self._log:
                self._log.write(json.dumps(record, ensure_ascii=False) + "\n")
                self._log.flush()

    def __enter__(self) -> Self:
        if self._log_path:
            self._log = self._log_path.open("a", encoding="utf-8")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
        if self._log:
            self._log.close()
            self._log = None


def find(site: Site, path: str) -> Answer:
    """The page at *path*, whatever the case of its percent-encoding and whatever session id it carries."""
    if site.endless and ENDLESS.match(path) and not site.everywhere:
        endless = site.endless
        return Answer(200, {"Content-Type": "text/html"}, lambda: endless(path), validators=False)
    missing = Answer(404, {"Content-Type": "text/html"}, NOT_FOUND.encode, validators=False)
    return site.pages.get(plain(path)) or site.everywhere or missing


def plain(path: str) -> str:
    """The path under which the truth knows a page, of any form in which it was asked for.

    >>> plain("/jmxz/list.asp?id=13&PHPSESSID=9f00"), plain("/a.html;jsessionid=0A1B")
    ('/jmxz/list.asp?id=13', '/a.html')
    """
    upper = re.sub("%[0-9a-f]{2}", lambda found: found[0].upper(), path.partition("#")[0])
    return SESSION.sub("", upper).rstrip("?&") if SESSION.search(upper) else upper


def is_current(answer: Answer, none_match: str | None, modified_since: str | None) -> bool:
    """Whether what the client has is still what the page says (RFC 9110: an ETag, where sent, decides alone)."""
    if not answer.validators or answer.status != 200:
        return False
    if none_match is not None:
        return answer.etag in [tag.strip().removeprefix("W/") for tag in none_match.split(",")]
    if modified_since and answer.modified:
        try:
            return answer.modified.replace(microsecond=0) <= parsedate_to_datetime(modified_since)
        except (ValueError, TypeError):
            return False
    return False


def _handler_for(server: DemoServer) -> type[BaseHTTPRequestHandler]:
    class Handler(_Handler):
        portal = server

    return Handler


class _Handler(BaseHTTPRequestHandler):
    portal: DemoServer
    protocol_version = "HTTP/1.1"
    server_version = "Microsoft-IIS/6.0"
    sys_version = ""
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        answer = find(self.portal.site, self.path)
        if answer.manner in ("flaky", "busy") and self.portal.is_first(self.path):
            status = 503 if answer.manner == "flaky" else 429
            answer = Answer(
                status, {"Content-Type": "text/html", "Retry-After": "1"}, bytes, validators=False
            )
        none_match, since = self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")
        if is_current(answer, none_match, since):
            self._send(304, answer, b"")
        elif answer.manner == "close":
            self._note(0, 0)
            self.close_connection = True
        elif "oversize" in answer.manner:
            self._stream(answer)
        else:
            self._send(answer.status, answer, answer.body)

    do_HEAD = do_GET

    def _send(self, status: int, answer: Answer, body: bytes) -> None:
        if answer.manner == "slow":
            time.sleep(SLOW)
        body = body.replace(HOST.encode(), self.portal.netloc.encode())
        if "gzip" in answer.manner:
            body = gzip.compress(body, mtime=0)
        self._note(status, len(body))
        self._head(status, answer)
        if answer.validators and answer.etag:
            self.send_header("ETag", answer.etag)
            if answer.modified:
                self.send_header(
                    "Last-Modified", format_datetime(answer.modified.astimezone(UTC), usegmt=True)
                )
        if "chunked" in answer.manner:
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self._write_chunks(body[start : start + 700] for start in range(0, len(body), 700))
            return
        if status != 304:
            missing = 500 if answer.manner == "truncated" else 0
            self.send_header("Content-Length", str(len(body) + missing))
            self.close_connection = self.close_connection or bool(missing)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _head(self, status: int, answer: Answer) -> None:
        self.send_response(status)
        for name, value in answer.headers.items():
            if name != "Content-Type" or answer.manner != "untyped":
                self.send_header(name, value.replace(HOST, self.portal.netloc))
        if "gzip" in answer.manner:
            self.send_header("Content-Encoding", "gzip")

    def _stream(self, answer: Answer) -> None:
        """Thirty megabytes of markup, made on the way; the client may well hang up."""
        block = ("<p>" + "即墨" * 340 + "</p>\n").encode()
        count = OVERSIZE // len(block)
        self._note(200, count * len(block))
        self._head(200, answer)
        try:
            if "chunked" in answer.manner:
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self._write_chunks(block for _ in range(count))
            else:
                self.send_header("Content-Length", str(count * len(block)))
                self.end_headers()
                for _ in range(count):
                    self.wfile.write(block)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _write_chunks(self, blocks: Iterable[bytes]) -> None:
        for block in blocks:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(block), block))
        self.wfile.write(b"0\r\n\r\n")

    def _note(self, status: int, size: int) -> None:
        self.portal.note(
            {
                "time": self.portal.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                "method": self.command,
                "path": self.path,
                "page": plain(self.path),
                "status": status,
                "bytes": size,
                "if_none_match": self.headers.get("If-None-Match"),
                "if_modified_since": self.headers.get("If-Modified-Since"),
                "user_agent": self.headers.get("User-Agent"),
            }
        )

    def date_time_string(self, timestamp: float | None = None) -> str:
        moment = self.portal.now() if timestamp is None else datetime.fromtimestamp(timestamp, UTC)
        return format_datetime(moment.astimezone(UTC), usegmt=True)

    def log_message(self, format: str, *args: Any) -> None:
        """The access log is kept by ``note``; nothing goes to stderr."""
