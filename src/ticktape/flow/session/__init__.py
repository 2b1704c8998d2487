"""Bars and levels of an exchange's sessions."""

from ticktape.flow.session.bars import BAR, BarKind, BarsSettings, SessionBars, parse_bars
from ticktape.flow.session.level_kinds import LevelKind, level_names
from ticktape.flow.session.levels import LEVEL, LevelsSettings, SessionLevels, profile_levels

__all__ = [
    "BAR",
    "LEVEL",
    "BarKind",
    "BarsSettings",
    "LevelKind",
    "LevelsSettings",
    "SessionBars",
    "SessionLevels",
    "level_names",
    "parse_bars",
    "profile_levels",
]
