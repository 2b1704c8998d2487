"""Files of different kinds as one tape, merged by index time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Protocol, runtime_checkable

import databento_dbn as dbn

from ticktape.tape.batch import Batch
from ticktape.tape.dbn_reader import read_dbn
from ticktape.tape.errors import BadValueError
from ticktape.tape.files import form_of, open_tape
from ticktape.tape.merge import merge_by_time
from ticktape.tape.metadata import merge_metadata


@runtime_checkable
class TapeSource(Protocol):
    """A tape that can be read from its beginning any number of times."""

    @property
    def metadata(self) -> dbn.Metadata:
        """What stands in front of the records."""
        ...

    def __iter__(self) -> Iterator[Batch]:
        """Read from the beginning."""
        ...


class _MergedTapes:
    """Tapes of different kinds of files as one, merged by index time."""

    def __init__(self, tapes: Sequence[TapeSource]) -> None:
        self._tapes = tapes
        self.metadata = merge_metadata([tape.metadata for tape in tapes])

    def __iter__(self) -> Iterator[Batch]:
        # Key 0: opened at once, whatever their first records.
        return merge_by_time([(0, partial(iter, tape)) for tape in self._tapes])


def files_named(paths: Path | str | Sequence[Path | str]) -> list[Path]:
    """Give what was named as a list of paths; at least one.

    Raises
    ------
    BadValueError
        If no path is given.
    """
    named = [paths] if isinstance(paths, (str, Path)) else list(paths)
    if not named:
        raise BadValueError("no tape was named", hint="give at least one file")
    return [Path(str(name)) for name in named]


def open_tapes(
    paths: Path | str | TapeSource | Sequence[Path | str], chunk_records: int
) -> TapeSource:
    """Open what is to be replayed as one tape.

    Parameters
    ----------
    paths : path, sequence of path, or TapeSource
        DBN, vendor CSV and Parquet files, merged by index time; or a tape that is open already.
    chunk_records : int
        Most records in a batch of a DBN file.

    Returns
    -------
    TapeSource

    Raises
    ------
    TapeError
        If a file is missing, empty or not a tape.
    BadValueError
        If no path is given.
    """
    if isinstance(paths, TapeSource):
        return paths
    files = files_named(paths)
    dbn_files = [path for path in files if form_of(path) == "dbn"]
    tapes: list[TapeSource] = [open_tape(path) for path in files if path not in dbn_files]
    if dbn_files:
        tapes.append(read_dbn(*dbn_files, chunk_records=chunk_records))
    return tapes[0] if len(tapes) == 1 else _MergedTapes(tapes)
