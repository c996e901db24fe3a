"""What a desk does with what is heard, as flows."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Unpack

from socialdesk._engine.cursor import Cursor, Paging
from socialdesk._engine.effects import TakeStamp
from socialdesk._engine.ingest import follow_up, listenings, look_up, take_page
from socialdesk.auth import Stamp
from socialdesk.connector import Topic
from socialdesk.desk import inbox, outgoing, pushes
from socialdesk.desk.accounts import AccountRow
from socialdesk.desk.enriching import enriched
from socialdesk.desk.filling import fill_account
from socialdesk.desk.inbox import Filters
from socialdesk.desk.pages import Poll
from socialdesk.desk.polling import poll_account
from socialdesk.desk.premises import MentionName, heard_by, loaded, name_of, named
from socialdesk.desk.receiving import Receiving
from socialdesk.desk.reports import ListingReport, PollReport, ReceivedReport
from socialdesk.desk.rows import thread_key
from socialdesk.desk.schema import moment
from socialdesk.desk.standings import Asking, read_standing
from socialdesk.desk.storing import store_page
from socialdesk.desk.workplace import require_account
from socialdesk.errors import ConfigError, Rejected
from socialdesk.models import Action, Conversation, ExternalId, Mention, Sender

__all__ = ["Hearing"]

CONVERSATION_PAGES = 10


class Reports:
    """What a poll comes to, listing by listing; each part is told to ``progress`` as it comes."""

    def __init__(self, progress: Callable[[ListingReport], object] | None) -> None:
        self._progress = progress
        self._found: dict[tuple[str, str, str, bool], ListingReport] = {}

    def take(self, account_id: str, found: Sequence[ListingReport]) -> None:
        for report in found:
            key = (account_id, report.stream, report.topic, report.backfill)
            before = self._found.get(key)
            self._found[key] = report if before is None else before + report
            if self._progress is not None:
                self._progress(report)

    @property
    def all(self) -> tuple[ListingReport, ...]:
        return tuple(self._found.values())


def _called(name: str, rows: Sequence[AccountRow]) -> tuple[AccountRow, ...]:
    return tuple(row for row in rows if row.name == name)


class Hearing(Receiving):
    """Polling, the inbox, conversations."""

    async def poll(
        self,
        account: str | None = None,
        *,
        due_only: bool = False,
        seconds: float | None = None,
        progress: Callable[[ListingReport], object] | None = None,
    ) -> PollReport:
        """Hear what is new: what was delivered, and every listing of the account, or of all accounts, to its end.

        ``due_only`` leaves out what was polled recently. A listing that the platform has put off, for a limit or for
        want of credit, is left alone until then, however often this is called. What goes wrong with one account is
        in the report and does not keep the others waiting.

        Accounts take turns, those first that are due the longest and one of each tenant before the next of any; after
        ten pages of a listing the others have theirs. Once all is heard, backfills have a turn of some pages. After
        ``seconds`` it ends; what is due still has its turn with the next call.
        """
        stamp = await TakeStamp()
        rows, delivered, filling = await pushes.survey(self.tenant, stamp.now)
        received = await self._take_in(rows) if delivered else ReceivedReport()
        if account is not None:
            rows = (require_account(_called(account, rows), account),)
        reports = Reports(progress)
        turns = deque((row, due_only) for row in rows)
        with self.worker.run() as owner:
            how = Poll(
                workshop=self.workshop,
                owner=owner,
                alive=self.worker.is_alive,
                until=None if seconds is None else stamp.now + timedelta(seconds=seconds),
                false_alarm=self.false_alarm,
            )
            while turns and (seconds is None or await self._since(stamp) < seconds):
                row, only = turns.popleft()
                poll = replace(how, due_only=only, enrich=self._enricher(row), publish=self._publisher(row))
                found = await poll_account(row.id, poll)
                reports.take(row.id, found)
                if any(report.more for report in found):
                    turns.append((row, True))  # it goes on where it was, once the others had their turn
            behind = {} if turns else {row.id: row for row in rows}  # what is new goes before what is old
            for row in [behind[account_id] for account_id in filling if account_id in behind]:
                if seconds is None or await self._since(stamp) < seconds:
                    poll = replace(how, enrich=self._enricher(row), publish=self._publisher(row))
                    reports.take(row.id, await fill_account(row.id, poll))
        return PollReport(listings=reports.all, received=received)

    async def _since(self, began: Stamp) -> float:
        stamp = await TakeStamp()
        return (stamp.now - began.now).total_seconds()

    async def mentions(self, **filters: Unpack[Filters]) -> tuple[Mention, ...]:
        """The mentions that pass every filter, newest first, 50 at most unless ``limit`` says otherwise."""
        rows = await self._rows(filters.pop("account", None))
        names = {row.id: row.name for row in rows}
        found = await inbox.list_mentions(tuple(names), filters)
        return tuple(loaded(data, public_id, names) for public_id, data in found)

    async def conversation(self, key: MentionName, *, refresh: bool = False) -> Conversation:
        """Everything said under one root, and our answers. ``refresh`` asks the platform first, where it can tell.

        ``key`` is the conversation's, or any of its mentions. Raises ConfigError where nothing of it was heard.
        """
        rows = {row.id: row for row in await self._rows(None)}
        wanted = name_of(key)
        names = {row.id: row.name for row in rows.values()}
        accounts = heard_by(key, names)
        said = await inbox.find_mention(accounts, wanted)
        if said is not None:
            accounts, wanted = (said[0],), thread_key(Mention.model_validate_json(said[2]))
        thread = await inbox.find_thread(accounts, wanted)
        if thread is None:
            raise ConfigError(f"There is no conversation {wanted!r} in the inbox.")
        here = (thread.account_id,)
        if refresh:
            await self._walk_conversation(rows[thread.account_id], wanted)
            thread = await inbox.find_thread(here, wanted) or thread
        receipts = await outgoing.list_receipts(here, state=None, thread=wanted, limit=200)
        return Conversation(
            key=thread.key,
            account=names[thread.account_id],
            subject=None if thread.subject is None else ExternalId.of(thread.subject),
            linked=thread.linked,
            provisional=thread.provisional,
            opened_at=moment(thread.opened_at),
            last_at=moment(thread.last_at),
            mentions=tuple(loaded(data, public_id, names) for public_id, data in thread.mentions),
            receipts=tuple(named(receipt, names) for receipt in reversed(receipts)),
        )

    async def _walk_conversation(self, row: AccountRow, key: str) -> None:
        place = await self._ready_place(row)
        if all(stream.name != "conversation" for stream in place.connector.streams):
            raise Rejected("unsupported", f"{row.platform} cannot list a conversation.", scope="stream")
        root = ExternalId.of(key)
        topic = Topic(root.value, {"kind": root.kind})
        (listening,) = listenings(place.connector, "conversation", topics=(topic,))
        paging = Paging(listening.stream, Cursor(), topics=(topic,))
        session = place.session("follow_up")
        for _ in range(CONVERSATION_PAGES):
            intake = await take_page(paging, session, listening=listening, via="lookup")
            read, unread = await follow_up(intake.read, intake.unread, session)
            record = await self._page_record(place, session)
            stored = await store_page(
                replace(
                    record,
                    stream="conversation",
                    topic=topic.key,
                    read=await enriched(read, row.id, self._enricher(row)),
                    unread=unread,
                )
            )
            await self._tell(row, stored.events)
            if paging.done:
                return

    async def refresh(self, names: Sequence[MentionName]) -> tuple[Mention, ...]:
        """These mentions as the platform tells them now: edits, deletions and counts are stored before they return."""
        known = [await self.mention(name) for name in names]
        for account in dict.fromkeys(mention.account for mention in known):
            place = await self._ready_place(await self._row(account))
            session = place.session("follow_up")
            read, unread = await look_up(session, [said.id for said in known if said.account == account])
            record = await self._page_record(place, session)
            labelled = await enriched(read, place.account.id, self._enricher(place.account))
            stored = await store_page(replace(record, read=labelled, unread=unread))
            await self._tell(place.account, stored.events)
        return tuple([await self.mention(said) for said in known])

    async def actions(self, name: MentionName, *, sender: Sender = "human") -> tuple[Action, ...]:
        """What may be done with a mention now, or may not, and why and until when."""
        mention = await self.mention(name)
        place, _ = await self._place(mention.account)
        stamp = await TakeStamp()
        standing = await read_standing(
            Asking(account_id=place.account.id, target=mention, now=stamp.now, sender=sender)
        )
        return place.connector.actions(standing)
