"""The rows of studies written to Parquet: a folder, one file a study."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

from ticktape.tape.errors import TapeWriteError

_FORMAT: bytes = b"ticktape.flow"


def write_flow(
    folder: Path,
    rows: Mapping[str, np.ndarray],
    symbol: str,
    thresholds: Mapping[str, str] = MappingProxyType({}),
) -> list[Path]:
    """Write every study's rows, those of none too.

    Parameters
    ----------
    folder : pathlib.Path
        Made where it is not there; files of the same names in it are replaced.
    rows : mapping of str to numpy.ndarray
        By study; every field is a column: prices in 1e-9, times in nanoseconds, as in the rows.
        A field of several values is a column of lists.
    symbol : str
        Whose they are; stands in each file's metadata.
    thresholds : mapping of str to str
        By which they were made, where not by the defaults; stands there as JSON.

    Returns
    -------
    list of pathlib.Path
        The files, ``STUDY.parquet``.

    Raises
    ------
    TapeWriteError
        If one cannot be written.
    """
    import pyarrow as pa  # noqa: PLC0415 -- slow to import, and seldom needed
    import pyarrow.parquet as pq  # noqa: PLC0415

    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, array in rows.items():
            columns = {field: _column(array[field]) for field in array.dtype.names or ()}
            table = pa.table(columns).replace_schema_metadata(
                {
                    _FORMAT: name.encode(),
                    b"symbol": symbol.encode(),
                    b"thresholds": json.dumps(dict(thresholds)).encode(),
                }
            )
            path = folder / f"{name}.parquet"
            pq.write_table(table, path)
            written.append(path)
    except OSError as error:
        raise TapeWriteError(f"cannot be written: {error.strerror}", path=folder) from error
    return written


def _column(values: np.ndarray) -> object:
    import pyarrow as pa  # noqa: PLC0415

    flat = np.ascontiguousarray(values)
    if values.ndim == 1:
        return pa.array(flat)
    return pa.FixedSizeListArray.from_arrays(pa.array(flat.reshape(-1)), values.shape[1])
