"""Tokens in the account's and the app's rows: encrypted, and saved by compare-and-set before they are used."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from socialdesk._engine.effects import reads, writes
from socialdesk._engine.session import TokenKeeper
from socialdesk.auth import Tokens
from socialdesk.desk import schema
from socialdesk.desk.accounts import AccountRow
from socialdesk.desk.vault import Vault
from socialdesk.wire import AuthRole

__all__ = ["StoredTokens"]


def _token_row(account: AccountRow, role: str) -> tuple[sa.Table, str]:
    if role == "app" and account.app_id is not None:
        return schema.app, account.app_id
    return schema.account, account.id


@reads
def load_tokens(connection: Connection, account: AccountRow, role: str) -> tuple[str | None, int]:
    """The encrypted tokens that stand now, and their version."""
    table, key = _token_row(account, role)
    row = connection.execute(
        sa.select(table.c.tokens, table.c.tokens_version).where(table.c.id == key)
    ).first()
    return (None, 0) if row is None else (row.tokens, row.tokens_version)


@writes
def swap_tokens(
    connection: Connection, account: AccountRow, role: str, version: int, tokens: str
) -> tuple[str | None, int]:
    """Save tokens if ``version`` still stands; gives what stands then."""
    table, key = _token_row(account, role)
    connection.execute(
        sa.update(table)
        .where(table.c.id == key, table.c.tokens_version == version)
        .values(tokens=tokens, tokens_version=version + 1)
    )
    row = connection.execute(
        sa.select(table.c.tokens, table.c.tokens_version).where(table.c.id == key)
    ).first()
    return (None, 0) if row is None else (row.tokens, row.tokens_version)


class StoredTokens(TokenKeeper):
    """Tokens in the account's and the app's rows, encrypted; saved by compare-and-set, before they are used."""

    def __init__(self, account: AccountRow, vault: Vault) -> None:
        self._account = account
        self._vault = vault
        self._versions: dict[str, int] = {}
        own, shared = self._read(account.tokens), self._read(account.app_tokens)
        super().__init__({**own, **({"app": shared["app"]} if account.app_id and "app" in shared else {})})

    def _read(self, locked: str | None) -> dict[str, Tokens]:
        if locked is None:
            return {}
        kept = orjson.loads(self._vault.unlock(locked))
        return {role: _load_tokens(values) for role, values in kept.items()}

    async def current(self, role: AuthRole) -> Tokens | None:
        locked, self._versions[role] = await load_tokens(self._account, role)
        stands = self._read(locked).get(role)
        if stands is not None:
            self._tokens[role] = stands
        return stands

    async def replace(self, role: AuthRole, before: Tokens | None, after: Tokens) -> Tokens:
        """Save ``after`` in place of what :meth:`current` last read; where another was quicker, its tokens stand."""
        locked, seen = await load_tokens(self._account, role)
        if seen == self._versions.get(role, seen):
            kept = {name: _dump_tokens(tokens) for name, tokens in self._read(locked).items()}
            kept[role] = _dump_tokens(after)
            fresh = self._vault.lock(orjson.dumps(kept).decode())
            locked, _ = await swap_tokens(self._account, role, seen, fresh)
        self._tokens[role] = self._read(locked).get(role, after)
        return self._tokens[role]


def _dump_tokens(tokens: Tokens) -> dict[str, Any]:
    return {
        "access": tokens.access,
        "refresh": tokens.refresh,
        "expires_at": None if tokens.expires_at is None else tokens.expires_at.isoformat(),
        "refresh_by": None if tokens.refresh_by is None else tokens.refresh_by.isoformat(),
        "extra": dict(tokens.extra),
    }


def _load_tokens(values: Mapping[str, Any]) -> Tokens:
    times = {
        name: values[name] and datetime.fromisoformat(values[name]) for name in ("expires_at", "refresh_by")
    }
    return Tokens(access=values["access"], refresh=values["refresh"], extra=values["extra"], **times)
