"""What is listed: threads, comments, videos, channels, and what a search finds."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from .access import FORCE_SSL, READS, Caller
from .params import Call
from .problems import Refused
from .shapes import Viewer, resource
from .state import Channel, Comment, Video

if TYPE_CHECKING:
    from .youtube import YouTubeSandbox

THREAD, COMMENT = "youtube.commentThread", "youtube.comment"
_TERM = re.compile(r'(-?)(?:"([^"]*)"|([^\s|]+))(\s*\|\s*)?')


def _listed(
    kind: str, items: Sequence[Any], info: Mapping[str, int] | None, token: str | None
) -> dict[str, Any]:
    body: dict[str, Any] = {"kind": f"youtube#{kind}"}
    if token is not None:
        body["nextPageToken"] = token
    if info is not None:
        body["pageInfo"] = dict(info)
    return body | {"items": list(items)}


# ------------------------------------------------------------------------------------------------------- comments


def threads(sandbox: YouTubeSandbox, call: Call, caller: Caller) -> dict[str, Any]:
    """commentThreads.list."""
    query = call.query
    viewer = _viewer(sandbox, call, caller)
    if query.get("id"):
        for name in ("moderationStatus", "searchTerms", "order"):
            if name in query:
                raise Refused.parameter("incompatibleParameters", name, f"{name} is not compatible with id")
        tops = [sandbox.world.comments.get(name) for name in call.listed("id")]
        seen = [top for top in tops if top is not None and top.parent is None and _sees(sandbox, caller, top)]
        told = [viewer.thread(top, call.parts) for top in seen]
        return _listed(
            "commentThreadListResponse", told, {"totalResults": len(told), "resultsPerPage": 20}, None
        )
    found = _under(sandbox, call, caller)
    terms = query.get("searchTerms", "").lower().split()
    found = [top for top in found if all(term in _words_of(top) for term in terms)]
    if query.get("order") == "relevance":
        found.sort(key=lambda top: (len(top.likes) + len(top.replies), top.published_at), reverse=True)
    page, token = sandbox.pages.cut(call, found, lambda top: top.id, THREAD)
    told = [viewer.thread(top, call.parts) for top in page]
    info = {"totalResults": len(told), "resultsPerPage": call.size}
    return _listed("commentThreadListResponse", told, info, token)


def _under(sandbox: YouTubeSandbox, call: Call, caller: Caller) -> list[Comment]:
    """The threads under a video, or under all videos of a channel, of the status that is asked for."""
    world, query = sandbox.world, call.query
    if query.get("videoId"):
        video = world.videos.get(query["videoId"])
        if video is None or (video.privacy == "private" and caller.channel is not video.channel):
            raise Refused.unknown(THREAD, "videoNotFound", "videoId")
        if not video.commentable:
            raise Refused.disabled()
        channel, videos = video.channel, [video]
    else:
        name = "channelId" if query.get("channelId") else "allThreadsRelatedToChannelId"
        owner = world.channels.get(query[name])
        if owner is None:
            raise Refused.unknown(THREAD, "channelNotFound", name)
        # comments on channels themselves ended in 2024
        channel, videos = owner, [] if name == "channelId" else owner.videos
    status = query.get("moderationStatus", "published")
    if status == "rejected":
        raise Refused.parameter(
            "operationNotSupported", "moderationStatus", "Rejected comments are not listed."
        )
    if status != "published" and caller.must_have((FORCE_SSL,)) is not channel:
        raise Refused.forbidden(THREAD)
    found = world.newest_first(videos, status)
    return [top for top in found if top.video.privacy != "private" or caller.channel is channel]


def _words_of(top: Comment) -> str:
    return " ".join(comment.text for comment in top.thread()).lower()


def _viewer(sandbox: YouTubeSandbox, call: Call, caller: Caller) -> Viewer:
    """Moderation status is told only where the channel itself asked by it."""
    channel = caller.channel
    owned = channel is not None and call.query.get("allThreadsRelatedToChannelId") == channel.id
    filtered = owned and "moderationStatus" in call.query
    return Viewer(sandbox, channel, call.query.get("textFormat") == "plainText", filtered)


def _sees(sandbox: YouTubeSandbox, caller: Caller, comment: Comment) -> bool:
    """Whether a comment is there for a caller: its author and the video's channel see what is held as well."""
    if caller.channel is not None and caller.channel in (comment.author, comment.video.channel):
        return sandbox.world.shown(comment) and comment.status != "rejected"
    return sandbox.world.published(comment) and comment.video.privacy != "private"


def comments(sandbox: YouTubeSandbox, call: Call, caller: Caller) -> dict[str, Any]:
    """comments.list: the replies of a thread, in an order that is not promised, or comments by their ids."""
    world, viewer = sandbox.world, _viewer(sandbox, call, caller)
    told_parts = call.parts
    if call.query.get("id"):
        named = [world.comments.get(name) for name in call.listed("id")]
        seen = [comment for comment in named if comment is not None and _sees(sandbox, caller, comment)]
        told = [_comment(viewer, comment, told_parts) for comment in seen]
        return _listed("commentListResponse", told, None, None)
    top = world.comments.get(call.query["parentId"])
    if top is None or top.gone or not _sees(sandbox, caller, top):
        raise Refused.unknown(COMMENT, "commentNotFound", "parentId")
    if not top.video.commentable:
        raise Refused.disabled("parentId")
    newest = sandbox.replies_order == "newest"
    own = caller.channel
    replies = [
        reply
        for reply in sorted(top.replies, key=lambda reply: (reply.published_at, reply.id), reverse=newest)
        if world.shown(reply)
        and (reply.status == "published" or (reply.author is own and reply.status != "rejected"))
    ]
    page, token = sandbox.pages.cut(call, replies, lambda reply: reply.id, COMMENT)
    told = [_comment(viewer, reply, told_parts) for reply in page]
    return _listed("commentListResponse", told, {"resultsPerPage": call.size}, token)


