"""States of an instrument's studies as messages: how things stand, told again when they change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

import numpy as np

from ticktape.flow.profile.levels import Nodes, ProfileSummary, nodes_of, summary_of
from ticktape.flow.profile.range_profile import RangeProfile
from ticktape.flow.profile.session_profile import ProfileChanges, SessionProfile
from ticktape.flow.profile.settings import ProfileSettings
from ticktape.flow.session.level_kinds import LevelKind
from ticktape.server import flow_state_messages as said
from ticktape.server.flow_messages import Said
from ticktape.server.flow_rows import milliseconds, way_of
from ticktape.server.flow_studies import FlowStudies
from ticktape.store.signal_rows import STRENGTHS, points
from ticktape.tape.layouts import SIDE_BID

_LEVEL_GROUPS: Final = (
    (LevelKind.PREVIOUS_VAL, "previous"),
    (LevelKind.OVERNIGHT_LOW, "overnight"),
    (LevelKind.OPENING_3_LOW, "opening"),
    (LevelKind.INITIAL_BALANCE_LOW, "balance"),
    (LevelKind.VWAP_MINUS_3, "vwap"),
    (LevelKind.VAL, "profile"),
)


def profile_changes(
    studies: FlowStudies, since: int, sessions: int = 0
) -> tuple[said.VolumeProfile | None, int]:
    """Give what changed of the session's profile, or of its sum with those before it.

    Parameters
    ----------
    studies : FlowStudies
        Whose.
    since : int
        The revision that was told last; 0 for none.
    sessions : int
        How many to sum, at most; 0 for the session's own profile.

    Returns
    -------
    message : VolumeProfile or None
        None where nothing changed.
    revision : int
        To be given the next time.
    """
    profile = studies.engine.prints.profile
    changes = profile.changes(since)
    if not changes.whole and not len(changes.levels):
        return None, changes.revision
    if sessions:
        message = _composite(studies.symbol, profile, changes, sessions)
    else:
        summary, nodes = profile.summary(), profile.nodes()
        message = _profile(studies.symbol, "session", changes.levels, summary, nodes)
    message.whole = changes.whole
    return message, changes.revision


def _composite(
    symbol: str, profile: SessionProfile, changes: ProfileChanges, sessions: int
) -> said.VolumeProfile:
    levels = profile.composite(sessions)
    told = levels if changes.whole else levels[np.isin(levels["price"], changes.levels["price"])]
    nodes = nodes_of(levels, profile.tick, profile.settings)
    summary = summary_of(levels, profile.settings.value_area_percent)
    message = _profile(symbol, "composite", told, summary, nodes)
    message.sessions = sessions
    return message


def session_hours(studies: FlowStudies) -> Said:
    """Give the sessions that it has traded in."""
    return said.SessionHours(studies.symbol, studies.hours.told())


def range_profile(
    prints: RangeProfile,
    symbol: str,
    start_ns: int,
    end_ns: int,
    name: str,
    settings: ProfileSettings,
) -> said.VolumeProfile:
    """Give the profile of the prints between two times, the end exclusive."""
    levels = prints.profile_between(start_ns, end_ns)
    nodes = nodes_of(levels, prints.tick, settings)
    summary = summary_of(levels, settings.value_area_percent)
    message = _profile(symbol, "range", levels, summary, nodes)
    message.id = name
    message.from_ns = str(max(start_ns, prints.kept_from_ns))
    message.to_ns = str(end_ns)
    return message


def _profile(
    symbol: str,
    scope: Literal["session", "composite", "range"],
    levels: np.ndarray,
    summary: ProfileSummary | None,
    nodes: Nodes,
) -> said.VolumeProfile:
    marks = [None, None, None] if summary is None else [points(one) for one in summary[:3]]
    return said.VolumeProfile(
        symbol,
        scope,
        whole=True,
        levels=_profile_levels(levels),
        poc=marks[0],
        vah=marks[1],
        val=marks[2],
        hvn=[points(one) for one in nodes.high.tolist()],
        lvn=[points(one) for one in nodes.low.tolist()],
        value_area_volume=0 if summary is None else summary.value_area_volume,
        total=0 if summary is None else summary.total,
    )


def _profile_levels(levels: np.ndarray) -> list[said.ProfileLevel]:
    return [
        said.ProfileLevel(points(price), buy, sell, unsided, buy + sell + unsided)
        for price, buy, sell, unsided in levels.tolist()
    ]


def naked_pocs(studies: FlowStudies) -> Said:
    """Give the points of control that are naked."""
    prints = studies.engine.prints
    rows = prints.naked_pocs.current(prints.footprint.current())
    found = [
        said.NakedLevel(points(price), str(start_ns)) for price, start_ns, _, _ in rows.tolist()
    ]
    return said.NakedPoc(studies.symbol, sorted(found, key=lambda one: one.price))


def session_levels(studies: FlowStudies) -> Said:
    """Give the levels that are known, with those of the profile, ascending by price."""
    prints = studies.engine.prints
    rows = prints.levels.current()
    known = dict(zip(rows["kind"].tolist(), rows["price"].tolist(), strict=True))
    summary = prints.profile.summary()
    if summary is not None:
        known |= dict(zip((LevelKind.POC, LevelKind.VAH, LevelKind.VAL), summary[:3], strict=True))
    found = [
        said.LevelMark(prints.levels.names[LevelKind(kind)], points(price), _group(kind))
        for kind, price in known.items()
    ]
    return said.Levels(studies.symbol, sorted(found, key=lambda one: (one.price, one.name)))


def _group(kind: int) -> str:
    return next(name for last, name in _LEVEL_GROUPS if kind <= last)


def impulse_legs(studies: FlowStudies) -> Said:
    """Give the latest impulse legs, oldest first."""
    found = [
        said.Leg(
            str(leg["start_ns"]),
            str(leg["end_ns"]),
            points(int(leg["start_price"])),
            points(int(leg["end_price"])),
            way_of(int(leg["direction"])),
            int(leg["score"]),
            [points(one) for one in nodes["price_from"].tolist()],
        )
        for leg, nodes in studies.legs
    ]
    return said.Legs(studies.symbol, found)


def absorption_zones(studies: FlowStudies) -> Said:
    """Give the zones that live, ascending by price."""
    found = [
        said.Zone(
            points(int(row["price"])),
            "buying" if row["absorbed"] == SIDE_BID else "selling",
            int(row["total_absorbed"]),
            int(row["event_count"]),
            milliseconds(int(row["first_seen_ns"])),
            milliseconds(int(row["last_seen_ns"])),
            STRENGTHS[row["strength"]],
            *(bool(row[name]) for name in ("at_poc", "at_vah", "at_val", "against_trend")),
        )
        for row in studies.engine.prints.absorption.zones()
    ]
    return said.AbsorptionZones(studies.symbol, sorted(found, key=lambda one: one.price))


def session_stats(studies: FlowStudies) -> Said:
    """Give the session so far."""
    levels = studies.engine.prints.profile.levels()
    start_ns = studies.counts.start_ns
    volume = sum(int(levels[name].sum()) for name in ("buy", "sell", "unsided"))
    return said.SessionStats(
        studies.symbol,
        milliseconds(start_ns),
        str(start_ns),
        None if studies.last_price is None else points(studies.last_price),
        points(int(levels["price"][-1])) if len(levels) else None,
        points(int(levels["price"][0])) if len(levels) else None,
        volume,
        **studies.counts.stats(),
    )


# In the order in which they are told; the profile and the bars are told by what a client has.
STATES: Final[dict[str, Callable[[FlowStudies], Said]]] = {
    "hours": session_hours,
    "naked": naked_pocs,
    "levels": session_levels,
    "legs": impulse_legs,
    "zones": absorption_zones,
}
