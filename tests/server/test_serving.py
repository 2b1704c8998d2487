"""The web server inside our own loop."""

import socket

import aiohttp
import pytest

from ticktape.server.serving import WebServer, bind
from ticktape.tape.errors import BadValueError, PortInUseError


async def application(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"here"})


async def test_it_answers_on_the_port_it_tells_until_closed():
    server = WebServer(application, "127.0.0.1", 0)
    await server.start()
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"http://127.0.0.1:{server.port}/") as answer,
    ):
        assert await answer.read() == b"here"
    await server.close()
    bind("127.0.0.1", server.port).close()


async def test_a_port_that_is_taken_is_one_clear_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUseError, match=f"port {port} on 127.0.0.1 is taken"):
            WebServer(application, "127.0.0.1", port)


async def test_two_of_ours_never_share_a_port():
    server = WebServer(application, "127.0.0.1", 0)
    with pytest.raises(PortInUseError):
        WebServer(application, "127.0.0.1", server.port)
    await server.close()


@pytest.mark.parametrize(("host", "port"), [("no.such.host.invalid", 0), ("127.0.0.1", 70_000)])
def test_an_address_that_cannot_be_is_said(host, port):
    with pytest.raises(BadValueError, match="cannot serve on"):
        bind(host, port)
