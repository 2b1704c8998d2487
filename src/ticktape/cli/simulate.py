"""``ticktape simulate``: a tape of the simulated exchange, the same bytes for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ticktape.cli.usage import WrongUsageError, wrong_usage
from ticktape.tape.batch import Batch
from ticktape.tape.layouts import Schema
from ticktape.tape.times import NS_PER_SECOND

if TYPE_CHECKING:
    from ticktape.feeds.simulator import SimulatedExchange

_CHUNK_RECORDS: Final = 262_144
_SUFFIXES: Final = (".dbn", ".dbn.zst")
_LATEST_SECONDS: Final = 30 * 86_400.0


def simulate(
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="The tape to write: .dbn or .dbn.zst.")
    ],
    seconds: Annotated[float, typer.Option(help="Length in event time.")] = 60.0,
    rate: Annotated[
        float, typer.Option(help="Mean records a second, over all instruments.")
    ] = 50_000.0,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 1,
    start: Annotated[
        str,
        typer.Option(metavar="TIME", help="Event time of the start, UTC or nanoseconds."),
    ] = "2026-01-05T14:30Z",
    pre_open: Annotated[
        float,
        typer.Option(
            help="Seconds of pre-open, with an opening auction; 0 starts in trading. With "
            "--status, an audit can tell the two apart."
        ),
    ] = 0.0,
    status: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="Write when trading is open to this tape too."),
    ] = None,
    definitions: Annotated[
        Path | None, typer.Option(metavar="PATH", help="Write the definitions to this tape too.")
    ] = None,
) -> None:
    """Write a tape of a simulated exchange.

    MBO records of futures, as those of CME come from Databento.

    The tape begins with a snapshot of every book, and maps its symbols in its metadata.
    """
    for path in (out, status, definitions):
        if path is not None and not path.name.endswith(_SUFFIXES):
            raise WrongUsageError(
                f"{path} is no name for a tape", hint="end it in .dbn or .dbn.zst"
            )
    if not 0 < seconds <= _LATEST_SECONDS:
        raise WrongUsageError(f"cannot simulate {seconds:g} seconds", hint="give up to 30 days")
    if not 0 <= pre_open < seconds:
        raise WrongUsageError(
            f"a pre-open of {pre_open:g} s does not fit", hint="give less than --seconds"
        )
    # Compiled kernels: slow to import, and wrong usage should be told at once.
    from ticktape.cli.progress import watch_batches  # noqa: PLC0415
    from ticktape.feeds.simulator import SimulatedExchange  # noqa: PLC0415
    from ticktape.tape import DbnWriter, format_time, parse_time  # noqa: PLC0415

    with wrong_usage():
        exchange = SimulatedExchange(
            seed=seed,
            rate=rate,
            start_ns=parse_time(start),
            pre_open_ns=int(pre_open * NS_PER_SECOND),
        )
    end_ns = exchange.start_ns + int(seconds * NS_PER_SECOND)
    records = 0
    metadata = exchange.metadata_until(end_ns)
    session = _session(exchange, end_ns)
    with DbnWriter(out, metadata) as tape:
        for batch in watch_batches(session, f"simulating into {out.name}", metadata):
            tape.write(batch)
            records += len(batch.records)
    if definitions is not None:
        with DbnWriter(definitions, exchange.definitions_metadata(end_ns)) as tape:
            tape.write(Batch(Schema.DEFINITION, exchange.definitions()))
    if status is not None:
        with DbnWriter(status, exchange.status_metadata(end_ns)) as tape:
            if pre_open:
                tape.write(Batch(Schema.STATUS, exchange.status(trading=False)))
            tape.write(Batch(Schema.STATUS, exchange.status(trading=True)))
    typer.echo(
        f"{out}: {records:,} records of {len(exchange.contracts)} instruments, "
        f"{format_time(exchange.start_ns)} to {format_time(end_ns)}"
    )


def _session(exchange: SimulatedExchange, end_ns: int) -> Iterator[Batch]:
    yield Batch(Schema.MBO, exchange.snapshot())
    step_ns = max(1, int(_CHUNK_RECORDS / exchange.rate * NS_PER_SECOND))
    reached_ns = exchange.start_ns
    while reached_ns < end_ns - 1:
        reached_ns = min(reached_ns + step_ns, end_ns - 1)
        records = exchange.run_until(reached_ns)
        if len(records):
            yield Batch(Schema.MBO, records)
