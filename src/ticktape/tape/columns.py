"""The columns of a schema, as the vendor's tables (CSV, data frames) have them.

Names and order are the vendor's; ``length`` and reserved fields are left out.
"""

from __future__ import annotations

from enum import Enum
from functools import cache
from typing import Final, NamedTuple

from ticktape.tape.layouts import LAYOUTS, VENDOR_CLASSES, Schema

SYMBOL_COLUMN: Final = "symbol"
_BYTES_OF_TEXT: Final = frozenset({"action", "side"})


class Kind(Enum):
    """What a column holds."""

    PRICE = "price"
    TIME = "time"
    TEXT = "text"
    NUMBER = "number"


class Column(NamedTuple):
    """A column of a schema.

    Attributes
    ----------
    name : str
        The record's field.
    kind : Kind
        What it holds.
    """

    name: str
    kind: Kind


@cache
def columns_of(schema: Schema) -> tuple[Column, ...]:
    """Give the columns of a schema in the vendor's order: the index time comes first.

    Parameters
    ----------
    schema : Schema
        The schema.

    Returns
    -------
    tuple of Column
    """
    vendor = VENDOR_CLASSES[schema]
    layout = LAYOUTS[schema]

    def kind_of(name: str) -> Kind:
        if name in vendor._price_fields:
            return Kind.PRICE
        if name in vendor._timestamp_fields:
            return Kind.TIME
        is_byte = name in _BYTES_OF_TEXT and layout[name].itemsize == 1
        return Kind.TEXT if is_byte or layout[name].kind == "S" else Kind.NUMBER

    return tuple(Column(name, kind_of(name)) for name in vendor._ordered_fields)
