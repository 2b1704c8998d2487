"""The text lines of the live protocol: one dataclass for each message, with parse and serialise.

A line is ``key=value`` pairs joined by ``|`` and ended by a newline. Source: Databento's live API
reference and the line forms of its Python, Rust and C++ clients, which differ in the order of the
keys, in how a session is started (``start_session=0`` or ``start_session``) and in which optional
keys they send.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

from ticktape.tape.errors import BadValueError, TicktapeError
from ticktape.tape.layouts import UNDEF_TIMESTAMP, Schema
from ticktape.tape.times import parse_time

ALL_SYMBOLS: Final = "ALL_SYMBOLS"
STYPES: Final = ("raw_symbol", "instrument_id", "parent", "continuous")
HEARTBEAT_DEFAULT_S: Final = 30
HEARTBEAT_RANGE_S: Final = (5, 1800)

_SUBSCRIPTION_KEYS: Final = frozenset(
    ("schema", "stype_in", "symbols", "start", "snapshot", "id", "is_last")
)
_SCHEMAS: Final = frozenset(schema.value for schema in Schema)


class ProtocolViolationError(TicktapeError):
    """A peer sent a line that the live protocol does not allow."""

    code = "protocol-violation"


def split_line(line: bytes) -> dict[str, str]:
    """Split a line into its keys and values.

    Parameters
    ----------
    line : bytes
        With or without its newline.

    Returns
    -------
    dict
        Key to value; the empty string for a key without ``=``.

    Raises
    ------
    ProtocolViolationError
        Not text, empty, or a key twice.
    """
    try:
        text = line.decode("utf-8").strip("\r\n")
    except UnicodeDecodeError as error:
        raise ProtocolViolationError("A control line is not UTF-8 text") from error
    fields: dict[str, str] = {}
    for token in text.split("|"):
        key, _, value = token.partition("=")
        if not key.isidentifier():
            raise ProtocolViolationError(f"Malformed control line near {token[:40]!r}")
        if key in fields:
            raise ProtocolViolationError(f"Key {key!r} appears twice in a control line")
        fields[key] = value
    return fields


def _join(**fields: object) -> bytes:
    tokens = (f"{key}={value}" for key, value in fields.items() if value is not None)
    return ("|".join(tokens) + "\n").encode()


def _flag(fields: dict[str, str], key: str) -> bool:
    value = fields.get(key, "0")
    if value not in {"0", "1"}:
        raise ProtocolViolationError(f"{key} must be 0 or 1, was {value[:40]!r}")
    return value == "1"


def _whole_number(fields: dict[str, str], key: str) -> int | None:
    value = fields.get(key)
    if value is None:
        return None
    if not (value.isascii() and value.isdigit()):
        raise ProtocolViolationError(f"{key} must be a whole number, was {value[:40]!r}")
    return int(value)


def _time(fields: dict[str, str], key: str) -> int | None:
    value = fields.get(key)
    if value is None:
        return None
    try:
        time_ns = int(value) if value.isascii() and value.isdigit() else parse_time(value)
    except BadValueError as error:
        raise ProtocolViolationError(f"{key} is not a time: {value[:40]!r}") from error
    if time_ns >= UNDEF_TIMESTAMP:
        raise ProtocolViolationError(f"{key} is not a time: {value[:40]!r}")
    return time_ns


def _required(fields: dict[str, str], key: str) -> str:
    value = fields.get(key, "")
    if not value:
        raise ProtocolViolationError(f"Missing {key}")
    return value


@dataclass(frozen=True, slots=True)
class Greeting:
    """The first line of the gateway: its version."""

    lsg_version: str

    @classmethod
    def parse(cls, line: bytes) -> Self:
        """Read the line."""
        return cls(_required(split_line(line), "lsg_version"))

    def serialise(self) -> bytes:
        """Write the line."""
        return _join(lsg_version=self.lsg_version)


@dataclass(frozen=True, slots=True)
class Challenge:
    """The second line of the gateway: what the client has to hash together with its key."""

    cram: str

    @classmethod
    def parse(cls, line: bytes) -> Self:
        """Read the line."""
        return cls(_required(split_line(line), "cram"))

    def serialise(self) -> bytes:
        """Write the line."""
        return _join(cram=self.cram)


@dataclass(frozen=True, slots=True)
class AuthenticationRequest:
    """The client's first line: the answer to the challenge, and the session's options.

    Attributes
    ----------
    answer : str
        Lower-case hexadecimal SHA-256 of ``challenge|key``.
    bucket : str
        The last five characters of the key.
    heartbeat_interval_s : int
        Seconds of silence after which a heartbeat is due; 5 to 1800.
    """

    answer: str
    bucket: str
    dataset: str
    ts_out: bool = False
    compression: str = "none"
    heartbeat_interval_s: int = HEARTBEAT_DEFAULT_S
    slow_reader_behavior: str | None = None
    client: str = ""

    @classmethod
    def parse(cls, line: bytes) -> Self:
        """Read the line; keys that this release does not know are ignored.

        Raises
        ------
        ProtocolViolationError
            A missing or impossible value; the message is what the client is told.
        """
        fields = split_line(line)
        # The hash has no dash, the bucket might.
        answer, dash, bucket = _required(fields, "auth").partition("-")
        if not dash:
            raise ProtocolViolationError("auth must be <hash>-<last five characters of the key>")
        if fields.get("encoding", "dbn") != "dbn":
            raise ProtocolViolationError("Only encoding=dbn is served")
        compression = fields.get("compression", "none")
        if compression not in {"none", "zstd"}:
            raise ProtocolViolationError("compression must be none or zstd")
        behavior = fields.get("slow_reader_behavior")
        if behavior not in {None, "warn", "skip"}:
            raise ProtocolViolationError("slow_reader_behavior must be warn or skip")
        interval = _whole_number(fields, "heartbeat_interval_s")
        least, most = HEARTBEAT_RANGE_S
        if interval is not None and not least <= interval <= most:
            raise ProtocolViolationError(f"heartbeat_interval_s must be {least} to {most}")
        return cls(
            answer=answer,
            bucket=bucket,
            dataset=_required(fields, "dataset"),
            ts_out=_flag(fields, "ts_out"),
            compression=compression,
            heartbeat_interval_s=HEARTBEAT_DEFAULT_S if interval is None else interval,
            slow_reader_behavior=behavior,
            client=fields.get("client", ""),
        )

    def serialise(self) -> bytes:
        """Write the line in the order of the Python client."""
        return _join(
            auth=f"{self.answer}-{self.bucket}",
            dataset=self.dataset,
            encoding="dbn",
            ts_out=int(self.ts_out),
            compression=self.compression,
            heartbeat_interval_s=self.heartbeat_interval_s,
            slow_reader_behavior=self.slow_reader_behavior,
            client=self.client or None,
        )


@dataclass(frozen=True, slots=True)
class AuthenticationResponse:
    """The gateway's verdict: a session id, or why not.

    The Python client refuses any key beyond these, and a trailing ``|``.
    """

    session_id: int | None = None
    error: str | None = None

    @classmethod
    def parse(cls, line: bytes) -> Self:
        """Read the line."""
        fields = split_line(line)
        if _flag(fields, "success"):
            return cls(session_id=_whole_number(fields, "session_id"))
        return cls(error=_required(fields, "error"))

    def serialise(self) -> bytes:
        """Write the line."""
        if self.error is not None:
            return _join(success=0, error=self.error.replace("|", "/").replace("\n", " "))
        return _join(success=1, session_id=self.session_id)


@dataclass(frozen=True, slots=True)
class SubscriptionRequest:
    """One subscription line; long symbol lists come as several lines with the same id.

    Attributes
    ----------
    start_ns : int or None
        Replay from this time, inclusive; 0 for everything there is; None for no replay.
    is_last : bool
        False while more lines of the same subscription follow.
    """

    schema: Schema
    stype_in: str
    symbols: tuple[str, ...]
    start_ns: int | None = None
    snapshot: bool = False
    id: int | None = None
    is_last: bool = True

    @classmethod
    def parse(cls, line: bytes) -> Self:
        """Read the line.

        Raises
        ------
        ProtocolViolationError
            An unknown key, or a missing or impossible value.
        """
        fields = split_line(line)
        for key in fields:
            if key not in _SUBSCRIPTION_KEYS:
                raise ProtocolViolationError(f"Unknown subscription param {key!r}")
        name = _required(fields, "schema")
        if name not in _SCHEMAS:
            raise ProtocolViolationError(f"Unknown schema {name[:40]!r}")
        stype_in = fields.get("stype_in", "raw_symbol")
        if stype_in not in STYPES:
            raise ProtocolViolationError(
                f"stype_in {stype_in[:40]!r} is not served; use one of {', '.join(STYPES)}"
            )
        symbols = tuple(s for s in _required(fields, "symbols").split(",") if s)
        if not symbols:
            raise ProtocolViolationError("Missing symbols")
        start_ns = _time(fields, "start")
        snapshot = _flag(fields, "snapshot")
        if snapshot and start_ns is not None:
            raise ProtocolViolationError("snapshot and start exclude each other")
        if snapshot and name != Schema.MBO:
            raise ProtocolViolationError("snapshot is only served for schema mbo")
        return cls(
            schema=Schema(name),
            stype_in=stype_in,
            symbols=symbols,
            start_ns=start_ns,
            snapshot=snapshot,
            id=_whole_number(fields, "id"),
            is_last="is_last" not in fields or _flag(fields, "is_last"),
        )

    def serialise(self) -> bytes:
        """Write the line in the order of the Python client."""
        return _join(
            schema=self.schema.value,
            stype_in=self.stype_in,
            symbols=",".join(self.symbols),
            start=self.start_ns,
            snapshot=int(self.snapshot),
            id=self.id,
            is_last=int(self.is_last),
        )


@dataclass(frozen=True, slots=True)
class SessionStart:
    """The line after which the gateway sends metadata and records."""

    @classmethod
    def parse(cls, line: bytes) -> Self:
        """Read the line, with or without a value."""
        if "start_session" not in split_line(line):
            raise ProtocolViolationError("Expected start_session")
        return cls()

    def serialise(self) -> bytes:
        """Write the line."""
        return _join(start_session=0)


def parse_request(line: bytes) -> SubscriptionRequest | SessionStart:
    """Read a line that an authenticated client sent.

    Raises
    ------
    ProtocolViolationError
        Neither a subscription nor a start.
    """
    if line.startswith(b"start_session"):
        return SessionStart.parse(line)
    return SubscriptionRequest.parse(line)
