"""``GET /api/book/…`` by a short way: a hundred programs ask it a hundred times a second each.

It stands before everything else and answers plain requests (no parameter but ``levels``) from the
same encoded answers as the framework's own handler, in a fraction of its time; they are named,
counted and logged as the others. Whatever is not plain, refusals included, goes the usual way, so
every answer is the same by either.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import unquote

from ticktape.server.book_answers import Answer, BookAnswers
from ticktape.server.etags import is_known
from ticktape.server.request_scope import RequestScope
from ticktape.tape.errors import TicktapeError

_PREFIX: Final = "/api/book/"
_ROUTE: Final = "/api/book/{symbol}"
_DEFAULT_LEVELS: Final = 10
_MOST_LEVELS: Final = 1_000
_MOST_MADE: Final = 512
_OK: Final = 200
_NOT_MODIFIED: Final = 304


class LeanBooks:
    """Answers plain requests for books; wraps an ASGI application that answers the others.

    Parameters
    ----------
    app : RequestScope
        What answers otherwise, and knows how many are answered.
    answers : BookAnswers
        The answers of both.
    is_allowed : callable
        Tells of a scope whether it may be answered at all.
    """

    def __init__(
        self, app: RequestScope, answers: BookAnswers, is_allowed: Callable[[Any], bool]
    ) -> None:
        self._app = app
        self._answers = answers
        self._is_allowed = is_allowed
        # Answers by path and query, while nothing has come that could change one.
        self._made: dict[tuple[str, bytes], Answer] = {}
        self._made_at: tuple[int, ...] = ()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 -- ASGI
        """Answer, or pass the request on."""
        began = time.perf_counter()
        answer = None
        if scope["type"] == "http" and scope["method"] == "GET":
            path: str = scope["path"]
            if path.startswith(_PREFIX) and self._is_allowed(scope) and not self._app.is_full:
                answer = self._answer(path, scope["query_string"])
        if answer is None:
            await self._app(scope, receive, send)
            return
        scope["path_template"] = _ROUTE
        request_id = self._app.id_of(scope)
        self._app.begin()
        status = 500
        try:
            status = await _send_answer(scope, send, answer, request_id)
        finally:
            sent = len(answer.body) if status == _OK else 0
            self._app.end(scope, request_id, status, sent, time.perf_counter() - began)

    def _answer(self, path: str, query: bytes) -> Answer | None:
        now = self._answers.instant()
        if now != self._made_at or len(self._made) > _MOST_MADE:
            self._made.clear()
            self._made_at = now
        answer = self._made.get((path, query))
        if answer is None:
            answer = self._make(path[len(_PREFIX) :], query)
            if answer is not None:
                self._made[path, query] = answer
        return answer

    def _make(self, symbol: str, query: bytes) -> Answer | None:
        levels = _levels_in(query)
        if levels is None or "/" in symbol:
            return None
        try:
            return self._answers.book(self._answers.key_of(unquote(symbol)), levels)
        except TicktapeError:
            return None  # The framework meets the same error, and answers it.


async def _send_answer(scope: Any, send: Any, answer: Answer, request_id: str) -> int:  # noqa: ANN401 -- ASGI
    headers = [
        (b"etag", answer.etag),
        (b"cache-control", b"no-cache"),
        (b"x-request-id", request_id.encode()),
    ]
    if is_known(scope["headers"], answer.etag):
        await send({"type": "http.response.start", "status": _NOT_MODIFIED, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return _NOT_MODIFIED
    headers += (
        (b"content-type", b"application/json"),
        (b"content-length", b"%d" % len(answer.body)),
    )
    await send({"type": "http.response.start", "status": _OK, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
    return _OK


def _levels_in(query: bytes) -> int | None:
    if not query:
        return _DEFAULT_LEVELS
    name, _, value = query.partition(b"=")
    if name != b"levels" or not value.isdigit() or len(value) > 4:
        return None
    levels = int(value)
    return levels if 1 <= levels <= _MOST_LEVELS else None
