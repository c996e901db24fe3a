"""Files that are sent along: what they are, where they are kept, and how they are read while they are sent.

An attachment that shall be sent is named by its id: ``file:media:/path/of/it`` for a file that stays where it is,
``desk:media:<digest>`` for one that a desk has copied, so that it is still there when the reply is sent.
"""

from __future__ import annotations

import hashlib
import mimetypes
import os
import tempfile
from pathlib import Path
from typing import BinaryIO, Literal

from socialdesk.errors import ConfigError
from socialdesk.models import Attachment, ExternalId

__all__ = ["Files", "MediaFolder", "describe_file"]

PIECE = 2**20
"""Bytes that are held at a time while a file is copied."""

# What a file begins with tells more than its name. https://en.wikipedia.org/wiki/List_of_file_signatures
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
)
_KINDS: dict[str, Literal["image", "video", "audio"]] = {"image": "image", "video": "video", "audio": "audio"}


def describe_file(path: str | os.PathLike[str], *, alt_text: str | None = None) -> Attachment:
    """An attachment for the file at ``path``, which stays where it is: its kind, media type and size in bytes.

    Raises ConfigError where there is no file, or an empty one.
    """
    where = Path(path).absolute()
    try:
        with where.open("rb") as file:
            head, size = file.read(16), os.fstat(file.fileno()).st_size
    except OSError as error:
        raise ConfigError(f"The file {where} cannot be read: {error.strerror}.") from None
    if not size:
        raise ConfigError(f"The file {where} is empty.")
    media_type = _media_type(head, where)
    return Attachment(
        id=ExternalId("file", "media", str(where)),
        kind="animation" if media_type == "image/gif" else _KINDS.get(media_type.partition("/")[0], "file"),
        media_type=media_type,
        alt_text=alt_text,
        size=size,
    )


def _media_type(head: bytes, path: Path) -> str:
    for offset, signature, media_type in _SIGNATURES:
        if head[offset : offset + len(signature)] == signature:
            return media_type
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"


class Files:
    """Opens what is named by ``file:media:``: files that stay where they are."""

    def open(self, media: str) -> BinaryIO:
        """The file behind an attachment's id, from its beginning. Raises ConfigError where it cannot be read."""
        identity = ExternalId.of(media)
        if (identity.platform, identity.kind) != ("file", "media"):
            raise ConfigError(f"{media} names no file here: attach it with attach() first.")
        return _open(Path(identity.value))


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise ConfigError(f"The file {path} cannot be read any more: {error.strerror}.") from None


class MediaFolder(Files):
    """Opens files that a desk keeps in ``folder`` as well.

    Without a folder they are kept until the desk is closed, where that ``passes``; else keeping one is a ConfigError.
    """

    def __init__(self, folder: Path | None, *, passes: bool = True) -> None:
        self._folder = folder
        self._passes = passes
        self._passing: tempfile.TemporaryDirectory[str] | None = None

    @property
    def folder(self) -> Path:
        if self._folder is not None:
            return self._folder
        if not self._passes:
            raise ConfigError(
                "A desk in PostgreSQL has no folder for files beside its database: give it one that all workers share, "
                'as Desk(..., media="/srv/desk/media") or SOCIALDESK_MEDIA.'
            )
        if self._passing is None:
            self._passing = tempfile.TemporaryDirectory(prefix="socialdesk-media-")
        return Path(self._passing.name)

    def keep(self, path: str | os.PathLike[str], *, alt_text: str | None = None) -> Attachment:
        """Copy a file, so that it is there when it is sent, and describe it. The same bytes are kept once.

        The copy is on the disk when this returns. Raises ConfigError where the file cannot be read or kept.
        """
        described = describe_file(path, alt_text=alt_text)
        digest = hashlib.sha256()
        folder = self.folder
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, unfinished = tempfile.mkstemp(dir=folder, prefix=".copying-")
            with open(handle, "wb") as copy, _open(Path(path)) as file:
                while piece := file.read(PIECE):
                    digest.update(piece)
                    copy.write(piece)
                copy.flush()
                os.fsync(copy.fileno())
            os.replace(unfinished, folder / digest.hexdigest())
        except OSError as error:
            raise ConfigError(f"The file cannot be kept in {folder}: {error.strerror}.") from None
        return described.model_copy(update={"id": ExternalId("desk", "media", digest.hexdigest())})

    def open(self, media: str) -> BinaryIO:
        identity = ExternalId.of(media)
        if (identity.platform, identity.kind) == ("desk", "media"):
            return _open(self.folder / Path(identity.value).name)
        return super().open(media)

    def close(self) -> None:
        """Forget what was kept for the time being."""
        passing, self._passing = self._passing, None
        if passing is not None:
            passing.cleanup()
