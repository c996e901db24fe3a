"""What was seen of an account makes one state, whatever the order in which it was seen."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta, timezone
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialdesk._engine.health import (
    Met,
    Sighting,
    Symptom,
    assess,
    noticed,
    stops_account,
    symptom_of,
    worded,
)
from socialdesk._engine.reasons import PRECEDENCE, REASONS
from socialdesk.connector import Notice
from socialdesk.errors import (
    AuthError,
    ConfigError,
    PlatformError,
    PluginError,
    RateLimited,
    Rejected,
    SocialdeskError,
    Unavailable,
)
from socialdesk.models import HealthReason, HealthState

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=timezone.utc)


def met(error: SocialdeskError, where: Met = "hearing", failures: int = 1) -> Symptom | None:
    return symptom_of(error, Sighting(source="listing/mentions/", met=where, at=NOW, failures=failures))


def test_every_state_and_every_reason_has_a_meaning_and_an_advice() -> None:
    assert set(REASONS) == set(get_args(HealthReason))
    assert set(PRECEDENCE) == set(get_args(HealthState)) == {"ok", *(each.state for each in REASONS.values())}
    assert all(each.words.endswith(".") and each.advice.endswith(".") for each in REASONS.values())


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (AuthError(), "signed_out"),
        (AuthError(reason="scope"), "scope_missing"),
        (AuthError(reason="scope", scope="stream"), "scope_missing"),
        (AuthError(reason="suspended"), "suspended"),
        (AuthError(reason="deactivated"), "deactivated"),
        (AuthError(scope="app"), "app_refused"),
        (RateLimited(), "limit_reached"),
        (RateLimited(needs_human=True), "credit_used_up"),
        (Rejected("not_permitted", scope="stream"), "not_permitted"),
        (Rejected("not_permitted"), None),
        (Rejected("gone", scope="stream"), None),
        (Unavailable(scope="stream"), None),
        (PlatformError("what is this?"), None),
        (PluginError(), "plugin_error"),
        (ConfigError(), "misconfigured"),
    ],
)
def test_an_error_is_judged_by_its_type_scope_and_reason(error: SocialdeskError, reason: str | None) -> None:
    found = met(error)
    assert (found.reason if found else None) == reason


def test_what_is_not_known_never_keeps_an_account_from_anything_however_often_it_comes() -> None:
    for error in (PlatformError("what is this?"), Rejected("content"), SocialdeskError("what?")):
        found = met(error, failures=100)
        assert found is not None
        assert found.state == "degraded"
        assert not stops_account(error)
        assert met(error, "answering", failures=100) is None


def test_a_platform_that_is_away_is_told_of_once_it_was_so_several_times_in_a_row() -> None:
    seen = [met(Unavailable(), failures=number) for number in range(1, 5)]
    assert [each.reason if each else None for each in seen] == [None, None, "unreachable", "unreachable"]


@pytest.mark.parametrize(
    ("error", "where", "sides"),
    [
        (AuthError(), "hearing", (True, True)),
        (AuthError(), "answering", (False, True)),
        (AuthError(reason="scope"), "hearing", (True, False)),
        (AuthError(reason="scope"), "answering", (False, True)),
        (AuthError(reason="suspended"), "answering", (False, True)),
        (AuthError(reason="suspended"), "hearing", (True, True)),
        (AuthError(scope="stream"), "hearing", (True, False)),
        (RateLimited(needs_human=True), "hearing", (True, True)),
        (RateLimited(), "hearing", (True, False)),
        (RateLimited(), "both", (True, True)),
    ],
)
def test_what_waits_is_hearing_or_answering_or_both(
    error: SocialdeskError, where: Met, sides: tuple[bool, bool]
) -> None:
    found = met(error, where)
    assert found is not None
    assert (found.inbound, found.outbound) == sides


def symptom(number: int, reason: Any, source: str = "", **more: Any) -> Symptom:
    at = NOW + timedelta(minutes=number)
    return Symptom(
        source=source or f"s{number}", reason=reason, text=f"no {number}", since=at, seen_at=at, **more
    )


symptoms = st.lists(
    st.builds(
        symptom,
        st.integers(0, 5),
        st.sampled_from([None, *REASONS]),
        st.sampled_from(["answering", "profile", "listing/a/", "listing/b/", "listing/c/"]),
        inbound=st.booleans(),
        outbound=st.booleans(),
    ),
    max_size=6,
    unique_by=lambda each: each.source,
)


@given(symptoms, st.integers(0, 4))
def test_the_order_in_which_things_were_seen_changes_nothing(found: list[Symptom], listings: int) -> None:
    told = {assess(order, listings).model_dump_json() for order in itertools.permutations(found)}
    assert len(told) == 1


@given(symptoms, st.integers(0, 4), st.sampled_from(list(REASONS)))
def test_something_more_that_is_wrong_never_makes_an_account_better(
    found: list[Symptom], listings: int, reason: HealthReason
) -> None:
    before = assess(found, listings)
    after = assess([*found, symptom(9, reason, "more")], listings)
    for name in ("state", "inbound", "outbound"):
        assert PRECEDENCE.index(getattr(after, name)) <= PRECEDENCE.index(getattr(before, name))
    assert after.state != "ok"


def test_a_limit_is_the_accounts_state_only_where_it_holds_up_every_listing() -> None:
    first = symptom(1, "limit_reached", "listing/mentions/", outbound=False)
    second = symptom(2, "limit_reached", "listing/search/acme/x", outbound=False)
    assert assess([first], 2).state == "ok"
    limited = assess([first, second], 2)
    assert (limited.state, limited.inbound, limited.outbound) == ("rate_limited", "rate_limited", "ok")
    sending = assess([symptom(1, "limit_reached", "answering", inbound=False)], 2)
    assert (sending.inbound, sending.outbound) == ("ok", "rate_limited")


def test_a_person_is_told_what_is_wrong_since_when_and_what_to_do() -> None:
    health = worded(assess([symptom(0, "signed_out")], 1), NOW)
    assert health.text == (
        "no 0. Since 2026-11-20 09:00 UTC. Sign in again at the platform and store the new credentials."
    )
    assert health.since == NOW
    assert worded(assess([], 1), NOW).text == ""


def test_a_notice_gives_its_state_and_its_code_is_the_reason_where_it_is_one() -> None:
    told = noticed(Notice("deactivated", "closed", scope="account", health="suspended"), "s", NOW)
    assert told is not None
    assert (told.state, told.reason) == ("suspended", "deactivated")
    named = noticed(Notice("policy", "no", health="suspended", concerns="outbound"), "s", NOW)
    assert named is not None
    assert (named.reason, named.inbound, named.outbound) == ("suspended", False, True)
    assert noticed(Notice("policy", "again", health="ok"), "s", NOW) is None
    note = noticed(Notice("access_ends", "soon", scope="account"), "s", NOW)
    assert note is not None
    assert (note.state, assess([note], 1).notes) == ("ok", ("access_ends: soon",))
