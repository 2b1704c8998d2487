"""The two clients the gateway is tested with: the vendor's own, and bytes on a socket."""

import asyncio
import hashlib
from collections import defaultdict, deque
from contextlib import asynccontextmanager

import numpy as np

from ticktape.feeds.record_stream import RecordStream
from ticktape.gateway.live import LiveGateway
from ticktape.tape.layouts import LAYOUTS, RTYPES, Schema

KEY = "db-0123456789abcdefghijklmnopqrs"
DATASET = "GLBX.MDP3"
SYSTEM, ERROR, MAPPING = (RTYPES[s] for s in (Schema.SYSTEM, Schema.ERROR, Schema.SYMBOL_MAPPING))


@asynccontextmanager
async def serving(source, **options):
    gateway = LiveGateway(source, port=0, **options)
    await gateway.start()
    try:
        yield gateway
    finally:
        await gateway.close()


class OfficialSession:
    """One finished session of ``databento.Live``: every record it was given, as it came."""

    def __init__(self, records, metadata, symbology_map, reconnections):
        self.records = records
        self.metadata = metadata
        self.symbology_map = symbology_map
        self.reconnections = reconnections

    def of(self, schema):
        """Give the records of a schema as an array."""
        raw = [bytes(r) for r in self.records if bytes(r)[1] == RTYPES[schema]]
        return np.frombuffer(b"".join(raw), LAYOUTS[schema])

    def system_codes(self):
        return [int(r.code) for r in self.records if bytes(r)[1] == SYSTEM]


async def official_session(port, *subscriptions, wait_s=30, key=KEY, during=None, **options):
    """Run the vendor's client until the gateway closes the session."""
    import databento

    def run():
        client = databento.Live(key=key, gateway="127.0.0.1", port=port, **options)
        records, reconnections = [], []
        client.add_callback(records.append)
        client.add_reconnect_callback(lambda start, end: reconnections.append((start, end)))
        for subscription in subscriptions:
            client.subscribe(**({"dataset": DATASET, "symbols": "ALL_SYMBOLS"} | subscription))
        client.start()
        if during is not None:
            during(client, records)
        metadata = None
        while client.is_connected() and metadata is None:
            metadata = client.metadata
        symbology_map = client.symbology_map
        client.block_for_close(timeout=wait_s)
        return OfficialSession(records, metadata, symbology_map, reconnections)

    return await asyncio.to_thread(run)


class RawClient:
    """A client made of nothing but a socket."""

    def __init__(self, reader, writer):
        self._reader, self._writer = reader, writer
        self._stream = RecordStream()
        self._pending = deque()
        self.challenge = ""

    @classmethod
    async def connect(cls, port):
        client = cls(*await asyncio.open_connection("127.0.0.1", port))
        client.greeting = await client.line()
        client.challenge = (await client.line()).removeprefix("cram=")
        return client

    @classmethod
    async def authenticated(cls, port, key=KEY, options=""):
        client = await cls.connect(port)
        client.send(client.authentication(key, options))
        answer = await client.line()
        assert answer.startswith("success=1|session_id="), answer
        client._stream = RecordStream(compressed="zstd" in options)
        return client

    @property
    def own_address(self):
        return self._writer.get_extra_info("sockname")

    def authentication(self, key=KEY, options=""):
        digest = hashlib.sha256(f"{self.challenge}|{key}".encode()).hexdigest()
        return f"auth={digest}-{key[-5:]}|dataset={DATASET}|encoding=dbn{options}\n"

    def send(self, text):
        self._writer.write(text.encode() if isinstance(text, str) else text)

    async def line(self):
        return (await self._reader.readline()).decode().removesuffix("\n")

    async def read_bytes(self):
        """Read all that comes until the gateway closes."""
        return await self._reader.read()

    async def batches(self):
        """Give batches until the gateway closes."""
        while True:
            while self._pending:
                yield self._pending.popleft()
            data = await self._reader.read(1 << 16)
            if not data:
                return
            self._pending += self._stream.feed(data)

    async def everything(self):
        """Give the schemas in the order they came, and all records by schema."""
        order, records = [], defaultdict(list)
        async for batch in self.batches():
            if not order or order[-1] is not batch.schema:
                order.append(batch.schema)
            records[batch.schema].append(batch.records)
        return order, {schema: np.concatenate(parts) for schema, parts in records.items()}

    @property
    def metadata(self):
        return self._stream.metadata

    def close(self):
        self._writer.close()


async def until(condition, limit_s=20.0):
    async with asyncio.timeout(limit_s):
        while not condition():
            await asyncio.sleep(0.005)


async def until_served(gateway):
    """Wait until a session is given records: one that has not begun misses what comes."""
    await until(lambda: any(one.outlet.records_sent for one in gateway.sessions))
