"""Budgets against an exact model of a server that keeps them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from random import Random
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialdesk._engine.ledger import Ledger
from socialdesk._engine.limits import Budget, Lane, let_go
from socialdesk.connector import Limit, LimitReading

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=timezone.utc)
SHARERS = {"account": "a", "app": "p", "ip": "m"}
ONE = {"/mentions": 1}


@dataclass
class Server:
    """A platform's own count, in fixed windows of its own phase."""

    limit: int
    per: float
    opened: datetime
    used: int = 0
    refused: int = 0
    uses: dict[datetime, int] = field(default_factory=dict)

    def take(self, now: datetime) -> LimitReading:
        while now >= self.opened + timedelta(seconds=self.per):
            self.opened += timedelta(seconds=self.per)
            self.used = 0
        if self.used >= self.limit:
            self.refused += 1
        else:
            self.used += 1
            self.uses[self.opened] = self.used
        return LimitReading(
            bucket="/mentions",
            limit=self.limit,
            remaining=self.limit - self.used,
            resets_at=self.opened + timedelta(seconds=self.per),
        )


def ledger_for(server: Server, *, replies: bool, declared: int | None = None) -> Ledger:
    amount = server.limit if declared is None else declared
    return Ledger((Limit(amount, per=server.per, bucket="/mentions", replies=replies),), SHARERS)


@st.composite
def servers(draw: st.DrawFn) -> Server:
    per = draw(st.sampled_from([60.0, 900.0, 3600.0]))
    limit = draw(st.integers(1, 400))
    phase = draw(st.floats(0, per - 1))
    used = draw(st.integers(0, limit))
    return Server(limit, per, NOW - timedelta(seconds=phase), used)


