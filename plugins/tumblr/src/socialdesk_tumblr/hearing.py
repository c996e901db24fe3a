"""What the blog hears: its activity, the notes of its posts, its inbox, tags that are searched, and conversations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson

from socialdesk.connector import Item, Page, Raw, Topic, Window
from socialdesk.errors import PluginError, RateLimited, Rejected, Unavailable
from socialdesk.models import ExternalId, Rule
from socialdesk_tumblr import notes, pages, searching, translate, walks
from socialdesk_tumblr.account import Account, response_of
from socialdesk_tumblr.ids import place_of, reply_id, reply_of, second_of

__all__ = ["Hearing"]

_TYPES = ("mention_in_post", "mention_in_reply", "reply", "reblog_with_content", "reblog_naked")
_LATE = {"notifications": 60, "notes": 30, "search": 3600, "asks": 30}
"""By how many seconds an item may appear late, by stream."""

_PAUSES = {"notifications": 120.0, "posts": 300.0, "asks": 300.0, "search": 300.0}
_PAGE = 20
_PUBLISHED = (None, "published")
_UNREAD = (Rejected, RateLimited, Unavailable)


class Hearing(Account):
    """https://www.tumblr.com/docs/en/api/v2"""

    def queries(self, rule: Rule) -> tuple[Topic, ...]:
        return searching.topics(rule)

    async def fetch(self, window: Window) -> Page:
        """One page. A page of ``posts`` tells whose notes to walk; ``notes`` walks those of one post."""
        listings = {
            "notifications": self._notifications,
            "asks": self._asks,
            "posts": self._posts,
            "notes": self._notes,
            "search": self._search,
            "conversation": self._conversation,
        }
        return await listings[window.stream](window)

    def parse(self, raw: Raw) -> Item | None:
        me = self.known_id
        if raw.shape == "post":
            return translate.to_post(raw.body, me)
        if raw.shape == "note":
            return notes.to_note(raw.body, me)
        if raw.shape == "notification":
            return notes.to_item(raw.body, me)
        if raw.shape == "counts":
            return notes.to_counts(raw.body)
        if raw.shape == "gone":
            return translate.to_gone(raw.body)
        raise PluginError(f"tumblr: there is no raw shape {raw.shape!r}.")

    # ------------------------------------------------------------------------------------------------- notifications

    async def _notifications(self, window: Window) -> Page:
        """One page of the activity feed; with it, the first posts of threads that are told by number alone."""
        params = {"rollups": "false", "before": walks.begin(window).before}
        params |= {f"types[{place}]": name for place, name in enumerate(_TYPES)}
        told = response_of(await self.ask("GET", self.blog("notifications"), params))
        listed = [pages.activity(item) for item in pages.listed(told.get("notifications"))]
        more = pages.leads_on(told) is not None
        page = walks.page_of(listed, window, late=_LATE["notifications"], more=more)
        return _paused(replace(page, items=await self._rooted(page.items)), window)

    async def _rooted(self, items: Sequence[Raw]) -> list[Raw]:
        """The same, each with the thread's first post where it stands under a reblog of ours: the feed tells only its
        number. What cannot be asked now is left as it is."""
        roots: dict[str, str | None] = {}
        found = []
        for raw in items:
            item = raw.body["item"]
            told = item if isinstance(item, Mapping) else {}
            ours, first = told.get("target_post_id"), told.get("target_root_post_id")
            if ours and first and first != ours and "mention" not in str(told.get("type")):
                if ours not in roots:
                    roots[ours] = await self._root(str(ours))
                raw = Raw("notification", {**raw.body, "root": roots[ours]})  # noqa: PLW2901  # the same item, with more
            found.append(raw)
        return found

    async def _root(self, number: str) -> str | None:
        try:
            root = translate.root_of(response_of(await self.ask("GET", self.blog(f"posts/{number}"))))
        except (*_UNREAD, KeyError, TypeError, ValueError, AttributeError):  # or of no form that is known
            return None
        return root.value if root else None

    # ----------------------------------------------------------------------------------------------------- our posts

    async def _posts(self, window: Window) -> Page:
        """Our latest posts; older ones only in the first walk, or where more were posted than a page holds."""
        params: dict[str, Any] = {"npf": "true", "reblog_info": "true", "limit": _PAGE}
        if window.page is not None:
            params |= orjson.loads(window.page)
        elif window.until is not None:
            params["before"] = int(window.until) + 1
        told = response_of(await self.ask("GET", self.blog("posts"), params))
        posts = pages.listed(told.get("posts"))
        seconds = [second for post in posts if (second := second_of(post)) is not None]
        lasting = timedelta(days=self.config.replies_for_days)
        floor = int(window.since or (window.now - lasting).timestamp())
        further = pages.leads_on(told)
        ends = further is None or not seconds or seconds[-1] <= floor
        return _paused(
            Page(
                [Raw("post", post) for post in posts],
                next=None if ends else orjson.dumps(further).decode(),
                end="reached" if ends else None,
                topics=pages.topics(posts, self.me, window.now, lasting),
                **_bounds(seconds),
            ),
            window,
        )

    async def _notes(self, window: Window) -> Page:
        """Replies and reblogs that say something, under one post of ours."""
        if len(window.topics) != 1:
            raise PluginError("tumblr: the notes of one post are asked for at a time.")
        topic = window.topics[0]
        return await self._notes_of(window, topic.key, topic.data.get("root"))

    async def _notes_of(self, window: Window, post: str, root: str | None) -> Page:
        blog, number = place_of(ExternalId("tumblr", "post", post))
        params: dict[str, Any] = {"id": number, "mode": "conversation"}
        if window.page is not None:
            params |= orjson.loads(window.page)
        elif window.until is not None:
            params["before_timestamp"] = int(window.until) + 1  # in this mode it counts microseconds
        told = response_of(await self.ask("GET", self.blog("notes", blog), params))
        listed = pages.listed(told.get("notes"))
        joined = {"post": post, "root": root, "public": True}
        if self.profile is not None and blog == self.known_id:
            joined["handle"] = self.profile.handle
        at = [pages.microseconds(note) for note in listed if second_of(note) is not None]
        floor = 0
        if window.since is not None:
            floor = int(window.since) - _LATE["notes"] * 1_000_000
        elif window.back_to is not None:
            floor = int(window.back_to.timestamp()) * 1_000_000
        new = [note for note in listed if second_of(note) is None or pages.microseconds(note) >= floor]
        further = pages.leads_on(told)
        ends = further is None or not at or min(at) < floor
        counts = [Raw("counts", {**told, "notes": [], "rollup_notes": [], "post": post})]
        return Page(
            [*(Raw("note", {"note": note, **joined}) for note in new), *(counts if not window.page else ())],
            next=None if ends else orjson.dumps(further).decode(),
            end="reached" if ends else None,
            **_bounds(at),
        )

    # ------------------------------------------------------------------------------------------------------ the inbox

    async def _asks(self, window: Window) -> Page:
        """Questions and submissions that wait. Their pages are counted from the newest, and move up when one of them
        is answered meanwhile: where a page does not follow the last one, the one before is read again."""
        at, last = orjson.loads(window.page) if window.page is not None else (0, None)
        offset = max(0, at - 1) if last else at
        params = {"npf": "true", "offset": offset, "limit": _PAGE}
        told = response_of(await self.ask("GET", self.blog("posts/submission"), params))
        posts = pages.listed(told.get("posts"))
        numbers = [str(post.get("id")) if isinstance(post, Mapping) else "" for post in posts]
        if last and last not in numbers and offset > 0:
            return Page([], next=orjson.dumps([max(0, offset - _PAGE), None]).decode())
        seconds = [second for post in posts if (second := second_of(post)) is not None]
        floor = 0
        if window.since is not None:
            floor = int(window.since) - _LATE["asks"]
        elif window.back_to is not None:
            floor = int(window.back_to.timestamp())
        older = bool(seconds) and seconds[-1] < floor and seconds[0] >= seconds[-1]
        ends = len(posts) < _PAGE or older
        new = [Raw("post", post) for post in posts if (second_of(post) or floor) >= floor]
        further = None if ends else orjson.dumps([offset + len(posts), numbers[-1]]).decode()
        page = Page(new, next=further, end="reached" if ends else None, **_bounds(seconds))
        return _paused(page, window)

    # ------------------------------------------------------------------------------------------------------ searching

    async def _search(self, window: Window) -> Page:
        if len(window.topics) != 1:
            raise PluginError("tumblr: a search asks for one tag at a time.")
        params = {"tag": window.topics[0].data["tag"], "limit": _PAGE, "npf": "true", "reblog_info": "true"}
        params["before"] = walks.begin(window).before
        posts = (await self.ask("GET", "/v2/tagged", params)).listed("response")
        listed = [pages.found(post) for post in posts]
        return _paused(walks.page_of(listed, window, late=_LATE["search"], more=bool(posts)), window)

    async def _conversation(self, window: Window) -> Page:
        """A post with those above it, and then its notes."""
        if len(window.topics) != 1:
            raise PluginError("tumblr: a conversation is asked for by itself.")
        value = window.topics[0].key.removeprefix("tumblr:").removeprefix("post:")
        identity = ExternalId("tumblr", "post", value)
        if window.page is not None:
            return await self._notes_of(window, value, value)
        found = await self.lookup([identity])
        if not found or found[0].shape != "post":
            return Page(found, end="reached")
        post = found[0].body
        raws = [*found, *pages.above(post)]
        has_notes = post.get("state") in _PUBLISHED
        return Page(
            raws,
            next="{}" if has_notes else None,
            span=("0", "0"),
            end=None if has_notes else "reached",
        )

    # ----------------------------------------------------------------------------------------------------- looking up

    async def lookup(self, ids: Sequence[ExternalId]) -> tuple[Raw, ...]:
        """These posts and bare replies as they are now, by a request for each."""
        found: list[Raw] = []
        for identity in ids:
            if identity.kind == "reply":
                found += await self._reply(identity)
            else:
                found.append(await self._post(identity))
        return tuple(found)

    async def _post(self, identity: ExternalId) -> Raw:
        blog, number = place_of(identity)
        try:
            answer = await self.ask("GET", self.blog(f"posts/{number}", blog), {"post_format": "npf"})
        except Rejected as refused:
            state = "deleted" if refused.reason == "gone" else "unavailable"
            return Raw("gone", {"post": identity.value, "state": state})
        return Raw("post", dict(response_of(answer)))

    async def _reply(self, identity: ExternalId) -> list[Raw]:
        """A reply, where it stands among the notes of a thread that we began; the second after it begins the page."""
        root, _, second = reply_of(identity)
        post = f"{self.me}/{root}"
        params = {"id": root, "mode": "conversation", "before_timestamp": (second + 1) * 1_000_000}
        try:
            told = response_of(await self.ask("GET", self.blog("notes"), params))
        except Rejected:
            return []
        joined = {"post": post, "root": post, "public": True, "handle": self.profile and self.profile.handle}
        return [
            Raw("note", {"note": note, **joined})
            for note in pages.listed(told.get("notes"))
            if isinstance(note, Mapping)
            and second_of(note) == second
            and note.get("type") == "reply"
            and reply_id(
                root, note.get("blog_uuid") or note.get("blog_name"), second, note.get("reply_text") or ""
            )
            == identity
        ]


def _paused(page: Page, window: Window) -> Page:
    """The page with how long to leave between two polls, where it is the walk's last."""
    return page if page.next is not None else replace(page, again_in=_PAUSES[window.stream])


def _bounds(page: Sequence[int]) -> dict[str, Any]:
    """Where a page stands: nothing, where it is empty."""
    if not page:
        return {}
    return {"resume": str(max(page)), "span": (str(min(page)), str(max(page)))}
