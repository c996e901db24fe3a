"""The tests have teeth: with a rule taken out of what ships, something is said twice, lost, or told wrongly."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from socialdesk._engine.effects import Call, reads, writes
from socialdesk._engine.outbox import Outcome
from socialdesk.connector import Search, Sent
from socialdesk.desk import claims, sending, sqlite, verdicts
from socialdesk.desk.bulk import Update
from socialdesk.desk.schema import micros
from socialdesk.desk.store import SqlStore
from socialdesk.desk.worker import Worker
from socialdesk.testing.simulation import (
    Cancel,
    Crash,
    LoseLock,
    Moment,
    Pause,
    Play,
    Scene,
    Strike,
)
from socialdesk.testing.simulation import _network as network
from socialdesk.testing.simulation.model import ModelPlatform, model_stage
from socialdesk.wire import Request, TransportError

PATCH = pytest.MonkeyPatch


# ------------------------------------------------------------------------------------------------ what is played


def play(
    strike: Callable[[Moment], Strike | None] = lambda _moment: None,
    fate: str = "ok",
    *,
    seed: int = 7,
    prepare: Callable[[ModelPlatform], Any] = lambda _platform: None,
    **options: Any,
) -> list[str]:
    """One reply, and what strikes it; the rules that did not hold."""
    world = Scene(replace(model_stage("readback"), repeats=False)).open(seed)
    prepare(world.platform)
    fates: list[Any] = [fate]

    def of(_task: Any, request: Request) -> Any:
        return fates.pop() if fates and request.does == "speaks" else "ok"

    played = Play(world, strike=strike, fate=of, **options)
    played.network.late = (200.0, 280.0)
    played.run()
    played.watch.ended(played.settled())
    world.close()
    return played.watch.broken


class At:
    """Strikes once, at a place."""

    def __init__(self, place: str, strike: Strike) -> None:
        self._place = place
        self._strike: Strike | None = strike

    def __call__(self, moment: Moment) -> Strike | None:
        if moment.place != self._place:
            return None
        strike, self._strike = self._strike, None
        return strike


def crash_in_post() -> list[str]:
    return play(At("in POST", Crash()))


def asleep_with_its_lock_lost() -> list[str]:
    """Given up for dead while its request is under way, and up again when another has found out what came of it."""
    return play(At("in POST", LoseLock(pause=900)), workers=2)


def answer_lost() -> list[str]:
    return play(fate="answer lost")


def refused_with_500() -> list[str]:
    return play(fate="500 applied")


def slow_in_post() -> list[str]:
    return play(At("in POST", Pause(2000)), workers=2, fate="applied late")


def applied_late() -> list[str]:
    return play(fate="applied late")


def written_by_hand_before() -> list[str]:
    def write(platform: ModelPlatform) -> None:
        platform.write("Answer 0: we are sorry, somebody looks into it.", "1")
        platform.clock.advance(hours=1)

    return play(fate="request lost", prepare=write)


def cancelled_after_its_claim() -> list[str]:
    return play(At("after claim", Cancel()))


class WithinTheIntent:
    """The lock is lost, and the process sleeps for a moment, when the fence was read on its own; once."""

    def __init__(self) -> None:
        self._strike: Strike | None = LoseLock(pause=4)

    def __call__(self, moment: Moment) -> Strike | None:
        names = (
            "checked",
            "claim_part",
        )  # the intent that ships cannot be taken apart: then it is right before it
        if not isinstance(moment.effect, Call) or moment.effect.name not in names or moment.when != "after":
            return None
        if moment.effect.name == "claim_part" and sending.intend is claims.intend:
            strike, self._strike = (self._strike, None) if moment.answer else (None, self._strike)
            return strike
        if moment.effect.name == "checked":
            strike, self._strike = self._strike, None
            return strike
        return None


def asleep_within_the_intent() -> list[str]:
    return [words for seed in range(8) for words in play(WithinTheIntent(), workers=2, seed=seed)]


def slow_drip_with_its_lock_lost() -> list[str]:
    return play(At("after intent", LoseLock()), workers=2, fate="slow drip")


COUNTER = sa.table("counter", sa.column("number"))


@writes
def make_counter(connection: Any) -> None:
    connection.exec_driver_sql("CREATE TABLE counter AS SELECT 0 AS number")


@reads
def count(connection: Any) -> int:
    return int(connection.execute(sa.select(COUNTER.c.number)).scalar_one())


@writes
def add_one(connection: Any, both_have_read: threading.Barrier) -> None:
    number = connection.execute(sa.select(COUNTER.c.number)).scalar_one()
    with contextlib.suppress(threading.BrokenBarrierError):  # the other waits for its turn, as it should
        both_have_read.wait(0.5)
    connection.execute(sa.update(COUNTER).values(number=number + 1))


def two_writers_at_once(tmp: Path) -> list[str]:
    """Two processes read at the same moment, and write what follows from it."""
    stores = [SqlStore(f"sqlite:///{tmp}/desk.db") for _ in range(2)]
    stores[0].perform(make_counter())
    barrier = threading.Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(one.perform, add_one(barrier)) for one in stores]
    broken = [f"P3 stuck: {error}" for error in (one.exception() for one in done) if error is not None]
    if stores[0].perform(count()) != 2:
        broken.append("one of two counts is gone")
    for one in stores:
        one.dispose()
    return broken


# --------------------------------------------------------------------------------------------------- what is taken


def no_intent(patch: PATCH) -> None:
    """R1: the first byte goes before anything is on record."""

    async def intend(*_arguments: Any) -> bool:
        return True

    patch.setattr(sending, "intend", intend)


def no_fence(patch: PATCH) -> None:
    """R2: whoever comes writes, whatever has changed since."""
    anyone = Update(claims.schema.part, *claims._THE_PART)
    for module in (claims, verdicts):
        patch.setattr(module, "CHANGE", anyone)
    patch.setattr(claims, "_INTEND", claims._intending(*claims._THE_PART))


def transport_retries(patch: PATCH) -> None:
    """R3: a library below us sends again when no answer comes."""
    original = network.Network.begin

    def begin(self: Any, request: Request, fate: Any, answer: Any) -> Any:
        flight = original(self, request, fate, answer)
        if isinstance(flight.outcome, TransportError):
            flight = original(self, request, "ok", answer)
        return flight

    patch.setattr(network.Network, "begin", begin)


def errors_mean_not_sent(patch: PATCH) -> None:
    """R4: what was not answered with success was not done."""

    def judge(_error: Any, _session: Any, stamp: Any, _attempt: int) -> Outcome:
        return Outcome(state="pending", again_at=stamp.now)

    patch.setattr(sending, "judge", judge)


def takeover_after_a_lease(patch: PATCH) -> None:
    """R5: who has not been heard of is taken for dead."""
    patch.setattr(Worker, "is_alive", lambda self, owner: bool(owner) and owner in self._live)


def one_look_at_once(patch: PATCH) -> None:
    """R6: what is not there now was never sent."""
    patch.setattr(sending, "NEGATIVES_NEEDED", {"readback": 1, "key": 1, "client_id": 1})
    original = sending._unknown

    def unknown(outcome: Any, claim: Any, place: Any, stamp: Any) -> Any:
        return replace(original(outcome, claim, place, stamp), next_at=stamp.now)

    patch.setattr(sending, "_unknown", unknown)


def anything_is_a_match(patch: PATCH) -> None:
    """R7: a post of ours that says the same is the one."""

    async def find_part(_part: Any, _place: Any) -> Search:
        posts = (await Request("GET", "https://model.invalid/own")).json()["posts"]
        return Search(found=tuple(Sent(post["id"]) for post in posts), reached=True)

    patch.setattr(sending, "find_part", find_part)


def owned_by_a_process(patch: PATCH) -> None:
    """A run that was cancelled lives as long as its process."""

    def is_alive(self: Worker, owner: str | None) -> bool:
        return owner is not None and self._held(owner.partition("/")[0])

    patch.setattr(Worker, "is_alive", is_alive)


def fence_on_another_connection(patch: PATCH) -> None:
    """The fence is read first, on a connection out of a pool, and then the intent is written."""
    table = claims.schema.part

    @reads
    def checked(connection: Any, claim: Any) -> bool:
        fence = claims.fence(claim.account_id, claim.part_id, claim.owner, claim.epoch)
        return connection.execute(sa.select(table.c.id).where(*claims._FENCED), fence).first() is not None

    @writes
    def written(connection: Any, claim: Any, request: str, now: Any) -> bool:
        here = (table.c.account_id == claim.account_id, table.c.id == claim.part_id)
        connection.execute(
            sa.update(table).where(*here).values(state="sending", request=request, started_at=micros(now))
        )
        attempt = {"account_id": claim.account_id, "part_id": claim.part_id, "epoch": claim.epoch}
        values = {**attempt, "owner": claim.owner, "started_at": micros(now)}
        connection.execute(sa.insert(claims.schema.attempt).values(**values))
        return True

    async def intend(claim: Any, request: str, now: Any) -> bool:
        return await checked(claim) and await written(claim, request, now)

    patch.setattr(sending, "intend", intend)


def deferred_begin(patch: PATCH) -> None:
    """A writing call begins as one that reads."""
    patch.setattr(sqlite, "_begin", lambda connection, *, writes: connection.exec_driver_sql("BEGIN"))


def timeout_per_operation(patch: PATCH) -> None:
    """Each read may take its time, so that the whole may take any time."""
    original = network.Network.begin

    def begin(self: Any, request: Request, fate: Any, answer: Any) -> Any:
        if fate == "slow drip":  # byte after byte, and the platform acts when it has them all
            self._later(1500.0, lambda: answer(request))
            return network.Flight(TransportError("cut off at last", sent=True), 1500.0)
        return original(self, request, fate, answer)

    patch.setattr(network.Network, "begin", begin)


CAUGHT: dict[Callable[[PATCH], None], Callable[..., list[str]]] = {
    no_intent: crash_in_post,
    no_fence: asleep_with_its_lock_lost,
    transport_retries: answer_lost,
    errors_mean_not_sent: refused_with_500,
    takeover_after_a_lease: slow_in_post,
    one_look_at_once: applied_late,
    anything_is_a_match: written_by_hand_before,
    owned_by_a_process: cancelled_after_its_claim,
    fence_on_another_connection: asleep_within_the_intent,
    deferred_begin: two_writers_at_once,
    timeout_per_operation: slow_drip_with_its_lock_lost,
}
"""Each rule that is taken out, and the play that notices."""


def _played(what: Callable[..., list[str]], tmp: Path) -> list[str]:
    return what(tmp) if what is two_writers_at_once else what()


LONG = (takeover_after_a_lease, owned_by_a_process, fence_on_another_connection)
"""Those that take seconds to be noticed: something waits for good, or a moment has to be met."""


@pytest.mark.parametrize(
    "mutate",
    [pytest.param(one, id=one.__name__, marks=pytest.mark.slow if one in LONG else ()) for one in CAUGHT],
)
def test_without_a_rule_it_is_noticed(
    mutate: Callable[[PATCH], None], monkeypatch: PATCH, tmp_path: Path
) -> None:
    what = CAUGHT[mutate]
    held = _played(what, tmp_path)
    assert held == [], "with all rules in place, all is well"
    mutate(monkeypatch)
    (tmp_path / "mutant").mkdir()
    assert _played(what, tmp_path / "mutant"), f"nobody noticed: {mutate.__doc__}"


def test_eleven_rules_are_taken_out() -> None:
    assert len(CAUGHT) == 11
