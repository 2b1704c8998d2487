"""A zstd frame that can be patched in place: its content stands uncompressed in raw blocks.

A tape's metadata says when the tape ends, which is known last; so a compressed tape begins with
such a frame. Source: RFC 8878, sections 3.1.1 (frames) and 3.1.1.2 (blocks).
"""

from __future__ import annotations

from typing import Final

from ticktape.tape.byte_source import ZSTD_MAGIC

# Single segment, content size in 4 bytes, no checksum, no dictionary.
_DESCRIPTOR: Final = b"\xa0"
_BLOCK_LIMIT: Final = 1 << 17
_BLOCK_HEADER_BYTES: Final = 3
FIRST_CONTENT_BYTE: Final = len(ZSTD_MAGIC) + len(_DESCRIPTOR) + 4 + _BLOCK_HEADER_BYTES


def raw_frame(content: bytes) -> bytes:
    """Wrap bytes in a zstd frame without compressing them.

    Parameters
    ----------
    content : bytes
        At least one byte, under 4 GiB. Its first 128 KiB stand together, from byte
        ``FIRST_CONTENT_BYTE`` of the frame.

    Returns
    -------
    bytes
        One whole frame.
    """
    parts = [ZSTD_MAGIC, _DESCRIPTOR, len(content).to_bytes(4, "little")]
    for start in range(0, len(content), _BLOCK_LIMIT):
        block = content[start : start + _BLOCK_LIMIT]
        is_last = start + _BLOCK_LIMIT >= len(content)
        parts += [(len(block) << 3 | is_last).to_bytes(_BLOCK_HEADER_BYTES, "little"), block]
    return b"".join(parts)


def is_raw_frame(beginning: bytes) -> bool:
    """Tell if a frame is one of :func:`raw_frame`'s.

    Parameters
    ----------
    beginning : bytes
        Its first ``FIRST_CONTENT_BYTE`` bytes at least.

    Returns
    -------
    bool
    """
    block_type = beginning[FIRST_CONTENT_BYTE - _BLOCK_HEADER_BYTES] >> 1 & 3
    return beginning.startswith(ZSTD_MAGIC + _DESCRIPTOR) and block_type == 0
