"""A page's bytes to validated mentions, against its JSON alone and against tweepy."""

from __future__ import annotations

import json
from collections.abc import Iterator
from unittest.mock import Mock

import orjson
import requests
import tweepy  # type: ignore[import-untyped]  # it has no types

from benchmarks.pages import page
from benchmarks.rows import Row, interleaved
from socialdesk_twitter.joining import raws
from socialdesk_twitter.translate import to_mention

ME = "999"


def parsing(quick: bool) -> Iterator[Row]:
    """What a page costs between the socket and the helpdesk."""
    body = page(0)
    client = _tweepy(body)

    def ours() -> object:
        return [to_mention(raw.body, ME) for raw in raws(orjson.loads(body))]

    contenders = {
        "json": lambda: json.loads(body),
        "orjson": lambda: orjson.loads(body),
        "ours": ours,
        "tweepy": lambda: client.get_users_mentions(ME),
    }
    took = interleaved(contenders, 15 if quick else 40, each=5)
    yield Row("page bytes to Mentions, against json.loads of the same", took["ours"] / took["json"], 1.3)
    yield Row("  against orjson.loads of the same", took["ours"] / took["orjson"])
    yield Row("  how much faster than tweepy", took["tweepy"] / took["ours"], 2, more_is_better=True)


def _tweepy(body: bytes) -> tweepy.Client:
    """A client that is answered with these bytes without a network."""
    answer = requests.Response()
    answer.status_code, answer._content = 200, body
    answer.close = Mock()  # type: ignore[method-assign]  # there is no connection
    client = tweepy.Client("x")
    client.session = Mock(request=Mock(return_value=answer))
    return client
