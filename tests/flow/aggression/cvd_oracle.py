"""The cumulative delta in plain Python: summed anew for every window."""

from __future__ import annotations

from itertools import accumulate, pairwise

from tests.flow.aggression.windows_oracle import windows_of


def changes(held):
    return [size if side == "B" else -size if side == "A" else 0 for _, size, side in held]


def cvd_rows(made, session, settings, before=0):
    """Rows of ``CVD_POINT`` of one session, as tuples; `before`: of the sessions before it."""
    rows, so_far = [], []
    for start, end, held in windows_of(made, session, settings.length_ns):
        opens = sum(changes(so_far))
        path = list(accumulate(changes(held), initial=opens))
        so_far += held
        edges = [0, *settings.bounds_contracts, 2**40]
        buckets = [
            sum(changes([one for one in so_far if low <= one[1] < high]))
            for low, high in pairwise(edges)
        ]
        buckets += [0] * (8 - len(buckets))
        rows.append(
            (
                start,
                end,
                opens,
                max(path),
                min(path),
                path[-1],
                before + path[-1],
                held[-1][0],
                tuple(buckets),
            )
        )
    return rows
