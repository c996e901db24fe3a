"""What the Page says, in public and in private, and looking for what it may have said."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import orjson

from socialdesk.connector import Count, Part, Prepared, Search, Sent, Standing
from socialdesk.errors import DeliveryUnknown, Unavailable
from socialdesk.models import Action, Attachment, Mode, Reply
from socialdesk.wire import Body, File, Form, Json, Multipart, Slice
from socialdesk_facebook import sending
from socialdesk_facebook.account import Account
from socialdesk_facebook.messages import conversation_of
from socialdesk_facebook.values import Told, id_in, mapped, moment, rows
from socialdesk_facebook.walks import cursor_after

__all__ = ["Saying"]

_PAGES_BACK = 4
_LOOKED_AT = "id,from,message,created_time,permalink_url"
_CARRIED = {"post": "attachments{type}", "comment": "attachment{type}"}
_MESSAGES = "messages.limit(20){id,from,message,created_time,attachments{id}}"


class Saying(Account):
    """Comments, posts of the Page, messages and private replies."""

    def count(self, text: str, mode: Mode) -> Count:
        return Count(used=len(text), limit=sending.LONGEST[mode])

    def plan(self, reply: Reply, standing: Standing) -> tuple[Part, ...]:
        reply = sending.as_answered(reply)
        sending.check_reply(reply, standing, human_agent=self.config.human_agent)
        if reply.mode != "direct" or not reply.attachments:
            return super().plan(reply, standing)
        bare = reply.model_copy(update={"attachments": ()})
        texts = super().plan(bare, standing) if reply.text.strip() else ()
        # In Messenger a text and each file are messages of their own.
        files = (
            Part(text="", mode="direct", target=reply.target, attachments=(file,), standing=standing)
            for file in reply.attachments
        )
        return (*texts, *files)

    def actions(self, standing: Standing) -> tuple[Action, ...]:
        verdicts = sending.verdicts(standing, human_agent=self.config.human_agent)
        found = []
        for name in sorted(self.capabilities.abilities):
            allowed, reason, until = verdicts.get(name, (True, None, None))
            found.append(Action(name=name, allowed=allowed, reason=reason, until=until))
        return tuple(found)

    # ----------------------------------------------------------------------------------------------------- sending

    async def send(self, part: Part) -> Sent | Prepared:
        """Say a part, once what it carries is uploaded: a comment on the target, a post of the Page where there is
        none, or a message."""
        if part.standing is not None:
            refusal, _ = sending.refused(part.mode, part.standing, human_agent=self.config.human_agent)
            if refusal is not None:
                raise refusal
        return await (self._say_privately if part.mode in sending.PRIVATE else self._say_publicly)(part)

    async def _say_publicly(self, part: Part) -> Sent:
        parent = _parent_of(part)
        pictures = [await self._unpublished(file) for file in part.attachments]
        fields = {"message": part.text} if part.text else {}
        if parent is None:
            path, kind = f"{self.me}/feed", "post"
            if pictures:
                media = [{"media_fbid": picture} for picture in pictures]
                fields["attached_media"] = orjson.dumps(media).decode()
        else:
            path, kind = f"{quote(parent, safe='')}/comments", "comment"
            if pictures:
                fields["attachment_id"] = pictures[0]
        answer = await self.act(path, Form({**fields, "fields": "id,permalink_url"}))
        told = mapped(answer.json())
        identity = id_in(told)
        if identity is None:
            raise DeliveryUnknown("Facebook took it but did not tell its id.")
        return _posted(told, identity, kind)

    async def _say_privately(self, part: Part) -> Sent:
        uploaded = None
        if part.attachments:
            uploaded = await self._attached(part.attachments[0])
        body = sending.message_of(part, uploaded, human_agent=self.config.human_agent)
        buckets = ("messenger", "private_replies") if part.mode == "private" else ("messenger",)
        answer = await self.act(f"{self.me}/messages", Json(body), *buckets)
        told = mapped(answer.json())
        identity = id_in(told.get("message_id"))
        if identity is None:
            raise DeliveryUnknown("Facebook took the message but did not tell its id.")
        person = id_in(told.get("recipient_id")) or body["recipient"].get("id")
        return _written(identity, person)

    async def _unpublished(self, file: Attachment) -> str:
        """The id of a picture that nobody sees yet."""
        body = _multipart(file, "source", {"published": "false"})
        return await self._uploaded(f"{self.me}/photos", body, "pages", "id")

    async def _attached(self, file: Attachment) -> str:
        """The id of a file that a message may carry."""
        asked = {"attachment": {"type": sending.kind_of_file(file), "payload": {"is_reusable": False}}}
        body = _multipart(file, "filedata", {"message": orjson.dumps(asked).decode()})
        return await self._uploaded(f"{self.me}/message_attachments", body, "messenger", "attachment_id")

    async def _uploaded(self, path: str, body: Body, bucket: str, named: str) -> str:
        answer = await self.act(path, body, bucket, prepares=True)
        identity = id_in(mapped(answer.json()).get(named))
        if identity is None:
            raise Unavailable("Facebook took a file but did not tell its id.")
        return identity

    # ------------------------------------------------------------------------------------------- looking for it

    async def find_sent(self, part: Part) -> Search:
        """What the Page said since just before the attempt began, compared by where it stands and what it says."""
        if part.started_at is None and part.at is None:
            return Search()
        if part.mode == "private" and part.target is not None and part.target.id.kind == "comment":
            return await self._found_by_comment(part, part.target.id.value)
        if part.mode in sending.PRIVATE:
            return await self._found_in_messenger(part)
        parent = _parent_of(part)
        if parent is None:
            return await self._found_among(part, f"{self.me}/posts", "post", {})
        # An answer to a reply may be put under the comment above it: all of the post's comments are looked through.
        root = None if part.target is None else part.target.conversation
        where = parent if root is None or part.target is None else root.value
        order = {"filter": "stream", "order": "reverse_chronological"}
        return await self._found_among(part, f"{quote(where, safe='')}/comments", "comment", order)

    async def _found_among(self, part: Part, path: str, kind: str, order: dict[str, str]) -> Search:
        after: str | None = None
        for _ in range(_PAGES_BACK):
            params = {"fields": f"{_LOOKED_AT},{_CARRIED[kind]}", "limit": 25, "after": after, **order}
            answer = await self.get(path, params)
            told, after = rows(answer.listed("data")), cursor_after(answer.json())
            found = [_posted(item, str(item["id"]), kind) for item in self._ours(part, told)]
            if found:
                return Search(found=tuple(found), reached=True)
            if any(_is_nameless(part, item) for item in told):
                return Search()  # it may be ours, and Facebook does not say
            if after is None or any(_is_before(part, item) for item in told):
                return Search(reached=True)
        return Search()

    async def _found_by_comment(self, part: Part, comment: str) -> Search:
        """Whether a comment was answered in private, which Facebook tells of the comment itself."""
        fields = {"fields": "can_reply_privately,private_reply_conversation"}
        told = mapped((await self.get(quote(comment, safe=""), fields)).json())
        thread = id_in(mapped(told.get("private_reply_conversation")))
        if thread is None:
            return Search(reached=told.get("can_reply_privately") is True)
        fields = {"fields": f"id,participants,{_MESSAGES}"}
        answer = await self.get(quote(thread, safe=""), fields, "messenger", "conversations")
        return self._found_in(part, [mapped(answer.json())])

    async def _found_in_messenger(self, part: Part) -> Search:
        recipient = sending.recipient_of(part).get("id")
        target = part.target
        if recipient is None and target is not None and target.author.id is not None:
            recipient = target.author.id.value
        if recipient is None:
            return Search()
        params = {
            "platform": "MESSENGER",
            "user_id": recipient,
            "fields": f"id,participants,{_MESSAGES}",
        }
        answer = await self.get(f"{self.me}/conversations", params, "messenger", "conversations")
        return self._found_in(part, rows(answer.listed("data")))

    def _found_in(self, part: Part, threads: list[Told]) -> Search:
        """Our own messages in conversations, of which the newest are shown. One that shows no list of them proves
        nothing."""
        found: list[Sent] = []
        reached = True
        for thread in threads:
            told = rows(thread.get("messages"))
            people = [id_in(row) for row in rows(thread.get("participants"))]
            person = next((one for one in people if one is not None and one != self.known_id), None)
            found += [_written(str(item["id"]), person) for item in self._ours(part, told)]
            listing = mapped(thread.get("messages"))
            whole = isinstance(listing.get("data"), list) and cursor_after(listing) is None
            reached = reached and (whole or any(_is_before(part, item) for item in told))
        return Search(found=tuple(found), reached=reached or bool(found))

    def _ours(self, part: Part, told: list[Told]) -> Iterator[Told]:
        """What of these sending ``part`` leaves, newest first."""
        known = {sent.id for sent in part.done}
        for item in told:
            own = id_in(mapped(item.get("from"))) == self.known_id and id_in(item) is not None
            says = sending.same_text(part.text, item.get("message"))
            carries = bool(part.text) or bool(item.get("attachment") or rows(item.get("attachments")))
            if own and says and carries and not _is_before(part, item) and str(item["id"]) not in known:
                yield item


def _parent_of(part: Part) -> str | None:
    """What a part is a comment on; None where it is a post of its own. What follows a post stands under it."""
    if part.target is not None:
        return part.target.id.value
    return part.done[0].id if part.done else None


def _is_before(part: Part, item: Told) -> bool:
    try:
        return sending.is_before(part, moment(item.get("created_time")))
    except ValueError:
        return False


def _is_nameless(part: Part, item: Told) -> bool:
    """Whether something says what we sent, and Facebook withholds who said it."""
    return (
        not item.get("from")
        and sending.same_text(part.text, item.get("message"))
        and not _is_before(part, item)
    )


def _posted(told: Told, identity: str, kind: str) -> Sent:
    url = told.get("permalink_url") or f"https://www.facebook.com/{identity}"
    return Sent(identity, kind=kind, url=str(url), data={"id": identity})


def _written(identity: str, person: str | None) -> Sent:
    conversation = None if person is None else conversation_of(person)
    return Sent(identity, kind="message", conversation=conversation, data={"recipient_id": person})


def _multipart(file: Attachment, name: str, fields: dict[str, str]) -> Multipart:
    media_type = file.media_type or "application/octet-stream"
    return Multipart(fields, (File(Slice(str(file.id)), name=name, media_type=media_type),))