@given(servers(), st.randoms(use_true_random=False), st.booleans())
@settings(max_examples=40)
def test_no_request_goes_over_the_limit_and_what_is_allowed_is_used(
    server: Server, chance: Random, replies: bool
) -> None:
    """A poller that asks without end, one answer at a time, also when it starts in a window half used up."""
    ledger = ledger_for(server, replies=replies)
    now, first = NOW, True
    for _ in range(3 * server.limit + 20):
        now += timedelta(seconds=chance.choice([0.0, 0.001, server.per / server.limit / 2]))
        wait = ledger.blocked(ONE, now, "poll")
        if wait is not None:
            assert wait > now
            now = wait
            continue
        ledger.debit(ONE, now)
        refused = server.refused
        reading = server.take(now)
        assert server.refused == refused or first  # the very first request cannot know that others used it up
        first = False
        ledger.answered(ONE, [reading], now)
    whole = sorted(server.uses)[1:-1]  # windows seen from their beginning to their end
    kept = 0 if not replies else min(max(server.limit // 5, 5), server.limit // 2)
    for window in whole:
        assert server.uses[window] == server.limit - kept


@pytest.mark.parametrize("limit", [1, 2, 15, 300, 10_000])
def test_a_budget_without_replies_is_used_to_the_end(limit: int) -> None:
    server = Server(limit, 900, NOW)
    ledger = ledger_for(server, replies=False)
    now = NOW
    while (wait := ledger.blocked(ONE, now, "poll")) is None:
        ledger.debit(ONE, now)
        ledger.answered(ONE, [server.take(now)], now)
        now += timedelta(milliseconds=1)
    assert server.used >= 0.99 * limit
    assert server.refused == 0
    assert wait == NOW + timedelta(seconds=900)


@given(st.integers(1, 60), st.randoms(use_true_random=False), st.integers(1, 12))
@settings(max_examples=150)
def test_answers_out_of_order_never_open_a_budget_again(limit: int, chance: Random, flying: int) -> None:
    """Many requests under way at once, their answers in any order, from the beginning of a window."""
    server = Server(limit, 900, NOW)
    ledger = ledger_for(server, replies=False)
    under_way: list[LimitReading] = []
    now, sent = NOW, 0
    while True:
        now += timedelta(milliseconds=5)
        if len(under_way) < flying and ledger.blocked(ONE, now, "poll") is None:
            ledger.debit(ONE, now)
            under_way.append(server.take(now))
            sent += 1
        elif under_way:
            ledger.answered(ONE, [under_way.pop(chance.randrange(len(under_way)))], now)
        else:
            break
    assert server.refused == 0
    assert sent == limit


def test_an_answer_of_the_window_before_changes_nothing() -> None:
    ledger = ledger_for(Server(10, 900, NOW), replies=False)
    ends = NOW + timedelta(seconds=900)
    late = LimitReading(bucket="/mentions", limit=10, remaining=0, resets_at=ends)
    after = ends + timedelta(seconds=1)
    ledger.debit(ONE, after)
    fresh = LimitReading(bucket="/mentions", limit=10, remaining=9, resets_at=ends + timedelta(seconds=900))
    ledger.answered({}, [fresh], after)
    ledger.answered({}, [late], after)
    assert ledger.blocked(ONE, after, "poll") is None


@pytest.mark.parametrize("limit", [1, 2, 5, 10, 25, 100, 1000])
def test_what_replies_need_is_never_spent_by_polling(limit: int) -> None:
    ledger = Ledger((Limit(limit, per=900, bucket="/mentions"),), SHARERS)

    def spend(lane: Lane) -> int:
        count = 0
        while ledger.blocked(ONE, NOW, lane) is None:
            ledger.debit(ONE, NOW)
            count += 1
        return count

    reserve = min(max(limit // 5, 5), limit // 2)
    assert spend("poll") == limit - reserve
    assert spend("backfill") == spend("follow_up") == 0
    assert spend("reply") == reserve
    assert spend("reconcile") == 0


def test_blocked_until_holds_whatever_remains_and_ends() -> None:
    ledger = ledger_for(Server(10, 900, NOW), replies=True)
    until = NOW + timedelta(seconds=30)
    ledger.block(ONE, until, NOW)
    for lane in ("reply", "poll"):
        assert ledger.blocked(ONE, NOW, lane) == until
    ledger.block(ONE, NOW + timedelta(seconds=5), NOW)  # a shorter one does not shorten it
    assert ledger.blocked(ONE, NOW + timedelta(seconds=29), "reply") == until
    assert ledger.blocked(ONE, until, "reply") is None
    assert ledger.blocked({"/other": 1}, NOW, "poll") is None


@given(st.floats(0, 86_400), st.lists(st.floats(0, 1, exclude_max=True), min_size=2, max_size=2, unique=True))
def test_those_who_wait_for_one_moment_start_at_different_ones_and_none_before_it(
    pause: float, chances: list[float]
) -> None:
    until = NOW + timedelta(seconds=pause)
    moments = [let_go(until, NOW, chance) for chance in chances]
    for moment in moments:
        assert until <= moment <= until + min(timedelta(seconds=3), (until - NOW) / 10)
    assert (moments[0] < moments[1]) == (chances[0] < chances[1]) or moments[0] == moments[1]
    assert let_go(until, until + timedelta(seconds=1), chances[0]) == until, "it is over"


def test_after_a_refusal_replies_go_sooner_than_polls_and_not_all_at_once() -> None:
    def moments(lane: Lane) -> list[float]:
        ledger = ledger_for(Server(1000, 900, NOW), replies=True)
        until = NOW + timedelta(seconds=30)
        ledger.block(ONE, until, NOW)
        now, gone = NOW, []
        while len(gone) < 17:
            wait = ledger.blocked(ONE, now, lane)
            if wait is None:
                ledger.debit(ONE, now, lane)
                gone.append((now - until).total_seconds())
            now = wait or now
        return gone

    replies, polls = moments("reply"), moments("poll")
    assert replies[0] == polls[0] == 0
    assert (round(replies[16], 1), round(polls[16], 1)) == (1.0, 4.1)
    assert all(one < two for one, two in pairwise(replies))


def test_a_reading_without_an_end_blocks_for_a_window_not_for_ever() -> None:
    ledger = Ledger((), SHARERS)
    ledger.debit(ONE, NOW)
    ledger.answered({}, [LimitReading(bucket="/mentions", remaining=0)], NOW)
    wait = ledger.blocked(ONE, NOW + timedelta(seconds=1), "poll")
    assert wait is not None
    assert ledger.blocked(ONE, NOW + timedelta(seconds=2), "poll") == wait
    assert ledger.blocked(ONE, wait, "poll") is None


def test_a_limit_of_nothing_holds_for_its_window_alone() -> None:
    ledger = ledger_for(Server(10, 900, NOW), replies=False)
    ends = NOW + timedelta(seconds=900)
    ledger.answered({}, [LimitReading(bucket="/mentions", limit=0, remaining=0, resets_at=ends)], NOW)
    assert ledger.blocked(ONE, NOW, "reply") == ends
    assert ledger.blocked(ONE, ends, "reply") is None


def test_used_is_read_as_what_remains() -> None:
    ledger = ledger_for(Server(10, 900, NOW), replies=False)
    ledger.answered({}, [LimitReading(bucket="/mentions", limit=100, used=99)], NOW)
    assert ledger.blocked(ONE, NOW, "poll") is None
    assert ledger.blocked({"/mentions": 2}, NOW, "poll") is not None


def test_several_buckets_are_all_asked_and_all_spent() -> None:
    limits = (
        Limit(3, per=60, bucket="calls", replies=False),
        Limit(10, per=3600, bucket="units", shared_by="app", replies=False),
    )
    ledger = Ledger(limits, SHARERS)
    spends = {"calls": 1, "units": 6}
    assert ledger.blocked(spends, NOW, "poll") is None
    ledger.debit(spends, NOW)
    assert ledger.blocked(spends, NOW, "poll") == NOW + timedelta(seconds=3600)
    assert ledger.blocked({"calls": 1}, NOW, "poll") is None


def test_an_answer_may_show_that_a_limit_is_shared_otherwise() -> None:
    ledger = Ledger((Limit(10, per=60, bucket="/mentions", replies=False),), SHARERS)
    ledger.debit(ONE, NOW)
    reading = LimitReading(
        bucket="/mentions", limit=10, remaining=0, resets_at=NOW + timedelta(60), shared_by="app"
    )
    ledger.answered({}, [reading], NOW)
    assert ledger.blocked(ONE, NOW, "poll") == NOW + timedelta(60)


def test_each_path_has_a_budget_of_its_own_where_a_limit_holds_for_every_one() -> None:
    ledger = Ledger((Limit(2, per=60, bucket="*", replies=False),), SHARERS)
    ledger.debit(ONE, NOW)
    ledger.debit(ONE, NOW)
    assert ledger.blocked(ONE, NOW, "poll") is not None
    assert ledger.blocked({"/elsewhere": 1}, NOW, "poll") is None
    assert ledger.blocked(ONE, NOW + timedelta(seconds=60), "poll") is None
    assert Budget().at(NOW) == Budget()


ZONES = [
    "UTC",
    "America/Los_Angeles",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/Havana",
    "Asia/Beirut",
    "Pacific/Apia",
]


@given(
    st.datetimes(datetime(2011, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001 - made aware below
    st.sampled_from(ZONES),
    st.sampled_from(["day", "month"]),
)
@settings(max_examples=400)
def test_calendar_windows_end_where_the_calendar_of_their_zone_turns(
    moment: datetime, zone: str, per: str
) -> None:
    now = moment.replace(tzinfo=timezone.utc)
    ledger = Ledger((Limit(1, per=per, tz=zone, bucket="/mentions", replies=False),), SHARERS)  # type: ignore[arg-type]  # drawn from the kinds there are
    ledger.debit(ONE, now)
    end = ledger.blocked(ONE, now, "poll")
    assert end is not None
    assert end > now

    def name(at: datetime) -> tuple[int, ...]:
        local = at.astimezone(ZoneInfo(zone))
        return (local.year, local.month, local.day) if per == "day" else (local.year, local.month)

    assert name(end) != name(now)
    assert name(end - timedelta(seconds=1)) == name(now) or zone in ("America/Havana", "Pacific/Apia")
    assert timedelta(0) < end - now <= (timedelta(hours=25) if per == "day" else timedelta(days=31, hours=2))
    assert ledger.blocked(ONE, end, "poll") is None


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29T00:00", 23), ("2026-10-25T00:00", 25), ("2026-06-01T00:00", 24)]
)
def test_days_on_which_the_clock_is_set_are_shorter_or_longer(day: str, hours: int) -> None:
    start = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo("Europe/Berlin")).astimezone(timezone.utc)
    ledger = Ledger((Limit(1, per="day", tz="Europe/Berlin", bucket="/mentions", replies=False),), SHARERS)
    ledger.debit(ONE, start)
    assert ledger.blocked(ONE, start, "poll") == start + timedelta(hours=hours)
