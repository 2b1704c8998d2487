"""The studies of one instrument over a whole tape."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import numpy as np

from ticktape.flow.flow_settings import FlowSettings
from ticktape.flow.instrument import FlowInstrument, flow_instrument
from ticktape.flow.instrument_choice import InstrumentChoice
from ticktape.flow.instrument_flow import FlowRows, InstrumentFlow
from ticktape.flow.joined_rows import join_rows
from ticktape.flow.print_hours import PrintHours
from ticktape.flow.prints import PRINT_SCHEMAS
from ticktape.flow.profile.levels import ProfileSummary, summary_of
from ticktape.flow.profile.settings import ProfileSettings
from ticktape.flow.signals.signal import SignalKind
from ticktape.tape.batch import Batch
from ticktape.tape.errors import WrongSchemaError
from ticktape.tape.layouts import Schema
from ticktape.tape.session import Session

ALL_HOURS: Final = PrintHours()
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
    """

    instrument: FlowInstrument
    session: Session | None
    sums: np.void
    rows: FlowRows
    levels: np.ndarray

    @property
    def profile(self) -> ProfileSummary | None:
        """Point of control and value area of all prints; None without one that has a side."""
        return summary_of(self.levels)

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
    flow: InstrumentFlow | None = None
    taken: Schema | None = None
    others: set[Schema] = set()
    closed: dict[str, list[np.ndarray]] = {}
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
        if flow is None:
            flow = _flow_of(choice, batch.records["instrument_id"], hours, tick)
        for name, rows in flow.update(batch).items():
            closed.setdefault(name, []).append(rows)
        if hours.end_ns is not None and flow.clock_ns >= hours.end_ns:
            break
    if flow is None:
        if others:
            raise _no_prints(others, schema)
        flow = _flow_of(choice, np.empty(0, "u4"), hours, tick)
    for name, rows in flow.current().items():
        closed.setdefault(name, []).append(rows)
    every = {name: join_rows(closed.get(name, []), dtype) for name, dtype in flow.rows.items()}
    levels = flow.prints.profile.composite(_MOST_SESSIONS)
    return TapeFlow(flow.instrument, flow.session, flow.sums(), every, levels)


def _flow_of(
    choice: InstrumentChoice, ids: np.ndarray, hours: PrintHours, tick: int | None
) -> InstrumentFlow:
    chosen = choice.choose(set(np.unique(ids).tolist()))
    instrument = flow_instrument(
        chosen.symbol, chosen.instrument_id, definition=chosen.definition, tick=tick
    )
    settings = FlowSettings(profile=ProfileSettings(kept_sessions=_MOST_SESSIONS))
    return InstrumentFlow(instrument, settings, hours=hours)


def _no_prints(others: set[Schema], schema: Schema | None) -> WrongSchemaError:
    needed = schema or ", ".join(PRINT_SCHEMAS)
    return WrongSchemaError(
        f"the tape holds {', '.join(sorted(others))} records", hint=f"studies need {needed}"
    )
