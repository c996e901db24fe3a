"""The order of an inbox: what stands above what, and that spreading further never lowers it."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialdesk.models import Author, Mention, Metrics
from socialdesk.triage import Triage
from tests.triage.posts import NOON, said

TRIAGE = Triage(("Vela", "@VelaHelp"))
COMPLAINT = "@VelaHelp still no internet, three days now"
TEXTS = {
    "complaint": COMPLAINT,
    "question": "@VelaHelp which plan has roaming in Norway?",
    "praise": "@VelaHelp excellent service, thank you",
    "other": "@VelaHelp it is the blue door",
    "spam": "@VelaHelp claim your free iPhone, click here http://win.example",
}


def priority(mention: Mention, before: Mention | None = None) -> float:
    told = TRIAGE.assess(mention, before).priority
    assert told is not None
    return told


def test_a_complaint_a_question_praise_what_is_not_about_us_and_spam_stand_in_this_order() -> None:
    elsewhere = said("a vela burns in the window of the church", kind="search_match")
    plain = [said(TEXTS[name]) for name in ("complaint", "question", "praise")]
    assert [TRIAGE.assess(each).intent for each in plain] == ["complaint", "question", "praise"]
    assert TRIAGE.assess(elsewhere).relevant is False
    spam = said(TEXTS["spam"])
    assert TRIAGE.assess(spam).spam is True
    ranks = [priority(each) for each in (*plain, elsewhere, spam)]
    assert all(above > below for above, below in pairwise(ranks))


def test_directly_is_above_by_the_way() -> None:
    text = "Vela's internet is down again"
    assert priority(said(text, kind="direct_message")) > priority(said(text, kind="search_match"))


@pytest.mark.parametrize("text", ["so that happened", COMPLAINT, TEXTS["praise"], "😂", ""])
def test_a_spreading_actor_stands_above_everything_else(text: str) -> None:
    actor = said(text, followers=1_000_000, reposts=2_000, after=60)
    others = [
        said(
            each,
            kind=kind,
            followers=followers,
            reposts=reposts,
            likes=reposts,
            views=100 * reposts,
            after=60,
        )
        for each, kind, followers, reposts in product(
            TEXTS.values(), ("direct_message", "mention", "search_match"), (10, 10_000, 100_000), (0, 20, 200)
        )
    ]
    assert priority(actor) > max(priority(other) for other in others)


def test_nothing_of_our_own_is_urgent() -> None:
    for own in (
        said(COMPLAINT, direction="outbound_native"),
        said(COMPLAINT, direction="outbound_socialdesk"),
        said(COMPLAINT, author=Author(is_self=True, followers=10_000_000)),
    ):
        labels = TRIAGE.assess(own)
        assert (labels.priority, labels.reasons) == (0.0, ("our own",))


def test_what_is_gone_stands_lower() -> None:
    assert priority(said(COMPLAINT, state="deleted")) < priority(said(COMPLAINT, state="edited"))
    assert priority(said(COMPLAINT, state="edited")) == priority(said(COMPLAINT))


# ------------------------------------------------------------------------------------------------------- properties

counts = st.one_of(st.none(), st.integers(0, 50), st.integers(0, 10**7), st.integers(0, 10**18))
moments = st.one_of(st.none(), st.timedeltas(timedelta(0), timedelta(days=30)).map(lambda span: NOON + span))
texts = st.sampled_from([*TEXTS.values(), "", "Vela", "vela", "¿cuándo?", "😡"])


@st.composite
def metrics(draw: st.DrawFn) -> Metrics:
    names = ("likes", "replies", "reposts", "quotes", "views")
    return Metrics(**{name: draw(counts) for name in names}, observed_at=draw(moments))


@st.composite
def mentions(draw: st.DrawFn) -> Mention:
    return said(
        draw(texts),
        kind=draw(st.sampled_from(["mention", "search_match", "direct_message", "quote"])),
        author=Author(followers=draw(counts)),
        created_at=draw(moments),
    ).model_copy(update={"metrics": draw(metrics())})


def more(mention: Mention, name: str, by: int) -> Mention:
    if name == "followers":
        author = mention.author.model_copy(update={name: (mention.author.followers or 0) + by})
        return mention.model_copy(update={"author": author})
    raised: dict[str, Any] = {name: (getattr(mention.metrics, name) or 0) + by}
    return mention.model_copy(update={"metrics": mention.metrics.model_copy(update=raised)})


befores = st.one_of(st.none(), mentions())


@given(
    mentions(),
    befores,
    st.sampled_from(["followers", "reposts", "quotes", "views", "likes", "replies"]),
    st.integers(1, 10**9),
)
def test_more_of_anything_never_lowers(mention: Mention, before: Mention | None, name: str, by: int) -> None:
    known = mention.author.followers if name == "followers" else getattr(mention.metrics, name)
    if known is None and before is not None:
        before = None  # a count that is told for the first time changes what growth is reckoned from
    assert priority(more(mention, name, by), before) >= priority(mention, before)


@given(
    mentions(),
    st.integers(0, 10**6),
    st.timedeltas(timedelta(seconds=1), timedelta(days=9)),
    st.floats(1, 500),
)
def test_growing_faster_never_lowers(mention: Mention, grown: int, span: timedelta, times: float) -> None:
    """The same growth in a longer time is no more urgent."""
    reposts = mention.metrics.reposts or 0
    before = mention.model_copy(update={"metrics": Metrics(reposts=reposts, observed_at=NOON)})

    def read(after: timedelta) -> Mention:
        later = mention.metrics.model_copy(update={"reposts": reposts + grown, "observed_at": NOON + after})
        return mention.model_copy(update={"metrics": later})

    assert priority(read(span), before) >= priority(read(span * times), before)


@given(mentions(), befores)
def test_it_is_a_share_with_reasons_and_always_the_same(mention: Mention, before: Mention | None) -> None:
    labels = TRIAGE.assess(mention, before)
    assert labels.priority is not None
    assert 0 <= labels.priority <= 1
    assert all(reason and reason == reason.strip() for reason in labels.reasons)
    assert len(set(labels.reasons)) == len(labels.reasons)
    assert TRIAGE.assess(mention, before) == labels
