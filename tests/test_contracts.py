"""Promises about the code itself: what imports what, and that README names what there is."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from scrapy.settings import Settings
from scrapy.utils.misc import load_object

PROJECT = Path(__file__).resolve().parent.parent
RANK = {
    "items": 0, "errors": 0, "clock": 0, "portal": 0, "settings": 0, "reader_command": 3, "keeper_command": 3, "parsers": 1, "text": 1, "archive": 2,
    "fetching": 3, "spiders": 4, "commands": 4, "web": 4, "demo": 4,
}  # fmt: skip
"""Lower is more fundamental. ``text`` and ``parsers`` are neighbours."""


@pytest.mark.parametrize("package", ["parsers", "text", "archive"])
def test_the_pure_core_imports_no_scrapy(package: str) -> None:
    modules = [
        f"jimo_crawler.{package}.{path.stem}"
        for path in (PROJECT / "jimo_crawler" / package).glob("*.py")
        if path.stem != "__init__"
    ]
    code = f"import sys\nfor name in {modules!r}: __import__(name)\nsys.exit('scrapy' in sys.modules or 'twisted' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=False).returncode == 0


def test_imports_run_one_way() -> None:
    wrong = [
        f"{path.relative_to(PROJECT)} imports {name}"
        for path in sorted((PROJECT / "jimo_crawler").rglob("*.py"))
        for name in _imports(path)
        if _rank(name) > _rank(".".join(path.relative_to(PROJECT).with_suffix("").parts))
    ]
    assert wrong == []


def _imports(path: Path) -> set[str]:
    """Modules of ours that a file imports at its top: what a command imports when it runs is no layer."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("jimo_crawler."):
            found.add(node.module)
    return found


def _rank(module: str) -> int:
    return RANK.get(module.split(".")[1], 9) if "." in module else 9


def _settings() -> Settings:
    settings = Settings()
    settings.setmodule("jimo_crawler.settings")
    return settings


def test_every_component_of_the_settings_imports() -> None:
    settings = _settings()
    names = [settings["SCHEDULER"], settings["TWISTED_DNS_RESOLVER"]]
    for group in ("DOWNLOADER_MIDDLEWARES", "SPIDER_MIDDLEWARES", "ITEM_PIPELINES", "EXTENSIONS"):
        names += list(settings.getdict(group))
    for name in names:
        assert load_object(name)


def test_readme_names_every_setting_and_command() -> None:
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    own = [name for name in _settings() if name.startswith("JIMO_")]
    commands = [
        path.stem for path in (PROJECT / "jimo_crawler" / "commands").glob("*.py") if path.stem != "__init__"
    ]
    assert [name for name in own if f"`{name}`" not in readme] == []
    assert [name for name in commands if f"scrapy {name}" not in readme] == []


def test_the_schema_document_names_every_column() -> None:
    from jimo_crawler.archive.schema import open_archive

    document = (PROJECT / "data" / "README.md").read_text(encoding="utf-8")
    conn = open_archive(Path(":memory:"))
    tables = [row[0] for row in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    ours = [name for name in tables if not name.startswith(("articles_fts_", "_", "sqlite_"))]
    assert [name for name in ours if f"`{name}`" not in document] == []
    exempt = {"bands", "parts", "hosts", "articles_fts"}
    missing = [
        f"{table}.{row['name']}"
        for table in ours
        if table not in exempt
        for row in conn.execute(f"PRAGMA table_info({table})")
        if f"`{row['name']}`" not in document and row["name"] != "id"
    ]
    # A revision has the columns of its article.
    assert [name for name in missing if not name.startswith("revisions.")] == []


def test_the_lock_names_no_index() -> None:
    assert "://" not in (PROJECT / "requirements.lock").read_text(encoding="utf-8")
