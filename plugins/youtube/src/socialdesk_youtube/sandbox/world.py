"""Who said what under which video: all that the platform knows."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from .state import About, Channel, Comment, CommentOptions, Profile, StateError, Status, Video

LONGEST = 10_000
_HANDLE = re.compile(r"[A-Za-z0-9._-]{3,30}")


class World:
    """All that the platform knows. ``delay`` tells how many seconds what is created now stays out of listings;
    ``spam_words`` are words for which YouTube takes a comment for spam, whoever wrote it."""

    def __init__(self, now: Callable[[], datetime], delay: Callable[[], float], label: str) -> None:
        self.now = now
        self.delay = delay
        self.label = label
        self.spam_words: tuple[str, ...] = ()
        self.channels: dict[str, Channel] = {}
        self.handles: dict[str, Channel] = {}
        self.videos: dict[str, Video] = {}
        self.comments: dict[str, Comment] = {}
        self._made = 0

    def _name(self, kind: str, length: int) -> str:
        """A new id, which the sandbox's label and the order of things decide."""
        self._made += 1
        raw = hashlib.sha256(f"{self.label}:{kind}:{self._made}".encode()).digest()
        return base64.urlsafe_b64encode(raw).decode()[:length]

    def channel(self, handle: str, profile: Profile) -> Channel:
        """The channel of that handle, made on first use; ``profile`` changes what it names."""
        handle = handle.removeprefix("@")
        found = self.handles.get(handle.lower())
        if found is None:
            if not _HANDLE.fullmatch(handle):
                raise StateError(
                    f"{handle!r} is no handle: 3 to 30 letters, digits, dots, hyphens or underscores"
                )
            since = self.now() - timedelta(days=900)
            found = Channel(self, f"UC{self._name('channel', 22)}", handle, since, title=handle)
            self.channels[found.id] = self.handles[handle.lower()] = found
        for name, value in profile.items():
            setattr(found, name, value)
        return found

    def upload(self, channel: Channel, title: str, about: About) -> Video:
        at = _seconds(about.get("at") or self.now())
        shown = at + timedelta(seconds=self.delay())
        video = Video(self._name("video", 11), channel, title, at, shown)
        for name, value in about.items():
            if name != "at":
                setattr(video, name, value)
        self.videos[video.id] = video
        channel.videos.append(video)
        return video

    def comment(
        self, author: Channel, video: Video, text: str, parent: Comment | None, options: CommentOptions
    ) -> Comment:
        """A new comment, with what YouTube makes of it: those of the banned are rejected without a word."""
        if not video.commentable:
            raise StateError("comments are turned off for this video")
        if parent is not None and (parent.gone or parent.closed):
            raise StateError("this thread takes no replies")
        if not text.strip() or len(text) > LONGEST:
            raise StateError(f"a comment has 1 to {LONGEST} characters")
        at = _seconds(options.get("at") or self.now())
        name = (
            f"Ug{self._name('thread', 17)}4AaABAg"
            if parent is None
            else f"{parent.id}.{self._name('reply', 22)}"
        )
        made = Comment(
            id=name,
            author=author,
            video=video,
            text=text,
            published_at=at,
            updated_at=at,
            shown_from=at + timedelta(seconds=self.delay()),
            status=options.get("status") or self._verdict(author, video, text),
            parent=parent,
            picture=options.get("picture"),
        )
        self.comments[name] = made
        (video.threads if parent is None else parent.replies).append(made)
        return made

    def _verdict(self, author: Channel, video: Video, text: str) -> Status:
        if author.id in video.channel.banned:
            return "rejected"
        if any(word.lower() in text.lower() for word in self.spam_words):
            return "likelySpam"
        return "heldForReview" if video.comments == "held" and author is not video.channel else "published"

    def edit(self, author: Channel, comment: Comment, text: str) -> Comment:
        if comment.author is not author:
            raise StateError("only its author can change a comment")
        if comment.gone or not text.strip() or len(text) > LONGEST:
            raise StateError(f"the comment is gone, or its new text has not 1 to {LONGEST} characters")
        comment.text, comment.updated_at = text, _seconds(self.now())
        return comment

    def delete(self, author: Channel, comment: Comment) -> None:
        if comment.author is not author:
            raise StateError("only its author can delete a comment")
        comment.deleted = True

    def moderate(self, channel: Channel, comment: Comment, status: Status, ban: bool) -> None:
        if comment.video.channel is not channel:
            raise StateError("only the channel of the video moderates its comments")
        comment.status = status
        if ban:
            channel.banned.add(comment.author.id)

    # ------------------------------------------------------------------------------------------------ who sees what

    def shown(self, comment: Comment) -> bool:
        """Whether a comment is there and has come to be listed."""
        return not comment.gone and comment.shown_from <= self.now()

    def published(self, comment: Comment) -> bool:
        """Whether everybody sees it: a thread goes with its top."""
        return self.shown(comment) and comment.status == comment.top.status == "published"

    def newest_first(self, videos: Iterable[Video], status: str) -> list[Comment]:
        """The threads under these videos whose top has this status, by the time of the top."""
        threads = [top for video in videos if video.commentable for top in video.threads]
        fitting = [top for top in threads if self.shown(top) and top.status == status]
        return sorted(fitting, key=lambda top: (top.published_at, top.id), reverse=True)


def _seconds(moment: datetime) -> datetime:
    """YouTube's times are whole seconds."""
    return moment.replace(microsecond=0)


__all__ = ["LONGEST", "World"]
