"""``python -m benchmarks [NAME …]``: all of them, or those named."""

from __future__ import annotations

import importlib
import sys

ALL = ("crawl", "requests", "growth", "search", "export", "replay")


def main(names: list[str]) -> None:
    """Run each benchmark's ``main``."""
    for name in names or ALL:
        if name not in ALL:
            sys.exit(f"no benchmark {name!r}; there is: {', '.join(ALL)}")
        importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
