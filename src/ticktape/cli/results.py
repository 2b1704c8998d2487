"""What a command found, printed; a tape that was cut is an error beside it."""

from __future__ import annotations

import typer

from ticktape.tape.errors import TruncatedTapeError
from ticktape.tape.record_runs import Cut


def print_result(result: str, cut: Cut | None, *, as_json: bool, until_cut: str) -> None:
    """Print a result, then say where the tape was cut.

    A program that reads JSON must not take a part for the whole: it gets nothing of a cut tape.

    Parameters
    ----------
    result : str
        The text or the JSON document; empty prints nothing.
    cut : Cut or None
        Where the tape ends too early.
    as_json : bool
        Whether the result is a JSON document.
    until_cut : str
        What the result of a cut tape is: ``"the bars end there"``.

    Raises
    ------
    TruncatedTapeError
        If the tape was cut.
    """
    if result and (cut is None or not as_json):
        typer.echo(result)
    if cut is not None:
        raise TruncatedTapeError(
            f"was cut: {cut.reason}",
            path=cut.path,
            record=cut.record,
            hint="without --json, what is whole is shown" if as_json else until_cut,
        )
