"""Draining the outbox of one account: one part at a time, intent before I/O, and a look before anything is repeated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import orjson

from socialdesk._engine.effects import TakeStamp
from socialdesk._engine.health import Sighting, Symptom, stops_account, symptom_of
from socialdesk._engine.outbox import Outcome, dump_sent, judge, send_part, sent_id
from socialdesk._engine.session import Session, TooLate
from socialdesk.auth import Stamp
from socialdesk.connector import Prepared, Search, Sent
from socialdesk.desk import outgoing
from socialdesk.desk.claims import Claim, Terms, claim_part, intend, put_off_alike
from socialdesk.desk.finding import find_part
from socialdesk.desk.listings import Alive, open_for_sending
from socialdesk.desk.lives import LifeLost
from socialdesk.desk.outgoing import Pause
from socialdesk.desk.publishing import Publish, publish
from socialdesk.desk.putting_off import come_back
from socialdesk.desk.reports import DrainReport
from socialdesk.desk.symptoms import ANSWERING, IDENTIFYING
from socialdesk.desk.verdicts import Verdict, find_bound, record
from socialdesk.desk.workplace import Workplace, Workshop, identified
from socialdesk.errors import RateLimited, SocialdeskError, Unavailable
from socialdesk.wire import Request

__all__ = ["Drain", "drain_account"]

NEGATIVES_NEEDED = {"readback": 2, "key": 1, "client_id": 1}
KEY_LIFETIME = timedelta(minutes=50)
RECONCILE_PATIENCE = timedelta(minutes=15)
UNKNOWNS_AT_MOST = 5
OLDEST_INTENT = 5.0
"""Seconds between writing an intent and sending it, after which the claim is given back: the process was asleep."""

ACCOUNT_PAUSE = timedelta(minutes=15)
LOOK_AGAIN = timedelta(seconds=30)
PARTS_IN_TURN = 20
"""How many parts of an account are seen to before the next account's."""


class _ClaimLost(SocialdeskError):
    """Another run has taken the part over: nothing is sent."""


@dataclass(frozen=True, kw_only=True)
class Drain:
    """How to drain: for which owner, and how long a request may take."""

    workshop: Workshop
    owner: str
    alive: Alive
    timeout: timedelta
    publish: Publish | None = None


async def drain_account(account_id: str, drain: Drain) -> tuple[DrainReport, bool]:
    """Send a few parts that are due, or look for what may have been sent; and whether there may be more.

    Never raises what concerns the account alone.
    """
    stamp = await TakeStamp()
    opened = await open_for_sending(account_id, stamp.now)
    if opened is None:
        return DrainReport(), False
    try:
        place = drain.workshop.open(opened.account, opened.budgets, drain.alive, drain.owner)
    except SocialdeskError as error:
        return await _refused(account_id, drain, error)
    try:
        await publish(await identified(place), drain.publish)
    except SocialdeskError as error:
        await place.settle_up(stamp.now)
        return await _refused(account_id, drain, error)
    report, more = await _drained(place, drain)
    stamp = await TakeStamp()
    await place.settle_up(stamp.now)
    return report, more


async def _refused(account_id: str, drain: Drain, error: SocialdeskError) -> tuple[DrainReport, bool]:
    """Nothing of the account can be sent now."""
    stamp = await TakeStamp()
    again_at = come_back(error, 0, stamp)
    met = Sighting(source=IDENTIFYING, met="both", at=stamp.now)
    shown = symptom_of(error, met)
    pause = Pause(now=stamp.now, until=again_at, problem=str(error), stamp=stamp, symptom=shown)
    await publish(await outgoing.put_off(account_id, pause), drain.publish)
    return DrainReport(put_off=1, again_at=again_at), False


async def _drained(place: Workplace, drain: Drain) -> tuple[DrainReport, bool]:
    report = DrainReport()
    account_id = place.account.id
    grace = place.connector.capabilities.grace
    for _ in range(PARTS_IN_TURN):
        stamp = await TakeStamp()
        terms = Terms(
            owner=drain.owner, alive=drain.alive, now=stamp.now, settles_after=drain.timeout + grace
        )
        claim = await claim_part(account_id, terms)
        if claim is None:
            return report, False
        try:
            verdict = await _worked_on(claim, place, drain)
        except LifeLost:  # nothing was said: the next drain is a new worker's, which claims it anew
            return report + DrainReport(put_off=1, again_at=stamp.now), False
        recorded = None if verdict is None else await record(claim, verdict)
        if verdict is None or recorded is None:
            continue
        place.ledger.review(recorded.budgets, verdict.at)
        report += _counted(recorded.verdict)
        await publish(recorded.events, drain.publish)
        if verdict.stops and verdict.next_at is not None:
            # the account is refused, not the reply: the others wait with it
            pause = Pause(now=stamp.now, until=verdict.next_at, problem=verdict.error or "")
            await outgoing.put_off(account_id, pause)
            return report, False
        if verdict.limited and verdict.next_at is not None:
            pause = Pause(now=stamp.now, until=verdict.next_at, problem=verdict.error or "")
            report += DrainReport(put_off=await put_off_alike(account_id, claim.part, pause))
    return report, True


