"""The files of a relay's buffer: each a DBN tape, with the books as they stood at its beginning.

``00000012.dbn`` holds the records as they came, of all schemas, gaps included, behind mappings of
what was known by then; ``00000012.books.dbn`` the books before the first of them, with mappings in
its metadata. Both read back with any DBN reader. What a killed process left of a record at the end
of the last file is cut off when the folder is opened again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import numpy as np

from ticktape.feeds.record_stream import RecordStream
from ticktape.tape.batch import Batch
from ticktape.tape.errors import NotDbnError, TapeError
from ticktape.tape.gaps import Gap, gaps_in
from ticktape.tape.layouts import Schema, index_field
from ticktape.tape.metadata import make_metadata
from ticktape.tape.times import utc_date

READ_BYTES: Final = 1 << 20
_NOT_TIMED: Final = frozenset({Schema.SYMBOL_MAPPING, Schema.ERROR, Schema.SYSTEM})


@dataclass(slots=True)
class Segment:
    """One file of the buffer.

    Attributes
    ----------
    first_ns : int
        Time of the timeline when it was begun.
    header_bytes, content_bytes : int
        Of its metadata, and of the records behind it that are handed to the disk.
    gap : Gap or None
        What was lost just before it.
    """

    folder: Path
    number: int
    first_ns: int
    header_bytes: int = 0
    content_bytes: int = 0
    books_bytes: int = 0
    gap: Gap | None = None

    @property
    def path(self) -> Path:
        """The file of the records."""
        return self.folder / f"{self.number:08d}.dbn"

    @property
    def books_path(self) -> Path:
        """The file of the books before them."""
        return self.folder / f"{self.number:08d}.books.dbn"

    @property
    def file_bytes(self) -> int:
        """What it takes on disk."""
        return self.header_bytes + self.content_bytes + self.books_bytes

    def books(self, quotes: Schema) -> list[np.ndarray]:
        """Read the books, as MBO records."""
        if not self.books_path.exists():
            return []
        stream = RecordStream(quotes=quotes)
        return [batch.records for batch in stream.feed(self.books_path.read_bytes())]

    def remove(self) -> None:
        """Delete the files; readers that have them open read on."""
        for path in (self.path, self.books_path):
            path.unlink(missing_ok=True)


def header(dataset: str, first_ns: int) -> bytes:
    """Encode the metadata of a file of records."""
    return bytes(make_metadata(dataset, None, first_ns, stype_in=None).encode())


def _books_header(
    dataset: str, first_ns: int, books: Sequence[np.ndarray], names: Mapping[int, str]
) -> bytes:
    """Encode the metadata of a file of books: of its instruments the names."""
    day = utc_date(first_ns)
    ids = sorted({int(one) for records in books for one in np.unique(records["instrument_id"])})
    mappings = {
        names[one]: [(day, day + timedelta(days=1), str(one))] for one in ids if one in names
    }
    metadata = make_metadata(dataset, Schema.MBO, first_ns, None, list(mappings), mappings)
    return bytes(metadata.encode())


def write_all(descriptor: int, data: bytes | memoryview) -> None:
    """Hand bytes to the disk, all of them.

    Raises
    ------
    OSError
        The disk took only a part, or nothing.
    """
    view = memoryview(data).cast("B")
    while view:
        view = view[os.write(descriptor, view) :]


def create(
    segment: Segment, dataset: str, books: Sequence[np.ndarray], names: Mapping[int, str]
) -> int:
    """Make the files of a segment and give the descriptor of the one for its records.

    Parameters
    ----------
    segment : Segment
        Which.
    dataset : str
        Of the records.
    books : sequence of numpy.ndarray
        As they are before it.
    names : mapping of int to str
        Symbols of the instruments in them.

    Raises
    ------
    OSError
        The disk refuses; neither file is there then.
    """
    try:
        content = b"".join(records.tobytes() for records in books)
        if content:
            data = _books_header(dataset, segment.first_ns, books, names) + content
            segment.books_path.write_bytes(data)
            segment.books_bytes = len(data)
        descriptor = os.open(
            segment.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o644
        )
        first = header(dataset, segment.first_ns)
        try:
            write_all(descriptor, first)
        except OSError:
            os.close(descriptor)
            raise
    except OSError:
        segment.remove()
        raise
    segment.header_bytes = len(first)
    return descriptor


def found_in(folder: Path, quotes: Schema) -> Iterator[Segment]:
    """Find the segments that a folder holds, oldest first; cut the last one to whole records.

    Files that cannot be read are left where they are, and left out.
    """
    paths = sorted(path for path in folder.glob("[0-9]*.dbn") if path.stem.isdecimal())
    for path in paths:
        try:
            segment = _look_at(path, quotes)
        except (TapeError, OSError):
            continue
        yield segment


def _look_at(path: Path, quotes: Schema) -> Segment:
    stream = RecordStream(quotes=quotes)
    with path.open("rb") as file:
        batches = stream.feed(file.read(1 << 16))
    if stream.metadata is None:
        raise NotDbnError(f"{path} has no metadata")
    size = len(bytes(stream.metadata.encode()))
    segment = Segment(
        path.parent, int(path.stem), int(stream.metadata.start), size, path.stat().st_size - size
    )
    if segment.books_path.exists():
        segment.books_bytes = segment.books_path.stat().st_size
    if batches and batches[0].schema is Schema.SYSTEM:
        gaps = gaps_in(batches[0].records[:1])
        segment.gap = gaps[0] if gaps else None
    return segment


def mend(segment: Segment, quotes: Schema) -> int:
    """Cut a segment to its whole records; give the time of the last of them."""
    last_ns, whole = segment.first_ns, 0
    stream = RecordStream(quotes=quotes)
    try:
        with segment.path.open("rb") as file:
            while data := file.read(READ_BYTES):
                for batch in stream.feed(data):
                    whole += batch.records.nbytes
                    last_ns = max(last_ns, time_of(batch))
    except NotDbnError:
        pass  # What follows the last whole record is of no use: it is cut off.
    if whole != segment.content_bytes:
        os.truncate(segment.path, segment.header_bytes + whole)
        segment.content_bytes = whole
    return last_ns


def time_of(batch: Batch) -> int:
    """Give the time of the last record of a batch; 0 where its schema has no time."""
    if batch.schema in _NOT_TIMED or not len(batch.records):
        return 0
    return int(batch.records[index_field(batch.schema)][-1])
