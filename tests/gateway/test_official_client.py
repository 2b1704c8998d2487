"""The vendor's unmodified client against the gateway."""

import asyncio
from itertools import pairwise

import databento_dbn as dbn
import numpy as np
import pytest
from tests.gateway.gateway_clients import KEY, official_session, serving

from ticktape.flow.derive import make_deriver
from ticktape.gateway.live import SessionReplaySource
from ticktape.tape.dbn_reader import read_dbn
from ticktape.tape.layouts import LAYOUTS, Schema

DERIVED = (
    Schema.TRADES,
    Schema.TBBO,
    Schema.MBP_1,
    Schema.MBP_10,
    Schema.BBO_1S,
    Schema.BBO_1M,
    Schema.OHLCV_1S,
    Schema.OHLCV_1M,
    Schema.OHLCV_1H,
    Schema.OHLCV_1D,
)


def derive_all(source, target, records):
    deriver = make_deriver(source, target)
    return np.concatenate([deriver.update(records), deriver.flush()])


def assert_same_records(given, expected):
    """Records are equal byte for byte, and in the same order."""
    assert len(given) == len(expected)
    assert given.tobytes() == expected.tobytes()


async def test_orders_arrive_record_by_record(small_tape):
    async with serving(SessionReplaySource([small_tape.path])) as gateway:
        session = await official_session(gateway.port, {"schema": "mbo"})
    assert_same_records(session.of(Schema.MBO), small_tape.records)


async def test_the_real_tape_arrives_record_by_record(real_tape):
    path = real_tape("CLX5-20250924.mbo.dbn")
    expected = np.concatenate([batch.records for batch in read_dbn(path)])
    async with serving(SessionReplaySource([path])) as gateway:
        session = await official_session(gateway.port, {"schema": "mbo", "symbols": "CLX5"})
    assert len(expected) == 38_212
    assert_same_records(session.of(Schema.MBO), expected)
    assert session.symbology_map == {432669: "CLX5"}


@pytest.mark.parametrize("schema", DERIVED)
async def test_derived_schemas_arrive_record_by_record(small_tape, schema):
    expected = derive_all(Schema.MBO, schema, small_tape.records)
    async with serving(SessionReplaySource([small_tape.path])) as gateway:
        session = await official_session(gateway.port, {"schema": schema.value})
    assert len(expected)
    assert_same_records(session.of(schema), expected)


@pytest.mark.parametrize("name", ["mbp-1", "trades", "ohlcv-1m", "definition"])
async def test_native_schemas_arrive_record_by_record(real_tape, name):
    path = real_tape(f"futures-20240701.{name}.dbn.zst")
    expected = np.concatenate([batch.records for batch in read_dbn(path)])
    async with serving(SessionReplaySource([path])) as gateway:
        session = await official_session(gateway.port, {"schema": name})
    assert_same_records(session.of(Schema(name)), expected)


async def test_definitions_and_orders_of_two_tapes_are_served_together(small_tape):
    source = SessionReplaySource([small_tape.definition_path, small_tape.path])
    async with serving(source) as gateway:
        session = await official_session(gateway.port, {"schema": "definition"}, {"schema": "mbo"})
    assert_same_records(session.of(Schema.DEFINITION), small_tape.definitions)
    assert_same_records(session.of(Schema.MBO), small_tape.records)


async def test_a_parent_gives_its_futures_and_spreads_alone(small_tape):
    source = SessionReplaySource([small_tape.definition_path, small_tape.path])
    async with serving(source) as gateway:
        session = await official_session(
            gateway.port, {"schema": "mbo", "symbols": "ES.FUT", "stype_in": "parent"}
        )
    definitions = small_tape.definitions
    wanted = definitions["instrument_id"][definitions["asset"] == b"ES"]
    mask = np.isin(small_tape.records["instrument_id"], wanted)
    assert 0 < mask.sum() < len(mask)
    assert_same_records(session.of(Schema.MBO), small_tape.records[mask])
    assert set(session.symbology_map) == set(wanted.tolist())