async def _worked_on(claim: Claim, place: Workplace, drain: Drain) -> Verdict | None:
    verdict = await (_send if claim.task == "send" else _reconcile)(claim, place, drain)
    return None if verdict is None else replace(verdict, spending=place.ledger.changes(verdict.at))


_COUNTED = {
    "sent": "sent",
    "failed": "failed",
    "unknown": "unknown",
    "needs_human": "needs_human",
    "pending": "put_off",
}


def _counted(verdict: Verdict) -> DrainReport:
    return DrainReport(**{_COUNTED[verdict.state]: 1}, again_at=verdict.next_at)


# ------------------------------------------------------------------------------------------------------ sending


async def _send(claim: Claim, place: Workplace, drain: Drain) -> Verdict | None:
    """Send one part; None where the claim was lost before anything was said."""
    session = place.session("reply")
    intent = _Intent(claim, session)
    session.before_speaking = intent.write
    stamp = await TakeStamp()
    part = replace(claim.part, standing=replace(claim.standing, now=stamp.now))
    try:
        sent = await send_part(part, session)
    except LifeLost:
        raise
    except _ClaimLost:
        return None
    except TooLate:
        return await _given_back(claim)
    except SocialdeskError as error:
        return await _judged(error, claim, place, session)
    stamp = await TakeStamp()
    if isinstance(sent, Prepared):
        return _prepared(sent, claim, stamp)
    return _found(sent, claim, place, stamp, "answer")


def _prepared(prepared: Prepared, claim: Claim, stamp: Stamp) -> Verdict:
    """What has to be there first is kept, so that it is not done twice; then the part is due again."""
    return Verdict(
        state="pending",
        outcome="prepared",
        stamp=stamp,
        next_at=stamp.now + timedelta(seconds=prepared.again_in),
        prepared=orjson.dumps(dict(prepared.data)).decode(),
        unknowns=claim.unknowns,
        unsaid=claim.unknowns == 0,
    )


class _Intent:
    """Writes down what is about to be sent, in the moment before it is sent."""

    def __init__(self, claim: Claim, session: Session) -> None:
        self.claim = claim
        self.session = session

    async def write(self, request: Request) -> Request:
        """The request to send: the one stored at the first attempt, where there was one."""
        before = await TakeStamp()
        if self.claim.request is not None:
            request = Request.load(self.claim.request)
        if not await intend(self.claim, request.dump(), before.now):
            raise _ClaimLost
        self.session.speak_by = before.monotonic + OLDEST_INTENT
        return request


async def _given_back(claim: Claim) -> Verdict:
    stamp = await TakeStamp()
    return Verdict(
        state="pending",
        outcome="given_back",
        stamp=stamp,
        next_at=stamp.now,
        error="The process slept between writing the intent and sending; nothing was sent.",
        unknowns=claim.unknowns,
        unsaid=claim.unknowns == 0,
    )


async def _judged(error: SocialdeskError, claim: Claim, place: Workplace, session: Session) -> Verdict:
    stamp = await TakeStamp()
    if session.renewed and claim.part_id in place.renewed_for:
        session.renewed = False  # refused with the new credentials, too: renewing them again would not help
    outcome = judge(error, session, stamp, claim.attempts + 1)
    if outcome.renewed:
        place.renewed_for.add(claim.part_id)
    if outcome.state == "unknown":
        return _unknown(outcome, claim, place, stamp)
    return Verdict(
        state=outcome.state,
        outcome="not_sent" if outcome.state == "pending" else "refused",
        stamp=stamp,
        next_at=outcome.again_at,
        error=outcome.error,
        unknowns=claim.unknowns,
        unsaid=outcome.state == "pending" and claim.unknowns == 0,
        symptom=None if outcome.renewed else _symptom(error, stamp, claim.attempts + 1),
        stops=stops_account(error) and not outcome.renewed,
        limited=_is_held(error) or (isinstance(error, RateLimited) and error.scope not in ("item", "person")),
    )


def _is_held(error: SocialdeskError | None) -> bool:
    return isinstance(error, Unavailable) and error.held


def _symptom(error: SocialdeskError, stamp: Stamp, failures: int) -> Symptom | None:
    """What a refusal to say something shows of the account."""
    met = Sighting(source=ANSWERING, met="answering", at=stamp.now, failures=failures)
    return symptom_of(error, met)


def _unknown(outcome: Outcome, claim: Claim, place: Workplace, stamp: Stamp) -> Verdict:
    """It may have been posted. A person is asked where no look could tell, or where it happened too often."""
    unknowns = claim.unknowns + 1
    settle = place.connector.capabilities.settle
    hopeless = settle == "none" or unknowns >= UNKNOWNS_AT_MOST
    return Verdict(
        state="needs_human" if hopeless else "unknown",
        outcome="unknown",
        stamp=stamp,
        next_at=None if hopeless else stamp.now + place.connector.capabilities.grace,
        error=outcome.error,
        unknowns=unknowns,
    )


