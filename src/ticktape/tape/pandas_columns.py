"""Columns of pandas frames, made without a Python object for every row."""

from __future__ import annotations

from datetime import tzinfo
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from ticktape.tape.arrow_records import text_array


def times(values: np.ndarray, tz: tzinfo | str) -> pd.DatetimeIndex:
    """Give timestamps in a time zone.

    Parameters
    ----------
    values : numpy.ndarray
        Shape ``(n,)``, ``int64`` nanoseconds; the least integer is NaT.
    tz : tzinfo or str
        The zone.

    Returns
    -------
    pandas.DatetimeIndex
    """
    return pd.DatetimeIndex(values.view("datetime64[ns]")).tz_localize("UTC").tz_convert(tz)


def byte_categories(values: np.ndarray, letters: str) -> pd.Categorical:
    """Give a categorical of single characters.

    Parameters
    ----------
    values : numpy.ndarray
        Shape ``(n,)``, ``uint8``.
    letters : str
        The categories; other characters that occur come after them.

    Returns
    -------
    pandas.Categorical
    """
    codes_of = np.full(256, -1, np.int8)
    codes_of[[ord(letter) for letter in letters]] = np.arange(len(letters))
    codes = codes_of[values]
    names = list(letters)
    if (codes < 0).any():
        others = np.unique(values[codes < 0]).tolist()
        codes_of[others] = len(names) + np.arange(len(others))
        names += [chr(other) if other else "" for other in others]
        codes = codes_of[values]
    return categories(codes, names)


def categories(codes: np.ndarray, names: list[str]) -> pd.Categorical:
    """Give a categorical; code -1 is missing."""
    made: pd.Categorical = pd.Categorical.from_codes(codes, pd.Index(names, dtype=_text_dtype()))
    return made


def texts(values: np.ndarray) -> Any:  # noqa: ANN401 -- an array of the default text dtype
    """Give text in the dtype that pandas itself would choose.

    Parameters
    ----------
    values : numpy.ndarray
        Shape ``(n,)``, dtype ``u1`` or ``S``.

    Returns
    -------
    pandas.api.extensions.ExtensionArray or numpy.ndarray
    """
    return _default_text(text_array(values))


def symbol_texts(codes: np.ndarray, names: list[str]) -> Any:  # noqa: ANN401 -- as texts
    """Give symbols as text; objects where all are missing, as the vendor's frames do."""
    if (codes < 0).all():
        return np.full(len(codes), None, object)
    indices = pa.array(codes, mask=codes < 0)
    text = pa.DictionaryArray.from_arrays(indices, pa.array(names, pa.large_string()))
    return _default_text(text.cast(pa.large_string()))


def _default_text(text: pa.Array) -> Any:  # noqa: ANN401 -- as texts
    dtype: Any = _text_dtype()
    if isinstance(dtype, pd.StringDtype):
        return dtype.__from_arrow__(text)  # type: ignore[attr-defined]
    return text.to_numpy(zero_copy_only=False)


def _text_dtype() -> Any:  # noqa: ANN401 -- pandas 3 has text of its own, pandas 2 objects
    return pd.Series(["text"]).dtype
