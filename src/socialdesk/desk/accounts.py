"""Store calls about apps, accounts, their streams, tokens and budgets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from socialdesk._engine.effects import reads, writes
from socialdesk.connector import Profile, Push
from socialdesk.desk import schema
from socialdesk.desk.bulk import Prepared
from socialdesk.desk.dialects import alone
from socialdesk.desk.kept import (
    Prices,
    dump_prices,
    dump_push,
    dump_rules,
    load_prices,
    load_profile,
    load_push,
    load_rules,
)
from socialdesk.desk.schema import micros, moment
from socialdesk.desk.symptoms import load_health
from socialdesk.errors import ConfigError
from socialdesk.models import Health, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account as it is written. ``secrets`` is encrypted already; ``rules`` and ``prices`` None keep what stands."""

    id: str
    tenant: str
    platform: str
    name: str
    app_id: str | None
    settings: str
    secrets: str | None
    rules: tuple[Rule, ...] | None
    hear_from: datetime | None
    at: datetime
    prices: Prices | None = None
    hear_last: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """An account with its app, as stored: secrets and tokens are still encrypted."""

    id: str
    tenant: str
    platform: str
    name: str
    app_id: str | None
    settings: str
    secrets: str | None
    tokens: str | None
    tokens_version: int
    app_settings: str
    app_secrets: str | None
    app_tokens: str | None
    app_tokens_version: int
    profile: Profile | None
    profile_at: datetime | None
    rules: tuple[Rule, ...]
    hear_from: datetime | None
    health: Health
    listen_at: datetime | None = None
    prices: Prices = field(default_factory=dict)
    push: Push | None = None
    hear_last: int | None = None

    @property
    def fingerprint(self) -> tuple[object, ...]:
        """What a connector is made of: equal fingerprints, equal connectors."""
        return (self.settings, self.secrets, self.app_settings, self.app_secrets, self.profile)


@writes
def save_app(connection: Connection, values: Mapping[str, Any]) -> str:
    """Write an app, or its new settings; gives its id."""
    alone(connection, f"app {values['platform']} {values['name']}")
    table = schema.app
    same = sa.and_(table.c.platform == values["platform"], table.c.name == values["name"])
    known = connection.execute(sa.select(table.c.id).where(same)).scalar()
    if known is not None:
        changed = {"settings": values["settings"], "secrets": values["secrets"], "tokens": None}
        # a renewal that is under way was begun with what stood before: its tokens are not for these settings
        connection.execute(
            sa.update(table).where(same).values(**changed, tokens_version=table.c.tokens_version + 1)
        )
        return str(known)
    connection.execute(sa.insert(table).values(**values, tokens_version=0))
    return str(values["id"])


@reads
def list_apps(connection: Connection) -> tuple[tuple[str, str, str], ...]:
    """(platform, name, id) of every app."""
    table = schema.app
    rows = connection.execute(
        sa.select(table.c.platform, table.c.name, table.c.id).order_by(table.c.platform, table.c.name)
    )
    return tuple((row.platform, row.name, row.id) for row in rows)


@reads
def find_app(connection: Connection, platform: str, name: str, tenant: str) -> tuple[str, str, str | None]:
    """(id, settings, secrets) of an app: the tenant's own, else one for all. Raises ConfigError where there is none."""
    table = schema.app
    names = [f"{tenant}/{name}", name] if tenant else [name]
    row = connection.execute(
        sa.select(table.c.id, table.c.settings, table.c.secrets)
        .where(table.c.platform == platform, table.c.name.in_(names))
        .order_by(sa.func.length(table.c.name).desc())
    ).first()
    if row is None:
        raise ConfigError(f"There is no {platform} app named {name!r}: add it first.")
    return row.id, row.settings, row.secrets


