"""Scrapy's command line in processes that have imported everything already: most of a second less for each command.

``run`` asks a server (one a test process, started when it is first needed), which forks. Each command is a process of its
own with the environment, arguments and exit status that a shell would give and see; only the imports are shared. Tests of
signals and kills start their processes themselves.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import pkgutil
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from threading import Lock, Timer

PROJECT = Path(__file__).resolve().parent.parent
TIMEOUT = 240.0


def run(
    arguments: list[str], environment: Mapping[str, str], folder: Path = PROJECT
) -> subprocess.CompletedProcess[str]:
    """Run ``scrapy ARGUMENTS`` to its end in *folder*."""
    return _server().run(arguments, environment, folder)


@cache
def _server() -> _Server:
    server = _Server()
    atexit.register(server.close)
    return server


class _Server:
    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.forking"], cwd=PROJECT, env=os.environ | {"PYTHONUTF8": "1"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip
        self._lock = Lock()

    def run(
        self, arguments: list[str], environment: Mapping[str, str], folder: Path
    ) -> subprocess.CompletedProcess[str]:
        with self._lock, tempfile.TemporaryDirectory() as name:
            out, err = Path(name, "out"), Path(name, "err")
            asked = {"arguments": arguments, "environment": dict(environment), "folder": str(folder)}
            status = self._ask(asked | {"out": str(out), "err": str(err)})
            texts = (path.read_text(encoding="utf-8", errors="replace") for path in (out, err))
            return subprocess.CompletedProcess(["scrapy", *arguments], status, *texts)

    def _ask(self, request: Mapping[str, object]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        watch = Timer(TIMEOUT, self._process.kill)
        watch.start()
        try:
            if not (answer := self._process.stdout.readline()):
                raise TimeoutError(f"scrapy {request['arguments']} did not come to its end")
            return int(answer)
        finally:
            watch.cancel()

    def close(self) -> None:
        """No command is to be run any more."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()


# --- in the server ------------------------------------------------------------------------------------------------------------


def execute(arguments: list[str], prepare: Callable[[], None]) -> int:
    """Run ``scrapy ARGUMENTS`` in a forked child, which calls *prepare* first; gives its exit status."""
    sys.stdout.flush()
    if not (child := os.fork()):
        status = 1
        try:
            prepare()
            status = _command_line(arguments)
        except BaseException:  # as the interpreter would end
            traceback.print_exc()
        finally:
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _command_line(arguments: list[str]) -> int:
    from scrapy.cmdline import execute as scrapy

    try:
        scrapy(["scrapy", *arguments])
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0


def import_all() -> None:
    """What every child needs, once; but for the settings, which are read from the child's own environment."""
    import pipelines
    from jimo_crawler import commands, fetching, spiders

    for package in (commands, fetching, spiders, pipelines):
        for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            importlib.import_module(module.name)


def _enter(request: Mapping[str, str], environment: Mapping[str, str]) -> None:
    for number, name, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, request["out"], os.O_WRONLY | os.O_CREAT),
        (2, request["err"], os.O_WRONLY | os.O_CREAT),
    ):
        os.dup2(os.open(name, flags, 0o644), number)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(request["folder"])
    del sys.modules["jimo_crawler.settings"]


def main() -> None:
    """Answer requests until there are no more."""
    import_all()
    for line in sys.stdin:
        request = json.loads(line)
        status = execute(request["arguments"], lambda asked=request: _enter(asked, asked["environment"]))  # type: ignore[misc]
        print(status, flush=True)


if __name__ == "__main__":
    main()
