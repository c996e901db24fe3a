"""What a desk does with apps and accounts, as flows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict, Unpack

import orjson

from socialdesk._engine.effects import TakeStamp
from socialdesk.auth import Stamp
from socialdesk.connector import Connector, Settings
from socialdesk.desk import accounts, pushes, resuming
from socialdesk.desk.accounts import AccountRow, NewAccount
from socialdesk.desk.premises import Premises
from socialdesk.desk.removing import remove_account
from socialdesk.desk.reports import Account
from socialdesk.desk.workplace import identified, require_account, split_settings
from socialdesk.errors import ConfigError
from socialdesk.models import Rule

__all__ = ["ConnectOptions", "Managing"]

PRIVATE = "//"
"""Stands in the name of an app whose settings stood among an account's: it is that account's alone."""


class ConnectOptions(TypedDict, total=False):
    """``rules`` are what to listen for beside what addresses the account, by default those that stand; ``hear_from`` is
    the earliest moment of interest (None: all that the platform still tells), by default now; ``hear_last`` asks for so
    many of what each listing held before, and for what comes from now on. ``prices`` are what the
    units cost that the platform bills, in a currency of your own, as in ``{"post_read": "0.005"}``."""

    tenant: str
    rules: Sequence[Rule]
    hear_from: datetime | None
    hear_last: int
    prices: Mapping[str, Decimal | str]


class Managing(Premises):
    """Apps and accounts."""

    async def app(self, platform: str, *, name: str, settings: Mapping[str, Any]) -> str:
        """Keep what all accounts of one developer app share, or its new settings; gives its id.

        An app that a scoped desk keeps is its tenant's; any other may be used by every tenant. Raises ConfigError
        with everything that is wrong.
        """
        _check_names(app=name)
        return await self._keep_app(platform, f"{self.tenant}/{name}" if self.tenant else name, settings)

    async def _keep_app(self, platform: str, name: str, settings: Mapping[str, Any]) -> str:
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

    async def apps(self) -> tuple[tuple[str, str], ...]:
        """(platform, name) of every developer app that accounts may be connected with."""
        own = f"{self.tenant}/" if self.tenant else ""
        found = [(platform, name.removeprefix(own)) for platform, name, _id in await accounts.list_apps()]
        return tuple(app for app in found if "/" not in app[1] or (not own and PRIVATE not in app[1]))

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
        tenant = self._tenant_of(options)
        _check_names(account=name, tenant=tenant)
        stamp = await TakeStamp()
        own, shared, app_id = await self._settings_of(platform, settings, app, tenant)
        connector = self.registry.connect(platform, own, shared)
        plain, secret = split_settings(connector.config)
        rules = tuple(options["rules"]) if "rules" in options else None
        _check_wishes(connector, options)
        if app is None and shared:
            app_id = await self._keep_app(platform, f"{tenant}{PRIVATE}{name}", dict(shared))
        await accounts.save_account(
            NewAccount(
                id=stamp.uuid(),
                tenant=tenant,
                platform=platform,
                name=name,
                app_id=app_id,
                settings=plain,
                secrets=None if secret is None else self.vault.lock(secret),
                rules=rules,
                # platforms tell the second in which something was said, and no more
                hear_from=options.get("hear_from", stamp.now.replace(microsecond=0)),
                at=stamp.now,
                prices=_read_prices(options["prices"]) if "prices" in options else None,
                hear_last=options.get("hear_last"),
            )
        )
        return await self._resumed(tenant, name, stamp)

    async def _resumed(self, tenant: str, name: str, stamp: Stamp) -> Account:
        """The account, after a person has seen to it: what was put off for it is due now."""
        row = require_account(await accounts.list_accounts(tenant, name), name)
        resumed = await resuming.resume_account(row.id, stamp)
        await pushes.awaken(row.app_id or row.id, stamp.now)
        await self._tell(row, resumed)
        return _shown(require_account(await accounts.list_accounts(tenant, name), name))

    def _tenant_of(self, options: ConnectOptions) -> str:
        tenant = options.get("tenant", self.tenant or "")
        if self.tenant is not None and tenant != self.tenant:
            raise ConfigError(
                f"This desk is scoped to the tenant {self.tenant!r}: it adds no account of another."
            )
        return tenant

    async def _settings_of(
        self, platform: str, settings: Mapping[str, Any], app: str | None, tenant: str
    ) -> tuple[Mapping[str, Any] | Settings, Mapping[str, Any] | Settings, str | None]:
        """The account's settings, the app's, and the app's id where it is one that was added by name."""
        if app is None:
            return *self.registry.divide(platform, settings), None
        _check_names(app=app)
        app_id, plain, locked = await accounts.find_app(platform, app, tenant)
        return settings, self.workshop.joined(plain, locked), app_id

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
        place.connector = type(place.connector)(place.connector.config, place.connector.app, None)
        told = await identified(place)
        stamp = await TakeStamp()
        resumed = await resuming.resume_account(row.id, stamp, identified=True)
        await self._tell(row, (*told, *resumed))
        await pushes.awaken(row.app_id or row.id, stamp.now)
        return await self.account(row.name)

    async def remove(self, account: str) -> None:
        """Forget an account with its credentials. What it heard and said stays; what waits to be said is never said."""
        row = await self._row(account)
        await remove_account(row.id)


def _check_wishes(connector: Connector[Any, Any], options: ConnectOptions) -> None:
    """Raises Rejected or ConfigError where the platform cannot be asked so: now, and not at night."""
    for rule in options.get("rules", ()):
        connector.queries(rule)
    if "hear_last" not in options:
        return
    if "hear_from" in options or options["hear_last"] < 1:
        raise ConfigError("hear_last: at least 1, and not together with hear_from.")
    upward = [stream.name for stream in connector.streams if stream.polled and stream.order == "oldest"]
    if upward:
        raise ConfigError(
            f"hear_last: {connector.platform} lists {', '.join(upward)} from old to new, so that its last ones cannot "
            "be asked for: give hear_from instead."
        )


def _read_prices(prices: Mapping[str, Decimal | str]) -> dict[str, Decimal]:
    """Raises ConfigError with everything that is no price."""
    read: dict[str, Decimal] = {}
    problems: list[str] = []
    for unit, price in prices.items():
        try:
            read[unit] = Decimal(price)
        except (ArithmeticError, TypeError, ValueError):
            problems.append(f"{unit}: a number, as in 0.005.")
            continue
        if not read[unit].is_finite() or read[unit] < 0:
            problems.append(f"{unit}: not below 0.")
    if problems:
        raise ConfigError("These are no prices.", problems=tuple(problems))
    return read


def _check_names(**names: str) -> None:
    problems = [
        f"{what}: a name without '/', and not empty; it is {name!r}."
        for what, name in names.items()
        if "/" in name or (not name.strip() and what != "tenant")
    ]
    if problems:
        raise ConfigError("This cannot be a name.", problems=tuple(problems))


def _shown(row: AccountRow) -> Account:
    profile = row.profile
    return Account(
        id=row.id,
        name=row.name,
        platform=row.platform,
        tenant=row.tenant,
        app=row.app_id,
        health=row.health,
        handle=profile.handle if profile is not None else None,
        rules=row.rules,
        settings=orjson.loads(row.settings),
    )
