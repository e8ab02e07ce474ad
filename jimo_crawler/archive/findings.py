"""What a check of the archive can find: a closed set of kinds, and one line for a person with each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is wrong with a WARC file, or with the archive beside it."""

    MISSING_FILE = "missing_file"
    UNREADABLE = "unreadable"
    FILE_DIGEST = "file_digest"
    """The file's bytes are not those that were closed: at least one has changed somewhere."""
    DAMAGED = "damaged"
    """A stretch that cannot be unpacked, with readable records behind it."""
    TORN = "torn"
    """Damage that reaches the end of the file."""
    MISSING_RECORD = "missing_record"
    """A row names an offset at which no readable record begins."""
    RECORD_LENGTH = "record_length"
    RECORD_DIGEST = "record_digest"
    """The stored bytes of a record are not those that were written."""
    BLOCK_DIGEST = "block_digest"
    PAYLOAD_DIGEST = "payload_digest"
    ROW = "row"
    """A row says something else of its record or file than this says itself."""
    NOT_A_RECORD = "not_a_record"
    """It unpacks, but is no (single, whole) WARC record."""
    ORPHAN = "orphan"
    """A record that nothing accounts for."""
    OPEN_FILE = "open_file"
    """A run that was cut off has left it; the next one closes it."""
    UNBOOKED_FILE = "unbooked_file"
    """A closed file that ``warc_files`` does not know."""
    DATABASE = "database"
    """SQLite finds the file damaged."""
    REFERENCE = "reference"
    """A row refers to one that is not there."""
    SEARCH_INDEX = "search_index"
    """The full-text index is not that of the articles."""
    NO_EVIDENCE = "no_evidence"
    """A row that says what a page was, and has no capture."""
    FRONTIER = "frontier"
    """An address that the archive knows, and that no run would ever ask."""
    HISTORY = "history"
    """Articles, addresses, revisions and images do not say the same."""
    BALANCE = "balance"
    """A run's outcomes are not those that it accounted for."""
    REREAD = "reread"
    """Today's parsers read something else in the evidence than what is stored."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found."""

    kind: Kind
    file: str
    """Name of the WARC file or of the archive (not the path)."""
    offset: int | None
    """Where in the file; None if it concerns the file as a whole."""
    message: str

    def __str__(self) -> str:
        place = self.file if self.offset is None else f"{self.file} at {self.offset}"
        return f"{place}: {self.message}"
