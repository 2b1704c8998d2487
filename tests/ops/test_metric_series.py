"""Every value of every metric's labels is known, and there is a test that moves it.

The tests named here are read, not run: each is to name the metric and the value that it moves.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

from ticktape.market_metrics import ERROR_KINDS
from ticktape.ops import metrics

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "ticktape"
LABELS = "tests/server/test_metric_labels.py"
METRICS = "tests/server/test_metrics.py"
WAITING = "tests/server/test_metrics_of_waiting.py"
GATEWAY = "tests/gateway/test_gateway_metrics.py"

EACH_STREAM = f"{LABELS}::test_a_reader_of_each_stream_is_counted_while_it_reads_and_after"
SESSIONS = f"{GATEWAY}::test_a_session_is_a_client_while_it_lasts_and_its_time_is_taken"
SLOW_LIVE = f"{METRICS}::test_a_slow_client_shows_in_its_kind"
SLOW_BOOK = f"{LABELS}::test_a_slow_reader_of_a_book_waits_and_is_conflated"
SLOW_FLOW = f"{WAITING}::test_a_reader_of_the_flow_that_stops_waits_and_then_has_states_replaced"
OUR_LIMITS = "tests/server/test_limits.py"
ITS_LIMITS = f"{GATEWAY}::test_each_limit_is_counted_where_it_refuses"
STORES = f"{LABELS}::test_each_operation_on_a_store_is_counted_and_timed"
SIGNALS = f"{LABELS}::test_keeping_a_signal_and_finding_it_are_operations_on_their_store"
ENDINGS = f"{GATEWAY}::test_every_session_ends_for_a_reason"
STATES = f"{GATEWAY}::test_connections_are_counted_by_what_they_have_come_to"
FULL_DISK = f"{WAITING}::test_signals_that_a_full_disk_refuses_wait_and_the_oldest_are_dropped"
WRONG = f"{LABELS}::test_each_kind_of_wrong_record_is_counted"
BOOKS = f"{METRICS}::test_books_orders_and_levels_are_what_they_are_at_the_scrape"
CONTRADICTIONS = f"{METRICS}::test_what_contradicts_the_book_is_counted_by_kind"
BYTES_WAIT = f"{GATEWAY}::test_what_waits_is_told_of_all_sessions_and_of_the_slowest"

OF_READERS = ("live", "book", "flow", "effects")
STORE_WORK = dict.fromkeys(("read", "checkpoint", "append", "index"), STORES) | dict.fromkeys(
    ("keep", "find"), SIGNALS
)
# By metric and value of its label: the test that moves it.
MOVED_BY = {
    "ticktape_queue_depth": {
        "feed": f"{WAITING}::test_batches_that_wait_for_the_market_are_the_feeds_queue",
        "signals": FULL_DISK,
    },
    "ticktape_drops": {"signals": FULL_DISK},
    "ticktape_clients": dict.fromkeys(OF_READERS, EACH_STREAM) | {"gateway": SESSIONS},
    "ticktape_client_drops": {
        "live": SLOW_LIVE,
        "flow": "tests/server/test_flow_stream.py::"
        "test_a_slow_client_begins_anew_and_others_lose_nothing",
        "effects": f"{LABELS}::test_records_that_a_reader_of_effects_missed_are_drops",
        "gateway": f"{GATEWAY}::test_quotes_that_are_skipped_are_counted_as_drops",
    },
    "ticktape_client_conflations": {"live": SLOW_LIVE, "book": SLOW_BOOK, "flow": SLOW_FLOW},
    "ticktape_stream_duration_seconds": dict.fromkeys(OF_READERS, EACH_STREAM)
    | {"gateway": SESSIONS},
    "ticktape_stream_bytes": dict.fromkeys(OF_READERS, EACH_STREAM)
    | {"gateway": f"{GATEWAY}::test_records_and_bytes_are_counted_as_they_are_sent"},
    "ticktape_refusals": {
        "requests": f"{OUR_LIMITS}::test_a_request_too_many_is_503_and_may_come_again",
        "websockets": f"{LABELS}::test_each_limit_is_counted_where_it_refuses",
        **dict.fromkeys(("connections", "symbols", "subscriptions", "line_bytes"), ITS_LIMITS),
    },
    "ticktape_gateway_connections": dict.fromkeys(("authenticating", "open"), STATES),
    "ticktape_gateway_sessions_ended": {
        **dict.fromkeys(("left", "refused", "finished"), ENDINGS),
        "lag": f"{GATEWAY}::test_who_is_too_slow_is_counted_and_what_it_skips",
        "stall": f"{GATEWAY}::test_a_replay_that_is_held_too_long_counts_a_stall",
        "drained": f"{GATEWAY}::test_a_session_that_is_drained_is_one_that_ended_for_that",
        "failed": f"{GATEWAY}::test_a_source_that_breaks_is_a_failure_of_every_session",
    },
    "ticktape_store_operations": STORE_WORK,
    "ticktape_store_operation_duration_seconds": STORE_WORK,
    # Read at a scrape.
    "ticktape_record_errors": dict.fromkeys(ERROR_KINDS, WRONG),
    "ticktape_unknown_orders": dict.fromkeys(("cancel", "modify"), CONTRADICTIONS),
    "ticktape_book_levels": dict.fromkeys(("bid", "ask"), BOOKS),
    "ticktape_client_queue_depth": {"live": SLOW_LIVE, "book": SLOW_BOOK, "flow": SLOW_FLOW},
    "ticktape_gateway_queue_bytes": dict.fromkeys(("all", "slowest"), BYTES_WAIT),
}
# Of these each value is tried in turn: every schema, every method.
MANY_VALUES = {
    "ticktape_records": f"{LABELS}::test_records_are_counted_by_their_schema",
    "ticktape_http_requests": f"{LABELS}::test_requests_are_counted_by_their_method",
    "ticktape_http_request_duration_seconds": f"{METRICS}::"
    "test_requests_are_counted_and_timed_until_the_end_of_their_answer",
    "ticktape_http_response_bytes": f"{METRICS}::"
    "test_requests_are_counted_and_timed_until_the_end_of_their_answer",
}


@cache
def parsed(path):
    return ast.parse((ROOT / path).read_text())


def texts_of(node):
    return {one.value for one in ast.walk(node) if isinstance(one, ast.Constant)}


@cache
def told_by(test):
    """Give the texts in a test, and in what it uses of its own file."""
    path, name = test.split("::") if "::" in test else (test, None)
    used = {}
    for node in parsed(path).body:
        targets = node.targets if isinstance(node, ast.Assign) else [node]
        used |= {getattr(one, "id", getattr(one, "name", None)): node for one in targets}
    assert name in used, f"there is no {test}"
    texts = set()
    for node in ast.walk(used[name]):
        if isinstance(node, ast.Name) and node.id in used:
            texts |= texts_of(used[node.id])
    return texts | texts_of(used[name])


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in MOVED_BY.items() for value in values]
)
def test_every_value_of_a_label_is_moved_by_a_test(name, value):
    test = MOVED_BY[name][value]
    texts = {text for text in told_by(test) if isinstance(text, str)}
    assert value in texts, f"{test} does not move {value}"
    names = {f"{name}{ending}" for ending in ("", "_total", "_count")}
    assert names & texts, f"{test} does not read {name}"


def test_every_metric_with_labels_has_its_values_here():
    labelled = {
        family.name
        for collector in list(metrics.REGISTRY._collector_to_names)
        for family in collector.describe()
        if getattr(collector, "_labelnames", ()) or getattr(collector, "_labels", ())
    }
    of_requests = {name for name in MANY_VALUES if name.startswith("ticktape_http")}
    assert labelled | of_requests == set(MOVED_BY) | set(MANY_VALUES)
    for test in MANY_VALUES.values():
        assert told_by(test)


def test_the_values_known_beforehand_are_those_that_tests_move():
    known = {metric.describe()[0].name: set(values) for metric, values in metrics.SERIES}
    assert {name: set(MOVED_BY[name]) for name in known} == known


def labels_in_the_code():
    """Give metric and value wherever the code names a label's value."""
    for path in sorted(SOURCE.rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and call.func.attr == "labels"
                and isinstance(call.func.value, ast.Name)
                and isinstance(call.args[0], ast.Constant)
            ):
                yield getattr(metrics, call.func.value.id), call.args[0].value


def test_the_code_names_no_value_that_is_not_known_beforehand():
    known = dict(metrics.SERIES)
    found = list(labels_in_the_code())
    assert len(found) > 20
    assert not [(metric._name, value) for metric, value in found if value not in known[metric]]
