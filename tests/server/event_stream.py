"""A client of server-sent events that reads its socket by hand, as slowly as a test wants."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import NamedTuple


class Event(NamedTuple):
    name: str
    id: int | None
    data: dict


class EventClient:
    def __init__(self, reader, writer, status, headers):
        self.reader = reader
        self.writer = writer
        self.status = status
        self.headers = headers
        self._chunks = []
        self._left = b""
        self._waiting = []

    async def more(self):
        """Read one chunk of the body; empty at its end."""
        size = int((await self.reader.readline()).strip() or b"0", 16)
        if size == 0:
            return b""
        chunk = (await self.reader.readexactly(size + 2))[:-2]
        self._chunks.append(chunk)
        return chunk

    @property
    def raw(self):
        return b"".join(self._chunks)

    async def events(self):
        """Give events and comments as they come, until the end of the answer."""
        while True:
            while self._waiting:
                yield parse_event(self._waiting.pop(0).decode())
            if not (chunk := await self.more()):
                return
            *self._waiting, self._left = (self._left + chunk).split(b"\n\n")

    async def all(self):
        return [event async for event in self.events()]

    async def take(self, count):
        events = []
        async for event in self.events():
            events.append(event)
            if len(events) == count:
                return events
        return events


def parse_event(text):
    if text.startswith(":"):
        return Event("comment", None, {"text": text[1:].strip()})
    fields = dict(line.split(": ", 1) for line in text.split("\n"))
    position = int(fields["id"].rpartition("-")[2]) if "id" in fields else None
    return Event(fields.get("event", "message"), position, json.loads(fields["data"]))


@asynccontextmanager
async def event_client(url, path, headers=None, limit=1 << 16):
    host, port = url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port), limit=limit)
    lines = [
        f"GET {path} HTTP/1.1",
        "Host: localhost",
        *(f"{k}: {v}" for k, v in (headers or {}).items()),
    ]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    status = int((await reader.readline()).split()[1])
    answered = {}
    while line := (await reader.readline()).strip():
        name, _, value = line.decode().partition(": ")
        answered[name.lower()] = value
    try:
        yield EventClient(reader, writer, status, answered)
    finally:
        writer.close()
