"""``make interop``: what other people's tools make of our files. One line a tool: ran, missing, or FAILED.

A tool that cannot be had here is missing, which is no fault; one that ran and found something wrong is.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from interop.environments import Missing, Wrong
from interop.sample import crawled
from interop.tools import TOOLS


def main(names: list[str]) -> int:
    """Try the tools that are named, or all; gives the exit status."""
    wrong = 0
    with tempfile.TemporaryDirectory() as folder, crawled(Path(folder)) as sample:
        for name in names or list(TOOLS):
            try:
                print(f"{name}: ran: {TOOLS[name](sample)}", flush=True)
            except Missing as reason:
                print(f"{name}: missing: {reason}", flush=True)
            except Wrong as reason:
                wrong += 1
                print(f"{name}: FAILED: {reason}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
