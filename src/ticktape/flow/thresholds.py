"""The thresholds that a user has set: for every instrument, for those of a root, for one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final, TypedDict

from ticktape.flow.flow_settings import FlowSettings
from ticktape.flow.instrument import root_of
from ticktape.flow.threshold_list import Threshold, threshold_list
from ticktape.flow.threshold_values import format_value, read_value
from ticktape.tape.errors import BadValueError

# The table of a settings file that has those of some instruments.
OF: Final = "of"
ALL: Final = "all"
_DIGITS: Final = 8
# Roots that are named where another one was meant.
_SHOWN: Final = 8
_FORM: Final = "write it STUDY.THRESHOLD=VALUE, for one product ROOT:STUDY.THRESHOLD=VALUE"

Values = dict[str, Any]


class Thresholds:
    """What a user has set; everything else is as by default.

    What is set for a symbol goes before what is set for its root, and that before what is set for
    all.

    Parameters
    ----------
    general : mapping
        Values by the names of thresholds.
    particular : mapping
        The same, by the symbol or the root that they are for.
    named : iterable of str
        Those of these symbols and roots that were named for what is studied now, rather than in
        settings that hold for everything.

    Raises
    ------
    BadValueError
        If values do not go together.
    """

    def __init__(
        self, general: Values, particular: Mapping[str, Values], named: Iterable[str] = ()
    ) -> None:
        self.general = general
        self.particular = dict(particular)
        self.named = tuple(dict.fromkeys(named))
        self.settings_of("")
        for name in particular:
            self.settings_of(name)

    def values_of(self, symbol: str) -> Values:
        """Give the values that are set for an instrument and differ from the defaults."""
        values = {
            **self.general,
            **self.particular.get(root_of(symbol), {}),
            **self.particular.get(symbol, {}),
        }
        if not values:
            # So that most commands need no list of them.
            return {}
        return {
            name: values[name]
            for name, known in threshold_list().items()
            if name in values and values[name] != known.default
        }

    def settings_of(self, symbol: str) -> FlowSettings:
        """Give the settings of the studies of an instrument.

        Parameters
        ----------
        symbol : str
            Its raw symbol.
        """
        settings = FlowSettings()
        by_study: dict[str, Values] = {}
        for name, value in self.values_of(symbol).items():
            threshold = threshold_list()[name]
            by_study.setdefault(threshold.study, {})[threshold.field] = value
        changed: dict[str, Any] = {}
        for study, values in by_study.items():
            try:
                changed[study] = replace(getattr(settings, study), **values)
            except BadValueError as error:
                message = f"thresholds of {study}: {error.args[0]}"
                raise BadValueError(message, hint=error.hint) from error
        return replace(settings, **changed)

    def texts_of(self, symbol: str) -> dict[str, str]:
        """Give the values that differ from the defaults, as a user writes them."""
        values = self.values_of(symbol).items()
        return {name: format_value(threshold_list()[name], value) for name, value in values}

    def rules_of(self, symbol: str) -> str:
        """Tell by which rules an instrument's signals are made.

        Parameters
        ----------
        symbol : str
            Its raw symbol.

        Returns
        -------
        str
            Empty by the defaults; else eight characters that tell the thresholds on which signals
            depend from all others.
        """
        told = self.signal_texts_of(symbol)
        if not told:
            return ""
        return hashlib.sha256(json.dumps(sorted(told.items())).encode()).hexdigest()[:_DIGITS]

    def unmatched(self, symbols: Iterable[str]) -> list[str]:
        """Give the symbols and roots that were named and that no instrument has.

        Parameters
        ----------
        symbols : iterable of str
            Raw symbols of all instruments that there are.
        """
        if not self.named:
            return []
        there = {name for symbol in symbols for name in (symbol, root_of(symbol))}
        return [name for name in self.named if name not in there]

    def signal_texts_of(self, symbol: str) -> dict[str, str]:
        """Give the values that differ from the defaults and on which signals depend."""
        texts = self.texts_of(symbol).items()
        return {name: text for name, text in texts if threshold_list()[name].is_of_signals}


def read_thresholds(section: Mapping[str, Any], options: Iterable[str] = ()) -> Thresholds:
    """Read what a user has set.

    Parameters
    ----------
    section : mapping
        The section ``flow`` of the settings: a table for each study, and under ``of`` such tables
        by root or symbol.
    options : iterable of str
        ``absorption.least_delta_contracts=30``, ``NQ:outcomes.win_ticks=12``: they go before the
        section.

    Returns
    -------
    Thresholds

    Raises
    ------
    BadValueError
        If there is no such study or threshold, or it cannot have that value.
    """
    studies = dict(section)
    tables = _table(OF, studies.pop(OF, {}))
    general = _values_in(studies)
    particular = {name: _values_in(_table(name, table)) for name, table in tables.items()}
    named: list[str] = []
    for option in options:
        name, is_given, value = option.partition("=")
        symbol, is_particular, rest = name.rpartition(":")
        if not is_given or (is_particular and not symbol.strip()):
            raise BadValueError(f"{option!r} sets no threshold", hint=_FORM)
        threshold = find_threshold(rest.strip())
        into = general
        if is_particular:
            into = particular.setdefault(symbol.strip(), {})
            named.append(symbol.strip())
        into[threshold.name] = read_value(threshold, value.strip())
    return Thresholds(general, particular, named)


class ToldThreshold(TypedDict):
    """A threshold as documents tell it; ``set`` by root or symbol, and for ``all``."""

    name: str
    default: str
    set: dict[str, str]
    unit: str
    meaning: str


def told_thresholds(chosen: Thresholds) -> list[ToldThreshold]:
    """Tell every threshold; values are texts, as they are set."""
    places = {ALL: chosen.general, **chosen.particular}
    return [
        ToldThreshold(
            name=one.name,
            default=format_value(one, one.default),
            set={
                place: format_value(one, values[one.name])
                for place, values in places.items()
                if one.name in values
            },
            unit=one.unit,
            meaning=one.meaning,
        )
        for one in threshold_list().values()
    ]


def find_threshold(name: str) -> Threshold:
    """Give a threshold by its name.

    Raises
    ------
    BadValueError
        If there is none of that name, telling those that there are.
    """
    known = threshold_list()
    study, _, own = name.partition(".")
    studies = list(dict.fromkeys(one.study for one in known.values()))
    if study not in studies:
        raise BadValueError(f"there is no study {study!r}", hint=f"one of {', '.join(studies)}")
    if name not in known:
        names = [one.name.partition(".")[2] for one in known.values() if one.study == study]
        raise BadValueError(f"{study} has no threshold {own!r}", hint=f"one of {', '.join(names)}")
    return known[name]


def _values_in(studies: Mapping[str, Any]) -> Values:
    values = {}
    for study, table in studies.items():
        for name, given in _table(study, table).items():
            threshold = find_threshold(f"{study}.{name}")
            values[threshold.name] = read_value(threshold, given)
    return values


def _table(name: str, given: object) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise BadValueError(
            f"{name} of the section flow is no table",
            hint="write [flow.STUDY], [flow.of.ROOT.STUDY]",
        )
    return given


def unmatched_note(name: str, symbols: Iterable[str]) -> str:
    """Say that no instrument has a symbol or root that thresholds are set for.

    Parameters
    ----------
    name : str
        That symbol or root.
    symbols : iterable of str
        Raw symbols of all instruments that there are.
    """
    roots = sorted({root_of(symbol) for symbol in symbols})
    shown = ", ".join(roots[:_SHOWN]) + (", …" if len(roots) > _SHOWN else "")
    wrong = f"thresholds are set for {name}, but no instrument is of that product or symbol"
    return f"{wrong}; there is {shown}"


DEFAULT_THRESHOLDS: Final = Thresholds({}, {})
