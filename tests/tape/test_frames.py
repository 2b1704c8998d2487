import decimal
import time

import databento as db
import numpy as np
import pandas as pd
import polars as pl
import pytest
from pandas.testing import assert_frame_equal
from tests.tape.tape_samples import MARKET_SCHEMAS, live_session, metadata_of, random_records

from ticktape.tape.batch import Batch
from ticktape.tape.dbn_reader import read_dbn
from ticktape.tape.errors import BadValueError, EmptyTapeError, WrongSchemaError
from ticktape.tape.frames import to_dataframe
from ticktape.tape.layouts import UNDEF_PRICE, Schema

# The vendor's frames warn of a deprecated pandas call.
pytestmark = pytest.mark.filterwarnings("ignore")
# The vendor's frame of tcbbo is of another record type, and lacks columns.
COMPARED = [schema for schema in MARKET_SCHEMAS if schema is not Schema.TCBBO]


@pytest.mark.parametrize("schema", COMPARED)
@pytest.mark.parametrize("pretty_ts", [True, False])
@pytest.mark.parametrize("price_type", ["float", "fixed"])
def test_the_vendors_frame_of_every_schema(put_tape, schema, price_type, pretty_ts):
    path = put_tape("x.dbn", metadata_of(schema), random_records(schema, 200))
    for map_symbols in (True, False):
        form = {"price_type": price_type, "pretty_ts": pretty_ts, "map_symbols": map_symbols}
        theirs = db.DBNStore.from_file(path).to_df(**form)
        assert_frame_equal(to_dataframe(read_dbn(path), vendor=True, **form), theirs)


def test_the_vendors_frame_in_another_time_zone(put_tape):
    path = put_tape("x.dbn", metadata_of("mbo"), random_records(Schema.MBO, 20))
    theirs = db.DBNStore.from_file(path).to_df(tz="America/Chicago")
    ours = to_dataframe(read_dbn(path), vendor=True, tz="America/Chicago")
    assert ours.index.equals(theirs.index)
    assert str(ours.index.tz) == str(theirs.index.tz)


@pytest.mark.parametrize(
    "name",
    [
        "CLX5-20250924.mbo.dbn",
        "ESH4-20231224.mbo.dbn.zst",
        "futures-20240701.mbp-1.dbn.zst",
        "futures-20240701.trades.dbn.zst",
        "futures-20240701.ohlcv-1m.dbn.zst",
    ],
)
def test_the_vendors_frame_of_real_tapes(real_tape, name):
    path = real_tape(name)
    assert_frame_equal(
        to_dataframe(read_dbn(path), vendor=True), db.DBNStore.from_file(path).to_df()
    )


@pytest.mark.parametrize("schema", MARKET_SCHEMAS)
def test_the_usual_frame_has_the_same_columns_and_values(put_tape, schema):
    path = put_tape("x.dbn", metadata_of(schema), random_records(schema, 50))
    usual = to_dataframe(read_dbn(path))
    vendors = to_dataframe(read_dbn(path), vendor=True)
    assert usual.columns.tolist() == vendors.columns.tolist()
    for name in usual:
        if isinstance(usual[name].dtype, pd.CategoricalDtype):
            assert usual[name].astype(object).tolist() == vendors[name].astype(object).tolist()
        else:
            assert usual[name].equals(vendors[name])


@pytest.mark.parametrize("schema", MARKET_SCHEMAS)
def test_polars_has_the_same_columns_and_values(put_tape, schema):
    path = put_tape("x.dbn", metadata_of(schema), random_records(schema, 50))
    frame = to_dataframe(read_dbn(path), backend="polars", pretty_ts=False, price_type="fixed")
    vendors = to_dataframe(read_dbn(path), vendor=True, pretty_ts=False, price_type="fixed")
    assert frame.columns == vendors.reset_index().columns.tolist()
    for name, values in vendors.reset_index().items():
        expected = [None if pd.isna(value) else value for value in values]
        assert frame[name].to_list() == expected, name


def test_polars_times_and_exact_prices(put_tape):
    records = random_records(Schema.TRADES, 3)
    records["price"] = [64_830_000_000, -1, UNDEF_PRICE]
    path = put_tape("x.dbn", metadata_of("trades"), records)
    frame = to_dataframe(read_dbn(path), backend="polars", price_type="decimal")
    assert frame["ts_recv"].dtype == pl.Datetime("ns", "UTC")
    assert frame["ts_recv"].to_physical().to_list() == records["ts_recv"].tolist()
    assert frame["price"].to_list() == [decimal.Decimal("64.83"), decimal.Decimal("-1e-9"), None]


def test_exact_prices_in_pandas(put_tape):
    records = random_records(Schema.TRADES, 3)
    records["price"] = [64_830_000_000, 2**62 + 1, UNDEF_PRICE]
    frame = to_dataframe(Batch(Schema.TRADES, records), price_type="decimal")
    assert frame["price"].tolist()[0] == decimal.Decimal("64.83")
    assert frame["price"].tolist()[1] == decimal.Decimal(2**62 + 1).scaleb(-9)
    assert frame["price"].tolist()[2].is_nan()


def test_an_unknown_letter_is_a_category_of_its_own():
    records = random_records(Schema.TRADES, 3)
    records["action"] = [ord("T"), ord("?"), 0]
    assert to_dataframe(Batch(Schema.TRADES, records))["action"].tolist() == ["T", "?", ""]


def test_one_schema_of_a_mixed_tape(put_tape):
    parts = [random_records(Schema.MBO, 5), random_records(Schema.TRADES, 4)]
    path = put_tape("x.dbn", metadata_of(None), *parts)
    assert len(to_dataframe(read_dbn(path), schema="trades")) == 4
    with pytest.raises(WrongSchemaError, match="choose a schema"):
        to_dataframe(read_dbn(path))


def test_a_tape_without_records_has_the_columns(put_tape):
    path = put_tape("x.dbn", metadata_of("mbo"))
    assert to_dataframe(read_dbn(path)).columns[0] == "ts_event"
    assert to_dataframe(read_dbn(path), backend="polars").height == 0
    with pytest.raises(EmptyTapeError):
        to_dataframe([])


def test_a_form_that_is_not_there_is_refused(put_tape):
    with pytest.raises(BadValueError):
        to_dataframe([], backend="dask")


def test_a_frame_is_made_eight_times_faster_than_the_vendors(put_tape):
    records = np.tile(random_records(Schema.MBO, 5000), 60)
    path = put_tape("x.dbn", metadata_of("mbo"), records)

    def best_of_two(make):
        times = []
        for _ in range(2):
            start = time.process_time()
            assert len(make()) == len(records)
            times.append(time.process_time() - start)
        return min(times)

    theirs = best_of_two(lambda: db.DBNStore.from_file(path).to_df())
    assert theirs / best_of_two(lambda: to_dataframe(read_dbn(path))) > 8
    assert theirs / best_of_two(lambda: to_dataframe(read_dbn(path), vendor=True)) > 8


@pytest.mark.parametrize("asked", [None, "trades"])
def test_the_symbols_of_a_live_sessions_mapping_records(put_tape, asked):
    path = put_tape("live.dbn", *live_session())
    theirs = db.DBNStore.from_file(path).to_df(schema="trades")
    assert theirs["symbol"].tolist() == ["ESZ5"] * 4
    tape = read_dbn(path, schema=asked)
    assert_frame_equal(to_dataframe(tape, schema="trades", vendor=True), theirs)
    for form in ({}, {"backend": "polars"}):
        assert list(to_dataframe(tape, schema="trades", **form)["symbol"]) == ["ESZ5"] * 4
