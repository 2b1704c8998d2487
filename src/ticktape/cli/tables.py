"""Tables as text: the same on a terminal, in a pipe and in a file."""

from __future__ import annotations

from collections.abc import Sequence


def format_table(heads: Sequence[str], rows: Sequence[Sequence[object]], left: int = 1) -> str:
    """Lay out rows in columns.

    Parameters
    ----------
    heads : sequence of str
        The names of the columns.
    rows : sequence of sequence
        Their values; ``None`` shows as nothing.
    left : int
        How many columns, from the first, are aligned to the left; the others to the right.

    Returns
    -------
    str
        One line a row, without a line break at the end.
    """
    cells = [["" if value is None else f"{value}" for value in row] for row in rows]
    lines = [list(heads), *cells]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column < left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )
