"""What a check of the archive can find: a closed set of kinds, and one line for a person with each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is wrong with a WARC file."""

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
    NOT_A_RECORD = "not_a_record"
    """It unpacks, but is no (single, whole) WARC record."""
    ORPHAN = "orphan"
    """A record that nothing accounts for."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found."""

    kind: Kind
    file: str
    """File name (not the path)."""
    offset: int | None
    """Where in the file; None if it concerns the file as a whole."""
    message: str

    def __str__(self) -> str:
        place = self.file if self.offset is None else f"{self.file} at {self.offset}"
        return f"{place}: {self.message}"
