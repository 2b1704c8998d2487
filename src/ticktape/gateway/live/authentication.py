"""Challenge and response: how a client proves its key without sending it.

Rule: the answer is the lower-case hexadecimal SHA-256 of ``challenge|key``, sent together with the
key's last five characters. Source: ``databento.common.cram`` and the live API reference.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from typing import Final

BUCKET_LENGTH: Final = 5
_WELL_FORMED_ANSWER: Final = re.compile(r"[0-9a-f]{64}")


def make_challenge() -> str:
    """Make a fresh challenge of 32 letters and digits."""
    return secrets.token_hex(16)


def answer_challenge(challenge: str, key: str) -> str:
    """Compute what a client with this key must answer."""
    return hashlib.sha256(f"{challenge}|{key}".encode()).hexdigest()


def accepts_answer(challenge: str, answer: str, bucket: str, keys: Iterable[str] | None) -> bool:
    """Say whether an answer proves one of the keys.

    Parameters
    ----------
    challenge : str
        What the gateway sent.
    answer, bucket : str
        What the client sent.
    keys : iterable of str or None
        The keys that may enter; None lets any well-formed answer in.

    Returns
    -------
    bool
        Every key is compared, in constant time, so that timing tells nothing.
    """
    well_formed = bool(_WELL_FORMED_ANSWER.fullmatch(answer)) and len(bucket) == BUCKET_LENGTH
    if keys is None:
        return well_formed
    accepted = False
    given = f"{answer}-{bucket}".encode()
    for key in keys:
        expected = f"{answer_challenge(challenge, key)}-{key[-BUCKET_LENGTH:]}".encode()
        accepted |= hmac.compare_digest(given, expected)
    return accepted
