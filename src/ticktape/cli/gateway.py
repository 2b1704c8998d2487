"""``ticktape gateway``: tapes or a simulated exchange, served over Databento's live protocol."""

from __future__ import annotations

import asyncio
import gc
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ticktape.cli.leaving import END_S, leave, leave_within
from ticktape.cli.replay_speed import read_speed
from ticktape.cli.serving_settings import serving_settings
from ticktape.cli.simulator_options import check_rate, pre_open_ns
from ticktape.cli.source_options import refuse_options_of_others
from ticktape.cli.usage import WrongUsageError
from ticktape.ops.event_loop import run_until_done
from ticktape.tape.errors import PortInUseError

if TYPE_CHECKING:
    from ticktape.gateway.live import LiveGateway
    from ticktape.gateway.live.limits import Limits
    from ticktape.gateway.live.sources import Source
    from ticktape.ops.config import Settings
    from ticktape.ops.metrics_server import MetricsServer

SIMULATOR: Final = "simulator"
_HEEDED: Final = {
    "tapes": ("speed", "shared", "loop"),
    "the simulator": ("speed", "rate", "seed", "pre_open"),
    "--upstream": ("symbols", "schema", "dataset", "buffer", "buffer_bytes"),
}
# Told to stop, sessions may read until DRAIN_S, then there is a second for the disk, and at END_S
# the command ends, whatever is left.
DRAIN_S: Final = 3.0
_LAST_PORT: Final = 65_535
_ANY_KEY: Final = "db-local-gateway-takes-any-key-0"
_GIVEN_KEY: Final = "<one of the keys given with --key>"


