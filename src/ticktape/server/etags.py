"""``If-None-Match``: whether whoever asks has the latest already."""

from __future__ import annotations

from collections.abc import Iterable


def is_known(headers: Iterable[tuple[bytes, bytes]], etag: bytes) -> bool:
    """Tell whether a request names an answer's tag as the one it has (RFC 9110, 13.1.2).

    Parameters
    ----------
    headers : iterable of (name, value)
        As ASGI gives them: names in lower case.
    etag : bytes
        The answer's, in its quotes.
    """
    for name, value in headers:
        if name == b"if-none-match":
            given = value.strip()
            return given == b"*" or etag in (
                one.strip().removeprefix(b"W/") for one in given.split(b",")
            )
    return False
