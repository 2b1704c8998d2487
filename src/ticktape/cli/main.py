"""The ``ticktape`` command: finds the module of a command, and turns errors into one line.

A command's module is imported only when that command is typed, so ``ticktape --help`` does not
wait for the compiler, the data frames and the web server that other commands need.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Annotated, Any, Final, NamedTuple

import typer

import ticktape
from ticktape.ops.notices import announce_compilation

# New objects between two collections. With Python's 700, imports alone are walked through a
# hundred times, for a tenth of the start of a command.
_COLLECT_AFTER: Final = 50_000


class Command(NamedTuple):
    """Where a command lives, and its line in ``ticktape --help``.

    Attributes
    ----------
    target : str
        ``module:function``; the function's signature is the command's, read by Typer.
    summary : str
        The first line of the function's docstring, without the full stop.
    """

    target: str
    summary: str


COMMANDS = {
    "up": Command("ticktape.cli.up:up", "Show a live book, tape and candles in the browser"),
    "inspect": Command("ticktape.cli.inspect:inspect", "Say what is in a tape"),
    "book": Command("ticktape.cli.book:book", "Print the order book at a record or a time"),
    "audit": Command("ticktape.cli.audit:audit", "Audit the books of a tape"),
    "bars": Command("ticktape.cli.bars:bars", "Make bars from the trades of a tape"),
    "flow": Command("ticktape.cli.flow:flow", "Study the order flow of an instrument"),
    "export": Command(
        "ticktape.cli.export:export", "Export the books of a tape: levels at every change"
    ),
    "convert": Command("ticktape.cli.convert:convert", "Convert between DBN, CSV and Parquet"),
    "simulate": Command("ticktape.cli.simulate:simulate", "Write a tape of a simulated exchange"),
    "gateway": Command(
        "ticktape.cli.gateway:gateway",
        "Serve tapes or a simulated exchange over Databento's protocol",
    ),
    "bench": Command("ticktape.cli.bench:bench", "Measure this machine's figures"),
    "warm-up": Command("ticktape.cli.warm_up:warm_up", "Compile every kernel for this machine"),
}


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"ticktape {ticktape.__version__}")
        raise typer.Exit


def _globals(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", help="Print the traceback of an error too.")
    ] = False,
) -> None:
    """Record, replay, stream, show and analyse the market tape, in one format."""


def _not_loaded() -> None:
    """Stand in for a command that was not typed."""


def _load(target: str) -> Callable[..., Any]:
    module, _, function = target.partition(":")
    loaded: Callable[..., Any] = getattr(import_module(module), function)
    return loaded


def build_app(arguments: Sequence[str]) -> typer.Typer:
    """Build the application for one command line: only the typed command is imported.

    Parameters
    ----------
    arguments : sequence of str
        The command line without the program's name.

    Returns
    -------
    typer.Typer
        Every command by name; the first argument that is not an option is the one that works.
    """
    typed = next((argument for argument in arguments if not argument.startswith("-")), None)
    app = typer.Typer(
        name="ticktape",
        callback=_globals,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    for name, command in COMMANDS.items():
        if name == typed:
            app.command(name)(_load(command.target))
        else:
            app.command(name, help=f"{command.summary}.")(_not_loaded)
    return app


def _say_compiling_once() -> None:
    said = False

    def say(kernel_name: str) -> None:
        nonlocal said
        if not said:
            said = True
            print(
                f"compiling kernels for this machine, once: {kernel_name} …",
                file=sys.stderr,
                flush=True,
            )

    announce_compilation(say)


def _expected_errors() -> tuple[type[BaseException], ...]:
    # Asked only once there is an error: the tape's package takes a while to import.
    from ticktape.tape.errors import TicktapeError  # noqa: PLC0415

    return TicktapeError, OSError, ExceptionGroup


def _one_line(error: BaseException) -> str | None:
    """Give the line for an error that a user can do something about; None for any other."""
    if isinstance(error, BaseExceptionGroup):
        return next(filter(None, map(_one_line, error.exceptions)), None)
    if not isinstance(error, _expected_errors()):
        return None
    if isinstance(error, OSError) and error.strerror:
        where = "" if error.filename is None else f"{error.filename}: "
        return f"{where}{error.strerror}"
    return " ".join(str(error).split())


def _discard_output() -> None:
    """Let the interpreter's own last flush of a closed pipe go nowhere, quietly."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def run(arguments: Sequence[str]) -> int:
    """Run one command line.

    Parameters
    ----------
    arguments : sequence of str
        The command line without the program's name; ``--verbose`` may stand anywhere in it.

    Returns
    -------
    int
        The exit status: 0 success, 1 the data or a service says no, 2 wrong usage, 130 interrupted.
    """
    verbose = "--verbose" in arguments
    arguments = [argument for argument in arguments if argument != "--verbose"]
    _say_compiling_once()
    try:
        build_app(arguments)(arguments, prog_name="ticktape")
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else int(done.code is not None)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 1
    except _expected_errors() as error:
        line = _one_line(error)
        if line is None:
            raise
        if verbose:
            traceback.print_exc()
        print(f"error: {line}", file=sys.stderr)
        return getattr(error, "exit_status", 1)
    return 0


def main() -> None:
    """Run the command line of this process and exit with its status."""
    gc.set_threshold(_COLLECT_AFTER)
    status = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _discard_output()
        status = status or 1
    sys.exit(status)
