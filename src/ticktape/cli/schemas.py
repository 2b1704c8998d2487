"""Schemas by the names that are typed."""

from __future__ import annotations

from collections.abc import Collection

from ticktape.cli.usage import WrongUsageError
from ticktape.flow.prints import PRINT_SCHEMAS
from ticktape.tape.layouts import Schema


def schema_named(name: str | None, among: Collection[str] = tuple(Schema)) -> Schema | None:
    """Give a schema by its name; None without one.

    Parameters
    ----------
    name : str, optional
        As typed.
    among : collection of str
        Those that can be meant.

    Raises
    ------
    WrongUsageError
        If it is none of them.
    """
    if name is None or name in among:
        return None if name is None else Schema(name)
    raise WrongUsageError(
        f"{name!r} is no schema that can be read here", hint=f"choose of {', '.join(among)}"
    )


def print_schema_named(name: str | None) -> Schema | None:
    """Give a schema whose records carry trades by its name.

    Raises
    ------
    WrongUsageError
        If it is none of those.
    """
    return schema_named(name, PRINT_SCHEMAS)
