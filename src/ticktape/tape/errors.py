"""The one tree of errors: every one has a code, says whether to retry, and what to do."""

from __future__ import annotations

from pathlib import Path


class TicktapeError(Exception):
    """Base of every error that ticktape raises on purpose.

    Attributes
    ----------
    code : str
        Machine-readable name in kebab case; stable across releases.
    terminal : bool
        True if trying again without a change cannot succeed.
    hint : str
        What the user can do about it; may be empty.
    """

    code: str = "error"
    terminal: bool = True

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint

    def __str__(self) -> str:
        """One line: what was wrong and where, then what to do."""
        message = super().__str__()
        return f"{message}; {self.hint}" if self.hint else message


class TapeError(TicktapeError):
    """A tape (a file or a stream of records) that cannot be read as asked."""

    code = "bad-tape"

    def __init__(
        self,
        message: str,
        *,
        path: Path | str | None = None,
        record: int | None = None,
        hint: str = "",
    ) -> None:
        where = "" if path is None else f"{path}: "
        at = "" if record is None else f" (record {record})"
        super().__init__(f"{where}{message}{at}", hint=hint)
        self.path = path
        self.record = record


class TapeNotFoundError(TapeError):
    """There is no file at the path."""

    code = "tape-not-found"


class EmptyTapeError(TapeError):
    """The file holds no bytes, or no records where some are needed."""

    code = "empty-tape"


class NotDbnError(TapeError):
    """The bytes are not DBN, or of a version that this release does not know."""

    code = "not-dbn"


class TruncatedTapeError(TapeError):
    """The tape ends inside its metadata or inside a record."""

    code = "truncated-tape"


class IncompleteTapeError(TapeError):
    """A tape that could be read in part only: what is asked for may be in the rest."""

    code = "incomplete-tape"


class TapeWriteError(TapeError):
    """A tape that cannot be written: no room, no right, or a file that does not fit."""

    code = "tape-write"


class WrongSchemaError(TicktapeError):
    """The records are of another schema than the operation needs."""

    code = "wrong-schema"


class UnknownSymbolError(TicktapeError):
    """A symbol that the tape, the definitions or the venue do not know."""

    code = "unknown-symbol"


class UnresolvableSymbolError(UnknownSymbolError):
    """A symbol whose meaning needs data that is not here: definitions, volumes, open interest."""

    code = "unresolvable-symbol"


class TimeOutsideTapeError(TicktapeError):
    """A time before the first or after the last record."""

    code = "time-outside-tape"


class PositionGoneError(TicktapeError):
    """A position whose record is kept no more, or not yet there."""

    code = "position-gone"


class BadValueError(TicktapeError):
    """A value given by the user that cannot be understood: a price, a time, a symbol, a setting."""

    code = "bad-value"


class ConnectionLostError(TicktapeError):
    """A peer went away; trying again may succeed."""

    code = "connection-lost"
    terminal = False


class AuthenticationError(TicktapeError):
    """A key is missing or was refused."""

    code = "authentication"


class UpstreamError(TicktapeError):
    """A vendor's service answered with an error of its own."""

    code = "upstream"
    terminal = False


class PortInUseError(TicktapeError):
    """Another program listens on the port."""

    code = "port-in-use"
