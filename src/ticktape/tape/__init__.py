"""The data language: record layouts, batches, DBN files, symbology, instruments."""

from ticktape.tape.batch import Batch
from ticktape.tape.dbn_reader import Tape, read_dbn
from ticktape.tape.dbn_writer import DbnWriter, Rotation
from ticktape.tape.instruments import Instrument, Instruments, Leg
from ticktape.tape.layouts import LAYOUTS, LAYOUTS_TS_OUT, RTYPES, Schema, index_field, new_records
from ticktape.tape.metadata import (
    MappingInterval,
    decode_metadata,
    make_metadata,
    merge_metadata,
    schema_of,
)
from ticktape.tape.prices import format_price, format_prices, parse_price, parse_prices
from ticktape.tape.rankings import Ranking, ranking_from_statistics
from ticktape.tape.record_runs import Cut
from ticktape.tape.symbol_map import SymbolMap
from ticktape.tape.symbology import (
    ALL_SYMBOLS,
    Resolution,
    ResolvedSymbol,
    infer_stype,
    resolve_symbols,
)
from ticktape.tape.times import format_time, format_times, parse_time

__all__ = [
    "ALL_SYMBOLS",
    "LAYOUTS",
    "LAYOUTS_TS_OUT",
    "RTYPES",
    "Batch",
    "Cut",
    "DbnWriter",
    "Instrument",
    "Instruments",
    "Leg",
    "MappingInterval",
    "Ranking",
    "Resolution",
    "ResolvedSymbol",
    "Rotation",
    "Schema",
    "SymbolMap",
    "Tape",
    "decode_metadata",
    "format_price",
    "format_prices",
    "format_time",
    "format_times",
    "index_field",
    "infer_stype",
    "make_metadata",
    "merge_metadata",
    "new_records",
    "parse_price",
    "parse_prices",
    "parse_time",
    "ranking_from_statistics",
    "read_dbn",
    "resolve_symbols",
    "schema_of",
]
