"""Figures as a document: JSON for machines, a Markdown table for the pages that quote them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from ticktape.bench.figures import Figure
from ticktape.bench.machine import describe_machine


def make_report(figures: Sequence[Figure], quick: bool) -> dict[str, Any]:
    """Put figures together with the machine that they were measured on.

    Parameters
    ----------
    figures : sequence of Figure
        In the order to be shown.
    quick : bool
        Whether smaller inputs than the published ones were used.

    Returns
    -------
    dict
        ``measured_at`` (UTC), ``quick``, ``machine`` and ``figures``.
    """
    return {
        "measured_at": datetime.now(UTC).strftime("%Y-%m-%d %H:%MZ"),
        "quick": quick,
        "machine": describe_machine(),
        "figures": [figure.as_json() for figure in figures],
    }


def amount(value: float | None, unit: str) -> str:
    """Write a measured amount with its unit.

    Parameters
    ----------
    value : float or None
        None gives a dash.
    unit : str
        Put behind a space; ``×`` stands without one.

    Returns
    -------
    str
    """
    if value is None:
        return "–"
    return f"{value:g}×" if unit == "×" else f"{value:g} {unit}"


def machine_line(machine: dict[str, Any]) -> str:
    """Write the machine as one line.

    Parameters
    ----------
    machine : dict
        As :func:`ticktape.bench.machine.describe_machine` gives it.

    Returns
    -------
    str
    """
    memory = "" if machine["memory_gb"] is None else f", {machine['memory_gb']:g} GB"
    versions = ", ".join(f"{name} {number}" for name, number in machine["versions"].items())
    stolen = machine.get("stolen_share", 0.0)
    shared = (
        f"; its host gave {stolen:.1%} of the cores' time to others meanwhile" if stolen else ""
    )
    return (
        f"{machine['processor']}, {machine['cores']} cores{memory}, {machine['system']}, "
        f"Python {machine['python']}, {versions}{shared}"
    )


def bound_text(figure: dict[str, Any]) -> str:
    """Write what a figure is held against.

    Parameters
    ----------
    figure : dict
        One of a report's ``figures``.

    Returns
    -------
    str
        Empty where it is only reported.
    """
    if figure["bound"] is None:
        return ""
    side = "at most" if figure["at_most"] else "at least"
    return f"{side} {amount(figure['bound'], figure['unit'])}"


def markdown_table(report: dict[str, Any], *, brief: bool = False) -> str:
    """Write a report as a Markdown table with its machine below.

    Parameters
    ----------
    report : dict
        As :func:`make_report` gives it, or read back from its JSON.
    brief : bool
        Only the figures that are held against something, without who used what of the machine.

    Returns
    -------
    str
    """
    shows_used = not brief and any(figure.get("used") for figure in report["figures"])
    headings = ["what", "measured", "held against", *(["cores used"] if shows_used else [])]
    lines = [_row(headings), "|" + "---|" * len(headings)]
    for figure in report["figures"]:
        if brief and figure["bound"] is None and not figure.get("failed"):
            continue
        measured = amount(figure["measured"], figure["unit"])
        if figure["measured"] is None:
            measured = figure["note"]
        elif figure["ok"] is False:
            measured += " (missed)"
        cells = [figure["what"], measured, bound_text(figure)]
        lines.append(_row([*cells, figure.get("used", "")] if shows_used else cells))
    quick = ", smaller inputs (--quick)" if report["quick"] else ""
    where = f"Measured {report['measured_at']}{quick} on: {machine_line(report['machine'])}."
    return "\n".join([*lines, "", where])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
