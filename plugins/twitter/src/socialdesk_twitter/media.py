"""What may be sent along, and how far its upload is. Pure.

https://docs.x.com/x-api/media/quickstart/best-practices
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from socialdesk.errors import Rejected
from socialdesk.models import Attachment, Mode

__all__ = ["SEGMENT", "Upload", "Uploads", "category", "check_attachments", "media_type_of", "segments_of"]

SEGMENT = 4 * 2**20
"""Bytes of a film that are sent at a time."""

_MB = 1_000_000
_LONGEST_ALT_TEXT = 1000
_LONGEST_FILM = 140.0
_PICTURES_AT_MOST = 4
_KINDS: Mapping[str, tuple[str, int, str]] = {
    "image/jpeg": ("image", 5 * _MB, "A picture"),
    "image/png": ("image", 5 * _MB, "A picture"),
    "image/webp": ("image", 5 * _MB, "A picture"),
    "image/gif": ("gif", 15 * _MB, "A GIF"),
    "video/mp4": ("video", 512 * _MB, "A film"),
    "video/quicktime": ("video", 512 * _MB, "A film"),
}
"""Which kind of upload a media type is, how many bytes it may have, and its name in a sentence."""

_OURS = frozenset({("file", "media"), ("desk", "media")})
_PRIVATE: frozenset[Mode] = frozenset({"private", "direct"})

Stage = Literal["begun", "sent", "processing", "uploaded", "ready"]


def _kind(attachment: Attachment) -> str:
    return _KINDS[attachment.media_type or ""][0]


def category(attachment: Attachment, mode: Mode) -> str:
    """What X calls a file that is used in this way, such as ``tweet_image``."""
    return f"{'dm' if mode in _PRIVATE else 'tweet'}_{_kind(attachment)}"


def is_simple(attachment: Attachment) -> bool:
    """Whether a file is sent in one request."""
    return _kind(attachment) == "image"


def media_type_of(attachment: Attachment) -> str:
    return attachment.media_type or ""


def segments_of(attachment: Attachment) -> int:
    """In how many pieces a file is sent."""
    return -(-(attachment.size or 0) // SEGMENT)


def check_attachments(attachments: Sequence[Attachment], mode: Mode) -> None:
    """Raises Rejected, in words for a person, where X would not take these together or one of them."""
    for attachment in attachments:
        _check(attachment)
    kinds = [_kind(attachment) for attachment in attachments]
    if mode in _PRIVATE and len(kinds) > 1:
        raise Rejected("content", f"A direct message carries one file, not {len(kinds)}.")
    if set(kinds) - {"image"} and len(kinds) > 1:
        raise Rejected(
            "content", "A GIF or a film goes alone: X takes up to 4 pictures, or 1 GIF, or 1 film."
        )
    if len(kinds) > _PICTURES_AT_MOST:
        raise Rejected("content", f"A post carries up to {_PICTURES_AT_MOST} pictures, not {len(kinds)}.")


def _check(attachment: Attachment) -> None:
    if (attachment.id.platform, attachment.id.kind) not in _OURS or not attachment.size:
        raise Rejected("content", "The attachment names no file that could be sent: make it with attach().")
    media_type = attachment.media_type or ""
    if media_type not in _KINDS:
        taken = ", ".join(_KINDS)
        raise Rejected("content", f"X does not take {media_type or 'this file'}; it takes {taken}.")
    _, largest, name = _KINDS[media_type]
    if attachment.size > largest:
        have = attachment.size / _MB
        raise Rejected(
            "content", f"{name} may have {largest // _MB} MB on X, and this one has {have:.1f} MB."
        )
    if attachment.duration is not None and attachment.duration > _LONGEST_FILM:
        raise Rejected("content", f"A film may last {_LONGEST_FILM:.0f} seconds on X.")
    if len(attachment.alt_text or "") > _LONGEST_ALT_TEXT:
        raise Rejected("content", f"The description of a file may have {_LONGEST_ALT_TEXT} characters on X.")


# --------------------------------------------------------------------------------------------------- how far it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """How far the upload of one file is: ``segment`` is the next to be sent, ``since`` when X began to work on it."""

    id: str
    stage: Stage
    segment: int = 0
    since: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploads:
    """How far the uploads of a part are; ``ends`` is when X forgets the first of them."""

    files: tuple[Upload, ...] = ()
    ends: str | None = None

    @classmethod
    def load(cls, kept: Mapping[str, Any] | None, now: datetime | None) -> Uploads:
        """What :meth:`dump` gave; nothing where X has forgotten it in the meantime, or is about to."""
        if not kept:
            return cls()
        ends = kept.get("ends")
        if ends is not None and now is not None and datetime.fromisoformat(ends) <= now + _MARGIN:
            return cls()
        return cls(files=tuple(Upload(**file) for file in kept["files"]), ends=ends)

    def dump(self) -> dict[str, Any]:
        """As JSON holds it; ``media_ids`` are those that are ready."""
        return {
            "media_ids": list(self.ready),
            "files": [asdict(file) for file in self.files],
            "ends": self.ends,
        }

    @property
    def ready(self) -> tuple[str, ...]:
        """The ids of the files that a post may name."""
        return tuple(file.id for file in self.files if file.stage == "ready")

    def put(self, index: int, upload: Upload) -> Uploads:
        """The same with one file further on."""
        files = list(self.files)
        files[index : index + 1] = [upload]
        return replace(self, files=tuple(files))

    def ending(self, seconds: int | None, now: datetime | None) -> Uploads:
        """The same with a further moment at which X forgets a file."""
        if seconds is None or now is None:
            return self
        ends = now + timedelta(seconds=seconds)
        known = None if self.ends is None else datetime.fromisoformat(self.ends)
        return replace(self, ends=(ends if known is None else min(known, ends)).isoformat())


_MARGIN = timedelta(minutes=10)


@dataclass(slots=True)
class Progress:
    """One run of an upload: what it has done, and how long X asks to wait."""

    uploads: Uploads
    segments: int = 0
    moved: bool = False
    again_in: float = 0.0
    waits: bool = field(default=False)

    def put(self, index: int, upload: Upload) -> Upload:
        self.uploads = self.uploads.put(index, upload)
        self.moved = True
        return upload
