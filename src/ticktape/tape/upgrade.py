"""DBN version 1 and 2 records, upgraded to version 3 a whole run at a time.

Only definition, statistics, error, system and symbol-mapping records differ between versions.
Source of the rules: the DBN specification's list of changes; checked against the vendor's own
upgrading decoder.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import databento_dbn as dbn
import numpy as np

from ticktape.tape.layouts import LAYOUTS, LAYOUTS_TS_OUT, UNDEF_PRICE, Schema, layout_from_fields

_UNDEF_I32: Final = 2**31 - 1
_UNDEF_STAT_QUANTITY: Final = 2**63 - 1
_UNDEF_BYTE: Final = 255


def _old_layouts(classes: Mapping[Schema, Any]) -> dict[Schema, np.dtype]:
    return {schema: layout_from_fields(list(cls._dtypes)) for schema, cls in classes.items()}


_V1: Final = _old_layouts(
    {
        Schema.DEFINITION: dbn.InstrumentDefMsgV1,
        Schema.STATISTICS: dbn.StatMsgV1,
        Schema.ERROR: dbn.ErrorMsgV1,
        Schema.SYSTEM: dbn.SystemMsgV1,
        Schema.SYMBOL_MAPPING: dbn.SymbolMappingMsgV1,
    }
)
_V2: Final = _old_layouts(
    {Schema.DEFINITION: dbn.InstrumentDefMsgV2, Schema.STATISTICS: dbn.StatMsgV1}
)

# The layouts of a schema's records in a file of each version; where absent, as in version 3.
OLD_LAYOUTS: Final[Mapping[int, Mapping[Schema, np.dtype]]] = MappingProxyType(
    {1: MappingProxyType(_V1), 2: MappingProxyType(_V2), 3: MappingProxyType({})}
)

# What version 3 added and how it reads where a file is older.
_NEW_FIELDS: Final[Mapping[Schema, Mapping[str, int | bytes]]] = {
    Schema.DEFINITION: {
        "leg_price": UNDEF_PRICE,
        "leg_delta": UNDEF_PRICE,
        "leg_instrument_class": b"\0",
        "leg_side": b"N",
    },
    Schema.ERROR: {"code": _UNDEF_BYTE, "is_last": _UNDEF_BYTE},
    Schema.SYSTEM: {"code": _UNDEF_BYTE},
    Schema.SYMBOL_MAPPING: {"stype_in": _UNDEF_BYTE, "stype_out": _UNDEF_BYTE},
    Schema.STATISTICS: {},
}


def upgrade_records(schema: Schema, records: np.ndarray, *, ts_out: bool = False) -> np.ndarray:
    """Rewrite records of an older layout in the layout of version 3.

    Parameters
    ----------
    schema : Schema
        One that differs between versions.
    records : numpy.ndarray
        Shape ``(n,)``, in an older layout.
    ts_out : bool
        True if the records end with a send time that is to be kept.

    Returns
    -------
    numpy.ndarray
        Shape ``(n,)``, dtype ``LAYOUTS[schema]`` or ``LAYOUTS_TS_OUT[schema]``.
    """
    layout = (LAYOUTS_TS_OUT if ts_out else LAYOUTS)[schema]
    upgraded = np.zeros(len(records), layout)
    old_names = set(records.dtype.names or ())
    for name in layout.names or ():
        if name in old_names and not name.startswith("_"):
            upgraded[name] = records[name]
    for name, value in _NEW_FIELDS[schema].items():
        upgraded[name] = value
    upgraded["length"] = layout.itemsize // 4
    if schema is Schema.STATISTICS:
        undefined = records["quantity"] == _UNDEF_I32
        upgraded["quantity"][undefined] = _UNDEF_STAT_QUANTITY
    return upgraded
