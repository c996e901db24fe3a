"""Checks with broken answers and deliveries beside listings: look-ups, renewals, commands, subscriptions, webhooks."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import orjson

from socialdesk._engine.exchange import ready_tokens, speak
from socialdesk._engine.ingest import Reading, read_items
from socialdesk._engine.session import MemoryTokens
from socialdesk.auth import Stamp, Tokens
from socialdesk.connector import Command, Gone, Push
from socialdesk.errors import AuthError, DeliveryUnknown, SocialdeskError
from socialdesk.testing._suite_bench import COMPLAINT, demand, session, skip
from socialdesk.testing._suite_declares import overrides
from socialdesk.testing._suite_line import HOOK, Line, answering, broken_delivery, commands, storable, work
from socialdesk.testing._suite_proves import Proves
from socialdesk.testing._suite_survives import Tells, one_broken, payload_of, replayed
from socialdesk.wire import AuthRole, Response, WebhookRequest

__all__ = ["Withstands"]

ROLES: tuple[AuthRole, ...] = ("account", "app")
MARK = "zq00001zq"
"""A word that stands in one complaint and nowhere else."""


class Withstands(Proves):
    """What a platform answers to everything but listings, and what it delivers."""

    def test_a_broken_answer_to_lookup_is_an_error_or_items(self) -> None:
        self.lookup_broken(self.fuzz)

    def test_a_broken_answer_to_a_renewal_leaves_tokens_thatwork(self) -> None:
        self.renew_broken(self.fuzz)

    def test_a_broken_answer_to_a_command_is_never_a_refusal(self) -> None:
        self.moderate_broken(self.fuzz)

    def test_a_broken_answer_to_subscribe_is_an_error_or_can_be_kept(self) -> None:
        self.subscribe_broken(self.fuzz)

    def test_of_a_broken_delivery_nothing_is_lost(self) -> None:
        self.deliver_broken(self.fuzz)

    # ------------------------------------------------------------------------------- the same, so many times as wanted

    def lookup_broken(self, times: int) -> Tells:
        """Give lookup() so many broken answers; tells what came of them."""
        if not overrides(self.connector, "lookup"):
            skip("lookup() is not defined")
        line = Line(self)
        ids = tuple(identity for identity in (line.heard.id, line.said) if identity is not None)
        known = [(one, line.answers(partial(line.connector.lookup, (one,)))) for one in ids]
        known = [(one, answers) for one, answers in known if answers]
        demand(known, f"lookup() was refused for {ids[0]}, which was heard a moment ago.")

        def asking(seed: int) -> tuple[Coroutine[Any, Any, Any], Sequence[Response]]:
            one, answers = known[seed % len(known)]
            return line.connector.lookup((one,)), one_broken(answers, seed)

        def judged(found: Any, answers: Sequence[Response]) -> str | None:
            if not isinstance(found, Sequence):
                return f"lookup() gave a {type(found).__name__}: give a tuple of Raw values."
            strays = [raw for raw in found if not storable(raw)]
            if strays:
                return f"lookup() gave {strays[0]!r}: give Raw values, which can be stored."
            read, _ = read_items(Reading(line.connector, self.material.now, "lookup", "suite"), found)
            gone = [entry.item for entry in read if isinstance(entry.item, Gone)]
            told = b"rror" in payload_of(answers)
            return f"lookup() made {gone[0]!r} of what says no such thing." if gone and not told else None

        return self.asked(times, asking, judged)

    def renew_broken(self, times: int) -> Tells:
        """Answer renewals with so many broken answers: the tokens that stand afterwards can be kept and used."""
        line = Line(self)
        now = line.sandbox.clock.now()
        known = [(role, *found) for role in ROLES if (found := self._renewed(line, role)) is not None]
        if not known:
            skip("no credentials of these settings are renewed")
        told = Tells()
        for seed in range(times):
            role, held, answers = known[seed % len(known)]
            old = None if held is None else replace(held, expires_at=now)
            talk = session(line.connector, now)
            talk.tokens = keeper = MemoryTokens({} if old is None else {role: old})
            given = one_broken(answers, seed)
            what = f"{given[-1]!r} {given[-1].body[:120]!r} (seed {seed})"
            try:
                replayed(ready_tokens(line.connector.auth(role), role, talk), given, now)
            except SocialdeskError as error:
                told[type(error).__name__] += 1
                demand(keeper.held(role) == old, f"The old tokens were given up for {what}.")
                refused = not isinstance(error, AuthError) or any(
                    not one.ok or b"rror" in one.body for one in given
                )
                demand(refused, f"refresh() took {what} for a refusal: a person would have to sign in again.")
                continue
            told["renewed"] += 1
            works = work(line.connector, role, keeper.held(role), now)
            demand(works, f"refresh() made tokens that cannot be used of {what}.")
        return told

    def moderate_broken(self, times: int) -> Tells:
        """Answer commands with so many broken successes; tells what came of them."""
        line = Line(self)
        known = [(command, answers) for command in commands(line) if (answers := self._done(line, command))]
        if not known:
            skip("moderate() does nothing that is asked for here")
        told, now = Tells(), self.material.now
        for seed in range(times):
            command, answers = known[seed % len(known)]
            given, talk = one_broken(answers, seed), session(line.connector, now)
            try:
                replayed(speak(line.connector.moderate(command), talk), given, now)
            except DeliveryUnknown:
                told["DeliveryUnknown"] += 1
            except SocialdeskError as error:
                told[type(error).__name__] += 1
                said = talk.spoken in ("done", "unknown") and b"rror" not in given[-1].body
                demand(not said, f"{command.name}: {error!r} came of {given[-1].body[:80]!r} (seed {seed}).")
            else:
                told["done"] += 1
        return told

    def subscribe_broken(self, times: int) -> Tells:
        """Give subscribe() so many broken answers; tells what came of them."""
        if not overrides(self.connector, "subscribe"):
            skip("subscribe() is not defined")
        line, push = Line(self), Push(url=HOOK)
        getattr(line.sandbox, "deliver_to", lambda _: None)(answering(line.connector))
        answers = line.answers(partial(line.connector.subscribe, push))
        demand(answers, f"subscribe() was refused for {HOOK}.")

        def judged(stands: Any, _: Sequence[Response]) -> str | None:
            try:
                orjson.dumps([stands.url, list(stands.events), dict(stands.data)])
            except (AttributeError, TypeError) as error:
                return f"subscribe() gave {stands!r}, which cannot be kept ({error})."
            return None

        return self.asked(
            times, lambda seed: (line.connector.subscribe(push), one_broken(answers, seed)), judged
        )

    def deliver_broken(self, times: int) -> Tells:
        """Have so many broken deliveries read: what was complained of is in an item, or no more in the delivery."""
        line, genuine = self._delivered()
        connector, told = type(line.connector).of_app(line.connector.app), Tells()
        profile = line.connector.profile
        names = () if profile is None else (profile.id, *profile.also)
        for seed in range(times):
            request = genuine[seed % len(genuine)]
            bad = replace(request, body=broken_delivery(request.body, seed))
            what = f"parse_webhook() of {bad.body[:300]!r} (seed {seed})"
            try:
                connector.verify_webhook(bad)
                raws = connector.parse_webhook(bad)
            except Exception as error:
                raise AssertionError(
                    f"{what} raised {type(error).__name__} ({error}): give what cannot be read as a Raw of a shape "
                    "that parse() does not know, so that what stands beside it is heard."
                ) from error
            strays = [raw for raw in raws if not storable(raw)]
            demand(not strays, f"{what} gave {strays[:1]!r}: give Raw values, which can be stored.")
            ours = any(orjson.dumps(name) in bad.body for name in names) and MARK.encode() in bad.body
            demand(raws or not ours, f"{what} lost what was complained of.")
            told["kept" if raws else "for somebody else"] += 1
        return told

    # ------------------------------------------------------------------------------------------------------ details

    def _renewed(self, line: Line, role: AuthRole) -> tuple[Tokens | None, Sequence[Response]] | None:
        """What a role's tokens are and what a renewal of them is answered; None where they are not renewed."""
        try:
            auth = line.connector.auth(role)
        except SocialdeskError:
            return None
        held = line.tokens.get(role) or auth.initial()
        if not auth.refreshes:
            return None
        answers = line.answers(partial(auth.refresh, held, Stamp(line.sandbox.clock.now(), bytes(16))))
        return (held, answers) if answers else None

    def _done(self, line: Line, command: Command) -> Sequence[Response]:
        if command.name not in line.connector.capabilities.abilities:
            return ()
        return line.answers(partial(line.connector.moderate, command))

    def _delivered(self) -> tuple[Line, Sequence[WebhookRequest]]:
        """What is delivered when somebody complains."""
        if not overrides(self.connector, "parse_webhook"):
            skip("parse_webhook() is not defined")
        line = Line(self)
        deliver_to: Any = getattr(line.sandbox, "deliver_to", None)
        if deliver_to is None:
            skip("the sandbox delivers nothing: derive it from PushingSandbox to check this")
        genuine: list[WebhookRequest] = []
        deliver_to(answering(line.connector, genuine))
        line.answers(partial(line.connector.subscribe, Push(url=HOOK)))
        self.complain(line.sandbox, f"{COMPLAINT} {MARK}")
        line.sandbox.advance(seconds=60)
        genuine = [request for request in genuine if MARK.encode() in request.body]
        if not genuine:
            skip("what this stream lists is not delivered")
        return line, genuine
