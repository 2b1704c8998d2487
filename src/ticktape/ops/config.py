"""Settings of the viewer: a TOML file, the environment (``TICKTAPE_*``) and a ``.env`` file.

The environment wins over ``.env``, that over the file. The file is ``ticktape.toml`` in the
working folder, or what ``TICKTAPE_CONFIG`` names.
"""

from __future__ import annotations

from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings.exceptions import SettingsError as UnreadableSettingError

from ticktape.ops.config_file import ENV_FILE, ENV_PREFIX, config_file

Port = Annotated[int, Field(ge=0, le=65_535)]


class SettingsError(Exception):
    """A setting that cannot be used; one line that names it."""


class Settings(BaseSettings):
    """What can be set.

    Attributes
    ----------
    host : str
        Address of the web server and of the gateway.
    port, gateway_port : int
        0 for any free one.
    dataset : str
        Dataset code of a live source.
    tapes : Path or None
        A folder of DBN files that ``/api/historical`` serves from.
    signals : Path or None
        The file of signals, notes and the screen's settings; in the user's data folder by default.
    live_gateway : str or None
        Another live gateway than the vendor's own, ``host:port``.
    historical_gateway : str or None
        Another historical server than the vendor's own.
    flow : dict
        Thresholds of the studies of order flow, a table a study; under ``of`` such tables by root
        or symbol. ``ticktape flow --thresholds`` lists them.
    log_level : str
        ``debug``, ``info``, ``warning`` or ``error``.
    dev : bool
        Development mode: pages of any origin may call the API.
    web_connections : int
        TCP connections of the web server; further ones get 503 and are closed.
    web_requests : int
        HTTP requests that are answered at a time, streams included; further ones get 503.
    web_sockets : int
        WebSockets open at a time; further ones are closed with code 1013.
    web_symbols : int
        Symbols that one client of the web server may ask for.
    web_queue_bytes : int
        Bytes of records that wait for one client of the web server; then the oldest are dropped.
    web_request_bytes : int
        Bytes of a request's body; a larger one gets 413.
    web_header_bytes : int
        Bytes of a request's line and headers; more gets 431.
    gateway_sessions, gateway_subscriptions, gateway_symbols : int
        Sessions of the live gateway, subscriptions of one, symbols of one subscription.
    gateway_queue_bytes, gateway_line_bytes : int
        Bytes of records that may wait for one session, bytes of one line that it sends.
    """

    model_config = SettingsConfigDict(
        env_prefix=ENV_PREFIX, env_file=ENV_FILE, env_file_encoding="utf-8", extra="ignore"
    )

    host: str = "127.0.0.1"
    port: Port = 8080
    gateway_port: Port = 13_000
    dataset: str = "GLBX.MDP3"
    tapes: Path | None = None
    signals: Path | None = None
    flow: Annotated[dict[str, Any], Field(default_factory=dict)]
    live_gateway: Annotated[str, Field(pattern=r"^[^:/\s]+:\d{1,5}$")] | None = None
    historical_gateway: str | None = None
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    dev: bool = False
    gateway_sessions: Annotated[int, Field(ge=1)] = 256
    gateway_subscriptions: Annotated[int, Field(ge=1)] = 1_000
    gateway_symbols: Annotated[int, Field(ge=1)] = 10_000
    gateway_queue_bytes: Annotated[int, Field(ge=1 << 16)] = 32 << 20
    gateway_line_bytes: Annotated[int, Field(ge=1 << 10)] = 1 << 18
    web_connections: Annotated[int, Field(ge=1)] = 4_096
    web_requests: Annotated[int, Field(ge=1)] = 1_000
    web_sockets: Annotated[int, Field(ge=1)] = 1_000
    web_symbols: Annotated[int, Field(ge=1)] = 500
    web_queue_bytes: Annotated[int, Field(ge=1 << 10)] = 960_000
    web_request_bytes: Annotated[int, Field(ge=1 << 10)] = 1_000_000
    web_header_bytes: Annotated[int, Field(ge=1 << 13)] = 1 << 16

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 -- the base's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order the sources: options, environment, ``.env``, the TOML file."""
        toml = TomlConfigSettingsSource(settings_cls, config_file())
        return init_settings, env_settings, dotenv_settings, toml


def load_settings(**options: object) -> Settings:
    """Read the settings.

    Parameters
    ----------
    **options
        What the command line says; None leaves it to the other sources.

    Returns
    -------
    Settings

    Raises
    ------
    SettingsError
        If a value does not fit, or the TOML file cannot be read.
    """
    given = {name: value for name, value in options.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        wrong = error.errors()[0]
        name = ".".join(map(str, wrong["loc"]))
        message = f"setting {name} = {wrong['input']!r}: {wrong['msg']}"
        raise SettingsError(message) from error
    except UnreadableSettingError as error:
        raise SettingsError(" ".join(str(error).split())) from error
    except (TOMLDecodeError, OSError) as error:
        raise SettingsError(f"{config_file()}: {error}") from error
