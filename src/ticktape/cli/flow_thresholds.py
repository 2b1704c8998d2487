"""The thresholds of the studies on the command line: set, and listed."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Annotated, Final

import typer

from ticktape.cli.usage import WrongUsageError, wrong_usage
from ticktape.flow.threshold_list import Threshold, threshold_list
from ticktape.flow.threshold_values import format_value
from ticktape.flow.thresholds import Thresholds, read_thresholds
from ticktape.ops.config_file import config_file, may_be_set

_COLUMNS: Final = 100
_NAME_COLUMNS: Final = 38
_VALUE_COLUMNS: Final = 14


def read_set_thresholds(options: Sequence[str]) -> Thresholds:
    """Read the thresholds of the settings, and those of the command line, which go before them.

    Parameters
    ----------
    options : sequence of str
        As ``--set`` has them.

    Raises
    ------
    WrongUsageError
        If one of them cannot be.
    """
    with wrong_usage():
        return read_thresholds(_section(), options)


def _section() -> dict[str, object]:
    if not may_be_set("flow"):
        return {}
    # Reading settings takes a while, and there are seldom any.
    from ticktape.ops.config import SettingsError, load_settings  # noqa: PLC0415

    try:
        return load_settings().flow
    except SettingsError as error:
        raise WrongUsageError(str(error)) from error


def thresholds_text(chosen: Thresholds) -> str:
    """List every threshold: its name, its value unless set, its unit and its meaning.

    Parameters
    ----------
    chosen : Thresholds
        Those that are set are listed with both values.
    """
    lines = [
        "Thresholds of the studies; set them with --set STUDY.THRESHOLD=VALUE (of one product",
        "with --set ROOT:STUDY.THRESHOLD=VALUE), or in the section flow of the settings "
        f"({config_file()}).",
    ]
    study = ""
    for threshold in threshold_list().values():
        if threshold.study != study:
            study = threshold.study
            lines += ["", study]
        lines += _entry(threshold, _set_to(threshold, chosen))
    return "\n".join(lines)


def thresholds_document(chosen: Thresholds) -> list[dict[str, object]]:
    """List every threshold as JSON; values are texts, as they are set."""
    return [
        {
            "name": one.name,
            "default": format_value(one, one.default),
            "set": {place or "all": text for place, text in _places(one, chosen)},
            "unit": one.unit,
            "meaning": one.meaning,
        }
        for one in threshold_list().values()
    ]


def _entry(threshold: Threshold, changed: str) -> list[str]:
    default = format_value(threshold, threshold.default)
    unit = threshold.unit if threshold.kind not in {"time", "price"} else ""
    head = f"  {threshold.name:<{_NAME_COLUMNS}}{default:<{_VALUE_COLUMNS}}{unit}"
    indent = " " * 6
    meaning = textwrap.wrap(
        threshold.meaning, _COLUMNS, initial_indent=indent, subsequent_indent=indent
    )
    return [head.rstrip() + changed, *meaning]


def _set_to(threshold: Threshold, chosen: Thresholds) -> str:
    told = [f"{place}: {text}" if place else text for place, text in _places(threshold, chosen)]
    return f"   set to {', '.join(told)}" if told else ""


def _places(threshold: Threshold, chosen: Thresholds) -> Iterator[tuple[str, str]]:
    """Tell for what a threshold is set, nothing for all, and to what."""
    for place, values in {"": chosen.general, **chosen.particular}.items():
        if threshold.name in values:
            yield place, format_value(threshold, values[threshold.name])


SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="[ROOT:]STUDY.THRESHOLD=VALUE",
        help="Set a threshold of a study; ticktape flow --thresholds lists them.",
    ),
]
