"""Running a thing several times and saying what it cost."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

PROJECT = Path(__file__).resolve().parent.parent


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


def best_cpu(work: Callable[[], object], times: int = 5) -> float:
    """CPU seconds of the cheapest of several calls: what is left when the machine's other work is not counted."""
    return min(_cpu(work) for _ in range(times))


def _cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def middle(costs: list[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(*(median(getattr(cost, name) for cost in costs) for name in ("cpu", "wall", "rss_mb")))
