"""What the channel hears: comments on its videos, replies, what is held for review, and videos that name it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson

from socialdesk.connector import Item, Page, Raw, Topic, Window
from socialdesk.errors import PluginError, Rejected, Unavailable
from socialdesk.models import ExternalId, Rule
from socialdesk_youtube import queries, refusals, translate, walks
from socialdesk_youtube.account import Account
from socialdesk_youtube.ids import VIDEO_LENGTH, has_come, moment_of, thread_of, written
from socialdesk_youtube.joining import (
    at,
    context,
    dated,
    items_of,
    key_of,
    of_comment,
    of_thread,
    replies_told,
    times_of,
)

__all__ = ["COMMENTS", "HELD", "SEARCH_LATE", "WATCHED", "Hearing"]

COMMENTS, WATCHED, HELD = "comments", "watched", "held"
SEARCH_LATE = timedelta(hours=1)
"""How late a video may show in a search, by its own time."""

_STATUS = {COMMENTS: "published", WATCHED: "published", HELD: "heldForReview"}
_PAUSE_A_PAGE = 600.0
_THREAD_PARTS = "id,snippet,replies"
_COMMENT_PARTS = "id,snippet"
_VIDEO_PARTS = "id,snippet,statistics,status"


class Hearing(Account):
    """Comments, replies, searches and conversations."""

    def queries(self, rule: Rule) -> tuple[Topic, ...]:
        return queries.topics(rule)

    async def fetch(self, window: Window) -> Page:
        if window.stream in _STATUS:
            return await self._threads(window)
        if len(window.topics) != 1:
            raise PluginError(f"youtube: {window.stream} is asked for one topic at a time.")
        if window.stream == "search":
            return await self._search(window)
        if window.stream == "conversation":
            return await self._conversation(window)
        topic = window.topics[0]
        whole = topic.data.get("thread") or {}
        return await self._replies(window, topic.key, whole, window.page)

    def parse(self, raw: Raw) -> Item | None:
        body = raw.body
        if raw.shape == "comment":
            return translate.comment_to_mention(body, self.known_id)
        if raw.shape == "video":
            return translate.video_to_mention(body["video"], self.known_id)
        if raw.shape == "found":
            return translate.found_to_mention(body["found"], self.known_id)
        if raw.shape == "gone":
            return translate.to_gone(body)
        raise PluginError(f"youtube: there is no raw shape {raw.shape!r}.")

    # ---------------------------------------------------------------------------------------------------- listing

    async def _threads(self, window: Window) -> Page:
        """One page of the channel's threads. ``watched`` looks through all that are still watched, whatever was read
        before: what was held or came late has its old place, and a reply moves no thread."""
        position = walks.begin(window)
        watched = timedelta(days=self.config.watch_days)
        status = _STATUS[window.stream]
        floor = window.back_to if window.stream == WATCHED else walks.floor_of(window)
        depth = window.now - watched if window.stream == WATCHED else floor
        params = {
            "part": _THREAD_PARTS,
            "allThreadsRelatedToChannelId": self.me,
            "order": "time",
            "moderationStatus": status if window.stream == HELD else None,
            "maxResults": _size(window.size, 100),
            "pageToken": position.token,
        }
        try:
            answer = await self.get("commentThreads.list", params)
        except Unavailable as error:
            if error.code == "processingFailure" and walks.is_deep(position):
                return walks.lost(position, "comments")
            raise
        except Rejected as refused:
            if refused.code != refusals.DISABLED or position.token is not None:
                raise
            return Page([], end="reached")  # of one video: it is no reason to leave the channel alone
        answer.listed("items")
        pause = 0 if window.stream == COMMENTS else _PAUSE_A_PAGE
        reach = walks.Reach(floor=floor, depth=depth, watched=watched, pause=pause)
        return walks.page_of(answer.json(), position, window, reach, status)

    async def _replies(
        self, window: Window, thread: str, whole: Mapping[str, Any], token: str | None
    ) -> Page:
        """One page of a thread's replies. In which order they come is not told, so that all are read."""
        params = {"part": _COMMENT_PARTS, "parentId": thread, "maxResults": 100, "pageToken": token}
        try:
            answer = await self.get("comments.list", params)
        except Rejected as refused:
            if refused.code not in refusals.GONE and refused.code != refusals.DISABLED:
                raise
            gone = [Raw("gone", {"id": thread})] if refused.code in refusals.GONE else []
            return Page(gone, end="reached")
        body = answer.json()
        listed = [item for item in answer.listed("items") if not _is_before(item, window.back_to)]
        told = [times[0] for times in map(times_of, listed) if times is not None]
        onward = at(body, "nextPageToken")
        return Page(
            list(dated((of_comment(item, whole, "published") for item in listed), window.now)),
            next=onward or None,
            resume=written(max(told)) if told else None,
            span=(written(min(told)), written(max(told))) if told else None,
            end=None if onward else "reached",
        )

    async def _conversation(self, window: Window) -> Page:
        """A thread's top comment, and after it all replies; or a video."""
        kind, _, value = window.topics[0].key.removeprefix("youtube:").rpartition(":")
        if kind == "video" or (not kind and len(value) == VIDEO_LENGTH):
            return Page(await self._videos([value]), end="reached")
        if window.page is not None:
            whole, token = orjson.loads(window.page)
            page = await self._replies(window, value, whole, token)
            onward = None if page.next is None else orjson.dumps([whole, page.next]).decode()
            return Page(page.items, next=onward, resume=page.resume, span=page.span, end=page.end)
        answer = await self.get("commentThreads.list", {"part": _THREAD_PARTS, "id": value})
        thread = next(iter(items_of(answer.json())), None)
        if thread is None:
            return Page([], end="reached")
        count, sample = replies_told(thread)
        raws = list(dated(of_thread(thread), answer.received_at))
        onward = orjson.dumps([context(thread), None]).decode() if count > len(sample) else None
        times = times_of(at(thread, "snippet", "topLevelComment"))
        when = written(times[0]) if times and has_come(times[0], window.now) else None
        span = (when, when) if when else None
        return Page(raws, next=onward, resume=when, span=span, end=None if onward else "reached")

    # -------------------------------------------------------------------------------------------------- searching

    async def _search(self, window: Window) -> Page:
        """One search for videos, newest first, and the videos that it found."""
        data = window.topics[0].data
        token, before = orjson.loads(window.page) if window.page is not None else (None, window.until)
        since = None if window.since is None else moment_of(window.since) - SEARCH_LATE
        after = max((moment for moment in (since, window.back_to) if moment is not None), default=None)
        params = {
            "part": "snippet",
            "q": data["q"],
            "type": "video",
            "order": "date",
            "relevanceLanguage": data.get("language"),
            "publishedAfter": None if after is None else written(after),
            "publishedBefore": None if before is None else written(moment_of(before) + timedelta(seconds=1)),
            "maxResults": _size(window.size, 50),
            "pageToken": token,
        }
        answer = await self.get("search.list", params)
        body, results = answer.json(), answer.listed("items")
        told = [
            written(times[0]) for times in map(times_of, results) if times and has_come(times[0], window.now)
        ]
        onward = at(body, "nextPageToken") if results else None
        return Page(
            await self._films(results),
            next=orjson.dumps([onward, before]).decode() if onward else None,
            resume=max(told, default=None),
            span=(min(told), max(told)) if told else None,
            end=None if onward else "reached",
            again_in=self.config.search_minutes * 60.0,
        )

    async def _films(self, results: Sequence[Any]) -> list[Raw]:
        """What a search found, each as a listing tells it: a search cuts the description and escapes the title."""
        named = [at(result, "id", "videoId") for result in results]
        names = [name for name in named if isinstance(name, str) and name]
        whole = {raw.body["video"]["id"]: raw for raw in await self._videos(names)} if names else {}
        return [
            (whole.get(name) if isinstance(name, str) else None) or Raw("found", {"found": result})
            for name, result in zip(named, results, strict=True)
        ]

    async def _videos(self, names: Sequence[str]) -> list[Raw]:
        body = (await self.get("videos.list", {"part": _VIDEO_PARTS, "id": ",".join(names)})).json()
        return [Raw("video", {"video": item}) for item in items_of(body) if key_of(item) in names]

    # ------------------------------------------------------------------------------------------------- looking up

    async def lookup(self, ids: Sequence[ExternalId]) -> tuple[Raw, ...]:
        """The comments and videos with these ids, at most 50: up to three units. What YouTube does not give it says
        nothing of."""
        names = {
            kind: [target.value for target in ids if target.kind == kind] for kind in ("comment", "video")
        }
        found = await self._comments(names["comment"]) if names["comment"] else []
        found += await self._videos(names["video"]) if names["video"] else []
        return tuple(found)

    async def _comments(self, names: Sequence[str]) -> list[Raw]:
        """Each comment with what its thread tells: of a reply alone YouTube does not tell the video."""
        threads = ",".join(dict.fromkeys(map(thread_of, names)))
        answer = await self.get("commentThreads.list", {"part": "id,snippet", "id": threads})
        listed = {key: item for item in items_of(answer.json()) if (key := key_of(item)) is not None}
        found = [raw for name in names if name in listed for raw in of_thread(listed[name])]
        replies = [name for name in names if thread_of(name) != name]
        if replies:
            body = (await self.get("comments.list", {"part": _COMMENT_PARTS, "id": ",".join(replies)})).json()
            for item in items_of(body):
                thread = listed.get(thread_of(key_of(item) or ""))
                found.append(of_comment(item, context(thread) if thread is not None else {}))
        return list(dated(iter(found), answer.received_at))


def _size(wanted: int | None, most: int) -> int:
    return most if wanted is None else max(1, min(wanted, most))


def _is_before(comment: Any, moment: datetime | None) -> bool:
    """Whether a comment was last changed before a moment; what cannot be read was not."""
    times = None if moment is None else times_of(comment)
    return times is not None and moment is not None and times[1] < moment
