"""Uploads: what is told of them, what they may be, and when they are ready.

https://docs.x.com/x-api/media/introduction. Of the bytes only their number and their digest are kept, and those of a
small file, so that it can be fetched again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from .problems import Refused
from .state import Media, User

MB = 2**20
LIFE = timedelta(hours=24)
SEGMENTS = 1000
KEPT_BYTES = 2**16
IMAGES = frozenset(f"image/{kind}" for kind in ("jpeg", "bmp", "png", "webp", "pjpeg", "tiff"))
VIDEOS = frozenset(f"video/{kind}" for kind in ("mp4", "webm", "mp2t", "quicktime"))
GIFS = frozenset({"image/gif"})
SUBTITLES = frozenset({"text/srt", "text/vtt"})


@dataclass(frozen=True, slots=True)
class Category:
    """What a category of media may be. ``prefix`` begins its media keys; ``waits`` tells whether it is worked on
    after the upload; ``direct`` that it is for direct messages."""

    kind: str
    prefix: int
    most: int
    types: frozenset[str]
    waits: bool = False
    direct: bool = False


CATEGORIES: Mapping[str, Category] = {
    "tweet_image": Category("photo", 3, 5 * MB, IMAGES),
    "tweet_gif": Category("animated_gif", 16, 15 * MB, GIFS, waits=True),
    "tweet_video": Category("video", 7, 512 * MB, VIDEOS, waits=True),
    "amplify_video": Category("video", 13, 512 * MB, VIDEOS, waits=True),
    "dm_image": Category("photo", 3, 5 * MB, IMAGES, direct=True),
    "dm_gif": Category("animated_gif", 16, 15 * MB, GIFS, waits=True, direct=True),
    "dm_video": Category("video", 7, 512 * MB, VIDEOS, waits=True, direct=True),
    "subtitles": Category("subtitles", 17, MB, SUBTITLES),
}
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
)


class Hash(Protocol):
    def update(self, data: bytes, /) -> None: ...

    def hexdigest(self) -> str: ...


@dataclass(slots=True)
class Segment:
    """One piece of an upload."""

    size: int
    sha256: str


@dataclass(slots=True, eq=False)
class Upload:
    """A file that was sent, or is being sent.

    ``sha256`` is that of the whole where its segments came in their order, each once; None otherwise. ``failure`` is
    why it could not be made ready; ``finished_at`` is None until all was sent.
    """

    number: int
    owner: User
    category: str
    media_type: str
    total: int
    created_at: datetime
    processing: float = 0.0
    failure: str = ""
    alt_text: str | None = None
    finished_at: datetime | None = None
    segments: dict[int, Segment] = field(default_factory=dict)
    width: int = 1200
    height: int = 800
    _whole: Hash | None = field(default_factory=hashlib.sha256, repr=False)
    _head: bytearray = field(default_factory=bytearray, repr=False)

    @property
    def id(self) -> str:
        return str(self.number)

    @property
    def rule(self) -> Category:
        return CATEGORIES[self.category]

    @property
    def key(self) -> str:
        return f"{self.rule.prefix}_{self.number}"

    @property
    def size(self) -> int:
        return sum(segment.size for segment in self.segments.values())

    @property
    def sha256(self) -> str | None:
        return self._whole.hexdigest() if self._whole else None

    @property
    def content(self) -> bytes | None:
        """The bytes of a small file; None of a larger one."""
        return bytes(self._head) if self._whole and self.size <= KEPT_BYTES else None

    @property
    def expires_at(self) -> datetime:
        return self.created_at + LIFE

    # ------------------------------------------------------------------------------------------------- being sent

    def append(self, index: int, chunks: Iterable[bytes], most: int) -> None:
        """Take in a segment, piece by piece; a repeated one takes the place of the first. Raises Refused where it is
        larger than ``most``."""
        piece, size = hashlib.sha256(), 0
        whole = self._whole if index == len(self.segments) else None
        for chunk in chunks:
            size += len(chunk)
            if size > most:
                self._whole = None
                raise Refused.plain(413, f"A segment has at most {most} bytes.")
            piece.update(chunk)
            if whole is not None:
                whole.update(chunk)
                self._head += chunk[: max(0, KEPT_BYTES - len(self._head))]
        self._whole = whole
        self.segments[index] = Segment(size, piece.hexdigest())

    def finish(self, now: datetime) -> None:
        """All was sent."""
        self.finished_at = self.finished_at or now
        self._measure()

    def _measure(self) -> None:
        head = bytes(self._head[:32])
        if self.looks == "image/png" and len(head) >= 24:
            self.width, self.height = (int.from_bytes(head[at : at + 4]) for at in (16, 20))
        elif self.looks == "image/gif" and len(head) >= 10:
            self.width, self.height = (int.from_bytes(head[at : at + 2], "little") for at in (6, 8))

    @property
    def looks(self) -> str | None:
        """The media type that its first bytes tell; None where they tell none."""
        head = bytes(self._head[:16])
        return next((kind for mark, kind in _SIGNATURES if head.startswith(mark)), None)

    # ------------------------------------------------------------------------------------------------ being ready

    def processing_info(self, now: datetime) -> dict[str, Any] | None:
        """How far it is worked on; None where nothing has to be."""
        if not self.rule.waits or self.finished_at is None:
            return None
        since = (now - self.finished_at).total_seconds()
        if since >= self.processing:
            if not self.failure:
                return {"state": "succeeded", "progress_percent": 100}
            error = {"code": 1, "name": "InvalidMedia", "message": self.failure}
            return {"state": "failed", "progress_percent": 100, "error": error}
        wait = max(1, round(self.processing - since))
        if since < self.processing / 4:
            return {"state": "pending", "check_after_secs": min(wait, 1)}
        percent = int(100 * since / self.processing)
        return {"state": "in_progress", "check_after_secs": min(wait, 5), "progress_percent": percent}

    def ready(self, now: datetime) -> bool:
        """Whether all was sent, and the work on it is done."""
        info = self.processing_info(now)
        done = info is None or info["state"] == "succeeded"
        return self.finished_at is not None and done

    def told(self, now: datetime) -> dict[str, Any]:
        """It, as the API tells it."""
        left = max(0, int((self.expires_at - now).total_seconds()))
        body: dict[str, Any] = {"id": self.id, "media_key": self.key, "expires_after_secs": left}
        if self.finished_at is not None:
            body["size"] = self.size
            if self.rule.kind == "photo":
                body["image"] = {"image_type": self.media_type, "w": self.width, "h": self.height}
            elif self.rule.kind == "video":
                body["video"] = {"video_type": self.media_type}
        info = self.processing_info(now)
        return body if info is None else {**body, "processing_info": info}

    def media(self) -> Media:
        """It, as it stands in a post or message."""
        moving = self.rule.kind != "photo"
        endings = {"image/jpeg": "jpg", "image/pjpeg": "jpg"}
        ending = endings.get(self.media_type, self.media_type.rpartition("/")[2])
        folder = "tweet_video" if self.rule.kind == "animated_gif" else f"ext_tw_video/{self.id}/pu/vid"
        film = f"https://video.twimg.com/{folder}/{self.id}.mp4"
        still = f"ext_tw_video_thumb/{self.id}.jpg" if moving else f"media/{self.id}.{ending}"
        variant = {"content_type": "video/mp4", "url": film, "bit_rate": 0 if ending == "gif" else 832_000}
        return Media(
            self.key,
            kind=self.rule.kind,
            url=f"https://pbs.twimg.com/{still}",
            alt_text=self.alt_text,
            width=self.width,
            height=self.height,
            duration_ms=15_000 if self.rule.kind == "video" else None,
            variants=(variant,) if moving else (),
            content=self.content,
        )


class Uploads:
    """All that was sent. ``limit`` is how many bytes a segment may have."""

    def __init__(self, limit: int = 5 * MB) -> None:
        self.limit = limit
        self.held: dict[int, Upload] = {}

    def find(self, value: str, owner: User, now: datetime) -> Upload | None:
        """A user's upload by its id; None where there is none, or no more."""
        upload = self.held.get(int(value))
        return upload if upload and upload.owner is owner and now < upload.expires_at else None

    def attach(self, values: Iterable[str], owner: User, now: datetime, *, direct: bool) -> tuple[Media, ...]:
        """The media of some uploads, for a post or a message. Raises Refused where one cannot be used there, or they
        do not go together."""
        values = list(values)
        found = [self.find(value, owner, now) for value in values]
        place = "$.attachments" if direct else "$.media.media_ids"
        usable = [
            upload
            for upload in found
            if upload
            and upload.ready(now)
            and upload.rule.direct == direct
            and upload.category != "subtitles"
        ]
        if len(usable) != len(values):
            raise Refused.invalid((place, ",".join(values), "Your media IDs are invalid."))
        if len(usable) > 1 and any(upload.rule.kind != "photo" for upload in usable):
            words = "A post has at most 4 photos, 1 animated GIF or 1 video."
            raise Refused.invalid((place, ",".join(values), words))
        return tuple(upload.media() for upload in usable)
