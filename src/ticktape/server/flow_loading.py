"""Loading the kernels of the studies, which takes a fifth of a second that nobody has to wait."""

from __future__ import annotations

import gc
from functools import cache


@cache
def load_studies() -> None:
    """Run every kernel of the studies once; to be called beside the event loop."""
    # Their packages load the compiler.
    from ticktape.flow import warm_up as prints  # noqa: PLC0415
    from ticktape.flow.absorption import warm_up as absorption  # noqa: PLC0415
    from ticktape.flow.aggression import warm_up as aggression  # noqa: PLC0415
    from ticktape.flow.profile import warm_up as profile  # noqa: PLC0415
    from ticktape.flow.session import warm_up as session  # noqa: PLC0415
    from ticktape.flow.signals import warm_up as signals  # noqa: PLC0415

    for package in (prints, session, aggression, profile, absorption, signals):
        package.warm_up()
    # It stays: searching it for garbage later would hold everybody up for a tenth of a second.
    gc.freeze()


def are_studies_loaded() -> bool:
    """Tell whether they have been loaded by :func:`load_studies`."""
    return load_studies.cache_info().currsize > 0
