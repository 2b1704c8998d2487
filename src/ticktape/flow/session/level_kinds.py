"""Kinds of levels, and what they are called."""

from __future__ import annotations

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
    OPENING_5M_HIGH = 9
    OPENING_5M_LOW = 10
    OPENING_15M_HIGH = 11
    OPENING_15M_LOW = 12
    OPENING_30M_HIGH = 13
    OPENING_30M_LOW = 14
    INITIAL_BALANCE_HIGH = 15
    INITIAL_BALANCE_LOW = 16
    VWAP = 17
    VWAP_PLUS_1 = 18
    VWAP_MINUS_1 = 19
    VWAP_PLUS_2 = 20
    VWAP_MINUS_2 = 21
    VWAP_PLUS_3 = 22
    VWAP_MINUS_3 = 23
    POC = 24
    VAH = 25
    VAL = 26


# As people and the wire call them.
LEVEL_NAMES: Final = MappingProxyType(
    {
        LevelKind.PREVIOUS_HIGH: "pdh",
        LevelKind.PREVIOUS_LOW: "pdl",
        LevelKind.PREVIOUS_CLOSE: "pdc",
        LevelKind.PREVIOUS_POC: "ppoc",
        LevelKind.PREVIOUS_VAH: "pvah",
        LevelKind.PREVIOUS_VAL: "pval",
        LevelKind.OVERNIGHT_HIGH: "onh",
        LevelKind.OVERNIGHT_LOW: "onl",
        LevelKind.OPENING_5M_HIGH: "or5h",
        LevelKind.OPENING_5M_LOW: "or5l",
        LevelKind.OPENING_15M_HIGH: "or15h",
        LevelKind.OPENING_15M_LOW: "or15l",
        LevelKind.OPENING_30M_HIGH: "or30h",
        LevelKind.OPENING_30M_LOW: "or30l",
        LevelKind.INITIAL_BALANCE_HIGH: "ibh",
        LevelKind.INITIAL_BALANCE_LOW: "ibl",
        LevelKind.VWAP: "vwap",
        LevelKind.VWAP_PLUS_1: "vwap+1",
        LevelKind.VWAP_MINUS_1: "vwap-1",
        LevelKind.VWAP_PLUS_2: "vwap+2",
        LevelKind.VWAP_MINUS_2: "vwap-2",
        LevelKind.VWAP_PLUS_3: "vwap+3",
        LevelKind.VWAP_MINUS_3: "vwap-3",
        LevelKind.POC: "poc",
        LevelKind.VAH: "vah",
        LevelKind.VAL: "val",
    }
)
