"""The schemas of one timeline: those it has, and those derived from them, once for all sessions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ticktape.book.derive import Deriver
from ticktape.flow.derive import SOURCES, make_deriver
from ticktape.gateway.live.placement import Placed
from ticktape.tape.batch import Batch
from ticktape.tape.errors import WrongSchemaError
from ticktape.tape.intervals import BAR_LENGTHS_NS
from ticktape.tape.layouts import Schema, new_records

# What trades alone make.
_OF_TRADES: Final = frozenset({Schema.TRADES, *BAR_LENGTHS_NS})


class Derivations:
    """The derivers of a timeline.

    Parameters
    ----------
    native : iterable of Schema
        The schemas that the timeline itself has.

    Attributes
    ----------
    makes_no_quotes : bool
        True while the timeline gives trades without the quotes between them, as a replay does
        before a checkpoint: only what is made of trades alone is derived then.
    """

    def __init__(self, native: Iterable[Schema]) -> None:
        self.native = frozenset(native)
        self.makes_no_quotes = False
        self._derivers: dict[Schema, tuple[Schema, Deriver]] = {}

    def __bool__(self) -> bool:
        return bool(self._derivers)

    def add(self, target: Schema) -> bool:
        """Begin to derive a schema.

        Returns
        -------
        bool
            True if a new deriver was made; False where the timeline has the schema already.

        Raises
        ------
        WrongSchemaError
            Nothing on the timeline yields this schema.
        """
        if target in self.native or target in self._derivers:
            return False
        for source in SOURCES:
            if source in self.native:
                try:
                    self._derivers[target] = (source, make_deriver(source, target))
                except WrongSchemaError:
                    continue
                return True
        has = ", ".join(sorted(self.native)) or "nothing"
        raise WrongSchemaError(f"{target.value} can not be derived; the source has {has}")

    def add_native(self, schema: Schema) -> None:
        """Note that the timeline itself has a schema from now on."""
        self.native |= {schema}

    def base_of(self, target: Schema) -> Schema | None:
        """Give what a schema comes from: itself where the timeline has it; None from nothing."""
        if target in self.native:
            return target
        if target in self._derivers:
            return self._derivers[target][0]
        for source in SOURCES:
            if source in self.native:
                try:
                    make_deriver(source, target)
                except WrongSchemaError:
                    continue
                return source
        return None

    def deriver_of(self, schema: Schema) -> Deriver:
        """Give the deriver of a derived schema."""
        return self._derivers[schema][1]

    def source_of(self, schema: Schema) -> Schema:
        """Give what a derived schema is derived from."""
        return self._derivers[schema][0]

    def update(self, batch: Batch, only: Schema | None = None) -> list[Placed]:
        """Give a batch and what is derived from it.

        Parameters
        ----------
        batch : Batch
            The next of the timeline.
        only : Schema, optional
            Feed one deriver alone, to bring it up to the others.
        """
        made = [Placed(batch)]
        for target, (source, deriver) in self._derivers.items():
            if self.makes_no_quotes and target not in _OF_TRADES:
                continue
            if source is batch.schema and only in {None, target}:
                made.append(Placed(Batch(target, deriver.update(batch.records)), batch))
        return made

    def flush(self) -> list[Placed]:
        """Give the rows that are still open at the end of the timeline."""
        return [
            Placed(Batch(target, deriver.flush()), Batch(source, new_records(source, 0)))
            for target, (source, deriver) in self._derivers.items()
        ]

    def reset(self) -> None:
        """Forget all that was seen: the timeline jumps."""
        for _, deriver in self._derivers.values():
            deriver.reset()
