"""Uploading what is sent along, a stretch at a time, so that nothing is sent twice after a crash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from socialdesk.connector import Part, Prepared
from socialdesk.errors import RateLimited, Rejected, Unavailable
from socialdesk.models import Attachment, Mode
from socialdesk.wire import File, Json, Multipart, Response, Slice
from socialdesk_twitter.account import Account
from socialdesk_twitter.media import (
    SEGMENT,
    Progress,
    Upload,
    Uploads,
    category,
    is_simple,
    media_type_of,
    segments_of,
)

__all__ = ["Uploading"]

_SEGMENTS_AT_ONCE = 16
"""Pieces of a film that are sent before it is kept how far it is."""

_SOON, _RARELY = 1.0, 60.0
_WORKS_AT_MOST = timedelta(hours=1)
_LIFETIME = 86_400


class Uploading(Account):
    """https://docs.x.com/x-api/media/introduction"""

    async def uploaded(self, part: Part) -> tuple[str, ...] | Prepared:
        """The ids of a part's files, or what is kept while they are not all there yet.

        Raises Rejected where X does not take one of them, or does not come to an end with it within an hour.
        """
        now = part.standing.now if part.standing is not None else part.at
        run = Progress(Uploads.load(part.prepared, now))
        if len(run.uploads.ready) == len(part.attachments):
            return run.uploads.ready
        try:
            for index, attachment in enumerate(part.attachments):
                await self._advance(run, index, attachment, part.mode)
                if run.segments >= _SEGMENTS_AT_ONCE or run.waits:
                    break
        except Unavailable:
            if not run.moved:
                raise
            run.again_in = max(run.again_in, _SOON)  # what was done is kept
        except RateLimited as error:
            if not run.moved or error.retry_at is None or now is None:
                raise
            run.again_in = max(_SOON, (error.retry_at - now).total_seconds())
        return Prepared(data=run.uploads.dump(), again_in=run.again_in)

    async def _advance(self, run: Progress, index: int, attachment: Attachment, mode: Mode) -> None:
        """Bring one file as far as it comes in this run."""
        files = run.uploads.files
        upload = files[index] if index < len(files) else None
        if upload is None:
            upload = await self._begun(run, index, attachment, mode)
        if upload.stage == "begun":
            upload = await self._appended(run, index, attachment, upload)
        if upload.stage == "sent":
            path = f"/2/media/upload/{upload.id}/finalize"
            answer = await self.act("POST", path, "upload_end", prepares=True)
            upload = run.put(index, _processed(run, upload, answer))
        elif upload.stage == "processing":
            params = {"command": "STATUS", "media_id": upload.id}
            answer = await self.get("/2/media/upload", params, "upload_status")
            upload = run.put(index, _processed(run, upload, answer))
        if upload.stage == "uploaded":
            if attachment.alt_text:
                await self._described(upload.id, attachment.alt_text)
            run.put(index, replace(upload, stage="ready"))

    async def _begun(self, run: Progress, index: int, attachment: Attachment, mode: Mode) -> Upload:
        """A picture as a whole, or a film's id."""
        kind = category(attachment, mode)
        if is_simple(attachment):
            body = Multipart(
                {"media_category": kind},
                (File(Slice(str(attachment.id)), media_type=media_type_of(attachment)),),
            )
            answer = await self._taken("/2/media/upload", "upload", body)
            upload = _processed(run, Upload(id=_id_in(answer), stage="sent"), answer)
        else:
            asked = {
                "media_type": media_type_of(attachment),
                "total_bytes": attachment.size,
                "media_category": kind,
            }
            answer = await self._taken("/2/media/upload/initialize", "upload_begin", Json(asked))
            upload = Upload(id=_id_in(answer), stage="begun")
        seconds = _data(answer).get("expires_after_secs")
        run.uploads = run.uploads.ending(int(seconds or _LIFETIME), answer.received_at)
        return run.put(index, upload)

    async def _appended(self, run: Progress, index: int, attachment: Attachment, upload: Upload) -> Upload:
        """The film's next pieces: all that are left, or as many as are sent before it is kept how far it is."""
        size, whole = attachment.size or 0, segments_of(attachment)
        while upload.segment < whole and run.segments < _SEGMENTS_AT_ONCE:
            offset = upload.segment * SEGMENT
            body = Multipart(
                {"segment_index": str(upload.segment)},
                (File(Slice(str(attachment.id), offset, min(SEGMENT, size - offset))),),
            )
            await self._taken(f"/2/media/upload/{upload.id}/append", "upload_append", body)
            upload = run.put(index, replace(upload, segment=upload.segment + 1))
            run.segments += 1
        if upload.segment == whole:
            return run.put(index, replace(upload, stage="sent"))
        return upload

    async def _taken(self, path: str, bucket: str, body: Json | Multipart) -> Response:
        try:
            return await self.act("POST", path, bucket, body=body, prepares=True)
        except Rejected as error:
            if error.reason != "unsupported":
                raise
            raise Rejected("content", "X does not take this file.", code=error.code) from error

    async def _described(self, media_id: str, text: str) -> None:
        body = Json({"id": media_id, "metadata": {"alt_text": {"text": text}}})
        await self.act("POST", "/2/media/metadata", "upload_text", body=body, prepares=True)


def _data(answer: Response) -> Mapping[str, Any]:
    data = answer.json().get("data")
    return data if isinstance(data, Mapping) else {}


def _id_in(answer: Response) -> str:
    media_id = _data(answer).get("id")
    if not media_id:
        raise Unavailable("X took a file but did not tell its id.")
    return str(media_id)


def _processed(run: Progress, upload: Upload, answer: Response) -> Upload:
    """How far X is with a file that it has whole. Raises Rejected where it failed, or takes more than an hour."""
    told = _data(answer).get("processing_info") or {}
    state = told.get("state", "succeeded")
    if state == "failed":
        error = told.get("error") or {}
        words = error.get("message") or error.get("name") or "it does not say why"
        raise Rejected(
            "content", f"X cannot use this file: {words}.", code=str(error.get("code") or "failed")
        )
    if state == "succeeded":
        return replace(upload, stage="uploaded")
    now = answer.received_at
    since = _since(upload, now)
    if now is not None and since is not None and now - since > _WORKS_AT_MOST:
        raise Rejected("content", "X did not come to an end with this file within an hour.")
    run.waits = True
    run.again_in = min(max(float(told.get("check_after_secs") or _SOON), _SOON), _RARELY)
    return replace(upload, stage="processing", since=None if since is None else since.isoformat())


def _since(upload: Upload, now: datetime | None) -> datetime | None:
    return now if upload.since is None else datetime.fromisoformat(upload.since)
