"""The ``ticktape`` command itself: what it imports, and how errors leave it."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import textwrap
from importlib import import_module

import pytest

from ticktape.cli import main as command_line
from ticktape.cli.main import COMMANDS, Command
from ticktape.tape.errors import BadValueError, TapeNotFoundError

HEAVY = {"numba", "pandas", "polars", "litestar", "granian", "databento", "pyarrow", "aiohttp"}


def ticktape(*arguments: str, program: str = "") -> subprocess.CompletedProcess[str]:
    code = f"{program}\nfrom ticktape.cli.main import main\nmain()"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )


def imported_by(*arguments: str) -> set[str]:
    program = textwrap.dedent("""
        import atexit, sys
        atexit.register(lambda: print(*sys.modules, file=sys.stderr))
    """)
    return set(ticktape(*arguments, program=program).stderr.split())


@pytest.fixture
def failing(monkeypatch):
    """Put a command in the table that raises the given error."""

    def put(error: BaseException) -> None:
        def fail() -> None:
            raise error

        monkeypatch.setattr(command_line, "fail", fail, raising=False)
        monkeypatch.setitem(COMMANDS, "fail", Command("ticktape.cli.main:fail", "Fail"))

    return put


def test_help_lists_every_command():
    page = ticktape("--help")
    assert page.returncode == 0
    text = " ".join(page.stdout.split())
    assert all(f"{name} {command.summary}." in text for name, command in COMMANDS.items())


def test_version_is_the_package_version():
    import ticktape as package

    assert ticktape("--version").stdout == f"ticktape {package.__version__}\n"


def test_help_imports_nothing_heavy():
    assert not HEAVY & imported_by("--help")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_in_its_help_what_the_table_says(name):
    module, _, function = COMMANDS[name].target.partition(":")
    docstring = getattr(import_module(module), function).__doc__
    assert docstring.splitlines()[0] == f"{COMMANDS[name].summary}."


def test_an_error_is_one_line_and_status_1(failing, capsys):
    failing(TapeNotFoundError("no such file", path="tape.dbn", hint="check\n the path"))
    assert command_line.run(["fail"]) == 1
    printed = capsys.readouterr()
    assert printed.err == "error: tape.dbn: no such file; check the path\n"
    assert printed.out == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["export", "none.dbn", "--levels", "0"], "0 levels"),
        (["export", "none.dbn", "--every", "1x"], "'1x' is no length of time"),
        (["export", "none.dbn", "--format", "xml"], "'xml' is no format"),
        (["export", "none.dbn", "--from", "x"], "'x' is not a time"),
        (["bars", "none.dbn", "--every", "1x"], "'1x' is no length of time"),
        (["book", "none.dbn", "--at-time", "x"], "'x' is not a time"),
        (["up", "--port", "99999"], "99999"),
        (["gateway", "--upstream", "127.0.0.1:9"], "--symbols names nothing"),
        (["bench", "nosuch"], "'nosuch'"),
    ],
)
def test_a_value_that_is_wrong_by_itself_is_one_line_and_status_2(arguments, said, capsys):
    assert command_line.run(arguments) == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("error: ")
    assert said in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""


@pytest.mark.parametrize("arguments", [["--verbose", "fail"], ["fail", "--verbose"]])
def test_verbose_adds_the_traceback_wherever_it_stands(failing, capsys, arguments):
    failing(BadValueError("no such price"))
    assert command_line.run(arguments) == 1
    printed = capsys.readouterr().err
    assert "Traceback" in printed
    assert printed.endswith("error: no such price\n")


def test_an_error_of_the_operating_system_is_one_line_too(failing, capsys):
    failing(PermissionError(errno.EACCES, os.strerror(errno.EACCES), "tape.dbn"))
    assert command_line.run(["fail"]) == 1
    assert capsys.readouterr().err == "error: tape.dbn: Permission denied\n"


def test_an_error_out_of_a_group_of_tasks_is_one_line_too(failing, capsys):
    failing(ExceptionGroup("tasks", [BadValueError("no such price")]))
    assert command_line.run(["fail"]) == 1
    assert capsys.readouterr().err == "error: no such price\n"


def test_a_bug_is_not_dressed_up(failing):
    failing(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        command_line.run(["fail"])


def test_an_interrupt_is_quiet(failing, capsys):
    failing(KeyboardInterrupt())
    assert command_line.run(["fail"]) == 130
    assert capsys.readouterr().err.strip() == ""


def test_a_reader_that_went_away_is_no_error():
    program = (
        "import subprocess, sys, os; read, write = os.pipe(); os.close(read); os.dup2(write, 1)"
    )
    gone = ticktape("--help", program=program)
    assert gone.stderr == ""


@pytest.mark.parametrize("arguments", [["bogus"], ["--bogus"], ["warm-up", "--bogus"]])
def test_wrong_usage_is_status_2(arguments):
    wrong = ticktape(*arguments)
    assert wrong.returncode == 2
    assert "bogus" in wrong.stderr


def test_compilation_is_announced_once(tmp_path):
    program = textwrap.dedent("""
        import ticktape.cli.main as command_line
        from ticktape.ops import notices
        def compile_two():
            notices.compilation_starts("first")
            notices.compilation_starts("second")
        command_line.compile_two = compile_two
        command_line.COMMANDS["compile"] = command_line.Command("ticktape.cli.main:compile_two", "")
    """)
    assert ticktape("compile", program=program).stderr == (
        "compiling kernels for this machine, once: first …\n"
    )
