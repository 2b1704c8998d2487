"""Logs: JSON where nobody looks, and no secret anywhere."""

import io
import json
import logging
import os
import pty
import tty

import pytest
import structlog

from ticktape.ops.logging import set_up_logging, without_secrets


@pytest.fixture
def undone():
    """Logging is as it was again after the test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def log(undone):
    stream = io.StringIO()
    set_up_logging("info", stream=stream)
    return stream


@pytest.fixture
def terminal(undone):
    """Both ends of a terminal: what is written to the one is read from the other."""
    reader, writer = pty.openpty()
    tty.setraw(writer)
    with os.fdopen(writer, "w", buffering=1) as stream:
        yield stream, reader
    os.close(reader)


@pytest.fixture
def pipe(undone):
    """Both ends of a pipe, which is no terminal."""
    reader, writer = os.pipe()
    with os.fdopen(writer, "w", buffering=1) as stream:
        yield stream, reader
    os.close(reader)


def said_in(ends):
    """Log an event and a secret to one end; give what the other has."""
    stream, reader = ends
    set_up_logging("info", stream=stream)
    structlog.get_logger("ticktape.test").info("started", port=8080, api_key="hunter2")
    stream.flush()
    return os.read(reader, 1 << 16).decode()


def test_a_terminal_gets_lines_for_people(terminal):
    said = said_in(terminal)
    assert "started" in said
    assert "port" in said
    assert "8080" in said
    with pytest.raises(ValueError, match="Expecting value"):
        json.loads(said)
    assert "hunter2" not in said


def test_what_is_no_terminal_gets_json(pipe):
    said = said_in(pipe)
    event = json.loads(said)
    assert (event["event"], event["port"], event["api_key"]) == ("started", 8080, "****")
    assert "hunter2" not in said


def test_each_event_is_a_json_line(log):
    structlog.get_logger("ticktape.test").info("started", port=8080)
    event = json.loads(log.getvalue())
    assert (event["event"], event["port"], event["level"]) == ("started", 8080, "info")
    assert event["logger"] == "ticktape.test"


def test_the_standard_librarys_loggers_come_out_alike(log):
    logging.getLogger("ticktape.other").warning("odd: %d", 3)
    assert json.loads(log.getvalue())["event"] == "odd: 3"


def test_secrets_are_hidden(log):
    structlog.get_logger().info("connected", api_key="db-very-secret", Authorization="Basic x")
    assert "very-secret" not in log.getvalue()
    assert json.loads(log.getvalue())["Authorization"] == "****"


def test_below_the_level_nothing_is_said(log):
    structlog.get_logger().debug("detail")
    logging.getLogger("databento").info("subscribed")
    assert log.getvalue() == ""


KEY = "db-0123456789abcdefghijklmnopqrs"


@pytest.mark.parametrize(
    "text",
    [
        f"GET /v0/range?key={KEY}&symbols=ES",
        "GET /ws/live?api_key=hunter2&symbols=ES",
        "https://host/?Access_Token=hunter2",
        "Authorization: Basic aHVudGVyMg==",
        'headers {"authorization": "Bearer hunter2"}',
        "{'DATABENTO_API_KEY': 'hunter2'}",
        f"auth={KEY}|dataset=X",
        "password = hunter2",
    ],
)
def test_what_looks_like_a_secret_is_hidden_in_any_text(text):
    hidden = without_secrets(text)
    assert "****" in hidden
    for secret in (KEY, "hunter2", "aHVudGVyMg"):
        assert secret not in hidden


def test_what_is_no_secret_stays():
    text = "applied 100 records of ESZ6 to books (1, 100); GET /api/book/ESZ6?levels=10"
    assert without_secrets(text) == text


def test_a_traceback_tells_no_secret(log):
    try:
        raise ValueError(f"refused {KEY} at https://host/?token=hunter2")
    except ValueError:
        structlog.get_logger().exception("failed")
        logging.getLogger("other").exception("failed with %s", KEY)
    said = log.getvalue()
    assert said.count("Traceback") == 2
    assert KEY not in said
    assert "hunter2" not in said


def test_what_is_bound_to_the_context_is_in_every_line(log):
    with structlog.contextvars.bound_contextvars(request_id="r1", session_id="s1", client_id="c1"):
        structlog.get_logger().info("one")
        logging.getLogger("other").warning("two")
    for line in log.getvalue().splitlines():
        event = json.loads(line)
        assert (event["request_id"], event["session_id"], event["client_id"]) == ("r1", "s1", "c1")