@pytest.mark.parametrize("stype_in", ["continuous", "instrument_id", "raw_symbol"])
async def test_one_instrument_by_every_kind_of_symbol(small_tape, stype_in):
    outright = next(
        row
        for row in small_tape.definitions
        if row["asset"] == b"ES" and row["instrument_class"] == b"F"
    )
    symbol = {
        "continuous": "ES.c.0",
        "instrument_id": str(outright["instrument_id"]),
        "raw_symbol": outright["raw_symbol"].decode(),
    }[stype_in]
    source = SessionReplaySource([small_tape.definition_path, small_tape.path])
    async with serving(source) as gateway:
        session = await official_session(
            gateway.port, {"schema": "mbo", "symbols": symbol, "stype_in": stype_in}
        )
    mask = small_tape.records["instrument_id"] == outright["instrument_id"]
    assert_same_records(session.of(Schema.MBO), small_tape.records[mask])
    assert session.symbology_map == {
        int(outright["instrument_id"]): outright["raw_symbol"].decode()
    }


async def test_overlapping_subscriptions_send_no_record_twice(small_tape):
    symbols = [row["raw_symbol"].decode() for row in small_tape.definitions[:2]]
    async with serving(SessionReplaySource([small_tape.path])) as gateway:
        session = await official_session(
            gateway.port,
            {"schema": "mbo", "symbols": symbols[0]},
            {"schema": "mbo", "symbols": symbols},
        )
    mask = np.isin(small_tape.records["instrument_id"], small_tape.definitions[:2]["instrument_id"])
    assert_same_records(session.of(Schema.MBO), small_tape.records[mask])


async def test_zstd_sessions_carry_the_same_records(small_tape):
    async with serving(SessionReplaySource([small_tape.path])) as gateway:
        session = await official_session(
            gateway.port, {"schema": "mbo"}, compression=dbn.Compression.ZSTD
        )
    assert_same_records(session.of(Schema.MBO), small_tape.records)


async def test_ts_out_is_on_every_record(small_tape):
    async with serving(SessionReplaySource([small_tape.path])) as gateway:
        session = await official_session(gateway.port, {"schema": "trades"}, ts_out=True)
    assert session.metadata.ts_out
    assert all(record.ts_out > 1_700_000_000_000_000_000 for record in session.records)
    expected = derive_all(Schema.MBO, Schema.TRADES, small_tape.records)
    size = LAYOUTS[Schema.TRADES].itemsize
    raw = [bytes(r) for r in session.records if isinstance(r, dbn.TradeMsg)]
    assert [one[2:size] for one in raw] == [row.tobytes()[2:] for row in expected]


async def test_a_start_replays_from_there_and_says_when_it_is_done(small_tape):
    start = int(small_tape.records["ts_event"][15_000])
    async with serving(SessionReplaySource([small_tape.path])) as gateway:
        session = await official_session(gateway.port, {"schema": "mbo", "start": start})
    mask = small_tape.records["ts_event"] >= start
    assert_same_records(session.of(Schema.MBO), small_tape.records[mask])
    assert session.system_codes() == [1, 3]


async def test_start_zero_replays_everything_for_every_schema_asked(small_tape):
    async with serving(SessionReplaySource([small_tape.path])) as gateway:
        session = await official_session(
            gateway.port, {"schema": "mbo", "start": 0}, {"schema": "ohlcv-1m", "start": 0}
        )
    assert_same_records(session.of(Schema.MBO), small_tape.records)
    assert session.system_codes().count(3) == 2


async def test_a_wrong_key_is_refused(small_tape):
    import databento

    source = SessionReplaySource([small_tape.path])
    async with serving(source, keys=["db-another-key-of-some-characters"]) as gateway:
        with pytest.raises(databento.BentoError, match=r"Authentication failed\."):
            await official_session(gateway.port, {"schema": "mbo"})


async def test_a_known_key_enters(small_tape):
    async with serving(SessionReplaySource([small_tape.path]), keys=[KEY]) as gateway:
        session = await official_session(gateway.port, {"schema": "trades"})
    assert len(session.of(Schema.TRADES))


