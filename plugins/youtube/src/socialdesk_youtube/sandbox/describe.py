"""Channels, videos and comments in JSON's terms, for the control surface: the platform's own view of them."""

from __future__ import annotations

from typing import Any

from .shapes import stamp
from .state import Channel, Comment, Video


def channel_json(channel: Channel) -> dict[str, Any]:
    return {
        "id": channel.id,
        "handle": channel.handle,
        "title": channel.title,
        "subscribers": channel.subscribers,
        "videos": [video.id for video in channel.videos],
    }


def video_json(video: Video) -> dict[str, Any]:
    return {
        "id": video.id,
        "by": video.channel.handle,
        "title": video.title,
        "published_at": stamp(video.published_at),
        "privacy": video.privacy,
        "comments": video.comments,
        "threads": [top.id for top in video.threads],
    }


def comment_json(comment: Comment) -> dict[str, Any]:
    return {
        "id": comment.id,
        "by": comment.author.handle,
        "video": comment.video.id,
        "text": comment.text,
        "published_at": stamp(comment.published_at),
        "updated_at": stamp(comment.updated_at),
        "parent": None if comment.parent is None else comment.parent.id,
        "status": comment.status,
        "deleted": comment.gone,
    }


__all__ = ["channel_json", "comment_json", "video_json"]
