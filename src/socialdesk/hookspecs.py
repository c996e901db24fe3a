"""The five hooks. They find, enrich, veto and watch; they never do I/O.

A hook that raises is isolated and reported by the name of its plugin; only ``socialdesk_outgoing`` may raise on
purpose, to stop a reply.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pluggy

from socialdesk.models import Event, Labels, Mention, Reply

if TYPE_CHECKING:
    from socialdesk.connector import Connector
    from socialdesk.wire import Request, Response

hookspec = pluggy.HookspecMarker("socialdesk")
hookimpl = pluggy.HookimplMarker("socialdesk")
"""Put this on a function that implements a hook."""


@hookspec
def socialdesk_connectors() -> Iterable[type[Connector[Any, Any]]]:  # type: ignore[empty-body]  # a specification
    """The connector classes of this plugin; the one whose ``platform`` is asked for is used."""


@hookspec
def socialdesk_enrich(mention: Mention, before: Mention | None) -> Labels | None:
    """What triage can say of a mention: language, sentiment, spam, priority, route. Thread-safe, no I/O.

    ``before`` is how it was read the last time (None: it is new), which shows how fast it spreads. The answers of all
    plugins are merged, the later ones' where two speak; None has nothing to say.
    """


@hookspec
def socialdesk_outgoing(reply: Reply, mention: Mention | None) -> None:
    """Called when a reply is planned and when it is enqueued; raise to stop it, the message tells the agent why."""


@hookspec
def socialdesk_event(event: Event) -> None:
    """Called after the event is committed, at most once; ``desk.events`` is the way that loses none."""


@hookspec
def socialdesk_exchange(platform: str, request: Request, response: Response | None, elapsed: float) -> None:
    """Called after each exchange with a platform, with credentials taken out; ``elapsed`` in seconds, ``response``
    None where no answer came."""
