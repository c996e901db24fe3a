"""What hangs on posts, comments and messages, as Facebook describes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .asking import Field
from .inbox import Message
from .telling import View, pick
from .written import Comment, Photo, Post

MEMBERS = frozenset(
    "description description_tags media media_type subattachments target title type unshimmed_url url".split()
)
"""The members of a StoryAttachment."""

KINDS_SENT: Mapping[str, tuple[str, str]] = {
    "image": ("image/jpeg", "jpg"),
    "video": ("video/mp4", "mp4"),
    "audio": ("audio/mp4", "mp4"),
    "file": ("application/octet-stream", "bin"),
}
"""Media type and file name's ending of what messages carry."""


@dataclass(frozen=True, slots=True)
class Hanging:
    """One attachment in a list of them."""

    key: tuple[int, int]
    told: Mapping[str, Any]


def photo_story(photo: Photo) -> dict[str, Any]:
    told: dict[str, Any] = {
        "media": {"image": {"height": photo.height, "src": photo.src, "width": photo.width}},
        "media_type": "photo",
        "target": {"id": photo.id, "url": photo.url},
        "type": "photo",
        "unshimmed_url": photo.url,
        "url": photo.url,
    }
    return {"description": photo.caption, **told} if photo.caption else told


def _link_story(link: str) -> dict[str, Any]:
    shim = f"https://l.facebook.com/l.php?u={link}"
    return {
        "media_type": "link",
        "target": {"url": shim},
        "title": link.partition("://")[2] or link,
        "type": "share",
        "unshimmed_url": link,
        "url": shim,
    }


def _video_story(number: int, video: str) -> dict[str, Any]:
    url = f"https://www.facebook.com/watch/?v={number + 1}"
    still = f"https://scontent.xx.fbcdn.net/v/t15.5256-10/{number}_n.jpg?oh=00&oe=6A000000"
    return {
        "media": {"image": {"height": 720, "src": still, "width": 1280}, "source": video},
        "media_type": "video",
        "target": {"id": str(number + 1), "url": url},
        "type": "video_inline",
        "unshimmed_url": url,
        "url": url,
    }


def stories(thing: Post | Comment) -> list[dict[str, Any]]:
    """The attachments of a post or comment. Several pictures are one album."""
    if len(thing.photos) > 1:
        parts = [photo_story(photo) for photo in thing.photos]
        first = {name: parts[0][name] for name in ("media", "target", "url", "unshimmed_url")}
        album = {"media_type": "album", "type": "album", "title": "Photos", **first}
        return [{**album, "subattachments": {"data": parts}}]
    if thing.photos:
        return [photo_story(thing.photos[0])]
    if thing.video:
        return [_video_story(thing.number, thing.video)]
    link = thing.link if isinstance(thing, Post) else ""
    return [_link_story(link)] if link else []


def tell_story(view: View, item: Hanging, asked: Sequence[Field]) -> Any:
    """One attachment, by the members asked for. Raises Refused on a member that there is not."""
    return pick(item.told, asked, MEMBERS)


def sent_attachments(message: Message) -> list[dict[str, Any]]:
    """A message's attachments as the Conversations API lists them."""
    told = []
    for index, one in enumerate(message.attachments):
        payload, kind = one.get("payload"), str(one["type"])
        if not isinstance(payload, Mapping) or kind not in KINDS_SENT:
            continue
        number, url = str(message.number + index), str(payload.get("url", ""))
        media_type, ending = KINDS_SENT[kind]
        about: dict[str, Any] = {
            "id": number,
            "mime_type": media_type,
            "name": f"{kind}-{number}.{ending}" if kind != "image" else f"image-{number}",
            "size": int(payload.get("size", 54_321)),
        }
        if kind == "image":
            sides = {"width": 1080, "height": 720, "max_width": 1080, "max_height": 720}
            about["image_data"] = {**sides, "url": url, "preview_url": url, "image_type": 1}
            about["image_data"]["render_as_sticker"] = False
        elif kind == "video":
            about["video_data"] = {"width": 1280, "height": 720, "length": 12, "video_type": 1, "url": url}
            about["video_data"] |= {"preview_url": url, "rotation": 0}
        else:
            about["file_url"] = url
        told.append(about)
    return told
