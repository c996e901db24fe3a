"""What the Page hears: posts, comments, recommendations and messages, listed, looked up and delivered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from socialdesk.connector import Gone, Item, Notice, Page, Raw, Topic, Window
from socialdesk.errors import PluginError, Rejected
from socialdesk.models import ExternalId
from socialdesk_facebook import deliveries, events, fields, messages, refusals, translate
from socialdesk_facebook.account import FROM_MISSING, Account
from socialdesk_facebook.values import Told, id_in, mapped, moment, rows, seconds_of
from socialdesk_facebook.walks import OVERLAP, Mark, Walk, cursor_after, listed, passed, written

__all__ = ["Hearing"]

_PAGE = 50  # more posts with all that is asked of them are too much for one answer
_CONVERSATIONS = 25
_READABLE = 20
_HIDDEN_TOO = {"include_hidden": "true"}
_NEWEST_FIRST = {"filter": "stream", "order": "reverse_chronological"}
_CUT = Notice(
    "horizon",
    f"Facebook shows the {_READABLE} newest messages of a conversation only, and there were more since the last look.",
    scope="stream",
)


class Hearing(Account):
    """The Page's feed, comments, mentions, recommendations and conversations."""

    async def fetch(self, window: Window) -> Page:
        walk = Walk.of(window)
        if window.stream == "feed":
            return await self._feed(window, walk)
        if window.stream in ("visitor_posts", "tagged"):
            answer = await self._asked(f"{self.me}/{window.stream}", fields.POST, walk, window)
            return self._page(answer, walk, _posts, window)
        if window.stream == "ratings":
            answer = await self._asked(f"{self.me}/ratings", fields.REVIEW, walk, window)
            return self._page(answer, walk, _reviews, window)
        if window.stream == "messages":
            return await self._conversations(window, walk)
        return await self._under(window, walk)

    def parse(self, raw: Raw) -> Item | None:
        read = _READERS.get(raw.shape)
        if read is None:
            raise PluginError(f"facebook: there is no raw shape {raw.shape!r}.")
        return read(raw.body, self.known_id)

    # ---------------------------------------------------------------------------------------------------- listing

    async def _asked(
        self, path: str, wanted: str, walk: Walk, window: Window, **more: Any
    ) -> Mapping[str, Any]:
        size = max(1, min(window.size or _PAGE, _PAGE))
        params = {"fields": wanted, "limit": size, "after": walk.after, **more}
        answer = await self.get(path, params)
        body = answer.json()
        found = answer.listed("data")
        notices = self.forced(answer) if window.stream == "feed" and window.page is None else ()
        return {"data": found, "after": cursor_after(body), "notices": notices}

    def _page(
        self, answer: Told, walk: Walk, read: Callable[[Any], tuple[Mark | None, Raw]], window: Window
    ) -> Page:
        """The page that an answer is: what is new on it, up to the first that is known."""
        told = [read(item) for item in answer["data"]]
        marks = passed((mark for mark, _ in told), window.now)
        new = [(mark, raw) for mark, raw in told if mark is None or walk.is_wanted(mark)]
        wanted = passed((mark for mark, _ in new), window.now)
        after = None if walk.is_done(marks) else answer["after"]
        items = [raw for _, raw in new]
        return Page(
            items,
            next=None if after is None else walk.onward(after),
            resume=written(max(marks)) if marks else None,
            span=(written(min(wanted)), written(max(wanted))) if wanted else None,
            end="reached" if after is None else None,
            notices=(*answer["notices"], *_nameless(items, self.known_id)),
        )

    async def _feed(self, window: Window, walk: Walk) -> Page:
        """One page of the feed: what is new or has changed since the last look, and which posts have comments. It is
        read further down than the last known post, since new comments come under old posts."""
        answer = await self._asked(f"{self.me}/feed", fields.POST, walk, window, **_HIDDEN_TOO)
        page = self._page(answer, walk, _posts, window)
        watched = window.now - timedelta(days=self.config.watch_days)
        posts = rows(answer["data"])
        marks = passed((mark for mark, _ in map(_posts, answer["data"])), window.now)
        changed = [Raw("post", {"post": post}) for post in posts if self._has_changed(post, walk)]
        onward = page.next
        if onward is None and answer["after"] and marks and min(marks)[0] >= watched.timestamp():
            onward = walk.onward(answer["after"])
        return replace(
            page,
            items=[*page.items, *changed],
            next=onward,
            end=None if onward is not None else page.end,
            resume=written(max(marks), window.now) if marks else None,
            topics=tuple(topic for post in posts for topic in self._topics(post, window)),
        )

    def _has_changed(self, post: Told, walk: Walk) -> bool:
        """Whether a post that is known was changed since the last look: edited, hidden, or commented."""
        updated, created = seconds_of(post.get("updated_time")), seconds_of(post.get("created_time"))
        if walk.looked is None or updated is None or created is None or updated == created:
            return False
        known = walk.is_known((created, id_in(post) or ""))
        return known and updated >= walk.looked - OVERLAP.total_seconds()

    def _topics(self, post: Told, window: Window) -> Iterable[Topic]:
        """The comments of a post, to be walked where their number or the post's time has changed."""
        identity, created = id_in(post), seconds_of(post.get("created_time"))
        count = mapped(mapped(post.get("comments")).get("summary")).get("total_count")
        if identity is None or created is None or count == 0:
            return
        ends = moment(created)
        assert ends is not None  # of a number it is one
        ends += timedelta(days=self.config.watch_days)
        if ends > window.now:
            data = {"updated": str(post.get("updated_time")), "comments": count}
            yield Topic(identity, data, stream="comments", until=ends)

    async def _under(self, window: Window, walk: Walk) -> Page:
        """What stands under one root: the comments of a post, and in a conversation the post itself, or messages."""
        if len(window.topics) != 1:
            raise PluginError(f"facebook: {window.stream} asks for one topic at a time.")
        root = window.topics[0].key
        person = messages.person_in(root)
        if person is not None:
            return await self._conversations(window, walk, user_id=person)
        path = f"{quote(root, safe='')}/comments"
        try:
            answer = await self._asked(path, fields.COMMENT, walk, window, **_NEWEST_FIRST)
        except Rejected as refused:
            if not refusals.is_gone(refused):
                raise
            return Page([Raw("gone", {"id": root, "kind": "post"})], end="reached")
        page = self._page(answer, walk, lambda item: _comment(item, root), window)
        if window.stream != "conversation" or page.next is not None or "_" not in root:
            return page
        return replace(page, items=[*page.items, *await self.lookup([translate.post_id(root)])])

    # --------------------------------------------------------------------------------------------------- messages

    async def _conversations(self, window: Window, walk: Walk, **more: str) -> Page:
        """One page of conversations, those with the newest messages first, each with its newest messages."""
        params = {
            "platform": "MESSENGER",
            "fields": fields.CONVERSATION,
            "limit": max(1, min(window.size or _CONVERSATIONS, _CONVERSATIONS)),
            "after": walk.after,
            **more,
        }
        if walk.since is not None and not more:
            params["updated_after_ms"] = (walk.since[0] - 1) * 1000
        answer = await self.get(f"{self.me}/conversations", params, "messenger", "conversations")
        body, threads = answer.json(), answer.listed("data")
        items: list[Raw] = []
        marks: list[Mark] = []
        notices: list[Notice] = []
        for thread in threads:
            second, identity = seconds_of(mapped(thread).get("updated_time")), id_in(mapped(thread))
            if second is None or identity is None:
                items.append(Raw("message", {"message": thread}))  # of no form that is known: set aside alone
                continue
            marks.append((second, identity))
            if walk.until is None or second <= walk.until[0]:
                new, cut = _messages(thread, walk)
                items += new
                notices += [_CUT] if cut else []
        marks = passed(marks, window.now)
        after = None if walk.is_done(marks) else cursor_after(body)
        return Page(
            items,
            next=None if after is None else walk.onward(after),
            resume=written(max(marks)) if marks else None,
            span=(written(min(marks)), written(max(marks))) if marks else None,
            end=None if after is not None else "horizon" if notices else "reached",
            notices=tuple(dict.fromkeys(notices)),
        )

    # ------------------------------------------------------------------------------------------------- looking up

    async def lookup(self, ids: Sequence[ExternalId]) -> tuple[Raw, ...]:
        """These things as they are now; what Facebook does not show is ``unavailable``, since it does not say whether
        it is deleted. One bad id fails a request for many, which are then asked for one by one. A recommendation
        cannot be asked for: it is looked for among the newest."""
        found: list[Raw] = []
        for kind in fields.FIELDS:
            found += await self._looked_up([target.value for target in ids if target.kind == kind], kind)
        reviews = {target.value for target in ids if target.kind == "review"}
        if reviews:
            answer = await self.get(f"{self.me}/ratings", {"fields": fields.REVIEW, "limit": _PAGE})
            told = [_reviews(item) for item in answer.listed("data")]
            found += [raw for mark, raw in told if mark is not None and mark[1] in reviews]
        return tuple(found)

    async def _looked_up(self, ids: Sequence[str], kind: str) -> list[Raw]:
        if not ids:
            return []
        params: dict[str, Any] = {"fields": fields.FIELDS[kind]}
        bucket = "messenger" if kind == "message" else "pages"
        try:
            if len(ids) == 1:
                told = [(await self.get(quote(ids[0], safe=""), params, bucket)).json()]
            else:
                answer = await self.get("", {**params, "ids": ",".join(ids)}, bucket)
                told = [item for item in mapped(answer.json()).values() if mapped(item).get("id")]
        except Rejected as refused:
            if len(ids) > 1 and refused.reason in ("gone", "unsupported"):
                return [raw for identity in ids for raw in await self._looked_up([identity], kind)]
            if len(ids) == 1 and refusals.is_gone(refused):
                return [Raw("gone", {"id": ids[0], "kind": kind})]
            raise
        return [Raw(kind, {kind: item}) for item in told]


