"""Calling hooks so that one plugin's mistake is its own: each implementation by itself, a failure reported by name."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import pluggy

from socialdesk.desk.accounts import AccountRow
from socialdesk.desk.enriching import Enrich
from socialdesk.errors import PluginError, Rejected, SocialdeskError
from socialdesk.models import Event, Labels, Mention, Reply
from socialdesk.registry import Registry
from socialdesk.wire import Request, Response

if TYPE_CHECKING:
    from socialdesk.triage import Triage

__all__ = ["Hooks"]

T = TypeVar("T")
log = logging.getLogger("socialdesk.hooks")


class Hooks:
    """The hooks of a registry's plugins, as the desk calls them."""

    def __init__(self, registry: Registry, triage: Triage | bool = False) -> None:
        self._relay = registry.hook
        self._triage = triage

    def enricher(self, account: AccountRow) -> Enrich | None:
        """What judges a mention of this account; None where nobody does."""
        if not self._triage:
            return self._enrich if self._relay.socialdesk_enrich.get_hookimpls() else None
        triage = _triage_of(account, self._triage)

        def judge(mention: Mention, before: Mention | None) -> Labels | None:
            try:
                own: Labels | None = triage.assess(mention, before)
            except Exception as error:  # a judgement is no reason to lose what was heard
                log.warning("triage failed: %s", type(error).__name__)
                own = None
            return self._enrich(mention, before, own)

        return judge

    def _enrich(self, mention: Mention, before: Mention | None, own: Labels | None = None) -> Labels | None:
        values = {"mention": mention, "before": before}
        found = [] if own is None else [own]
        found += self._ask(self._relay.socialdesk_enrich, values, Labels)
        merged: dict[str, Any] = {}
        reasons: list[str] = []
        for labels in found:
            merged.update({name: value for name, value in labels if value is not None and name != "reasons"})
            reasons += labels.reasons
        return Labels(**merged, reasons=tuple(reasons)) if found else None

    def forbids(self, reply: Reply) -> str | None:
        """Why a plugin stops a reply, in its words; None where none does."""
        values = {"reply": reply, "mention": reply.target}
        for impl in self._relay.socialdesk_outgoing.get_hookimpls():
            try:
                _call(impl, values)
            except Exception as error:  # raising is how this hook stops a reply, whatever it raises
                return f"{error}" or f"{impl.plugin_name} stops it."
        return None

    def check_outgoing(self, reply: Reply) -> None:
        """Raises Rejected(not_permitted) where a plugin stops the reply."""
        reason = self.forbids(reply)
        if reason is not None:
            raise Rejected("not_permitted", reason)

    def has_listeners(self) -> bool:
        """Whether any plugin is told of events."""
        return bool(self._relay.socialdesk_event.get_hookimpls())

    def publish(self, events: Sequence[Event]) -> None:
        """Tell every watcher of events that are committed."""
        for event in events:
            self._ask(self._relay.socialdesk_event, {"event": event})

    def watcher(self) -> Callable[[Request, Response | None, float], None] | None:
        """What is told of each exchange; None where no plugin watches."""
        return self._watch if self._relay.socialdesk_exchange.get_hookimpls() else None

    def _watch(self, request: Request, response: Response | None, elapsed: float) -> None:
        values = {"platform": request.platform, "request": request, "response": response, "elapsed": elapsed}
        self._ask(self._relay.socialdesk_exchange, values)

    def _ask(
        self, caller: pluggy.HookCaller, values: Mapping[str, Any], kind: type[T] | type[None] = type(None)
    ) -> list[T]:
        """What the plugins answer, as far as they answer a value of this kind."""
        answers: list[T] = []
        for impl in caller.get_hookimpls():
            try:
                answer = _call(impl, values)
                if answer is not None and not isinstance(answer, kind):
                    raise PluginError(f"it returned {type(answer).__name__}, not {kind.__name__}")
                if answer is not None:
                    answers.append(answer)
            except SocialdeskError as error:
                log.warning("plugin %s failed in %s: %s", impl.plugin_name, caller.name, error)
            except (
                Exception
            ) as error:  # a foreign function: its message may hold anything, so its kind is told alone
                log.warning("plugin %s failed in %s: %s", impl.plugin_name, caller.name, type(error).__name__)
        return answers


def _triage_of(account: AccountRow, triage: Triage | bool) -> Triage:
    """The triage for an account: it knows the names under which people speak of it, unless it was told them."""
    from socialdesk.triage import Triage

    judge = triage if isinstance(triage, Triage) else Triage()
    if judge.about:
        return judge
    profile = account.profile
    handle = None if profile is None or profile.handle is None else f"@{profile.handle.removeprefix('@')}"
    names = [handle, profile.display_name if profile is not None else None]
    names += [rule.phrase for rule in account.rules]
    return replace(judge, about=tuple(dict.fromkeys(name for name in names if name)))


def _call(impl: pluggy.HookImpl, values: Mapping[str, Any]) -> Any:
    return impl.function(*(values[name] for name in impl.argnames))
