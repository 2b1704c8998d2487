"""Tapes in any form of file: DBN, the vendor's CSV, Parquet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

import databento_dbn as dbn

from ticktape.tape.batch import Batch
from ticktape.tape.dbn_reader import read_dbn
from ticktape.tape.errors import BadValueError, WrongSchemaError
from ticktape.tape.layouts import Schema
from ticktape.tape.metadata import schema_of
from ticktape.tape.record_runs import Cut

_TARGET_SUFFIXES: Final = (".dbn", ".dbn.zst", ".csv", ".csv.zst", ".parquet", ".pq")


class Records(Protocol):
    """A tape, whatever its form: metadata, then batches, from the beginning at every ``iter()``."""

    @property
    def metadata(self) -> dbn.Metadata:
        """What stands in front of the records."""

    @property
    def cut(self) -> Cut | None:
        """After iterating: where the file ends too early."""

    def __iter__(self) -> Iterator[Batch]: ...


def form_of(path: Path | str) -> str:
    """Tell the form of a tape by its name.

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    str
        ``"csv"``, ``"parquet"``, or ``"dbn"`` for everything else.
    """
    path = Path(path)
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".zst"]
    last = suffixes[-1] if suffixes else ""
    return {".csv": "csv", ".parquet": "parquet", ".pq": "parquet"}.get(last, "dbn")


def target_form(path: Path | str) -> str:
    """Tell the form of a tape to be written by its name, which must say one.

    Parameters
    ----------
    path : path
        The file to make.

    Returns
    -------
    str
        ``"csv"``, ``"parquet"`` or ``"dbn"``.

    Raises
    ------
    BadValueError
        If the name ends in none of the known suffixes.
    """
    path = Path(path)
    if not path.name.lower().endswith(_TARGET_SUFFIXES):
        known = ", ".join(_TARGET_SUFFIXES)
        raise BadValueError(
            f"{path}: the name tells no form of tape", hint=f"let it end in one of {known}"
        )
    return form_of(path)


def open_tape(path: Path | str, *, schema: Schema | str | None = None) -> Records:
    """Open a tape of any form.

    Parameters
    ----------
    path : path
        ``.csv``, ``.csv.zst``, ``.parquet``; anything else is read as DBN.
    schema : Schema or str, optional
        Give only records of this schema.

    Returns
    -------
    Records

    Raises
    ------
    TapeError
        If the file cannot be read as such.
    WrongSchemaError
        If it holds another schema.
    """
    form = form_of(path)
    # Arrow is slow to import, and DBN does not need it.
    if form == "csv":
        from ticktape.tape.csv_reader import read_csv  # noqa: PLC0415

        return read_csv(path, schema=schema)
    if form == "parquet":
        from ticktape.tape.parquet import read_parquet  # noqa: PLC0415

        tape = read_parquet(path)
        if schema is not None and tape.schema != schema:
            raise WrongSchemaError(f"{path} holds {schema_of(tape.metadata)}, not {schema}")
        return tape
    return read_dbn(path, schema=schema)
