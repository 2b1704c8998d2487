"""``/docs``: the OpenAPI document as one readable page that needs nothing from the internet."""

from __future__ import annotations

from html import escape
from typing import Any, Final

from litestar import Request
from litestar.enums import MediaType
from litestar.openapi.plugins import OpenAPIRenderPlugin

_STYLE: Final = """
:root { color-scheme: light dark }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin-top: 2.5rem } code, pre { font-family: ui-monospace, monospace; font-size: .92em }
section { border: 1px solid #8884; border-radius: 8px; padding: .3rem 1rem 1rem; margin: 1rem 0 }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .2rem .6rem }
tr { border-top: 1px solid #8883 } .verb { color: #2a7de1; font-weight: 700 }
"""


def _type_text(schema: dict[str, Any]) -> str:
    """Say a JSON schema in a few words, with links to the named ones."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f'<a href="#{name}">{name}</a>'
    for many in ("oneOf", "anyOf", "allOf"):
        if many in schema:
            return " | ".join(_type_text(one) for one in schema[many])
    if "enum" in schema:
        return " | ".join(f"<code>{escape(repr(value))}</code>" for value in schema["enum"])
    if "const" in schema:
        return f"<code>{escape(repr(schema['const']))}</code>"
    kind = schema.get("type", "any")
    if kind == "array":
        return f"list of {_type_text(schema.get('items', {}))}"
    return escape(" | ".join(kind) if isinstance(kind, list) else str(kind))


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n") if part.strip())


def _operation(path: str, verb: str, operation: dict[str, Any]) -> str:
    rows = [
        f"<tr><td><code>{escape(one['name'])}</code> ({one['in']})</td>"
        f"<td>{_type_text(one.get('schema', {}))}</td>"
        f"<td>{escape(one.get('description', ''))}</td></tr>"
        for one in operation.get("parameters", [])
    ]
    for kind, body in operation.get("requestBody", {}).get("content", {}).items():
        rows.append(
            f"<tr><td>body ({kind})</td><td>{_type_text(body['schema'])}</td><td></td></tr>"
        )
    for status, answer in operation.get("responses", {}).items():
        kinds = [_type_text(body.get("schema", {})) for body in answer.get("content", {}).values()]
        rows.append(
            f"<tr><td>{status}</td><td>{', '.join(kinds)}</td>"
            f"<td>{escape(answer.get('description', ''))}</td></tr>"
        )
    said = _paragraphs(operation.get("description") or operation.get("summary", ""))
    return (
        f'<section><h3><span class="verb">{verb.upper()}</span> <code>{escape(path)}</code></h3>'
        f"{said}<table>{''.join(rows)}</table></section>"
    )


def _named_schema(name: str, schema: dict[str, Any]) -> str:
    needed = set(schema.get("required", []))
    rows = [
        f"<tr><td><code>{escape(field)}</code>{'' if field in needed else ' (optional)'}</td>"
        f"<td>{_type_text(of)}</td><td>{escape(of.get('description', ''))}</td></tr>"
        for field, of in schema.get("properties", {}).items()
    ]
    said = _paragraphs(schema.get("description", ""))
    body = f"<table>{''.join(rows)}</table>" if rows else f"<p>{_type_text(schema)}</p>"
    return f'<section id="{escape(name)}"><h3>{escape(name)}</h3>{said}{body}</section>'


def docs_html(document: dict[str, Any]) -> str:
    """Write an OpenAPI document as a page.

    Parameters
    ----------
    document : dict
        The OpenAPI document.

    Returns
    -------
    str
        HTML that loads nothing.
    """
    info = document["info"]
    calls = [
        _operation(path, verb, operation)
        for path, operations in document.get("paths", {}).items()
        for verb, operation in operations.items()
    ]
    schemas = document.get("components", {}).get("schemas", {})
    shapes = [_named_schema(name, schema) for name, schema in schemas.items()]
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        f"<title>{escape(info['title'])} API</title><style>{_STYLE}</style>"
        f"<h1>{escape(info['title'])} API {escape(info['version'])}</h1>"
        f"{_paragraphs(info.get('description', ''))}"
        '<p>The OpenAPI document: <a href="/docs/openapi.json">/docs/openapi.json</a></p>'
        f"<h2>Calls</h2>{''.join(calls)}<h2>Shapes</h2>{''.join(shapes)}</html>"
    )


class DocsPage(OpenAPIRenderPlugin):
    """Serves the page at the root of ``/docs``."""

    def __init__(self) -> None:
        super().__init__(path="/", media_type=MediaType.HTML)

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002 -- Litestar's signature
        """Give the page."""
        return docs_html(openapi_schema).encode()
