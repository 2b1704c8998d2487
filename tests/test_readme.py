"""The README's Python examples run as they stand, on a tape of the simulator."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from ticktape.bench.processes import free_port, running, wait_for_port

README = (Path(__file__).parents[1] / "README.md").read_text()
EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
OF_THE_VENDORS_CLIENT = [example for example in EXAMPLES if "databento.Live(" in example]
OF_OURS = [example for example in EXAMPLES if example not in OF_THE_VENDORS_CLIENT]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Give a folder that holds the tape that the examples name."""
    folder = tmp_path_factory.mktemp("readme")
    simulate = re.search(r"ticktape (simulate .*?)\s+#", README)[1].split()
    shorter = ["10" if word == "60" else word for word in simulate]
    subprocess.run([sys.executable, "-m", "ticktape", *shorter], cwd=folder, check=True)
    return folder


def run_python(code: str, folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_there_are_examples_of_both_kinds():
    assert len(OF_OURS) >= 3
    assert len(OF_THE_VENDORS_CLIENT) == 1


@pytest.mark.parametrize("example", OF_OURS, ids=lambda example: example.splitlines()[0])
def test_an_example_runs(example, folder):
    run_python(example, folder)


def test_the_vendors_client_prints_the_records_of_the_gateway(folder):
    port = free_port()
    example = OF_THE_VENDORS_CLIENT[0].replace("13000", str(port))
    with running("gateway", str(folder / "tape.dbn.zst"), "--port", str(port)) as gateway:
        wait_for_port(gateway, port)
        assert "TradeMsg" in run_python(example, folder)


@pytest.mark.parametrize(
    "line",
    [line for line in re.findall(r"(?m)^ticktape (.*?)(?:\s+#.*)?$", README) if "tape.dbn" in line],
)
def test_a_command_of_the_tour_runs(line, folder):
    name = line.split()[0]
    if name in {"simulate", "gateway"}:
        pytest.skip("run by the other tests")
    command = [sys.executable, "-m", "ticktape", *line.split()]
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=90, check=False
    )
    assert done.returncode == 0, done.stderr
