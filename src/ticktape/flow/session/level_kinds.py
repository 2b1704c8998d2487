"""Kinds of levels, and what they are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from types import MappingProxyType
from typing import Final


class LevelKind(IntEnum):
    """What a level is of; the order is that of levels of one time."""

    PREVIOUS_HIGH = 1
    PREVIOUS_LOW = 2
    PREVIOUS_CLOSE = 3
    PREVIOUS_POC = 4
    PREVIOUS_VAH = 5
    PREVIOUS_VAL = 6
    OVERNIGHT_HIGH = 7
    OVERNIGHT_LOW = 8
    OPENING_1_HIGH = 9
    """Of the shortest opening range; how long each is, its settings say."""
    OPENING_1_LOW = 10
    OPENING_2_HIGH = 11
    OPENING_2_LOW = 12
    OPENING_3_HIGH = 13
    OPENING_3_LOW = 14
    INITIAL_BALANCE_HIGH = 15
    INITIAL_BALANCE_LOW = 16
    VWAP = 17
    VWAP_PLUS_1 = 18
    """The upper side of the nearest band; how far away each is, its settings say."""
    VWAP_MINUS_1 = 19
    VWAP_PLUS_2 = 20
    VWAP_MINUS_2 = 21
    VWAP_PLUS_3 = 22
    VWAP_MINUS_3 = 23
    POC = 24
    VAH = 25
    VAL = 26


_OPENING_RANGES: Final = (
    (LevelKind.OPENING_1_HIGH, LevelKind.OPENING_1_LOW),
    (LevelKind.OPENING_2_HIGH, LevelKind.OPENING_2_LOW),
    (LevelKind.OPENING_3_HIGH, LevelKind.OPENING_3_LOW),
)
_BANDS: Final = (
    (LevelKind.VWAP_PLUS_1, LevelKind.VWAP_MINUS_1),
    (LevelKind.VWAP_PLUS_2, LevelKind.VWAP_MINUS_2),
    (LevelKind.VWAP_PLUS_3, LevelKind.VWAP_MINUS_3),
)
_SECOND_NS: Final = 1_000_000_000
_MINUTE_S: Final = 60
# Those that have one name, whatever is set.
_NAMES: Final = MappingProxyType(
    {
        LevelKind.PREVIOUS_HIGH: "pdh",
        LevelKind.PREVIOUS_LOW: "pdl",
        LevelKind.PREVIOUS_CLOSE: "pdc",
        LevelKind.PREVIOUS_POC: "ppoc",
        LevelKind.PREVIOUS_VAH: "pvah",
        LevelKind.PREVIOUS_VAL: "pval",
        LevelKind.OVERNIGHT_HIGH: "onh",
        LevelKind.OVERNIGHT_LOW: "onl",
        LevelKind.INITIAL_BALANCE_HIGH: "ibh",
        LevelKind.INITIAL_BALANCE_LOW: "ibl",
        LevelKind.VWAP: "vwap",
        LevelKind.POC: "poc",
        LevelKind.VAH: "vah",
        LevelKind.VAL: "val",
    }
)


def level_names(
    opening_ranges_ns: Sequence[int], vwap_bands: Sequence[float]
) -> Mapping[LevelKind, str]:
    """Give what people and the wire call each kind of level.

    Parameters
    ----------
    opening_ranges_ns : sequence of int
        Lengths of the opening ranges, shortest first: whole seconds. ``or5h`` is the high of one
        of five minutes, ``or90sh`` of one of ninety seconds.
    vwap_bands : sequence of float
        How many deviations each band is from the VWAP, nearest first: ``vwap+1.5``.
    """
    names = dict(_NAMES)
    for (high, low), length_ns in zip(_OPENING_RANGES, opening_ranges_ns, strict=True):
        minutes, rest = divmod(length_ns // _SECOND_NS, _MINUTE_S)
        length = f"{length_ns // _SECOND_NS}s" if rest else f"{minutes}"
        names |= {high: f"or{length}h", low: f"or{length}l"}
    for (above, below), band in zip(_BANDS, vwap_bands, strict=True):
        away = str(band).removesuffix(".0")
        names |= {above: f"vwap+{away}", below: f"vwap-{away}"}
    return MappingProxyType(names)
