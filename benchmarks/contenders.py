"""One way each of getting mentions into a database: ``python -m benchmarks.contenders NAME BASE_URL FOLDER``.

Each runs in a process of its own and prints seconds and CPU seconds, of the second reading as well where there is
one, peak memory in MB and how many it stored.
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
    """A durable, deduplicated inbox with raw items, events and cursors; nothing is judged, as no peer judges."""
    return _synced(base_url, f"{folder}/desk.db", judged=False)


def judged(base_url: str, folder: str) -> int:
    """The same with triage, as a desk does by default."""
    return _synced(base_url, f"{folder}/judged.db", judged=True)


def _synced(base_url: str, path: str, *, judged: bool) -> int:
    from socialdesk import Desk

    with Desk(f"sqlite:///{path}", triage=judged) as desk:
        settings = {"base_url": base_url, "handle": "acme", "bearer_token": "x"}
        desk.connect("twitter", name="acme", settings=settings, hear_from=None)
        return sum(listing.new for listing in desk.poll().listings)


def again(base_url: str, folder: str) -> int:
    """What :func:`socialdesk` stored, read once more from the beginning: nothing is new, all of it is compared."""
    from socialdesk import Desk

    with sqlite3.connect(f"{folder}/desk.db") as connection:
        connection.execute("UPDATE socialdesk_stream SET cursor = ''")
    connection.close()
    with Desk(f"sqlite:///{folder}/desk.db", triage=False) as desk:
        report = desk.poll()
    if any(listing.new or listing.changed or listing.set_aside for listing in report.listings):
        raise SystemExit("the second reading found something new")
    return 100 * max(listing.pages for listing in report.listings)


def sqlite3_insert(base_url: str, folder: str) -> int:
    """tweepy's paginator, and each page's posts inserted at once."""
    connection = sqlite3.connect(f"{folder}/sqlite3.db")
    connection.execute(TABLE)
    for rows in _tweepy_rows(base_url):
        with connection:
            connection.executemany(INSERT, rows)
    return int(connection.execute("SELECT count(*) FROM mention").fetchone()[0])


def sqlalchemy_insert(base_url: str, folder: str) -> int:
    """The same by SQLAlchemy Core."""
    import sqlalchemy as sa
    from sqlalchemy.dialects.sqlite import insert

    names = ("id", "author", "text", "created_at", "data")
    table = sa.Table(
        "mention", sa.MetaData(), *(sa.Column(name, sa.Text, primary_key=name == "id") for name in names)
    )
    engine = sa.create_engine(f"sqlite:///{folder}/sqlalchemy.db")
    table.metadata.create_all(engine)
    for rows in _tweepy_rows(base_url):
        with engine.begin() as connection:
            connection.execute(
                insert(table).on_conflict_do_nothing(), [dict(zip(names, row, strict=True)) for row in rows]
            )
    with engine.connect() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def django_insert(base_url: str, folder: str) -> int:
    """The same by Django's bulk_create."""
    import django
    from django.conf import settings
    from django.db import connection, models

    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{folder}/django.db"}
    settings.configure(DATABASES={"default": database}, INSTALLED_APPS=[], USE_TZ=True)
    django.setup()

    class Heard(models.Model):
        id = models.TextField(primary_key=True)
        author = models.TextField()
        text = models.TextField()
        created_at = models.TextField()
        data = models.TextField()

        class Meta:
            app_label = "heard"

    with connection.schema_editor() as editor:
        editor.create_model(Heard)
    for rows in _tweepy_rows(base_url):
        Heard.objects.bulk_create([Heard(*row) for row in rows], ignore_conflicts=True)
    return int(Heard.objects.count())


def _tweepy_rows(base_url: str) -> Iterator[list[tuple[str, ...]]]:
    import requests
    import tweepy  # type: ignore[import-untyped]  # it has no types

    class Redirected(requests.Session):
        def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> Any:
            return super().request(method, base_url + urlsplit(str(url)).path, *args, **kwargs)

    client = tweepy.Client("x")
    client.session = Redirected()
    for answer in tweepy.Paginator(client.get_users_mentions, "999", max_results=100):
        yield [
            (str(t.id), str(t.author_id), t.text, str(t.created_at), json.dumps(t.data, default=str))
            for t in answer.data
        ]


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
    "again": again,
    "judged": judged,
    "sqlite3": sqlite3_insert,
    "sqlalchemy": sqlalchemy_insert,
    "django": django_insert,
    "sketch": sketch,
}


def main(name: str, base_url: str, folder: str) -> None:
    began, busy = time.perf_counter(), time.process_time()
    stored = CONTENDERS[name](base_url, folder)
    took = {
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - busy,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "stored": stored,
    }
    print(json.dumps(took))


if __name__ == "__main__":
    main(*sys.argv[1:4])
