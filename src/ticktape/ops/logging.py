"""Structured logs: lines for people on a terminal, JSON anywhere else; never a secret.

Fields whose name says that they are secret are hidden, and in every finished line, tracebacks
included, whatever looks like a Databento key, an authorization or a secret of a URL's query.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, Final, TextIO

import structlog

_SECRET_WORDS: Final = ("key", "token", "secret", "password", "authorization")
_HIDDEN: Final = "****"
# Databento's keys; authorizations; name=value or "name": "value" of what is secret by its name.
_SECRET_TEXT: Final = re.compile(
    r"""\bdb-[A-Za-z0-9_-]{8,}
    | (?P<scheme>\b(?:basic|bearer)\s+)[A-Za-z0-9+/=._~-]{4,}
    | (?P<name>[\w.-]*(?:key|token|secret|password|authorization)[\w.-]*
      (?:%3D|["']?\s*[=:]\s*["']?))
      (?:(?:basic|bearer)\s+)?[^\s"'&,;}\])]+""",
    re.IGNORECASE | re.VERBOSE,
)


def hide_secrets(
    _logger: Any,  # noqa: ANN401 -- structlog's own signature
    _method: str,
    event: MutableMapping[str, Any],
) -> Mapping[str, Any]:
    """Replace the value of every field whose name tells that it is a secret."""
    for name in event:
        if any(word in name.lower() for word in _SECRET_WORDS):
            event[name] = _HIDDEN
    return event


def without_secrets(text: str) -> str:
    """Replace what looks like a secret in a text.

    Parameters
    ----------
    text : str
        A line of a log, a traceback, a message of an error.

    Returns
    -------
    str
        The text with ``****`` in place of keys, authorizations and secret values.
    """
    return _SECRET_TEXT.sub(
        lambda found: f"{found['scheme'] or found['name'] or ''}{_HIDDEN}", text
    )


def _hide_in_line(_logger: Any, _method: str, line: str) -> str:  # noqa: ANN401 -- as above
    return without_secrets(line)


def set_up_logging(level: str = "info", *, stream: TextIO | None = None) -> None:
    """Send all logs of the process to one stream.

    Parameters
    ----------
    level : str
        ``"debug"``, ``"info"``, ``"warning"`` or ``"error"``.
    stream : text file, optional
        Standard error unless given. A terminal gets lines for people, anything else JSON.
    """
    out = stream or sys.stderr
    number = logging.getLevelNamesMapping()[level.upper()]
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        hide_secrets,
    ]
    render: list[Any] = (
        [structlog.dev.ConsoleRenderer()]
        if out.isatty()
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    render.append(_hide_in_line)
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *render],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(number)
    # The vendor's client logs every subscription and disconnection at this level.
    logging.getLogger("databento").setLevel(max(number, logging.WARNING))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        # Below the level nothing is made: the access log costs nothing where it is not kept.
        wrapper_class=structlog.make_filtering_bound_logger(number),
        cache_logger_on_first_use=True,
    )
