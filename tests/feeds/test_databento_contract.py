"""What the live feed relies on inside databento 0.87: fails where a release changes it."""

from importlib.metadata import version

import pytest
from databento.live.protocol import DatabentoLiveProtocol

from ticktape.feeds.databento_protocol import (
    RELIED_ON,
    RELIED_ON_PROPERTIES,
    bytes_protocol,
    live_protocol,
    missing_internals,
    record_protocol,
)


def test_the_release_is_one_that_was_checked():
    assert version("databento").startswith("0.87."), "check RELIED_ON against this release"


def test_nothing_that_is_relied_on_is_missing():
    assert missing_internals(DatabentoLiveProtocol) == []
    assert not live_protocol().takes_records


@pytest.mark.parametrize("name", [*RELIED_ON, *RELIED_ON_PROPERTIES])
def test_a_change_of_anything_relied_on_is_noticed(name):
    changed = type("Changed", (DatabentoLiveProtocol,), {name: None})
    assert missing_internals(changed) == [name]


def test_a_changed_signature_is_noticed():
    class Changed(DatabentoLiveProtocol):
        def _process_dbn(self, data, more):
            """Take one thing more."""

    assert missing_internals(Changed) == ["_process_dbn"]


async def test_records_reach_the_replaced_method_as_bytes():
    taken = []
    protocol = bytes_protocol(DatabentoLiveProtocol)(api_key="db-key", dataset="GLBX.MDP3")
    protocol.take_bytes = taken.append
    protocol.authenticated.set_result("1")
    buffer = protocol.get_buffer(-1)
    buffer[:4] = b"DBN\3"
    protocol.buffer_updated(4)
    assert taken == [b"DBN\3"]


async def test_the_fallback_hands_over_the_same_records_as_bytes():
    import databento_dbn as dbn

    from ticktape.tape.layouts import Schema, new_records
    from ticktape.tape.metadata import make_metadata

    records = new_records(Schema.TRADES, 3)
    records["action"], records["side"] = ord("T"), ord("B")
    taken = []
    protocol = record_protocol(DatabentoLiveProtocol)(api_key="db-key", dataset="GLBX.MDP3")
    protocol.take_bytes = taken.append
    protocol.authenticated.set_result("1")
    protocol.connection_made(_Transport())
    data = bytes(make_metadata("GLBX.MDP3", None, 1).encode()) + records.tobytes()
    protocol.get_buffer(-1)[: len(data)] = data
    protocol.buffer_updated(len(data))
    assert dbn.Metadata.decode(taken[0]).dataset == "GLBX.MDP3"
    assert taken[1] == records.tobytes()


class _Transport:
    """Stands where the connection would be; nothing is written in this test."""

    def write(self, data):
        raise AssertionError(data)
