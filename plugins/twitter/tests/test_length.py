"""How long X takes a text to be."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.twitter.tests.twitter_pages import shared_json
from socialdesk_twitter.length import LIMIT, LINK_WEIGHT, invalid_characters, link_spans, weighted_length

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466"


@pytest.mark.parametrize(
    "group", ["WeightedTweetsWithDiscountedEmojiCounterTest", "UnicodeDirectionalMarkerCounterTest"]
)
def test_the_published_vectors_agree(group: str) -> None:
    vectors = shared_json("specs", "twitter_text_conformance_validate.json")["tests"][group]
    assert vectors
    for vector in vectors:
        text, expected = vector["text"], vector["expected"]
        used = weighted_length(text)
        assert used == expected["weightedLength"], vector["description"]
        assert (0 < used <= LIMIT and not invalid_characters(text)) == expected["valid"], vector[
            "description"
        ]


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("plain words", 11),
        ("e\u0301", 1),  # a letter and its accent become one
        ("日本", 4),
        ("\u2019", 1),
        ("€", 2),
        (FAMILY, 2),
        ("\U0001f9d1\U0001f3fd\u200d\U0001f680", 2),
        ("\U0001f1e9\U0001f1ea", 2),  # the flag of Germany
        ("\U0001f1fd\U0001f1fd", 4),  # two letters that are no flag
        ("1\ufe0f\u20e3", 2),
        ("©", 1),
        ("©\ufe0f", 2),
        ("example.com", 23),
        ("see www.example.com.", 28),
        ("https://example.com/a?b=c#d", 23),
        ("(https://en.wikipedia.org/wiki/Tree_(graph))", 25),
        ("http://example.com/a http://example.com/b", 47),
        ("jo@example.com", 14),
        ("jo.name@example.com", 19),
        ("@example.com", 12),
        ("Node.js", 7),
        ("日本example.comです", 31),
        ("example.com/path", 23),
        ("example.com?x=1", 27),  # without a path, a bare domain ends before the question mark
        ("http://192.168.0.1/x", 20),
        ("http://a.b.unheardofending/" + "x" * 40, 67),
        ("http://a.unheardofending", 24),
        ("https://t.co/abcdefghij-more", 28),
        ("http://" + "a" * 64 + ".com", 75),
    ],
)
def test_lengths(text: str, length: int) -> None:
    assert weighted_length(text) == length


def test_characters_that_x_refuses_are_named() -> None:
    assert invalid_characters("a\ufffeb\ufeff\ufffe") == ("U+FFFE", "U+FEFF")
    assert invalid_characters("any \u202a other") == ()


def test_where_links_are() -> None:
    text = "see https://example.com/a, or example.org."
    assert [text[start:end] for start, end in link_spans(text)] == ["https://example.com/a", "example.org"]


@given(st.text(st.sampled_from("ab. /:-_@#htp\U0001f468\u200dé日\ufe0f\U0001f1e9"), max_size=80))
def test_links_do_not_overlap_and_nothing_is_free(text: str) -> None:
    spans = link_spans(text)
    assert all(one[1] <= two[0] for one, two in itertools.pairwise(spans))
    assert weighted_length(text) >= len(spans) * LINK_WEIGHT
    assert (weighted_length(text) == 0) == (text == "")


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_line_break_between_two_texts_adds_one(one: str, two: str) -> None:
    assert weighted_length(f"{one}\n{two}") == weighted_length(one) + 1 + weighted_length(two)


@pytest.mark.parametrize(
    "text", ["あ" * 25_000 + ".", "a." * 12_500, "http://a.com/(" * 2000, "a-" * 12_500 + "."]
)
def test_long_texts_are_counted_in_time_proportional_to_their_length(text: str) -> None:
    began = time.perf_counter()
    weighted_length(text)
    assert time.perf_counter() - began < 2
