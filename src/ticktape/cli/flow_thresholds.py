"""The thresholds of the studies on the command line: set, and listed."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, Final

from ticktape.cli.usage import WrongUsageError, wrong_usage
from ticktape.flow.thresholds import (
    ALL,
    Thresholds,
    ToldThreshold,
    read_thresholds,
    told_thresholds,
)
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
    return thresholds_of(_section(), options)


def thresholds_of(section: Mapping[str, Any], options: Sequence[str]) -> Thresholds:
    """Read the thresholds of a section of the settings, and those of the command line.

    Raises
    ------
    WrongUsageError
        If one of them cannot be.
    """
    with wrong_usage():
        return read_thresholds(section, options)


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
    for told in told_thresholds(chosen):
        own, _, _ = told["name"].partition(".")
        if own != study:
            study = own
            lines += ["", study]
        lines += _entry(told)
    return "\n".join(lines)


def _entry(told: ToldThreshold) -> list[str]:
    # A time and a price tell themselves what they are.
    unit = "" if told["unit"] in {"time", "price"} else told["unit"]
    head = f"  {told['name']:<{_NAME_COLUMNS}}{told['default']:<{_VALUE_COLUMNS}}{unit}".rstrip()
    places = [text if place == ALL else f"{place}: {text}" for place, text in told["set"].items()]
    changed = f"   set to {', '.join(places)}" if places else ""
    indent = " " * 6
    meaning = textwrap.wrap(
        told["meaning"], _COLUMNS, initial_indent=indent, subsequent_indent=indent
    )
    return [head + changed, *meaning]
