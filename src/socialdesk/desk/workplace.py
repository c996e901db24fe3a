"""One account opened for work: its connector, its budgets, its tokens."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import orjson
from pydantic import SecretStr

from socialdesk._engine.breakers import Alive, Gate
from socialdesk._engine.clocks import PlatformClock
from socialdesk._engine.effects import TakeStamp
from socialdesk._engine.exchange import converse
from socialdesk._engine.leasing import LeasedLedger
from socialdesk._engine.limits import Lane
from socialdesk._engine.retry import Repeats
from socialdesk._engine.session import Session
from socialdesk.connector import Connector, Profile, Settings
from socialdesk.desk import resuming
from socialdesk.desk.accounts import AccountRow
from socialdesk.desk.breakers import consult
from socialdesk.desk.budgets import Funds, borrow, scopes, settle_up
from socialdesk.desk.credentials import StoredTokens
from socialdesk.desk.ongoing import Ongoing, WalkKey
from socialdesk.desk.vault import Vault
from socialdesk.errors import AuthError, ConfigError, PluginError, Rejected, SocialdeskError
from socialdesk.models import Event
from socialdesk.registry import Registry

__all__ = ["Workplace", "Workshop", "split_settings"]

log = logging.getLogger("socialdesk.desk")

IDENTITY_HOLDS = timedelta(days=1)
IDENTITY_AGAIN = timedelta(hours=1)


def split_settings(settings: Settings) -> tuple[str, str | None]:
    """Settings as two texts: what may be read by anyone, and the secrets (None where there are none)."""
    plain: dict[str, Any] = {}
    secret: dict[str, str] = {}
    for name, value in settings:
        if isinstance(value, SecretStr):
            secret[name] = value.get_secret_value()
        else:
            plain[name] = value
    open_text = orjson.dumps(settings.model_dump(mode="json", include=set(plain))).decode()
    return open_text, orjson.dumps(secret).decode() if secret else None


@dataclass
class Workplace:
    """One account, opened: what a step works with."""

    account: AccountRow
    connector: Connector[Any, Any]
    ledger: LeasedLedger
    tokens: StoredTokens
    plugin_version: str
    clock: PlatformClock = field(default_factory=PlatformClock)
    ongoing: Ongoing = field(default_factory=Ongoing)
    renewed_for: set[str] = field(default_factory=set)

    def session(self, lane: Lane) -> Session:
        return Session(
            self.connector, self.ledger, self.tokens, lane=lane, name=self.account.id, clock=self.clock
        )

    def walk_key(self, stream: str, topic: str, *, backfill: bool = False) -> WalkKey:
        """What a walk is known by as long as the account is set as it is."""
        account = self.account
        return (account.id, account.settings, account.app_settings, stream, topic, backfill)

    async def settle_up(self, now: datetime) -> None:
        """Give back what is left of what was leased, and say what was spent, where that was not said yet."""
        if self.ledger.owes:
            self.ledger.give_back()
            await settle_up(self.account.id, self.ledger.changes(now))


class Workshop:
    """Makes workplaces; keeps each account's connector until its settings change, its platform's clock, and how much
    may be repeated."""

    def __init__(self, registry: Registry, vault: Vault) -> None:
        self._registry = registry
        self._vault = vault
        self._made: dict[str, tuple[tuple[object, ...], Connector[Any, Any]]] = {}
        self._clocks: dict[str, PlatformClock] = {}
        self._ongoing = Ongoing()
        self._repeats = Repeats()

    def open(self, account: AccountRow, funds: Funds, alive: Alive, owner: str | None = None) -> Workplace:
        """For the run ``owner``, None where it is none. Raises ConfigError or PluginError where no connector can be
        made of what is stored."""
        connector = self.connector(account)
        ledger = LeasedLedger(connector.limits, scopes(account), funds.budgets, partial(borrow, account))
        ledger.gate = Gate(account.platform, owner, funds.troubled, partial(consult, alive))
        ledger.repeats = self._repeats
        if funds.at is not None:
            ledger.take(funds.loans, funds.at)
        return Workplace(
            account,
            connector,
            ledger,
            StoredTokens(account, self._vault),
            _version_of(connector),
            self._clocks.setdefault(account.id, PlatformClock()),
            self._ongoing,
        )

    def connector(self, account: AccountRow) -> Connector[Any, Any]:
        made = self._made.get(account.id)
        if made is not None and made[0] == account.fingerprint:
            return made[1]
        own = self.joined(account.settings, account.secrets)
        shared = (
            self.joined(account.app_settings, account.app_secrets) if account.app_id is not None else None
        )
        connector = self._registry.connect(account.platform, own, shared, account.profile)
        self._made[account.id] = (account.fingerprint, connector)
        return connector

    def joined(self, settings: str, secrets: str | None) -> dict[str, Any]:
        """Stored settings with their secrets."""
        values: dict[str, Any] = orjson.loads(settings)
        if secrets is not None:
            values.update(orjson.loads(self._vault.unlock(secrets)))
        return values


def _version_of(connector: Connector[Any, Any]) -> str:
    return _installed(type(connector).__module__.partition(".")[0].replace("_", "-"))


@cache  # looking it up reads files, and every step asks
def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""  # a connector that the application itself defines


async def identified(place: Workplace) -> tuple[Event, ...]:
    """See to it that the connector knows who the account is, where the platform tells; gives what to tell of it."""
    if place.connector.profile is not None:
        return ()
    try:
        profile = await converse(place.connector.identify(), place.session("follow_up"))
    except Rejected as error:
        if error.reason != "unsupported":
            raise
        return ()
    if not isinstance(profile, Profile):
        raise PluginError(
            f"{place.account.platform}: identify() returned {type(profile).__name__}, not a Profile."
        )
    events = await resuming.save_profile(place.account.id, profile, await TakeStamp())
    place.connector = _as(place.connector, profile)
    return events


async def identified_anew(place: Workplace, now: datetime) -> tuple[Event, ...]:
    """Ask again who the account is, once a day: names, servers and what was granted change. Gives what to tell of it.

    Raises AuthError alone. What else may fail ends no hearing: what was known holds, and in an hour it is asked again.
    """
    known, since = place.connector, place.account.profile_at
    if known.profile is None or since is None or now - since < IDENTITY_HOLDS:  # or told just now
        return ()
    place.connector = _as(known, None)
    try:
        return await identified(place)
    except AuthError:
        raise
    except SocialdeskError as error:
        log.warning("%s: who it is cannot be asked now: %s", place.account.name, error)
        place.connector = known
        await resuming.put_off_profile(place.account.id, now - IDENTITY_HOLDS + IDENTITY_AGAIN)
        return ()


def _as(connector: Connector[Any, Any], profile: Profile | None) -> Connector[Any, Any]:
    return type(connector)(connector.config, connector.app, profile)


def require_account(rows: tuple[AccountRow, ...], name: str) -> AccountRow:
    """The one account of this name. Raises ConfigError where there is none, or one in each of several tenants."""
    if len(rows) == 1:
        return rows[0]
    if not rows:
        raise ConfigError(f"There is no account named {name!r}.")
    raise ConfigError(f"Several tenants have an account named {name!r}: use desk.scoped(tenant).")
