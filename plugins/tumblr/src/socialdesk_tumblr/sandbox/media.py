"""Pictures and films that come with a post, and the rules for them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from .call import Call, Upload
from .items import Block
from .problems import (
    BAD_MEDIA,
    NO_MORE_MEDIA,
    NO_MORE_VIDEOS,
    STILL_TRANSCODING,
    UPLOAD_FAILED,
    VIDEO_FAILED,
    Refused,
    bad_json,
)

if TYPE_CHECKING:
    from .tumblr import TumblrSandbox

IMAGE_SIZE = 10_000_000
VIDEO_SIZE = 500_000_000
_BEGINNINGS: Mapping[str, tuple[bytes, ...]] = {
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
}
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "image/webp": "webp"}


def picture_type(content: bytes) -> str | None:
    """The media type of a picture, by its first bytes; None where it is none that Tumblr takes."""
    for media_type, beginnings in _BEGINNINGS.items():
        if content.startswith(beginnings) and (media_type != "image/webp" or content[8:12] == b"WEBP"):
            return media_type
    return None


def _is_film(content: bytes) -> bool:
    return content[4:8] == b"ftyp"


def _fits(block: Block, upload: Upload) -> str:
    """The media type of a file that may stand in a block. Raises Refused(400.8005) where none may."""
    if block["type"] == "image":
        found = picture_type(upload.content)
        if found is not None and len(upload.content) <= IMAGE_SIZE:
            return found
    elif block["type"] == "video" and _is_film(upload.content) and len(upload.content) <= VIDEO_SIZE:
        return "video/mp4"
    elif block["type"] == "audio" and upload.content[:3] in (b"ID3", b"\xff\xfb\x90"):
        return "audio/mpeg"
    raise Refused(400, f"{upload.filename} is not of a format or size that is taken", BAD_MEDIA)


def _placed(sandbox: TumblrSandbox, block: Block, medium: Block, files: Mapping[str, Upload]) -> Block:
    """A medium with the address under which its file is kept."""
    name = medium.get("identifier")
    if name is None:
        ending = medium["url"].rpartition(".")[2].lower()
        guessed = {end: kind for kind, end in _ENDINGS.items()}.get(ending, "image/jpeg")
        return {"type": guessed, **medium, **(_dimensions(medium) if block["type"] != "audio" else {})}
    upload = files.get(name)
    if upload is None:
        raise bad_json(f"there is no part of the form for the identifier {name}")
    media_type = _fits(block, upload)
    digest = hashlib.sha256(upload.content).hexdigest()
    url = f"https://64.media.tumblr.com/{digest[:32]}/{digest[32:48]}.{_ENDINGS.get(media_type, 'mp4')}"
    sandbox.uploads[url] = upload.content
    kept = {key: value for key, value in medium.items() if key != "identifier"}
    return {**kept, "type": media_type, "url": url, **_dimensions(medium)}


def _dimensions(medium: Block) -> Block:
    if "width" in medium and "height" in medium:
        return {"width": medium["width"], "height": medium["height"]}
    return {"width": 540, "height": 405, "original_dimensions_missing": True}


def _afford(call: Call, kind: str) -> None:
    sandbox, now = call.sandbox, call.sandbox.clock.now()
    if sandbox.uploads_fail:
        raise Refused(500, "The upload failed.", VIDEO_FAILED if kind == "video" else UPLOAD_FAILED)
    if kind == "video":
        if sandbox.transcoding:
            raise Refused(403, "A video that was uploaded before is still worked on.", STILL_TRANSCODING)
        if not sandbox.limits.take(call.person, "videos", now):
            raise Refused(403, "No more videos can be uploaded today.", NO_MORE_VIDEOS)
    elif not sandbox.limits.take(call.person, "photos", now):
        raise Refused(403, "No more media can be uploaded today.", NO_MORE_MEDIA)


def placed(call: Call, blocks: list[Block]) -> list[Block]:
    """Blocks with the files of the form in their places. Raises Refused where a file is missing or not taken, or too
    many were sent today."""
    files = {upload.name: upload for upload in call.files}
    kept: list[Block] = []
    for block in blocks:
        media = block.get("media")
        given = media if isinstance(media, list) else [media] if isinstance(media, dict) else []
        if given:
            put = [_placed(call.sandbox, block, medium, files) for medium in given]
            if any("identifier" in medium for medium in given):
                _afford(call, block["type"])
            kept.append(block | {"media": put if isinstance(media, list) else put[0]})
        else:
            kept.append(block)
    return kept
