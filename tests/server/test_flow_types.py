"""The types of messages that a client of the flow stream reads: others are not sent to it."""

from __future__ import annotations

import pytest

from ticktape.server.flow_client import FlowView
from ticktape.server.flow_messages import Begin, Outcome
from ticktape.server.flow_requests import read_flow_subscription
from ticktape.server.flow_studies import Event, event_of
from ticktape.server.limits import Limits
from ticktape.tape.errors import BadValueError


def types_of(text: str):
    return read_flow_subscription({"types": text}, Limits()).types


def test_a_client_reads_all_unless_it_says_which():
    assert types_of("") is None
    assert types_of(" , ") is None
    assert FlowView(0).reads(b'{"type":"Bubble","id":"1"}')


def test_what_a_client_does_not_read_is_not_sent():
    view = FlowView(0, types=types_of("Signal,Outcome, Levels"))
    assert view.wants(Event(b'{"type":"Signal","id":"1"}'))
    assert not view.wants(Event(b'{"type":"Bubble","id":"1"}', bubble_size=100))
    assert not view.reads(b'{"type":"SessionStats"}')


def test_every_message_begins_with_its_type():
    begin = event_of(Begin("NQZ5", "0", "joined", "all"))
    assert FlowView(0, types=frozenset([b"Begin"])).reads(begin.text)
    assert Outcome.__struct_config__.tag == "Outcome"


def test_a_type_that_is_not_known_is_refused():
    with pytest.raises(BadValueError, match="Bubbles"):
        types_of("Signal,Bubbles")
