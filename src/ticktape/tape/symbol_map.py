"""Which symbol an instrument id stood for, at any time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple, Self

import databento_dbn as dbn
import numpy as np

from ticktape.tape.errors import BadValueError
from ticktape.tape.layouts import UNDEF_TIMESTAMP
from ticktape.tape.metadata import MappingInterval, interval_ns
from ticktape.tape.times import NS_PER_DAY, utc_date

_INSTRUMENT_ID = "instrument_id"


class Interval(NamedTuple):
    """A symbol that an instrument id stood for.

    Attributes
    ----------
    start_ns, end_ns : int
        First nanosecond, and one past the last.
    symbol : str
        The symbol.
    """

    start_ns: int
    end_ns: int
    symbol: str


class _Index(NamedTuple):
    ids: np.ndarray
    starts: np.ndarray
    keys: np.ndarray
    ends: np.ndarray
    symbols: np.ndarray


class SymbolMap:
    """Point-in-time instrument ids and symbols.

    Where intervals of one id overlap, the one that starts last counts, and of those with equal
    starts the one added last: the vendor's own rule.
    """

    def __init__(self) -> None:
        self._intervals: dict[int, list[Interval]] = {}
        self._ids: dict[str, list[tuple[int, int, int]]] = {}
        self._index: _Index | None = None

    @classmethod
    def from_metadata(cls, metadata: dbn.Metadata) -> Self:
        """Make a map from a tape's metadata.

        Parameters
        ----------
        metadata : databento_dbn.Metadata
            Mappings where neither side is an instrument id give no entries.

        Returns
        -------
        SymbolMap
        """
        made = cls()
        made.add_mappings(metadata.mappings, metadata.stype_in, metadata.stype_out)
        return made

    @classmethod
    def from_resolve(cls, answer: Mapping[str, Any]) -> Self:
        """Make a map from the answer of the vendor's ``symbology.resolve``.

        Parameters
        ----------
        answer : mapping
            With ``result``, ``stype_in`` and ``stype_out``.

        Returns
        -------
        SymbolMap

        Raises
        ------
        BadValueError
            If the answer is not of that form.
        """
        made = cls()
        try:
            mappings = {
                symbol: [
                    MappingInterval(
                        date.fromisoformat(entry["d0"]),
                        date.fromisoformat(entry["d1"]),
                        str(entry["s"]),
                    )
                    for entry in entries
                ]
                for symbol, entries in answer["result"].items()
            }
            made.add_mappings(mappings, answer["stype_in"], answer["stype_out"])
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise BadValueError(f"not an answer of symbology.resolve: {error!r}") from error
        return made

    def add_mappings(
        self,
        mappings: Mapping[str, Any],
        stype_in: str | dbn.SType | None,
        stype_out: str | dbn.SType | None,
    ) -> None:
        """Add the mappings of a tape's metadata.

        Parameters
        ----------
        mappings : mapping
            Symbol to intervals, as ``Metadata.mappings`` gives them.
        stype_in, stype_out : str, databento_dbn.SType or None
            What the symbols are, and what they map to.

        Raises
        ------
        BadValueError
            If an instrument id is no number.
        """
        ids_first = str(stype_in) == _INSTRUMENT_ID
        if not ids_first and str(stype_out) != _INSTRUMENT_ID:
            return
        # The vendor's metadata gives them in another order every time it is asked.
        for symbol, entries in sorted(mappings.items()):
            for start_ns, end_ns, mapped in map(interval_ns, entries):
                if not mapped:
                    continue
                number, name = (symbol, mapped) if ids_first else (mapped, symbol)
                if not number.isdecimal():
                    raise BadValueError(f"symbol {symbol!r} maps to {mapped!r}, no instrument id")
                self.add(int(number), name, start_ns, end_ns)

    def add_mapping_records(self, records: np.ndarray) -> None:
        """Add what a live session's mapping records say.

        Parameters
        ----------
        records : numpy.ndarray
            Dtype ``LAYOUTS[Schema.SYMBOL_MAPPING]``. The output symbol is taken, unless it is an
            instrument id: then the input symbol. Where a start is undefined, the mapping holds
            from the record on; where an end is, until another replaces it.
        """
        for record in records:
            symbol = record["stype_out_symbol"].decode()
            if symbol.isdecimal():
                symbol = record["stype_in_symbol"].decode()
            start, end = int(record["start_ts"]), int(record["end_ts"])
            if start == UNDEF_TIMESTAMP:
                start = int(record["ts_event"])
                start = 0 if start == UNDEF_TIMESTAMP else start
            self.add(int(record["instrument_id"]), symbol, start, end)

    def add(
        self, instrument_id: int, symbol: str, start_ns: int = 0, end_ns: int = UNDEF_TIMESTAMP
    ) -> None:
        """Add one interval.

        Parameters
        ----------
        instrument_id : int
            The instrument.
        symbol : str
            Its symbol.
        start_ns, end_ns : int
            First nanosecond, and one past the last.
        """
        intervals = self._intervals.setdefault(instrument_id, [])
        added = Interval(start_ns, end_ns, symbol)
        if intervals and intervals[-1] == added:
            return
        intervals.append(added)
        if len(intervals) > 1 and intervals[-2].start_ns > start_ns:
            intervals.sort(key=lambda interval: interval.start_ns)
        self._ids.setdefault(symbol, []).append((start_ns, end_ns, instrument_id))
        self._index = None

    def __len__(self) -> int:
        """Count the instrument ids."""
        return len(self._intervals)

    def symbol_of(self, instrument_id: int, when_ns: int | None = None) -> str | None:
        """Give the symbol of an instrument.

        Parameters
        ----------
        instrument_id : int
            The instrument.
        when_ns : int, optional
            The time; by default the last interval counts.

        Returns
        -------
        str or None
            None where the id has no symbol then.
        """
        intervals = self._intervals.get(int(instrument_id))
        if not intervals:
            return None
        if when_ns is None:
            return intervals[-1].symbol
        for interval in reversed(intervals):
            if interval.start_ns <= when_ns:
                return interval.symbol if when_ns < interval.end_ns else None
        return None

    def id_of(self, symbol: str, when_ns: int | None = None) -> int | None:
        """Give the instrument that a symbol stands for.

        Parameters
        ----------
        symbol : str
            The symbol.
        when_ns : int, optional
            The time; by default the interval added last counts.

        Returns
        -------
        int or None
        """
        for start_ns, end_ns, instrument_id in reversed(self._ids.get(symbol, ())):
            if when_ns is None or start_ns <= when_ns < end_ns:
                return instrument_id
        return None

    def at(self, when_ns: int | None = None) -> dict[int, str]:
        """Give every instrument that has a symbol at a time.

        Parameters
        ----------
        when_ns : int, optional
            The time; by default every instrument's last interval counts.

        Returns
        -------
        dict of int to str
            By instrument id.
        """
        found = ((key, self.symbol_of(key, when_ns)) for key in self._intervals)
        return {key: symbol for key, symbol in found if symbol is not None}

    def intervals_of(self, instrument_id: int) -> tuple[Interval, ...]:
        """Give an instrument's intervals by their starts."""
        return tuple(self._intervals.get(int(instrument_id), ()))

    def symbol_codes(
        self, instrument_ids: np.ndarray, times_ns: np.ndarray
    ) -> tuple[np.ndarray, list[str]]:
        """Give the symbols of many records.

        Parameters
        ----------
        instrument_ids : numpy.ndarray
            Shape ``(n,)``, unsigned integers.
        times_ns : numpy.ndarray
            Shape ``(n,)``, ``uint64`` nanoseconds.

        Returns
        -------
        numpy.ndarray, list of str
            For each record the position of its symbol in the list, ``int32``; -1 where it has
            none.
        """
        index = self._index or self._build_index()
        self._index = index
        if not len(index.ids):
            return np.full(len(instrument_ids), -1, np.int32), []
        place = index.ids.searchsorted(instrument_ids)
        place[place == len(index.ids)] = 0
        known = index.ids[place] == instrument_ids
        # Composite keys order all intervals by instrument, then start: one search finds, for each
        # record, the last interval of its instrument that has begun.
        span = len(index.starts) + 1
        wanted = place * span + index.starts.searchsorted(times_ns, "right")
        last = index.keys.searchsorted(wanted, "right") - 1
        known &= (last >= 0) & (index.keys[last] // span == place)
        known &= times_ns < index.ends[last]
        names, codes = np.unique(index.symbols, return_inverse=True)
        return np.where(known, codes[last], -1).astype(np.int32), names.tolist()

    def _build_index(self) -> _Index:
        ids = np.array(sorted(self._intervals), np.uint64)
        rows = [
            (place, *one) for place, key in enumerate(ids.tolist()) for one in self._intervals[key]
        ]
        starts = np.array([row[1] for row in rows], np.uint64)
        distinct = np.unique(starts)
        places = np.array([row[0] for row in rows], np.int64)
        keys = places * (len(distinct) + 1) + distinct.searchsorted(starts, "right")
        ends = np.array([row[2] for row in rows], np.uint64)
        return _Index(ids, distinct, keys, ends, np.array([row[3] for row in rows], object))

    def to_mappings(self) -> dict[str, list[MappingInterval]]:
        """Give the mappings for a tape's metadata: raw symbols to instrument ids, by UTC day.

        Returns
        -------
        dict of str to list of MappingInterval
        """
        mappings: dict[str, list[MappingInterval]] = {}
        for instrument_id, intervals in self._intervals.items():
            for start_ns, end_ns, symbol in intervals:
                last = date.max if end_ns == UNDEF_TIMESTAMP else utc_date(end_ns + NS_PER_DAY - 1)
                first = utc_date(start_ns)
                entry = MappingInterval(first, last, str(instrument_id))
                mappings.setdefault(symbol, []).append(entry)
        return mappings
