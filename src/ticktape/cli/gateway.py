"""``ticktape gateway``: tapes or a simulated exchange, served over Databento's live protocol."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ticktape.tape.errors import BadValueError

if TYPE_CHECKING:
    from ticktape.gateway.live import LiveGateway
    from ticktape.gateway.live.sources import Source

SIMULATOR: Final = "simulator"
_ANY_KEY: Final = "db-local-gateway-takes-any-key-0"
_GIVEN_KEY: Final = "<one of the keys given with --key>"


def gateway(
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SOURCE]...", help="DBN tapes, or the word: simulator"),
    ] = None,
    upstream: Annotated[
        str | None,
        typer.Option(
            help="Relay one live session: databento, or another gateway.",
            metavar="databento|HOST:PORT",
        ),
    ] = None,
    symbols: Annotated[
        str, typer.Option(help="What the relay holds from its start: ES.FUT,NQ.c.0")
    ] = "",
    schema: Annotated[
        str, typer.Option(help="Schemas of --symbols: mbo or mbo,statistics, …")
    ] = "mbo",
    dataset: Annotated[str, typer.Option(help="Dataset of --upstream.")] = "GLBX.MDP3",
    port: Annotated[int, typer.Option(help="TCP port; 0 for any that is free.")] = 13000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    speed: Annotated[
        str,
        typer.Option(help="Times the tape's own pace, or max: as fast as the client takes it."),
    ] = "",
    shared: Annotated[
        bool,
        typer.Option("--shared", help="All clients share one replay, at --speed 1 or as told."),
    ] = False,
    loop: Annotated[
        bool, typer.Option("--loop", help="Start over at the end of the tape.")
    ] = False,
    key: Annotated[
        list[str] | None,
        typer.Option("--key", help="An API key that may enter, again for more; default: any key."),
    ] = None,
    rate: Annotated[float, typer.Option(help="Records a second of the simulator.")] = 50_000.0,
    seed: Annotated[int, typer.Option(help="Seed of the simulator.")] = 1,
    pre_open: Annotated[
        float,
        typer.Option(
            help="Seconds of pre-open before the simulator's opening auction; 0 for none.", min=0
        ),
    ] = 0.0,
) -> None:
    """Serve tapes or a simulated exchange over Databento's protocol.

    Any client of the protocol connects: databento.Live(key=..., gateway="127.0.0.1", port=13000).
    """
    sources = sources or []
    source: Source
    if upstream is not None and sources:
        raise typer.BadParameter("give either SOURCE... or --upstream")
    if upstream is None and not sources:
        raise typer.BadParameter("give tapes, the word simulator, or --upstream")
    if upstream is not None:
        from ticktape.cli.relay import relay_source  # noqa: PLC0415 -- compiled kernels

        source = relay_source(upstream, dataset, symbols, schema)
    elif sources == [SIMULATOR]:
        source = simulator_source(rate, seed, read_speed(speed or "1"), pre_open)
    elif SIMULATOR in sources:
        raise BadValueError("The simulator and tapes can not be served together")
    else:
        pace = read_speed(speed or ("1" if shared else "max"))
        source = tape_source([Path(one) for one in sources], pace, shared=shared, loop=loop)
    asyncio.run(_serve(source, host, port, key))


def read_speed(text: str) -> float | None:
    """Read ``--speed``: a number above zero, or ``max`` (None)."""
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise BadValueError(f"Speed {text!r} is neither max nor a number above 0")
    return speed


def simulator_source(
    rate: float, seed: int, speed: float | None, pre_open_s: float = 0.0
) -> Source:
    """Make the source of ``ticktape gateway simulator``."""
    import time  # noqa: PLC0415 -- with the simulator's own imports

    from ticktape.feeds.simulator import SimulatedExchange  # noqa: PLC0415 -- compiled kernels
    from ticktape.feeds.simulator.feed import SimulatorFeed  # noqa: PLC0415
    from ticktape.gateway.live import BroadcastSource  # noqa: PLC0415

    if not 0 <= pre_open_s < float("inf"):
        raise BadValueError(f"A pre-open of {pre_open_s} s is no number of seconds from 0 on")
    exchange = SimulatedExchange(
        seed=seed,
        rate=rate,
        start_ns=time.time_ns(),
        pre_open_ns=round(pre_open_s * 1_000_000_000),
    )
    return BroadcastSource(SimulatorFeed(exchange, speed))


def tape_source(paths: list[Path], speed: float | None, *, shared: bool, loop: bool) -> Source:
    """Make the source of ``ticktape gateway FILE...``."""
    from ticktape.feeds.replay import Replay  # noqa: PLC0415 -- compiled kernels
    from ticktape.gateway.live import BroadcastSource, SessionReplaySource  # noqa: PLC0415
    from ticktape.gateway.live.catalogue import survey  # noqa: PLC0415

    if not shared:
        return SessionReplaySource(paths, speed, loop=loop)
    return BroadcastSource(Replay(paths, speed=speed, loop=loop), schemas=survey(paths).native)


async def _serve(source: Source, host: str, port: int, keys: list[str] | None) -> None:
    from ticktape.gateway.live import LiveGateway  # noqa: PLC0415 -- compiled kernels

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, stop.set)
    server = LiveGateway(source, host, port, keys)
    await server.start()
    try:
        print(_announcement(server, source.dataset, keys is not None), flush=True)
        await stop.wait()
    finally:
        await server.close()


def _announcement(server: LiveGateway, dataset: str, has_keys: bool) -> str:
    key = _GIVEN_KEY if has_keys else _ANY_KEY
    return (
        f"serving {dataset} on {server.host}:{server.port} (Ctrl-C stops)\n\n"
        "import databento\n"
        f'client = databento.Live(key="{key}", gateway="{server.host}", port={server.port})\n'
        f'client.subscribe(dataset="{dataset}", schema="mbo", symbols="ALL_SYMBOLS")\n'
        "for record in client:\n"
        "    print(record)"
    )
