"""The JSON messages of the book stream: the content of the binary ones, for people and scripts.

Prices are integers in 1e-9 (``*_i64``) beside decimal strings; identifiers, times, positions and
sequences are strings, because a browser rounds above 2^53.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from msgspec.json import Encoder

from ticktape.book.effects import EffectKind, NoEffect
from ticktape.book.ladder import Ladder
from ticktape.server.book_frames import BookFlag, BookHead, BookMessageKind
from ticktape.tape.layouts import SIDE_BID
from ticktape.tape.prices import format_price, format_prices

Json = dict[str, Any]

_encode = Encoder().encode
_EFFECTS: Final = {kind.value: kind.name.lower() for kind in EffectKind}
# Spelled as the codes of errors are, and in server-sent events.
_REASONS: Final = {
    reason.value: reason.name.lower().replace("_", "-")
    for reason in NoEffect
    if reason is not NoEffect.NOT_NONE
}


def _head(kind: str, symbol: str, head: BookHead) -> Json:
    return {
        "type": kind,
        "symbol": symbol,
        "instrument_id": head.instrument_id,
        "publisher_id": head.publisher_id,
        "ts_recv": str(head.time_ns),
        "position": str(head.position),
        "touch": head.touch,
        "in_event": bool(head.flags & BookFlag.IN_EVENT),
        "crossed": bool(head.flags & BookFlag.CROSSED),
        "locked": bool(head.flags & BookFlag.LOCKED),
        "stale": bool(head.flags & BookFlag.STALE),
    }


def _text(data: Json) -> str:
    return _encode(data).decode()


def ladder_message(
    kind: BookMessageKind,
    symbol: str,
    head: BookHead,
    sequence: int,
    ladder: Ladder,
    *,
    orders: bool,
) -> str:
    """Make a ``book_snapshot``, or a ``book_changes`` message."""
    name = "book_snapshot" if kind is BookMessageKind.SNAPSHOT else "book_changes"
    message = _head(name, symbol, head)
    message["sequence"] = str(sequence)
    bids: list[Json] = []
    asks: list[Json] = []
    levels = ladder.levels
    listed = _orders(ladder.orders) if orders else []
    at = 0
    for price, text, size, count, own, added, cancelled, side in zip(
        levels["price"].tolist(),
        format_prices(levels["price"]),
        levels["size"].tolist(),
        levels["count"].tolist(),
        levels["listed"].tolist(),
        levels["added"].tolist(),
        levels["cancelled"].tolist(),
        levels["side"].tolist(),
        strict=True,
    ):
        level: Json = {
            "price": text or None,
            "price_i64": price,
            "size": size,
            "count": count,
            "added": added,
            "cancelled": cancelled,
        }
        if orders:
            level["orders"] = listed[at : at + own]
            at += own
        (bids if side == SIDE_BID else asks).append(level)
    message["bids"] = bids
    message["asks"] = asks
    return _text(message)


def _orders(orders: np.ndarray) -> list[Json]:
    return [
        {"order_id": str(order_id), "ts_event": str(time), "size": size}
        for order_id, time, size in zip(
            orders["order_id"].tolist(),
            orders["ts_event"].tolist(),
            orders["size"].tolist(),
            strict=True,
        )
    ]


def volume_message(symbol: str, head: BookHead, volumes: np.ndarray) -> str:
    """Make a ``book_volume`` message."""
    message = _head("book_volume", symbol, head)
    message["volumes"] = [
        {
            "price": text or None,
            "price_i64": price,
            "bought": bought,
            "sold": sold,
            "unsided": unsided,
        }
        for text, (price, bought, sold, unsided) in zip(
            format_prices(volumes["price"]), volumes.tolist(), strict=True
        )
    ]
    return _text(message)


def columns_message(
    symbol: str,
    head: BookHead,
    every_ms: int,
    columns: list[tuple[np.void, np.ndarray, np.ndarray]],
) -> str:
    """Make a ``book_columns`` message; each column is its head, depth cells and trade cells."""
    message = _head("book_columns", symbol, head)
    message["every_ms"] = every_ms
    message["columns"] = [
        {
            "begin": str(row["begin"]),
            "best_bid_i64": int(row["best_bid"]),
            "best_bid": format_price(int(row["best_bid"])) or None,
            "best_ask_i64": int(row["best_ask"]),
            "best_ask": format_price(int(row["best_ask"])) or None,
            "flags": int(row["flags"]),
            "depth": [
                {"price": text, "price_i64": price, "size": size, "side": chr(side)}
                for text, (price, size, side) in zip(
                    format_prices(depth["price"]), depth.tolist(), strict=True
                )
            ],
            "trades": [
                {
                    "price": text,
                    "price_i64": price,
                    "bought": bought,
                    "sold": sold,
                    "unsided": unsided,
                }
                for text, (price, bought, sold, unsided) in zip(
                    format_prices(trades["price"]), trades.tolist(), strict=True
                )
            ],
        }
        for row, depth, trades in columns
    ]
    return _text(message)


def events_message(symbol: str, head: BookHead, events: np.ndarray) -> str:
    """Make a ``book_events`` message."""
    message = _head("book_events", symbol, head)
    message["followed"] = bool(head.flags & BookFlag.FOLLOWED)
    message["events"] = [_event(row) for row in events]
    return _text(message)


def _event(row: np.void) -> Json:
    record, effect = row["record"], row["effect"]
    told: Json = {"kind": _EFFECTS.get(int(effect["kind"]), "none")}
    if told["kind"] == "none":
        told["reason"] = _REASONS.get(int(effect["reason"]))
    elif told["kind"] != "clear":
        told["side"] = chr(effect["side"])
        told["price_i64"] = int(effect["price"])
        told["price"] = format_price(int(effect["price"])) or None
        told["size"] = int(effect["size"])
    if told["kind"] == "modify":
        told["old_price_i64"] = int(effect["old_price"])
        told["old_price"] = format_price(int(effect["old_price"])) or None
        told["old_size"] = int(effect["old_size"])
        if effect["old_side"] != effect["side"]:
            told["old_side"] = chr(effect["old_side"])
    return {
        "position": str(row["position"]),
        "ts_event": str(record["ts_event"]),
        "ts_recv": str(record["ts_recv"]),
        "action": chr(record["action"]),
        "side": chr(record["side"]),
        "order_id": str(record["order_id"]),
        "price_i64": int(record["price"]),
        "price": format_price(int(record["price"])) or None,
        "size": int(record["size"]),
        "flags": int(record["flags"]),
        "sequence": int(record["sequence"]),
        "effect": told,
    }


def reset_message(symbol: str | None, head: BookHead) -> str:
    """Make a ``book_reset`` message; without a symbol it means every book."""
    message = _head("book_reset", symbol or "", head)
    if symbol is None:
        message["symbol"] = None
    return _text(message)
