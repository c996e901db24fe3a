"""What must hold whatever strikes: P1 to P11, looked at while a play goes on and when it has ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from socialdesk._engine.effects import Call
from socialdesk.desk.schema import moment
from socialdesk.testing.simulation._world import World
from socialdesk.wire import Request

if TYPE_CHECKING:
    from socialdesk.testing.simulation._moments import Task

__all__ = ["RULES", "Watch"]

RULES = {
    "P1": "said twice",
    "P2": "taken for said",
    "P3": "stuck",
    "P4": "said without an attempt on record",
    "P5": "said twice in one attempt",
    "P6": "written by a run that had lost its claim",
    "P7": "taken over from a run that lived",
    "P8": "said again without proof",
    "P9": "out of order",
    "P10": "one key made two replies",
    "P11": "said, and taken for not said",
}
"""The invariants, by what it is called where one is broken."""

_KEY_LASTS = timedelta(minutes=50)
_PROOFS = {"readback": 2, "key": 1, "client_id": 1}


class Watch:
    """Looks on. ``broken`` names each rule that did not hold, with what was seen."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.broken: list[str] = []
        self.requests = 0
        self.applied: list[str] = []  # the parts in the order in which the platform took them
        self._spoken: set[tuple[str, int]] = set()
        self._epochs: dict[str, int] = {}
        self._held: tuple[Any, ...] | None = None
        self._died: set[tuple[str, int]] = set()
        self._looks: dict[
            str, list[datetime]
        ] = {}  # of what may have been said: when it was looked for in vain

    def break_(self, rule: str, words: str) -> None:
        self.broken.append(f"{rule} {RULES[rule]}: {words}")

    def failed(self, error: Exception) -> None:
        """A drain raised, which it never may."""
        self.broken.append(f"P3 stuck: a drain raised {type(error).__name__}: {error}")

    # -------------------------------------------------------------------------------------------- while it goes on

    def before_call(self, task: Task, call: Call[Any]) -> None:
        if call.name == "record" and task.claim is not None:
            rows = self.world.rows(
                "SELECT epoch, owner FROM socialdesk_part WHERE id = ?", task.claim.part_id
            )
            self._held = tuple(rows[0])

    def after_call(self, task: Task, call: Call[Any], answer: Any) -> None:
        claim = task.claim
        if call.name == "record" and claim is not None and answer is not None:
            if self._held != (claim.epoch, claim.owner):
                self.break_("P6", f"{claim.part_id} of {claim.epoch}, {claim.owner} by {self._held}")
            verdict = answer.verdict
            if verdict.outcome == "not_found":
                self._looks.setdefault(claim.part_id, []).append(verdict.at)
            elif claim.task == "send" and verdict.state == "unknown":
                self._looks[claim.part_id] = []
        if call.name == "claim_part":
            self._see_who_died()
        if call.writes:
            self._see_epochs()

    def _see_who_died(self) -> None:
        for part, epoch, owner in self.world.rows(
            "SELECT part_id, epoch, owner FROM socialdesk_attempt WHERE outcome = 'died'"
        ):
            if (part, epoch) in self._died:
                continue
            self._died.add((part, epoch))
            self._looks[part] = []
            worker = self.world.workers.get(owner.partition("/")[0])
            if worker is not None and worker.held and worker.has(owner):
                self.break_("P7", f"{part} from {owner}")

    def _see_epochs(self) -> None:
        for part, epoch in self.world.rows("SELECT id, epoch FROM socialdesk_part"):
            if epoch < self._epochs.get(part, 0):
                self.break_("P6", f"the epoch of {part} went back to {epoch}")
            self._epochs[part] = epoch

    def speaks(self, task: Task, request: Request) -> None:
        """Before its first byte, what is said has to be on record as under way: once for each attempt."""
        claim = task.claim
        if claim is None:
            return self.break_("P4", repr(request))
        open_ = self.world.rows(
            "SELECT part.epoch FROM socialdesk_part part JOIN socialdesk_attempt attempt"
            " ON attempt.part_id = part.id AND attempt.epoch = part.epoch"
            " WHERE part.id = ? AND part.state = 'sending' AND attempt.ended_at IS NULL",
            claim.part_id,
        )
        lost = not task.worker.held  # given up for dead: what it sends at once, nobody can hold back any more
        if open_ != [(claim.epoch,)] and not lost:
            self.break_("P4", f"{claim.part_id} in {claim.epoch}, on record {open_}")
        if (claim.part_id, claim.epoch) in self._spoken:
            self.break_("P5", f"{claim.part_id} in {claim.epoch}")
        self._spoken.add((claim.part_id, claim.epoch))
        if claim.part_id in self._looks and not lost:
            self._see_proof(claim.part_id)
        return None

    def _see_proof(self, part: str) -> None:
        looks = self._looks.pop(part)
        capabilities = self.world.capabilities
        settle, grace = capabilities.settle, capabilities.grace
        enough = len(looks) >= _PROOFS.get(settle, 1000)
        if settle == "readback" and enough:
            enough = looks[-1] - looks[0] >= grace
        if settle == "key" and enough:
            first = self.world.rows("SELECT first_sent_at FROM socialdesk_part WHERE id = ?", part)[0][0]
            enough = first is not None and self.world.now() - moment(first) < _KEY_LASTS
        if not enough:
            self.break_("P8", f"{part} after {len(looks)} looks, {settle}")

    # ---------------------------------------------------------------------------------------------- when it ended

    def ended(self, settled: bool) -> None:
        """Compare what the tables say with what the platform shows."""
        rows = self.world.rows(
            "SELECT part.state, part.text, part.remote_id, part.id, reply.thread FROM socialdesk_part part"
            " JOIN socialdesk_reply reply ON part.reply_key = reply.key"
            " AND part.account_id = reply.account_id ORDER BY reply.created_at, reply.id, part.number"
        )
        spoken = [_plain(text) for text in self.world.stage.spoken(self.world.platform)]
        counted: dict[str, int] = {}
        for state, text, *_ in rows:
            said = counted[text] = sum(_plain(text) in one for one in spoken)
            if said > 1:
                self.break_("P1", f"{said} times {text!r}, {state}")
            if state == "sent" and said == 0:
                self.break_("P2", repr(text))
            if state in ("failed", "cancelled") and said:
                self.break_("P11", repr(text))
        if not settled:
            self.break_("P3", ", ".join(f"{text!r} is {state}" for state, text, *_ in rows))
        self._see_order([(part, thread) for state, _, _, part, thread in rows if state == "sent"])
        ids = [row[2] for row in rows if row[2] is not None]
        if len(ids) != len(set(ids)):
            self.break_("P2", f"one post for two parts: {ids}")

    def _see_order(self, sent: list[tuple[str, str]]) -> None:
        first = {part: place for place, part in reversed(list(enumerate(self.applied)))}
        for thread in {thread for _, thread in sent}:
            places = [first.get(part, -1) for part, of in sent if of == thread]
            if places != sorted(places):
                self.break_("P9", f"{thread}: {places}")


def _plain(text: str) -> str:
    return " ".join(text.split())
