"""What can be done to which kind of node, as a table.

Edges that list something stand with the kinds of nodes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from . import kinds_messages, kinds_pages, kinds_public
from .call import Call
from .sending import send, upload
from .state import Page
from .subscribing import (
    drop_subscription,
    list_subscriptions,
    subscribe_app,
    subscribe_page,
    unsubscribe_page,
)
from .threads import (
    block,
    extend_control,
    moderate,
    owner,
    pass_control,
    release_control,
    request_control,
    take_control,
    unblock,
)
from .writing import add_comment, add_photo, change_comment, change_post, delete, like, publish, unlike
from .written import Comment, Photo, Post

Run = Callable[[Call, Any], dict[str, Any]]
App = kinds_pages.App


@dataclass(frozen=True, slots=True)
class Does:
    """One thing that can be done. ``params`` are those that it reads; all others are let pass unread, as Facebook
    does."""

    run: Run
    params: frozenset[str] = frozenset()


def _takes(run: Run, names: str = "") -> Does:
    return Does(run, frozenset(names.split()))


_COMMENT = _takes(add_comment, "message attachment_id attachment_url attachment_share_url")

DOES: Mapping[tuple[str, type, str], Does] = {
    ("POST", Page, "feed"): _takes(publish, "message link attached_media published scheduled_publish_time"),
    ("POST", Page, "photos"): _takes(add_photo, "url caption message published"),
    ("POST", Page, "messages"): _takes(
        send, "recipient message messaging_type tag notification_type sender_action reply_to payload"
    ),
    ("POST", Page, "message_attachments"): _takes(upload, "message"),
    ("POST", Page, "moderate_conversations"): _takes(moderate, "actions user_ids"),
    ("POST", Page, "blocked"): _takes(block, "psid user asid uid"),
    ("DELETE", Page, "blocked"): _takes(unblock, "psid user asid uid"),
    ("POST", Page, "pass_thread_control"): _takes(pass_control, "recipient target_app_id metadata"),
    ("POST", Page, "take_thread_control"): _takes(take_control, "recipient metadata"),
    ("POST", Page, "request_thread_control"): _takes(request_control, "recipient"),
    ("POST", Page, "release_thread_control"): _takes(release_control, "recipient"),
    ("POST", Page, "extend_thread_control"): _takes(extend_control, "recipient duration"),
    ("GET", Page, "thread_owner"): _takes(owner, "recipient"),
    ("POST", Page, "subscribed_apps"): _takes(subscribe_page, "subscribed_fields"),
    ("DELETE", Page, "subscribed_apps"): _takes(unsubscribe_page),
    ("POST", Post, "comments"): _COMMENT,
    ("POST", Photo, "comments"): _COMMENT,
    ("POST", Comment, "comments"): _COMMENT,
    ("POST", Post, "likes"): _takes(like),
    ("DELETE", Post, "likes"): _takes(unlike),
    ("POST", Comment, "likes"): _takes(like),
    ("DELETE", Comment, "likes"): _takes(unlike),
    ("POST", Post, ""): _takes(change_post, "message is_hidden is_published"),
    ("POST", Comment, ""): _takes(change_comment, "message is_hidden"),
    ("DELETE", Post, ""): _takes(delete),
    ("DELETE", Comment, ""): _takes(delete),
    ("DELETE", Photo, ""): _takes(delete),
    ("POST", App, "subscriptions"): _takes(
        subscribe_app, "object callback_url verify_token fields include_values"
    ),
    ("GET", App, "subscriptions"): _takes(list_subscriptions),
    ("DELETE", App, "subscriptions"): _takes(drop_subscription, "object fields"),
}

MESSENGER = frozenset(
    "conversations messages message_attachments moderate_conversations thread_owner pass_thread_control "
    "take_thread_control request_thread_control release_thread_control extend_thread_control".split()
)
"""Edges that count against what a Page may do in Messenger."""

__all__ = ["DOES", "MESSENGER", "Does", "kinds_messages", "kinds_public"]
