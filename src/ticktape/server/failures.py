"""Every refusal of the web API as one JSON body: code, message, hint."""

from __future__ import annotations

import logging
from typing import Any, Final

import structlog
from litestar import Request, Response
from litestar.exceptions import (
    ClientException,
    HTTPException,
    InternalServerException,
    SerializationException,
    ValidationException,
)
from litestar.openapi.datastructures import ResponseSpec

from ticktape.server.messages import HISTORICAL_SCHEMAS, ErrorBody
from ticktape.server.request_scope import BODY_BROKE_OFF
from ticktape.tape.errors import TicktapeError, UnknownSymbolError, UpstreamError

_STATUSES: Final = {
    "authentication": 401,
    "unknown-symbol": 404,
    "not-found": 404,
    "unknown-order": 404,
    "no-such-place": 404,
    "unknown-signal": 404,
    "not-a-replay": 409,
    "ambiguous": 409,
    "no-orders": 409,
    "position-gone": 410,
    "too-large": 413,
    "over-limit": 413,
    "upstream": 502,
    "connection-lost": 502,
    "signal-store": 503,
}
_CODES: Final = {404: "not-found", 405: "method-not-allowed", 413: "too-large"}
_MEANINGS: Final = {
    400: "the request is wrong: `bad-value`, `unsupported-schema`, `wrong-schema`",
    401: "no key where one is needed: `authentication`",
    404: "`unknown-symbol`, `unknown-order`, `unknown-signal`, `no-such-place` or `not-found`",
    409: "`not-a-replay`, `no-orders` or `ambiguous`",
    410: "`position-gone`: the record is kept no more",
    413: "`too-large`, `over-limit`",
    502: "the vendor answered with an error: `upstream`, or went away: `connection-lost`",
    503: "the file of signals cannot be used: `signal-store`",
}

_SEE_DOCS: Final = "/docs tells what can be asked"

_log = structlog.wrap_logger(logging.getLogger(__name__))


class NotAReplayError(TicktapeError):
    """Replay controls were used where the source is no replay."""

    code = "not-a-replay"


def refusals(*statuses: int) -> dict[int, ResponseSpec]:
    """Describe the refusals of a call for the OpenAPI document."""
    return {
        status: ResponseSpec(ErrorBody, description=_MEANINGS[status], generate_examples=False)
        for status in statuses
    }


def _answer(status: int, code: str, message: str, hint: str = "") -> Response[ErrorBody]:
    return Response(
        ErrorBody(code, message, hint), status_code=status, media_type="application/json"
    )


def answer_ticktape_error(_: Request[Any, Any, Any], error: TicktapeError) -> Response[ErrorBody]:
    """Answer with an error of our own tree."""
    code = "upstream" if isinstance(error, UpstreamError) else error.code
    code = "unknown-symbol" if isinstance(error, UnknownSymbolError) else code
    return _answer(_STATUSES.get(code, 400), code, str(error.args[0]), error.hint)


def answer_wrong_request(
    _: Request[Any, Any, Any], error: ValidationException
) -> Response[ErrorBody]:
    """Answer a request whose body or parameters do not fit their types."""
    wrong = error.extra if isinstance(error.extra, list) else []
    said = [
        f"{entry['key']}: {entry['message']}" if entry.get("key") else str(entry["message"])
        for entry in wrong
        if isinstance(entry, dict) and "message" in entry
    ]
    if any(isinstance(entry, dict) and entry.get("key") == "schema" for entry in wrong):
        hint = f"one of {', '.join(HISTORICAL_SCHEMAS)}"
        return _answer(400, "unsupported-schema", "; ".join(said), hint)
    return _answer(400, "bad-value", "; ".join(said) or str(error.detail), _SEE_DOCS)


def answer_unreadable(
    _: Request[Any, Any, Any], error: ClientException | SerializationException
) -> Response[ErrorBody]:
    """Answer a body that is no JSON."""
    return _answer(400, "bad-value", f"the request cannot be read: {error}", _SEE_DOCS)


def answer_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[ErrorBody]:
    """Answer with an error of the web framework: no such path, no such method."""
    # The framework calls a body that cannot be read to its end an error of the server.
    if isinstance(error, InternalServerException) and request.scope.get(BODY_BROKE_OFF):
        return _answer(400, "bad-value", "the request's body broke off, or is none", _SEE_DOCS)
    code = _CODES.get(error.status_code, "bad-value" if error.status_code < 500 else "error")
    return _answer(error.status_code, code, error.detail, _SEE_DOCS)


def answer_bug(request: Request[Any, Any, Any], error: Exception) -> Response[ErrorBody]:
    """Answer where the fault is ours; the log says more than the answer."""
    _log.error("request failed", path=request.url.path, exc_info=error)
    return _answer(500, "error", "the server failed; its log says more")


HANDLERS: Final[dict[Any, Any]] = {
    TicktapeError: answer_ticktape_error,
    ValidationException: answer_wrong_request,
    SerializationException: answer_unreadable,
    HTTPException: answer_http_error,
    Exception: answer_bug,
}
