"""A client of ``/ws/flow`` that holds what it was told, as docs/flow-stream.md says."""

import asyncio
import json
from collections import defaultdict

# Types that are told once, and how many of each a late joiner is told; the others are states, of
# which the last holds.
EVENTS = {
    "Bubble": 2_000,
    "Sweep": 500,
    "CVDPoint": 7_200,
    "Developing": 2_000,
    "Absorption": 200,
    "DeltaFlip": 200,
    "StackedImbalance": 200,
    "Divergence": 200,
    "Iceberg": 200,
    "Touch": 600,
    "Confluence": 200,
}
SIGNALS = 1_000


class Held:
    """What is held of one symbol since its last Begin."""

    def __init__(self):
        self.events = defaultdict(list)
        self.bars = {}
        self.states = {}
        self.profile = {}
        self.signals = {}
        self.caught = False

    def take(self, message):
        kind = message["type"]
        if kind in EVENTS:
            self.events[kind].append(message)
        elif kind == "Footprint":
            self.bars[message["id"]] = message
        elif kind == "Signal":
            self.signals[message["id"]] = message
        elif kind == "Outcome":
            signal = self.signals[message["id"]]
            signal[f"outcome_{message['horizon']}"] = message["outcome"]
            signal[f"price_after_{message['horizon']}"] = message["price"]
            signal["outcome"] = signal["outcome_5m"] or signal["outcome_1m"]
        elif kind == "VolumeProfile":
            if message["whole"]:
                self.profile = {}
            self.profile.update({one["price"]: one for one in message["levels"]})
            self.states[kind] = {name: message[name] for name in ("poc", "vah", "val", "total")}
        elif kind == "Caught":
            self.caught = True
        else:
            self.states[kind] = message

    def all(self):
        """Everything that a late joiner holds too; what tells of a moment left out."""
        events = {
            kind: [
                {key: value for key, value in one.items() if not key.startswith("priceAfter")}
                for one in found[-EVENTS[kind] :]
            ]
            for kind, found in self.events.items()
        }
        states = {kind: one for kind, one in self.states.items() if kind != "SessionStats"}
        signals = dict(list(self.signals.items())[-SIGNALS:])
        return events, self.bars, self.profile, signals, states


class FlowReader:
    def __init__(self, socket):
        self.socket = socket
        self.held = defaultdict(Held)
        self.others = []
        self.messages = []
        self.begins = defaultdict(int)

    async def read(self):
        frame = await self.socket.receive(timeout=15)
        assert isinstance(frame.data, str), frame
        return self.take(frame.data)

    def take(self, frame):
        """Take a frame; give its messages."""
        found = json.loads(frame)
        found = found if isinstance(found, list) else [found]
        for message in found:
            self.messages.append(message)
            if "symbol" not in message:
                self.others.append(message)
            elif message["type"] == "Begin":
                self.held[message["symbol"]] = Held()
                self.held[message["symbol"]].begin = message
                self.begins[message["symbol"]] += 1
            elif message.get("scope") in {"range", "composite"}:
                self.others.append(message)
            else:
                self.held[message["symbol"]].take(message)
        return found

    async def read_until(self, done):
        """Read until a message satisfies; give it."""
        async with asyncio.timeout(30):
            while True:
                for message in await self.read():
                    if done(message):
                        return message

    async def catch_up(self, symbol):
        """Read until the past of a symbol is told; give what is held of it."""
        async with asyncio.timeout(30):
            while not self.held[symbol].caught:
                await self.read()
        return self.held[symbol]

    async def read_for(self, seconds):
        """Read what comes within a time."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    await self.read()
        except TimeoutError:
            return