# -------------------------------------------------------------------------------------------------- items of a page


def _mark(item: Any, identity: str | None) -> Mark | None:
    second = seconds_of(mapped(item).get("created_time"))
    return None if second is None or identity is None else (second, identity)


def _posts(item: Any) -> tuple[Mark | None, Raw]:
    return _mark(item, id_in(mapped(item))), Raw("post", {"post": item})


def _reviews(item: Any) -> tuple[Mark | None, Raw]:
    story = id_in(mapped(mapped(item).get("open_graph_story")))
    return _mark(item, story), Raw("review", {"review": item})


def _comment(item: Any, root: str) -> tuple[Mark | None, Raw]:
    body = {"comment": item, "post_id": root} if "_" in root else {"comment": item}
    return _mark(item, id_in(mapped(item))), Raw("comment", body)


def _messages(thread: Told, walk: Walk) -> tuple[list[Raw], bool]:
    """The new messages of a conversation, and whether there were more than Facebook shows."""
    told = mapped(thread.get("messages"))
    new: list[Raw] = []
    for message in listed(told):
        mark = _mark(message, id_in(mapped(message)))
        if mark is None or not (walk.is_too_old(mark) or (walk.since and mark[0] < walk.since[0])):
            new.append(Raw("message", {"message": message}))
    seen = listed(told)
    bounded = walk.since is not None or walk.back_to is not None
    more = bool(told.get("paging", {}).get("next")) if isinstance(told.get("paging"), Mapping) else False
    return new, bounded and len(new) == len(seen) and (more or len(seen) > _READABLE)


def _nameless(items: Iterable[Raw], me: str | None) -> tuple[Notice, ...]:
    """That Facebook withholds who wrote, where it does; of one who is named nobody else, somebody may have left."""
    told = [mapped(raw.body.get(raw.shape)) for raw in items]
    people = [mapped(item.get("from") or item.get("reviewer")) for item in told if item]
    others = [id_in(person) for person in people if id_in(person) != me]
    return (FROM_MISSING,) if others and not any(others) else ()


_Reader = Callable[[Told, str | None], Item | None]


def _gone(body: Told, me: str | None) -> Gone:
    return Gone(id=ExternalId("facebook", str(body["kind"]), str(body["id"])), state="unavailable")


_READERS: Mapping[str, _Reader] = {
    "post": translate.to_post,
    "comment": translate.to_comment,
    "review": translate.to_review,
    "message": messages.to_message,
    "change": deliveries.read_change,
    "event": events.read_event,
    "stub": lambda body, me: deliveries.read_stub(body),
    "gone": _gone,
}
