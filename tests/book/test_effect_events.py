"""The text of server-sent events, against the same written with a JSON library and Decimal."""

from __future__ import annotations

import json
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.conformance.streams import garbage_stream

from ticktape.book import EFFECT, EffectKind, MboBooks, NoEffect
from ticktape.book.effect_events import effect_events
from ticktape.book.effect_events_kernels import LONGEST_EVENT
from ticktape.tape import Schema, new_records

UNDEF = 2**63 - 1
NAMES = {0: 'a "b"\\\n', 7: "ESH6", 9: "ÖL", 2**32 - 1: "CLX5"}

edges_u8 = st.sampled_from([0, 1, 9, 10, 99, 2**53 + 1, 10**19, 2**64 - 1]) | st.integers(
    0, 2**64 - 1
)
edges_i8 = st.sampled_from(
    [0, 1, -1, 10**9, -(10**9), 10**8, 64_830_000_000, UNDEF, UNDEF - 1, -UNDEF, -(2**63)]
) | st.integers(-(2**63), 2**63 - 1)
u4 = st.sampled_from([0, 1, 10, 2**32 - 1]) | st.integers(0, 2**32 - 1)
u1 = st.integers(0, 255)

record_rows = st.fixed_dictionaries(
    {
        "publisher_id": st.sampled_from([0, 1, 2**16 - 1]),
        "instrument_id": st.sampled_from(list(NAMES)),
        "ts_event": edges_u8,
        "order_id": edges_u8,
        "price": edges_i8,
        "size": u4,
        "flags": u1,
        "channel_id": u1,
        "action": st.sampled_from(list(b"ACMRTFN")) | u1,
        "side": st.sampled_from(list(b"ABN")) | u1,
        "ts_recv": edges_u8,
        "ts_in_delta": st.sampled_from([0, -1, -(2**31), 2**31 - 1]),
        "sequence": u4,
    }
)
sides = st.sampled_from([ord("B"), ord("A")])
effect_rows = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(list(map(int, EffectKind))),
        "reason": st.sampled_from([1, 2, 3]),
        "side": sides,
        "old_side": sides,
        "price": edges_i8,
        "old_price": edges_i8,
        "size": u4,
        "old_size": u4,
    }
)


def decimal_text(price: int) -> str | None:
    if price == UNDEF:
        return None
    text = format(Decimal(price).scaleb(-9), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def expected_effect(effect: dict) -> dict:
    kind = EffectKind(effect["kind"]).name.lower()
    if kind == "none":
        reason = NoEffect(effect["reason"]).name.lower().replace("_", "-")
        return {"kind": kind, "reason": reason}
    if kind == "clear":
        return {"kind": kind}
    if kind != "modify":
        return {
            "kind": kind,
            "side": chr(effect["side"]),
            "price": decimal_text(effect["price"]),
            "price_i64": effect["price"],
            "size": effect["size"],
        }
    odd = {"old_side": chr(effect["old_side"])}
    return {
        "kind": kind,
        "side": chr(effect["side"]),
        **(odd if effect["old_side"] != effect["side"] else {}),
        "old_price": decimal_text(effect["old_price"]),
        "old_price_i64": effect["old_price"],
        "new_price": decimal_text(effect["price"]),
        "new_price_i64": effect["price"],
        "old_size": effect["old_size"],
        "new_size": effect["size"],
    }


def expected_event(position: int, record: dict, effect: dict) -> dict:
    fields = {
        "instrument_id": record["instrument_id"],
        "publisher_id": record["publisher_id"],
        "action": chr(record["action"]),
        "side": chr(record["side"]),
        "order_id": str(record["order_id"]),
        "order_id_u64": record["order_id"],
        "price": decimal_text(record["price"]),
        "price_i64": record["price"],
        **{name: record[name] for name in ("size", "flags", "channel_id")},
        "ts_event": str(record["ts_event"]),
        "ts_event_unix_ns": record["ts_event"],
        "ts_recv": str(record["ts_recv"]),
        "ts_recv_unix_ns": record["ts_recv"],
        **{name: record[name] for name in ("ts_in_delta", "sequence")},
    }
    return {
        "position": position,
        "symbol": NAMES[record["instrument_id"]],
        "record": fields,
        "effect": expected_effect(effect),
    }


def filled(rows: list[dict], array: np.ndarray) -> np.ndarray:
    for i, row in enumerate(rows):
        for name, value in row.items():
            array[name][i] = value
    return array


def rows_of(rows: list[tuple[dict, dict]]) -> tuple[np.ndarray, np.ndarray]:
    records = filled([record for record, _ in rows], new_records(Schema.MBO, len(rows)))
    return records, filled([effect for _, effect in rows], np.zeros(len(rows), EFFECT))


WIDEST = (
    {
        "publisher_id": 2**16 - 1,
        "instrument_id": 2**32 - 1,
        "ts_event": 2**64 - 1,
        "order_id": 2**64 - 1,
        "price": -(2**63) + 1,
        "size": 2**32 - 1,
        "flags": 255,
        "channel_id": 255,
        "action": 0,
        "side": 255,
        "ts_recv": 2**64 - 1,
        "ts_in_delta": -(2**31),
        "sequence": 2**32 - 1,
    },
    {
        "kind": int(EffectKind.MODIFY),
        "reason": 0,
        "side": 255,
        "old_side": 0,
        "price": -(2**63) + 1,
        "old_price": -(2**63) + 1,
        "size": 2**32 - 1,
        "old_size": 2**32 - 1,
    },
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(record_rows, effect_rows), min_size=1, max_size=8))
@example([WIDEST])
def test_every_event_is_what_a_json_library_writes(rows):
    records, effects = rows_of(rows)
    positions = np.arange(len(rows)) * 10**15
    text = b"".join(effect_events(records, effects, positions, NAMES.__getitem__, 1))
    assert text.endswith(b"\n\n")
    events = [event.split(b"\n") for event in text.removesuffix(b"\n\n").split(b"\n\n")]
    assert [head for head, _ in events] == [b"id: %d" % position for position in positions]
    assert [json.loads(body.removeprefix(b"data: ")) for _, body in events] == [
        expected_event(position, *row)
        for position, row in zip(positions.tolist(), rows, strict=True)
    ]


def test_the_longest_event_has_room():
    records, effects = rows_of([WIDEST])
    (text,) = effect_events(records, effects, np.array([2**63 - 1]), lambda _: "S")
    assert len(text) < LONGEST_EVENT


@pytest.mark.parametrize("piece_bytes", [1, 5_000, 1 << 18])
def test_pieces_hold_whole_events_and_are_the_same_text(piece_bytes):
    records = garbage_stream(3, 500)
    effects, positions = MboBooks().update_effects(records), np.arange(500)
    pieces = list(effect_events(records, effects, positions, str, piece_bytes))
    assert all(piece.startswith(b"id: ") and piece.endswith(b"}\n\n") for piece in pieces)
    assert all(len(piece) <= max(piece_bytes, LONGEST_EVENT + 50) for piece in pieces)
    (whole,) = effect_events(records, effects, positions, str, 1 << 22)
    assert b"".join(pieces) == whole


def test_no_records_are_no_text():
    records = new_records(Schema.MBO, 0)
    assert not list(effect_events(records, np.zeros(0, EFFECT), np.zeros(0, np.int64), str))
