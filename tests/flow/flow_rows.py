"""Rows of all studies, gathered and compared."""

import numpy as np

from ticktape.flow.joined_rows import join_rows


def gathered(flow, batches):
    """Give every study's rows, those still open last, and the sums of all prints."""
    closed = {name: [] for name in flow.rows}
    for batch in batches:
        for name, rows in flow.update(batch).items():
            closed[name].append(rows)
    for name, rows in flow.current().items():
        closed[name].append(rows)
    every = {name: join_rows(pieces, flow.rows[name]) for name, pieces in closed.items()}
    return every, flow.sums()


def assert_same_rows(given, expected):
    """Every study's rows are equal byte for byte, and in the same order."""
    (rows, sums), (expected_rows, expected_sums) = given, expected
    assert {name: len(some) for name, some in rows.items()} == {
        name: len(some) for name, some in expected_rows.items()
    }
    differ = [name for name in rows if rows[name].tobytes() != expected_rows[name].tobytes()]
    assert differ == []
    assert sums.tobytes() == expected_sums.tobytes()


def cut_at(batches, cuts):
    """Cut each batch at the same places, of which some may be beyond its end."""
    for schema, records in batches:
        for piece in np.split(records, sorted(cut for cut in cuts if cut < len(records))):
            yield type(batches[0])(schema, piece)


def in_runs(batches, count):
    """Cut batches into runs of so many records."""
    for schema, records in batches:
        for at in range(0, len(records), count):
            yield type(batches[0])(schema, records[at : at + count])
