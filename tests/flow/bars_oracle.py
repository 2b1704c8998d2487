"""Time bars in plain Python: every print put into its interval, then read off."""

from __future__ import annotations


def bars_of(records, every_ns):
    """Bars by interval, then by first print: tuples in the order of the fields of a row."""
    bars = {}
    for record in records:
        if chr(record["action"]) != "T":
            continue
        opens = int(record["ts_recv"]) // every_ns * every_ns
        key = (opens, int(record["publisher_id"]), int(record["instrument_id"]))
        bars.setdefault(key, []).append(record)
    rows = []
    for (opens, publisher, instrument), prints in bars.items():
        prices = [int(one["price"]) for one in prints]
        volume = {
            side: sum(int(one["size"]) for one in prints if chr(one["side"]) == side)
            for side in "BAN"
        }
        rows.append(
            (
                publisher,
                instrument,
                opens,
                prices[0],
                max(prices),
                min(prices),
                prices[-1],
                sum(volume.values()),
                volume["B"],
                volume["A"],
                len(prints),
            )
        )
    return rows
