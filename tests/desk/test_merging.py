"""Two readings of one thing: what either could tell is known afterwards, in whichever order they come."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from socialdesk.desk.rows import dump_mention, merge, reading_digest
from socialdesk.models import Author, ExternalId, Mention, Metrics, Provenance

TRUTH: dict[str, Any] = {
    "author": Author(id=ExternalId("toy", "user", "7"), handle="ann"),
    "title": "a title",
    "language": "en",
    "conversation": ExternalId("toy", "post", "1"),
    "in_reply_to": ExternalId("toy", "post", "2"),
    "url": "https://toy.test/1",
    "created_at": datetime(2026, 11, 20, 9, 0, tzinfo=timezone.utc),
    "ext": {"toy": {"a": 1}},
}
untold = st.sets(st.sampled_from(sorted(TRUTH)))


def reading(missing: set[str], **more: Any) -> Mention:
    told = {name: value for name, value in TRUTH.items() if name not in missing}
    provenance = Provenance(missing=tuple(sorted(missing)))
    return Mention(id=ExternalId("toy", "post", "3"), kind="reply", provenance=provenance, **told, **more)


@given(st.lists(untold, min_size=1, max_size=4))
def test_what_any_reading_told_is_known(untold_by: list[set[str]]) -> None:
    merged = reading(untold_by[0])
    for missing in untold_by[1:]:
        merged = merge(merged, reading(missing))
    never_told = set.intersection(*untold_by)
    assert set(merged.provenance.missing) == never_told
    for name, value in TRUTH.items():
        if name not in never_told:
            assert getattr(merged, name) == value


@given(untold, untold)
def test_a_fuller_reading_is_a_change(first: set[str], second: set[str]) -> None:
    before = reading(first)
    merged = merge(before, reading(second))
    assert (reading_digest(merged) == reading_digest(before)) == (first <= second)


def test_counts_are_taken_one_by_one() -> None:
    before = reading(set(), metrics=Metrics(likes=3, replies=1))
    assert merge(before, reading(set(), metrics=Metrics(likes=4))).metrics == Metrics(likes=4, replies=1)


def test_what_the_platform_permits_now_is_a_change() -> None:
    before = reading(set())
    closed = before.model_copy(update={"ext": {"toy": {"a": 1, "replies": "closed"}}})
    assert reading_digest(merge(before, closed)) != reading_digest(before)


def test_what_was_stored_is_no_change_when_it_is_read_back() -> None:
    said = reading(set()).model_copy(
        update={"ext": {"toy": {"root": ExternalId("toy", "post", "1"), "a": 1}}}
    )
    assert reading_digest(Mention.model_validate_json(dump_mention(said))) == reading_digest(said)
