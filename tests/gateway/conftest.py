"""Small tapes for the gateway to serve."""

from typing import NamedTuple

import numpy as np
import pytest

from ticktape.feeds.simulator import SimulatedExchange
from ticktape.tape.layouts import Schema
from ticktape.tape.metadata import make_metadata


class SmallTape(NamedTuple):
    path: object
    records: np.ndarray
    definitions: np.ndarray
    definition_path: object


@pytest.fixture(scope="session")
def small_tape(tmp_path_factory):
    """A simulated minute or so: full books, then 20,000 records of several futures."""
    exchange = SimulatedExchange(seed=11, rate=400)
    snapshot = exchange.snapshot()
    records = np.concatenate([snapshot, exchange.run(20_000)])
    folder = tmp_path_factory.mktemp("small_tape")

    def write(name, schema, rows):
        metadata = make_metadata(
            "GLBX.MDP3",
            schema,
            exchange.start_ns,
            mappings=exchange.metadata.mappings,
        )
        path = folder / name
        path.write_bytes(bytes(metadata.encode()) + rows.tobytes())
        return path

    definitions = exchange.definitions()
    return SmallTape(
        write("small.mbo.dbn", Schema.MBO, records),
        records,
        definitions,
        write("small.definition.dbn", Schema.DEFINITION, definitions),
    )
