"""The built viewer's files, how long a browser may keep them, and a page in their absence."""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import Final

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

STATIC: Final = Path(__file__).parent / "static"

_NOT_BUILT: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>ticktape</title>
<body style="font: 16px system-ui; background: #101418; color: #d8dee6; padding: 3rem">
<h1>The viewer is not built</h1>
<p>The server runs, but this installation has no viewer. In a checkout, run <code>make ui</code>
and reload this page.</p>
<p>The web API is here all the same: <a style="color: #6cf" href="/docs">/docs</a>.</p>
"""


def viewer_file(name: str, root: Path = STATIC) -> Response[bytes]:
    """Give one file of the viewer.

    Parameters
    ----------
    name : str
        Path below the viewer's folder; empty for the page itself.
    root : Path
        The viewer's folder.

    Returns
    -------
    Response
        Files below ``assets/`` carry a hash of their content in their name, so a browser may keep
        them for ever; any other is asked for again.

    Raises
    ------
    NotFoundException
        If there is no such file.
    """
    page = root / "index.html"
    if not page.is_file() and name in {"", "index.html"}:
        return Response(
            _NOT_BUILT.encode(),
            status_code=503,
            media_type="text/html; charset=utf-8",
            headers={"cache-control": "no-store"},
        )
    path = (root / (name or "index.html")).resolve()
    if not path.is_relative_to(root.resolve()) or not path.is_file():
        raise NotFoundException(f"there is no /{name}")
    kind, _ = mimetypes.guess_type(path.name)
    if kind and (kind.startswith("text/") or kind == "application/javascript"):
        kind += "; charset=utf-8"
    keep = "public, max-age=31536000, immutable" if name.startswith("assets/") else "no-cache"
    return Response(
        path.read_bytes(),
        media_type=kind or "application/octet-stream",
        headers={"cache-control": keep, "x-content-type-options": "nosniff"},
    )


@get("/", include_in_schema=False, sync_to_thread=False)
def page() -> Response[bytes]:
    """Give the viewer's page."""
    return viewer_file("")


@get("/{name:path}", include_in_schema=False, sync_to_thread=False)
def file(name: FromPath[str]) -> Response[bytes]:
    """Give a file of the viewer."""
    return viewer_file(name.lstrip("/"))


HANDLERS: Final = (page, file)