def _found(sent: Sent, claim: Claim, place: Workplace, stamp: Stamp, settled_by: str) -> Verdict:
    return Verdict(
        state="sent",
        outcome="sent",
        stamp=stamp,
        remote_id=str(sent_id(place.connector, sent)),
        sent=dump_sent(sent),
        conversation=None if sent.conversation is None else str(sent.conversation),
        settled_by=settled_by,
        unknowns=claim.unknowns,
    )


# -------------------------------------------------------------------------------------------------- reconciling


async def _reconcile(claim: Claim, place: Workplace, drain: Drain) -> Verdict:
    """Look for a part that may have been posted, and decide by what the look can prove."""
    capabilities = place.connector.capabilities
    if capabilities.settle == "none":
        stamp = await TakeStamp()
        return _ask_person(claim, stamp, "The platform offers no way to find out whether it was posted.")
    problem: str | None = None
    search = Search()
    refusal: SocialdeskError | None = None
    held_until: datetime | None = None
    try:
        search = await find_part(claim.part, place)
    except SocialdeskError as error:
        problem = str(error)
        refusal = error if stops_account(error) else None
        held_until = error.retry_at if isinstance(error, Unavailable) and error.held else None
    stamp = await TakeStamp()
    free = await _free(search.found, claim, place)
    if free is not None:
        return _found(free, claim, place, stamp, "readback")
    if refusal is not None:
        return _waits_for_account(claim, stamp, refusal)
    if problem is not None or not search.reached:
        words = problem or "The look did not reach back far enough."
        return _look_again(claim, stamp, words, held_until)
    return _negative(claim, place, stamp, capabilities.grace)


async def _free(found: Sequence[Sent], claim: Claim, place: Workplace) -> Sent | None:
    """The first of these posts that is not known to be another part of ours."""
    if not found:
        return None
    ids = [str(sent_id(place.connector, sent)) for sent in found]
    bound = await find_bound(claim.account_id, ids)
    return next((sent for sent, key in zip(found, ids, strict=True) if key not in bound), None)


def _waits_for_account(claim: Claim, stamp: Stamp, refusal: SocialdeskError) -> Verdict:
    """The account is refused: once its owner has seen to that, the look goes on. No patience is used up by it."""
    return Verdict(
        state="unknown",
        outcome="unknown",
        stamp=stamp,
        next_at=stamp.now + ACCOUNT_PAUSE,
        error=str(refusal),
        unknowns=claim.unknowns,
        negatives=claim.negatives,
        negative_at=claim.negative_at,
        symptom=_symptom(refusal, stamp, 1),
        stops=True,
    )


def _look_again(claim: Claim, stamp: Stamp, problem: str, held_until: datetime | None) -> Verdict:
    since = claim.unsettled_at or stamp.now
    if stamp.now - since >= RECONCILE_PATIENCE:
        return _ask_person(claim, stamp, f"It could not be found out whether it was posted: {problem}")
    return Verdict(
        state="unknown",
        outcome="unknown",
        stamp=stamp,
        next_at=held_until or stamp.now + LOOK_AGAIN,
        error=problem,
        unknowns=claim.unknowns,
        negatives=claim.negatives,
        negative_at=claim.negative_at,
        unsettled_at=since,
    )


def _negative(claim: Claim, place: Workplace, stamp: Stamp, grace: timedelta) -> Verdict:
    """It was looked for, far enough back, and is not there. Only looks a whole grace apart count as two."""
    apart = claim.negative_at is None or stamp.now - claim.negative_at >= grace
    negatives = claim.negatives + (1 if apart else 0)
    settle = place.connector.capabilities.settle
    if settle == "key" and _key_expired(claim, stamp.now):
        return _ask_person(
            claim, stamp, "The idempotency key has expired, so that sending again might post it twice."
        )
    enough = negatives >= NEGATIVES_NEEDED[settle]
    if enough and claim.unknowns >= UNKNOWNS_AT_MOST:
        return _ask_person(claim, stamp, "It was tried often, and each time nobody can tell what came of it.")
    return Verdict(
        state="pending" if enough else "unknown",
        outcome="not_found",
        stamp=stamp,
        next_at=stamp.now if enough else stamp.now + grace,
        error=None if enough else "Not found yet: it is looked for once more before it is sent again.",
        unknowns=claim.unknowns,
        negatives=0 if enough else negatives,
        negative_at=None if enough else (stamp.now if apart else claim.negative_at),
    )


def _key_expired(claim: Claim, now: datetime) -> bool:
    return claim.first_sent_at is not None and now - claim.first_sent_at >= KEY_LIFETIME


def _ask_person(claim: Claim, stamp: Stamp, words: str) -> Verdict:
    return Verdict(
        state="needs_human",
        outcome="unknown",
        stamp=stamp,
        error=words,
        unknowns=claim.unknowns,
        negatives=claim.negatives,
    )
