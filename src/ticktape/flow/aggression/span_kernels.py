"""Windows of one length: where the window of a time begins and ends."""

from __future__ import annotations

from ticktape.ops.kernels import lean_kernel


# Windows are counted from the session's open; the one that the session's close falls into ends
# there, and what is printed after the close is in a window that begins at it.
@lean_kernel
def span_of(ts_ns: int, open_ns: int, close_ns: int, length_ns: int) -> tuple[int, int]:
    """Give the first nanosecond of the window of a time, and the one after its last."""
    start_ns = ts_ns - (ts_ns - open_ns) % length_ns
    end_ns = start_ns + length_ns
    if start_ns < close_ns < end_ns:
        if ts_ns < close_ns:
            end_ns = close_ns
        else:
            start_ns = close_ns
    return start_ns, end_ns
