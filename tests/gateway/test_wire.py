"""The text lines of the live protocol, in every client's form."""

import pytest

from ticktape.gateway.live.authentication import accepts_answer, answer_challenge
from ticktape.gateway.live.wire import (
    AuthenticationRequest,
    AuthenticationResponse,
    Challenge,
    Greeting,
    ProtocolViolationError,
    SessionStart,
    SubscriptionRequest,
    parse_request,
)
from ticktape.tape.layouts import Schema

HASH = "a" * 64
PYTHON = (
    f"auth={HASH}-k-123|dataset=GLBX.MDP3|encoding=dbn|ts_out=0|compression=none"
    "|heartbeat_interval_s=30|client=Databento/0.87.0 Python/3.11.7 Linux/6.1\n"
)
RUST = f"auth={HASH}-k-123|dataset=GLBX.MDP3|encoding=dbn|compression=zstd|ts_out=1|client=Rust\n"


@pytest.mark.parametrize(
    ("line", "request_"),
    [
        (
            "schema=mbo|stype_in=raw_symbol|symbols=ESM4,NQM4|start=0|snapshot=0|id=0|is_last=1",
            SubscriptionRequest(Schema.MBO, "raw_symbol", ("ESM4", "NQM4"), 0, id=0),
        ),
        (
            "schema=mbo|stype_in=parent|symbols=ES.FUT|snapshot=1|is_last=0|id=7",
            SubscriptionRequest(
                Schema.MBO, "parent", ("ES.FUT",), snapshot=True, id=7, is_last=False
            ),
        ),
        (
            "schema=trades|stype_in=continuous|id=1|start=2024-06-17T13:30:00Z|symbols=ES.c.0",
            SubscriptionRequest(
                Schema.TRADES, "continuous", ("ES.c.0",), 1_718_631_000_000_000_000, id=1
            ),
        ),
    ],
    ids=["python", "rust", "cpp"],
)
def test_subscriptions_are_read_in_every_clients_form(line, request_):
    assert SubscriptionRequest.parse(line.encode()) == request_
    assert SubscriptionRequest.parse(request_.serialise()) == request_


@pytest.mark.parametrize("line", [b"start_session=0\n", b"start_session\n"])
def test_a_session_starts_with_and_without_a_value(line):
    assert parse_request(line) == SessionStart()


def test_authentication_splits_at_the_first_dash_only():
    request = AuthenticationRequest.parse(PYTHON.encode())
    assert (request.answer, request.bucket) == (HASH, "k-123")
    assert request.client.startswith("Databento/0.87.0 Python")
    assert AuthenticationRequest.parse(request.serialise()) == request


def test_optional_keys_of_authentication_have_the_protocols_defaults():
    request = AuthenticationRequest.parse(RUST.encode())
    assert (request.ts_out, request.compression) == (True, "zstd")
    assert (request.heartbeat_interval_s, request.slow_reader_behavior) == (30, None)


def test_the_gateways_own_lines_are_what_the_python_client_accepts():
    from databento.live import gateway as vendor

    assert vendor.Greeting.parse(Greeting("0.9.4").serialise()).lsg_version == "0.9.4"
    assert vendor.ChallengeRequest.parse(Challenge("abc").serialise()).cram == "abc"
    accepted = vendor.AuthenticationResponse.parse(AuthenticationResponse(17).serialise())
    assert (accepted.success, accepted.session_id) == ("1", "17")
    refused = AuthenticationResponse(error="No | no\nno")
    assert vendor.AuthenticationResponse.parse(refused.serialise()).error == "No / no no"
    for message in (AuthenticationResponse(17), AuthenticationResponse(error="no")):
        assert AuthenticationResponse.parse(message.serialise()) == message
    assert Greeting.parse(b"lsg_version=1\n") == Greeting("1")
    assert Challenge.parse(b"cram=1\n") == Challenge("1")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"", "Malformed"),
        (b"GET / HTTP/1.1", "Malformed"),
        (b"schema=mbo|schema=mbo|symbols=A", "twice"),
        (b"schema=mbo|symbols=A|colour=red", "Unknown subscription param 'colour'"),
        (b"schema=nothing|symbols=A", "Unknown schema 'nothing'"),
        (b"schema=mbo|stype_in=smart|symbols=A", "stype_in 'smart'"),
        (b"schema=mbo", "Missing symbols"),
        (b"schema=mbo|symbols=,", "Missing symbols"),
        (b"schema=mbo|symbols=A|start=yesterday", "start is not a time"),
        (b"schema=mbo|symbols=A|start=18446744073709551615", "start is not a time"),
        (b"schema=mbo|symbols=A|snapshot=2", "snapshot must be 0 or 1"),
        (b"schema=mbo|symbols=A|snapshot=1|start=0", "exclude each other"),
        (b"schema=trades|symbols=A|snapshot=1", "only served for schema mbo"),
        (b"schema=mbo|symbols=A|id=-1", "id must be a whole number"),
    ],
)
def test_impossible_subscriptions_are_refused_with_the_reason(line, reason):
    with pytest.raises(ProtocolViolationError, match=reason):
        parse_request(line)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("-k-123", ""), "auth must be"),
        (("dataset=GLBX.MDP3", "dataset="), "Missing dataset"),
        (("encoding=dbn", "encoding=csv"), "Only encoding=dbn"),
        (("compression=none", "compression=lz4"), "compression must be"),
        (("interval_s=30", "interval_s=4"), "must be 5 to 1800"),
        (("interval_s=30", "interval_s=x"), "whole number"),
        (("ts_out=0", "ts_out=yes"), "ts_out must be 0 or 1"),
        (("client=", "slow_reader_behavior=cry|client="), "warn or skip"),
    ],
)
def test_impossible_authentication_is_refused_with_the_reason(change, reason):
    with pytest.raises(ProtocolViolationError, match=reason):
        AuthenticationRequest.parse(PYTHON.replace(*change).encode())


def test_an_answer_proves_a_key_as_the_vendors_client_computes_it():
    from databento.common.cram import get_challenge_response

    key = "db-0123456789abcdefghijklm-pqrst"
    answer, _, bucket = get_challenge_response("challenge", key).partition("-")
    assert answer == answer_challenge("challenge", key)
    assert accepts_answer("challenge", answer, bucket, ["another", key])
    assert not accepts_answer("challenge", answer, bucket, ["another"])
    assert not accepts_answer("another challenge", answer, bucket, [key])


def test_without_keys_any_well_formed_answer_enters():
    assert accepts_answer("challenge", "0" * 64, "12345", None)
    assert not accepts_answer("challenge", "0" * 63, "12345", None)
    assert not accepts_answer("challenge", "Z" * 64, "12345", None)
    assert not accepts_answer("challenge", "0" * 64, "1234", None)