def _comment(viewer: Viewer, comment: Comment, parts: frozenset[str]) -> dict[str, Any]:
    told = viewer.comment(comment, placed=False)
    return told if "snippet" in parts else resource("comment", comment.id, {})


# ----------------------------------------------------------------------------------------------- videos, channels


def videos(sandbox: YouTubeSandbox, call: Call, caller: Caller) -> dict[str, Any]:
    """videos.list, by ids."""
    if not call.query.get("id"):
        raise Refused.parameter("invalidParameter", "chart", "The sandbox lists videos by their ids only.")
    viewer = Viewer(sandbox, caller.channel)
    named = [sandbox.world.videos.get(name) for name in dict.fromkeys(call.listed("id")[:50])]
    told = [
        viewer.video(video, call.parts) for video in named if video is not None and _may_watch(video, caller)
    ]
    return _listed("videoListResponse", told, {"totalResults": len(told), "resultsPerPage": len(told)}, None)


def _may_watch(video: Video, caller: Caller) -> bool:
    return video.privacy != "private" or caller.channel is video.channel


def channels(sandbox: YouTubeSandbox, call: Call, caller: Caller) -> dict[str, Any]:
    """channels.list: one's own, by ids, or by a handle."""
    world, query = sandbox.world, call.query
    found: list[Channel | None]
    if query.get("mine"):
        own = caller.must_have(READS)
        found = [own if own.active else None]
    elif query.get("id"):
        found = [world.channels.get(name) for name in call.listed("id")]
    else:
        found = [world.handles.get((query.get("forHandle") or "").removeprefix("@").lower())]
    viewer = Viewer(sandbox, caller.channel)
    told = [viewer.told_channel(channel, call.parts) for channel in found if channel is not None]
    info = {"totalResults": len(told), "resultsPerPage": call.size}
    listed = _listed("channelListResponse", told, info, None)
    if not told:
        del listed["items"]  # as the real one does
    return listed


# ------------------------------------------------------------------------------------------------------- searching


def search(sandbox: YouTubeSandbox, call: Call, caller: Caller) -> dict[str, Any]:
    """search.list: videos and channels by words; ``|`` is "or", ``-`` is "not"."""
    query = call.query
    fits = _matcher(query.get("q", ""))
    kinds = set(call.listed("type")) or {"video", "channel"}
    viewer = Viewer(sandbox, caller.channel)
    own = caller.must_have(READS) if query.get("forMine") == "true" else None
    if own is not None and kinds != {"video"}:
        raise Refused.parameter("invalidSearchFilter", "parameters.", "forMine needs type=video")
    found: list[Video | Channel] = []
    if "video" in kinds:
        found += [video for video in sandbox.world.videos.values() if fits(_film_words(video))]
        found = [each for each in found if isinstance(each, Video) and _findable(sandbox, each, query, own)]
        found.sort(key=lambda each: _rank(each, query.get("order", "relevance")), reverse=True)
    if "channel" in kinds and "channelId" not in query:
        found += [one for one in sandbox.world.channels.values() if fits(f"{one.title} {one.handle}".lower())]
    page, token = sandbox.pages.cut(call, found, lambda each: each.id, "youtube.search")
    told = [
        viewer.found_video(each, call.parts)
        if isinstance(each, Video)
        else viewer.found_channel(each, call.parts)
        for each in page
    ]
    info = {"totalResults": len(found), "resultsPerPage": call.size}
    return {**_listed("searchListResponse", told, info, token), "regionCode": query.get("regionCode", "US")}


def _findable(sandbox: YouTubeSandbox, video: Video, query: Mapping[str, str], own: Channel | None) -> bool:
    """Whether a search comes upon a video: what is new, only after a while."""
    late = timedelta(seconds=sandbox.search_lag)
    at = video.published_at
    after, before = query.get("publishedAfter"), query.get("publishedBefore")
    return (
        (video.channel is own if own is not None else video.privacy == "public")
        and video.shown_from + late <= sandbox.clock.now()
        and query.get("channelId", video.channel.id) == video.channel.id
        and (after is None or at >= datetime.fromisoformat(after))
        and (before is None or at < datetime.fromisoformat(before))
    )


def _rank(video: Video | Channel, order: str) -> tuple[Any, ...]:
    assert isinstance(video, Video)
    if order in ("viewCount", "rating"):
        return (video.views if order == "viewCount" else video.likes, video.published_at, video.id)
    return (video.published_at, video.id)


def _film_words(video: Video) -> str:
    return " ".join([video.title, video.description, video.channel.title, *video.tags]).lower()


def _matcher(q: str) -> Callable[[str], bool]:
    """Whether words fit a query: every group of alternatives must have one in it, and nothing of what is excluded."""
    groups: list[list[str]] = [[]]
    excluded: list[str] = []
    for match in _TERM.finditer(q.lower()):
        term = (match[2] if match[2] is not None else match[3]).strip()
        if match[1]:
            excluded.append(term)
            continue
        groups[-1].append(term)
        if not match[4]:
            groups.append([])
    wanted = [group for group in groups if group]
    return lambda words: (
        all(any(term in words for term in group) for group in wanted)
        and not any(term in words for term in excluded)
    )


__all__ = ["channels", "comments", "search", "threads", "videos"]
