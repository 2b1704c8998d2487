"""Definition and status records, and the metadata, of the simulated exchange's contracts."""

from __future__ import annotations

import datetime as dt
from typing import Final

import databento_dbn as dbn
import numpy as np

from ticktape.feeds.simulator.products import Contract
from ticktape.tape.layouts import PRICE_SCALE, UNDEF_PRICE, Schema, new_records
from ticktape.tape.metadata import make_metadata

DATASET: Final = "GLBX.MDP3"
PUBLISHER_ID: Final = 1

_UNDEF_I4: Final = 2**31 - 1
_DAY_NS: Final = 86_400_000_000_000
# Status actions and reason of DBN's StatusMsg.
_PRE_OPEN: Final = 1
_TRADING: Final = 7
_SCHEDULED: Final = 1


def contract_metadata(
    contracts: list[Contract], schema: Schema | None, start_ns: int, end_ns: int | None
) -> dbn.Metadata:
    """Make metadata with a mapping table from raw symbols to instrument ids.

    Parameters
    ----------
    contracts : list of Contract
        What is listed.
    schema : Schema or None
        Of the records; None for a mixture.
    start_ns, end_ns : int
        Time range; ``end_ns`` None leaves it open, and maps one day.

    Returns
    -------
    databento_dbn.Metadata
        DBN version 3.
    """
    first = dt.datetime.fromtimestamp(start_ns // 10**9, dt.UTC).date()
    until = start_ns if end_ns is None else end_ns
    last = dt.datetime.fromtimestamp(until // 10**9, dt.UTC).date() + dt.timedelta(days=1)
    return make_metadata(
        DATASET,
        schema,
        start_ns,
        end_ns,
        symbols=[contract.raw_symbol for contract in contracts],
        mappings={
            contract.raw_symbol: [(first, last, str(contract.instrument_id))]
            for contract in contracts
        },
    )


def definition_records(contracts: list[Contract], ts_recv: int) -> np.ndarray:
    """Make the definition records: one for an outright, one for each leg of a spread.

    Parameters
    ----------
    contracts : list of Contract
        What is listed.
    ts_recv : int
        Time of publication, ns.

    Returns
    -------
    numpy.ndarray
        Dtype ``LAYOUTS[Schema.DEFINITION]``.
    """
    rows = [(contract, leg) for contract in contracts for leg in range(max(1, len(contract.legs)))]
    records = new_records(Schema.DEFINITION, len(rows))
    for record, (contract, leg) in zip(records, rows, strict=True):
        _fill(record, contract, ts_recv)
        if contract.legs:
            _fill_leg(record, contract, leg)
    records.flags.writeable = False
    return records


def _fill(record: np.void, contract: Contract, ts_recv: int) -> None:
    product = contract.product
    for name, kind in ((name, record.dtype[name]) for name in record.dtype.names or ()):
        if kind == np.int32 and ("decay" in name or "contract" in name):
            record[name] = _UNDEF_I4
    for name in ("price_ratio", "strike_price", "leg_price", "leg_delta"):
        record[name] = UNDEF_PRICE
    for name in ("main_fraction", "price_display_format", "sub_fraction", "tick_rule"):
        record[name] = 255
    values: dict[str, int | bytes] = {
        "publisher_id": PUBLISHER_ID,
        "instrument_id": contract.instrument_id,
        "ts_event": ts_recv,
        "ts_recv": ts_recv,
        "min_price_increment": contract.tick,
        "display_factor": PRICE_SCALE,
        "expiration": contract.expiration_ns,
        "activation": contract.expiration_ns - 455 * _DAY_NS,
        "high_limit_price": UNDEF_PRICE,
        "low_limit_price": UNDEF_PRICE,
        "max_price_variation": 24 * contract.tick,
        "unit_of_measure_qty": product.multiplier * PRICE_SCALE,
        "min_price_increment_amount": contract.tick * product.multiplier,
        "raw_instrument_id": contract.instrument_id,
        "market_depth": 10,
        "market_segment_id": 64,
        "max_trade_vol": 3_000,
        "min_lot_size": 1,
        "min_trade_vol": 1,
        "contract_multiplier": _UNDEF_I4,
        "appl_id": product.channel,
        "channel_id": channel_of(contract),
        "maturity_year": contract.year,
        "maturity_month": contract.month,
        "maturity_day": 255,
        "maturity_week": 255,
        "decay_start_date": 65_535,
        "currency": b"USD",
        "raw_symbol": contract.raw_symbol.encode(),
        "group": product.group.encode(),
        "exchange": product.exchange.encode(),
        "asset": product.asset.encode(),
        "cfi": b"FMIXSX" if contract.legs else b"FFIXSX",
        "security_type": b"MLEG" if contract.legs else b"FUT",
        "unit_of_measure": product.unit.encode(),
        "instrument_class": b"S" if contract.legs else b"F",
        "match_algorithm": b"F",
        "security_update_action": b"A",
        "user_defined_instrument": b"N",
        "contract_multiplier_unit": 127,
        "flow_schedule_type": 127,
        "leg_side": b"N",
    }
    for name, value in values.items():
        record[name] = value


# Who buys the spread sells the near leg and buys the far one, so its price is far less near.
def _fill_leg(record: np.void, contract: Contract, leg: int) -> None:
    outright = contract.legs[leg]
    record["leg_count"] = len(contract.legs)
    record["leg_index"] = leg
    record["leg_instrument_id"] = outright.instrument_id
    record["leg_raw_symbol"] = outright.raw_symbol.encode()
    record["leg_instrument_class"] = b"F"
    record["leg_side"] = b"B" if leg else b"A"
    for name in (
        "leg_ratio_price_numerator",
        "leg_ratio_price_denominator",
        "leg_ratio_qty_numerator",
        "leg_ratio_qty_denominator",
    ):
        record[name] = 1


def channel_of(contract: Contract) -> int:
    """Give the channel number that a contract's records carry (one byte of CME's channel)."""
    return contract.product.channel % 256


def status_records(contracts: list[Contract], ts_recv: int, *, trading: bool) -> np.ndarray:
    """Make a status record for every contract: pre-open, or open for trading.

    Parameters
    ----------
    contracts : list of Contract
        What is listed.
    ts_recv : int
        Time of the change, ns.
    trading : bool
        False for pre-open.

    Returns
    -------
    numpy.ndarray
        Dtype ``LAYOUTS[Schema.STATUS]``.
    """
    records = new_records(Schema.STATUS, len(contracts))
    records["publisher_id"] = PUBLISHER_ID
    records["instrument_id"] = [contract.instrument_id for contract in contracts]
    records["ts_event"] = records["ts_recv"] = ts_recv
    records["action"] = _TRADING if trading else _PRE_OPEN
    records["reason"] = _SCHEDULED
    records["is_trading"] = b"Y" if trading else b"N"
    records["is_quoting"] = b"Y"
    records["is_short_sell_restricted"] = b"~"
    records.flags.writeable = False
    return records
