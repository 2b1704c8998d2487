"""What continuous contracts are ranked by: the day before's volume and open interest."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

import numpy as np

from ticktape.tape.layouts import UNDEF_TIMESTAMP
from ticktape.tape.times import NS_PER_DAY

_UNDEF_QUANTITY: Final = 2**63 - 1
_UPDATE_DELETE: Final = 2


class Ranking(IntEnum):
    """Statistics that rank contracts; values are the DBN specification's ``stat_type``."""

    VOLUME = 6
    OPEN_INTEREST = 9


def ranking_from_statistics(records: np.ndarray, ranking: Ranking, when_ns: int) -> dict[int, int]:
    """Give each contract's volume or open interest of the day before.

    Parameters
    ----------
    records : numpy.ndarray
        Dtype ``LAYOUTS[Schema.STATISTICS]``, in the order received.
    ranking : Ranking
        Which statistic.
    when_ns : int
        A time: of each contract, the last figure that refers to an earlier UTC day counts.

    Returns
    -------
    dict of int to int
        By instrument id; for :func:`ticktape.tape.symbology.resolve_symbols`.
    """
    refers_to = np.where(
        records["ts_ref"] == UNDEF_TIMESTAMP, records["ts_event"], records["ts_ref"]
    )
    midnight = when_ns - when_ns % NS_PER_DAY
    chosen = (records["stat_type"] == ranking) & (refers_to < midnight)
    latest: dict[int, tuple[int, int]] = {}
    for record, ref in zip(records[chosen], refers_to[chosen].tolist(), strict=True):
        key, quantity = int(record["instrument_id"]), int(record["quantity"])
        if record["update_action"] == _UPDATE_DELETE:
            latest.pop(key, None)
        elif quantity != _UNDEF_QUANTITY and ref >= latest.get(key, (0, 0))[0]:
            latest[key] = ref, quantity
    return {key: quantity for key, (_, quantity) in latest.items()}
