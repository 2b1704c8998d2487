"""What one session gets of one schema: its instruments, from its start, with the ends of intervals.

Rules: a replay starts inclusively and compares ``ts_event``, for BBO records ``ts_recv``; after the
last record of an interval of a bar or BBO schema comes one system record END_OF_INTERVAL whose
``ts_event`` is the interval's exclusive end. Source: Databento's live API reference.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Self
from weakref import WeakValueDictionary

import numpy as np

from ticktape.gateway.live.parcel import Lane, Parcel
from ticktape.gateway.live.placement import INTERVALS_NS, SAMPLED, Placed, interval_ends
from ticktape.gateway.live.session_records import SystemCode, system_record
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema

QUOTE_SCHEMAS: Final = SAMPLED | {Schema.MBP_1, Schema.MBP_10, Schema.CMBP_1}


_NOWHERE: Final = np.empty(0, np.int64)


class Selection:
    """A set of instruments, or all of them.

    Sessions that ask for the same instruments share one object, which remembers its last answer,
    so that a batch is filtered once for all of them.
    """

    def __init__(self, instrument_ids: frozenset[int] | None) -> None:
        self.instrument_ids = instrument_ids
        self._wanted = np.array(sorted(instrument_ids or ()), np.uint32)
        self._last: tuple[np.ndarray, tuple[np.ndarray, np.ndarray | None]] | None = None

    def pick(self, records: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
        """Give the records of the wanted instruments, and which they are; None: all of them."""
        if self.instrument_ids is None:
            return records, None
        if self._last is None or self._last[0] is not records:
            ids = records["instrument_id"]
            mask = ids == self._wanted[0] if len(self._wanted) == 1 else np.isin(ids, self._wanted)
            picked = (records, None) if mask.all() else (records[mask], mask)
            self._last = (records, picked)
        return self._last[1]


Form = tuple[Schema, Selection, int | None, int | None, int]
Selections = MutableMapping[frozenset[int] | None, Selection]


class SharedParcel(NamedTuple):
    """What sessions of the same form get of one batch, and the forms they are left in."""

    parcel: Parcel
    forms: list[Form]


@dataclass(slots=True)
class Channel:
    """One schema of one session.

    Attributes
    ----------
    start_ns : int or None
        Records before this time are left out; None where the session asked for no replay.
    is_live : bool
        False while the past that was asked for is being sent: what comes now waits in it.
    """

    schema: Schema
    selection: Selection
    start_ns: int | None = None
    is_live: bool = True
    _open_end_ns: int | None = field(default=None, init=False)
    _closed_end_ns: int = field(default=-1, init=False)

    @property
    def form(self) -> Form:
        """All that decides what the session gets of a batch."""
        return (
            self.schema,
            self.selection,
            self.start_ns,
            self._open_end_ns,
            self._closed_end_ns,
        )

    def go_on_from(self, form: Form) -> None:
        """Take over the open interval of another session of the same form."""
        self._open_end_ns, self._closed_end_ns = form[3:]

    def take(self, placed: Placed, *, alone: bool) -> list[Lane]:
        """Give what the session gets of these records, ends of intervals included.

        Parameters
        ----------
        placed : Placed
            Records of this channel's schema.
        alone : bool
            Nothing else comes of the same batch: places need not be worked out.
        """
        picked, mask = self.selection.pick(placed.records)
        if self.start_ns:
            name = "ts_recv" if self.schema in SAMPLED else "ts_event"
            is_due = picked[name] >= np.uint64(self.start_ns)
            if not is_due.all():
                picked = picked[is_due]
                mask = _kept(mask, is_due)
        if not len(picked):
            return []
        has_intervals = self.schema in INTERVALS_NS
        if alone and not has_intervals:
            return [Lane(Batch(self.schema, picked), _NOWHERE)]
        places = placed.places if mask is None else placed.places[mask]
        if not has_intervals:
            return [Lane(Batch(self.schema, picked), places)]
        return self._with_interval_ends(picked, places, closes=placed.is_derived)

    def _with_interval_ends(
        self, records: np.ndarray, places: np.ndarray, *, closes: bool
    ) -> list[Lane]:
        open_end_ns = self._open_end_ns
        # A late row of an interval that is over counts as one of the interval that runs.
        ends = np.maximum.accumulate(interval_ends(self.schema, records).clip(open_end_ns or 0))
        firsts = np.flatnonzero(np.diff(ends, prepend=-1))
        groups = np.repeat(np.arange(len(firsts)), np.diff(firsts, append=len(records)))
        places = places + 2 * groups
        # Derived rows of an interval come together, and it is over with the last of them; else it
        # is over when a row of a later one comes.
        over_at = np.append(places[firsts[1:] - 1], places[-1]) + 1
        over = list(zip(ends[firsts].tolist(), over_at.tolist(), strict=True))
        if open_end_ns is not None and open_end_ns < over[0][0]:
            over.insert(0, (open_end_ns, int(places[0]) - 1))
        self._open_end_ns = None if closes else over.pop()[0]
        rows = Lane(Batch(self.schema, records), places)
        return [rows, *self._say_over(over)]

    def _say_over(self, intervals: list[tuple[int, int]]) -> list[Lane]:
        told = [(end_ns, place) for end_ns, place in intervals if end_ns > self._closed_end_ns]
        if not told:
            return []
        self._closed_end_ns = told[-1][0]
        text = f"End of interval for {self.schema.value}"
        records = np.repeat(system_record(SystemCode.END_OF_INTERVAL, text, 0), len(told))
        records["ts_event"] = [end_ns for end_ns, _ in told]
        return [Lane(Batch(Schema.SYSTEM, records), np.array([place for _, place in told]))]

    def close_interval(self) -> Parcel:
        """End the open interval, as at the end of the timeline."""
        open_end_ns, self._open_end_ns = self._open_end_ns, None
        return Parcel([] if open_end_ns is None else self._say_over([(open_end_ns, 0)]))

    def start_over(self) -> None:
        """Forget the intervals seen: the timeline jumps."""
        self._open_end_ns = None
        self._closed_end_ns = -1


def _kept(mask: np.ndarray | None, is_due: np.ndarray) -> np.ndarray:
    """Join the choice of instruments with a choice among what it left."""
    if mask is None:
        return is_due
    joined = mask.copy()
    joined[mask] = is_due
    return joined


class Channels:
    """All channels of one session: no record is sent twice where subscriptions overlap.

    Parameters
    ----------
    selections : mapping, optional
        A shared timeline's selections by their instruments.
    """

    def __init__(self, selections: Selections | None = None) -> None:
        self._selections: Selections = WeakValueDictionary() if selections is None else selections
        self._channels: list[Channel] = []
        self._serves_live = True

    @classmethod
    def of(cls, channels: Sequence[Channel]) -> Self:
        """Take channels of another's part that are not live: they are served from here."""
        made = cls()
        made._channels = list(channels)
        made._serves_live = False
        return made

    def __iter__(self) -> Iterator[Channel]:
        return iter(self._channels)

    def __bool__(self) -> bool:
        return bool(self._channels)

    def add(
        self, schema: Schema, instrument_ids: frozenset[int] | None, start_ns: int | None
    ) -> Channel | None:
        """Add instruments (None: all) of a schema; give the channel that carries the new ones.

        Returns
        -------
        Channel or None
            None where the session has them already.
        """
        same = [channel for channel in self._channels if channel.schema is schema]
        if any(channel.selection.instrument_ids is None for channel in same):
            return None
        if instrument_ids is None:
            self._channels = [channel for channel in self._channels if channel not in same]
        else:
            for channel in same:
                instrument_ids -= channel.selection.instrument_ids or frozenset()
            if not instrument_ids:
                return None
        channel = Channel(schema, self._select(instrument_ids), start_ns)
        self._channels.append(channel)
        return channel

    def take(self, made: Sequence[Placed]) -> Parcel:
        """Give what the session gets of a batch and of what was derived from it."""
        wanted = [
            (channel, placed)
            for placed in made
            for channel in self._channels
            if channel.is_live is self._serves_live
            and channel.schema is placed.schema
            and len(placed.records)
        ]
        alone = len(wanted) == 1
        return Parcel(
            [lane for channel, placed in wanted for lane in channel.take(placed, alone=alone)]
        )

    def take_shared(
        self, made: Sequence[Placed], shared: dict[tuple[Form, ...], SharedParcel]
    ) -> Parcel:
        """Give the same as :meth:`take`, one parcel for all sessions of the same form.

        Parameters
        ----------
        made : sequence of Placed
            A batch and what was derived from it.
        shared : dict
            What other sessions got of it; begins empty with every batch.
        """
        live = [channel for channel in self._channels if channel.is_live]
        forms = tuple(channel.form for channel in live)
        same = shared.get(forms)
        if same is None:
            parcel = self.take(made)
            shared[forms] = SharedParcel(parcel, [channel.form for channel in live])
            return parcel
        for channel, form in zip(live, same.forms, strict=True):
            channel.go_on_from(form)
        return same.parcel

    def close_intervals(self) -> list[Parcel]:
        """End the open intervals, as at the end of the timeline."""
        return [
            channel.close_interval()
            for channel in self._channels
            if channel.is_live is self._serves_live
        ]

    def start_over(self) -> None:
        """Forget the intervals seen: the timeline jumps."""
        for channel in self._channels:
            channel.start_over()

    @property
    def is_waiting(self) -> bool:
        """Whether nothing of what happens now is for this session yet."""
        return not any(channel.is_live for channel in self._channels)

    def first_start_ns(self) -> int | None:
        """Give the time before which nothing is to be sent; None where there is no such time."""
        starts = [channel.start_ns or 0 for channel in self._channels]
        return min(starts, default=0) or None

    def forget_starts(self) -> None:
        """Leave out no more records that are older than a replay's start: it is over."""
        for channel in self._channels:
            channel.start_ns = None
        self.join()

    def join(self) -> None:
        """Make one channel of those that differ in nothing but their instruments."""
        joined: dict[tuple[Schema, int | None, bool], Channel] = {}
        for channel in self._channels:
            form = (channel.schema, channel.start_ns, channel.is_live)
            first = joined.setdefault(form, channel)
            if first is not channel:
                ids = (first.selection.instrument_ids or frozenset()) | (
                    channel.selection.instrument_ids or frozenset()
                )
                first.selection = self._select(ids)
        self._channels = list(joined.values())

    def _select(self, instrument_ids: frozenset[int] | None) -> Selection:
        found = self._selections.get(instrument_ids)
        if found is None:
            found = self._selections[instrument_ids] = Selection(instrument_ids)
        return found
