"""What several sessions are sent alike is one buffer in memory, made once whatever their number."""

import asyncio

import pytest
from tests.gateway.gateway_clients import serving
from tests.gateway.test_broadcast import PushFeed, cut, rest_of, subscribed
from tests.gateway.test_staying_up import ALL

from ticktape.gateway.live import BroadcastSource
from ticktape.gateway.live.parcel import Parcel
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema

SESSIONS = 40
FORMS = {"plain": "", "with the time of sending": "|ts_out=1", "zstd": "|compression=zstd"}


class Encodings:
    """How often orders were encoded, and which buffers sessions were given of them."""

    def __init__(self, monkeypatch):
        self.made = 0
        self.given = []
        encode, inner = Parcel.encode, Parcel._encode

        def has_orders(parcel):
            return any(lane.batch.schema is Schema.MBO for lane in parcel.lanes)

        def counted(parcel, ts_out_ns):
            self.made += has_orders(parcel)
            return inner(parcel, ts_out_ns)

        def noted(parcel, **form):
            data = encode(parcel, **form)
            if has_orders(parcel):
                self.given.append(data)
            return data

        monkeypatch.setattr(Parcel, "_encode", counted)
        monkeypatch.setattr(Parcel, "encode", noted)

    @property
    def buffers(self):
        """How many different buffers were given; they are all held, so none has another's place."""
        return len({id(data.obj) for data in self.given})


async def send_to(counts, small_tape):
    """Send two batches of orders to so many sessions of each form, and read them all."""
    feed = PushFeed(small_tape)
    batches = [Batch(Schema.MBO, part) for part in cut(small_tape.records, 10_000)]
    async with serving(BroadcastSource(feed)) as gateway:
        clients = [
            await subscribed(gateway, ALL, options=FORMS[form])
            for form, count in counts.items()
            for _ in range(count)
        ]
        pushing = asyncio.create_task(feed.push(*batches, None))
        got = await asyncio.gather(*(rest_of(client, Schema.MBO) for client in clients))
        await pushing
    assert {len(records) for records in got} == {len(small_tape.records)}
    return len(batches)


@pytest.mark.parametrize("form", FORMS)
async def test_sessions_that_get_the_same_are_sent_one_buffer(small_tape, monkeypatch, form):
    encodings = Encodings(monkeypatch)
    batches = await send_to({form: SESSIONS}, small_tape)
    assert len(encodings.given) == SESSIONS * batches
    assert (encodings.made, encodings.buffers) == (batches, batches)


async def test_there_are_as_many_buffers_as_forms(small_tape, monkeypatch):
    encodings = Encodings(monkeypatch)
    batches = await send_to(dict.fromkeys(FORMS, 5), small_tape)
    assert (encodings.made, encodings.buffers) == (len(FORMS) * batches, len(FORMS) * batches)