async def test_an_unknown_symbol_is_told_and_the_others_are_served(small_tape):
    symbol = small_tape.definitions[0]["raw_symbol"].decode()
    heard = []

    import databento

    async with serving(SessionReplaySource([small_tape.path])) as gateway:
        # The client remembers even a harmless error, and raises it when the session is closed.
        with pytest.raises(databento.BentoError, match="Failed to resolve symbol NOPE"):
            await official_session(
                gateway.port,
                {"schema": "mbo", "symbols": [symbol, "NOPE"]},
                during=lambda client, records: heard.append(records),
            )
    errors = [record for record in heard[0] if isinstance(record, dbn.ErrorMsg)]
    orders = [record for record in heard[0] if isinstance(record, dbn.MBOMsg)]
    assert [int(error.code) for error in errors] == [4]
    wanted = small_tape.definitions[0]["instrument_id"]
    assert len(orders) == (small_tape.records["instrument_id"] == wanted).sum()


async def test_a_schema_that_cannot_be_served_ends_the_session_with_an_error(real_tape):
    import databento

    path = real_tape("futures-20240701.trades.dbn.zst")
    async with serving(SessionReplaySource([path])) as gateway:
        with pytest.raises(databento.BentoError, match="mbo can not be derived"):
            await official_session(gateway.port, {"schema": "mbo"})


async def test_another_dataset_is_refused(small_tape):
    import databento

    async with serving(SessionReplaySource([small_tape.path])) as gateway:
        with pytest.raises(databento.BentoError, match=r"Dataset XNAS\.ITCH is not served"):
            await official_session(gateway.port, {"schema": "mbo", "dataset": "XNAS.ITCH"})


async def test_the_client_reconnects_after_a_reset(small_tape):
    async with serving(SessionReplaySource([small_tape.path])) as gateway:
        gateway.abort_after_records(5_000)

        def mend(client, records):
            while not any(isinstance(record, dbn.MBOMsg) for record in records):
                pass
            gateway.abort_after_records(None)

        session = await official_session(
            gateway.port, {"schema": "mbo"}, reconnect_policy="reconnect", during=mend
        )
    # Each session has the tape from its beginning: a part of it (a reset takes what the client has
    # not read yet along), as often as it is reset, then all of it.
    given = session.of(Schema.MBO)
    resets = len(session.reconnections)
    assert resets >= 1
    lost = len(given) - len(small_tape.records)
    assert 0 < lost < 5_000 * resets
    assert_same_records(given[lost:], small_tape.records)


async def test_sessions_are_independent(small_tape):
    async with serving(SessionReplaySource([small_tape.path])) as gateway:
        sessions = await asyncio.gather(
            *(official_session(gateway.port, {"schema": "mbo"}) for _ in range(3))
        )
    for session in sessions:
        assert_same_records(session.of(Schema.MBO), small_tape.records)


async def test_several_schemas_of_one_session_come_interleaved_by_time(small_tape):
    async with serving(SessionReplaySource([small_tape.path])) as gateway:
        session = await official_session(
            gateway.port, {"schema": "mbo"}, {"schema": "trades"}, {"schema": "ohlcv-1s"}
        )
    for schema in (Schema.MBO, Schema.TRADES, Schema.OHLCV_1S):
        expected = derive_all(Schema.MBO, schema, small_tape.records)
        assert_same_records(session.of(schema), expected)
    timed = [one for one in session.records if isinstance(one, dbn.MBOMsg | dbn.TradeMsg)]
    times = [one.ts_index for one in timed]
    assert times == sorted(times)
    for order, trade in pairwise(timed):
        if isinstance(trade, dbn.TradeMsg):
            assert (order.sequence, order.price, order.size) == (
                trade.sequence,
                trade.price,
                trade.size,
            )
    closing = len(session.records) - 1
    while isinstance(session.records[closing], dbn.OHLCVMsg | dbn.SystemMsg):
        closing -= 1
    clock = 0
    for one in session.records[:closing]:
        if isinstance(one, dbn.OHLCVMsg):
            assert one.ts_event + 1_000_000_000 <= clock
        elif isinstance(one, dbn.MBOMsg):
            clock = one.ts_index
