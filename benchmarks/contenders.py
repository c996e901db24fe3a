"""One way each of getting mentions into a database: ``python -m benchmarks.contenders NAME BASE_URL FOLDER``.

Each runs in a process of its own and prints seconds, CPU seconds, peak memory in MB and how many it stored.
"""

from __future__ import annotations

import json
import resource
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

TABLE = "CREATE TABLE mention (id TEXT PRIMARY KEY, author TEXT, text TEXT, created_at TEXT, data TEXT)"
INSERT = "INSERT OR IGNORE INTO mention VALUES (?, ?, ?, ?, ?)"


def socialdesk(base_url: str, folder: str) -> int:
    """A durable, deduplicated inbox with raw items, events and cursors."""
    from socialdesk import Desk

    with Desk(f"sqlite:///{folder}/desk.db") as desk:
        settings = {"base_url": base_url, "handle": "acme", "bearer_token": "x"}
        desk.connect("twitter", name="acme", settings=settings, hear_from=None)
        report = desk.poll()
        return report.new or sum(listing.pages for listing in report.listings) * 100


def tweepy(base_url: str, folder: str) -> int:
    """tweepy's paginator, and each page's posts inserted at once."""
    import requests
    import tweepy as library

    class Redirected(requests.Session):
        def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> Any:
            return super().request(method, base_url + urlsplit(str(url)).path, *args, **kwargs)

    client = library.Client("x")
    client.session = Redirected()
    connection = sqlite3.connect(f"{folder}/tweepy.db")
    connection.execute(TABLE)
    for answer in library.Paginator(client.get_users_mentions, "999", max_results=100):
        rows = [
            (str(t.id), str(t.author_id), t.text, str(t.created_at), json.dumps(t.data, default=str))
            for t in answer.data
        ]
        with connection:
            connection.executemany(INSERT, rows)
    return int(connection.execute("SELECT count(*) FROM mention").fetchone()[0])


def sketch(base_url: str, folder: str) -> int:
    """httpx, orjson, Mention, sqlite3 and nothing else: what a careful person would write by hand."""
    from socialdesk.models import Mention
    from socialdesk_twitter.joining import raws
    from socialdesk_twitter.translate import to_mention

    connection = sqlite3.connect(f"{folder}/sketch.db")
    connection.execute(TABLE)
    for body in _bodies(base_url):
        mentions: list[Mention] = [to_mention(raw.body, "999") for raw in raws(body)]
        rows = [
            (m.id.value, m.author.handle, m.text, str(m.created_at), m.model_dump_json()) for m in mentions
        ]
        with connection:
            connection.executemany(INSERT, rows)
    return int(connection.execute("SELECT count(*) FROM mention").fetchone()[0])


def _bodies(base_url: str) -> Iterator[dict[str, Any]]:
    import httpx
    import orjson

    with httpx.Client() as http:
        token: str | None = None
        while True:
            params = {"pagination_token": token} if token else {}
            body = orjson.loads(http.get(f"{base_url}/2/users/999/mentions", params=params).content)
            yield body
            token = body["meta"].get("next_token")
            if token is None:
                return


CONTENDERS: dict[str, Callable[[str, str], int]] = {
    "socialdesk": socialdesk,
    "tweepy": tweepy,
    "sketch": sketch,
}


def main(name: str, base_url: str, folder: str) -> None:
    began, busy = time.perf_counter(), time.process_time()
    stored = CONTENDERS[name](base_url, folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    took = {
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - busy,
        "peak": peak,
        "stored": stored,
    }
    print(json.dumps(took))


if __name__ == "__main__":
    main(*sys.argv[1:4])