def gateway(
    context: typer.Context,
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
        str, typer.Option(help="Schemas of --symbols: mbo (the default), mbo,statistics, …")
    ] = "",
    dataset: Annotated[str, typer.Option(help="Dataset of --upstream.")] = "GLBX.MDP3",
    buffer: Annotated[
        Path | None,
        typer.Option(help="A folder where the relay keeps the past for start=.", file_okay=False),
    ] = None,
    buffer_bytes: Annotated[
        int, typer.Option(help="What --buffer may take on disk.", min=1 << 20)
    ] = 4 << 30,
    port: Annotated[
        int, typer.Option(help="TCP port; 0 for any that is free.", min=0, max=_LAST_PORT)
    ] = 13000,
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
    max_sessions: Annotated[
        int | None, typer.Option(help="Open sessions; more are refused.")
    ] = None,
    max_subscriptions: Annotated[
        int | None, typer.Option(help="Subscriptions of one session.")
    ] = None,
    max_symbols: Annotated[int | None, typer.Option(help="Symbols of one subscription.")] = None,
    max_queue_bytes: Annotated[
        int | None, typer.Option(help="Bytes that may wait for one session that reads slowly.")
    ] = None,
    max_line_bytes: Annotated[
        int | None, typer.Option(help="Bytes of one line that a client sends.")
    ] = None,
    metrics_port: Annotated[
        int | None,
        typer.Option(
            help="Serve /metrics on this port of the loopback interface.", min=0, max=_LAST_PORT
        ),
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
    settings = serving_settings(
        gateway_sessions=max_sessions,
        gateway_subscriptions=max_subscriptions,
        gateway_symbols=max_symbols,
        gateway_queue_bytes=max_queue_bytes,
        gateway_line_bytes=max_line_bytes,
    )
    sources = sources or []
    source: Source
    if upstream is not None and sources:
        raise typer.BadParameter("give either SOURCE... or --upstream")
    if upstream is None and not sources:
        raise typer.BadParameter("give tapes, the word simulator, or --upstream")
    if SIMULATOR in sources and sources != [SIMULATOR]:
        raise WrongUsageError("The simulator and tapes can not be served together")
    is_simulated = sources == [SIMULATOR]
    chosen = "the simulator" if is_simulated else "tapes" if upstream is None else "--upstream"
    refuse_options_of_others(context, _HEEDED, chosen)
    if upstream is not None:
        from ticktape.cli.relay import relay_source  # noqa: PLC0415 -- compiled kernels

        source = relay_source(
            upstream, dataset, symbols, schema or "mbo", buffer=buffer, buffer_bytes=buffer_bytes
        )
    elif is_simulated:
        source = simulator_source(rate, seed, read_speed(speed or "1"), pre_open)
    else:
        pace = read_speed(speed or ("1" if shared else "max"))
        source = tape_source([Path(one) for one in sources], pace, shared=shared, loop=loop)
    run_until_done(_serve(source, host, port, key, settings, metrics_port))
    leave(0)


def limits_of(settings: Settings) -> Limits:
    """Give the limits of a gateway that the settings state."""
    from ticktape.gateway.live.limits import Limits  # noqa: PLC0415 -- with the gateway

    return Limits(
        sessions=settings.gateway_sessions,
        subscriptions=settings.gateway_subscriptions,
        symbols=settings.gateway_symbols,
        queued_bytes=settings.gateway_queue_bytes,
        line_bytes=settings.gateway_line_bytes,
    )


def simulator_source(
    rate: float, seed: int, speed: float | None, pre_open_s: float = 0.0
) -> Source:
    """Make the source of ``ticktape gateway simulator``."""
    import time  # noqa: PLC0415 -- with the simulator's own imports

    from ticktape.feeds.simulator import SimulatedExchange  # noqa: PLC0415 -- compiled kernels
    from ticktape.feeds.simulator.feed import SimulatorFeed  # noqa: PLC0415
    from ticktape.gateway.live import BroadcastSource  # noqa: PLC0415

    exchange = SimulatedExchange(
        seed=seed,
        rate=check_rate(rate),
        start_ns=time.time_ns(),
        pre_open_ns=pre_open_ns(pre_open_s),
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


async def _serve(
    source: Source,
    host: str,
    port: int,
    keys: list[str] | None,
    settings: Settings,
    metrics_port: int | None,
) -> None:
    from ticktape.gateway.live import LiveGateway  # noqa: PLC0415 -- compiled kernels

    stop, stop_now = asyncio.Event(), asyncio.Event()

    def asked() -> None:
        if not stop.is_set():
            leave_within(END_S)
            stop.set()
        else:
            # Asked twice: whoever asks will not wait until every session has read what it can.
            stop_now.set()

    loop = asyncio.get_running_loop()
    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, asked)
    server = LiveGateway(source, host, port, keys, limits=limits_of(settings))
    await server.start()
    # What was imported stays: searching it for garbage again would hold every session up.
    gc.collect()
    gc.freeze()
    metrics = None if metrics_port is None else _serve_metrics(metrics_port, source)
    try:
        print(_announcement(server, source.dataset, keys is not None), flush=True)
        await _until_stopped(source, stop)
        closing = asyncio.create_task(server.close(DRAIN_S))
        asked_again = asyncio.create_task(stop_now.wait())
        await asyncio.wait({closing, asked_again}, return_when=asyncio.FIRST_COMPLETED)
        closing.cancel()
        asked_again.cancel()
        await asyncio.gather(closing, asked_again, return_exceptions=True)
    finally:
        await server.close()
        if metrics is not None:
            metrics.shutdown()


async def _until_stopped(source: Source, stop: asyncio.Event) -> None:
    """Wait for a signal; a relay whose upstream is lost for good fails with the reason."""
    from ticktape.gateway.relay import RelaySource  # noqa: PLC0415 -- compiled kernels

    stopped = asyncio.create_task(stop.wait())
    waiting: set[asyncio.Task[Any]] = {stopped}
    if isinstance(source, RelaySource):
        waiting.add(asyncio.create_task(source.wait_for_end()))
    done, others = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in others:
        task.cancel()
    for task in done:
        task.result()


def _serve_metrics(port: int, source: Source) -> MetricsServer:
    from ticktape.gateway.live import BroadcastSource  # noqa: PLC0415 -- compiled kernels
    from ticktape.gateway.relay import RelaySource  # noqa: PLC0415
    from ticktape.ops.metrics_server import MetricsServer  # noqa: PLC0415 -- only where asked for

    if isinstance(source, BroadcastSource):
        source.measure()
    try:
        return MetricsServer(port, source.unready if isinstance(source, RelaySource) else list)
    except OSError as error:
        raise PortInUseError(
            f"Port {port} on 127.0.0.1 is in use", hint="choose another with --metrics-port"
        ) from error


def _announcement(server: LiveGateway, dataset: str, has_keys: bool) -> str:
    key = _GIVEN_KEY if has_keys else _ANY_KEY
    host = f"[{server.host}]" if ":" in server.host else server.host
    return (
        f"serving {dataset} on {host}:{server.port} (Ctrl-C stops)\n\n"
        "import databento\n"
        f'client = databento.Live(key="{key}", gateway="{server.host}", port={server.port})\n'
        f'client.subscribe(dataset="{dataset}", schema="mbo", symbols="ALL_SYMBOLS")\n'
        "for record in client:\n"
        "    print(record)"
    )
