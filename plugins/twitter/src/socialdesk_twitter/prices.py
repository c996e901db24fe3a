"""What X bills, in its own units; what a unit costs is the account's own setting. Pure.

An answer is counted at its most: X bills the same object once in a day (UTC), which one answer cannot tell.

https://docs.x.com/x-api/getting-started/pricing
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from socialdesk.errors import Unavailable
from socialdesk.wire import Json, Response
from socialdesk_twitter.length import link_spans

__all__ = ["of_answer", "of_message", "of_post"]

_NO_CHARGE: Mapping[str, int] = {}


def of_post(body: Mapping[str, Any]) -> dict[str, int]:
    """What a post with this body is billed. A link outweighs that it is an answer."""
    if link_spans(body.get("text") or ""):
        return {"post_create_with_url": 1}
    return {"summoned_reply": 1} if "reply" in body else {"post_create": 1}


def of_message() -> dict[str, int]:
    """What a direct message is billed."""
    return {"dm_create": 1}


def of_answer(response: Response, me: str | None) -> Mapping[str, int]:
    """What X bills for a request that it answered so, for the account with the id ``me``."""
    request = response.request
    if request is None or not response.ok:
        return _NO_CHARGE
    if request.method == "GET":
        return _read(response, me)
    if request.method != "POST":
        return _NO_CHARGE
    if request.path.endswith("/2/tweets") and isinstance(request.body, Json):
        return of_post(request.body.value)
    if "/2/dm_conversations/" in request.path and request.path.endswith("/messages"):
        return of_message()
    return _NO_CHARGE


def _read(response: Response, me: str | None) -> Mapping[str, int]:
    """All that an answer holds: what was asked for, and what came with it by expansions."""
    assert response.request is not None  # the caller has looked
    path = response.request.path
    if not any(part in path for part in ("/2/tweets", "/2/users", "/2/dm_")):
        return _NO_CHARGE
    try:
        body = response.json()
    except Unavailable:  # no JSON: whoever asked is told of it
        return _NO_CHARGE
    if not isinstance(body, dict):
        return _NO_CHARGE
    included = body.get("includes")
    included = included if isinstance(included, dict) else {}
    things = _listed(body.get("data"))
    people = _listed(included.get("users"))
    posts = [*_listed(included.get("tweets")), *_listed(included.get("posts"))]
    counted: dict[str, int] = {}
    if "/dm_" in path:
        _count(counted, "dm_read", things)
    elif _is_of_people(path):
        people = [*people, *things]
    else:
        posts += things
    own = [post for post in posts if me is not None and post.get("author_id") == me]
    counted |= {} if not own else {"own_post_read": len(own)}
    counted |= {} if len(own) == len(posts) else {"post_read": len(posts) - len(own)}
    _count(counted, "user_read", people)
    return counted


def _is_of_people(path: str) -> bool:
    """Whether an endpoint lists people; ``/2/users/1/tweets`` and ``.../mentions`` list posts."""
    return "/2/users" in path and not path.endswith(("/tweets", "/mentions"))


def _listed(told: Any) -> list[Mapping[str, Any]]:
    things = told if isinstance(told, list) else [told]
    return [thing for thing in things if isinstance(thing, dict)]


def _count(counted: dict[str, int], unit: str, things: Iterable[Any]) -> None:
    number = len(list(things))
    if number:
        counted[unit] = number
