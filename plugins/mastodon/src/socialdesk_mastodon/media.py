"""Files that are sent along: whether the server takes them, and how far their upload is. Pure.

https://docs.joinmastodon.org/methods/media/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from socialdesk.errors import Rejected
from socialdesk.models import Attachment
from socialdesk_mastodon.server import Server

__all__ = ["Upload", "check_attachments", "kept_uploads"]

_LIFETIME = timedelta(hours=20)
"""An upload that nothing refers to is deleted after a day."""

_STILL = frozenset({"image"})


@dataclass(frozen=True, slots=True)
class Upload:
    """One file that the server has; ``ready`` once it is done with it. ``at`` is when it was uploaded, where known."""

    id: str
    ready: bool
    at: str | None = None

    def dump(self) -> dict[str, Any]:
        return asdict(self)


def kept_uploads(prepared: Mapping[str, Any] | None, now: datetime | None) -> list[Upload]:
    """The uploads of the runs before; none where the server will have deleted them."""
    uploads = [Upload(**kept) for kept in (prepared or {}).get("uploads", ())]
    began = [datetime.fromisoformat(upload.at) for upload in uploads if upload.at]
    if now is not None and began and now - min(began) > _LIFETIME:
        return []
    return uploads


def check_attachments(attachments: tuple[Attachment, ...], server: Server) -> None:
    """Raises Rejected where the server would not take these files."""
    if len(attachments) > server.max_media:
        raise Rejected("content", f"The server takes {server.max_media} files with a status.")
    for attachment in attachments:
        kind, size = attachment.media_type, attachment.size
        if server.mime_types and kind not in server.mime_types:
            raise Rejected("content", f"The server takes no files of the type {kind}.")
        limit = server.image_size if attachment.kind in _STILL else server.video_size
        if limit is not None and size is not None and size > limit:
            raise Rejected("content", f"The file has {size} bytes; the server takes {limit}.")
        words = attachment.alt_text or ""
        if server.description is not None and len(words) > server.description:
            raise Rejected("content", f"A file's description may have {server.description} characters.")
