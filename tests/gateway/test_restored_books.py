"""A timeline that begins at a checkpoint: trades of the past make bars, but never quotes."""

from tests.store.orders import random_orders

from ticktape.feeds.replay_seek import restore
from ticktape.gateway.live.derivations import Derivations
from ticktape.store import TapeIndex
from ticktape.tape import Batch, DbnWriter, Schema, make_metadata, read_dbn


def rows_of(made, schema):
    """How many records of a schema."""
    return sum(len(placed.records) for placed in made if placed.schema is schema)


def test_trades_without_their_quotes_make_bars_and_no_quotes():
    records = random_orders(1, 2_000)
    trades = Batch(Schema.MBO, records[records["action"] == ord("T")])
    derivations = Derivations([Schema.MBO])
    wanted = (Schema.MBP_1, Schema.TBBO, Schema.BBO_1S, Schema.TRADES, Schema.OHLCV_1S)
    for schema in wanted:
        derivations.add(schema)
    derivations.makes_no_quotes = True
    made = derivations.update(trades)
    assert [rows_of(made, schema) for schema in wanted[:3]] == [0, 0, 0]
    assert rows_of(made, Schema.TRADES) == len(trades.records)
    assert rows_of(made, Schema.OHLCV_1S) > 0


def test_quotes_after_the_checkpoint_are_those_of_playing_to_there(tmp_path, monkeypatch):
    monkeypatch.setenv("TICKTAPE_TAPE_CACHE", str(tmp_path / "cache"))
    records = random_orders(2, 4_000)
    path = tmp_path / "tape.dbn"
    with DbnWriter(path, make_metadata("GLBX.MDP3", Schema.MBO, 0)) as writer:
        writer.write(Batch(Schema.MBO, records))
    index = TapeIndex(path, every=1_000)
    index.build()
    rest = index.rest_before(3_500)
    played, restored = Derivations([Schema.MBO]), Derivations([Schema.MBO])
    for derivations in (played, restored):
        derivations.add(Schema.MBP_10)
    for batch in read_dbn(path, chunk_records=rest.position):
        expected = played.update(batch)
    for batch in index.state_at(rest):
        restored.update(batch)
    found = restored.update(Batch(Schema.MBO, records[rest.position :]))
    assert rest.position == 3_000
    assert found[1].records.tobytes() == expected[1].records.tobytes()
    assert len(list(restore(index, rest, 0))) > 5
