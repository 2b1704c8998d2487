"""A wall clock that tests move: waiting takes no time, and time passes only while waiting."""

import asyncio


class HandClock:
    def __init__(self):
        self.time_ns = 0
        self.waited = []

    def now_ns(self):
        return self.time_ns

    async def wait(self, event, timeout_ns):
        if timeout_ns is None:
            await event.wait()
            return
        await asyncio.sleep(0)
        if not event.is_set():
            self.time_ns += timeout_ns
            self.waited.append(timeout_ns)
