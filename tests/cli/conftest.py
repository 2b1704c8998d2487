"""The command line, in this process."""

import pytest

from ticktape.cli.main import run


@pytest.fixture
def ticktape(capsys):
    """Run a command line; gives its exit status, and what it said on both outputs."""

    def call(*arguments):
        status = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return status, said.out, said.err

    return call
