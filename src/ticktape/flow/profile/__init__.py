"""Volume by price: profile, value area, nodes, footprint, imbalances, impulse legs."""

from ticktape.flow.profile.footprint import Footprint, FootprintRows
from ticktape.flow.profile.legs import ImpulseLegs
from ticktape.flow.profile.levels import Nodes, ProfileSummary, merge_levels, nodes_of, summary_of
from ticktape.flow.profile.naked import NakedPocs
from ticktape.flow.profile.range_profile import RangeProfile, profile_of
from ticktape.flow.profile.rows import (
    DEVELOPING,
    FOOTPRINT,
    FOOTPRINT_LEVEL,
    LEG,
    LEG_NODE,
    NAKED_POC,
    PROFILE_LEVEL,
    STACK,
)
from ticktape.flow.profile.session_profile import ProfileChanges, SessionProfile
from ticktape.flow.profile.settings import FootprintSettings, LegSettings, ProfileSettings
from ticktape.flow.profile.stacked_signals import stacked_signals

__all__ = [
    "DEVELOPING",
    "FOOTPRINT",
    "FOOTPRINT_LEVEL",
    "LEG",
    "LEG_NODE",
    "NAKED_POC",
    "PROFILE_LEVEL",
    "STACK",
    "Footprint",
    "FootprintRows",
    "FootprintSettings",
    "ImpulseLegs",
    "LegSettings",
    "NakedPocs",
    "Nodes",
    "ProfileChanges",
    "ProfileSettings",
    "ProfileSummary",
    "RangeProfile",
    "SessionProfile",
    "merge_levels",
    "nodes_of",
    "profile_of",
    "stacked_signals",
    "summary_of",
]
