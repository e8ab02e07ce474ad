"""Running a thing several times and saying what it cost."""

from __future__ import annotations

import functools
import gc
import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
TIMES = 7
"""How often each of several works is done."""


@dataclass(frozen=True)
class Cost:
    """One finished process."""

    cpu: float
    """Seconds of user and system time."""
    wall: float
    rss_mb: float


def run(command: list[str], *, env: dict[str, str] | None = None) -> Cost:
    """Run a command to its end and give its cost; raises RuntimeError if it fails."""
    began = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=PROJECT, env=os.environ | (env or {}), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    errors = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}\n{errors.decode(errors='replace')[-2000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - began, usage.ru_maxrss / 1024)


def best_cpu_of(works: dict[str, Callable[[], object]]) -> dict[str, float]:
    """CPU seconds of the cheapest of several calls of each: what is left when the machine's other work is not counted.

    They take turns, so that a busy minute falls on all of them, and what was remembered from the turn before is forgotten:
    a crawl does not read its pages twice. Python's collector is off meanwhile, as in ``timeit``: it would look through
    the whole demo portal that is held here, and costs nothing to speak of in a crawl.
    """
    turns = [{name: _cpu(work) for name, work in works.items()} for _ in range(TIMES)]
    return {name: min(turn[name] for turn in turns) for name in works}


def _cpu(work: Callable[[], object]) -> float:
    for cached in _bounded_caches():
        cached.cache_clear()
    gc.collect()
    gc.disable()
    began = time.process_time()
    work()
    spent = time.process_time() - began
    gc.enable()
    return spent


def _bounded_caches() -> list[Any]:
    """Our functions that remember what they were asked last; not those that hold rules for good."""
    found = [each for each in gc.get_objects() if isinstance(each, functools._lru_cache_wrapper)]
    return [
        each
        for each in found
        if each.__module__.startswith("jimo_crawler") and each.cache_parameters()["maxsize"] is not None
    ]


def middle(costs: list[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(*(median(getattr(cost, name) for cost in costs) for name in ("cpu", "wall", "rss_mb")))
