"""Environments of their own for tools that the project does not need, made with whatever is here (uv or pip)."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
ROOT = PROJECT / ".venv-interop"


class Missing(Exception):
    """A tool cannot be had here; the text says why."""


class Wrong(Exception):
    """A tool ran, and what it says of our files is not what it should."""


def program(name: str) -> str:
    """A program of this machine. Raises Missing."""
    found = shutil.which(name)
    if not found:
        raise Missing(f"no {name} on this machine")
    return found


def environment(name: str, *packages: str) -> Path:
    """The folder of programs of an environment with these packages, made if need be. Raises Missing."""
    folder = ROOT / name
    ready = folder / ".ready"
    wanted = " ".join(packages)
    if not (ready.exists() and ready.read_text(encoding="utf-8") == wanted):
        shutil.rmtree(folder, ignore_errors=True)
        uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
        python = str(folder / "bin" / "python")
        if uv:
            _install([uv, "venv", "--quiet", "--python", sys.executable, str(folder)])
            _install([uv, "pip", "install", "--quiet", "--python", python, *packages])
        else:
            _install([sys.executable, "-m", "venv", str(folder)])
            _install([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages])
        ready.write_text(wanted, encoding="utf-8")
    return folder / "bin"


def _install(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        raise Missing(f"could not be installed: {lines[-1][:200]}")


def run(*command: str | Path, folder: Path | None = None, timeout: float = 300) -> str:
    """What a program prints. Raises Wrong if it ends with another status than 0."""
    done = subprocess.run(
        [str(part) for part in command], cwd=folder or PROJECT, capture_output=True, text=True, check=False, timeout=timeout
    )  # fmt: skip
    if done.returncode != 0:
        said = (done.stdout + done.stderr).strip()[-500:]
        raise Wrong(f"{Path(command[0]).name} ended with status {done.returncode}: {said}")
    return done.stdout
