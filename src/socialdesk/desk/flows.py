"""What a desk does, as flows: the one code behind Desk and AsyncDesk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypedDict, Unpack

import orjson

from socialdesk._engine.cursor import Cursor, Paging
from socialdesk._engine.effects import TakeStamp
from socialdesk._engine.exchange import Session
from socialdesk._engine.ingest import listenings, look_up, take_page
from socialdesk._engine.outbox import plan_parts, plan_reply, verify_target
from socialdesk.connector import Profile, Standing, Topic
from socialdesk.desk import accounts, inbox, outgoing
from socialdesk.desk.accounts import AccountRow, NewAccount
from socialdesk.desk.hooks import Hooks
from socialdesk.desk.inbox import Filters, PageRecord
from socialdesk.desk.outgoing import Decision, NewReply
from socialdesk.desk.polling import Poll, poll_account
from socialdesk.desk.reports import Account, DrainReport, ListingReport, PollReport
from socialdesk.desk.schema import moment
from socialdesk.desk.sending import Drain, drain_account
from socialdesk.desk.vault import Vault
from socialdesk.desk.worker import Worker
from socialdesk.desk.workplace import Workplace, Workshop, identified, require_account, split_settings
from socialdesk.errors import ConfigError, Rejected
from socialdesk.models import (
    Action,
    Attachment,
    Conversation,
    Event,
    ExternalId,
    Mention,
    Mode,
    Overflow,
    Plan,
    Receipt,
    Reply,
    Rule,
    Sender,
)
from socialdesk.registry import Registry

__all__ = ["AnswerOptions", "ConnectOptions", "DeskFlows"]

CONVERSATION_PAGES = 10
MentionName = Mention | ExternalId | str


class ConnectOptions(TypedDict, total=False):
    """``rules`` are what to listen for beside what addresses the account; ``hear_from`` is the earliest moment of
    interest (None: all that the platform still tells), by default now."""

    tenant: str
    rules: Sequence[Rule]
    hear_from: datetime | None


class AnswerOptions(TypedDict, total=False):
    """As the fields of :class:`socialdesk.Reply`."""

    mode: Mode
    sender: Sender
    overflow: Overflow
    attachments: tuple[Attachment, ...]
    expected_revision: int | None


@dataclass(frozen=True)
class DeskFlows:
    """A desk's operations. ``tenant`` None sees every tenant's accounts."""

    registry: Registry
    workshop: Workshop
    vault: Vault
    worker: Worker
    hooks: Hooks
    timeout: float
    tenant: str | None = None

    # ---------------------------------------------------------------------------------------------- accounts

    async def app(self, platform: str, *, name: str, settings: Mapping[str, Any]) -> str:
        """Keep what all accounts of one developer app share, or its new settings; gives its id.

        Raises ConfigError with everything that is wrong.
        """
        kind = self.registry.connector(platform)
        checked = self.registry.validate(kind.App, settings, f"The settings for the {platform} app {name!r}")
        plain, secret = split_settings(checked)
        stamp = await TakeStamp()
        return await accounts.save_app(
            {
                "id": stamp.uuid(),
                "platform": platform,
                "name": name,
                "settings": plain,
                "secrets": None if secret is None else self.vault.lock(secret),
                "created_at": None,
            }
        )

    async def connect(
        self,
        platform: str,
        *,
        name: str,
        settings: Mapping[str, Any],
        app: str | None = None,
        **options: Unpack[ConnectOptions],
    ) -> Account:
        """Add an account, or give one of this name new settings. Asks the platform nothing yet.

        What stood at the platform before is not fetched: hearing begins now, or at ``hear_from``. Where ``app`` is
        None, the app's settings may stand among the account's. Raises ConfigError with everything that is wrong.
        """
        tenant = options.get("tenant", self.tenant or "")
        stamp = await TakeStamp()
        app_id: str | None = None
        own, shared = self.registry.divide(platform, settings)
        if app is not None:
            own = settings
            app_id, plain, locked = await accounts.find_app(platform, app)
            shared = self.workshop.joined(plain, locked)
        connector = self.registry.connect(platform, own, shared)
        if app is None and shared:
            app_name = f"{tenant}/{name}" if tenant else name
            app_id = await self.app(platform, name=app_name, settings=dict(shared))
        plain, secret = split_settings(connector.config)
        rules = tuple(options.get("rules", ()))
        for rule in rules:
            connector.queries(rule)  # a rule that the platform cannot ask is refused now, not at night
        account_id = await accounts.save_account(
            NewAccount(
                id=stamp.uuid(),
                tenant=tenant,
                platform=platform,
                name=name,
                app_id=app_id,
                settings=plain,
                secrets=None if secret is None else self.vault.lock(secret),
                rules=rules,
                hear_from=options.get("hear_from", stamp.now),
                at=stamp.now,
            )
        )
        await accounts.resume_account(account_id, stamp.now)
        return _shown(require_account(await accounts.list_accounts(tenant, name), name))

    async def accounts(self) -> tuple[Account, ...]:
        """The accounts, by tenant and name."""
        return tuple(_shown(row) for row in await accounts.list_accounts(self.tenant, None))

    async def account(self, name: str) -> Account:
        """One account. Raises ConfigError where there is none of this name."""
        return _shown(await self._row(name))

    async def listen(self, account: str, rules: Sequence[Rule]) -> Account:
        """Replace what an account listens for beside what addresses it."""
        row = await self._row(account)
        connector = self.workshop.connector(row)
        for rule in rules:
            connector.queries(rule)
        await accounts.save_rules(row.id, tuple(rules))
        return await self.account(account)

    async def check(self, account: str) -> Account:
        """Ask the platform who the account is, and note that its credentials work. Raises what the platform says."""
        place, row = await self._place(account)
        kind = type(place.connector)
        place.connector = kind(place.connector.config, place.connector.app, None)
        stamp = await TakeStamp()
        await identified(place, stamp.now)
        await accounts.resume_account(row.id, stamp.now)
        return await self.account(row.name)

    async def remove(self, account: str) -> None:
        """Forget an account with its credentials. What it heard and said stays in the tables."""
        row = await self._row(account)
        await accounts.remove_account(row.id)

    async def _row(self, name: str) -> AccountRow:
        return require_account(await accounts.list_accounts(self.tenant, name), name)

    async def _rows(self, name: str | None) -> tuple[AccountRow, ...]:
        rows = await accounts.list_accounts(self.tenant, name)
        return (require_account(rows, name),) if name is not None else rows

    async def _place(self, name: str) -> tuple[Workplace, AccountRow]:
        row = await self._row(name)
        opened = await accounts.open_for_sending(row.id)
        if opened is None:
            raise ConfigError(f"The account {name!r} was removed meanwhile.")
        return self.workshop.open(opened.account, opened.budgets), row

    # ------------------------------------------------------------------------------------------------ hearing

    async def poll(
        self,
        account: str | None = None,
        *,
        due_only: bool = False,
        progress: Callable[[ListingReport], object] | None = None,
    ) -> PollReport:
        """Hear what is new: every listing of the account, or of all accounts, to its end.

        ``due_only`` leaves out what was polled recently. A listing that the platform has put off, for a limit or for
        want of credit, is left alone until then, however often this is called. What goes wrong with one account is
        in the report and does not keep the others waiting.
        """
        reports: list[ListingReport] = []
        with self.worker.run() as owner:
            for row in await self._rows(account):
                poll = Poll(
                    workshop=self.workshop,
                    owner=owner,
                    alive=self.worker.is_alive,
                    due_only=due_only,
                    enrich=self.hooks.enricher(),
                    publish=self._publisher(row),
                )
                for report in await poll_account(row.id, poll):
                    reports.append(report)
                    if progress is not None:
                        progress(report)
        return PollReport(listings=tuple(reports))

    def _publisher(self, row: AccountRow) -> Callable[[Sequence[Event]], None]:
        return lambda events: self.hooks.publish(
            [event.model_copy(update={"account": row.name}) for event in events]
        )

    async def mentions(self, **filters: Unpack[Filters]) -> tuple[Mention, ...]:
        """The mentions that pass every filter, newest first, 50 at most unless ``limit`` says otherwise."""
        rows = await self._rows(filters.pop("account", None))
        names = {row.id: row.name for row in rows}
        found = await inbox.list_mentions(tuple(names), filters)
        return tuple(_loaded(data, public_id, names) for public_id, data in found)

    async def mention(self, name: MentionName) -> Mention:
        """One mention, by its id here or on its platform. Raises ConfigError where there is none."""
        rows = {row.id: row.name for row in await self._rows(None)}
        wanted = _name_of(name)
        found = await inbox.find_mention(tuple(rows), wanted)
        if found is None:
            raise ConfigError(f"There is no mention {wanted!r} in the inbox.")
        _account_id, public_id, data = found
        return _loaded(data, public_id, rows)

    async def conversation(self, key: MentionName, *, refresh: bool = False) -> Conversation:
        """Everything said under one root, and our answers. ``refresh`` asks the platform first, where it can tell.

        ``key`` is the conversation's, or any of its mentions. Raises ConfigError where nothing of it was heard.
        """
        rows = {row.id: row for row in await self._rows(None)}
        wanted = _name_of(key)
        thread = await inbox.find_thread(tuple(rows), wanted)
        if thread is None:
            said = await inbox.find_mention(tuple(rows), wanted)
            if said is not None:
                wanted = inbox.thread_key(Mention.model_validate_json(said[2]))
                thread = await inbox.find_thread(tuple(rows), wanted)
        if thread is None:
            raise ConfigError(f"There is no conversation {wanted!r} in the inbox.")
        if refresh:
            await self._walk_conversation(rows[thread.account_id], wanted)
            thread = await inbox.find_thread(tuple(rows), wanted) or thread
        names = {row.id: row.name for row in rows.values()}
        receipts = await outgoing.list_receipts(tuple(rows), state=None, thread=wanted, limit=200)
        return Conversation(
            key=thread.key,
            account=names[thread.account_id],
            subject=None if thread.subject is None else ExternalId.of(thread.subject),
            linked=thread.linked,
            provisional=thread.provisional,
            opened_at=moment(thread.opened_at),
            last_at=moment(thread.last_at),
            mentions=tuple(_loaded(data, None, names) for data in thread.mentions),
            receipts=tuple(_named(receipt, names) for receipt in reversed(receipts)),
        )

    async def _walk_conversation(self, row: AccountRow, key: str) -> None:
        place, _ = await self._place(row.name)
        if all(stream.name != "conversation" for stream in place.connector.streams):
            raise Rejected("unsupported", f"{row.platform} cannot list a conversation.", scope="stream")
        stamp = await TakeStamp()
        await identified(place, stamp.now)
        topic = Topic(ExternalId.of(key).value)
        (listening,) = listenings(place.connector, "conversation", topics=(topic,))
        paging = Paging(listening.stream, Cursor(), topics=(topic,))
        session = place.session("follow_up")
        for _ in range(CONVERSATION_PAGES):
            intake = await take_page(paging, session, listening=listening, via="lookup")
            record = await self._page_record(place, session)
            await inbox.store_page(
                replace(
                    record, stream="conversation", topic=topic.key, read=intake.read, unread=intake.unread
                )
            )
            if paging.done:
                return

    async def _page_record(self, place: Workplace, session: Session) -> PageRecord:
        stamp = await TakeStamp()
        return PageRecord(
            account_id=place.account.id,
            stream="",
            topic="",
            owner="",
            epoch=0,
            cursor="",
            stamp=stamp,
            via="lookup",
            budgets=session.ledger.changes(),
            plugin_version=place.plugin_version,
        )

    async def refresh(self, names: Sequence[MentionName]) -> tuple[Mention, ...]:
        """These mentions as the platform tells them now: edits, deletions and counts are stored before they return."""
        known = [await self.mention(name) for name in names]
        for account in dict.fromkeys(mention.account for mention in known):
            place, _ = await self._place(account)
            stamp = await TakeStamp()
            await identified(place, stamp.now)
            session = place.session("follow_up")
            read, unread = await look_up(session, [said.id for said in known if said.account == account])
            record = await self._page_record(place, session)
            stored = await inbox.store_page(replace(record, read=read, unread=unread))
            self._publisher(place.account)(stored.events)
        return tuple([await self.mention(said.id) for said in known])

    async def actions(self, name: MentionName, *, sender: Sender = "human") -> tuple[Action, ...]:
        """What may be done with a mention now, or may not, and why and until when."""
        mention = await self.mention(name)
        place, _ = await self._place(mention.account)
        stamp = await TakeStamp()
        return place.connector.actions(Standing(now=stamp.now, target=mention, sender=sender))

    # ----------------------------------------------------------------------------------------------- answering

    async def plan(self, mention: MentionName, text: str, **options: Unpack[AnswerOptions]) -> Plan:
        """What an answer would send, part by part, with its cost, warnings and refusals. Sends and stores nothing."""
        reply = await self._reply_to(mention, text, "plan", options)
        place = await self._ready_place(reply.account)
        stamp = await TakeStamp()
        plan = plan_reply(place.connector, reply, _standing(reply, stamp.now), stamp)
        reason = self.hooks.forbids(reply)
        if reason is None:
            return plan
        return plan.model_copy(update={"refusals": (*plan.refusals, f"not_permitted: {reason}")})

    async def reply(
        self, mention: MentionName, text: str, *, key: str, **options: Unpack[AnswerOptions]
    ) -> Receipt:
        """Answer a mention. The reply is durable when this returns; :meth:`drain` or :meth:`run` sends it.

        ``key`` is bound to the content: the same key again gives the same receipt, whatever happened between. Raises
        Rejected where the platform would not take it, ConfigError where the key was used for something else.
        """
        reply = await self._reply_to(mention, text, key, options)
        self.hooks.check_outgoing(reply)
        refusal = verify_target(reply)
        if refusal is not None:
            reason, _, words = refusal.partition(": ")
            raise Rejected(reason, words)  # type: ignore[arg-type]  # verify_target's words begin with a reason
        return await self._enqueue(reply)

    async def _enqueue(self, reply: Reply) -> Receipt:
        place = await self._ready_place(reply.account)
        stamp = await TakeStamp()
        parts = plan_parts(place.connector, reply, _standing(reply, stamp.now), stamp)
        thread = (
            inbox.thread_key(reply.target) if reply.target is not None else f"announcement:{stamp.uuid(999)}"
        )
        receipt = await outgoing.enqueue(
            NewReply(
                account_id=place.account.id,
                id=stamp.uuid(1000),
                reply=reply,
                parts=parts,
                thread=thread,
                at=stamp.now,
            )
        )
        return receipt.model_copy(update={"account": reply.account})

    async def _ready_place(self, account: str) -> Workplace:
        place, _ = await self._place(account)
        stamp = await TakeStamp()
        await identified(place, stamp.now)
        return place

    async def _reply_to(self, name: MentionName, text: str, key: str, options: AnswerOptions) -> Reply:
        mention = await self.mention(name)
        return Reply(idempotency_key=key, account=mention.account, target=mention, text=text, **options)

    async def drain(self, account: str | None = None) -> DrainReport:
        """Send what is due, and look for what may have been sent."""
        rows = {row.id: row for row in await self._rows(account)}
        stamp = await TakeStamp()
        report = DrainReport()
        with self.worker.run() as owner:
            for account_id in await outgoing.due_accounts(tuple(rows), stamp.now):
                drain = Drain(
                    workshop=self.workshop,
                    owner=owner,
                    alive=self.worker.is_alive,
                    timeout=timedelta(seconds=self.timeout),
                    publish=self._publisher(rows[account_id]),
                )
                report += await drain_account(account_id, drain)
        return report

    async def receipt(self, key: str) -> Receipt:
        """What became of a reply. Raises ConfigError where there is none of this key."""
        names = {row.id: row.name for row in await self._rows(None)}
        found = await outgoing.find_receipt(tuple(names), key)
        if found is None:
            raise ConfigError(f"There is no reply with the key {key!r}.")
        return _named(found, names)

    async def receipts(
        self, *, account: str | None = None, state: str | None = None, limit: int = 50
    ) -> tuple[Receipt, ...]:
        """The replies, newest first."""
        names = {row.id: row.name for row in await self._rows(account)}
        found = await outgoing.list_receipts(tuple(names), state=state, thread=None, limit=limit)
        return tuple(_named(receipt, names) for receipt in found)

    async def cancel(self, key: str) -> Receipt:
        """Take back what of a reply is not sent yet. Raises ConfigError where nothing is left to take back."""
        return await self._decide(key, "cancel", None, None)

    async def settle(self, key: str, *, sent: ExternalId | None = None, url: str | None = None) -> Receipt:
        """A person's word on a part that needs one: it was posted, as ``sent``; None: it was not, send it again."""
        return await self._decide(key, "retry" if sent is None else "sent", sent, url)

    async def _decide(self, key: str, action: Any, sent: ExternalId | None, url: str | None) -> Receipt:
        names = {row.id: row.name for row in await self._rows(None)}
        found = await outgoing.find_receipt(tuple(names), key)
        if found is None:
            raise ConfigError(f"There is no reply with the key {key!r}.")
        stamp = await TakeStamp()
        decision = Decision(action=action, at=stamp.now, event_id=stamp.uuid(), id=sent, url=url)
        return _named(await outgoing.decide(found.account, key, decision), names)

    async def tick(self) -> datetime | None:
        """One round of :meth:`run`: send and poll what is due; gives the next moment at which anything is."""
        await self.drain()
        await self.poll(due_only=True)
        rows = tuple(row.id for row in await self._rows(None))
        moments = [due for due in await outgoing.next_due(rows) if due is not None]
        return min(moments, default=None)

    async def counts(self) -> dict[str, dict[str, int]]:
        """Per account: mentions, items in quarantine, and parts in each state."""
        names = {row.id: row.name for row in await self._rows(None)}
        found = await inbox.count_waiting(tuple(names))
        return {names[account_id]: counts for account_id, counts in found.items()}


def _standing(reply: Reply, now: datetime) -> Standing:
    return Standing(now=now, target=reply.target, sender=reply.sender)


def _name_of(name: MentionName) -> str:
    return str(name.id) if isinstance(name, Mention) else str(name)


def _loaded(data: str, public_id: str | None, names: Mapping[str, str]) -> Mention:
    mention = Mention.model_validate_json(data)
    account = names.get(mention.account, mention.account)
    return mention.model_copy(update={"public_id": public_id, "account": account})


def _named(receipt: Receipt, names: Mapping[str, str]) -> Receipt:
    return receipt.model_copy(update={"account": names.get(receipt.account, receipt.account)})


def _shown(row: AccountRow) -> Account:
    profile: Profile | None = row.profile
    return Account(
        id=row.id,
        name=row.name,
        platform=row.platform,
        tenant=row.tenant,
        app=row.app_id,
        state=row.state,
        problem=row.problem,
        handle=profile.handle if profile is not None else None,
        rules=row.rules,
        settings=orjson.loads(row.settings),
    )
