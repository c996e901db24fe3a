"""A comment's text: HTML as it is read, what was written, and marks that stand where they say."""

from __future__ import annotations

from html import escape, unescape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from socialdesk_youtube import readable
from socialdesk_youtube.sandbox import YouTubeSandbox
from socialdesk_youtube.sandbox.text import displayed

PERSON = "UCkim00000000000000000001"


def read(display: str, original: str | None = None) -> tuple[str, list[tuple[str, str, str | None]]]:
    snippet = {"textDisplay": display, **({} if original is None else {"textOriginal": original})}
    text, entities = readable.of_comment(snippet)
    for entity in entities:
        assert text[entity["start"] : entity["end"]] == entity["text"]
    return text, [(entity["kind"], entity["text"], entity["url"]) for entity in entities]


@pytest.mark.parametrize(
    ("display", "text"),
    [
        ("Thanks &amp; bye", "Thanks & bye"),
        ("one<br>two<br />three<BR/>four", "one\ntwo\nthree\nfour"),
        ("1 &lt; 2 &#39;so&#39; &quot;it&quot;", "1 < 2 'so' \"it\""),
        ("<b>Bold</b> and <i>more</i>", "Bold and more"),
        ("I <3 you", "I <3 you"),
        ("&amp;lt;", "&lt;"),
        ("", ""),
    ],
)
def test_html_becomes_text(display: str, text: str) -> None:
    assert read(display) == (text, [])


def test_links_names_and_hashtags_are_marked_where_they_stand() -> None:
    display = (
        f'\U0001f44d &amp; <a href="https://www.youtube.com/channel/{PERSON[:24]}">@kim</a>: see '
        '<a href="https://a.example/?x=1&amp;y=2">https://a.example/?x=1&amp;y=2</a> '
        '<a href="http://www.youtube.com/results?search_query=%23late">#late</a> at '
        "<a href='https://www.youtube.com/watch?v=dQacme00001&amp;t=62'>1:02</a>"
    )
    text, marks = read(display)
    assert text == "\U0001f44d & @kim: see https://a.example/?x=1&y=2 #late at 1:02"
    assert [(kind, shown) for kind, shown, _ in marks] == [
        ("mention", "@kim"),
        ("url", "https://a.example/?x=1&y=2"),
        ("hashtag", "#late"),
        ("url", "1:02"),
    ]
    _, entities = readable.of_comment({"textDisplay": display})
    assert entities[0]["target"].value == PERSON[:24]


def test_what_was_written_is_shown_and_the_displays_links_are_found_in_it() -> None:
    display = (
        '<b>See</b> <a href="https://youtu.be/x">My film</a> and <a href="https://b.example/">b.example</a>'
    )
    text, marks = read(display, "*See* https://youtu.be/x and b.example")
    assert text == "*See* https://youtu.be/x and b.example"
    assert marks == [
        ("url", "https://youtu.be/x", "https://youtu.be/x"),
        ("url", "b.example", "https://b.example/"),
    ]


def test_a_link_that_does_not_stand_in_what_was_written_is_left_out() -> None:
    assert read('<a href="https://youtu.be/x">My film</a>', "nothing of it") == ("nothing of it", [])


@given(st.text())
def test_any_text_comes_back_from_html(text: str) -> None:
    display = escape(text).replace("\n", "<br>")
    assert readable.plain(display) == unescape(escape(text))


fragments = st.sampled_from(
    [
        "@ann",
        "#late",
        "https://a.example/?b=c&d=e",
        "1:02",
        "*so*",
        "&amp;",
        "<b>",
        "\n",
        "é",
        "\U0001f44d",
        "a",
    ]
)


@given(st.lists(fragments, max_size=8).map(" ".join))
def test_what_the_sandbox_displays_is_read_as_it_was_written(text: str) -> None:
    handles = {"ann": YouTubeSandbox().user("ann")}
    display = displayed(text, "dQacme00001", handles)
    snippet: dict[str, Any] = {"textDisplay": display, "textOriginal": text}
    shown, entities = readable.of_comment(snippet)
    assert shown == text
    expected = sum(
        text.split().count(mark) for mark in ("@ann", "#late", "https://a.example/?b=c&d=e", "1:02")
    )
    assert len(entities) == expected
    for entity in entities:
        assert text[entity["start"] : entity["end"]] == entity["text"]
    without, _ = readable.of_comment({"textDisplay": display})
    assert without == text.replace("*so*", "so")


def test_a_descriptions_links_are_marked() -> None:
    text = "Docs → http://bit.ly/2YabdS5, (see https://a.example/x). #acme @acme_tv mail@acme.example"
    marks = [(entity["kind"], entity["text"]) for entity in readable.of_video(text)]
    assert marks == [
        ("url", "http://bit.ly/2YabdS5"),
        ("url", "https://a.example/x"),
        ("hashtag", "#acme"),
        ("mention", "@acme_tv"),
    ]
