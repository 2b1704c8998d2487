"""What one client, and all together, may ask of a gateway."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of a gateway; beyond them is a refusal in the words of the protocol.

    Attributes
    ----------
    sessions : int
        Open sessions; one more is told that the connection limit is reached once it has answered
        the challenge.
    pending : int
        Connections beyond that, waiting to be told so; one more is closed at once.
    subscriptions : int
        Subscription lines of one session; one more ends it (error code 5).
    symbols : int
        Symbols of one subscription line; more end the session (error code 5).
    line_bytes : int
        Bytes of one control line.
    queued_bytes : int
        Bytes of records that wait for one session.
    authentication_timeout_s : float
        Seconds that a client may take to authenticate.
    peer_timeout_s : float
        Seconds after which a peer that does not even acknowledge is taken for gone.
    """

    sessions: int = 256
    pending: int = 64
    subscriptions: int = 1_000
    symbols: int = 10_000
    line_bytes: int = 1 << 18
    queued_bytes: int = 32 << 20
    authentication_timeout_s: float = 30.0
    peer_timeout_s: float = 120.0
