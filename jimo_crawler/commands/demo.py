"""``scrapy demo``: serves the bundled portal as it stood on a day, or writes the truth about it."""

from __future__ import annotations

import signal
import sys
import threading
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from jimo_crawler.demo import LAST_DAY


class Command(ScrapyCommand):
    """Thin: reads options, starts the server, waits for Ctrl-C or SIGTERM."""

    requires_project = False
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "[--day N] [--port P] [--log FILE] [--truth FILE]"

    def short_desc(self) -> str:
        return "Serve the bundled demo portal as it stood on a day"

    def add_options(self, parser: ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--day", type=int, default=0, metavar="N", help=f"0 to {LAST_DAY}: day of the portal (default 0)"
        )
        parser.add_argument(
            "--port", type=int, default=0, metavar="P", help="port on 127.0.0.1 (default: a free one)"
        )
        parser.add_argument(
            "--log", metavar="FILE", help="append the access log to FILE, one JSON object a line"
        )
        parser.add_argument(
            "--truth", metavar="FILE", help="write the truth of that day as JSON; - prints it and ends"
        )

    def run(self, args: list[str], opts: Namespace) -> None:
        if args:
            raise UsageError(f"demo takes no arguments: {' '.join(args)}", print_help=False)
        if not 0 <= opts.day <= LAST_DAY:
            raise UsageError(f"--day: the portal knows day 0 to {LAST_DAY}, not {opts.day}", print_help=False)
        if not 0 <= opts.port <= 65535:
            raise UsageError(f"--port: {opts.port} is no port", print_help=False)
        if opts.truth:
            self._write_truth(opts.day, opts.truth)
        if opts.truth != "-":
            self._serve(opts)

    def _write_truth(self, day: int, target: str) -> None:
        from jimo_crawler.demo.portal import build

        text = build(day).truth.dumps()
        if target == "-":
            sys.stdout.write(text + "\n")
            return
        try:
            Path(target).write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise UsageError(f"--truth: {error}", print_help=False) from None

    def _serve(self, opts: Namespace) -> None:
        from jimo_crawler.demo.server import DemoServer  # here: Scrapy loads every command for each of them

        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        try:
            with DemoServer(opts.day, opts.port, opts.log) as server:
                print(server.url, flush=True)
                stop.wait()
        except OSError as error:
            raise UsageError(f"the portal cannot be served: {error}", print_help=False) from None
