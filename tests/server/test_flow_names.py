"""The messages of the flow stream have the fields that the reference system's clients read."""

import msgspec
import pytest

from ticktape.server import flow_messages, flow_state_messages

REFERENCE = {
    "Bubble": "id symbol price size side timestamp x opacity isSignificantImbalance",
    "CVDPoint": "timestamp value x",
    "VolumeProfile": "levels",
    "Absorption": "timestamp price absorptionType delta priceChange strength eventCount "
    "totalAbsorbed atKeyLevel againstTrend x",
    "AbsorptionZones": "zones",
    "DeltaFlip": "timestamp flipType direction cvdBefore cvdAfter x",
    "StackedImbalance": "timestamp side levelCount priceHigh priceLow totalImbalance x",
    "Confluence": "timestamp price direction score signals priceAfter1m priceAfter5m x",
    "SessionStats": "sessionStart deltaFlips absorptions stackedImbalances confluences "
    "currentPrice sessionHigh sessionLow totalVolume",
    "ReplayStatus": "mode isPaused speed replayDate replayProgress currentTime",
    "Connected": "symbols mode",
    "Error": "message",
}
# Beyond the reference: which instrument, and a name for each event.
WITH_ID = (
    *("Bubble", "Sweep", "Absorption", "DeltaFlip"),
    *("StackedImbalance", "Divergence", "Iceberg", "Confluence"),
)
PARTS = {
    "ProfileLevel": "price buyVolume sellVolume totalVolume",
    "Zone": "price absorptionType totalAbsorbed eventCount firstSeen lastSeen strength atPoc "
    "atVah atVal againstTrend",
    "KindStats": "count bullishCount bearishCount wins losses avgMove1m avgMove5m winRate",
}
OF_NO_SYMBOL = {"Connected", "Error", "ReplayStatus"}


def names_of(struct):
    return {one.encode_name for one in msgspec.structs.fields(struct)}


def message(name):
    for module in (flow_messages, flow_state_messages):
        if hasattr(module, name):
            return getattr(module, name)
    raise AssertionError(f"there is no message {name}")


@pytest.mark.parametrize("name", REFERENCE)
def test_a_message_has_the_fields_of_the_reference_and_a_symbol(name):
    expected = set(REFERENCE[name].split()) | (set() if name in OF_NO_SYMBOL else {"symbol"})
    assert expected <= names_of(message(name))


@pytest.mark.parametrize("name", PARTS)
def test_what_messages_are_made_of_has_the_fields_of_the_reference(name):
    assert set(PARTS[name].split()) <= names_of(message(name))


@pytest.mark.parametrize("name", WITH_ID)
def test_an_event_has_an_identifier_that_is_a_string(name):
    (identifier,) = (one for one in msgspec.structs.fields(message(name)) if one.name == "id")
    assert identifier.type is str
