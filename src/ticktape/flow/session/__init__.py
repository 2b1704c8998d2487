"""Bars and levels of an exchange's sessions."""

from ticktape.flow.session.bars import BAR, BarKind, BarsSettings, SessionBars, parse_bars
from ticktape.flow.session.level_kinds import LEVEL_NAMES, LevelKind
from ticktape.flow.session.levels import LEVEL, LevelsSettings, SessionLevels, profile_levels

__all__ = [
    "BAR",
    "LEVEL",
    "LEVEL_NAMES",
    "BarKind",
    "BarsSettings",
    "LevelKind",
    "LevelsSettings",
    "SessionBars",
    "SessionLevels",
    "parse_bars",
    "profile_levels",
]
