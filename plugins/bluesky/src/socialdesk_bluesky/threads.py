"""A thread as Bluesky tells it, a tree, as items. Pure.

https://docs.bsky.app/docs/api/app-bsky-feed-get-post-thread
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from socialdesk.connector import Raw

__all__ = ["DEEPEST", "gone", "raws"]

DEEPEST = 1000
_SHAPES = ("post", "notFound", "blocked")


def gone(uri: str, state: Literal["deleted", "unavailable"]) -> Raw:
    """What says that a post is not there any more, or not shown to the account."""
    return Raw("gone", {"uri": uri, "state": state})


def raws(body: Any) -> Iterator[Raw]:
    """Every post of a thread, those above the one asked for first; what is deleted or blocked as gone."""
    if not isinstance(body, dict):
        return
    hidden = _hidden_in(body.get("threadgate"))
    above, node = [], body.get("thread")
    top = node
    while isinstance(node, dict) and isinstance(node.get("parent"), dict):
        node = node["parent"]
        above.append(node)
    for parent in reversed(above):
        yield from _raw(parent, hidden)
    waiting = [top]
    while waiting:  # a thread may be deeper than Python's own stack
        node = waiting.pop()
        yield from _raw(node, hidden)
        replies = node.get("replies") if isinstance(node, dict) else None
        if isinstance(replies, list):
            waiting += reversed(replies)


def _raw(node: Any, hidden: frozenset[str] | None) -> Iterator[Raw]:
    if not isinstance(node, dict) or not any(node.get(shape) for shape in _SHAPES):
        yield Raw("post", {"post": node})  # it is set aside when it is read
    elif node.get("notFound"):
        yield gone(str(node.get("uri")), "deleted")
    elif node.get("blocked"):
        yield gone(str(node.get("uri")), "unavailable")
    elif hidden is None:
        yield Raw("post", {"post": node["post"]})
    else:
        view = node["post"]
        uri = view.get("uri") if isinstance(view, dict) else None
        yield Raw("post", {"post": view, "hidden": uri in hidden})


def _hidden_in(gate: Any) -> frozenset[str] | None:
    """The replies that the thread's author hid; None where it is not told, as where nobody is kept out."""
    record = gate.get("record") if isinstance(gate, Mapping) else None
    if not isinstance(record, Mapping):
        return None
    listed = record.get("hiddenReplies")
    return (
        frozenset(uri for uri in listed if isinstance(uri, str)) if isinstance(listed, list) else frozenset()
    )
