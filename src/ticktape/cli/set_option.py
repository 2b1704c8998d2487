"""The option that sets thresholds of the studies; light, as two commands have it."""

from __future__ import annotations

from typing import Annotated

import typer

SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="[ROOT:]STUDY.THRESHOLD=VALUE",
        help="Set a threshold of a study; ticktape flow --thresholds lists them.",
    ),
]
