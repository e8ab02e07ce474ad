"""``scrapy golden URL|FILE``: makes a golden case of a page, for the parser tests."""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any, ClassVar

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from jimo_crawler import clock
from jimo_crawler.errors import JimoError
from jimo_crawler.portal import load
from jimo_crawler.settings import PROJECT


class Command(ScrapyCommand):
    """Takes the page from the archive's evidence (URL) or from a file; writes what the parsers read of it."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar[dict[str, Any]] = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        return "<URL of a captured page | HTML file> [--name NAME] [--kind article|listing|index|entry]"

    def short_desc(self) -> str:
        return "Make a golden case of a captured page or an HTML file"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--name", help="name of the case (default: made from the address)")
        parser.add_argument("--kind", default="article", choices=["article", "listing", "index", "entry"])
        parser.add_argument(
            "--url", help="address that a FILE was served at (default: http://example.com/NAME)"
        )
        parser.add_argument("--content-type", help="Content-Type that a FILE was served with")
        parser.add_argument(
            "--folder", default=str(PROJECT / "tests" / "golden"), help="where cases are kept"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("name one captured URL or one HTML file")
        try:
            body, meta = self._page(args[0], opts)
            folder = _write_case(Path(opts.folder), opts.name or _name(args[0]), body, meta, self._profile())
        except (JimoError, OSError) as error:
            print(f"scrapy golden: {error}", file=sys.stderr)
            self.exitcode = 1
            return
        print(f"{folder}: read expected.json like code, correct it, then make the parser agree")

    def _profile(self) -> str:
        assert self.settings is not None
        return str(self.settings["JIMO_PORTAL"])

    def _page(self, source: str, opts: argparse.Namespace) -> tuple[bytes, dict[str, Any]]:
        assert self.settings is not None
        if not source.startswith(("http://", "https://")):
            meta = {
                "url": opts.url or f"http://example.com/{Path(source).name}",
                "fetched": clock.from_environment(str(self.settings["JIMO_NOW"])).stamp(),
            }
            return Path(source).read_bytes(), meta | {"content_type": opts.content_type, "kind": opts.kind}
        from jimo_crawler.archive.schema import open_reader
        from jimo_crawler.archive.warc_read import read_record

        conn = open_reader(PROJECT / str(self.settings["JIMO_ARCHIVE_DB"]))
        try:
            row = conn.execute(
                "SELECT * FROM captures WHERE url = ? AND revisit_of IS NULL ORDER BY fetched_at DESC LIMIT 1",
                (source,),
            ).fetchone()
        finally:
            conn.close()
        if row is None:
            raise JimoError(f"{source} is not among the captures of this archive")
        record = read_record(
            PROJECT / str(self.settings["JIMO_WARC_DIR"]) / row["warc_file"],
            row["warc_offset"],
            row["warc_length"],
        )
        content_type = record.http.header("Content-Type") if record.http else None
        meta = {
            "url": row["url"],
            "fetched": row["fetched_at"],
            "content_type": content_type,
            "kind": opts.kind,
        }
        return record.decoded_body(), meta


def _name(source: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", source.split("://")[-1]).strip("-")[-60:].lower() or "case"


def _write_case(root: Path, name: str, body: bytes, meta: dict[str, Any], profile: str) -> Path:
    from jimo_crawler.parsers.decode import decode
    from jimo_crawler.parsers.golden import reading

    folder = root / name
    if folder.exists():
        raise JimoError(f"there is a case {name} already; --name gives another name")
    page = decode(meta["url"], body, meta["content_type"])
    expected = reading(page, meta["kind"], load(profile))
    folder.mkdir(parents=True)
    (folder / "page.html").write_bytes(body)
    _write_json(folder / "meta.json", meta)
    _write_json(folder / "expected.json", expected)
    return folder


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
