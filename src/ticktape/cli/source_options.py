"""Options that only some of a command's sources heed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import typer

from ticktape.cli.usage import WrongUsageError


def refuse_options_of_others(
    context: typer.Context, heeded: Mapping[str, Iterable[str]], chosen: str
) -> None:
    """Refuse what was typed and the chosen source would not heed.

    Parameters
    ----------
    context : typer.Context
        Of the command.
    heeded : mapping
        The parameters that each source heeds, sources by what they are called in a message;
        parameters that are named nowhere are heeded by all.
    chosen : str
        One of the sources.

    Raises
    ------
    WrongUsageError
        Names the option, and the sources that heed it.
    """
    for name in dict.fromkeys(name for names in heeded.values() for name in names):
        origin = context.get_parameter_source(name)
        is_typed = origin is not None and origin.name == "COMMANDLINE"
        if is_typed and name not in heeded[chosen]:
            option = f"--{name.replace('_', '-')}"
            owners = " and ".join(source for source, names in heeded.items() if name in names)
            raise WrongUsageError(
                f"{option} is an option of {owners}, not of {chosen}", hint="leave it out"
            )
