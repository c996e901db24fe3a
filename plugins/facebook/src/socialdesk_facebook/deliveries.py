"""What Facebook delivers: from a delivery to its items, and what the changes on a Page mean. Pure.

An item is kept as it came. :func:`read_change` brings it to the form in which the Graph API tells the same thing, and
names what a delivery does not tell.

https://developers.facebook.com/docs/graph-api/webhooks/reference/page
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from socialdesk.connector import Gone, Item, Patch, Raw, Stub
from socialdesk.models import ExternalId, Mention
from socialdesk.wire import WebhookRequest
from socialdesk_facebook.messages import message_id
from socialdesk_facebook.translate import comment_id, post_id, review_id, to_comment, to_post, to_review
from socialdesk_facebook.values import Told, id_in, mapped, moment

__all__ = ["EVENTS", "raws", "read_change", "read_stub"]

EVENTS = (
    "feed",
    "mention",
    "ratings",
    "messages",
    "message_echoes",
    "message_edits",
    "message_reads",
    "message_deliveries",
    "message_reactions",
    "messaging_postbacks",
    "messaging_referrals",
    "messaging_optins",
    "standby",
    "messaging_handovers",
    "messaging_policy_enforcement",
)
"""What the plugin subscribes to."""

_TEST_PAGE, _TEST_POST = "0", "44444444_444444444"
"""The Page and the post of the events that the app's dashboard sends for a try."""
_OTHERS = ("user", "instagram", "permissions", "whatsapp_business_account", "ad_account", "application")
"""Other products, which the same app may have deliveries of."""
_LISTS = ("changes", "messaging", "standby")
_POSTS = frozenset({"post", "status", "photo", "video", "share", "album", "event", "note", "link"})
_SPOKEN = frozenset({"add", "edit", "edited", "hide", "unhide", "remove", "delete"})
_ADDED, _GONE = "add", frozenset({"remove", "delete"})
_MAKE: Mapping[str, Callable[[str], ExternalId]] = {
    "post": post_id,
    "comment": comment_id,
    "review": review_id,
    "message": message_id,
}
_UNTOLD = ("entities", "metrics", "ext", "state", "visibility")
"""What no delivery of a post or comment tells."""


def raws(request: WebhookRequest) -> tuple[Raw, ...]:
    """The items of a delivery, each for its Page. What cannot be read is kept as it came."""
    try:
        told = request.json()
    except ValueError:
        told = request.body.decode("utf-8", "replace")
    if not isinstance(told, Mapping) or not isinstance(told.get("entry"), list):
        return (Raw("unknown", {"told": told}),)
    if told.get("object") in _OTHERS:
        return ()
    if told.get("object") != "page":
        return (Raw("unknown", {"told": told}),)
    return tuple(raw for entry in told["entry"] for raw in _of_entry(entry))


def _of_entry(entry: Any) -> Iterator[Raw]:
    account = id_in(mapped(entry))
    if account is None:
        yield Raw("unknown", {"told": entry})
        return
    if account == _TEST_PAGE and not {"messaging", "standby"} & set(entry):
        return  # tests come as changes, those of messages too
    lists = {name: entry[name] for name in _LISTS if isinstance(entry.get(name), list)}
    if not any(lists.values()):
        yield Raw("unknown", {"told": entry}, account=account)
    for name, told in lists.items():
        for happened in told:
            if name == "changes":
                yield from _of_change(happened, account)
            else:
                yield from _of_event(happened, account, name == "standby")


def _of_change(change: Any, account: str) -> Iterator[Raw]:
    value = mapped(mapped(change).get("value"))
    if value.get("post_id") == _TEST_POST:
        return
    at = _moment(value.get("created_time"))
    yield Raw("change", change if isinstance(change, Mapping) else {"told": change}, account=account, at=at)
    if mapped(change).get("field") == "mention" and value.get("verb") == _ADDED:
        kind = "comment" if value.get("item") == "comment" else "post"
        identity = id_in(value.get(f"{kind}_id"))
        if identity is not None:  # who mentioned the Page is not told: what was delivered stands until it is
            yield Raw("stub", {"id": identity, "kind": kind}, account=account, at=at)


def _of_event(event: Any, account: str, standby: bool) -> Iterator[Raw]:
    at = _moment(mapped(event).get("timestamp"))
    body: dict[str, Any] = {"event": event, "page": account}
    if standby:
        body["standby"] = True
    mids = mapped(mapped(event).get("delivery")).get("mids")
    if isinstance(mids, list) and mids:
        for mid in mids:
            alone = {**event, "delivery": {**event["delivery"], "mids": [mid]}}
            yield Raw("event", {**body, "event": alone}, account=account, at=at)
        return
    yield Raw("event", body, account=account, at=at)


