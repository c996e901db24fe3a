"""Pages of mentions as X sends them: 100 posts of about 2.2 KB with what they refer to."""

from __future__ import annotations

from typing import Any

import orjson

FIRST_ID = 2_090_000_000_000_000_000
ACCOUNT = {"id": "999", "name": "Acme", "username": "acme", "verified": False, "protected": False}


def page(number: int, size: int = 100, *, following: str | None = None) -> bytes:
    """The ``number``-th page, newest first, as bytes."""
    posts = [_post(FIRST_ID + 10_000_000 - number * size - index) for index in range(size)]
    users = [_user(post["author_id"]) for post in posts]
    roots = [_root(post["conversation_id"]) for post in posts]
    meta: dict[str, Any] = {"newest_id": posts[0]["id"], "oldest_id": posts[-1]["id"], "result_count": size}
    if following is not None:
        meta["next_token"] = following
    return orjson.dumps(
        {"data": posts, "includes": {"users": [*users, ACCOUNT], "tweets": roots}, "meta": meta}
    )


def _post(number: int) -> dict[str, Any]:
    link = "https://t.co/abcdefghij"
    text = f"@acme my parcel {number} is lost &amp; nobody answers, see {link} #acme 😡"
    start = text.replace("&amp;", "&amp;").index(link)
    return {
        "id": str(number),
        "text": text,
        "author_id": str(number % 5000 + 1000),
        "conversation_id": str(number - 7_000_000),
        "created_at": "2026-11-20T10:15:30.000Z",
        "in_reply_to_user_id": "999",
        "lang": "en",
        "edit_history_tweet_ids": [str(number)],
        "edit_controls": {
            "edits_remaining": 5,
            "is_edit_eligible": False,
            "editable_until": "2026-11-20T10:45:30.000Z",
        },
        "referenced_tweets": [{"type": "replied_to", "id": str(number - 7_000_000)}],
        "entities": {
            "mentions": [{"start": 0, "end": 5, "username": "acme", "id": "999"}],
            "urls": [
                {
                    "start": start,
                    "end": start + len(link),
                    "url": link,
                    "expanded_url": "https://example.com/parcels/lost?id=4711",
                    "display_url": "example.com/parcels/lost",
                }
            ],
            "hashtags": [{"start": start + len(link) + 1, "end": start + len(link) + 6, "tag": "acme"}],
        },
        "public_metrics": {
            "retweet_count": 0,
            "reply_count": 1,
            "like_count": 2,
            "quote_count": 0,
            "bookmark_count": 0,
            "impression_count": 41,
        },
        "possibly_sensitive": False,
        "reply_settings": "everyone",
    }


def _root(number: str) -> dict[str, Any]:
    return {
        "id": number,
        "text": "New parcel boxes are here, in your street from Monday on! " * 3,
        "author_id": "999",
        "created_at": "2026-11-19T10:15:30.000Z",
        "conversation_id": number,
        "edit_history_tweet_ids": [number],
        "public_metrics": {"retweet_count": 3, "reply_count": 9, "like_count": 22, "quote_count": 0},
    }


def _user(number: str) -> dict[str, Any]:
    return {
        "id": number,
        "name": f"Person {number}",
        "username": f"person_{number}",
        "verified": False,
        "protected": False,
        "created_at": "2019-04-01T08:00:00.000Z",
        "profile_image_url": f"https://pbs.twimg.com/profile_images/{number}/face_normal.png",
        "public_metrics": {
            "followers_count": 120,
            "following_count": 80,
            "tweet_count": 1412,
            "listed_count": 1,
        },
    }
