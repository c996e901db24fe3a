"""What the account hears: notifications, searches and threads, listed and looked up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from socialdesk.connector import Item, Page, Raw, Topic, Window
from socialdesk.errors import PluginError, Rejected
from socialdesk.models import ExternalId, Rule
from socialdesk_bluesky import messages, queries, threads, translate, walks
from socialdesk_bluesky.chatting import Chatting
from socialdesk_bluesky.ids import POST, as_text, owner_of, place_of, sort_at

__all__ = ["Hearing"]

_REASONS = ("mention", "reply", "quote")
_AT_ONCE = 25
_NOTIFICATIONS = "app.bsky.notification.listNotifications"


class Hearing(Chatting):
    """Mentions, replies, quotes, reposts, searches, threads and direct messages."""

    def queries(self, rule: Rule) -> tuple[Topic, ...]:
        return queries.topics(rule)

    async def fetch(self, window: Window) -> Page:
        if window.stream == "mentions":
            return await self._notifications(window)
        if window.stream == "chats":
            return await self.chats(window)
        if len(window.topics) != 1:
            raise PluginError(f"bluesky: {window.stream} asks for one topic at a time.")
        key = window.topics[0].key
        if window.stream == "messages" or (window.stream == "conversation" and "at://" not in key):
            return await self.messages_of(window)
        if window.stream == "conversation":
            return await self._thread(key)
        return await self._search(window, window.topics[0].data)

    def parse(self, raw: Raw) -> Item | None:
        if raw.shape == "post":
            return translate.to_mention(raw.body, self.known_id)
        if raw.shape == "notification":
            is_repost = raw.body["notification"]["reason"] == "repost"
            read = translate.to_repost if is_repost else translate.to_mention
            return read(raw.body, self.known_id)
        if raw.shape == "message":
            return messages.to_item(raw.body, self.known_id)
        if raw.shape == "gone":
            return translate.to_gone(raw.body)
        raise PluginError(f"bluesky: there is no raw shape {raw.shape!r}.")

    # ---------------------------------------------------------------------------------------------------- listing

    async def _notifications(self, window: Window) -> Page:
        """One page of notifications, and the views of the posts that they tell of: what a post carries and how often
        it was liked, a notification does not say."""
        position = walks.begin(window)
        reasons = (*_REASONS, "repost") if self.config.reposts else _REASONS
        size = walks.PAGE if window.size is None else max(1, min(window.size, walks.PAGE))
        params: list[tuple[str, object]] = [*(("reasons", reason) for reason in reasons), ("limit", size)]
        try:
            answer = await self.get(_NOTIFICATIONS, [*params, ("cursor", position.cursor)])
        except Rejected:
            if window.page is not None or window.until is None:
                raise
            answer = await self.get(_NOTIFICATIONS, params)  # the cursor is good no more: from the top
        body = answer.json()
        listed = answer.listed("notifications")
        views = await self.views([uri for item in listed if (uri := _post_uri(item)) is not None])
        items = [_raw(item, views) for item in listed]
        return walks.page_of_notifications(body if isinstance(body, dict) else {}, position, window, items)

    async def _search(self, window: Window, asked: Mapping[str, Any]) -> Page:
        cursor: str | None = None
        if window.page is None:
            bounds = walks.search_bounds(window)
        else:
            cursor, kept = orjson.loads(window.page)
            bounds = [(name, value) for name, value in kept]
        params: list[tuple[str, object]] = [
            *((name, value) for name, value in asked.items() if name != "tag"),
            *(("tag", tag) for tag in asked.get("tag", ())),
            ("sort", "latest"),
            ("limit", 100 if window.size is None else max(1, min(window.size, 100))),
            *bounds,
            ("cursor", cursor),
        ]
        answer = await self.get("app.bsky.feed.searchPosts", params)
        body, items = answer.json(), [_of_view(view) for view in answer.listed("posts")]
        return walks.page_of_search(body if isinstance(body, dict) else {}, bounds, items, window.now)

    async def _thread(self, key: str) -> Page:
        """All of a thread that the account may see; where it is gone, that."""
        uri = key.removeprefix("bluesky:post:")
        params = [("uri", uri), ("depth", threads.DEEPEST), ("parentHeight", threads.DEEPEST)]
        try:
            body = (await self.get("app.bsky.feed.getPostThread", params)).json()
        except Rejected as refused:
            if refused.reason != "gone":
                raise
            return Page([threads.gone(uri, "deleted")], end="reached")
        items = tuple(threads.raws(body))
        moments = [moment for raw in items if (moment := sort_at(raw.body.get("post"))) is not None]
        span = (as_text(min(moments)), as_text(max(moments))) if moments else None
        return Page(items, resume=span[1] if span else None, span=span, end="reached")

    # ------------------------------------------------------------------------------------------------- looking up

    async def views(self, uris: Sequence[str]) -> dict[str, Mapping[str, Any]]:
        """The views of posts, by their uris. One that is deleted or by somebody blocked is absent."""
        wanted = list(dict.fromkeys(uris))
        found: dict[str, Mapping[str, Any]] = {}
        for start in range(0, len(wanted), _AT_ONCE):
            params = [("uris", uri) for uri in wanted[start : start + _AT_ONCE]]
            for view in (await self.get("app.bsky.feed.getPosts", params)).listed("posts"):
                if isinstance(view, dict) and isinstance(view.get("uri"), str):
                    found[view["uri"]] = view
        return found

    async def lookup(self, ids: Sequence[ExternalId]) -> tuple[Raw, ...]:
        """The posts with these ids. Of one that is not told, it is asked why: deleted, or not shown to the account."""
        uris = [target.value for target in ids if target.kind == "post"]
        found = await self.views(uris)
        raws = [_of_view(found[uri]) for uri in uris if uri in found]
        for uri in uris:
            if uri not in found:
                raws += await self.fate(uri)
        return (*raws, *await self.messages_with([target for target in ids if target.kind == "message"]))

    async def fate(self, uri: str) -> tuple[Raw, ...]:
        """What became of a post that is not told: gone, there after all, or nothing where that is not known.

        Bluesky may not show a post of our own yet; whether that is there, our own server knows.
        """
        place = place_of(uri)
        if place.repo == self.known_id:
            kept = await self.kept(place.collection, place.rkey)
            return () if kept is not None else (threads.gone(uri, "deleted"),)
        params = [("uri", uri), ("depth", 0), ("parentHeight", 0)]
        try:
            body = (await self.get("app.bsky.feed.getPostThread", params)).json()
        except Rejected as refused:
            if refused.reason != "gone":
                raise
            return (threads.gone(uri, "deleted"),)
        return tuple(threads.raws(body))


def _post_uri(item: Any) -> str | None:
    """The uri of the post that a notification tells of; None where it tells of another thing."""
    uri = item.get("uri") if isinstance(item, dict) else None
    if owner_of(uri) is None or not isinstance(uri, str) or place_of(uri).collection != POST:
        return None
    return uri


def _raw(item: Any, views: Mapping[str, Mapping[str, Any]]) -> Raw:
    view = views.get(_post_uri(item) or "")
    return Raw("notification", {"notification": item}) if view is None else _of_view(view)


def _of_view(view: Any) -> Raw:
    return Raw("post", {"post": view})