def _moment(told: Any) -> datetime | None:
    """The time of an envelope; None where it is none, which its item will be set aside for."""
    try:
        return moment(told)
    except (ValueError, OverflowError, OSError):
        return None


def read_stub(body: Told) -> Stub:
    return Stub(id=_MAKE[body["kind"]](body["id"]))


# --------------------------------------------------------------------------------------------------------- changes


def read_change(body: Told, me: str | None) -> Item | None:
    """What a change on the Page means; None where it is nothing that anybody said."""
    field, value = body["field"], mapped(body.get("value"))
    if field not in ("feed", "mention", "ratings"):
        return None
    item, verb = value["item"], value["verb"]
    kind = "comment" if item == "comment" else "post" if item in _POSTS else None
    if field == "ratings" and item == "rating":
        kind = "review"
    if kind is None or verb not in _SPOKEN:
        return None  # likes and reactions, blocks and mutes
    named = value["open_graph_story_id"] if kind == "review" else value[f"{kind}_id"]
    identity = _MAKE[kind](named)
    if verb in _GONE or verb == "hide":
        state: Any = "hidden" if verb == "hide" else "deleted"
        return Gone(id=identity, state=state, at=moment(value.get("created_time")))
    if verb == "unhide":
        return Patch(id=identity, changes={"state": "active"})
    if verb != _ADDED and kind != "review":
        return Stub(id=identity)  # edits come in any order: what it says now is asked for
    return _WRITTEN[kind](value, me)


def _author(value: Told) -> Told | None:
    """Who did it; older deliveries have ``sender_id`` and ``sender_name``."""
    if value.get("from"):
        return mapped(value["from"])
    if value.get("sender_id") is None:
        return None
    return {"id": value["sender_id"], "name": value.get("sender_name")}


def _said(value: Told, identity: Any) -> dict[str, Any]:
    return {
        "id": str(identity),
        "message": value.get("message") or "",
        "created_time": value.get("created_time"),
        "from": _author(value),
    }


def _picture(value: Told) -> tuple[dict[str, Any] | None, list[str]]:
    """What a post or comment carries, as far as it is told, and the names of what is not."""
    untold: list[str] = []
    for name in ("video", "photo"):
        if isinstance(value.get(name), str):
            shown = {"image": {"src": value[name]}} if name == "photo" else {"source": value[name]}
            return {"type": name, "media": shown}, ["attachments"]
    if value.get("item") in ("photo", "video", "share", "album") or value.get("photos") or value.get("link"):
        untold.append("attachments")
    kind = {"photo": "photo", "video": "video", "share": "share"}.get(value.get("item") or "")
    link = value.get("link")
    return ({"type": kind, "url": link} if kind and link else None), untold


def _post(value: Told, me: str | None) -> Mention:
    carried, untold = _picture(value)
    post = {**_said(value, value["post_id"]), "attachments": {"data": [carried] if carried else []}}
    post["permalink_url"] = mapped(value.get("post")).get("permalink_url")
    if post["permalink_url"] is None:
        untold.append("url")
    return to_post({"post": post, "untold": [*_UNTOLD, *untold]}, me)


def _comment(value: Told, me: str | None) -> Mention:
    carried, untold = _picture(value)
    parent, root = id_in(value.get("parent_id")), id_in(value.get("post_id"))
    comment = {**_said(value, value["comment_id"]), "attachment": carried}
    if parent is not None and parent != root:
        comment["parent"] = {"id": parent}
    body = {"comment": comment, "post_id": root, "untold": [*_UNTOLD, "url", *untold]}
    return to_comment(body, me)


def _review(value: Told, me: str | None) -> Mention:
    reviewer = _author(value)
    if value.get("reviewer_id") is not None:
        reviewer = {"id": value["reviewer_id"], "name": value.get("reviewer_name")}
    review = {
        **{
            name: value.get(name) for name in ("created_time", "rating", "recommendation_type", "review_text")
        },
        "reviewer": reviewer,
        "open_graph_story": {"id": value["open_graph_story_id"]},
    }
    return to_review({"review": review, "untold": ["ext"]}, me)


_WRITTEN: Mapping[str, Callable[[Told, str | None], Mention]] = {
    "post": _post,
    "comment": _comment,
    "review": _review,
}
