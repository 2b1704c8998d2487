"""Names of query parameters: one that a call does not have is refused, not passed over."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

from litestar import Request
from litestar.handlers import HTTPRouteHandler
from litestar.params import ParameterKwarg

from ticktape.tape.errors import BadValueError


def refuse_unknown_names(given: Iterable[str], known: Collection[str]) -> None:
    """Refuse parameters that a call does not have: a misspelt one would change nothing unseen.

    Raises
    ------
    BadValueError
        If there is one; it names it, and those that there are.
    """
    for name in given:
        if name not in known:
            raise BadValueError(
                f"there is no parameter {name!r} here", hint=f"known are {', '.join(sorted(known))}"
            )


async def refuse_unknown_parameters(request: Request[Any, Any, Any]) -> None:
    """Refuse a request with a parameter that its call, which has some, does not have.

    Raises
    ------
    BadValueError
        If there is one.
    """
    if request.scope["query_string"]:
        handler = request.scope["route_handler"]
        known = names_of(handler) if isinstance(handler, HTTPRouteHandler) else ()
        if known:
            refuse_unknown_names(request.query_params, known)


@cache
def names_of(handler: HTTPRouteHandler) -> frozenset[str]:
    """Give the names of the query parameters of a call, and of what it depends on."""
    found = handler.resolve_dependencies()
    no_parameters = {name for path in handler.paths for name in _path_names(path)} | set(found)
    depends_on = [one.parsed_fn_signature for one in found.values()]
    return frozenset(
        defined.query or defined.name or name
        for signature in (handler.parsed_fn_signature, *depends_on)
        for name, field in signature.parameters.items()
        if isinstance(defined := field.kwarg_definition, ParameterKwarg)
        and name not in no_parameters
    )


def _path_names(path: str) -> list[str]:
    return [part[1:].partition(":")[0] for part in path.split("/") if part.startswith("{")]
