"""The command line, in this process."""

import logging

import pytest
import structlog

from ticktape.cli.main import run


@pytest.fixture(autouse=True)
def logs_as_before():
    """Undo what a command that serves sets up for its whole process."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def ticktape(capsys):
    """Run a command line; gives its exit status, and what it said on both outputs."""

    def call(*arguments):
        status = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return status, said.out, said.err

    return call
