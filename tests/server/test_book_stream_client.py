"""What waits for one client of the book stream, without a socket."""

import json

from ticktape.server.book_stream_client import BookClient
from ticktape.server.book_stream_query import read_book_subscription


def test_what_was_left_out_is_told_though_its_book_was_forgotten_meanwhile():
    client = BookClient(read_book_subscription({"symbols": "ES.FUT"}), most_bytes=10)
    book = object()
    client.groups[1, 1] = book
    client.send(book, b"123456")
    client.send(book, b"7890123")
    assert client.is_behind(book)
    client.forget(book)
    told = json.loads(client.take())
    assert (told["type"], told["conflated"], told["begun_anew"]) == ("status", 2, 1)
    assert client.take() is None
