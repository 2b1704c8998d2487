"""``ticktape up``: the viewer over the simulated exchange, over recorded tapes, or live."""

from __future__ import annotations

import asyncio
import atexit
import gc
import logging
import os
import signal
import sys
import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from ticktape.cli.leaving import END_S, leave, leave_within
from ticktape.cli.replay_speed import read_speed
from ticktape.cli.serving_settings import serving_settings
from ticktape.cli.set_option import SetOption
from ticktape.cli.source_options import refuse_options_of_others
from ticktape.ops.beside import beside
from ticktape.ops.event_loop import run_until_done

if TYPE_CHECKING:
    from ticktape.cli.up_sources import Choice
    from ticktape.flow.thresholds import Thresholds
    from ticktape.ops.config import Settings

_HEEDED: Final = {
    "--demo": ("seed", "rate", "pre_open"),
    "--replay": ("speed", "loop", "paused"),
    "--live": ("upstream", "schema", "dataset"),
}


def up(
    context: typer.Context,
    demo: Annotated[
        bool, typer.Option("--demo", help="A simulated exchange (the default).")
    ] = False,
    replay: Annotated[
        list[Path] | None, typer.Option("--replay", help="DBN or CSV tapes to replay, as one.")
    ] = None,
    live: Annotated[
        str | None, typer.Option("--live", help="Symbols to take live: ES.FUT,NQ.c.0")
    ] = None,
    tapes_to_replay: Annotated[
        list[Path] | None, typer.Argument(help="More tapes for --replay.", metavar="[FILE]...")
    ] = None,
    dataset: Annotated[str | None, typer.Option(help="Dataset of --live.")] = None,
    upstream: Annotated[
        str | None,
        typer.Option(help="Another live gateway than Databento's own.", metavar="HOST:PORT"),
    ] = None,
    schema: Annotated[str, typer.Option(help="Schema of --live: mbo, mbp-10, …")] = "mbo",
    speed: Annotated[
        str, typer.Option(help="Speed of --replay: 10 is tenfold, max as fast as it goes.")
    ] = "1",
    loop: Annotated[bool, typer.Option("--loop", help="Replay over and over.")] = False,
    paused: Annotated[bool, typer.Option("--paused", help="Begin the replay paused.")] = False,
    seed: Annotated[int, typer.Option(help="Seed of --demo.")] = 1,
    rate: Annotated[float, typer.Option(help="Records a second of --demo.")] = 4_000.0,
    pre_open: Annotated[
        float, typer.Option(help="Seconds of --demo before its opening auction.")
    ] = 0.0,
    host: Annotated[str | None, typer.Option(help="Address to serve on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port of the viewer; 0 for any.")] = None,
    gateway_port: Annotated[
        int | None,
        typer.Option(
            help="Port of the local live gateway that --demo and --replay have; 0 for any."
        ),
    ] = None,
    tapes: Annotated[
        Path | None, typer.Option(help="A folder of DBN or CSV tapes to serve ranges from.")
    ] = None,
    open_browser: Annotated[
        bool, typer.Option("--open/--no-browser", help="Open the viewer in a browser.")
    ] = False,
    thresholds: SetOption = None,
    dev: Annotated[bool, typer.Option("--dev", help="Let pages of any origin call.")] = False,
) -> None:
    """Show a live book, tape and candles in the browser."""
    # The server takes a while to load.
    from ticktape.cli.flow_thresholds import thresholds_of  # noqa: PLC0415
    from ticktape.cli.up_sources import Wishes, choose  # noqa: PLC0415

    settings = _settings(
        host=host,
        port=port,
        gateway_port=gateway_port,
        dataset=dataset,
        live_gateway=upstream,
        tapes=tapes,
        dev=dev or None,
    )
    chosen_thresholds = thresholds_of(settings.flow, thresholds or [])
    files = [*(replay or []), *(tapes_to_replay or [])]
    if sum((demo, bool(files), live is not None)) > 1:
        raise typer.BadParameter("choose one of --demo, --replay and --live")
    source = "--replay" if files else "--demo" if live is None else "--live"
    refuse_options_of_others(context, _HEEDED, source)
    wishes = Wishes(files, live, schema, read_speed(speed), loop, paused, seed, rate, pre_open)
    choice = choose(settings, wishes)
    try:
        running = _run(choice, settings, chosen_thresholds, open_browser=open_browser)
        run_until_done(running)
    except Exception:
        # Whoever called prints the error; what is registered last runs first after that.
        atexit.register(leave, 1)
        raise
    leave(0)


def _settings(**options: object) -> Settings:
    settings = serving_settings(**options)
    if settings.log_level != "debug":
        # Its client logs what it raises as well: we say it, once and in our words.
        logging.getLogger("databento").setLevel(logging.CRITICAL)
    return settings


async def _warm_up() -> None:
    """Load the kernels beside the event loop; compile them first where that was never done.

    The compiler would hold the interpreter for seconds at a time: it works in processes of its
    own, and the web server answers meanwhile.
    """
    from ticktape.book.warm_up import warm_up_books  # noqa: PLC0415 -- loads the compiler
    from ticktape.cli.warm_up import is_warm  # noqa: PLC0415

    if not is_warm():
        await _compile_kernels()
    await beside(warm_up_books)


async def _compile_kernels() -> None:
    # A session of its own: Ctrl-C reaches us alone, and we end its workers together with it.
    compiler = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ticktape", "warm-up", start_new_session=True
    )
    try:
        await compiler.wait()
    finally:
        with suppress(ProcessLookupError):
            os.killpg(compiler.pid, signal.SIGKILL)


async def _run(
    choice: Choice, settings: Settings, thresholds: Thresholds, *, open_browser: bool
) -> None:
    running = asyncio.current_task()
    assert running is not None  # noqa: S101 -- a coroutine that runs has a task
    loop = asyncio.get_running_loop()

    def asked() -> None:
        if not running.cancelling():
            leave_within(END_S)
            running.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked)
    viewer = choice.make_viewer(settings, thresholds)
    try:
        await viewer.start()
        typer.echo(f"ticktape: {choice.title} at {viewer.server.url} (Ctrl-C stops it)")
        if open_browser:
            webbrowser.open(viewer.server.url)
        await _warm_up()
        # What was imported stays: searching it for garbage again would hold every client up.
        gc.collect()
        gc.freeze()
        async with choice.feed(settings) as feed:
            await viewer.show(feed, choice.is_connected)
            typer.echo("the source has ended; the viewer stays up")
            await asyncio.Event().wait()
    except asyncio.CancelledError:
        typer.echo("stopped")
    finally:
        # In a task of its own: in one that was cancelled, timeouts of Python 3.11.2 cancel anew.
        await asyncio.create_task(viewer.close())