@writes
def save_account(connection: Connection, new: NewAccount) -> str:
    """Write an account, or its new settings; gives its id. What was heard stays, and so do the cursors.

    Raises ConfigError where the name belongs to an account of another platform.
    """
    alone(connection, f"account {new.tenant} {new.name}")
    table = schema.account
    same = sa.and_(table.c.tenant == new.tenant, table.c.name == new.name)
    known = connection.execute(sa.select(table.c.id, table.c.platform).where(same)).first()
    values = {
        "app_id": new.app_id,
        "settings": new.settings,
        "secrets": new.secrets,
        "tokens": None,
        "profile": None,
    }
    if known is None:
        connection.execute(
            sa.insert(table).values(
                id=new.id,
                tenant=new.tenant,
                platform=new.platform,
                name=new.name,
                tokens_version=0,
                rules=dump_rules(new.rules or ()),
                hear_from=micros(new.hear_from),
                hear_last=new.hear_last,
                prices=dump_prices(new.prices or {}),
                state="ok",
                created_at=micros(new.at),
                **values,
            )
        )
        return new.id
    if known.platform != new.platform:
        raise ConfigError(f"The account {new.name!r} is one of {known.platform}: choose another name.")
    if new.rules is not None:
        values["rules"] = dump_rules(new.rules)
    if new.prices is not None:
        values["prices"] = dump_prices(new.prices)
    connection.execute(
        sa.update(table).where(same).values(**values, tokens_version=table.c.tokens_version + 1)
    )
    return str(known.id)


@writes
def save_push(connection: Connection, account_id: str, push: Push) -> None:
    """Remember what the platform delivers for an account, and when that is to be renewed."""
    table = schema.account
    connection.execute(
        sa.update(table)
        .where(table.c.id == account_id)
        .values(push=dump_push(push), push_at=micros(push.renew_at))
    )


@writes
def save_rules(connection: Connection, account_id: str, rules: tuple[Rule, ...]) -> None:
    """Replace what an account listens for."""
    table = schema.account
    connection.execute(sa.update(table).where(table.c.id == account_id).values(rules=dump_rules(rules)))


@reads
def list_accounts(connection: Connection, tenant: str | None, name: str | None) -> tuple[AccountRow, ...]:
    """The accounts of a tenant (None: of all), or the one named."""
    return select_accounts(connection, tenant, name)


def select_accounts(connection: Connection, tenant: str | None, name: str | None) -> tuple[AccountRow, ...]:
    """As :func:`list_accounts`, within a store call."""
    asked = {"tenant": tenant, "name": name}
    given = {column: value for column, value in asked.items() if value is not None}
    rows = _accounts(*given).run(connection, {f"of_{column}": value for column, value in given.items()})
    return tuple(_account(row) for row in rows.mappings())


def read_account(connection: Connection, account_id: str) -> AccountRow | None:
    """The account with this id."""
    row = _accounts("id").run(connection, {"of_id": account_id}).mappings().first()
    return None if row is None else _account(row)


@cache  # they are asked for with every step
def _accounts(*columns: str) -> Prepared:
    """The accounts, in order, with a given value in each of these columns: that of ``of_`` and the column's name."""
    account, app = schema.account, schema.app
    return Prepared(
        sa.select(
            account,
            app.c.settings.label("app_settings"),
            app.c.secrets.label("app_secrets"),
            app.c.tokens.label("app_tokens"),
            app.c.tokens_version.label("app_tokens_version"),
        )
        .join_from(account, app, account.c.app_id == app.c.id, isouter=True)
        .where(*(account.c[column] == sa.bindparam(f"of_{column}") for column in columns))
        .order_by(account.c.tenant, account.c.name)
    )


def _account(row: RowMapping) -> AccountRow:
    return AccountRow(
        id=row["id"],
        tenant=row["tenant"],
        platform=row["platform"],
        name=row["name"],
        app_id=row["app_id"],
        settings=row["settings"],
        secrets=row["secrets"],
        tokens=row["tokens"],
        tokens_version=row["tokens_version"],
        app_settings=row["app_settings"] or "{}",
        app_secrets=row["app_secrets"],
        app_tokens=row["app_tokens"],
        app_tokens_version=row["app_tokens_version"] or 0,
        profile=load_profile(row["profile"]),
        profile_at=moment(row["profile_at"]),
        rules=load_rules(row["rules"]),
        hear_from=moment(row["hear_from"]),
        health=load_health(row["health"]),
        listen_at=moment(row["listen_at"]),
        prices=load_prices(row["prices"]),
        push=load_push(row["push"]),
        hear_last=row["hear_last"],
    )
