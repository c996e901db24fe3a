"""Pages of mentions as X sends them: 100 posts of about 2.2 KB each, counting what they refer to.

Each post answers one of the account's, calls it, and carries a link, a picture and every field that the plugin asks
for; so does, as X does it, each post that is included because another refers to it.
"""

from __future__ import annotations

from typing import Any

import orjson

FIRST_ID = 2_090_000_000_000_000_000
ROOTS_BEFORE = 7_000_000  # a post answers the one with this much lower an id
LINK = "https://t.co/abcdefghij"
ACCOUNT = {
    "id": "999",
    "name": "Acme",
    "username": "acme",
    "verified": False,
    "protected": False,
    "profile_image_url": "https://pbs.twimg.com/profile_images/999/face_normal.png",
    "public_metrics": {
        "followers_count": 81_000,
        "following_count": 12,
        "tweet_count": 9100,
        "listed_count": 77,
    },
}


def page(number: int, size: int = 100, *, following: str | None = None) -> bytes:
    """The ``number``-th page, newest first, as bytes. Without a ``following`` token it is the last."""
    posts = [_post(FIRST_ID + 10_000_000 - number * size - index) for index in range(size)]
    users = {post["author_id"]: _user(post["author_id"]) for post in posts}
    meta: dict[str, Any] = {"newest_id": posts[0]["id"], "oldest_id": posts[-1]["id"], "result_count": size}
    if following is not None:
        meta["next_token"] = following
    includes = {
        "users": [*users.values(), ACCOUNT],
        "tweets": [_root(post["conversation_id"]) for post in posts],
        "media": [_picture(key) for post in posts for key in post["attachments"]["media_keys"]],
    }
    return orjson.dumps({"data": posts, "includes": includes, "meta": meta})


def _post(number: int) -> dict[str, Any]:
    text = f"@acme my parcel {number} is lost &amp; nobody answers, see {LINK}"
    start = text.index(LINK)
    root, picture = str(number - ROOTS_BEFORE), f"3_{number}"
    return {
        **_common(number, text, str(number % 5000 + 1000), root),
        "in_reply_to_user_id": "999",
        "referenced_tweets": [{"type": "replied_to", "id": root}],
        "entities": {
            "mentions": [{"start": 0, "end": 5, "username": "acme", "id": "999"}],
            "urls": [
                {
                    "start": start,
                    "end": start + len(LINK),
                    "url": LINK,
                    "expanded_url": f"https://x.com/person_{number % 5000 + 1000}/status/{number}/photo/1",
                    "display_url": "pic.x.com/abcdefghij",
                    "media_key": picture,
                }
            ],
        },
        "attachments": {"media_keys": [picture]},
        "public_metrics": _counts(0, 1, 2, 41),
    }


def _root(identity: str) -> dict[str, Any]:
    text = "New parcel boxes are here, in your street from Monday on! Where would you like the next one? #parcels"
    tag = text.index("#parcels")
    return {
        **_common(int(identity), text, "999", identity),
        "entities": {"hashtags": [{"start": tag, "end": tag + 8, "tag": "parcels"}]},
        "public_metrics": _counts(3, 9, 22, 4100),
    }


def _common(number: int, text: str, author: str, conversation: str) -> dict[str, Any]:
    return {
        "id": str(number),
        "text": text,
        "author_id": author,
        "conversation_id": conversation,
        "created_at": "2026-11-20T10:15:30.000Z",
        "lang": "en",
        "edit_history_tweet_ids": [str(number)],
        "edit_controls": {
            "edits_remaining": 5,
            "is_edit_eligible": False,
            "editable_until": "2026-11-20T10:45:30.000Z",
        },
        "possibly_sensitive": False,
        "reply_settings": "everyone",
    }


def _counts(reposts: int, replies: int, likes: int, views: int) -> dict[str, int]:
    return {
        "retweet_count": reposts,
        "reply_count": replies,
        "like_count": likes,
        "quote_count": 0,
        "bookmark_count": 0,
        "impression_count": views,
    }


def _user(number: str) -> dict[str, Any]:
    return {
        "id": number,
        "name": f"Person {number}",
        "username": f"person_{number}",
        "verified": False,
        "verified_type": "none",
        "protected": False,
        "profile_image_url": f"https://pbs.twimg.com/profile_images/{number}/face_normal.png",
        "public_metrics": {
            "followers_count": 120,
            "following_count": 80,
            "tweet_count": 1412,
            "listed_count": 1,
        },
    }


def _picture(key: str) -> dict[str, Any]:
    return {
        "media_key": key,
        "type": "photo",
        "url": f"https://pbs.twimg.com/media/{key}.jpg",
        "alt_text": "A torn box in front of a door",
        "width": 1200,
        "height": 900,
    }
