"""Links, mentions and hashtags keep their places between bytes and code points, whatever stands around them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from atproto_client.utils.facet_detection import detect_facets
from hypothesis import given
from hypothesis import strategies as st

from plugins.bluesky.tests.bluesky_pages import KIM, connector
from socialdesk.models import Mode
from socialdesk_bluesky.facets import entities_of, facets_for, graphemes, handles_in, stretches_in

DIDS = {"kim.bsky.social": KIM}
WORDS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            "🎉",
            "👩‍👩‍👧‍👦",
            "é",
            "日本語",
            "@kim.bsky.social",
            "#help",
            "https://acme.example/t?a=é",
            "(",
            ")",
            ".",
        ]
    ),
)
TEXTS = st.lists(WORDS, max_size=12).map(" ".join)


def link(start: int, end: int, uri: str = "https://x.example") -> dict[str, Any]:
    feature = {"$type": "app.bsky.richtext.facet#link", "uri": uri}
    return {"index": {"byteStart": start, "byteEnd": end}, "features": [feature]}


@given(TEXTS)
def test_what_is_written_is_read_at_the_same_place(text: str) -> None:
    content = text.encode()
    facets = facets_for(text, DIDS)
    for facet in facets:
        start, end = facet["index"]["byteStart"], facet["index"]["byteEnd"]
        shown, (feature,) = content[start:end].decode(), facet["features"]
        named = {"link": "uri", "tag": "tag", "mention": "did"}[feature["$type"].partition("#")[2]]
        assert shown.lstrip("@＠#＃").lower() in (feature[named].lower(), "kim.bsky.social")
    entities = entities_of(text, facets)
    assert len(entities) == len(facets)
    for entity, facet in zip(entities, facets, strict=True):
        assert text[entity.start : entity.end] == entity.text
        assert len(text[: entity.start].encode()) == facet["index"]["byteStart"]
        assert len(text[: entity.end].encode()) == facet["index"]["byteEnd"]


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(-3, 99), st.integers(-3, 99)), max_size=6))
def test_facets_of_any_kind_are_read_as_what_they_mark_or_not_at_all(
    text: str, places: list[tuple[int, int]]
) -> None:
    content = text.encode("utf-8", "surrogatepass")
    entities = entities_of(text, [link(start, end) for start, end in places])
    for entity in entities:
        start = len(text[: entity.start].encode("utf-8", "surrogatepass"))
        end = len(text[: entity.end].encode("utf-8", "surrogatepass"))
        assert (start, end) in places
        assert content[start:end] == entity.text.encode("utf-8", "surrogatepass")
    assert all(left.end <= right.start for left, right in pairwise(entities))


def test_of_facets_that_overlap_the_first_stands() -> None:
    entities = entities_of("abcdef", [link(2, 6), link(0, 3), link(3, 5), link(4, 6)])
    assert [(entity.start, entity.end) for entity in entities] == [(0, 3), (3, 5)]


@given(TEXTS)
def test_no_two_stretches_overlap(text: str) -> None:
    found = list(stretches_in(text))
    assert all(left.end <= right.start for left, right in pairwise(found))
    assert all(text[one.start : one.end] for one in found)


@pytest.mark.parametrize(
    "facet",
    [
        None,
        {},
        {"index": {"byteStart": 0, "byteEnd": 2}},
        {"index": {"byteStart": "0", "byteEnd": 2}, "features": []},
        {
            "index": {"byteStart": 0, "byteEnd": 1},
            "features": [{"$type": "app.bsky.richtext.facet#link", "uri": "x"}],
        },
        link(0, 99),
        link(3, 1),
        link(1, 3),
        {"index": {"byteStart": 0, "byteEnd": 2}, "features": [{"$type": "com.example#new"}, None, {}]},
    ],
)
def test_a_facet_that_marks_nothing_is_as_if_it_were_not_there(facet: Any) -> None:
    assert entities_of("éa", [facet]) == []


def test_an_unknown_feature_does_not_hide_the_one_beside_it() -> None:
    facet = link(0, 2)
    facet["features"].insert(0, {"$type": "com.example#new"})
    assert [entity.url for entity in entities_of("éa", [facet])] == ["https://x.example"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@kim.bsky.social sorry!", [("mention", "@kim.bsky.social")]),
        ("hi @kim.bsky.social.", [("mention", "@kim.bsky.social")]),
        ("(@kim.bsky.social)", [("mention", "@kim.bsky.social")]),
        ("mail to help@kim.bsky.social", []),
        ("@kim alone is nobody", []),
        ("@kim.bsky.social-x-", [("mention", "@kim.bsky.social-x")]),
        (
            "see https://a.example/b_(c), or (https://d.example/e).",
            [("link", "https://a.example/b_(c)"), ("link", "https://d.example/e")],
        ),
        ("https:// is nothing, and a.example is a word", []),
        ("#help #1 #über! ##x #", [("tag", "#help"), ("tag", "#über")]),
        ("C#sharp", []),
        ("#" + "x" * 65, []),
        ("🎉 ＃日本語。", [("tag", "＃日本語")]),
        ("https://a.example/#frag @", [("link", "https://a.example/#frag")]),
    ],
)
def test_what_is_found_in_a_text(text: str, found: list[tuple[str, str]]) -> None:
    assert [(one.kind, text[one.start : one.end]) for one in stretches_in(text)] == found


@pytest.mark.parametrize(
    "text",
    [
        "sorry! See https://acme.example/t #help",
        "🎉🎉 https://acme.example/a?b=c&d=e, and more",
        "é #über and #2026x (https://acme.example)",
        "日本語 #help. https://acme.example/#x!",
    ],
)
def test_others_find_the_same_links_and_tags(text: str) -> None:
    """The facets of the atproto SDK, which we did not write."""
    theirs = [facet.model_dump(by_alias=True, exclude_none=True) for facet in detect_facets(text)]
    ours = facets_for(text, {})
    places = [(facet["index"]["byteStart"], facet["index"]["byteEnd"]) for facet in ours]
    assert places == [(facet["index"]["byteStart"], facet["index"]["byteEnd"]) for facet in theirs]


def test_a_handle_that_nobody_has_stays_plain_text() -> None:
    text = "@Kim.bsky.social and @nobody.example.com"
    assert handles_in(text) == ("kim.bsky.social", "nobody.example.com")
    (facet,) = facets_for(text, DIDS)
    assert facet["features"][0]["did"] == KIM


# --------------------------------------------------------------------------------------------------------- lengths


@given(st.text(max_size=400))
def test_a_text_fits_where_both_limits_hold_and_not_otherwise(text: str) -> None:
    mode: Mode = "public"
    count = connector().count(text, mode)
    fits = graphemes(text) <= 300 and len(text.encode("utf-8", "surrogatepass")) <= 3000
    assert (count.used <= (count.limit or 0)) is fits


@pytest.mark.parametrize(
    ("text", "used"),
    [
        ("", 0),
        ("a" * 300, 300),
        ("a" * 301, 301),
        ("é" * 300, 300),
        ("👩‍👩‍👧‍👦" * 120, 300),
        ("👩‍👩‍👧‍👦" * 121, 303),
        ("\r\n" * 5, 5),
    ],
)
def test_lengths(text: str, used: int) -> None:
    assert connector().count(text, "public").used == used
