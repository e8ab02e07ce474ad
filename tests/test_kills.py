"""The short form of ``make kills``: a script that imports nothing of the project kills crawls and compares archives."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

from tests.crawling import PROJECT, environment

SCRIPT = PROJECT / "benchmarks" / "kills.py"
POINTS = 16


def test_nothing_is_lost_at_sixteen_points(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, SCRIPT, "--points", str(POINTS), "--quick", "--towns", "田横镇", "--keep", tmp_path / "kills"],
        cwd=PROJECT, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"kill -9 at {POINTS} points" in done.stdout
    assert "articles lost 0, duplicate revisions 0, orphan captures 0" in done.stdout
    assert f"integrity clean {POINTS}/{POINTS}" in done.stdout
    named = re.search("at named points: (.*)", done.stdout)
    assert named
    for point in ("warc-written", "warc-fsynced", "commit", "fts", "startup-repair", "migration"):
        assert point in named[1]


def test_the_script_imports_nothing_of_the_project() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    imports = {
        (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]  # type: ignore[union-attr]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert imports <= set(sys.stdlib_module_names)
