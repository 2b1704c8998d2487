"""Logs: JSON where nobody looks, and no secret anywhere."""

import io
import json
import logging

import pytest
import structlog

from ticktape.ops.logging import set_up_logging


@pytest.fixture
def log():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    set_up_logging("info", stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


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
