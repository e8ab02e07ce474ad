"""``make interop``: what other people's tools make of our files. One line a tool: ran, missing, or FAILED.

A tool that cannot be had here is missing, which is no fault; one that ran and found something wrong is.
"""

from __future__ import annotations

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from interop.environments import Missing, Wrong
from interop.sample import Sample, crawled
from interop.tools import TOOLS


def main(names: list[str]) -> int:
    """Try the tools that are named, or all; gives the exit status."""
    if unknown := [name for name in names if name not in TOOLS]:
        print(f"no tool {', '.join(unknown)}; there is: {', '.join(TOOLS)}", file=sys.stderr)
        return 2
    try:
        with (
            tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
            crawled(Path(folder)) as sample,
            ThreadPoolExecutor(2) as pool,
        ):  # cron mostly waits
            return int(not all(list(pool.map(lambda name: _try(name, sample), names or TOOLS))))
    except Wrong as reason:
        print(f"interop: FAILED: there is nothing to show the tools: {reason}", flush=True)
        return 1


def _try(name: str, sample: Sample) -> bool:
    """One line; gives whether all is well."""
    try:
        print(f"{name}: ran: {TOOLS[name](sample)}", flush=True)
    except Missing as reason:
        print(f"{name}: missing: {reason}", flush=True)
    except Exception as reason:  # whatever a tool does, the others are tried and told of
        said = reason if isinstance(reason, Wrong) else repr(reason)
        print(f"{name}: FAILED: {said}", flush=True)
        return False
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
