"""The alarm of silence is wrong as rarely as was asked for, and comes as soon as that permits."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialdesk._engine.silence import FALSE_ALARM, FEWEST, HISTORY, SHORTEST, Arrivals, hour_of, judge

START = datetime(2026, 1, 5, tzinfo=timezone.utc)
HOUR = timedelta(hours=1)


def flat(moment: datetime) -> float:
    return 1.0


def office(moment: datetime) -> float:
    """As people write who sleep at night and rest at weekends; 1.0 on average."""
    by_hour = 0.1 if moment.hour < 6 or moment.hour >= 23 else 1.7 if 9 <= moment.hour < 18 else 1.11
    return by_hour * (0.5 if moment.weekday() >= 5 else 1.2)


def written(per_day: float, shape: Callable[[datetime], float], days: int, seed: int) -> list[datetime]:
    """When people write, independently of one another, by a rate that depends on the hour."""
    chance, moments, now = random.Random(seed), [], START
    most = 2.1 * per_day / 24
    while now < START + timedelta(days=days):
        now += timedelta(hours=chance.expovariate(most))
        if chance.random() * most < shape(now) * per_day / 24:
            moments.append(now)
    return moments


def watched(moments: list[datetime]) -> tuple[int, list[float]]:
    """False alarms over these arrivals, each pause looked at when it may be one; and how long after an arrival an alarm
    would come in hours, had it been the last."""
    hours: dict[int, int] = {}
    alarms, delays = 0, []
    for this, following in pairwise(moments):
        hours[hour_of(this)] = hours.get(hour_of(this), 0) + 1
        arrivals = Arrivals(hours=hours, since=START, last_at=this)
        told = judge(arrivals, this)
        if told.chance is None:
            continue
        delays.append((told.again_at - this) / HOUR)
        while told.again_at < following and not told.alarm:
            told = judge(arrivals, told.again_at + timedelta(seconds=1))
        alarms += told.alarm
    return alarms, delays


@pytest.mark.parametrize("shape", [flat, office])
@pytest.mark.parametrize(
    ("per_day", "runs", "days"),
    [
        (3, 1, 120),
        pytest.param(3, 25, 400, marks=[pytest.mark.slow, pytest.mark.long]),
        pytest.param(14, 5, 400, marks=[pytest.mark.slow, pytest.mark.long]),
    ],
)
def test_false_alarms_are_as_rare_as_allowed(
    per_day: float,
    runs: int,
    days: int,
    shape: Callable[[datetime], float],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Of independent arrivals, each run a healthy account: no more than the threshold says, give or take chance."""
    alarms, delays = 0, []
    for seed in range(runs):
        wrong, found = watched(written(per_day, shape, days, seed))
        alarms += wrong
        delays += found
    allowed = runs * days / (FALSE_ALARM / timedelta(days=1))
    delays.sort()
    with capsys.disabled():
        sys.stdout.write(
            f"\n{per_day} a day, {shape.__name__}: {alarms} false alarms in {runs * days:,} healthy days"
            f" ({allowed:.1f} allowed); a stream that stops is noticed after {delays[len(delays) // 2]:.0f} h"
            f" (median; 95 %: {delays[len(delays) * 95 // 100]:.0f} h)\n"
        )
    assert alarms <= allowed + 2 * allowed**0.5


def steady(per_day: int, days: int) -> Arrivals:
    """So many a day at even distances."""
    moments = [START + number * timedelta(days=1) / per_day for number in range(days * per_day + 1)]
    hours: dict[int, int] = {}
    for moment in moments:
        hours[hour_of(moment)] = hours.get(hour_of(moment), 0) + 1
    return Arrivals(hours=hours, since=START, last_at=moments[-1])


def test_the_number_is_shown() -> None:
    arrivals = steady(24, 28)
    told = judge(arrivals, arrivals.last_at + 12 * HOUR)
    assert told.alarm
    assert told.text.startswith("Usually 24 a day; nothing for 12 h: the chance of that is 1 in ")
    assert told.numbers["quiet_hours"] == 12
    assert 1 / told.numbers["chance"] > 24 * 365


def test_what_was_heard_for_too_short_or_too_seldom_is_never_an_alarm() -> None:
    young = steady(24, SHORTEST.days - 1)
    assert not judge(young, young.last_at + timedelta(days=30)).alarm
    few = Arrivals(
        hours={hour_of(START): FEWEST - 1},
        since=START - timedelta(days=60),
        last_at=START + timedelta(days=10),
    )
    assert not judge(few, few.last_at + timedelta(days=300)).alarm


def test_the_night_is_no_silence() -> None:
    moments = [
        START + timedelta(days=day, hours=8 + hour / 2) for day in range(28) for hour in range(24)
    ]  # from 8 to 20 o'clock
    hours: dict[int, int] = {}
    for moment in moments:
        hours[hour_of(moment)] = hours.get(hour_of(moment), 0) + 1
    arrivals = Arrivals(hours=hours, since=START, last_at=moments[-1])
    morning = moments[-1] + 12 * HOUR
    assert not judge(arrivals, morning).alarm
    assert judge(arrivals, morning + 8 * HOUR).alarm, "the forenoon is"


@given(
    st.dictionaries(st.integers(0, 27 * 24), st.integers(0, 30), max_size=200),
    st.integers(0, 40 * 24),
    st.integers(1, 2000),
)
def test_a_longer_silence_is_never_more_likely_and_the_next_look_is_never_too_late(
    counts: dict[int, int], quiet: int, days: int
) -> None:
    first = hour_of(START)
    arrivals = Arrivals(
        hours={first + hour: number for hour, number in counts.items()}, since=START, last_at=START + HISTORY
    )
    allowed, now = timedelta(days=days), START + HISTORY + quiet * HOUR
    told, later = judge(arrivals, now, allowed), judge(arrivals, now + HOUR, allowed)
    assert told.again_at > now
    if told.chance is None or later.chance is None:
        assert not told.alarm
        return
    assert 0 <= later.chance <= told.chance <= 1
    if not told.alarm:
        before = judge(arrivals, max(now, told.again_at - timedelta(minutes=2)), allowed)
        assert not before.alarm, "it was an alarm before anybody would have looked"
