"""Environments of their own for tools that the project does not need, made with whatever is here (uv or pip)."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
ROOT = PROJECT / ".venv-interop"
PATIENCE = {"UV_HTTP_TIMEOUT": "15", "UV_HTTP_RETRIES": "0", "PIP_TIMEOUT": "15", "PIP_RETRIES": "0"}
"""Without a network, or behind one that swallows everything, a tool is missing at once."""


class Missing(Exception):
    """A tool cannot be had here; the text says why."""


class Wrong(Exception):
    """A tool ran, and what it says of our files is not what it should."""


def clean() -> dict[str, str]:
    """The environment without the user's own settings of the project."""
    return {name: value for name, value in os.environ.items() if not name.startswith("JIMO_")} | {
        "PYTHONUTF8": "1"
    }


def program(name: str) -> str:
    """A program of this machine. Raises Missing."""
    found = shutil.which(name)
    if not found:
        raise Missing(f"no {name} on this machine")
    return found


def environment(name: str, *packages: str) -> Path:
    """The folder of programs of an environment with these packages, made if need be. Raises Missing."""
    folder = ROOT / name
    wanted = "\n".join((str(folder), sys.executable, *packages))
    with _alone():
        if not _is_ready(folder, wanted):
            _make(folder, packages)
            (folder / ".ready").write_text(wanted, encoding="utf-8")
    return folder / "bin"


@contextmanager
def _alone() -> Iterator[None]:
    """One environment is made at a time, also by several of us."""
    try:
        ROOT.mkdir(exist_ok=True)
        lock = os.open(ROOT / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise Missing(f"no environment can be made in {ROOT}: {error.strerror}") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _is_ready(folder: Path, wanted: str) -> bool:
    """It is there, was made for this place and this Python, and its own Python still runs."""
    try:
        if (folder / ".ready").read_text(encoding="utf-8") != wanted:
            return False
        command = [str(folder / "bin" / "python"), "-c", ""]
        return subprocess.run(command, capture_output=True, check=False, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _make(folder: Path, packages: tuple[str, ...]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    python = str(folder / "bin" / "python")
    if uv:
        _install([uv, "venv", "--quiet", "--python", sys.executable, str(folder)])
        _install([uv, "pip", "install", "--quiet", "--python", python, *packages])
    else:
        _install([sys.executable, "-m", "venv", str(folder)])
        _install([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages])


def _install(command: list[str]) -> None:
    try:
        done = subprocess.run(
            command, env=os.environ | PATIENCE, capture_output=True, text=True, check=False, timeout=180
        )
    except subprocess.TimeoutExpired:
        raise Missing("could not be installed in three minutes") from None
    if done.returncode != 0:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        raise Missing(f"could not be installed: {lines[-1].strip()[:200]}")


def run(*command: str | Path, folder: Path | None = None, timeout: float = 120) -> str:
    """What a program prints. Raises Missing if it is not there, Wrong if it fails or does not end."""
    name = Path(command[0]).name
    try:
        done = subprocess.run(
            [str(part) for part in command], cwd=folder or PROJECT, env=clean(), stdin=subprocess.DEVNULL, capture_output=True,
            text=True, check=False, timeout=timeout,
        )  # fmt: skip
    except FileNotFoundError:
        raise Missing(f"no {name} beside {Path(command[0]).parent}") from None
    except subprocess.TimeoutExpired:
        raise Wrong(f"{name} did not come to its end in {timeout:.0f} s") from None
    if done.returncode != 0:
        said = " ".join((done.stdout + done.stderr).split())[-500:]
        raise Wrong(f"{name} ended with status {done.returncode}: {said}")
    return done.stdout


def stop(process: subprocess.Popen[str]) -> None:
    """End a process that was started in a session of its own, and all that it has started."""
    for number in (15, 9):
        try:
            os.killpg(process.pid, number)
            process.wait(timeout=10)
        except ProcessLookupError:
            break
        except subprocess.TimeoutExpired:
            continue
    process.wait()
