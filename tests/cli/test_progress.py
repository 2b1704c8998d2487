"""Progress on a terminal, and nothing where output is piped."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def tape(tmp_path_factory):
    path = tmp_path_factory.mktemp("progress") / "tape.dbn"
    run("simulate", str(path), "--seconds", "1", "--rate", "2000", stderr=subprocess.PIPE)
    return path


def run(*arguments, stderr):
    return subprocess.run(
        [sys.executable, "-m", "ticktape", *arguments],
        stdout=subprocess.PIPE,
        stderr=stderr,
        timeout=100,
        check=True,
    )


def read_terminal(controller) -> str:
    parts = []
    while True:
        try:
            part = os.read(controller, 65_536)
        except OSError:  # Linux says so when nobody holds the terminal any more.
            break
        if not part:
            break
        parts.append(part)
    return b"".join(parts).decode()


def test_a_terminal_shows_how_far_it_has_come(tape):
    controller, terminal = pty.openpty()
    run("inspect", str(tape), "--json", stderr=terminal)
    os.close(terminal)
    shown = read_terminal(controller)
    os.close(controller)
    assert "reading tape.dbn" in shown
    assert "%" in shown
    assert "records" in shown


def test_a_pipe_gets_no_progress(tape):
    assert run("inspect", str(tape), "--json", stderr=subprocess.PIPE).stderr == b""
