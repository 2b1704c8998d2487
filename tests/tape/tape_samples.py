"""Random but well-formed records of every schema, for tests of what reads and writes them."""

from datetime import date

import databento_dbn as dbn
import numpy as np

from ticktape.tape.layouts import UNDEF_PRICE, UNDEF_TIMESTAMP, Schema, new_records
from ticktape.tape.metadata import make_metadata
from ticktape.tape.times import NS_PER_DAY

START_NS = 1_758_742_200_000_000_000
INSTRUMENTS = (118, 4358, 432669)
MAPPINGS = {
    f"SYM{place}": [(date(2025, 9, 24), date(2025, 9, 26), str(key))]
    for place, key in enumerate(INSTRUMENTS[:2])
}
MARKET_SCHEMAS = tuple(
    schema
    for schema in Schema
    if schema not in (Schema.ERROR, Schema.SYSTEM, Schema.SYMBOL_MAPPING)
)
VENDOR_CLASSES = {
    Schema.MBO: dbn.MBOMsg,
    Schema.MBP_1: dbn.MBP1Msg,
    Schema.MBP_10: dbn.MBP10Msg,
    Schema.TBBO: dbn.MBP1Msg,
    Schema.TRADES: dbn.TradeMsg,
    Schema.CMBP_1: dbn.CMBP1Msg,
    Schema.TCBBO: dbn.CMBP1Msg,
    Schema.DEFINITION: dbn.InstrumentDefMsg,
    Schema.STATISTICS: dbn.StatMsg,
    Schema.STATUS: dbn.StatusMsg,
    Schema.IMBALANCE: dbn.ImbalanceMsg,
    Schema.ERROR: dbn.ErrorMsg,
    Schema.SYSTEM: dbn.SystemMsg,
    Schema.SYMBOL_MAPPING: dbn.SymbolMappingMsg,
}
for _schema in Schema:
    if _schema.startswith("ohlcv"):
        VENDOR_CLASSES[_schema] = dbn.OHLCVMsg
    elif _schema.startswith("bbo"):
        VENDOR_CLASSES[_schema] = dbn.BBOMsg
    elif _schema.startswith("cbbo"):
        VENDOR_CLASSES[_schema] = dbn.CBBOMsg

_CHARACTERS = {
    "action": b"ACMRTFN",
    "side": b"ABN",
    "instrument_class": b"FSCPKTM",
    "leg_instrument_class": b"FSCP",
    "leg_side": b"ABN",
    "match_algorithm": b"FKCA",
    "security_update_action": b"AMD",
    "user_defined_instrument": b"NY",
    "is_trading": b"YN~",
    "is_quoting": b"YN~",
    "is_short_sell_restricted": b"YN~",
    "unpaired_side": b"ABN",
    "auction_type": b"OC",
    "significant_imbalance": b"~",
}
_SMALL = {
    "rtype": None,
    "length": None,
    "publisher_id": (1, 2),
    "instrument_id": INSTRUMENTS,
    "channel_id": (0, 26, 255),
    "flags": (0, 128, 130, 168),
    "stat_type": (1, 3, 6, 9),
    "update_action": (1, 2),
    "stype_in": (1,),
    "stype_out": (1,),
    "trading_event": (0, 1),
    "reason": (0, 1),
    "is_last": (0, 1),
    "code": (0, 1),
}


def random_records(schema, count, seed=0, layout=None):
    """Make records whose every field is of the kind that the vendor would send."""
    rng = np.random.default_rng(seed)
    vendor = VENDOR_CLASSES[schema]
    records = new_records(schema, count)
    if layout is not None:
        records = np.zeros(count, layout)
        records["rtype"] = new_records(schema, 1)["rtype"][0]
        records["length"] = layout.itemsize // 4
    times = START_NS + np.cumsum(rng.integers(0, 30_000_000, count)).astype(np.uint64)
    for name in records.dtype.names:
        kind = records.dtype[name]
        if name in ("ts_event", "ts_recv"):
            records[name] = times
        elif name.startswith("_"):
            continue
        elif name in _SMALL:
            if _SMALL[name] is not None:
                records[name] = rng.choice(np.array(_SMALL[name]), count)
        elif name in _CHARACTERS and kind.itemsize == 1:
            choices = np.frombuffer(_CHARACTERS[name], np.uint8)
            records[name] = rng.choice(choices, count).view("S1" if kind.kind == "S" else "u1")
        elif schema is Schema.STATUS and name == "action":
            records[name] = rng.choice([1, 2, 7], count)
        elif name in vendor._price_fields or name.endswith("price"):
            prices = rng.integers(-(10**6), 10**7, count) * 10_000_000 + rng.integers(0, 2, count)
            records[name] = np.where(rng.random(count) < 0.1, UNDEF_PRICE, prices)
        elif name in vendor._timestamp_fields:
            records[name] = np.where(rng.random(count) < 0.1, UNDEF_TIMESTAMP, times)
        elif kind.kind == "S":
            size = min(kind.itemsize - 1, 6)
            letters = rng.choice(np.frombuffer(b"ABCXYZ129", np.uint8), (count, max(size, 1)))
            records[name] = [row.tobytes() for row in letters]
        else:
            limits = np.iinfo(kind)
            low = 0 if kind.kind == "u" else max(limits.min, -20_000)
            records[name] = rng.integers(low, min(limits.max, 2**31 - 1), count, kind)
            if kind == np.int32:
                records[name][rng.random(count) < 0.05] = limits.max
    return records


def metadata_of(schema, **changes):
    """Make metadata that maps two of the three instruments."""
    return make_metadata("GLBX.MDP3", schema, START_NS, None, ["SYM0"], MAPPINGS, **changes)


def records_of(tape):
    """Give all records of a tape of one schema."""
    return np.concatenate([batch.records for batch in tape])


def live_session(instrument_id=118, symbol=b"ESZ5", count=4):
    """Make a live session's tape: no schema stated, the symbol in a mapping record only."""
    mapping = new_records(Schema.SYMBOL_MAPPING, 1)
    mapping["instrument_id"] = instrument_id
    mapping["ts_event"] = START_NS
    mapping["stype_in_symbol"] = b"ES.FUT"
    mapping["stype_out_symbol"] = symbol
    mapping["start_ts"] = START_NS - START_NS % NS_PER_DAY
    mapping["end_ts"] = mapping["start_ts"] + np.uint64(NS_PER_DAY)
    trades = random_records(Schema.TRADES, count)
    trades["instrument_id"] = instrument_id
    return make_metadata("GLBX.MDP3", None, START_NS, stype_in=None), mapping, trades
