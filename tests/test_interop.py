"""`make interop` says what became of each tool in one line, whatever happens; the tools themselves it tries."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import pytest

from interop import __main__, environments
from interop.environments import Missing, Wrong, run
from interop.sample import Sample


def sample(folder: Path) -> Sample:
    return Sample(folder, "http://127.0.0.1:9/")


def raising(error: Exception) -> object:
    def tool(_: Sample) -> NoReturn:
        raise error

    return tool


def test_one_line_a_tool_and_only_what_ran_and_is_wrong_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tools = {
        "good": lambda _: "all is well",
        "absent": raising(Missing("no such program")),
        "wrong": raising(Wrong("another text")),
        "broken": raising(KeyError("a bug")),
    }
    monkeypatch.setattr(__main__, "TOOLS", tools)
    assert [__main__._try(name, sample(tmp_path)) for name in tools] == [True, True, False, False]
    assert capsys.readouterr().out.splitlines() == [
        "good: ran: all is well",
        "absent: missing: no such program",
        "wrong: FAILED: another text",
        "broken: FAILED: KeyError('a bug')",
    ]


def test_a_tool_that_is_not_known_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert __main__.main(["telnet"]) == 2
    assert "no tool telnet; there is: cron, " in capsys.readouterr().err


def test_a_program_that_is_absent_fails_or_does_not_end_is_told_apart(tmp_path: Path) -> None:
    assert run(sys.executable, "-c", "print(7)").strip() == "7"
    with pytest.raises(Missing, match="no warcio beside"):
        run(tmp_path / "warcio", "check")
    with pytest.raises(Wrong, match="ended with status 3: no"):
        run(sys.executable, "-c", "import sys; print('no'); sys.exit(3)")
    with pytest.raises(Wrong, match="did not come to its end in 0 s"):
        run(sys.executable, "-c", "import time; time.sleep(60)", timeout=0.2)


def test_an_environment_that_was_moved_or_broken_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Path] = []

    def make(folder: Path, _: tuple[str, ...]) -> None:
        made.append(folder)
        (folder / "bin").mkdir(parents=True, exist_ok=True)
        (folder / "bin" / "python").unlink(missing_ok=True)
        (folder / "bin" / "python").symlink_to(sys.executable)

    monkeypatch.setattr(environments, "_make", make)
    for root in ("a 即墨", "b"):
        monkeypatch.setattr(environments, "ROOT", tmp_path / root)
        for _ in range(2):
            assert environments.environment("tool", "package") == tmp_path / root / "tool" / "bin"
    (tmp_path / "c").symlink_to(tmp_path / "b")
    monkeypatch.setattr(environments, "ROOT", tmp_path / "c")
    environments.environment("tool", "package")
    (tmp_path / "c" / "tool" / "bin" / "python").unlink()
    environments.environment("tool", "package")
    environments.environment("tool", "another")
    assert [path.relative_to(tmp_path).parts[0] for path in made] == ["a 即墨", "b", "c", "c", "c"]
