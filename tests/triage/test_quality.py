"""How good the judgement is, on posts that were labelled by hand and that it was not tuned on."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.contract.chirp import load
from tests.triage.posts import companies, posts

DOCS = Path(__file__).resolve().parents[2] / "docs"
measure = load("docs_measure_triage", DOCS / "measure_triage.py")
PARTS = ("tuning", "held_out", "hard")


@cache
def judged(part: str) -> list[Any]:
    found: list[Any] = measure.judged(part)
    return found


def test_the_page_says_what_is_measured() -> None:
    page = (DOCS / "explanation" / "triage.md").read_text("utf-8")
    assert measure.measured(page) == page, "run: python docs/measure_triage.py"


def test_a_page_without_a_place_for_a_table_is_told() -> None:
    with pytest.raises(LookupError, match="held_out overview"):
        measure.measured("# Triage")


@pytest.mark.parametrize(
    ("part", "label", "floor"),
    [
        ("held_out", "language", 0.97),
        ("held_out", "sentiment", 0.88),
        ("held_out", "intent", 0.88),
        ("held_out", "spam", 0.96),
        ("held_out", "relevant", 0.77),
        ("hard", "language", 0.97),
        ("hard", "sentiment", 0.62),
        ("hard", "intent", 0.62),
        ("hard", "spam", 0.88),
        ("hard", "relevant", 0.55),
    ],
)
def test_accuracy_does_not_fall(part: str, label: str, floor: float) -> None:
    right, of = measure.accuracy(judged(part), label)
    assert right / of >= floor


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "pt"])
@pytest.mark.parametrize(
    ("label", "floor"), [("language", 0.97), ("sentiment", 0.8), ("intent", 0.8), ("spam", 0.95)]
)
def test_no_language_falls_behind(language: str, label: str, floor: float) -> None:
    chosen = [each for each in judged("held_out") if each[0].language == language]
    right, of = measure.accuracy(chosen, label)
    assert right / of >= floor


@pytest.mark.parametrize("part", ["held_out", "hard"])
def test_what_would_hide_a_customer_is_rare(part: str) -> None:
    """A customer's post that is taken for spam, or for not about us, is pushed down."""
    found = [(post, labels) for post, labels in judged(part) if not post.spam]
    assert [post.text for post, labels in found if labels.spam] == []
    hidden = [post for post, labels in found if post.relevant and labels.relevant is False]
    assert len(hidden) <= 0.05 * len(found)


class TestLabels:
    """The labelled posts themselves."""

    def test_each_is_there_once(self) -> None:
        counts = Counter(" ".join(post.text.lower().split()) for part in PARTS for post in posts(part))
        assert [text for text, count in counts.items() if count > 1] == []

    @pytest.mark.parametrize("part", PARTS)
    def test_they_say_what_they_can(self, part: str) -> None:
        for post in posts(part):
            assert post.company in companies()
            assert (post.intent is None) == (post.sentiment is None) == post.spam
            assert (post.relevant is None) == post.spam
            assert post.kind == "search_match" or post.relevant in (True, None)

    @pytest.mark.parametrize("part", PARTS)
    def test_no_language_and_no_class_is_missing(self, part: str) -> None:
        assert {post.language for post in posts(part)} == {"en", "de", "es", "fr", "pt", None}
        for language in ("en", "de", "es", "fr", "pt"):
            of = [post for post in posts(part) if post.language == language]
            assert len(of) >= 20
            assert {post.intent for post in of} == {"complaint", "question", "praise", "other", None}
            assert {post.sentiment for post in of} == {"negative", "neutral", "positive", None}
            assert {post.spam for post in of} == {True, False}
            assert {post.relevant for post in of} == {True, False, None}


class TestScores:
    """The arithmetic of the tables."""

    def test_precision_and_recall(self) -> None:
        score = measure.Score(hits=3, told=4, there=6)
        assert (score.precision, score.recall, score.f1) == (0.75, 0.5, 0.6)

    def test_of_nothing_nothing_is_said(self) -> None:
        score = measure.Score(hits=0, told=0, there=0)
        assert (score.precision, score.recall, score.f1) == (None, None, None)

    def test_scores_add_up(self) -> None:
        found = judged("held_out")
        right, of = measure.accuracy(found, "intent")
        scores = [measure.score(found, "intent", value) for value in measure.CLASSES["intent"]]
        assert sum(score.hits for score in scores) == right
        assert sum(score.there for score in scores) == of == sum(score.told for score in scores)
