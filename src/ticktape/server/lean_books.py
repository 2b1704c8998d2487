"""``GET /api/book/…`` by a short way: a hundred programs ask it a hundred times a second each.

It stands before the web framework and answers plain requests (no parameter but ``levels``) from
the same encoded answers as the framework's own handler, in a fraction of its time. Whatever is
not plain, refusals included, goes on to the framework, so every answer is the same by either way.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import unquote

from ticktape.server.book_answers import Answer, BookAnswers
from ticktape.server.etags import is_known
from ticktape.tape.errors import TicktapeError

_PREFIX: Final = "/api/book/"
_ROUTE: Final = "/api/book/{symbol}"
_DEFAULT_LEVELS: Final = 10
_MOST_LEVELS: Final = 1_000


class LeanBooks:
    """Answers plain requests for books; wraps an ASGI application that answers the others.

    Parameters
    ----------
    app : ASGI application
        What answers otherwise.
    answers : BookAnswers
        The answers of both.
    """

    def __init__(self, app: Any, answers: BookAnswers) -> None:  # noqa: ANN401 -- any ASGI application
        self._app = app
        self._answers = answers

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 -- ASGI
        """Answer, or pass the request on."""
        answer = None
        if scope["type"] == "http" and scope["method"] == "GET":
            path: str = scope["path"]
            if path.startswith(_PREFIX):
                answer = self._answer(path[len(_PREFIX) :], scope["query_string"])
        if answer is None:
            await self._app(scope, receive, send)
            return
        scope["path_template"] = _ROUTE
        headers = [(b"etag", answer.etag), (b"cache-control", b"no-cache")]
        if is_known(scope["headers"], answer.etag):
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return
        headers += (
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(answer.body)),
        )
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    def _answer(self, symbol: str, query: bytes) -> Answer | None:
        levels = _levels_in(query)
        if levels is None or "/" in symbol:
            return None
        try:
            return self._answers.book(self._answers.key_of(unquote(symbol)), levels)
        except TicktapeError:
            return None  # The framework meets the same error, and answers it.


def _levels_in(query: bytes) -> int | None:
    if not query:
        return _DEFAULT_LEVELS
    name, _, value = query.partition(b"=")
    if name != b"levels" or not value.isdigit() or len(value) > 4:
        return None
    levels = int(value)
    return levels if 1 <= levels <= _MOST_LEVELS else None
