"""The studies of one instrument over a whole tape."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final, NamedTuple

import numpy as np

from ticktape.flow.instrument import FlowInstrument, flow_instrument
from ticktape.flow.instrument_choice import InstrumentChoice, Roll
from ticktape.flow.instrument_flow import FlowRows, InstrumentFlow
from ticktape.flow.joined_rows import join_rows
from ticktape.flow.print_hours import PrintHours
from ticktape.flow.prints import PRINT_SCHEMAS
from ticktape.flow.profile.levels import ProfileSummary, summary_of
from ticktape.flow.session.bars import BarsSettings
from ticktape.flow.signals.signal import SignalKind
from ticktape.flow.thresholds import DEFAULT_THRESHOLDS, Thresholds, unmatched_note
from ticktape.tape.batch import Batch
from ticktape.tape.errors import WrongSchemaError
from ticktape.tape.layouts import Schema, index_field
from ticktape.tape.session import Session

ALL_HOURS: Final = PrintHours()
MINUTES: Final = BarsSettings()
# Of a year of days and more: the profile is that of the whole tape.
_MOST_SESSIONS: Final = 1_000


class TapeFlow(NamedTuple):
    """What the studies found.

    Attributes
    ----------
    instrument : FlowInstrument
        Whose prints they were.
    session : Session or None
        The last one that began.
    sums : numpy.void
        dtype ``TALLY``: of all prints taken.
    rows : dict of str to numpy.ndarray
        Every study's rows, those still open at the end of the tape last.
    levels : numpy.ndarray
        dtype ``PROFILE_LEVEL``: the volume at each price, over all sessions.
    thresholds : dict of str to str
        Those of the studies that are not as by default.
    roll : Roll or None
        Where the symbol stands for another instrument later on the tape: the studies end there.
    notes : tuple of str
        What was asked for and has no effect.
    value_area_percent : int
        Share of the volume with a side that the value area holds, at least.
    """

    instrument: FlowInstrument
    session: Session | None
    sums: np.void
    rows: FlowRows
    levels: np.ndarray
    thresholds: dict[str, str]
    roll: Roll | None
    notes: tuple[str, ...] = ()
    value_area_percent: int = 70

    @property
    def profile(self) -> ProfileSummary | None:
        """Point of control and value area of all prints; None without one that has a side."""
        return summary_of(self.levels, self.value_area_percent)

    def signal_counts(self) -> dict[int, int]:
        """Count the signals of each ``SignalKind``."""
        kinds = self.rows["signals"]["kind"]
        return {kind: int((kinds == kind).sum()) for kind in SignalKind}


def flow_of_tape(
    batches: Iterable[Batch],
    metadata: Any,  # noqa: ANN401 -- the vendor's untyped Metadata
    symbol: str | None = None,
    *,
    hours: PrintHours = ALL_HOURS,
    schema: Schema | None = None,
    tick: int | None = None,
    thresholds: Thresholds = DEFAULT_THRESHOLDS,
    bars: BarsSettings = MINUTES,
) -> TapeFlow:
    """Study one instrument of a tape.

    Parameters
    ----------
    batches : iterable of Batch
        The tape: records with prints; definitions and symbol mappings where it has them, in front.
    metadata : databento_dbn.Metadata
        Of the tape.
    symbol : str, optional
        What stands for one instrument; not needed where the tape has one only.
    hours : PrintHours
        Which prints are taken; by default all.
    schema : Schema, optional
        Which records to take of a tape that has prints in several schemas.
    tick : int, optional
        Least price step, 1e-9; needed where neither a definition nor the product's root tells it.
    thresholds : Thresholds
        Of the studies.
    bars : BarsSettings
        What bars; by default of a minute.

    Returns
    -------
    TapeFlow

    Raises
    ------
    WrongSchemaError
        If the tape has no prints, or has them in several schemas.
    UnknownSymbolError
        If the tape does not know the symbol.
    BadValueError
        If the symbol stands for several instruments, or the tick is not known.
    """
    choice = InstrumentChoice(metadata, symbol, hours.start_ns or None)
    study: _Study | None = None
    taken: Schema | None = None
    others: set[Schema] = set()
    for batch in batches:
        if batch.schema not in PRINT_SCHEMAS or schema not in (None, batch.schema):
            choice.tell(batch)
            others.add(batch.schema)
            continue
        if taken not in (None, batch.schema):
            raise WrongSchemaError(
                f"the tape has prints in {' and '.join(sorted((taken, batch.schema)))}",
                hint="choose one with --schema",
            )
        taken = batch.schema
        if study is None:
            ids = batch.records["instrument_id"]
            study = _Study(choice, ids, hours, tick, thresholds, bars)
        if study.take(batch):
            break
    if study is None:
        if others:
            raise _no_prints(others, schema)
        study = _Study(choice, np.empty(0, "u4"), hours, tick, thresholds, bars)
    return study.found()


class _Study:
    """The studies of the instrument that was chosen, from the first records on."""

    def __init__(
        self,
        choice: InstrumentChoice,
        ids: np.ndarray,
        hours: PrintHours,
        tick: int | None,
        thresholds: Thresholds,
        bars: BarsSettings,
    ) -> None:
        traded = set(np.unique(ids).tolist())
        chosen = choice.choose(traded)
        instrument = flow_instrument(
            chosen.symbol, chosen.instrument_id, definition=chosen.definition, tick=tick
        )
        self._end_ns = hours.end_ns
        self._roll = choice.roll_after(chosen)
        if self._roll is not None and (self._end_ns is None or self._roll.ns < self._end_ns):
            self._end_ns = self._roll.ns
        self._thresholds = thresholds.texts_of(chosen.symbol)
        self._notes = _unmatched_notes(thresholds, choice, traded)
        settings = thresholds.settings_of(chosen.symbol)
        profile = replace(settings.profile, kept_sessions=_MOST_SESSIONS)
        self._flow = InstrumentFlow(
            instrument,
            replace(settings, profile=profile, bars=bars),
            hours=replace(hours, end_ns=self._end_ns),
        )
        self._closed: dict[str, list[np.ndarray]] = {}
        self._last_ns = 0

    def take(self, batch: Batch) -> bool:
        """Take records, and tell whether they were the last that matter."""
        self._keep(self._flow.update(batch))
        if len(batch.records):
            last_ns = int(batch.records[index_field(batch.schema)][-1])
            self._last_ns = max(self._last_ns, last_ns)
        return self._end_ns is not None and self._flow.clock_ns >= self._end_ns

    def _keep(self, rows: FlowRows) -> None:
        for name, some in rows.items():
            self._closed.setdefault(name, []).append(some)

    def found(self) -> TapeFlow:
        """End with what is open, and give all."""
        flow = self._flow
        self._keep(flow.current())
        every = {
            name: join_rows(self._closed.get(name, []), dtype) for name, dtype in flow.rows.items()
        }
        has_rolled = self._roll is not None and self._end_ns == self._roll.ns <= self._last_ns
        return TapeFlow(
            flow.instrument,
            flow.session,
            flow.sums(),
            every,
            flow.prints.profile.composite(_MOST_SESSIONS),
            self._thresholds,
            self._roll if has_rolled else None,
            self._notes,
            flow.settings.profile.value_area_percent,
        )


def _unmatched_notes(
    thresholds: Thresholds, choice: InstrumentChoice, traded: set[int]
) -> tuple[str, ...]:
    if not thresholds.named:
        return ()
    symbols = choice.symbols(traded)
    return tuple(unmatched_note(one, symbols) for one in thresholds.unmatched(symbols))


def _no_prints(others: set[Schema], schema: Schema | None) -> WrongSchemaError:
    needed = schema or ", ".join(PRINT_SCHEMAS)
    return WrongSchemaError(
        f"the tape holds {', '.join(sorted(others))} records", hint=f"studies need {needed}"
    )
