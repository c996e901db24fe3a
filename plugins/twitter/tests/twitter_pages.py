"""Answers of X for tests, in its own words; and the shared material, where it stands beside the repository."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest

from socialdesk.connector import Profile
from socialdesk.wire import Response
from socialdesk_twitter.connector import TwitterConnector
from socialdesk_twitter.settings import App, Config

SHARED = Path(__file__).resolve().parents[4] / "shared"
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=timezone.utc)
ME = "999"

OAUTH1 = {"access_token": "at", "access_token_secret": "as"}
OAUTH1_APP = {"consumer_key": "ck", "consumer_secret": "cs"}


def shared_json(*path: str) -> Any:
    """A file of the shared material; the test is skipped where it is absent."""
    file = SHARED.joinpath(*path)
    if not file.is_file():
        pytest.skip(f"the shared material is not here: {'/'.join(path)}")
    return json.loads(file.read_text())


def connector(app: Mapping[str, Any] | None = None, **settings: Any) -> TwitterConnector:
    """A signed-in account @acme; ``settings`` replace the usual ones."""
    own = {**OAUTH1, **settings} if app is None else settings
    return TwitterConnector(
        Config.model_validate(own),
        App.model_validate(OAUTH1_APP if app is None else app),
        Profile(id=ME, handle="acme"),
    )


def answer(body: Any, status: int = 200, **headers: str) -> Response:
    """An answer with a JSON body."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, fields, json.dumps(body).encode(), received_at=NOW)


def user(user_id: str, handle: str, **more: Any) -> dict[str, Any]:
    return {
        "id": user_id,
        "name": handle.title(),
        "username": handle,
        "protected": False,
        "verified": False,
        "public_metrics": {"followers_count": 7, "following_count": 1, "tweet_count": 2, "listed_count": 0},
        **more,
    }


def post(post_id: str, text: str, author: str = "111", **more: Any) -> dict[str, Any]:
    return {
        "id": post_id,
        "text": text,
        "author_id": author,
        "conversation_id": post_id,
        "created_at": "2026-11-20T10:15:30.000Z",
        "lang": "en",
        "edit_history_tweet_ids": [post_id],
        "public_metrics": {
            "retweet_count": 0,
            "reply_count": 1,
            "like_count": 2,
            "quote_count": 3,
            "bookmark_count": 0,
            "impression_count": 41,
        },
        **more,
    }


def page(*posts: dict[str, Any], next_token: str | None = None, **includes: Any) -> dict[str, Any]:
    """A listing's answer, from the newest post to the oldest."""
    users = includes.pop("users", [user("111", "jo_doe"), user(ME, "acme")])
    meta: dict[str, Any] = {"result_count": len(posts)}
    body: dict[str, Any] = {"meta": meta, "includes": {"users": users, **includes}}
    if posts:
        body["data"] = list(posts)
        meta |= {"newest_id": posts[0]["id"], "oldest_id": posts[-1]["id"]}
    else:
        del body["includes"]
    if next_token is not None:
        meta["next_token"] = next_token
    return body


# What the platform renamed: the same answer in the newer names.
_RENAMED = {
    "edit_history_tweet_ids": "edit_history_post_ids",
    "note_tweet": "note_post",
    "referenced_tweets": "referenced_posts",
    "retweet_count": "repost_count",
}


def renamed(value: Any) -> Any:
    """The same answer in the newer generation of field names."""
    if isinstance(value, list):
        return [renamed(item) for item in value]
    if not isinstance(value, dict):
        return value
    changed = {_RENAMED.get(name, name): renamed(item) for name, item in value.items()}
    if "tweets" in changed and isinstance(changed["tweets"], list):
        changed["posts"] = changed.pop("tweets")
    return changed
