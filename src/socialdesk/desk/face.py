"""What both faces of a desk are made of."""

from __future__ import annotations

import logging
import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypedDict, Unpack

from socialdesk._engine.locks import Locks
from socialdesk._engine.runtime import DEADLINE, Runtime, SystemClock
from socialdesk._engine.silence import FALSE_ALARM
from socialdesk.desk.flows import DeskFlows
from socialdesk.desk.hooks import Hooks
from socialdesk.desk.store import SqlStore
from socialdesk.desk.vault import Vault
from socialdesk.desk.worker import Worker
from socialdesk.desk.workplace import Workshop
from socialdesk.media import MediaFolder
from socialdesk.registry import Registry

if TYPE_CHECKING:
    from socialdesk.triage import Triage

__all__ = ["GLANCE", "LONGEST_NAP", "DeskOptions", "Face"]

log = logging.getLogger("socialdesk.desk")

LONGEST_NAP = 5.0
"""Seconds after which :meth:`Desk.run` looks again, whatever it knows."""
GLANCE = 0.01
"""Seconds after which a worker at rest notices that something was stored, in whatever process."""


class DeskOptions(TypedDict, total=False):
    """What a desk may be given beside its database.

    ``registry`` holds the plugins (by default, all that are installed). ``secret_key`` encrypts what is secret (by
    default from SOCIALDESK_SECRET_KEY, else from a key file beside the database). ``media`` is the folder for files
    that are sent along (by default SOCIALDESK_MEDIA, else one beside the database); in PostgreSQL all workers share it.
    ``transport`` stands in for the network, such as a sandbox; ``timeout`` is the deadline of one request in seconds.
    ``triage`` judges what is urgent: True for core's own judgement, with the names of the account and of its rules, a
    :class:`~socialdesk.triage.Triage` for one with settings of yours, False for none. ``false_alarm`` is in which time
    the alarm that an account is silent may be wrong once, by default 365 days; None for no such alarm.
    """

    registry: Registry | None
    secret_key: str | None
    media: str | os.PathLike[str] | None
    transport: Any
    timeout: float
    triage: Triage | bool
    false_alarm: timedelta | None


class Face:
    """What both faces are made of."""

    def __init__(self, url: str = "sqlite:///desk.db", **options: Unpack[DeskOptions]) -> None:
        unknown = sorted(set(options) - set(DeskOptions.__annotations__))
        if unknown:
            raise TypeError(
                f"a desk has no option {unknown[0]!r}; it has {', '.join(DeskOptions.__annotations__)}"
            )
        self._store = SqlStore(url)
        self._worker = Worker(self._store.database.lives)
        registry = options.get("registry") or Registry()
        transport, timeout = options.get("transport"), options.get("timeout", DEADLINE)
        for problem in registry.load_hooks():
            log.warning("a plugin cannot be loaded: %s", problem)
        self._hooks = Hooks(registry, options.get("triage", True))
        lasts = self._store.database.lasts
        folder = options.get("media") or os.environ.get("SOCIALDESK_MEDIA")
        self._media = MediaFolder(
            self._store.side_path(".media") if folder is None else Path(folder), passes=not lasts
        )
        vault = Vault.open(options.get("secret_key"), self._store.side_path(".key"), lasts=lasts)
        self._flows = DeskFlows(
            registry=registry,
            workshop=Workshop(registry, vault),
            vault=vault,
            worker=self._worker,
            hooks=self._hooks,
            media=self._media,
            timeout=timeout,
            false_alarm=options.get("false_alarm", FALSE_ALARM),
        )
        self._owns_transport = transport is None
        self._transport = transport or self._new_transport()
        self._clock = getattr(transport, "clock", None) or SystemClock()
        self._timeout = timeout

    def _new_transport(self) -> Any:
        raise NotImplementedError

    def _new_runtime(self) -> Runtime:
        return Runtime(
            self._transport,
            self._clock,
            Locks(across=self._store.database.across),
            self._store,
            self._timeout,
            self._hooks.watcher(),
            self._media,
        )

    @property
    def registry(self) -> Registry:
        """The plugins that this desk uses."""
        return self._flows.registry

    def scoped(self, tenant: str) -> Self:
        """The same desk, seeing the accounts of one tenant only."""
        view = object.__new__(type(self))
        view.__dict__.update(self.__dict__)
        view._flows = replace(self._flows, tenant=tenant)
        return view

    def _nap(self, due: datetime | None) -> float:
        if due is None:
            return LONGEST_NAP
        return min(LONGEST_NAP, max(0.05, (due - self._clock.now()).total_seconds()))
