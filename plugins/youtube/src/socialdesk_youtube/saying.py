"""What the channel says: replies and comments, and looking for what it may have said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from socialdesk.connector import Count, Part, Search, Sent, Standing
from socialdesk.errors import DeliveryUnknown
from socialdesk.models import Action, Mode, Reply
from socialdesk.wire import Json
from socialdesk_youtube import sending, translate
from socialdesk_youtube.account import Account
from socialdesk_youtube.joining import at, key_of, replies_told

__all__ = ["Saying"]

_OLDER_PAGES = 10
_NOT_PUBLIC = ("heldForReview", "likelySpam")


class Saying(Account):
    """Replies and top comments."""

    def count(self, text: str, mode: Mode) -> Count:
        return Count(used=len(text), limit=self.config.max_length)

    def plan(self, reply: Reply, standing: Standing) -> tuple[Part, ...]:
        sending.check_reply(reply, self.config.announce_on)
        parts = super().plan(sending.addressed(reply), standing)
        return tuple(replace(part, warnings=sending.warnings(part.text, reply.target)) for part in parts)

    def actions(self, standing: Standing) -> tuple[Action, ...]:
        verdicts = sending.verdicts(standing, self.known_id)
        names = self.capabilities.abilities | sending.OTHER_MODES.keys()
        found = []
        for name in sorted(names):
            permitted, reason = verdicts.get(name, (True, None))
            found.append(Action(name=name, allowed=permitted, reason=reason))
        return tuple(found)

    async def send(self, part: Part) -> Sent:
        """Say a part, in the target's thread, or at the top of a new one under a video."""
        thread = sending.thread_answered(part.target)
        method = "commentThreads.insert" if thread is None else "comments.insert"
        video, channel = self._place(part)
        body = sending.body_of(part, video, channel)
        told = (await self.act(method, {"part": "snippet"}, Json(body))).json()
        name = key_of(told)
        if name is None:
            raise DeliveryUnknown("YouTube accepted the comment but did not tell its id.")
        return self._said(name, video, told)

    def _place(self, part: Part) -> tuple[str | None, str | None]:
        """The video under which a part stands and its channel, as far as they are known."""
        target = part.target
        if target is None:
            return self.config.announce_on, self.known_id
        if target.id.kind == "video":
            return target.id.value, None if target.author.id is None else target.author.id.value
        video = None if target.subject is None else target.subject.value
        channel: str | None = target.ext.get("youtube", {}).get("channel")
        return video, channel

    def _said(self, name: str, video: str | None, told: Any) -> Sent:
        """A 200 does not say who sees it: YouTube may hold what it takes for spam."""
        top = at(told, "snippet", "topLevelComment", "snippet") or at(told, "snippet") or {}
        status = top.get("moderationStatus") if isinstance(top, Mapping) else None
        public = at(told, "snippet", "isPublic") is True or status == "published"
        return Sent(
            name,
            kind="comment",
            url=translate.address(video, name),
            seen="public" if public else "held" if status in _NOT_PUBLIC else "unknown",
        )

    # ------------------------------------------------------------------------------------------- looking for it

    async def find_sent(self, part: Part) -> Search:
        """What we said since just before the attempt began, in the thread or under the video; and where it is not
        there, among what is held for review and what YouTube takes for spam, as far as the channel may look at that."""
        if (part.started_at or part.at) is None or not self.writes:
            return Search()
        video, channel = self._place(part)
        thread = sending.thread_answered(part.target)
        known = {sent.id for sent in part.done}
        reached = channel == self.me
        for method, filters in self._places(thread, video):
            comments, whole = await self._listed(method, filters, part)
            reached = reached and whole
            ours = [comment for comment in comments if sending.is_ours(part, comment, self.me, thread)]
            names = [name for name in map(key_of, ours) if name is not None and name not in known]
            if names:
                return Search(found=tuple(self._said(name, video, {}) for name in names), reached=True)
        return Search(reached=reached)

    def _places(self, thread: str | None, video: str | None) -> Iterator[tuple[str, Mapping[str, str]]]:
        if thread is not None:
            yield "comments.list", {"part": "id,snippet", "parentId": thread}
        else:
            yield "commentThreads.list", {"part": "id,snippet", "order": "time", "videoId": str(video)}
        for status in _NOT_PUBLIC:
            filters = {"allThreadsRelatedToChannelId": self.me, "order": "time", "moderationStatus": status}
            yield "commentThreads.list", {"part": "id,snippet,replies", **filters}

    async def _listed(self, method: str, filters: Mapping[str, str], part: Part) -> tuple[list[Any], bool]:
        """The comments of a listing, back to just before the attempt began, and whether it was read so far. A reply may
        stand anywhere among the replies, and in a thread of any age."""
        in_order = sending.thread_answered(part.target) is None
        found: list[Any] = []
        token: str | None = None
        for _ in range(_OLDER_PAGES):
            asked = {**filters, "maxResults": 100, "textFormat": "plainText", "pageToken": token}
            answer = await self.get(method, asked)
            body, listed = answer.json(), answer.listed("items")
            for item in listed:
                top = at(item, "snippet", "topLevelComment")
                found += [item] if top is None else [top, *replies_told(item)[1]]
            token = at(body, "nextPageToken")
            if token is None or (in_order and any(sending.is_before(part, item) for item in listed[-1:])):
                return found, True
        return found, False
