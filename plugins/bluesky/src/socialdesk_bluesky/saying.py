"""What the account says, and looking for what it may have said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from socialdesk.connector import Count, Part, Search, Sent, Standing
from socialdesk.errors import Rejected
from socialdesk.models import Action, ExternalId, Mention, Mode, Reply
from socialdesk.wire import Slice
from socialdesk_bluesky import permitting, records
from socialdesk_bluesky.facets import graphemes, handles_in
from socialdesk_bluesky.hearing import Hearing
from socialdesk_bluesky.ids import POST

__all__ = ["Saying"]

_IN_PUBLIC, _IN_PRIVATE, _BYTES_EACH = 300, 1000, 10


class Saying(Hearing):
    """Answers, quotes, announcements and direct messages."""

    def count(self, text: str, mode: Mode) -> Count:
        """What a reader takes for characters. Ten times as many bytes are the other limit: where that is the tighter
        one, a tenth of the bytes counts."""
        content = len(text.encode("utf-8", "surrogatepass"))
        limit = _IN_PRIVATE if mode in permitting.PRIVATE else _IN_PUBLIC
        return Count(used=max(graphemes(text), -(-content // _BYTES_EACH)), limit=limit)

    def plan(self, reply: Reply, standing: Standing) -> tuple[Part, ...]:
        reply = permitting.as_answered(reply)
        permitting.check_reply(reply, self.known_id, messages=self.config.messages)
        doubts = permitting.warnings(reply)
        return tuple(replace(part, warnings=doubts) for part in super().plan(reply, standing))

    async def send(self, part: Part) -> Sent:
        """Write a part under a key of its own. The first post answers or quotes the target, as that stands now; each
        further one answers the one before it.

        Raises Rejected where Bluesky would take it and show it to nobody.
        """
        if part.mode in permitting.PRIVATE:
            return await self.say_privately(part, await self._dids(part))
        stands = await self._stands(part)
        dids = await self._dids(part)
        stands = replace(stands, dids=dids, languages=self.config.languages)
        blobs = [
            await self.upload(Slice(str(attachment.id)), attachment.media_type or "application/octet-stream")
            for attachment in part.attachments
        ]
        record = records.post_record(part, stands, blobs)
        # Only where nothing stands there: what is the same is left as it is, and another record is never lost.
        answer = await self.put(POST, records.rkey_of(part), record, swapRecord=None)
        told = answer.json()
        return records.sent(told, record, already="commit" not in told)

    async def find_sent(self, part: Part) -> Search:
        """The record under the part's key, on the account's own server, which knows at once."""
        if part.at is None or not part.key:
            return Search()
        if part.mode in permitting.PRIVATE:
            return await self.found_privately(part)
        told = await self.kept(POST, records.rkey_of(part))
        if told is None:
            return Search(reached=True)
        record = told.get("value")
        if not isinstance(record, Mapping) or record.get("text") != part.text:
            return Search()  # something else stands there, which a person has to see
        return Search(found=(records.sent(told, record),), reached=True)

    def actions(self, standing: Standing) -> tuple[Action, ...]:
        verdicts = permitting.verdicts(standing, self.known_id)
        found = []
        for name in sorted(self.capabilities.abilities):
            permitted, reason = verdicts.get(name, (True, None))
            found.append(Action(name=name, allowed=permitted, reason=reason))
        return tuple(found)

    # ------------------------------------------------------------------------------------------- where it stands

    async def _stands(self, part: Part) -> records.Where:
        """Where a part stands, after a look at whether it would be seen there."""
        target = part.target
        if part.done:
            return records.before(part.done)
        if target is None:
            return records.Where()
        root = target.conversation or target.id
        views = await self.views([target.id.value, root.value])
        view = views.get(target.id.value)
        if view is None:
            raise await self._refused(target.id)
        permitting.check_view(view, quotes=part.mode == "quote")
        if part.mode == "quote":
            return records.Where(quotes=records.ref(view))
        stands = records.answered_by(view)
        await self._check_root(stands.root or {}, views)
        return stands

    async def _check_root(self, root: Mapping[str, str], views: Mapping[str, Mapping[str, Any]]) -> None:
        """Raise Rejected where who began the thread and the account have blocked one another. A first post that was
        deleted is no hindrance."""
        uri = root.get("uri", "")
        if uri not in views:
            views = await self.views([uri])
        if uri in views:
            permitting.check_view(views[uri])
            return
        for raw in await self.fate(uri):
            if raw.body.get("state") == "unavailable":
                raise permitting.blocked()

    async def _refused(self, target: ExternalId) -> Rejected:
        """Why a post is not told: it is deleted, or its author and the account have blocked one another."""
        states = [raw.body.get("state") for raw in await self.fate(target.value)]
        if "unavailable" in states:
            return permitting.blocked()
        return Rejected("gone", "The post is deleted, or not visible to the account.")

    async def _dids(self, part: Part) -> dict[str, str]:
        """The DIDs of the people whom a part names. A handle that nobody has stays plain text."""
        known = {} if part.target is None else _known(part.target)
        found: dict[str, str] = {}
        for handle in handles_in(part.text):
            did = known.get(handle) or await self._resolved(handle)
            if did is not None:
                found[handle] = did
        return found

    async def _resolved(self, handle: str) -> str | None:
        try:
            answer = await self.get("com.atproto.identity.resolveHandle", [("handle", handle)])
        except Rejected:
            return None
        did = answer.json().get("did")
        return did if isinstance(did, str) else None


def _known(target: Mention) -> dict[str, str]:
    """The people whom a mention names by their whole handles, and its author, by handle."""
    found: dict[str, str] = {}
    named: Sequence[tuple[str | None, ExternalId | None]] = [
        *((entity.text.lstrip("@"), entity.target) for entity in target.entities if entity.kind == "mention"),
        (target.author.handle, target.author.id),
    ]
    for handle, identity in named:
        if handle and identity is not None and "." in handle:
            found[handle.lower()] = identity.value
    return found
