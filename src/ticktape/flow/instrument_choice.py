"""Which one instrument of a tape a symbol stands for."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from ticktape.tape.batch import Batch
from ticktape.tape.errors import BadValueError, UnknownSymbolError, UnresolvableSymbolError
from ticktape.tape.instruments import Instrument, Instruments
from ticktape.tape.layouts import UNDEF_TIMESTAMP, Schema
from ticktape.tape.symbol_map import SymbolMap
from ticktape.tape.symbology import infer_stype, resolve_symbols
from ticktape.tape.times import NS_PER_DAY

_NAMED: Final = 8


class Chosen(NamedTuple):
    """An instrument of a tape.

    Attributes
    ----------
    instrument_id : int
        Its id.
    symbol : str
        Its raw symbol; its id as digits where it has none.
    definition : Instrument or None
        What definition records say of it, or else its symbol alone.
    """

    instrument_id: int
    symbol: str
    definition: Instrument | None


class Roll(NamedTuple):
    """When a symbol begins to stand for another instrument.

    Attributes
    ----------
    ns : int
        The first nanosecond.
    following : Chosen
        What it stands for then.
    """

    ns: int
    following: Chosen


class InstrumentChoice:
    """Finds out which instrument a symbol stands for.

    Parameters
    ----------
    metadata : databento_dbn.Metadata
        Of the tape.
    symbol : str or None
        A raw symbol, an instrument id, a continuous contract, or a parent of which the tape knows
        one outright only. None where the tape has one outright only.
    when_ns : int, optional
        When the symbol is to hold; by default at the tape's start.
    """

    def __init__(self, metadata: Any, symbol: str | None, when_ns: int | None = None) -> None:  # noqa: ANN401 -- the vendor's untyped Metadata
        self._symbols = SymbolMap.from_metadata(metadata)
        self._instruments = Instruments()
        self._symbol = symbol
        self._start_ns = int(metadata.start)
        self._when_ns = max(when_ns or 0, self._start_ns)

    def tell(self, batch: Batch) -> None:
        """Take definitions and symbol mappings; other batches tell nothing."""
        if batch.schema is Schema.DEFINITION:
            self._instruments.add_records(batch.records)
        elif batch.schema is Schema.SYMBOL_MAPPING:
            self._symbols.add_mapping_records(batch.records)

    def choose(self, traded: set[int]) -> Chosen:
        """Choose the instrument.

        Parameters
        ----------
        traded : set of int
            Instrument ids that the tape's records name, as far as they were read.

        Returns
        -------
        Chosen

        Raises
        ------
        UnknownSymbolError
            If the tape does not know the symbol.
        BadValueError
            If it stands for several instruments.
        """
        if self._symbol is None:
            found = self._known() | traded
            names = {self._name(one) for one in found}
            if len(found) > 1 and len(names) == 1:
                # A continuous contract and nothing else: which one it is depends on the time.
                (self._symbol,) = names
        if self._symbol is not None:
            found = self._ids_of(self._symbol, self._when_ns)
            if not found:
                # Where nothing is on the tape any more, it stands for what it did.
                found = self._ids_of(self._symbol, self._start_ns)
        if not found and self._symbol and self._symbol.isdecimal():
            found = traded & {int(self._symbol)}
        if not found:
            raise UnknownSymbolError(
                f"the tape does not know {self._symbol!r}", hint=self._hint(self._known() | traded)
            )
        outrights = {one for one in found if not self._is_spread(one)}
        if len(found) > 1 and len(outrights) != 1:
            what = "the tape has" if self._symbol is None else f"{self._symbol} stands for"
            raise BadValueError(
                f"{what} several instruments", hint=f"choose one with --symbol: {self._hint(found)}"
            )
        (chosen,) = outrights if len(found) > 1 else found
        return self._chosen(chosen)

    def symbols(self, traded: set[int]) -> set[str]:
        """Give the raw symbols of all instruments that the tape knows.

        Parameters
        ----------
        traded : set of int
            Instrument ids that the tape's records name, as far as they were read.
        """
        return {self._name(one) for one in self._known() | traded}

    def roll_after(self, chosen: Chosen) -> Roll | None:
        """Tell when the symbol begins to stand for another instrument than the one chosen.

        Parameters
        ----------
        chosen : Chosen
            Of :meth:`choose`.

        Returns
        -------
        Roll or None
            None where it never does, as far as the tape tells.
        """
        symbol = self._symbol
        if symbol is None or infer_stype(symbol) != "continuous":
            return None
        ends = {one.end_ns for one in self._symbols.intervals_of(chosen.instrument_id)}
        if chosen.definition is not None and chosen.definition.expiration_ns is not None:
            # A contract counts for the whole UTC day on which it expires.
            ends.add((chosen.definition.expiration_ns // NS_PER_DAY + 1) * NS_PER_DAY)
        for end_ns in sorted(ends):
            if self._when_ns < end_ns < UNDEF_TIMESTAMP:
                try:
                    found = self._ids_of(symbol, end_ns) - {chosen.instrument_id}
                except UnresolvableSymbolError:
                    # Not even the tape says what it stands for then.
                    continue
                if found:
                    return Roll(end_ns, self._chosen(found.pop()))
        return None

    def _chosen(self, instrument_id: int) -> Chosen:
        return Chosen(instrument_id, self._name(instrument_id), self._instrument(instrument_id))

    def _known(self) -> set[int]:
        return {one.instrument_id for one in self._instruments} | set(self._symbols.at())

    def _ids_of(self, symbol: str, when_ns: int) -> set[int]:
        asked = [symbol], None, self._instruments, self._symbols
        return resolve_symbols(*asked, when_ns).instrument_ids

    def _instrument(self, instrument_id: int) -> Instrument | None:
        defined = self._instruments.by_id(instrument_id)
        if defined is not None:
            return defined
        told = Instruments.from_symbol_map(self._symbols, self._when_ns)
        return told.by_id(instrument_id)

    def _is_spread(self, instrument_id: int) -> bool:
        instrument = self._instrument(instrument_id)
        return instrument is not None and instrument.is_spread

    def _name(self, instrument_id: int) -> str:
        defined = self._instruments.by_id(instrument_id)
        if defined is not None:
            return defined.raw_symbol
        mapped = self._symbols.symbol_of(instrument_id, self._when_ns)
        return mapped or self._symbols.symbol_of(instrument_id) or str(instrument_id)

    def _hint(self, ids: set[int]) -> str:
        outrights = sorted((self._is_spread(one), self._name(one)) for one in ids)
        names = ", ".join(dict.fromkeys(name for _, name in outrights[:_NAMED]))
        more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
        return f"it has {names}{more}" if names else "it has no instruments"
