"""What the checks beside listings work with: a platform on which something was said and answered, and its answers."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from datetime import datetime
from typing import Any

import orjson

from socialdesk._engine.drive import Driver
from socialdesk._engine.exchange import converse
from socialdesk._engine.runtime import Runtime
from socialdesk.auth import Stamp, Tokens
from socialdesk.connector import Command, Connector, Raw
from socialdesk.errors import AuthError, ConfigError, SocialdeskError
from socialdesk.testing._suite_bench import Bench, session
from socialdesk.testing._suite_hears import untyped
from socialdesk.testing._suite_lives import Desk
from socialdesk.testing._suite_material import Recorder, signed_in
from socialdesk.testing.fuzzing import broken_answer
from socialdesk.wire import AuthRole, Request, Response, WebhookAnswer, WebhookRequest

__all__ = ["HOOK", "Line", "answering", "broken_delivery", "commands", "storable", "work"]

OF_OTHERS = ("hide", "unhide", "reject", "like", "unlike", "block", "unblock")
HOOK = "https://desk.example.com/hook"


class Line:
    """A complaint and our answer to it on a new platform, and a way to record what is answered from here on."""

    def __init__(self, suite: Bench) -> None:
        self.desk = Desk(suite)
        self.sandbox = self.desk.sandbox
        self.heard = self.desk.hear_one()
        self.said = self.desk.answer(self.heard).parts[0].id
        self.connector = self.desk.client.connector
        self.desk.settle()
        self.recorder = Recorder(self.sandbox)
        self._run = Driver(Runtime(self.recorder, self.sandbox.clock)).run
        self.tokens = self._run(signed_in(self.connector, self.sandbox.clock.now()))

    def answers(self, asking: Callable[[], Coroutine[Any, Any, Any]]) -> tuple[Response, ...]:
        """What the platform answers to a method of the connector; nothing where it refuses."""
        talk = session(self.connector, self.sandbox.clock.now(), self.tokens)
        self.recorder.taken()
        try:
            self._run(converse(asking(), talk))
        except SocialdeskError:
            return ()
        return self.recorder.taken()


def broken_delivery(body: bytes, seed: int) -> bytes:
    """A delivery with something wrong in what its JSON says, or in its bytes."""
    return broken_answer(Response(200, {}, body), seed).body


def commands(line: Line) -> Iterator[Command]:
    """What is asked for of the complaint and of our answer to it."""
    now, said = line.sandbox.clock.now(), line.said
    for name in OF_OTHERS:
        yield Command(name=name, target=line.heard.id, key=f"suite-{name}", at=now)
    if said is not None:
        yield Command(name="delete", target=said, key="suite-delete", at=now)
        yield Command(name="edit", target=said, key="suite-edit", at=now, text="We look into it again.")


def answering(
    connector: Connector[Any, Any], genuine: list[WebhookRequest] | None = None
) -> Callable[[WebhookRequest], WebhookAnswer]:
    """A webhook that answers challenges, and keeps what is delivered."""
    of_app = type(connector).of_app(connector.app)

    def take(request: WebhookRequest) -> WebhookAnswer:
        if (answer := of_app.answer_challenge(request)) is not None:
            return answer
        if genuine is not None:
            genuine.append(request)
        return WebhookAnswer()

    return take


def storable(raw: Any) -> bool:
    if not isinstance(raw, Raw) or not isinstance(untyped(raw.shape), str):
        return False
    if not isinstance(untyped(raw.body), dict) or not isinstance(raw.account, str | None):
        return False
    try:
        orjson.dumps(raw.body)
    except TypeError:
        return False
    return True


def work(connector: Connector[Any, Any], role: AuthRole, tokens: Tokens | None, now: datetime) -> bool:
    """Whether a request can be signed with these tokens, and they can be kept."""
    if tokens is None:
        return False
    auth = connector.auth(role)
    try:
        signed = auth.sign(Request("GET", HOOK), tokens, Stamp(now, bytes(16)))
        "".join(signed.headers.values()).encode("ascii")
        auth.due(tokens, now)
        orjson.dumps([tokens.access, tokens.refresh, dict(tokens.extra)])
    except (ConfigError, AuthError, TypeError, ValueError, OverflowError):
        return False
    return tokens.refresh is None or (isinstance(untyped(tokens.refresh), str) and tokens.refresh.isascii())
