"""What a desk does to posts that are there, as flows: hide, delete, like, block; and what it said taken back."""

from __future__ import annotations

from dataclasses import replace

from socialdesk._engine.effects import TakeStamp
from socialdesk._engine.exchange import speak
from socialdesk._engine.ingest import Read
from socialdesk.connector import Command, Gone, Patch, Raw
from socialdesk.desk.answering import Answering
from socialdesk.desk.premises import MentionName
from socialdesk.desk.storing import store_page
from socialdesk.desk.workplace import Workplace
from socialdesk.errors import ConfigError, Rejected
from socialdesk.models import ExternalId, Mention, Receipt

__all__ = ["Moderating"]

# what a post is once that was done; what is not named changes nothing that the inbox shows
_BECOMES = {"hide": "hidden", "reject": "hidden", "unhide": "active", "delete": "deleted"}


class Moderating(Answering):
    """Hiding, deleting, liking, blocking; withdrawing what was said."""

    async def moderate(self, mention: MentionName, action: str, *, text: str | None = None) -> Mention:
        """Do what ``action`` says (``hide``, ``unhide``, ``reject``, ``delete``, ``like``, ``unlike``, ``block``,
        ``unblock``, or ``edit`` with its new ``text``) to a mention, now; gives the mention as it is then.

        Each of these may be asked again without harm, so that DeliveryUnknown means: ask again. Raises Rejected where
        the platform does not permit it, with the reason.
        """
        if (action == "edit") != (text is not None):
            raise ConfigError("To edit takes the new text, and nothing else does.")
        said = await self.mention(mention)
        row = await self._row(said.account)
        await self._command(await self._ready_place(row), action, said.id, text)
        return await self.mention(said)

    async def withdraw(self, key: str, *, account: str | None = None) -> Receipt:
        """Delete from the platform what a reply of ours said there, its last part first; gives its receipt, which goes
        on telling what was sent.

        Asking again goes on where it stopped. Raises ConfigError where nothing of it was sent.
        """
        names = {row.id: row.name for row in await self._rows(account)}
        found = await self._found(key, names)
        there = [part.id for part in reversed(found.parts) if part.state == "sent" and part.id is not None]
        if not there:
            raise ConfigError(
                f"Nothing of the reply {key!r} is on the platform: cancel() takes back what waits."
            )
        place = await self._ready_place(await self._row(names[found.account]))
        for post in there:
            await self._command(place, "delete", post)
        return await self.receipt(key, account=names[found.account])

    async def _command(
        self, place: Workplace, action: str, target: ExternalId, text: str | None = None
    ) -> None:
        if action not in place.connector.capabilities.abilities:
            able = ", ".join(sorted(place.connector.capabilities.abilities))
            raise Rejected("unsupported", f"{place.account.platform} cannot {action}; it can {able}.")
        stamp = await TakeStamp()
        session = place.session("reply")
        command = Command(name=action, target=target, key=stamp.uuid(), at=stamp.now, text=text)
        await speak(place.connector.moderate(command), session)
        change = _change(target, action, text)
        record = await self._page_record(place, session)
        changed = [] if change is None else [Read(Raw("moderated", {"did": action}), change)]
        stored = await store_page(replace(record, stream="moderated", read=changed))
        await self._tell(place.account, stored.events)


def _change(target: ExternalId, action: str, text: str | None) -> Gone | Patch | None:
    """What becomes of the mention; None where nothing does that the inbox shows."""
    if text is not None:
        return Patch(id=target, changes={"text": text, "entities": (), "state": "edited"})
    state = _BECOMES.get(action)
    if state is None or state == "active":
        return None if state is None else Patch(id=target, changes={"state": "active"})
    return Gone(id=target, state=state)  # type: ignore[arg-type]  # values of a table
