"""What spreads stands first: growth from one reading to the next, in figures and in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from socialdesk.models import Mention
from socialdesk.triage import Triage, Weights
from tests.triage.posts import NOON, said

TRIAGE = Triage(("Vela", "@VelaHelp"))


def reasons(mention: Mention, before: Mention | None = None) -> tuple[str, ...]:
    return TRIAGE.assess(mention, before).reasons


def priority(mention: Mention, before: Mention | None = None) -> float:
    told = TRIAGE.assess(mention, before).priority
    assert told is not None
    return told


class TestWords:
    """The reasons that an agent reads, the heaviest first."""

    def test_an_actor_who_spreads(self) -> None:
        actor = said("still no signal @VelaHelp", followers=1_200_000, reposts=2_000, after=60)
        assert reasons(actor) == (
            "2,000 reposts in an hour",
            "1.2 M followers",
            "complaint",
            "names us",
        )

    @pytest.mark.parametrize(
        ("earlier", "later", "minutes", "reason"),
        [
            (500, 1_000, 10, "reposts doubled in 10 minutes"),
            (500, 1_499, 10, "reposts doubled in 10 minutes"),
            (100, 310, 60, "reposts tripled in an hour"),
            (100, 400, 60, "reposts quadrupled in an hour"),
            (100, 777, 60, "reposts grew 7-fold in an hour"),
            (20, 5_000, 90, "250 times as many reposts in 90 minutes"),
            (500, 999, 10, "499 more reposts in 10 minutes"),
            (3, 40, 10, "37 more reposts in 10 minutes"),
            (0, 4_000, 180, "4,000 more reposts in 3 hours"),
            (10_000, 12_345_678, 60 * 24 * 3, "1,234 times as many reposts in 3 days"),
            (1_000_000, 1_060_000, 1, "60 k more reposts in a minute"),
            (0, 30, 0.2, "30 more reposts in less than a minute"),
            (0, 1_300_000_000, 60, "1.3 bn more reposts in an hour"),
        ],
    )
    def test_growth_since_the_last_reading(
        self, earlier: int, later: int, minutes: float, reason: str
    ) -> None:
        before = said(reposts=earlier, after=10)
        now = said(reposts=later, after=10 + minutes)
        assert reason in reasons(now, before)

    def test_reposts_and_quotes_count_together(self) -> None:
        before = said(reposts=60, quotes=40, after=0)
        assert "reposts doubled in 20 minutes" in reasons(said(reposts=120, quotes=80, after=20), before)

    def test_only_a_count_that_both_readings_tell_has_grown(self) -> None:
        before = said(reposts=100, after=0)
        told = reasons(said(reposts=120, quotes=5_000, after=20), before)
        assert "20 more reposts in 20 minutes" in told
        assert "5,120 reposts" in told

    def test_what_is_first_heard_has_grown_since_it_was_posted(self) -> None:
        assert "800 reposts in 20 minutes" in reasons(said(reposts=800, after=20))

    def test_without_a_time_there_is_spread_and_no_growth(self) -> None:
        assert reasons(said(reposts=800)) == ("800 reposts", "names us")
        assert "800 reposts" in reasons(said(reposts=800, after=20, created_at=None))

    def test_other_counts_by_name(self) -> None:
        told = reasons(said(likes=2_000, replies=345, views=3_400_000, followers=45_600))
        assert set(told) == {"45.6 k followers", "3.4 M views", "2,345 likes and replies", "names us"}

    def test_a_count_that_was_not_told_is_no_reason(self) -> None:
        assert reasons(said()) == ("names us",)
        assert reasons(said(likes=0, replies=0, reposts=0, quotes=0, views=0, followers=0, after=30)) == (
            "names us",
        )

    def test_what_everybody_has_is_no_reason(self) -> None:
        assert reasons(said(followers=80, likes=2)) == ("names us",)

    @pytest.mark.parametrize(
        ("mention", "told"),
        [
            (said("Still waiting, no signal since Monday"), ("complaint", "names us")),
            (said("Do you sell prepaid sims?"), ("asks a question", "names us")),
            (said("Thank you so much, excellent service"), ("praise", "names us")),
            (said("No signal since Monday", kind="direct_message"), ("complaint", "wrote to us directly")),
            (said("No signal since Monday", kind="reply"), ("complaint", "replied to us")),
            (said("No signal since Monday", kind="comment"), ("complaint", "commented on our post")),
            (said("One awful, horrible night", kind="search_match"), ("may not be about us", "complaint")),
            (said("😡🤬", kind="reply"), ("replied to us", "sounds unhappy")),
        ],
    )
    def test_what_it_says(self, mention: Mention, told: tuple[str, ...]) -> None:
        assert reasons(mention) == told

    def test_what_pushes_down_is_told_first(self) -> None:
        spam = said("Claim your free iPhone, click here http://a.example now!!", followers=5_000_000)
        assert reasons(spam)[0] == "looks like spam"
        assert "5 M followers" in reasons(spam)
        elsewhere = said("That vela in the window, a poem of a candle", kind="search_match")
        assert reasons(elsewhere)[0] == "not about us"
        assert reasons(said("no signal", state="deleted"))[0] == "deleted"


class TestGrowth:
    """What the arithmetic does where the readings are odd."""

    def test_faster_is_higher(self) -> None:
        before = said(reposts=100, after=0)
        slow, fast = said(reposts=400, after=120), said(reposts=400, after=20)
        assert priority(fast, before) > priority(slow, before) > priority(said(reposts=400), None)

    @pytest.mark.parametrize("minutes", [0, -30])
    def test_a_reading_from_the_same_moment_or_later_tells_no_growth(self, minutes: float) -> None:
        before = said(reposts=10, after=60)
        now = said(reposts=1_000, after=60 + minutes)
        assert reasons(now, before) == ("1,000 reposts", "names us")
        assert priority(now, before) == priority(said(reposts=1_000))

    def test_a_post_read_before_it_was_posted_tells_no_growth(self) -> None:
        assert reasons(said(reposts=1_000, after=-5)) == ("1,000 reposts", "names us")

    def test_fewer_reposts_than_before_do_not_push_down(self) -> None:
        before = said(reposts=900, after=0)
        fewer = said(reposts=800, after=10)
        assert priority(fewer, before) == priority(said(reposts=800))
        assert reasons(fewer, before) == ("800 reposts", "names us")

    def test_a_moment_is_reckoned_as_the_shortest_time(self) -> None:
        before = said(reposts=0, after=0)
        second, five = said(reposts=10, after=1 / 60), said(reposts=10, after=5)
        assert priority(second, before) == priority(five, before)
        strict = Triage(("Vela",), shortest=timedelta(seconds=1))
        assert (strict.assess(second, before).priority or 0) > priority(second, before)

    def test_a_reading_without_counts_or_time_is_none(self) -> None:
        now = said(reposts=300, after=30)
        assert priority(now, said(after=0)) == priority(said(reposts=300))
        assert priority(now, said(reposts=5)) == priority(now)

    def test_more_in_the_last_reading_is_less_growth(self) -> None:
        now = said(reposts=300, after=30)
        lower, higher = said(reposts=10, after=0), said(reposts=290, after=0)
        assert priority(now, lower) > priority(now, higher)

    def test_odd_counts_are_survived(self) -> None:
        most = 2**63 - 1
        huge = said(reposts=most, quotes=most, followers=most, views=most, likes=-5, after=1)
        assert 0.99 < priority(huge, said(reposts=-7, after=0)) <= 1
        assert priority(said(reposts=10**300)) == priority(said())
        assert priority(said(reposts=-4, followers=-1, views=-1)) == priority(said())


class TestWeights:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"complaint": -1},
            {"followers": (-1, 1000)},
            {"growth": (20, 0)},
            {"half": 0},
            {"spam": 1.5},
            {"unsure": -0.1},
        ],
    )
    def test_what_would_turn_the_order_round_is_refused(self, wrong: dict[str, float]) -> None:
        with pytest.raises(ValueError):
            Weights(**wrong)  # type: ignore[arg-type]  # one of them is a pair

    def test_a_company_may_weigh_otherwise(self) -> None:
        praise_first = Triage(weights=Weights(praise=60))
        praise, complaint = said("excellent, thank you"), said("no signal since Monday")
        assert (praise_first.assess(praise).priority or 0) > (praise_first.assess(complaint).priority or 0)
        assert priority(praise) < priority(complaint)

    def test_reach_and_growth_carry_each_other(self) -> None:
        apart = Triage(weights=Weights(carried=0))
        both, slow, unknown = (
            said(followers=1_000_000, reposts=2_000, after=60),
            said(followers=1_000_000),
            said(reposts=2_000, after=60),
        )
        assert priority(both) > (apart.assess(both).priority or 0)
        assert priority(slow) == apart.assess(slow).priority
        assert priority(unknown) == apart.assess(unknown).priority

    def test_names_are_no_text_and_the_shortest_time_is_some(self) -> None:
        with pytest.raises(TypeError):
            Triage("Vela")  # type: ignore[arg-type]  # the mistake that is tried
        with pytest.raises(ValueError):
            Triage(shortest=timedelta(0))

    def test_it_is_a_value(self) -> None:
        assert Triage(["Vela"]) == Triage(("Vela",))  # type: ignore[arg-type]  # a list from a file of settings
        assert hash(Triage(("Vela",))) == hash(Triage(("Vela",)))
        with pytest.raises(AttributeError):
            Triage().about = ("x",)  # type: ignore[misc]  # the mistake that is tried


def test_counts_without_a_time_of_their_own_are_as_old_as_the_mention() -> None:
    first = said("so that is that", reposts=0, observed_at=NOON)
    now = said("so that is that", reposts=2_000, observed_at=NOON + timedelta(hours=1))
    assert reasons(now, first)[0] == "2,000 more reposts in an hour"
