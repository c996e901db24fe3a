"""What the account says, and looking for what it may have said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from socialdesk.connector import Count, Part, Prepared, Search, Sent, Standing
from socialdesk.errors import DeliveryUnknown, Rejected, Unavailable
from socialdesk.models import Action, Attachment, Mode, Reply
from socialdesk.wire import File, Json, Multipart, Request, Response, Slice
from socialdesk_mastodon import sending
from socialdesk_mastodon.account import Account
from socialdesk_mastodon.ids import order_of
from socialdesk_mastodon.length import length_of
from socialdesk_mastodon.media import Upload, check_attachments, kept_uploads
from socialdesk_mastodon.walks import told_ids

__all__ = ["Saying"]

_OLDER_PAGES = 5
_SOURCES = 3
"""How many statuses are asked for what was written, where what is shown is not what was sent."""

_WORKING, _SOON = 206, 2.0


class Saying(Account):
    """Statuses: answers, direct messages and announcements."""

    def count(self, text: str, mode: Mode) -> Count:
        return Count(used=length_of(text, self.server.link_length), limit=self.server.max_characters)

    def plan(self, reply: Reply, standing: Standing) -> tuple[Part, ...]:
        sending.check_reply(reply)
        check_attachments(reply.attachments, self.server)
        return tuple(
            Part(
                text=text,
                mode=reply.mode,
                target=reply.target,
                attachments=() if index else reply.attachments,
                standing=standing,
                warnings=sending.warnings(text, reply),
            )
            for index, text in enumerate(sending.texts_of(reply, self.server))
        )

    async def send(self, part: Part) -> Sent | Prepared:
        """Say a part, once what it carries is uploaded. The first status answers or quotes the target, each further
        one answers the one before it. All attempts carry the part's key, by which the server knows a repetition."""
        media: tuple[str, ...] = ()
        if part.attachments:
            uploaded = await self._uploaded(part)
            if isinstance(uploaded, Prepared):
                return uploaded
            media = uploaded
        answer = await Request(
            "POST",
            self.url("/api/v1/statuses"),
            headers={"Idempotency-Key": part.key},
            body=Json(sending.body_of(part, self.config.visibility, media)),
            spends={"statuses": 1},
        )
        status = answer.json()
        if not isinstance(status, Mapping) or not status.get("id"):
            raise DeliveryUnknown("The server accepted the status but did not tell its id.")
        return sending.sent(status)

    # ------------------------------------------------------------------------------------------------- uploading

    async def _uploaded(self, part: Part) -> tuple[str, ...] | Prepared:
        """The ids of a part's files, or what is kept while they are not all there yet: after each upload, so that a
        crash repeats at most one."""
        now = part.standing.now if part.standing is not None else part.at
        uploads = kept_uploads(part.prepared, now)
        waits = False
        for index, upload in enumerate(uploads):
            if not upload.ready:
                answer = await self.get(f"/api/v1/media/{quote(upload.id, safe='')}")
                uploads[index] = replace(upload, ready=answer.status != _WORKING)
                waits = waits or not uploads[index].ready
        if len(uploads) < len(part.attachments):
            uploads.append(await self._upload(part.attachments[len(uploads)]))
        elif not waits:
            return tuple(upload.id for upload in uploads)
        whole = len(uploads) == len(part.attachments)
        return Prepared(
            data={"uploads": [upload.dump() for upload in uploads]},
            again_in=0 if not whole or all(upload.ready for upload in uploads) else _SOON,
        )

    async def _upload(self, attachment: Attachment) -> Upload:
        file = File(
            Slice(str(attachment.id)),
            name="file",
            filename=_filename(attachment),
            media_type=attachment.media_type or "application/octet-stream",
        )
        body = Multipart({"description": attachment.alt_text} if attachment.alt_text else {}, (file,))
        answer = await self.act("POST", "/api/v2/media", "media", body, effect="prepares")
        told = answer.json()
        if not isinstance(told, Mapping) or not told.get("id"):
            raise Unavailable("The server took a file but did not tell its id.")
        at = answer.received_at
        ready = answer.status == 200 and bool(told.get("url"))
        return Upload(str(told["id"]), ready, None if at is None else at.isoformat())

    # ------------------------------------------------------------------------------------------- looking for it

    async def find_sent(self, part: Part) -> Search:
        """The account's own statuses since just before the attempt began, compared by what they answer and say."""
        if (part.started_at or part.at) is None or self.profile is None:
            return Search()
        older_than: str | None = None
        sources = _SOURCES
        for _ in range(_OLDER_PAGES):
            told = await self._own(older_than)
            found = []
            for status in told:
                if not isinstance(status, Mapping) or not sending.may_be(
                    part, status, self.config.visibility
                ):
                    continue
                same = sending.same_text(part.text, status)
                if not same and sources:
                    sources -= 1
                    same = await self._was_written(part.text, status)
                if same:
                    found.append(sending.sent(status))
            ids = told_ids(told)
            done = not ids or any(
                isinstance(each, Mapping) and sending.is_before(part, each) for each in told
            )
            if found or done:
                return Search(found=tuple(found), reached=True)
            older_than = min(ids, key=order_of)
        return Search()

    async def _own(self, older_than: str | None) -> list[Any]:
        params = [("limit", 40), ("exclude_reblogs", "true"), ("max_id", older_than)]
        answer = await self.get(f"/api/v1/accounts/{self.me}/statuses", params, paged=older_than is not None)
        told = answer.json()
        if not isinstance(told, list):
            raise Unavailable("The server told no list.", scope="stream")
        return told

    async def _was_written(self, text: str, status: Mapping[str, Any]) -> bool:
        """Whether a status was written as ``text``, which a server that reads markup shows otherwise."""
        try:
            answer: Response = await self.get(f"/api/v1/statuses/{quote(str(status['id']), safe='')}/source")
            told = answer.json()
        except (Rejected, Unavailable):
            return False
        return isinstance(told, Mapping) and str(told.get("text") or "").split() == text.split()

    def actions(self, standing: Standing) -> tuple[Action, ...]:
        verdicts = sending.verdicts(standing)
        found = []
        for name in sorted(self.capabilities.abilities):
            allowed, reason = verdicts.get(name, (True, None))
            found.append(Action(name=name, allowed=allowed, reason=reason))
        return tuple(found)


def _filename(attachment: Attachment) -> str:
    """A name with the ending of its type, which some servers go by."""
    ending = (attachment.media_type or "").partition("/")[2].partition("+")[0]
    return f"file.{ending}" if ending.isalnum() else "file"
