"""DBN files as one tape: any version, plain or zstd, one file or many merged by time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import databento_dbn as dbn

from ticktape.tape.batch import Batch
from ticktape.tape.byte_source import ByteSource, ZstdSource, open_source
from ticktape.tape.errors import (
    BadValueError,
    NotDbnError,
    TapeError,
    TruncatedTapeError,
    WrongSchemaError,
)
from ticktape.tape.layouts import Schema
from ticktape.tape.merge import first_key, merge_by_time
from ticktape.tape.metadata import (
    DBN_MAGIC,
    PRELUDE_BYTES,
    decode_metadata,
    merge_metadata,
    metadata_bytes_left,
    schema_of,
    with_mappings,
    without_ts_out,
)
from ticktape.tape.prefetch import prefetch
from ticktape.tape.record_runs import Cut, RecordRuns
from ticktape.tape.symbol_map import SymbolMap

DEFAULT_CHUNK_RECORDS: Final = 1 << 16
_METADATA_READ: Final = 1 << 16
_SMALLEST_SHARE: Final = 1 << 10


class _File(NamedTuple):
    path: Path
    metadata: dbn.Metadata
    version: int


class Tape:
    """Records of one or several DBN files, in order; made by :func:`read_dbn`.

    Every ``iter()`` reads from the beginning.

    Attributes
    ----------
    paths : tuple of pathlib.Path
        The files.
    metadata : databento_dbn.Metadata
        Of the file, or merged of all. It says ``ts_out`` only where the send times are kept.
    has_ts_out : bool
        True if the files hold send times, kept or not.
    versions : tuple of int
        DBN version of each file; records are always given as version 3.
    cuts : list of Cut
        After iterating: the files that end too early.
    skipped : Counter
        After iterating: records of unknown types that were passed over, by type.
    """

    def __init__(
        self,
        files: tuple[_File, ...],
        *,
        chunk_records: int,
        schema: Schema | None,
        keep_ts_out: bool,
        strict: bool,
    ) -> None:
        self._files = files
        self._chunk_records = chunk_records
        self._schema = schema
        self._keep_ts_out = keep_ts_out
        self._strict = strict
        self.paths = tuple(file.path for file in files)
        self.metadata = merge_metadata([file.metadata for file in files])
        self.has_ts_out = bool(self.metadata.ts_out)
        if self.has_ts_out and not keep_ts_out:
            self.metadata = without_ts_out(self.metadata)
        self.versions = tuple(file.version for file in files)
        self.cuts: list[Cut] = []
        self.skipped: Counter[int] = Counter()

    @property
    def cut(self) -> Cut | None:
        """After iterating: where the first file that ends too early does so; None if none does."""
        return self.cuts[0] if self.cuts else None

    def metadata_with_symbols(self) -> dbn.Metadata:
        """Give the metadata with what the records themselves say of symbols.

        A live session's tape states no schema, and names its instruments only in mapping records:
        such files are read once for this, whatever schema the tape was asked for.

        Returns
        -------
        databento_dbn.Metadata
            With the mappings of the records, by UTC day; :attr:`metadata` where there are none.

        Raises
        ------
        TapeError
            If a record cannot be read.
        """
        symbols = SymbolMap.from_metadata(self.metadata)
        found = False
        for file in self._files:
            if schema_of(file.metadata) is not None:
                continue
            source, _ = _open(file.path)
            with closing(source):
                for batch in self._runs(file, source, self._chunk_records):
                    if batch.schema is Schema.SYMBOL_MAPPING:
                        symbols.add_mapping_records(batch.records)
                        found = True
        return with_mappings(self.metadata, symbols.to_mappings()) if found else self.metadata

    def __iter__(self) -> Iterator[Batch]:
        self.cuts = []
        self.skipped = Counter()
        if len(self._files) == 1:
            yield from self._read(self._files[0], self._chunk_records)
            return
        share = max(_SMALLEST_SHARE, self._chunk_records // len(self._files))
        yield from merge_by_time(
            [(self._first_time(file), partial(self._read, file, share)) for file in self._files]
        )

    def _first_time(self, file: _File) -> int:
        source, _ = _open(file.path)
        with closing(source):
            first = next(iter(self._runs(file, source, 1)), None)
        return 0 if first is None else first_key(first)

    def _runs(self, file: _File, source: ByteSource, chunk_records: int) -> RecordRuns:
        return RecordRuns(
            source,
            file.version,
            schema_of(file.metadata) or self._schema,
            chunk_records,
            file.path,
            keep_ts_out=self._keep_ts_out,
        )

    def _read(self, file: _File, chunk_records: int) -> Iterator[Batch]:
        source, _ = _open(file.path)
        runs = self._runs(file, source, chunk_records)
        batches = prefetch(runs) if isinstance(source, ZstdSource) else iter(runs)
        with closing(source):
            for batch in batches:
                if self._schema is None or batch.schema is self._schema:
                    yield batch
        self.skipped += runs.skipped
        if runs.cut is not None:
            self.cuts.append(runs.cut)
            if self._strict:
                raise TruncatedTapeError(
                    runs.cut.reason, path=runs.cut.path, record=runs.cut.record
                )


def read_dbn(
    *paths: Path | str,
    chunk_records: int = DEFAULT_CHUNK_RECORDS,
    schema: Schema | str | None = None,
    keep_ts_out: bool = False,
    strict: bool = False,
) -> Tape:
    """Open DBN files as one tape.

    Memory stays bounded whatever the size of the files. Files of older versions are upgraded.
    Several files are merged by index time (``ts_recv`` where the schema has one, else
    ``ts_event``); the order within a file is kept, and equal times keep the order of the files.

    Parameters
    ----------
    *paths : path
        ``.dbn`` or ``.dbn.zst`` files; what they are is told by their content.
    chunk_records : int
        Most records in a batch.
    schema : Schema or str, optional
        Give only records of this schema.
    keep_ts_out : bool
        Keep the gateway's send time of records that have one (dtype ``LAYOUTS_TS_OUT``).
    strict : bool
        Raise TruncatedTapeError at the end of a tape that was cut, rather than telling by ``cut``.

    Returns
    -------
    Tape

    Raises
    ------
    TapeNotFoundError, EmptyTapeError, NotDbnError, TruncatedTapeError, TapeError
        If a file cannot be read as DBN: at once where its metadata says so, while iterating where
        a record does.
    WrongSchemaError
        If a file states another schema than asked for, or if send times are to be kept and only
        some of the files have them.
    """
    if not paths:
        raise BadValueError("no tape was named", hint="give at least one .dbn or .dbn.zst file")
    if chunk_records < 1:
        raise BadValueError(f"chunk_records is {chunk_records}", hint="give 1 or more")
    wanted = None if schema is None else _schema_named(schema)
    files = []
    for path in map(Path, paths):
        source, file = _open(path)
        source.close()
        stated = schema_of(file.metadata)
        if wanted is not None and stated is not None and stated is not wanted:
            raise WrongSchemaError(f"{path} holds {stated} records, not {wanted}")
        files.append(file)
    if keep_ts_out:
        _check_one_ts_out(files)
    return Tape(
        tuple(files),
        chunk_records=chunk_records,
        schema=wanted,
        keep_ts_out=keep_ts_out,
        strict=strict,
    )


def _check_one_ts_out(files: list[_File]) -> None:
    without = [str(file.path) for file in files if not file.metadata.ts_out]
    if without and len(without) < len(files):
        having = [str(file.path) for file in files if file.metadata.ts_out]
        raise WrongSchemaError(
            f"{', '.join(having)} have send times (ts_out), {', '.join(without)} have none",
            hint="read them without keep_ts_out",
        )


def _schema_named(name: str) -> Schema:
    try:
        return Schema(name)
    except ValueError as error:
        known = ", ".join(Schema)
        raise BadValueError(f"{name!r} is no schema", hint=f"known are {known}") from error


def _open(path: Path) -> tuple[ByteSource, _File]:
    source = open_source(path)
    try:
        encoded = _read_metadata(source, path)
        metadata = decode_metadata(encoded)
    except TapeError as error:
        source.close()
        if error.path is not None:
            raise
        raise type(error)(str(error), path=path) from error
    return source, _File(path, metadata, encoded[3])


def _read_metadata(source: ByteSource, path: Path) -> bytes:
    prelude = _read_bytes(source, PRELUDE_BYTES, path)
    if not DBN_MAGIC.startswith(prelude[:3]):
        raise NotDbnError("does not begin with DBN metadata", path=path)
    if len(prelude) < PRELUDE_BYTES:
        raise TruncatedTapeError("ends inside its metadata", path=path)
    left = metadata_bytes_left(prelude)
    body = _read_bytes(source, left, path)
    if len(body) < left:
        raise TruncatedTapeError("ends inside its metadata", path=path)
    return prelude + body


def _read_bytes(source: ByteSource, count: int, path: Path) -> bytes:
    parts = []
    while count:
        part = bytearray(min(count, _METADATA_READ))
        try:
            got = source.read_into(memoryview(part))
        except OSError as error:
            raise TapeError(f"cannot be read: {error.strerror}", path=path) from error
        if not got:
            break
        parts.append(bytes(part[:got]))
        count -= got
    return b"".join(parts)
