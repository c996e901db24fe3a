"""Texts are as long as Mastodon takes them to be: the connector and the sandbox each by a count of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.mastodon.tests.mastodon_pages import connector, shared_json
from socialdesk_mastodon.length import length_of
from socialdesk_mastodon.sandbox import rendering

COUNTERS = {"connector": length_of, "sandbox": rendering.length_of}


@pytest.mark.parametrize("name", sorted(COUNTERS))
def test_lengths_that_were_read_off_a_real_server(name: str) -> None:
    counter: Callable[[str], int] = COUNTERS[name]
    cases = shared_json("specs", "mastodon_status_length_vectors.json")["cases"]
    assert len(cases) == 31
    wrong = {case["text"]: counter(case["text"]) for case in cases if counter(case["text"]) != case["length"]}
    assert wrong == {}


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("@kim@other.example thanks", 11),
        ("see https://example.com/" + "a" * 200, 27),
        ("\N{WOMAN}\N{ZERO WIDTH JOINER}\N{PERSONAL COMPUTER}", 1),
        ("xhttps://example.com/" + "a" * 9, 30),
        ("https://example.com", 23),
        ("https://münchen.example.de/straße", 23),
    ],
)
def test_lengths_by_the_rules(text: str, length: int) -> None:
    assert length_of(text) == length


def test_an_ending_that_is_not_known_is_never_counted_too_short() -> None:
    short, long = "https://a.internal", f"https://a.internal/{'b' * 60}"
    assert length_of(short) == 23
    assert length_of(long) == len(long)


def test_the_server_says_what_a_link_counts() -> None:
    facts = {"server": {"max_characters": 5000, "link_length": 40}}
    count = connector(facts).count("https://example.com", "public")
    assert (count.used, count.limit) == (40, 5000)


@given(st.text(max_size=60), st.text(max_size=60))
def test_two_lines_are_as_long_as_each_with_its_end(one: str, other: str) -> None:
    plain = [text.replace("\r", "").replace("\n", "") for text in (one, other)]
    assert length_of("\n".join(plain)) <= length_of(plain[0]) + 1 + length_of(plain[1])
