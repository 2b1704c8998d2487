"""The settings of a command that serves, and the log that they ask for."""

from __future__ import annotations

from ticktape.cli.usage import WrongUsageError
from ticktape.ops.config import Settings, SettingsError, load_settings


def serving_settings(**options: object) -> Settings:
    """Read the settings, and log as they say from here on.

    Parameters
    ----------
    **options
        What the command line says; None leaves it to the environment and the files.

    Raises
    ------
    WrongUsageError
        If a value does not fit, or the file of settings cannot be read.
    """
    try:
        settings = load_settings(**options)
    except SettingsError as error:
        raise WrongUsageError(str(error)) from error
    from ticktape.ops.logging import set_up_logging  # noqa: PLC0415 -- after wrong settings

    set_up_logging(settings.log_level)
    return settings
