"""What every operation of a desk stands on: its parts, and how accounts and mentions are found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from socialdesk._engine.effects import TakeStamp
from socialdesk._engine.session import Session
from socialdesk._engine.silence import FALSE_ALARM
from socialdesk.desk import accounts, inbox
from socialdesk.desk.accounts import AccountRow
from socialdesk.desk.enriching import Enrich
from socialdesk.desk.hooks import Hooks
from socialdesk.desk.listings import open_for_asking
from socialdesk.desk.pages import PageRecord
from socialdesk.desk.publishing import Publish, publish
from socialdesk.desk.vault import Vault
from socialdesk.desk.worker import Worker
from socialdesk.desk.workplace import Workplace, Workshop, identified, require_account
from socialdesk.errors import ConfigError
from socialdesk.media import MediaFolder
from socialdesk.models import Event, ExternalId, Mention, Receipt
from socialdesk.registry import Registry

__all__ = ["MentionName", "Premises", "loaded", "name_of", "named"]

MentionName = Mention | ExternalId | str
"""How a mention may be named: itself, its id on the platform, or its id at the desk."""


@dataclass(frozen=True)
class Premises:
    """A desk's parts. ``tenant`` None sees every tenant's accounts; ``false_alarm`` is in which time the alarm of
    silence may be wrong once, None for no alarm."""

    registry: Registry
    workshop: Workshop
    vault: Vault
    worker: Worker
    hooks: Hooks
    media: MediaFolder
    timeout: float
    tenant: str | None = None
    false_alarm: timedelta | None = FALSE_ALARM

    async def _row(self, name: str) -> AccountRow:
        return require_account(await accounts.list_accounts(self.tenant, name), name)

    async def _rows(self, name: str | None) -> tuple[AccountRow, ...]:
        rows = await accounts.list_accounts(self.tenant, name)
        return (require_account(rows, name),) if name is not None else rows

    async def _place(self, name: str) -> tuple[Workplace, AccountRow]:
        row = await self._row(name)
        return await self._place_of(row), row

    async def _place_of(self, row: AccountRow) -> Workplace:
        stamp = await TakeStamp()
        opened = await open_for_asking(row.id, stamp.now)
        if opened is None:
            raise ConfigError(f"The account {row.name!r} was removed meanwhile.")
        return self.workshop.open(opened.account, opened.budgets, self.worker.is_alive)

    async def _ready_place(self, row: AccountRow) -> Workplace:
        place = await self._place_of(row)
        await self._tell(row, await identified(place))
        return place

    async def _tell(self, row: AccountRow, events: Sequence[Event]) -> None:
        """Hand events that are committed to the hooks."""
        await publish(events, self._publisher(row))

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
            spending=place.ledger.changes(stamp.now),
            plugin_version=place.plugin_version,
        )

    def _enricher(self, row: AccountRow) -> Enrich | None:
        """What judges mentions of this account."""
        return self.hooks.enricher(row)

    def _publisher(self, row: AccountRow) -> Publish:
        def tell(events: Sequence[Event]) -> None:
            if self.hooks.has_listeners():
                self.hooks.publish([event.model_copy(update={"account": row.name}) for event in events])

        return tell

    async def mention(self, name: MentionName) -> Mention:
        """One mention, by its id here or on its platform. Raises ConfigError where there is none."""
        rows = {row.id: row.name for row in await self._rows(None)}
        wanted = name_of(name)
        found = await inbox.find_mention(heard_by(name, rows), wanted)
        if found is None:
            raise ConfigError(f"There is no mention {wanted!r} in the inbox.")
        _account_id, public_id, data = found
        return loaded(data, public_id, rows)


def name_of(name: MentionName) -> str:
    if isinstance(name, Mention):
        return name.public_id or str(name.id)
    return str(name)


def heard_by(name: MentionName, rows: Mapping[str, str]) -> tuple[str, ...]:
    """The accounts that may have heard what is named: two of ours may have heard the same post, each for itself."""
    own = tuple(row for row, title in rows.items() if isinstance(name, Mention) and title == name.account)
    return own or tuple(rows)


def loaded(data: str, public_id: str | None, names: Mapping[str, str]) -> Mention:
    mention = Mention.model_validate_json(data)
    account = names.get(mention.account, mention.account)
    return mention.model_copy(update={"public_id": public_id, "account": account})


def named(receipt: Receipt, names: Mapping[str, str]) -> Receipt:
    return receipt.model_copy(update={"account": names.get(receipt.account, receipt.account)})
