"""Every threshold of the studies that a user can set: its name, unit, default and meaning.

They are the fields of the studies' settings; nothing is written twice.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import cache
from typing import Any, Final, Literal, NamedTuple, get_args, get_origin, get_type_hints

from ticktape.flow.flow_settings import FlowSettings

Kind = Literal["time", "times", "whole", "number", "numbers", "switch", "word", "sizes", "price"]

# How bars are cut is chosen where they are shown; what is kept is no threshold.
_NO_STUDIES: Final = frozenset({"bars"})
_NO_THRESHOLDS: Final = frozenset(
    {
        ("footprint", "every_ns"),
        ("footprint", "bar_prints"),
        ("footprint", "bar_contracts"),
        ("footprint", "bar_ticks"),
        ("footprint", "bar_delta_contracts"),
        ("footprint", "kept_bars"),
        ("footprint", "most_ticks"),
        ("profile", "kept_sessions"),
        ("profile", "most_ticks"),
    }
)
# On these no signal depends, nor its outcome.
_STUDIES_WITHOUT_SIGNALS: Final = frozenset({"windows", "legs", "levels"})
_OF_NO_SIGNAL: Final = frozenset(
    {
        "cvd.bounds_contracts",
        "profile.smooth_ticks",
        "profile.node_reach_ticks",
        "profile.high_node_percent",
        "profile.low_node_percent",
        "absorption.zone_events",
        "orders.window",
        "orders.near_ticks",
    }
)
_NS: Final = "_ns"
_UNITS: Final = {"percentile": "percent"}
_UNIT_WORDS: Final = frozenset({"ticks", "contracts", "percent", "days"})
_SAID: Final = re.compile(r"^(\w+(?:, \w+)*) : .*\n((?:    .*\n?)+)", re.MULTILINE)


class Threshold(NamedTuple):
    """A threshold.

    Attributes
    ----------
    study : str
        Whose, as a field of ``FlowSettings``.
    field : str
        The field of that study's settings.
    kind : str
        What its values are: ``time`` (nanoseconds), ``whole``, ``number``, ``switch``, ``word``,
        ``sizes`` (rising), ``price`` (1e-9, or None); ``times`` and ``numbers`` (rising, as many as
        by default).
    words : tuple of str
        Of a word, which.
    default : object
        Its value unless set.
    meaning : str
        What its settings say of it, on one line.
    """

    study: str
    field: str
    kind: Kind
    words: tuple[str, ...]
    default: Any
    meaning: str

    @property
    def name(self) -> str:
        """What a user calls it: ``absorption.least_delta_contracts``; a time without its unit."""
        return f"{self.study}.{self.field.removesuffix(_NS)}"

    @property
    def unit(self) -> str:
        """What it counts: ``ticks``, ``contracts``, ``percent``, …; empty for a bare number."""
        if self.kind in {"time", "times"}:
            return "time"
        if self.kind == "price":
            return self.kind
        word = self.field.rsplit("_", 1)[-1]
        return _UNITS.get(word, word if word in _UNIT_WORDS else "")

    @property
    def is_of_signals(self) -> bool:
        """Whether signals or their outcomes depend on it."""
        return self.study not in _STUDIES_WITHOUT_SIGNALS and self.name not in _OF_NO_SIGNAL


@cache
def threshold_list() -> Mapping[str, Threshold]:
    """Give every threshold by its name, study by study."""
    return {one.name: one for one in _find()}


def _find() -> Iterator[Threshold]:
    defaults = FlowSettings()
    for study in fields(FlowSettings):
        if study.name in _NO_STUDIES:
            continue
        settings: Any = getattr(defaults, study.name)
        types = get_type_hints(type(settings))
        meanings = _meanings(type(settings))
        for one in fields(settings):
            if (study.name, one.name) not in _NO_THRESHOLDS:
                kind, words = _kind_of(one.name, types[one.name])
                default = getattr(settings, one.name)
                yield Threshold(
                    study.name, one.name, kind, words, default, meanings.get(one.name, "")
                )


def _kind_of(name: str, hint: object) -> tuple[Kind, tuple[str, ...]]:
    if get_origin(hint) is Literal:
        return "word", get_args(hint)
    if hint is bool:
        return "switch", ()
    if hint is float:
        return "number", ()
    if hint is int:
        return "time" if name.endswith(_NS) else "whole", ()
    if get_origin(hint) is tuple:
        if get_args(hint)[0] is float:
            return "numbers", ()
        return "times" if name.endswith(_NS) else "sizes", ()
    if hint == int | None:
        return "price", ()
    raise AssertionError(f"{name} is of a kind that nobody can set: {hint}")


def _meanings(settings: type) -> dict[str, str]:
    """Read what a docstring says of each attribute."""
    text = inspect.cleandoc(settings.__doc__ or "") + "\n"
    return {
        name: " ".join(said[2].replace("``", "").split())
        for said in _SAID.finditer(text)
        for name in said[1].split(", ")
    }
